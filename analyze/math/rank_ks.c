// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rank_ks.c - the two-sample Kolmogorov-Smirnov test
 *
 * The exact p-value walks the lattice of all orders of the two samples and carries, for each point, the chance of
 * having left the band of width D on the way: only sums of positive numbers, so that a p of 1e-30 is one. D is kept
 * as a whole number of 1/(na nb): no rounding decides whether a point is inside.
 */
#include "analyze/math/rank.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"

#define EXACT_PAIRS	1000000

/* max |i nb - j na| over the two sorted sides. */
static double largest_gap(const double *a, size_t na, const double *b, size_t nb)
{
	double gap = 0, at;
	size_t i = 0, j = 0;

	while (i < na && j < nb) {
		at = a[i] < b[j] ? a[i] : b[j];
		while (i < na && a[i] == at)
			i++;
		while (j < nb && b[j] == at)
			j++;
		gap = fmax(gap, fabs((double)i * (double)nb - (double)j * (double)na));
	}
	return gap;
}

static int exact_p(size_t na, size_t nb, double gap, double *p, struct err *err)
{
	double *left = NULL, m = (double)na, n = (double)nb, x, y;

	if (nb < SIZE_MAX / sizeof(*left))
		left = calloc(nb + 1, sizeof(*left));
	if (!left)
		return err_nomem(err);
	for (size_t i = 0; i <= na; i++)
		for (size_t j = 0; j <= nb; j++) {
			x = (double)i;
			y = (double)j;
			if (fabs(x * n - y * m) >= gap)
				left[j] = 1;
			else if (i + j > 0)
				left[j] = (x * left[j] + (j > 0 ? y * left[j - 1] : 0)) / (x + y);
		}
	*p = left[nb];
	free(left);
	return 0;
}

int rank_ks(const double *a, size_t na, const double *b, size_t nb, struct rank_ks *out, struct err *err)
{
	double *s, m = (double)na, n = (double)nb, gap;
	int rc = 0;

	*out = (struct rank_ks){ NAN, NAN, NAN, false };
	if (na == 0 || nb == 0)
		return 0;
	for (size_t i = 0; i < na + nb; i++)
		if (!isfinite(i < na ? a[i] : b[i - na]))
			return 0;
	s = calloc(na + nb + 1, sizeof(*s));
	if (!s)
		return err_nomem(err);
	memcpy(s, a, na * sizeof(*s));
	memcpy(s + na, b, nb * sizeof(*s));
	rank_sort(s, na);
	rank_sort(s + na, nb);
	gap = largest_gap(s, na, s + na, nb);
	free(s);
	out->d = gap / (m * n);
	/* As scipy does: one sample of the size that has the same limit. */
	out->p = out->p_asymptotic = dist_kolmogorov_n_sf(out->d, (size_t)nearbyint(fmax(m * n / (m + n), 1)));
	if (m * n <= EXACT_PAIRS) {
		out->exact = true;
		rc = gap > 0 ? exact_p(na, nb, gap, &out->p, err) : 0;
		if (gap == 0)
			out->p = 1;
	}
	return rc;
}
