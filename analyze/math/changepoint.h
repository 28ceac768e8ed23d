/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * changepoint.h - where a series changes its level
 *
 * A change point c means: the new level starts at index c.
 */
#ifndef ANALYZE_MATH_CHANGEPOINT_H
#define ANALYZE_MATH_CHANGEPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define CHANGEPOINT_FACTOR	3.0	/* beta = factor sigma^2 ln n; 2 would be BIC */
#define CHANGEPOINT_MIN_SEGMENT	4
#define CHANGEPOINT_MAX_POINTS	20000

/* sigma^2 of the noise from the differences: (1.4826 MAD)^2 / 2, where that is 0 their variance / 2. NaN for n < 3. */
int changepoint_noise(const double *x, size_t n, double *sigma2, struct err *err) ERR_MUST_CHECK;
/* factor sigma^2 ln n. */
int changepoint_beta(const double *x, size_t n, double factor, double *beta, struct err *err) ERR_MUST_CHECK;

struct changepoint_result {
	size_t count;
	double cost;	/* F(n) = SSE + beta * count */
	double sse;
};
/*
 * Optimal partitioning with PELT's pruning; at has room for n, ascending. No change points with a beta that is NaN or
 * <= 0. Above CHANGEPOINT_MAX_POINTS it works on means of equal blocks.
 */
int changepoint_pelt(const double *x, size_t n, double beta, size_t min_segment, size_t *at,
		     struct changepoint_result *out, struct err *err) ERR_MUST_CHECK;

/* E-divisive: the best split of the whole series, both parts min_segment (2 at least) or more. n^2 a permutation. */
struct changepoint_split {
	size_t at;	/* 0 = none possible */
	double q;
	double p;	/* (b + 1) / (m + 1) over m permutations; NaN for m = 0 */
};
int changepoint_energy(const double *x, size_t n, size_t min_segment, size_t permutations,
		       struct changepoint_split *out, struct err *err) ERR_MUST_CHECK;

/* MSER: how much of the start to drop. */
struct changepoint_mser {
	size_t drop;
	double value;
	bool settled;	/* false: the minimum sits at n/2, the run never settled */
};
struct changepoint_mser changepoint_mser(const double *x, size_t n);

#endif
