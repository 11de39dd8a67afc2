/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PEM blocks in a text, in every layout found on nodes: text and "Bag Attributes" around them,
 * CRLF, parameters and keys in any order. Blocks are found, not decoded, so a private key is only
 * ever noticed.
 */
#ifndef OBSERVE_CERTIFICATE_PEM_H
#define OBSERVE_CERTIFICATE_PEM_H

#include <stdbool.h>
#include <stddef.h>

enum pem_kind { PEM_CERTIFICATE, PEM_PRIVATE_KEY, PEM_OTHER };

struct pem_block {
	enum pem_kind kind;
	bool is_encrypted;  /* a private key behind a passphrase, by PKCS#8 or by Proc-Type */
	unsigned line;	    /* of its BEGIN, 1-based */
	const char *base64; /* in the text, after the headers; white space in it */
	size_t base64_length;
};

/* The caller fills in the text, and zeroes the rest. */
struct pem_reader {
	const char *text;
	size_t length;
	size_t offset;
	unsigned line; /* lines passed so far */
};

/*
 * The next block. Returns 1, 0 at the end of the text, or -EINVAL for a BEGIN without its END, with
 * the line of the BEGIN in ret_block->line.
 */
int pem_next(struct pem_reader *reader, struct pem_block *ret_block);

#endif
