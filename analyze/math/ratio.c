// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ratio.c - the test behind "function f costs more per request"
 *
 * Plain count tests find a difference between two runs of the same binary nearly always: a run differs from the next
 * one by more than its samples' counting noise. So the unit of evidence is the run. With runs on both sides their
 * spread is the error (Welch from four on, a moderated t with two or three); with one run a side the spread inside
 * the run is all there is, and what runs differ by is put in from outside as tau, a relative standard deviation.
 * Everywhere the variance has a floor, that of counting: agreement beyond it is luck.
 *
 * All of it happens on ln(cost): changes multiply, and the interval of a ratio can then not fall below 0.
 */
#include "analyze/math/ratio.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/math/dist.h"
#include "analyze/math/rates.h"

#define POWER		.8
#define MIN_WINDOWS	4
#define MIN_RUNS	4
#define FEW_EVENTS	50

static double alpha_of(const struct ratio_opts *o)
{
	return o->alpha > 0 ? o->alpha : .05;
}

static double square(double x)
{
	return x * x;
}

static struct ratio_test nothing(void)
{
	return (struct ratio_test){ .method = RATIO_NONE, .base = NAN, .cur = NAN, .ratio = NAN, .ln_ratio = NAN,
				    .se = NAN, .stat = NAN, .df = NAN, .p = NAN, .lo = NAN, .hi = NAN, .mde = NAN,
				    .phi_a = NAN, .phi_b = NAN };
}

/*
 * Events behind a sum: as many equal ones as have its relative error. Counts may not simply be added where their events differ in size: one sample
 * that stands for thousands beside many that stand for one is one event, not many.
 */
static double events_of(double amount, double var, double count)
{
	return var > 0 && amount > 0 ? square(amount) / var : count;
}

static double variance_of(const struct ratio_window *w)
{
	return w->count > 0 ? square(w->amount) / w->count : 0;
}

/*
 * Sum of the squared residuals, as it enters the variance of the sum. A late counter's windows share their edges, whose errors cancel in the sum: the
 * products of neighbours, which are below 0, belong to its variance (a moving average of order one). The two outer edges do not cancel, and
 * two windows of a run always cancel to nothing: 1/m of the squares, the outer edges' part, stays.
 */
static double residuals(const struct ratio_window *w, size_t n, double value, bool late)
{
	struct dist_sum rest = { 0 }, shared = { 0 };
	size_t pairs = 0;
	double all;

	for (size_t i = 0; i < n; i++) {
		double e = w[i].amount - value * w[i].exposure;

		dist_sum_add(&rest, square(e));
		for (size_t k = i; late && k-- > 0;)
			if (w[k].run == w[i].run) {
				dist_sum_add(&shared, 2 * e * (w[k].amount - value * w[k].exposure));
				pairs++;
				break;
			}
	}
	all = dist_sum_value(&rest);
	return pairs ? fmin(all, fmax(all / (double)n, all + dist_sum_value(&shared))) : all;
}

struct ratio_side ratio_side(const struct ratio_window *w, size_t n, const struct ratio_opts *o)
{
	struct dist_sum count = { 0 }, amount = { 0 }, exposure = { 0 }, var = { 0 };
	struct ratio_side s = { .windows = n, .value = NAN, .var = NAN, .phi = NAN };
	double m = (double)n, part;

	for (size_t i = 0; i < n; i++) {
		dist_sum_add(&count, w[i].count);
		dist_sum_add(&amount, w[i].amount);
		dist_sum_add(&exposure, w[i].exposure);
		dist_sum_add(&var, variance_of(&w[i]));
	}
	s.amount = dist_sum_value(&amount);
	s.count = events_of(s.amount, dist_sum_value(&var), dist_sum_value(&count));
	s.exposure = dist_sum_value(&exposure);
	if (!(s.exposure > 0)) {
		s.floor = s.v = NAN;
		return s;
	}
	s.value = s.amount / s.exposure;
	part = o->kind == RATIO_SHARE ? fmax(1 - s.value, 0) : 1;
	s.floor = s.count > 0 ? square(s.value) * part / s.count : NAN;
	if (n >= 2) {
		s.var = m / (m - 1) * residuals(w, n, s.value, o->late) / square(s.exposure);
		s.phi = s.floor > 0 ? s.var / s.floor : NAN;
	}
	s.v = fmax(n < MIN_WINDOWS ? s.floor * fmax(o->phi, 1) : s.floor, isnan(s.var) ? 0 : s.var) / square(s.value);
	return s;
}

double ratio_mde(const struct ratio_test *t, double alpha)
{
	if (isnan(t->df))	/* the exact test has counts in the place of degrees of freedom */
		return rates_mde(t->se, alpha, POWER);
	return expm1((dist_t_quantile(1 - alpha / 2, t->df) + dist_t_quantile(POWER, t->df)) * t->se);
}

/* Fills what follows from ln_ratio, se and df. */
static void conclude(struct ratio_test *t, double alpha)
{
	double q = dist_t_quantile(1 - alpha / 2, t->df);

	t->stat = t->se > 0 ? t->ln_ratio / t->se : t->ln_ratio == 0 ? 0 : copysign(INFINITY, t->ln_ratio);
	t->p = dist_t_p2(t->stat, t->df);
	t->ratio = exp(t->ln_ratio);
	t->lo = exp(t->ln_ratio - q * t->se);
	t->hi = exp(t->ln_ratio + q * t->se);
	t->mde = ratio_mde(t, alpha);
}

static struct ratio_test two_sides(const struct ratio_side *a, const struct ratio_side *b)
{
	struct ratio_test t = nothing();

	t.base = a->value;
	t.cur = b->value;
	t.ratio = b->value / a->value;
	t.phi_a = a->phi;
	t.phi_b = b->phi;
	return t;
}

static double min_expected(const struct ratio_side *a, const struct ratio_side *b)
{
	return (a->count + b->count) * fmin(a->exposure, b->exposure) / (a->exposure + b->exposure);
}

static bool is_rare(const struct ratio_side *a, const struct ratio_side *b, const struct ratio_opts *o)
{
	return !(a->count > 0 && b->count > 0 && (o->uneven || min_expected(a, b) >= RATIO_MIN_EXPECTED));
}

/* Rounded down, but for the rounding error of a count that was computed. */
static double whole(double count)
{
	return floor(count + 1e-6);
}

/*
 * The difference against the variance that both sides share when nothing changed. Where few events carry a side's amount, the other side's
 * own variance knows nothing of what it happened not to see: one sample that stands for thousands would be a certainty on the logarithm's scale.
 */
static double pooled_p(const struct ratio_side *a, const struct ratio_side *b, double tau2, const struct ratio_opts *o)
{
	double events = (a->count > 0 ? square(a->amount) / a->count : 0) + (b->count > 0 ? square(b->amount) / b->count : 0);
	double var = fmax(o->phi, 1) * events / (a->exposure + b->exposure) * (1 / a->exposure + 1 / b->exposure);
	double middle = (a->amount + b->amount) / (a->exposure + b->exposure);

	/* A spread as wide as that of delays is one of factors: added to a difference it would let none be told. The logarithm's test has it. */
	return dist_normal_p2((b->value - a->value) / sqrt(var + (o->uneven ? 0 : tau2 * square(middle))));
}

/*
 * Counts too small for a logarithm. A dispersion above 1 leaves fewer independent samples, so the counts are divided
 * by it (rounded down). The interval is that of the counts, moved to the ratio of the amounts.
 */
static struct ratio_test exact(const struct ratio_side *a, const struct ratio_side *b, double tau2,
			       const struct ratio_opts *o)
{
	double phi = fmax(o->phi, 1), all = a->count + b->count, size = 1;
	double ea = all * a->exposure / (a->exposure + b->exposure);
	struct ratio_test t = two_sides(a, b);
	struct rates_poisson r;

	t.method = RATIO_EXACT;
	t.ranked = min_expected(a, b) >= RATIO_MIN_EXPECTED;
	t.ln_ratio = log(t.ratio);
	r = rates_poisson(whole(a->count / phi), a->exposure, whole(b->count / phi), b->exposure, alpha_of(o));
	if (a->count > 0 && b->count > 0)
		size = b->amount / b->count / (a->amount / a->count);
	t.p = all > 0 && isnan(r.p_exact) ? 1 : r.p_exact;
	t.lo = r.lo * size;
	t.hi = r.hi * size;
	t.se = sqrt(phi / ea + phi / (all - ea) + tau2);
	t.mde = ratio_mde(&t, alpha_of(o));
	if (t.p < 1)	/* chance in the counts is not all: runs differ, and events differ in size */
		t.p = fmax(t.p, pooled_p(a, b, tau2, o));
	return t;
}

/* One run on a side at least: tau2 is the variance that ln ratio has from run to run. */
static struct ratio_test by_windows(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
				    double tau2, const struct ratio_opts *o)
{
	struct ratio_side sa = ratio_side(a, na, o), sb = ratio_side(b, nb, o);
	struct ratio_test t = two_sides(&sa, &sb);

	if (!(sa.exposure > 0 && sb.exposure > 0) || !(sa.count + sb.count > 0))
		return t;
	if (is_rare(&sa, &sb, o))
		return exact(&sa, &sb, tau2, o);
	t.method = na >= MIN_WINDOWS && nb >= MIN_WINDOWS ? RATIO_WINDOWS : RATIO_SINGLE;
	t.ranked = true;
	t.ln_ratio = log(t.ratio);
	t.se = sqrt(sa.v + sb.v + tau2);
	t.df = INFINITY;
	conclude(&t, alpha_of(o));
	if (fmin(sa.count, sb.count) < FEW_EVENTS)
		t.p = fmax(t.p, pooled_p(&sa, &sb, tau2, o));
	return t;
}

struct ratio_test ratio_test_windows(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
				     const struct ratio_opts *o)
{
	return by_windows(a, na, b, nb, 2 * square(o->tau), o);
}

/* Looking back from i: at once when the slices of a run stand together, as they do. */
static bool opens_run(const struct ratio_window *w, size_t i)
{
	for (size_t j = i; j > 0; j--)
		if (w[j - 1].run == w[i].run)
			return false;
	return true;
}

static size_t runs_of(const struct ratio_window *w, size_t n)
{
	size_t runs = 0;

	for (size_t i = 0; i < n; i++)
		runs += opens_run(w, i);
	return runs;
}

/* One window for each run, in order of appearance; returns how many. */
static size_t fold_runs(const struct ratio_window *w, size_t n, struct ratio_window *run)
{
	size_t k = 0, at;

	for (size_t i = 0; i < n; i++) {
		for (at = k; at > 0 && run[at - 1].run != w[i].run; at--)
			;
		if (at == 0) {
			run[k++] = (struct ratio_window){ .run = w[i].run };
			at = k;
		}
		run[at - 1].count = events_of(run[at - 1].amount + w[i].amount, variance_of(&run[at - 1]) + variance_of(&w[i]),
					      run[at - 1].count + w[i].count);
		run[at - 1].amount += w[i].amount;
		run[at - 1].exposure += w[i].exposure;
	}
	return k;
}

static void moderated(struct ratio_test *t, const struct ratio_side *a, const struct ratio_side *b,
		      const struct ratio_opts *o)
{
	double ma = (double)a->windows, mb = (double)b->windows, prior = fmax(o->prior, 1);
	double var = a->var / square(a->value) + b->var / square(b->value);
	double floor = a->floor / square(a->value) + b->floor / square(b->value);
	struct ratio_t r;

	/* What is known of runs speaks for functions with a small floor, the family's prior for the others. */
	if (floor > 0)
		prior = fmax(prior, 1 + square(o->tau) * (1 / ma + 1 / mb) / floor);
	t->method = RATIO_MODERATED;
	t->ln_ratio = log(t->ratio);
	r = ratio_moderated(t->ln_ratio, var, floor, ma + mb - 2, prior);
	t->se = r.se;
	t->df = r.df;
}

/* Mean and floored squared standard error of ln cost per run; extra counts keep a run without samples finite. */
static void ln_runs(const struct ratio_window *w, size_t n, double extra, double size, const struct ratio_opts *o,
		    double *mean, double *se2)
{
	struct dist_sum s = { 0 }, ss = { 0 }, floor = { 0 };
	double m = (double)n, value;

	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, log((w[i].amount + extra * size) / w[i].exposure));
	*mean = dist_sum_value(&s) / m;
	for (size_t i = 0; i < n; i++) {
		value = (w[i].amount + extra * size) / w[i].exposure;
		dist_sum_add(&ss, square(log(value) - *mean));
		dist_sum_add(&floor, (o->kind == RATIO_SHARE ? fmax(1 - value, 0) : 1) / (w[i].count + extra));
	}
	*se2 = fmax(dist_sum_value(&ss) / (m - 1) / m, dist_sum_value(&floor) / (m * m));
}

static void welch_runs(struct ratio_test *t, const struct ratio_window *a, size_t na, const struct ratio_window *b,
		       size_t nb, const struct ratio_opts *o)
{
	double extra = 0, count = 0, amount = 0, mean_a, mean_b, va, vb;

	for (size_t i = 0; i < na + nb; i++) {
		const struct ratio_window *w = i < na ? &a[i] : &b[i - na];

		count += w->count;
		amount += w->amount;
		if (!(w->count > 0 && w->amount > 0))
			extra = .5;
	}
	ln_runs(a, na, extra, amount / count, o, &mean_a, &va);
	ln_runs(b, nb, extra, amount / count, o, &mean_b, &vb);
	t->method = RATIO_WELCH;
	t->ln_ratio = mean_b - mean_a;
	t->se = sqrt(va + vb);
	t->df = va + vb > 0 ? square(va + vb) / (square(va) / (double)(na - 1) + square(vb) / (double)(nb - 1)) :
			      (double)(na + nb - 2);
}

/* Both sides folded to runs in one allocation, the current side at *rb; NULL without memory. */
static struct ratio_window *folded(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
				   size_t *ma, struct ratio_window **rb, size_t *mb)
{
	struct ratio_window *ra = calloc(na + nb, sizeof(*ra));

	if (!ra)
		return NULL;
	*ma = fold_runs(a, na, ra);
	*rb = ra + *ma;
	*mb = fold_runs(b, nb, *rb);
	return ra;
}

static bool all_exposed(const struct ratio_window *w, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(w[i].exposure > 0))
			return false;
	return true;
}

int ratio_test(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
	       const struct ratio_opts *o, struct ratio_test *out, struct err *err)
{
	struct ratio_window *ra, *rb;
	struct ratio_side sa, sb;
	size_t ma = runs_of(a, na), mb = runs_of(b, nb);
	double tau2;

	*out = nothing();
	if (ma == 0 || mb == 0)
		return 0;
	tau2 = square(o->tau) * (1 / (double)ma + 1 / (double)mb);
	if (ma == 1 || mb == 1) {
		*out = by_windows(a, na, b, nb, tau2, o);
		return 0;
	}
	ra = folded(a, na, b, nb, &ma, &rb, &mb);
	if (!ra)
		return err_nomem(err);
	sa = ratio_side(ra, ma, o);
	sb = ratio_side(rb, mb, o);
	*out = two_sides(&sa, &sb);
	if (all_exposed(ra, ma + mb) && sa.count + sb.count > 0) {
		out->ranked = true;
		if (is_rare(&sa, &sb, o)) {
			*out = exact(&sa, &sb, tau2, o);
		} else {
			if (ma >= MIN_RUNS && mb >= MIN_RUNS)
				welch_runs(out, ra, ma, rb, mb, o);
			else
				moderated(out, &sa, &sb, o);
			conclude(out, alpha_of(o));
		}
	}
	free(ra);
	return 0;
}

int ratio_run_phi(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
		  const struct ratio_opts *o, double *phi, struct err *err)
{
	struct ratio_window *ra, *rb;
	struct ratio_side sa, sb;
	size_t ma, mb;

	*phi = NAN;
	if (runs_of(a, na) < 2 || runs_of(b, nb) < 2)
		return 0;
	ra = folded(a, na, b, nb, &ma, &rb, &mb);
	if (!ra)
		return err_nomem(err);
	sa = ratio_side(ra, ma, o);
	sb = ratio_side(rb, mb, o);
	if (sa.count > 0 && sb.count > 0)
		*phi = (sa.var / square(sa.value) + sb.var / square(sb.value)) /
		       (sa.floor / square(sa.value) + sb.floor / square(sb.value));
	if (!isfinite(*phi))
		*phi = NAN;
	free(ra);
	return 0;
}
