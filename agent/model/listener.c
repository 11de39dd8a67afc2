/* SPDX-License-Identifier: Apache-2.0 */
#include "model/listener.h"

#include "base/cleanup.h"
#include "base/text.h"

/* The default of net.ipv4.ip_local_port_range. */
#define EPHEMERAL_PORT_FIRST 32768
#define EPHEMERAL_PORT_LAST  60999

static const char *const HOLDERS[] = { "systemd", "init", "containerd-shim*",
				       "conmon",  "runc", "crun" };

/* In order: of several answers the largest counts. */
enum fit { FITS_NOT, FITS_PERHAPS, FITS };

static const char *program_name(const struct process *process)
{
	return process->exe ? text_base_name(process->exe) : process->name;
}

bool process_is_named(const struct process *process, const char *name)
{
	return text_equal(program_name(process), name);
}

bool process_is_holder(const struct process *process)
{
	if (process->pid == 1)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(HOLDERS); i++)
		if (text_matches_glob(program_name(process), HOLDERS[i]))
			return true;
	return false;
}

bool listener_is_client(const struct listener *listener)
{
	return listener->transport == TRANSPORT_UDP && listener->port >= EPHEMERAL_PORT_FIRST &&
	       listener->port <= EPHEMERAL_PORT_LAST;
}

static enum fit smaller(enum fit one, enum fit other)
{
	return one < other ? one : other;
}

static enum fit fit_of_text(const char *text, bool is_known, const char *pattern)
{
	if (pattern && !is_known)
		return FITS_PERHAPS;
	return text_matches_glob(text, pattern) ? FITS : FITS_NOT;
}

/* A process in no unit has a cgroup all the same; one without is not known. */
static enum fit fit_of_owner(const struct listener_allowance *allowance,
			     const struct process *owner)
{
	return smaller(fit_of_text(owner->exe, owner->exe, allowance->exe),
		       fit_of_text(owner->unit, owner->unit || owner->cgroup, allowance->unit));
}

/* The best fit of any entry; owner NULL: nobody is seen to hold it. */
static enum fit best_fit(const struct settings *settings, const struct listener *listener,
			 const struct process *owner)
{
	static const struct process nobody = { 0 };
	enum fit best = FITS_NOT;

	for (size_t i = 0; i < settings->listeners_allow_count; i++) {
		const struct listener_allowance *allowance = &settings->listeners_allow[i];

		if (allowance->port && allowance->port != listener->port)
			continue;
		enum fit fit = fit_of_owner(allowance, owner ? owner : &nobody);

		best = fit > best ? fit : best;
	}
	return best;
}

/* A stranger in a group that shares the port (SO_REUSEPORT) is not allowed by the others. */
static enum fit fit_of_all(const struct settings *settings, const struct listener *listener)
{
	if (!listener->owner_count)
		return best_fit(settings, listener, NULL);
	enum fit worst = best_fit(settings, listener, listener->owners[0]);

	for (size_t i = 1; i < listener->owner_count; i++)
		if (!process_is_holder(listener->owners[i]))
			worst = smaller(worst, best_fit(settings, listener, listener->owners[i]));
	return worst;
}

static const struct port_rule *strictest_rule(const struct settings *settings,
					      const struct listener *listener)
{
	const struct port_rule *strictest = NULL;

	for (size_t i = 0; i < settings->port_count; i++) {
		const struct port_rule *rule = &settings->ports[i];

		if (rule->port != listener->port || rule->transport != listener->transport ||
		    !(listener->is_in_host_netns || rule->all_namespaces))
			continue;
		if (!strictest || strictest->action < rule->action)
			strictest = rule;
	}
	return strictest;
}

struct listener_policy listener_policy(const struct settings *settings,
				       const struct listener *listener)
{
	const struct port_rule *rule = strictest_rule(settings, listener);

	if (rule)
		return (struct listener_policy){ .action = rule->action, .rule = rule };
	if (!listener->is_in_host_netns)
		return (struct listener_policy){ .action = ACTION_ALLOW };
	enum fit fit = fit_of_all(settings, listener);

	return (struct listener_policy){
		.action = fit == FITS ? ACTION_ALLOW : settings->listeners_default,
		.is_unclear = fit == FITS_PERHAPS,
	};
}
