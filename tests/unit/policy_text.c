/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/policy_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

void errors_of(const char *policy_text, struct text_buffer *ret_errors)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	CLEANUP_POLICY struct policy *policy = NULL;
	int failure = policy_parse(policy_text, strlen(policy_text), "p", &policy, &error);

	buffer_text(ret_errors, "");
	policy_error_write(&error, ret_errors);
	assert_int_equal(failure, error.count ? -EINVAL : 0);
	assert_int_equal(policy == NULL, failure != 0);
}

void assert_error(const char *policy_text, const char *line)
{
	CLEANUP_BUFFER struct text_buffer errors = { 0 }, expected = { 0 };

	errors_of(policy_text, &errors);
	buffer_printf(&expected, "p:%s\n", line);
	assert_string_equal(errors.data, expected.data);
}

struct policy *taken(const char *policy_text)
{
	CLEANUP_POLICY_ERROR struct policy_error error = { 0 };
	struct policy *policy = NULL;
	int failure = policy_parse(policy_text, strlen(policy_text), "p", &policy, &error);

	if (failure)
		policy_error_print(&error, stderr);
	assert_int_equal(failure, 0);
	assert_int_equal(error.count, 0);
	return policy;
}
