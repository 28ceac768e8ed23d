/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * onset.h - when one thing began: the instant at which a series steps to another level or starts to climb
 *
 * changepoint.h partitions a series into levels; a leak has no new level, only a new slope, and the first of its levels starts late. Here one
 * instant is sought, with its interval: both shapes are fitted at every instant by least squares, with and without a trend of the whole
 * series, against the same without the instant.
 */
#ifndef ANALYZE_MATH_ONSET_H
#define ANALYZE_MATH_ONSET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define ONSET_MIN_POINTS	12
#define ONSET_MIN_SEGMENT	4	/* points on either side of the instant */
#define ONSET_MAX_POINTS	4000	/* above, medians of equal blocks */
#define ONSET_FACTOR		3.0	/* ln n of penalty an instant costs, as CHANGEPOINT_FACTOR */

enum onset_shape { ONSET_NONE, ONSET_STEP, ONSET_RAMP };

struct onset {
	enum onset_shape shape;
	double t, lo, hi;	/* the instant and its 95 % profile interval, over both shapes; NaN for ONSET_NONE */
	double size;		/* the step, or what the new slope adds until the end: in units of y, with its sign */
	double gain;		/* n_eff ln(SSE without / SSE with), less the penalty; above 0 */
	bool trend;		/* the series has a trend of its own beside it */
};

/*
 * t ascending, y beside it; values that are not finite are left out. A running median of three takes single spikes away, the number of points
 * is cut by the autocorrelation of what the fit leaves. Fewer than ONSET_MIN_POINTS: ONSET_NONE.
 */
int onset_find(const double *t, const double *y, size_t n, struct onset *out, struct err *err) ERR_MUST_CHECK;

#endif
