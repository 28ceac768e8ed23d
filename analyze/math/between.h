/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * between.h - the variance between units beyond what each unit's own error explains
 *
 * The moment estimate of DerSimonian and Laird (Controlled Clinical Trials 7, 1986), pooled over several figures of the same units: with
 * weights w = 1/v, Q = sum w (y - mean)^2 and C = sum w - sum w^2 / sum w of each figure, tau^2 = sum(Q - (k - 1)) / sum C.
 */
#ifndef ANALYZE_MATH_BETWEEN_H
#define ANALYZE_MATH_BETWEEN_H

#include <stddef.h>

/* A zeroed struct holds no figure. */
struct between {
	double excess, c;
	size_t figures, units;	/* units: of the figure that had most */
};

/* One figure: y of each unit and the variance v of each. Units whose y is not finite or v not above 0 are left out; fewer than two are no figure. */
void between_add(struct between *b, const double *y, const double *v, size_t k);
/* A standard deviation, at least 0; NaN without a figure. */
double between_tau(const struct between *b);

#endif
