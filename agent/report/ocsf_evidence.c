/* SPDX-License-Identifier: Apache-2.0 */
/* Who and what an OCSF object is about: processes, endpoints, and what was seen of them. */
#include "base/buffer.h"
#include "base/json.h"
#include "base/text.h"
#include "model/finding_json.h"
#include "model/words.h"
#include "report/ocsf_parts.h"
#include "report/text_words.h"

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

static json_t *file_of(const char *path)
{
	const char *name = text_base_name(path);

	return json_pack("{s:o, s:o, s:i}", "name", json_from_text(*name ? name : path), "path",
			 json_from_text(path), "type_id", 1);
}

static json_t *process_of(const struct subject *subject)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set(object, "pid", json_integer(subject->pid));

	if (subject->exe) {
		error |= json_set_text(object, "name", text_base_name(subject->exe));
		error |= json_set(object, "file", file_of(subject->exe));
	}
	return error ? NULL : take_ptr(object);
}

static json_t *connection_of(const struct client_window *client)
{
	int number = client->transport == TRANSPORT_TCP ? PROTOCOL_TCP : PROTOCOL_UDP;

	return json_pack("{s:s, s:i, s:i, s:s}", "protocol_name", transport_word(client->transport),
			 "protocol_num", number, "direction_id", 1, "direction", "Inbound");
}

static json_t *client_evidence(const struct change *change)
{
	const struct client_window *client = change->client;

	return json_pack("{s:{s:o}, s:{s:o, s:i}, s:o}", "src_endpoint", "ip",
			 json_from_text(client->address), "dst_endpoint", "hostname",
			 json_from_text(change->node.name), "port", (int)client->port,
			 "connection_info", connection_of(client));
}

/* An evidence needs one of a fixed list of keys; `data` takes what has no key of its own. */
static json_t *subject_evidence(const struct finding *finding)
{
	CLEANUP_JSON json_t *object = json_object();
	int error = json_set(
		object, "data",
		json_pack("{s:o, s:o}", "subject", subject_to_json(&finding->subject), "evidence",
			  evidence_to_json(finding->evidence, finding->evidence_count)));

	if (finding->subject.pid)
		error |= json_set(object, "process", process_of(&finding->subject));
	return error ? NULL : take_ptr(object);
}

json_t *ocsf_evidences(const struct change *change)
{
	CLEANUP_JSON json_t *array = json_array();
	int error = json_add(array, subject_evidence(&change->finding));

	if (change->client)
		error |= json_add(array, client_evidence(change));
	return error ? NULL : take_ptr(array);
}

static json_t *command_line(const struct exec_detail *exec)
{
	CLEANUP_BUFFER struct text_buffer line = { 0 };

	exec_words(exec, SIZE_MAX, &line);
	return buffer_error(&line) < 0 ? NULL : json_string(line.data ? line.data : "");
}

json_t *ocsf_process(const struct change *change)
{
	CLEANUP_JSON json_t *object = process_of(&change->finding.subject);
	int error = 0;

	if (!change->exec)
		return take_ptr(object);
	error |= json_set(object, "cmd_line", command_line(change->exec));
	error |= json_set(
		object, "user",
		json_pack("{s:o}", "uid", json_sprintf("%u", (unsigned)change->exec->uid)));
	error |= json_set(object, "parent_process",
			  json_pack("{s:i}", "pid", (int)change->exec->parent_pid));
	return error ? NULL : take_ptr(object);
}

json_t *ocsf_parent(const struct change *change)
{
	int parent = change->exec ? (int)change->exec->parent_pid : 0;

	return json_pack("{s:{s:i}}", "process", "pid", parent);
}
