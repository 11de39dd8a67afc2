/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kubelet was started with: its files, and what they leave behind.
 */
#include "base/cleanup.h"
#include "base/time.h"
#include "check/certificates.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/kubelet_ports.h"
#include "check/row.h"

#define CONFIG_PAGE "https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/"
#define FLAGS_PAGE  "https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/"

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
		if (!kubelet_port_is_closed(kubelet, ports[i].setting))
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

/* The server shows another certificate than its file holds by now. */
static bool shows_stale_certificate(struct draft *draft, const struct component *kubelet)
{
	bool is_stale = serving_is_stale(draft->judge->node, kubelet);

	if (is_stale)
		draft_evidence(draft, "probe", "the server shows another certificate than %s holds",
			       serving_file(kubelet)->path);
	return is_stale;
}

static void record_up_to_date(struct draft *draft, const struct component *kubelet)
{
	if (kubelet->input_count)
		draft_evidence(
			draft, "file",
			"none of the %zu files that the kubelet reads changed after its start",
			kubelet->input_count);
	else
		draft_evidence(draft, "flag", "the kubelet reads no configuration file");
	draft_record(draft, VERDICT_PASS);
}

static void judge_restart_pending(struct judge *judge, const struct component *kubelet)
{
	struct draft draft = draft_on_component(judge, kubelet);

	if (kubelet->process->plan) {
		draft_record_not_applicable(&draft,
					    "the kubelet does not run: %s says what it "
					    "would start with",
					    kubelet->process->plan->from);
		return;
	}
	int stale_ports = count_stale_ports(&draft, kubelet);
	bool is_stale = shows_stale_certificate(&draft, kubelet);
	int newer = count_newer_inputs(&draft, kubelet);

	draft_source(&draft, SOURCE_LIVE, NULL);
	if (newer > 0 || stale_ports || is_stale)
		draft_record(&draft, VERDICT_FAIL);
	else if (newer < 0)
		draft_record_error(&draft, "the age of its inputs or the kubelet's own start time "
					   "cannot be read");
	else if (!kubelet->settings_known)
		draft_record_error(&draft, "which files the kubelet was started with is not known");
	else
		record_up_to_date(&draft, kubelet);
}

static unsigned count_problems(const struct component *kubelet, enum problem_kind kind)
{
	unsigned count = 0;

	for (size_t i = 0; i < kubelet->problem_count; i++)
		count += kubelet->problems[i].kind == kind;
	return count;
}

static void judge_config_decodes(struct judge *judge, const struct component *kubelet)
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

static const struct check ROWS[] = {
	{
		.id = "kubelet.restart-pending",
		.title = "The kubelet runs with other settings than those on disk",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KUBELET,
		.judge = judge_restart_pending,
		.reads = "when the kubelet's configuration files changed, when it started, and "
			 "whether it listens on a port that they close, or shows another "
			 "certificate than its file holds",
		.expected = "every configuration file older than the running kubelet",
		.why = "The kubelet reads its configuration once: what was changed since is not "
		       "in force.",
		.remedy = "restart the kubelet: systemctl restart kubelet",
		.references = REFERENCES(CONFIG_PAGE),
	},
	{
		.id = "kubelet.config-decodes",
		.title = "The kubelet's configuration holds keys that it ignores",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_KUBELET,
		.judge = judge_config_decodes,
		.reads = "every key of the file of --config and the drop-ins of --config-dir",
		.expected = "no unknown and no duplicate keys",
		.why = "A key that is misspelt or given twice is ignored with a warning that "
		       "nobody reads; what it should have set has its default.",
		.remedy = "correct or remove the keys named in the evidence and restart the "
			  "kubelet",
		.references = REFERENCES(CONFIG_PAGE, FLAGS_PAGE),
	},
};

const struct check_family KUBELET_INPUT_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
