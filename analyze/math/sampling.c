// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/sampling.h"

#include <math.h>

struct sampling sampling_heap(double count, double bytes, double period)
{
	struct sampling s = { .raw = 0, .keep = NAN, .rel_se = NAN };

	if (!(count > 0) || !(bytes > 0) || !(period >= 0))
		return s;
	/* A rate of 0 or 1 records every allocation. */
	s.keep = period <= 1 ? 1 : -expm1(-bytes / count / period);
	s.raw = count * s.keep;
	s.rel_se = sqrt((1 - s.keep) / s.raw);
	return s;
}

void sampling_heap_scale(double n, double size, double period, double *count, double *bytes)
{
	double scale = period <= 1 ? 1 : 1 / -expm1(-size / period);

	*count = floor(n * scale);
	*bytes = floor(n * size * scale);
}

double sampling_heap_delta_se(double na, double nb, double period)
{
	return period * sqrt(na + nb);
}

struct sampling sampling_mutex(double count, double fraction)
{
	struct sampling s = { .raw = 0, .keep = NAN, .rel_se = NAN };

	if (!(count > 0) || !(fraction >= 1))
		return s;
	s.keep = 1 / fraction;
	s.raw = count * s.keep;
	s.rel_se = sqrt((1 - s.keep) / s.raw);
	return s;
}

double sampling_block_raw(double count, double delay, double rate)
{
	return count > 0 && rate > 0 ? count * fmin(1, delay / count / rate) : count;
}

double sampling_block_se(double events, double d, double rate)
{
	return d >= rate ? 0 : sqrt(events * d * (rate - d));
}

uint64_t sampling_gcd(const uint64_t *count, size_t n)
{
	uint64_t g = 0, x, t;

	for (size_t i = 0; i < n; i++)
		for (x = count[i]; x; x = t) {
			t = g % x;
			g = x;
		}
	return g;
}
