// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_writers.c - libFuzzer target: every writer over an analysis whose texts and numbers are the input's
 *
 * The input is a list of (column, row, value): any column of any table that an analysis fills, within its CHECKs. Pages, JSON, SARIF,
 * JUnit, Markdown, CSV, metrics and the terminal are then written and looked at.
 */
#include <sqlite3.h>

#include "tests/fuzz/answer.h"

enum { COLUMNS = 600, CHANGES = 24 };

static struct column {
	char table[64], name[64];
	int64_t rows;
} column[COLUMNS];
static size_t n_columns;

static void run(sqlite3 *db, const char *sql)
{
	check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3 *open_base(void)
{
	sqlite3 *db;

	answer_put(answer, answer_size);
	check(sqlite3_open_v2(answer_path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF");
	return db;
}

static void find_columns(sqlite3 *db)
{
	sqlite3_stmt *q, *count;
	char sql[200];

	check(sqlite3_prepare_v2(db,
				 "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c"
				 " WHERE m.type = 'table' AND c.pk = 0 ORDER BY 1, c.cid",
				 -1, &q, NULL) == SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW && n_columns < COLUMNS) {
		struct column *c = &column[n_columns];

		snprintf(c->table, sizeof(c->table), "%s", (const char *)sqlite3_column_text(q, 0));
		snprintf(c->name, sizeof(c->name), "%s", (const char *)sqlite3_column_text(q, 1));
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM \"%s\"", c->table);
		check(sqlite3_prepare_v2(db, sql, -1, &count, NULL) == SQLITE_OK && sqlite3_step(count) == SQLITE_ROW);
		c->rows = sqlite3_column_int64(count, 0);
		sqlite3_finalize(count);
		n_columns += c->rows > 0;
	}
	sqlite3_finalize(q);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	sqlite3 *db;

	(void)argc;
	(void)argv;
	answer_init();
	db = open_base();
	find_columns(db);
	sqlite3_close(db);
	return 0;
}

/* What a CHECK refuses stays as it was: such rows do not pass the door anyway. */
static void change(sqlite3 *db, const struct column *c, int64_t row, const uint8_t *value, size_t n, bool number)
{
	sqlite3_stmt *q;
	char sql[300];
	int64_t v = 0;

	snprintf(sql, sizeof(sql), "UPDATE OR IGNORE \"%s\" SET \"%s\" = ? WHERE rowid = (SELECT rowid FROM \"%s\" LIMIT 1 OFFSET %lld)", c->table,
		 c->name, c->table, (long long)(row % c->rows));
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return;		/* a table without rowid */
	if (number) {
		memcpy(&v, value, n < 8 ? n : 8);
		if (n >= 9 && value[8] & 1)
			sqlite3_bind_double(q, 1, *(double *)&v);
		else
			sqlite3_bind_int64(q, 1, v);
	} else {
		sqlite3_bind_text(q, 1, (const char *)value, (int)n, SQLITE_STATIC);
	}
	sqlite3_step(q);
	sqlite3_finalize(q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *all = data;
	size_t all_size = size;
	sqlite3 *db = open_base();

	run(db, "BEGIN");
	for (int i = 0; i < CHANGES && size >= 4; i++) {
		const struct column *c = &column[(data[0] << 8 | data[1]) % n_columns];
		size_t n = data[3] & 127;

		n = n < size - 4 ? n : size - 4;
		change(db, c, data[2], data + 4, n, data[3] & 128);
		data += 4 + n;
		size -= 4 + n;
	}
	run(db, "COMMIT");
	sqlite3_close(db);
	answer_write(all, all_size);
	return 0;
}
