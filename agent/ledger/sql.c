/* SPDX-License-Identifier: Apache-2.0 */
#include "ledger/sql.h"

/* What the system said of an I/O error or a failed open, where it says something telling. */
static int system_error(sqlite3 *database, int otherwise)
{
	int error = database ? sqlite3_system_errno(database) : 0;

	switch (error) {
	case ENOSPC:
	case EDQUOT:
		return -ENOSPC;
	case EROFS:
	case EACCES:
	case EPERM:
	case ENOENT:
	case ENOTDIR:
	case EMFILE:
	case ENFILE:
		return -error;
	default:
		return otherwise;
	}
}

int sql_error(sqlite3 *database, int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EUCLEAN;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return system_error(database, -EACCES);
	default:
		return system_error(database, -EIO);
	}
}

int sql_run(sqlite3 *database, const char *statements)
{
	return sql_error(database, sqlite3_exec(database, statements, NULL, NULL, NULL));
}

int sql_prepare(sqlite3 *database, const char *statement, sqlite3_stmt **ret_statement)
{
	return sql_error(database,
			 sqlite3_prepare_v2(database, statement, -1, ret_statement, NULL));
}

int sql_step(sqlite3_stmt *statement)
{
	int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return 1;
	return sql_error(sqlite3_db_handle(statement), result);
}

int sql_number(sqlite3 *database, const char *statement, int64_t *ret_number)
{
	CLEANUP_STATEMENT sqlite3_stmt *prepared = NULL;
	int error = sql_prepare(database, statement, &prepared);

	if (!error)
		error = sql_step(prepared);
	if (error < 0)
		return error;
	*ret_number = error ? sqlite3_column_int64(prepared, 0) : 0;
	return 0;
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? (const char *)text : "";
}
