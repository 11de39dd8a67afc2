/* SPDX-License-Identifier: Apache-2.0 */
#include "report/metrics_page.h"

#include <errno.h>
#include <string.h>

/* Foreign bytes become visible first, then the format's own escapes. */
static void add_label(struct text_buffer *labels, const char *name, const char *value)
{
	CLEANUP_BUFFER struct text_buffer visible = { 0 };

	buffer_printf(labels, "%s%s=\"", labels->length ? "," : "{", name);
	buffer_escaped(&visible, value);
	for (size_t i = 0; i < visible.length; i++) {
		if (visible.data[i] == '"' || visible.data[i] == '\\')
			buffer_text(labels, "\\");
		buffer_append(labels, visible.data + i, 1);
	}
	buffer_text(labels, "\"");
	if (buffer_error(&visible))
		labels->error = buffer_error(&visible);
}

void page_add(struct metrics_page *page, int64_t value, const char *const *labels)
{
	CLEANUP_BUFFER struct text_buffer written = { 0 };

	for (; *labels; labels += 2)
		if (labels[1])
			add_label(&written, labels[0], labels[1]);
	if (written.length)
		buffer_text(&written, "}");
	const char *text =
		arena_copy(page->arena, written.length ? written.data : "", written.length);
	struct metrics_sample *place = arena_push(page->arena, &page->samples, &page->count,
						  &page->capacity, sizeof(*place));

	if (text && place && !buffer_error(&written))
		*place = (struct metrics_sample){ text, value };
	else
		page->error = -ENOMEM;
}

static int compare_labels(const void *one, const void *other)
{
	return strcmp(((const struct metrics_sample *)one)->labels,
		      ((const struct metrics_sample *)other)->labels);
}

static int64_t merged(int64_t one, int64_t other, enum metrics_merge merge)
{
	if (merge == MERGE_SUM)
		return one + other;
	return one < other ? one : other;
}

static void write_samples(struct metrics_page *page, const char *name, enum metrics_merge merge)
{
	qsort(page->samples, page->count, sizeof(*page->samples), compare_labels);
	for (size_t i = 0, next; i < page->count; i = next) {
		struct metrics_sample sample = page->samples[i];

		for (next = i + 1;
		     next < page->count && compare_labels(&sample, &page->samples[next]) == 0;
		     next++)
			sample.value = merged(sample.value, page->samples[next].value, merge);
		buffer_printf(page->buffer, "nodelatch_%s%s %lld\n", name, sample.labels,
			      (long long)sample.value);
	}
}

void page_end(struct metrics_page *page, const char *name, const char *type, const char *help,
	      enum metrics_merge merge)
{
	if (page->count && !page->error) {
		buffer_printf(page->buffer, "# HELP nodelatch_%s %s\n# TYPE nodelatch_%s %s\n",
			      name, help, name, type);
		write_samples(page, name, merge);
	}
	arena_reset(page->arena);
	page->samples = NULL;
	page->count = page->capacity = 0;
}
