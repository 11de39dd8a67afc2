/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/files/collector.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/files/access_list.h"
#include "observe/files/secret_scan.h"

struct file_identity {
	uint64_t device, inode;
};

const char *collector_printf(struct collector *collector, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = arena_vprintf(collector->arena, format, arguments);

	va_end(arguments);
	if (!text)
		collector->error = -ENOMEM;
	return text ? text : "";
}

static struct file_fact *push(struct collector *collector, const struct file_fact *fact,
			      struct file_identity identity)
{
	if (collector->error)
		return NULL;
	struct file_fact *place = arena_push(collector->arena, &collector->facts, &collector->count,
					     &collector->capacity, sizeof(*place));
	struct file_identity *beside =
		arena_push(collector->arena, &collector->identities, &collector->identity_count,
			   &collector->identity_capacity, sizeof(*beside));

	if (!place || !beside) {
		collector->error = -ENOMEM;
		return NULL;
	}
	*place = *fact;
	*beside = identity;
	return place;
}

/* The look ends here: whatever was not seen is unknown. */
static void give_up(struct collector *collector, const char *path, const char *problem)
{
	push(collector,
	     &(struct file_fact){ .path = path,
				  .pid = collector->pid,
				  .status = FILE_UNREADABLE,
				  .problem = problem },
	     (struct file_identity){ 0 });
}

bool collector_begin(struct collector *collector, pid_t pid)
{
	int error;

	collector->pid = pid;
	collector->walk = (struct walk){ .root = -1, .arena = collector->arena };
	if (pid)
		error = process_root_open(collector->host, pid, &collector->walk.root);
	else
		error = file_root_open_in(host_root(collector->host), "/", &collector->walk.root);
	if (error == -ENOMEM)
		collector->error = error;
	else if (error < 0)
		give_up(collector, "/",
			collector_printf(collector,
					 "as its process sees it cannot be opened: it %s",
					 file_error_text(error)));
	return error == 0;
}

void collector_end(struct collector *collector)
{
	cleanup_close(&collector->walk.root);
	collector->walk.root = -1;
}

/* Each kubelet is judged by itself, be it that two share a file. */
static bool is_known(const struct collector *collector, const char *object,
		     struct file_identity identity)
{
	for (size_t i = 0; i < collector->count; i++)
		if (collector->identities[i].inode == identity.inode &&
		    collector->identities[i].device == identity.device &&
		    text_equal(collector->facts[i].object, object) &&
		    (!collector->is_kubelet || collector->facts[i].pid == collector->pid))
			return true;
	return false;
}

/* A list that cannot be read may let in whom the group bits let in, which are its mask. */
static void add_access_list(struct collector *collector, struct file_fact *fact)
{
	char bytes[ACCESS_LIST_BYTES_MAX];
	struct access_list list = { 0 };
	size_t length = 0;
	int error = file_access_list_in(collector->walk.root, fact->path, bytes, sizeof(bytes),
					&length);

	if (error == 0 && !length)
		return;
	if (error == 0)
		error = access_list_parse(bytes, length, collector->arena, &list);
	if (error == -ENOMEM)
		collector->error = error;
	fact->has_acl = true;
	fact->acl_permissions = error < 0 ? fact->mode >> 3 & 07 : list.permissions;
	fact->acl_names = error < 0 ? "somebody whom this agent cannot read" : list.names;
}

static void add_secret(struct collector *collector, struct file_fact *fact)
{
	int error = secret_in_file(collector->walk.root, fact->path, &fact->holds_secret);

	if (error == -ENOMEM)
		collector->error = error;
	else if (error < 0)
		fact->holds_secret = true;
}

static void describe_file(struct collector *collector, const struct walked *walked,
			  struct file_fact *fact)
{
	fact->status = FILE_READ;
	fact->mode = walked->entry.mode;
	fact->uid = walked->entry.uid;
	fact->gid = walked->entry.gid;
	fact->is_immutable = walked->entry.is_immutable;
	if (fact->mode & S_IRWXG)
		add_access_list(collector, fact);
}

static void describe_problem(struct collector *collector, const struct walked *walked,
			     struct file_fact *fact)
{
	if (walked->error == -ENOENT && !walked->is_dangling) {
		fact->status = FILE_ABSENT;
		return;
	}
	fact->status = FILE_UNREADABLE;
	if (walked->error == -ENOENT)
		fact->problem = collector_printf(collector,
						 "is a link that leads to %s, which does not exist",
						 walked->path);
	else
		fact->problem = file_error_text(walked->error);
}

/* As the settings name it, without the slashes at its end. */
static const char *copy_path(struct collector *collector, const char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	return collector_printf(collector, "%.*s", (int)length, path);
}

static struct file_fact *add_walked(struct collector *collector, struct file_fact *fact,
				    const struct walked *walked, enum file_content_kind content)
{
	struct file_identity identity = { 0 };

	fact->pid = collector->pid;
	fact->target = walked->has_links ? walked->path : NULL;
	fact->steps = walked->steps;
	fact->step_count = walked->step_count;
	if (walked->error) {
		describe_problem(collector, walked, fact);
	} else {
		identity = (struct file_identity){ walked->entry.device, walked->entry.inode };
		fact->is_again = is_known(collector, fact->object, identity);
		describe_file(collector, walked, fact);
		if (content == CONTENT_SECRET && S_ISREG(fact->mode))
			add_secret(collector, fact);
	}
	return push(collector, fact, identity);
}

static struct file_fact *add(struct collector *collector, struct file_fact *fact,
			     enum file_content_kind content, bool only_existing)
{
	struct walked walked = { 0 };

	if (collector->error || collector->count > FILE_FACTS_MAX)
		return NULL;
	if (collector->count == FILE_FACTS_MAX) {
		give_up(collector, fact->path, "is one file more than this agent looks at");
		return NULL;
	}
	collector->error = walk_to(&collector->walk, fact->path, &walked);
	if (collector->error || (only_existing && walked.error == -ENOENT && !walked.is_dangling))
		return NULL;
	return add_walked(collector, fact, &walked, content);
}

struct file_fact *collector_add(struct collector *collector, const char *object, const char *path,
				enum file_content_kind content)
{
	struct file_fact fact = { .object = object, .path = copy_path(collector, path) };

	return add(collector, &fact, content, false);
}

struct file_fact *collector_add_existing(struct collector *collector, const char *object,
					 const char *path, enum file_content_kind content)
{
	struct file_fact fact = { .object = object, .path = copy_path(collector, path) };

	return add(collector, &fact, content, true);
}
