/* SPDX-License-Identifier: Apache-2.0 */
#include "prober/document.h"

#include <limits.h>
#include <string.h>

#include <openssl/evp.h>

#include "model/address.h"
#include "observe/probes/result.h"

static int read_target(const json_t *object, struct visit *visit)
{
	int64_t pid = json_get_integer(object, "pid", 0);
	int64_t port = json_get_integer(object, "port", 0);

	*visit = (struct visit){ .fd = -1 };
	if (pid < 1 || pid > INT_MAX || port < 1 || port > UINT16_MAX ||
	    address_parse(json_get_text(object, "address", ""), &visit->probe.address) < 0)
		return -EINVAL;
	visit->probe.pid = (pid_t)pid;
	visit->probe.port = (uint16_t)port;
	visit->probe.path = json_get_text(object, "path", NULL);
	visit->probe.is_tls = json_is_true(json_object_get(object, "tls"));
	visit->probe.version_path = json_get_text(object, "version_path", NULL);
	return visit->probe.path || visit->probe.is_tls ? 0 : -EINVAL;
}

int plan_read(const json_t *plan, struct visit visits[static PROBES_MAX])
{
	const json_t *targets = json_object_get(plan, "targets");
	size_t count = json_array_size(targets);

	if (!json_is_array(targets) || count > PROBES_MAX)
		return -EINVAL;
	for (size_t i = 0; i < count; i++)
		if (read_target(json_array_get(targets, i), &visits[i]) < 0)
			return -EINVAL;
	return (int)count;
}

static int add_words(json_t *object, const char *key, const char *const *words, size_t count)
{
	json_t *array = json_array();
	int error = json_set(object, key, array);

	for (size_t i = 0; i < count && error == 0; i++)
		error = json_add(array, json_string(words[i]));
	return error;
}

static int add_certificate(json_t *array, const unsigned char *der, size_t length)
{
	CLEANUP_FREE unsigned char *text = malloc(length / 3 * 4 + 8);

	if (!text)
		return -ENOMEM;
	EVP_EncodeBlock(text, der, (int)length);
	return json_add(array, json_string((const char *)text));
}

static int add_chain(json_t *object, const struct visit *visit)
{
	json_t *array = json_array();
	int error = json_set(object, "served", array);

	for (size_t i = 0; i < visit->chain_count && error == 0; i++)
		error = add_certificate(array, visit->chain[i], visit->chain_bytes[i]);
	return error;
}

/* From the bits of the greeting to words. */
static void name_what_it_accepts(struct visit *visit)
{
	struct probe *probe = &visit->probe;

	for (unsigned i = 0; i < PROTOCOLS; i++)
		if (visit->greeting.protocols & 1U << i)
			visit->versions[probe->version_count++] = protocol_name((enum protocol)i);
	for (size_t i = 0; i < CIPHER_SUITE_COUNT; i++)
		if (visit->greeting.accepted & 1ULL << i)
			visit->suites[probe->suite_count++] = CIPHER_SUITES[i].name;
}

static int add_result(json_t *array, struct visit *visit)
{
	const struct probe *probe = &visit->probe;
	char address[ADDRESS_TEXT_BYTES];

	address_format(&probe->address, address);
	name_what_it_accepts(visit);
	json_t *object =
		json_pack("{s:i,s:s,s:i,s:s?,s:b,s:s,s:s?,s:i,s:b,s:b}", "pid", (int)probe->pid,
			  "address", address, "port", (int)probe->port, "path", probe->path, "tls",
			  probe->is_tls, "outcome", probe_outcome_word(probe->outcome), "problem",
			  probe->problem, "status", probe->status, "shows_pods", probe->shows_pods,
			  "asks_for_client_certificate", probe->asks_for_client_certificate);
	int error = json_add(array, object);

	if (error == 0 && probe->version)
		error = json_set(object, "version", json_string(probe->version));
	if (error == 0 && probe->version)
		error = json_set(object, "version_path", json_string(probe->version_path));
	if (error == 0)
		error = add_words(object, "versions", visit->versions, probe->version_count);
	if (error == 0)
		error = add_words(object, "suites", visit->suites, probe->suite_count);
	return error == 0 ? add_chain(object, visit) : error;
}

int results_write(struct visit *visits, size_t count, struct text_buffer *text)
{
	CLEANUP_JSON json_t *document = json_pack("{s:s}", "schema", PROBES_SCHEMA);
	json_t *array = json_array();
	int error = json_set(document, "probes", array);

	for (size_t i = 0; i < count && error == 0; i++)
		error = add_result(array, &visits[i]);
	if (error == 0)
		json_write(document, text);
	return error == 0 ? buffer_error(text) : error;
}
