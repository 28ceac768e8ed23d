// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc.c - pauses and rate of the collector
 *
 * Pauses of the steady phase, compared by rank (they are skewed, and autocorrelated: the effective number is used). What the cycles
 * leave behind is gc_heap.c's.
 */
#include <math.h>

#include "analyze/change.h"
#include "analyze/gc.h"
#include "analyze/math/dist.h"
#include "analyze/math/fit.h"
#include "analyze/math/rank.h"
#include "analyze/math/rates.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD_PAUSE .69		/* ln 2 */
#define LOUD_RATE .41		/* ln 1.5 */
#define MIN_GAPS 8

int gc_cycles_load(struct pass *p, enum side side, struct gc_cycles *c, struct err *err)
{
	static const char sql[] =
		"SELECT g.pause, g.t, g.instance, coalesce(g.heap_live, g.goal / (1 + coalesce((SELECT CAST(value AS REAL) FROM setting s"
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
	c->instance = arena_array(&p->mem, int64_t, (size_t)n + 1);
	if (!c->pause || !c->t || !c->heap || !c->instance)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, sql, "ss", side_name[side == SIDES ? BASE : side], side_name[side == SIDES ? CUR : side]);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)c->n < n; c->n++) {
		c->pause[c->n] = stmt_real(q, 0);
		c->t[c->n] = stmt_real(q, 1) * 1e-9;
		c->instance[c->n] = stmt_int(q, 2);
		c->heap[c->n] = stmt_real(q, 3);
	}
	c->pause_n_eff = trend_n_eff(c->pause, c->n);
	for (size_t i = 1; i < c->n; i++)
		if (c->instance[i] == c->instance[i - 1] && c->t[i] > c->t[i - 1] && c->t[i] - c->t[i - 1] < 3600) {
			c->seconds += c->t[i] - c->t[i - 1];
			c->squares += (c->t[i] - c->t[i - 1]) * (c->t[i] - c->t[i - 1]);
			c->gaps++;
		}
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

/* smallest: of the change, what could have been seen (NaN without a baseline). */
static int put(struct pass *p, const char *name, const char *what, const char *unit, double base, double cur, double effect, double loud,
	       double pv, double smallest, const char *metric, struct err *err)
{
	struct signal s = SIGNAL(name, "gc");
	int rc = gc_put_change(p, metric, unit, base, cur, pv, smallest, &s.change, err);

	s.base = base;
	s.cur = cur;
	s.unit = unit;
	s.p = pv;
	signal_loud(&s, effect, loud, pv);
	s.why = signal_told(p, what, base, cur, unit);
	return rc ? rc : signal_put(p, &s, err);
}

int gc_put_change(struct pass *p, const char *metric, const char *unit, double base, double cur, double pv, double smallest, int64_t *id, struct err *err)
{
	struct change c = { .metric = metric, .scope = "series", .stat = "level", .unit = unit, .test = "rank", .status = "unsure",
		.family = STORE_NULL, .subject = STORE_NULL, .line = STORE_NULL, .base = base, .cur = cur, .delta = cur - base,
		.lo = NAN, .hi = NAN, .p = pv, .q = pv, .smallest = smallest };

	c.status = change_status(p, &c, fmax(base, cur));
	return change_put(p, &c, id, err);
}

double gc_ln(double base, double cur)
{
	return base > 0 && cur > 0 ? log(cur / base) : 0;
}

double gc_p(double effect, double v, double tau)
{
	return dist_normal_p2(effect / sqrt(v + 2 * tau * tau));
}

double gc_smallest(double base, double v, double tau)
{
	return base > 0 ? rates_mde(sqrt(v + 2 * tau * tau), CHANGE_Q, .8) : NAN;
}

/* Of a share of n pauses a side, in points: chance as it is when both sides have the same, a single pause at least. */
static double smallest_share(double over, double na, double nb)
{
	return na > 0 && nb > 0 ? rates_mde_share(fmax(over, 1 / (na + nb)), na, nb, 1, CHANGE_Q, .8) : NAN;
}

static size_t count_over(const double *x, size_t n, double limit)
{
	size_t over = 0;

	for (size_t i = 0; i < n; i++)
		over += x[i] > limit;
	return over;
}

/* The typical pause with what three tests say of the two sets: as description, since pauses of one process are not independent. */
static int put_ratio(struct pass *p, const struct gc_cycles c[SIDES], double v, struct err *err)
{
	struct signal s = SIGNAL("gc.pause_ratio", "gc");
	struct rank_shift hl;
	struct rank_mwu m;
	struct rank_ks ks;
	struct buf b = { .limit = 400 };
	int rc = rank_shift_ratio(c[BASE].pause, c[BASE].n, c[CUR].pause, c[CUR].n, .05, &hl, err);

	if (!rc)
		rc = rank_mwu(c[BASE].pause, c[BASE].n, c[CUR].pause, c[CUR].n, &m, err);
	if (!rc)
		rc = rank_ks(c[BASE].pause, c[BASE].n, c[CUR].pause, c[CUR].n, &ks, err);
	if (rc)
		return rc;
	s.base = 1;
	s.cur = hl.shift;
	s.lo = hl.lo;
	s.hi = hl.hi;
	s.unit = "ratio";
	s.p = gc_p(log(hl.shift), v, p->tau[TAU_gc_pause]);
	signal_loud(&s, log(hl.shift), LOUD_PAUSE, s.p);
	buf_printf(&b, "typical GC pause against the baseline (Hodges-Lehmann): x%.3g", hl.shift);
	if (isfinite(hl.lo))
		buf_printf(&b, " (95 %% %.3g to %.3g)", hl.lo, hl.hi);
	buf_printf(&b, "; were pauses independent, Mann-Whitney would say p %.2g, Kolmogorov-Smirnov D %.2f, p %.2g", m.p, ks.d, ks.p);
	s.why = arena_buf(&p->mem, &b);
	buf_free(&b);
	return signal_put(p, &s, err);
}

/* "share of GC pauses above 10.0 ms (3.2 a minute)" */
static const char *over_words(struct pass *p, const struct gc_cycles *c, double share)
{
	struct buf b = { .limit = 200 };
	char *s;

	buf_puts(&b, "share of GC pauses above ");
	fmt_value(&b, p->pause_ns, "ns");
	if (c->seconds > 0)
		buf_printf(&b, " (now %.3g a minute)", share * (double)c->n / c->seconds * 60);
	s = arena_buf(&p->mem, &b);
	buf_free(&b);
	return s ? s : "share of GC pauses that are long";
}

static int put_pauses(struct pass *p, struct gc_cycles c[SIDES], struct err *err)
{
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
		rc = put_ratio(p, c, v, err);
	if (!rc)
		rc = put(p, "gc.pause_p99", "GC pause p99", "ns", p99[BASE], p99[CUR], gc_ln(p99[BASE], p99[CUR]), 2 * LOUD_PAUSE,
			 gc_p(gc_ln(p99[BASE], p99[CUR]), 8 * v, p->tau[TAU_gc_pause]), gc_smallest(p99[BASE], 8 * v, p->tau[TAU_gc_pause]),
			 "gc_pause_p99", err);
	if (!rc)
		rc = put(p, "gc.pause_over", over_words(p, &c[CUR], over[CUR]), "ratio", over[BASE], over[CUR],
			 over[CUR] - (isnan(over[BASE]) ? 0 : over[BASE]), .05,
			 c[BASE].n ? dist_fisher(over[BASE] * (double)c[BASE].n, (1 - over[BASE]) * (double)c[BASE].n,
						 over[CUR] * (double)c[CUR].n, (1 - over[CUR]) * (double)c[CUR].n, NULL) : NAN,
			 smallest_share(over[BASE], (double)c[BASE].n, (double)c[CUR].n), "gc_pause_over", err);
	return rc;
}

/*
 * Variance of the ln of a rate: cycles renew themselves, and under a steady load do so evenly, far more so than chance events would. From the
 * spread of the steps between them (a renewal process: cv^2 / n, at most that of chance); too few to know it: that of chance.
 */
static double rate_variance(const struct gc_cycles *c)
{
	double n = (double)c->gaps, mean;

	if (!c->n)
		return 0;
	if (c->gaps < MIN_GAPS)
		return 1 / (double)c->n;
	mean = c->seconds / n;
	return fmin(1, fmax(0, c->squares / n / (mean * mean) - 1) * n / (n - 1)) / n;
}

static int put_rate(struct pass *p, const struct gc_cycles c[SIDES], struct err *err)
{
	double rate[SIDES] = { NAN, NAN }, v = 0;

	for (int s = 0; s < SIDES; s++) {
		rate[s] = c[s].seconds > 0 ? (double)c[s].gaps / c[s].seconds : NAN;
		v += rate_variance(&c[s]);
	}
	if (!(rate[CUR] > 0))
		return 0;
	return put(p, "gc.rate", "GC cycles a second", "1/s", rate[BASE], rate[CUR], gc_ln(rate[BASE], rate[CUR]), LOUD_RATE,
		   gc_p(gc_ln(rate[BASE], rate[CUR]), v, p->tau[TAU_gc_rate]), gc_smallest(rate[BASE], v, p->tau[TAU_gc_rate]), "gc_rate", err);
}

static int put_fits(struct pass *p, enum side side, const struct gc_cycles *c, struct err *err)
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
	struct gc_cycles c[SIDES] = { { 0 }, { 0 } };
	int rc = gc_cycles_load(p, BASE, &c[BASE], err);

	if (!rc)
		rc = gc_cycles_load(p, CUR, &c[CUR], err);
	if (rc || !c[CUR].n || (p->design == DESIGN_TWO_SIDES && !c[BASE].n))
		return rc;
	rc = put_rate(p, c, err);
	if (!rc)
		rc = gc_put_heap(p, c, err);	/* before put_pauses, which sorts */
	if (!rc)
		rc = put_pauses(p, c, err);
	for (int s = 0; !rc && s < SIDES; s++)
		rc = put_fits(p, (enum side)s, &c[s], err);
	return rc;
}
