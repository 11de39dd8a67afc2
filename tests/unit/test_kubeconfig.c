/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "base/limits.h"
#include "unit/certificates.h"
#include "observe/certificate/kubeconfig.h"
#include "observe/certificate/path.h"

#define HEAD                                                                                       \
	"apiVersion: v1\nkind: Config\ncurrent-context: c\n"                                       \
	"contexts:\n- name: other\n  context: {user: nobody}\n"                                    \
	"- name: c\n  context: {cluster: k, user: u}\n"
#define USER "users:\n- name: nobody\n  user: {token: t}\n- name: u\n  user: "

struct fixture {
	struct arena *arena;
	struct kubeconfig found; /* by the last parse() */
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->arena = arena_new();
	*state = fixture;
	return fixture->arena ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

static const struct kubeconfig *parse(struct fixture *fixture, const char *text)
{
	assert_int_equal(kubeconfig_parse(text, strlen(text), "/etc/kubernetes/kubelet.conf",
					  fixture->arena, &fixture->found),
			 0);
	return &fixture->found;
}

static void assert_kind(struct fixture *fixture, const char *text, enum credential_kind kind)
{
	const struct kubeconfig *found = parse(fixture, text);

	if (found->problem)
		fail_msg("%s", found->problem);
	assert_int_equal(found->kind, kind);
	assert_int_equal(found->status, FILE_READ);
}

static void assert_refused(struct fixture *fixture, const char *text, const char *problem)
{
	const struct kubeconfig *found = parse(fixture, text);

	assert_int_equal(found->kind, CREDENTIAL_UNKNOWN);
	assert_int_equal(found->status, FILE_INVALID);
	assert_non_null(found->problem);
	if (!strstr(found->problem, problem) || !strstr(found->problem, "/etc/kubernetes/"))
		fail_msg("\"%s\" does not say \"%s\" of the file", found->problem, problem);
}

static void every_kind_of_credential(void **state)
{
	struct fixture *fixture = *state;

	assert_kind(fixture, HEAD USER "{client-certificate: /a, client-key: /b, token: t}\n",
		    CREDENTIAL_CERTIFICATE);
	assert_string_equal(fixture->found.user, "u");
	assert_string_equal(fixture->found.certificate_path, "/a");
	assert_string_equal(fixture->found.key_path, "/b");
	assert_kind(fixture, HEAD USER "{token: t, exec: {command: x}}\n", CREDENTIAL_TOKEN);
	assert_null(fixture->found.token_path);
	assert_kind(fixture, HEAD USER "{tokenFile: run/t, token: t}\n", CREDENTIAL_TOKEN);
	assert_string_equal(fixture->found.token_path, "/etc/kubernetes/run/t");
	assert_kind(fixture, HEAD USER "\n    exec:\n      command: aws\n      args: [eks]\n",
		    CREDENTIAL_EXEC);
	assert_kind(fixture, HEAD USER "{auth-provider: {name: gcp}, username: x}\n",
		    CREDENTIAL_EXEC);
	assert_kind(fixture, HEAD USER "{username: x, password: y}\n", CREDENTIAL_BASIC);
	assert_kind(fixture, HEAD USER "{}\n", CREDENTIAL_NONE);
	assert_kind(fixture, HEAD USER "null\n", CREDENTIAL_NONE);
	assert_kind(fixture, HEAD USER "{token: '', exec: null, username: ~}\n", CREDENTIAL_NONE);
}

static void reads_json(void **state)
{
	struct fixture *fixture = *state;

	assert_kind(fixture,
		    "{\"kind\":\"Config\",\"current-context\":\"c\",\"contexts\":[{\"name\":\"c\","
		    "\"context\":{\"user\":\"u\"}}],\"users\":[{\"name\":\"u\",\"user\":{"
		    "\"client-certificate\":\"pki/a.crt\",\"client-key\":\"pki/a.key\"}}]}",
		    CREDENTIAL_CERTIFICATE);
	assert_string_equal(fixture->found.certificate_path, "/etc/kubernetes/pki/a.crt");
	assert_string_equal(fixture->found.key_path, "/etc/kubernetes/pki/a.key");
}

static void data_go_over_files(void **state)
{
	struct fixture *fixture = *state;
	struct scratch scratch;
	CLEANUP_BUFFER struct text_buffer pem = { 0 }, text = { 0 };

	scratch_make(&scratch);
	scratch_certificate(&scratch, "n", "/CN=inline");
	scratch_load(&scratch, "n.crt", &pem);
	scratch_remove(&scratch);
	CLEANUP_FREE char *data = calloc(2, pem.length);

	EVP_EncodeBlock((unsigned char *)data, (const unsigned char *)pem.data, (int)pem.length);
	buffer_printf(&text,
		      HEAD USER "{client-certificate: a, client-key: b, client-key-data: c2VjcmV0,"
				" client-certificate-data: %s}\n",
		      data);
	assert_kind(fixture, text.data, CREDENTIAL_CERTIFICATE);
	assert_null(fixture->found.certificate_path);
	assert_null(fixture->found.key_path);
	assert_true(fixture->found.has_inline_key);
	assert_int_equal(fixture->found.inline_certificate.status, FILE_READ);
	assert_string_equal(fixture->found.inline_certificate.certificates[0].common_name,
			    "inline");
	assert_kind(fixture, HEAD USER "{client-certificate-data: AAAA, client-key: b}\n",
		    CREDENTIAL_CERTIFICATE);
	assert_int_equal(fixture->found.inline_certificate.status, FILE_INVALID);
	assert_string_equal(fixture->found.key_path, "/etc/kubernetes/b");
}

static void says_what_is_missing(void **state)
{
	struct fixture *fixture = *state;

	assert_refused(fixture, "", "is empty");
	assert_refused(fixture, "# nothing\n", "is empty");
	assert_refused(fixture, "- a\n", "is not a mapping");
	assert_refused(fixture, "a: [\n", "is not YAML or JSON: line");
	assert_refused(fixture, "kind: KubeletConfiguration\n", "its kind is");
	assert_refused(fixture, "kind: Config\n", "has no current-context");
	assert_refused(fixture, "current-context: ''\n", "has no current-context");
	assert_refused(fixture, "current-context: x\ncontexts: []\n",
		       "has no entry named \"x\" in contexts");
	assert_refused(fixture, "current-context: x\ncontexts: [{name: x, context: {}}]\n",
		       "names no user");
	assert_refused(fixture, "current-context: x\ncontexts: [{name: x}]\n", "names no user");
	assert_refused(fixture, HEAD, "has no entry named \"u\" in users");
	assert_refused(fixture, HEAD "users: [{name: u}, {name: u}]\n", "has two users named");
	assert_refused(fixture, HEAD "users: [x]\n", "an item that is not a mapping");
	assert_refused(fixture, HEAD USER "[x]\n", "a user that is not a mapping");
	assert_refused(fixture, HEAD USER "text\n", "a user that is not a mapping");
	assert_refused(fixture, HEAD USER "{token: [x]}\n", "a token that is not text");
	assert_refused(fixture, HEAD USER "{client-certificate: \"a\\0b\", client-key: k}\n",
		       "has a NUL byte in client-certificate");
	assert_refused(fixture, HEAD USER "{client-certificate: a}\n", "without a key");
	assert_refused(fixture, HEAD USER "{client-certificate-data: '*', client-key: k}\n",
		       "is not valid base64");
}

static const struct kubeconfig_facts *facts_of(struct fixture *fixture, const char *cluster,
					       const char *user)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_printf(&text, HEAD "clusters: [{name: k, cluster: {%s}}]\n" USER "{%s}\n", cluster,
		      user);
	assert_int_equal(kubeconfig_parse(text.data, text.length, "/etc/kubernetes/kubelet.conf",
					  fixture->arena, &fixture->found),
			 0);
	return &fixture->found.facts;
}

static void what_the_context_says_besides(void **state)
{
	struct fixture *fixture = *state;
	const struct kubeconfig_facts *facts =
		facts_of(fixture, "server: https://x:6443, certificate-authority: pki/ca.crt",
			 "exec: {command: aws}");

	assert_true(facts->is_known);
	assert_string_equal(facts->server, "https://x:6443");
	assert_int_equal(facts->context_count, 2);
	assert_true(facts->has_authority);
	assert_string_equal(fixture->found.authority_path, "/etc/kubernetes/pki/ca.crt");
	assert_false(facts->skips_verification || facts->has_static_token ||
		     facts->has_basic_auth || facts->impersonates);
	facts = facts_of(fixture,
			 "insecure-skip-tls-verify: yes, certificate-authority: a, "
			 "certificate-authority-data: AAAA",
			 "client-certificate: a, client-key: b, token: t, password: p, as: root");
	assert_true(facts->is_known && facts->skips_verification && facts->has_static_token &&
		    facts->has_basic_auth && facts->impersonates);
	assert_string_equal(facts->server, "");
	assert_null(fixture->found.authority_path);
	assert_int_equal(facts->authority.status, FILE_INVALID);
	assert_int_equal(fixture->found.kind, CREDENTIAL_CERTIFICATE);
	facts = facts_of(fixture, "insecure-skip-tls-verify: no", "username: u, tokenFile: /t");
	assert_true(facts->has_basic_auth);
	assert_false(facts->skips_verification || facts->has_static_token || facts->has_authority);
	assert_true(facts_of(fixture, "", "as-groups: [system:masters]")->impersonates);
	assert_false(facts_of(fixture, "", "as: ''")->impersonates);
}

static void facts_that_cannot_be_told(void **state)
{
	struct fixture *fixture = *state;
	const struct kubeconfig_facts *facts =
		facts_of(fixture, "insecure-skip-tls-verify: \"true\"", "token: t");

	assert_false(facts->is_known);
	assert_non_null(strstr(facts->problem, "is no boolean"));
	assert_int_equal(fixture->found.kind, CREDENTIAL_TOKEN);
	assert_null(fixture->found.problem);
	facts = facts_of(fixture, "certificate-authority-data: '*'", "token: t");
	assert_non_null(strstr(facts->problem, "is not valid base64"));
	parse(fixture, HEAD "clusters: []\n" USER "{token: t}\n");
	assert_false(fixture->found.facts.is_known);
	assert_non_null(strstr(fixture->found.facts.problem, "has no entry named \"k\""));
	parse(fixture, "kind: Config\n");
	assert_false(fixture->found.facts.is_known);
	assert_non_null(strstr(fixture->found.facts.problem, "has no current-context"));
}

/* Many aliases of one long token: it is wiped once. Wiping it for each alias takes half a minute.
 */
static void aliases_cost_no_time(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	buffer_text(&text, HEAD USER "{token: &a ");
	for (size_t i = 0; i < (3 << 20); i++)
		buffer_text(&text, "x");
	buffer_text(&text, "}\nextra: [*a");
	for (size_t i = 0; i < 150000; i++)
		buffer_text(&text, ", *a");
	buffer_text(&text, "]\n");
	alarm(10);
	assert_kind(fixture, text.data, CREDENTIAL_TOKEN);
	alarm(0);
}

static void reads_files(void **state)
{
	struct fixture *fixture = *state;
	CLEANUP_FREE char *large = calloc(1, CONFIG_BYTES_MAX + 1);
	struct scratch scratch;
	struct kubeconfig found;

	scratch_make(&scratch);
	scratch_text(&scratch, "etc/k.conf", HEAD USER "{token: t}\n");
	scratch_write(&scratch, "large", large, CONFIG_BYTES_MAX + 1);
	assert_int_equal(kubeconfig_read(scratch.root, "/etc/k.conf", fixture->arena, &found), 0);
	assert_int_equal(found.kind, CREDENTIAL_TOKEN);
	assert_int_equal(kubeconfig_read(scratch.root, "/absent", fixture->arena, &found), 0);
	assert_int_equal(found.status, FILE_ABSENT);
	assert_string_equal(found.problem, "/absent does not exist");
	assert_int_equal(kubeconfig_read(scratch.root, "/large", fixture->arena, &found), 0);
	assert_int_equal(found.status, FILE_UNREADABLE);
	assert_int_equal(found.kind, CREDENTIAL_UNKNOWN);
	assert_int_equal(kubeconfig_read(scratch.root, "/etc", fixture->arena, &found), 0);
	assert_int_equal(found.status, FILE_UNREADABLE);
	scratch_remove(&scratch);
}

static void joins_paths_as_go_does(void **state)
{
	struct fixture *fixture = *state;
	struct arena *arena = fixture->arena;

	assert_string_equal(path_resolve(arena, "/a/b", "/x/../y"), "/x/../y");
	assert_string_equal(path_resolve(arena, "/a/b", "c"), "/a/b/c");
	assert_string_equal(path_resolve(arena, "/a/b/", "./c//d/"), "/a/b/c/d");
	assert_string_equal(path_resolve(arena, "/a/b", "../../../c"), "/c");
	assert_string_equal(path_resolve(arena, "/", ".."), "/");
	assert_string_equal(path_resolve(arena, "/a", "..b/.c"), "/a/..b/.c");
	assert_string_equal(path_directory(arena, "/a/b"), "/a");
	assert_string_equal(path_directory(arena, "/a"), "/");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_kind_of_credential),	 TEST(reads_json),
		TEST(data_go_over_files),	 TEST(says_what_is_missing),
		TEST(aliases_cost_no_time),	 TEST(reads_files),
		TEST(joins_paths_as_go_does),	 TEST(what_the_context_says_besides),
		TEST(facts_that_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
