/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ports that the kubelet serves. A live listener makes a verdict worse and never better: a port
 * that is closed in the settings and open in the socket table is a fail, a port that is open in the
 * settings stays a fail until they change.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/kubelet_ports.h"
#include "check/probes.h"
#include "check/row.h"
#include "model/address.h"

#define CONFIG_PAGE "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"

/* CVE-2025-0426: POST /checkpoint without credentials on the read-only port. A patch that is not
 * known does not count as one of these. */
static bool has_open_checkpoint(const struct component *kubelet)
{
	static const struct version LAST_OPEN[] = { { 1, 30, 9 }, { 1, 31, 5 }, { 1, 32, 1 } };
	struct version version;

	if (version_parse(kubelet->version, &version) < 0 || version.patch < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(LAST_OPEN); i++)
		if (version.major == LAST_OPEN[i].major && version.minor == LAST_OPEN[i].minor)
			return version.patch <= LAST_OPEN[i].patch;
	return false;
}

/* What its plain ports served to a client without credentials. */
static void draft_read_only_answers(struct draft *draft, const struct component *kubelet)
{
	const struct node *node = draft->judge->node;

	for (size_t i = 0; node->probes_known && i < node->probe_count; i++)
		if (node->probes[i].pid == kubelet->process->pid && !node->probes[i].is_tls &&
		    text_equal(node->probes[i].path, "/pods"))
			draft_probe(draft, &node->probes[i]);
}

static void record_open_read_only_port(struct draft *draft, const struct component *kubelet)
{
	if (has_open_checkpoint(kubelet)) {
		draft_raise(draft, SEVERITY_CRITICAL);
		draft_evidence(draft, "version",
			       "kubelet %s takes POST /checkpoint on this port without credentials "
			       "(CVE-2025-0426)",
			       kubelet->version);
	}
	draft_read_only_answers(draft, kubelet);
	draft_record(draft, VERDICT_FAIL);
}

/* The socket is open although the settings on disk do not say so. */
static void draft_live_port(struct draft *draft, const struct component *kubelet,
			    const struct listener *listener)
{
	const char *name = draft->judge->check->expectation.setting;

	draft_listener(draft, listener);
	draft_setting_detail(draft, component_setting(kubelet, name));
	if (kubelet_port_is_closed(kubelet, name))
		draft_evidence(
			draft, "live",
			"the kubelet listens on %u although %s does not ask for it: it was "
			"started with other settings than those on disk, and needs a restart",
			listener->port, name);
	draft_value(draft, "%u", listener->port);
	draft_source(draft, SOURCE_LIVE, NULL);
	draft->finding.exposure = listener->exposure;
}

/* The listener that contradicts a port setting which is 0, unset or unknown. */
static const struct listener *contradicting_listener(const struct node *node,
						     const struct component *kubelet,
						     const char *setting,
						     port_claim_function *claim)
{
	return setting_integer(kubelet, setting) > 0
		       ? NULL
		       : kubelet_claimed_listener(node, kubelet, claim);
}

/* Judges a port setting that must be 0; true when it is (or may be) open and the draft waits to be
 * recorded as a fail. */
static bool is_port_open(struct draft *draft, const struct component *kubelet,
			 port_claim_function *claim)
{
	const char *name = draft->judge->check->expectation.setting;
	const struct listener *live =
		contradicting_listener(draft->judge->node, kubelet, name, claim);

	if (live) {
		draft_live_port(draft, kubelet, live);
		return true;
	}
	int64_t port = setting_integer(kubelet, name);

	draft->finding.exposure = draft_reach(draft, kubelet, port);
	const struct setting *setting = draft_setting(draft, kubelet, name);

	if (!setting)
		return false;
	if (port > 0) {
		const struct listener *open = component_listener(draft->judge->node, kubelet, port);

		if (open)
			draft_listener(draft, open);
		return true;
	}
	draft->finding.exposure = EXPOSURE_NONE;
	if (port == 0 || setting->value.kind == VALUE_UNSET)
		draft_record(draft, VERDICT_PASS);
	else
		draft_record_error(draft, "%s is no port number", name);
	return false;
}

static void judge_read_only_port(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);

	if (is_port_open(&draft, kubelet, kubelet_read_only_claim))
		record_open_read_only_port(&draft, kubelet);
}

static void judge_cadvisor_port(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);

	if (is_port_open(&draft, kubelet, kubelet_cadvisor_claim))
		draft_record(&draft, VERDICT_FAIL);
}

/* Since 1.34 the setting is accepted and does nothing. */
static void judge_streaming_idle_timeout(struct judge *judge, const struct component *kubelet)
{
	int minor = component_minor(kubelet);
	struct draft draft = draft_on_server(judge, kubelet);

	if (minor >= 34) {
		draft_record_not_applicable(&draft,
					    "kubelet %s ignores it: it has no effect since 1.34",
					    kubelet->version);
		return;
	}
	if (minor < 0)
		draft_note(&draft, "the kubelet's version is not known: since 1.34 the setting has "
				   "no effect");
	const struct setting *setting =
		draft_setting(&draft, kubelet, judge->check->expectation.setting);

	if (setting)
		draft_record(&draft,
			     setting->value.kind == VALUE_DURATION && setting->value.integer > 0
				     ? VERDICT_PASS
				     : VERDICT_FAIL);
}

static enum exposure exposure_of_text(const struct setting *address)
{
	struct address parsed;

	if (!address || address->value.kind != VALUE_TEXT ||
	    address_parse(address->value.text, &parsed) < 0)
		return EXPOSURE_ANY;
	return address_exposure(&parsed);
}

/* A socket that others reach is worse than what the settings say, never better. */
static void judge_healthz_bind_address(struct judge *judge, const struct component *kubelet)
{
	int64_t port = setting_integer(kubelet, "healthzPort");
	const struct listener *live = component_listener(judge->node, kubelet, port);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_UNKNOWN)
		return;
	draft.finding.exposure =
		exposure_of_text(component_setting(kubelet, judge->check->expectation.setting));
	if (live) {
		draft_listener(&draft, live);
		draft.finding.exposure = live->exposure;
	} else if (port == 0) {
		draft_note(&draft, "healthzPort is 0: the endpoint is off");
		draft.finding.exposure = EXPOSURE_NONE;
		answer = EXPECTATION_HOLDS;
	}
	if (live && live->exposure > EXPOSURE_LOOPBACK && answer == EXPECTATION_HOLDS) {
		draft_source(&draft, SOURCE_LIVE, NULL);
		answer = EXPECTATION_FAILS;
	}
	expectation_record(&draft, answer);
}

/* `kubectl logs` and `exec` need the first; the others are for those who debug the kubelet. */
static void judge_debug_handlers(struct judge *judge, const struct component *kubelet)
{
	static const char *const REPORTED[] = { "enableDebuggingHandlers", "enableProfilingHandler",
						"enableDebugFlagsHandler",
						"enableContentionProfiling" };
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	for (size_t i = 0; i < ARRAY_SIZE(REPORTED); i++) {
		const struct setting *setting = component_setting(kubelet, REPORTED[i]);

		if (setting && setting->value.kind == VALUE_BOOLEAN)
			draft_note(&draft, "%s is %s", REPORTED[i],
				   setting->value.boolean ? "true" : "false");
	}
	if (answer == EXPECTATION_FAILS)
		draft_raise(&draft, SEVERITY_MEDIUM);
	expectation_record(&draft, answer);
}

static const struct check ROWS[] = {
	{
		.id = "kubelet.read-only-port",
		.title = "The kubelet serves its read-only port",
		.severity = SEVERITY_HIGH,
		.severity_rules = "critical with kubelet 1.30.0 to 1.30.9, 1.31.0 to 1.31.5 and "
				  "1.32.0 to 1.32.1 (CVE-2025-0426); at most medium when only "
				  "loopback reaches it",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "readOnlyPort", NULL },
		.judge = judge_read_only_port,
		.reads = "--read-only-port, readOnlyPort (default: 10255 without --config, 0 with "
			 "it), and whether the kubelet listens on 10255 all the same",
		.expected = "0",
		.why = "The port serves every pod's specification, environment included, and the "
		       "node's metrics in plain text to anyone who reaches it.",
		.remedy = "set readOnlyPort: 0 in the kubelet configuration and restart the "
			  "kubelet",
		.cis = CIS("4.2.4"),
		.references = REFERENCES(CONFIG_PAGE,
					 "https://github.com/kubernetes/kubernetes/issues/12968",
					 "https://github.com/kubernetes/kubernetes/issues/130016"),
	},
	{
		.id = "kubelet.cadvisor-port",
		.title = "The kubelet serves cAdvisor on a port of its own",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "--cadvisor-port", NULL },
		.judge = judge_cadvisor_port,
		.reads = "--cadvisor-port (default: 4194 up to 1.10, 0 in 1.11, gone from 1.12), "
			 "and whether the kubelet listens on 4194 all the same",
		.expected = "0",
		.why = "cAdvisor's page shows every container, its command line and its load in "
		       "plain text to anyone who reaches it.",
		.remedy = "start the kubelet with --cadvisor-port=0 and scrape "
			  "/metrics/cadvisor on 10250 instead",
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/63881",
					 "https://github.com/kubernetes/kubernetes/pull/65707"),
	},
	{
		.id = "kubelet.streaming-idle-timeout",
		.title = "The kubelet never closes idle streams",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_BY_FUNCTION, "streamingConnectionIdleTimeout", NULL },
		.judge = judge_streaming_idle_timeout,
		.reads = "--streaming-connection-idle-timeout, streamingConnectionIdleTimeout "
			 "(default: 4h; 0 in a file stands for the default, only the flag can make "
			 "it 0), up to 1.33",
		.expected = "more than 0",
		.why = "Streams of exec, attach and port-forward that nobody closes hold the "
		       "node's ports and memory.",
		.remedy = "set streamingConnectionIdleTimeout: 5m in the kubelet configuration, "
			  "take the flag away, and restart the kubelet",
		.cis = CIS("4.2.5"),
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.healthz-bind-address",
		.title = "The kubelet's health endpoint is reached from other hosts",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_LOOPBACK, "healthzBindAddress", NULL },
		.judge = judge_healthz_bind_address,
		.reads = "--healthz-bind-address, healthzBindAddress (default: 127.0.0.1), "
			 "healthzPort, and what the kubelet listens on",
		.expected = "a loopback address",
		.why = "The endpoint answers without TLS and without asking who is there; only "
		       "the node itself needs it.",
		.remedy = "set healthzBindAddress: 127.0.0.1 in the kubelet configuration and "
			  "restart the kubelet",
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.debug-handlers",
		.title = "The kubelet lets the node's system logs be asked for",
		.severity = SEVERITY_INFO,
		.severity_rules = "medium when enableSystemLogQuery is true",
		.component = COMPONENT_KUBELET,
		.expectation = { EXPECT_NOT_TRUE, "enableSystemLogQuery", NULL },
		.judge = judge_debug_handlers,
		.reads = "enableSystemLogQuery (default: false); as notes, "
			 "enableDebuggingHandlers, enableProfilingHandler, "
			 "enableDebugFlagsHandler, enableContentionProfiling",
		.expected = "false",
		.why = "Whoever may read nodes/proxy then reads every log of the host's services.",
		.remedy = "set enableSystemLogQuery: false in the kubelet configuration and "
			  "restart the kubelet",
		.references = REFERENCES(CONFIG_PAGE),
	},
};

const struct check_family KUBELET_SERVER_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
