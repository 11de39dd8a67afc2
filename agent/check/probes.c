/* SPDX-License-Identifier: Apache-2.0 */
#include "check/probes.h"

#include "base/text.h"
#include "model/address.h"

static const struct probe *more_telling(const struct probe *one, const struct probe *other)
{
	return !one || one->outcome < other->outcome ? other : one;
}

const struct probe *component_probe(const struct node *node, const struct component *component,
				    int64_t port)
{
	const struct probe *found = NULL;

	for (size_t i = 0; node->probes_known && i < node->probe_count; i++)
		if (node->probes[i].pid == component->process->pid && node->probes[i].port == port)
			found = more_telling(found, &node->probes[i]);
	return found;
}

static bool is_of_listener(const struct probe *probe, const struct listener *listener)
{
	if (listener->transport != TRANSPORT_TCP || probe->port != listener->port)
		return false;
	for (size_t i = 0; i < listener->owner_count; i++)
		if (listener->owners[i]->pid == probe->pid)
			return true;
	return false;
}

const struct probe *listener_probe(const struct node *node, const struct listener *listener)
{
	const struct probe *found = NULL;

	for (size_t i = 0; node->probes_known && i < node->probe_count; i++)
		if (is_of_listener(&node->probes[i], listener))
			found = more_telling(found, &node->probes[i]);
	return found;
}

bool probe_was_served(const struct probe *probe)
{
	return probe && probe->outcome == PROBE_ANSWERED && probe->status >= 200 &&
	       probe->status < 300;
}

static bool has(const char *const *items, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(items[i], wanted))
			return true;
	return false;
}

bool probe_accepts_version(const struct probe *probe, const char *version)
{
	return probe && has(probe->versions, probe->version_count, version);
}

bool probe_accepts_suite(const struct probe *probe, const char *suite)
{
	return probe && has(probe->suites, probe->suite_count, suite);
}

void draft_probe(struct draft *draft, const struct probe *probe)
{
	char name[ADDRESS_TEXT_BYTES];

	if (!probe)
		return;
	listener_format(TRANSPORT_TCP, &probe->address, probe->port, name);
	switch (probe->outcome) {
	case PROBE_ANSWERED:
		draft_evidence(draft, "probe", "GET %s on %s answered %d without credentials%s",
			       probe->path ? probe->path : "/", name, probe->status,
			       probe->shows_pods ? ", with a list of pods" : "");
		break;
	case PROBE_HANDSHAKE:
		draft_evidence(draft, "probe", "%s agreed on TLS%s%s", name,
			       probe->problem ? ", but " : "",
			       probe->problem ? probe->problem : "");
		break;
	case PROBE_REFUSED:
		draft_evidence(draft, "probe", "%s refused the connection of a client on this node",
			       name);
		break;
	case PROBE_FAILED:
		draft_evidence(draft, "probe", "%s gave a client on this node no answer: %s", name,
			       probe->problem ? probe->problem : "the reason is not known");
		break;
	}
}
