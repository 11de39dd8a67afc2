/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The credential that a kubeconfig gives a client: current-context, its user, and that user's
 * entries in the order of client-go. YAML or JSON. Tokens, passwords and keys are recognised, not
 * kept.
 */
#ifndef OBSERVE_CERTIFICATE_KUBECONFIG_H
#define OBSERVE_CERTIFICATE_KUBECONFIG_H

#include "nodelatch/certificate.h"

#include "base/arena.h"
#include "observe/certificate/secret.h"

struct kubeconfig {
	enum file_status status;   /* of the kubeconfig itself */
	enum credential_kind kind; /* CREDENTIAL_UNKNOWN unless everything on the way was there */
	const char *problem;	   /* a sentence with the path; NULL: none */
	const char *user;	   /* its name in the kubeconfig; NULL when not known */
	/* CREDENTIAL_CERTIFICATE: inline data go over files, for the certificate as for the key. */
	struct certificate_file inline_certificate; /* status FILE_UNKNOWN: there is none */
	const char *certificate_path, *key_path;    /* absolute; NULL: not given, or inline */
	bool has_inline_key;
	/* CREDENTIAL_TOKEN: tokenFile, absolute; NULL: the token is in the kubeconfig. */
	const char *token_path;
	/* What the context says besides; `authority` is read by whoever knows the root. */
	struct kubeconfig_facts facts;
	const char *authority_path; /* absolute; NULL: not given, or inline */
};

/* path is absolute, as the process with that root sees it. Returns 0 or -ENOMEM. */
int kubeconfig_read(int root, const char *path, struct arena *arena,
		    struct kubeconfig *ret_kubeconfig);
/* What stands inline, for whoever uses the credential; empty where it does not. */
struct kubeconfig_secrets {
	struct secret authority, certificate, key, token;
};
/* The same, and these; to be done with by kubeconfig_secrets_done(). */
int kubeconfig_read_secrets(int root, const char *path, struct arena *arena,
			    struct kubeconfig *ret_kubeconfig,
			    struct kubeconfig_secrets *ret_secrets);
void kubeconfig_secrets_done(struct kubeconfig_secrets *secrets);
/* The same of a text, as if it stood at the path. */
int kubeconfig_parse(const char *text, size_t length, const char *path, struct arena *arena,
		     struct kubeconfig *ret_kubeconfig);

#endif
