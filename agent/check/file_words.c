/* SPDX-License-Identifier: Apache-2.0 */
#include "check/file_words.h"

#include <string.h>

bool file_is_directory(const struct file_fact *file)
{
	return (file->mode & MODE_TYPE) == MODE_DIRECTORY;
}

unsigned file_permissions(const struct file_fact *file)
{
	return (file->mode & 0777u) | file->acl_permissions << 3;
}

const struct component *file_user(const struct judge *judge, const struct file_fact *file)
{
	const struct node *node = judge->node;

	for (size_t i = 0; file->pid && i < node->component_count; i++)
		if (node->components[i].process && node->components[i].process->pid == file->pid)
			return &node->components[i];
	return NULL;
}

static const char *const ACTIONS[] = {
	[0] = "do nothing with",
	[1] = "execute",
	[2] = "write",
	[3] = "write and execute",
	[4] = "read",
	[5] = "read and execute",
	[6] = "read and write",
	[7] = "read, write and execute",
};

const char *file_access_words(struct judge *judge, unsigned bits)
{
	static const char *const WHO[] = { "everybody", "its group", "its owner" };
	const char *words = "";

	for (unsigned who = 3; who-- > 0;) {
		unsigned allowed = bits >> (3 * who) & 07;

		if (allowed)
			words = judge_text(judge, "%s%s%s may %s it", words, *words ? ", " : "",
					   WHO[who], ACTIONS[allowed]);
	}
	return words;
}

const char *file_name_words(struct judge *judge, const struct file_fact *file)
{
	return file->target ? judge_text(judge, "%s, which leads to %s,", file->path, file->target)
			    : file->path;
}

/* A quote ends the quoted text, stands escaped, and begins it again. */
static const char *quote_all(struct judge *judge, const char *path)
{
	const char *quoted = "'";

	for (size_t length; *path; path += length) {
		length = strcspn(path, "'");
		quoted = judge_text(judge, "%s%.*s%s", quoted, (int)length, path,
				    path[length] ? "'\\''" : "");
		length += path[length] != '\0';
	}
	return judge_text(judge, "%s'", quoted);
}

const char *file_quoted(struct judge *judge, const char *path)
{
	static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "/._-+:,@%=";

	return path[strspn(path, PLAIN)] ? quote_all(judge, path) : path;
}

void draft_file_notes(struct draft *draft, const struct file_fact *file)
{
	if (file->has_acl && file->acl_names && *file->acl_names)
		draft_note(draft, "%s has an access list: %s", file->path, file->acl_names);
	else if (file->has_acl)
		draft_note(draft, "%s has an access list, which lets nobody else in", file->path);
	if (file->is_immutable)
		draft_note(draft, "%s is immutable (chattr +i)", file->path);
}
