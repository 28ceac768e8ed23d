// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Vectors of method sections 1.2, 2.2, 2.3 and 2.6, with more digits from statsmodels 0.15.0 and scipy 1.17.1:
 *     proportion_confint(k, n, .05, 'wilson'), confint_proportions_2indep(.., method='newcomb', compare='diff'),
 *     proportions_ztest, stats.rates.test_poisson_2indep(x1, T1, x2, T2, method=..), binomtest(..).proportion_ci()
 */
#include "tests/unit/check.h"

#include "analyze/math/rates.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static void wilson(void)
{
	static const struct {
		double k, n, lo, hi;
	} row[] = {
		{ 56, 70, .691833555037469, .87695260751637 }, { 48, 80, .490454650051604, .700381724041291 },
		{ 0, 20, 0, .161125158052819 },		       { 30, 30, .886486606826031, 1 },
		{ 27, 30, .743789174208159, .965400111252666 }, { 0, 50, 0, .0713475991333587 },
		{ 71, 75, .870740128462014, .979066572253346 }, { 49, 70, .584556827612273, .79463394742362 },
	};
	struct rates_ci ci;

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		ci = rates_wilson(row[i].k, row[i].n, .05);
		CHECK_NEAR(ci.lo, row[i].lo, 1e-14);
		CHECK_NEAR(ci.hi, row[i].hi, 1e-14);
	}
	ci = rates_wilson(0, 0, .05);
	CHECK(ci.lo == 0 && ci.hi == 1);
	CHECK(isnan(rates_wilson(3, 2, .05).lo));
	CHECK(isnan(rates_wilson(NAN, 2, .05).hi));
}

static void newcombe(void)
{
	static const struct {
		double k1, n1, k2, n2, lo, hi;
	} row[] = {
		{ 56, 70, 48, 80, .052431472402365, .333872654036906 },
		{ 9, 10, 3, 10, .170522723934503, .809017973535488 },
		{ 10, 10, 0, 20, .679086037141915, 1 },
		{ 988, 15505, 753, 15000, .00832434362166218, .018723413546838 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct rates_ci ci = rates_newcombe(row[i].k1, row[i].n1, row[i].k2, row[i].n2, .05);

		CHECK_NEAR(ci.lo, row[i].lo, 1e-14);
		CHECK_NEAR(ci.hi, row[i].hi, 1e-14);
	}
}

/* D1 and D2 of method 2.2 have the same totals. */
static void pooled(void)
{
	struct rates_pooled r = rates_pooled(753, 15000, 988, 15505, .05);

	REL(r.z, 5.08937003574567, 1e-13);
	REL(r.p, 3.59254975905991e-07, 1e-12);
	REL(r.chi2, 25.9016873607458, 1e-12);
	REL(r.g, 25.9912746953439, 1e-12);
	REL(r.se_ln, .0470000532613757, 1e-13);
	REL(r.lo, 1.15764377026098, 1e-13);
	REL(r.hi, 1.39183570949897, 1e-13);
	CHECK(isnan(rates_pooled(0, 0, 1, 2, .05).p));
}

static void garwood(void)
{
	static const struct {
		double x, lo, hi;
	} row[] = {
		{ 0, 0, 3.68887945411394 },
		{ 1, .0253178079842899, 5.5716433909389 },
		{ 5, 1.62348639011842, 11.6683320793227 },
		{ 100, 81.3639912509231, 121.626793792426 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		CHECK_NEAR(rates_garwood(row[i].x, .05).lo, row[i].lo, 1e-11);
		CHECK_NEAR(rates_garwood(row[i].x, .05).hi, row[i].hi, 1e-10);
	}
	CHECK(isnan(rates_garwood(-1, .05).lo));
}

static void two_rates(void)
{
	struct rates_poisson r = rates_poisson(150, 30, 240, 40, .05);

	REL(r.ratio, 1.2, 1e-15);
	REL(r.p_exact, .0820102506374723, 1e-12);
	REL(r.p_mid, .0776237091364738, 1e-11);
	REL(r.z, 1.7541160386140586, 1e-13);
	REL(r.p_score, .0794106259989422, 1e-13);
	REL(r.z_sqrt, 1.7600095204367074, 1e-13);
	REL(r.lo, .974496571379611, 1e-12);
	REL(r.hi, 1.48156716436212, 1e-12);
	REL(r.lo_wald, .978555315777271, 1e-13);
	REL(r.hi_wald, 1.4715570768283, 1e-13);
	r = rates_poisson(3, 10, 12, 10, .05);
	REL(r.p_exact, .03515625, 1e-13);
	REL(r.p_mid, .0282135009765625, 1e-13);
	REL(r.z, 2.32379000772445, 1e-14);
	REL(r.p_score, .0201367515503463, 1e-12);
	REL(r.lo, 1.07947273239112, 1e-11);
	REL(r.hi, 22.0882868977418, 1e-11);
}

/*
 * Krishnamoorthy and Thomson's E-test, by its definition: under one common rate the chance of a score statistic as large as that seen. The program uses
 * the conditional test, which is the exact one; this tells by how much it is the stricter.
 */
static double e_test(double xa, double ta, double xb, double tb)
{
	double d = tb / ta, rate = (xa + xb) / (ta + tb), seen = fabs(xb - xa * d) / sqrt((xa + xb) * d), p = 0;

	for (int b = 0; b < 600; b++)
		for (int a = 0; a < 600; a++) {
			double z = a + b ? fabs(b - a * d) / sqrt((a + b) * d) : 0;

			if (z >= seen * (1 - 1e-12))
				p += exp(b * log(rate * tb) - rate * tb - lgamma(b + 1) + a * log(rate * ta) - rate * ta - lgamma(a + 1));
		}
	return p;
}

static void the_conditional_test_is_the_stricter(void)
{
	REL(e_test(150, 30, 240, 40), .07955065, 1e-7);
	REL(e_test(3, 10, 12, 10), .01970345, 1e-6);
	CHECK(rates_poisson(150, 30, 240, 40, .05).p_exact > e_test(150, 30, 240, 40));
	CHECK(rates_poisson(3, 10, 12, 10, .05).p_exact > e_test(3, 10, 12, 10));
}

static void two_rates_at_the_edge(void)
{
	struct rates_poisson r = rates_poisson(0, 10, 7, 10, .05);

	CHECK(r.ratio == INFINITY);
	REL(r.p_exact, 2 * pow(.5, 7), 1e-13);
	CHECK(r.hi == INFINITY);
	CHECK(r.lo > 1);
	r = rates_poisson(7, 10, 0, 10, .05);
	CHECK(r.ratio == 0);
	CHECK(r.lo == 0);
	CHECK(r.hi < 1);
	CHECK(isnan(rates_poisson(0, 10, 0, 10, .05).p_exact));
	CHECK(isnan(rates_poisson(1, 0, 1, 10, .05).p_exact));
	CHECK(isnan(rates_poisson(NAN, 1, 1, 10, .05).lo));
}

static void power(void)
{
	/* The table of method 2.6: share, samples a side, detectable in share. */
	static const double share[] = { .01, .05, .2 }, n[] = { 3000, 30000, 300000 };
	static const double want[3][3] = {
		{ .0072, .00228, .00072 }, { .01577, .00499, .00158 }, { .02893, .00915, .00289 }
	};
	static const double phi[] = { 1, 1.2, 1.5, 2, 3, 5, 8, 20 };
	static const double fpr[] = { .05, .0735835544967101, .109531183852375, .165776272895704, .257808640536069,
				      .380746028058064, .488339730008611, .661196897880258 };

	REL(rates_power_z(.05, .8), 2.80158521811297, 1e-13);
	REL(rates_power_z(.05 / 1000, .8), 4.89724821469482, 1e-12);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < 3; j++)
			CHECK_NEAR(rates_mde_share(share[i], n[j], n[j], 1, .05, .8), want[i][j], 5e-6);
	for (size_t i = 0; i < 8; i++)
		REL(rates_naive_fpr(phi[i], .05), fpr[i], 1e-12);
	/* One run a side, infinite samples: exp(2.80 sqrt2 tau) - 1. */
	CHECK_NEAR(rates_mde(sqrt(2) * .02, .05, .8), .082, 5e-4);
	CHECK_NEAR(rates_mde(sqrt(2) * .05, .05, .8), .219, 5e-4);
	CHECK_NEAR(rates_mde(sqrt(2) * .10, .05, .8), .486, 5e-4);
	CHECK_NEAR(rates_mde(sqrt(2) * .25, .05, .8), 1.693, 5e-4);
}

int main(void)
{
	wilson();
	newcombe();
	pooled();
	garwood();
	two_rates();
	the_conditional_test_is_the_stricter();
	two_rates_at_the_edge();
	power();
	return check_done();
}
