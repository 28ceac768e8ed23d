// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * between.c - a random-effects variance by moments
 */
#include "analyze/math/between.h"

#include <math.h>
#include <stdbool.h>

static bool counts(double y, double v)
{
	return isfinite(y) && isfinite(v) && v > 0;
}

void between_add(struct between *b, const double *y, const double *v, size_t k)
{
	double w = 0, w2 = 0, wy = 0, q = 0;
	size_t n = 0;

	for (size_t i = 0; i < k; i++)
		if (counts(y[i], v[i])) {
			w += 1 / v[i];
			w2 += 1 / (v[i] * v[i]);
			wy += y[i] / v[i];
			n++;
		}
	if (n < 2)
		return;
	for (size_t i = 0; i < k; i++)
		if (counts(y[i], v[i]))
			q += (y[i] - wy / w) * (y[i] - wy / w) / v[i];
	b->excess += q - (double)(n - 1);
	b->c += w - w2 / w;
	b->figures++;
	if (n > b->units)
		b->units = n;
}

double between_tau(const struct between *b)
{
	return b->figures ? sqrt(fmax(0, b->excess / b->c)) : NAN;
}
