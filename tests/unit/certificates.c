/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/certificates.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/file.h"

void scratch_make(struct scratch *scratch)
{
	snprintf(scratch->path, sizeof(scratch->path), "/tmp/nodelatch-test.XXXXXX");
	assert_non_null(mkdtemp(scratch->path));
	assert_int_equal(file_root_open(scratch->path, &scratch->root), 0);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

void scratch_remove(struct scratch *scratch)
{
	close(scratch->root);
	nftw(scratch->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void make_folders(const struct scratch *scratch, const char *name)
{
	char path[256];

	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(path, sizeof(path), "%s/%.*s", scratch->path, (int)(slash - name), name);
		mkdir(path, 0700);
	}
}

void scratch_write(const struct scratch *scratch, const char *name, const void *data, size_t length)
{
	char path[256];

	make_folders(scratch, name);
	snprintf(path, sizeof(path), "%s/%s", scratch->path, name);
	assert_int_equal(file_replace(path, data, length, 0600), 0);
}

void scratch_text(const struct scratch *scratch, const char *name, const char *text)
{
	scratch_write(scratch, name, text, strlen(text));
}

void scratch_load(const struct scratch *scratch, const char *name, struct text_buffer *content)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct file_content file;

	assert_int_equal(file_read_in(scratch->root, name, 1 << 20, arena, &file), 0);
	buffer_append(content, file.data, file.length);
}

void scratch_openssl(const struct scratch *scratch, const char *const *arguments)
{
	const char *argv[64] = { "openssl" };
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	for (size_t i = 0; arguments[i] && i < 62; i++)
		argv[i + 1] = arguments[i];
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, scratch->path);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "openssl.log", O_WRONLY | O_CREAT | O_TRUNC,
					 0600);
	assert_int_equal(posix_spawnp(&pid, "openssl", &actions, NULL,
				      (char *const *)(uintptr_t)argv, environ),
			 0);
	posix_spawn_file_actions_destroy(&actions);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("openssl %s failed, see %s/openssl.log", arguments[0], scratch->path);
}

void scratch_certificate(const struct scratch *scratch, const char *name, const char *subject)
{
	char certificate[128], key[128];

	make_folders(scratch, name);
	snprintf(certificate, sizeof(certificate), "%s.crt", name);
	snprintf(key, sizeof(key), "%s.key", name);
	OPENSSL(scratch, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
		"-nodes", "-days", "30", "-subj", subject, "-addext",
		"basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=clientAuth",
		"-keyout", key, "-out", certificate);
}
