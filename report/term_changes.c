// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term_changes.c - what changed, in numbers; and what this data could not have shown
 *
 * A function stands in the table when its flat or its cum changed significantly; the other of the two is then often undecided and
 * prints `~`, never a number that a reader would take for a finding.
 */
#include <math.h>

#include "report/say.h"
#include "report/term.h"
#include "report/words.h"

#define ROWS 10		/* functions of all metrics together */
#define ROWS_EACH 5
#define CLUSTERS 4
#define NARROW 68	/* below it a function's name has a line of its own */
#define AMOUNT 11
#define RELATIVE 9

/* "+1.24 ms/request +12.3 %" in two cells, `~` where it cannot be told, `=` where it did not change. */
static void change_cells(struct page *p, const struct model_change *c)
{
	struct buf b = { .limit = 4096 };
	bool found = c && model_found(c);

	if (c)
		say_delta(&b, c);
	page_cell(p, buf_view(&b), AMOUNT, true);
	buf_reset(&b);
	say_relative(&b, c);
	if (found)
		page_ink(p, c->delta > 0 ? INK_BAD : INK_GOOD);
	page_cell(p, buf_view(&b), RELATIVE, true);
	if (found)
		page_ink(p, INK_PLAIN);
	buf_free(&b);
}

static void function_row(struct page *p, const struct model_function *f)
{
	if (p->width < NARROW) {
		page_pad(p, 2);
		page_name(p, f->name, p->width - 2);
		page_end(p);
	}
	change_cells(p, f->flat);
	change_cells(p, f->cum);
	if (p->width >= NARROW) {
		unsigned used = 2 * (AMOUNT + RELATIVE) + 2;

		page_pad(p, 2);
		page_name(p, f->name, p->width - used);
	}
	page_end(p);
}

static void function_head(struct page *p, struct str metric)
{
	struct buf b = { .limit = 4096 };

	words_metric(&b, metric);
	page_text(p, 2, 4, INK_BOLD, buf_view(&b));
	buf_free(&b);
	page_ink(p, INK_DIM);
	page_cell(p, STR_LIT("flat"), AMOUNT + RELATIVE, true);
	page_cell(p, STR_LIT("cum"), AMOUNT + RELATIVE, true);
	if (p->width >= NARROW)
		buf_puts(p->out, "  function");
	page_ink(p, INK_PLAIN);
	page_end(p);
}

/* The changed functions of the metrics whose total changed, or of the others; a few of each. */
static void print_rows(struct page *p, const struct report_model *m, bool whole, bool all, size_t *shown, size_t *found)
{
	struct str metric = STR_NONE;
	size_t here = 0;

	for (size_t i = 0; i < m->functions.n; i++) {
		const struct model_function *f = &m->functions.v[i];

		if (!f->found || say_total_found(m, f->metric) != whole)
			continue;
		if (!metric.p || !str_eq(metric, f->metric))
			here = 0;
		++*found;
		if (!all && (here == ROWS_EACH || *shown == ROWS))
			continue;
		if (!here++)
			function_head(p, f->metric);
		metric = f->metric;
		function_row(p, f);
		++*shown;
	}
}

static void print_functions(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	size_t shown = 0, found = 0;

	if (!m->functions.n)
		return;
	print_rows(p, m, true, o->verbose, &shown, &found);
	print_rows(p, m, false, o->verbose, &shown, &found);
	if (!found) {
		page_text(p, 2, 4, INK_PLAIN, str_from("No function's cost changed for certain."));
	} else {
		struct buf b = { .limit = 4096 };

		if (found > shown)
			buf_printf(&b, "and %zu more; ", found - shown);
		buf_puts(&b, "~ cannot be told from chance, = did not change");
		page_text(p, 2, 4, INK_DIM, buf_view(&b));
		buf_free(&b);
	}
}

static void total_row(struct page *p, const struct model_change *c)
{
	struct buf b = { .limit = 4096 };

	say_total(&b, c);
	if (isfinite(c->base)) {
		buf_puts(&b, "  ");
		say_total_change(&b, c);
	}
	if (isfinite(c->p) && isfinite(c->base)) {
		buf_puts(&b, " (");
		words_p(&b, "p", c->p);
		buf_puts(&b, ")");
	}
	page_text(p, 2, 4, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

static void cluster_row(struct page *p, const struct model_cluster *k, bool snapshot)
{
	struct buf b = { .limit = 1 << 16 };

	say_cluster(&b, k, snapshot);
	page_text(p, 2, 4, INK_PLAIN, buf_view(&b));
	buf_free(&b);
}

/* What changed in a line each; what did not, or cannot be told, together. */
static void print_totals(struct page *p, const struct report_model *m, bool all)
{
	static const char *const status[] = { "same", "unsure" };
	static const char *const label[] = { "did not change (=): ", "cannot be told from chance (~): " };

	for (size_t i = 0; i < m->totals.n; i++)
		if ((all && isfinite(m->totals.v[i]->cur)) || model_found(m->totals.v[i]))
			total_row(p, m->totals.v[i]);
	for (int k = 0; k < 2 && !all; k++) {
		struct buf b = { .limit = 1 << 16 };

		for (size_t i = 0; i < m->totals.n; i++) {
			if (!str_is(m->totals.v[i]->status, status[k]))
				continue;
			buf_puts(&b, b.len ? "; " : label[k]);
			say_total(&b, m->totals.v[i]);
		}
		page_text(p, 2, 4, INK_PLAIN, b.len ? buf_view(&b) : STR_NONE);
		buf_free(&b);
	}
}

void term_changes(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	bool snapshot = str_is(m->design, "snapshot");
	size_t clusters = 0;

	if (!m->totals.n && !m->functions.n && !m->clusters.n)
		return;
	page_heading(p, snapshot ? "LEVELS" : "WHAT CHANGED", str_is(m->per, "request") ? "costs per request" : "costs per second");
	print_totals(p, m, snapshot || o->verbose);
	for (size_t i = 0; i < m->clusters.n && clusters < (o->verbose ? m->clusters.n : CLUSTERS); i++) {
		if (!str_is(m->clusters.v[i].kind, "goroutine") || (!say_cluster_moved(&m->clusters.v[i]) && !o->verbose))
			continue;
		cluster_row(p, &m->clusters.v[i], snapshot);
		clusters++;
	}
	for (size_t i = 0; i < m->shifts.n && i < ROWS; i++) {
		struct buf b = { .limit = 1 << 16 };

		say_shift(&b, &m->shifts.v[i]);
		page_text(p, 2, 4, INK_PLAIN, buf_view(&b));
		buf_free(&b);
	}
	if (!snapshot)
		print_functions(p, m, o);
}

void term_unseen(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	struct buf b = { .limit = 1 << 16 };

	(void)o;
	if (say_unseen(&b, m)) {
		page_heading(p, "WHAT COULD NOT BE SEEN", "changes smaller than");
		page_text(p, 2, 4, INK_PLAIN, buf_view(&b));
	}
	buf_free(&b);
}
