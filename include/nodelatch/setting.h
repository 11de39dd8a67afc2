/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One setting in force, with how it is known. A value that could not be determined is
 * VALUE_UNKNOWN, which is not "unset" and never good.
 */
#ifndef NODELATCH_SETTING_H
#define NODELATCH_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value is known; the words are those of `source` in the finding format (model/words.h). */
enum source_kind {
	SOURCE_NONE, /* nothing to cite */
	SOURCE_FLAG,
	SOURCE_CONFIG, /* with path */
	SOURCE_DROPIN, /* with path */
	SOURCE_ENV,
	SOURCE_DISTRO, /* with path */
	SOURCE_DEFAULT_FLAG,
	SOURCE_DEFAULT_CONFIG,
	SOURCE_LIVE,
	SOURCE_EXEC,
	SOURCE_KIND_COUNT,
};

struct source {
	enum source_kind kind;
	const char
		*path; /* absolute, as the judged process sees it; NULL where the kind takes none */
};

enum value_kind {
	VALUE_UNKNOWN, /* could not be determined */
	VALUE_UNSET,   /* determined: nothing is set, and the default is "nothing" */
	VALUE_BOOLEAN,
	VALUE_INTEGER,
	VALUE_DURATION, /* integer, nanoseconds */
	VALUE_TEXT,
	VALUE_LIST,
};

struct value {
	enum value_kind kind;
	union {
		bool boolean;
		int64_t integer;
		const char *text;
		struct {
			const char *const *items;
			size_t count;
		} list;
	};
};

/* One effective setting of a component. */
struct setting {
	const char *name; /* dotted path in the component's configuration,
			   * "authentication.anonymous.enabled"; a setting that only a flag can make
			   * has the flag's name with its dashes, "--hostname-override" */
	const char *flag; /* without dashes: makes it too; NULL: none */
	struct value value;
	struct source source;
	const char *detail;  /* one sentence of evidence: "no --config, and --read-only-port is not
				set: ..." */
	const char *pending; /* one sentence, where the inputs on disk now say another thing than
				what the process was started with; NULL: they do not */
};

/* What a setting should be. */
enum expectation_operator {
	EXPECT_BY_FUNCTION, /* the row's judge function decides */
	EXPECT_TRUE,
	EXPECT_FALSE,
	EXPECT_NOT_TRUE, /* false or unset */
	EXPECT_SET,	 /* to anything but nothing: "" and an empty list are unset */
	EXPECT_UNSET,
	EXPECT_EQUAL,	  /* to `value`, in the words of value_words() */
	EXPECT_NOT_EQUAL, /* the same, negated; what is unset equals nothing */
	EXPECT_AT_LEAST,  /* an integer, or a duration ("5m") */
	EXPECT_AT_MOST,
	EXPECT_HAS,	 /* a list, or a text with commas, with exactly this element */
	EXPECT_LACKS,	 /* without it; unset lacks everything */
	EXPECT_LOOPBACK, /* an address, with a port or without, that only this host reaches */
};

struct expectation {
	enum expectation_operator operator;
	const char *setting; /* name of the component's setting */
	const char *value;
};

#endif
