/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/schema.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

const struct earlier_default *field_last_change(const struct schema *schema,
						const struct field *field)
{
	const struct earlier_default *last = NULL;

	for (size_t i = 0; i < schema->earlier_count; i++)
		if (text_equal(field->name, schema->earlier[i].name) &&
		    (!last || last->until < schema->earlier[i].until))
			last = &schema->earlier[i];
	return last;
}

const char *field_default(const struct schema *schema, const struct field *field, bool is_legacy,
			  int minor)
{
	const struct earlier_default *found = NULL;

	for (size_t i = 0; minor >= 0 && i < schema->earlier_count; i++)
		if (minor < schema->earlier[i].until &&
		    text_equal(field->name, schema->earlier[i].name) &&
		    (!found || schema->earlier[i].until < found->until))
			found = &schema->earlier[i];
	if (found)
		return found->value;
	return is_legacy && field->legacy_default ? field->legacy_default : field->usual_default;
}

int field_of_flag(const struct schema *schema, const char *flag)
{
	for (size_t i = 0; i < schema->alias_count; i++)
		if (strcmp(schema->aliases[i].alias, flag) == 0)
			flag = schema->aliases[i].flag;
	for (size_t i = 0; i < schema->field_count; i++)
		if (schema->fields[i].flag && strcmp(schema->fields[i].flag, flag) == 0)
			return (int)i;
	return -1;
}

bool field_is_flag_only(const struct field *field)
{
	return field->name[0] == '-';
}

int field_of_path(const struct schema *schema, const char *path, bool is_folded)
{
	int folded = -1;

	for (size_t i = 0; i < schema->field_count; i++) {
		const struct field *field = &schema->fields[i];

		if (field_is_flag_only(field))
			continue;
		if (strcmp(field->name, path) == 0)
			return (int)i;
		if (is_folded && strcasecmp(field->name, path) == 0)
			folded = (int)i;
	}
	return folded;
}

bool field_is_struct(const struct schema *schema, const char *path, bool is_folded)
{
	size_t length = strlen(path);

	for (size_t i = 0; i < schema->field_count; i++) {
		const struct field *field = &schema->fields[i];
		const char *name = field->name;

		if (!field_is_flag_only(field) && strlen(name) > length && name[length] == '.' &&
		    (is_folded ? strncasecmp(name, path, length) : strncmp(name, path, length)) ==
			    0)
			return true;
	}
	return false;
}

static bool is_in(const char *const *names, const char *flag)
{
	for (; names && *names; names++)
		if (strcmp(*names, flag) == 0)
			return true;
	return false;
}

enum flag_kind flag_kind(const struct schema *schema, const char *flag)
{
	int field = field_of_flag(schema, flag);

	if (field >= 0)
		return schema->fields[field].type == FIELD_BOOLEAN ? FLAG_BARE : FLAG_WITH_VALUE;
	if (is_in(schema->bare_flags, flag))
		return FLAG_BARE;
	return is_in(schema->value_flags, flag) ? FLAG_WITH_VALUE : FLAG_UNKNOWN;
}
