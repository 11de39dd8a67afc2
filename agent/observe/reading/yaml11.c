/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/reading/yaml11.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/reading/go_value.h"

static const struct {
	const char *word;
	enum document_kind kind;
	bool is_true;
} WORDS[] = {
	{ "", DOCUMENT_NULL, false },	      { "~", DOCUMENT_NULL, false },
	{ "null", DOCUMENT_NULL, false },     { "Null", DOCUMENT_NULL, false },
	{ "NULL", DOCUMENT_NULL, false },     { "y", DOCUMENT_BOOLEAN, true },
	{ "Y", DOCUMENT_BOOLEAN, true },      { "yes", DOCUMENT_BOOLEAN, true },
	{ "Yes", DOCUMENT_BOOLEAN, true },    { "YES", DOCUMENT_BOOLEAN, true },
	{ "true", DOCUMENT_BOOLEAN, true },   { "True", DOCUMENT_BOOLEAN, true },
	{ "TRUE", DOCUMENT_BOOLEAN, true },   { "on", DOCUMENT_BOOLEAN, true },
	{ "On", DOCUMENT_BOOLEAN, true },     { "ON", DOCUMENT_BOOLEAN, true },
	{ "n", DOCUMENT_BOOLEAN, false },     { "N", DOCUMENT_BOOLEAN, false },
	{ "no", DOCUMENT_BOOLEAN, false },    { "No", DOCUMENT_BOOLEAN, false },
	{ "NO", DOCUMENT_BOOLEAN, false },    { "false", DOCUMENT_BOOLEAN, false },
	{ "False", DOCUMENT_BOOLEAN, false }, { "FALSE", DOCUMENT_BOOLEAN, false },
	{ "off", DOCUMENT_BOOLEAN, false },   { "Off", DOCUMENT_BOOLEAN, false },
	{ "OFF", DOCUMENT_BOOLEAN, false },
};

/* JSON has no such numbers: they stop the conversion. */
static const char *const NO_JSON[] = { ".nan",	".NaN",	 ".NAN",  ".inf",  ".Inf",  ".INF",
				       "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF" };

static bool resolve_word(const char *text, struct document *document)
{
	for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++) {
		if (strcmp(WORDS[i].word, text) != 0)
			continue;
		document->kind = WORDS[i].kind;
		document->boolean = WORDS[i].is_true;
		return true;
	}
	return false;
}

/* [-+]?(.digits | digits[.digits?])([eE][-+]?digits)? */
static bool looks_like_float(const char *text)
{
	size_t whole, fraction = 0, exponent;

	text += *text == '-' || *text == '+';
	whole = strspn(text, "0123456789");
	text += whole;
	if (*text == '.') {
		fraction = strspn(++text, "0123456789");
		text += fraction;
	}
	if (!whole && !fraction)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		text += *text == '-' || *text == '+';
		exponent = strspn(text, "0123456789");
		if (!exponent)
			return false;
		text += exponent;
	}
	return !*text;
}

/* A number that is whole is written to JSON without a fraction, and Go then takes it as an int. */
static void set_number(struct document *document, double number)
{
	if (number >= -9007199254740992.0 && number <= 9007199254740992.0 &&
	    number == (double)(int64_t)number) {
		document->kind = DOCUMENT_INTEGER;
		document->integer = (int64_t)number;
		return;
	}
	document->kind = DOCUMENT_NUMBER;
	document->number = number;
}

/* 0b1 and -0b1 are read by go_integer, so nothing is left for go-yaml's own rule about them. */
static bool resolve_number(const char *text, struct arena *arena, struct document *document)
{
	char *plain = arena_text(arena, text), *out = plain;
	int64_t integer;

	if (!plain || !strchr("+-.0123456789", *text))
		return false;
	for (const char *in = text; *in; in++)
		if (*in != '_')
			*out++ = *in;
	*out = '\0';
	if (*plain != '.' && go_integer(plain, 64, &integer) == 0) {
		document->kind = DOCUMENT_INTEGER;
		document->integer = integer;
		return true;
	}
	if (!looks_like_float(plain))
		return false;
	set_number(document, strtod(plain, NULL));
	return true;
}

static int set_text(const struct yaml_node *scalar, struct document *document)
{
	document->kind = DOCUMENT_TEXT;
	document->text = scalar->text;
	return 0;
}

static bool is_text_tag(const char *tag)
{
	return tag && (text_ends_with(tag, ":str") || strcmp(tag, "!") == 0);
}

int yaml11_resolve(const struct yaml_node *scalar, struct arena *arena,
		   struct document *ret_document)
{
	/* No value of a kubelet holds a NUL; as C text it would be cut and compare equal. */
	if (strlen(scalar->text) != scalar->length)
		return -EINVAL;
	if (is_text_tag(scalar->tag) || (!scalar->tag && !scalar->is_plain))
		return set_text(scalar, ret_document);
	/* Any other explicit tag is rare enough to refuse rather than to guess at. */
	if (scalar->tag && !text_ends_with(scalar->tag, ":int") &&
	    !text_ends_with(scalar->tag, ":bool") && !text_ends_with(scalar->tag, ":null") &&
	    !text_ends_with(scalar->tag, ":float"))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(NO_JSON); i++)
		if (strcmp(NO_JSON[i], scalar->text) == 0)
			return -EINVAL;
	if (resolve_word(scalar->text, ret_document) ||
	    resolve_number(scalar->text, arena, ret_document))
		return 0;
	return scalar->tag ? -EINVAL : set_text(scalar, ret_document);
}
