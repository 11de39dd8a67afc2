/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/certificates.h"
#include "observe/certificate/certificate_file.h"
#include "observe/certificate/chain.h"

/* ca.crt, its namesake other.crt with another key, middle.crt signed by ca.crt, leaf.crt by it. */
struct fixture {
	struct scratch scratch;
	struct arena *arena;
	struct named_certificates client_ca;
	struct component component;
};

static void make_authority(struct fixture *fixture, const char *name)
{
	char key[32], certificate[32];

	snprintf(key, sizeof(key), "%s.key", name);
	snprintf(certificate, sizeof(certificate), "%s.crt", name);
	OPENSSL(&fixture->scratch, "req", "-x509", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=kubernetes",
		"-addext", "basicConstraints=critical,CA:TRUE", "-keyout", key, "-out",
		certificate);
}

static void sign(struct fixture *fixture, const char *name, const char *extensions,
		 const char *authority)
{
	char key[32], certificate[32], issuer[32], issuer_key[32], subject[32];

	snprintf(key, sizeof(key), "%s.key", name);
	snprintf(certificate, sizeof(certificate), "%s.crt", name);
	snprintf(issuer, sizeof(issuer), "%s.crt", authority);
	snprintf(issuer_key, sizeof(issuer_key), "%s.key", authority);
	snprintf(subject, sizeof(subject), "/CN=%s", name);
	scratch_text(&fixture->scratch, "extensions", extensions);
	OPENSSL(&fixture->scratch, "req", "-new", "-newkey", "ec", "-pkeyopt",
		"ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout", key, "-out",
		"request");
	/* Its validity does not count: it is over. */
	OPENSSL(&fixture->scratch, "x509", "-req", "-in", "request", "-CA", issuer, "-CAkey",
		issuer_key, "-CAcreateserial", "-days", "-1", "-extfile", "extensions", "-out",
		certificate);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	scratch_make(&fixture->scratch);
	fixture->arena = arena_new();
	make_authority(fixture, "ca");
	make_authority(fixture, "other");
	sign(fixture, "middle", "basicConstraints=critical,CA:TRUE\n", "ca");
	sign(fixture, "leaf", "basicConstraints=critical,CA:FALSE\n", "middle");
	fixture->client_ca.name = "authentication.x509.clientCAFile";
	fixture->component.certificates = &fixture->client_ca;
	fixture->component.certificate_count = 1;
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	scratch_remove(&fixture->scratch);
	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static void read_into(struct fixture *fixture, const char *name, struct certificate_file *file)
{
	assert_int_equal(certificate_file_read(fixture->scratch.root, name, fixture->arena, file),
			 0);
}

/* Who signed the file's leaf, where the client CA is this file. */
static const char *signer(struct fixture *fixture, const char *name, const char *authority)
{
	struct certificate_file file;

	read_into(fixture, name, &file);
	read_into(fixture, authority, &fixture->client_ca.file);
	assert_int_equal(chain_settle(&fixture->component, &file), 0);
	return file.signed_by;
}

static void join(struct fixture *fixture, const char *name, const char *one, const char *other)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	scratch_load(&fixture->scratch, one, &text);
	scratch_load(&fixture->scratch, other, &text);
	scratch_write(&fixture->scratch, name, text.data, text.length);
}

static void follows_signatures_not_names(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(signer(fixture, "middle.crt", "ca.crt"), "ca.crt");
	assert_null(signer(fixture, "middle.crt", "other.crt"));
	assert_null(signer(fixture, "leaf.crt", "ca.crt"));
	join(fixture, "chain.crt", "leaf.crt", "middle.crt");
	assert_string_equal(signer(fixture, "chain.crt", "ca.crt"), "ca.crt");
	assert_null(signer(fixture, "chain.crt", "other.crt"));
	join(fixture, "reverse.crt", "middle.crt", "leaf.crt");
	assert_string_equal(signer(fixture, "reverse.crt", "ca.crt"), "ca.crt");
	assert_string_equal(signer(fixture, "leaf.crt", "middle.crt"), "middle.crt");
	assert_null(signer(fixture, "leaf.crt", "leaf.crt"));
	join(fixture, "two.crt", "other.crt", "ca.crt");
	assert_string_equal(signer(fixture, "chain.crt", "two.crt"), "two.crt");
}

static void asks_the_kubeconfigs_authority_too(void **state)
{
	struct fixture *fixture = *state;

	assert_null(signer(fixture, "middle.crt", "other.crt"));
	read_into(fixture, "ca.crt", &fixture->component.identity.facts.authority);
	assert_string_equal(signer(fixture, "middle.crt", "other.crt"), "ca.crt");
	fixture->component.certificate_count = 0;
	assert_string_equal(signer(fixture, "middle.crt", "other.crt"), "ca.crt");
}

static void says_nothing_of_what_was_not_read(void **state)
{
	struct fixture *fixture = *state;

	assert_null(signer(fixture, "absent.crt", "ca.crt"));
	assert_null(signer(fixture, "middle.crt", "absent.crt"));
	assert_null(signer(fixture, "middle.crt", "ca.key"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(follows_signatures_not_names),
		TEST(asks_the_kubeconfigs_authority_too),
		TEST(says_nothing_of_what_was_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
