/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/journal_file.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/text.h"

/* "NLch": tells our files from any other SQLite database. */
#define APPLICATION_ID "1313629032"
#define VERSION	       "1"
/* How long another process's lock may hold us up, in the one loop of the agent. */
#define BUSY_TIMEOUT_MS 100
/* SQLite's own default. */
#define PAGE_BYTES 4096
/* When the log is folded into the file, and what it is then cut back to: 64 kiB to 1 MiB. */
#define LOG_PAGES_MIN 16
#define LOG_PAGES_MAX 256

static const char TABLES[] =
	"PRAGMA auto_vacuum = INCREMENTAL;"
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;"
	"BEGIN IMMEDIATE;"
	"CREATE TABLE changes (seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL,"
	" severity INTEGER NOT NULL, check_id TEXT NOT NULL, line TEXT NOT NULL);"
	"CREATE INDEX changes_by_severity ON changes (severity);"
	"CREATE TABLE open (finding TEXT PRIMARY KEY, severity INTEGER NOT NULL,"
	" news TEXT NOT NULL, exact TEXT NOT NULL, line TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE state (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), last_seq INTEGER"
	" NOT NULL, acknowledged_seq INTEGER NOT NULL, lost INTEGER NOT NULL);"
	"INSERT INTO state VALUES (1, 0, 0, 0);"
	"PRAGMA application_id = " APPLICATION_ID ";"
	"PRAGMA user_version = " VERSION ";"
	"COMMIT;";

static const char WRITER_PRAGMAS[] = "PRAGMA journal_mode = WAL;"
				     "PRAGMA synchronous = FULL;"
				     "PRAGMA cache_size = -512;";

struct journal *journal_new(const char *path)
{
	CLEANUP_JOURNAL struct journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return NULL;
	journal->lock = -1;
	journal->path = strdup(path);
	journal->arena = arena_new();
	return journal->path && journal->arena ? take_ptr(journal) : NULL;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	sqlite3_close(journal->database);
	if (journal->lock >= 0)
		close(journal->lock);
	arena_free(journal->arena);
	free(journal->path);
	free(journal);
}

/* Is it a regular file, or nothing yet? Opening a FIFO could block for ever. */
static int check_file(const char *path, bool *ret_exists)
{
	struct stat status;

	*ret_exists = stat(path, &status) == 0;
	if (*ret_exists)
		return S_ISREG(status.st_mode) ? 0 : -EINVAL;
	return errno == ENOENT ? 0 : -errno;
}

static int make_directory(const char *path)
{
	CLEANUP_FREE char *directory = strdup(path);
	char *slash = directory ? strrchr(directory, '/') : NULL;

	if (!directory)
		return -ENOMEM;
	if (!slash || slash == directory)
		return 0;
	*slash = '\0';
	return mkdir(directory, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int take_lock(const char *path, int *ret_lock)
{
	char name[PATH_MAX];
	CLEANUP_CLOSE int fd = -1;

	if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name))
		return -ENAMETOOLONG;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EALREADY : -errno;
	*ret_lock = take_fd(&fd);
	return 0;
}

/* The file and, by it, the log are for root's eyes: argument lists may hold secrets. */
static int make_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* Ours, of this version: 0; empty: 1; else -errno. A file that is no database at all is taken for a
 * damaged journal only where the name says that it was one. */
static int recognize(struct journal *journal)
{
	int64_t id, version, tables;
	int error = sql_number(journal->database, "SELECT count(*) FROM sqlite_master", &tables);

	if (error == -EUCLEAN && !text_ends_with(journal->path, ".db"))
		return -EMEDIUMTYPE;
	error = error ? error : sql_number(journal->database, "PRAGMA application_id", &id);
	error = error ? error : sql_number(journal->database, "PRAGMA user_version", &version);
	if (error)
		return error;
	if (!tables && !id)
		return 1;
	if (id != strtol(APPLICATION_ID, NULL, 10))
		return -EMEDIUMTYPE;
	return version == strtol(VERSION, NULL, 10) ? 0 : -EPROTO;
}

int journal_bound(struct journal *journal, int64_t max_bytes)
{
	char pragmas[128];
	int64_t pages = max_bytes / 4 / PAGE_BYTES;

	pages = pages < LOG_PAGES_MIN	? LOG_PAGES_MIN
		: pages > LOG_PAGES_MAX ? LOG_PAGES_MAX
					: pages;
	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA wal_autocheckpoint = %lld; PRAGMA journal_size_limit = %lld;",
		 (long long)pages, (long long)pages * PAGE_BYTES);
	return sql_run(journal->database, pragmas);
}

static int open_database(struct journal *journal, int flags)
{
	int result = sqlite3_open_v2(journal->path, &journal->database,
				     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);

	int error = sql_error(journal->database, result);

	if (error)
		return error;
	sqlite3_busy_timeout(journal->database, BUSY_TIMEOUT_MS);
	return recognize(journal);
}

static int prepare_writing(struct journal *journal)
{
	int keep_log = 1;
	int error = open_database(journal, SQLITE_OPEN_READWRITE);

	if (error < 0)
		return error;
	if (error == 1) {
		error = sql_run(journal->database, TABLES);
		if (error) {
			journal_rollback(journal);
			return error;
		}
	}
	/* The log and its index stay when we close, so that a reader who may not write finds them.
	 */
	sqlite3_file_control(journal->database, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep_log);
	return sql_run(journal->database, WRITER_PRAGMAS);
}

int journal_open_writer(const char *path, struct journal **ret_journal)
{
	CLEANUP_JOURNAL struct journal *journal = journal_new(path);
	bool exists = false;
	int error = journal ? make_directory(path) : -ENOMEM;

	error = error ? error : check_file(path, &exists);
	error = error ? error : take_lock(path, &journal->lock);
	if (!error && !exists)
		error = make_file(path);
	error = error ? error : prepare_writing(journal);
	if (!error)
		*ret_journal = take_ptr(journal);
	return error;
}

bool journal_was_replaced(struct journal *journal)
{
	int was_moved = 0;

	sqlite3_file_control(journal->database, NULL, SQLITE_FCNTL_HAS_MOVED, &was_moved);
	return was_moved != 0;
}

int journal_open_reader(const char *path, struct journal **ret_journal, char **ret_problem)
{
	CLEANUP_BUFFER struct text_buffer problem = { 0 };
	CLEANUP_JOURNAL struct journal *journal = journal_new(path);
	bool exists = false;
	int error = journal ? check_file(path, &exists) : -ENOMEM;

	if (!error && !exists)
		error = -ENOENT;
	error = error ? error : open_database(journal, SQLITE_OPEN_READONLY);
	/* Empty: an agent is about to make its tables, or could not. */
	if (error == 1)
		error = -ENODATA;
	if (!error) {
		*ret_journal = take_ptr(journal);
		return 0;
	}
	journal_trouble(path, error, &problem);
	*ret_problem = take_ptr(problem.data);
	return error;
}

/* What a damaged file still says of its numbers; zero where it says nothing. */
static void salvage_state(const char *path, struct journal_state *ret_state)
{
	CLEANUP_JOURNAL struct journal *journal = journal_new(path);
	struct journal_state state = { 0 };
	int64_t lost = 0, highest = 0;

	if (!journal || sqlite3_open_v2(path, &journal->database, SQLITE_OPEN_READONLY, NULL))
		return;
	sqlite3 *database = journal->database;

	sql_number(database, "SELECT last_seq FROM state", &state.last_seq);
	sql_number(database, "SELECT acknowledged_seq FROM state", &state.acknowledged_seq);
	sql_number(database, "SELECT lost FROM state", &lost);
	sql_number(database, "SELECT max(seq) FROM changes", &highest);
	if (highest > state.last_seq)
		state.last_seq = highest;
	if (state.last_seq < 0 || state.acknowledged_seq < 0 || lost < 0 ||
	    state.acknowledged_seq > state.last_seq)
		return;
	state.lost = (uint64_t)lost;
	*ret_state = state;
}

static int rename_beside(const char *path, const char *name, const char *suffix)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (snprintf(from, sizeof(from), "%s%s", path, suffix) >= (int)sizeof(from) ||
	    snprintf(to, sizeof(to), "%s%s", name, suffix) >= (int)sizeof(to))
		return -ENAMETOOLONG;
	return rename(from, to) < 0 && errno != ENOENT ? -errno : 0;
}

int journal_set_aside(const char *path, struct text_buffer *ret_where,
		      struct journal_state *ret_state)
{
	char name[PATH_MAX];

	*ret_state = (struct journal_state){ 0 };
	salvage_state(path, ret_state);
	for (int i = 1; i <= JOURNAL_DAMAGED_MAX; i++) {
		if (snprintf(name, sizeof(name), "%s.damaged-%d", path, i) >= (int)sizeof(name))
			return -ENAMETOOLONG;
		if (access(name, F_OK) < 0)
			break;
	}
	int error = rename_beside(path, name, "");

	error = error ? error : rename_beside(path, name, "-wal");
	error = error ? error : rename_beside(path, name, "-shm");
	if (!error)
		buffer_text(ret_where, name);
	return error;
}
