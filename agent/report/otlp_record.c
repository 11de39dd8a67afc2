/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_record.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/time.h"
#include "model/change_uid.h"
#include "model/words.h"
#include "report/ocsf_parts.h"
#include "report/text_line.h"
#include "report/text_words.h"

/* A severity's number in OpenTelemetry. */
static const unsigned SEVERITY_NUMBERS[] = {
	[SEVERITY_INFO] = 9,  [SEVERITY_LOW] = 11,	[SEVERITY_MEDIUM] = 13,
	[SEVERITY_HIGH] = 17, [SEVERITY_CRITICAL] = 20,
};
static_assert(ARRAY_SIZE(SEVERITY_NUMBERS) == SEVERITY_COUNT, "every severity has its number");

enum { PROCESS_ACTIVITY = 1007, COMPLIANCE_FINDING = 2003, DETECTION_FINDING = 2004 };
enum { ACTIVITY_CREATE = 1, ACTIVITY_UPDATE = 2, ACTIVITY_CLOSE = 3 };
enum { STATUS_NEW = 1, STATUS_IN_PROGRESS = 2, STATUS_SUPPRESSED = 3, STATUS_RESOLVED = 4 };

/* What a kind of change is in OCSF: the same classes as those of report/ocsf.c. */
static const struct {
	const char *record, *event;
	int64_t class_uid, activity, status;
	const char *state, *action;
} KINDS[] = {
	[CHANGE_OPENED] = { "finding", "nodelatch.finding", COMPLIANCE_FINDING, ACTIVITY_CREATE,
			    STATUS_NEW, "open", NULL },
	[CHANGE_CHANGED] = { "finding", "nodelatch.finding", COMPLIANCE_FINDING, ACTIVITY_UPDATE,
			     STATUS_IN_PROGRESS, "open", NULL },
	[CHANGE_RESOLVED] = { "finding", "nodelatch.finding", COMPLIANCE_FINDING, ACTIVITY_CLOSE,
			      STATUS_RESOLVED, "resolved", NULL },
	[CHANGE_REFUSED] = { "refused", "nodelatch.refused", DETECTION_FINDING, ACTIVITY_CREATE,
			     STATUS_NEW, NULL, "blocked" },
	[CHANGE_WOULD_REFUSE] = { "would-refuse", "nodelatch.would-refuse", DETECTION_FINDING,
				  ACTIVITY_CREATE, STATUS_NEW, NULL, "observed" },
	[CHANGE_EXEC] = { "exec", "nodelatch.exec", PROCESS_ACTIVITY, ACTIVITY_CREATE, STATUS_NEW,
			  NULL, NULL },
	[CHANGE_GAP] = { "gap", "nodelatch.gap", DETECTION_FINDING, ACTIVITY_CREATE, STATUS_NEW,
			 NULL, NULL },
};
static_assert(ARRAY_SIZE(KINDS) == CHANGE_KIND_COUNT, "every kind of change has its class");

/* compliance.status_id: 0 unknown, 1 pass, 3 fail. */
static const int64_t COMPLIANCE[] = {
	[VERDICT_ERROR] = 0,
	[VERDICT_PASS] = 1,
	[VERDICT_FAIL] = 3,
	[VERDICT_NOT_APPLICABLE] = 0,
};
static_assert(ARRAY_SIZE(COMPLIANCE) == VERDICT_COUNT, "every verdict has its status");

static bool has_key(const struct otlp_attributes *attributes, const char *key)
{
	for (size_t i = 0; i < attributes->count; i++)
		if (text_equal(attributes->items[i].key, key))
			return true;
	return false;
}

/* Keys are unique: the first one stays. */
static struct otlp_attribute *add(struct otlp_attributes *attributes, const char *key,
				  enum otlp_kind kind)
{
	if (has_key(attributes, key))
		return NULL;
	if (attributes->count == OTLP_ATTRIBUTES_MAX) {
		attributes->error = -ENOMEM;
		return NULL;
	}
	struct otlp_attribute *attribute = &attributes->items[attributes->count++];

	*attribute = (struct otlp_attribute){ .key = key, .kind = kind };
	return attribute;
}

/* What is not known is left out. */
static void add_text(struct otlp_attributes *attributes, const char *key, const char *text)
{
	struct otlp_attribute *attribute = text && *text ? add(attributes, key, OTLP_TEXT) : NULL;

	if (attribute)
		attribute->text = text;
}

static void add_integer(struct otlp_attributes *attributes, const char *key, int64_t integer)
{
	struct otlp_attribute *attribute = add(attributes, key, OTLP_INTEGER);

	if (attribute)
		attribute->integer = integer;
}

static void add_list(struct otlp_attributes *attributes, const char *key, const char *const *items,
		     size_t count)
{
	struct otlp_attribute *attribute = count ? add(attributes, key, OTLP_LIST) : NULL;

	if (attribute) {
		attribute->items = items;
		attribute->count = count;
	}
}

static void add_time(struct otlp_attributes *attributes, struct arena *arena, const char *key,
		     int64_t time_ns)
{
	char text[TIME_TEXT_BYTES];

	time_format(time_ns, text);
	const char *copy = arena_text(arena, text);

	if (copy)
		add_text(attributes, key, copy);
	else
		attributes->error = -ENOMEM;
}

static const char *sentence(const struct change *change, struct arena *arena)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	/* The words of the others say who it was. */
	if (KINDS[change->kind].class_uid == COMPLIANCE_FINDING) {
		line_subject(&change->finding.subject, &text);
		buffer_text(&text, ": ");
	}
	change_words(change, &text);
	return buffer_error(&text) ? NULL : arena_copy(arena, text.data, text.length);
}

static void add_uid(struct otlp_attributes *attributes, struct arena *arena,
		    const struct change *change)
{
	char uid[CHANGE_UID_LENGTH + 1];

	change_uid(change, uid);
	const char *copy = arena_text(arena, uid);

	if (!copy)
		attributes->error = -ENOMEM;
	add_text(attributes, "log.record.uid", copy);
}

static void add_ocsf(struct otlp_attributes *attributes, const struct change *change)
{
	int64_t class_uid = KINDS[change->kind].class_uid;
	int64_t activity = KINDS[change->kind].activity;
	bool is_suppressed = change->kind == CHANGE_RESOLVED && change->finding.waived;

	add_text(attributes, "ocsf.metadata.version", "1.8.0");
	add_integer(attributes, "ocsf.category_uid", class_uid / 1000);
	add_integer(attributes, "ocsf.class_uid", class_uid);
	add_integer(attributes, "ocsf.activity_id", activity);
	add_integer(attributes, "ocsf.type_uid", class_uid * 100 + activity);
	add_integer(attributes, "ocsf.severity_id", ocsf_severity(change->finding.severity));
	add_integer(attributes, "ocsf.status_id",
		    is_suppressed ? STATUS_SUPPRESSED : KINDS[change->kind].status);
	add_text(attributes, "ocsf.finding_info.uid", change->finding_id);
	add_text(attributes, "ocsf.finding_info.title", change->finding.title);
}

static void add_compliance(struct otlp_attributes *attributes, struct arena *arena,
			   const struct change *change)
{
	const struct finding *finding = &change->finding;
	const char **standards = arena_array(arena, finding->cis_count + 1, sizeof(*standards));
	bool is_resolved = change->kind == CHANGE_RESOLVED;

	if (KINDS[change->kind].class_uid != COMPLIANCE_FINDING)
		return;
	for (size_t i = 0; standards && i < finding->cis_count; i++) {
		standards[i] = arena_printf(arena, "CIS Kubernetes Benchmark v%s",
					    finding->cis[i].benchmark);
		if (!standards[i])
			standards = NULL;
	}
	if (!standards) {
		attributes->error = -ENOMEM;
		return;
	}
	if (finding->cis_count)
		add_text(attributes, "ocsf.compliance.control", finding->cis[0].number);
	add_list(attributes, "ocsf.compliance.standards", standards, finding->cis_count);
	add_integer(attributes, "ocsf.compliance.status_id",
		    is_resolved ? COMPLIANCE[VERDICT_PASS] : COMPLIANCE[finding->verdict]);
}

/* "tcp [::]:10255": the name of a listener, taken apart again. */
static void add_listener(struct otlp_attributes *attributes, struct arena *arena, const char *name)
{
	const char *space = strchr(name, ' ');
	const char *colon = strrchr(name, ':');
	uint64_t port;

	if (!space || !colon || colon < space + 2 ||
	    text_to_unsigned(colon + 1, UINT16_MAX, &port) < 0)
		return;
	const char *address = space + 1;
	size_t length = (size_t)(colon - address);

	if (*address == '[' && address[length - 1] == ']') {
		address++;
		length -= 2;
	}
	const char *transport = arena_copy(arena, name, (size_t)(space - name));
	const char *host = arena_copy(arena, address, length);

	if (!transport || !host)
		attributes->error = -ENOMEM;
	add_text(attributes, "network.transport", transport);
	add_text(attributes, "network.local.address", host);
	add_integer(attributes, "network.local.port", (int64_t)port);
}

static void add_subject(struct otlp_attributes *attributes, struct arena *arena,
			const struct subject *subject)
{
	add_text(attributes, "nodelatch.subject.kind", subject->kind);
	add_text(attributes, "nodelatch.subject.name", subject->name);
	if (text_equal(subject->kind, "listener") && subject->name)
		add_listener(attributes, arena, subject->name);
	if (subject->pid)
		add_integer(attributes, "process.pid", subject->pid);
	add_text(attributes, "process.executable.path", subject->exe);
	add_text(attributes, "nodelatch.subject.unit", subject->unit);
	add_text(attributes, "k8s.pod.uid", subject->pod_uid);
}

static void add_evidence(struct otlp_attributes *attributes, struct arena *arena,
			 const struct finding *finding)
{
	CLEANUP_BUFFER struct text_buffer text = { 0 };

	for (size_t i = 0; i < finding->evidence_count; i++) {
		buffer_text(&text, i ? "; " : "");
		buffer_text(&text, finding->evidence[i].detail);
	}
	const char *copy = buffer_error(&text) ? NULL : arena_copy(arena, text.data, text.length);

	if (!copy)
		attributes->error = -ENOMEM;
	add_text(attributes, "nodelatch.evidence", copy);
	add_list(attributes, "nodelatch.notes", finding->notes, finding->note_count);
}

static void add_details(struct otlp_attributes *attributes, struct arena *arena,
			const struct change *change)
{
	const struct client_window *client = change->client;
	const struct exec_detail *exec = change->exec;

	if (client) {
		add_text(attributes, "nodelatch.rule", client->rule);
		add_text(attributes, "client.address", client->address);
		add_text(attributes, "network.transport", transport_word(client->transport));
		add_integer(attributes, "network.local.port", client->port);
		add_time(attributes, arena, "nodelatch.window.from", client->from_ns);
		add_time(attributes, arena, "nodelatch.window.to", client->to_ns);
	}
	if (change->gap) {
		add_text(attributes, "nodelatch.gap.stream", change->gap->stream);
		add_time(attributes, arena, "nodelatch.window.from", change->gap->from_ns);
		add_time(attributes, arena, "nodelatch.window.to", change->gap->to_ns);
	}
	if (exec) {
		add_text(attributes, "nodelatch.rule", exec->rule);
		add_list(attributes, "process.command_args", exec->arguments, exec->argument_count);
		add_integer(attributes, "process.parent_pid", exec->parent_pid);
		add_integer(attributes, "process.user.id", exec->uid);
	}
}

static void add_finding(struct otlp_attributes *attributes, const struct change *change)
{
	const struct finding *finding = &change->finding;

	add_text(attributes, "ocsf.remediation.desc", finding->remedy);
	add_text(attributes, "security_rule.uuid", finding->check);
	add_text(attributes, "security_rule.name", finding->check);
	add_text(attributes, "security_rule.version", "1");
	add_text(attributes, "nodelatch.verdict", verdict_word(finding->verdict));
	add_text(attributes, "nodelatch.value", finding->value);
	add_text(attributes, "nodelatch.expected", finding->expected);
	add_text(attributes, "nodelatch.source", finding->source);
	add_text(attributes, "nodelatch.exposure", exposure_word(finding->exposure));
}

int otlp_record_make(const struct change *change, struct arena *arena,
		     struct otlp_record *ret_record)
{
	const char *body = sentence(change, arena);
	struct otlp_attributes *attributes = &ret_record->attributes;

	if (!body)
		return -ENOMEM;
	ret_record->time_ns = change->time_ns;
	ret_record->severity_number = SEVERITY_NUMBERS[change->finding.severity];
	ret_record->severity_text = ocsf_severity_word(change->finding.severity);
	ret_record->body = body;
	ret_record->event_name = KINDS[change->kind].event;
	attributes->count = 0;
	attributes->error = 0;
	add_uid(attributes, arena, change);
	add_text(attributes, "nodelatch.record", KINDS[change->kind].record);
	add_text(attributes, "nodelatch.change", change_word(change->kind));
	add_integer(attributes, "nodelatch.seq", change->seq);
	add_integer(attributes, "nodelatch.count", (int64_t)change->count);
	add_text(attributes, "nodelatch.boot_id", change->node.boot_id);
	add_text(attributes, "nodelatch.finding.state", KINDS[change->kind].state);
	add_text(attributes, "nodelatch.enforcement.action", KINDS[change->kind].action);
	add_ocsf(attributes, change);
	add_compliance(attributes, arena, change);
	add_finding(attributes, change);
	add_subject(attributes, arena, &change->finding.subject);
	add_evidence(attributes, arena, &change->finding);
	add_details(attributes, arena, change);
	return attributes->error;
}

/* A UUID of version 8 (RFC 9562: bits of one's own) from the node's identity: the same after every
 * restart. */
static const char *instance_id(const struct node_identity *node, struct arena *arena)
{
	const char *machine = node->machine_id && *node->machine_id ? node->machine_id : node->name;
	char hex[DIGEST_HEX_BYTES];
	const char *text = arena_printf(arena, "nodelatch.instance/1\n%s", machine ? machine : "");

	if (!text)
		return NULL;
	digest_hex(text, strlen(text), hex);
	return arena_printf(arena, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 13, hex + 17,
			    hex + 20);
}

int otlp_resource_make(const struct otlp_settings *settings, struct arena *arena,
		       struct otlp_attributes *ret_attributes)
{
	const char *instance = instance_id(&settings->node, arena);

	if (!instance)
		return -ENOMEM;
	ret_attributes->count = 0;
	ret_attributes->error = 0;
	add_text(ret_attributes, "service.name", settings->service_name);
	add_text(ret_attributes, "service.version", settings->version);
	add_text(ret_attributes, "service.instance.id", instance);
	add_text(ret_attributes, "host.name", settings->node.name);
	add_text(ret_attributes, "host.id", settings->node.machine_id);
	add_text(ret_attributes, "os.type", "linux");
	add_text(ret_attributes, "k8s.node.name", settings->node.name);
	for (size_t i = 0; i < settings->resource_count; i++)
		add_text(ret_attributes, settings->resource[i].name, settings->resource[i].value);
	return ret_attributes->error;
}
