// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * score_marks.c - how good answers and their probabilities were
 */
#include "analyze/math/score.h"

#include <math.h>

#include "analyze/math/dist.h"
#include "analyze/math/rates.h"

#define MAX_BINS	100
#define SMALLEST_P	1e-15	/* a log loss stays finite */

double score_brier(const double *p, const bool *y, size_t n)
{
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		dist_sum_add(&s, (p[i] - y[i]) * (p[i] - y[i]));
	return n ? dist_sum_value(&s) / (double)n : NAN;
}

static double base_rate(const bool *y, size_t n)
{
	size_t hits = 0;

	for (size_t i = 0; i < n; i++)
		hits += y[i];
	return (double)hits / (double)n;
}

double score_brier_skill(const double *p, const bool *y, size_t n)
{
	double base = n ? base_rate(y, n) : 0;

	return base > 0 && base < 1 ? 1 - score_brier(p, y, n) / (base * (1 - base)) : NAN;
}

double score_log_loss(const double *p, const bool *y, size_t n)
{
	struct dist_sum s = { 0 };
	double q;

	for (size_t i = 0; i < n; i++) {
		q = fmin(fmax(p[i], SMALLEST_P), 1 - SMALLEST_P);
		dist_sum_add(&s, y[i] ? -log(q) : -log1p(-q));
	}
	return n ? dist_sum_value(&s) / (double)n : NAN;
}

double score_ece(const double *p, const bool *y, size_t n, size_t bins, double *mce)
{
	double ece = 0, top = 0, lo, hi, conf, hits, m;

	if (mce)
		*mce = NAN;
	if (n == 0 || bins == 0 || bins > MAX_BINS)
		return NAN;
	for (size_t b = 0; b < bins; b++) {
		lo = (double)b / (double)bins;
		hi = (double)(b + 1) / (double)bins;
		conf = hits = m = 0;
		for (size_t i = 0; i < n; i++)
			if ((p[i] > lo || (b == 0 && p[i] == 0)) && p[i] <= hi) {
				conf += p[i];
				hits += y[i];
				m++;
			}
		if (m == 0)
			continue;
		ece += fabs(hits - conf) / (double)n;
		top = fmax(top, fabs(hits - conf) / m);
	}
	if (mce)
		*mce = top;
	return ece;
}

double score_auc(const double *p, const bool *y, size_t n)
{
	double wins = 0, pairs = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; y[i] && j < n; j++)
			if (!y[j]) {
				pairs++;
				wins += p[i] > p[j] ? 1 : p[i] == p[j] ? .5 : 0;
			}
	return pairs > 0 ? wins / pairs : NAN;
}

double score_ac(const size_t *rank, size_t n, size_t k)
{
	size_t hits = 0;

	for (size_t i = 0; i < n; i++)
		hits += rank[i] > 0 && rank[i] <= k;
	return n ? (double)hits / (double)n : NAN;
}

double score_avg(const size_t *rank, size_t n, size_t k)
{
	double s = 0;

	for (size_t j = 1; j <= k; j++)
		s += score_ac(rank, n, j);
	return k ? s / (double)k : NAN;
}

double score_mrr(const size_t *rank, size_t n)
{
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		if (rank[i] > 0)
			dist_sum_add(&s, 1 / (double)rank[i]);
	return n ? dist_sum_value(&s) / (double)n : NAN;
}

double score_chance_ac(const size_t *candidates, size_t n, size_t k)
{
	struct dist_sum s = { 0 };

	for (size_t i = 0; i < n; i++)
		if (candidates[i] > 0)
			dist_sum_add(&s, fmin((double)k / (double)candidates[i], 1));
	return n ? dist_sum_value(&s) / (double)n : NAN;
}

double score_chance_avg(const size_t *candidates, size_t n, size_t k)
{
	double s = 0;

	for (size_t j = 1; j <= k; j++)
		s += score_chance_ac(candidates, n, j);
	return k ? s / (double)k : NAN;
}

double score_none_of(size_t n)
{
	return n ? -expm1(log(.05) / (double)n) : 1;
}

size_t score_hits_needed(size_t n, double target, double alpha)
{
	for (size_t k = 0; k <= n; k++)
		if (n > 0 && rates_wilson((double)k, (double)n, alpha).lo >= target)
			return k;
	return n + 1;
}

struct score_verdicts score_verdicts(double right, double wrong, double alpha)
{
	double a = 1 + right, b = 1 + wrong;

	return (struct score_verdicts){ a / (a + b), dist_beta_quantile(alpha / 2, a, b),
					dist_beta_quantile(1 - alpha / 2, a, b) };
}
