/* SPDX-License-Identifier: Apache-2.0 */
/* The judging functions of the control plane, on components that are made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

#define LIST(...)                                                                                  \
	(struct value)                                                                             \
	{                                                                                          \
		.kind = VALUE_LIST,                                                                \
		.list = { (const char *const[]){ __VA_ARGS__ },                                    \
			  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *) },         \
	}
#define UNKNOWN ((struct value){ .kind = VALUE_UNKNOWN })
#define UNSET	((struct value){ .kind = VALUE_UNSET })

static struct component components[3];
static struct setting lists[3][SETTINGS_MAX];
static struct process processes[3];
static struct named_certificates files[3];
static struct certificate certificates[3];

/* A node without components; each test adds its own. */
static int make_empty(void **state)
{
	make_fixture(state);
	struct fixture *fixture = *state;

	fixture->node.components = components;
	fixture->node.component_count = 0;
	return 0;
}

static struct component *add(struct fixture *fixture, enum component_kind kind)
{
	size_t index = fixture->node.component_count++;

	memset(lists[index], 0, sizeof(lists[index]));
	processes[index] = (struct process){ .pid = 900 + (pid_t)index, .netns = HOST_NETNS };
	components[index] = (struct component){ .kind = kind,
						.process = &processes[index],
						.settings_known = true,
						.settings = lists[index] };
	return &components[index];
}

static int compare(const void *one, const void *other)
{
	return strcmp(((const struct setting *)one)->name, ((const struct setting *)other)->name);
}

static void give(struct component *component, const char *name, struct value value)
{
	struct setting *list = lists[component - components];
	size_t index = 0;

	while (index < component->setting_count && !text_equal(list[index].name, name))
		index++;
	assert_true(index < SETTINGS_MAX);
	if (index == component->setting_count)
		component->setting_count++;
	list[index] = (struct setting){
		.name = name, .value = value, .source = { .kind = SOURCE_FLAG }, .detail = name
	};
	qsort(list, component->setting_count, sizeof(*list), compare);
}

/* A file with one certificate, whose public key has that hash. */
static void give_file(struct component *component, const char *name, const char *key)
{
	size_t index = (size_t)(component - components);
	struct certificate *certificate = &certificates[index];

	*certificate = (struct certificate){ .common_name = key,
					     .not_before = NOW_S - 10,
					     .not_after = NOW_S + 10 };
	memcpy(certificate->spki_sha256, key, strlen(key) + 1);
	files[index] = (struct named_certificates){
		.name = name,
		.file = { .path = name,
			  .status = FILE_READ,
			  .certificates = certificate,
			  .count = 1 },
	};
	component->certificates = &files[index];
	component->certificate_count = 1;
	give(component, name, text_value("/ca.crt"));
}

static const struct finding *expect(struct fixture *fixture, const char *check,
				    enum verdict verdict)
{
	const struct finding *finding = judge_one(fixture, check);

	if (finding->verdict != verdict)
		fail_msg("%s: verdict %d, not %d", check, finding->verdict, verdict);
	return finding;
}

static void anonymous_requests_by_flag_or_by_configuration(void **state)
{
	static const char CHECK[] = "apiserver.anonymous-auth";
	struct fixture *fixture = *state;
	struct component *apiserver = add(fixture, COMPONENT_APISERVER);

	give(apiserver, "--anonymous-auth", boolean_value(true));
	expect(fixture, CHECK, VERDICT_FAIL);
	give(apiserver, "anonymous.enabled", boolean_value(false));
	expect(fixture, CHECK, VERDICT_PASS);
	give(apiserver, "anonymous.enabled", boolean_value(true));
	expect(fixture, CHECK, VERDICT_FAIL);
	give(apiserver, "anonymous.paths", LIST("/livez", "/healthz"));
	const struct finding *finding = expect(fixture, CHECK, VERDICT_PASS);

	assert_string_equal(finding->value, "true for /livez,/healthz");
	give(apiserver, "anonymous.paths", LIST("/livez", "/healthz/x", "/readyz"));
	finding = expect(fixture, CHECK, VERDICT_FAIL);
	assert_true(has_evidence(finding, "/healthz/x is no health check*"));
	give(apiserver, "anonymous.paths", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, "anonymous.enabled", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, "anonymous.enabled", UNSET);
	expect(fixture, CHECK, VERDICT_FAIL);
	give(apiserver, "--anonymous-auth", boolean_value(false));
	expect(fixture, CHECK, VERDICT_PASS);
}

static void providers_are_judged_by_the_first_of_each_resource(void **state)
{
	static const char CHECK[] = "apiserver.encryption-strength";
	static const char FIRST[] = "encryption.first-providers";
	struct fixture *fixture = *state;
	struct component *apiserver = add(fixture, COMPONENT_APISERVER);

	give(apiserver, "--encryption-provider-config", UNSET);
	expect(fixture, CHECK, VERDICT_NOT_APPLICABLE);
	give(apiserver, "--encryption-provider-config", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, "--encryption-provider-config", text_value("/enc.yaml"));
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, FIRST, LIST("secrets=aescbc", "*.apps=kms"));
	expect(fixture, CHECK, VERDICT_PASS);
	give(apiserver, FIRST, LIST("*.*=secretbox"));
	expect(fixture, CHECK, VERDICT_PASS);
	give(apiserver, FIRST, LIST("*.=kms"));
	expect(fixture, CHECK, VERDICT_PASS);
	give(apiserver, FIRST, LIST("*.apps=kms"));
	expect(fixture, CHECK, VERDICT_FAIL);
	give(apiserver, FIRST, LIST("secrets=aescbc", "configmaps=identity"));
	const struct finding *finding = expect(fixture, CHECK, VERDICT_FAIL);

	assert_true(has_evidence(finding, "configmaps are written*identity: in plain text"));
	give(apiserver, FIRST, LIST("secrets=aesgcm"));
	finding = expect(fixture, CHECK, VERDICT_FAIL);
	assert_true(has_evidence(finding, "*aesgcm: none of*"));
	give(apiserver, FIRST, UNSET);
	expect(fixture, CHECK, VERDICT_FAIL);
	give(apiserver, FIRST, LIST("secrets"));
	expect(fixture, CHECK, VERDICT_FAIL);
}

static void a_pair_needs_both(void **state)
{
	static const char CHECK[] = "apiserver.tls-certificate";
	struct fixture *fixture = *state;
	struct component *apiserver = add(fixture, COMPONENT_APISERVER);

	give(apiserver, "--tls-cert-file", text_value("/c"));
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, "--tls-private-key-file", UNSET);
	const struct finding *finding = expect(fixture, CHECK, VERDICT_FAIL);

	assert_string_equal(finding->value, "/c");
	give(apiserver, "--tls-private-key-file", text_value("/k"));
	finding = expect(fixture, CHECK, VERDICT_PASS);
	assert_string_equal(finding->value, "/c, /k");
	give(apiserver, "--tls-cert-file", text_value(""));
	finding = expect(fixture, CHECK, VERDICT_FAIL);
	assert_string_equal(finding->value, "/k");
	give(apiserver, "--tls-cert-file", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void the_certificate_for_kubelets_is_valid(void **state)
{
	static const char CHECK[] = "apiserver.kubelet-client-certificate";
	struct fixture *fixture = *state;
	struct component *apiserver = add(fixture, COMPONENT_APISERVER);

	give_file(apiserver, "--kubelet-client-certificate", "a");
	give(apiserver, "--kubelet-client-key", text_value("/k"));
	expect(fixture, CHECK, VERDICT_PASS);
	certificates[0].not_after = NOW_S - 1;
	assert_true(has_evidence(expect(fixture, CHECK, VERDICT_FAIL), "*is expired"));
	certificates[0].not_after = NOW_S + 9;
	certificates[0].not_before = NOW_S + 1;
	assert_true(has_evidence(expect(fixture, CHECK, VERDICT_FAIL), "*is not valid yet"));
	files[0].file.status = FILE_UNREADABLE;
	files[0].file.problem = "it is a FIFO";
	assert_true(has_evidence(expect(fixture, CHECK, VERDICT_ERROR), "*it is a FIFO"));
	files[0].file = (struct certificate_file){ .status = FILE_ABSENT };
	assert_true(has_evidence(expect(fixture, CHECK, VERDICT_ERROR), "*is not there"));
	apiserver->certificate_count = 0;
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void authorities_are_compared_by_their_keys(void **state)
{
	static const char CHECK[] = "etcd.separate-ca";
	struct fixture *fixture = *state;
	struct component *etcd = add(fixture, COMPONENT_ETCD);

	give_file(etcd, "--trusted-ca-file", "aa");
	expect(fixture, CHECK, VERDICT_NOT_APPLICABLE);
	struct component *apiserver = add(fixture, COMPONENT_APISERVER);
	struct component *kubelet = add(fixture, COMPONENT_KUBELET);

	give_file(apiserver, "--client-ca-file", "bb");
	give_file(kubelet, "authentication.x509.clientCAFile", "cc");
	expect(fixture, CHECK, VERDICT_PASS);
	give_file(kubelet, "authentication.x509.clientCAFile", "aa");
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_HIGH);
	files[1].file.status = FILE_UNREADABLE;
	expect(fixture, CHECK, VERDICT_FAIL);
	give_file(kubelet, "authentication.x509.clientCAFile", "cc");
	expect(fixture, CHECK, VERDICT_ERROR);
	give(apiserver, "--client-ca-file", UNSET);
	assert_true(
		has_note(expect(fixture, CHECK, VERDICT_PASS), "*takes no client certificates*"));
	files[0].file.count = 0;
	expect(fixture, CHECK, VERDICT_ERROR);
	give(etcd, "--trusted-ca-file", UNSET);
	expect(fixture, CHECK, VERDICT_FAIL);
	give(etcd, "--trusted-ca-file", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void urls_of_etcd_are_judged_by_scheme_and_reach(void **state)
{
	static const char CHECK[] = "etcd.plaintext-listener";
	static const struct {
		const char *url;
		enum verdict verdict;
		enum severity severity;
	} URLS[] = {
		{ "https://10.0.0.1:2379", VERDICT_PASS, SEVERITY_CRITICAL },
		{ "unix://etcd.sock", VERDICT_PASS, SEVERITY_CRITICAL },
		{ "http://10.0.0.1:2379", VERDICT_FAIL, SEVERITY_CRITICAL },
		{ "http://[::]:2379", VERDICT_FAIL, SEVERITY_CRITICAL },
		{ "http://etcd.example:2379", VERDICT_FAIL, SEVERITY_CRITICAL },
		{ "http://127.0.0.1:2379", VERDICT_FAIL, SEVERITY_MEDIUM },
		{ "http://localhost:2379", VERDICT_FAIL, SEVERITY_MEDIUM },
		{ "http://127.0.0.1.example:2379", VERDICT_FAIL, SEVERITY_CRITICAL },
		{ "http://", VERDICT_FAIL, SEVERITY_CRITICAL },
	};
	struct fixture *fixture = *state;
	struct component *etcd = add(fixture, COMPONENT_ETCD);

	for (size_t i = 0; i < ARRAY_SIZE(URLS); i++) {
		give(etcd, "--listen-peer-urls", LIST("https://10.0.0.1:2380"));
		give(etcd, "--listen-client-urls", LIST("https://127.0.0.1:2379", URLS[i].url));
		assert_verdict(expect(fixture, CHECK, URLS[i].verdict), URLS[i].verdict,
			       URLS[i].severity);
		give(etcd, "--listen-client-urls", LIST("https://127.0.0.1:2379"));
		give(etcd, "--listen-peer-urls", LIST(URLS[i].url));
		assert_verdict(expect(fixture, CHECK, URLS[i].verdict), URLS[i].verdict,
			       URLS[i].severity);
	}
	give(etcd, "--listen-peer-urls", UNKNOWN);
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void a_wider_socket_of_etcd_raises(void **state)
{
	static const char CHECK[] = "etcd.plaintext-listener";
	struct fixture *fixture = *state;
	struct component *etcd = add(fixture, COMPONENT_ETCD);

	give(etcd, "--listen-peer-urls", LIST("https://10.0.0.1:2380"));
	give(etcd, "--listen-client-urls", LIST("http://127.0.0.1:2379"));
	struct listener *listener = listen_on(fixture, 2379);
	const struct process *owners[] = { &processes[0] };

	listener->owners = owners;
	listener->exposure = EXPOSURE_NODE;
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_CRITICAL);
	listener->port = 2381;
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_MEDIUM);
}

static void answers_of_etcd_make_it_worse(void **state)
{
	static const char CHECK[] = "etcd.plaintext-listener";
	struct fixture *fixture = *state;
	struct component *etcd = add(fixture, COMPONENT_ETCD);
	struct probe probe = { .pid = 900,
			       .port = 2379,
			       .path = "/health",
			       .outcome = PROBE_ANSWERED,
			       .status = 200 };

	give(etcd, "--listen-peer-urls", LIST("https://10.0.0.1:2380"));
	give(etcd, "--listen-client-urls", LIST("https://10.0.0.1:2379"));
	fixture->node.probes = &probe;
	fixture->node.probe_count = 1;
	expect(fixture, CHECK, VERDICT_PASS);
	fixture->node.probes_known = true;
	expect(fixture, CHECK, VERDICT_FAIL);
	probe.is_tls = true;
	expect(fixture, CHECK, VERDICT_FAIL);
	probe.asks_for_client_certificate = true;
	expect(fixture, CHECK, VERDICT_PASS);
	probe = (struct probe){ .pid = 900, .port = 2379, .outcome = PROBE_FAILED };
	expect(fixture, CHECK, VERDICT_PASS);
}

static void kube_proxy_is_no_administrator(void **state)
{
	static const char CHECK[] = "kube-proxy.identity";
	static const char *const MASTERS[] = { "a", "system:masters" };
	struct fixture *fixture = *state;
	struct component *proxy = add(fixture, COMPONENT_KUBE_PROXY);

	give(proxy, "enableProfiling", boolean_value(false));
	expect(fixture, CHECK, VERDICT_ERROR);
	proxy->identity.kind = CREDENTIAL_TOKEN;
	expect(fixture, CHECK, VERDICT_PASS);
	give(proxy, "enableProfiling", boolean_value(true));
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_MEDIUM);
	give_file(proxy, "kubeconfig", "a");
	proxy->identity.kind = CREDENTIAL_CERTIFICATE;
	proxy->identity.file = files[0].file;
	give(proxy, "enableProfiling", boolean_value(false));
	expect(fixture, CHECK, VERDICT_PASS);
	certificates[0].organizations = MASTERS;
	certificates[0].organization_count = 2;
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_CRITICAL);
	give(proxy, "enableProfiling", UNKNOWN);
	assert_verdict(expect(fixture, CHECK, VERDICT_FAIL), VERDICT_FAIL, SEVERITY_CRITICAL);
	proxy->identity.file.status = FILE_INVALID;
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void unknown_addresses_are_errors_unless_a_socket_tells(void **state)
{
	static const char CHECK[] = "controller-manager.bind-address";
	struct fixture *fixture = *state;
	struct component *manager = add(fixture, COMPONENT_CONTROLLER_MANAGER);

	give(manager, "--bind-address", UNKNOWN);
	give(manager, "--secure-port", integer_value(10257));
	expect(fixture, CHECK, VERDICT_ERROR);
	struct listener *listener = listen_on(fixture, 10257);
	const struct process *owners[] = { &processes[0] };

	listener->owners = owners;
	expect(fixture, CHECK, VERDICT_FAIL);
	listener->exposure = EXPOSURE_LOOPBACK;
	expect(fixture, CHECK, VERDICT_ERROR);
}

static void every_row_knows_unknown(void **state)
{
	static const enum component_kind KINDS[] = { COMPONENT_APISERVER, COMPONENT_ETCD,
						     COMPONENT_KUBE_PROXY };
	static const char *const FAMILIES[] = { "apiserver.*", "etcd.*", "kube-proxy.*" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(KINDS); i++)
		add(fixture, KINDS[i])->settings_known = false;
	for (size_t i = 0; i < ARRAY_SIZE(FAMILIES); i++) {
		assert_true(judge_all(fixture, FAMILIES[i]) > 0);
		for (size_t k = 0; k < fixture->findings.count; k++)
			if (fixture->findings.items[k].verdict != VERDICT_ERROR)
				fail_msg("%s", fixture->findings.items[k].check);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_empty, free_fixture)
	const struct CMUnitTest tests[] = {
		TEST(anonymous_requests_by_flag_or_by_configuration),
		TEST(providers_are_judged_by_the_first_of_each_resource),
		TEST(a_pair_needs_both),
		TEST(the_certificate_for_kubelets_is_valid),
		TEST(authorities_are_compared_by_their_keys),
		TEST(urls_of_etcd_are_judged_by_scheme_and_reach),
		TEST(a_wider_socket_of_etcd_raises),
		TEST(answers_of_etcd_make_it_worse),
		TEST(kube_proxy_is_no_administrator),
		TEST(unknown_addresses_are_errors_unless_a_socket_tells),
		TEST(every_row_knows_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
