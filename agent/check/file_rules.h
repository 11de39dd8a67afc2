/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules about who may read or write files. A rule asks for every file of one object; each that is
 * not as it should be gives a finding of its own, about the file, and where all are good there is
 * one about the component or the node.
 */
#ifndef CHECK_FILE_RULES_H
#define CHECK_FILE_RULES_H

#include "check/judge.h"

/* Not asked for: every mode is good. */
#define ANY_MODE 07777u

struct file_rule {
	const char *object;  /* of struct file_fact */
	const char *things;  /* what is missing where there is none: "unit file of the kubelet" */
	const char *setting; /* that names it, of the row's component; NULL: none does */
	unsigned file_mode, directory_mode; /* the most that these may have; directory_mode 0: a
					       directory is no such thing */
	bool wants_root_user, wants_root_group;
	enum severity when_written; /* where somebody else may write to it; at least the row's */
	enum severity when_secret;  /* where it holds one */
	bool is_low_without_secret; /* low where it can be read only, and holds no secret */
	bool skips_volumes; /* what is in a pod and holds no secret: a ConfigMap, by all signs */
};

/* Judges a component's files, or the node's where the component is NULL. */
void file_judge(struct judge *judge, const struct component *component,
		const struct file_rule *rule);

/* Defines a row's judging function by its rule. */
#define FILE_JUDGE(name_, ...)                                                                     \
	static void name_(struct judge *judge, const struct component *component)                  \
	{                                                                                          \
		static const struct file_rule rule = { __VA_ARGS__ };                              \
                                                                                                   \
		file_judge(judge, component, &rule);                                               \
	}                                                                                          \
	struct name_##_takes_a_semicolon

#endif
