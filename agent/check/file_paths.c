/* SPDX-License-Identifier: Apache-2.0 */
/* Who else could swap a file: directories on the way to it, and directories that are read whole. */
#include "base/cleanup.h"
#include "base/text.h"
#include "check/families.h"
#include "check/file_words.h"
#include "check/row.h"

#define STATIC_POD_PAGE "https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/"

/* Objects that are themselves a way in: whoever writes there runs as root, or is believed. */
static const char *const WAYS_IN[] = {
	"static-pods",	  "static-pod",	   "*-manifest",    "kubelet-certificates",
	"volume-plugins", "cni-directory", "pki-directory",
};

static bool is_way_in(const struct file_fact *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(WAYS_IN); i++)
		if (text_matches_glob(file->object, WAYS_IN[i]))
			return true;
	return false;
}

/* A place on the way, and the first file that is reached through it. */
struct place {
	struct path_step step;
	const struct file_fact *file;
};

struct search {
	struct judge *judge;
	struct place *bad; /* each once */
	size_t count, capacity;
};

/* A component that does not run as root has directories of its own user's. */
static bool is_bad(const struct search *search, const struct place *place)
{
	const struct component *user = file_user(search->judge, place->file);
	bool is_own = user && user->process->uid == place->step.uid;

	return (place->step.uid && !is_own) || (place->step.mode & MODE_WRITABLE);
}

static bool is_same(const struct place *one, const struct place *other)
{
	return text_equal(one->step.path, other->step.path) && one->step.mode == other->step.mode &&
	       one->step.uid == other->step.uid && one->step.gid == other->step.gid;
}

static void look_at(struct search *search, const struct place *place)
{
	if (!is_bad(search, place))
		return;
	for (size_t i = 0; i < search->count; i++)
		if (is_same(&search->bad[i], place))
			return;
	struct place *kept = arena_push(search->judge->arena, &search->bad, &search->count,
					&search->capacity, sizeof(*kept));

	if (kept)
		*kept = *place;
	else
		search->judge->error = -ENOMEM;
}

static void look_at_file(struct search *search, const struct file_fact *file)
{
	for (size_t i = 0; i < file->step_count; i++)
		look_at(search, &(struct place){ file->steps[i], file });
	if (file->status == FILE_READ && !file->is_again && is_way_in(file))
		look_at(search, &(struct place){ { file->target ? file->target : file->path,
						   file->mode, file->uid, file->gid },
						 file });
}

/* A directory for everybody, as /tmp, must stay as it is: the file has to go. */
static void draft_remedy(struct draft *draft, const struct place *place)
{
	struct judge *judge = draft->judge;
	const char *path = file_quoted(judge, place->step.path);

	if (place->step.mode & MODE_STICKY)
		draft->finding.remedy = judge_text(
			judge,
			"move %s to a directory that only root may write to, and name it there",
			file_quoted(judge, place->file->path));
	else if (!(place->step.mode & MODE_WRITABLE))
		draft->finding.remedy = judge_text(judge, "chown root:root %s", path);
	else if (place->step.uid)
		draft->finding.remedy =
			judge_text(judge, "chown root:root %s && chmod go-w %s", path, path);
	else
		draft->finding.remedy = judge_text(judge, "chmod go-w %s", path);
}

static void record_bad(struct judge *judge, const struct place *place)
{
	const struct path_step *step = &place->step;
	struct draft draft = draft_on_file(judge, file_user(judge, place->file), step->path);

	draft_value(&draft, "%04o, uid %u", step->mode & 07777u, step->uid);
	draft_source(&draft, SOURCE_CONFIG, step->path);
	if (step->uid)
		draft_evidence(&draft, "file", "%s belongs to user %u", step->path, step->uid);
	if (step->mode & MODE_WRITABLE)
		draft_evidence(&draft, "file", "%s has mode %04o: %s", step->path,
			       step->mode & 07777u,
			       file_access_words(judge, step->mode & MODE_WRITABLE));
	if (step->mode & MODE_STICKY)
		draft_evidence(&draft, "file",
			       "its sticky bit keeps others from removing what is there, not from "
			       "putting a file there first");
	if (!text_equal(place->file->path, step->path))
		draft_evidence(&draft, "file", "%s is reached through it", place->file->path);
	draft_remedy(&draft, place);
	draft_record(&draft, VERDICT_FAIL);
}

static const struct file_fact *first_unknown(const struct node *node)
{
	for (size_t i = 0; i < node->file_count; i++)
		if (node->files[i].status == FILE_UNREADABLE ||
		    node->files[i].status == FILE_UNKNOWN)
			return &node->files[i];
	return NULL;
}

static void judge_paths(struct judge *judge, const struct component *component)
{
	const struct node *node = judge->node;
	const struct file_fact *unknown = first_unknown(node);
	struct search search = { .judge = judge };

	(void)component;
	for (size_t i = 0; i < node->file_count; i++)
		look_at_file(&search, &node->files[i]);
	for (size_t i = 0; i < search.count; i++)
		record_bad(judge, &search.bad[i]);
	if (search.count)
		return;
	struct draft draft = draft_on_node(judge);

	if (unknown) {
		draft_record_error(&draft, "%s %s", unknown->path,
				   unknown->problem ? unknown->problem : "was not looked at");
	} else if (!node->file_count) {
		draft_record_not_applicable(&draft, "no file of Kubernetes is known on this node");
	} else {
		draft_evidence(&draft, "file",
			       "every directory on the way to the files of Kubernetes belongs to "
			       "root, and nobody else may write there");
		draft_record(&draft, VERDICT_PASS);
	}
}

static const struct check ROWS[] = {
	{
		.id = "file.path-writable-by-others",
		.title = "Others than root may swap a file of Kubernetes",
		.severity = SEVERITY_HIGH,
		.component = COMPONENT_KIND_COUNT,
		.judge = judge_paths,
		.reads = "every directory on the way to the files that the other file checks are "
			 "about, links followed; the directories of static pods with their files, "
			 "of the kubelet's certificates, of volume plugins, of the container "
			 "network and of the PKI",
		.expected = "owned by root, and not writable by its group or everybody",
		.why = "Whoever may write to a directory may put another file in the place of one "
		       "that he could not write to.",
		.remedy = "chown root:root and chmod go-w on the directory",
		.references = REFERENCES(STATIC_POD_PAGE),
	},
};

const struct check_family FILE_PATH_CHECKS = { ROWS, ARRAY_SIZE(ROWS) };
