// SPDX-License-Identifier: GPL-3.0-or-later
/* The vector of docs/method.md 5.6: six verdicts, three weights. */
#include "tests/unit/check.h"

#include "analyze/math/logit.h"

#define EPS 5e-9

static const double x[] = { 1, 2, .5, 1, 1.5, .2, 1, .2, 1.5, 1, .1, .3, 1, 2.2, 1.8, 1, .4, .1 };
static const bool y[] = { true, true, false, false, true, false };
static const double m0[] = { -1, 1, .5 }, s0[] = { 4, 1, 1 };

static void vector(void)
{
	static const double at[] = { 1, 1, 1 };
	struct logit l;
	struct logit_prediction p;
	struct err err;

	CHECK(logit_fit(&l, x, y, 6, 3, m0, s0, 1, &err) == 0);
	CHECK_NEAR(l.w[0], -1.72972141, EPS);
	CHECK_NEAR(l.w[1], 1.68689604, EPS);
	CHECK_NEAR(l.w[2], .28684502, EPS);
	CHECK(logit_fit(&l, x, y, 6, 3, m0, s0, 0, &err) == 0);
	CHECK_NEAR(l.w[0], -1.77208336, EPS);
	CHECK_NEAR(l.w[1], 1.71780915, EPS);
	CHECK_NEAR(l.w[2], .28267999, EPS);
	CHECK_NEAR(l.sigma[0][0], 1.27303003, EPS);
	CHECK_NEAR(l.sigma[1][1], .57906806, EPS);
	CHECK_NEAR(l.sigma[2][2], .70261198, EPS);
	CHECK_NEAR(l.sigma[0][1], -.38697912, EPS);
	CHECK_NEAR(l.sigma[2][0], -.31386076, EPS);
	CHECK_NEAR(l.sigma[1][2], -.04649843, EPS);
	p = logit_predict(&l, at);
	CHECK_NEAR(p.mu, .22840578, EPS);
	CHECK_NEAR(p.s2, 1.06003346, EPS);
	CHECK_NEAR(p.plug_in, .55685449, EPS);
	CHECK_NEAR(p.p, .54783471, EPS);
}

static void edges(void)
{
	static const double far[] = { 1, 1000, 1, -1000 }, prior[] = { 0, 0 }, wide[] = { 100, 100 };
	static const bool both[] = { true, false };
	struct logit l;
	struct err err;

	CHECK(logit_fit(&l, NULL, NULL, 0, 3, m0, s0, 0, &err) == 0);	/* no verdict: the prior */
	CHECK(l.w[0] == -1 && l.w[1] == 1 && l.w[2] == .5);
	CHECK_NEAR(l.sigma[0][0], 4, 1e-12);
	CHECK(logit_fit(&l, far, both, 2, 2, prior, wide, 0, &err) == 0);	/* separable: the prior holds it */
	CHECK(isfinite(l.w[1]) && l.w[1] > 0);
	CHECK(logit_fit(&l, far, both, 2, LOGIT_MAX + 1, prior, wide, 0, &err) == ERR_INTERNAL);
}

int main(void)
{
	vector();
	edges();
	return check_done();
}
