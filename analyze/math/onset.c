// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * onset.c - when one thing began
 *
 * Sums from the end make every candidate a system of two or three equations: a series costs its length, not its square. Models are compared
 * by n_eff ln SSE and a penalty of ONSET_FACTOR ln n_eff an instant and ln n_eff a coefficient (BIC's); the interval holds the instants whose
 * n_eff ln SSE is within 3.84 of the best (a profile likelihood's 95 %).
 */
#include "analyze/math/onset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/rank.h"
#include "analyze/math/trend.h"

#define CHI2_95 3.841458820694124
#define NEAR .3		/* of the series' time on either side of a bend */

struct series {
	double *t, *y;		/* centred */
	double *st, *stt, *sy, *sty;	/* sums from i to the end */
	double syy;
	size_t n;
};

/* Least squares with the normal equations a x = b of k unknowns; what is left of syy, x in b. */
static double solve(double a[3][3], double b[3], int k, double syy)
{
	double rhs[3] = { b[0], b[1], b[2] }, left = syy;

	for (int i = 0; i < k; i++) {
		if (!(fabs(a[i][i]) > 1e-12))
			return NAN;
		for (int r = i + 1; r < k; r++) {
			double f = a[r][i] / a[i][i];

			for (int c = i; c < k; c++)
				a[r][c] -= f * a[i][c];
			b[r] -= f * b[i];
		}
	}
	for (int i = k - 1; i >= 0; i--) {
		for (int c = i + 1; c < k; c++)
			b[i] -= a[i][c] * b[c];
		b[i] /= a[i][i];
	}
	for (int i = 0; i < k; i++)
		left -= b[i] * rhs[i];
	return fmax(left, 0);
}

/* SSE of the model with the instant t[k] (k == n: none); x: level, [trend,] what begins. */
static double fit(const struct series *s, size_t k, enum onset_shape shape, bool trend, double x[3])
{
	double m = (double)(s->n - k), at = k < s->n ? s->t[k] : 0;
	double z1, zt, zz, zy;
	double a[3][3] = { { 0 } };
	int n = 0;

	z1 = shape == ONSET_STEP ? m : s->st[k] - m * at;
	zt = shape == ONSET_STEP ? s->st[k] : s->stt[k] - at * s->st[k];
	zz = shape == ONSET_STEP ? m : s->stt[k] - 2 * at * s->st[k] + m * at * at;
	zy = shape == ONSET_STEP ? s->sy[k] : s->sty[k] - at * s->sy[k];
	a[0][0] = (double)s->n;
	x[n++] = s->sy[0];
	if (trend) {
		a[0][1] = a[1][0] = s->st[0];
		a[1][1] = s->stt[0];
		x[n++] = s->sty[0];
	}
	if (k < s->n) {
		a[0][n] = a[n][0] = z1;
		if (trend)
			a[1][n] = a[n][1] = zt;
		a[n][n] = zz;
		x[n++] = zy;
	}
	return solve(a, x, n, s->syy);
}

static void sums(struct series *s)
{
	double mt = 0, my = 0;

	for (size_t i = 0; i < s->n; i++) {
		mt += s->t[i] / (double)s->n;
		my += s->y[i] / (double)s->n;
	}
	s->syy = 0;
	for (size_t i = s->n; i-- > 0;) {
		s->t[i] -= mt;
		s->y[i] -= my;
		s->st[i] = s->st[i + 1] + s->t[i];
		s->stt[i] = s->stt[i + 1] + s->t[i] * s->t[i];
		s->sy[i] = s->sy[i + 1] + s->y[i];
		s->sty[i] = s->sty[i + 1] + s->t[i] * s->y[i];
		s->syy += s->y[i] * s->y[i];
	}
}

static double median3(double a, double b, double c)
{
	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The finite points, in blocks of equal number where there are too many, without single spikes. */
static int prepare(struct series *s, const double *t, const double *y, size_t n, double *memory, struct err *err)
{
	size_t block, k = 0;
	double before;

	s->t = memory;
	s->y = s->t + n + 1;
	s->st = s->y + n + 1;
	s->stt = s->st + n + 1;
	s->sy = s->stt + n + 1;
	s->sty = s->sy + n + 1;
	for (size_t i = 0; i < n; i++)
		if (isfinite(t[i]) && isfinite(y[i])) {
			s->t[s->n] = t[i];
			s->y[s->n++] = y[i];
		}
	block = (s->n + ONSET_MAX_POINTS - 1) / ONSET_MAX_POINTS;
	for (size_t i = 0; block > 1 && i < s->n; i += block, k++) {
		size_t len = s->n - i < block ? s->n - i : block;
		double *copy = malloc(len * sizeof(*copy));

		if (!copy)
			return err_nomem(err);
		memcpy(copy, s->y + i, len * sizeof(*copy));
		s->t[k] = s->t[i];
		s->y[k] = rank_median(copy, len);
		free(copy);
	}
	if (block > 1)
		s->n = k;
	before = s->n ? s->y[0] : 0;
	for (size_t i = 1; i + 1 < s->n; i++) {
		double here = s->y[i];

		s->y[i] = median3(before, here, s->y[i + 1]);
		before = here;
	}
	return 0;
}

/* What the model leaves of each point, into left. */
static void residuals(const struct series *s, size_t k, enum onset_shape shape, bool trend, const double x[3], double *left)
{
	for (size_t i = 0; i < s->n; i++) {
		double z = i < k ? 0 : shape == ONSET_STEP ? 1 : s->t[i] - s->t[k];

		left[i] = s->y[i] - x[0] - (trend ? x[1] * s->t[i] : 0) - (k < s->n ? x[trend ? 2 : 1] * z : 0);
	}
}

struct best {
	size_t k;
	enum onset_shape shape;
	bool trend;
	double sse, x[3];
};

static void search(const struct series *s, enum onset_shape shape, bool trend, double *sse, struct best *b)
{
	*b = (struct best){ .k = s->n, .shape = shape, .trend = trend, .sse = INFINITY };
	for (size_t k = ONSET_MIN_SEGMENT; k + ONSET_MIN_SEGMENT <= s->n; k++) {
		double x[3] = { 0 };

		sse[k] = fit(s, k, shape, trend, x);
		if (sse[k] < b->sse) {
			b->k = k;
			b->sse = sse[k];
			memcpy(b->x, x, sizeof(x));
		}
	}
}

/* The interval: instants of any model within CHI2_95 of the best model. A point stands for the time since the one before it. */
static void interval(const struct series *s, double *const sse[4], const struct best b[4], double floor, double n_eff, double penalty_best,
		     const struct best *best, double offset, struct onset *out)
{
	double limit = n_eff * log(fmax(best->sse, floor)) + penalty_best + CHI2_95;

	out->lo = INFINITY;
	out->hi = -INFINITY;
	for (int m = 0; m < 4; m++)
		for (size_t k = ONSET_MIN_SEGMENT; k + ONSET_MIN_SEGMENT <= s->n; k++)
			if (n_eff * log(fmax(sse[m][k], floor)) + b[m].trend * log(n_eff) <= limit) {
				out->lo = fmin(out->lo, s->t[k - 1] + offset);
				out->hi = fmax(out->hi, s->t[k] + offset);
			}
	out->lo = fmin(out->lo, out->t);
	out->hi = fmax(out->hi, out->t);
}

static void choose(const struct series *s, double *const sse[4], double *left, double offset, struct onset *out)
{
	struct best b[4], none[2], *best = &b[0], *without;
	double floor = 1e-12 * s->syy, n_eff, cost, pen[4];

	for (int m = 0; m < 4; m++)
		search(s, m & 1 ? ONSET_RAMP : ONSET_STEP, m >= 2, sse[m], &b[m]);
	for (int m = 0; m < 2; m++) {
		none[m] = (struct best){ .k = s->n, .trend = m == 1 };
		none[m].sse = fit(s, s->n, ONSET_STEP, m == 1, none[m].x);
	}
	for (int m = 1; m < 4; m++)	/* which one leaves least, at the price of its trend in points that are all their own */
		if ((double)s->n * log(fmax(b[m].sse, floor)) + b[m].trend * log((double)s->n) <
		    (double)s->n * log(fmax(best->sse, floor)) + best->trend * log((double)s->n))
			best = &b[m];
	if (best->k >= s->n)
		return;
	residuals(s, best->k, best->shape, best->trend, best->x, left);
	n_eff = fmax(ONSET_MIN_SEGMENT, trend_n_eff(left, s->n));
	for (int m = 0; m < 4; m++)
		pen[m] = b[m].trend * log(n_eff);
	without = n_eff * log(fmax(none[1].sse, floor)) + log(n_eff) < n_eff * log(fmax(none[0].sse, floor)) ? &none[1] : &none[0];
	cost = ONSET_FACTOR * log(n_eff);
	out->gain = n_eff * (log(fmax(without->sse, floor)) - log(fmax(best->sse, floor))) + without->trend * log(n_eff) -
		best->trend * log(n_eff) - cost;
	if (!(out->gain > 0))
		return;
	out->shape = best->shape;
	out->trend = best->trend;
	out->t = s->t[best->k] + offset;
	out->size = best->x[best->trend ? 2 : 1] * (best->shape == ONSET_STEP ? 1 : s->t[s->n - 1] - s->t[best->k]);
	interval(s, sse, b, floor, n_eff, pen[best - b], best, offset, out);
}

static int find(const double *t, const double *y, size_t n, struct onset *out, struct err *err)
{
	struct series s = { .n = 0 };
	double *memory, *sse[4], first;
	int rc;

	*out = (struct onset){ .shape = ONSET_NONE, .t = NAN, .lo = NAN, .hi = NAN, .size = NAN, .gain = NAN };
	memory = calloc(n + 1, 11 * sizeof(*memory));
	if (!memory)
		return err_nomem(err);
	for (int m = 0; m < 4; m++)
		sse[m] = memory + (size_t)(6 + m) * (n + 1);
	rc = prepare(&s, t, y, n, memory, err);
	first = s.n ? s.t[0] : 0;
	if (!rc && s.n >= ONSET_MIN_POINTS) {
		sums(&s);
		if (s.syy > 0)
			choose(&s, sse, memory + 10 * (n + 1), first - s.t[0], out);
	}
	free(memory);
	return rc;
}

/* What climbs seldom climbs straight, and a bow far from the bend pulls it along: a bend is sought again in its neighbourhood. The interval holds both answers. */
static int refine(const double *t, const double *y, size_t n, struct onset *out, struct err *err)
{
	double reach = fmax(NEAR * (t[n - 1] - t[0]), 0);
	size_t from = 0, to = n;
	struct onset near;
	int rc;

	while (from < n && t[from] < out->t - reach)
		from++;
	while (to > from && t[to - 1] > out->t + reach)
		to--;
	rc = find(t + from, y + from, to - from, &near, err);
	if (rc || near.shape != ONSET_RAMP || near.size * out->size <= 0)
		return rc;
	out->lo = fmin(out->lo, near.lo);
	out->hi = fmax(out->hi, near.hi);
	out->t = near.t;
	return 0;
}

int onset_find(const double *t, const double *y, size_t n, struct onset *out, struct err *err)
{
	int rc = find(t, y, n, out, err);

	return rc || out->shape != ONSET_RAMP ? rc : refine(t, y, n, out, err);
}
