/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "model/change_json.h"
#include "report/sinks.h"
#include "report/text_line.h"

static int write_json(const struct sink_style *style, const struct change *change,
		      struct text_buffer *buffer)
{
	(void)style;
	CLEANUP_JSON json_t *object = change_to_json(change);

	return line_json(object, buffer);
}

const struct sink JSON_SINK = { .name = "json", .write = write_json };
