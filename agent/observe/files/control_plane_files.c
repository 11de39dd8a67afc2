/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "observe/files/parts.h"

static const struct {
	enum component_kind kind;
	const char *setting, *object;
	enum file_content_kind content;
} NAMED[] = {
	{ COMPONENT_SCHEDULER, "--kubeconfig", "scheduler-kubeconfig", CONTENT_SECRET },
	{ COMPONENT_SCHEDULER, "--authentication-kubeconfig", "scheduler-kubeconfig",
	  CONTENT_SECRET },
	{ COMPONENT_SCHEDULER, "--authorization-kubeconfig", "scheduler-kubeconfig",
	  CONTENT_SECRET },
	{ COMPONENT_CONTROLLER_MANAGER, "--kubeconfig", "controller-manager-kubeconfig",
	  CONTENT_SECRET },
	{ COMPONENT_CONTROLLER_MANAGER, "--authentication-kubeconfig",
	  "controller-manager-kubeconfig", CONTENT_SECRET },
	{ COMPONENT_CONTROLLER_MANAGER, "--authorization-kubeconfig",
	  "controller-manager-kubeconfig", CONTENT_SECRET },
	{ COMPONENT_KUBE_PROXY, "clientConnection.kubeconfig", "kube-proxy-kubeconfig",
	  CONTENT_SECRET },
	{ COMPONENT_ETCD, "--data-dir", "etcd-data", CONTENT_PLAIN },
};

/* How flags that name certificates and keys end: "--etcd-certfile", "--service-account-key-file".
 */
static const struct {
	const char *ending, *object;
} ENDINGS[] = {
	{ "key-file", "pki-key" },	   { "keyfile", "pki-key" },
	{ "client-key", "pki-key" },	   { "cert-file", "pki-certificate" },
	{ "certfile", "pki-certificate" }, { "ca-file", "pki-certificate" },
	{ "cafile", "pki-certificate" },   { "client-certificate", "pki-certificate" },
};

/* A key file without a private key (--service-account-key-file) is as public as a certificate. */
static void collect_key(struct collector *collector, const char *object, const char *path)
{
	struct file_fact *fact =
		*path == '/' ? collector_add_existing(collector, object, path, CONTENT_SECRET)
			     : NULL;

	if (fact && text_equal(object, "pki-key") && !fact->holds_secret)
		fact->object = "pki-certificate";
}

static void collect_setting(struct collector *collector, const struct setting *setting)
{
	const struct value *value = &setting->value;

	for (size_t i = 0; i < ARRAY_SIZE(ENDINGS); i++) {
		if (!text_ends_with(setting->name, ENDINGS[i].ending))
			continue;
		if (value->kind == VALUE_TEXT)
			collect_key(collector, ENDINGS[i].object, value->text);
		for (size_t j = 0; value->kind == VALUE_LIST && j < value->list.count; j++)
			collect_key(collector, ENDINGS[i].object, value->list.items[j]);
		return;
	}
}

static bool has_keys(enum component_kind kind)
{
	return kind == COMPONENT_APISERVER || kind == COMPONENT_CONTROLLER_MANAGER ||
	       kind == COMPONENT_SCHEDULER || kind == COMPONENT_ETCD;
}

void collect_control_plane(struct collector *collector, const struct component *component)
{
	for (size_t i = 0; i < ARRAY_SIZE(NAMED); i++) {
		const char *path = NAMED[i].kind == component->kind
					   ? named_path(component, NAMED[i].setting)
					   : NULL;

		if (path)
			collector_add(collector, NAMED[i].object, path, NAMED[i].content);
	}
	for (size_t i = 0; has_keys(component->kind) && i < component->setting_count; i++)
		collect_setting(collector, &component->settings[i]);
}
