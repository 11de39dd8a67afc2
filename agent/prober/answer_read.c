/* SPDX-License-Identifier: Apache-2.0 */
/* A whole HTTP answer: its status, and its body out of chunks. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "prober/cluster.h"

/* What a header says; NULL: it is not there. */
static const char *header_value(const struct answer *answer, const char *name)
{
	const char *at = answer->bytes;
	size_t length = strlen(name);

	while ((at = strstr(at, "\r\n")) && at + 2 < answer->body) {
		at += 2;
		if (strncasecmp(at, name, length) == 0 && at[length] == ':')
			return at + length + 1 + strspn(at + length + 1, " \t");
	}
	return NULL;
}

/* "1f4\r\n": the size of a chunk, and where its bytes begin. */
static int read_chunk_size(const char *at, const char *end, size_t *ret_size,
			   const char **ret_bytes)
{
	const char *line = memmem(at, (size_t)(end - at), "\r\n", 2);
	char *rest = NULL;

	if (!line || !isxdigit((unsigned char)*at))
		return -EINVAL;
	unsigned long size = strtoul(at, &rest, 16);

	if (size > CLUSTER_BYTES_MAX || (*rest != '\r' && *rest != ';'))
		return -EINVAL;
	*ret_size = size;
	*ret_bytes = line + 2;
	return 0;
}

static int join_chunks(struct answer *answer, char *body)
{
	const char *at = body, *end = answer->bytes + answer->length;
	char *to = body;
	size_t size = 0;

	do {
		if (read_chunk_size(at, end, &size, &at) < 0 || (size_t)(end - at) < size + 2 ||
		    at[size] != '\r')
			return -EINVAL;
		memmove(to, at, size);
		to += size;
		at += size + 2;
	} while (size);
	answer->body_length = (size_t)(to - body);
	return 0;
}

int answer_read(struct answer *answer)
{
	static const char START[] = "HTTP/1.";
	char *status = strchr(answer->bytes, ' ');
	char *body = strstr(answer->bytes, "\r\n\r\n");

	if (strncmp(answer->bytes, START, sizeof(START) - 1) != 0 || !status || !body ||
	    status > body)
		return -EINVAL;
	answer->status = (int)strtol(status, NULL, 10);
	if (answer->status < 100 || answer->status > 999)
		return -EINVAL;
	answer->body = body += 4;
	const char *encoding = header_value(answer, "Transfer-Encoding");
	const char *length = header_value(answer, "Content-Length");

	answer->body_length = answer->length - (size_t)(body - answer->bytes);
	if (encoding)
		return strncasecmp(encoding, "chunked", 7) == 0 ? join_chunks(answer, body)
								: -EINVAL;
	return length && strtoul(length, NULL, 10) != answer->body_length ? -EINVAL : 0;
}
