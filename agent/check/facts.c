/* SPDX-License-Identifier: Apache-2.0 */
#include "check/facts.h"

#include <errno.h>

#include "base/text.h"
#include "model/address.h"
#include "model/words.h"

int64_t setting_integer(const struct component *component, const char *name)
{
	const struct setting *setting = component_setting(component, name);

	return setting && setting->value.kind == VALUE_INTEGER ? setting->value.integer : -1;
}

bool setting_is_text(const struct component *component, const char *name, const char *text)
{
	const struct setting *setting = component_setting(component, name);

	return setting && setting->value.kind == VALUE_TEXT &&
	       text_equal(setting->value.text, text);
}

bool setting_is_false(const struct component *component, const char *name)
{
	const struct setting *setting = component_setting(component, name);

	return setting && setting->value.kind == VALUE_BOOLEAN && !setting->value.boolean;
}

bool component_would_not_start(const struct component *component)
{
	for (size_t i = 0; i < component->problem_count; i++)
		if (component->problems[i].kind == PROBLEM_FATAL)
			return true;
	return false;
}

static void add_problem(struct draft *draft, const struct problem *problem)
{
	if (!problem->path)
		draft_evidence(draft, "flag", "%s", problem->message);
	else if (problem->line)
		draft_evidence(draft, "file", "%s:%u: %s", problem->path, problem->line,
			       problem->message);
	else
		draft_evidence(draft, "file", "%s: %s", problem->path, problem->message);
}

void draft_problems(struct draft *draft, const struct component *component)
{
	for (size_t i = 0; i < component->problem_count; i++)
		add_problem(draft, &component->problems[i]);
}

/* Evidence is named by where it was found: a flag's default is found in argv, a configuration's in
 * the configuration. */
static const char *const EVIDENCE_KINDS[] = {
	[SOURCE_NONE] = "setting",	[SOURCE_FLAG] = "flag", [SOURCE_CONFIG] = "config",
	[SOURCE_DROPIN] = "dropin",	[SOURCE_ENV] = "env",	[SOURCE_DISTRO] = "distro",
	[SOURCE_DEFAULT_FLAG] = "flag", [SOURCE_LIVE] = "live", [SOURCE_DEFAULT_CONFIG] = "config",
	[SOURCE_EXEC] = "exec",
};
_Static_assert(ARRAY_SIZE(EVIDENCE_KINDS) == SOURCE_KIND_COUNT, "every source names its evidence");

void draft_setting_detail(struct draft *draft, const struct setting *setting)
{
	if (setting && setting->detail)
		draft_evidence(draft, EVIDENCE_KINDS[setting->source.kind], "%s", setting->detail);
}

const struct setting *draft_setting(struct draft *draft, const struct component *component,
				    const char *name)
{
	const struct setting *setting = component_setting(component, name);

	if (component_would_not_start(component)) {
		draft_problems(draft, component);
		draft_record_error(draft, "the %s would refuse to start with these settings",
				   component_word(component->kind));
		return NULL;
	}
	draft_setting_detail(draft, setting);
	if (setting && setting->pending)
		draft_note(draft, "%s", setting->pending);
	if (!component->settings_known || !setting || setting->value.kind == VALUE_UNKNOWN) {
		draft_problems(draft, component);
		if (draft->finding.evidence_count)
			draft_record(draft, VERDICT_ERROR);
		else
			draft_record_error(draft, "%s cannot be determined", name);
		return NULL;
	}
	const char *value = value_words(&setting->value, draft->judge->arena);

	draft_value(draft, "%s", value ? value : "");
	draft_source(draft, setting->source.kind, setting->source.path);
	return setting;
}

/* A start time that is not known says nothing against it. */
static bool is_same_process(const struct process *one, const struct process *other)
{
	return one->pid == other->pid &&
	       (one->start_ticks == other->start_ticks || !one->start_ticks || !other->start_ticks);
}

bool process_owns(const struct process *process, const struct listener *listener)
{
	for (size_t i = 0; i < listener->owner_count; i++)
		if (is_same_process(listener->owners[i], process))
			return true;
	return false;
}

/* A process whose namespace is not known is taken to be in the host's. */
bool process_shares_netns(const struct node *node, const struct process *process,
			  const struct listener *listener)
{
	bool is_on_host = !process->netns || process->netns == node->host_netns;

	return is_on_host ? listener->is_in_host_netns : listener->netns == process->netns;
}

bool component_listens(const struct node *node, const struct component *component)
{
	for (size_t i = 0; i < node->listener_count; i++)
		if (process_owns(component->process, &node->listeners[i]))
			return true;
	return false;
}

const struct listener *component_listener(const struct node *node,
					  const struct component *component, int64_t port)
{
	const struct listener *worst = NULL;

	for (size_t i = 0; i < node->listener_count; i++) {
		const struct listener *listener = &node->listeners[i];

		if (listener->transport != TRANSPORT_TCP || listener->port != port ||
		    !process_owns(component->process, listener))
			continue;
		if (!worst || worst->exposure < listener->exposure)
			worst = listener;
	}
	return worst;
}

/* Which settings place a component's main server. */
static const struct {
	const char *port, *address;
} SERVERS[COMPONENT_KIND_COUNT] = {
	[COMPONENT_KUBELET] = { "port", "address" },
	[COMPONENT_APISERVER] = { "--secure-port", "--bind-address" },
	[COMPONENT_CONTROLLER_MANAGER] = { "--secure-port", "--bind-address" },
	[COMPONENT_SCHEDULER] = { "--secure-port", "--bind-address" },
};

/* What is not known to be out of reach is taken to be within anyone's. */
static enum exposure exposure_by_settings(const struct component *component)
{
	const char *name = SERVERS[component->kind].address;
	const struct setting *setting = name ? component_setting(component, name) : NULL;
	struct address address;

	if (!setting || setting->value.kind != VALUE_TEXT ||
	    address_parse(setting->value.text, &address) < 0)
		return EXPOSURE_ANY;
	return address_exposure(&address);
}

enum exposure draft_reach(struct draft *draft, const struct component *component, int64_t port)
{
	const struct node *node = draft->judge->node;

	if (!node->listeners_known)
		draft_note(draft, "no socket table could be read%s%s: judged by the settings alone",
			   node->listeners_problem ? ", " : "",
			   node->listeners_problem ? node->listeners_problem : "");
	if (port == 0)
		return EXPOSURE_NONE;
	if (port < 0 || !node->listeners_known || !component_listens(node, component))
		return exposure_by_settings(component);
	const struct listener *listener = component_listener(node, component, port);

	return listener ? listener->exposure : EXPOSURE_NONE;
}

/* --enable-server=false turns it off. */
static enum exposure server_reach(struct draft *draft, const struct component *component)
{
	const char *name = SERVERS[component->kind].port;
	int64_t port = name ? setting_integer(component, name) : -1;
	enum exposure reach = draft_reach(draft, component, port);

	if (setting_is_false(component, "enableServer") &&
	    !component_listener(draft->judge->node, component, port))
		return EXPOSURE_NONE;
	return reach;
}

struct draft draft_on_server(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);

	draft.finding.exposure = server_reach(&draft, component);
	return draft;
}

struct draft draft_for_row(struct judge *judge, const struct component *component)
{
	return judge->check->is_about_server ? draft_on_server(judge, component)
					     : draft_on_component(judge, component);
}

void draft_listener(struct draft *draft, const struct listener *listener)
{
	const struct process *owner = listener->owner_count ? listener->owners[0] : NULL;
	char name[ADDRESS_TEXT_BYTES];

	listener_format(listener->transport, &listener->address, listener->port, name);
	if (!owner) {
		draft_evidence(draft, "listener", "%s is held by no process that can be seen",
			       name);
		return;
	}
	draft_evidence(draft, "listener", "%s is held by pid %d (%s%s%s)", name, (int)owner->pid,
		       owner->exe    ? owner->exe
		       : owner->name ? owner->name
				     : "unknown program",
		       owner->unit ? ", " : "", owner->unit ? owner->unit : "");
}

/* At most four digits, so that nothing overflows; no digit is -EINVAL. */
static int read_number(const char **at, int *ret_number)
{
	const char *start = *at;
	int number = 0;

	while (**at >= '0' && **at <= '9' && *at - start < 4)
		number = number * 10 + (*(*at)++ - '0');
	if (*at == start || (**at >= '0' && **at <= '9'))
		return -EINVAL;
	*ret_number = number;
	return 0;
}

int version_parse(const char *text, struct version *ret_version)
{
	struct version version = { .patch = -1 };

	if (!text)
		return -EINVAL;
	text += *text == 'v';
	if (read_number(&text, &version.major) < 0 || *text++ != '.' ||
	    read_number(&text, &version.minor) < 0)
		return -EINVAL;
	if (*text == '.') {
		text++;
		if (read_number(&text, &version.patch) < 0)
			return -EINVAL;
	}
	*ret_version = version;
	return 0;
}

/* The gate is beta and on by default since 1.12; AllBeta=false turns off what is not named. */
const struct setting *component_closed_serving_gate(const struct component *component)
{
	static const char GATE[] = "featureGates.RotateKubeletServerCertificate";
	const struct setting *gate = component_setting(component, GATE);
	bool is_named = gate && gate->value.kind == VALUE_BOOLEAN &&
			gate->source.kind != SOURCE_DEFAULT_FLAG &&
			gate->source.kind != SOURCE_DEFAULT_CONFIG;

	if (setting_is_false(component, GATE))
		return gate;
	if (!is_named && setting_is_false(component, "featureGates.AllBeta"))
		return component_setting(component, "featureGates.AllBeta");
	return NULL;
}

int component_minor(const struct component *component)
{
	struct version version;

	if (version_parse(component->version, &version) < 0 || version.major != 1)
		return -1;
	return version.minor;
}
