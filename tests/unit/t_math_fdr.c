// SPDX-License-Identifier: GPL-3.0-or-later
/* Vector of method 2.5, digits from statsmodels 0.15.0: multipletests(p, .05, 'fdr_bh' | 'fdr_by' | 'holm'). */
#include "tests/unit/check.h"

#include "analyze/math/fdr.h"

#define N 15

static const double p[N] = { .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
			     .0459, .3240, .4262, .5719, .6528, .7590, 1 };
static const double bh[N] = { .0015, .003, .0095, .035625, .0603, .0638571428571429, .0638571428571429, .0645,
			      .0765, .486, .581181818181818, .714875, .753230769230769, .813214285714286, 1 };
static const double by[N] = { .00497734348984349, .00995468697968698, .0315231754356754, .118211907883783,
			      .200089208291708,	  .211892622853337,   .211892622853337,	 .21402577006327,
			      .253844517982018,	  1,		      1,		 1,
			      1,		  1,		      1 };
static const double holm[N] = { .0015, .0056, .0247, .114, .2211, .278, .278, .278, .3213, 1, 1, 1, 1, 1, 1 };

static size_t rejected_of(const double *q)
{
	size_t r = 0;

	for (size_t i = 0; i < N; i++)
		r += q[i] <= .05;
	return r;
}

static void vectors(void)
{
	struct err err;
	double q[N];

	CHECK(fdr_bh(p, N, q, &err) == 0);
	for (size_t i = 0; i < N; i++)
		CHECK_NEAR(q[i], bh[i], 1e-14);
	CHECK(rejected_of(q) == 4);
	CHECK(fdr_by(p, N, q, &err) == 0);
	for (size_t i = 0; i < N; i++)
		CHECK_NEAR(q[i], by[i], 1e-14);
	CHECK(rejected_of(q) == 3);
	CHECK(fdr_holm(p, N, q, &err) == 0);
	for (size_t i = 0; i < N; i++)
		CHECK_NEAR(q[i], holm[i], 1e-14);
	CHECK(rejected_of(q) == 3);
}

/* Another order, and tests that were not made between them, change nothing; in place too. */
static void order_and_gaps(void)
{
	double mixed[2 * N];
	struct err err;

	for (size_t i = 0; i < N; i++) {
		mixed[2 * i] = NAN;
		mixed[2 * i + 1] = p[i * 4 % N];
	}
	CHECK(fdr_bh(mixed, 2 * N, mixed, &err) == 0);
	for (size_t i = 0; i < N; i++) {
		CHECK(isnan(mixed[2 * i]));
		CHECK_NEAR(mixed[2 * i + 1], bh[i * 4 % N], 1e-14);
	}
	CHECK(fdr_bh(NULL, 0, NULL, &err) == 0);
}

/*
 *	0 root p .001		q .001, rejected
 *	  1 p .004		family of three: q .012, rejected
 *	    4 p .5		alone: not rejected
 *	    5 no p, passed through
 *	      7 p .01		alone: rejected
 *	  2 p .2		not rejected
 *	    6 p .0001		never tested
 *	  3 p .9
 */
static int table(void *arg, size_t i, double *out, struct err *err)
{
	const double **tp = arg;

	(void)err;
	CHECK(i != 6);
	*out = (*tp)[i];
	return 0;
}

static void tree(void)
{
	static const size_t parent[] = { FDR_NO_PARENT, 0, 0, 0, 1, 1, 2, 5 };
	static const double tp[] = { .001, .004, .2, .9, .5, NAN, .0001, .01 };
	static const double want[] = { .001, .012, .3, .9, .5, NAN, NAN, .01 };
	static const bool hit[] = { true, true, false, false, false, false, false, true };
	struct err err;
	bool rejected[8];
	const double *at = tp;
	double q[8];

	CHECK(fdr_tree(parent, 8, FDR_TREE_LEVEL, table, &at, q, rejected, &err) == 0);
	for (size_t i = 0; i < 8; i++) {
		CHECK_NEAR(q[i], want[i], 1e-15);
		CHECK(rejected[i] == hit[i]);
	}
	CHECK(fdr_tree(NULL, 0, .05, NULL, NULL, NULL, NULL, &err) == 0);
}

int main(void)
{
	vectors();
	order_and_gaps();
	tree();
	return check_done();
}
