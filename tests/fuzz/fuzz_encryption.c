/* SPDX-License-Identifier: Apache-2.0 */
/* kube-apiserver's file of keys, whatever is in it: nothing but names of resources and providers
 * leaves. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "observe/control_plane/encryption.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *const *items, size_t count)
{
	static const char LETTERS[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-.*/";

	for (size_t i = 0; i < count; i++) {
		const char *sign = strchr(items[i], '=');

		if (!sign || strspn(items[i], LETTERS) != (size_t)(sign - items[i]))
			abort();
		if (strcmp(sign, "=identity") != 0 && strcmp(sign, "=aescbc") != 0 &&
		    strcmp(sign, "=aesgcm") != 0 && strcmp(sign, "=secretbox") != 0 &&
		    strcmp(sign, "=kms") != 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct encryption found = { 0 };
	const char *problem = NULL;
	int error = encryption_parse((const char *)data, size, arena, &found, &problem);

	if (error == -EINVAL && !problem)
		abort();
	if (error < 0)
		return 0;
	check(found.first, found.first_count);
	check(found.all, found.all_count);
	return 0;
}
