/* SPDX-License-Identifier: Apache-2.0 */
#include "report/metrics_text.h"

#include <errno.h>

#include "base/time.h"
#include "model/words.h"
#include "report/metrics_page.h"

/* Certificates told of one file, the leaf first: a chain has four, and a system's whole bundle of
 * authorities is nobody's to renew. */
#define CERTIFICATES_TOLD 8

#define GAUGE	"gauge"
#define COUNTER "counter"

static void write_agent(const struct metrics *metrics, struct metrics_page *page)
{
	page_add(page, 1, LABELS("version", metrics->version));
	page_end(page, "build_info", GAUGE, "The agent that wrote this.", MERGE_LEAST);
	page_add(page, metrics->judged_at_ns / NS_PER_S, NO_LABELS);
	page_end(page, "last_pass_timestamp_seconds", GAUGE, "When the node was judged last.",
		 MERGE_LEAST);
	page_add(page, metrics->policy_is_in_force, LABELS("mode", mode_word(metrics->mode)));
	page_end(page, "policy_in_force", GAUGE,
		 "1: the policy as it is on disk; 0: an earlier one, as it cannot be used.",
		 MERGE_LEAST);
	page_add(page, metrics->journal_is_durable, NO_LABELS);
	page_end(page, "journal_durable", GAUGE, "1: every change is on disk.", MERGE_LEAST);
	page_add(page, metrics->last_seq, NO_LABELS);
	page_end(page, "changes_total", COUNTER, "Changes of this node so far, their last number.",
		 MERGE_LEAST);
	page_add(page, (int64_t)metrics->unacknowledged, NO_LABELS);
	page_end(page, "changes_unacknowledged", GAUGE, "Changes that no collector has yet.",
		 MERGE_LEAST);
}

static void write_lost(const struct metrics *metrics, struct metrics_page *page)
{
	for (size_t i = 0; i < metrics->watcher_count; i++)
		page_add(page, metrics->watchers[i].is_on,
			 LABELS("watcher", metrics->watchers[i].name));
	page_end(page, "watcher_on", GAUGE, "1: the kernel tells this as it happens.", MERGE_LEAST);
	for (size_t i = 0; i < metrics->watcher_count; i++)
		page_add(page, (int64_t)metrics->watchers[i].seen,
			 LABELS("stream", metrics->watchers[i].name));
	page_end(page, "records_total", COUNTER, "What the kernel handed over.", MERGE_SUM);
	for (size_t i = 0; i < metrics->watcher_count; i++)
		page_add(page, (int64_t)metrics->watchers[i].lost,
			 LABELS("stream", metrics->watchers[i].name));
	page_add(page, (int64_t)metrics->journal_lost, LABELS("stream", "journal"));
	page_add(page, (int64_t)metrics->dropped_lines, LABELS("stream", "stdout"));
	page_end(page, "lost_total", COUNTER, "What could not be handed over or kept.", MERGE_SUM);
}

static bool is_open(const struct finding *finding)
{
	return (finding->verdict == VERDICT_FAIL || finding->verdict == VERDICT_ERROR) &&
	       !finding->waived;
}

static void write_findings(const struct metrics *metrics, struct metrics_page *page)
{
	for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
		const char *word = severity_word((enum severity)severity);

		page_add(page, 0, LABELS("severity", word, "verdict", verdict_word(VERDICT_FAIL)));
		page_add(page, 0, LABELS("severity", word, "verdict", verdict_word(VERDICT_ERROR)));
	}
	for (size_t i = 0; i < metrics->finding_count; i++)
		if (is_open(&metrics->findings[i]))
			page_add(page, 1,
				 LABELS("severity", severity_word(metrics->findings[i].severity),
					"verdict", verdict_word(metrics->findings[i].verdict)));
	page_end(page, "findings_open", GAUGE, "Findings that are open and not waived.", MERGE_SUM);
	for (size_t i = 0; i < metrics->finding_count; i++)
		if (is_open(&metrics->findings[i]))
			page_add(page, 1,
				 LABELS("check", metrics->findings[i].check, "severity",
					severity_word(metrics->findings[i].severity), "verdict",
					verdict_word(metrics->findings[i].verdict)));
	page_end(page, "check_findings_open", GAUGE, "The same by check.", MERGE_SUM);
	for (size_t i = 0; i < metrics->finding_count; i++)
		page_add(page, 1,
			 LABELS("verdict", metrics->findings[i].waived
						   ? "waived"
						   : verdict_word(metrics->findings[i].verdict)));
	page_end(page, "results", GAUGE, "Results of the last pass.", MERGE_SUM);
}

/* A file of certificates in one of its roles. */
struct role {
	const struct component *component;
	const char *name;
	const struct certificate_file *file;
};

typedef void role_function(struct metrics_page *page, const struct role *role);

static void each_role(const struct metrics *metrics, struct metrics_page *page, role_function *tell)
{
	for (size_t i = 0; i < metrics->node->component_count; i++) {
		const struct component *component = &metrics->node->components[i];
		const struct client_identity *identity = &component->identity;

		if (identity->kind == CREDENTIAL_CERTIFICATE)
			tell(page, &(struct role){ component, "client", &identity->file });
		if (identity->facts.left_behind.status != FILE_UNKNOWN)
			tell(page, &(struct role){ component, "client-left-behind",
						   &identity->facts.left_behind });
		if (identity->facts.authority.status != FILE_UNKNOWN)
			tell(page, &(struct role){ component, "client-authority",
						   &identity->facts.authority });
		for (size_t j = 0; j < component->certificate_count; j++)
			tell(page, &(struct role){ component, component->certificates[j].name,
						   &component->certificates[j].file });
	}
}

static void tell_certificate(struct metrics_page *page, const struct role *role, size_t index,
			     int64_t value)
{
	const struct certificate *certificate = &role->file->certificates[index];

	page_add(page, value,
		 LABELS("component", component_word(role->component->kind), "node_name",
			role->component->node_name, "role", role->name, "path", role->file->path,
			"subject", certificate->common_name, "serial", certificate->serial));
}

static size_t told_of(const struct certificate_file *file)
{
	return file->count < CERTIFICATES_TOLD ? file->count : CERTIFICATES_TOLD;
}

static void tell_not_after(struct metrics_page *page, const struct role *role)
{
	for (size_t i = 0; i < told_of(role->file); i++)
		tell_certificate(page, role, i, role->file->certificates[i].not_after);
}

static void tell_not_before(struct metrics_page *page, const struct role *role)
{
	for (size_t i = 0; i < told_of(role->file); i++)
		tell_certificate(page, role, i, role->file->certificates[i].not_before);
}

static void tell_readable(struct metrics_page *page, const struct role *role)
{
	page_add(page, role->file->status == FILE_READ,
		 LABELS("component", component_word(role->component->kind), "node_name",
			role->component->node_name, "role", role->name, "path", role->file->path));
}

/* Expiry ahead of time: what is not after, as Prometheus subtracts it from time(). */
static void write_certificates(const struct metrics *metrics, struct metrics_page *page)
{
	each_role(metrics, page, tell_not_after);
	page_end(page, "certificate_not_after_seconds", GAUGE,
		 "When a certificate in use ends, in seconds since 1970.", MERGE_LEAST);
	each_role(metrics, page, tell_not_before);
	page_end(page, "certificate_not_before_seconds", GAUGE,
		 "When a certificate in use began, in seconds since 1970.", MERGE_LEAST);
	each_role(metrics, page, tell_readable);
	page_end(page, "certificate_file_readable", GAUGE,
		 "1: the file is there and holds certificates.", MERGE_LEAST);
}

static void write_listeners(const struct metrics *metrics, struct metrics_page *page)
{
	const struct node *node = metrics->node;

	page_add(page, node->listeners_known, NO_LABELS);
	page_end(page, "listeners_known", GAUGE, "1: the socket tables could be read.",
		 MERGE_LEAST);
	for (int exposure = 0; node->listeners_known && exposure <= EXPOSURE_ANY; exposure++)
		page_add(page, 0,
			 LABELS("exposure", exposure_word((enum exposure)exposure), "namespace",
				"host", "protocol", transport_word(TRANSPORT_TCP)));
	for (size_t i = 0; node->listeners_known && i < node->listener_count; i++)
		page_add(page, 1,
			 LABELS("exposure", exposure_word(node->listeners[i].exposure), "namespace",
				node->listeners[i].is_in_host_netns ? "host" : "other", "protocol",
				transport_word(node->listeners[i].transport)));
	page_end(page, "listeners", GAUGE, "Listening sockets, by who reaches them.", MERGE_SUM);
}

typedef void rule_function(struct metrics_page *page, const struct metrics_guard_rule *rule,
			   const char *port);

static void each_rule(const struct metrics *metrics, struct metrics_page *page, rule_function *tell)
{
	char port[8];

	for (size_t i = 0; i < metrics->rule_count; i++) {
		snprintf(port, sizeof(port), "%u", metrics->rules[i].port);
		tell(page, &metrics->rules[i], port);
	}
}

static void tell_mode(struct metrics_page *page, const struct metrics_guard_rule *rule,
		      const char *port)
{
	page_add(page, 1,
		 LABELS("rule", rule->name, "protocol", transport_word(rule->transport), "port",
			port, "wished", rule->wished, "effective", rule->effective));
}

static void tell_refused(struct metrics_page *page, const struct metrics_guard_rule *rule,
			 const char *port)
{
	page_add(page, (int64_t)rule->refused,
		 LABELS("rule", rule->name, "protocol", transport_word(rule->transport), "port",
			port));
}

static void tell_would_refuse(struct metrics_page *page, const struct metrics_guard_rule *rule,
			      const char *port)
{
	page_add(page, (int64_t)rule->would_refuse,
		 LABELS("rule", rule->name, "protocol", transport_word(rule->transport), "port",
			port));
}

static void write_guard(const struct metrics *metrics, struct metrics_page *page)
{
	each_rule(metrics, page, tell_mode);
	page_end(page, "guard_mode", GAUGE,
		 "A rule that refuses: the mode that the policy wishes, and the one in force.",
		 MERGE_LEAST);
	each_rule(metrics, page, tell_refused);
	page_end(page, "guard_refused_total", COUNTER, "Clients turned away.", MERGE_SUM);
	each_rule(metrics, page, tell_would_refuse);
	page_end(page, "guard_would_refuse_total", COUNTER,
		 "Clients served in audit mode that would be turned away.", MERGE_SUM);
}

int metrics_write_text(const struct metrics *metrics, struct text_buffer *buffer)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct metrics_page page = { .arena = arena, .buffer = buffer };

	if (!arena)
		return -ENOMEM;
	write_agent(metrics, &page);
	write_lost(metrics, &page);
	write_findings(metrics, &page);
	write_certificates(metrics, &page);
	write_listeners(metrics, &page);
	write_guard(metrics, &page);
	return page.error ? page.error : buffer_error(buffer);
}
