// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_sql.c - a SELECT over the views of the database, and its rows as a table
 *
 * Reads only, at most a thousand rows and two seconds; a key ends it earlier (store_ask).
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"
#include "report/triage/screen.h"
#include "report/triage/ui.h"

#define MOST_ROWS 1000
#define MOST_MS	  2000
#define MOST_CELL 80

struct sql_state {
	struct arena arena;
	struct str *cell;	/* rows x columns, the names first */
	size_t rows, cap;
	int columns;
	size_t wide[STORE_ASK_COLUMNS];
	char text[1024], outcome[256];
};

void sql_end(struct ui *u)
{
	if (!u->sql)
		return;
	arena_free(&u->sql->arena);
	free(u->sql);
	u->sql = NULL;
}

static int take(void *arg, const struct str *cell, int n, bool names)
{
	struct sql_state *s = arg;

	if (names)
		s->columns = n;
	if (s->rows == s->cap) {
		size_t more = s->cap ? 2 * s->cap : 64;
		struct str *v = arena_array(&s->arena, struct str, more * (size_t)n);

		if (!v)
			return 1;
		if (s->rows)
			memcpy(v, s->cell, s->rows * (size_t)n * sizeof(*v));
		s->cell = v;
		s->cap = more;
	}
	for (int i = 0; i < n; i++) {
		struct str c = cell[i].p ? arena_str(&s->arena, cell[i]) : STR_LIT("NULL");
		size_t w = text_width(c);

		s->cell[s->rows * (size_t)n + (size_t)i] = c;
		w = w < MOST_CELL ? w : MOST_CELL;
		s->wide[i] = w > s->wide[i] ? w : s->wide[i];
	}
	s->rows++;
	return 0;
}

static bool key_waits(void *arg)
{
	(void)arg;
	return screen_waiting();
}

void sql_run(struct ui *u, struct str sql)
{
	struct sql_state *s = u->sql;
	struct store_ask a = { .rows = MOST_ROWS, .ms = MOST_MS, .row = take, .stop = key_waits };
	struct err err = { .code = ERR_OK };
	size_t rows;

	if (!s || !sql.n || sql.n >= sizeof(s->text))
		return;
	memcpy(s->text, sql.p, sql.n);
	s->text[sql.n] = '\0';
	arena_reset(&s->arena);
	s->arena.limit = 64u << 20;
	s->rows = s->cap = 0;
	s->cell = NULL;
	s->columns = 0;
	memset(s->wide, 0, sizeof(s->wide));
	a.arg = s;
	if (store_ask(u->st, sql, &a, &rows, &err) && !rows)
		ui_refuse(u, &err);
	snprintf(s->outcome, sizeof(s->outcome), "%zu %s%s%.200s", rows, rows == 1 ? "row" : "rows", err.code ? ": " : "", err.code ? err.msg : "");
	u->place[VIEW_SQL] = (struct place){ 0, 0, 0 };
	ui_dirty(u);
}

static void table(struct ui *u, struct doc *d, const struct sql_state *s)
{
	d->page.wide = true;
	for (size_t r = 0; r < s->rows; r++) {
		struct page *p = doc_item(d, r ? ITEM_ROW : ITEM_NONE, r);

		buf_puts(p->out, r ? "" : "\x1b[1m");
		for (int i = 0; i < s->columns; i++) {
			text_pad(p->out, s->cell[r * (size_t)s->columns + (size_t)i], s->wide[i], !u->utf8);
			buf_puts(p->out, "  ");
		}
		buf_puts(p->out, r ? "\n" : "\x1b[0m\n");
	}
}

static int names(struct ui *u, struct doc *d, struct err *err)
{
	struct buf b = { .limit = 1 << 16 };
	struct stmt *q;
	int rc = store_query(u->st, &q, err, "SELECT name FROM sqlite_temp_schema WHERE type = 'view' ORDER BY name", "");

	if (rc)
		return rc;
	buf_puts(&b, "views: ");
	while (store_next(q, err)) {
		buf_puts(&b, b.len > 7 ? ", " : "");
		ui_clean(&b, stmt_text(q, 0));
	}
	rc = store_end(q, err);
	page_text(doc_item(d, ITEM_TEXT, 0), 0, 0, INK_PLAIN,
		  STR_LIT("Enter, then a SELECT over these views (docs/schema.md says what they hold). At most 1000 rows and 2 seconds; a key ends it."));
	page_text(doc_item(d, ITEM_TEXT, 1), 0, 2, INK_PLAIN, buf_view(&b));
	page_text(doc_item(d, ITEM_TEXT, 2), 0, 2, INK_DIM,
		  STR_LIT("SELECT metric, name, base, cur, p FROM changes WHERE status = 'up' ORDER BY delta DESC"));
	buf_free(&b);
	return rc;
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_SQL];
	int rc = 0;

	if (!u->sql)
		u->sql = calloc(1, sizeof(*u->sql));
	if (!u->sql)
		return err_nomem(err);
	doc_begin(d, u->columns, u->utf8);
	if (u->sql->columns)
		table(u, d, u->sql);
	else
		rc = names(u, d, err);
	return rc ? rc : doc_end(d, err);
}

static bool act(struct ui *u, enum act a, struct item at)
{
	(void)at;
	if (a == ACT_ENTER) {
		prompt_open(u, PROMPT_SQL, "sql> ", str_from(u->sql ? u->sql->text : ""));
		return true;
	}
	if (a == ACT_CLEAR && u->sql && u->sql->columns) {
		u->sql->columns = 0;
		ui_dirty(u);
		return true;
	}
	return false;
}

static void title(const struct ui *u, struct buf *out)
{
	if (u->sql && u->sql->columns)
		buf_printf(out, "%s of %s", u->sql->outcome, u->sql->text);
	else
		buf_puts(out, "read-only");
}

const struct view view_sql = { .name = "sql", .tab = "sql", .about = "a SELECT over the database, read-only", .build = build, .act = act, .title = title };
