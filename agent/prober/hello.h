/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first flight of TLS, written and read by hand: to learn which versions and suites a server
 * accepts, its ServerHello is all that is needed, and a library would refuse to offer the weak ones
 * that are asked about.
 */
#ifndef PROBER_HELLO_H
#define PROBER_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum protocol { TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3, PROTOCOLS };

struct cipher_suite {
	uint16_t number; /* IANA's */
	bool is_weak;
	const char *name;
};
/* Of TLS 1.2 and below; the weak ones first. */
extern const struct cipher_suite CIPHER_SUITES[];
extern const size_t CIPHER_SUITE_COUNT;

/* What was offered, and what is accepted so far. */
struct greeting {
	enum protocol protocol;
	bool offers_weak;   /* of TLS 1.2: the weak suites, else the strong ones */
	uint64_t accepted;  /* suites, by their place in CIPHER_SUITES */
	unsigned protocols; /* by bit */
};

const char *protocol_name(enum protocol protocol);
/* Whether there is a suite to offer. */
bool hello_has_suites(const struct greeting *greeting);
/* Writes the ClientHello; returns its length. */
size_t hello_write(const struct greeting *greeting, const uint8_t random[static 32],
		   uint8_t *ret_bytes, size_t room);

enum hello_answer {
	HELLO_INCOMPLETE,
	HELLO_ACCEPTED, /* noted in the greeting */
	HELLO_REFUSED,	/* by an alert */
	HELLO_GARBAGE,
};
/* What a server said to it. */
enum hello_answer hello_read(struct greeting *greeting, const uint8_t *bytes, size_t length);

#endif
