/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/probes/told_version.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* How each kind of component says it. */
static const struct teller {
	const char *metric; /* from its newline to its labels */
	const char *label;
	const char *key;    /* of JSON */
	const char *before; /* what stands before the number */
	char major;
} TELLERS[] = {
	{ "\nkubernetes_build_info{", "git_version=\"", "gitVersion", "v", '1' },
	{ "\nkubernetes_build_info{", "gitVersion=\"", "gitVersion", "v", '1' }, /* up to 1.16 */
	{ "\netcd_server_version{", "server_version=\"", "etcdserver", "", '3' },
};

/* Digits without a leading zero, `most` of them at most; NULL: something else. */
static const char *after_number(const char *text, size_t most)
{
	size_t digits = strspn(text, "0123456789");

	return digits && digits <= most && (digits == 1 || *text != '0') ? text + digits : NULL;
}

/* Kubernetes reached minor 35 in its eleventh year, and no patch went past two digits. */
static bool is_version_of(const char *text, char major)
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789.+-";

	if (strlen(text) > PROBE_WORD_BYTES_MAX || text[0] != major || text[1] != '.')
		return false;
	text = after_number(text + 2, 2);
	if (!text || *text != '.')
		return false;
	text = after_number(text + 1, 3);
	if (!text || !*text)
		return text != NULL;
	return strchr("-+", *text) && text[1] && !text[strspn(text, LETTERS)];
}

bool told_version_is_sound(const char *version)
{
	for (size_t i = 0; i < ARRAY_SIZE(TELLERS); i++)
		if (is_version_of(version, TELLERS[i].major))
			return true;
	return false;
}

static bool take(const struct teller *teller, const char *text, size_t length,
		 char ret_version[TOLD_VERSION_BYTES])
{
	char version[TOLD_VERSION_BYTES];
	size_t before = strlen(teller->before);

	if (length < before || length - before >= sizeof(version) ||
	    memcmp(text, teller->before, before) != 0)
		return false;
	memcpy(version, text + before, length - before);
	version[length - before] = '\0';
	if (strlen(version) != length - before || !is_version_of(version, teller->major))
		return false;
	memcpy(ret_version, version, sizeof(version));
	return true;
}

/* In the labels of one line. A label's own text cannot look like this: its quotes are escaped. */
static bool take_label(const struct teller *teller, const char *labels, size_t length,
		       char ret_version[TOLD_VERSION_BYTES])
{
	size_t label = strlen(teller->label);
	const char *end = memchr(labels, '\n', length);
	const char *text;

	if (end)
		length = (size_t)(end - labels);
	text = memmem(labels, length, teller->label, label);
	/* The bytes before are there: those of the metric's name at least. */
	if (!text || !strchr("{,", text[-1]))
		return false;
	text += label;
	length -= (size_t)(text - labels);
	end = memchr(text, '"', length);
	return end && take(teller, text, (size_t)(end - text), ret_version);
}

bool told_version_by_metrics(const char *text, size_t length, char ret_version[TOLD_VERSION_BYTES])
{
	for (size_t i = 0; i < ARRAY_SIZE(TELLERS); i++) {
		const char *metric = TELLERS[i].metric, *end = text + length, *at = text;

		while ((at = memmem(at, (size_t)(end - at), metric, strlen(metric)))) {
			at += strlen(metric);
			if (take_label(&TELLERS[i], at, (size_t)(end - at), ret_version))
				return true;
		}
	}
	return false;
}

bool told_version_by_json(const char *text, size_t length, char ret_version[TOLD_VERSION_BYTES])
{
	CLEANUP_JSON json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(TELLERS); i++) {
		const char *word = json_get_text(document, TELLERS[i].key, NULL);

		if (word && take(&TELLERS[i], word, strlen(word), ret_version))
			return true;
	}
	return false;
}
