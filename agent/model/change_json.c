/* SPDX-License-Identifier: Apache-2.0 */
#include "model/change_json.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "model/finding_json.h"
#include "model/json_read.h"
#include "model/words.h"

#define SCHEMA "nodelatch.change/1"

static int set_time(json_t *object, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_BYTES];

	time_format(time_ns, text);
	return json_set_text(object, key, text);
}

static int set_count(json_t *object, const char *key, uint64_t count)
{
	return json_set(object, key,
			json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count));
}

static int set_window(json_t *object, int64_t from_ns, int64_t to_ns)
{
	json_t *window = json_object();
	int error = set_time(window, "from", from_ns);

	error |= set_time(window, "to", to_ns);
	return json_set(object, "window", window) | error;
}

static int set_client(json_t *object, const struct client_window *client)
{
	json_t *who = json_object();
	int error = json_set_text(who, "address", client->address);

	error |= json_set_text(who, "rule", client->rule);
	error |= json_set(who, "port", json_integer(client->port));
	error |= json_set_text(who, "protocol", transport_word(client->transport));
	error |= json_set(object, "client", who);
	return error | set_window(object, client->from_ns, client->to_ns);
}

static int set_gap(json_t *object, const struct change *change)
{
	json_t *gap = json_object();
	int error = json_set_text(gap, "stream", change->gap->stream);

	error |= set_count(gap, "lost", change->count);
	error |= json_set(object, "gap", gap);
	return error | set_window(object, change->gap->from_ns, change->gap->to_ns);
}

static int set_exec(json_t *object, const struct exec_detail *exec)
{
	json_t *what = json_object();
	int error = json_set(what, "argv", texts_to_json(exec->arguments, exec->argument_count));

	error |= json_set_text(what, "rule", exec->rule);
	error |= json_set(what, "parent", json_integer(exec->parent_pid));
	error |= json_set(what, "uid", json_integer(exec->uid));
	return error | json_set(object, "exec", what);
}

static int set_node(json_t *object, const struct node_identity *node)
{
	json_t *who = json_object();
	int error = json_set_text(who, "name", node->name);

	error |= json_set_text(who, "machine_id", node->machine_id);
	error |= json_set_text(who, "boot_id", node->boot_id);
	return error | json_set(object, "node", who);
}

/* The finding's part, without what is empty in most changes. */
static int set_finding(json_t *object, const struct finding *finding)
{
	int error = json_set_text(object, "check", finding->check);

	error |= json_set_text(object, "severity", severity_word(finding->severity));
	error |= json_set_text(object, "verdict", verdict_word(finding->verdict));
	error |= json_set_text(object, "title", finding->title);
	error |= json_set(object, "subject", subject_to_json(&finding->subject));
	error |= json_set_text(object, "value", finding->value);
	error |= json_set_text(object, "expected", finding->expected);
	error |= json_set_text(object, "source", finding->source);
	error |= json_set_text(object, "exposure", exposure_word(finding->exposure));
	if (finding->note_count)
		error |= json_set(object, "notes",
				  texts_to_json(finding->notes, finding->note_count));
	error |= json_set(object, "evidence",
			  evidence_to_json(finding->evidence, finding->evidence_count));
	error |= json_set_text(object, "remedy", finding->remedy);
	if (finding->cis_count)
		error |= json_set(object, "cis", cis_to_json(finding->cis, finding->cis_count));
	if (finding->waived)
		error |= json_set(object, "waived", waiver_to_json(finding->waived));
	return error;
}

json_t *change_to_json(const struct change *change)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set_text(object, "schema", SCHEMA);

	error |= json_set(object, "seq", json_integer(change->seq));
	error |= set_time(object, "time", change->time_ns);
	error |= json_set_text(object, "change", change_word(change->kind));
	error |= json_set_text(object, "finding", change->finding_id);
	error |= set_finding(object, &change->finding);
	if (change->client)
		error |= set_client(object, change->client);
	if (change->gap)
		error |= set_gap(object, change);
	if (change->exec)
		error |= set_exec(object, change->exec);
	error |= set_node(object, &change->node);
	error |= set_time(object, "first_seen", change->first_seen_ns);
	error |= set_count(object, "count", change->count);
	return error ? NULL : take_ptr(object);
}

static int read_window(const json_t *object, int64_t *from_ns, int64_t *to_ns)
{
	const json_t *window = json_object_get(object, "window");
	int error = read_time(window, "from", from_ns);

	return error ? error : read_time(window, "to", to_ns);
}

static int read_client(const json_t *object, struct arena *arena, struct change *change)
{
	const json_t *who = json_object_get(object, "client");
	struct client_window *client = arena_alloc(arena, sizeof(*client));
	int64_t port = 0;
	int error = !client ? -ENOMEM : json_is_object(who) ? 0 : -EINVAL;

	error = error ? error : read_text(who, "address", arena, &client->address);
	error = error ? error : read_text(who, "rule", arena, &client->rule);
	error = error ? error : read_number(who, "port", UINT16_MAX, &port);
	error = error ? error
		      : transport_from_word(json_get_text(who, "protocol", ""), &client->transport);
	error = error ? error : read_window(object, &client->from_ns, &client->to_ns);
	if (!error)
		client->port = (uint16_t)port;
	change->client = client;
	return error;
}

static int read_gap(const json_t *object, struct arena *arena, struct change *change)
{
	const json_t *what = json_object_get(object, "gap");
	struct gap_window *gap = arena_alloc(arena, sizeof(*gap));
	int error = !gap ? -ENOMEM : json_is_object(what) ? 0 : -EINVAL;

	error = error ? error : read_text(what, "stream", arena, &gap->stream);
	error = error ? error : read_window(object, &gap->from_ns, &gap->to_ns);
	change->gap = gap;
	return error;
}

static int read_exec(const json_t *object, struct arena *arena, struct change *change)
{
	const json_t *what = json_object_get(object, "exec");
	struct exec_detail *exec = arena_alloc(arena, sizeof(*exec));
	int64_t parent = 0, uid = 0;
	int error = !exec ? -ENOMEM : json_is_object(what) ? 0 : -EINVAL;

	error = error ? error
		      : texts_from_json(json_object_get(what, "argv"), arena, &exec->arguments,
					&exec->argument_count);
	error = error ? error : read_text(what, "rule", arena, &exec->rule);
	error = error ? error : read_number(what, "parent", INT32_MAX, &parent);
	error = error ? error : read_number(what, "uid", UINT32_MAX, &uid);
	if (!error) {
		exec->parent_pid = (pid_t)parent;
		exec->uid = (uid_t)uid;
	}
	change->exec = exec;
	return error;
}

static int read_detail(const json_t *object, struct arena *arena, struct change *change)
{
	int error = 0;

	if (json_object_get(object, "client"))
		error = read_client(object, arena, change);
	if (!error && json_object_get(object, "gap"))
		error = read_gap(object, arena, change);
	if (!error && json_object_get(object, "exec"))
		error = read_exec(object, arena, change);
	return error;
}

static int read_node(const json_t *object, struct arena *arena, struct node_identity *node)
{
	int error = read_text(object, "name", arena, &node->name);

	error = error ? error : read_text(object, "machine_id", arena, &node->machine_id);
	return error ? error : read_text(object, "boot_id", arena, &node->boot_id);
}

static int read_id(const json_t *object, struct change *change)
{
	const char *id = json_get_text(object, "finding", "");

	if (strlen(id) != FINDING_ID_LENGTH || strspn(id, "0123456789abcdef") != FINDING_ID_LENGTH)
		return -EINVAL;
	memcpy(change->finding_id, id, FINDING_ID_LENGTH + 1);
	return 0;
}

static int read_head(const json_t *object, struct change *change)
{
	int64_t count = 1;
	int error = text_equal(json_get_text(object, "schema", ""), SCHEMA) ? 0 : -EINVAL;

	error = error ? error : read_number(object, "seq", INT64_MAX, &change->seq);
	error = error ? error : read_number(object, "count", INT64_MAX, &count);
	error = error ? error : read_time(object, "time", &change->time_ns);
	error = error ? error : read_time(object, "first_seen", &change->first_seen_ns);
	error = error ? error
		      : change_from_word(json_get_text(object, "change", ""), &change->kind);
	change->count = (uint64_t)count;
	return error ? error : read_id(object, change);
}

int change_from_json(const json_t *object, struct arena *arena, struct change *ret_change)
{
	struct change change = { 0 };
	int error = json_is_object(object) ? read_head(object, &change) : -EINVAL;

	error = error ? error : finding_from_json(object, arena, &change.finding);
	error = error ? error : read_detail(object, arena, &change);
	error = error ? error : read_node(json_object_get(object, "node"), arena, &change.node);
	if (!error)
		*ret_change = change;
	return error;
}

int change_from_line(const char *line, size_t length, struct arena *arena,
		     struct change *ret_change)
{
	CLEANUP_JSON json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);

	return object ? change_from_json(object, arena, ret_change) : -EINVAL;
}
