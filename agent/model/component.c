/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "nodelatch/component.h"

static int compare_name(const void *name, const void *setting)
{
	return strcmp(name, ((const struct setting *)setting)->name);
}

const struct setting *component_setting(const struct component *component, const char *name)
{
	if (!component->setting_count)
		return NULL;
	return bsearch(name, component->settings, component->setting_count,
		       sizeof(*component->settings), compare_name);
}

const struct certificate_file *component_certificates(const struct component *component,
						      const char *name)
{
	for (size_t i = 0; i < component->certificate_count; i++)
		if (strcmp(component->certificates[i].name, name) == 0)
			return &component->certificates[i].file;
	return NULL;
}
