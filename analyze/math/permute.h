/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * permute.h - who was dealt to which side, tried again
 *
 * All deals when there are at most PERMUTE_EXACT of them (p = b/B, the real one among them), else PERMUTE_RANDOM
 * random ones from a fixed seed (p = (b + 1)/(B + 1), never 0).
 */
#ifndef ANALYZE_MATH_PERMUTE_H
#define ANALYZE_MATH_PERMUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define PERMUTE_EXACT	20000
#define PERMUTE_RANDOM	9999

struct permute {
	double observed;
	double p;		/* NaN when a side is empty or the statistic is NaN */
	double deals;		/* how many were looked at */
	double smallest;	/* the smallest p that so many items on each side can reach */
	bool exact;
};

/* The statistic of one deal: current[i] is true for the items of the current side. Larger is more extreme. */
int permute_test(const bool *current, size_t n, double (*stat)(const bool *current, size_t n, void *arg), void *arg,
		 struct permute *out, struct err *err) ERR_MUST_CHECK;
/* |mean b - mean a|, two-sided. */
int permute_means(const double *a, size_t na, const double *b, size_t nb, struct permute *out, struct err *err)
	ERR_MUST_CHECK;

#endif
