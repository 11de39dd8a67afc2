/* SPDX-License-Identifier: Apache-2.0 */
#include "check/control_plane.h"

#include "check/expectation.h"
#include "check/facts.h"
#include "check/probes.h"
#include "model/address.h"
#include "model/words.h"

bool control_plane_draft_pair(struct draft *draft, const struct component *component)
{
	const struct expectation *expectation = &draft->judge->check->expectation;
	const struct setting *one = draft_setting(draft, component, expectation->setting);

	if (!one)
		return false;
	const char *value = draft->finding.value, *source = draft->finding.source;
	const struct setting *other = draft_setting(draft, component, expectation->value);

	if (!other)
		return false;
	if (value_is_set(&one->value) && value_is_set(&other->value)) {
		draft_value(draft, "%s, %s", value, draft->finding.value);
		return true;
	}
	/* What is shown is the one that is there, or nothing; the source is of what is missing. */
	if (!value_is_set(&one->value))
		draft->finding.source = source;
	else
		draft->finding.value = value;
	draft_record(draft, VERDICT_FAIL);
	return false;
}

void control_plane_judge_pair(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_for_row(judge, component);

	if (control_plane_draft_pair(&draft, component))
		draft_record(&draft, VERDICT_PASS);
}

/* A socket that is worse than its settings. */
static void draft_live(struct draft *draft, const struct listener *listener)
{
	char name[ADDRESS_TEXT_BYTES];

	listener_format(listener->transport, &listener->address, listener->port, name);
	draft_value(draft, "%s", name);
	draft_source(draft, SOURCE_LIVE, NULL);
	draft->finding.exposure = listener->exposure;
}

static void record_live(struct draft *draft, const struct component *component,
			const struct listener *listener)
{
	const char *setting = draft->judge->check->expectation.setting;

	draft_listener(draft, listener);
	draft_setting_detail(draft, component_setting(component, setting));
	draft_live(draft, listener);
	draft_record(draft, VERDICT_FAIL);
}

static enum exposure exposure_of_text(const struct value *value)
{
	struct address address;

	if (value->kind != VALUE_TEXT || address_parse_host(value->text, &address) < 0)
		return EXPOSURE_ANY;
	return address_exposure(&address);
}

void control_plane_judge_reach(struct draft *draft, const struct component *component, int64_t port)
{
	const struct expectation *expectation = &draft->judge->check->expectation;
	const struct setting *setting = component_setting(component, expectation->setting);
	const struct listener *live = component_listener(draft->judge->node, component, port);
	bool is_known = setting && setting->value.kind != VALUE_UNKNOWN;
	bool is_loopback =
		is_known && expectation_holds(draft->judge, expectation, &setting->value);

	if (live && live->exposure > EXPOSURE_LOOPBACK && (is_loopback || !is_known)) {
		record_live(draft, component, live);
		return;
	}
	if (!draft_setting(draft, component, expectation->setting))
		return;
	if (live)
		draft_listener(draft, live);
	draft->finding.exposure = live ? live->exposure : exposure_of_text(&setting->value);
	if (port == 0 && !live) {
		draft_note(draft, "its port is 0: the server is off");
		draft->finding.exposure = EXPOSURE_NONE;
		is_loopback = true;
	}
	draft_record(draft, is_loopback ? VERDICT_PASS : VERDICT_FAIL);
}

void control_plane_judge_bind_address(struct judge *judge, const struct component *component)
{
	struct draft draft = draft_on_component(judge, component);

	control_plane_judge_reach(&draft, component, setting_integer(component, "--secure-port"));
}

/* Where the insecure port was, and the last release (1.N) that served it unless told otherwise. */
static const struct insecure_port {
	uint16_t port;
	int last_minor;
	bool is_as_good_as_its_flag; /* it was never seen to ignore --insecure-port */
	const char *address;	     /* the setting of where it is */
} INSECURE_PORTS[COMPONENT_KIND_COUNT] = {
	[COMPONENT_APISERVER] = { 8080, 19, true, "--insecure-bind-address" },
	[COMPONENT_CONTROLLER_MANAGER] = { 10252, 21, false, "--address" },
	[COMPONENT_SCHEDULER] = { 10251, 22, false, "--address" },
};

static const struct listener *insecure_listener(const struct node *node,
						const struct component *component, int64_t named)
{
	uint16_t usual = INSECURE_PORTS[component->kind].port;
	int64_t port = named > 0 ? named : usual;
	const struct listener *listener = component_listener(node, component, port);

	if (!listener || port == setting_integer(component, "--secure-port"))
		return NULL;
	const struct probe *probe = listener_probe(node, listener);
	bool is_tls = probe && probe->outcome >= PROBE_HANDSHAKE && probe->is_tls;

	return is_tls ? NULL : listener;
}

/* Without a socket that says it. */
static void record_by_settings(struct draft *draft, const struct component *component)
{
	const struct insecure_port *insecure = &INSECURE_PORTS[component->kind];
	const char *name = draft->judge->check->expectation.setting;
	const struct setting *setting = draft_setting(draft, component, name);
	int minor = component_minor(component);

	if (!setting)
		return;
	int64_t port = setting_integer(component, name);

	if (port > 0 && minor > insecure->last_minor) {
		draft_note(draft, "%s %s serves no such port any more",
			   component_word(component->kind), component->version);
		draft_record(draft, VERDICT_PASS);
	} else if (port > 0) {
		const struct setting *address = component_setting(component, insecure->address);

		draft->finding.exposure =
			address ? exposure_of_text(&address->value) : EXPOSURE_ANY;
		draft_record(draft, VERDICT_FAIL);
	} else if (!insecure->is_as_good_as_its_flag && minor == 21 &&
		   setting->source.kind == SOURCE_FLAG) {
		draft_record_error(draft, "releases of 1.21 ignored --port=0, and no socket of the "
					  "process is seen that would say what it does");
	} else {
		draft_record(draft, VERDICT_PASS);
	}
}

/* The process listens, and not on that port. */
static void record_no_socket(struct draft *draft, const struct component *component)
{
	const char *name = draft->judge->check->expectation.setting;

	draft_setting_detail(draft, component_setting(component, name));
	draft_evidence(draft, "live", "the %s listens, and not on an insecure port",
		       component_word(component->kind));
	draft_source(draft, SOURCE_LIVE, NULL);
	draft_record(draft, VERDICT_PASS);
}

void control_plane_judge_insecure_port(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	const struct insecure_port *insecure = &INSECURE_PORTS[component->kind];
	int64_t named = setting_integer(component, judge->check->expectation.setting);
	const struct listener *live = insecure_listener(node, component, named);
	struct draft draft = draft_on_component(judge, component);
	bool is_asked_for = insecure->is_as_good_as_its_flag && named > 0;

	if (live)
		record_live(&draft, component, live);
	else if (component_listens(node, component) && !is_asked_for)
		record_no_socket(&draft, component);
	else
		record_by_settings(&draft, component);
}
