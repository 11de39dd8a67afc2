/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's own state, as facts that it observed about itself: what it cannot see or do is a
 * finding like any other. Where there are no facts there is no result.
 */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/judge.h"

static void judge_self(struct judge *judge, const struct component *component)
{
	(void)component;
	for (size_t i = 0; i < judge->node->self_count; i++) {
		const struct self_fact *fact = &judge->node->self[i];

		if (!text_equal(fact->check, judge->check->id))
			continue;
		struct draft draft = draft_on_self(judge, fact);

		if (fact->problem) {
			draft_value(&draft, "%s", fact->problem);
			draft_evidence(&draft, "agent", "%s", fact->problem);
		}
		draft_record(&draft, fact->problem ? VERDICT_FAIL : VERDICT_PASS);
	}
}

static const struct check ROWS[] = {
	{
		.id = "agent.policy",
		.title = "The policy file is not in force",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_self,
		.reads = "how the policy file was read, at start and at every reload",
		.expected = "the policy file on disk is in force",
		.why = "The policy that was read last, or the built-in one, goes on being in "
		       "force; what was changed since is not.",
		.remedy = "run: nodelatch config validate FILE, correct what it names, and reload",
	},
	{
		.id = "agent.watch",
		.title = "Something on this node is not watched",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_self,
		.reads = "which kernel programs loaded and attached, and which records were lost",
		.expected = "every watcher is on",
		.why = "What a watcher that is off would have seen is only found by the next "
		       "sweep, or not at all.",
		.remedy = "run: nodelatch doctor, which says what this kernel lacks",
	},
	{
		.id = "agent.journal",
		.title = "Changes are not kept on disk",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_self,
		.reads = "whether the journal can be opened and written",
		.expected = "every change is in the journal",
		.why = "What is not in the journal is lost when the agent ends, and never reaches "
		       "a collector.",
		.remedy = "do what the problem names; until then changes wait in memory, and "
			  "writing is tried again by itself",
	},
	{
		.id = "agent.courier",
		.title = "Changes do not leave this node",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_self,
		.reads = "whether the courier to the policy's collector runs, and could read the "
			 "files it needs",
		.expected = "the courier runs",
		.why = "The collector hears nothing of this node; its changes wait in the journal, "
		       "within the journal's bound.",
		.remedy = "correct what the evidence names; it is tried again by itself, and at "
			  "once after a reload",
	},
	{
		.id = "guard.effective",
		.title = "A guard that the policy asks for is not in force",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_self,
		.reads = "for every rule with action: refuse, whether the kernel refuses what it "
			 "should, by the last proof",
		.expected = "the effective mode is the wished one",
		.why = "Clients that the policy refuses are let in.",
		.remedy = "run: nodelatch doctor, which says what the guard needs of this kernel",
	},
};

const struct check_family AGENT_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
