/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/flags.h"

#include <string.h>

#include "base/text.h"
#include "observe/reading/go_value.h"

static void set_name(const struct schema *schema, struct flag_token *token, const char *name,
		     size_t length)
{
	bool keeps = schema->marks & (SCHEMA_KEEPS_UNDERSCORES | SCHEMA_GO_FLAGS);

	if (length >= sizeof(token->name))
		length = sizeof(token->name) - 1;
	for (size_t i = 0; i < length; i++)
		token->name[i] = name[i] == '_' && !keeps ? '-' : name[i];
	token->name[length] = '\0';
}

/* The argument after the flag, whatever it looks like. */
static void swallow_value(struct flag_scanner *scanner, struct flag_token *token)
{
	if (scanner->at < scanner->count)
		token->value = scanner->arguments[scanner->at++];
	else
		token->kind = TOKEN_MALFORMED;
}

/* An unknown flag without '=' is a boolean or swallows what follows: a plain word is most likely
 * its value, since the kubelet takes no other words; after anything else nobody can tell. */
static void guess_value(struct flag_scanner *scanner, struct flag_token *token)
{
	token->kind = TOKEN_UNKNOWN_FLAG;
	token->value = "";
	if (scanner->at == scanner->count)
		return;
	if (scanner->arguments[scanner->at][0] == '-')
		scanner->next_is_doubtful = true;
	else
		token->value = scanner->arguments[scanner->at++];
}

/* A flag by its name, which stands after one dash or two. */
static void read_long(struct flag_scanner *scanner, struct flag_token *token, const char *name)
{
	size_t length = strcspn(name, "=");

	if (!length || *name == '-') {
		token->kind = TOKEN_MALFORMED;
		return;
	}
	set_name(scanner->schema, token, name, length);
	enum flag_kind kind = flag_kind(scanner->schema, token->name);

	if (name[length] == '=') {
		token->value = name + length + 1;
		token->kind = kind == FLAG_UNKNOWN ? TOKEN_UNKNOWN_FLAG : TOKEN_FLAG;
	} else if (kind == FLAG_BARE) {
		token->value = "true";
		scanner->last_bare = token->text;
	} else if (kind == FLAG_WITH_VALUE) {
		swallow_value(scanner, token);
	} else {
		guess_value(scanner, token);
	}
}

/* Of one-letter flags there are only -v and -h. */
static void read_short(struct flag_scanner *scanner, struct flag_token *token)
{
	const char *letter = token->text + 1;

	if (*letter == 'h') {
		set_name(scanner->schema, token, "help", strlen("help"));
		token->value = "true";
	} else if (*letter != 'v') {
		token->kind = TOKEN_MALFORMED;
	} else {
		set_name(scanner->schema, token, "v", 1);
		if (letter[1])
			token->value = letter + 1 + (letter[1] == '=' && letter[2]);
		else
			swallow_value(scanner, token);
	}
}

bool flag_next(struct flag_scanner *scanner, struct flag_token *ret_token)
{
	*ret_token = (struct flag_token){ .is_doubtful = scanner->next_is_doubtful };
	scanner->next_is_doubtful = false;
	if (scanner->at == scanner->count)
		return false;
	const char *text = scanner->arguments[scanner->at++];
	const char *last_bare = scanner->last_bare;
	bool is_go = scanner->schema->marks & SCHEMA_GO_FLAGS;

	scanner->last_bare = NULL;
	if (!scanner->has_ended && strcmp(text, "--") == 0) {
		scanner->has_ended = true;
		return flag_next(scanner, ret_token);
	}
	ret_token->text = text;
	ret_token->at = scanner->at - 1;
	if (scanner->has_ended || text[0] != '-' || text[1] == '\0') {
		ret_token->kind = TOKEN_POSITIONAL;
		ret_token->after_bare = last_bare;
		scanner->has_ended |= is_go;
	} else if (text[1] == '-' || is_go) {
		read_long(scanner, ret_token, text + (text[1] == '-' ? 2 : 1));
	} else {
		read_short(scanner, ret_token);
	}
	return true;
}

static bool prints(const char *flag)
{
	return strcmp(flag, "version") == 0 || strcmp(flag, "help") == 0 || strcmp(flag, "h") == 0;
}

bool flags_only_print(const struct schema *schema, const char *const *arguments, size_t count)
{
	struct flag_scanner scanner = { .schema = schema, .arguments = arguments, .count = count };
	struct flag_token token;

	while (flag_next(&scanner, &token)) {
		bool is_off;

		if (token.kind != TOKEN_FLAG || !prints(token.name))
			continue;
		/* --version=raw is no boolean and prints, too. */
		if (go_boolean(token.value, &is_off) < 0 || is_off)
			return true;
	}
	return false;
}

bool flags_find(struct flag_scanner *scanner, const char *name, struct flag_token *ret_token)
{
	struct flag_token token;
	bool is_found = false;

	while (flag_next(scanner, &token)) {
		if (token.kind != TOKEN_FLAG || strcmp(token.name, name) != 0)
			continue;
		*ret_token = token;
		is_found = true;
	}
	return is_found;
}
