/* SPDX-License-Identifier: Apache-2.0 */
/* Listeners of a node tree, and the text of the kernel's socket tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "model/address.h"
#include "observe/listeners.h"
#include "observe/socket_table.h"

#define HEADER "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
#define REST   " 00000000:00000000 00:00000000 00000000     0        0 "

struct tree {
	char path[32];
	struct arena *arena;
	struct host *host;
	struct listener *listeners;
	size_t count;
	const char *method;
};

static int make_tree(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	memcpy(tree->path, "/tmp/nodelatch-tree-XXXXXX", 27);
	tree->arena = arena_new();
	*state = tree;
	return mkdtemp(tree->path) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static int drop_tree(void **state)
{
	struct tree *tree = *state;

	nftw(tree->path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	host_free(tree->host);
	arena_free(tree->arena);
	free(tree);
	return 0;
}

/* Makes the directories of a path in the tree and returns the path outside it. */
static const char *place(struct tree *tree, const char *path)
{
	char *whole = arena_printf(tree->arena, "%s/%s", tree->path, path);

	for (char *slash = whole + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	return whole;
}

static void put(struct tree *tree, const char *path, const char *content)
{
	FILE *file = fopen(place(tree, path), "we");

	assert_non_null(file);
	fputs(content, file);
	assert_int_equal(fclose(file), 0);
}

static void put_link(struct tree *tree, const char *path, const char *target)
{
	assert_int_equal(symlink(target, place(tree, path)), 0);
}

static void put_process(struct tree *tree, int pid, const char *exe, const char *netns)
{
	char path[64], content[256];

	snprintf(path, sizeof(path), "proc/%d/stat", pid);
	snprintf(content, sizeof(content),
		 "%d (name) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %d 0\n", pid, pid * 10);
	put(tree, path, content);
	snprintf(path, sizeof(path), "proc/%d/exe", pid);
	put_link(tree, path, exe);
	snprintf(path, sizeof(path), "proc/%d/ns/net", pid);
	if (netns)
		put_link(tree, path, netns);
}

static int read_tree(struct tree *tree)
{
	if (!tree->host)
		assert_int_equal(host_open(tree->path, &tree->host), 0);
	struct listener_list list = { 0 };
	int error = listeners_read(tree->host, process_table_new(tree->host, tree->arena),
				   tree->arena, &list);

	tree->listeners = list.items;
	tree->count = list.count;
	tree->method = list.method;
	return error;
}

static void owners_are_found_best_first(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/usr/lib/systemd/systemd", "net:[4026531992]");
	put_process(tree, 900, "/usr/bin/kubelet", "net:[4026531992]");
	put_process(tree, 950, "/usr/bin/helper", "net:[4026531992]");
	put(tree, "proc/1/net/tcp",
	    HEADER "   0: 0100007F:2808 00000000:0000 0A" REST "48210 1\n"
		   "   1: 0100007F:2808 0100007F:9999 01" REST "48211 1\n");
	put(tree, "proc/1/net/tcp6",
	    HEADER "   0: 00000000000000000000000000000000:280F "
		   "00000000000000000000000000000000:0000 0A" REST "48212 1\n");
	put_link(tree, "proc/1/fd/3", "socket:[48212]");
	put_link(tree, "proc/950/fd/3", "socket:[48212]");
	put_link(tree, "proc/900/fd/7", "socket:[48212]");
	put_link(tree, "proc/900/fd/8", "socket:[48212]");
	put_link(tree, "proc/900/fd/9", "/dev/null");
	assert_int_equal(read_tree(tree), 0);
	assert_string_equal(tree->method, "the node tree");
	assert_int_equal(tree->count, 2);
	assert_int_equal(tree->listeners[0].port, 10248);
	assert_int_equal(tree->listeners[0].exposure, EXPOSURE_LOOPBACK);
	assert_int_equal(tree->listeners[0].owner_count, 0);
	const struct listener *listener = &tree->listeners[1];

	assert_int_equal(listener->port, 10255);
	assert_int_equal(listener->exposure, EXPOSURE_ANY);
	assert_true(listener->is_dual_stack);
	assert_true(listener->is_in_host_netns);
	assert_int_equal(listener->netns, 4026531992);
	assert_int_equal(listener->owner_count, 3);
	assert_int_equal(listener->owners[0]->pid, 900);
	assert_int_equal(listener->owners[1]->pid, 950);
	assert_int_equal(listener->owners[2]->pid, 1);
}

static void namespaces_are_kept_apart(void **state)
{
	struct tree *tree = *state;
	const char *line = HEADER "   0: 00000000:280F 00000000:0000 0A" REST "7 1\n";

	put_process(tree, 1, "/sbin/init", "net:[100]");
	put_process(tree, 20, "/bin/a", "net:[200]");
	put_process(tree, 21, "/bin/b", "net:[200]");
	put(tree, "proc/1/net/tcp", line);
	put(tree, "proc/20/net/tcp", line);
	put(tree, "proc/21/net/tcp", line);
	assert_int_equal(read_tree(tree), 0);
	assert_int_equal(tree->count, 2);
	assert_true(tree->listeners[0].is_in_host_netns);
	assert_false(tree->listeners[1].is_in_host_netns);
	assert_int_equal(tree->listeners[1].socket_count, 1);
}

/* A capture may have the tables of one process only, and no links of namespaces at all. */
static void tables_of_any_process_count(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", NULL);
	put_process(tree, 30, "/bin/a", NULL);
	put(tree, "proc/1/net/tcp", HEADER);
	put(tree, "proc/30/net/udp",
	    HEADER "   0: 00000000:0035 00000000:0000 07" REST "7 2 0 0\n"
		   "   1: 00000000:0036 0100007F:0035 01" REST "8 2 0 0\n");
	put_link(tree, "proc/30/fd/0", "socket:[7]");
	assert_int_equal(read_tree(tree), 0);
	assert_int_equal(tree->count, 1);
	assert_int_equal(tree->listeners[0].transport, TRANSPORT_UDP);
	assert_int_equal(tree->listeners[0].port, 53);
	assert_true(tree->listeners[0].is_in_host_netns);
	assert_int_equal(tree->listeners[0].owners[0]->pid, 30);
}

static void sockets_of_a_group_are_one(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", "net:[100]");
	put(tree, "proc/1/net/tcp",
	    HEADER "   0: 00000000:280F 00000000:0000 0A" REST "7 1\n"
		   "   1: 00000000:280F 00000000:0000 0A" REST "8 1\n"
		   "   2: 00000000:280F 00000000:0000 0A" REST "0 1\n");
	assert_int_equal(read_tree(tree), 0);
	assert_int_equal(tree->count, 1);
	assert_int_equal(tree->listeners[0].socket_count, 2);
	assert_int_not_equal(tree->listeners[0].inode, 0);
}

static void no_tables_are_not_no_listeners(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", "net:[100]");
	assert_int_equal(read_tree(tree), -ENOENT);
}

static void links_out_of_the_tree_are_not_followed(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", "net:[100]");
	put_link(tree, "proc/1/net/tcp", "../../../../../../../proc/self/net/tcp");
	assert_int_equal(read_tree(tree), -ENOENT);
}

static struct socket_list parse(struct arena *arena, const char *line, enum transport transport)
{
	struct socket_list list = { .arena = arena };

	assert_int_equal(socket_table_parse(line, strlen(line), transport, 5, &list), 0);
	return list;
}

static void damaged_tables_hide_sockets(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", "net:[100]");
	put(tree, "proc/1/net/tcp", HEADER);
	assert_int_equal(read_tree(tree), 0);
	put(tree, "proc/1/net/tcp6", HEADER "\x01\xff\n");
	assert_int_equal(read_tree(tree), -EBADMSG);
	put_process(tree, 2, "/bin/x", "net:[100]");
	put(tree, "proc/2/net/tcp6", HEADER);
	assert_int_equal(read_tree(tree), 0);
	put(tree, "proc/2/net/udp/x", "");
	assert_int_equal(read_tree(tree), -EBADMSG);
}

static void tables_of_a_pod_are_not_the_hosts(void **state)
{
	struct tree *tree = *state;

	put_process(tree, 1, "/sbin/init", "net:[100]");
	put_process(tree, 2, "/bin/x", "net:[200]");
	put(tree, "proc/2/net/tcp", HEADER);
	put(tree, "proc/1/net/udp", HEADER);
	assert_int_equal(read_tree(tree), -ENOENT);
	put(tree, "proc/1/net/tcp6", HEADER);
	assert_int_equal(read_tree(tree), 0);
}

static void addresses_are_read(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char text[ADDRESS_TEXT_BYTES];
	struct socket_list list =
		parse(arena, "0: 0B00000A:FFFF 00000000:0000 0A" REST "18446744073709551615 1",
		      TRANSPORT_TCP);

	(void)state;
	assert_int_equal(list.count, 1);
	listener_format(TRANSPORT_TCP, &list.rows[0].address, list.rows[0].port, text);
	assert_string_equal(text, "tcp 10.0.0.11:65535");
	assert_int_equal(list.rows[0].inode, UINT64_MAX);
	list = parse(arena,
		     "0: B80D0120000000000000000001000000:0001 "
		     "00000000000000000000000000000000:0000 0A" REST "7 1\n",
		     TRANSPORT_TCP);
	listener_format(TRANSPORT_TCP, &list.rows[0].address, list.rows[0].port, text);
	assert_string_equal(text, "tcp [2001:db8::1]:1");
}

static void other_lines_are_passed_over_and_told(void **state)
{
	static const char *const LINES[] = {
		"0:",
		"0: 00000000:280F",
		"0: 00000000:10000 00000000:0000 0A" REST "7 1",
		"0: 000000000:280F 00000000:0000 0A" REST "7 1",
		"0: 0000000000000000:280F 0000000000000000:0000 0A" REST "7 1",
		"x: 00000000:280F 00000000:0000 0A" REST "7 1",
		"0: 00000000:280F 00000000:0000 0A 00000000:00000000 00:00000000",
		"0: 00000000:280F 00000000:0000 0A" REST "-7 1",
		"0: 00000000:280F 00000000:0000 0A" REST "18446744073709551616 1",
		"0: 0000000G:280F 00000000:0000 0A" REST "7 1",
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(LINES); i++) {
		struct socket_list list = { .arena = arena };

		assert_int_equal(
			socket_table_parse(LINES[i], strlen(LINES[i]), TRANSPORT_TCP, 5, &list),
			-EBADMSG);
		assert_int_equal(list.count, 0);
	}
	assert_int_equal(parse(arena, "", TRANSPORT_TCP).count, 0);
	assert_int_equal(parse(arena, "\n\n\n", TRANSPORT_TCP).count, 0);
	assert_int_equal(parse(arena, "  sl  local_address rem_address\n", TRANSPORT_TCP).count, 0);
}

int main(void)
{
#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, make_tree, drop_tree)
	const struct CMUnitTest tests[] = {
		IN_TREE(owners_are_found_best_first),
		IN_TREE(namespaces_are_kept_apart),
		IN_TREE(tables_of_any_process_count),
		IN_TREE(sockets_of_a_group_are_one),
		IN_TREE(no_tables_are_not_no_listeners),
		IN_TREE(damaged_tables_hide_sockets),
		IN_TREE(tables_of_a_pod_are_not_the_hosts),
		IN_TREE(links_out_of_the_tree_are_not_followed),
		cmocka_unit_test(addresses_are_read),
		cmocka_unit_test(other_lines_are_passed_over_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
