/* SPDX-License-Identifier: Apache-2.0 */
#include "model/json_read.h"

#include "base/json.h"
#include "base/time.h"

int read_optional(const json_t *object, const char *key, struct arena *arena, const char **ret_text)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value)) {
		*ret_text = NULL;
		return 0;
	}
	if (!json_is_string(value))
		return -EINVAL;
	*ret_text = arena_text(arena, json_string_value(value));
	return *ret_text ? 0 : -ENOMEM;
}

int read_text(const json_t *object, const char *key, struct arena *arena, const char **ret_text)
{
	int error = read_optional(object, key, arena, ret_text);

	if (!error && !*ret_text)
		*ret_text = "";
	return error;
}

int read_number(const json_t *object, const char *key, int64_t max, int64_t *ret_number)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > max)
		return -EINVAL;
	*ret_number = json_integer_value(value);
	return 0;
}

int read_time(const json_t *object, const char *key, int64_t *ret_ns)
{
	return time_parse(json_get_text(object, key, ""), ret_ns) < 0 ? -EINVAL : 0;
}
