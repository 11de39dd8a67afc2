/* SPDX-License-Identifier: Apache-2.0 */
#include "check/kubelet_rules.h"

#include "base/text.h"
#include "base/time.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/kubelet_ports.h"
#include "check/probes.h"

static bool authorizes_everything(const struct component *kubelet)
{
	return setting_is_text(kubelet, "authorization.mode", "AlwaysAllow");
}

/* Whether the kubelet was seen to take a client without credentials for somebody, whatever the
 * settings say. */
static bool lets_anyone_in(struct draft *draft, const struct component *kubelet,
			   enum expectation_answer answer)
{
	const struct probe *probe =
		component_probe(draft->judge->node, kubelet, setting_integer(kubelet, "port"));
	bool is_served = probe_was_served(probe);

	if (!is_served && (!probe || probe->status != 403))
		return false;
	draft_probe(draft, probe);
	if (is_served)
		draft_raise(draft, SEVERITY_CRITICAL);
	if (answer == EXPECTATION_HOLDS) {
		draft_evidence(draft, "live",
			       "the kubelet was started with other settings than those on disk, "
			       "and needs a restart");
		draft_value(draft, "true");
		draft_source(draft, SOURCE_LIVE, NULL);
	}
	return true;
}

void kubelet_judge_anonymous_auth(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_UNKNOWN)
		return;
	if (answer == EXPECTATION_FAILS && authorizes_everything(kubelet)) {
		draft_raise(&draft, SEVERITY_CRITICAL);
		draft_setting_detail(&draft, component_setting(kubelet, "authorization.mode"));
	}
	if (lets_anyone_in(&draft, kubelet, answer))
		answer = EXPECTATION_FAILS;
	expectation_record(&draft, answer);
}

/* The kubelet knows two modes, case-sensitively, and exits on any other. */
void kubelet_judge_authorization_mode(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_server(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS && !authorizes_everything(kubelet))
		draft_record_error(&draft,
				   "\"%s\" is no mode (Webhook, AlwaysAllow): the kubelet would "
				   "refuse to start",
				   draft.finding.value);
	else
		expectation_record(&draft, answer);
}

static bool is_valid_at(const struct certificate *certificate, int64_t now_s)
{
	return certificate->not_before <= now_s && now_s <= certificate->not_after;
}

/* One good authority is enough; the others are noted. */
static void judge_bundle(struct draft *draft, const struct certificate_file *bundle)
{
	int64_t now_s = draft->judge->node->now_ns / NS_PER_S;
	size_t good = 0;

	for (size_t i = 0; i < bundle->count; i++) {
		const struct certificate *certificate = &bundle->certificates[i];

		if (certificate->is_ca && is_valid_at(certificate, now_s))
			good++;
		else
			draft_note(draft, "certificate %zu of %zu (%s) is %s", i + 1, bundle->count,
				   certificate->common_name,
				   certificate->is_ca ? "not valid now" : "no authority");
	}
	draft_evidence(draft, "certificate",
		       "%s holds %zu certificates, %zu of them valid authorities", bundle->path,
		       bundle->count, good);
	draft_record(draft, good ? VERDICT_PASS : VERDICT_FAIL);
}

void kubelet_judge_client_ca(struct judge *judge, const struct component *kubelet)
{
	const struct certificate_file *bundle =
		component_certificates(kubelet, judge->check->expectation.setting);
	struct draft draft = draft_on_server(judge, kubelet);
	const struct setting *setting =
		draft_setting(&draft, kubelet, judge->check->expectation.setting);

	if (!setting)
		return;
	if (!*draft.finding.value)
		draft_record(&draft, VERDICT_FAIL);
	else if (bundle && bundle->status == FILE_READ)
		judge_bundle(&draft, bundle);
	else if (bundle && bundle->status == FILE_ABSENT)
		draft_record_error(&draft, "%s is not there: the kubelet would refuse to start",
				   draft.finding.value);
	else
		draft_record_error(&draft, "%s: %s", draft.finding.value,
				   bundle && bundle->problem ? bundle->problem : "was not read");
}

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

/* Whether the settings are known, and ask for no such port. */
static bool is_closed_by_settings(const struct component *kubelet, const char *name)
{
	const struct setting *setting = component_setting(kubelet, name);

	return setting && (setting->value.kind == VALUE_UNSET ||
			   (setting->value.kind == VALUE_INTEGER && !setting->value.integer));
}

/* The socket is open although the settings on disk do not say so. */
static void draft_live_port(struct draft *draft, const struct component *kubelet,
			    const struct listener *listener)
{
	const char *name = draft->judge->check->expectation.setting;

	draft_listener(draft, listener);
	draft_setting_detail(draft, component_setting(kubelet, name));
	if (is_closed_by_settings(kubelet, name))
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

void kubelet_judge_read_only_port(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);

	if (is_port_open(&draft, kubelet, kubelet_read_only_claim))
		record_open_read_only_port(&draft, kubelet);
}

void kubelet_judge_cadvisor_port(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);

	if (is_port_open(&draft, kubelet, kubelet_cadvisor_claim))
		draft_record(&draft, VERDICT_FAIL);
}

/* Why a kubelet has no client certificate to rotate; NULL when it has one or nobody can tell. */
static const char *reason_not_to_rotate(const struct component *kubelet)
{
	if (kubelet->is_standalone)
		return "the kubelet runs without --kubeconfig and has no client identity";
	if (kubelet->identity.kind == CREDENTIAL_EXEC)
		return "the kubeconfig gets its credential from an exec plugin";
	if (kubelet->identity.kind == CREDENTIAL_TOKEN)
		return "the kubeconfig holds a token";
	return NULL;
}

void kubelet_judge_rotate_client(struct judge *judge, const struct component *kubelet)
{
	const char *reason = reason_not_to_rotate(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);

	if (reason) {
		draft_record_not_applicable(&draft, "%s: there is no client certificate to rotate",
					    reason);
		return;
	}
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_FAILS && kubelet->identity.kind == CREDENTIAL_UNKNOWN)
		draft_note(&draft,
			   "the credential of the kubeconfig could not be read%s%s: with an "
			   "exec plugin or a token there would be nothing to rotate",
			   kubelet->identity.problem ? ", " : "",
			   kubelet->identity.problem ? kubelet->identity.problem : "");
	expectation_record(&draft, answer);
}

/* The gate is beta and on by default since 1.12; AllBeta=false turns off what is not named. */
static const struct setting *closed_serving_gate(const struct component *kubelet)
{
	static const char GATE[] = "featureGates.RotateKubeletServerCertificate";
	const struct setting *gate = component_setting(kubelet, GATE);
	bool is_named = gate && gate->value.kind == VALUE_BOOLEAN &&
			gate->source.kind != SOURCE_DEFAULT_FLAG &&
			gate->source.kind != SOURCE_DEFAULT_CONFIG;

	if (setting_is_false(kubelet, GATE))
		return gate;
	if (!is_named && setting_is_false(kubelet, "featureGates.AllBeta"))
		return component_setting(kubelet, "featureGates.AllBeta");
	return NULL;
}

void kubelet_judge_rotate_serving(struct judge *judge, const struct component *kubelet)
{
	const struct setting *gate = closed_serving_gate(kubelet);
	struct draft draft = draft_on_component(judge, kubelet);
	enum expectation_answer answer = expectation_ask(&draft, kubelet);

	if (answer == EXPECTATION_HOLDS && gate) {
		draft_setting_detail(&draft, gate);
		draft_value(&draft, "true, %s=false", gate->name);
		answer = EXPECTATION_FAILS;
	}
	expectation_record(&draft, answer);
}

/*
 * A start time comes from btime, which the kernel gives in whole seconds: what changed within one
 * second after it may have been read or not.
 */
#define START_UNCERTAINTY_NS NS_PER_S

enum input_age { INPUT_OLDER, INPUT_UNCLEAR, INPUT_NEWER, INPUT_UNKNOWN };

static enum input_age input_age(const struct input_file *input, int64_t started_at_ns)
{
	if (!input->exists)
		return INPUT_OLDER;
	if (!input->changed_at_ns)
		return INPUT_UNKNOWN;
	if (input->changed_at_ns <= started_at_ns)
		return INPUT_OLDER;
	return input->changed_at_ns <= started_at_ns + START_UNCERTAINTY_NS ? INPUT_UNCLEAR
									    : INPUT_NEWER;
}

static void draft_changed_input(struct draft *draft, const struct input_file *input,
				int64_t started_at_ns)
{
	char changed[TIME_TEXT_BYTES], started[TIME_TEXT_BYTES];

	time_format(input->changed_at_ns, changed);
	time_format(started_at_ns, started);
	draft_evidence(draft, "file", "%s changed at %s, and the kubelet started at %s",
		       input->path, changed, started);
	draft_value(draft, "%s%s%s", draft->finding.value, *draft->finding.value ? "," : "",
		    input->path);
}

/* Returns how many inputs are newer than the process; -1 when the age of one cannot be told. */
static int count_newer_inputs(struct draft *draft, const struct component *kubelet)
{
	int64_t started_at_ns = kubelet->process->started_at_ns;
	int newer = 0;

	for (size_t i = 0; i < kubelet->input_count; i++) {
		const struct input_file *input = &kubelet->inputs[i];
		enum input_age age = input_age(input, started_at_ns);

		if (age == INPUT_UNKNOWN || !started_at_ns)
			return -1;
		if (age == INPUT_UNCLEAR)
			draft_note(draft, "%s changed within a second of the kubelet's start",
				   input->path);
		if (age != INPUT_NEWER)
			continue;
		draft_changed_input(draft, input, started_at_ns);
		newer++;
	}
	return newer;
}

/* A port that is open against the settings on disk is a restart that is pending, whatever the
 * files' times say. Returns how many there are. */
static int count_stale_ports(struct draft *draft, const struct component *kubelet)
{
	const struct node *node = draft->judge->node;
	static const struct {
		const char *setting;
		port_claim_function *claim;
	} ports[] = {
		{ "readOnlyPort", kubelet_read_only_claim },
		{ "--cadvisor-port", kubelet_cadvisor_claim },
	};
	int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		if (!is_closed_by_settings(kubelet, ports[i].setting))
			continue;
		const struct listener *stale =
			kubelet_claimed_listener(node, kubelet, ports[i].claim);

		if (!stale)
			continue;
		draft_listener(draft, stale);
		count++;
	}
	return count;
}

void kubelet_judge_restart_pending(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);
	int stale_ports = count_stale_ports(&draft, kubelet);
	int newer = count_newer_inputs(&draft, kubelet);

	draft_source(&draft, SOURCE_LIVE, NULL);
	if (newer > 0 || stale_ports)
		draft_record(&draft, VERDICT_FAIL);
	else if (newer < 0)
		draft_record_error(&draft, "the age of its inputs or the kubelet's own start time "
					   "cannot be read");
	else if (!kubelet->settings_known)
		draft_record_error(&draft, "which files the kubelet was started with is not known");
	else
		draft_record(&draft, VERDICT_PASS);
}

static unsigned count_problems(const struct component *kubelet, enum problem_kind kind)
{
	unsigned count = 0;

	for (size_t i = 0; i < kubelet->problem_count; i++)
		count += kubelet->problems[i].kind == kind;
	return count;
}

void kubelet_judge_config_decodes(struct judge *judge, const struct component *kubelet)
{
	unsigned unknown_keys = count_problems(kubelet, PROBLEM_UNKNOWN_KEY);
	unsigned duplicate_keys = count_problems(kubelet, PROBLEM_DUPLICATE_KEY);
	struct draft draft = draft_on_component(judge, kubelet);

	draft_problems(&draft, kubelet);
	if (kubelet->input_count)
		draft_source(&draft, SOURCE_CONFIG, kubelet->inputs[0].path);
	else
		draft_note(&draft, "no configuration file is in use");
	if (component_would_not_start(kubelet)) {
		draft_record_error(&draft, "the kubelet would refuse to start with these inputs");
	} else if (!kubelet->settings_known || count_problems(kubelet, PROBLEM_UNREADABLE)) {
		draft_record_error(&draft, "not every input of the kubelet could be read");
	} else if (unknown_keys || duplicate_keys) {
		draft_value(&draft, "%u unknown, %u duplicate", unknown_keys, duplicate_keys);
		draft_record(&draft, VERDICT_FAIL);
	} else {
		draft_record(&draft, VERDICT_PASS);
	}
}
