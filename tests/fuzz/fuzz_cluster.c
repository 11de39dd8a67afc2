/* SPDX-License-Identifier: Apache-2.0 */
/* An API server's answer that may say anything, and the document that is made of such answers: what
 * is taken stays within its bounds. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "observe/cluster/document.h"
#include "prober/cluster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_document(const char *text, size_t length)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct cluster cluster = { 0 };
	const char *problem = NULL;
	int error = cluster_from_json(text, length, arena, &cluster, &problem);

	if ((error == -EINVAL && !problem) || cluster.binding_count > CLUSTER_BINDINGS_MAX)
		abort();
	for (size_t i = 0; i < cluster.binding_count; i++)
		if (!cluster.bindings[i].role || !cluster.bindings[i].subject)
			abort();
}

static void harvest(const char *text, size_t length)
{
	CLEANUP_JSON json_t *bindings = json_array();
	struct harvest harvest = { .bindings = bindings };
	int error = harvest_page(&harvest, "ClusterRoleBinding", text, length);

	if (error == -EINVAL && !*harvest.problem)
		abort();
	if (json_array_size(bindings) > CLUSTER_BINDINGS_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *bytes = malloc(size + 1);

	if (!bytes)
		return 0;
	memcpy(bytes, data, size);
	bytes[size] = '\0';
	read_document(bytes, size);
	harvest(bytes, size);
	/* What is not one C string never gets there. */
	struct answer answer = { .bytes = bytes, .length = size };

	if (memchr(bytes, '\0', size) || answer_read(&answer) < 0)
		return 0;
	if (answer.body < bytes || answer.body + answer.body_length > bytes + size)
		abort();
	harvest(answer.body, answer.body_length);
	return 0;
}
