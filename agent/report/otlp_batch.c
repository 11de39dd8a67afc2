/* SPDX-License-Identifier: Apache-2.0 */
#include "report/otlp_batch.h"

#include "base/limits.h"
#include "report/gzip.h"

/* What the envelope around the records may take of the bound. */
#define ENVELOPE_BYTES 8192

static void cut(struct text_buffer *records, size_t length)
{
	records->error = 0;
	records->length = length;
	if (records->data)
		records->data[length] = '\0';
}

int otlp_batch_add(struct otlp_batch *batch, const struct change *change)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE struct otlp_record *record = malloc(sizeof(*record));
	size_t before = batch->records.length;

	if (batch->count == BATCH_CHANGES_MAX)
		return -E2BIG;
	if (!arena || !record)
		return -ENOMEM;
	int error = otlp_record_make(change, arena, record);

	if (error < 0)
		return error;
	batch->encoding->record(record, &batch->records);
	error = buffer_error(&batch->records);
	if (error == 0 && batch->count && batch->records.length > BATCH_BYTES_MAX - ENVELOPE_BYTES)
		error = -E2BIG;
	if (error < 0)
		cut(&batch->records, before);
	else
		batch->count++;
	return error;
}

int otlp_batch_finish(const struct otlp_batch *batch, const struct otlp_settings *settings,
		      struct text_buffer *body)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE struct otlp_attributes *resource = malloc(sizeof(*resource));
	CLEANUP_BUFFER struct text_buffer plain = { 0 };

	if (!arena || !resource)
		return -ENOMEM;
	int error = otlp_resource_make(settings, arena, resource);

	if (error < 0)
		return error;
	batch->encoding->envelope(resource, &batch->records, settings->compresses ? &plain : body);
	if (!settings->compresses)
		return buffer_error(body);
	return buffer_error(&plain) ? buffer_error(&plain) : gzip_pack(&plain, body);
}

void otlp_batch_reset(struct otlp_batch *batch)
{
	cut(&batch->records, 0);
	batch->count = 0;
}

void otlp_batch_done(struct otlp_batch *batch)
{
	buffer_done(&batch->records);
}
