/* SPDX-License-Identifier: Apache-2.0 */
/*
 * X.509 certificates as found on the node. Key material never leaves the reader: only hashes of
 * public keys do.
 */
#ifndef NODELATCH_CERTIFICATE_H
#define NODELATCH_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct certificate {
	const char *common_name;	  /* the last CN of the subject; "" when none */
	const char *const *organizations; /* every O, in order */
	size_t organization_count;
	const char *issuer;	       /* RFC 2253 */
	const char *serial;	       /* hex */
	int64_t not_before, not_after; /* seconds since 1970 */
	char spki_sha256[65]; /* lower-case hex of the SHA-256 over the SubjectPublicKeyInfo */
	char sha256[65];      /* lower-case hex of the SHA-256 over the DER certificate */
	const char *key_type; /* "RSA", "EC", "ED25519", ... */
	int key_bits;
	const char *signature_digest; /* "SHA256", ... "" when the signature has none */
	bool is_ca;
	bool is_self_issued;	  /* subject equals issuer */
	bool has_extended_usages; /* an extendedKeyUsage extension is present */
	bool allows_client_auth, allows_server_auth;
	const char *const
		*names; /* subjectAltName, as "DNS:x", "IP:10.0.0.1", "URI:..", "email:.." */
	size_t name_count;
	const unsigned char *der; /* the certificate itself, to verify it against others */
	size_t der_length;
};

enum file_status {
	FILE_UNKNOWN, /* not looked at */
	FILE_ABSENT,
	FILE_UNREADABLE, /* permission, I/O, a FIFO, a symlink out of the root, too big: problem
			    says which */
	FILE_INVALID,	 /* read, but not what it should be: problem says how */
	FILE_READ,
};

/* A file (or an inline block of a kubeconfig) that should hold certificates. */
struct certificate_file {
	const char *path; /* as the process sees it; for inline data the kubeconfig's path */
	bool is_inline;
	enum file_status status;
	const char *problem;			/* NULL when status is FILE_READ or FILE_ABSENT */
	const struct certificate *certificates; /* in file order; the leaf is the first */
	size_t count;
	bool has_private_key; /* a PRIVATE KEY block of any kind is in the file; it is never parsed
			       */
	bool private_key_is_encrypted;
	/* The authorities that this node knows and that the leaf's chain leads to, by signature:
	 * the path of their file. NULL: none of them, or it was not asked. */
	const char *signed_by;
};

enum credential_kind {
	CREDENTIAL_UNKNOWN, /* problem says why */
	CREDENTIAL_NONE,    /* determined: the client has none */
	CREDENTIAL_CERTIFICATE,
	CREDENTIAL_TOKEN,
	CREDENTIAL_EXEC, /* an exec plugin or auth provider */
	CREDENTIAL_BASIC,
};

/* What a kubeconfig's current context says, besides the credential in use. */
struct kubeconfig_facts {
	bool is_known;			   /* false: there is none, or it could not be read */
	const char *problem;		   /* a sentence that says why, with the path; NULL: none */
	const char *server;		   /* URL; "" when none is given */
	bool skips_verification;	   /* insecure-skip-tls-verify */
	bool has_authority;		   /* certificate-authority or its data */
	struct certificate_file authority; /* what that holds; FILE_UNKNOWN: there is none */
	bool has_static_token, has_basic_auth, impersonates;
	bool has_bootstrap_token; /* the static token has the form of one: abcdef.0123... */
	size_t context_count;
	/* The user's own certificate where the rotation store's is used instead; FILE_UNKNOWN: it
	 * has none, or points into the store. */
	struct certificate_file left_behind;
};

/* The identity with which a component talks to the API server. */
struct client_identity {
	enum credential_kind kind;
	const char *kubeconfig; /* path as the process sees it; NULL when there is none */
	const char *problem;	/* why it is unknown */
	const char *detail;	/* one sentence: where the credential comes from, by which rule */
	struct certificate_file file; /* kind CREDENTIAL_CERTIFICATE: what is used; its status may
					 still say unreadable */
	const char *key_path;	      /* of the key that the kubeconfig names in a file of its own,
					 absolute; NULL: it names none */
	bool was_rotated; /* from the rotation store (kubelet-client-current.pem), not from the
			     kubeconfig */
	struct kubeconfig_facts facts;
};

#endif
