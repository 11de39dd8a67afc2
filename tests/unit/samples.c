/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/samples.h"

#include "base/cleanup.h"

static const char *const NOTES[] = { "no Node object could be asked" };
static const struct evidence EVIDENCE[] = {
	{ .kind = "listener", .detail = "tcp [::]:10255, held by kubelet (pid 812)" },
	{ .kind = "flag", .detail = "no --config, and --read-only-port is not set" },
};
static const struct cis_number CIS[] = { { "1.12", "4.2.4" } };

struct finding sample_finding(void)
{
	return (struct finding){
		.check = "port.kubelet-read-only",
		.title = "The kubelet serves its read-only port",
		.verdict = VERDICT_FAIL,
		.severity = SEVERITY_HIGH,
		.subject = { .kind = "listener",
			     .name = "tcp [::]:10255",
			     .key = "tcp/10255",
			     .pid = 812,
			     .exe = "/usr/bin/kubelet",
			     .unit = "kubelet.service" },
		.value = "10255",
		.expected = "no listener",
		.source = "live",
		.exposure = EXPOSURE_ANY,
		.notes = NOTES,
		.note_count = ARRAY_SIZE(NOTES),
		.evidence = EVIDENCE,
		.evidence_count = ARRAY_SIZE(EVIDENCE),
		.remedy =
			"set readOnlyPort: 0 in the kubelet configuration and restart the kubelet",
		.cis = CIS,
		.cis_count = ARRAY_SIZE(CIS),
	};
}

static const struct client_window CLIENT = {
	.rule = "kubelet-read-only",
	.address = "10.0.0.7",
	.port = 10255,
	.transport = TRANSPORT_TCP,
	.from_ns = SAMPLE_TIME_NS - 10000000000LL,
	.to_ns = SAMPLE_TIME_NS,
};
static const struct gap_window GAP = {
	.stream = "exec",
	.from_ns = SAMPLE_TIME_NS - 2000000000LL,
	.to_ns = SAMPLE_TIME_NS,
};
static const char *const ARGUMENTS[] = { "/usr/local/bin/kubectl", "proxy", "--address=0.0.0.0",
					 "two words\n" };
static const struct exec_detail EXEC = {
	.rule = "open-proxy",
	.arguments = ARGUMENTS,
	.argument_count = ARRAY_SIZE(ARGUMENTS),
	.parent_pid = 700,
	.uid = 1000,
};

static struct finding finding_of(enum change_kind kind)
{
	struct finding finding = sample_finding();

	switch (kind) {
	case CHANGE_REFUSED:
	case CHANGE_WOULD_REFUSE:
		finding.check = "port.policy";
		finding.title = "A client was turned away";
		finding.subject = (struct subject){ .kind = "port",
						    .name = "tcp 10255",
						    .key = "tcp/10255/10.0.0.7" };
		break;
	case CHANGE_EXEC:
		finding.check = "exec.open-proxy";
		finding.title = "A program that the policy names was started";
		finding.subject = (struct subject){ .kind = "process",
						    .name = "kubectl",
						    .key = "/usr/local/bin/kubectl",
						    .pid = 4242,
						    .exe = "/usr/local/bin/kubectl" };
		finding.value = finding.expected = finding.remedy = "";
		break;
	case CHANGE_GAP:
		finding.check = "agent.watch";
		finding.title = "Some events were lost";
		finding.subject =
			(struct subject){ .kind = "agent", .name = "exec", .key = "exec" };
		finding.value = finding.expected = finding.remedy = "";
		break;
	default:
		break;
	}
	return finding;
}

struct change sample_change(enum change_kind kind)
{
	struct change change = {
		.seq = 42,
		.time_ns = SAMPLE_TIME_NS,
		.kind = kind,
		.finding = finding_of(kind),
		.node = { .name = "n1",
			  .machine_id = "5a1c7f0d9b9e4f0c8e4b1d2a3c4e5f60",
			  .boot_id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" },
		.first_seen_ns = SAMPLE_TIME_NS - 60000000000LL,
		.count = kind < CHANGE_REFUSED ? 1 : 12,
	};

	if (kind == CHANGE_RESOLVED)
		change.finding.verdict = VERDICT_PASS;
	if (kind == CHANGE_REFUSED || kind == CHANGE_WOULD_REFUSE)
		change.client = &CLIENT;
	if (kind == CHANGE_GAP)
		change.gap = &GAP;
	if (kind == CHANGE_EXEC)
		change.exec = &EXEC;
	finding_id(change.node.machine_id, &change.finding, change.finding_id);
	return change;
}
