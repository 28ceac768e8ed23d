// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc_heap.c - does the heap that the collector leaves grow
 *
 * The heap after a cycle is, from the best source at hand: the live heap the runtime counted, else what the goal says (goal / (1 +
 * GOGC/100)), else the heap as last polled. Every process has a trend of its own, since one that leaks among several must not drown in
 * the others; a side speaks through the process whose heap grew most, and pays for the choice (Bonferroni).
 */
#include <math.h>

#include "analyze/gc.h"
#include "analyze/math/dist.h"
#include "analyze/math/rank.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD_SLOPE .25		/* of the heap at the start, over the steady phase */
#define MIN_CYCLES 8		/* method 3.4 */

struct heap_trend {
	double after, growth, se, p, seconds;	/* median bytes, bytes over the time, its error */
	size_t n;
};

struct heap_side {
	struct heap_trend most;		/* of the process whose heap grew most, against its start */
	int64_t instance;
	double after;			/* mean over the processes of the median */
	int processes;			/* with enough cycles for a trend */
};

/* Where the heap began, by its trend; never so small that a few pages are a large part of it. */
static double start_of(const struct heap_trend *h)
{
	return fmax(h->after - h->growth / 2, 1 << 20);
}

/* The trend over the cycles [from, to) of one process. */
static int trend_of(struct pass *p, const struct gc_cycles *c, size_t from, size_t to, struct heap_trend *h, struct err *err)
{
	double *t = arena_array(&p->mem, double, to - from + 1), *y = arena_array(&p->mem, double, to - from + 1);
	double *copy = arena_array(&p->mem, double, to - from + 1);
	struct trend_sen sen;
	struct trend_mk mk;
	int rc;

	if (!t || !y || !copy)
		return err_nomem(err);
	*h = (struct heap_trend){ .after = NAN, .growth = NAN, .se = NAN, .p = NAN };
	for (size_t i = from; i < to; i++)
		if (isfinite(c->heap[i]) && isfinite(c->t[i])) {
			t[h->n] = c->t[i];
			copy[h->n] = y[h->n] = c->heap[i];
			h->n++;
		}
	if (h->n < MIN_CYCLES)
		return 0;
	h->after = rank_median(copy, h->n);
	rc = trend_theil_sen(t, y, h->n, .05, &sen, err);
	if (!rc)
		rc = trend_mann_kendall(y, h->n, &mk, err);
	if (rc)
		return rc;
	h->growth = sen.slope * (t[h->n - 1] - t[0]);
	h->se = sen.se * (t[h->n - 1] - t[0]) * sqrt(fmax(1, mk.inflation));
	h->p = mk.p_corrected;
	h->seconds = t[h->n - 1] - t[0];
	return 0;
}

static int side_trend(struct pass *p, const struct gc_cycles *c, struct heap_side *s, struct err *err)
{
	struct heap_trend h;
	double sum = 0;
	int rc = 0;

	*s = (struct heap_side){ .most = { .after = NAN, .growth = NAN, .se = NAN, .p = NAN }, .after = NAN, .instance = STORE_NULL };
	for (size_t from = 0, to; !rc && from < c->n; from = to) {
		for (to = from + 1; to < c->n && c->instance[to] == c->instance[from]; to++)
			;
		rc = trend_of(p, c, from, to, &h, err);
		if (rc || h.n < MIN_CYCLES)
			continue;
		sum += h.after;
		if (!s->processes || h.growth / start_of(&h) > s->most.growth / start_of(&s->most)) {
			s->most = h;
			s->instance = c->instance[from];
		}
		s->processes++;
	}
	if (s->processes)
		s->after = sum / s->processes;
	return rc;
}

/* When the live heap of a process reaches its memory limit at the pace of its trend, added to what; at: seconds the trend was seen for. */
static int project(struct pass *p, const struct heap_side *h, const char *what, const char **out, struct err *err)
{
	struct buf b = { .limit = 500 };
	struct stmt *q;
	double limit = NAN, left;
	int rc = store_query(p->st, &q, err,
			     "SELECT min(CAST(value AS REAL)) FROM setting WHERE instance = ? AND name IN ('GOMEMLIMIT', 'mem_limit') AND CAST(value AS REAL) >= 1048576",
			     "i", h->instance);

	*out = what;
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		limit = stmt_real(q, 0);
	rc = store_end(q, err);
	left = (limit - (start_of(&h->most) + h->most.growth)) / (h->most.growth / h->most.seconds);
	if (rc || !(h->most.growth > 0) || !(h->most.p <= .05) || !(left > 0) || left > 7 * 86400)
		return rc;
	buf_puts(&b, what);
	buf_puts(&b, " (at this pace the live heap reaches the limit of ");
	fmt_value(&b, limit, "bytes");
	buf_printf(&b, " in %.3g min)", left / 60);
	*out = arena_buf(&p->mem, &b);
	buf_free(&b);
	return *out ? 0 : err_nomem(err);
}

static int put_slope(struct pass *p, const struct heap_side h[SIDES], struct err *err)
{
	struct signal s = SIGNAL("heap.live_slope", "gc");
	const struct heap_trend *base = &h[BASE].most, *cur = &h[CUR].most;
	double before = isnan(base->growth) ? 0 : base->growth, se = isnan(base->se) ? 0 : base->se;
	double start = start_of(cur), delta = cur->growth - before;
	double z = delta / sqrt(cur->se * cur->se + se * se + pow(.05 * start, 2));
	const char *what;
	int rc = signal_of_process(p, "heap after GC grew during the steady phase by", h[CUR].instance, h[CUR].processes, &what, err);

	s.base = base->growth;
	s.cur = cur->growth;
	s.unit = "bytes";
	s.p = fmax(cur->growth * delta > 0 || isnan(base->p) ? cur->p : base->p, dist_normal_p2(z));
	s.p = fmin(1, s.p * fmax(1, h[CUR].processes));
	signal_loud(&s, delta / start, LOUD_SLOPE, s.p);
	if (!rc)
		rc = project(p, &h[CUR], what, &what, err);
	s.why = signal_told(p, what, s.base, s.cur, "bytes");
	return rc ? rc : signal_put(p, &s, err);
}

static int put_after(struct pass *p, double base, double cur, struct err *err)
{
	struct signal s = SIGNAL("heap.after_gc", "gc");
	double tau = p->tau[TAU_heap_after_gc], pv = gc_p(gc_ln(base, cur), 0, tau);
	int rc = gc_put_change(p, "heap_after_gc", "bytes", base, cur, pv, gc_smallest(base, 0, tau), &s.change, err);

	s.base = base;
	s.cur = cur;
	s.unit = "bytes";
	s.p = pv;
	signal_loud(&s, gc_ln(base, cur), .41, s.p);
	s.why = signal_told(p, "heap after GC", base, cur, "bytes");
	return rc ? rc : signal_put(p, &s, err);
}

int gc_put_heap(struct pass *p, const struct gc_cycles c[SIDES], struct err *err)
{
	struct heap_side h[SIDES];
	struct gc_cycles all = { 0 };
	bool whole = p->design == DESIGN_EARLY_LATE;	/* one run: its trend over all its time, against standing still */
	int rc = side_trend(p, &c[BASE], &h[BASE], err);

	if (!rc && whole)
		rc = gc_cycles_load(p, SIDES, &all, err);
	if (!rc)
		rc = side_trend(p, whole ? &all : &c[CUR], &h[CUR], err);
	if (rc || !h[CUR].processes)
		return rc;
	if (whole)
		h[BASE].most.growth = h[BASE].most.se = h[BASE].most.p = NAN;
	rc = put_after(p, h[BASE].after, h[CUR].after, err);
	return rc ? rc : put_slope(p, h, err);
}
