// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formulas_profile.c - what profilers should be set to, and what a dump stops: F4, F5, F18
 */
#include <math.h>

#include "analyze/math/formulas.h"

#define ROUNDING 1e-9		/* before a floor: .1 * .1 * 6000 / 2 is 30 less a bit */
#define RATE_LEAST 10e3		/* ns */
#define RATE_MOST 1e6
#define EVENT_KEPT 2e-6		/* s of CPU, measured on Go 1.19 */
#define EVENT_PASSED 20e-9
#define DUMP_STOPS_MOST 7

double formula_mutex_fraction(double error, double rate, double seconds, double cv)
{
	double n = floor(1 + error * error * rate * seconds / (1 + cv * cv) + ROUNDING);

	return error > 0 && rate > 0 && seconds > 0 && cv >= 0 ? fmin(fmax(n, 1), 1000) : NAN;
}

double formula_mutex_cost(double rate, double n)
{
	return rate >= 0 && n >= 1 ? rate * (EVENT_KEPT / n + EVENT_PASSED) : NAN;
}

double formula_block_rate(double error, double blocked)
{
	return error > 0 && blocked > 0 ? fmin(fmax(error * error * blocked * 1e9, RATE_LEAST), RATE_MOST) : NAN;
}

double formula_dump_stops(double bytes)
{
	if (!(bytes >= 0))
		return NAN;
	return fmin(1 + fmax(0, ceil(log2(bytes / (1 << 20)))), DUMP_STOPS_MOST);
}
