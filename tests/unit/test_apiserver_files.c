/* SPDX-License-Identifier: Apache-2.0 */
/* What kube-apiserver's flags and files of authorization, authentication and encryption make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control_plane_node.h"
#include "observe/control_plane/encryption.h"

#define HEAD(kind) "apiVersion: apiserver.config.k8s.io/v1\nkind: " kind "\n"
#define AUTHZ	   HEAD("AuthorizationConfiguration")
#define AUTHN	   HEAD("AuthenticationConfiguration")
#define ENC	   HEAD("EncryptionConfiguration")
#define ONE(text)  ENC "resources: [{resources: " text "}]\n"
#define KEY	   "c2VjcmV0IGlzIHNlY3VyZQ=="

/* ---- authorization */

static void modes_are_the_flags_without_a_file(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-mode=Node,RBAC");
	assert_setting(node, "authorization.modes", "Node,RBAC", "flag");
	assert_detail(node, "authorization.modes", "--authorization-mode is set on the command");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_setting(node, "authorization.modes", "AlwaysAllow", "default:flag");
}

static void modes_are_the_files_in_its_order(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/authz.yaml",
		   AUTHZ "authorizers:\n- {type: Node, name: node}\n"
			 "- type: Webhook\n  name: w\n  webhook: {}\n"
			 "- {type: RBAC, name: rbac}\n");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-config=/authz.yaml");
	assert_setting(node, "authorization.modes", "Node,Webhook,RBAC", "config:/authz.yaml");
	assert_int_equal(node->component.problem_count, 0);
	assert_string_equal(node->component.inputs[0].path, "/authz.yaml");
}

static void modes_of_a_bad_file_are_unknown(void **state)
{
	static const char *const BAD[] = {
		"",
		"- a\n",
		"kind: AuthorizationConfiguration\nauthorizers: [{type: Node}]\n",
		AUTHZ,
		AUTHZ "authorizers: Node\n",
		AUTHZ "authorizers: [Node]\n",
		AUTHZ "authorizers: [{type: 1}]\n",
		AUTHN "authorizers: [{type: Node}]\n",
	};
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-config=/absent");
	assert_unknown(node, "authorization.modes");
	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		tree_write(&node->tree, "/authz.yaml", BAD[i]);
		OBSERVE_KIND(node, APISERVER, "kube-apiserver",
			     "--authorization-config=/authz.yaml");
		assert_unknown(node, "authorization.modes");
		assert_detail(node, "authorization.modes", "/authz.yaml");
		assert_setting(node, "--profiling", "true", "default:flag");
	}
}

/* ---- anonymous requests */

static void anonymous_requests_are_the_flags_without_a_file(void **state)
{
	struct kubelet_node *node = *state;

	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-mode=RBAC");
	assert_setting(node, "anonymous.enabled", "true", "default:flag");
	assert_unset(node, "anonymous.paths");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--anonymous-auth=false");
	assert_setting(node, "anonymous.enabled", "false", "flag");
	/* With AlwaysAllow there are none. */
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--anonymous-auth=true");
	assert_setting(node, "anonymous.enabled", "false", "flag");
	assert_detail(node, "anonymous.enabled", "AlwaysAllow");
}

static void a_file_limits_anonymous_requests(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/authn.yaml",
		   AUTHN "anonymous:\n  enabled: true\n  conditions:\n"
			 "  - path: /livez\n  - path: /readyz\n");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authorization-mode=RBAC",
		     "--authentication-config=/authn.yaml");
	assert_setting(node, "anonymous.enabled", "true", "config:/authn.yaml");
	assert_setting(node, "anonymous.paths", "/livez,/readyz", "config:/authn.yaml");
	assert_detail(node, "anonymous.enabled", "for /livez,/readyz alone");
	tree_write(&node->tree, "/authn.yaml", AUTHN "anonymous: {enabled: true}\n");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authentication-config=/authn.yaml");
	assert_setting(node, "anonymous.enabled", "true", "config:/authn.yaml");
	assert_unset(node, "anonymous.paths");
	/* A file without the entry leaves it to the flag. */
	tree_write(&node->tree, "/authn.yaml", AUTHN "jwt: []\n");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--authentication-config=/authn.yaml",
		     "--anonymous-auth=false");
	assert_setting(node, "anonymous.enabled", "false", "flag");
}

static void a_bad_file_leaves_anonymous_requests_unknown(void **state)
{
	static const char *const BAD[] = {
		"kind: x\n",
		AUTHN "anonymous: true\n",
		AUTHN "anonymous: {enabled: 'false'}\n",
		AUTHN "anonymous: {enabled: true, conditions: [/a]}\n",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		tree_write(&node->tree, "/authn.yaml", BAD[i]);
		OBSERVE_KIND(node, APISERVER, "kube-apiserver",
			     "--authentication-config=/authn.yaml", "--anonymous-auth=false");
		assert_unknown(node, "anonymous.enabled");
		assert_unknown(node, "anonymous.paths");
	}
}

/* ---- encryption */

static void providers_are_named_for_each_resource(void **state)
{
	struct kubelet_node *node = *state;

	tree_write(&node->tree, "/enc.yaml",
		   ENC "resources:\n- resources: [secrets, configmaps]\n"
		       "  providers:\n"
		       "  - aescbc: {keys: [{name: k, secret: " KEY "}]}\n"
		       "  - identity: {}\n"
		       "- resources: ['*.apps']\n"
		       "  providers: [{identity: {}, kms: null}]\n");
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--encryption-provider-config=/enc.yaml");
	assert_setting(node, "encryption.first-providers",
		       "secrets=aescbc,configmaps=aescbc,*.apps=identity", "config:/enc.yaml");
	assert_setting(node, "encryption.providers",
		       "secrets=aescbc,secrets=identity,configmaps=aescbc,configmaps=identity,"
		       "*.apps=identity",
		       "config:/enc.yaml");
	assert_int_equal(node->component.problem_count, 0);
	OBSERVE_KIND(node, APISERVER, "kube-apiserver");
	assert_unset(node, "encryption.first-providers");
}

static void bad_encryption_is_unknown_and_shows_no_key(void **state)
{
	static const char *const BAD[] = {
		KEY,
		ENC "resources:\n- resources: [secrets]\n",
		ONE("[secrets], providers: []"),
		ONE("[secrets], providers: [{" KEY ": {}}]"),
		ONE("['" KEY "'], providers: [{kms: {}}]"),
		ONE("[secrets], providers: [{kms: {}, identity: {}}]"),
		ENC "resources: [{\"" KEY "\n",
		"secret: " KEY "\n" KEY ": [\n",
	};
	struct kubelet_node *node = *state;

	for (size_t i = 0; i < ARRAY_SIZE(BAD); i++) {
		tree_write(&node->tree, "/enc.yaml", BAD[i]);
		OBSERVE_KIND(node, APISERVER, "kube-apiserver",
			     "--encryption-provider-config=/enc.yaml");
		assert_unknown(node, "encryption.first-providers");
		assert_unknown(node, "encryption.providers");
		assert_int_equal(node->component.problem_count, 1);
		assert_null(strstr(node->component.problems[0].message, KEY));
		assert_null(strstr(setting_of(node, "encryption.providers")->detail, KEY));
	}
	OBSERVE_KIND(node, APISERVER, "kube-apiserver", "--encryption-provider-config=/absent");
	assert_unknown(node, "encryption.providers");
	assert_detail(node, "encryption.providers", "/absent does not exist");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, kubelet_node_setup, kubelet_node_teardown)
		TEST(modes_are_the_flags_without_a_file),
		TEST(modes_are_the_files_in_its_order),
		TEST(modes_of_a_bad_file_are_unknown),
		TEST(anonymous_requests_are_the_flags_without_a_file),
		TEST(a_file_limits_anonymous_requests),
		TEST(a_bad_file_leaves_anonymous_requests_unknown),
		TEST(providers_are_named_for_each_resource),
		TEST(bad_encryption_is_unknown_and_shows_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
