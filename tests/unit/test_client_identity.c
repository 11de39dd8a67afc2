/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/certificates.h"
#include "observe/certificate/client_identity.h"

#define KUBECONFIG                                                                                 \
	"current-context: c\ncontexts: [{name: c, context: {user: u}}]\nusers:\n"                  \
	"- name: u\n  user: {client-certificate: pki/own.crt, client-key: pki/own.key}\n"

/* A kubelet with the three settings in question, in the order of their names. */
struct fixture {
	struct scratch scratch;
	struct arena *arena;
	struct setting settings[4];
	struct component component;
	struct client_identity identity;
};

enum { BOOTSTRAP, CERT_DIR, KUBECONFIG_FLAG, ROTATE };

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	scratch_make(&fixture->scratch);
	fixture->arena = arena_new();
	fixture->settings[BOOTSTRAP] = (struct setting){ .name = "--bootstrap-kubeconfig" };
	fixture->settings[CERT_DIR] = (struct setting){ .name = "--cert-dir" };
	fixture->settings[KUBECONFIG_FLAG] = (struct setting){ .name = "--kubeconfig" };
	fixture->settings[ROTATE] = (struct setting){ .name = "rotateCertificates" };
	for (size_t i = 0; i < 4; i++)
		fixture->settings[i].value.kind = VALUE_UNSET;
	fixture->settings[KUBECONFIG_FLAG].value =
		(struct value){ .kind = VALUE_TEXT, .text = "/etc/kubelet.conf" };
	fixture->component = (struct component){
		.settings_known = true,
		.settings = fixture->settings,
		.setting_count = 4,
	};
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

static void set_rotation(struct fixture *fixture, bool rotates)
{
	fixture->settings[ROTATE].value =
		(struct value){ .kind = VALUE_BOOLEAN, .boolean = rotates };
}

static void set_text(struct fixture *fixture, int setting, const char *text)
{
	fixture->settings[setting].value = (struct value){ .kind = VALUE_TEXT, .text = text };
}

static const struct client_identity *observe(struct fixture *fixture)
{
	assert_int_equal(client_identity_observe(fixture->scratch.root, &fixture->component,
						 "/work", fixture->arena, &fixture->identity),
			 0);
	if (fixture->identity.kind == CREDENTIAL_UNKNOWN)
		assert_non_null(fixture->identity.problem);
	else
		assert_non_null(fixture->identity.detail);
	return &fixture->identity;
}

static void assert_certificate(struct fixture *fixture, const char *path, const char *name)
{
	const struct client_identity *identity = observe(fixture);

	if (identity->problem)
		fail_msg("%s", identity->problem);
	assert_int_equal(identity->kind, CREDENTIAL_CERTIFICATE);
	assert_string_equal(identity->file.path, path);
	assert_int_equal(identity->file.status, FILE_READ);
	assert_string_equal(identity->file.certificates[0].common_name, name);
}

static void assert_unknown(struct fixture *fixture, const char *problem)
{
	const struct client_identity *identity = observe(fixture);

	assert_int_equal(identity->kind, CREDENTIAL_UNKNOWN);
	if (!strstr(identity->problem, problem))
		fail_msg("\"%s\" does not say \"%s\"", identity->problem, problem);
}

/* The kubeconfig's own pair, then the store's old pair, then its current certificate. */
static void the_order_of_the_store(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer current = { 0 };
	char link[128];

	scratch_text(scratch, "etc/kubelet.conf", KUBECONFIG);
	set_rotation(fixture, true);
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_CERTIFICATE);
	assert_string_equal(fixture->identity.file.path, "/etc/pki/own.crt");
	assert_int_equal(fixture->identity.file.status, FILE_ABSENT);
	scratch_certificate(scratch, "var/lib/kubelet/pki/kubelet-client", "/CN=old");
	assert_certificate(fixture, "/var/lib/kubelet/pki/kubelet-client.crt", "old");
	scratch_certificate(scratch, "etc/pki/own", "/CN=own");
	assert_certificate(fixture, "/etc/pki/own.crt", "own");
	assert_false(fixture->identity.was_rotated);
	scratch_certificate(scratch, "made", "/CN=current");
	scratch_load(scratch, "made.key", &current);
	scratch_load(scratch, "made.crt", &current);
	scratch_write(scratch, "var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem",
		      current.data, current.length);
	snprintf(link, sizeof(link), "%s/var/lib/kubelet/pki/kubelet-client-current.pem",
		 scratch->path);
	assert_int_equal(
		symlink("/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem", link), 0);
	assert_certificate(fixture, "/var/lib/kubelet/pki/kubelet-client-current.pem", "current");
	assert_true(fixture->identity.was_rotated);
	assert_true(fixture->identity.file.has_private_key);
	assert_string_equal(fixture->identity.kubeconfig, "/etc/kubelet.conf");
}

static void without_rotation_the_kubeconfig_decides(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;

	scratch_text(scratch, "etc/kubelet.conf", KUBECONFIG);
	scratch_certificate(scratch, "etc/pki/own", "/CN=own");
	scratch_certificate(scratch, "made", "/CN=current");
	scratch_text(scratch, "var/lib/kubelet/pki/kubelet-client-current.pem", "broken");
	assert_certificate(fixture, "/etc/pki/own.crt", "own");
	set_rotation(fixture, false);
	assert_certificate(fixture, "/etc/pki/own.crt", "own");
	set_rotation(fixture, true);
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_CERTIFICATE);
	assert_int_equal(fixture->identity.file.status, FILE_INVALID);
}

static void a_pair_counts_only_with_its_key(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	char path[128];

	scratch_text(scratch, "etc/kubelet.conf", KUBECONFIG);
	scratch_certificate(scratch, "etc/pki/own", "/CN=own");
	scratch_certificate(scratch, "pki/kubelet-client", "/CN=old");
	snprintf(path, sizeof(path), "%s/etc/pki/own.key", scratch->path);
	unlink(path);
	set_rotation(fixture, true);
	set_text(fixture, CERT_DIR, "../pki");
	assert_certificate(fixture, "/pki/kubelet-client.crt", "old");
	snprintf(path, sizeof(path), "%s/pki/kubelet-client.key", scratch->path);
	unlink(path);
	assert_certificate(fixture, "/etc/pki/own.crt", "own");
	assert_non_null(strstr(fixture->identity.detail, "its client-key does not exist"));
}

static void tokens_and_plugins(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;

	scratch_text(scratch, "work/k.conf",
		     "current-context: c\ncontexts: [{name: c, context: {user: u}}]\n"
		     "users: [{name: u, user: {exec: {command: aws}}}]\n");
	set_text(fixture, KUBECONFIG_FLAG, "./k.conf");
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_EXEC);
	assert_string_equal(fixture->identity.kubeconfig, "/work/k.conf");
	set_rotation(fixture, true);
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_EXEC);
	scratch_text(scratch, "work/k.conf",
		     "current-context: c\ncontexts: [{name: c, context: {user: u}}]\n"
		     "users: [{name: u, user: {token: t}}]\n");
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_TOKEN);
}

static void standalone_has_none(void **state)
{
	struct fixture *fixture = *state;

	fixture->component.is_standalone = true;
	assert_int_equal(observe(fixture)->kind, CREDENTIAL_NONE);
}

static void unknown_stays_unknown(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;

	assert_unknown(fixture, "/etc/kubelet.conf does not exist");
	set_text(fixture, BOOTSTRAP, "/etc/bootstrap.conf");
	assert_unknown(fixture, "still joining with the bootstrap credential of /etc/bootstrap");
	set_rotation(fixture, true);
	assert_unknown(fixture, "still joining");
	scratch_text(scratch, "etc/kubelet.conf", "a: b\n");
	assert_unknown(fixture, "has no current-context");
	scratch_text(scratch, "etc/kubelet.conf", KUBECONFIG);
	scratch_certificate(scratch, "etc/pki/own", "/CN=own");
	fixture->settings[ROTATE].value.kind = VALUE_UNKNOWN;
	assert_unknown(fixture, "rotateCertificates or --cert-dir could not be determined");
	set_rotation(fixture, true);
	fixture->settings[CERT_DIR].value.kind = VALUE_UNKNOWN;
	assert_unknown(fixture, "rotateCertificates or --cert-dir could not be determined");
	set_rotation(fixture, false);
	assert_certificate(fixture, "/etc/pki/own.crt", "own");
	fixture->settings[KUBECONFIG_FLAG].value.kind = VALUE_UNKNOWN;
	assert_unknown(fixture, "its --kubeconfig could not be determined");
	fixture->component.settings_known = false;
	fixture->component.setting_count = 0;
	assert_unknown(fixture, "its --kubeconfig could not be determined");
}

/* What the kubeconfig held before the store took over. */
static void what_is_left_in_the_kubeconfig(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	const struct kubeconfig_facts *facts = &fixture->identity.facts;
	CLEANUP_BUFFER struct text_buffer current = { 0 };

	scratch_text(scratch, "etc/kubelet.conf",
		     KUBECONFIG
		     "clusters: [{name: k, cluster: {certificate-authority: ca.crt}}]\n");
	scratch_certificate(scratch, "etc/pki/own", "/CN=own");
	scratch_certificate(scratch, "made", "/CN=current");
	scratch_load(scratch, "made.crt", &current);
	scratch_write(scratch, "var/lib/kubelet/pki/kubelet-client-current.pem", current.data,
		      current.length);
	set_rotation(fixture, true);
	observe(fixture);
	assert_true(facts->is_known);
	assert_int_equal(facts->left_behind.status, FILE_READ);
	assert_string_equal(facts->left_behind.path, "/etc/pki/own.crt");
	set_rotation(fixture, false);
	observe(fixture);
	assert_int_equal(facts->left_behind.status, FILE_UNKNOWN);
	set_rotation(fixture, true);
	scratch_text(scratch, "etc/kubelet.conf",
		     "current-context: c\n"
		     "contexts: [{name: c, context: {user: u, cluster: k}}]\n"
		     "clusters: [{name: k, cluster: {certificate-authority: pki/own.crt}}]\n"
		     "users: [{name: u, user: {client-key: k, client-certificate: "
		     "/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem}}]\n");
	observe(fixture);
	assert_int_equal(facts->left_behind.status, FILE_UNKNOWN);
	assert_int_equal(facts->authority.status, FILE_READ);
	assert_string_equal(facts->authority.path, "/etc/pki/own.crt");
	scratch_text(scratch, "etc/kubelet.conf",
		     "current-context: c\ncontexts: [{name: c, context: {user: u}}]\n"
		     "users: [{name: u, user: {client-key: k, client-certificate-data: AAAA}}]\n");
	observe(fixture);
	assert_int_equal(facts->left_behind.status, FILE_INVALID);
	assert_true(facts->left_behind.is_inline);
}

/* kubeadm's kubeconfig points into the store, so both ways lead to one file. */
static void unknown_rotation_does_not_matter_for_kubeadm(void **state)
{
	struct fixture *fixture = *state;
	const struct scratch *scratch = &fixture->scratch;
	CLEANUP_BUFFER struct text_buffer current = { 0 };

	scratch_text(scratch, "etc/kubelet.conf",
		     "current-context: c\ncontexts: [{name: c, context: {user: u}}]\nusers:\n"
		     "- name: u\n  user:\n"
		     "    client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n"
		     "    client-key: /var/lib/kubelet/pki/kubelet-client-current.pem\n");
	scratch_certificate(scratch, "made", "/CN=current");
	scratch_load(scratch, "made.crt", &current);
	scratch_write(scratch, "var/lib/kubelet/pki/kubelet-client-current.pem", current.data,
		      current.length);
	fixture->settings[ROTATE].value.kind = VALUE_UNKNOWN;
	assert_certificate(fixture, "/var/lib/kubelet/pki/kubelet-client-current.pem", "current");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(the_order_of_the_store),
		TEST(without_rotation_the_kubeconfig_decides),
		TEST(a_pair_counts_only_with_its_key),
		TEST(tokens_and_plugins),
		TEST(standalone_has_none),
		TEST(unknown_stays_unknown),
		TEST(what_is_left_in_the_kubeconfig),
		TEST(unknown_rotation_does_not_matter_for_kubeadm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
