// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_selftest.c - what a gate's self-test computes, against numbers worked out by hand
 */
#include <math.h>

#include "analyze/analyze.h"
#include "tests/unit/check.h"

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-6;
}

static struct analyze_selftest test(const char *gate, const struct analyze_trial *t, size_t n, size_t independent)
{
	struct analyze_selftest s = { 0 };
	struct err err = { 0 };

	CHECK(analyze_gate_selftest(&s, gate, t, n, independent, &err) == 0);
	return s;
}

/* Changes measured on equal code: intervals around 0, +4 %, -3 % and +8 %; the last lies wholly above 5 %. */
static const struct analyze_trial trial[] = {
	{ 0, -.1, .1, true, false }, { .04, -.02, .1, true, false }, { -.03, -.08, .02, true, false }, { .08, .06, .1, true, true },
};

static void counts_and_interval(void)
{
	struct analyze_selftest s = test("cpu_per_request>+5%", trial, 4, 4);

	CHECK(s.n == 4 && s.failed == 1 && s.missing == 0 && near(s.rate, .25));
	/* Clopper-Pearson for 1 of 4 */
	CHECK(near(s.lo, .0063094632) && near(s.hi, .8058796));
	/* the same share of fewer independent ones: wider */
	s = test("cpu_per_request>+5%", trial, 4, 2);
	CHECK(s.lo < .0063 && s.hi > .806);
	s = test("cpu_per_request>+5%", trial, 3, 3);
	CHECK(near(s.rate, 0) && s.lo <= 0 && near(s.hi, 1 - pow(.025, 1. / 3)));
}

static void power_of_a_change(void)
{
	struct analyze_selftest s = test("cpu_per_request>+5%", trial, 4, 4);

	/* (1 + lo)(1 + e) - 1 > .05: lo -.1 from e = .16667, -.02 from .07143, -.08 from .14130, .06 always */
	CHECK(s.has_power && near(s.power[0], .25) && near(s.power[1], .5) && near(s.power[2], 1));
	CHECK(near(s.sure, 1.05 / .9 - 1));
	/* a fall is planted as a division: (1 + hi) / (1 + e) - 1 < -.05 */
	s = test("rps<-5%", trial, 4, 4);
	CHECK(s.has_power && near(s.power[0], 0) && near(s.power[1], .25) && near(s.power[2], 1) && near(s.sure, .95 / 1.1 - 1));
	s = test("latency_p99>1.5", trial, 4, 4);	/* levels: lo * (1 + e) > 1.5 never below tenfold of -.1 */
	CHECK(s.has_power && isnan(s.sure));
}

static void what_has_no_power(void)
{
	const struct analyze_trial none[] = { { NAN, NAN, NAN, false, true }, { NAN, NAN, NAN, false, true } };
	struct analyze_selftest s = test("any>=0.8", trial, 4, 4);
	struct err err = { 0 };

	CHECK(!s.has_power && isnan(s.sure) && isnan(s.power[0]));
	CHECK(!test("goroutine_slope>1", trial, 4, 4).has_power);
	s = test("cpu_per_request>+5%", none, 2, 1);
	CHECK(!s.has_power && s.missing == 2 && near(s.rate, 1) && near(s.hi, 1));
	CHECK(analyze_gate_selftest(&s, "nonsense", trial, 4, 4, &err) == ERR_USAGE);
}

int main(void)
{
	counts_and_interval();
	power_of_a_change();
	what_has_no_power();
	return check_done();
}
