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
	version_from_package, version_from_rpm,	 version_from_os,
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

static bool take(const char *version, const char *how, struct program_version *told)
{
	if (!version || *version != 'v' || !strchr(version, '.'))
		return false;
	*told = (struct program_version){ version, how };
	return true;
}

static bool from_build_text(const struct version_question *question, const struct elf *elf,
			    struct program_version *told)
{
	const char *variable = NAMES[question->kind].variable, *text;

	if (go_build_text(elf, question->scratch, &text) < 0)
		return false;
	if (variable && take(go_build_variable(text, variable, question->scratch),
			     "the build information", told))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(NAMES[0].modules) && NAMES[question->kind].modules[i];
	     i++) {
		const char *module = NAMES[question->kind].modules[i];

		if (take(go_build_module(text, module, question->scratch), "the build information",
			 told))
			return true;
	}
	return false;
}

static void read_program(const struct version_question *question, int fd,
			 struct program_version *told)
{
	struct elf elf;

	if (elf_open(fd, question->scratch, &elf) == 0 && !from_build_text(question, &elf, told) &&
	    NAMES[question->kind].variable)
		take(go_code_version(&elf, question->scratch), "the program code", told);
}

/* What it told before, or else what it tells now. */
static void ask_program(const struct version_question *question, struct program_version *told)
{
	CLEANUP_CLOSE int fd = -1;
	struct stat status;

	if (process_exe_status(question->host, question->process, &status) == 0 &&
	    version_memory_get(question->memory, &status, question->kind, told))
		return;
	if (process_exe_open(question->host, question->process, &fd) < 0 || fstat(fd, &status) < 0)
		return;
	read_program(question, fd, told);
	version_memory_note(question->memory, &status, question->kind, told);
}

bool version_from_program(const struct version_question *question, struct found_version *found)
{
	struct program_version told = { 0 };

	ask_program(question, &told);
	if (!told.version)
		return false;
	found->version = arena_text(question->arena, told.version + 1);
	found->detail = arena_printf(
		question->arena, "%s of %s says %s", told.how,
		question->process->exe ? question->process->exe : "its program", told.version);
	return found->version && found->detail;
}

int version_find(const struct version_reader *reader, const struct process *process,
		 enum component_kind kind, struct arena *arena, struct found_version *ret_found)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_CLOSE int root = -1;
	struct version_question question = { reader->host, reader->memory, process, kind,
					     -1,	   arena,	   scratch };

	*ret_found = (struct found_version){ 0 };
	if (!scratch)
		return -ENOMEM;
	if (kind == COMPONENT_DASHBOARD || kind == COMPONENT_TILLER)
		return 0;
	if (process->plan && process->plan->image) {
		version_from_image(&question, ret_found);
		return 0;
	}
	if (process_root_open(reader->host, process->pid, &root) == 0)
		question.root = root;
	for (size_t i = 0; i < ARRAY_SIZE(SOURCES) && !ret_found->version; i++)
		if (!SOURCES[i](&question, ret_found))
			*ret_found = (struct found_version){ 0 };
	return 0;
}
