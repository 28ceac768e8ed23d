// SPDX-License-Identifier: GPL-3.0-or-later
/* The vector of docs/names.md, section "The linear model of the original design"; digits from its formulas in Python. */
#include "tests/unit/check.h"

#include "analyze/math/linear.h"

#define EPS 1e-14

static void vector(void)
{
	static const double signal[] = { .4, .6, .5 }, p[] = { 1e-4, .01, .05 };
	struct linear l = linear_model(signal, p);

	CHECK_NEAR(l.s[LINEAR_CPU_DELTA], 1, EPS);
	CHECK_NEAR(l.s[LINEAR_GC_SPIKE], .666666666666667, EPS);
	CHECK_NEAR(l.s[LINEAR_CLUSTER_ENTROPY], .433676665221327, EPS);
	CHECK_NEAR(l.score[LINEAR_MEMORY_LEAK], .363367666522133, EPS);
	CHECK_NEAR(l.score[LINEAR_BLOCKING_IO], .326735333044265, EPS);
	CHECK_NEAR(l.score[LINEAR_GOROUTINE_BLOAT], .253470666088531, EPS);
	CHECK_NEAR(l.raw[LINEAR_MEMORY_LEAK], .52, EPS);
	CHECK_NEAR(l.raw[LINEAR_BLOCKING_IO], .44, EPS);
	CHECK_NEAR(l.raw[LINEAR_GOROUTINE_BLOAT], .52, EPS);
}

static void edges(void)
{
	static const double none[] = { NAN, NAN, NAN }, negative[] = { -1, -1, -1 }, certain[] = { 0, 1, NAN };
	static const double knowledge[] = { .6, .2, .5 };
	struct linear l = linear_model(none, none);

	CHECK(l.score[LINEAR_MEMORY_LEAK] == 0 && l.s[0] == 1);
	l = linear_model(negative, none);
	CHECK(l.score[LINEAR_MEMORY_LEAK] == 0 && l.raw[LINEAR_BLOCKING_IO] == 0);
	l = linear_model(negative, certain);
	CHECK(l.s[0] == 1 && l.s[1] == 0 && l.s[2] == 1);
	/* Knowledge F23. */
	l = linear_model(knowledge, none);
	CHECK_NEAR(l.score[LINEAR_MEMORY_LEAK], .38, EPS);
	CHECK_NEAR(l.score[LINEAR_BLOCKING_IO], .56, EPS);
	CHECK_NEAR(l.score[LINEAR_GOROUTINE_BLOAT], .44, EPS);
	CHECK_STR(linear_cause_id(LINEAR_GOROUTINE_BLOAT), "goroutine_bloat");
	CHECK_STR(linear_cause_id(LINEAR_BLOCKING_IO), "blocking_io");
	CHECK_STR(linear_signal_name(LINEAR_GC_SPIKE), "gc_spike");
}

static void cpu_delta(void)
{
	static const struct linear_function f[] = {
		{ 2, 2.6, .001 }, { 1, .9, .001 }, { 1, 1.1, .04 }, { 1, 1.5, .2 }, { 1, 2, NAN },
	};
	double p;

	CHECK_NEAR(linear_cpu_delta(f, 3, 4, &p), .175, EPS);
	CHECK(p == .001);
	CHECK_NEAR(linear_cpu_delta(f, 5, 4, &p), .175, EPS);
	CHECK(linear_cpu_delta(f, 5, .1, &p) == 1);
	CHECK(linear_cpu_delta(f, 5, 0, &p) == 0 && isnan(p));
	CHECK(linear_cpu_delta(f + 3, 2, 4, &p) == 0 && isnan(p));
	CHECK(linear_cpu_delta(NULL, 0, 4, &p) == 0 && isnan(p));
}

static void gc_spike(void)
{
	double p;

	/* Fisher of {{37, 263}, {12, 288}}: scipy.stats.fisher_exact. */
	CHECK_NEAR(linear_gc_spike(12, 300, 37, 300, true, &p), 25. / 300, EPS);
	CHECK_NEAR(p, .00026808870906690864, 1e-14);
	CHECK(linear_gc_spike(37, 300, 12, 300, true, &p) == 0);
	CHECK_NEAR(p, .00026808870906690864, 1e-14);
	CHECK_NEAR(linear_gc_spike(0, 0, 37, 300, false, &p), .12333333333333334, EPS);
	CHECK(isnan(p));
	CHECK(linear_gc_spike(0, 0, 3, 30, true, &p) == .1 && isnan(p));
	CHECK(linear_gc_spike(0, 0, 0, 0, false, &p) == 0);
}

static void cluster_entropy(void)
{
	static const double even[] = { 100, 100, 100, 100 }, leak[] = { 100, 100, 100, 5000 };

	CHECK_NEAR(linear_cluster_entropy(even, leak, 4), 1 - .2018, 5e-5);
	CHECK_NEAR(linear_cluster_entropy(leak, even, 4), 1 - .2018, 5e-5);
	CHECK_NEAR(linear_cluster_entropy(NULL, even, 4), 1, EPS);
	CHECK(linear_cluster_entropy(even, leak, 1) == 0);
}

int main(void)
{
	vector();
	edges();
	cpu_delta();
	gc_spike();
	cluster_entropy();
	return check_done();
}
