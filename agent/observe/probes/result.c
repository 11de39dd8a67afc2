/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/probes/result.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/address.h"
#include "model/json_read.h"
#include "observe/certificate/secret.h"
#include "observe/certificate/x509.h"
#include "observe/probes/told_version.h"

#define RECORDED_PATH "/nodelatch/probes.json"

static const char *const OUTCOMES[] = {
	[PROBE_FAILED] = "failed",
	[PROBE_REFUSED] = "refused",
	[PROBE_HANDSHAKE] = "handshake",
	[PROBE_ANSWERED] = "answered",
};

const char *probe_outcome_word(enum probe_outcome outcome)
{
	return OUTCOMES[outcome];
}

/* Each reads one key into the probe: 0, -EINVAL or -ENOMEM. */

static int read_outcome(const json_t *object, struct probe *probe)
{
	const char *word = json_get_text(object, "outcome", NULL);

	for (size_t i = 0; i < ARRAY_SIZE(OUTCOMES); i++)
		if (text_equal(word, OUTCOMES[i])) {
			probe->outcome = (enum probe_outcome)i;
			return 0;
		}
	return -EINVAL;
}

static bool is_short(const char *text)
{
	return !text || strlen(text) <= PROBE_TEXT_BYTES_MAX;
}

static int read_place(const json_t *object, struct arena *arena, struct probe *probe)
{
	int64_t pid = 0, port = 0, status = 0;
	int error = read_number(object, "pid", INT_MAX, &pid);

	if (error == 0)
		error = read_number(object, "port", UINT16_MAX, &port);
	if (error == 0)
		error = read_number(object, "status", 999, &status);
	if (error == 0)
		error = address_parse(json_get_text(object, "address", ""), &probe->address);
	if (error == 0)
		error = read_optional(object, "path", arena, &probe->path);
	if (error == 0)
		error = read_optional(object, "problem", arena, &probe->problem);
	if (error == -ENOMEM)
		return error;
	if (error < 0 || !pid || !port || !is_short(probe->path) || !is_short(probe->problem))
		return -EINVAL;
	probe->pid = (pid_t)pid;
	probe->port = (uint16_t)port;
	probe->status = (int)status;
	return 0;
}

static int read_version(const json_t *object, struct arena *arena, struct probe *probe)
{
	int error = read_optional(object, "version", arena, &probe->version);

	if (error == 0)
		error = read_optional(object, "version_path", arena, &probe->version_path);
	if (error == -ENOMEM)
		return error;
	if (error < 0 || !is_short(probe->version_path) ||
	    (probe->version && !told_version_is_sound(probe->version)))
		return -EINVAL;
	if (probe->version && !probe->version_path)
		probe->version_path = probe->path;
	return 0;
}

static int read_boolean(const json_t *object, const char *key, bool *ret_boolean)
{
	const json_t *value = json_object_get(object, key);

	if (value && !json_is_boolean(value))
		return -EINVAL;
	*ret_boolean = json_is_true(value);
	return 0;
}

/* A word that goes into evidence: letters, digits and what names of TLS have besides. */
static bool is_word(const char *text)
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_.-";

	return text && *text && strlen(text) <= PROBE_WORD_BYTES_MAX &&
	       !text[strspn(text, LETTERS)];
}

static int read_words(const json_t *object, const char *key, struct arena *arena,
		      const char *const **ret_words, size_t *ret_count)
{
	const json_t *array = json_object_get(object, key);
	size_t count = json_array_size(array);

	if ((array && !json_is_array(array)) || count > PROBE_WORDS_MAX)
		return -EINVAL;
	const char **words = arena_array(arena, count + 1, sizeof(*words));

	for (size_t i = 0; words && i < count; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!is_word(text))
			return -EINVAL;
		words[i] = arena_text(arena, text);
		if (!words[i])
			return -ENOMEM;
	}
	*ret_words = words;
	*ret_count = count;
	return words ? 0 : -ENOMEM;
}

/* Returns 0 or -ENOMEM; what else is wrong is the chain's. */
static int read_certificate(const json_t *text, struct arena *arena, struct certificate *ret,
			    const char **ret_problem)
{
	CLEANUP_SECRET struct secret der = { 0 };
	int error = secret_from_base64(json_string_value(text), json_string_length(text), &der);

	if (error == 0)
		error = certificate_from_der(der.data, der.length, arena, ret, ret_problem);
	else if (error != -ENOMEM)
		*ret_problem = "is not valid base64";
	return error == -ENOMEM ? error : 0;
}

static int read_chain(const json_t *object, struct arena *arena, struct certificate_file *file)
{
	const json_t *array = json_object_get(object, "served");
	size_t count = json_array_size(array);

	if ((array && !json_is_array(array)) || count > PROBE_CERTIFICATES_MAX)
		return -EINVAL;
	if (!count)
		return 0;
	struct certificate *certificates = arena_array(arena, count, sizeof(*certificates));

	if (!certificates)
		return -ENOMEM;
	file->status = FILE_READ;
	file->certificates = certificates;
	for (size_t i = 0; i < count && file->status == FILE_READ; i++) {
		const char *problem = NULL;
		const json_t *text = json_array_get(array, i);
		int error = json_is_string(text)
				    ? read_certificate(text, arena, &certificates[i], &problem)
				    : -EINVAL;

		if (error < 0)
			return error;
		if (!problem) {
			file->count++;
			continue;
		}
		file->status = FILE_INVALID;
		file->problem =
			arena_printf(arena, "certificate %zu of the chain %s", i + 1, problem);
	}
	return 0;
}

static int read_probe(const json_t *object, struct arena *arena, struct probe *probe)
{
	int error = read_outcome(object, probe);

	if (error == 0)
		error = read_place(object, arena, probe);
	if (error == 0)
		error = read_version(object, arena, probe);
	if (error == 0)
		error = read_boolean(object, "tls", &probe->is_tls);
	if (error == 0)
		error = read_boolean(object, "shows_pods", &probe->shows_pods);
	if (error == 0)
		error = read_boolean(object, "asks_for_client_certificate",
				     &probe->asks_for_client_certificate);
	if (error == 0)
		error = read_words(object, "versions", arena, &probe->versions,
				   &probe->version_count);
	if (error == 0)
		error = read_words(object, "suites", arena, &probe->suites, &probe->suite_count);
	if (error == 0)
		error = read_chain(object, arena, &probe->served);
	if (error == 0)
		probe->served.path = "the served certificate";
	return error;
}

static int read_probes(const json_t *document, struct arena *arena, struct probe_list *ret_list,
		       const char **ret_problem)
{
	const json_t *array = json_object_get(document, "probes");
	size_t count = json_array_size(array);

	*ret_problem = "is not a document of " PROBES_SCHEMA;
	if (!text_equal(json_get_text(document, "schema", NULL), PROBES_SCHEMA) ||
	    !json_is_array(array))
		return -EINVAL;
	if (count > PROBES_MAX) {
		*ret_problem = "holds more probes than are ever made";
		return -EINVAL;
	}
	struct probe *probes = arena_array(arena, count + 1, sizeof(*probes));
	int error = probes ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && error == 0; i++) {
		error = read_probe(json_array_get(array, i), arena, &probes[i]);
		if (error == -EINVAL)
			*ret_problem = arena_printf(arena,
						    "has a probe, number %zu, that is not "
						    "one",
						    i + 1);
	}
	if (error == 0)
		*ret_list = (struct probe_list){ probes, count };
	return error;
}

int probes_from_json(const char *text, size_t length, struct arena *arena,
		     struct probe_list *ret_list, const char **ret_problem)
{
	if (length > PROBE_RESULT_BYTES_MAX) {
		*ret_problem = "is longer than any document of probes";
		return -EINVAL;
	}
	CLEANUP_JSON json_t *document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);

	if (!document) {
		*ret_problem = "is not JSON";
		return -EINVAL;
	}
	return read_probes(document, arena, ret_list, ret_problem);
}

int probes_from_tree(int root, struct arena *arena, struct probe_list *ret_list,
		     const char **ret_problem)
{
	struct file_content content;
	const char *problem = NULL;
	int error = file_read_in(root, RECORDED_PATH, PROBE_RESULT_BYTES_MAX, arena, &content);

	if (error == -ENOMEM || error == -ENOENT)
		return error;
	if (error < 0) {
		problem = file_error_text(error);
		error = -EINVAL;
	} else {
		error = probes_from_json(content.data, content.length, arena, ret_list, &problem);
	}
	if (error == -EINVAL)
		*ret_problem = arena_printf(arena, RECORDED_PATH " %s", problem ? problem : "");
	return error;
}
