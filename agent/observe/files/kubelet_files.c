/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"
#include "observe/files/parts.h"

const char *named_path(const struct component *component, const char *setting)
{
	const struct setting *found = component_setting(component, setting);

	if (!found || found->value.kind != VALUE_TEXT || found->value.text[0] != '/')
		return NULL;
	return found->value.text;
}

static const struct {
	const char *setting, *object;
	enum file_content_kind content;
} NAMED[] = {
	{ "--config", "kubelet-config", CONTENT_PLAIN },
	{ "--kubeconfig", "kubelet-kubeconfig", CONTENT_SECRET },
	{ "--bootstrap-kubeconfig", "bootstrap-kubeconfig", CONTENT_SECRET },
	{ "authentication.x509.clientCAFile", "client-ca", CONTENT_PLAIN },
	{ "tlsPrivateKeyFile", "kubelet-key", CONTENT_PLAIN },
};

static const char *dropin_object(const char *path)
{
	return text_ends_with(path, ".conf") ? "kubelet-dropin" : NULL;
}

/* In --cert-dir: client-go's stores keep certificate and key in one file. */
static const char *key_object(const char *path)
{
	const char *name = text_base_name(path);
	bool is_store =
		text_ends_with(name, ".pem") && (text_starts_with(name, "kubelet-client-") ||
						 text_starts_with(name, "kubelet-server-"));

	return is_store || text_ends_with(name, ".key") ? "kubelet-key" : NULL;
}

static const char *no_object(const char *path)
{
	(void)path;
	return NULL;
}

static const struct tree_rule CERTIFICATES = { "kubelet-certificates", key_object, NULL, 0 };

static const struct {
	const char *setting;
	struct tree_rule rule;
} DIRECTORIES[] = {
	{ "--config-dir", { "kubelet-dropin", dropin_object, NULL, DROPIN_DEPTH_MAX } },
	{ "volumePluginDir", { "volume-plugins", no_object, NULL, 0 } },
};

/* containerRuntimeEndpoint is a URL, or a path as older kubelets took it. */
static void collect_runtime_socket(struct collector *collector, const struct component *kubelet)
{
	static const char SCHEME[] = "unix://";
	const struct setting *setting = component_setting(kubelet, "containerRuntimeEndpoint");
	const char *endpoint =
		setting && setting->value.kind == VALUE_TEXT ? setting->value.text : "";

	if (text_starts_with(endpoint, SCHEME))
		endpoint += strlen(SCHEME);
	if (*endpoint == '/')
		collector_add(collector, "cri-socket", endpoint, CONTENT_PLAIN);
}

static void collect_environment(struct collector *collector, const struct component *kubelet,
				const struct layout *layout)
{
	if (kubelet->process && kubelet->process->unit)
		collect_unit(collector, kubelet->process->unit);
	for (size_t i = 0; layout->kubelet_environment && layout->kubelet_environment[i]; i++)
		collector_add_existing(collector, "kubelet-unit", layout->kubelet_environment[i],
				       CONTENT_PLAIN);
}

static bool is_set(const struct setting *setting)
{
	return setting && setting->value.kind == VALUE_TEXT &&
	       setting->source.kind != SOURCE_DEFAULT_FLAG &&
	       setting->source.kind != SOURCE_DEFAULT_CONFIG;
}

/* --cert-dir, or where the distribution has it. */
static const char *certificate_directory(const struct component *kubelet,
					 const struct layout *layout)
{
	if (layout->kubelet_certificates && !is_set(component_setting(kubelet, "--cert-dir")))
		return layout->kubelet_certificates;
	return named_path(kubelet, "--cert-dir");
}

/* By the names that stay: those of the files that the store's links lead to change with every
 * rotation. */
static void collect_keys(struct collector *collector, const struct component *kubelet,
			 const struct layout *layout)
{
	static const char *const CURRENT[] = { "kubelet-client-current.pem",
					       "kubelet-server-current.pem" };
	const char *directory = certificate_directory(kubelet, layout);
	const char *key = kubelet->identity.key_path;

	for (size_t i = 0; directory && i < ARRAY_SIZE(CURRENT); i++)
		collector_add_existing(collector, "kubelet-key",
				       collector_printf(collector, "%s/%s", directory, CURRENT[i]),
				       CONTENT_PLAIN);
	if (key && *key == '/')
		collector_add_existing(collector, "kubelet-key", key, CONTENT_PLAIN);
	if (directory)
		collector_add_tree(collector, &CERTIFICATES, directory);
}

/* What the distribution starts it with, where its flags cannot be seen. */
static void collect_hidden(struct collector *collector, const struct component *kubelet,
			   const struct layout *layout)
{
	const struct {
		const char *setting, *object, *path;
	} hidden[] = {
		{ "--kubeconfig", "kubelet-kubeconfig", layout->kubelet_kubeconfig },
		{ "authentication.x509.clientCAFile", "client-ca", layout->kubelet_client_ca },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		const struct setting *setting = component_setting(kubelet, hidden[i].setting);

		if (hidden[i].path && setting && setting->value.kind == VALUE_UNKNOWN)
			collector_add_existing(collector, hidden[i].object, hidden[i].path,
					       CONTENT_SECRET);
	}
}

void collect_kubelet(struct collector *collector, const struct component *kubelet,
		     const struct layout *layout)
{
	bool names_bootstrap = named_path(kubelet, "--bootstrap-kubeconfig");

	collect_environment(collector, kubelet, layout);
	for (size_t i = 0; i < ARRAY_SIZE(NAMED); i++) {
		const char *path = named_path(kubelet, NAMED[i].setting);

		if (path)
			collector_add(collector, NAMED[i].object, path, NAMED[i].content);
	}
	collect_hidden(collector, kubelet, layout);
	if (!names_bootstrap && layout->bootstrap_kubeconfig)
		collector_add(collector, "bootstrap-kubeconfig", layout->bootstrap_kubeconfig,
			      CONTENT_SECRET);
	collect_keys(collector, kubelet, layout);
	for (size_t i = 0; i < ARRAY_SIZE(DIRECTORIES); i++) {
		const char *path = named_path(kubelet, DIRECTORIES[i].setting);

		if (path)
			collector_add_tree(collector, &DIRECTORIES[i].rule, path);
	}
	collect_runtime_socket(collector, kubelet);
}
