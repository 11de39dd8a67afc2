/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The package that installed the program, as dpkg remembers it. It speaks for the process only
 * where it owns that very file and was not installed anew since the process started.
 */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/version/sources.h"

static const char *const PACKAGES[COMPONENT_KIND_COUNT][4] = {
	[COMPONENT_KUBELET] = { "kubelet", "kubernetes-node", "kubernetes" },
	[COMPONENT_KUBE_PROXY] = { "kube-proxy", "kubernetes-node" },
	[COMPONENT_APISERVER] = { "kube-apiserver", "kubernetes-master" },
	[COMPONENT_CONTROLLER_MANAGER] = { "kube-controller-manager", "kubernetes-master" },
	[COMPONENT_SCHEDULER] = { "kube-scheduler", "kubernetes-master" },
	[COMPONENT_ETCD] = { "etcd-server", "etcd" },
};

const char *const *version_packages(enum component_kind kind)
{
	return PACKAGES[kind];
}

static bool has_line(const char *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, line, length) == 0 && (at[length] == '\n' || !at[length]))
			return true;
	return false;
}

/* On systems whose /bin is a link to /usr/bin packages may list the file in either. */
static bool owns(const struct version_question *question, const char *package)
{
	const char *exe = question->process->exe;
	struct file_content list;
	const char *path = arena_printf(question->scratch, "/var/lib/dpkg/info/%s.list", package);

	if (!path ||
	    file_read_in(question->root, path, CONFIG_BYTES_MAX, question->scratch, &list) < 0)
		return false;
	int64_t installed_ns = list.status.st_mtim.tv_sec * 1000000000LL;

	return question->process->started_at_ns >= installed_ns &&
	       (has_line(list.data, exe) ||
		(text_starts_with(exe, "/usr/") && has_line(list.data, exe + strlen("/usr"))));
}

/* "1:1.20.5+really1.20.2-1.1" is 1.20.2 of upstream. */
static const char *upstream(struct arena *arena, const char *version)
{
	const char *colon = strchr(version, ':');
	const char *start = colon ? colon + 1 : version;
	const char *really = strstr(start, "really");

	if (really)
		start = really + strlen("really");
	const char *dash = strrchr(start, '-');

	return isdigit((unsigned char)*start)
		       ? arena_copy(arena, start, dash ? (size_t)(dash - start) : strlen(start))
		       : NULL;
}

/* Its version in a paragraph of the database, where it is installed. */
static const char *installed_version(struct arena *arena, char *paragraph)
{
	static const char VERSION[] = "\nVersion: ";
	char *version = strstr(paragraph, VERSION);

	if (!version || !strstr(paragraph, "\nStatus: install ok installed\n"))
		return NULL;
	version += strlen(VERSION);
	return arena_copy(arena, version, strcspn(version, "\n"));
}

static const char *database_version(const struct version_question *question, const char *package)
{
	struct file_content status;
	const char *key = arena_printf(question->scratch, "\nPackage: %s\n", package);

	if (!key || file_read_in(question->root, "/var/lib/dpkg/status", PACKAGES_BYTES_MAX,
				 question->scratch, &status) < 0)
		return NULL;
	char *paragraph =
		text_starts_with(status.data, key + 1) ? status.data : strstr(status.data, key);

	if (!paragraph)
		return NULL;
	char *end = strstr(paragraph + 1, "\n\n");

	if (end)
		end[1] = '\0';
	return installed_version(question->scratch, paragraph);
}

bool version_from_package(const struct version_question *question, struct found_version *found)
{
	const char *const *names = version_packages(question->kind);

	if (question->root < 0 || !question->process->exe || !question->process->started_at_ns)
		return false;
	for (size_t i = 0; names[i]; i++) {
		const char *version =
			owns(question, names[i]) ? database_version(question, names[i]) : NULL;
		const char *number = version ? upstream(question->arena, version) : NULL;

		if (!number)
			continue;
		found->version = number;
		found->detail = arena_printf(question->arena,
					     "package %s, which installed %s, is of version %s",
					     names[i], question->process->exe, version);
		return found->detail != NULL;
	}
	return false;
}
