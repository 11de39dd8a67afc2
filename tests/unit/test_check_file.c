/* SPDX-License-Identifier: Apache-2.0 */
/* What the file checks make of facts that no tree can easily have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

static const struct path_step STEPS[] = { { "/", 0040755, 0, 0 }, { "/etc", 0040755, 0, 0 } };

static const struct file_fact GOOD = {
	.object = "kubelet-kubeconfig",
	.path = "/etc/k.conf",
	.pid = 900,
	.status = FILE_READ,
	.mode = 0100600,
	.holds_secret = true,
	.steps = STEPS,
	.step_count = 2,
};

static const struct finding *judge_file(struct fixture *fixture, const char *check,
					const struct file_fact *file)
{
	fixture->node.files = file;
	fixture->node.file_count = 1;
	return judge_one(fixture, check);
}

static void what_an_access_list_gives_counts_as_the_groups(void **state)
{
	struct fixture *fixture = *state;
	struct file_fact file = GOOD;

	file.has_acl = true;
	file.acl_names = "";
	const struct finding *finding = judge_file(fixture, "file.kubelet-kubeconfig-mode", &file);

	assert_verdict(finding, VERDICT_PASS, SEVERITY_HIGH);
	assert_true(has_note(finding, "*an access list, which lets nobody else in"));
	file.acl_permissions = 4;
	file.acl_names = "user 1000 r--";
	finding = judge_file(fixture, "file.kubelet-kubeconfig-mode", &file);
	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_string_equal(finding->remedy, "setfacl -b /etc/k.conf && chmod 600 /etc/k.conf");
	assert_true(has_note(finding, "*: user 1000 r--"));
}

static void immutable_files_are_said_to_be(void **state)
{
	struct fixture *fixture = *state;
	struct file_fact file = GOOD;

	file.is_immutable = true;
	file.uid = 7;
	const struct finding *finding = judge_file(fixture, "file.kubelet-kubeconfig-owner", &file);

	assert_verdict(finding, VERDICT_FAIL, SEVERITY_HIGH);
	assert_true(has_note(finding, "/etc/k.conf is immutable (chattr +i)"));
	assert_string_equal(finding->remedy,
			    "chattr -i /etc/k.conf && chown root:root /etc/k.conf");
}

static void what_was_not_seen_never_passes(void **state)
{
	static const char *const CHECKS[] = {
		"file.kubelet-kubeconfig-mode",
		"file.kubelet-kubeconfig-owner",
		"file.kubelet-config-mode",
		"file.path-writable-by-others",
		"file.control-plane-secret-on-worker",
		"file.pki-keys-mode",
	};
	struct fixture *fixture = *state;
	struct file_fact file = {
		.path = "/", .pid = 900, .status = FILE_UNREADABLE, .problem = "cannot be opened"
	};

	for (size_t i = 0; i < ARRAY_SIZE(CHECKS); i++) {
		const struct finding *finding = judge_file(fixture, CHECKS[i], &file);

		assert_int_equal(finding->verdict, VERDICT_ERROR);
		assert_true(has_evidence(finding, "/ cannot be opened"));
	}
	file = GOOD;
	file.status = FILE_UNKNOWN;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(judge_file(fixture, CHECKS[i], &file)->verdict, VERDICT_ERROR);
	assert_int_equal(judge_file(fixture, CHECKS[3], &file)->verdict, VERDICT_ERROR);
	file = GOOD;
	file.mode = 0040700;
	assert_true(has_evidence(judge_file(fixture, CHECKS[0], &file), "*is a directory*"));
}

static void an_unknown_setting_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	set(fixture, "--kubeconfig", (struct value){ .kind = VALUE_UNKNOWN });
	assert_verdict(judge_one(fixture, "file.kubelet-kubeconfig-mode"), VERDICT_ERROR,
		       SEVERITY_HIGH);
	set(fixture, "--kubeconfig", (struct value){ .kind = VALUE_UNSET });
	assert_int_equal(judge_one(fixture, "file.kubelet-kubeconfig-mode")->verdict,
			 VERDICT_NOT_APPLICABLE);
}

static void two_kubelets_have_files_of_their_own(void **state)
{
	struct fixture *fixture = *state;
	struct file_fact files[] = { GOOD, GOOD };

	fixture->kubelets[1] = fixture->kubelets[0];
	fixture->kubelets[1].process = &fixture->other_process;
	fixture->node.component_count = 2;
	files[0].mode = files[1].mode = 0100644;
	files[1].pid = 901;
	fixture->node.files = files;
	fixture->node.file_count = 2;
	assert_int_equal(judge_all(fixture, "file.kubelet-kubeconfig-mode"), 2);
	const struct finding *findings = fixture->findings.items;

	assert_string_equal(findings[0].subject.name, findings[1].subject.name);
	assert_string_not_equal(findings[0].subject.key, findings[1].subject.key);
}

static void etcd_of_an_unknown_user_is_an_error(void **state)
{
	struct fixture *fixture = *state;
	struct file_fact file = GOOD;

	file.object = "etcd-data";
	file.mode = 0040700;
	fixture->kubelets[0].kind = COMPONENT_ETCD;
	fixture->process.uid = (uid_t)-1;
	assert_int_equal(judge_file(fixture, "file.etcd-data-owner", &file)->verdict,
			 VERDICT_ERROR);
	file.uid = fixture->process.uid = 999;
	assert_int_equal(judge_file(fixture, "file.etcd-data-owner", &file)->verdict, VERDICT_PASS);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, make_fixture, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(what_an_access_list_gives_counts_as_the_groups),
		TEST(immutable_files_are_said_to_be),
		TEST(what_was_not_seen_never_passes),
		TEST(an_unknown_setting_is_an_error),
		TEST(two_kubelets_have_files_of_their_own),
		TEST(etcd_of_an_unknown_user_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
