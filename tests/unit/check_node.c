/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check_node.h"

struct value boolean_value(bool boolean)
{
	return (struct value){ .kind = VALUE_BOOLEAN, .boolean = boolean };
}

struct value integer_value(int64_t integer)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = integer };
}

struct value text_value(const char *text)
{
	return (struct value){ .kind = VALUE_TEXT, .text = text };
}

static int compare_settings(const void *one, const void *other)
{
	return strcmp(((const struct setting *)one)->name, ((const struct setting *)other)->name);
}

void set(struct fixture *fixture, const char *name, struct value value)
{
	struct component *kubelet = &fixture->kubelets[0];
	struct setting setting = { .name = name,
				   .value = value,
				   .source = { SOURCE_CONFIG, "/etc/k.yaml" },
				   .detail = name };

	for (size_t i = 0; i < kubelet->setting_count; i++) {
		if (!text_equal(fixture->list[i].name, name))
			continue;
		fixture->list[i] = setting;
		return;
	}
	assert_true(kubelet->setting_count < SETTINGS_MAX);
	fixture->list[kubelet->setting_count++] = setting;
	qsort(fixture->list, kubelet->setting_count, sizeof(setting), compare_settings);
}

static void fill_settings(struct fixture *fixture)
{
	set(fixture, "address", text_value("0.0.0.0"));
	set(fixture, "port", integer_value(10250));
	set(fixture, "healthzPort", integer_value(10248));
	set(fixture, "authentication.anonymous.enabled", boolean_value(false));
	set(fixture, "authentication.webhook.enabled", boolean_value(true));
	set(fixture, "authentication.x509.clientCAFile", text_value("/etc/ca.crt"));
	set(fixture, "authorization.mode", text_value("Webhook"));
	set(fixture, "readOnlyPort", integer_value(0));
	set(fixture, "--cadvisor-port", integer_value(0));
	set(fixture, "rotateCertificates", boolean_value(true));
	set(fixture, "serverTLSBootstrap", boolean_value(true));
	set(fixture, "streamingConnectionIdleTimeout",
	    (struct value){ .kind = VALUE_DURATION, .integer = 300 * NS_PER_S });
	set(fixture, "tlsCertFile", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "tlsPrivateKeyFile", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "tlsCipherSuites", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "tlsMinVersion", text_value("VersionTLS13"));
	set(fixture, "healthzBindAddress", text_value("127.0.0.1"));
	set(fixture, "enableSystemLogQuery", boolean_value(false));
	set(fixture, "podPidsLimit", integer_value(4096));
	set(fixture, "seccompDefault", boolean_value(true));
	set(fixture, "protectKernelDefaults", boolean_value(true));
	set(fixture, "makeIPTablesUtilChains", boolean_value(true));
	set(fixture, "staticPodURL", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "allowedUnsafeSysctls", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "--kubeconfig", text_value("/etc/kubelet.conf"));
	set(fixture, "--hostname-override", (struct value){ .kind = VALUE_UNSET });
	set(fixture, "containerRuntimeEndpoint", text_value("unix:///run/cri.sock"));
	set(fixture, "eventRecordQPS", integer_value(50));
	set(fixture, "featureGates.AllAlpha", (struct value){ .kind = VALUE_UNSET });
}

static void fill_certificates(struct fixture *fixture)
{
	static const char *const organizations[] = { "system:nodes" };
	static const char *const names[] = { "DNS:n1", "IP:10.0.0.5" };

	fixture->leaf = (struct certificate){ .common_name = "system:node:n1",
					      .organizations = organizations,
					      .organization_count = 1,
					      .not_before = NOW_S - 100,
					      .not_after = NOW_S + 900,
					      .key_type = "EC",
					      .key_bits = 256,
					      .signature_digest = "SHA256",
					      .has_extended_usages = true,
					      .allows_client_auth = true };
	fixture->serving = fixture->leaf;
	fixture->serving.issuer = "CN=kubernetes";
	fixture->serving.allows_client_auth = false;
	fixture->serving.allows_server_auth = true;
	fixture->serving.names = names;
	fixture->serving.name_count = ARRAY_SIZE(names);
	fixture->authority = (struct certificate){ .common_name = "kubernetes",
						   .is_ca = true,
						   .not_before = NOW_S - 100,
						   .not_after = NOW_S + 900 };
	fixture->kubelets[0].identity =
		(struct client_identity){ .kind = CREDENTIAL_CERTIFICATE,
					  .kubeconfig = "/etc/kubelet.conf",
					  .file = { .path = "/pki/current.pem",
						    .status = FILE_READ,
						    .certificates = &fixture->leaf,
						    .count = 1 },
					  .facts = { .is_known = true,
						     .server = "https://10.0.0.1:6443",
						     .has_authority = true } };
	fixture->certificates[0] = (struct named_certificates){
		.name = "authentication.x509.clientCAFile",
		.file = { .path = "/etc/ca.crt",
			  .status = FILE_READ,
			  .certificates = &fixture->authority,
			  .count = 1 },
	};
	fixture->certificates[1] = (struct named_certificates){
		.name = "kubelet-server-current.pem",
		.file = { .path = "/pki/kubelet-server-current.pem",
			  .status = FILE_READ,
			  .certificates = &fixture->serving,
			  .count = 1,
			  .signed_by = "/etc/ca.crt" },
	};
	fixture->kubelets[0].certificates = fixture->certificates;
	fixture->kubelets[0].certificate_count = 2;
}

int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	fixture->arena = arena_new();
	fixture->process = (struct process){ .pid = 900,
					     .start_ticks = 77,
					     .started_at_ns = (NOW_S - 1000) * NS_PER_S,
					     .exe = "/usr/bin/kubelet",
					     .name = "kubelet",
					     .unit = "kubelet.service",
					     .netns = HOST_NETNS };
	fixture->other_process = (struct process){ .pid = 901, .exe = "/usr/bin/nc" };
	fixture->owners[0] = &fixture->process;
	fixture->other_owners[0] = &fixture->other_process;
	fixture->kubelets[0] = (struct component){ .kind = COMPONENT_KUBELET,
						   .process = &fixture->process,
						   .node_name = "n1",
						   .settings_known = true,
						   .settings = fixture->list };
	fixture->socket = (struct file_fact){ .object = "cri-socket",
					      .path = "/run/cri.sock",
					      .pid = 900,
					      .status = FILE_READ,
					      .mode = 0140660 };
	fill_settings(fixture);
	fill_certificates(fixture);
	fixture->rules[0] =
		(struct port_rule){ .name = "read-only", .port = 10255, .action = ACTION_REFUSE };
	fixture->rules[1] =
		(struct port_rule){ .name = "cadvisor", .port = 4194, .action = ACTION_FLAG };
	fixture->settings = (struct settings){ .ports = fixture->rules, .port_count = 2 };
	fixture->node = (struct node){ .name = "n1",
				       .now_ns = NOW_S * NS_PER_S,
				       .host_netns = HOST_NETNS,
				       .components = fixture->kubelets,
				       .component_count = 1,
				       .files = &fixture->socket,
				       .file_count = 1,
				       .listeners_known = true,
				       .listeners = fixture->listeners };
	*state = fixture;
	return 0;
}

int free_fixture(void **state)
{
	struct fixture *fixture = *state;

	arena_free(fixture->arena);
	free(fixture);
	return 0;
}

struct listener *listen_on(struct fixture *fixture, uint16_t port)
{
	struct listener *listener = &fixture->listeners[fixture->node.listener_count++];

	*listener = (struct listener){ .transport = TRANSPORT_TCP,
				       .address = { .is_ipv6 = true },
				       .port = port,
				       .netns = HOST_NETNS,
				       .is_in_host_netns = true,
				       .exposure = EXPOSURE_ANY,
				       .owners = fixture->owners,
				       .owner_count = 1 };
	return listener;
}

size_t judge_all(struct fixture *fixture, const char *pattern)
{
	struct check_selection selection = { &pattern, 1 };

	assert_int_equal(checks_judge(&fixture->node, &fixture->settings, &selection,
				      fixture->arena, &fixture->findings),
			 0);
	return fixture->findings.count;
}

const struct finding *judge_one(struct fixture *fixture, const char *check)
{
	assert_int_equal(judge_all(fixture, check), 1);
	assert_string_equal(fixture->findings.items[0].check, check);
	return &fixture->findings.items[0];
}

bool has_evidence(const struct finding *finding, const char *glob)
{
	for (size_t i = 0; i < finding->evidence_count; i++)
		if (text_matches_glob(finding->evidence[i].detail, glob))
			return true;
	return false;
}

bool has_note(const struct finding *finding, const char *glob)
{
	for (size_t i = 0; i < finding->note_count; i++)
		if (text_matches_glob(finding->notes[i], glob))
			return true;
	return false;
}
