/* SPDX-License-Identifier: Apache-2.0 */
/* Real certificates, made by openssl(1) in a folder of their own, for the tests that read them. */
#ifndef UNIT_CERTIFICATES_H
#define UNIT_CERTIFICATES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"

/* A folder under /tmp and an O_PATH descriptor of it. */
struct scratch {
	char path[64];
	int root;
};

void scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);
/* Writes a file below it, folders made on the way. */
void scratch_write(const struct scratch *scratch, const char *name, const void *data,
		   size_t length);
void scratch_text(const struct scratch *scratch, const char *name, const char *text);
/* The content of a file below it. */
void scratch_load(const struct scratch *scratch, const char *name, struct text_buffer *content);
/* Runs openssl(1) there; the arguments end with NULL. Fails the test when it fails. */
void scratch_openssl(const struct scratch *scratch, const char *const *arguments);
#define OPENSSL(scratch, ...) scratch_openssl(scratch, (const char *const[]){ __VA_ARGS__, NULL })
/* A self-signed NAME.crt with NAME.key, ECDSA P-256, for a subject as openssl writes it. */
void scratch_certificate(const struct scratch *scratch, const char *name, const char *subject);

#endif
