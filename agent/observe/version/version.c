/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/version.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "observe/version/go_build.h"
#include "observe/version/sources.h"

/* The surest first. */
static version_source *const SOURCES[] = {
	version_from_program, version_from_snap, version_from_data,
	version_from_package, version_from_os,
};

/* The module whose version is the component's; the variable that its linker sets. */
static const struct {
	const char *modules[3];
	const char *variable;
} NAMES[COMPONENT_KIND_COUNT] = {
#define KUBERNETES                                                                                 \
	{                                                                                          \
		.modules = { "k8s.io/kubernetes" },                                                \
		.variable = "k8s.io/component-base/version.gitVersion"                             \
	}
	[COMPONENT_KUBELET] = KUBERNETES,
	[COMPONENT_KUBE_PROXY] = KUBERNETES,
	[COMPONENT_APISERVER] = KUBERNETES,
	[COMPONENT_SCHEDULER] = KUBERNETES,
	[COMPONENT_CONTROLLER_MANAGER] = KUBERNETES,
	[COMPONENT_ETCD] = { .modules = { "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/api/v3" } },
};

static bool accept(const struct version_question *question, const char *version, const char *how,
		   struct found_version *found)
{
	if (!version || *version != 'v' || !strchr(version, '.'))
		return false;
	found->version = arena_text(question->arena, version + 1);
	found->detail = arena_printf(
		question->arena, "%s of %s says %s", how,
		question->process->exe ? question->process->exe : "its program", version);
	return found->version && found->detail;
}

static bool from_build_text(const struct version_question *question, const struct elf *elf,
			    struct found_version *found)
{
	const char *variable = NAMES[question->kind].variable, *text;

	if (go_build_text(elf, question->scratch, &text) < 0)
		return false;
	if (variable && accept(question, go_build_variable(text, variable, question->scratch),
			       "the build information", found))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(NAMES[0].modules) && NAMES[question->kind].modules[i];
	     i++) {
		const char *module = NAMES[question->kind].modules[i];

		if (accept(question, go_build_module(text, module, question->scratch),
			   "the build information", found))
			return true;
	}
	return false;
}

bool version_from_program(const struct version_question *question, struct found_version *found)
{
	CLEANUP_CLOSE int fd = -1;
	struct elf elf;

	if (process_exe_open(question->host, question->process, &fd) < 0 ||
	    elf_open(fd, question->scratch, &elf) < 0)
		return false;
	if (from_build_text(question, &elf, found))
		return true;
	return NAMES[question->kind].variable &&
	       accept(question, go_code_version(&elf, question->scratch), "the program code",
		      found);
}

int version_find(const struct host *host, const struct process *process, enum component_kind kind,
		 struct arena *arena, struct found_version *ret_found)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_CLOSE int root = -1;
	struct version_question question = { host, process, kind, -1, arena, scratch };

	*ret_found = (struct found_version){ 0 };
	if (!scratch)
		return -ENOMEM;
	if (kind == COMPONENT_DASHBOARD || kind == COMPONENT_TILLER)
		return 0;
	if (process_root_open(host, process->pid, &root) == 0)
		question.root = root;
	for (size_t i = 0; i < ARRAY_SIZE(SOURCES) && !ret_found->version; i++)
		if (!SOURCES[i](&question, ret_found))
			*ret_found = (struct found_version){ 0 };
	return 0;
}
