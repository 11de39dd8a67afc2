/* SPDX-License-Identifier: Apache-2.0 */
#include "settings/rows.h"

#include <assert.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "model/words.h"
#include "settings/words.h"

#define MEMBER(type, member) ((struct type *)NULL)->member
#define AT(type, member)                                                                           \
	.offset = offsetof(struct type, member), .size = sizeof(MEMBER(type, member))
#define LIST_AT(type, member, count)                                                               \
	AT(type, member), .count_offset = offsetof(struct type, count),                            \
			  .item_size = sizeof(*MEMBER(type, member))

#define DURATION_PATTERN "^([0-9]{1,9}(\\.[0-9]{1,9})?(ms|s|m|h|d))+$"
#define SIZE_PATTERN	 "^[0-9]{1,9}(B|kB|MB|GB|KiB|MiB|GiB)$"
/* From 2000 to 2199: in nanoseconds since 1970 they all fit. */
#define DATE_PATTERN "^2[01][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
#define BYTE_PATTERN "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define NETWORK_PATTERN                                                                            \
	"^(loopback|" BYTE_PATTERN "(\\." BYTE_PATTERN "){3}(/(3[0-2]|[12]?[0-9]))?|"              \
	"[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)$"
#define NAME_PATTERN	 "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
#define PATH_PATTERN	 "^/"
#define EMPTY_OR_PATH	 "^(/.*)?$"
#define EXE_PATTERN	 "^[/*?]"
#define HOST_PATTERN	 "(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)"
#define ENDPOINT_PATTERN "^https?://" HOST_PATTERN "(:[0-9]{1,5})?(/[!-~]*)?$"
#define LISTEN_PATTERN	 "^((\\[[0-9A-Fa-f:.]+\\]|[0-9.]+):[0-9]{1,5})?$"

#define SETTING_PATTERN "^(--)?[A-Za-z][A-Za-z0-9._/-]*$"

#define NAME_WORDS     "letters, digits, dots, dashes and underscores, at most 63"
#define NETWORK_WORDS  "a network such as 10.20.0.0/16 or 2001:db8::/32, an address, or loopback"
#define PATH_WORDS     "an absolute path"
#define EXE_WORDS      "an absolute path or a glob that starts with *"
#define CHECK_WORDS    "the id of a check, or a glob such as port.*"
#define ENDPOINT_WORDS "a URL such as https://collector.example:4318"

#define EXE_ROW(row_path, owner, row_example)                                                      \
	{                                                                                          \
		.path = row_path, .type = ROW_TEXT, .min = 1, .max = SETTING_TEXT_BYTES_MAX,       \
		.pattern = EXE_PATTERN, .pattern_words = EXE_WORDS, .example = row_example,        \
		.doc = "glob over the path of the executable; * matches / too", AT(owner, exe)     \
	}
#define NAME_ROW(row_path, owner, row_doc)                                                         \
	{                                                                                          \
		.path = row_path, .type = ROW_TEXT, .is_required = true, .min = 1, .max = 63,      \
		.pattern = NAME_PATTERN, .pattern_words = NAME_WORDS, .doc = row_doc,              \
		AT(owner, name)                                                                    \
	}
#define PATH_ROW(row_path, member, row_example, row_doc)                                           \
	{                                                                                          \
		.path = row_path, .type = ROW_TEXT, .min = 1, .max = SETTING_TEXT_BYTES_MAX,       \
		.pattern = PATH_PATTERN, .pattern_words = PATH_WORDS, .example = row_example,      \
		.doc = row_doc, AT(settings, member)                                               \
	}
#define SCALAR_ROW(row_path, member, row_example, row_doc)                                         \
	{                                                                                          \
		.path = row_path, .type = ROW_SCALAR, .min = 1, .max = SETTING_TEXT_BYTES_MAX,     \
		.example = row_example, .doc = row_doc, AT(requirement, member)                    \
	}
#define BOUND_ROW(row_path, member, row_example, row_doc)                                          \
	{                                                                                          \
		.path = row_path, .type = ROW_BOUND, .min = INT32_MIN, .max = UINT32_MAX,          \
		.pattern = DURATION_PATTERN, .pattern_words = "a whole number, or a duration",     \
		.example = row_example, .doc = row_doc, AT(requirement, member)                    \
	}
#define GROUP_ROW(row_path, row_doc)                                                               \
	{                                                                                          \
		.path = row_path, .type = ROW_GROUP, .doc = row_doc                                \
	}

static const struct policy_row rows[] = {
	{ .path = "version",
	  .type = ROW_INTEGER,
	  .fallback = "1",
	  .min = 1,
	  .max = 1,
	  .doc = "the version of this format" },
	{ .path = "mode",
	  .type = ROW_WORD,
	  .fallback = "audit",
	  .word = word_of_mode,
	  .doc = "what becomes of a client that a rule refuses: audit serves and counts it, "
		 "enforce turns it away",
	  AT(settings, mode) },
	{ .path = "ports",
	  .type = ROW_RECORDS,
	  .fallback = "\n"
		      "  - {name: kubelet-read-only, port: 10255, protocol: tcp, action: refuse, "
		      "allow: []}\n"
		      "  - {name: cadvisor, port: 4194, protocol: tcp, action: refuse, allow: []}",
	  .max = RULES_MAX,
	  .doc = "one rule a port: what a listening socket on it means; a list given here "
		 "replaces the default one",
	  LIST_AT(settings, ports, port_count) },
	NAME_ROW("ports[].name", port_rule, "what findings and counts call the rule"),
	{ .path = "ports[].port",
	  .type = ROW_INTEGER,
	  .is_required = true,
	  .min = 1,
	  .max = UINT16_MAX,
	  .doc = "the port",
	  AT(port_rule, port) },
	{ .path = "ports[].protocol",
	  .type = ROW_WORD,
	  .fallback = "tcp",
	  .word = word_of_transport,
	  .doc = "the protocol",
	  AT(port_rule, transport) },
	{ .path = "ports[].action",
	  .type = ROW_WORD,
	  .is_required = true,
	  .word = word_of_action,
	  .doc = "allow it, flag it as a finding, or flag it and refuse its clients",
	  AT(port_rule, action) },
	{ .path = "ports[].allow",
	  .type = ROW_NETWORKS,
	  .fallback = "[]",
	  .example = "[10.20.0.0/16, 2001:db8::/32, loopback]",
	  .max = ALLOW_MAX,
	  .pattern = NETWORK_PATTERN,
	  .pattern_words =
		  "a network such as 10.20.0.0/16 or 2001:db8::/32, an address, or loopback",
	  .doc = "clients that a rule never refuses",
	  LIST_AT(port_rule, allow, allow_count),
	  .is_loopback_offset = offsetof(struct port_rule, allows_loopback) },
	{ .path = "ports[].namespaces",
	  .type = ROW_WORD,
	  .fallback = "host",
	  .word = word_of_reach,
	  .doc = "the network namespace of the host, or all of them",
	  AT(port_rule, all_namespaces) },
	{ .path = "ports[].until",
	  .type = ROW_DATE,
	  .example = "2027-06-30",
	  .pattern = DATE_PATTERN,
	  .doc = "the last day (UTC) of the allow-list; after it nobody is excepted",
	  AT(port_rule, allow_until) },
	{ .path = "ports[].even_vital",
	  .type = ROW_BOOLEAN,
	  .fallback = "false",
	  .doc = "refuse even a port that the node lives on: ssh, API server, kubelet, etcd",
	  AT(port_rule, even_vital) },
	GROUP_ROW("listeners", "listening sockets that no port rule names"),
	{ .path = "listeners.default",
	  .type = ROW_WORD,
	  .fallback = "allow",
	  .word = word_of_action,
	  .doc = "what holds for one that is not allowed below",
	  AT(settings, listeners_default) },
	{ .path = "listeners.allow",
	  .type = ROW_RECORDS,
	  .fallback = "[]",
	  .example = "[{port: 22, exe: /usr/sbin/sshd}]",
	  .max = RULES_MAX,
	  .doc = "those that are allowed; every key given must fit",
	  LIST_AT(settings, listeners_allow, listeners_allow_count) },
	{ .path = "listeners.allow[].port",
	  .type = ROW_INTEGER,
	  .example = "22",
	  .min = 1,
	  .max = UINT16_MAX,
	  .doc = "the port",
	  AT(listener_allowance, port) },
	EXE_ROW("listeners.allow[].exe", listener_allowance, "/usr/sbin/sshd"),
	{ .path = "listeners.allow[].unit",
	  .type = ROW_TEXT,
	  .example = "ssh.service",
	  .min = 1,
	  .max = SETTING_TEXT_BYTES_MAX,
	  .doc = "glob over the systemd unit",
	  AT(listener_allowance, unit) },
	GROUP_ROW("exec", "programs that are started"),
	{ .path = "exec.record",
	  .type = ROW_WORD,
	  .fallback = "matched",
	  .word = word_of_recording,
	  .doc = "which of them become records: none, those that a rule matches, or all",
	  AT(settings, exec_record) },
	{ .path = "exec.rules",
	  .type = ROW_RECORDS,
	  .fallback = "[]",
	  .example = "[{name: open-proxy, exe: \"*/kubectl\", args: [proxy], severity: high}]",
	  .max = RULES_MAX,
	  .doc = "what to look for; exe and every glob of args must fit",
	  LIST_AT(settings, exec_rules, exec_rule_count) },
	NAME_ROW("exec.rules[].name", exec_rule, "what records call the rule"),
	EXE_ROW("exec.rules[].exe", exec_rule, "\"*/kubectl\""),
	{ .path = "exec.rules[].args",
	  .type = ROW_TEXTS,
	  .fallback = "[]",
	  .example = "[proxy, \"--address=0.0.0.0\"]",
	  .max = EXEC_GLOBS_MAX,
	  .doc = "globs, each of which must match some argument",
	  LIST_AT(exec_rule, arguments, argument_count) },
	{ .path = "exec.rules[].severity",
	  .type = ROW_WORD,
	  .fallback = "medium",
	  .word = word_of_severity,
	  .doc = "the severity of a record",
	  AT(exec_rule, severity) },
	GROUP_ROW("checks", "exceptions to the checks, which nodelatch explain lists"),
	{ .path = "checks.disable",
	  .type = ROW_TEXTS,
	  .fallback = "[]",
	  .example = "[port.cadvisor, \"identity.*\"]",
	  .max = RULES_MAX,
	  .pattern = ROW_CHECK_PATTERN,
	  .pattern_words = CHECK_WORDS,
	  .doc = "checks that are not made",
	  LIST_AT(settings, disabled_checks, disabled_check_count) },
	{ .path = "checks.severity",
	  .type = ROW_RATINGS,
	  .fallback = "{}",
	  .example = "{kubelet.rotate-serving-certificate: low}",
	  .max = RULES_MAX,
	  .pattern = ROW_CHECK_PATTERN,
	  .pattern_words = CHECK_WORDS,
	  .word = word_of_severity,
	  .doc = "checks whose severity is another here",
	  LIST_AT(settings, severities, severity_count) },
	{ .path = "checks.waivers",
	  .type = ROW_RECORDS,
	  .fallback = "[]",
	  .example = "[{check: port.cadvisor, reason: \"ticket 123\", until: 2027-01-31}]",
	  .max = RULES_MAX,
	  .doc = "findings that are accepted: still shown, no longer counted",
	  LIST_AT(settings, waivers, waiver_count) },
	{ .path = "checks.waivers[].check",
	  .type = ROW_TEXT,
	  .is_required = true,
	  .min = 1,
	  .max = 100,
	  .pattern = ROW_CHECK_PATTERN,
	  .pattern_words = CHECK_WORDS,
	  .doc = "the check",
	  AT(waiver, check) },
	{ .path = "checks.waivers[].reason",
	  .type = ROW_TEXT,
	  .is_required = true,
	  .min = 1,
	  .max = 500,
	  .doc = "why, and who decided",
	  AT(waiver, reason) },
	{ .path = "checks.waivers[].until",
	  .type = ROW_DATE,
	  .example = "2027-01-31",
	  .pattern = DATE_PATTERN,
	  .doc = "the last day (UTC) of the waiver",
	  AT(waiver, until) },
	{ .path = "checks.require",
	  .type = ROW_RECORDS,
	  .fallback = "[]",
	  .example =
		  "[{component: kubelet, setting: maxPods, at_most: 110, reason: \"ticket 124\"}]",
	  .max = RULES_MAX,
	  .doc = "what you want of any setting of a component; each gives exactly one of is, "
		 "is_not, at_least, at_most, has, lacks and set",
	  LIST_AT(settings, requirements, requirement_count) },
	{ .path = "checks.require[].component",
	  .type = ROW_WORD,
	  .is_required = true,
	  .word = word_of_component,
	  .doc = "the component",
	  AT(requirement, component) },
	{ .path = "checks.require[].setting",
	  .type = ROW_TEXT,
	  .is_required = true,
	  .min = 1,
	  .max = 200,
	  .pattern = SETTING_PATTERN,
	  .pattern_words = "a key of its configuration such as maxPods or featureGates.AllAlpha, "
			   "or a flag such as --profiling",
	  .doc = "the setting",
	  AT(requirement, setting) },
	SCALAR_ROW("checks.require[].is", is, "Webhook", "the one good value"),
	SCALAR_ROW("checks.require[].is_not", is_not, "AlwaysAllow", "the one bad value"),
	BOUND_ROW("checks.require[].at_least", at_least, "5m", "the least good number or duration"),
	BOUND_ROW("checks.require[].at_most", at_most, "110", "the largest good one"),
	SCALAR_ROW("checks.require[].has", has, "NodeRestriction", "what must be in the list"),
	SCALAR_ROW("checks.require[].lacks", lacks, "AlwaysAdmit", "what must not be in it"),
	{ .path = "checks.require[].set",
	  .type = ROW_SWITCH,
	  .example = "true",
	  .doc = "whether it must be set to anything but nothing",
	  AT(requirement, set) },
	{ .path = "checks.require[].severity",
	  .type = ROW_WORD,
	  .fallback = "medium",
	  .word = word_of_severity,
	  .doc = "how bad it is where it is not so",
	  AT(requirement, severity) },
	{ .path = "checks.require[].reason",
	  .type = ROW_TEXT,
	  .is_required = true,
	  .min = 1,
	  .max = 500,
	  .doc = "why, and who wants it",
	  AT(requirement, reason) },
	GROUP_ROW("probes", "what the agent asks of this node's own servers"),
	{ .path = "probes.kubelet",
	  .type = ROW_BOOLEAN,
	  .fallback = "true",
	  .doc = "GET without credentials to this node's own kubelet and control plane",
	  AT(settings, probe_kubelet) },
	GROUP_ROW("cluster", "what is asked of the API server, with a credential of your own; off "
			     "unless one of these is given"),
	{ .path = "cluster.kubeconfig",
	  .type = ROW_TEXT,
	  .fallback = "\"\"",
	  .example = "/etc/nodelatch/cluster-reader.kubeconfig",
	  .max = SETTING_TEXT_BYTES_MAX,
	  .pattern = EMPTY_OR_PATH,
	  .pattern_words = "an absolute path, or \"\" for none",
	  .doc = "a kubeconfig that may list RBAC's bindings and nothing else; \"\": none",
	  AT(settings, cluster_kubeconfig) },
	{ .path = "cluster.service_account",
	  .type = ROW_BOOLEAN,
	  .fallback = "false",
	  .doc = "the agent's own service account instead, where it runs in a pod",
	  AT(settings, cluster_service_account) },
	GROUP_ROW("report", "where changes go"),
	{ .path = "report.stdout",
	  .type = ROW_WORD,
	  .fallback = "auto",
	  .word = word_of_format,
	  .doc = "lines on standard output; auto: text on a terminal, else json",
	  AT(settings, stdout_format) },
	GROUP_ROW("report.collector",
		  "an OTLP/HTTP receiver of logs; the variables OTEL_EXPORTER_OTLP_* name one too"),
	{ .path = "report.collector.endpoints",
	  .type = ROW_TEXTS,
	  .fallback = "[]",
	  .example = "[\"https://collector.example:4318\"]",
	  .max = ENDPOINTS_MAX,
	  .pattern = ENDPOINT_PATTERN,
	  .pattern_words = ENDPOINT_WORDS,
	  .doc = "tried in order; none: no collector",
	  LIST_AT(settings, collector.endpoints, collector.endpoint_count) },
	{ .path = "report.collector.protocol",
	  .type = ROW_WORD,
	  .fallback = "http/protobuf",
	  .word = word_of_protocol,
	  .doc = "the encoding",
	  AT(settings, collector.protocol) },
	PATH_ROW("report.collector.ca", collector.ca, "/etc/nodelatch/tls/ca.crt",
		 "who may have signed the collector's certificate; without it, the system's roots"),
	PATH_ROW("report.collector.certificate", collector.certificate,
		 "/etc/nodelatch/tls/node.crt", "this node's certificate; it goes with key"),
	PATH_ROW("report.collector.key", collector.key, "/etc/nodelatch/tls/node.key",
		 "the key of that certificate"),
	GROUP_ROW("report.metrics", "metrics in the Prometheus text format"),
	{ .path = "report.metrics.listen",
	  .type = ROW_TEXT,
	  .fallback = "\"\"",
	  .example = "127.0.0.1:9464",
	  .max = 64,
	  .pattern = LISTEN_PATTERN,
	  .pattern_words = "an address and a port such as 127.0.0.1:9464, or \"\" for none",
	  .doc = "address and port to serve them on; \"\": none",
	  AT(settings, metrics_listen) },
	{ .path = "report.metrics.textfile",
	  .type = ROW_TEXT,
	  .fallback = "\"\"",
	  .example = "/var/lib/node_exporter/nodelatch.prom",
	  .max = SETTING_TEXT_BYTES_MAX,
	  .pattern = EMPTY_OR_PATH,
	  .pattern_words = "an absolute path, or \"\" for none",
	  .doc = "file to write them to, for a node exporter; \"\": none",
	  AT(settings, metrics_textfile) },
	GROUP_ROW("journal", "the changes of this node, kept on it"),
	{ .path = "journal.path",
	  .type = ROW_TEXT,
	  .fallback = "/var/lib/nodelatch/journal.db",
	  .min = 1,
	  .max = SETTING_TEXT_BYTES_MAX,
	  .pattern = PATH_PATTERN,
	  .pattern_words = PATH_WORDS,
	  .doc = "the file",
	  AT(settings, journal_path) },
	{ .path = "journal.keep",
	  .type = ROW_DURATION,
	  .fallback = "7d",
	  .min = NS_PER_S,
	  .max = 3650 * 86400 * NS_PER_S,
	  .pattern = DURATION_PATTERN,
	  .doc = "how long a change stays",
	  AT(settings, journal_keep_ns) },
	{ .path = "journal.max_size",
	  .type = ROW_SIZE,
	  .fallback = "64MiB",
	  .min = 64LL << 10,
	  .max = 64LL << 30,
	  .pattern = SIZE_PATTERN,
	  .doc = "the oldest changes go when it is larger",
	  AT(settings, journal_max_bytes) },
	{ .path = "resync",
	  .type = ROW_DURATION,
	  .fallback = "30s",
	  .min = NS_PER_S,
	  .max = 86400 * NS_PER_S,
	  .pattern = DURATION_PATTERN,
	  .doc = "how often everything is looked at again, whatever the kernel said meanwhile",
	  AT(settings, resync_ns) },
};

/* What a row is called below the prefix, or NULL when it is not directly below it. */
static const char *key_below(const struct policy_row *row, const char *prefix)
{
	const char *key = row->path + strlen(prefix);

	if (!text_starts_with(row->path, prefix) || strpbrk(key, ".["))
		return NULL;
	return key;
}

const struct policy_row *row_next(const char *prefix, const struct policy_row *previous)
{
	const struct policy_row *row = previous ? previous + 1 : rows;

	while (row < rows + ARRAY_SIZE(rows) && !key_below(row, prefix))
		row++;
	return row < rows + ARRAY_SIZE(rows) ? row : NULL;
}

const struct policy_row *row_find(const char *prefix, const char *key, size_t length)
{
	const struct policy_row *row = NULL;

	while ((row = row_next(prefix, row))) {
		const char *name = row_key(row);

		if (strlen(name) == length && memcmp(name, key, length) == 0)
			return row;
	}
	return NULL;
}

const struct policy_row *row_find_anywhere(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_equal(row_key(&rows[i]), key))
			return &rows[i];
	return NULL;
}

const char *row_key(const struct policy_row *row)
{
	const char *dot = strrchr(row->path, '.');

	return dot ? dot + 1 : row->path;
}

void row_prefix(const struct policy_row *row, char ret_prefix[static ROW_PREFIX_BYTES])
{
	snprintf(ret_prefix, ROW_PREFIX_BYTES, "%s%s", row->path,
		 row->type == ROW_RECORDS ? "[]." : ".");
}
