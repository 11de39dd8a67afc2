/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives a fuzz target the files named on the command line, and for each of them a fixed set of
 * damaged copies: cut short, and with single bytes changed. Always the same ones, so that a failure
 * repeats.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);

enum { DAMAGES = 64 }; /* of each kind a file: some thousand runs a target, below a second */

/* A copy of exactly this length, so that the address sanitizer sees a read past its end. */
static void give(const uint8_t *data, size_t length, size_t changed_at, uint8_t change)
{
	uint8_t *copy = malloc(length ? length : 1);

	if (!copy)
		abort();
	if (length)
		memcpy(copy, data, length);
	if (changed_at < length)
		copy[changed_at] ^= change;
	LLVMFuzzerTestOneInput(copy, length);
	free(copy);
}

static void give_damaged(const uint8_t *data, size_t length)
{
	static const uint8_t changes[] = { 0x01, 0x20, 0x80, 0xff };

	for (size_t i = 0; i < DAMAGES; i++) {
		size_t at = length * i / DAMAGES;

		give(data, at, at, 0);
		give(data, length, at, changes[i % sizeof(changes)]);
	}
}

static bool replay(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *data = malloc(CONFIG_BYTES_MAX + 1);
	size_t length;
	bool read;

	if (!file || !data) {
		fprintf(stderr, "fail: %s: cannot be read\n", path);
		return false;
	}
	length = fread(data, 1, CONFIG_BYTES_MAX + 1, file);
	read = !ferror(file);
	fclose(file);
	fprintf(stderr, "%s: %zu bytes\n", path, length);
	give(data, length, length, 0);
	give_damaged(data, length);
	free(data);
	return read;
}

int main(int argc, char **argv)
{
	bool good = true;

	give((const uint8_t *)"", 0, 0, 0);
	for (int i = 1; i < argc; i++) {
		if (!replay(argv[i]))
			good = false;
		else
			printf("pass: %s\n", argv[i]);
	}
	return good ? 0 : 1;
}
