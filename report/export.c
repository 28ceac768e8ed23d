// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * export.c - the rows of one view, for spreadsheets and scripts
 *
 * Rows stand in the order of all their columns, so that two equal databases give equal bytes. Numbers keep all their digits. Text is cleaned on
 * the way out, since the database may be anybody's; in CSV and TSV a text that a spreadsheet would run as a formula gets a ' in front, unless
 * it is asked for raw. An empty field is NULL or the empty text; JSON tells them apart. Rows are handed on as they come: a view may have more of
 * them than memory holds.
 */
#include <math.h>
#include <stdio.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/report.h"

#define PIECE (64u << 10)

bool report_view(size_t i, char name[64])
{
	static const char create[] = "\nCREATE VIEW ";
	const char *p = store_views_sql;
	size_t n;

	while ((p = strstr(p, create))) {
		p += sizeof(create) - 1;
		n = strcspn(p, " \n");
		if (i-- == 0 && n < 64) {
			snprintf(name, 64, "%.*s", (int)n, p);
			return true;
		}
	}
	return false;
}

static int check_view(const char *view, struct err *err)
{
	struct buf b = { .limit = 560 };
	char name[64];

	for (size_t i = 0; report_view(i, name); i++) {
		if (strcmp(name, view) == 0) {
			buf_free(&b);
			return 0;
		}
		buf_printf(&b, "%s%s", i ? " " : "", name);
	}
	err_set(err, ERR_USAGE, "there is no table '%.40s'; there are %.540s", view, b.data && !b.failed ? b.data : "the views of core/views.sql");
	buf_free(&b);
	return ERR_USAGE;
}

/* SELECT * FROM view ORDER BY 1, 2, ... n */
static int order(struct store *st, struct report_export *o, struct err *err)
{
	struct stmt *q;
	size_t n;
	int rc, columns;

	snprintf(o->sql[0], sizeof(o->sql[0]), "SELECT * FROM %s LIMIT 0", o->view);
	rc = store_query(st, &q, err, o->sql[0], "");
	if (rc)
		return rc;
	columns = stmt_columns(q);
	rc = store_end(q, err);
	n = (size_t)snprintf(o->sql[1], sizeof(o->sql[1]), "SELECT * FROM %s ORDER BY", o->view);
	for (int i = 1; i <= columns && n < sizeof(o->sql[1]); i++)
		n += (size_t)snprintf(o->sql[1] + n, sizeof(o->sql[1]) - n, "%s %d", i > 1 ? "," : "", i);
	return rc ? rc : n < sizeof(o->sql[1]) ? 0 : err_set(err, ERR_INTERNAL, "view %s has too many columns", o->view);
}

static void put_csv_text(struct buf *b, const struct report_export *o, struct str s)
{
	struct buf field = { .limit = 1 << 26 };
	struct str v;

	text_csv(&field, s);
	v = buf_view(&field);
	/* The guard is a ' at the start of the field, inside its quotes if it has any. */
	if (o->raw && s.n && s.p[0] != '\'') {
		size_t at = v.n && v.p[0] == '"';

		if (v.n > at && v.p[at] == '\'') {
			buf_add(b, v.p, at);
			v = str_skip(v, at + 1);
		}
	}
	buf_str(b, v);
	b->failed = b->failed || field.failed;
	buf_free(&field);
}

/* Clean text holds neither a tab nor a line end. */
static void put_tsv_text(struct buf *b, const struct report_export *o, struct str s)
{
	if (!o->raw && s.n && strchr("=+-@", s.p[0]) && s.p[0])
		buf_byte(b, '\'');
	buf_str(b, s);
}

static void put_text(struct buf *b, const struct report_export *o, struct str s)
{
	struct buf clean = { .limit = 1 << 26 };

	text_clean(&clean, s);
	s = clean.data ? buf_view(&clean) : STR_LIT("");
	if (o->format == REPORT_JSON)
		text_json(b, s);
	else if (o->format == REPORT_TSV)
		put_tsv_text(b, o, s);
	else
		put_csv_text(b, o, s);
	b->failed = b->failed || clean.failed;
	buf_free(&clean);
}

static void put_value(struct buf *b, const struct report_export *o, struct stmt *q, int col)
{
	struct str blob;
	double v;

	switch (stmt_type(q, col)) {
	case 'i':
		buf_printf(b, "%lld", (long long)stmt_int(q, col));
		break;
	case 'd':
		v = stmt_real(q, col);
		if (isfinite(v))
			fmt_real(b, v);
		else
			buf_puts(b, o->format == REPORT_JSON ? "null" : isnan(v) ? "" : v > 0 ? "inf" : "-inf");
		break;
	case 't':
		put_text(b, o, stmt_text(q, col));
		break;
	case 'b':
		blob = stmt_blob(q, col);
		buf_puts(b, o->format == REPORT_JSON ? "\"" : "");
		for (size_t i = 0; i < blob.n; i++)
			buf_printf(b, "%02x", (unsigned)(unsigned char)blob.p[i]);
		buf_puts(b, o->format == REPORT_JSON ? "\"" : "");
		break;
	default:
		buf_puts(b, o->format == REPORT_JSON ? "null" : "");
	}
}

static void put_header(struct buf *b, const struct report_export *o, struct stmt *q)
{
	if (o->format == REPORT_JSON) {
		buf_byte(b, '[');
		return;
	}
	for (int i = 0; i < stmt_columns(q); i++)
		buf_printf(b, "%s%s", !i ? "" : o->format == REPORT_CSV ? "," : "\t", stmt_column(q, i));
	buf_byte(b, '\n');
}

static void put_row(struct buf *b, const struct report_export *o, struct stmt *q, bool first)
{
	bool json = o->format == REPORT_JSON;

	if (json)
		buf_puts(b, first ? "\n{" : ",\n{");
	for (int i = 0; i < stmt_columns(q); i++) {
		if (i)
			buf_puts(b, json ? ", " : o->format == REPORT_CSV ? "," : "\t");
		if (json) {
			text_json(b, str_from(stmt_column(q, i)));
			buf_puts(b, ": ");
		}
		put_value(b, o, q, i);
	}
	buf_puts(b, json ? "}" : "\n");
}

static int flush(struct buf *b, const struct report_export *o, struct err *err)
{
	int rc = buf_check(b, err);

	if (!rc && b->len)
		rc = o->put(o->arg, buf_view(b), err);
	buf_reset(b);
	return rc;
}

int report_export(struct store *st, struct report_export *o, struct err *err)
{
	struct buf b = { .limit = 1u << 28 };
	struct stmt *q;
	bool first = true;
	int rc = check_view(o->view, err);

	if (!rc)
		rc = order(st, o, err);
	if (!rc)
		rc = store_query(st, &q, err, o->sql[1], "");
	if (rc)
		return rc;
	put_header(&b, o, q);
	while (!rc && store_next(q, err)) {
		put_row(&b, o, q, first);
		first = false;
		if (b.len >= PIECE)
			rc = flush(&b, o, err);
	}
	rc = store_finish(q, rc, err);
	if (o->format == REPORT_JSON)
		buf_puts(&b, first ? "]\n" : "\n]\n");
	if (!rc)
		rc = flush(&b, o, err);
	buf_free(&b);
	return rc;
}
