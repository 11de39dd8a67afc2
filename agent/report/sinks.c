/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sinks.h"

#include "base/cleanup.h"
#include "base/text.h"

static const struct sink *const SINKS[] = { &TEXT_SINK, &JSON_SINK, &OCSF_SINK };

const struct sink *sink_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(SINKS); i++)
		if (text_equal(SINKS[i]->name, name))
			return SINKS[i];
	return NULL;
}
