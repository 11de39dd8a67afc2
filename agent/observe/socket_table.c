/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/socket_table.h"

#include <errno.h>
#include <string.h>

/* include/net/tcp_states.h */
#define STATE_CLOSE  7
#define STATE_LISTEN 10

/* What is left of one line. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
}

static void skip_word(struct cursor *cursor)
{
	skip_blanks(cursor);
	while (cursor->at < cursor->end && *cursor->at != ' ')
		cursor->at++;
}

static bool take(struct cursor *cursor, char expected)
{
	if (cursor->at == cursor->end || *cursor->at != expected)
		return false;
	cursor->at++;
	return true;
}

/* A number of at most 64 bits, all digits up to the first byte that is none. */
static bool take_number(struct cursor *cursor, unsigned base, uint64_t *ret_number)
{
	const char *start = cursor->at;
	uint64_t number = 0;

	for (; cursor->at < cursor->end; cursor->at++) {
		char digit = *cursor->at;
		unsigned value = digit >= '0' && digit <= '9'	? (unsigned)(digit - '0')
				 : digit >= 'A' && digit <= 'F' ? (unsigned)(digit - 'A' + 10)
								: base;

		if (value >= base)
			break;
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, value, &number))
			return false;
	}
	*ret_number = number;
	return cursor->at > start;
}

/* Eight hex digits: four bytes of an address, printed as one number of the machine's byte order. */
static bool take_word(struct cursor *cursor, uint8_t ret_bytes[4])
{
	struct cursor digits = { cursor->at, cursor->at + 8 };
	uint64_t number;

	if (cursor->end - cursor->at < 8 || !take_number(&digits, 16, &number) ||
	    digits.at != digits.end)
		return false;
	uint32_t word = (uint32_t)number;

	memcpy(ret_bytes, &word, sizeof(word));
	cursor->at = digits.at;
	return true;
}

/* "0100007F:1F90", or 32 digits for IPv6. */
static bool take_end(struct cursor *cursor, struct address *ret_address, uint16_t *ret_port)
{
	struct address address = { 0 };
	uint64_t port;
	int words = 0;

	skip_blanks(cursor);
	while (words < 4 && take_word(cursor, address.bytes + (size_t)words * 4))
		words++;
	if ((words != 1 && words != 4) || !take(cursor, ':') || !take_number(cursor, 16, &port) ||
	    port > UINT16_MAX)
		return false;
	address.is_ipv6 = words == 4;
	*ret_address = address;
	*ret_port = (uint16_t)port;
	return true;
}

static bool is_zero(const struct address *address)
{
	static const uint8_t ZERO[sizeof(address->bytes)];

	return memcmp(address->bytes, ZERO, sizeof(ZERO)) == 0;
}

/* "  0: LOCAL REMOTE STATE queues timer retransmits uid timeout INODE ..."; false: no such line. */
static bool parse_line(struct cursor cursor, struct socket_row *row, bool *ret_listens)
{
	struct address remote;
	uint16_t remote_port;
	uint64_t number, state;

	skip_blanks(&cursor);
	if (!take_number(&cursor, 10, &number) || !take(&cursor, ':') ||
	    !take_end(&cursor, &row->address, &row->port) ||
	    !take_end(&cursor, &remote, &remote_port))
		return false;
	skip_blanks(&cursor);
	if (!take_number(&cursor, 16, &state))
		return false;
	for (int word = 0; word < 5; word++)
		skip_word(&cursor);
	skip_blanks(&cursor);
	if (!take_number(&cursor, 10, &row->inode))
		return false;
	*ret_listens = row->transport == TRANSPORT_TCP ? state == STATE_LISTEN
						       : state == STATE_CLOSE && row->port &&
								 !remote_port && is_zero(&remote);
	return true;
}

static bool is_heading(const char *text, const char *end)
{
	static const char WORD[] = "local_address";

	return memmem(text, (size_t)(end - text), WORD, strlen(WORD)) != NULL;
}

int socket_table_parse(const char *text, size_t length, enum transport transport, uint64_t netns,
		       struct socket_list *list)
{
	const char *start = text, *end = text + length;
	bool is_damaged = false;

	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		struct socket_row row = { .transport = transport, .netns = netns };
		bool listens = false;

		if (!line_end)
			line_end = end;
		bool is_entry = parse_line((struct cursor){ text, line_end }, &row, &listens);

		is_damaged |= !is_entry && text != line_end &&
			      !(text == start && is_heading(text, line_end));
		if (is_entry && listens) {
			int error = socket_list_add(list, &row);

			if (error < 0)
				return error;
		}
		text = line_end + (line_end < end);
	}
	return is_damaged ? -EBADMSG : 0;
}
