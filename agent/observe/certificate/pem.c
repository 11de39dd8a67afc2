/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/pem.h"

#include <errno.h>
#include <string.h>

#define BEGIN  "-----BEGIN "
#define END    "-----END "
#define DASHES "-----"

struct span {
	const char *text;
	size_t length;
};

static bool span_is(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

static bool span_ends_with(struct span span, const char *suffix)
{
	size_t length = strlen(suffix);

	return span.length >= length &&
	       memcmp(span.text + span.length - length, suffix, length) == 0;
}

/* The next line without its end and the white space before that; false at the end of the text. */
static bool next_line(struct pem_reader *reader, struct span *ret_line)
{
	if (reader->offset >= reader->length)
		return false;
	const char *start = reader->text + reader->offset;
	const char *end = memchr(start, '\n', reader->length - reader->offset);
	size_t length = end ? (size_t)(end - start) : reader->length - reader->offset;

	reader->offset += length + (end ? 1 : 0);
	reader->line++;
	while (length && strchr(" \t\r", start[length - 1]) && start[length - 1])
		length--;
	*ret_line = (struct span){ start, length };
	return true;
}

/* The label between "-----BEGIN " (or END) and "-----"; false for any other line. */
static bool boundary_label(struct span line, const char *start, struct span *ret_label)
{
	size_t length = strlen(start);

	if (line.length < length + strlen(DASHES) || memcmp(line.text, start, length) != 0 ||
	    !span_ends_with(line, DASHES))
		return false;
	*ret_label = (struct span){ line.text + length, line.length - length - strlen(DASHES) };
	return true;
}

static void classify(struct span label, struct pem_block *block)
{
	if (span_is(label, "CERTIFICATE"))
		block->kind = PEM_CERTIFICATE;
	else if (span_ends_with(label, "PRIVATE KEY"))
		block->kind = PEM_PRIVATE_KEY;
	else
		block->kind = PEM_OTHER;
	block->is_encrypted = span_is(label, "ENCRYPTED PRIVATE KEY");
}

/* RFC 1421 headers stand before the base64; base64 has no colon. */
static bool is_header(struct span line, struct pem_block *block)
{
	static const char mark[] = "Proc-Type: 4,ENCRYPTED";

	if (!line.length || !memchr(line.text, ':', line.length))
		return false;
	if (block->kind == PEM_PRIVATE_KEY && span_is(line, mark))
		block->is_encrypted = true;
	return true;
}

static int read_body(struct pem_reader *reader, struct span label, struct pem_block *block)
{
	const char *body = reader->text + reader->offset;
	bool in_headers = true;
	struct span line, other;

	while (next_line(reader, &line)) {
		if (boundary_label(line, BEGIN, &other))
			return -EINVAL;
		if (boundary_label(line, END, &other)) {
			if (other.length != label.length ||
			    memcmp(other.text, label.text, label.length) != 0)
				return -EINVAL;
			block->base64 = body;
			block->base64_length = (size_t)(line.text - body);
			return 1;
		}
		in_headers = in_headers && is_header(line, block);
		if (in_headers)
			body = reader->text + reader->offset;
	}
	return -EINVAL;
}

int pem_next(struct pem_reader *reader, struct pem_block *ret_block)
{
	struct span line, label;

	while (next_line(reader, &line)) {
		if (!boundary_label(line, BEGIN, &label))
			continue;
		*ret_block = (struct pem_block){ .line = reader->line };
		classify(label, ret_block);
		return read_body(reader, label, ret_block);
	}
	return 0;
}
