/* SPDX-License-Identifier: Apache-2.0 */
#include "check/kubelet_identity.h"

#include <string.h>

#include "base/text.h"

static bool has_organization(const struct certificate *leaf, const char *organization)
{
	for (size_t i = 0; i < leaf->organization_count; i++)
		if (text_equal(leaf->organizations[i], organization))
			return true;
	return false;
}

static bool is_name_of(const char *common_name, const char *node_name)
{
	static const char PREFIX[] = "system:node:";

	return text_starts_with(common_name, PREFIX) &&
	       text_equal(common_name + strlen(PREFIX), node_name);
}

unsigned identity_faults(const struct certificate *leaf, const char *node_name)
{
	unsigned faults = 0;

	if (!is_name_of(leaf->common_name, node_name))
		faults |= FAULT_NAME;
	if (leaf->organization_count != 1 || !has_organization(leaf, "system:nodes"))
		faults |= FAULT_ORGANIZATION;
	if (has_organization(leaf, "system:masters"))
		faults |= FAULT_MASTER;
	if (!leaf->has_extended_usages || !leaf->allows_client_auth)
		faults |= FAULT_USAGE;
	if (leaf->is_ca)
		faults |= FAULT_AUTHORITY;
	if (leaf->name_count)
		faults |= FAULT_ALTERNATIVES;
	return faults;
}

enum kubelet_identity kubelet_identity(const struct component *kubelet)
{
	const struct client_identity *identity = &kubelet->identity;
	const struct certificate_file *file = &identity->file;

	if (kubelet->is_standalone)
		return IDENTITY_NONE;
	switch (identity->kind) {
	case CREDENTIAL_TOKEN:
	case CREDENTIAL_EXEC:
		return IDENTITY_NONE;
	case CREDENTIAL_NONE:
	case CREDENTIAL_BASIC:
		return IDENTITY_WRONG;
	case CREDENTIAL_UNKNOWN:
		return IDENTITY_UNKNOWN;
	case CREDENTIAL_CERTIFICATE:
		break;
	}
	if (file->status != FILE_READ || !file->count || file->private_key_is_encrypted ||
	    !kubelet->node_name || !*kubelet->node_name)
		return IDENTITY_UNKNOWN;
	return identity_faults(&file->certificates[0], kubelet->node_name) ? IDENTITY_WRONG
									   : IDENTITY_OWN;
}
