// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term_time.c - the curves as one line each: both sides on one axis and one scale, so that their heights can be compared
 *
 * From 0 to the number at the line's end; a cell is the mean of its stretch of time, of GC pauses the longest. A blank: nothing was measured.
 */
#include <math.h>

#include "report/plot.h"
#include "report/term.h"
#include "report/words.h"

#define CELLS 16
#define CELLS_NARROW 8
#define NARROW 68
#define LABEL 24
#define LABEL_NARROW 17

/* The heights of one side; the highest of them and of `most`. */
static double cells(double *v, size_t n, const struct plots *p, enum plot_kind k, int side, double most)
{
	const struct plot_line *l = &p->chart[k].line[side];
	double count[CELLS] = { 0 }, wide = p->x_hi - p->x_lo;

	for (size_t i = 0; i < n; i++)
		v[i] = 0;
	for (size_t i = 0; i < l->n && wide > 0; i++) {
		double at = (l->v[i].x - p->x_lo) / wide * (double)n;
		size_t c = at < 0 ? 0 : at >= (double)n ? n - 1 : (size_t)at;

		if (isnan(l->v[i].y))
			continue;
		v[c] = plot_highest(k) ? fmax(v[c], l->v[i].y) : v[c] + l->v[i].y;
		count[c]++;
	}
	for (size_t i = 0; i < n; i++) {
		v[i] = count[i] <= 0 ? NAN : plot_highest(k) ? v[i] : v[i] / count[i];
		most = v[i] > most ? v[i] : most;
	}
	return most;
}

static void row(struct page *p, const struct plots *s, enum plot_kind k)
{
	bool narrow = p->width < NARROW;
	size_t n = narrow ? CELLS_NARROW : CELLS;
	double v[PLOT_SIDES][CELLS], most = cells(v[0], n, s, k, PLOT_BASE, 0);
	struct buf b = { .limit = 200 };

	most = cells(v[1], n, s, k, PLOT_CUR, most);
	buf_puts(&b, plot_title(k));
	page_pad(p, 2);
	page_cell(p, buf_view(&b), narrow ? LABEL_NARROW : LABEL, false);
	for (int side = 0; side < PLOT_SIDES; side++) {
		page_pad(p, narrow ? 1 : 2);
		page_spark(p, v[side], n, most);
	}
	buf_reset(&b);
	words_value(&b, most, plot_unit(k));
	if (!narrow) {
		page_pad(p, 2);
		page_name(p, buf_view(&b), 12);
	}
	page_end(p);
	buf_free(&b);
}

void term_time(struct page *p, const struct plots *s, bool all)
{
	bool narrow = p->width < NARROW;
	struct buf note = { .limit = 200 };

	if (!s || !(s->x_hi > s->x_lo))
		return;
	for (int i = 0; i < PLOT_STACK; i++) {
		enum plot_kind k = plot_stack[i];

		if (!s->chart[k].there || k == PLOT_SLICES || (!all && (k == PLOT_P50 || k == PLOT_P95)))
			continue;
		if (!note.len) {
			buf_printf(&note, "%.0f to %.0f s from the start of load", s->x_lo, s->x_hi);
			page_heading(p, "OVER TIME", note.data);
			page_ink(p, INK_DIM);
			page_pad(p, 2 + (narrow ? LABEL_NARROW + 1 : LABEL + 2));
			page_cell(p, STR_LIT("baseline"), narrow ? CELLS_NARROW + 1 : CELLS + 2, false);
			page_cell(p, STR_LIT("current"), narrow ? CELLS_NARROW : CELLS + 2, false);
			if (!narrow)
				buf_puts(p->out, "full height");
			page_ink(p, INK_PLAIN);
			page_end(p);
		}
		row(p, s, k);
	}
	buf_free(&note);
}
