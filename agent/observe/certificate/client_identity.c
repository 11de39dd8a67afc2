/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/certificate/client_identity.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "observe/certificate/certificate_file.h"
#include "observe/certificate/kubeconfig.h"
#include "observe/certificate/path.h"

#define DEFAULT_CERTIFICATE_DIRECTORY "/var/lib/kubelet/pki"

/* A setting as this file needs it: given, determined not to be there, or unknown. */
enum knowledge { UNKNOWN, NO, YES };

struct observer {
	int root;
	const struct component *component;
	const char *working_directory;
	struct arena *arena;
	struct client_identity *identity;
};

__attribute__((format(printf, 3, 4))) static int
say(struct observer *observer, const char **ret_sentence, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	*ret_sentence = arena_vprintf(observer->arena, format, arguments);
	va_end(arguments);
	return *ret_sentence ? 0 : -ENOMEM;
}

/* The absolute path that a flag gives. On NO and UNKNOWN nothing is written. */
static int path_setting(struct observer *observer, const char *name, enum knowledge *ret_known,
			const char **ret_path)
{
	const struct setting *setting = component_setting(observer->component, name);
	const char *directory = observer->working_directory;

	if (!setting || setting->value.kind == VALUE_UNSET ||
	    (setting->value.kind == VALUE_TEXT && setting->value.text[0] == '\0')) {
		*ret_known = setting || observer->component->settings_known ? NO : UNKNOWN;
		return 0;
	}
	if (setting->value.kind != VALUE_TEXT || (setting->value.text[0] != '/' && !directory)) {
		*ret_known = UNKNOWN;
		return 0;
	}
	*ret_known = YES;
	*ret_path = path_resolve(observer->arena, directory, setting->value.text);
	return *ret_path ? 0 : -ENOMEM;
}

static enum knowledge rotates(const struct component *component)
{
	const struct setting *setting = component_setting(component, "rotateCertificates");

	if (!setting)
		return component->settings_known ? NO : UNKNOWN;
	if (setting->value.kind == VALUE_BOOLEAN)
		return setting->value.boolean ? YES : NO;
	return setting->value.kind == VALUE_UNSET ? NO : UNKNOWN;
}

/* As Go's os.Stat and os.IsNotExist tell it: what cannot be looked at counts as there. */
static bool exists(const struct observer *observer, const char *path)
{
	struct stat status;

	return path && file_status_in(observer->root, path, &status) != -ENOENT;
}

static int use_file(struct observer *observer, const char *path)
{
	observer->identity->kind = CREDENTIAL_CERTIFICATE;
	return certificate_file_read(observer->root, path, observer->arena,
				     &observer->identity->file);
}

static int use_kubeconfig_certificate(struct observer *observer, const struct kubeconfig *found)
{
	struct client_identity *identity = observer->identity;

	if (!found->certificate_path) {
		identity->kind = CREDENTIAL_CERTIFICATE;
		identity->file = found->inline_certificate;
		return say(observer, &identity->detail,
			   "client-certificate-data of the user \"%s\" in %s", found->user,
			   identity->kubeconfig);
	}
	bool has_key = found->has_inline_key || exists(observer, found->key_path);
	int error = use_file(observer, found->certificate_path);

	if (error < 0)
		return error;
	return say(observer, &identity->detail,
		   "client-certificate of the user \"%s\" in %s is %s%s", found->user,
		   identity->kubeconfig, found->certificate_path,
		   has_key ? "" : "; its client-key does not exist");
}

/* The credential of the kubeconfig itself. */
static int use_kubeconfig(struct observer *observer, const struct kubeconfig *found)
{
	static const char *const words[] = {
		[CREDENTIAL_NONE] = "has no credential",
		[CREDENTIAL_TOKEN] = "has a bearer token",
		[CREDENTIAL_EXEC] = "gets its credential from a plugin",
		[CREDENTIAL_BASIC] = "has a user name and a password",
	};
	struct client_identity *identity = observer->identity;

	identity->kind = found->kind;
	identity->problem = found->problem;
	if (found->kind == CREDENTIAL_UNKNOWN)
		return 0;
	if (found->kind == CREDENTIAL_CERTIFICATE)
		return use_kubeconfig_certificate(observer, found);
	return say(observer, &identity->detail, "the user \"%s\" in %s %s", found->user,
		   identity->kubeconfig, words[found->kind]);
}

/* The names of the rotation store, in its directory. */
struct store {
	const char *current, *certificate, *key;
};

static int store_paths(struct observer *observer, struct store *ret_store, bool *ret_known)
{
	const char *directory = DEFAULT_CERTIFICATE_DIRECTORY;
	enum knowledge known = UNKNOWN;
	int error = path_setting(observer, "--cert-dir", &known, &directory);

	if (error < 0)
		return error;
	*ret_known = known != UNKNOWN;
	ret_store->current = path_resolve(observer->arena, directory, "kubelet-client-current.pem");
	ret_store->certificate = path_resolve(observer->arena, directory, "kubelet-client.crt");
	ret_store->key = path_resolve(observer->arena, directory, "kubelet-client.key");
	return ret_store->current && ret_store->certificate && ret_store->key ? 0 : -ENOMEM;
}

/* The order of client-go's certificate store: the first of three that is there; with none, the
 * kubeconfig's own credential starts the rotation. */
static int use_store(struct observer *observer, const struct kubeconfig *found,
		     const struct store *store)
{
	struct client_identity *identity = observer->identity;
	int error;

	if (exists(observer, store->current)) {
		identity->was_rotated = true;
		error = use_file(observer, store->current);
		return error < 0 ? error
				 : say(observer, &identity->detail,
				       "rotateCertificates is true and %s exists, so it goes "
				       "before the kubeconfig",
				       store->current);
	}
	if (exists(observer, found->certificate_path) && exists(observer, found->key_path))
		return use_kubeconfig_certificate(observer, found);
	if (exists(observer, store->certificate) && exists(observer, store->key)) {
		error = use_file(observer, store->certificate);
		return error < 0 ? error
				 : say(observer, &identity->detail,
				       "rotateCertificates is true and %s exists with its key",
				       store->certificate);
	}
	return use_kubeconfig(observer, found);
}

/* While it is not known whether client certificates rotate, the answer is known only where both
 * ways lead to one file. */
static int use_either(struct observer *observer, const struct kubeconfig *found,
		      const struct store *store)
{
	if (found->kind == CREDENTIAL_CERTIFICATE && store->current &&
	    text_equal(found->certificate_path, store->current))
		return use_kubeconfig_certificate(observer, found);
	return say(observer, &observer->identity->problem,
		   "rotateCertificates or --cert-dir could not be determined, so it is not known "
		   "whether the certificate of %s or that of the rotation store is in use",
		   observer->identity->kubeconfig);
}

static int explain_missing(struct observer *observer, const struct kubeconfig *found)
{
	struct client_identity *identity = observer->identity;
	const char *bootstrap = NULL;
	enum knowledge known = NO;
	int error = path_setting(observer, "--bootstrap-kubeconfig", &known, &bootstrap);

	identity->problem = found->problem;
	if (error < 0 || known != YES)
		return error;
	return say(observer, &identity->problem,
		   "%s: the node is still joining with the bootstrap credential of %s, or cannot",
		   found->problem, bootstrap);
}

/* Whether a path is one of the rotation store's own files. */
static bool is_in_store(const struct store *store, const char *path)
{
	size_t length = strlen(store->current) - strlen("current.pem");

	return strncmp(path, store->current, length) == 0 || text_equal(path, store->certificate);
}

/* What the kubeconfig holds besides the credential in use. */
static int add_facts(struct observer *observer, const struct kubeconfig *found,
		     const struct store *store)
{
	struct kubeconfig_facts *facts = &observer->identity->facts;
	int error = 0;

	*facts = found->facts;
	if (found->authority_path)
		error = certificate_file_read(observer->root, found->authority_path,
					      observer->arena, &facts->authority);
	if (error < 0 || !observer->identity->was_rotated)
		return error;
	if (found->inline_certificate.status != FILE_UNKNOWN)
		facts->left_behind = found->inline_certificate;
	else if (found->certificate_path && !is_in_store(store, found->certificate_path))
		error = certificate_file_read(observer->root, found->certificate_path,
					      observer->arena, &facts->left_behind);
	return error;
}

static int choose_credential(struct observer *observer, const struct kubeconfig *found,
			     const struct store *store, bool store_known)
{
	enum knowledge rotation = rotates(observer->component);

	if (rotation == NO)
		return found->status == FILE_ABSENT ? explain_missing(observer, found)
						    : use_kubeconfig(observer, found);
	if (rotation == UNKNOWN || !store_known)
		return use_either(observer, found, store);
	if (found->status == FILE_ABSENT && !exists(observer, store->current))
		return explain_missing(observer, found);
	return use_store(observer, found, store);
}

static int observe_kubeconfig(struct observer *observer)
{
	struct kubeconfig found = { 0 };
	struct store store = { 0 };
	bool store_known = false;
	int error = kubeconfig_read(observer->root, observer->identity->kubeconfig, observer->arena,
				    &found);

	if (error == 0)
		error = store_paths(observer, &store, &store_known);
	if (error == 0)
		error = choose_credential(observer, &found, &store, store_known);
	observer->identity->key_path = found.key_path;
	return error < 0 ? error : add_facts(observer, &found, &store);
}

/* Without a kubeconfig, client-go's programs take the token that their pod has. */
static void explain_none(const struct component *component, enum knowledge known,
			 struct client_identity *identity)
{
	if (known == UNKNOWN || component->kind == COMPONENT_KUBELET) {
		identity->problem = "its --kubeconfig could not be determined";
		return;
	}
	identity->kind = CREDENTIAL_TOKEN;
	identity->detail = "without a kubeconfig it uses the service account token of its pod";
}

int client_identity_observe(int root, const struct component *component,
			    const char *working_directory, struct arena *arena,
			    struct client_identity *ret_identity)
{
	struct client_identity identity = { .kind = CREDENTIAL_UNKNOWN };
	struct observer observer = { root, component, working_directory, arena, &identity };
	enum knowledge known = UNKNOWN;
	int error = 0;

	if (component->is_standalone) {
		identity.kind = CREDENTIAL_NONE;
		identity.detail = "it runs standalone: without --kubeconfig it has no API server "
				  "to talk to";
	} else {
		error = path_setting(&observer,
				     component->kind == COMPONENT_KUBE_PROXY
					     ? "clientConnection.kubeconfig"
					     : "--kubeconfig",
				     &known, &identity.kubeconfig);
		if (error == 0 && known == YES)
			error = observe_kubeconfig(&observer);
		else if (error == 0)
			explain_none(component, known, &identity);
	}
	if (error < 0)
		return error;
	*ret_identity = identity;
	return 0;
}
