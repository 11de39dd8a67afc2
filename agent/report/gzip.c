/* SPDX-License-Identifier: Apache-2.0 */
#include "report/gzip.h"

/* next_in is const then. */
#define ZLIB_CONST
#include <zlib.h>

/* zlib's own numbers: the largest window, plus 16 for a gzip header in place of zlib's. */
#define GZIP_WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL	 8

static int pack_all(z_stream *stream, struct text_buffer *packed)
{
	char piece[16384];
	int status;

	do {
		stream->next_out = (Bytef *)piece;
		stream->avail_out = sizeof(piece);
		status = deflate(stream, Z_FINISH);
		buffer_append(packed, piece, sizeof(piece) - stream->avail_out);
	} while (status == Z_OK);
	return status == Z_STREAM_END ? buffer_error(packed) : -EIO;
}

int gzip_pack(const struct text_buffer *plain, struct text_buffer *packed)
{
	z_stream stream = { 0 };

	if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	stream.next_in = (const Bytef *)plain->data;
	stream.avail_in = (uInt)plain->length;
	int error = pack_all(&stream, packed);

	deflateEnd(&stream);
	return error;
}
