/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/layout/embedder.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define BIT(kind) (1U << COMPONENT_##kind)
#define AGENT	  (BIT(KUBELET) | BIT(KUBE_PROXY))
#define SERVER	  (AGENT | BIT(APISERVER) | BIT(CONTROLLER_MANAGER) | BIT(SCHEDULER) | BIT(ETCD))

#define K3S_ARGUMENTS(arguments, switch_off)                                                       \
	{                                                                                          \
		.is_inside = true, .hidden = HIDES_DEFAULTS, .off = (switch_off),                  \
		.list = (arguments)                                                                \
	}
#define MICROK8S_ARGUMENTS(program_flag, file, switch_off)                                         \
	{                                                                                          \
		.is_inside = true, .arguments_flag = (program_flag), .off = (switch_off),          \
		.arguments_file = "/var/snap/microk8s/current/args/" file                          \
	}

/* Sources: k3s-io/k3s pkg/daemons and docs, canonical/microk8s default-args, openshift/microshift
 * pkg/node and pkg/controllers. RKE2 runs all of them as processes of their own and needs no row.
 */
static const struct embedder EMBEDDERS[] = {
	{
		.name = "k3s",
		.programs = { "k3s", "k3s-server", "k3s-agent" },
		.commands = { { "server", SERVER }, { "agent", AGENT } },
		.config = "/etc/rancher/k3s/config.yaml",
		.config_flag = "config",
		.config_variable = "K3S_CONFIG_FILE",
		.components = {
			[COMPONENT_KUBELET] = {
				.is_inside = true,
				.hidden = HIDES_DEFAULTS,
				.off = "disable-agent",
				.flag = "config-dir",
				.path = "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d",
				.list = "kubelet-arg",
			},
			[COMPONENT_KUBE_PROXY] =
				K3S_ARGUMENTS("kube-proxy-arg", "disable-kube-proxy"),
			[COMPONENT_APISERVER] =
				K3S_ARGUMENTS("kube-apiserver-arg", "disable-apiserver"),
			[COMPONENT_CONTROLLER_MANAGER] = K3S_ARGUMENTS(
				"kube-controller-manager-arg", "disable-controller-manager"),
			[COMPONENT_SCHEDULER] =
				K3S_ARGUMENTS("kube-scheduler-arg", "disable-scheduler"),
			/* It takes everything from this file; etcd-arg is written there too. */
			[COMPONENT_ETCD] = {
				.is_inside = true,
				.off = "disable-etcd",
				.needs = "/var/lib/rancher/k3s/server/db/etcd/config",
				.flag = "config-file",
				.path = "/var/lib/rancher/k3s/server/db/etcd/config",
			},
		},
	},
	{
		.name = "microk8s",
		.programs = { "kubelite" },
		.components = {
			[COMPONENT_KUBELET] =
				MICROK8S_ARGUMENTS("kubelet-args-file", "kubelet", NULL),
			[COMPONENT_KUBE_PROXY] =
				MICROK8S_ARGUMENTS("proxy-args-file", "kube-proxy", NULL),
			[COMPONENT_APISERVER] =
				MICROK8S_ARGUMENTS("apiserver-args-file", "kube-apiserver",
						   "start-control-plane=false"),
			[COMPONENT_CONTROLLER_MANAGER] = MICROK8S_ARGUMENTS(
				"controller-manager-args-file", "kube-controller-manager",
				"start-control-plane=false"),
			[COMPONENT_SCHEDULER] =
				MICROK8S_ARGUMENTS("scheduler-args-file", "kube-scheduler",
						   "start-control-plane=false"),
		},
	},
	{
		.name = "microshift",
		.programs = { "microshift" },
		.commands = { { "run", SERVER } },
		.components = {
			[COMPONENT_KUBELET] = {
				.is_inside = true,
				.hidden = HIDES_FLAG_ONLY,
				.flag = "config",
				.path = "/var/lib/microshift/resources/kubelet/config/config.yaml",
			},
			[COMPONENT_APISERVER] = { .is_inside = true, .hidden = HIDES_DEFAULTS },
			[COMPONENT_CONTROLLER_MANAGER] = { .is_inside = true,
							   .hidden = HIDES_DEFAULTS },
			[COMPONENT_SCHEDULER] = { .is_inside = true, .hidden = HIDES_DEFAULTS },
		},
	},
};

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
	for (size_t i = 0; i < count && words[i]; i++)
		if (strlen(words[i]) == length && memcmp(words[i], word, length) == 0)
			return true;
	return false;
}

static bool is_program(const struct embedder *embedder, const struct process *process)
{
	const char *first = process->argument_count ? process->arguments[0] : "";
	const char *exe = process->exe ? text_base_name(process->exe) : "";
	size_t count = ARRAY_SIZE(embedder->programs);

	/* A rewritten argv is one string: "/usr/local/bin/k3s server". */
	size_t length = strcspn(first, " ");
	const char *base = first;

	for (size_t i = 0; i < length; i++)
		if (first[i] == '/')
			base = first + i + 1;
	return is_one_of(embedder->programs, count, exe, strlen(exe)) ||
	       is_one_of(embedder->programs, count, base, (size_t)(first + length - base));
}

/* The subcommand stands as an argument, in a rewritten argv[0], or in the name of the thread. */
static bool runs(const struct embedder *embedder, const struct process *process,
		 enum component_kind kind)
{
	const char *word = "";

	if (!embedder->commands[0].word)
		return true;
	if (process->argument_count > 1) {
		word = process->arguments[1];
	} else if (process->argument_count == 1) {
		const char *space = strchr(process->arguments[0], ' ');
		const char *dash = strrchr(text_base_name(process->arguments[0]), '-');

		word = space ? space + 1 : dash ? dash + 1 : "";
	}
	for (size_t i = 0; i < ARRAY_SIZE(embedder->commands) && embedder->commands[i].word; i++)
		if (strlen(embedder->commands[i].word) == strcspn(word, " ") &&
		    text_starts_with(word, embedder->commands[i].word))
			return embedder->commands[i].kinds & 1U << kind;
	return false;
}

/* "--disable-kube-proxy", "--disable-kube-proxy=true", "--start-control-plane=false" */
static bool is_switched_off(const struct embedded *inside, const struct process *process)
{
	size_t length = inside->off ? strlen(inside->off) : 0;

	for (size_t i = 1; inside->off && i < process->argument_count; i++) {
		const char *word = process->arguments[i];

		if (text_starts_with(word, "--") && strncmp(word + 2, inside->off, length) == 0 &&
		    (!word[2 + length] || text_equal(word + 2 + length, "=true")))
			return true;
	}
	return false;
}

static bool has_what_it_needs(const struct host *host, const struct process *process,
			      const struct embedded *inside)
{
	CLEANUP_CLOSE int root = -1;
	struct stat status;

	return !inside->needs || (process_root_open(host, process->pid, &root) == 0 &&
				  file_status_in(root, inside->needs, &status) == 0);
}

const struct embedder *embedder_of(const struct host *host, const struct process *process,
				   enum component_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(EMBEDDERS); i++) {
		const struct embedded *inside = &EMBEDDERS[i].components[kind];

		if (inside->is_inside && is_program(&EMBEDDERS[i], process) &&
		    runs(&EMBEDDERS[i], process, kind) && !is_switched_off(inside, process) &&
		    has_what_it_needs(host, process, inside))
			return &EMBEDDERS[i];
	}
	return NULL;
}

bool embedder_hides_argv(const struct process *process)
{
	return process->argument_count == 1 && (strchr(process->arguments[0], ' ') ||
						strchr(text_base_name(process->arguments[0]), '-'));
}
