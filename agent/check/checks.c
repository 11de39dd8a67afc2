/* SPDX-License-Identifier: Apache-2.0 */
#include "check/checks.h"

#include "base/text.h"
#include "check/expectation.h"
#include "check/families.h"
#include "check/judge.h"
#include "model/words.h"

/* In the order that results are printed in; one a line, so that tables come without conflicts. */
/* clang-format off */
static const struct check_family *const FAMILIES[] = {
	&KUBELET_ACCESS_CHECKS,
	&KUBELET_SERVER_CHECKS,
	&KUBELET_TLS_CHECKS,
	&KUBELET_POD_CHECKS,
	&KUBELET_CLUSTER_CHECKS,
	&KUBELET_INPUT_CHECKS,
	&KUBE_PROXY_CHECKS,
	&APISERVER_ACCESS_CHECKS,
	&APISERVER_ADMISSION_CHECKS,
	&APISERVER_DATA_CHECKS,
	&CONTROLLER_MANAGER_CHECKS,
	&SCHEDULER_CHECKS,
	&ETCD_CHECKS,
	&FILE_KUBELET_CHECKS,
	&FILE_PATH_CHECKS,
	&FILE_LEFT_CHECKS,
	&FILE_CONTROL_PLANE_CHECKS,
	&PORT_CHECKS,
	&PORT_PROBE_CHECKS,
	&WORKLOAD_CHECKS,
	&CLUSTER_CHECKS,
	&IDENTITY_CHECKS,
	&IDENTITY_SERVING_CHECKS,
	&IDENTITY_KUBECONFIG_CHECKS,
	&REQUIRE_CHECKS,
	&AGENT_CHECKS,
};
/* clang-format on */

const struct check *check_first(void)
{
	return FAMILIES[0]->rows;
}

const struct check *check_next(const struct check *check)
{
	for (size_t i = 0; i < ARRAY_SIZE(FAMILIES); i++) {
		const struct check *last = &FAMILIES[i]->rows[FAMILIES[i]->count - 1];

		if (check == last)
			return i + 1 < ARRAY_SIZE(FAMILIES) ? FAMILIES[i + 1]->rows : NULL;
	}
	return check + 1;
}

const struct check *check_find(const char *id)
{
	for (const struct check *check = check_first(); check; check = check_next(check))
		if (text_equal(check->id, id))
			return check;
	return NULL;
}

bool check_pattern_matches_any(const char *pattern)
{
	for (const struct check *check = check_first(); check; check = check_next(check))
		if (text_matches_glob(check->id, pattern))
			return true;
	return false;
}

static bool matches_one_of(const char *id, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_matches_glob(id, patterns[i]))
			return true;
	return false;
}

bool check_is_wanted(const struct check *check, const struct settings *settings,
		     const struct check_selection *selection)
{
	if (matches_one_of(check->id, settings->disabled_checks, settings->disabled_check_count))
		return false;
	return !selection->count ||
	       matches_one_of(check->id, selection->patterns, selection->count);
}

static void judge_component(struct judge *judge, const struct component *component)
{
	if (judge->check->judge)
		judge->check->judge(judge, component);
	else
		expectation_judge(judge, component);
}

/* A component that is not there gives one result, about the node. */
static void judge_components(struct judge *judge)
{
	const struct node *node = judge->node;
	bool is_there = false;

	for (size_t i = 0; i < node->component_count; i++) {
		if (node->components[i].kind != judge->check->component)
			continue;
		is_there = true;
		judge_component(judge, &node->components[i]);
	}
	if (is_there)
		return;
	struct draft draft = draft_on_node(judge);

	draft_record_not_applicable(&draft, "no %s runs on this node",
				    component_word(judge->check->component));
}

int checks_judge(const struct node *node, const struct settings *settings,
		 const struct check_selection *selection, struct arena *arena,
		 struct findings *ret_findings)
{
	struct judge judge = { .node = node, .settings = settings, .arena = arena };

	for (const struct check *check = check_first(); check && !judge.error;
	     check = check_next(check)) {
		if (!check_is_wanted(check, settings, selection))
			continue;
		judge.check = check;
		if (check->component == COMPONENT_KIND_COUNT)
			check->judge(&judge, NULL);
		else
			judge_components(&judge);
	}
	if (judge.error)
		return judge.error;
	*ret_findings = (struct findings){ judge.findings, judge.count };
	return 0;
}
