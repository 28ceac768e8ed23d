// SPDX-License-Identifier: GPL-3.0-or-later
/* Vectors of method 1.1, 1.2, 5.1, 5.4, 5.5; digits from numpy, scipy and sklearn.metrics.roc_auc_score. */
#include "tests/unit/check.h"

#include "analyze/math/rates.h"
#include "analyze/math/score.h"

#define EPS 1e-13

/* leak, load, lock, none, unknown */
static const double prior[5] = { .1, .15, .1, .5, .15 };
static const double ratio[3][5] = { { 8, 1, 1, .2, 2 }, { 3, .8, 1, .5, 1.5 }, { 1, .5, .6, 1, 1 } };

static void posterior(void)
{
	static const double want[2][5] = {
		{ .794701986754967, .0198675496688742, .0198675496688742, .0165562913907285, .149006622516556 },
		{ .453547290062431, .087829055056465, .0717121231597167, .146381758427442, .240529773293945 },
	};
	static const double half[] = { .5, .5, .5 };
	struct score_evidence e[16];
	double ln_prior[5], l[5], p[5];
	struct err err;

	for (uint32_t k = 0; k < 5; k++) {
		ln_prior[k] = log(prior[k]);
		for (uint32_t g = 0; g < 3; g++)
			e[3 * k + g] = (struct score_evidence){ k, g, log(ratio[g][k]) };
	}
	/* Not tested: says nothing. */
	e[15] = (struct score_evidence){ 0, 1, NAN };
	for (size_t i = 0; i < 2; i++) {
		const struct score_opts o = { .groups = 3, .lambda = i ? half : NULL };

		CHECK(score_causes(ln_prior, 5, e, 16, &o, l, p, &err) == 0);
		for (size_t k = 0; k < 5; k++)
			CHECK_NEAR(p[k], want[i][k], EPS);
	}
	CHECK_NEAR(log(8) / log(10) * 10, 9.031, 5e-4);
}

static void groups(void)
{
	static const struct score_evidence e[] = { { 0, 0, 1 },	 { 0, 0, 2 }, { 0, 0, -.5 }, { 0, 1, 9 },
						   { 1, 1, -9 }, { 7, 0, 5 }, { 0, 9, 5 } };
	static const double zero[2] = { 0, 0 };
	struct score_opts o = { .groups = 2 };
	double l[2], p[2];
	struct err err;

	CHECK(score_causes(zero, 2, e, 7, &o, l, p, &err) == 0);
	CHECK_NEAR(l[0], 1.5 + SCORE_CLIP, EPS);
	CHECK_NEAR(l[1], -SCORE_CLIP, EPS);
	CHECK_NEAR(p[0], 1 / (1 + exp(-7.5)), EPS);
	o.rule = SCORE_ROOT;
	CHECK(score_causes(zero, 2, e, 7, &o, l, p, &err) == 0);
	CHECK_NEAR(l[0], 2.5 / sqrt(3) + SCORE_CLIP, EPS);
	o = (struct score_opts){ .groups = 2, .rule = SCORE_SUM, .clip = 10, .temperature = 2 };
	CHECK(score_causes(zero, 2, e, 7, &o, l, p, &err) == 0);
	CHECK_NEAR(l[0], 11.5, EPS);
	CHECK_NEAR(p[0], 1 / (1 + exp(-20.5 / 2)), EPS);
	o = (struct score_opts){ .groups = 2, .rule = SCORE_APART, .clip = 2.5 };
	CHECK(score_causes(zero, 2, e, 7, &o, l, p, &err) == 0);
	CHECK_NEAR(l[0], 2.5 - .5 + 2.5, EPS);	/* 3 for is clipped, .5 against still counts */
	CHECK_NEAR(l[1], -2.5, EPS);
	CHECK(score_causes(zero, 2, NULL, 0, &o, l, p, &err) == 0);
	CHECK(p[0] == .5);
	CHECK(score_causes(NULL, 0, NULL, 0, &o, NULL, NULL, &err) == 0);
}

static void softmax(void)
{
	static const double big[] = { 1000, 1000, -INFINITY, NAN }, never[] = { -INFINITY, NAN };
	double p[4];

	score_softmax(big, 4, 1, p);
	CHECK(p[0] == .5 && p[1] == .5 && p[2] == 0 && p[3] == 0);
	score_softmax(never, 2, 1, p);
	CHECK(p[0] == 0 && p[1] == 0);
	score_softmax(NULL, 0, 1, NULL);
}

static void bound(void)
{
	static const double p[] = { .05, .01, .005, .001, 1e-4 };
	static const double bf[] = { 2.45602348660488, 7.98840056532047, 13.88665176964, 53.2560037688031,
				     399.420028266023 };
	static const double ln[] = { .898543573189042, 2.07799056018019, 2.63092807440658, 3.97511054506607,
				     5.99001356560834 };

	for (size_t i = 0; i < 5; i++) {
		CHECK_NEAR(score_bayes_bound(p[i]), bf[i], 1e-11);
		CHECK_NEAR(score_woe(p[i], 1), ln[i], EPS);
		CHECK_NEAR(score_woe(p[i], -2), -ln[i], EPS);
	}
	CHECK(score_bayes_bound(.5) == 1 && score_woe(.5, 1) == 0);
	CHECK(score_bayes_bound(0) == INFINITY);
	CHECK(isnan(score_bayes_bound(NAN)) && score_woe(NAN, 1) == 0 && score_woe(.01, 0) == 0);
}

static void coverage(void)
{
	CHECK(score_coverage(3, 4) == .75);
	CHECK(score_coverage(5, 4) == 1 && score_coverage(-1, 4) == 0);
	CHECK(score_coverage(-3, -4) == .75);
	CHECK(isnan(score_coverage(1, 0)) && isnan(score_coverage(NAN, 1)));
	CHECK(score_unknown(.25, SCORE_UNKNOWN) == 1.5);
	CHECK(score_unknown(NAN, 2) == 0);
}

static void parts(void)
{
	static const double na[] = { 800, 200 }, nb[] = { 600, 400 }, ea[] = { 1, 5 }, eb[] = { 1, 5.5 };
	static const double none[] = { 0, 0 }, gone_n[] = { 1000, 0 }, gone_e[] = { 1, NAN };
	struct score_load c = score_load(1000, 2, 1300, 2.2);
	struct score_mix m = score_mix(na, ea, nb, eb, 2);
	struct score_parts p = score_parts(na, ea, nb, eb, 2);

	CHECK_NEAR(c.load, 630, 1e-10);
	CHECK_NEAR(c.efficiency, 230, 1e-10);
	CHECK_NEAR(c.total, 860, 1e-10);
	CHECK_NEAR(m.mix, .85, EPS);
	CHECK_NEAR(m.efficiency, .15, EPS);
	CHECK_NEAR(m.total, 1., EPS);
	CHECK_NEAR(p.load, 0, EPS);
	CHECK_NEAR(p.total, 1000, 1e-10);
	CHECK_NEAR(p.load + p.mix + p.efficiency, p.total, 1e-10);
	p = score_parts(na, ea, gone_n, gone_e, 2);
	CHECK_NEAR(p.total, -800, 1e-10);
	CHECK_NEAR(p.mix, -800, 1e-10);
	CHECK_NEAR(p.efficiency, 0, 1e-10);
	CHECK(isnan(score_mix(na, ea, none, eb, 2).mix));
}

static void calibration(void)
{
	static const double p[] = { .95, .9, .8, .75, .6, .55, .4, .3, .2, .1 };
	static const bool y[] = { true, true, true, false, true, false, false, true, false, false };
	double mce;

	CHECK_NEAR(score_brier(p, y, 10), .17775, EPS);
	CHECK_NEAR(score_log_loss(p, y, 10), .5118727537527202, EPS);
	CHECK_NEAR(score_ece(p, y, 10, 5, &mce), .145, EPS);
	CHECK_NEAR(mce, .275, EPS);
	CHECK_NEAR(score_auc(p, y, 10), .84, EPS);
	CHECK_NEAR(score_brier_skill(p, y, 10), .289, EPS);
	CHECK(isnan(score_brier(p, y, 0)) && isnan(score_ece(p, y, 0, 5, &mce)) && isnan(mce));
	CHECK(isnan(score_auc(p, y, 3)) && isnan(score_brier_skill(p, y, 3)));
	CHECK(isfinite(score_log_loss((const double[]){ 0 }, y, 1)));
}

static void ranks(void)
{
	static const size_t rank[] = { 1, 1, 2, 1, 4, 3, 1, 7, 1, 2 }, eight[] = { 8, 8, 8 }, absent[] = { 0, 1 };
	static const double want[] = { .5, .7, .8, .9, .9 };

	for (size_t k = 1; k <= 5; k++)
		CHECK_NEAR(score_ac(rank, 10, k), want[k - 1], EPS);
	CHECK_NEAR(score_avg(rank, 10, 5), .76, EPS);
	CHECK_NEAR(score_mrr(rank, 10), .6726190476190477, EPS);
	CHECK_NEAR(score_chance_avg(eight, 3, 5), .375, EPS);
	CHECK(score_ac(absent, 2, 5) == .5 && score_mrr(absent, 2) == .5);
	CHECK(isnan(score_ac(rank, 0, 1)) && isnan(score_avg(rank, 10, 0)));
}

static void sample_sizes(void)
{
	static const struct {
		size_t n, for_80, for_90;
		double best;
	} row[] = { { 20, 20, 21, .8389 }, { 30, 29, 31, .8865 }, { 50, 46, 50, .9286 },
		    { 100, 88, 96, .963 }, { 200, 172, 189, .9812 } };

	for (size_t i = 0; i < 5; i++) {
		CHECK(score_hits_needed(row[i].n, .8, .05) == row[i].for_80);
		CHECK(score_hits_needed(row[i].n, .9, .05) == row[i].for_90);
		CHECK_NEAR(rates_wilson((double)row[i].n, (double)row[i].n, .05).lo, row[i].best, 1e-4);
	}
	CHECK_NEAR(score_none_of(20), .139108340668265, EPS);
	CHECK_NEAR(score_none_of(60), .0487029133100975, EPS);
	CHECK_NEAR(score_none_of(100), .0295130496070399, EPS);
	CHECK_NEAR(score_none_of(300), .00993608194445772, EPS);
	CHECK(score_none_of(0) == 1);
}

static void verdicts(void)
{
	struct score_verdicts v = score_verdicts(9, 1, .1);

	CHECK_NEAR(v.mean, .833333333333333, EPS);
	CHECK_NEAR(v.lo, .635640510752758, 1e-11);
	CHECK_NEAR(v.hi, .96668078231577, 1e-11);
	v = score_verdicts(0, 0, .1);
	CHECK_NEAR(v.mean, .5, EPS);
	CHECK_NEAR(v.lo, .05, EPS);
}

int main(void)
{
	posterior();
	groups();
	softmax();
	bound();
	coverage();
	parts();
	calibration();
	ranks();
	sample_sizes();
	verdicts();
	return check_done();
}
