/* SPDX-License-Identifier: Apache-2.0 */
/* The rows about what a kubelet's server shows, and how strong its certificates are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

#define MECHANISM "kubelet.serving-certificate"
#define IDENTITY  "identity.serving-certificate"
#define STRENGTH  "identity.key-strength"

/* The probe of 10250, with the certificate that the server showed. */
struct live {
	struct certificate certificate;
	struct probe probe;
};

static void show(struct fixture *fixture, struct live *live)
{
	live->certificate = fixture->serving;
	live->certificate.sha256[0] = 'a';
	live->probe = (struct probe){ .pid = 900,
				      .port = 10250,
				      .outcome = PROBE_ANSWERED,
				      .is_tls = true,
				      .status = 401,
				      .served = { .path = "the served certificate",
						  .status = FILE_READ,
						  .certificates = &live->certificate,
						  .count = 1,
						  .signed_by = "/etc/ca.crt" } };
	fixture->node.probes_known = true;
	fixture->node.probes = &live->probe;
	fixture->node.probe_count = 1;
}

static struct certificate_file *server_file(struct fixture *fixture)
{
	return &fixture->certificates[1].file;
}

static void use_pair(struct fixture *fixture, struct named_certificates pair[static 3])
{
	pair[0] = fixture->certificates[0];
	pair[1] = fixture->certificates[1];
	pair[1].name = "tlsCertFile";
	pair[2] = (struct named_certificates){
		.name = "tlsPrivateKeyFile",
		.file = { .path = "/k.key", .status = FILE_INVALID, .has_private_key = true }
	};
	fixture->kubelets[0].certificates = pair;
	fixture->kubelets[0].certificate_count = 3;
	set(fixture, "serverTLSBootstrap", boolean_value(false));
	set(fixture, "tlsCertFile", text_value("/k.crt"));
	set(fixture, "tlsPrivateKeyFile", text_value("/k.key"));
}

static enum verdict verdict_of(struct fixture *fixture, const char *check)
{
	return judge_one(fixture, check)->verdict;
}

static void takes_a_rotated_certificate(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_PASS);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_PASS);
	fixture->serving.not_after = NOW_S - 1;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	server_file(fixture)->status = FILE_ABSENT;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	server_file(fixture)->status = FILE_INVALID;
	server_file(fixture)->problem = "holds DER";
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
	assert_true(has_evidence(&fixture->findings.items[0], "*holds DER"));
	fixture->kubelets[0].certificate_count = 1;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
}

static void takes_a_pair_that_others_signed(void **state)
{
	struct fixture *fixture = *state;
	struct named_certificates pair[3];

	use_pair(fixture, pair);
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_PASS);
	fixture->serving.is_self_issued = true;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	fixture->serving.is_self_issued = false;
	fixture->serving.issuer = "CN=n1-ca@1700000000";
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	fixture->serving.issuer = "CN=n1-ca@1700000000,O=x";
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_PASS);
	fixture->serving.issuer = "CN=n1-ca@";
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_PASS);
	pair[2].file.private_key_is_encrypted = true;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	pair[2].file.private_key_is_encrypted = false;
	pair[1].file.status = FILE_ABSENT;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	fixture->kubelets[0].certificate_count = 2;
	set(fixture, "tlsPrivateKeyFile", (struct value){ .kind = VALUE_UNSET });
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	set(fixture, "tlsCertFile", (struct value){ .kind = VALUE_UNKNOWN });
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_ERROR);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
}

static void fails_what_the_kubelet_signs_itself(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "serverTLSBootstrap", boolean_value(false));
	assert_verdict(judge_one(fixture, MECHANISM), VERDICT_FAIL, SEVERITY_MEDIUM);
	set(fixture, "serverTLSBootstrap", boolean_value(true));
	set(fixture, "featureGates.RotateKubeletServerCertificate", boolean_value(false));
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	fixture->certificates[1].name = "kubelet.crt";
	fixture->serving.issuer = "CN=n1-ca@1700000000";
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	assert_true(has_evidence(&fixture->findings.items[0], "nobody else signed it*"));
}

/* The mechanism gets worse by what is seen; whose certificate it is, is told by it alone. */
static void believes_what_the_server_shows(void **state)
{
	struct fixture *fixture = *state;
	struct live live;

	show(fixture, &live);
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_PASS);
	const struct finding *finding = judge_one(fixture, IDENTITY);

	assert_int_equal(finding->verdict, VERDICT_PASS);
	assert_string_equal(finding->source, "live");
	assert_true(has_note(finding, "*another certificate than the server shows*"));
	assert_verdict(judge_one(fixture, "kubelet.restart-pending"), VERDICT_FAIL,
		       SEVERITY_MEDIUM);
	live.certificate.sha256[0] = '\0';
	assert_int_equal(verdict_of(fixture, "kubelet.restart-pending"), VERDICT_PASS);
	live.certificate.issuer = "CN=n1-ca@1700000000";
	finding = judge_one(fixture, MECHANISM);
	assert_int_equal(finding->verdict, VERDICT_FAIL);
	assert_string_equal(finding->source, "live");
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	live.certificate.issuer = "CN=kubernetes";
	server_file(fixture)->status = FILE_ABSENT;
	assert_int_equal(verdict_of(fixture, MECHANISM), VERDICT_FAIL);
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_PASS);
}

static void wants_an_authority_that_is_known(void **state)
{
	struct fixture *fixture = *state;

	server_file(fixture)->signed_by = NULL;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	fixture->certificates[0].file.status = FILE_UNREADABLE;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
	fixture->kubelets[0].identity.facts.authority.status = FILE_READ;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
}

static void compares_names_and_addresses(void **state)
{
	static const struct {
		const char *name, *node_ip;
		enum verdict verdict;
	} CASES[] = {
		{ "DNS:n1", NULL, VERDICT_PASS },
		{ "DNS:N1", NULL, VERDICT_PASS },
		{ "DNS:n2", NULL, VERDICT_FAIL },
		{ "DNS:n1.example", NULL, VERDICT_FAIL },
		{ "email:n1", NULL, VERDICT_FAIL },
		{ "IP:10.0.0.5", NULL, VERDICT_ERROR },
		{ "IP:10.0.0.5", "10.0.0.5", VERDICT_PASS },
		{ "IP:10.0.0.5", "fd00::1,10.0.0.5", VERDICT_PASS },
		{ "IP:fd00::1", "fd00::1,10.0.0.5", VERDICT_PASS },
		{ "IP:10.0.0.6", "10.0.0.5", VERDICT_FAIL },
		{ "IP:10.0.0.5", "0.0.0.0", VERDICT_ERROR },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		fixture->serving.names = &CASES[i].name;
		fixture->serving.name_count = 1;
		set(fixture, "--node-ip",
		    CASES[i].node_ip ? text_value(CASES[i].node_ip)
				     : (struct value){ .kind = VALUE_UNSET });
		if (verdict_of(fixture, IDENTITY) != CASES[i].verdict)
			fail_msg("%s against %s", CASES[i].name,
				 CASES[i].node_ip ? CASES[i].node_ip : "nothing");
	}
	fixture->serving.name_count = 0;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
}

static void knows_addresses_from_sockets(void **state)
{
	static const char *const NAME = "IP:10.0.0.5";
	struct fixture *fixture = *state;
	struct listener *listener = listen_on(fixture, 10250);

	fixture->serving.names = &NAME;
	fixture->serving.name_count = 1;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
	listener->address = (struct address){ .bytes = { 127, 0, 0, 1 } };
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
	listener->address = (struct address){ .bytes = { 10, 0, 0, 5 } };
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_PASS);
	listener->owners = fixture->other_owners;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
	listener->owners = fixture->owners;
	listener->address.bytes[3] = 6;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
}

static void names_with_a_wildcard(void **state)
{
	static const char *const NAME = "DNS:*.example";
	struct fixture *fixture = *state;

	fixture->serving.names = &NAME;
	fixture->serving.name_count = 1;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	fixture->kubelets[0].node_name = "n1.example";
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_PASS);
	fixture->kubelets[0].node_name = "a.n1.example";
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	fixture->kubelets[0].node_name = ".example";
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	fixture->kubelets[0].node_name = NULL;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_ERROR);
}

static void wants_server_authentication(void **state)
{
	struct fixture *fixture = *state;

	fixture->serving.allows_server_auth = false;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
	fixture->serving.has_extended_usages = false;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_PASS);
	fixture->serving.not_before = NOW_S + 1;
	assert_int_equal(verdict_of(fixture, IDENTITY), VERDICT_FAIL);
}

static void measures_keys(void **state)
{
	static const struct {
		const char *type;
		int bits;
		const char *digest;
		enum verdict verdict;
	} CASES[] = {
		{ "EC", 256, "SHA256", VERDICT_PASS },	 { "EC", 224, "SHA256", VERDICT_FAIL },
		{ "RSA", 2048, "SHA256", VERDICT_PASS }, { "RSA", 2047, "SHA256", VERDICT_FAIL },
		{ "RSA", 4096, "SHA1", VERDICT_FAIL },	 { "RSA", 4096, "MD5", VERDICT_FAIL },
		{ "ED25519", 253, "", VERDICT_PASS },	 { "DSA", 2048, "SHA256", VERDICT_FAIL },
	};
	struct fixture *fixture = *state;
	struct certificate *const leaves[] = { &fixture->leaf, &fixture->serving };

	for (size_t i = 0; i < 2 * ARRAY_SIZE(CASES); i++) {
		struct certificate *leaf = leaves[i / ARRAY_SIZE(CASES)];
		struct certificate kept = *leaf;

		leaf->key_type = CASES[i % ARRAY_SIZE(CASES)].type;
		leaf->key_bits = CASES[i % ARRAY_SIZE(CASES)].bits;
		leaf->signature_digest = CASES[i % ARRAY_SIZE(CASES)].digest;
		assert_int_equal(verdict_of(fixture, STRENGTH),
				 CASES[i % ARRAY_SIZE(CASES)].verdict);
		*leaf = kept;
	}
}

static void notes_long_lives_and_what_it_cannot_read(void **state)
{
	struct fixture *fixture = *state;

	fixture->leaf.not_after = fixture->leaf.not_before + (int64_t)825 * 86400;
	assert_int_equal(judge_one(fixture, STRENGTH)->note_count, 0);
	fixture->leaf.not_after += 86400;
	const struct finding *finding = judge_one(fixture, STRENGTH);

	assert_int_equal(finding->verdict, VERDICT_PASS);
	assert_true(has_note(finding, "the client certificate is good for 826 days*"));
	server_file(fixture)->status = FILE_UNREADABLE;
	assert_int_equal(verdict_of(fixture, STRENGTH), VERDICT_ERROR);
	server_file(fixture)->status = FILE_ABSENT;
	assert_int_equal(verdict_of(fixture, STRENGTH), VERDICT_PASS);
	fixture->kubelets[0].identity.kind = CREDENTIAL_EXEC;
	assert_int_equal(verdict_of(fixture, STRENGTH), VERDICT_NOT_APPLICABLE);
	fixture->kubelets[0].identity.kind = CREDENTIAL_UNKNOWN;
	assert_int_equal(verdict_of(fixture, STRENGTH), VERDICT_ERROR);
	fixture->kubelets[0].is_standalone = true;
	assert_int_equal(verdict_of(fixture, STRENGTH), VERDICT_NOT_APPLICABLE);
}

static void knows_the_versions_of_tls(void **state)
{
	static const struct {
		const char *version;
		enum verdict verdict;
	} CASES[] = {
		{ "", VERDICT_PASS },
		{ "VersionTLS12", VERDICT_PASS },
		{ "VersionTLS13", VERDICT_PASS },
		{ "VersionTLS11", VERDICT_FAIL },
		{ "VersionTLS10", VERDICT_FAIL },
		{ "versiontls12", VERDICT_ERROR },
	};
	static const char *const OLD[] = { "TLSv1.0", "TLSv1.2" };
	struct fixture *fixture = *state;
	struct live live;

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		set(fixture, "tlsMinVersion", text_value(CASES[i].version));
		assert_int_equal(verdict_of(fixture, "kubelet.tls-min-version"), CASES[i].verdict);
	}
	set(fixture, "tlsMinVersion", (struct value){ .kind = VALUE_UNSET });
	show(fixture, &live);
	assert_int_equal(verdict_of(fixture, "kubelet.tls-min-version"), VERDICT_PASS);
	live.probe.versions = OLD;
	live.probe.version_count = 2;
	assert_int_equal(verdict_of(fixture, "kubelet.tls-min-version"), VERDICT_FAIL);
}

static void believes_the_suites_that_are_accepted(void **state)
{
	static const char *const SUITES[] = { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
					      "TLS_RSA_WITH_AES_128_CBC_SHA" };
	static const char CHECK[] = "kubelet.tls-cipher-suites";
	struct fixture *fixture = *state;
	struct live live;

	assert_int_equal(verdict_of(fixture, CHECK), VERDICT_PASS);
	show(fixture, &live);
	live.probe.suites = SUITES;
	live.probe.suite_count = 1;
	assert_int_equal(verdict_of(fixture, CHECK), VERDICT_PASS);
	live.probe.suite_count = 2;
	assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_MEDIUM);
	live.probe.port = 10255;
	assert_int_equal(verdict_of(fixture, CHECK), VERDICT_PASS);
	set(fixture, "tlsMinVersion", (struct value){ .kind = VALUE_UNSET });
	assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_LOW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(takes_a_rotated_certificate),
		TEST(takes_a_pair_that_others_signed),
		TEST(fails_what_the_kubelet_signs_itself),
		TEST(believes_what_the_server_shows),
		TEST(wants_an_authority_that_is_known),
		TEST(compares_names_and_addresses),
		TEST(knows_addresses_from_sockets),
		TEST(names_with_a_wildcard),
		TEST(wants_server_authentication),
		TEST(measures_keys),
		TEST(notes_long_lives_and_what_it_cannot_read),
		TEST(knows_the_versions_of_tls),
		TEST(believes_the_suites_that_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
