/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/certificate_file.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "observe/certificate/pem.h"
#include "observe/certificate/secret.h"
#include "observe/certificate/x509.h"

/* The certificates of one file so far. */
struct collection {
	struct arena *arena;
	struct certificate_file *file;
	struct certificate *items;
	size_t count, capacity;
};

static int invalid(struct collection *collection, unsigned line, const char *problem)
{
	collection->file->status = FILE_INVALID;
	collection->file->problem =
		line ? arena_printf(collection->arena, "has a block at line %u that %s", line,
				    problem)
		     : problem;
	return collection->file->problem ? -EINVAL : -ENOMEM;
}

static int add_certificate(struct collection *collection, const struct pem_block *block)
{
	CLEANUP_SECRET struct secret der = { 0 };
	const char *problem = NULL;
	int error = secret_from_base64(block->base64, block->base64_length, &der);

	if (error == -EINVAL)
		return invalid(collection, block->line, "is not valid base64");
	if (error < 0)
		return error;
	if (collection->count == CERTIFICATES_MAX)
		return invalid(collection, block->line,
			       "is one certificate more than this agent reads from a file");
	struct certificate *certificate =
		arena_push(collection->arena, &collection->items, &collection->count,
			   &collection->capacity, sizeof(*certificate));

	if (!certificate)
		return -ENOMEM;
	error = certificate_from_der(der.data, der.length, collection->arena, certificate,
				     &problem);
	return error == -EINVAL ? invalid(collection, block->line, problem) : error;
}

static int take_block(struct collection *collection, const struct pem_block *block)
{
	struct certificate_file *file = collection->file;

	if (block->kind == PEM_CERTIFICATE)
		return add_certificate(collection, block);
	if (block->kind == PEM_PRIVATE_KEY) {
		file->has_private_key = true;
		file->private_key_is_encrypted |= block->is_encrypted;
	}
	return 0;
}

/* DER of a certificate or key is a SEQUENCE longer than 127 bytes. */
static bool is_der(const char *text, size_t length)
{
	return length > 4 && text[0] == 0x30 && ((unsigned char)text[1] & 0x80);
}

static int explain_emptiness(struct collection *collection, const char *text, size_t length)
{
	if (length == 0)
		return invalid(collection, 0, "is empty, where a PEM certificate is due");
	if (is_der(text, length))
		return invalid(collection, 0,
			       "holds DER, where PEM is due; convert it with: openssl x509 "
			       "-inform der");
	if (collection->file->has_private_key)
		return invalid(collection, 0, "holds a private key and no certificate");
	return invalid(collection, 0, "holds no PEM block of the type CERTIFICATE");
}

static int read_blocks(struct collection *collection, const char *text, size_t length)
{
	struct pem_reader reader = { .text = text, .length = length };
	struct pem_block block;
	int found;

	while ((found = pem_next(&reader, &block)) > 0) {
		int error = take_block(collection, &block);

		if (error < 0)
			return error;
	}
	if (found < 0)
		return invalid(collection, block.line, "has no END of its own: it is cut short");
	if (collection->count == 0)
		return explain_emptiness(collection, text, length);
	return 0;
}

static int read_text(const char *text, size_t length, struct arena *arena,
		     struct certificate_file *file)
{
	struct collection collection = { .arena = arena, .file = file };
	int error = read_blocks(&collection, text, length);

	if (error == 0) {
		file->status = FILE_READ;
		file->certificates = collection.items;
		file->count = collection.count;
	}
	return error == -EINVAL ? 0 : error;
}

int certificate_file_read(int root, const char *path, struct arena *arena,
			  struct certificate_file *ret_file)
{
	CLEANUP_SECRET struct secret content = { 0 };
	struct certificate_file file = { .path = arena_text(arena, path) };
	int error = secret_read(root, path, CERTIFICATE_BYTES_MAX, &content);

	if (!file.path || error == -ENOMEM)
		return -ENOMEM;
	if (error < 0) {
		file.status = error == -ENOENT ? FILE_ABSENT : FILE_UNREADABLE;
		file.problem = error == -ENOENT ? NULL : file_error_text(error);
	} else {
		error = read_text(content.data, content.length, arena, &file);
		if (error < 0)
			return error;
	}
	*ret_file = file;
	return 0;
}

int certificate_data_read(const char *pem, size_t length, const char *path, struct arena *arena,
			  struct certificate_file *ret_file)
{
	struct certificate_file file = { .path = arena_text(arena, path), .is_inline = true };

	if (!file.path)
		return -ENOMEM;
	int error = read_text(pem, length, arena, &file);

	if (error < 0)
		return error;
	*ret_file = file;
	return 0;
}
