// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_time.c - both sides on one axis from the start of load: a line of blocks for each thing that was measured over time, with a
 * cursor whose window the other views can be narrowed to
 *
 * The two lines of one thing share a scale. A column is a stretch of time and shows the mean of what was measured in it; of GC pauses the
 * longest. Only lines on the screen are computed.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "core/text.h"
#include "report/say.h"
#include "report/triage/ui.h"
#include "report/words.h"

#define MOST_POINTS 1000000
#define MOST_SERIES 400
#define MOST_COLUMNS 512

enum what { ROW_AXIS, ROW_CHART, ROW_SERIES, ROW_SIGNAL };

struct strand {			/* one thing on both sides */
	struct str name, unit;
	struct plot_point *v[SIDES];
	size_t n[SIDES], cap[SIDES];
	bool highest, counter;
};

struct row { enum what what; uint32_t index; int side; };

struct time_state {
	struct arena arena;
	struct strand *strand;
	size_t n_strands, points;
	struct row *row;
	size_t n_rows;
	double lo, hi;
	bool cut;
};

void time_end(struct ui *u)
{
	if (!u->time)
		return;
	for (size_t i = 0; i < u->time->n_strands; i++)
		for (int side = 0; side < SIDES; side++)
			if (u->time->strand[i].cap[side])
				free(u->time->strand[i].v[side]);
	arena_free(&u->time->arena);
	free(u->time);
	u->time = NULL;
}

/* The run that was going on then: the last that had begun. */
double time_of(const struct ui *u, int64_t t)
{
	struct err err;
	struct stmt *q;
	double x = NAN;

	if (t == STORE_NULL || store_query(u->st, &q, &err, "SELECT t FROM run_starts WHERE t <= ? ORDER BY t DESC LIMIT 1", "i", t))
		return NAN;
	if (store_next(q, &err) && !stmt_null(q, 0))
		x = (double)(t - stmt_int(q, 0)) * 1e-9;
	return store_end(q, &err) ? NAN : x;
}

/* ---- loading */

static void add_chart(struct ui *u, struct time_state *s, enum plot_kind k)
{
	const struct plot_chart *c = &u->plots->chart[k];
	struct strand *d = &s->strand[s->n_strands++];

	*d = (struct strand){ .name = str_from(plot_title(k)), .unit = plot_unit(k), .highest = plot_highest(k) };
	for (int side = 0; side < SIDES; side++) {
		d->v[side] = c->line[side].v;
		d->n[side] = c->line[side].n;
	}
}

static void add_point(struct time_state *s, struct strand *d, int side, double x, double y)
{
	if (d->n[side] == d->cap[side]) {
		size_t more = d->cap[side] ? 2 * d->cap[side] : 64;
		struct plot_point *v = realloc(d->v[side], more * sizeof(*v));

		if (!v)
			return;
		d->v[side] = v;
		d->cap[side] = more;
	}
	d->v[side][d->n[side]++] = (struct plot_point){ x, y };
	s->points++;
}

static bool charted(struct str name)
{
	static const char *const names[] = { "load.requests", "load.p50", "load.p95", "load.p99", "load.latency_p50", "load.latency_p95",
		"load.latency_p99" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(name, names[i]))
			return true;
	return false;
}

static struct strand *strand_of(struct time_state *s, struct str name, struct str label, struct str unit, bool counter)
{
	struct strand *last = s->n_strands ? &s->strand[s->n_strands - 1] : NULL;
	struct buf b = { .limit = 1 << 16 };

	ui_clean(&b, name);
	if (label.n) {
		buf_byte(&b, ' ');
		ui_clean(&b, label);
	}
	if (!last || !str_eq(last->name, buf_view(&b))) {
		struct buf c = { .limit = 200 };

		if (s->n_strands == MOST_SERIES) {
			s->cut = true;
			buf_free(&b);
			return NULL;
		}
		ui_clean(&c, unit);
		buf_puts(&c, counter ? "/s" : "");
		last = &s->strand[s->n_strands++];
		*last = (struct strand){ .name = arena_str(&s->arena, buf_view(&b)), .unit = arena_str(&s->arena, buf_view(&c)), .counter = counter };
		buf_free(&c);
	}
	buf_free(&b);
	return last;
}

static int add_series(struct ui *u, struct time_state *s, struct err *err)
{
	struct stmt *q;
	int rc = store_query(u->st, &q, err,
			     "SELECT name, label, unit, kind, clock, run, t, value, side FROM series_points WHERE clock <> 'none' AND side IS NOT NULL"
			     " AND kind IN ('gauge', 'counter', 'rate') ORDER BY name, label, side, series, t", "");
	double was_x = NAN, was_y = NAN;

	if (rc)
		return rc;
	while (store_next(q, err) && s->points < MOST_POINTS) {
		bool counter = str_is(stmt_text(q, 3), "counter");
		struct strand *d = charted(stmt_text(q, 0)) ? NULL : strand_of(s, stmt_text(q, 0), stmt_text(q, 1), stmt_text(q, 2), counter);
		int side = str_is(stmt_text(q, 8), "current") ? CUR : BASE;
		double x = str_is(stmt_text(q, 4), "epoch") ? costs_time(u->costs, stmt_int(q, 5), stmt_int(q, 6)) : (double)stmt_int(q, 6) * 1e-9;
		double y = stmt_real(q, 7);

		if (!d || !isfinite(x) || !isfinite(y))
			continue;
		if (counter) {
			double step = x - was_x, up = y - was_y;
			bool first = !d->n[side] && !(step > 0);

			was_x = x;
			was_y = y;
			if (!first && step > 0 && up >= 0)
				add_point(s, d, side, x, up / step);
		} else {
			add_point(s, d, side, x, y);
		}
	}
	s->cut = s->cut || s->points >= MOST_POINTS;
	return store_end(q, err);
}

static void span(struct time_state *s)
{
	s->lo = INFINITY;
	s->hi = -INFINITY;
	for (size_t i = 0; i < s->n_strands; i++)
		for (int side = 0; side < SIDES; side++)
			for (size_t k = 0; k < s->strand[i].n[side]; k++) {
				double x = s->strand[i].v[side][k].x;

				if (!isfinite(x))
					continue;
				s->lo = fmin(s->lo, x);
				s->hi = fmax(s->hi, x);
			}
	if (!(s->lo < s->hi)) {
		s->lo = isfinite(s->lo) ? s->lo - 1 : 0;
		s->hi = s->lo + 2;
	}
}

static int make_rows(struct ui *u, struct time_state *s, struct err *err)
{
	s->row = arena_array(&s->arena, struct row, 2 * s->n_strands + u->m->signals.n + 2);
	if (!s->row)
		return err_nomem(err);
	s->row[s->n_rows++] = (struct row){ ROW_AXIS, 0, 0 };
	for (size_t i = 0; i < s->n_strands; i++)
		for (int side = 0; side < SIDES; side++)
			if (s->strand[i].n[side])
				s->row[s->n_rows++] = (struct row){ s->strand[i].cap[BASE] + s->strand[i].cap[CUR] ? ROW_SERIES : ROW_CHART, (uint32_t)i, side };
	for (size_t i = 0; i < u->m->signals.n; i++)
		if (isfinite(time_of(u, u->m->signals.v[i].onset)))
			s->row[s->n_rows++] = (struct row){ ROW_SIGNAL, (uint32_t)i, CUR };
	return 0;
}

static int build(struct ui *u, struct err *err)
{
	struct time_state *s = u->time;

	if (s)
		return 0;
	s = u->time = calloc(1, sizeof(*s));
	if (!s)
		return err_nomem(err);
	s->arena.limit = 256u << 20;
	s->strand = arena_array(&s->arena, struct strand, MOST_SERIES + PLOT_KINDS);
	if (!s->strand)
		return err_nomem(err);
	for (int k = 0; k < PLOT_ECDF; k++)
		if (u->plots->chart[k].there)
			add_chart(u, s, (enum plot_kind)k);
	if (add_series(u, s, err))
		return (int)err->code;
	span(s);
	u->span = s->hi - s->lo;
	if (isnan(u->cursor))
		u->cursor = s->lo;
	return make_rows(u, s, err);
}

/* ---- drawing */

static size_t rows(const struct ui *u)
{
	return u->time ? u->time->n_rows : 0;
}

struct layout { size_t label, wide, value; };

static struct layout layout(const struct ui *u)
{
	size_t label = u->columns / 4, value = u->columns >= 60 ? 12 : 0, wide;

	label = label < 8 ? 8 : label > 32 ? 32 : label;
	wide = u->columns > label + value + 2 ? u->columns - label - value - 2 : 4;
	return (struct layout){ label, wide < MOST_COLUMNS ? wide : MOST_COLUMNS, value };
}

static size_t column_of(const struct time_state *s, double x, size_t wide)
{
	double c = (x - s->lo) / (s->hi - s->lo) * (double)wide;

	return c <= 0 || isnan(c) ? 0 : c >= (double)wide ? wide - 1 : (size_t)c;
}

static double time_at(const struct time_state *s, size_t column, size_t wide)
{
	return s->lo + ((double)column + .5) / (double)wide * (s->hi - s->lo);
}

static void fill_bins(const struct time_state *s, const struct strand *d, int side, double *bin, size_t wide)
{
	size_t n[MOST_COLUMNS] = { 0 };

	for (size_t i = 0; i < wide; i++)
		bin[i] = NAN;
	for (size_t i = 0; i < d->n[side]; i++) {
		const struct plot_point *p = &d->v[side][i];
		size_t c = column_of(s, p->x, wide);

		if (!isfinite(p->y) || !isfinite(p->x))
			continue;
		if (d->highest)
			bin[c] = n[c] ? fmax(bin[c], p->y) : p->y;
		else
			bin[c] = n[c] ? bin[c] + (p->y - bin[c]) / (double)(n[c] + 1) : p->y;
		n[c]++;
	}
	/* Measured about as often as there are columns: one that no point fell into shows the one before. */
	for (size_t i = 1; d->n[side] * 3 >= wide && i + 1 < wide; i++)
		if (!n[i] && n[i - 1] && (n[i + 1] || (i + 2 < wide && n[i + 2])))
			bin[i] = bin[i - 1];
}

/* Column by column, so that cursor and window are drawn over the same cells everywhere. */
static void cells(const struct ui *u, struct buf *out, size_t wide, const char *(*glyph)(void *arg, size_t c), void *arg)
{
	const struct time_state *s = u->time;
	size_t cursor = column_of(s, u->cursor, wide);

	for (size_t c = 0; c < wide; c++) {
		double x = time_at(s, c, wide);
		bool out_of = u->window_lo < u->window_hi && (x < u->window_lo || x >= u->window_hi);

		if (c == cursor)
			buf_puts(out, "\x1b[7m");
		else if (out_of)
			buf_puts(out, "\x1b[2m");
		buf_puts(out, glyph(arg, c));
		if (c == cursor || out_of)
			buf_puts(out, "\x1b[0m");
	}
}

struct blocks { const double *bin; double lo, hi; bool utf8; };

static const char *block(void *arg, size_t c)
{
	static const char *const utf8[] = { "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588" };
	static const char *const ascii[] = { ".", ":", "-", "=", "+", "*", "#", "%" };
	const struct blocks *b = arg;
	double share;

	if (isnan(b->bin[c]))
		return " ";
	share = b->hi > b->lo ? (b->bin[c] - b->lo) / (b->hi - b->lo) : 0;
	return (b->utf8 ? utf8 : ascii)[share <= 0 ? 0 : share >= 1 ? 7 : (size_t)(share * 7.999)];
}

static void strand_line(const struct ui *u, const struct row *r, struct buf *out, struct layout l)
{
	const struct time_state *s = u->time;
	const struct strand *d = &s->strand[r->index];
	double bin[SIDES][MOST_COLUMNS];
	struct blocks b = { bin[r->side], INFINITY, -INFINITY, u->utf8 };
	struct buf label = { .limit = 1 << 16 }, value = { .limit = 1 << 12 };
	double here;

	for (int side = 0; side < SIDES; side++) {
		fill_bins(s, d, side, bin[side], l.wide);
		for (size_t c = 0; c < l.wide; c++)
			if (!isnan(bin[side][c])) {
				b.lo = fmin(b.lo, bin[side][c]);
				b.hi = fmax(b.hi, bin[side][c]);
			}
	}
	if (r->side == BASE || !d->n[BASE]) {
		text_cut(&label, d->name, l.label - 2, !u->utf8);
	}
	text_pad(out, buf_view(&label), l.label - 2, !u->utf8);
	buf_puts(out, r->side == BASE ? " b" : " c");
	cells(u, out, l.wide, block, &b);
	here = bin[r->side][column_of(s, u->cursor, l.wide)];
	if (l.value && !isnan(here)) {
		buf_byte(out, ' ');
		words_value(&value, here, d->unit);
		text_cut(out, buf_view(&value), l.value, !u->utf8);
	}
	buf_free(&label);
	buf_free(&value);
}

struct point_at { size_t at; bool utf8; };

static const char *point(void *arg, size_t c)
{
	const struct point_at *p = arg;

	return c == p->at ? (p->utf8 ? "\u25b2" : "^") : c > p->at ? (p->utf8 ? "\u2500" : "-") : " ";
}

static void signal_line(struct ui *u, const struct row *r, struct buf *out, struct layout l)
{
	const struct model_signal *m = &u->m->signals.v[r->index];
	double x = time_of(u, m->onset);
	struct point_at p = { column_of(u->time, x, l.wide), u->utf8 };
	struct buf b = { .limit = 1 << 12 };

	text_pad(out, m->name, l.label, !u->utf8);
	cells(u, out, l.wide, point, &p);
	if (l.value) {
		buf_printf(&b, " from %.1f s", x);
		text_cut(out, buf_view(&b), l.value, !u->utf8);
	}
	buf_free(&b);
}

static void axis(const struct ui *u, struct buf *out, struct layout l)
{
	const struct time_state *s = u->time;
	struct buf b = { .limit = 1 << 12 };
	size_t at = 0;

	buf_printf(&b, "at %.1f s", u->cursor);
	text_pad(out, buf_view(&b), l.label, !u->utf8);
	while (at < l.wide) {
		buf_reset(&b);
		buf_printf(&b, "%s%.*f s", u->utf8 ? "\u2575" : "|", s->hi - s->lo < 20 ? 1 : 0, s->lo + (double)at / (double)l.wide * (s->hi - s->lo));
		if (at + text_width(buf_view(&b)) > l.wide)
			break;
		text_pad(out, buf_view(&b), l.wide - at < 16 ? l.wide - at : 16, !u->utf8);
		at += 16;
	}
	buf_free(&b);
}

static struct item line(struct ui *u, size_t i, struct buf *out)
{
	const struct time_state *s = u->time;
	struct layout l = layout(u);

	if (!s || i >= s->n_rows)
		return (struct item){ ITEM_NONE, 0 };
	if (s->row[i].what == ROW_AXIS) {
		axis(u, out, l);
		return (struct item){ ITEM_NONE, 0 };
	}
	if (s->row[i].what == ROW_SIGNAL) {
		signal_line(u, &s->row[i], out, l);
		return (struct item){ ITEM_SIGNAL, s->row[i].index };
	}
	strand_line(u, &s->row[i], out, l);
	return (struct item){ ITEM_SERIES, s->row[i].index };
}

static void words(struct ui *u, size_t i, struct buf *out)
{
	const struct time_state *s = u->time;

	if (s->row[i].what == ROW_SIGNAL)
		buf_str(out, u->m->signals.v[s->row[i].index].name);
	else if (s->row[i].what != ROW_AXIS)
		buf_str(out, s->strand[s->row[i].index].name);
}

/* ---- keys */

static void to(struct ui *u, double x)
{
	const struct time_state *s = u->time;

	u->cursor = x < s->lo ? s->lo : x > s->hi ? s->hi : x;
}

static bool act(struct ui *u, enum act a, struct item at)
{
	struct time_state *s = u->time;
	size_t wide = layout(u).wide, c;

	if (!s)
		return false;
	c = column_of(s, u->cursor, wide);
	switch (a) {
	case ACT_OPEN: to(u, time_at(s, c + 1 < wide ? c + 1 : c, wide)); return true;
	case ACT_CLOSE: to(u, time_at(s, c ? c - 1 : 0, wide)); return true;
	case ACT_FROM:
		u->window_lo = u->cursor - (s->hi - s->lo) / (double)wide / 2;
		if (!(u->window_lo < u->window_hi))
			u->window_hi = s->hi + 1e-6;
		u->window_on = true;
		ui_costs(u);
		ui_say(u, "the window begins at %.1f s and ends at %.1f s", u->window_lo, u->window_hi);
		return true;
	case ACT_TO:
		u->window_hi = u->cursor + (s->hi - s->lo) / (double)wide / 2;
		if (!(u->window_lo < u->window_hi))
			u->window_lo = s->lo;
		u->window_on = true;
		ui_costs(u);
		ui_say(u, "the window ends at %.1f s; it began at %.1f s", u->window_hi, u->window_lo);
		return true;
	case ACT_TIME:
		if (at.kind == ITEM_SIGNAL)
			to(u, time_of(u, u->m->signals.v[at.index].onset));
		return true;
	case ACT_ENTER:
		if (at.kind != ITEM_SIGNAL) {
			act_do(u, ACT_WINDOW);
			return true;
		}
		ui_toggle(u, at, 1);
		ui_go(u, VIEW_SIGNALS);
		ui_find(u, at);
		return true;
	default: return false;
	}
}

static void title(const struct ui *u, struct buf *out)
{
	if (!u->time)
		return;
	buf_printf(out, "%.1f to %.1f s from the start of load; b baseline, c current", u->time->lo, u->time->hi);
	if (u->time->cut)
		buf_puts(out, "; more series than are shown");
}

const struct view view_time = { .name = "time", .tab = "time", .about = "what was measured over time, with a cursor; a window narrows all views", .build = build,
	.count = rows, .line = line, .words = words, .act = act, .title = title };
