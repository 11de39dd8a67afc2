/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Versions that a distribution ties to a place: the snap, RKE2's data directory, the operating
 * system. Sources: canonical/microk8s snapcraft.yaml, rancher/rke2 pkg/bootstrap,
 * bottlerocket-os variants.
 */
#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/version/go_build.h"
#include "observe/version/sources.h"

static bool is_kubernetes(enum component_kind kind)
{
	return kind != COMPONENT_ETCD;
}

/* The value of a line "KEY=value" or "KEY: value", quotes dropped; NULL: there is none. */
static const char *line_value(const struct version_question *question, const char *path,
			      const char *key)
{
	struct file_content content;
	size_t length = strlen(key);

	if (question->root < 0 || file_read_in(question->root, path, SMALL_FILE_BYTES_MAX,
					       question->scratch, &content) < 0)
		return NULL;
	for (char *line = content.data; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length) != 0)
			continue;
		line += length + strspn(line + length, " '\"");
		line[strcspn(line, " '\"\r\n")] = '\0';
		return line;
	}
	return NULL;
}

static bool found_in(const struct version_question *question, const char *version,
		     const char *detail, struct found_version *found)
{
	found->version = arena_text(question->arena, version);
	found->detail = detail;
	return found->version && detail;
}

bool version_from_snap(const struct version_question *question, struct found_version *found)
{
	static const char SNAP[] = "/snap/microk8s/";
	const char *exe = question->process->exe;

	if (!exe || !is_kubernetes(question->kind) || !text_starts_with(exe, SNAP))
		return false;
	size_t revision = strcspn(exe + strlen(SNAP), "/");
	const char *path = arena_printf(question->scratch, "%s%.*s/meta/snap.yaml", SNAP,
					(int)revision, exe + strlen(SNAP));
	const char *version = path ? line_value(question, path, "version:") : NULL;

	if (!version || !go_is_release(version, strlen(version)))
		return false;
	return found_in(question, version + 1,
			arena_printf(question->arena,
				     "%s, of the snap that the program is in, "
				     "says %s",
				     path, version),
			found);
}

/* /var/lib/rancher/rke2/data/v1.31.4-rke2r1-0123456789ab/bin/kubelet */
bool version_from_data(const struct version_question *question, struct found_version *found)
{
	static const char DATA[] = "/rke2/data/";
	const char *exe = question->process->exe;
	const char *name = exe ? strstr(exe, DATA) : NULL;

	if (!name || !is_kubernetes(question->kind))
		return false;
	name += strlen(DATA);
	const char *end = strstr(name, "-rke2r");
	const char *slash = strchr(name, '/');

	if (!end || !slash || end > slash || !go_is_release(name, (size_t)(end - name)))
		return false;
	return found_in(question, arena_copy(question->scratch, name + 1, (size_t)(end - name) - 1),
			arena_printf(question->arena,
				     "RKE2 keeps releases in directories of their "
				     "name, and the program is %s",
				     exe),
			found);
}

/* VARIANT_ID=aws-k8s-1.31: an image holds the kubelet of that release and no other. */
bool version_from_os(const struct version_question *question, struct found_version *found)
{
	static const char RELEASE[] = "/etc/os-release";
	const char *id = line_value(question, RELEASE, "ID=");
	const char *variant = line_value(question, RELEASE, "VARIANT_ID=");
	const char *minor = variant ? strstr(variant, "-k8s-1.") : NULL;

	if (!text_equal(id, "bottlerocket") || !minor || question->kind != COMPONENT_KUBELET)
		return false;
	minor += strlen("-k8s-");
	size_t length = 2 + strspn(minor + 2, "0123456789");

	if (length == 2)
		return false;
	return found_in(question, arena_copy(question->scratch, minor, length),
			arena_printf(question->arena,
				     "%s says that this is Bottlerocket's "
				     "variant %s",
				     RELEASE, variant),
			found);
}

/* "registry.k8s.io/kube-apiserver:v1.34.1", "registry.k8s.io/etcd:3.6.4-0@sha256:..." */
bool version_from_image(const struct version_question *question, struct found_version *found)
{
	const struct process_plan *plan = question->process->plan;
	const char *slash = strrchr(plan->image, '/');
	const char *colon = strchr(slash ? slash : plan->image, ':');
	size_t length = colon ? strcspn(colon + 1, "@") : 0;
	const char *tag = colon ? arena_copy(question->scratch, colon + 1, length) : NULL;
	const char *number = tag ? tag + (*tag == 'v') : "";

	if (length > GO_VERSION_BYTES_MAX || strlen(plan->image) > IMAGE_BYTES_MAX)
		return false;
	size_t digits = strspn(number, "0123456789.");

	if (!digits || !isdigit((unsigned char)*number) || !memchr(number, '.', digits))
		return false;
	return found_in(
		question, number,
		arena_printf(question->arena, "%s names the image %s", plan->from, plan->image),
		found);
}
