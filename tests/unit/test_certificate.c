/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "unit/certificates.h"
#include "observe/certificate/certificate_file.h"

struct fixture {
	struct scratch scratch;
	struct arena *arena;
	struct certificate_file file; /* the last one read */
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	scratch_make(&fixture->scratch);
	fixture->arena = arena_new();
	*state = fixture;
	return fixture->arena ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	scratch_remove(&fixture->scratch);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static const struct certificate_file *read_file(struct fixture *fixture, const char *name)
{
	assert_int_equal(
		certificate_file_read(fixture->scratch.root, name, fixture->arena, &fixture->file),
		0);
	assert_string_equal(fixture->file.path, name);
	assert_false(fixture->file.is_inline);
	return &fixture->file;
}

static const struct certificate *read_one(struct fixture *fixture, const char *name)
{
	const struct certificate_file *file = read_file(fixture, name);

	if (file->status != FILE_READ)
		fail_msg("%s %s", name, file->problem ? file->problem : "was not read");
	assert_null(file->problem);
	assert_int_equal(file->count, 1);
	return &file->certificates[0];
}

static void assert_invalid(struct fixture *fixture, const char *name, const char *problem)
{
	const struct certificate_file *file = read_file(fixture, name);

	assert_int_equal(file->status, FILE_INVALID);
	assert_int_equal(file->count, 0);
	assert_non_null(file->problem);
	if (!strstr(file->problem, problem))
		fail_msg("\"%s\" does not say \"%s\"", file->problem, problem);
}

/* The text between two marks of a file, as a new one. */
static void write_parts(struct fixture *fixture, const char *name, const char *const *parts)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	for (; *parts; parts++)
		buffer_text(&text, *parts);
	scratch_write(&fixture->scratch, name, text.data, text.length);
}
#define WRITE(fixture, name, ...)                                                                  \
	write_parts(fixture, name, (const char *const[]){ __VA_ARGS__, NULL })

static void reads_a_kubelet_certificate(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = time_now_ns() / NS_PER_S;

	scratch_certificate(&fixture->scratch, "node", "/O=system:nodes/CN=system:node:n1");
	const struct certificate *certificate = read_one(fixture, "/node.crt");

	assert_string_equal(certificate->common_name, "system:node:n1");
	assert_int_equal(certificate->organization_count, 1);
	assert_string_equal(certificate->organizations[0], "system:nodes");
	assert_string_equal(certificate->issuer, "CN=system:node:n1,O=system:nodes");
	assert_true(certificate->serial[0] != '\0');
	assert_true(certificate->not_before <= now && certificate->not_before > now - 300);
	assert_int_equal(certificate->not_after - certificate->not_before, 30 * 86400);
	assert_string_equal(certificate->key_type, "EC");
	assert_int_equal(certificate->key_bits, 256);
	assert_string_equal(certificate->signature_digest, "SHA256");
	assert_false(certificate->is_ca);
	assert_true(certificate->is_self_issued);
	assert_true(certificate->has_extended_usages);
	assert_true(certificate->allows_client_auth);
	assert_false(certificate->allows_server_auth);
	assert_int_equal(certificate->name_count, 0);
	assert_false(fixture->file.has_private_key);
}

/* openssl's own digests of the same key and the same certificate. */
static void hashes_equal_those_of_openssl(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer key = { 0 }, whole = { 0 };

	scratch_certificate(scratch, "node", "/CN=n");
	OPENSSL(scratch, "pkey", "-in", "node.key", "-pubout", "-outform", "DER", "-out", "spki");
	OPENSSL(scratch, "dgst", "-sha256", "-hex", "-r", "-out", "spki.hex", "spki");
	OPENSSL(scratch, "x509", "-in", "node.crt", "-outform", "DER", "-out", "der");
	OPENSSL(scratch, "dgst", "-sha256", "-hex", "-r", "-out", "der.hex", "der");
	scratch_load(scratch, "spki.hex", &key);
	scratch_load(scratch, "der.hex", &whole);
	const struct certificate *certificate = read_one(fixture, "/node.crt");

	assert_memory_equal(certificate->spki_sha256, key.data, 64);
	assert_memory_equal(certificate->sha256, whole.data, 64);
}

static void reads_other_kinds_of_keys(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;

	OPENSSL(scratch, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-sha384", "-subj",
		"/CN=r", "-keyout", "r.key", "-out", "r.crt");
	OPENSSL(scratch, "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=e",
		"-keyout", "e.key", "-out", "e.crt");
	const struct certificate *certificate = read_one(fixture, "/r.crt");

	assert_string_equal(certificate->key_type, "RSA");
	assert_int_equal(certificate->key_bits, 2048);
	assert_string_equal(certificate->signature_digest, "SHA384");
	assert_true(certificate->is_ca);
	assert_false(certificate->has_extended_usages);
	assert_true(certificate->allows_client_auth && certificate->allows_server_auth);
	certificate = read_one(fixture, "/e.crt");
	assert_string_equal(certificate->key_type, "ED25519");
	assert_string_equal(certificate->signature_digest, "");
}

static void reads_every_organization_and_the_last_name(void **state)
{
	struct fixture *fixture = *state;

	scratch_certificate(&fixture->scratch, "a",
			    "/O=system:nodes/O=system:masters/CN=first/OU=x/CN=last");
	const struct certificate *certificate = read_one(fixture, "/a.crt");

	assert_string_equal(certificate->common_name, "last");
	assert_int_equal(certificate->organization_count, 2);
	assert_string_equal(certificate->organizations[0], "system:nodes");
	assert_string_equal(certificate->organizations[1], "system:masters");
	scratch_certificate(&fixture->scratch, "none", "/OU=only");
	assert_string_equal(read_one(fixture, "/none.crt")->common_name, "");
}

static void reads_alternative_names(void **state)
{
	struct fixture *fixture = *state;
	static const char *const expected[] = { "DNS:n1.example", "IP:10.0.0.1", "IP:2001:db8::1",
						"URI:spiffe://a/b", "email:a@b.example" };

	OPENSSL(&fixture->scratch, "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=e",
		"-addext",
		"subjectAltName=DNS:n1.example,IP:10.0.0.1,IP:2001:db8::1,URI:spiffe://a/b,"
		"email:a@b.example,RID:1.2.3",
		"-addext", "extendedKeyUsage=serverAuth", "-keyout", "e.key", "-out", "e.crt");
	const struct certificate *certificate = read_one(fixture, "/e.crt");

	assert_int_equal(certificate->name_count, 6);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(certificate->names[i], expected[i]);
	assert_false(certificate->allows_client_auth);
	assert_true(certificate->allows_server_auth);
}

/* UTCTime ends in 2049; what lies behind it is GeneralizedTime. */
static void reads_both_kinds_of_time(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;

	scratch_text(scratch, "ca.cnf",
		     "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nserial=serial\n"
		     "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n");
	scratch_text(scratch, "index", "");
	scratch_text(scratch, "serial", "01\n");
	scratch_certificate(scratch, "ca", "/CN=ca");
	OPENSSL(scratch, "req", "-new", "-key", "ca.key", "-subj", "/CN=x", "-out", "x.csr");
	OPENSSL(scratch, "ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.crt",
		"-keyfile", "ca.key", "-startdate", "200101000000Z", "-enddate", "20991231235959Z",
		"-in", "x.csr", "-out", "x.crt");
	const struct certificate *certificate = read_one(fixture, "/x.crt");

	assert_int_equal(certificate->not_before, 1577836800);
	assert_int_equal(certificate->not_after, 4102444799);
	assert_false(certificate->is_self_issued);
	assert_string_equal(certificate->issuer, "CN=ca");
	assert_string_equal(certificate->serial, "01");
}

static void reads_every_layout(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer certificate = { 0 }, key = { 0 }, crlf = { 0 };

	scratch_certificate(scratch, "n", "/CN=n");
	scratch_load(scratch, "n.crt", &certificate);
	scratch_load(scratch, "n.key", &key);
	WRITE(fixture, "key-first", key.data, certificate.data);
	assert_string_equal(read_one(fixture, "/key-first")->common_name, "n");
	assert_true(fixture->file.has_private_key);
	assert_false(fixture->file.private_key_is_encrypted);
	WRITE(fixture, "bags",
	      "Bag Attributes\n    localKeyID: 01 02\nsubject=CN = n\n\nissuer=CN = n\n\n",
	      certificate.data, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC ",
	      "PARAMETERS-----\ntext after it");
	assert_string_equal(read_one(fixture, "/bags")->common_name, "n");
	assert_false(fixture->file.has_private_key);
	for (const char *c = certificate.data; *c; c++)
		buffer_append(&crlf, *c == '\n' ? "\r\n" : c, *c == '\n' ? 2 : 1);
	WRITE(fixture, "crlf", crlf.data);
	assert_string_equal(read_one(fixture, "/crlf")->common_name, "n");
	certificate.data[certificate.length - 1] = '\0';
	WRITE(fixture, "no-last-newline", certificate.data);
	assert_string_equal(read_one(fixture, "/no-last-newline")->common_name, "n");
}

static void the_leaf_is_the_first_of_a_chain(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer leaf = { 0 }, ca = { 0 };

	scratch_certificate(&fixture->scratch, "leaf", "/CN=leaf");
	scratch_certificate(&fixture->scratch, "ca", "/CN=ca");
	scratch_load(&fixture->scratch, "leaf.crt", &leaf);
	scratch_load(&fixture->scratch, "ca.crt", &ca);
	WRITE(fixture, "chain", leaf.data, ca.data);
	const struct certificate_file *file = read_file(fixture, "/chain");

	assert_int_equal(file->status, FILE_READ);
	assert_int_equal(file->count, 2);
	assert_string_equal(file->certificates[0].common_name, "leaf");
	assert_string_equal(file->certificates[1].common_name, "ca");
}

static void notices_encrypted_keys(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer pkcs8 = { 0 }, traditional = { 0 }, certificate = { 0 };

	scratch_certificate(scratch, "n", "/CN=n");
	OPENSSL(scratch, "pkcs8", "-topk8", "-in", "n.key", "-passout", "pass:secret", "-out", "8");
	OPENSSL(scratch, "ec", "-in", "n.key", "-aes128", "-passout", "pass:secret", "-out", "t");
	scratch_load(scratch, "n.crt", &certificate);
	scratch_load(scratch, "8", &pkcs8);
	scratch_load(scratch, "t", &traditional);
	assert_non_null(strstr(traditional.data, "Proc-Type: 4,ENCRYPTED"));
	WRITE(fixture, "with-8", certificate.data, pkcs8.data);
	WRITE(fixture, "with-t", traditional.data, certificate.data);
	read_one(fixture, "/with-8");
	assert_true(fixture->file.has_private_key && fixture->file.private_key_is_encrypted);
	read_one(fixture, "/with-t");
	assert_true(fixture->file.has_private_key && fixture->file.private_key_is_encrypted);
	assert_invalid(fixture, "/8", "holds a private key and no certificate");
}

/* No byte of a key may be left in memory that outlives the reading. */
static void keeps_no_key(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer certificate = { 0 }, key = { 0 };

	scratch_certificate(&fixture->scratch, "n", "/CN=n");
	scratch_load(&fixture->scratch, "n.crt", &certificate);
	scratch_load(&fixture->scratch, "n.key", &key);
	WRITE(fixture, "both", key.data, certificate.data);
	read_one(fixture, "/both");
	size_t used = arena_used(fixture->arena);
	/* The arena's first block holds everything, and a certificate's texts start in it. */
	const char *start = fixture->file.path;

	assert_true(used < 32768);
	assert_null(memmem(start, used, key.data + 40, 40));
}

static void says_what_is_wrong(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer pem = { 0 };

	scratch_certificate(scratch, "n", "/CN=n");
	scratch_load(scratch, "n.crt", &pem);
	OPENSSL(scratch, "x509", "-in", "n.crt", "-outform", "DER", "-out", "der");
	assert_invalid(fixture, "/der", "holds DER, where PEM is due");
	scratch_text(scratch, "empty", "");
	assert_invalid(fixture, "/empty", "is empty");
	scratch_text(scratch, "text", "hello\n");
	assert_invalid(fixture, "/text", "holds no PEM block");
	scratch_text(scratch, "base64",
		     "\n-----BEGIN CERTIFICATE-----\nAA*A\n-----END CERTIFICATE-----\n");
	assert_invalid(fixture, "/base64", "has a block at line 2 that is not valid base64");
	scratch_text(scratch, "zeros",
		     "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_invalid(fixture, "/zeros", "is not the DER encoding");
	scratch_text(scratch, "label", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERT-----\n");
	assert_invalid(fixture, "/label", "has a block at line 1 that has no END");
	pem.data[pem.length - 30] = '\0';
	WRITE(fixture, "cut", pem.data);
	assert_invalid(fixture, "/cut", "has no END of its own");
	WRITE(fixture, "twice", pem.data, "\n", pem.data);
	assert_invalid(fixture, "/twice", "has a block at line 1 that has no END");
}

static void a_nul_in_the_subject_is_no_shorter_name(void **state)
{
	struct fixture *fixture = *state;

	/* openssl(1) writes no NUL, so the DER is changed; its signature does not matter here. */
	scratch_text(&fixture->scratch, "cnf",
		     "[req]\ndistinguished_name=d\nprompt=no\nx509_extensions=e\n"
		     "[d]\nCN=system:node:n1XY\n[e]\nbasicConstraints=CA:FALSE\n");
	OPENSSL(&fixture->scratch, "req", "-x509", "-newkey", "ed25519", "-nodes", "-config", "cnf",
		"-keyout", "k", "-outform", "DER", "-out", "der");
	CLEANUP_BUFFER struct text_buffer der = { 0 };

	scratch_load(&fixture->scratch, "der", &der);
	for (char *at; (at = memmem(der.data, der.length, "n1XY", 4));)
		at[2] = '\0';
	scratch_write(&fixture->scratch, "der", der.data, der.length);
	OPENSSL(&fixture->scratch, "x509", "-inform", "DER", "-in", "der", "-out", "pem");
	assert_invalid(fixture, "/pem", "has a NUL byte in its subject");
}

static void files_that_are_no_files(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	char path[128];

	assert_int_equal(read_file(fixture, "/absent")->status, FILE_ABSENT);
	assert_null(fixture->file.problem);
	snprintf(path, sizeof(path), "%s/fifo", scratch->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_file(fixture, "/fifo")->status, FILE_UNREADABLE);
	assert_non_null(strstr(fixture->file.problem, "FIFO"));
	snprintf(path, sizeof(path), "%s/out", scratch->path);
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(read_file(fixture, "/out")->status, FILE_ABSENT);
	snprintf(path, sizeof(path), "%s/loop", scratch->path);
	assert_int_equal(symlink("loop", path), 0);
	assert_int_equal(read_file(fixture, "/loop")->status, FILE_UNREADABLE);
}

static void bounds_size_and_number(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer one = { 0 }, many = { 0 };
	CLEANUP_FREE char *large = calloc(1, CERTIFICATE_BYTES_MAX + 1);

	scratch_write(&fixture->scratch, "large", large, CERTIFICATE_BYTES_MAX + 1);
	assert_int_equal(read_file(fixture, "/large")->status, FILE_UNREADABLE);
	scratch_write(&fixture->scratch, "fits", large, CERTIFICATE_BYTES_MAX);
	assert_int_equal(read_file(fixture, "/fits")->status, FILE_INVALID);
	scratch_certificate(&fixture->scratch, "n", "/CN=n");
	scratch_load(&fixture->scratch, "n.crt", &one);
	for (size_t i = 0; i <= CERTIFICATES_MAX; i++)
		buffer_append(&many, one.data, one.length);
	scratch_write(&fixture->scratch, "many", many.data, many.length);
	assert_invalid(fixture, "/many", "one certificate more than this agent reads");
	scratch_write(&fixture->scratch, "most", many.data, many.length - one.length);
	assert_int_equal(read_file(fixture, "/most")->count, CERTIFICATES_MAX);
}

static void reads_inline_data(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer pem = { 0 };
	struct certificate_file file;

	scratch_certificate(&fixture->scratch, "n", "/CN=n");
	scratch_load(&fixture->scratch, "n.crt", &pem);
	assert_int_equal(
		certificate_data_read(pem.data, pem.length, "/etc/k", fixture->arena, &file), 0);
	assert_true(file.is_inline);
	assert_string_equal(file.path, "/etc/k");
	assert_int_equal(file.status, FILE_READ);
	assert_string_equal(file.certificates[0].common_name, "n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(reads_a_kubelet_certificate), TEST(hashes_equal_those_of_openssl),
		TEST(reads_other_kinds_of_keys),   TEST(reads_every_organization_and_the_last_name),
		TEST(reads_alternative_names),	   TEST(reads_both_kinds_of_time),
		TEST(reads_every_layout),	   TEST(the_leaf_is_the_first_of_a_chain),
		TEST(notices_encrypted_keys),	   TEST(keeps_no_key),
		TEST(says_what_is_wrong),	   TEST(a_nul_in_the_subject_is_no_shorter_name),
		TEST(files_that_are_no_files),	   TEST(bounds_size_and_number),
		TEST(reads_inline_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
