/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <cmocka.h>

#include "base/file.h"

/* A tree with a secret outside of its root:  DIR/secret, DIR/root/... */
struct tree {
	char path[64];
	int outside, root;
	struct arena *arena;
};

static void put(int directory, const char *name, const char *text)
{
	CLEANUP_CLOSE int fd = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static int make_tree(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	memcpy(tree->path, "/tmp/nodelatch-test-file-XXXXXX", 32);
	assert_non_null(mkdtemp(tree->path));
	assert_int_equal(file_root_open(tree->path, &tree->outside), 0);
	assert_int_equal(mkdirat(tree->outside, "root", 0755), 0);
	assert_int_equal(file_root_open_in(tree->outside, "root", &tree->root), 0);
	assert_int_equal(mkdirat(tree->root, "etc", 0755), 0);
	put(tree->outside, "secret", "outside");
	put(tree->root, "secret", "inside");
	put(tree->root, "etc/config", "a\n");
	tree->arena = arena_new();
	*state = tree;
	return tree->arena ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	return remove(path);
}

static int remove_tree(void **state)
{
	struct tree *tree = *state;

	close(tree->outside);
	close(tree->root);
	arena_free(tree->arena);
	nftw(tree->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(tree);
	return 0;
}

static int read_in(const struct tree *tree, const char *path, size_t max, const char **ret_text)
{
	struct file_content content = { 0 };
	int error = file_read_in(tree->root, path, max, tree->arena, &content);

	*ret_text = content.data;
	return error;
}

static void reads_a_file_by_either_path(void **state)
{
	const char *text;

	assert_int_equal(read_in(*state, "/etc/config", 100, &text), 0);
	assert_string_equal(text, "a\n");
	assert_int_equal(read_in(*state, "etc/../etc/./config", 100, &text), 0);
	assert_string_equal(text, "a\n");
	assert_int_equal(read_in(*state, "/etc/none", 100, &text), -ENOENT);
	assert_int_equal(read_in(*state, "/secret/none", 100, &text), -ENOTDIR);
	assert_int_equal(read_in(*state, "", 100, &text), -ENOENT);
}

static void no_path_leads_out_of_the_root(void **state)
{
	const struct tree *tree = *state;
	const char *text;
	char absolute[128];

	snprintf(absolute, sizeof(absolute), "%s/secret", tree->path);
	assert_int_equal(symlinkat("/secret", tree->root, "etc/absolute"), 0);
	assert_int_equal(symlinkat("../../secret", tree->root, "etc/climbing"), 0);
	assert_int_equal(symlinkat("../../../../../..", tree->root, "etc/up"), 0);
	assert_int_equal(symlinkat(absolute, tree->root, "etc/host"), 0);
	assert_int_equal(read_in(tree, "../../secret", 100, &text), 0);
	assert_string_equal(text, "inside");
	assert_int_equal(read_in(tree, "etc/absolute", 100, &text), 0);
	assert_string_equal(text, "inside");
	assert_int_equal(read_in(tree, "etc/climbing", 100, &text), 0);
	assert_string_equal(text, "inside");
	assert_int_equal(read_in(tree, "etc/up/secret", 100, &text), 0);
	assert_string_equal(text, "inside");
	assert_int_equal(read_in(tree, "etc/host", 100, &text), -ENOENT);
}

static void loops_and_magic_links_are_refused(void **state)
{
	const struct tree *tree = *state;
	struct file_content content;
	const char *text;
	int root;

	assert_int_equal(symlinkat("loop", tree->root, "loop"), 0);
	assert_int_equal(read_in(tree, "loop", 100, &text), -ELOOP);
	assert_int_equal(file_root_open("/", &root), 0);
	assert_int_equal(
		file_read_in(root, "/proc/self/root/etc/passwd", 1 << 20, tree->arena, &content),
		-ELOOP);
	close(root);
}

static void only_regular_files_are_read(void **state)
{
	const struct tree *tree = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const char *text;
	int root;

	/* Nobody writes to it: a blocking open would never return. */
	assert_int_equal(mkfifoat(tree->root, "fifo", 0644), 0);
	alarm(5);
	assert_int_equal(read_in(tree, "fifo", 100, &text), -EINVAL);
	alarm(0);
	assert_int_equal(read_in(tree, "etc", 100, &text), -EINVAL);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/root/socket", tree->path);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(read_in(tree, "socket", 100, &text), -ENXIO);
	assert_int_equal(file_root_open("/", &root), 0);
	assert_int_equal(
		file_read_in(root, "/dev/zero", 100, tree->arena, &(struct file_content){ 0 }),
		-EINVAL);
	close(root);
}

static void a_bound_is_a_bound(void **state)
{
	const struct tree *tree = *state;
	struct file_content content;
	const char *text;
	int root;

	put(tree->root, "hundred",
	    "01234567890123456789012345678901234567890123456789"
	    "01234567890123456789012345678901234567890123456789");
	assert_int_equal(read_in(tree, "hundred", 99, &text), -EFBIG);
	assert_int_equal(read_in(tree, "hundred", 100, &text), 0);
	assert_int_equal(strlen(text), 100);
	put(tree->root, "empty", "");
	assert_int_equal(read_in(tree, "empty", 0, &text), 0);
	assert_string_equal(text, "");
	/* Says size 0, and is longer. */
	assert_int_equal(file_root_open("/", &root), 0);
	assert_int_equal(file_read_in(root, "/proc/self/status", 64, tree->arena, &content),
			 -EFBIG);
	assert_int_equal(file_read_in(root, "/proc/self/status", 1 << 16, tree->arena, &content),
			 0);
	assert_true(content.length > 64);
	assert_int_equal(content.status.st_size, 0);
	close(root);
}

static void a_sparse_giant_is_refused_by_its_size(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_CLOSE int fd = openat(tree->root, "giant", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	const char *text;

	assert_int_equal(ftruncate(fd, 1LL << 40), 0);
	assert_int_equal(read_in(tree, "giant", 4 << 20, &text), -EFBIG);
}

static void links_are_read_and_followed(void **state)
{
	const struct tree *tree = *state;
	struct stat status;
	char *target;

	assert_int_equal(symlinkat("/etc/config", tree->root, "link"), 0);
	assert_int_equal(file_link_in(tree->root, "link", tree->arena, &target), 0);
	assert_string_equal(target, "/etc/config");
	assert_int_equal(file_status_in(tree->root, "link", &status), 0);
	assert_int_equal(status.st_size, 2);
	assert_true(file_link_in(tree->root, "secret", tree->arena, &target) < 0);
	assert_int_equal(file_link_in(tree->root, "none", tree->arena, &target), -ENOENT);
	assert_true(file_changed_at_ns(&status) > 0);
}

static unsigned entries_beside(const struct tree *tree, const char *prefix)
{
	char path[96];
	unsigned count = 0;
	struct dirent *entry;
	DIR *directory;

	snprintf(path, sizeof(path), "%s/root", tree->path);
	directory = opendir(path);
	assert_non_null(directory);
	while ((entry = readdir(directory)))
		count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
	closedir(directory);
	return count;
}

static void a_file_is_replaced_whole_or_not_at_all(void **state)
{
	const struct tree *tree = *state;
	const char *text;
	struct stat status;
	char path[128];

	snprintf(path, sizeof(path), "%s/root/new", tree->path);
	assert_int_equal(file_replace(path, "one", 3, 0640), 0);
	assert_int_equal(file_status_in(tree->root, "new", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(file_replace(path, "two", 3, 0600), 0);
	assert_int_equal(read_in(tree, "new", 100, &text), 0);
	assert_string_equal(text, "two");
	assert_int_equal(file_status_in(tree->root, "new", &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	/* A directory in the place: the rename fails, and nothing is left beside it. */
	assert_int_equal(mkdirat(tree->root, "taken", 0755), 0);
	snprintf(path, sizeof(path), "%s/root/taken", tree->path);
	assert_int_equal(file_replace(path, "x", 1, 0600), -EISDIR);
	assert_int_equal(entries_beside(tree, "taken"), 1);
	snprintf(path, sizeof(path), "%s/none/new", tree->path);
	assert_int_equal(file_replace(path, "x", 1, 0600), -ENOENT);
}

static void every_error_has_its_sentence(void **state)
{
	static const int errors[] = { EFBIG, EINVAL, ENXIO, ELOOP, ENOENT, ENOTDIR, EACCES, EXDEV };

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_string_not_equal(file_error_text(-errors[i]), strerror(errors[i]));
	assert_string_equal(file_error_text(-EIO), strerror(EIO));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_a_file_by_either_path, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(no_path_leads_out_of_the_root, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(loops_and_magic_links_are_refused, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(only_regular_files_are_read, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(a_bound_is_a_bound, make_tree, remove_tree),
		cmocka_unit_test_setup_teardown(a_sparse_giant_is_refused_by_its_size, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(links_are_read_and_followed, make_tree,
						remove_tree),
		cmocka_unit_test_setup_teardown(a_file_is_replaced_whole_or_not_at_all, make_tree,
						remove_tree),
		cmocka_unit_test(every_error_has_its_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
