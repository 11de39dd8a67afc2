/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The package that installed the program, as RPM remembers it, by the same rule as dpkg's. Only the
 * SQLite form of the database (RHEL 9, Fedora, Amazon Linux 2023, Azure Linux); of Berkeley DB
 * before it and SUSE's ndb the version stays unknown.
 *
 * The database keeps a write-ahead log while RPM works, and folds it in when it is done. Beside a
 * descriptor the log cannot be read, so as long as there is something in it what the database says
 * may be of yesterday, and nothing is taken from it. Source: the RPM project's
 * lib/backend/sqlite.c.
 */
#include <ctype.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/version/database_file.h"
#include "observe/version/rpm_header.h"
#include "observe/version/sources.h"

#define LOG "-wal"

static void cleanup_statement(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}

static const char *const DATABASES[] = {
	"/var/lib/rpm/rpmdb.sqlite",
	"/usr/lib/sysimage/rpm/rpmdb.sqlite",
};

/* What owns the program, of all packages that list a file of its name. */
struct owner {
	const struct version_question *question;
	const char *package, *version;
	bool is_disputed; /* by a package of another version */
};

/* Others ship programs of that name with numbers of their own: OpenShift's kubelet is in a package
 * of version 4.16. Fedora's and SUSE's carry the release in the name: kubernetes1.31. */
static bool is_known(enum component_kind kind, const char *name, const char *version)
{
	static const char KUBERNETES[] = "kubernetes";

	for (const char *const *known = version_packages(kind); *known; known++)
		if (text_equal(name, *known))
			return true;
	if (kind == COMPONENT_ETCD || !text_starts_with(name, "kubernetes1."))
		return false;
	const char *release = name + strlen(KUBERNETES);
	size_t length = strspn(release, "0123456789.");

	return strncmp(version, release, length) == 0 && version[length] == '.' &&
	       (!release[length] || release[length] == '-');
}

/* "1.31.4", and nothing that only RPM understands: "1.32.0~rc.1". */
static bool is_version(const char *version)
{
	size_t digits = strspn(version, "0123456789");

	if (!digits || version[digits] != '.' || !isdigit((unsigned char)version[digits + 1]))
		return false;
	for (const char *at = version; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr(".+-_", *at))
			return false;
	return strlen(version) < GO_VERSION_BYTES_MAX;
}

/* On systems whose /bin is a link to /usr/bin packages may list the file in either. */
static bool installed(const struct rpm_header *header, const struct process *process)
{
	const char *exe = process->exe;
	uint32_t time;

	return rpm_header_number(header, RPM_INSTALL_TIME, &time) &&
	       process->started_at_ns >= time * 1000000000LL &&
	       (rpm_header_installed(header, exe) ||
		(text_starts_with(exe, "/usr/") &&
		 rpm_header_installed(header, exe + strlen("/usr"))));
}

static void consider(struct owner *owner, const void *bytes, size_t length)
{
	struct arena *arena = owner->question->arena;
	struct rpm_header header;

	if (rpm_header_open(bytes, length, &header) < 0 ||
	    !installed(&header, owner->question->process))
		return;
	const char *name = rpm_header_text(&header, RPM_NAME);
	const char *version = rpm_header_text(&header, RPM_VERSION);

	if (!name || !version || !is_version(version) ||
	    !is_known(owner->question->kind, name, version) ||
	    (owner->version && !text_equal(version, owner->version))) {
		owner->is_disputed = true;
		return;
	}
	owner->package = arena_text(arena, name);
	owner->version = arena_text(arena, version);
}

/* Returns whether the database could be read to its end. */
static bool consider_all(sqlite3 *database, struct owner *owner)
{
	static const char QUESTION[] = "SELECT blob FROM Packages WHERE hnum IN"
				       " (SELECT hnum FROM Basenames WHERE key = ?1) LIMIT ?2";
	CLEANUP(cleanup_statement) sqlite3_stmt *statement = NULL;
	int rows = 0, result;

	if (sqlite3_prepare_v2(database, QUESTION, -1, &statement, NULL) != SQLITE_OK ||
	    sqlite3_bind_text(statement, 1, text_base_name(owner->question->process->exe), -1,
			      SQLITE_STATIC) != SQLITE_OK ||
	    sqlite3_bind_int(statement, 2, RPM_PACKAGES_MAX + 1) != SQLITE_OK)
		return false;
	while ((result = sqlite3_step(statement)) == SQLITE_ROW && rows++ < RPM_PACKAGES_MAX) {
		const void *bytes = sqlite3_column_blob(statement, 0);

		if (!bytes)
			return false;
		consider(owner, bytes, (size_t)sqlite3_column_bytes(statement, 0));
	}
	return result == SQLITE_DONE;
}

/* Whether nothing is in the log; what it holds may be newer than the database. */
static bool is_log_empty(int root, const char *path, struct arena *scratch)
{
	const char *log = arena_printf(scratch, "%s" LOG, path);
	struct stat status;
	int error = log ? file_status_in(root, log, &status) : -ENOMEM;

	return error == -ENOENT || (error == 0 && status.st_size == 0);
}

/* RPM may write while we read: then what was read is of two times. */
static bool read_database(const char *path, struct owner *owner)
{
	CLEANUP_DATABASE_FILE struct database_file file = { 0 };
	CLEANUP_CLOSE int fd = -1;
	struct stat before, after;
	int root = owner->question->root;

	if (file_open_in(root, path, O_RDONLY | O_NOFOLLOW, &fd) < 0 || fstat(fd, &before) < 0 ||
	    !S_ISREG(before.st_mode) || !is_log_empty(root, path, owner->question->scratch) ||
	    database_file_open(&file, fd) < 0)
		return false;
	return consider_all(file.database, owner) && fstat(fd, &after) == 0 &&
	       file_changed_at_ns(&before) == file_changed_at_ns(&after);
}

bool version_from_rpm(const struct version_question *question, struct found_version *found)
{
	if (question->root < 0 || !question->process->exe || !question->process->started_at_ns)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(DATABASES); i++) {
		struct owner owner = { .question = question };

		if (!read_database(DATABASES[i], &owner) || owner.is_disputed || !owner.package ||
		    !owner.version)
			continue;
		found->version = owner.version;
		found->detail = arena_printf(question->arena,
					     "package %s in RPM's database, which installed %s, is "
					     "of version %s",
					     owner.package, question->process->exe, owner.version);
		return found->detail != NULL;
	}
	return false;
}
