/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kube-scheduler's settings (CIS section 1.4, and what it leaves out).
 */
#include "base/cleanup.h"
#include "check/control_plane.h"
#include "check/families.h"
#include "check/row.h"

#define PROGRAM "kube-scheduler"
#define PAGE	FLAGS_PAGE(PROGRAM)

static const struct check ROWS[] = {
	{
		.id = "scheduler.profiling",
		.title = "The scheduler serves profiles of itself",
		.severity = SEVERITY_LOW,
		.component = COMPONENT_SCHEDULER,
		.expectation = { EXPECT_FALSE, "--profiling", NULL },
		.is_about_server = true,
		.reads = "--profiling; with --config enableProfiling of that file (default: true)",
		.expected = "false",
		.why = "Profiles show the inside of the program, and taking one costs its time.",
		.remedy = SET_FLAG(PROGRAM, "profiling=false"),
		.cis = CIS("1.4.1"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "scheduler.bind-address",
		.title = "The scheduler is reachable from outside the node",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_SCHEDULER,
		.expectation = { EXPECT_LOOPBACK, "--bind-address", NULL },
		.judge = control_plane_judge_bind_address,
		.reads = "--bind-address (default: 0.0.0.0), and who reaches the listeners on "
			 "--secure-port",
		.expected = "a loopback address",
		.why = "Only programs of this node have to read its metrics and its health.",
		.remedy = SET_FLAG(PROGRAM, "bind-address=127.0.0.1"),
		.cis = CIS("1.4.2"),
		.references = REFERENCES(PAGE),
	},
	{
		.id = "scheduler.insecure-port",
		.title = "The scheduler serves without TLS",
		.severity = SEVERITY_MEDIUM,
		.component = COMPONENT_SCHEDULER,
		.expectation = { EXPECT_BY_FUNCTION, "--port", NULL },
		.judge = control_plane_judge_insecure_port,
		.reads = "the listeners on 10251 (or the port of --port); where none is seen at "
			 "all, --port (default: 10251 up to 1.22, none after)",
		.expected = "no listener",
		.why = "The port shows metrics and profiles in plain text to anyone who reaches "
		       "it; releases of 1.21 kept it open although --port was 0.",
		.remedy = SET_FLAG(PROGRAM, "port=0"),
		.references = REFERENCES("https://github.com/kubernetes/kubernetes/pull/96345",
					 "https://github.com/kubernetes/kubernetes/issues/109900"),
	},
};

const struct check_family SCHEDULER_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
