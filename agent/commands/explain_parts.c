/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of an explanation share, and the JSON one. */
#include "commands/explain_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "check/checks.h"
#include "model/family.h"
#include "model/finding_json.h"
#include "model/words.h"

/* Whether the one version follows upon the other: 1.9 and 1.10. */
static bool is_next_version(const char *version, const char *next)
{
	uint64_t minor, next_minor;

	return text_starts_with(version, "1.") && text_starts_with(next, "1.") &&
	       text_to_unsigned(version + 2, UINT8_MAX, &minor) == 0 &&
	       text_to_unsigned(next + 2, UINT8_MAX, &next_minor) == 0 && next_minor == minor + 1;
}

/* The last of the versions from this one on that have the same number without a gap. */
static const struct cis_number *last_alike(const struct cis_number *first)
{
	const struct cis_number *last = first;

	while (last[1].benchmark && text_equal(last[1].number, first->number) &&
	       is_next_version(last->benchmark, last[1].benchmark))
		last++;
	return last;
}

void explain_cis(const struct check *check, struct text_buffer *out)
{
	const struct cis_number *last;

	for (const struct cis_number *cis = check->cis; cis && cis->benchmark; cis = last + 1) {
		last = last_alike(cis);
		buffer_printf(out, "%s%s (%s", cis == check->cis ? "" : ", ", cis->number,
			      cis->benchmark);
		if (last > cis)
			buffer_printf(out, " to %s", last->benchmark);
		buffer_text(out, ")");
	}
}

/* Whether no row before this one is of its family. */
static bool is_first(const struct check *check)
{
	for (const struct check *other = check_first(); other != check; other = check_next(other))
		if (family_is_same(other->id, check->id))
			return false;
	return true;
}

const struct check *family_first(const struct check *previous)
{
	const struct check *check = previous ? check_next(previous) : check_first();

	while (check && !is_first(check))
		check = check_next(check);
	return check;
}

const struct check *family_next(const struct check *first, const struct check *previous)
{
	const struct check *check = previous ? check_next(previous) : first;

	while (check && !family_is_same(check->id, first->id))
		check = check_next(check);
	return check;
}

static size_t count_texts(const char *const *texts)
{
	size_t count = 0;

	while (texts && texts[count])
		count++;
	return count;
}

static size_t count_numbers(const struct cis_number *cis)
{
	size_t count = 0;

	while (cis && cis[count].benchmark)
		count++;
	return count;
}

static json_t *check_to_json(const struct check *check)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "id", check->id);

	error |= json_set_text(object, "family", family_title(check->id));
	error |= json_set_text(object, "title", check->title);
	error |= json_set_text(object, "severity", severity_word(check->severity));
	error |= json_set_text(object, "severity_rules", check->severity_rules);
	error |= json_set_text(object, "reads", check->reads);
	error |= json_set_text(object, "expected", check->expected);
	error |= json_set_text(object, "why", check->why);
	error |= json_set_text(object, "remedy", check->remedy);
	error |= json_set(object, "cis", cis_to_json(check->cis, count_numbers(check->cis)));
	error |= json_set(object, "references",
			  texts_to_json(check->references, count_texts(check->references)));
	return error ? NULL : take_ptr(object);
}

void explain_json(const struct check *one, struct text_buffer *out)
{
	CLEANUP_JSON json_t *document = json_object();
	json_t *checks = json_array();
	int error = json_set_text(document, "schema", "nodelatch.checks/1");

	error |= json_set(document, "checks", checks);
	for (const struct check *check = check_first(); check && !error; check = check_next(check))
		if (!one || check == one)
			error = json_add(checks, check_to_json(check));
	if (error)
		out->error = -ENOMEM;
	else
		json_write_pretty(document, out);
}
