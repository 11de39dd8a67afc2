/* SPDX-License-Identifier: Apache-2.0 */
#include "prober/hello.h"

#include <string.h>

#include "base/cleanup.h"

/* RFC 8446, appendix B; RFC 5246, section 7.4. */
#define RECORD_ALERT	       21
#define RECORD_HANDSHAKE       22
#define CLIENT_HELLO	       1
#define SERVER_HELLO	       2
#define EXTENSION_VERSIONS     43
#define RECORD_HEADER_BYTES    5
#define HANDSHAKE_HEADER_BYTES 4

static const struct {
	uint16_t number;
	const char *name;
} VERSIONS[PROTOCOLS] = {
	[TLS_1_0] = { 0x0301, "TLSv1.0" },
	[TLS_1_1] = { 0x0302, "TLSv1.1" },
	[TLS_1_2] = { 0x0303, "TLSv1.2" },
	[TLS_1_3] = { 0x0304, "TLSv1.3" },
};

static const uint16_t SUITES_OF_1_3[] = { 0x1301, 0x1302, 0x1303 };

const char *protocol_name(enum protocol protocol)
{
	return VERSIONS[protocol].name;
}

struct writer {
	uint8_t *bytes;
	size_t length, room;
};

static void put(struct writer *writer, const void *bytes, size_t length)
{
	if (length > writer->room - writer->length)
		length = 0;
	memcpy(writer->bytes + writer->length, bytes, length);
	writer->length += length;
}

static void put_byte(struct writer *writer, unsigned byte)
{
	const uint8_t one = (uint8_t)byte;

	put(writer, &one, 1);
}

static void put_number(struct writer *writer, unsigned number)
{
	put_byte(writer, number >> 8);
	put_byte(writer, number & 0xff);
}

/* A length of two bytes before what follows it: begun, and filled in. */
static size_t begin_length(struct writer *writer)
{
	put_number(writer, 0);
	return writer->length;
}

static void end_length(struct writer *writer, size_t start)
{
	size_t length = writer->length - start;

	writer->bytes[start - 2] = (uint8_t)(length >> 8);
	writer->bytes[start - 1] = (uint8_t)length;
}

/* TLS 1.0 and 1.1 are asked for with every weak suite: those that are older than 1.2 are among
 * them. */
static bool is_offered(const struct greeting *greeting, size_t suite)
{
	if (greeting->protocol == TLS_1_2)
		return CIPHER_SUITES[suite].is_weak == greeting->offers_weak &&
		       !(greeting->accepted & 1ULL << suite);
	return CIPHER_SUITES[suite].is_weak;
}

bool hello_has_suites(const struct greeting *greeting)
{
	for (size_t i = 0; i < CIPHER_SUITE_COUNT; i++)
		if (is_offered(greeting, i))
			return true;
	return false;
}

static void put_suites(struct writer *writer, const struct greeting *greeting)
{
	size_t start = begin_length(writer);

	if (greeting->protocol == TLS_1_3)
		for (size_t i = 0; i < ARRAY_SIZE(SUITES_OF_1_3); i++)
			put_number(writer, SUITES_OF_1_3[i]);
	else
		for (size_t i = 0; i < CIPHER_SUITE_COUNT; i++)
			if (is_offered(greeting, i))
				put_number(writer, CIPHER_SUITES[i].number);
	end_length(writer, start);
}

/* supported_groups, ec_point_formats, signature_algorithms (SHA-1 too), extended_master_secret,
 * renegotiation_info: what servers of every age want to see. */
static const uint8_t EXTENSIONS[] = {
	0x00, 0x0a, 0x00, 0x0a, 0x00, 0x08, 0x00, 0x1d, 0x00, 0x17, 0x00, 0x18, 0x00,
	0x19, 0x00, 0x0b, 0x00, 0x02, 0x01, 0x00, 0x00, 0x0d, 0x00, 0x1c, 0x00, 0x1a,
	0x04, 0x03, 0x05, 0x03, 0x06, 0x03, 0x08, 0x07, 0x08, 0x08, 0x08, 0x04, 0x08,
	0x05, 0x08, 0x06, 0x04, 0x01, 0x05, 0x01, 0x06, 0x01, 0x02, 0x03, 0x02, 0x01,
	0x00, 0x17, 0x00, 0x00, 0xff, 0x01, 0x00, 0x01, 0x00,
};
/* supported_versions with 1.3 alone, psk_key_exchange_modes, and a key_share without a key: the
 * server that speaks 1.3 then names the group that it wants, in a ServerHello. */
static const uint8_t EXTENSIONS_OF_1_3[] = {
	0x00, 0x2b, 0x00, 0x03, 0x02, 0x03, 0x04, 0x00, 0x2d, 0x00,
	0x02, 0x01, 0x01, 0x00, 0x33, 0x00, 0x02, 0x00, 0x00,
};

size_t hello_write(const struct greeting *greeting, const uint8_t random[static 32],
		   uint8_t *ret_bytes, size_t room)
{
	enum protocol legacy = greeting->protocol == TLS_1_3 ? TLS_1_2 : greeting->protocol;
	struct writer writer = { .bytes = ret_bytes, .room = room };

	put_byte(&writer, RECORD_HANDSHAKE);
	put_number(&writer, VERSIONS[TLS_1_0].number);
	size_t record = begin_length(&writer);

	put_byte(&writer, CLIENT_HELLO);
	put_byte(&writer, 0);
	size_t handshake = begin_length(&writer);

	put_number(&writer, VERSIONS[legacy].number);
	put(&writer, random, 32);
	put_byte(&writer, 0); /* no session */
	put_suites(&writer, greeting);
	put_number(&writer, 0x0100); /* one compression method: none */
	size_t extensions = begin_length(&writer);

	put(&writer, EXTENSIONS, sizeof(EXTENSIONS));
	if (greeting->protocol == TLS_1_3)
		put(&writer, EXTENSIONS_OF_1_3, sizeof(EXTENSIONS_OF_1_3));
	end_length(&writer, extensions);
	end_length(&writer, handshake);
	end_length(&writer, record);
	return writer.length;
}

struct reader {
	const uint8_t *bytes;
	size_t length;
	bool is_over; /* it wanted more than there is */
};

static unsigned take(struct reader *reader, size_t bytes)
{
	unsigned number = 0;

	if (bytes > reader->length) {
		reader->is_over = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		number = number << 8 | reader->bytes[i];
	reader->bytes += bytes;
	reader->length -= bytes;
	return number;
}

static struct reader take_part(struct reader *reader, size_t bytes)
{
	struct reader part = { .bytes = reader->bytes, .length = bytes };

	if (bytes > reader->length) {
		reader->is_over = true;
		return (struct reader){ .is_over = true };
	}
	reader->bytes += bytes;
	reader->length -= bytes;
	return part;
}

/* supported_versions wins over the old field, which TLS 1.3 leaves at 1.2. */
static unsigned version_in_extensions(struct reader *hello, unsigned version)
{
	if (!hello->length)
		return version;
	struct reader extensions = take_part(hello, take(hello, 2));

	while (extensions.length && !extensions.is_over) {
		unsigned type = take(&extensions, 2);
		struct reader value = take_part(&extensions, take(&extensions, 2));

		if (type == EXTENSION_VERSIONS && value.length == 2)
			version = take(&value, 2);
	}
	hello->is_over |= extensions.is_over;
	return version;
}

static bool note_suite(struct greeting *greeting, unsigned number)
{
	for (size_t i = 0; i < CIPHER_SUITE_COUNT; i++)
		if (CIPHER_SUITES[i].number == number && is_offered(greeting, i)) {
			greeting->accepted |= 1ULL << i;
			return true;
		}
	return false;
}

/* An answer of another version is an acceptance of that one; what was not offered is garbage. */
static enum hello_answer note(struct greeting *greeting, unsigned version, unsigned suite)
{
	for (unsigned i = 0; i < PROTOCOLS; i++) {
		if (VERSIONS[i].number != version || i > (unsigned)greeting->protocol)
			continue;
		greeting->protocols |= 1U << i;
		if (i == TLS_1_3)
			return HELLO_ACCEPTED;
		return note_suite(greeting, suite) ? HELLO_ACCEPTED : HELLO_GARBAGE;
	}
	return HELLO_GARBAGE;
}

enum hello_answer hello_read(struct greeting *greeting, const uint8_t *bytes, size_t length)
{
	struct reader reader = { .bytes = bytes, .length = length };

	if (length < RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES)
		return length && bytes[0] == RECORD_ALERT && length >= RECORD_HEADER_BYTES + 2
			       ? HELLO_REFUSED
		       : length && bytes[0] != RECORD_ALERT && bytes[0] != RECORD_HANDSHAKE
			       ? HELLO_GARBAGE
			       : HELLO_INCOMPLETE;
	unsigned type = take(&reader, 1);

	if (type == RECORD_ALERT)
		return HELLO_REFUSED;
	if (type != RECORD_HANDSHAKE || take(&reader, 2) >> 8 != 3)
		return HELLO_GARBAGE;
	take(&reader, 2); /* of the record: a ServerHello is never cut in two */
	if (take(&reader, 1) != SERVER_HELLO)
		return HELLO_GARBAGE;
	unsigned hello_length = take(&reader, 3);

	if (hello_length > reader.length)
		return HELLO_INCOMPLETE;
	struct reader hello = take_part(&reader, hello_length);
	unsigned version = take(&hello, 2);

	take_part(&hello, 32); /* random */
	take_part(&hello, take(&hello, 1));
	unsigned suite = take(&hello, 2);

	take(&hello, 1); /* compression */
	version = version_in_extensions(&hello, version);
	return hello.is_over ? HELLO_GARBAGE : note(greeting, version, suite);
}
