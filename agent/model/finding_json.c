/* SPDX-License-Identifier: Apache-2.0 */
#include "model/finding_json.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/json_read.h"
#include "model/words.h"

/* Sets a key whose absence means NULL. */
static int set_optional(json_t *object, const char *key, const char *text)
{
	return text ? json_set_text(object, key, text) : 0;
}

json_t *subject_to_json(const struct subject *subject)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "kind", subject->kind);

	error |= json_set_text(object, "name", subject->name);
	if (!text_equal(subject->key, subject->name))
		error |= json_set_text(object, "key", subject->key);
	if (subject->pid)
		error |= json_set(object, "pid", json_integer(subject->pid));
	error |= set_optional(object, "exe", subject->exe);
	error |= set_optional(object, "unit", subject->unit);
	error |= set_optional(object, "pod_uid", subject->pod_uid);
	return error ? NULL : take_ptr(object);
}

static json_t *proof_to_json(const struct evidence *evidence)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "kind", evidence->kind);

	error |= json_set_text(object, "detail", evidence->detail);
	return error ? NULL : take_ptr(object);
}

json_t *evidence_to_json(const struct evidence *evidence, size_t count)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_add(array, proof_to_json(&evidence[i])) < 0)
			return NULL;
	return take_ptr(array);
}

json_t *texts_to_json(const char *const *texts, size_t count)
{
	CLEANUP_JSON json_t *array = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_add(array, json_from_text(texts[i])) < 0)
			return NULL;
	return take_ptr(array);
}

json_t *cis_to_json(const struct cis_number *cis, size_t count)
{
	CLEANUP_JSON json_t *object = json_object();

	for (size_t i = 0; i < count; i++)
		if (json_set_text(object, cis[i].benchmark, cis[i].number) < 0)
			return NULL;
	return take_ptr(object);
}

json_t *waiver_to_json(const struct waiver_use *waived)
{
	if (!waived)
		return json_null();
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "reason", waived->reason);

	error |= json_set_text(object, "until", waived->until);
	return error ? NULL : take_ptr(object);
}

json_t *finding_to_json(const struct finding *finding)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "check", finding->check);

	error |= json_set_text(object, "verdict", verdict_word(finding->verdict));
	error |= json_set_text(object, "severity", severity_word(finding->severity));
	error |= json_set_text(object, "title", finding->title);
	error |= json_set(object, "subject", subject_to_json(&finding->subject));
	error |= json_set_text(object, "value", finding->value);
	error |= json_set_text(object, "expected", finding->expected);
	error |= json_set_text(object, "source", finding->source);
	error |= json_set_text(object, "exposure", exposure_word(finding->exposure));
	error |= json_set(object, "notes", texts_to_json(finding->notes, finding->note_count));
	error |= json_set(object, "evidence",
			  evidence_to_json(finding->evidence, finding->evidence_count));
	error |= json_set_text(object, "remedy", finding->remedy);
	error |= json_set(object, "cis", cis_to_json(finding->cis, finding->cis_count));
	error |= json_set(object, "waived", waiver_to_json(finding->waived));
	return error ? NULL : take_ptr(object);
}

static int read_subject(const json_t *object, struct arena *arena, struct subject *subject)
{
	int64_t pid = 0;
	int error = json_is_object(object) ? 0 : -EINVAL;

	error = error ? error : read_text(object, "kind", arena, &subject->kind);
	error = error ? error : read_text(object, "name", arena, &subject->name);
	error = error ? error : read_optional(object, "key", arena, &subject->key);
	error = error ? error : read_optional(object, "exe", arena, &subject->exe);
	error = error ? error : read_optional(object, "unit", arena, &subject->unit);
	error = error ? error : read_optional(object, "pod_uid", arena, &subject->pod_uid);
	error = error ? error : read_number(object, "pid", INT32_MAX, &pid);
	subject->pid = (pid_t)pid;
	if (!error && !subject->key)
		subject->key = subject->name;
	return error;
}

int texts_from_json(const json_t *array, struct arena *arena, const char *const **ret_texts,
		    size_t *ret_count)
{
	size_t count = json_array_size(array);

	if ((array && !json_is_array(array)) || count > FINDING_LIST_MAX)
		return -EINVAL;
	const char **texts = arena_array(arena, count, sizeof(*texts));

	for (size_t i = 0; texts && i < count; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			return -EINVAL;
		texts[i] = arena_text(arena, text);
		if (!texts[i])
			return -ENOMEM;
	}
	if (!texts)
		return -ENOMEM;
	*ret_texts = texts;
	*ret_count = count;
	return 0;
}

static int read_evidence(const json_t *array, struct arena *arena, struct finding *finding)
{
	size_t count = json_array_size(array);

	if ((array && !json_is_array(array)) || count > FINDING_LIST_MAX)
		return -EINVAL;
	struct evidence *evidence = arena_array(arena, count, sizeof(*evidence));

	if (!evidence)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const json_t *object = json_array_get(array, i);
		int error = json_is_object(object) ? 0 : -EINVAL;

		error = error ? error : read_text(object, "kind", arena, &evidence[i].kind);
		error = error ? error : read_text(object, "detail", arena, &evidence[i].detail);
		if (error)
			return error;
	}
	finding->evidence = evidence;
	finding->evidence_count = count;
	return 0;
}

static int read_cis(json_t *object, struct arena *arena, struct finding *finding)
{
	size_t count = json_object_size(object);

	if ((object && !json_is_object(object)) || count > FINDING_LIST_MAX)
		return -EINVAL;
	struct cis_number *cis = arena_array(arena, count, sizeof(*cis));
	const char *benchmark;
	json_t *number;
	size_t i = 0;

	if (!cis)
		return -ENOMEM;
	json_object_foreach (object, benchmark, number) {
		if (!json_is_string(number))
			return -EINVAL;
		cis[i].benchmark = arena_text(arena, benchmark);
		cis[i].number = arena_text(arena, json_string_value(number));
		if (!cis[i].benchmark || !cis[i].number)
			return -ENOMEM;
		i++;
	}
	finding->cis = cis;
	finding->cis_count = count;
	return 0;
}

static int read_waiver(const json_t *object, struct arena *arena, struct finding *finding)
{
	if (!object || json_is_null(object))
		return 0;
	struct waiver_use *waived = arena_alloc(arena, sizeof(*waived));
	int error = !waived ? -ENOMEM : json_is_object(object) ? 0 : -EINVAL;

	error = error ? error : read_text(object, "reason", arena, &waived->reason);
	error = error ? error : read_text(object, "until", arena, &waived->until);
	finding->waived = waived;
	return error;
}

static int read_words(const json_t *object, struct finding *finding)
{
	int error = verdict_from_word(json_get_text(object, "verdict", ""), &finding->verdict);

	if (!error)
		error = severity_from_word(json_get_text(object, "severity", ""),
					   &finding->severity);
	if (!error)
		error = exposure_from_word(json_get_text(object, "exposure", "none"),
					   &finding->exposure);
	return error;
}

static int read_texts(const json_t *object, struct arena *arena, struct finding *finding)
{
	int error = read_text(object, "check", arena, &finding->check);

	error = error ? error : read_text(object, "title", arena, &finding->title);
	error = error ? error : read_text(object, "value", arena, &finding->value);
	error = error ? error : read_text(object, "expected", arena, &finding->expected);
	error = error ? error : read_text(object, "source", arena, &finding->source);
	return error ? error : read_text(object, "remedy", arena, &finding->remedy);
}

int finding_from_json(const json_t *object, struct arena *arena, struct finding *ret_finding)
{
	struct finding finding = { 0 };
	int error = json_is_object(object) ? read_words(object, &finding) : -EINVAL;

	error = error ? error : read_texts(object, arena, &finding);
	error = error ? error
		      : read_subject(json_object_get(object, "subject"), arena, &finding.subject);
	error = error ? error
		      : texts_from_json(json_object_get(object, "notes"), arena, &finding.notes,
					&finding.note_count);
	error = error ? error : read_evidence(json_object_get(object, "evidence"), arena, &finding);
	error = error ? error : read_cis(json_object_get(object, "cis"), arena, &finding);
	error = error ? error : read_waiver(json_object_get(object, "waived"), arena, &finding);
	if (!error)
		*ret_finding = finding;
	return error;
}
