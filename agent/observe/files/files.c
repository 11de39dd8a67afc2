/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/files.h"

#include "observe/files/parts.h"

static pid_t pid_of(const struct component *component)
{
	return component->process ? component->process->pid : 0;
}

/* A node of no known distribution may still have been set up by kubeadm, or after its habits. */
static const struct layout *layout_to_look_by(const struct component *component)
{
	const struct layout *layout = layout_of(component);

	return layout ? layout : layout_find("kubeadm");
}

/* Paths as the host has them come first: they are what a remedy should name. */
static void collect_node(struct collector *collector, const struct component *kubelet)
{
	const struct layout *layout = layout_to_look_by(kubelet);

	collector->is_kubelet = true;
	if (!collector_begin(collector, pid_of(kubelet)))
		return;
	collect_kubelet(collector, kubelet, layout);
	collect_layout(collector, kubelet, layout);
	collector_end(collector);
}

/* A control plane without a kubelet: its files are those of the host. */
static void collect_host(struct collector *collector, const struct component *component)
{
	collector->is_kubelet = false;
	if (!collector_begin(collector, 0))
		return;
	collect_layout(collector, NULL, layout_to_look_by(component));
	collector_end(collector);
}

static bool keeps_node_files(const struct component *component)
{
	switch (component->kind) {
	case COMPONENT_KUBE_PROXY:
	case COMPONENT_APISERVER:
	case COMPONENT_CONTROLLER_MANAGER:
	case COMPONENT_SCHEDULER:
	case COMPONENT_ETCD:
		return true;
	default:
		return false;
	}
}

static void collect_component(struct collector *collector, const struct component *component)
{
	collector->is_kubelet = false;
	if (!collector_begin(collector, pid_of(component)))
		return;
	collect_control_plane(collector, component);
	collector_end(collector);
}

int files_observe(const struct host *host, const struct component *components, size_t count,
		  struct arena *arena, struct file_list *ret_files)
{
	struct collector collector = { .host = host, .arena = arena };
	bool has_kubelet = false;

	for (size_t i = 0; i < count; i++)
		collector.has_etcd |= components[i].kind == COMPONENT_ETCD;
	for (size_t i = 0; i < count; i++) {
		if (components[i].kind != COMPONENT_KUBELET)
			continue;
		has_kubelet = true;
		collect_node(&collector, &components[i]);
	}
	for (size_t i = 0; i < count; i++) {
		if (!keeps_node_files(&components[i]))
			continue;
		if (!has_kubelet)
			collect_host(&collector, &components[i]);
		has_kubelet = true;
		collect_component(&collector, &components[i]);
	}
	if (collector.error)
		return collector.error;
	*ret_files = (struct file_list){ collector.facts, collector.count };
	return 0;
}
