/* SPDX-License-Identifier: Apache-2.0 */
/* Workloads that open the whole cluster when they are set up carelessly. */
#include "base/text.h"
#include "check/expectation.h"
#include "check/facts.h"
#include "check/families.h"
#include "check/row.h"

/* kubernetes/dashboard src/app/backend/dashboard.go of 2.x. */
static const struct expectation DASHBOARD_FLAGS[] = {
	{ EXPECT_NOT_TRUE, "--enable-skip-login", NULL },
	{ EXPECT_NOT_TRUE, "--enable-insecure-login", NULL },
	{ EXPECT_NOT_TRUE, "--disable-settings-authorizer", NULL },
	{ EXPECT_LOOPBACK, "--insecure-bind-address", NULL },
};

static const struct setting *known_setting(const struct component *component, const char *name)
{
	const struct setting *setting = component_setting(component, name);

	return setting && setting->value.kind != VALUE_UNKNOWN ? setting : NULL;
}

/* Its reach is that of its worst listener; unknown is taken to be anyone's. */
static enum exposure reach_of(const struct node *node, const struct component *component)
{
	enum exposure worst = EXPOSURE_NONE;

	for (size_t i = 0; i < node->listener_count; i++)
		if (process_owns(component->process, &node->listeners[i]) &&
		    worst < node->listeners[i].exposure)
			worst = node->listeners[i].exposure;
	return worst == EXPOSURE_NONE ? EXPOSURE_ANY : worst;
}

/* What speaks against a flag is the evidence; the first such is the value. */
static bool speaks_against(struct draft *draft, const struct component *component,
			   const struct expectation *flag)
{
	const struct setting *setting = known_setting(component, flag->setting);

	if (!setting || (setting->value.kind == VALUE_UNSET && flag->operator== EXPECT_LOOPBACK) ||
	    expectation_holds(draft->judge, flag, &setting->value))
		return false;
	draft_setting_detail(draft, setting);
	if (!*draft->finding.value) {
		draft_value(draft, "%s", flag->setting);
		draft_source(draft, setting->source.kind, setting->source.path);
	}
	return true;
}

static void judge_dashboard(struct judge *judge, const struct component *dashboard)
{
	struct draft draft = draft_on_component(judge, dashboard);
	const char *unknown = NULL;
	bool is_bad = false;

	draft.finding.exposure = reach_of(judge->node, dashboard);
	for (size_t i = 0; i < ARRAY_SIZE(DASHBOARD_FLAGS); i++) {
		is_bad |= speaks_against(&draft, dashboard, &DASHBOARD_FLAGS[i]);
		if (!known_setting(dashboard, DASHBOARD_FLAGS[i].setting))
			unknown = DASHBOARD_FLAGS[i].setting;
	}
	if (is_bad) {
		draft_record(&draft, VERDICT_FAIL);
	} else if (unknown || !dashboard->settings_known) {
		draft_problems(&draft, dashboard);
		draft_record_error(&draft, "%s cannot be determined",
				   unknown ? unknown : "what it was started with");
	} else {
		draft_record(&draft, VERDICT_PASS);
	}
}

static const struct check ROWS[] = {
	{
		.id = "workload.dashboard-flags",
		.title = "The dashboard lets people in without a login",
		.severity = SEVERITY_HIGH,
		.severity_rules = "at most medium when only loopback reaches it",
		.component = COMPONENT_DASHBOARD,
		.judge = judge_dashboard,
		.reads = "the dashboard's argv: --enable-skip-login, --enable-insecure-login, "
			 "--insecure-bind-address and --disable-settings-authorizer",
		.expected = "none of these flags, --insecure-bind-address on loopback",
		.why = "Who skips the login works with the dashboard's own account; a login over "
		       "plain HTTP shows its token to the network.",
		.remedy = "remove the flags that the evidence names from the arguments of the "
			  "dashboard's deployment: kubectl -n kubernetes-dashboard edit deployment "
			  "kubernetes-dashboard",
		.references = REFERENCES("https://github.com/kubernetes/dashboard/blob/v2.7.0/docs/"
					 "common/dashboard-arguments.md"),
	},
};

const struct check_family WORKLOAD_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
