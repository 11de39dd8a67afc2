/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IP addresses and networks: text both ways, and what an address exposes.
 */
#ifndef MODEL_ADDRESS_H
#define MODEL_ADDRESS_H

#include <stdbool.h>

#include "nodelatch/listener.h"
#include "nodelatch/settings.h"

/* "tcp [0000:...:ffff:255.255.255.255]:65535" and the NUL fit. */
#define ADDRESS_TEXT_BYTES 64

/* "10.0.0.1", "::"; no brackets. */
void address_format(const struct address *address, char ret_text[static ADDRESS_TEXT_BYTES]);
/* "tcp [::]:10255", "udp 0.0.0.0:53": a listener's name. */
void listener_format(enum transport transport, const struct address *address, uint16_t port,
		     char ret_text[static ADDRESS_TEXT_BYTES]);
/* Returns 0 or -EINVAL. */
int address_parse(const char *text, struct address *ret_address);
/* The same of "10.0.0.1", "[::1]", "10.0.0.1:10249", "[::1]:10249", "localhost", "localhost:80" and
 * ":80", which is every address. Returns 0 or -EINVAL. */
int address_parse_host(const char *text, struct address *ret_address);
bool address_equal(const struct address *one, const struct address *other);
bool address_is_wildcard(const struct address *address);
/* 127.0.0.0/8, ::1, and 127.0.0.0/8 mapped into IPv6. */
bool address_is_loopback(const struct address *address);
/* An IPv4-mapped IPv6 address becomes the IPv4 address it stands for; others stay. */
struct address address_unmapped(const struct address *address);
/* Wildcard: any; loopback: loopback; else node. */
enum exposure address_exposure(const struct address *address);

/* "10.0.0.0/8", "10.0.0.1" (a network of one). Returns 0; -EINVAL: not a network; -ERANGE: prefix
 * too long; -EADDRNOTAVAIL: host bits are set (10.0.0.1/8). */
int cidr_parse(const char *text, struct cidr *ret_cidr);
void cidr_format(const struct cidr *cidr, char ret_text[static ADDRESS_TEXT_BYTES]);
bool cidr_contains(const struct cidr *cidr, const struct address *address);

#endif
