/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/secret_scan.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/certificate/secret.h"

/* Keys of a user of a kubeconfig, and of its auth-provider; what stands before ("id-token") does
 * not matter, what stands after ("tokenFile") does. */
static const char *const KEYS[] = { "client-key-data", "token", "password" };

static const char *past_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static bool is_word(const char *at, const char *end, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(end - at) < length || memcmp(at, word, length) != 0)
		return false;
	at += length;
	return at == end || strchr(" \t\r\n,}#", *at);
}

/* After a key: its colon, and a value that is not empty. At the end of a line it may stand on the
 * next, so that counts as one. */
static bool has_value(const char *at, const char *end)
{
	static const char *const EMPTY[] = { "\"\"", "''", "null", "~" };

	if (at < end && (*at == '"' || *at == '\''))
		at++;
	at = past_blanks(at, end);
	if (at == end || *at != ':')
		return false;
	at = past_blanks(at + 1, end);
	for (size_t i = 0; i < ARRAY_SIZE(EMPTY); i++)
		if (is_word(at, end, EMPTY[i]))
			return false;
	return at < end && !strchr(",}#", *at);
}

static bool has_key(const char *text, size_t length, const char *key)
{
	const char *end = text + length;

	for (const char *at = text; (at = memmem(at, (size_t)(end - at), key, strlen(key)));) {
		at += strlen(key);
		if (has_value(at, end))
			return true;
	}
	return false;
}

bool secret_in_text(const char *text, size_t length)
{
	static const char PRIVATE_KEY[] = "PRIVATE KEY-----";

	if (memmem(text, length, PRIVATE_KEY, strlen(PRIVATE_KEY)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(KEYS); i++)
		if (has_key(text, length, KEYS[i]))
			return true;
	return false;
}

int secret_in_file(int root, const char *path, bool *ret_has_secret)
{
	CLEANUP_SECRET struct secret content = { 0 };
	int error = secret_read(root, path, CERTIFICATE_BYTES_MAX, &content);

	if (error < 0)
		return error;
	*ret_has_secret = secret_in_text(content.data, content.length);
	return 0;
}
