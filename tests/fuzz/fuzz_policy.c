/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a policy: errors that can be printed, or settings that can be; and what is printed
 * of them is a policy with the same settings.
 */
#include <errno.h>
#include <stdint.h>

#include "base/limits.h"
#include "settings/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool names_nothing(const char *pattern)
{
	return *pattern == '\0';
}

/* Past the first line, which names file and digest, and without the places. */
static void strip(const char *text, struct text_buffer *ret_text)
{
	for (const char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n'), *comment = end;

		while (comment > line && strncmp(comment, "  # ", 4) != 0)
			comment--;
		buffer_append(ret_text, line, (size_t)((comment > line ? comment : end) - line));
		buffer_text(ret_text, "\n");
	}
}

static void print_all(const struct policy *policy, struct text_buffer *ret_settings)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 }, json = { 0 };
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };

	if (policy_write_effective(policy, &text) < 0 ||
	    policy_write_effective_json(policy, &json) < 0 ||
	    policy_warn_of_checks(policy, names_nothing, &error) < 0)
		abort();
	strip(text.data, ret_settings);
}

static void check_error(const struct policy_error *error)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 }, summary = { 0 };

	policy_error_write(error, &text);
	policy_error_summary(error, &summary);
	if (!text.length || !summary.length || error->count > POLICY_PROBLEMS_MAX)
		abort();
	for (size_t i = 0; i < text.length; i++)
		if ((unsigned char)text.data[i] < 0x20 && text.data[i] != '\n')
			abort();
}

static void read_back(const char *printed, const char *settings)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	CLEANUP_BUFFER struct text_buffer again = { 0 };

	if (policy_parse(printed, strlen(printed), "again", &policy, &error) != 0) {
		policy_error_print(&error, stderr);
		abort();
	}
	print_all(policy, &again);
	if (strcmp(again.data, settings) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	CLEANUP_BUFFER struct text_buffer settings = { 0 };
	int failure = policy_parse((const char *)data, size, "fuzzed", &policy, &error);

	if (failure == -EINVAL)
		check_error(&error);
	if (failure < 0)
		return 0;
	print_all(policy, &settings);
	read_back(settings.data, settings.data);
	return 0;
}
