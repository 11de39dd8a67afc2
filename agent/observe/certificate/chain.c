/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/chain.h"

#include <errno.h>

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include "base/cleanup.h"
#include "base/limits.h"

DEFINE_CLEANUP(x509, X509, X509_free);
DEFINE_CLEANUP(store, X509_STORE, X509_STORE_free);
DEFINE_CLEANUP(context, X509_STORE_CTX, X509_STORE_CTX_free);

static void free_stack(STACK_OF(X509) * stack)
{
	sk_X509_pop_free(stack, X509_free);
}

DEFINE_CLEANUP(stack, STACK_OF(X509), free_stack);

/* It parsed before, so only memory can be lacking. */
static X509 *x509_of(const struct certificate *certificate)
{
	const unsigned char *cursor = certificate->der;

	return d2i_X509(NULL, &cursor, (long)certificate->der_length);
}

static int push(STACK_OF(X509) * stack, const struct certificate *certificate)
{
	CLEANUP(cleanup_x509) X509 *x509 = x509_of(certificate);

	if (!x509 || !sk_X509_push(stack, x509))
		return -ENOMEM;
	x509 = NULL;
	return 0;
}

static int fill_store(X509_STORE *store, const struct certificate_file *authorities)
{
	for (size_t i = 0; i < authorities->count; i++) {
		const struct certificate *certificate = &authorities->certificates[i];

		if (!certificate->is_ca)
			continue;
		CLEANUP(cleanup_x509) X509 *x509 = x509_of(certificate);

		if (!x509 || !X509_STORE_add_cert(store, x509))
			return -ENOMEM;
	}
	return 0;
}

/* Any certificate of the authorities' file ends a chain, as Go takes it. */
static int verify(X509_STORE *store, X509 *leaf, STACK_OF(X509) * others, bool *ret_is_signed)
{
	CLEANUP(cleanup_context) X509_STORE_CTX *context = X509_STORE_CTX_new();

	if (!context || !X509_STORE_CTX_init(context, store, leaf, others))
		return -ENOMEM;
	X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
	X509_STORE_CTX_set_depth(context, CERTIFICATE_CHAIN_MAX);
	*ret_is_signed = X509_verify_cert(context) == 1;
	ERR_clear_error();
	return 0;
}

static int leads_to(const struct certificate_file *file, const struct certificate_file *authorities,
		    bool *ret_is_signed)
{
	CLEANUP(cleanup_store) X509_STORE *store = X509_STORE_new();
	CLEANUP(cleanup_stack) STACK_OF(X509) *others = sk_X509_new_null();
	CLEANUP(cleanup_x509) X509 *leaf = x509_of(&file->certificates[0]);

	if (!store || !others || !leaf || fill_store(store, authorities) < 0)
		return -ENOMEM;
	for (size_t i = 1; i < file->count && i <= CERTIFICATE_CHAIN_MAX; i++)
		if (push(others, &file->certificates[i]) < 0)
			return -ENOMEM;
	return verify(store, leaf, others, ret_is_signed);
}

int chain_settle(const struct component *component, struct certificate_file *file)
{
	const struct certificate_file *const authorities[] = {
		component_certificates(component, "authentication.x509.clientCAFile"),
		&component->identity.facts.authority,
	};

	file->signed_by = NULL;
	if (file->status != FILE_READ || !file->count)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(authorities); i++) {
		bool is_signed = false;

		if (!authorities[i] || authorities[i]->status != FILE_READ)
			continue;
		int error = leads_to(file, authorities[i], &is_signed);

		if (error < 0)
			return error;
		if (!is_signed)
			continue;
		file->signed_by = authorities[i]->path;
		return 0;
	}
	return 0;
}

/* One process may be several components: the kubelet's authorities are meant. */
static bool is_of(const struct probe *probe, const struct component *component)
{
	return component->kind == COMPONENT_KUBELET && component->process->pid == probe->pid;
}

int chain_settle_probes(struct probe *probes, size_t count, const struct component *components,
			size_t component_count)
{
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		/* What it pointed to may be gone with the components it was compared with. */
		probes[i].served.signed_by = NULL;
		for (size_t j = 0; j < component_count && error == 0; j++)
			if (is_of(&probes[i], &components[j]))
				error = chain_settle(&components[j], &probes[i].served);
	}
	return error;
}
