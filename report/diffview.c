// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diffview.c - `attrib diff`: two profiles side by side, function by function
 *
 * pprof's -diff_base prints a number for every function, whether it changed or not. Here what changed comes first, with its q; what
 * cannot be told from chance prints `~` in the place of its change and keeps its two values. Values are per unit of work (the
 * heading says which); the JSON has the raw sums beside them, equal to pprof's.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "report/diffview.h"
#include "report/json_parts.h"
#include "report/words.h"

#define ROWS 10		/* with what stands around them, one screen */
#define NARROW 68
#define BOTH_SIDES 112	/* from here on a row shows both values of flat and of cum */
#define SCREEN 24	/* lines of a terminal: several metrics share them */
#define VALUE DIFF_VALUE
#define CHANGE DIFF_CHANGE
#define Q DIFF_Q

bool diff_wanted(struct str metric, const char *word)
{
	return !word || words_metric_is(metric, word);
}

/* The metrics that were compared, in order; several only without --sample-index. */
static int check_metric(const struct report_model *m, const char *word, size_t *n, struct err *err)
{
	struct buf known = { .limit = 4096 };
	int rc = 0;

	*n = 0;
	for (size_t i = 0; i < m->totals.n; i++) {
		*n += diff_wanted(m->totals.v[i]->metric, word);
		buf_puts(&known, i ? ", " : "");
		buf_str(&known, m->totals.v[i]->metric);
	}
	if (word && !*n)
		rc = err_set(err, ERR_USAGE, "--sample-index %.60s: not in both profiles; there are: %s", word,
			     known.len ? known.data : "none");
	buf_free(&known);
	return rc;
}

static double size_of(const struct model_function *f, bool cum)
{
	const struct model_change *c = cum ? f->cum : f->flat;
	double d = c ? fabs(c->delta) : 0;

	return isfinite(d) ? d : 0;
}

static bool is_tested(const struct model_function *f)
{
	return (f->flat && !isnan(f->flat->p)) || (f->cum && !isnan(f->cum->p));
}

static int order(const struct model_function *x, const struct model_function *y, bool cum)
{
	double dx = size_of(x, cum), dy = size_of(y, cum), ex = size_of(x, !cum), ey = size_of(y, !cum);

	if (x->found != y->found)
		return x->found ? -1 : 1;
	if (is_tested(x) != is_tested(y))
		return is_tested(x) ? -1 : 1;
	if (dx > dy || dx < dy)
		return dx > dy ? -1 : 1;
	if (ex > ey || ex < ey)
		return ex > ey ? -1 : 1;
	return model_order(x->name, y->name);
}

static int by_flat(const void *a, const void *b)
{
	return order(*(const struct model_function *const *)a, *(const struct model_function *const *)b, false);
}

static int by_cum(const void *a, const void *b)
{
	return order(*(const struct model_function *const *)a, *(const struct model_function *const *)b, true);
}

/* The functions of one metric in the order asked for; the caller frees. */
static const struct model_function **rows_of(const struct report_model *m, struct str metric, bool cum, size_t *n)
{
	const struct model_function **v = calloc(m->functions.n + 1, sizeof(*v));

	*n = 0;
	if (!v)
		return NULL;
	for (size_t i = 0; i < m->functions.n; i++)
		if (str_eq(m->functions.v[i].metric, metric))
			v[(*n)++] = &m->functions.v[i];
	if (*n)
		qsort(v, *n, sizeof(*v), cum ? by_cum : by_flat);
	return v;
}

void diff_value_cell(struct page *p, const struct model_change *c, bool base)
{
	struct buf b = { .limit = 4096 };

	if (c)
		words_value(&b, base ? c->base : c->cur, words_unit(c->unit));
	page_cell(p, buf_view(&b), VALUE, true);
	buf_free(&b);
}

/* What could not have been seen stands beside the sign that it was not. */
static void put_doubt(struct buf *b, const struct model_change *c)
{
	if (isfinite(c->smallest) && c->smallest > 0) {
		buf_puts(b, "<");
		if (c->smallest < 9.99)
			buf_printf(b, "%.0f %%", ceil(100 * c->smallest));
		else
			fmt_change(b, c->smallest);
		buf_puts(b, " ");
	}
	buf_puts(b, "~");
}

void diff_change_cell(struct page *p, const struct model_change *c)
{
	struct buf b = { .limit = 4096 };
	bool found = model_found(c);

	if (!c || isnan(c->p))
		buf_puts(&b, ".");
	else if (str_is(c->status, "unsure"))
		put_doubt(&b, c);
	else if (str_is(c->status, "same"))
		buf_puts(&b, "=");
	else if (found && isfinite(c->relative) && !str_is(c->status, "new") && !str_is(c->status, "gone"))
		fmt_change(&b, c->relative);
	else
		buf_str(&b, c->status);
	if (found)
		page_ink(p, c->delta > 0 ? INK_BAD : INK_GOOD);
	page_cell(p, buf_view(&b), CHANGE, true);
	if (found)
		page_ink(p, INK_PLAIN);
	buf_free(&b);
}

void diff_q_cell(struct page *p, const struct model_change *c)
{
	struct buf b = { .limit = 200 };

	if (c)
		words_p(&b, "", c->q);
	page_cell(p, buf_view(&b), Q, true);
	buf_free(&b);
}

static void q_cell(struct page *p, const struct model_function *f, bool cum)
{
	const struct model_change *c = cum ? f->cum : f->flat;

	if (!c || (!model_found(c) && model_found(cum ? f->flat : f->cum)))
		c = cum ? f->flat : f->cum;
	diff_q_cell(p, c);
}

static void stat_cells(struct page *p, const struct model_change *c)
{
	if (p->width + 1 >= BOTH_SIDES)
		diff_value_cell(p, c, true);
	diff_value_cell(p, c, false);
	diff_change_cell(p, c);
}

static void print_row(struct page *p, const struct model_function *f, bool cum)
{
	unsigned used = (p->width + 1 >= BOTH_SIDES ? 4 : 2) * VALUE + 2 * CHANGE + Q + 2;

	if (p->width < NARROW) {
		page_pad(p, 1);
		page_name(p, f->name, p->width - 1);
		page_end(p);
		stat_cells(p, cum ? f->cum : f->flat);
		q_cell(p, f, cum);
		page_end(p);
		return;
	}
	stat_cells(p, f->flat);
	stat_cells(p, f->cum);
	q_cell(p, f, cum);
	page_pad(p, 2);
	page_name(p, f->name, p->width - used);
	page_end(p);
}

static void print_head(struct page *p, bool cum)
{
	bool both = p->width + 1 >= BOTH_SIDES;

	page_ink(p, INK_DIM);
	for (int stat = 0; stat < (p->width < NARROW ? 1 : 2); stat++) {
		const char *name = p->width < NARROW && cum ? "cum" : stat ? "cum" : "flat";

		if (both)
			page_cell(p, str_from(stat ? "cum base" : "flat base"), VALUE, true);
		page_cell(p, str_from(both ? "current" : name), VALUE, true);
		page_cell(p, STR_LIT("change"), CHANGE, true);
	}
	page_cell(p, STR_LIT("q"), Q, true);
	if (p->width >= NARROW)
		buf_puts(p->out, "  function");
	page_ink(p, INK_PLAIN);
	page_end(p);
}

void diff_total(struct page *p, const struct model_change *c)
{
	struct buf b = { .limit = 4096 };

	words_metric(&b, c->metric);
	buf_puts(&b, ": ");
	words_value(&b, c->base, words_unit(c->unit));
	buf_puts(&b, " -> ");
	words_value(&b, c->cur, words_unit(c->unit));
	buf_puts(&b, "  ");
	if (str_is(c->status, "unsure"))
		buf_puts(&b, "~");
	else if (str_is(c->status, "same"))
		buf_puts(&b, "=");
	else if (isfinite(c->relative))
		fmt_change(&b, c->relative);
	else
		buf_str(&b, c->status);
	if (isfinite(c->p)) {
		buf_puts(&b, " (");
		words_p(&b, "p", c->p);
		buf_puts(&b, ")");
	}
	page_text(p, 0, 2, INK_BOLD, buf_view(&b));
	buf_free(&b);
}

static void print_foot(struct page *p, const struct model_change *total, size_t tested, size_t found, size_t left)
{
	struct buf b = { .limit = 4096 };

	buf_printf(&b, "%zu functions tested, ", tested);
	if (found)
		buf_printf(&b, "%zu changed", found);
	else
		buf_puts(&b, "none changed");
	if (left)
		buf_printf(&b, ", %zu not shown (-n)", left);
	if (isfinite(total->smallest)) {
		buf_puts(&b, "; a change of the total below ");
		fmt_percent(&b, total->smallest);
		buf_puts(&b, " could not have been seen");
	}
	page_text(p, 0, 2, INK_DIM, buf_view(&b));
	buf_free(&b);
}

static int print_metric(struct page *p, const struct report_model *m, const struct model_change *total,
			const struct report_diff_opts *o, size_t most, struct err *err)
{
	size_t n = 0, found = 0, tested = 0;
	const struct model_function **v = rows_of(m, total->metric, o->cum, &n);

	if (!v)
		return err_nomem(err);
	page_blank(p);
	diff_total(p, total);
	for (size_t i = 0; i < n; i++) {
		found += v[i]->found;
		tested += is_tested(v[i]);
	}
	if (n && most)
		print_head(p, o->cum);
	for (size_t i = 0; i < n && i < most; i++)
		print_row(p, v[i], o->cum);
	if (n)
		print_foot(p, total, tested, found, most && n > most ? n - most : 0);
	free(v);
	return 0;
}

static size_t found_of(const struct report_model *m, struct str metric)
{
	size_t n = 0;

	for (size_t i = 0; i < m->functions.n; i++)
		n += m->functions.v[i].found && str_eq(m->functions.v[i].metric, metric);
	return n;
}

/* Rows of each metric's table. Of several metrics only those with a changed function get one, and share the screen. */
static size_t rows_each(const struct report_model *m, const struct report_diff_opts *o, const struct model_change *total, size_t metrics)
{
	size_t tables = 0, used = 4 + 4 * metrics;

	if (o->rows)
		return o->rows;
	if (metrics < 2)
		return ROWS;
	for (size_t i = 0; i < m->totals.n; i++)
		tables += diff_wanted(m->totals.v[i]->metric, o->metric) && found_of(m, m->totals.v[i]->metric) > 0;
	if (!found_of(m, total->metric))
		return 0;
	return used + 3 * tables < SCREEN ? (SCREEN - used) / tables : 3;
}

#define SHIFTS 4

/* Cost that moved and did not grow, with both ends; the toolchain's is summed up by its caveat. */
static void print_shifts(struct page *p, const struct report_model *m)
{
	size_t n = 0;
	struct buf b = { .limit = 1 << 16 };

	for (size_t i = 0; i < m->shifts.n; i++) {
		const struct model_shift *h = &m->shifts.v[i];

		if (str_is(h->kind, "toolchain") || n++ >= SHIFTS)
			continue;
		buf_reset(&b);
		if (!str_is(h->kind, "moved") && !str_is(h->kind, "renamed") && !str_is(h->kind, "inlining"))
			buf_puts(&b, "moved, not grown, ");
		buf_str(&b, words_shift(h->kind));
		buf_puts(&b, ": ");
		buf_str(&b, h->went);
		buf_puts(&b, " -> ");
		buf_str(&b, h->came);
		page_item(p, 0, MARK_NOTE, buf_view(&b));
	}
	if (n > SHIFTS) {
		buf_reset(&b);
		buf_printf(&b, "and %zu more that moved or were renamed (--json)", n - SHIFTS);
		page_item(p, 0, MARK_NOTE, buf_view(&b));
	}
	buf_free(&b);
}

int report_diff(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err)
{
	struct buf text = { .limit = 64 << 20 }, title = { .limit = 1 << 16 };
	struct page p;
	size_t n;
	int rc = check_metric(m, o->metric, &n, err);

	if (rc)
		return rc;
	page_init(&p, &text, &o->term);
	buf_puts(&title, "attrib diff: ");
	buf_puts(&title, o->old ? o->old : "old");
	buf_puts(&title, " -> ");
	buf_puts(&title, o->new ? o->new : "new");
	page_text(&p, 0, 2, INK_PLAIN, buf_view(&title));
	if (!m->totals.n)
		page_text(&p, 0, 2, INK_PLAIN, str_from("Nothing to compare: no kind of profile is on both sides."));
	for (size_t i = 0; !rc && i < m->totals.n; i++) {
		const struct model_change *total = m->totals.v[i];

		if (!diff_wanted(total->metric, o->metric))
			continue;
		if (o->peek)
			diff_peek(&p, m, total, o->rows);
		else
			rc = print_metric(&p, m, total, o, rows_each(m, o, total, n), err);
	}
	page_blank(&p);
	print_shifts(&p, m);
	for (size_t i = 0; i < m->caveats.n; i++)
		page_item(&p, 0, MARK_NOTE, m->caveats.v[i].text);
	page_text(&p, 0, 2, INK_DIM, str_from("~ may be chance, < what could not have been seen, = same, . few samples, q: FDR"));
	if (!rc)
		page_finish(out, &text, &o->term);
	buf_free(&title);
	buf_free(&text);
	return rc;
}

static void put_stat(struct jsonw *w, const char *key, const struct model_change *c)
{
	jsonw_open(w, key, '{');
	if (c)
		json_change(w, c);
	else
		for (const char *const *k = (const char *const[]){ "base", "current", "change", "relative", "lo", "hi", "p", "q", "smallest", NULL }; *k; k++)
			jsonw_real(w, *k, NAN);
	jsonw_close(w, '}');
}

/* Sums on both sides; a function that one side does not have costs 0 there. */
static void put_raw(struct jsonw *w, const struct report_model *m, struct str id, struct str name)
{
	bool counts;
	const char *metric = words_metric_raw(id, &counts);
	const struct model_raw *b = metric ? model_raw(m, metric, name, "baseline") : NULL;
	const struct model_raw *c = metric ? model_raw(m, metric, name, "current") : NULL;

	jsonw_open(w, "raw", '{');
	jsonw_int(w, "flat_base", !metric ? STORE_NULL : !b ? 0 : counts ? b->flat_count : b->flat);
	jsonw_int(w, "flat_current", !metric ? STORE_NULL : !c ? 0 : counts ? c->flat_count : c->flat);
	jsonw_int(w, "cum_base", !metric ? STORE_NULL : !b ? 0 : counts ? b->cum_count : b->cum);
	jsonw_int(w, "cum_current", !metric ? STORE_NULL : !c ? 0 : counts ? c->cum_count : c->cum);
	jsonw_close(w, '}');
}

static void put_function(struct jsonw *w, const struct report_model *m, const struct model_function *f, bool cum)
{
	const struct model_change *c = cum ? f->cum : f->flat;

	if (!c)
		c = cum ? f->flat : f->cum;
	jsonw_open(w, NULL, '{');
	jsonw_text(w, "name", f->name);
	jsonw_text(w, "metric", f->metric);
	jsonw_text(w, "unit", f->unit);
	put_stat(w, "flat", f->flat);
	put_stat(w, "cum", f->cum);
	jsonw_text(w, "stat", c ? c->stat : STR_NONE);
	jsonw_real(w, "change", c ? c->delta : NAN);
	jsonw_open(w, "interval", '{');
	jsonw_real(w, "lo", c ? c->lo : NAN);
	jsonw_real(w, "hi", c ? c->hi : NAN);
	jsonw_close(w, '}');
	jsonw_real(w, "p", c ? c->p : NAN);
	jsonw_real(w, "q", c ? c->q : NAN);
	jsonw_bool(w, "significant", f->found);
	put_raw(w, m, f->metric, f->name);
	jsonw_text(w, "file", f->place.file);
	jsonw_text(w, "kind", f->kind);
	jsonw_close(w, '}');
}

static int by_name(const void *a, const void *b)
{
	return model_order((*(const struct model_function *const *)a)->name, (*(const struct model_function *const *)b)->name);
}

/* Functions with too few samples for a test have sums all the same. v: those that were put already; it is sorted by name here. */
static void put_untested(struct jsonw *w, const struct report_model *m, const struct model_change *total,
			 const struct model_function **v, size_t n)
{
	bool counts;
	const char *raw = words_metric_raw(total->metric, &counts);
	size_t k = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_name);
	for (size_t i = 0; raw && i < m->raw.n; i++) {
		const struct model_raw *r = &m->raw.v[i];
		struct model_function f = { .metric = total->metric, .unit = total->unit, .name = r->name };

		if (!str_is(r->metric, raw) || (i && str_eq(m->raw.v[i - 1].name, r->name) && str_is(m->raw.v[i - 1].metric, raw)))
			continue;
		while (k < n && model_order(v[k]->name, r->name) < 0)
			k++;
		if (k == n || !str_eq(v[k]->name, r->name))
			put_function(w, m, &f, false);
	}
}

static int put_functions(struct jsonw *w, const struct report_model *m, const struct report_diff_opts *o, struct err *err)
{
	jsonw_open(w, "functions", '[');
	for (size_t i = 0; i < m->totals.n; i++) {
		size_t n = 0;
		const struct model_function **v;

		if (!diff_wanted(m->totals.v[i]->metric, o->metric))
			continue;
		v = rows_of(m, m->totals.v[i]->metric, o->cum, &n);
		if (!v)
			return err_nomem(err);
		for (size_t k = 0; k < n && (!o->rows || k < o->rows); k++)
			put_function(w, m, v[k], o->cum);
		if (!o->rows)
			put_untested(w, m, m->totals.v[i], v, n);
		free(v);
	}
	jsonw_close(w, ']');
	return 0;
}

/* Where in the tree a change sits: the deepest stacks that carry one, the largest first. */
static void put_paths(struct jsonw *w, const struct report_model *m, const struct report_diff_opts *o)
{
	jsonw_open(w, "paths", '[');
	for (size_t i = 0; i < m->changes.n; i++) {
		const struct model_change *c = &m->changes.v[i];

		if (!str_is(c->scope, "path") || !diff_wanted(c->metric, o->metric))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", c->metric);
		jsonw_text(w, "function", c->name);
		jsonw_text(w, "unit", c->unit);
		json_change(w, c);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

int report_diff_json(struct buf *out, const struct report_model *m, const struct report_diff_opts *o, struct err *err)
{
	struct jsonw w = { .out = out };
	size_t n;
	int rc = check_metric(m, o->metric, &n, err);

	if (rc)
		return rc;
	jsonw_open(&w, NULL, '{');
	json_head(&w, m);
	jsonw_open(&w, "totals", '[');
	for (size_t i = 0; i < m->totals.n; i++) {
		if (!diff_wanted(m->totals.v[i]->metric, o->metric))
			continue;
		jsonw_open(&w, NULL, '{');
		jsonw_text(&w, "metric", m->totals.v[i]->metric);
		jsonw_text(&w, "unit", m->totals.v[i]->unit);
		json_change(&w, m->totals.v[i]);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	rc = put_functions(&w, m, o, err);
	if (rc)
		return rc;
	put_paths(&w, m, o);
	diff_peek_json(&w, m, o->metric);
	json_shifts(&w, m);
	json_detectable(&w, m);
	json_inputs(&w, m);
	json_caveats(&w, m);
	jsonw_close(&w, '}');
	return 0;
}
