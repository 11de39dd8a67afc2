/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite with -errno for errors. */
#ifndef LEDGER_SQL_H
#define LEDGER_SQL_H

#include <stdint.h>

#include <sqlite3.h>

#include "base/cleanup.h"

/* What an SQLite result means: -ENOSPC, -EROFS, -EACCES, -EBUSY, -EUCLEAN (damaged), -ENOMEM, -EIO,
 * or the system's own error where it knows one. 0 for SQLITE_OK, _ROW and _DONE. */
int sql_error(sqlite3 *database, int result);
int sql_run(sqlite3 *database, const char *statements);
int sql_prepare(sqlite3 *database, const char *statement, sqlite3_stmt **ret_statement);
/* Steps: returns 1 for a row, 0 at the end, or -errno. */
int sql_step(sqlite3_stmt *statement);
/* The one number that a statement answers. */
int sql_number(sqlite3 *database, const char *statement, int64_t *ret_number);
/* A column's text; "" for NULL. Valid until the next step. */
const char *sql_text(sqlite3_stmt *statement, int column);

static inline void cleanup_statement(sqlite3_stmt **statement)
{
	sqlite3_finalize(*statement);
}
#define CLEANUP_STATEMENT CLEANUP(cleanup_statement)

#endif
