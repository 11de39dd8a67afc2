/* SPDX-License-Identifier: Apache-2.0 */
/* The exec record: whatever the bytes, every text is inside the decoder's memory and ends. */
#include <stdlib.h>
#include <string.h>

#include "observe/exec_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct exec_text text;
	struct exec_record record;
	size_t bytes = 0;

	if (exec_event_decode(data, size, 0, &text, &record) < 0)
		return 0;
	for (size_t i = 0; i < record.process.argument_count; i++)
		bytes += strlen(record.process.arguments[i]);
	if (bytes > EVENT_ARGUMENTS_MAX + sizeof(text.gap) ||
	    (record.process.exe && strlen(record.process.exe) >= sizeof(text.path)) ||
	    strlen(record.process.name) > EVENT_COMM_BYTES)
		abort();
	return 0;
}
