// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * store_schema.c - which tables and views a store has, and whether a file has the same
 *
 * SQLite keeps the text of every table, view and index in sqlite_schema, so "is this database ours" is a comparison of
 * texts with a fresh one made in memory by the same scripts: there is no second list that could fall behind.
 *
 * SQLite does not evaluate a table's CHECKs on a read-only connection, not even in quick_check (it skips them when it
 * reads the schema: sqlite3AddCheckConstraint in 3.40). Reports count on them: a call site that is its own parent would
 * be walked for ever, an enum outside its list would be printed. So each CHECK is cut out of our text and asked as a
 * query.
 *
 * A file that is only read gets our views as TEMP views, which come before the file's own in name lookup and stay
 * allowed when the file's are switched off. So a report never runs a query that somebody else wrote.
 */
#include "core/store.h"

#include <string.h>

#include "core/store_db.h"

const char store_schema_sql[] = {
#include "core/schema.sql.inc"
	0
};

const char store_views_sql[] = {
#include "core/views.sql.inc"
	0
};

const char store_index_sql[] = {
#include "core/index.sql.inc"
	0
};

int store_schema_make(struct store *st, struct err *err)
{
	if (store_begin(st, err) || store_script(st, store_schema_sql, err) || store_script(st, store_views_sql, err))
		return (int)err->code;
	return store_commit(st, err);
}

int store_make_indexes(struct store *st, struct err *err)
{
	return store_script(st, store_index_sql, err);
}

/* In views.sql a statement starts at the start of a line, and nothing else does so with these words. */
int store_schema_temp_views(struct store *st, struct err *err)
{
	static const char create[] = "CREATE VIEW ";
	const char *p = store_views_sql;
	struct buf b = { .limit = 0 };
	int rc;

	while (*p) {
		size_t n = strcspn(p, "\n");

		if (strncmp(p, create, sizeof(create) - 1) == 0) {
			buf_puts(&b, "CREATE TEMP VIEW ");
			p += sizeof(create) - 1;
			n -= sizeof(create) - 1;
		}
		buf_add(&b, p, n);
		buf_byte(&b, '\n');
		p += n + (p[n] == '\n');
	}
	rc = buf_check(&b, err);
	if (!rc && b.data)
		rc = store_script(st, b.data, err);
	buf_free(&b);
	return rc;
}

static int model_of(struct store *st, struct err *err)
{
	if (st->model)
		return 0;
	if (store_open(&st->model, NULL, STORE_MEMORY, &limits_default, err))
		return (int)err->code;
	return store_make_indexes(st->model, err);
}

int store_schema_marks(struct store *st, int64_t *application_id, int64_t *user_version, struct err *err)
{
	if (model_of(st, err) || store_int(st->model, err, application_id, 0, "PRAGMA application_id", ""))
		return (int)err->code;
	return store_int(st->model, err, user_version, 0, "PRAGMA user_version", "");
}

/* Both lists in the same order, row by row. sqlite_stat* are a user's ANALYZE; autoindexes have no text. */
static int compare_rows(struct store *a, struct store *b, const char *sql, bool *same, struct err *err)
{
	struct stmt *p, *q = NULL;
	bool more;

	if (store_query(a, &p, err, sql, ""))
		return (int)err->code;
	if (store_query(b, &q, err, sql, "")) {
		struct err unused;

		store_end(p, &unused);
		return (int)err->code;
	}
	for (*same = true, more = true; *same && more;) {
		more = store_next(p, err);
		*same = store_next(q, err) == more;
		for (int col = 0; more && *same && col < stmt_columns(p); col++)
			*same = str_eq(stmt_text(p, col), stmt_text(q, col));
	}
	if (store_end(p, err)) {
		struct err unused;

		store_end(q, &unused);
		return (int)err->code;
	}
	return store_end(q, err);
}

int store_schema_compare(struct store *st, bool only_tables, bool *same, struct err *err)
{
	*same = false;
	if (model_of(st, err))
		return (int)err->code;
	if (only_tables)
		return compare_rows(
			st, st->model,
			"SELECT name, tbl_name, sql FROM main.sqlite_schema "
			"WHERE type = 'table' AND name NOT IN ('sqlite_stat1', 'sqlite_stat4') ORDER BY name",
			same, err);
	return compare_rows(st, st->model,
			    "SELECT type, name, tbl_name, sql FROM main.sqlite_schema ORDER BY type, name", same, err);
}

/* The length of what starts at p as one token: a comment, a string, a word, or one byte. */
static size_t token(const char *p)
{
	size_t n;

	if (p[0] == '-' && p[1] == '-')
		return strcspn(p, "\n");
	if (*p == '\'') {
		n = 1 + strcspn(p + 1, "'");
		return n + (p[n] != '\0');
	}
	n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	return n ? n : 1;
}

/* "(a < b)" behind the next word CHECK of a CREATE TABLE; p NULL when there is none. *at moves on. */
static struct str next_check(const char **at)
{
	const char *p = *at, *open = NULL;
	bool word = false;
	int depth = 0;

	for (size_t n; *p; p += n) {
		n = token(p);
		if (!open && *p == '(' && word)
			open = p;
		if (n > 1 || *p > ' ')
			word = n == 5 && memcmp(p, "CHECK", 5) == 0;
		if (!open)
			continue;
		depth += (*p == '(') - (*p == ')');
		if (depth == 0) {
			*at = p + 1;
			return (struct str){ open, (size_t)(*at - open) };
		}
	}
	*at = p;
	return STR_NONE;
}

/* The query is built for one use, so it stays out of the cache. */
static int ask(struct store *st, const struct buf *sql, const char *table, struct err *err)
{
	sqlite3_stmt *q;
	int rc;

	if (sqlite3_prepare_v2(st->db, sql->data, -1, &q, NULL) != SQLITE_OK)
		return store_refused(st, sql->data, err);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		rc = err_set(err, ERR_INPUT, "table %s has a row that breaks a CHECK of the schema", table);
	else if (rc == SQLITE_DONE)
		rc = 0;
	else
		rc = store_refused(st, NULL, err);
	sqlite3_finalize(q);
	return rc;
}

int store_schema_check_rows(struct store *st, struct err *err)
{
	struct buf sql = { .limit = 0 };
	struct stmt *q = NULL;
	int rc = model_of(st, err);

	if (!rc)
		rc = store_query(st->model, &q, err, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'", "");
	while (!rc && store_next(q, err)) {
		const char *name = stmt_text(q, 0).p, *text = stmt_text(q, 1).p ? stmt_text(q, 1).p : "";
		struct str check;
		int n = 0;

		buf_reset(&sql);
		for (; (check = next_check(&text)).p; n++) {
			buf_puts(&sql, n ? " OR NOT " : "SELECT 1 FROM main.");
			if (!n)
				buf_printf(&sql, "%s WHERE NOT ", name);
			buf_str(&sql, check);
		}
		buf_puts(&sql, " LIMIT 1");
		rc = buf_check(&sql, err);
		if (!rc && n)
			rc = ask(st, &sql, name, err);
	}
	if (store_end(q, err) && !rc)
		rc = (int)err->code;
	buf_free(&sql);
	return rc;
}

int store_schema_is_ours(struct store *st, bool *ours, struct err *err)
{
	int64_t want_id = 0, want_version = 0, id, version;

	*ours = false;
	if (store_schema_marks(st, &want_id, &want_version, err) ||
	    store_int(st, err, &id, 0, "PRAGMA application_id", "") ||
	    store_int(st, err, &version, 0, "PRAGMA user_version", ""))
		return (int)err->code;
	if (id != want_id || version != want_version)
		return 0;
	return store_schema_compare(st, false, ours, err);
}
