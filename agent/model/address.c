/* SPDX-License-Identifier: Apache-2.0 */
#include "model/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/words.h"

static const uint8_t MAPPED_PREFIX[12] = { [10] = 0xff, [11] = 0xff };

void address_format(const struct address *address, char ret_text[static ADDRESS_TEXT_BYTES])
{
	inet_ntop(address->is_ipv6 ? AF_INET6 : AF_INET, address->bytes, ret_text,
		  ADDRESS_TEXT_BYTES);
}

void listener_format(enum transport transport, const struct address *address, uint16_t port,
		     char ret_text[static ADDRESS_TEXT_BYTES])
{
	char host[INET6_ADDRSTRLEN];

	inet_ntop(address->is_ipv6 ? AF_INET6 : AF_INET, address->bytes, host, sizeof(host));
	snprintf(ret_text, ADDRESS_TEXT_BYTES, address->is_ipv6 ? "%s [%s]:%u" : "%s %s:%u",
		 transport_word(transport), host, port);
}

int address_parse(const char *text, struct address *ret_address)
{
	struct address address = { .is_ipv6 = strchr(text, ':') != NULL };

	if (inet_pton(address.is_ipv6 ? AF_INET6 : AF_INET, text, address.bytes) != 1)
		return -EINVAL;
	*ret_address = address;
	return 0;
}

/* What stands after the host: nothing, or a port. */
static bool is_port(const char *text)
{
	uint64_t port;

	return !*text || (*text == ':' && text_to_unsigned(text + 1, UINT16_MAX, &port) == 0);
}

/* The host's part: without brackets and without a port. */
static int host_part(const char *text, char ret_host[static ADDRESS_TEXT_BYTES])
{
	const char *colon = strchr(text, ':'), *rest;
	size_t length = strlen(text);

	if (*text == '[') {
		length = strcspn(++text, "]");
		if (text[length] != ']')
			return -EINVAL;
		rest = text + length + 1;
	} else {
		/* Several colons are an IPv6 address, which takes a port in brackets only. */
		if (colon && !strchr(colon + 1, ':'))
			length = (size_t)(colon - text);
		rest = text + length;
	}
	if (length >= ADDRESS_TEXT_BYTES || !is_port(rest))
		return -EINVAL;
	memcpy(ret_host, text, length);
	ret_host[length] = '\0';
	return 0;
}

int address_parse_host(const char *text, struct address *ret_address)
{
	char host[ADDRESS_TEXT_BYTES];

	if (host_part(text, host) < 0)
		return -EINVAL;
	if (!*host && *text == ':')
		return address_parse("::", ret_address);
	return address_parse(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, ret_address);
}

bool address_equal(const struct address *one, const struct address *other)
{
	return one->is_ipv6 == other->is_ipv6 &&
	       memcmp(one->bytes, other->bytes, one->is_ipv6 ? 16 : 4) == 0;
}

bool address_is_wildcard(const struct address *address)
{
	struct address zero = { .is_ipv6 = address->is_ipv6 };
	struct address plain = address_unmapped(address);

	zero.is_ipv6 = plain.is_ipv6;
	return address_equal(&plain, &zero);
}

struct address address_unmapped(const struct address *address)
{
	struct address plain = { 0 };

	if (!address->is_ipv6 || memcmp(address->bytes, MAPPED_PREFIX, sizeof(MAPPED_PREFIX)) != 0)
		return *address;
	memcpy(plain.bytes, address->bytes + sizeof(MAPPED_PREFIX), 4);
	return plain;
}

bool address_is_loopback(const struct address *address)
{
	static const struct address one = { .is_ipv6 = true, .bytes = { [15] = 1 } };
	struct address plain = address_unmapped(address);

	return plain.is_ipv6 ? address_equal(&plain, &one) : plain.bytes[0] == 127;
}

enum exposure address_exposure(const struct address *address)
{
	if (address_is_wildcard(address))
		return EXPOSURE_ANY;
	return address_is_loopback(address) ? EXPOSURE_LOOPBACK : EXPOSURE_NODE;
}

static bool bit_is_set(const struct address *address, unsigned bit)
{
	return address->bytes[bit / 8] >> (7 - bit % 8) & 1;
}

int cidr_parse(const char *text, struct cidr *ret_cidr)
{
	const char *slash = strchr(text, '/');
	char host[ADDRESS_TEXT_BYTES];
	size_t length = slash ? (size_t)(slash - text) : strlen(text);
	struct cidr cidr;

	if (length >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';
	if (address_parse(host, &cidr.address) < 0)
		return -EINVAL;
	unsigned bits = cidr.address.is_ipv6 ? 128 : 32;
	uint64_t prefix = bits;
	int error = slash ? text_to_unsigned(slash + 1, bits, &prefix) : 0;

	if (error < 0)
		return error;
	for (unsigned bit = (unsigned)prefix; bit < bits; bit++)
		if (bit_is_set(&cidr.address, bit))
			return -EADDRNOTAVAIL;
	cidr.prefix_length = (unsigned)prefix;
	*ret_cidr = cidr;
	return 0;
}

void cidr_format(const struct cidr *cidr, char ret_text[static ADDRESS_TEXT_BYTES])
{
	address_format(&cidr->address, ret_text);
	size_t length = strlen(ret_text);

	snprintf(ret_text + length, ADDRESS_TEXT_BYTES - length, "/%u", cidr->prefix_length);
}

bool cidr_contains(const struct cidr *cidr, const struct address *address)
{
	if (cidr->address.is_ipv6 != address->is_ipv6)
		return false;
	for (unsigned bit = 0; bit < cidr->prefix_length; bit++)
		if (bit_is_set(&cidr->address, bit) != bit_is_set(address, bit))
			return false;
	return true;
}
