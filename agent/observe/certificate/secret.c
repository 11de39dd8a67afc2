/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/secret.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/yaml.h"

void secret_done(struct secret *secret)
{
	if (secret->data)
		OPENSSL_cleanse(secret->data, secret->length);
	free(secret->data);
	*secret = (struct secret){ 0 };
}

void secret_move(struct secret *from, struct secret *to)
{
	secret_done(to);
	*to = *from;
	*from = (struct secret){ 0 };
}

int secret_copy(const char *text, struct secret *ret_secret)
{
	struct secret copy = { strdup(text), strlen(text) };

	if (!copy.data)
		return -ENOMEM;
	secret_move(&copy, ret_secret);
	return 0;
}

/* The room is never moved while it fills: realloc would leave an unwiped copy behind. */
static int read_whole(int fd, size_t max, struct secret *secret)
{
	while (secret->length <= max) {
		ssize_t got = read(fd, secret->data + secret->length, max + 1 - secret->length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		secret->length += (size_t)got;
	}
	return -EFBIG;
}

int secret_read(int root, const char *path, size_t max, struct secret *ret_secret)
{
	CLEANUP_SECRET struct secret secret = { 0 };
	CLEANUP_CLOSE int fd = -1;
	struct stat status;
	int error = file_open_in(root, path, O_RDONLY, &fd);

	if (error < 0)
		return error;
	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	if (status.st_size > 0 && (uint64_t)status.st_size > max)
		return -EFBIG;
	secret.data = malloc(max + 1);
	if (!secret.data)
		return -ENOMEM;
	error = read_whole(fd, max, &secret);
	if (error < 0)
		return error;
	*ret_secret = secret;
	secret = (struct secret){ 0 };
	return 0;
}

static int base64_value(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A';
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a' + 26;
	if (letter >= '0' && letter <= '9')
		return letter - '0' + 52;
	if (letter == '+')
		return 62;
	return letter == '/' ? 63 : -1;
}

/* Digits and padding seen so far. */
struct base64_state {
	uint32_t bits;
	unsigned digits, padding;
};

static int base64_letter(struct base64_state *state, char letter, struct secret *secret)
{
	int value = base64_value(letter);

	if (letter == '=')
		return state->digits % 4 + state->padding++ < 4 && state->digits % 4 >= 2 ? 0
											  : -EINVAL;
	if (value < 0 || state->padding)
		return -EINVAL;
	state->bits = state->bits << 6 | (uint32_t)value;
	if (state->digits++ % 4)
		secret->data[secret->length++] =
			(char)(uint8_t)(state->bits >> (6 - 2 * ((state->digits - 1) % 4)));
	return 0;
}

int secret_from_base64(const char *text, size_t length, struct secret *ret_secret)
{
	CLEANUP_SECRET struct secret secret = { 0 };
	struct base64_state state = { 0 };

	secret.data = malloc(length / 4 * 3 + 4);
	if (!secret.data)
		return -ENOMEM;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n')
			continue;
		if (base64_letter(&state, text[i], &secret) < 0)
			return -EINVAL;
	}
	if ((state.digits + state.padding) % 4)
		return -EINVAL;
	*ret_secret = secret;
	secret = (struct secret){ 0 };
	return 0;
}

void secret_wipe_tree(const struct yaml_node *root)
{
	if (!root)
		return;
	/* An alias leads here again: the first byte tells that its text is gone already. */
	if (root->kind == YAML_SCALAR && root->length && root->text[0])
		OPENSSL_cleanse((void *)(uintptr_t)root->text, root->length);
	for (size_t i = 0; root->kind != YAML_SCALAR && i < root->count; i++) {
		if (root->kind == YAML_MAPPING)
			secret_wipe_tree(root->keys[i]);
		secret_wipe_tree(root->items[i]);
	}
}
