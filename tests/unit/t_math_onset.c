// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * One instant in a series. Instants and sizes are what numpy.linalg.lstsq finds when it tries every instant and model on the same points after a running
 * median of three, and for a bend again within three tenths of the time; the series are normal noise around a known course, rounded to hundredths.
 */
#include "tests/unit/check.h"

#include "analyze/math/onset.h"

#define N 40

/* 10, from 23 on 1.5 a step; noise 1. */
static const double climbs[N] = { 12.04, 7.44, 10.42, 9.43, 9.55, 9.78, 7.98, 9.77, 9.13, 13.32, 10.23, 9.65, 9.72, 9.33, 8.94, 9.61, 10.48, 9.76, 10.96, 9.8,
	10.02, 11.55, 10.55, 9.49, 11.32, 13.54, 16.44, 15.73, 17.26, 20.0, 19.61, 21.71, 24.38, 25.58, 26.59, 28.67, 26.67, 32.02, 31.54, 32.33 };
/* 5, from 15 on 9; noise .7. */
static const double steps[N] = { 5.19, 5.49, 4.69, 4.25, 5.02, 4.96, 5.98, 5.52, 5.14, 5.78, 4.86, 4.35, 5.41, 5.41, 4.85, 8.45, 9.16, 7.25, 9.48, 9.34,
	7.85, 9.04, 8.33, 9.53, 7.58, 8.36, 9.5, 9.81, 7.49, 8.65, 9.23, 8.57, 10.11, 8.17, 9.25, 8.27, 9.98, 8.98, 8.74, 7.8 };
static const double noise[N] = { 1.68, .75, .75, 1.14, .35, -.64, -.8, -.8, 1.37, -1.46, -.6, -.32, .22, .58, -1.25, -1.73, 0, 1.21, .76, .22,
	-.32, .29, -.24, .82, -.79, .13, -.11, .54, .22, 2.55, 1.5, 1.5, -2.04, -.34, -.61, .53, -2.28, 1.17, 1.07, -1.3 };

static struct onset of(const double *y, size_t n, double from, double scale)
{
	double t[5 * N], v[5 * N];
	struct onset o;
	struct err err;

	for (size_t i = 0; i < n; i++) {
		t[i] = from + (double)i;
		v[i] = scale * y[i % N];
	}
	CHECK(onset_find(t, v, n, &o, &err) == 0);
	return o;
}

static void shapes(void)
{
	struct onset o = of(climbs, N, 0, 1);

	CHECK(o.shape == ONSET_RAMP && !o.trend);
	CHECK_NEAR(o.t, 23, 1e-12);	/* 22 over the whole, 23 within 11.7 of it */
	CHECK_NEAR(o.size, 23.21268508678711, 1e-9);
	CHECK(o.lo <= 23 && o.hi >= 23 && o.hi - o.lo < 8);
	o = of(steps, N, 0, 1);
	CHECK(o.shape == ONSET_STEP && !o.trend);
	CHECK_NEAR(o.t, 15, 1e-12);
	CHECK_NEAR(o.size, 3.649466666666668, 1e-9);
	CHECK(o.lo >= 13 && o.hi <= 16);
}

static void nothing(void)
{
	double line[N], flat[N];

	CHECK(of(noise, N, 0, 1).shape == ONSET_NONE);
	for (size_t i = 0; i < N; i++) {
		line[i] = 3. * (double)i + noise[i];
		flat[i] = 4;
	}
	CHECK(of(line, N, 0, 1).shape == ONSET_NONE);	/* a trend that was always there began nowhere */
	CHECK(of(flat, N, 0, 1).shape == ONSET_NONE);
	CHECK(of(steps, ONSET_MIN_POINTS - 1, 0, 1).shape == ONSET_NONE);
	CHECK(of(steps, 0, 0, 1).shape == ONSET_NONE);
	flat[7] = 400;	/* a single spike is none either */
	CHECK(of(flat, N, 0, 1).shape == ONSET_NONE);
}

/* Another clock and another unit move the instant and the size, nothing else. */
static void elsewhere(void)
{
	struct onset a = of(climbs, N, 0, 1), b = of(climbs, N, 1.7e9, 1e6);

	CHECK(a.shape == b.shape);
	CHECK_NEAR(b.t - 1.7e9, a.t, 1e-6);
	CHECK_NEAR(b.lo - 1.7e9, a.lo, 1e-6);
	CHECK_NEAR(b.hi - 1.7e9, a.hi, 1e-6);
	CHECK_NEAR(b.size, a.size * 1e6, 1);
	CHECK_NEAR(b.gain, a.gain, 1e-6);
}

/* More points than are looked at one by one. */
static void many(void)
{
	static double t[20000], y[20000];
	struct onset o;
	struct err err;

	for (size_t i = 0; i < 20000; i++) {
		t[i] = (double)i * .01;
		y[i] = noise[i % N] + (i >= 12000 ? 3 : 0);
	}
	y[5] = NAN;
	CHECK(onset_find(t, y, 20000, &o, &err) == 0);
	CHECK(o.shape == ONSET_STEP);
	CHECK_NEAR(o.t, 120, .06);
}

int main(void)
{
	shapes();
	nothing();
	elsewhere();
	many();
	return check_done();
}
