/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/x509.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/digest.h"

DEFINE_CLEANUP(x509, X509, X509_free);
DEFINE_CLEANUP(bio, BIO, BIO_free_all);
DEFINE_CLEANUP(names, GENERAL_NAMES, GENERAL_NAMES_free);

/* What every step below needs; the first failure is kept in `error` and `problem`. */
struct reading {
	struct arena *arena;
	X509 *x509;
	struct certificate *certificate;
	const char *problem;
	int error;
};

static void fail(struct reading *reading, const char *problem)
{
	if (reading->error)
		return;
	reading->error = problem ? -EINVAL : -ENOMEM;
	reading->problem = problem;
}

static const char *keep(struct reading *reading, const char *text, size_t length)
{
	const char *copy = arena_copy(reading->arena, text, length);

	if (!copy)
		fail(reading, NULL);
	return copy ? copy : "";
}

/* A NUL inside would cut the text short, and "system:node:a" is not "system:node:a\0b". */
static const char *keep_string(struct reading *reading, const ASN1_STRING *string)
{
	unsigned char *text = NULL;
	int length = ASN1_STRING_to_UTF8(&text, string);

	if (length < 0) {
		fail(reading, "has a subject that is not text");
		return "";
	}
	if (memchr(text, '\0', (size_t)length))
		fail(reading, "has a NUL byte in its subject");
	const char *copy = keep(reading, (const char *)text, (size_t)length);

	OPENSSL_free(text);
	return copy;
}

static void read_subject(struct reading *reading)
{
	X509_NAME *subject = X509_get_subject_name(reading->x509);
	int entries = X509_NAME_entry_count(subject);
	const char **organizations =
		arena_array(reading->arena, (size_t)entries + 1, sizeof(*organizations));
	size_t count = 0;

	if (!organizations) {
		fail(reading, NULL);
		return;
	}
	reading->certificate->common_name = "";
	for (int i = 0; i < entries && !reading->error; i++) {
		X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
		int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
		ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);

		if (nid == NID_commonName)
			reading->certificate->common_name = keep_string(reading, value);
		else if (nid == NID_organizationName)
			organizations[count++] = keep_string(reading, value);
	}
	reading->certificate->organizations = organizations;
	reading->certificate->organization_count = count;
}

static const char *name_words(struct reading *reading, const char *prefix, X509_NAME *name)
{
	CLEANUP(cleanup_bio) BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;

	if (!bio || BIO_puts(bio, prefix) < 0 ||
	    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) < 0) {
		fail(reading, NULL);
		return "";
	}
	long length = BIO_get_mem_data(bio, &text);

	return keep(reading, text, length > 0 ? (size_t)length : 0);
}

static void read_issuer_and_serial(struct reading *reading)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(reading->x509);
	BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
	char *hex = number ? BN_bn2hex(number) : NULL;

	if (!hex)
		fail(reading, NULL);
	else
		reading->certificate->serial = keep(reading, hex, strlen(hex));
	OPENSSL_free(hex);
	BN_free(number);
	reading->certificate->issuer = name_words(reading, "", X509_get_issuer_name(reading->x509));
}

static int64_t seconds_of(struct reading *reading, const ASN1_TIME *when)
{
	struct tm parts;

	if (!when || !ASN1_TIME_to_tm(when, &parts)) {
		fail(reading, "has a validity that is not a time");
		return 0;
	}
	return timegm(&parts);
}

static void read_key(struct reading *reading)
{
	struct certificate *certificate = reading->certificate;
	EVP_PKEY *key = X509_get0_pubkey(reading->x509);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	unsigned char *spki = NULL;
	int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(reading->x509), &spki);

	if (length < 0) {
		fail(reading, "has a public key that does not encode");
		return;
	}
	digest_hex(spki, (size_t)length, certificate->spki_sha256);
	OPENSSL_free(spki);
	certificate->key_type = type ? keep(reading, type, strlen(type)) : "unknown";
	certificate->key_bits = key ? EVP_PKEY_get_bits(key) : 0;
}

static void read_signature(struct reading *reading)
{
	int digest = NID_undef;

	reading->certificate->signature_digest = "";
	if (X509_get_signature_info(reading->x509, &digest, NULL, NULL, NULL) &&
	    digest != NID_undef) {
		const char *name = OBJ_nid2sn(digest);

		reading->certificate->signature_digest = keep(reading, name, strlen(name));
	}
}

static void read_usages(struct reading *reading)
{
	struct certificate *certificate = reading->certificate;
	uint32_t flags = X509_get_extension_flags(reading->x509);
	/* All bits are set where there is no such extension. */
	uint32_t usages = X509_get_extended_key_usage(reading->x509);

	if (flags & EXFLAG_INVALID) {
		fail(reading, "has extensions that do not parse or contradict each other");
		return;
	}
	certificate->is_ca = (flags & EXFLAG_CA) != 0;
	certificate->is_self_issued = (flags & EXFLAG_SI) != 0;
	certificate->has_extended_usages = (flags & EXFLAG_XKUSAGE) != 0;
	certificate->allows_client_auth = (usages & (XKU_SSL_CLIENT | XKU_ANYEKU)) != 0;
	certificate->allows_server_auth = (usages & (XKU_SSL_SERVER | XKU_ANYEKU)) != 0;
}

static const char *text_name(struct reading *reading, const char *prefix, const ASN1_STRING *value)
{
	int length = ASN1_STRING_length(value);
	const unsigned char *text = ASN1_STRING_get0_data(value);

	if (length && memchr(text, '\0', (size_t)length))
		fail(reading, "has a NUL byte in a subjectAltName");
	const char *name = arena_printf(reading->arena, "%s%.*s", prefix, length, text);

	if (!name)
		fail(reading, NULL);
	return name;
}

static const char *address_name(struct reading *reading, const ASN1_OCTET_STRING *value)
{
	char text[INET6_ADDRSTRLEN] = "";
	int length = ASN1_STRING_length(value);

	if (length != 4 && length != 16) {
		fail(reading, "has an IP address of the wrong length in its subjectAltName");
		return "";
	}
	inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(value), text,
		  sizeof(text));
	const char *name = arena_printf(reading->arena, "IP:%s", text);

	if (!name)
		fail(reading, NULL);
	return name;
}

static const char *alternative_name(struct reading *reading, const GENERAL_NAME *name)
{
	switch (name->type) {
	case GEN_DNS:
		return text_name(reading, "DNS:", name->d.dNSName);
	case GEN_EMAIL:
		return text_name(reading, "email:", name->d.rfc822Name);
	case GEN_URI:
		return text_name(reading, "URI:", name->d.uniformResourceIdentifier);
	case GEN_IPADD:
		return address_name(reading, name->d.iPAddress);
	case GEN_DIRNAME:
		return name_words(reading, "DirName:", name->d.directoryName);
	default:
		return "other";
	}
}

static void read_alternative_names(struct reading *reading)
{
	CLEANUP(cleanup_names)
	GENERAL_NAMES *found = X509_get_ext_d2i(reading->x509, NID_subject_alt_name, NULL, NULL);
	int count = found ? sk_GENERAL_NAME_num(found) : 0;
	const char **names = arena_array(reading->arena, (size_t)count + 1, sizeof(*names));

	if (!names) {
		fail(reading, NULL);
		return;
	}
	for (int i = 0; i < count && !reading->error; i++)
		names[i] = alternative_name(reading, sk_GENERAL_NAME_value(found, i));
	reading->certificate->names = names;
	reading->certificate->name_count = (size_t)count;
}

static void keep_encoding(struct reading *reading, const char *der, size_t length)
{
	reading->certificate->der = (const unsigned char *)keep(reading, der, length);
	reading->certificate->der_length = length;
}

int certificate_from_der(const char *der, size_t length, struct arena *arena,
			 struct certificate *ret_certificate, const char **ret_problem)
{
	const unsigned char *cursor = (const unsigned char *)der;
	struct certificate certificate = { 0 };
	/* A PEM file is at most 1 MiB, so the length fits. */
	CLEANUP(cleanup_x509) X509 *x509 = d2i_X509(NULL, &cursor, (long)length);
	struct reading reading = { .arena = arena, .x509 = x509, .certificate = &certificate };

	if (!x509 || cursor != (const unsigned char *)der + length) {
		ERR_clear_error();
		*ret_problem = "is not the DER encoding of an X.509 certificate";
		return -EINVAL;
	}
	certificate.not_before = seconds_of(&reading, X509_get0_notBefore(x509));
	certificate.not_after = seconds_of(&reading, X509_get0_notAfter(x509));
	digest_hex(der, length, certificate.sha256);
	keep_encoding(&reading, der, length);
	read_subject(&reading);
	read_issuer_and_serial(&reading);
	read_key(&reading);
	read_signature(&reading);
	read_usages(&reading);
	read_alternative_names(&reading);
	ERR_clear_error();
	if (reading.error < 0) {
		*ret_problem = reading.problem;
		return reading.error;
	}
	*ret_certificate = certificate;
	return 0;
}
