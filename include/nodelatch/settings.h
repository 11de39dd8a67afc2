/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy, parsed: what the operator wants. Made by settings/, read by everyone, changed by
 * nobody. A struct settings and all that hangs on it live in one arena and are freed together
 * (settings/policy.h).
 */
#ifndef NODELATCH_SETTINGS_H
#define NODELATCH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodelatch/component.h"
#include "nodelatch/finding.h"
#include "nodelatch/listener.h"

enum policy_mode { MODE_AUDIT, MODE_ENFORCE };
enum rule_action { ACTION_ALLOW, ACTION_FLAG, ACTION_REFUSE };
enum exec_recording { EXEC_RECORD_NONE, EXEC_RECORD_MATCHED, EXEC_RECORD_ALL };
enum line_format { FORMAT_AUTO, FORMAT_TEXT, FORMAT_JSON, FORMAT_OCSF, FORMAT_NONE };
enum otlp_protocol { OTLP_HTTP_PROTOBUF, OTLP_HTTP_JSON };

struct cidr {
	struct address address; /* host bits are zero */
	unsigned prefix_length; /* 0..32 or 0..128 */
};

struct port_rule {
	const char *name; /* unique in the policy */
	uint16_t port;	  /* 1..65535 */
	enum transport transport;
	enum rule_action action;
	const struct cidr *allow;
	size_t allow_count;
	bool allows_loopback; /* "loopback" was in the allow-list */
	bool all_namespaces;  /* namespaces: all */
	bool even_vital;      /* may refuse a port that the node lives on */
	int64_t allow_until;  /* seconds since 1970: then nobody is allowed; 0: for ever */
};

struct listener_allowance {
	uint16_t port;	  /* 0: any */
	const char *exe;  /* glob over the owner's exe; NULL: any */
	const char *unit; /* glob over the owner's unit; NULL: any */
};

struct exec_rule {
	const char *name;
	const char *exe;	      /* glob */
	const char *const *arguments; /* globs; each must match some argument */
	size_t argument_count;
	enum severity severity;
};

struct severity_override {
	const char *check;
	enum severity severity;
};

/* What the operator wants of a component's setting, whatever the built-in checks say. */
struct requirement {
	enum component_kind component;
	struct expectation expectation; /* its setting: "maxPods", "--profiling"; what is wanted of
					   it follows from that one of the next which is given */
	const char *setting;
	const char *is, *is_not, *at_least, *at_most, *has, *lacks;
	const char *set; /* "true", "false" */
	enum severity severity;
	const char *reason;
};

struct waiver {
	const char *check;
	const char *reason;
	const char *until_text; /* "" when without end */
	int64_t until;		/* seconds since 1970, end of that day in UTC; 0: without end */
};

struct collector_settings {
	const char *const *endpoints;
	size_t endpoint_count; /* 0: no collector */
	enum otlp_protocol protocol;
	const char *ca, *certificate, *key; /* paths; NULL: not given */
};

struct settings {
	char sha256[65];  /* lower-case hex over the policy's bytes; of the built-in default when
			     there is no file */
	const char *path; /* NULL: the built-in default */
	enum policy_mode mode;
	const struct port_rule *ports;
	size_t port_count;
	enum rule_action listeners_default;
	const struct listener_allowance *listeners_allow;
	size_t listeners_allow_count;
	enum exec_recording exec_record;
	const struct exec_rule *exec_rules;
	size_t exec_rule_count;
	const char *const *disabled_checks; /* ids or globs */
	size_t disabled_check_count;
	const struct severity_override *severities;
	size_t severity_count;
	const struct waiver *waivers;
	size_t waiver_count;
	const struct requirement *requirements;
	size_t requirement_count;
	bool probe_kubelet;
	const char *cluster_kubeconfig; /* "": none */
	bool cluster_service_account;
	enum line_format stdout_format;
	struct collector_settings collector;
	const char *metrics_listen, *metrics_textfile; /* "" : none */
	const char *journal_path;
	int64_t journal_keep_ns;
	int64_t journal_max_bytes;
	int64_t resync_ns;
};

#endif
