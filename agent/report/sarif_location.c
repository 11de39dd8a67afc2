/* SPDX-License-Identifier: Apache-2.0 */
/* Where a result is: the file that a source, a subject or an evidence names, and the subject. */
#include <ctype.h>

#include "base/json.h"
#include "base/text.h"
#include "report/sarif_parts.h"

/* Of the number of a line: no file that we read has more lines. */
#define LINE_DIGITS_MAX 7

struct place {
	const char *path; /* absolute; not terminated: see length */
	size_t length;
	unsigned line; /* 0: the whole file */
};

/* The end of a path before ":12: "; NULL where there is no such thing. */
static const char *end_before_line(const char *detail, unsigned *ret_line)
{
	for (const char *at = detail; (at = strchr(at, ':')); at++) {
		size_t digits = strspn(at + 1, "0123456789");

		if (!digits || digits > LINE_DIGITS_MAX || !text_starts_with(at + 1 + digits, ": "))
			continue;
		*ret_line = (unsigned)strtoul(at + 1, NULL, 10);
		return at;
	}
	return NULL;
}

/* "/etc/x.yaml:12: unknown key" or "/etc/x.yaml: cannot be read", as problems of files are told. */
static bool place_of_detail(const char *detail, struct place *ret_place)
{
	struct place place = { .path = detail };
	const char *end = end_before_line(detail, &place.line);

	if (!end)
		end = strstr(detail, ": ");
	if (!end || *detail != '/')
		return false;
	place.length = (size_t)(end - detail);
	*ret_place = place;
	return true;
}

/* The line of that very file, where an evidence tells it. */
static void add_line(const struct finding *finding, struct place *place)
{
	for (size_t i = 0; i < finding->evidence_count && !place->line; i++) {
		struct place other;

		if (place_of_detail(finding->evidence[i].detail, &other) &&
		    other.length == place->length &&
		    memcmp(other.path, place->path, place->length) == 0)
			place->line = other.line;
	}
}

/* Whether a file is named: by the source, else by the subject, else by the first evidence; else it
 * is the program's, as some readers of SARIF refuse a result without one. */
static bool find_place(const struct finding *finding, struct place *ret_place)
{
	const char *colon = strchr(finding->source, ':');
	const char *path = colon && colon[1] == '/'		       ? colon + 1
			   : text_equal(finding->subject.kind, "file") ? finding->subject.name
								       : "";

	if (*path == '/') {
		*ret_place = (struct place){ path, strlen(path), 0 };
		add_line(finding, ret_place);
		return true;
	}
	for (size_t i = 0; i < finding->evidence_count; i++)
		if (text_equal(finding->evidence[i].kind, "file") &&
		    place_of_detail(finding->evidence[i].detail, ret_place))
			return true;
	if (!finding->subject.exe || *finding->subject.exe != '/')
		return false;
	*ret_place = (struct place){ finding->subject.exe, strlen(finding->subject.exe), 0 };
	return true;
}

/* RFC 3986: what is neither unreserved nor '/' is %XX; relative to the root, so without its '/'. */
static void write_uri(const struct place *place, struct text_buffer *uri)
{
	size_t at = 0;

	while (at < place->length && place->path[at] == '/')
		at++;
	for (; at < place->length; at++) {
		unsigned char byte = (unsigned char)place->path[at];

		if (byte < 0x80 && (isalnum(byte) || strchr("-._~/", byte)))
			buffer_append(uri, &place->path[at], 1);
		else
			buffer_printf(uri, "%%%02X", byte);
	}
}

static json_t *artifact(const struct place *place)
{
	CLEANUP_BUFFER struct text_buffer uri = { 0 };
	CLEANUP_JSON json_t *object = json_object();

	write_uri(place, &uri);
	int error = buffer_error(&uri);

	error |= json_set_text(object, "uri", uri.data ? uri.data : "");
	error |= json_set_text(object, "uriBaseId", SARIF_NODE_ROOT);
	return error ? NULL : take_ptr(object);
}

static json_t *physical(const struct place *place)
{
	CLEANUP_JSON json_t *object = json_object();
	CLEANUP_JSON json_t *region = json_object();
	int error = json_set(object, "artifactLocation", artifact(place));

	if (place->line) {
		error |= json_set(region, "startLine", json_integer(place->line));
		error |= json_set(object, "region", json_incref(region));
	}
	return error ? NULL : take_ptr(object);
}

static json_t *logical(const struct subject *subject, const char *node_name)
{
	CLEANUP_BUFFER struct text_buffer full = { 0 };
	CLEANUP_JSON json_t *object = json_object();

	buffer_printf(&full, "%s/%s/%s", node_name, subject->kind, subject->key);
	int error = buffer_error(&full);

	error |= json_set_text(object, "name", subject->name);
	error |= json_set_text(object, "fullyQualifiedName", full.data ? full.data : "");
	error |= json_set_text(object, "kind", subject->kind);
	return error ? NULL : take_ptr(object);
}

json_t *sarif_locations(const struct finding *finding, const char *node_name)
{
	CLEANUP_JSON json_t *location = json_object(), *names = json_array();
	CLEANUP_JSON json_t *locations = json_array();
	struct place place;
	int error = 0;

	if (find_place(finding, &place))
		error = json_set(location, "physicalLocation", physical(&place));
	error |= json_add(names, logical(&finding->subject, node_name));
	error |= json_set(location, "logicalLocations", json_incref(names));
	error |= json_add(locations, json_incref(location));
	return error ? NULL : take_ptr(locations);
}
