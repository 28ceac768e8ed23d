// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * trend.c - Mann-Kendall, Theil-Sen, least squares, lags
 *
 * A leak is a slow straight line under a saw-tooth. Rank methods do not mind the teeth; neighbouring points are not
 * independent though, so Mann-Kendall's variance is inflated by the autocorrelation of the detrended ranks (Hamed and
 * Rao 1998), never deflated: a trend may become less certain that way, not more.
 */
#include "analyze/math/trend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"
#include "analyze/math/rank.h"

#define LAG_SIGNIFICANCE	.05
#define PREWHITEN_ABOVE		.2

static double time_of(const double *t, size_t i)
{
	return t ? t[i] : (double)i;
}

static bool all_finite(const double *x, size_t n)
{
	for (size_t i = 0; x && i < n; i++)
		if (!isfinite(x[i]))
			return false;
	return true;
}

/* sum t (t - 1)(2t + 5) over runs of equal values. */
static double tie_term(const double *sorted, size_t n)
{
	double s = 0, t;

	for (size_t i = 0, e; i < n; i = e) {
		for (e = i; e < n && sorted[e] == sorted[i]; e++)
			;
		t = (double)(e - i);
		s += t * (t - 1) * (2 * t + 5);
	}
	return s;
}

/* Position of the first element of sorted that is not below x. */
static size_t lower_bound(const double *sorted, size_t n, double x)
{
	size_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (sorted[mid] < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t upper_bound(const double *sorted, size_t n, double x)
{
	size_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (sorted[mid] <= x)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* How many of the values entered in a Fenwick tree have a position below at. */
static double entered_below(const size_t *tree, size_t at)
{
	size_t s = 0;

	for (; at > 0; at &= at - 1)
		s += tree[at];
	return (double)s;
}

/* sum of sign(y_j - y_i), i < j, in n log n. */
static double kendall_s(const double *y, const double *sorted, size_t n, size_t *tree)
{
	double s = 0;
	size_t first, last;

	memset(tree, 0, (n + 1) * sizeof(*tree));
	for (size_t j = 0; j < n; j++) {
		first = lower_bound(sorted, n, y[j]);
		last = upper_bound(sorted, n, y[j]);
		s += entered_below(tree, first) - ((double)j - entered_below(tree, last));
		for (size_t at = first + 1; at <= n; at += at & -at)
			tree[at]++;
	}
	return s;
}

/* Autocorrelation of centred values. */
static double centred_lag(const double *x, size_t n, size_t lag, double square)
{
	double s = 0;

	for (size_t i = lag; i < n; i++)
		s += x[i] * x[i - lag];
	return s / square;
}

/* Hamed-Rao on ranks of the residuals from Sen's line; rest and sorted have room for n. */
static double inflation(const double *y, size_t n, double slope, double *rest, double *sorted)
{
	double m = (double)n, bound = dist_normal_quantile(1 - LAG_SIGNIFICANCE / 2) / sqrt(m), s = 0, square = 0, r, k;
	size_t lags = n - 1 < TREND_MAX_POINTS ? n - 1 : TREND_MAX_POINTS;

	for (size_t i = 0; i < n; i++)
		sorted[i] = rest[i] = y[i] - slope * (double)(i + 1);
	rank_sort(sorted, n);
	for (size_t i = 0; i < n; i++) {
		/* Middle rank less the mean of all ranks. */
		rest[i] = .5 * ((double)lower_bound(sorted, n, rest[i]) + (double)upper_bound(sorted, n, rest[i]) - m);
		square += rest[i] * rest[i];
	}
	if (!(square > 0))
		return 1;
	for (size_t lag = 1; lag <= lags; lag++) {
		r = centred_lag(rest, n, lag, square);
		k = (double)lag;
		if (fabs(r) > bound)
			s += (m - k) * (m - k - 1) * (m - k - 2) * r;
	}
	return fmax(1, 1 + 2 / (m * (m - 1) * (m - 2)) * s);
}

int trend_mann_kendall(const double *y, size_t n, struct trend_mk *out, struct err *err)
{
	double *scratch, *sorted, m = (double)n, toward;
	struct trend_sen sen;
	size_t *tree;
	int rc = 0;

	*out = (struct trend_mk){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	if (n < 3 || !all_finite(y, n))
		return 0;
	scratch = calloc(n, 2 * sizeof(*scratch));
	tree = calloc(n + 1, sizeof(*tree));
	if (!scratch || !tree) {
		rc = err_nomem(err);
		goto out;
	}
	sorted = scratch + n;
	memcpy(sorted, y, n * sizeof(*sorted));
	rank_sort(sorted, n);
	out->s = kendall_s(y, sorted, n, tree);
	out->var = (m * (m - 1) * (2 * m + 5) - tie_term(sorted, n)) / 18;
	toward = out->s - (out->s > 0) + (out->s < 0);
	out->z = out->var > 0 ? toward / sqrt(out->var) : 0;
	out->p = dist_normal_p2(out->z);
	out->tau = out->s / (m * (m - 1) / 2);
	rc = trend_theil_sen(NULL, y, n, .05, &sen, err);
	if (rc)
		goto out;
	out->inflation = inflation(y, n, sen.slope, scratch, sorted);
	out->p_corrected = dist_normal_p2(out->z / sqrt(out->inflation));
out:
	free(scratch);
	free(tree);
	return rc;
}

/* The series itself, or medians of blocks; t and y behind each other in one allocation. */
static double *thinned(const double *t, const double *y, size_t n, size_t *m)
{
	size_t block = (n + TREND_MAX_POINTS - 1) / TREND_MAX_POINTS, len;
	double *out, *part;

	*m = (n + block - 1) / block;
	out = calloc(2 * *m + block, sizeof(*out));
	if (!out)
		return NULL;
	part = out + 2 * *m;
	for (size_t i = 0; i < *m; i++) {
		len = i * block + block <= n ? block : n - i * block;
		for (size_t j = 0; j < len; j++)
			part[j] = time_of(t, i * block + j);
		out[i] = rank_median(part, len);
		memcpy(part, y + i * block, len * sizeof(*part));
		out[*m + i] = rank_median(part, len);
	}
	return out;
}

/* Order statistics of the sorted slopes, with Sen's variance under ties (scipy's rounding). t and y are sorted. */
static void sen_interval(double *t, double *y, size_t n, const double *slope, size_t k, double alpha,
			 struct trend_sen *out)
{
	double m = (double)n, z = dist_normal_quantile(1 - alpha / 2), var, up, down;

	rank_sort(t, n);
	rank_sort(y, n);
	out->intercept = rank_quantile(y, n, .5) - out->slope * rank_quantile(t, n, .5);
	var = (m * (m - 1) * (2 * m + 5) - tie_term(t, n) - tie_term(y, n)) / 18;
	up = fmin(nearbyint(((double)k + z * sqrt(var)) / 2), (double)k - 1);
	down = fmax(nearbyint(((double)k - z * sqrt(var)) / 2) - 1, 0);
	out->lo = slope[(size_t)down];
	out->hi = slope[(size_t)up];
	out->se = (out->hi - out->lo) / (2 * z);
}

int trend_theil_sen(const double *t, const double *y, size_t n, double alpha, struct trend_sen *out, struct err *err)
{
	double *series = NULL, *slope = NULL, *st, *sy;
	size_t m, k = 0;
	int rc = 0;

	*out = (struct trend_sen){ NAN, NAN, NAN, NAN, NAN };
	if (n < 2 || !all_finite(t, n) || !all_finite(y, n))
		return 0;
	series = thinned(t, y, n, &m);
	slope = series ? calloc(m * (m - 1) / 2 + 1, sizeof(*slope)) : NULL;
	if (!slope) {
		rc = err_nomem(err);
		goto out;
	}
	st = series;
	sy = series + m;
	for (size_t i = 0; i < m; i++)
		for (size_t j = i + 1; j < m; j++)
			if (st[j] != st[i])
				slope[k++] = (sy[j] - sy[i]) / (st[j] - st[i]);
	if (k == 0)
		goto out;
	out->slope = rank_median(slope, k);
	sen_interval(st, sy, m, slope, k, alpha, out);
out:
	free(series);
	free(slope);
	return rc;
}

/* Means and centred sums of products. */
struct moments {
	double mt, my, tt, ty, yy;
};

static struct moments moments(const double *t, const double *y, size_t n)
{
	struct dist_sum st = { 0 }, tt = { 0 }, ty = { 0 }, yy = { 0 };
	struct moments m;
	double dt, dy;

	for (size_t i = 0; i < n; i++)
		dist_sum_add(&st, time_of(t, i));
	m.mt = dist_sum_value(&st) / (double)n;
	m.my = dist_mean(y, n);
	for (size_t i = 0; i < n; i++) {
		dt = time_of(t, i) - m.mt;
		dy = y[i] - m.my;
		dist_sum_add(&tt, dt * dt);
		dist_sum_add(&ty, dt * dy);
		dist_sum_add(&yy, dy * dy);
	}
	m.tt = dist_sum_value(&tt);
	m.ty = dist_sum_value(&ty);
	m.yy = dist_sum_value(&yy);
	return m;
}

/* What a line leaves; not below 0 by rounding. */
static double residual(const struct moments *m)
{
	return fmax(m->yy - m->ty * m->ty / m->tt, 0);
}

struct trend_ols trend_ols(const double *t, const double *y, size_t n)
{
	struct trend_ols r = { NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	struct moments m;
	double s2;

	if (n < 2)
		return r;
	m = moments(t, y, n);
	if (!(m.tt > 0))
		return r;
	r.slope = m.ty / m.tt;
	r.intercept = m.my - r.slope * m.mt;
	r.r = m.yy > 0 ? m.ty / sqrt(m.tt * m.yy) : 0;
	r.df = (double)n - 2;
	if (n == 2)
		return r;
	s2 = residual(&m) / r.df;
	r.se = sqrt(s2 / m.tt);
	r.se_intercept = sqrt(s2 * (1 / (double)n + m.mt * m.mt / m.tt));
	r.p = r.se > 0 ? dist_t_p2(r.slope / r.se, r.df) : r.slope == 0 ? 1 : 0;
	return r;
}

struct trend_diff trend_slope_diff(double slope_a, double se_a, double slope_b, double se_b)
{
	struct trend_diff d = { .diff = slope_b - slope_a, .df = INFINITY };

	d.stat = d.diff / sqrt(se_a * se_a + se_b * se_b);
	d.p = dist_normal_p2(d.stat);
	return d;
}

struct trend_diff trend_ancova(const double *ta, const double *ya, size_t na, const double *tb, const double *yb,
			       size_t nb, struct trend_diff *offset)
{
	struct trend_diff none = { NAN, NAN, NAN, NAN }, d = none;
	struct moments a, b;
	double s2, m = (double)na, n = (double)nb;

	if (offset)
		*offset = none;
	if (na < 2 || nb < 2 || na + nb < 5)
		return d;
	a = moments(ta, ya, na);
	b = moments(tb, yb, nb);
	if (!(a.tt > 0 && b.tt > 0))
		return d;
	d.df = m + n - 4;
	s2 = (residual(&a) + residual(&b)) / d.df;
	d.diff = b.ty / b.tt - a.ty / a.tt;
	d.stat = d.diff / sqrt(s2 * (1 / a.tt + 1 / b.tt));
	d.p = dist_t_p2(d.stat, d.df);
	if (offset) {
		offset->df = d.df;
		offset->diff = b.my - b.ty / b.tt * b.mt - (a.my - a.ty / a.tt * a.mt);
		offset->stat = offset->diff / sqrt(s2 * (1 / m + a.mt * a.mt / a.tt + 1 / n + b.mt * b.mt / b.tt));
		offset->p = dist_t_p2(offset->stat, d.df);
	}
	return d;
}

double trend_autocorrelation(const double *y, size_t n, size_t lag)
{
	return lag < n ? trend_xcorr(y, y, n, (long)lag) : NAN;
}

double trend_n_eff(const double *y, size_t n)
{
	double r = trend_autocorrelation(y, n, 1);

	r = fmin(fmax(isnan(r) ? 0 : r, 0), .99);
	return (double)n * (1 - r) / (1 + r);
}

size_t trend_prewhiten(const double *y, size_t n, double *out)
{
	double r = trend_autocorrelation(y, n, 1);

	if (!(r > PREWHITEN_ABOVE)) {
		memmove(out, y, n * sizeof(*out));
		return n;
	}
	for (size_t i = 1; i < n; i++)
		out[i - 1] = y[i] - r * y[i - 1];
	return n - 1;
}

double trend_xcorr(const double *x, const double *y, size_t n, long k)
{
	struct dist_sum xy = { 0 }, xx = { 0 }, yy = { 0 };
	double mx, my;

	if (n < 2 || k >= (long)n || -k >= (long)n)
		return NAN;
	mx = dist_mean(x, n);
	my = dist_mean(y, n);
	for (long i = 0; i < (long)n; i++) {
		dist_sum_add(&xx, (x[i] - mx) * (x[i] - mx));
		dist_sum_add(&yy, (y[i] - my) * (y[i] - my));
		if (i + k >= 0 && i + k < (long)n)
			dist_sum_add(&xy, (x[i] - mx) * (y[i + k] - my));
	}
	if (!(dist_sum_value(&xx) > 0 && dist_sum_value(&yy) > 0))
		return NAN;
	return dist_sum_value(&xy) / sqrt(dist_sum_value(&xx) * dist_sum_value(&yy));
}

struct trend_lag trend_lag(const double *x, const double *y, size_t n, size_t max_lag)
{
	struct trend_lag best = { .r = NAN, .second = NAN };
	long top = (long)(max_lag + 1 < n ? max_lag : n > 0 ? n - 1 : 0);
	double before = -INFINITY, r = trend_xcorr(x, y, n, -top), after;

	for (long k = -top; k <= top; k++, before = r, r = after) {
		after = k < top ? trend_xcorr(x, y, n, k + 1) : -INFINITY;
		if (!(r > before && r >= after))
			continue;
		if (isnan(best.r) || r > best.r) {
			best.second = best.r;
			best.r = r;
			best.lag = k;
		} else if (isnan(best.second) || r > best.second) {
			best.second = r;
		}
	}
	best.accepted = best.r >= .5 && best.r > 2.5 / sqrt((double)n) &&
			!(best.second >= .8 * best.r);
	return best;
}
