/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-proxy's settings and identity (CIS section 4.3, and what it leaves out).
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "check/control_plane.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/row.h"

#define METRICS_PORT 10249
#define HEALTHZ_PORT 10256
#define CONFIG_PAGE  "https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/"
#define SET_FIELD(field)                                                                           \
	"set " field " in the configuration of kube-proxy (kubeadm: kubectl -n kube-system edit "  \
	"configmap kube-proxy) and restart kube-proxy"

/* The port of "127.0.0.1:10249" or "[::1]:10249"; no address is a server that is off. */
static int64_t port_of(const struct component *component, const char *name, int64_t usual)
{
	const struct setting *setting = component_setting(component, name);
	uint64_t port = 0;

	if (setting && setting->value.kind == VALUE_UNSET)
		return 0;
	if (!setting || setting->value.kind != VALUE_TEXT)
		return usual;
	const char *text = setting->value.text, *colon = strrchr(text, ':');
	bool has_port = colon && (strchr(text, ':') == colon || colon[-1] == ']');

	return has_port && text_to_unsigned(colon + 1, UINT16_MAX, &port) == 0 ? (int64_t)port
									       : usual;
}

static void judge_metrics(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);

	control_plane_judge_reach(
		&draft, component,
		port_of(component, judge->check->expectation.setting, METRICS_PORT));
}

static void judge_healthz(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);

	control_plane_judge_reach(
		&draft, component,
		port_of(component, judge->check->expectation.setting, HEALTHZ_PORT));
}

static bool is_of_masters(const struct certificate *leaf)
{
	for (size_t i = 0; i < leaf->organization_count; i++)
		if (text_equal(leaf->organizations[i], "system:masters"))
			return true;
	return false;
}

enum identity_answer { IDENTITY_OWN, IDENTITY_OF_MASTERS, IDENTITY_UNKNOWN };

/* Whose credential it is; what is known of it becomes evidence. A token's owner is not in it. */
static enum identity_answer ask_identity(struct draft *draft,
					 const struct client_identity *identity)
{
	const struct certificate_file *file = &identity->file;

	if (identity->detail)
		draft_evidence(draft, "config", "%s", identity->detail);
	if (identity->kind == CREDENTIAL_UNKNOWN || (identity->kind == CREDENTIAL_CERTIFICATE &&
						     (file->status != FILE_READ || !file->count))) {
		const char *problem = file->problem ? file->problem : identity->problem;

		draft_evidence(draft, "problem", "its credential was not read%s%s",
			       problem ? ": " : "", problem ? problem : "");
		return IDENTITY_UNKNOWN;
	}
	if (identity->kind != CREDENTIAL_CERTIFICATE)
		return IDENTITY_OWN;
	const struct certificate *leaf = &file->certificates[0];

	draft_evidence(draft, "certificate", "%s: its CN is \"%s\"%s", file->path,
		       leaf->common_name,
		       is_of_masters(leaf) ? ", and it is in system:masters" : "");
	return is_of_masters(leaf) ? IDENTITY_OF_MASTERS : IDENTITY_OWN;
}

static void judge_identity(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);
	enum identity_answer answer = ask_identity(&draft, &component->identity);

	if (answer == IDENTITY_OF_MASTERS) {
		draft_value(&draft, "system:masters");
		draft_source(&draft, SOURCE_CONFIG, component->identity.kubeconfig);
		draft_raise(&draft, SEVERITY_CRITICAL);
		draft_record(&draft, VERDICT_FAIL);
		return;
	}
	if (!draft_setting(&draft, component, judge->check->expectation.setting))
		return;
	draft_value(&draft, "%s=%s", judge->check->expectation.setting, draft.finding.value);
	if (!setting_is_false(component, judge->check->expectation.setting))
		draft_record(&draft, VERDICT_FAIL);
	else
		draft_record(&draft, answer == IDENTITY_OWN ? VERDICT_PASS : VERDICT_ERROR);
}

static const struct check ROWS[] = {
	{
		.id = "kube-proxy.metrics-bind-address",
		.title = "kube-proxy's metrics are reachable from outside the node",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBE_PROXY,
		.expectation = { EXPECT_LOOPBACK, "metricsBindAddress", NULL },
		.judge = judge_metrics,
		.reads = "--metrics-bind-address, metricsBindAddress (default: 127.0.0.1:10249), "
			 "and the listeners on that port",
		.expected = "a loopback address",
		.why = "The port has no credentials and no TLS, and shows how this node's "
		       "services are set up.",
		.remedy = SET_FIELD("metricsBindAddress: 127.0.0.1:10249"),
		.cis = CIS_SINCE_1_9("4.3.1"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kube-proxy.healthz-bind-address",
		.title = "kube-proxy's health check is reachable from outside the node",
		.severity = SEVERITY_INFO,
		.component = COMPONENT_KUBE_PROXY,
		.expectation = { EXPECT_LOOPBACK, "healthzBindAddress", NULL },
		.judge = judge_healthz,
		.reads = "--healthz-bind-address, healthzBindAddress (default: 0.0.0.0:10256), and "
			 "the listeners on that port",
		.expected = "a loopback address, unless load balancers ask it",
		.why = "It answers anyone, without credentials, whether this node serves; load "
		       "balancers of externalTrafficPolicy: Local need it, others do not.",
		.remedy = SET_FIELD("healthzBindAddress: 127.0.0.1:10256"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kube-proxy.identity",
		.title = "kube-proxy runs as an administrator, or serves profiles of itself",
		.severity = SEVERITY_MEDIUM,
		.severity_rules = "critical when its certificate is in system:masters",
		.component = COMPONENT_KUBE_PROXY,
		.expectation = { EXPECT_FALSE, "enableProfiling", NULL },
		.judge = judge_identity,
		.reads = "--profiling, enableProfiling (default: false), and the certificate of "
			 "its kubeconfig",
		.expected = "enableProfiling: false, and an identity of its own",
		.why = "Each node holds this credential: one of system:masters gives the cluster "
		       "to whoever reads one node's disk.",
		.remedy = "set enableProfiling: false in the configuration of kube-proxy, and give "
			  "it a kubeconfig of its own (the service account kube-proxy, or "
			  "CN=system:kube-proxy)",
		.references = REFERENCES(CONFIG_PAGE),
	},
};

const struct check_family KUBE_PROXY_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
