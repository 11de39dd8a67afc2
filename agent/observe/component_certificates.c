/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/component_certificates.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "observe/certificate/certificate_file.h"
#include "observe/certificate/chain.h"
#include "observe/certificate/client_identity.h"
#include "observe/certificate/path.h"

/* Settings that name files of certificates. Of a key's file only whether it is behind a passphrase
 * is wanted. */
static const char *const CERTIFICATE_SETTINGS[] = {
	/* The kubelet's */
	"authentication.x509.clientCAFile",
	"tlsCertFile",
	"tlsPrivateKeyFile",
	/* The control plane's */
	"--client-ca-file",
	"--tls-cert-file",
	"--tls-private-key-file",
	"--requestheader-client-ca-file",
	"--proxy-client-cert-file",
	"--kubelet-client-certificate",
	"--kubelet-client-key",
	"--kubelet-certificate-authority",
	"--etcd-cafile",
	"--etcd-certfile",
	"--etcd-keyfile",
	"--oidc-ca-file",
	"--root-ca-file",
	"--cluster-signing-cert-file",
	/* etcd's */
	"--cert-file",
	"--key-file",
	"--trusted-ca-file",
	"--client-cert-file",
	"--peer-cert-file",
	"--peer-key-file",
	"--peer-trusted-ca-file",
	"--peer-client-cert-file",
	/* tiller's */
	"--tls-cert",
	"--tls-ca-cert",
};

/* Components that are clients of the API server by a kubeconfig. */
static bool has_identity(enum component_kind kind)
{
	return kind == COMPONENT_KUBELET || kind == COMPONENT_KUBE_PROXY ||
	       kind == COMPONENT_CONTROLLER_MANAGER || kind == COMPONENT_SCHEDULER;
}

/* What lies in a kubelet's --cert-dir. An "updated" file is one that was to become the current one:
 * where it stays, the rotation was interrupted. */
static const char *const KUBELET_FILES[] = {
	"kubelet-server-current.pem",
	"kubelet-server-updated.pem",
	"kubelet-client-updated.pem",
	"kubelet.crt",
};

struct lister {
	int root;
	const char *directory; /* relative paths count from it; NULL unknown */
	struct arena *arena;
	struct component *component;
	struct named_certificates *files;
	size_t count;
};

/* The text of a setting that is set; else NULL. */
static const char *text_of(const struct lister *lister, const char *name)
{
	const struct setting *setting = component_setting(lister->component, name);

	return setting && setting->value.kind == VALUE_TEXT && *setting->value.text
		       ? setting->value.text
		       : NULL;
}

static int add_file(struct lister *lister, const char *name, const char *path)
{
	struct named_certificates *place = &lister->files[lister->count++];

	place->name = name;
	return certificate_file_read(lister->root, path, lister->arena, &place->file);
}

static int add_named_by_settings(struct lister *lister)
{
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(CERTIFICATE_SETTINGS) && error == 0; i++) {
		const char *path = text_of(lister, CERTIFICATE_SETTINGS[i]);

		/* A dashboard's counts from a directory of its own. */
		if (path && path[0] == '/')
			error = add_file(lister, CERTIFICATE_SETTINGS[i], path);
	}
	return error;
}

static int add_kept(struct lister *lister)
{
	const char *directory = text_of(lister, "--cert-dir");
	int error = 0;

	if (!directory || (directory[0] != '/' && !lister->directory))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(KUBELET_FILES) && error == 0; i++) {
		const char *path =
			arena_printf(lister->arena, "%s/%s", directory, KUBELET_FILES[i]);

		path = path ? path_resolve(lister->arena, lister->directory, path) : NULL;
		error = path ? add_file(lister, KUBELET_FILES[i], path) : -ENOMEM;
	}
	return error;
}

static int list_files(struct lister *lister)
{
	struct component *component = lister->component;
	int error;

	lister->files = arena_array(lister->arena,
				    ARRAY_SIZE(CERTIFICATE_SETTINGS) + ARRAY_SIZE(KUBELET_FILES),
				    sizeof(*lister->files));
	if (!lister->files)
		return -ENOMEM;
	error = add_named_by_settings(lister);
	if (error == 0 && component->kind == COMPONENT_KUBELET)
		error = add_kept(lister);
	component->certificates = lister->files;
	component->certificate_count = lister->count;
	return error;
}

/* Which of the files a known authority has signed. */
static int settle_chains(struct lister *lister)
{
	int error = 0;

	for (size_t i = 0; i < lister->count && error == 0; i++)
		error = chain_settle(lister->component, &lister->files[i].file);
	return error;
}

int component_certificates_observe(const struct host *host, struct arena *arena,
				   struct component *component)
{
	struct lister lister = { .arena = arena, .component = component };
	CLEANUP_CLOSE int root = -1;
	char *directory = NULL;

	process_working_directory(host, component->process->pid, arena, &directory);
	int error = process_root_open(host, component->process->pid, &root);

	if (error < 0) {
		component->identity.problem = file_error_text(error);
		return error == -ENOMEM ? error : 0;
	}
	lister.root = root;
	lister.directory = directory;
	error = list_files(&lister);
	if (error == 0 && has_identity(component->kind))
		error = client_identity_observe(root, component, directory, arena,
						&component->identity);
	return error < 0 ? error : settle_chains(&lister);
}
