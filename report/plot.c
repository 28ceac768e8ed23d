// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * plot.c - curves read from the views, thinned to what a picture can show
 *
 * A run can hold a hundred thousand GC cycles; a picture 480 wide cannot. A curve keeps the lowest and the highest point of each of many
 * equal parts, so that no peak is lost; a distribution keeps even steps. Curves of different runs or processes are never joined: a
 * gap (NaN) stands between them.
 */
#include "report/plot.h"

#include <math.h>
#include <stdlib.h>

#include "report/flame.h"

#define POINTS 600		/* of one side of one chart, about */
#define PART_POINTS 8		/* but so many of each run or process */
#define MEMORY (512u << 20)
#define FLAME_NODES 100000	/* of one metric: 2 MB of page */

/* Rows: side, what may be joined by a line, x, y. */
#define TIME(columns, view, where) "SELECT side, " columns " FROM " view " WHERE analysis = 1 AND " where " ORDER BY side, 2, 3, 4"
#define PROCESS "run || char(10) || instance || char(10) || life, x, "
/* When the load is over, the last requests say little of latency, and loudly. */
#define LOADED "phase <> 'cooldown'"
#define REPORT "run || char(10) || path, x, "

static const struct chart {
	const char *title, *unit, *sql;
	size_t least;		/* points on one side, without which it is no curve */
	bool highest;		/* in its table: of a stretch of time the highest, not the median */
} charts[PLOT_KINDS] = {
	[PLOT_PAUSE] = { "GC pauses", "ns", TIME(PROCESS "pause", "gc_over_time", "x IS NOT NULL AND pause IS NOT NULL"), 3, true },
	[PLOT_HEAP] = { "heap after GC", "bytes", TIME(PROCESS "heap", "gc_over_time", "x IS NOT NULL AND heap IS NOT NULL"), 3, false },
	[PLOT_RATE] = { "requests a second", "count", TIME(REPORT "rps", "load_over_time", "rps IS NOT NULL"), 3, false },
	[PLOT_P50] = { "latency, half of requests", "ns", TIME(REPORT "p50", "load_over_time", "p50 IS NOT NULL AND " LOADED), 3, false },
	[PLOT_P95] = { "latency p95", "ns", TIME(REPORT "p95", "load_over_time", "p95 IS NOT NULL AND " LOADED), 3, false },
	[PLOT_P99] = { "latency p99", "ns", TIME(REPORT "p99", "load_over_time", "p99 IS NOT NULL AND " LOADED), 3, false },
	[PLOT_GOROUTINES] = { "goroutines", "count", TIME(PROCESS "goroutines", "goroutines_over_time", "goroutines IS NOT NULL"), 2, false },
	[PLOT_ECDF] = { "share of GC pauses not longer than", "ns",
		"SELECT side, '', pause, 0 FROM gc_over_time WHERE analysis = 1 AND phase IN ('steady', 'unknown') AND pause > 0"
		" ORDER BY side, pause", 5, false },
	/* A stroke a slice; y: the row of its kind, the baseline a little above. report.gp names the rows. */
	[PLOT_SLICES] = { "what the profiles cover", "count", "WITH s AS (SELECT side, slice, x0, x1, CASE metric WHEN 'cpu' THEN 6 WHEN 'alloc' THEN 5"
		" WHEN 'inuse' THEN 4 WHEN 'mutex' THEN 3 WHEN 'block' THEN 2 WHEN 'goroutine' THEN 1 END + CASE side WHEN 'baseline' THEN 0.16 ELSE -0.16 END"
		" AS y FROM slices_over_time WHERE analysis = 1 AND used ORDER BY slice LIMIT 3000)"
		" SELECT side, slice, x0, y FROM s WHERE y IS NOT NULL UNION ALL SELECT side, slice, x1, y FROM s WHERE y IS NOT NULL ORDER BY side, slice, 3",
		1, false },
};

const enum plot_kind plot_stack[PLOT_STACK] = { PLOT_RATE, PLOT_P50, PLOT_P95, PLOT_P99, PLOT_PAUSE, PLOT_HEAP, PLOT_GOROUTINES, PLOT_SLICES };

bool plot_lowest(const struct plots *p, enum plot_kind k)
{
	enum plot_kind last = PLOT_KINDS;

	for (int i = 0; i < PLOT_STACK; i++)
		if (p->chart[plot_stack[i]].there)
			last = plot_stack[i];
	return k == last;
}

int plot_high(const struct plots *p, enum plot_kind k)
{
	if (k == PLOT_ECDF)
		return 290;
	return (k == PLOT_SLICES ? 150 : 118) + (plot_lowest(p, k) ? 32 : 0);
}

const char *plot_title(enum plot_kind k)
{
	return charts[k].title;
}

struct str plot_unit(enum plot_kind k)
{
	return str_from(charts[k].unit);
}

bool plot_highest(enum plot_kind k)
{
	return charts[k].highest;
}

double plot_scale(const struct plot_chart *c, enum plot_kind k, const char **word)
{
	static const struct { const char *unit, *word; double size; } scales[] = {
		{ "ns", "s", 1e9 }, { "ns", "ms", 1e6 }, { "ns", "us", 1e3 }, { "ns", "ns", 1 },
		{ "bytes", "GiB", 0x1p30 }, { "bytes", "MiB", 0x1p20 }, { "bytes", "KiB", 0x1p10 }, { "bytes", "B", 1 },
	};
	double most = 0;

	for (int s = 0; s < PLOT_SIDES; s++)
		for (size_t i = 0; i < c->line[s].n; i++) {
			double v = k == PLOT_ECDF ? c->line[s].v[i].x : c->line[s].v[i].y;

			most = v > most ? v : most;
		}
	*word = "";
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (strcmp(scales[i].unit, charts[k].unit) == 0) {
			*word = scales[i].word;
			if (most >= scales[i].size)
				return scales[i].size;
		}
	return 1;
}

/* The lowest and the highest of each of `parts` equal parts of in[0..n), in the order of time. */
static size_t thin_part(struct plot_point *out, const struct plot_point *in, size_t n, size_t parts)
{
	size_t used = 0;

	for (size_t k = 0; k < parts; k++) {
		size_t from = n * k / parts, to = n * (k + 1) / parts, lo = from, hi = from;

		if (from == to)
			continue;
		for (size_t i = from; i < to; i++) {
			lo = in[i].y < in[lo].y ? i : lo;
			hi = in[i].y > in[hi].y ? i : hi;
		}
		out[used++] = in[lo < hi ? lo : hi];
		if (lo != hi)
			out[used++] = in[lo < hi ? hi : lo];
	}
	return used;
}

/* Thins each stroke by its share of the whole, in place: what is kept never overtakes what is read. */
static void thin(struct plot_line *l)
{
	size_t from = 0, used = 0;

	if (l->n <= POINTS)
		return;
	while (from < l->n) {
		size_t to = from, parts;

		while (to < l->n && !isnan(l->v[to].y))
			to++;
		parts = (to - from) * (POINTS / 2) / l->n;
		parts = parts > PART_POINTS / 2 ? parts : PART_POINTS / 2;
		if (to - from <= 2 * parts) {
			memmove(l->v + used, l->v + from, (to - from) * sizeof(*l->v));
			used += to - from;
		} else {
			used += thin_part(l->v + used, l->v + from, to - from, parts);
		}
		if (to < l->n)
			l->v[used++] = l->v[to++];
		from = to;
	}
	l->n = used;
}

/* Sorted x in, the distribution's steps out. */
static void distribution(struct plot_line *l)
{
	size_t n = l->n, keep = n < POINTS ? n : POINTS;

	for (size_t k = 0; k < keep; k++) {
		size_t i = keep < n ? k * (n - 1) / (keep - 1) : k;

		l->v[k] = (struct plot_point){ l->v[i].x, (double)(i + 1) / (double)n };
	}
	l->n = keep;
}

static int by_y(const void *a, const void *b)
{
	const struct plot_point *x = a, *y = b;

	return (x->y > y->y) - (x->y < y->y);
}

/* The median, or the highest, of what lies in [t0, t1); the points are a copy and may be sorted. */
static double stretch_value(const struct plot_line *l, struct plot_point *scratch, double t0, double t1, bool last, bool highest)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!isnan(l->v[i].y) && l->v[i].x >= t0 && (l->v[i].x < t1 || (last && l->v[i].x <= t1)))
			scratch[n++] = l->v[i];
	if (!n)
		return NAN;
	qsort(scratch, n, sizeof(*scratch), by_y);
	if (highest)
		return scratch[n - 1].y;
	return n % 2 ? scratch[n / 2].y : (scratch[n / 2 - 1].y + scratch[n / 2].y) / 2;
}

/* The chart as a table; made before thinning. */
static int make_bins(struct plots *p, struct plot_chart *c, bool highest, struct err *err)
{
	struct plot_point *scratch = arena_array(&p->arena, struct plot_point, c->line[0].n + c->line[1].n + 1);
	double width = (p->x_hi - p->x_lo) / PLOT_BINS;

	if (!scratch)
		return err_nomem(err);
	for (size_t i = 0; i < PLOT_BINS && width > 0; i++) {
		struct plot_bin *b = &c->bin[c->bins];
		bool any = false;

		b->t0 = p->x_lo + (double)i * width;
		b->t1 = p->x_lo + (double)(i + 1) * width;
		for (int s = 0; s < PLOT_SIDES; s++) {
			b->y[s] = stretch_value(&c->line[s], scratch, b->t0, b->t1, i == PLOT_BINS - 1, highest);
			any = any || !isnan(b->y[s]);
		}
		c->bins += any;
	}
	return 0;
}

static int add(struct plots *p, struct plot_line *l, size_t *cap, double x, double y, struct err *err)
{
	if (l->n == *cap) {
		size_t more = *cap ? *cap * 2 : 64;
		struct plot_point *v = arena_array(&p->arena, struct plot_point, more);

		if (!v)
			return err_nomem(err);
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		*cap = more;
	}
	l->v[l->n++] = (struct plot_point){ x, y };
	return 0;
}

static int load_chart(struct plots *p, struct store *st, enum plot_kind k, struct err *err)
{
	struct plot_chart *c = &p->chart[k];
	size_t cap[PLOT_SIDES] = { 0 };
	struct buf part = { .limit = 1 << 16 };
	struct stmt *q;
	int rc = store_query(st, &q, err, charts[k].sql, ""), before = -1;

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		int s = str_is(stmt_text(q, 0), "baseline") ? PLOT_BASE : PLOT_CUR;
		double x = stmt_real(q, 2), y = stmt_real(q, 3);

		if (!isfinite(x) || !isfinite(y))
			continue;
		if (s == before && !str_eq(buf_view(&part), stmt_text(q, 1)))
			rc = add(p, &c->line[s], &cap[s], x, NAN, err);
		before = s;
		buf_reset(&part);
		buf_str(&part, stmt_text(q, 1));
		if (!rc)
			rc = add(p, &c->line[s], &cap[s], x, y, err);
		c->line[s].measured++;
	}
	buf_free(&part);
	rc = store_finish(q, rc, err);
	c->there = c->line[0].measured >= charts[k].least || c->line[1].measured >= charts[k].least;
	p->there += c->there;
	return rc;
}

/* What is over time decides; what the profiles cover only where there is nothing else. */
static void find_axis(struct plots *p)
{
	bool any = false;

	for (int k = 0; k < PLOT_KINDS; k++)
		for (int s = 0; s < PLOT_SIDES && p->chart[k].there && k != PLOT_ECDF && (k != PLOT_SLICES || !any); s++)
			for (size_t i = 0; i < p->chart[k].line[s].n; i++) {
				double x = p->chart[k].line[s].v[i].x;

				p->x_lo = any && p->x_lo < x ? p->x_lo : x;
				p->x_hi = any && p->x_hi > x ? p->x_hi : x;
				any = true;
			}
}

int plot_load(struct plots **out, struct store *st, struct err *err)
{
	struct plots *p = calloc(1, sizeof(*p));
	int rc = 0;

	*out = NULL;
	if (!p)
		return err_nomem(err);
	p->arena.limit = MEMORY;
	for (int k = 0; !rc && k < PLOT_KINDS; k++)
		rc = load_chart(p, st, (enum plot_kind)k, err);
	find_axis(p);
	for (int k = 0; !rc && k < PLOT_KINDS; k++) {
		struct plot_chart *c = &p->chart[k];

		if (c->there && k != PLOT_ECDF && k != PLOT_SLICES)
			rc = make_bins(p, c, charts[k].highest, err);
		for (int s = 0; s < PLOT_SIDES && k != PLOT_ECDF; s++)
			thin(&c->line[s]);
		for (int s = 0; s < PLOT_SIDES && k == PLOT_ECDF; s++)
			distribution(&c->line[s]);
	}
	if (!rc)
		rc = plot_load_marks(p, st, err);
	if (!rc)
		rc = flame_load(&p->flames, st, FLAME_NODES, err);
	if (rc) {
		plot_free(p);
		return err_wrap(err, "cannot read the curves from the database");
	}
	*out = p;
	return 0;
}

void plot_free(struct plots *p)
{
	if (!p)
		return;
	flame_free(p->flames);
	arena_free(&p->arena);
	free(p);
}
