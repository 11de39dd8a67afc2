/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

static void passes_the_nodes_own_certificate(void **state)
{
	struct fixture *fixture = *state;
	const struct finding *finding = judge_one(fixture, "identity.kubelet-client");

	assert_verdict(finding, VERDICT_PASS, SEVERITY_HIGH);
	assert_string_equal(finding->value, "CN=system:node:n1,O=system:nodes");
	assert_string_equal(finding->source, "config:/pki/current.pem");
	assert_string_equal(finding->subject.kind, "kubelet");
	assert_int_equal(judge_one(fixture, "identity.validity")->verdict, VERDICT_PASS);
}

static void fails_each_wrong_identity(void **state)
{
	static const char *const MASTERS[] = { "system:masters" };
	static const char *const BOTH[] = { "system:nodes", "system:masters" };
	static const char *const TWICE[] = { "system:nodes", "system:nodes" };
	static const char *const NAMES[] = { "DNS:n1" };
	const struct {
		struct certificate change;
		const char *evidence;
		enum severity severity;
	} cases[] = {
		{ { .common_name = "system:node:n2" }, "its CN is *", SEVERITY_HIGH },
		{ { .common_name = "system:node:N1" }, "its CN is *", SEVERITY_HIGH },
		{ { .common_name = "kubelet" }, "its CN is *", SEVERITY_HIGH },
		{ { .organizations = MASTERS, .organization_count = 1 },
		  "it is in system:masters*",
		  SEVERITY_CRITICAL },
		{ { .organizations = BOTH, .organization_count = 2 },
		  "its organizations *",
		  SEVERITY_CRITICAL },
		{ { .organizations = TWICE, .organization_count = 2 },
		  "its organizations *",
		  SEVERITY_HIGH },
		{ { .is_ca = true }, "it is an authority *", SEVERITY_HIGH },
		{ { .names = NAMES, .name_count = 1 }, "*: DNS:n1", SEVERITY_HIGH },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture *fixture;

		make_fixture((void **)&fixture);
		struct certificate *leaf = &fixture->leaf;

		leaf->common_name = cases[i].change.common_name ? cases[i].change.common_name
								: leaf->common_name;
		if (cases[i].change.organizations) {
			leaf->organizations = cases[i].change.organizations;
			leaf->organization_count = cases[i].change.organization_count;
		}
		leaf->is_ca = cases[i].change.is_ca;
		leaf->names = cases[i].change.names;
		leaf->name_count = cases[i].change.name_count;
		const struct finding *finding = judge_one(fixture, "identity.kubelet-client");

		assert_verdict(finding, VERDICT_FAIL, cases[i].severity);
		assert_true(has_evidence(finding, cases[i].evidence));
		free_fixture((void **)&fixture);
	}
}

static void wants_client_authentication_by_name(void **state)
{
	struct fixture *fixture = *state;

	fixture->leaf.allows_client_auth = false;
	assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict, VERDICT_FAIL);
	fixture->leaf.allows_client_auth = true;
	fixture->leaf.has_extended_usages = false;
	assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict, VERDICT_FAIL);
	fixture->leaf.organization_count = 0;
	assert_true(has_evidence(judge_one(fixture, "identity.kubelet-client"),
				 "its organizations are not exactly system:nodes"));
}

static void judges_the_credential_by_its_kind(void **state)
{
	static const enum verdict VERDICTS[] = {
		[CREDENTIAL_UNKNOWN] = VERDICT_ERROR,
		[CREDENTIAL_NONE] = VERDICT_FAIL,
		[CREDENTIAL_CERTIFICATE] = VERDICT_PASS,
		[CREDENTIAL_TOKEN] = VERDICT_NOT_APPLICABLE,
		[CREDENTIAL_EXEC] = VERDICT_NOT_APPLICABLE,
		[CREDENTIAL_BASIC] = VERDICT_FAIL,
	};
	struct fixture *fixture = *state;

	for (size_t kind = 0; kind < ARRAY_SIZE(VERDICTS); kind++) {
		fixture->kubelets[0].identity.kind = (enum credential_kind)kind;
		assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict,
				 VERDICTS[kind]);
		assert_int_equal(judge_one(fixture, "identity.validity")->verdict, VERDICTS[kind]);
	}
	fixture->kubelets[0].is_standalone = true;
	assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict,
			 VERDICT_NOT_APPLICABLE);
	assert_true(has_note(&fixture->findings.items[0], "*without --kubeconfig*"));
}

static void does_not_pass_what_it_cannot_read(void **state)
{
	struct fixture *fixture = *state;
	struct certificate_file *file = &fixture->kubelets[0].identity.file;

	file->private_key_is_encrypted = true;
	assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict, VERDICT_ERROR);
	assert_true(has_evidence(&fixture->findings.items[0], "*behind a passphrase*"));
	file->private_key_is_encrypted = false;
	fixture->kubelets[0].node_name = NULL;
	assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict, VERDICT_ERROR);
	file->count = 0;
	assert_int_equal(judge_one(fixture, "identity.validity")->verdict, VERDICT_ERROR);
	for (enum file_status status = FILE_UNKNOWN; status < FILE_READ; status++) {
		file->status = status;
		assert_int_equal(judge_one(fixture, "identity.kubelet-client")->verdict,
				 VERDICT_ERROR);
		assert_int_equal(judge_one(fixture, "identity.validity")->verdict, VERDICT_ERROR);
		assert_true(has_evidence(&fixture->findings.items[0],
					 status == FILE_ABSENT ? "*: is not there"
							       : "*: holds no certificate"));
	}
}

static void follows_the_lifetime(void **state)
{
	static const struct {
		int64_t from, until; /* against now */
		bool rotates;
		enum verdict verdict;
		enum severity severity;
	} CASES[] = {
		{ -899, 101, true, VERDICT_PASS, SEVERITY_HIGH },
		{ -901, 99, true, VERDICT_FAIL, SEVERITY_MEDIUM },
		{ -901, 99, false, VERDICT_FAIL, SEVERITY_LOW },
		{ -1000, 0, false, VERDICT_FAIL, SEVERITY_LOW },
		{ -1000, -1, true, VERDICT_FAIL, SEVERITY_HIGH },
		{ 1, 1000, true, VERDICT_FAIL, SEVERITY_HIGH },
		{ 0, 1000, true, VERDICT_PASS, SEVERITY_HIGH },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
		fixture->leaf.not_before = NOW_S + CASES[i].from;
		fixture->leaf.not_after = NOW_S + CASES[i].until;
		set(fixture, "rotateCertificates", boolean_value(CASES[i].rotates));
		assert_verdict(judge_one(fixture, "identity.validity"), CASES[i].verdict,
			       CASES[i].severity);
	}
	fixture->leaf.not_after = 253402300799; /* 9999-12-31, "no well-defined expiration" */
	assert_int_equal(judge_one(fixture, "identity.validity")->verdict, VERDICT_PASS);
	assert_true(text_ends_with(fixture->findings.items[0].value, " to a day after 2262"));
}

static void says_when_it_rotates(void **state)
{
	static const char CHECK[] = "identity.validity";
	struct fixture *fixture = *state;
	struct client_identity *identity = &fixture->kubelets[0].identity;

	assert_false(has_evidence(judge_one(fixture, CHECK), "the kubelet rotates it*"));
	identity->was_rotated = true;
	/* 1000 seconds long: from 600 to 800 seconds from now. */
	assert_true(has_evidence(judge_one(fixture, CHECK),
				 "the kubelet rotates it between 2026-*:16:40* and *:20:00*"));
	fixture->certificates[1].name = "kubelet-client-updated.pem";
	assert_true(has_note(judge_one(fixture, CHECK), "*a rotation was interrupted"));
	fixture->certificates[1].file.status = FILE_ABSENT;
	assert_int_equal(judge_one(fixture, CHECK)->note_count, 0);
}

static void says_that_the_next_start_bootstraps(void **state)
{
	static const char CHECK[] = "identity.validity";
	struct fixture *fixture = *state;
	struct client_identity *identity = &fixture->kubelets[0].identity;
	const struct certificate chain[] = { fixture->leaf, { .not_after = NOW_S - 1 } };

	identity->file.certificates = chain;
	identity->file.count = 2;
	assert_int_equal(judge_one(fixture, CHECK)->note_count, 0);
	set(fixture, "--bootstrap-kubeconfig", text_value("/etc/boot.conf"));
	assert_true(has_note(judge_one(fixture, CHECK),
			     "certificate 2 of 2 in /pki/current.pem has expired*/etc/boot.conf"));
	identity->facts.left_behind = (struct certificate_file){
		.path = "/own.crt", .status = FILE_READ, .certificates = chain, .count = 1
	};
	assert_int_equal(judge_one(fixture, CHECK)->note_count, 0);
}

static void goes_back_to_the_bootstrap_credential(void **state)
{
	static const char CHECK[] = "identity.kubelet-client";
	struct fixture *fixture = *state;
	struct client_identity *identity = &fixture->kubelets[0].identity;
	const struct certificate admin = { .common_name = "kubernetes-admin",
					   .not_after = NOW_S + 1 };

	identity->was_rotated = true;
	identity->facts.left_behind = (struct certificate_file){ .path = "/etc/kubelet.conf",
								 .is_inline = true,
								 .status = FILE_READ,
								 .certificates = &admin,
								 .count = 1 };
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	fixture->leaf.not_after = NOW_S - 1;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_FAIL);
	assert_string_equal(fixture->findings.items[0].value, "CN=kubernetes-admin");
	identity->facts.left_behind.is_inline = false;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
}

static void judges_what_the_kubeconfig_says(void **state)
{
	static const char CHECK[] = "identity.kubeconfig-hygiene";
	struct fixture *fixture = *state;
	struct kubeconfig_facts *facts = &fixture->kubelets[0].identity.facts;
	bool *const faults[] = { &facts->skips_verification, &facts->has_static_token,
				 &facts->has_basic_auth, &facts->impersonates };
	static const char *const SERVERS[] = { "http://10.0.0.1", "https://u:p@10.0.0.1:6443/x" };

	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		*faults[i] = true;
		assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_HIGH);
		*faults[i] = false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(SERVERS); i++) {
		facts->server = SERVERS[i];
		assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_HIGH);
	}
	assert_string_equal(fixture->findings.items[0].value, "");
	facts->server = "https://10.0.0.1/a@b";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	facts->has_authority = false;
	facts->context_count = 3;
	assert_int_equal(judge_one(fixture, CHECK)->note_count, 2);
	facts->server = "";
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
	*facts = (struct kubeconfig_facts){ .problem = "/etc/kubelet.conf is empty" };
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
	fixture->kubelets[0].is_standalone = true;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
}

static void finds_a_credential_that_was_left(void **state)
{
	static const char CHECK[] = "identity.static-credential-left";
	struct fixture *fixture = *state;
	struct client_identity *identity = &fixture->kubelets[0].identity;
	struct certificate_file *left = &identity->facts.left_behind;

	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_NOT_APPLICABLE);
	identity->was_rotated = true;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	left->status = FILE_ABSENT;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_PASS);
	left->status = FILE_INVALID;
	assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_HIGH);
	*left = (struct certificate_file){
		.path = "/own.crt", .status = FILE_READ, .certificates = &fixture->leaf, .count = 1
	};
	assert_verdict(judge_one(fixture, CHECK), VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(fixture->findings.items[0].value, "CN=system:node:n1,O=system:nodes");
	identity->kind = CREDENTIAL_UNKNOWN;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
	identity->facts.is_known = false;
	assert_int_equal(judge_one(fixture, CHECK)->verdict, VERDICT_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_fixture, free_fixture)
		TEST(passes_the_nodes_own_certificate),
		cmocka_unit_test(fails_each_wrong_identity),
		TEST(wants_client_authentication_by_name),
		TEST(judges_the_credential_by_its_kind),
		TEST(does_not_pass_what_it_cannot_read),
		TEST(follows_the_lifetime),
		TEST(says_when_it_rotates),
		TEST(says_that_the_next_start_bootstraps),
		TEST(goes_back_to_the_bootstrap_credential),
		TEST(judges_what_the_kubeconfig_says),
		TEST(finds_a_credential_that_was_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
