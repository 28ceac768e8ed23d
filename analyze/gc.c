// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc.c - pauses, rate and the heap after collection
 *
 * Pauses of the steady phase, compared by rank (they are skewed, and autocorrelated: the effective number is used). The heap after a
 * cycle is, from the best source at hand: the live heap the runtime counted, else what the goal says (goal / (1 + GOGC/100)), else the heap
 * as last polled. Its trend within a side, against the other side's, is what tells a leak from a large heap.
 */
#include <math.h>

#include "analyze/change.h"
#include "analyze/math/dist.h"
#include "analyze/math/fit.h"
#include "analyze/math/rank.h"
#include "analyze/math/rates.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD_PAUSE .69		/* ln 2 */
#define LOUD_RATE .41		/* ln 1.5 */
#define LOUD_SLOPE .25		/* of the heap at the start, over the steady phase */
#define TAU_PAUSE .25
#define TAU_RATE .10
#define MIN_CYCLES 8		/* method 3.4 */

struct cycles {
	double *pause, *t, *heap;	/* ns, s, bytes; heap NaN where unknown */
	size_t n;
	double seconds, requests;	/* the steady time they cover */
	double pause_n_eff;
};

/* side SIDES: both. */
static int load_cycles(struct pass *p, enum side side, struct cycles *c, struct err *err)
{
	static const char sql[] =
		"SELECT g.pause, g.t, coalesce(g.heap_live, g.goal / (1 + coalesce((SELECT CAST(value AS REAL) FROM setting s"
		"  WHERE s.instance = g.instance AND s.name = 'GOGC' LIMIT 1), 100.0) / 100.0), g.heap_end)"
		" FROM gc_best g JOIN source f ON f.id = g.source JOIN instance i ON i.id = g.instance JOIN run r ON r.id = i.run"
		" JOIN stretch t ON t.instance = g.instance WHERE t.side IN (?1, ?2) AND t.phase IN ('steady', 'unknown')"
		" AND (g.t IS NULL OR f.clock <> 'epoch' OR ((t.t0 IS NULL OR g.t >= t.t0) AND (t.t1 IS NULL OR g.t <= t.t1)))"
		" ORDER BY r.folder, i.name, i.life, g.t, g.n";
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM gc_cycle", "");

	if (rc)
		return rc;
	c->pause = arena_array(&p->mem, double, (size_t)n + 1);
	c->t = arena_array(&p->mem, double, (size_t)n + 1);
	c->heap = arena_array(&p->mem, double, (size_t)n + 1);
	if (!c->pause || !c->t || !c->heap)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, sql, "ss", side_name[side == SIDES ? BASE : side], side_name[side == SIDES ? CUR : side]);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)c->n < n; c->n++) {
		c->pause[c->n] = stmt_real(q, 0);
		c->t[c->n] = stmt_real(q, 1) * 1e-9;
		c->heap[c->n] = stmt_real(q, 2);
	}
	c->pause_n_eff = trend_n_eff(c->pause, c->n);
	for (size_t i = 1; i < c->n; i++)
		if (c->t[i] > c->t[i - 1] && c->t[i] - c->t[i - 1] < 3600)
			c->seconds += c->t[i] - c->t[i - 1];
	return store_end(q, err);
}

static int put_quantiles(struct pass *p, enum side side, double *sorted, size_t n, struct err *err)
{
	static const double at[] = { .5, .9, .95, .99, 1 };
	int rc = 0;

	for (size_t i = 0; !rc && n && i < sizeof(at) / sizeof(at[0]); i++) {
		struct rank_quantile_ci ci = rank_quantile_ci(n, at[i], .05);

		rc = store_run(p->st, err,
			       "INSERT INTO quantile (analysis, side, metric, q, value, lo, hi, n) VALUES (1, ?, 'gc_pause', ?, ?, ?, ?, ?)",
			       "sddddi", side_name[side], at[i], rank_quantile(sorted, n, at[i]), ci.lo ? sorted[ci.lo - 1] : NAN,
			       ci.hi ? sorted[ci.hi - 1] : NAN, (int64_t)n);
	}
	return rc;
}

static const char *told(struct pass *p, const char *what, double base, double cur, const char *unit)
{
	struct buf b = { .limit = 300 };
	char *s;

	buf_printf(&b, "%s: ", what);
	if (!isnan(base)) {
		fmt_value(&b, base, unit);
		buf_puts(&b, " -> ");
	}
	fmt_value(&b, cur, unit);
	s = arena_strndup(&p->mem, b.data, b.len);
	buf_free(&b);
	return s;
}

static int put(struct pass *p, const char *name, const char *what, const char *unit, double base, double cur, double effect, double loud,
	       double pv, const char *metric, struct err *err)
{
	struct signal s = SIGNAL(name, "gc");
	int rc = 0;

	if (metric) {
		struct change c = { .metric = metric, .scope = "series", .stat = "level", .unit = unit, .test = "rank", .status = "unsure",
			.family = STORE_NULL, .subject = STORE_NULL, .line = STORE_NULL, .base = base, .cur = cur, .delta = cur - base,
			.lo = NAN, .hi = NAN, .p = pv, .q = pv, .smallest = NAN };

		c.status = change_status(p, &c, fmax(base, cur));
		rc = change_put(p, &c, &s.change, err);
	}
	s.base = base;
	s.cur = cur;
	s.unit = unit;
	s.p = pv;
	signal_loud(&s, effect, loud, pv);
	s.why = told(p, what, base, cur, unit);
	return rc ? rc : signal_put(p, &s, err);
}

static double ln_or_0(double base, double cur)
{
	return base > 0 && cur > 0 ? log(cur / base) : 0;
}

static double p_with_tau(double effect, double v, double tau)
{
	return dist_normal_p2(effect / sqrt(v + 2 * tau * tau));
}

static size_t count_over(const double *x, size_t n, double limit)
{
	size_t over = 0;

	for (size_t i = 0; i < n; i++)
		over += x[i] > limit;
	return over;
}

static int put_pauses(struct pass *p, struct cycles c[SIDES], struct err *err)
{
	struct rank_shift hl = { NAN, NAN, NAN };
	double p99[SIDES] = { NAN, NAN }, over[SIDES] = { NAN, NAN }, v = 0;
	int rc = 0;

	for (int s = 0; !rc && s < SIDES; s++) {
		c[s].n = rank_clean(c[s].pause, c[s].n);
		over[s] = c[s].n ? (double)count_over(c[s].pause, c[s].n, p->pause_ns) / (double)c[s].n : NAN;
		rank_sort(c[s].pause, c[s].n);
		p99[s] = rank_quantile(c[s].pause, c[s].n, .99);
		if (c[s].n)
			v += .5 / fmax(1, c[s].pause_n_eff);	/* of a ln median of a skewed sample, roughly */
		rc = put_quantiles(p, (enum side)s, c[s].pause, c[s].n, err);
	}
	if (rc || !c[CUR].n)
		return rc;
	if (c[BASE].n)
		rc = rank_shift_ratio(c[BASE].pause, c[BASE].n, c[CUR].pause, c[CUR].n, .05, &hl, err);
	if (!rc && c[BASE].n)
		rc = put(p, "gc.pause_ratio", "typical GC pause against the baseline", "ratio", 1, hl.shift, log(hl.shift), LOUD_PAUSE,
			 p_with_tau(log(hl.shift), v, TAU_PAUSE), NULL, err);
	if (!rc)
		rc = put(p, "gc.pause_p99", "GC pause p99", "ns", p99[BASE], p99[CUR], ln_or_0(p99[BASE], p99[CUR]), 2 * LOUD_PAUSE,
			 p_with_tau(ln_or_0(p99[BASE], p99[CUR]), 8 * v, TAU_PAUSE), "gc_pause_p99", err);
	if (!rc)
		rc = put(p, "gc.pause_over", "share of GC pauses that are long", "ratio", over[BASE], over[CUR],
			 over[CUR] - (isnan(over[BASE]) ? 0 : over[BASE]), .05,
			 c[BASE].n ? dist_fisher(over[BASE] * (double)c[BASE].n, (1 - over[BASE]) * (double)c[BASE].n,
						 over[CUR] * (double)c[CUR].n, (1 - over[CUR]) * (double)c[CUR].n, NULL) : NAN,
			 "gc_pause_over", err);
	return rc;
}

static int put_rate(struct pass *p, const struct cycles c[SIDES], struct err *err)
{
	double rate[SIDES], v = 0;

	for (int s = 0; s < SIDES; s++) {
		rate[s] = c[s].seconds > 0 ? (double)c[s].n / c[s].seconds : NAN;
		v += c[s].n ? 1.0 / (double)c[s].n : 0;
	}
	if (!(rate[CUR] > 0))
		return 0;
	return put(p, "gc.rate", "GC cycles a second", "1/s", rate[BASE], rate[CUR], ln_or_0(rate[BASE], rate[CUR]), LOUD_RATE,
		   p_with_tau(ln_or_0(rate[BASE], rate[CUR]), v, TAU_RATE), NULL, err);
}

struct heap_trend {
	double after, growth, se, p;	/* median bytes, bytes over the time, its error */
	size_t n;
};

static int heap_trend(struct pass *p, const struct cycles *c, struct heap_trend *h, struct err *err)
{
	double *t = arena_array(&p->mem, double, c->n + 1), *y = arena_array(&p->mem, double, c->n + 1);
	double *copy = arena_array(&p->mem, double, c->n + 1);
	struct trend_sen sen;
	struct trend_mk mk;
	int rc;

	if (!t || !y || !copy)
		return err_nomem(err);
	*h = (struct heap_trend){ .after = NAN, .growth = NAN, .se = NAN, .p = NAN };
	for (size_t i = 0; i < c->n; i++)
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
	return 0;
}

static int put_heap(struct pass *p, const struct cycles c[SIDES], struct err *err)
{
	struct heap_trend h[SIDES] = { { .n = 0 }, { .n = 0 } };
	struct signal s = SIGNAL("heap.live_slope", "gc");
	double start, delta, z;
	struct cycles all = { 0 };
	bool whole = p->design == DESIGN_EARLY_LATE;	/* one run: its trend over all its time, against standing still */
	int rc = heap_trend(p, &c[BASE], &h[BASE], err);

	if (!rc && whole)
		rc = load_cycles(p, SIDES, &all, err);
	if (!rc)
		rc = heap_trend(p, whole ? &all : &c[CUR], &h[CUR], err);
	if (whole)
		h[BASE].growth = h[BASE].se = h[BASE].p = NAN;
	if (rc || !h[CUR].n || isnan(h[CUR].growth))
		return rc;
	rc = put(p, "heap.after_gc", "heap after GC", "bytes", h[BASE].after, h[CUR].after, ln_or_0(h[BASE].after, h[CUR].after), .41,
		 p_with_tau(ln_or_0(h[BASE].after, h[CUR].after), 0, .15), NULL, err);
	/* Growth on this side beyond the baseline's, against the heap it started from. */
	start = fmax(h[CUR].after - h[CUR].growth / 2, 1 << 20);
	delta = h[CUR].growth - (isnan(h[BASE].growth) ? 0 : h[BASE].growth);
	z = delta / sqrt(h[CUR].se * h[CUR].se + (isnan(h[BASE].se) ? 0 : h[BASE].se * h[BASE].se) + pow(.05 * start, 2));
	s.base = h[BASE].growth;
	s.cur = h[CUR].growth;
	s.unit = "bytes";
	s.p = fmax(h[CUR].growth * delta > 0 || isnan(h[BASE].p) ? h[CUR].p : h[BASE].p, dist_normal_p2(z));
	signal_loud(&s, delta / start, LOUD_SLOPE, s.p);
	s.why = told(p, "heap after GC grew during the steady phase by", s.base, s.cur, "bytes");
	return rc ? rc : signal_put(p, &s, err);
}

static int put_fits(struct pass *p, enum side side, const struct cycles *c, struct err *err)
{
	static const char *const law[FIT_FAMILIES] = { "lognormal", "gamma", "weibull" };
	struct fit f[FIT_FAMILIES];
	int rc = 0;

	fit_all(c->pause, c->n, f);
	for (int i = 0; !rc && i < FIT_FAMILIES; i++)
		if (isfinite(f[i].aic))
			rc = store_run(p->st, err,
				       "INSERT INTO fit (analysis, side, metric, law, a, b, aic) VALUES (1, ?, 'gc_pause', ?, ?, ?, ?)",
				       "ssddd", side_name[side], law[f[i].family], f[i].p1, f[i].p2, f[i].aic);
	return rc;
}

int pass_gc(struct pass *p, struct err *err)
{
	struct cycles c[SIDES] = { { 0 }, { 0 } };
	int rc = load_cycles(p, BASE, &c[BASE], err);

	if (!rc)
		rc = load_cycles(p, CUR, &c[CUR], err);
	if (rc || !c[CUR].n || (p->design == DESIGN_TWO_SIDES && !c[BASE].n))
		return rc;
	rc = put_rate(p, c, err);
	if (!rc)
		rc = put_heap(p, c, err);	/* before put_pauses, which sorts */
	if (!rc)
		rc = put_pauses(p, c, err);
	for (int s = 0; !rc && s < SIDES; s++)
		rc = put_fits(p, (enum side)s, &c[s], err);
	return rc;
}
