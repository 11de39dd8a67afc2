/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON by jansson, with what every use of ours needs: bounds, and text from anywhere made valid
 * UTF-8.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdint.h>

#include <jansson.h>

#include "base/buffer.h"

/* A string from bytes that may be anything: invalid UTF-8 becomes U+FFFD. NULL gives JSON null. New
 * reference, NULL: no memory. */
json_t *json_from_text(const char *text);
/* Sets object[key] so. Returns 0 or -ENOMEM. */
int json_set_text(json_t *object, const char *key, const char *text);
/* Sets object[key] to a value whose reference is taken, NULL meaning "no memory". Returns 0 or
 * -ENOMEM. */
int json_set(json_t *object, const char *key, json_t *value);
/* Appends to an array the same way. */
int json_add(json_t *array, json_t *value);
/* The text at object[key], or `otherwise` when it is missing or not a string. Borrowed. */
const char *json_get_text(const json_t *object, const char *key, const char *otherwise);
int64_t json_get_integer(const json_t *object, const char *key, int64_t otherwise);
/* Appends the document, compact, keys in the order they were set, in ASCII alone: beyond it there
 * are characters that a terminal obeys. */
void json_write(const json_t *document, struct text_buffer *buffer);
/* The same, indented by two, with a newline at the end: for documents that people read. */
void json_write_pretty(const json_t *document, struct text_buffer *buffer);

static inline void cleanup_json(json_t **document)
{
	json_decref(*document);
}
#define CLEANUP_JSON CLEANUP(cleanup_json)

#endif
