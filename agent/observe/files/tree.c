/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/files/collector.h"

static void add_below(struct collector *collector, const struct tree_rule *rule, const char *path,
		      unsigned depth);

/* A directory comes before what is in it; one that was seen before ends a loop of links. */
static void add_directory(struct collector *collector, const struct tree_rule *rule,
			  const char *path, unsigned depth)
{
	struct file_fact *fact =
		depth ? collector_add_existing(collector, rule->directory, path, CONTENT_PLAIN)
		      : collector_add(collector, rule->directory, path, CONTENT_PLAIN);

	if (fact && fact->status == FILE_READ && S_ISDIR(fact->mode) && !fact->is_again)
		add_below(collector, rule, fact->path, depth);
}

static bool is_directory(struct collector *collector, const char *path)
{
	struct stat status;

	return file_status_in(collector->walk.root, path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void add_entry(struct collector *collector, const struct tree_rule *rule, const char *path,
		      unsigned depth)
{
	const char *object = rule->object_of(path);

	if (is_directory(collector, path)) {
		if (depth < rule->depth)
			add_directory(collector, rule, path, depth + 1);
	} else if (object) {
		collector_add_existing(collector, object, path,
				       text_equal(object, rule->secret) ? CONTENT_SECRET
									: CONTENT_PLAIN);
	}
}

static void refuse(struct collector *collector, const struct tree_rule *rule, const char *path,
		   int error)
{
	struct file_fact *fact =
		collector_add_existing(collector, rule->directory, path, CONTENT_PLAIN);

	if (error == -ENOMEM)
		collector->error = error;
	if (!fact)
		return;
	fact->status = FILE_UNREADABLE;
	fact->problem = error == -EFBIG ? "holds more files than this agent looks at"
					: file_error_text(error);
}

static void add_below(struct collector *collector, const struct tree_rule *rule, const char *path,
		      unsigned depth)
{
	struct file_names names = { 0 };
	int error = file_names_in(collector->walk.root, path, FILE_DIRECTORY_MAX, collector->arena,
				  &names);

	if (error < 0)
		refuse(collector, rule, path, error);
	for (size_t i = 0; i < names.count && !collector->error; i++)
		add_entry(collector, rule,
			  collector_printf(collector, "%s/%s", strcmp(path, "/") == 0 ? "" : path,
					   names.items[i]),
			  depth);
}

void collector_add_tree(struct collector *collector, const struct tree_rule *rule, const char *path)
{
	add_directory(collector, rule, path, 0);
}
