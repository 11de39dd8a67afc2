/* SPDX-License-Identifier: Apache-2.0 */
#include "rpm_package.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/cleanup.h"

struct writer {
	const struct rpm_package *package;
	unsigned char entries[16 * 16], data[RPM_HEADER_ROOM / 2];
	size_t entry_count, length;
};

static void put_number(unsigned char *bytes, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (unsigned char)(number >> (24 - 8 * i));
}

/* The entry of what will be written next. */
static void begin(struct writer *writer, uint32_t tag, uint32_t type, uint32_t count)
{
	const struct rpm_package *package = writer->package;
	unsigned char *entry = writer->entries + 16 * writer->entry_count;
	uint32_t damage = package->damaged_tag == tag ? package->damage : 0;

	if (package->without_tag == tag)
		return;
	put_number(entry, tag);
	put_number(entry + 4, package->wrong_type_tag == tag ? 7 : type);
	put_number(entry + 8, (uint32_t)writer->length + damage);
	put_number(entry + 12, package->endless_tag == tag ? UINT32_MAX : count + damage);
	writer->entry_count++;
}

static void add(struct writer *writer, const void *bytes, size_t length)
{
	assert_true(length <= sizeof(writer->data) - writer->length);
	memcpy(writer->data + writer->length, bytes, length);
	writer->length += length;
}

static void add_number(struct writer *writer, uint32_t number)
{
	unsigned char bytes[4];

	put_number(bytes, number);
	add(writer, bytes, sizeof(bytes));
}

static void add_texts(struct writer *writer, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(writer, texts[i], strlen(texts[i]) + 1);
}

static void add_files(struct writer *writer)
{
	static const char *const DIRECTORIES[] = { "/etc/", "/usr/bin/" };
	static const char *const NAMES[] = { "kubelet", "kubelet" };
	const struct rpm_package *package = writer->package;
	bool is_given = package->base_names[0] != NULL;
	uint32_t count = is_given ? 0 : 2;

	while (is_given && count < 4 && package->base_names[count])
		count++;
	begin(writer, 1029, 1, count);
	for (uint32_t i = 0; i < count; i++)
		add(writer, &package->state, 1);
	begin(writer, 1037, 4, count);
	for (uint32_t i = 0; i < count; i++)
		add_number(writer, package->flags);
	begin(writer, 1116, 4, count);
	for (uint32_t i = 0; i < count; i++)
		add_number(writer, i);
	begin(writer, 1117, 8, count);
	add_texts(writer, is_given ? package->base_names : NAMES, count);
	begin(writer, 1118, 8, count);
	add_texts(writer, is_given ? package->directories : DIRECTORIES, count);
}

size_t rpm_package_make(const struct rpm_package *package,
			unsigned char bytes[static RPM_HEADER_ROOM])
{
	const char *name = package->name ? package->name : "kubelet";
	const char *version = package->version ? package->version : "1.31.4";
	struct writer writer = { .package = package };

	begin(&writer, 63, 7, 0); /* the region that is signed */
	begin(&writer, 1000, 6, 1);
	add_texts(&writer, &name, 1);
	begin(&writer, 1001, 6, 1);
	add_texts(&writer, &version, 1);
	begin(&writer, 1008, 4, 1);
	add_number(&writer, package->installed_at);
	add_files(&writer);
	size_t entry_bytes = 16 * writer.entry_count;

	put_number(bytes, (uint32_t)writer.entry_count);
	put_number(bytes + 4, (uint32_t)writer.length);
	memcpy(bytes + 8, writer.entries, entry_bytes);
	memcpy(bytes + 8 + entry_bytes, writer.data, writer.length);
	return 8 + entry_bytes + writer.length;
}

static void run(sqlite3 *database, const char *statements)
{
	char *problem = NULL;

	if (sqlite3_exec(database, statements, NULL, NULL, &problem) != SQLITE_OK)
		fail_msg("%s: %s", statements, problem);
}

static void insert(sqlite3 *database, const struct rpm_package *package)
{
	unsigned char bytes[RPM_HEADER_ROOM];
	size_t length = rpm_package_make(package, bytes);
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(database, "INSERT INTO Packages (blob) VALUES (?1)", -1,
					    &statement, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(statement, 1, bytes, (int)length, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
	sqlite3_finalize(statement);
	run(database, "INSERT INTO Basenames SELECT 'kubelet', max(hnum), 0 FROM Packages");
}

void rpm_database_write(const struct tree *tree, const char *path,
			const struct rpm_package *packages, size_t count, const char *statements)
{
	char where[PATH_MAX];
	sqlite3 *database;

	tree_write(tree, path, "");
	snprintf(where, sizeof(where), "%s%s", tree->path, path);
	assert_int_equal(sqlite3_open(where, &database), SQLITE_OK);
	run(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;"
		      "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,"
		      " blob BLOB NOT NULL);"
		      "CREATE TABLE 'Basenames' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL,"
		      " idx INTEGER NOT NULL, FOREIGN KEY (hnum) REFERENCES 'Packages'(hnum));"
		      "CREATE INDEX 'Basenames_key_idx' ON 'Basenames'(key ASC)");
	for (size_t i = 0; i < count; i++)
		insert(database, &packages[i]);
	if (statements)
		run(database, statements);
	assert_int_equal(sqlite3_close(database), SQLITE_OK);
}
