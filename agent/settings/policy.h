/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy file: YAML in, struct settings out, with every mistake named by file, line and column.
 * What the file does not say is at its default; what it says must be right, or nothing of it holds.
 */
#ifndef SETTINGS_POLICY_H
#define SETTINGS_POLICY_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buffer.h"
#include "nodelatch/settings.h"

struct policy;

struct policy_problem {
	bool is_warning;
	unsigned line, column; /* 1-based; 0: of the file as a whole */
	char *message;	       /* what is wrong and what would be right; may hold foreign bytes */
};

/* All that is wrong with one policy, in the order of the file. Starts zeroed. */
struct policy_error {
	char *name; /* of the file */
	struct policy_problem *problems;
	size_t count, capacity;
	size_t errors_left_out, warnings_left_out; /* past POLICY_PROBLEMS_MAX */
};

/*
 * Reads a policy; path NULL: the built-in default. Returns 0, perhaps with warnings in ret_error,
 * or -EINVAL with the errors there (a file that cannot be read is one), or -ENOMEM.
 */
int policy_load(const char *path, struct policy **ret_policy, struct policy_error *ret_error);
/* The same for a text; `name` stands for the file in errors and sources. */
int policy_parse(const char *text, size_t length, const char *name, struct policy **ret_policy,
		 struct policy_error *ret_error);
const struct settings *policy_settings(const struct policy *policy);
void policy_free(struct policy *policy);

/*
 * Warns of every check that the policy names (to disable, to re-rate, to waive) and that does not
 * exist by the word of `names_any`, which takes an id or a glob. Returns 0 or -ENOMEM.
 */
int policy_warn_of_checks(const struct policy *policy, bool (*names_any)(const char *pattern),
			  struct policy_error *ret_error);

/* FILE:LINE:COLUMN: error: MESSAGE, a line each, escaped. */
void policy_error_write(const struct policy_error *error, struct text_buffer *buffer);
void policy_error_print(const struct policy_error *error, FILE *stream);
/* One line: the first error, and how many more there are. */
void policy_error_summary(const struct policy_error *error, struct text_buffer *buffer);
void policy_error_done(struct policy_error *error);

/* The default policy with a comment on every key: a policy file that changes nothing. */
int policy_write_default(struct text_buffer *buffer);
/* Every key with the value in force and where it came from: a policy file too. */
int policy_write_effective(const struct policy *policy, struct text_buffer *buffer);
/* The same as one JSON document, nodelatch.effective/1. */
int policy_write_effective_json(const struct policy *policy, struct text_buffer *buffer);
/* JSON Schema, draft 2020-12, of the policy file. All four return 0 or -errno. */
int policy_write_schema(struct text_buffer *buffer);

DEFINE_CLEANUP(policy, struct policy, policy_free);
#define CLEANUP_POLICY	     CLEANUP(cleanup_policy)
#define CLEANUP_POLICY_ERROR CLEANUP(policy_error_done)

#endif
