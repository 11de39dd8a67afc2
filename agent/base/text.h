/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that may come from anywhere: comparing, matching, escaping. No allocation, no I/O.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for one escaped character: a UTF-8 sequence of four bytes, or \u{10ffff}, and the NUL. */
#define TEXT_ESCAPE_BYTES 12

/* Both may be NULL; NULL equals only NULL. */
bool text_equal(const char *one, const char *other);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
/* What follows the last '/'; the text itself where there is none. */
const char *text_base_name(const char *path);
/* Shell glob (fnmatch without path rules): * and ? match '/' too. A NULL pattern matches
 * everything, a NULL text nothing. */
bool text_matches_glob(const char *text, const char *pattern);
/* Length in bytes of the valid UTF-8 character at the start (1..4), 0 when the bytes are not one.
 */
size_t text_utf8_length(const char *text, size_t length);
bool text_is_utf8(const char *text, size_t length);
/*
 * Writes the safe form of the first character to `ret_escaped` and returns how many bytes of the
 * text it stands for. Printable UTF-8 stays; control characters, C1 controls, bidirectional
 * overrides and invalid bytes become escapes.
 */
size_t text_escape_one(const char *text, size_t length, char ret_escaped[static TEXT_ESCAPE_BYTES]);
/* Strict decimal: digits only, the whole text, within the bounds. Returns 0, -EINVAL or -ERANGE. */
int text_to_unsigned(const char *text, uint64_t max, uint64_t *ret_number);

#endif
