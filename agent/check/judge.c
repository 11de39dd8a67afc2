/* SPDX-License-Identifier: Apache-2.0 */
#include "check/judge.h"

#include <errno.h>
#include <stdarg.h>

#include "base/text.h"
#include "base/time.h"
#include "model/address.h"
#include "model/words.h"

/* What printf-like functions here share: the text of their last arguments, in the arena. */
#define JUDGE_FORMATTED(judge, ret_text, format)                                                   \
	do {                                                                                       \
		va_list arguments_;                                                                \
		va_start(arguments_, format);                                                      \
		(ret_text) = format_text(judge, format, arguments_);                               \
		va_end(arguments_);                                                                \
	} while (0)

static const char *no_memory(struct judge *judge)
{
	judge->error = -ENOMEM;
	return "";
}

static const char *format_text(struct judge *judge, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static const char *format_text(struct judge *judge, const char *format, va_list arguments)
{
	const char *text = arena_vprintf(judge->arena, format, arguments);

	return text ? text : no_memory(judge);
}

const char *judge_text(struct judge *judge, const char *format, ...)
{
	const char *text;

	JUDGE_FORMATTED(judge, text, format);
	return text;
}

static size_t cis_count(const struct cis_number *cis)
{
	size_t count = 0;

	while (cis && cis[count].benchmark)
		count++;
	return count;
}

static struct draft draft_begin(struct judge *judge, struct subject subject)
{
	const struct check *check = judge->check;

	return (struct draft){
		.judge = judge,
		.finding = { .check = check->id,
			     .title = check->title,
			     .severity = check->severity,
			     .subject = subject,
			     .value = "",
			     .expected = check->expected,
			     .source = "",
			     .remedy = check->remedy,
			     .cis = check->cis,
			     .cis_count = cis_count(check->cis) },
	};
}

static void subject_of_process(struct subject *subject, const struct process *process)
{
	subject->pid = process->pid;
	subject->exe = process->exe;
	subject->unit = process->unit;
	subject->pod_uid = process->pod_uid;
}

struct draft draft_on_node(struct judge *judge)
{
	return draft_begin(
		judge,
		(struct subject){ .kind = "node", .name = judge->node->name, .key = "node" });
}

/*
 * Identity across restarts: the node name that the process claims tells the kubelets of several
 * nested nodes apart; where that does not, their order does.
 */
static const char *component_key(struct judge *judge, const struct component *component)
{
	unsigned same_before = 0;

	for (const struct component *other = judge->node->components; other < component; other++)
		same_before += other->kind == component->kind &&
			       text_equal(other->node_name, component->node_name);
	const char *node_name = component->node_name ? component->node_name : "";

	return same_before ? judge_text(judge, "%s#%u", node_name, same_before + 1) : node_name;
}

struct draft draft_on_component(struct judge *judge, const struct component *component)
{
	struct subject subject = { .kind = component_word(component->kind),
				   .name = component_word(component->kind),
				   .key = component_key(judge, component) };

	subject_of_process(&subject, component->process);
	return draft_begin(judge, subject);
}

/* A namespace's inode does not survive a restart, so what lives in it stands for it. */
static const char *listener_key(struct judge *judge, const struct listener *listener,
				const char *name)
{
	const struct process *owner = listener->owner_count ? listener->owners[0] : NULL;

	if (listener->is_in_host_netns)
		return name;
	if (!owner)
		return judge_text(judge, "%s in another namespace", name);
	const char *home = owner->pod_uid ? owner->pod_uid : owner->unit ? owner->unit : owner->exe;

	return judge_text(judge, "%s in %s", name, home ? home : "another namespace");
}

struct draft draft_on_listener(struct judge *judge, const struct listener *listener)
{
	char name[ADDRESS_TEXT_BYTES];
	struct subject subject = { .kind = "listener" };

	listener_format(listener->transport, &listener->address, listener->port, name);
	subject.name = judge_text(judge, "%s", name);
	subject.key = listener_key(judge, listener, subject.name);
	if (listener->owner_count)
		subject_of_process(&subject, listener->owners[0]);
	struct draft draft = draft_begin(judge, subject);

	draft.finding.value = subject.name;
	draft.finding.exposure = listener->exposure;
	draft_source(&draft, SOURCE_LIVE, NULL);
	return draft;
}

/* Roots of several nested nodes have the same paths in them. */
static const char *file_key(struct judge *judge, const struct component *user, const char *path)
{
	const char *key = user ? component_key(judge, user) : "";

	if (user && user->kind != COMPONENT_KUBELET)
		key = judge_text(judge, "%s %s", component_word(user->kind), key);
	return *key ? judge_text(judge, "%s:%s", key, path) : path;
}

struct draft draft_on_file(struct judge *judge, const struct component *user, const char *path)
{
	struct subject subject = { .kind = "file",
				   .name = path,
				   .key = file_key(judge, user, path) };

	if (user)
		subject_of_process(&subject, user->process);
	return draft_begin(judge, subject);
}

struct draft draft_on_self(struct judge *judge, const struct self_fact *fact)
{
	bool is_guard = text_starts_with(fact->check, "guard.");
	struct draft draft =
		draft_begin(judge, (struct subject){ .kind = is_guard ? "port" : "agent",
						     .name = fact->name,
						     .key = fact->name });

	if (fact->remedy)
		draft.finding.remedy = fact->remedy;
	draft_source(&draft, SOURCE_LIVE, NULL);
	return draft;
}

static void add_note(struct draft *draft, const char *note)
{
	const char **place =
		arena_push(draft->judge->arena, &draft->notes, &draft->finding.note_count,
			   &draft->note_capacity, sizeof(*place));

	if (place)
		*place = note;
	else
		no_memory(draft->judge);
}

static void add_evidence(struct draft *draft, const char *kind, const char *detail)
{
	struct evidence *place =
		arena_push(draft->judge->arena, &draft->evidence, &draft->finding.evidence_count,
			   &draft->evidence_capacity, sizeof(*place));

	if (place)
		*place = (struct evidence){ .kind = kind, .detail = detail };
	else
		no_memory(draft->judge);
}

void draft_note(struct draft *draft, const char *format, ...)
{
	const char *note;

	JUDGE_FORMATTED(draft->judge, note, format);
	add_note(draft, note);
}

void draft_evidence(struct draft *draft, const char *kind, const char *format, ...)
{
	const char *detail;

	JUDGE_FORMATTED(draft->judge, detail, format);
	add_evidence(draft, kind, detail);
}

void draft_raise(struct draft *draft, enum severity severity)
{
	if (draft->finding.severity < severity)
		draft->finding.severity = severity;
}

void draft_value(struct draft *draft, const char *format, ...)
{
	JUDGE_FORMATTED(draft->judge, draft->finding.value, format);
}

void draft_source(struct draft *draft, enum source_kind kind, const char *path)
{
	struct source source = { .kind = kind, .path = path };
	const char *words = source_words(&source, draft->judge->arena);

	draft->finding.source = words ? words : no_memory(draft->judge);
}

/* The operator's word replaces the row's and its conditions; what only loopback reaches stays at
 * most medium. */
static void settle_severity(struct draft *draft)
{
	const struct settings *settings = draft->judge->settings;
	struct finding *finding = &draft->finding;

	for (size_t i = 0; i < settings->severity_count; i++)
		if (text_matches_glob(finding->check, settings->severities[i].check))
			finding->severity = settings->severities[i].severity;
	if (finding->exposure == EXPOSURE_LOOPBACK && finding->severity > SEVERITY_MEDIUM)
		finding->severity = SEVERITY_MEDIUM;
}

static void use_waiver(struct draft *draft, const struct waiver *waiver)
{
	struct waiver_use *use = arena_alloc(draft->judge->arena, sizeof(*use));

	if (!use) {
		no_memory(draft->judge);
		return;
	}
	*use = (struct waiver_use){ .reason = waiver->reason, .until = waiver->until_text };
	draft->finding.waived = use;
}

static void settle_waivers(struct draft *draft)
{
	const struct settings *settings = draft->judge->settings;

	for (size_t i = 0; i < settings->waiver_count; i++) {
		const struct waiver *waiver = &settings->waivers[i];

		if (!text_matches_glob(draft->finding.check, waiver->check))
			continue;
		if (waiver->until && draft->judge->node->now_ns / NS_PER_S > waiver->until)
			draft_note(draft,
				   "the waiver \"%s\" expired on %s and does not hold any more",
				   waiver->reason, waiver->until_text);
		else if (!draft->finding.waived)
			use_waiver(draft, waiver);
	}
}

void draft_record(struct draft *draft, enum verdict verdict)
{
	struct judge *judge = draft->judge;

	draft->finding.verdict = verdict;
	settle_severity(draft);
	if (verdict == VERDICT_FAIL || verdict == VERDICT_ERROR)
		settle_waivers(draft);
	draft->finding.notes = draft->notes;
	draft->finding.evidence = draft->evidence;
	struct finding *place = arena_push(judge->arena, &judge->findings, &judge->count,
					   &judge->capacity, sizeof(*place));

	if (place)
		*place = draft->finding;
	else
		no_memory(judge);
}

void draft_record_error(struct draft *draft, const char *format, ...)
{
	const char *reason;

	JUDGE_FORMATTED(draft->judge, reason, format);
	add_evidence(draft, "problem", reason);
	draft_record(draft, VERDICT_ERROR);
}

void draft_record_not_applicable(struct draft *draft, const char *format, ...)
{
	const char *reason;

	JUDGE_FORMATTED(draft->judge, reason, format);
	add_note(draft, reason);
	draft->finding.exposure = EXPOSURE_NONE;
	draft_record(draft, VERDICT_NOT_APPLICABLE);
}
