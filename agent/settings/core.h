/* SPDX-License-Identifier: Apache-2.0 */
/* The core schema of YAML 1.2: what a plain scalar is. `yes` and 2027-06-30 are texts. */
#ifndef SETTINGS_CORE_H
#define SETTINGS_CORE_H

#include <stdint.h>

#include "base/yaml.h"

enum core_kind {
	CORE_NULL,
	CORE_BOOLEAN,
	CORE_INTEGER,
	CORE_FLOAT,
	CORE_TEXT,
	CORE_LIST,
	CORE_MAP,
};

struct core_value {
	enum core_kind kind;
	bool boolean;
	int64_t integer; /* what does not fit is INT64_MAX or -INT64_MAX */
};

struct core_value core_value_of(const struct yaml_node *node);
/* Whether this text, written plainly, would be taken for a text and nothing else. */
bool core_is_plain_text(const char *text);
/* "a list", "nothing": for errors. */
const char *core_kind_word(enum core_kind kind);

#endif
