// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view.c - filters of functions and labels, and the grain, before the tree is built
 *
 * A filter is asked once a function or once a label set, never once a sample. Functions are matched by the name and the file of the profile, before
 * any folding of names, so that an expression that works in pprof works here.
 */
#include "analyze/view.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/match.h"
#include "core/fmt.h"

static int load_func_bits(struct pass *p, struct match *const m[5], struct err *err)
{
	struct view *v = p->view;
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT id, name, file FROM func", "");

	if (rc)
		return rc;
	while (store_next(q, err)) {
		int64_t id = stmt_int(q, 0);
		struct str name = stmt_text(q, 1), file = stmt_text(q, 2);
		bool hit[5];

		for (int i = 0; i < 5; i++)
			hit[i] = m[i] && (match_in(m[i], name) || match_in(m[i], file));
		v->bits[id] = (unsigned char)((hit[0] ? VIEW_FOCUS : 0) | (hit[1] ? VIEW_IGNORE : 0) | (hit[4] ? VIEW_FROM : 0));
		v->hidden[id] = hit[2] || (m[3] && !hit[3]);
	}
	return store_end(q, err);
}

static int filter_functions(struct pass *p, const struct analyze_view *a, struct err *err)
{
	static const char *const option[5] = { "focus", "ignore", "hide", "show", "show_from" };
	const char *const text[5] = { a->focus, a->ignore, a->hide, a->show, a->show_from };
	struct match *m[5] = { NULL };
	struct view *v = p->view;
	bool gave_up = false;
	int rc = store_int(p->st, err, &v->n_funcs, 0, "SELECT max(id) FROM func", "");

	v->bits = arena_array(&p->mem, unsigned char, (size_t)v->n_funcs + 1);
	v->hidden = arena_array(&p->mem, bool, (size_t)v->n_funcs + 1);
	if (!rc && (!v->bits || !v->hidden))
		rc = err_nomem(err);
	for (int i = 0; i < 5 && !rc; i++)
		if (text[i])
			rc = match_new(&m[i], option[i], str_from(text[i]), err);
	v->need = (a->focus ? VIEW_FOCUS : 0) | (a->show_from ? VIEW_FROM : 0);
	if (!rc)
		rc = load_func_bits(p, m, err);
	for (int i = 0; i < 5; i++) {
		gave_up |= match_gave_up(m[i]);
		match_free(m[i]);
	}
	if (!rc && gave_up)
		rc = pass_caveat(p, err, "match_limit", NULL, "An expression was too costly on some names: they count as no match.");
	return rc;
}

/* ---- labels ---- */

#define TAG_TERMS 8

struct tag_filter {
	struct str key;			/* p NULL: any */
	bool range;
	double lo, hi;			/* in the unit of the label as it stands, or as its unit says */
	struct match *term[TAG_TERMS];	/* each must match some label */
	int n;
};

/* "10ms", "64kb", "7": a number with pprof's units; bytes and nanoseconds. */
static bool read_quantity(struct str s, double *out)
{
	static const struct { const char *unit; double factor; } units[] = {
		{ "", 1 }, { "b", 1 }, { "kb", 1 << 10 }, { "mb", 1 << 20 }, { "gb", 1 << 30 },
		{ "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "m", 60e9 }, { "h", 3600e9 },
	};
	size_t n = s.n;

	while (n && s.p[n - 1] >= 'a' && s.p[n - 1] <= 'z')
		n--;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (n && str_is(str_skip(s, n), units[i].unit) && fmt_parse_real((struct str){ s.p, n }, out)) {
			*out *= units[i].factor;
			return true;
		}
	return false;
}

static bool read_range(struct str s, struct tag_filter *f)
{
	const char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;
	struct str lo = colon ? (struct str){ s.p, (size_t)(colon - s.p) } : s, hi = colon ? str_skip(s, lo.n + 1) : s;

	f->lo = -HUGE_VAL;
	f->hi = HUGE_VAL;
	return (lo.n || hi.n) && (!lo.n || read_quantity(lo, &f->lo)) && (!hi.n || read_quantity(hi, &f->hi));
}

static int read_tags(struct tag_filter *f, const char *option, const char *text, struct err *err)
{
	struct str s = str_from(text);
	const char *eq = s.n ? memchr(s.p, '=', s.n) : NULL;
	int rc = 0;

	*f = (struct tag_filter){ .n = 0 };
	if (eq) {
		f->key = (struct str){ s.p, (size_t)(eq - s.p) };
		s = str_skip(s, f->key.n + 1);
	}
	f->range = read_range(s, f);
	while (!f->range && !rc && f->n < TAG_TERMS) {
		const char *comma = s.n ? memchr(s.p, ',', s.n) : NULL;
		struct str one = { s.p, comma ? (size_t)(comma - s.p) : s.n };

		rc = match_new(&f->term[f->n++], option, one, err);
		if (!comma)
			break;
		s = str_skip(s, one.n + 1);
	}
	return rc;
}

static void free_tags(struct tag_filter *f)
{
	for (int i = 0; i < f->n; i++)
		match_free(f->term[i]);
}

static double unit_factor(struct str unit)
{
	double v;
	char text[16] = "1";

	for (size_t i = 0; i < unit.n && i < 12; i++)
		text[i + 1] = unit.p[i];
	if (str_is(unit, "bytes") || str_is(unit, "nanoseconds"))
		return 1;
	return str_is(unit, "seconds") ? 1e9 : str_is(unit, "milliseconds") ? 1e6 : str_is(unit, "microseconds") ? 1e3 :
		read_quantity(str_from(text), &v) ? v : 1;
}

/* Adds to `got` the terms that this label matches: bit i for term i, bit 0 for a range. */
static void match_label(const struct tag_filter *f, struct stmt *q, struct buf *scratch, unsigned *got)
{
	struct str key = stmt_text(q, 1), text = stmt_text(q, 2);

	if (f->key.p && !str_eq(f->key, key))
		return;
	if (f->range) {
		double v = stmt_real(q, 3) * unit_factor(stmt_text(q, 4));

		*got |= !stmt_null(q, 3) && v >= f->lo && v <= f->hi;
		return;
	}
	buf_reset(scratch);
	if (!f->key.p) {	/* without a key the text is "key:value", as pprof prints it */
		buf_str(scratch, key);
		buf_byte(scratch, ':');
	}
	if (text.p)
		buf_str(scratch, text);
	else
		return;		/* numbers answer to ranges alone */
	for (int i = 0; i < f->n; i++)
		if (match_in(f->term[i], buf_view(scratch)))
			*got |= 1u << i;
}

/* Which label sets a filter matches. */
static int match_labelsets(struct pass *p, const struct tag_filter *f, bool *hit, struct err *err)
{
	struct buf scratch = { .limit = 1 << 20 };
	unsigned all = f->range ? 1 : (1u << f->n) - 1, got = 0;
	int64_t at = -1;
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT labelset, key, str, num, unit FROM label ORDER BY labelset, pos", "");

	if (rc)
		return rc;
	while (store_next(q, err)) {
		if (stmt_int(q, 0) != at)
			got = 0;
		at = stmt_int(q, 0);
		match_label(f, q, &scratch, &got);
		hit[at] |= (got & all) == all;
	}
	buf_free(&scratch);
	return store_end(q, err);
}

static int filter_labels(struct pass *p, const struct analyze_view *a, struct err *err)
{
	struct view *v = p->view;
	int rc = store_int(p->st, err, &v->n_labelsets, 0, "SELECT max(id) FROM labelset", "");

	if (rc || (!a->tagfocus && !a->tagignore))
		return rc;
	v->labels_off = arena_array(&p->mem, bool, (size_t)v->n_labelsets + 1);
	if (!v->labels_off)
		return err_nomem(err);
	for (int ignore = 0; !rc && ignore < 2; ignore++) {
		const char *text = ignore ? a->tagignore : a->tagfocus;
		struct tag_filter f;
		bool *hit = arena_array(&p->mem, bool, (size_t)v->n_labelsets + 1);

		if (!text)
			continue;
		rc = hit ? read_tags(&f, ignore ? "tagignore" : "tagfocus", text, err) : err_nomem(err);
		if (!hit)
			return rc;
		if (!rc)
			rc = match_labelsets(p, &f, hit, err);
		free_tags(&f);
		for (int64_t i = 0; !rc && i <= v->n_labelsets; i++)
			v->labels_off[i] |= hit[i] == (ignore == 1);
	}
	return rc;
}

/* ---- grain ---- */

static int symbol_of(struct pass *p, struct str name, struct str package, struct str kind, int64_t *id, struct err *err)
{
	int rc = store_run(p->st, err, "INSERT OR IGNORE INTO symbol (name, package, kind) VALUES (?, ?, ?)", "ttt", name, package, kind);

	return rc ? rc : store_int(p->st, err, id, 0, "SELECT id FROM symbol WHERE name = ?", "t", name);
}

/* Functions of one package, or of one file, become one symbol. */
static int merge_symbols(struct pass *p, bool by_file, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT f.id, y.package, f.file, y.kind, y.name FROM func f JOIN func_symbol s ON s.func = f.id JOIN symbol y ON y.id = s.symbol"
			     " ORDER BY y.name, f.id", "");

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		struct str package = stmt_text(q, 1), name = by_file ? stmt_text(q, 2) : package;
		int64_t id = 0, func = stmt_int(q, 0);

		if (!name.n)
			name = stmt_text(q, 4);
		rc = symbol_of(p, name, package, stmt_text(q, 3), &id, err);
		if (!rc)
			rc = store_run(p->st, err, "UPDATE func_symbol SET symbol = ? WHERE func = ?", "ii", id, func);
	}
	return store_finish(q, rc, err);
}

int view_symbol(struct pass *p, int64_t func, int64_t line, uint32_t symbol, uint32_t *out, struct err *err)
{
	struct buf name = { .limit = 1 << 20 };
	struct stmt *q;
	int64_t id = symbol;
	int rc = 0;

	*out = symbol;
	if (!p->view->by_line || line <= 0)
		return 0;
	rc = store_query(p->st, &q, err, "SELECT y.name, f.file, y.package, y.kind FROM symbol y, func f WHERE y.id = ? AND f.id = ?", "ii", (int64_t)symbol,
			 func);
	if (rc)
		return rc;
	if (store_next(q, err)) {
		struct str file = stmt_text(q, 1);
		size_t start = file.n;

		while (start > 0 && file.p[start - 1] != '/' && file.p[start - 1] != '\\')
			start--;
		buf_str(&name, stmt_text(q, 0));
		buf_byte(&name, ' ');
		buf_str(&name, str_skip(file, start));
		buf_printf(&name, ":%lld", (long long)line);
		rc = symbol_of(p, buf_view(&name), stmt_text(q, 2), stmt_text(q, 3), &id, err);
	}
	rc = store_finish(q, rc, err);
	buf_free(&name);
	*out = (uint32_t)id;
	return rc;
}

int pass_view(struct pass *p, struct err *err)
{
	const struct analyze_view *a = p->o->view;
	int rc;

	p->view = arena_new(&p->mem, struct view);
	if (!p->view)
		return err_nomem(err);
	p->view->exact = a->exact;
	p->view->by_line = a->by == ANALYZE_BY_LINE;
	rc = filter_functions(p, a, err);
	if (!rc)
		rc = filter_labels(p, a, err);
	if (!rc && (a->by == ANALYZE_BY_PACKAGE || a->by == ANALYZE_BY_FILE))
		rc = merge_symbols(p, a->by == ANALYZE_BY_FILE, err);
	return rc;
}
