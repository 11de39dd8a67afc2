/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/version/database_file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/limits.h"

/* Instructions of SQLite's between two questions whether to go on. */
#define STEPS_AT_ONCE 1000

static const char NAME[] = "nodelatch-descriptor";

/* What SQLite holds of an open file. */
struct open_file {
	sqlite3_file file;
	struct database_file *owner;
};

static struct database_file *owner_of(sqlite3_file *file)
{
	return ((struct open_file *)file)->owner;
}

static int file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset)
{
	struct database_file *owner = owner_of(file);
	size_t size = (size_t)amount, done = 0;

	if (size > owner->bytes_left)
		return SQLITE_IOERR_READ;
	owner->bytes_left -= size;
	while (done < size) {
		ssize_t got =
			pread(owner->fd, (char *)buffer + done, size - done, offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return SQLITE_IOERR_READ;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	memset((char *)buffer + done, 0, size - done);
	return done < size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	struct stat status;

	if (fstat(owner_of(file)->fd, &status) < 0)
		return SQLITE_IOERR_FSTAT;
	*ret_size = status.st_size;
	return SQLITE_OK;
}

static int file_write(sqlite3_file *file, const void *data, int amount, sqlite3_int64 offset)
{
	(void)file, (void)data, (void)amount, (void)offset;
	return SQLITE_READONLY;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	(void)file, (void)size;
	return SQLITE_READONLY;
}

/* Syncs, locks and unlocks: of a file that is only read there is nothing to do. */
static int do_nothing(sqlite3_file *file, int how)
{
	(void)file, (void)how;
	return SQLITE_OK;
}

static int is_reserved(sqlite3_file *file, int *ret_is_reserved)
{
	(void)file;
	*ret_is_reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
	(void)file, (void)operation, (void)argument;
	return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *file)
{
	(void)file;
	return 4096;
}

/* Immutable: without locks, journal or log, none of which we could have beside a descriptor. */
static int characteristics(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods METHODS = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = do_nothing,
	.xFileSize = file_size,
	.xLock = do_nothing,
	.xUnlock = do_nothing,
	.xCheckReservedLock = is_reserved,
	.xFileControl = file_control,
	.xSectorSize = sector_size,
	.xDeviceCharacteristics = characteristics,
};

/* Of all that SQLite may want to open (journals, temporary files) there is the one file. */
static int files_open(sqlite3_vfs *files, const char *name, sqlite3_file *file, int flags,
		      int *ret_flags)
{
	struct open_file *opened = (struct open_file *)file;

	(void)name;
	opened->file.pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	opened->owner = files->pAppData;
	opened->file.pMethods = &METHODS;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int files_delete(sqlite3_vfs *files, const char *name, int is_synced)
{
	(void)files, (void)name, (void)is_synced;
	return SQLITE_READONLY;
}

static int files_access(sqlite3_vfs *files, const char *name, int how, int *ret_is_there)
{
	(void)files, (void)name, (void)how;
	*ret_is_there = 0;
	return SQLITE_OK;
}

static int files_full_name(sqlite3_vfs *files, const char *name, int room, char *ret_name)
{
	(void)files;
	sqlite3_snprintf(room, ret_name, "%s", name);
	return SQLITE_OK;
}

/* Clock and sleep are those of the usual one. */
static int register_files(struct database_file *file)
{
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	if (!usual)
		return -EIO;
	file->files = (sqlite3_vfs){
		.iVersion = 1,
		.szOsFile = sizeof(struct open_file),
		.mxPathname = sizeof(NAME),
		.zName = NAME,
		.pAppData = file,
		.xOpen = files_open,
		.xDelete = files_delete,
		.xAccess = files_access,
		.xFullPathname = files_full_name,
		.xRandomness = usual->xRandomness,
		.xSleep = usual->xSleep,
		.xCurrentTime = usual->xCurrentTime,
	};
	return sqlite3_vfs_register(&file->files, 0) == SQLITE_OK ? 0 : -ENOMEM;
}

static int take_steps(void *context)
{
	struct database_file *file = context;

	if (file->steps_left < STEPS_AT_ONCE)
		return 1;
	file->steps_left -= STEPS_AT_ONCE;
	return 0;
}

static void set_limits(struct database_file *file)
{
	sqlite3 *database = file->database;

	sqlite3_limit(database, SQLITE_LIMIT_LENGTH, RPM_HEADER_BYTES_MAX);
	sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, RPM_SQL_BYTES_MAX);
	sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 16);
	sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 64);
	sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_drop_modules(database, NULL);
	sqlite3_progress_handler(database, STEPS_AT_ONCE, take_steps, file);
}

int database_file_open(struct database_file *file, int fd)
{
	*file = (struct database_file){
		.fd = fd,
		.bytes_left = RPM_READ_BYTES_MAX,
		.steps_left = RPM_STEPS_MAX,
	};
	int error = register_files(file);

	if (error < 0)
		return error;
	file->soft_heap = sqlite3_soft_heap_limit64(-1);
	file->hard_heap = sqlite3_hard_heap_limit64(-1);
	sqlite3_hard_heap_limit64(sqlite3_memory_used() + (sqlite3_int64)RPM_HEAP_BYTES_MAX);
	int result = sqlite3_open_v2("database", &file->database,
				     SQLITE_OPEN_READONLY | SQLITE_OPEN_PRIVATECACHE, NAME);

	if (result != SQLITE_OK)
		return result == SQLITE_NOMEM ? -ENOMEM : -EIO;
	set_limits(file);
	return 0;
}

void database_file_close(struct database_file *file)
{
	if (!file->files.zName)
		return;
	sqlite3_close(file->database);
	sqlite3_vfs_unregister(&file->files);
	sqlite3_hard_heap_limit64(file->hard_heap);
	sqlite3_soft_heap_limit64(file->soft_heap);
	*file = (struct database_file){ 0 };
}
