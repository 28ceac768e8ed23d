// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * Reference values: scipy 1.17.1, such as
 *     python3 -c "from scipy import special as s, stats as t; print(s.betainc(50, 60, .45), t.kstwo.sf(.2, 60))"
 * and the vectors of method section 7 (scipy 1.10.1), which they contain.
 */
#include "tests/unit/check.h"

#include <float.h>

#include "analyze/math/dist.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static void normal(void)
{
	REL(dist_normal_quantile(.975), 1.95996398454005, 1e-14);
	REL(dist_normal_quantile(.99), 2.32634787404084, 1e-14);
	REL(dist_normal_quantile(.999), 3.09023230616781, 1e-14);
	REL(dist_normal_quantile(1e-6), -4.7534243088229, 1e-14);
	REL(dist_normal_quantile(1e-300), -37.0470962993612, 1e-14);
	REL(dist_normal_quantile(.3), -.524400512708041, 1e-14);
	REL(dist_normal_quantile(.999999999999), 7.03448691004784, 1e-5);
	CHECK(dist_normal_quantile(.5) == 0);
	CHECK(dist_normal_quantile(0) == -INFINITY);
	CHECK(dist_normal_quantile(1) == INFINITY);
	CHECK(isnan(dist_normal_quantile(1.1)));
	CHECK(isnan(dist_normal_quantile(NAN)));
	REL(dist_normal_sf(1.959963984540054), .025, 1e-14);
	REL(dist_normal_cdf(-1.959963984540054), .025, 1e-14);
	REL(dist_normal_p2(-1.959963984540054), .05, 1e-14);
	for (double p = 1e-12; p < 1; p = p < .1 ? p * 7 : p + .03)
		REL(dist_normal_cdf(dist_normal_quantile(p)), p, 1e-13);
}

static void beta(void)
{
	static const struct {
		double a, b, x, want;
	} inc[] = {
		{ 2, 3, .4, .5248 },
		{ .5, .5, .1, .204832764699133 },
		{ 50, 60, .45, .464235291430603 },
		{ 2000, 3000, .41, .925262126208304 },
		{ 1e6, 2e6, .3335, .729882432503677 },
		{ 1e8, 1e8, .50003, .801928045341215 },
		{ .5, 1e6, 1e-6, .842700844838196 },
		{ 1e5, 3, .99995, .124637280573255 },
	};
	static const struct {
		double p, a, b, want;
	} inv[] = {
		{ .025, 240, 151, .565090466141085 },
		{ .975, 241, 150, .663913319761369 },
		{ .05, 10, 2, .635640510752758 },
		{ .95, 10, 2, .96668078231577 },
		{ .025, 1, 20, .0012650894979498 },
		{ .5, .5, .5, .5 },
		{ 1e-6, 3, 4, .00369426529940591 },
		{ .025, 1e6, 2e6, .332800004075955 },
	};

	for (size_t i = 0; i < sizeof(inc) / sizeof(*inc); i++)
		REL(dist_beta_inc(inc[i].a, inc[i].b, inc[i].x), inc[i].want, 2e-11);
	for (size_t i = 0; i < sizeof(inv) / sizeof(*inv); i++)
		REL(dist_beta_quantile(inv[i].p, inv[i].a, inv[i].b), inv[i].want, 1e-11);
	CHECK(dist_beta_inc(2, 3, 0) == 0);
	CHECK(dist_beta_inc(2, 3, 1) == 1);
	CHECK(isnan(dist_beta_inc(0, 3, .5)));
	CHECK(isnan(dist_beta_inc(2, 3, NAN)));
	CHECK(isnan(dist_beta_inc(1e300, 3, .5)) && isnan(dist_beta_quantile(.5, 1e300, 3)));
	REL(dist_t_quantile(.975, 1e12), 1.95996398454005, 1e-12);
	CHECK(isnan(dist_beta_quantile(.5, -1, 2)));
}

static void student(void)
{
	static const struct {
		double p, df, want;
	} quantile[] = {
		{ .975, 8, 2.30600413520417 },
		{ .975, 1, 12.7062047361747 },
		{ .6, 2.5, .281459512748548 },
		{ .9999, 3, 22.203742273205 },
		{ .8, 100, .845230424491016 },
		{ .025, 1e6, -1.95996635681411 },
		{ 1e-8, 5, -62.4045061109673 },
	};

	for (size_t i = 0; i < sizeof(quantile) / sizeof(*quantile); i++)
		REL(dist_t_quantile(quantile[i].p, quantile[i].df), quantile[i].want, 1e-10);
	REL(dist_t_p2(2.306004135, 8), .0500000000159355, 1e-12);
	REL(dist_t_p2(40, 5), 1.8411962171773e-07, 1e-12);
	REL(dist_t_p2(1e-9, 3), .999999999264895, 1e-14);
	REL(dist_t_p2(1.742702, 8), .119552344079136, 1e-12);
	REL(dist_t_p2(9.009017, 7.5), 2.76999208404604e-05, 1e-11);
	REL(dist_t_p2(300, 2), 1.11109259293552e-05, 1e-12);
	REL(dist_t_p2(.5, 1e7), .617075088454015, 1e-10);
	CHECK(dist_t_p2(INFINITY, 8) == 0);
	REL(dist_t_p2(1.959963984540054, INFINITY), .05, 1e-14);
	REL(dist_t_cdf(2.306004135, 8), .975, 1e-9);
	REL(dist_t_cdf(-2.306004135, 8), .025, 1e-8);
	CHECK(dist_t_quantile(.5, 8) == 0);
	CHECK(isnan(dist_t_p2(NAN, 8)));
	CHECK(isnan(dist_t_p2(1, 0)));
}

static void gamma_family(void)
{
	static const struct {
		double p, df, want;
	} chi2[] = {
		{ .975, 10, 20.4831773508074 },
		{ .5, 2, 1.38629436111989 },
		{ .5, 4, 3.35669398003332 },
		{ .025, 480, 421.188656186762 },
		{ .975, 2, 7.37775890822787 },
		{ 1e-5, 3, .00112258258000185 },
		{ .999999, 7, 40.5218312341147 },
		{ .5, 200000, 199999.333333728 },
	};

	REL(dist_gamma_p(2, 1.5), .442174599628925, 1e-13);
	REL(dist_gamma_q(2, 1.5), .557825400371075, 1e-13);
	REL(dist_gamma_p(.5, 2), .954499736103641, 1e-13);
	REL(dist_gamma_p(100, 110), .841721329939913, 1e-12);
	REL(dist_gamma_p(1e5, 1.01e5), .999191578487074, 1e-9);
	REL(dist_gamma_q(1e5, 1.01e5), .00080842151292559, 1e-9);
	REL(dist_gamma_p(3, 1e-5), 1.66665416671666e-16, 1e-12);
	CHECK(dist_gamma_p(3, INFINITY) == 1);
	CHECK(dist_gamma_q(3, INFINITY) == 0);
	CHECK(isnan(dist_gamma_p(-1, 2)));
	for (size_t i = 0; i < sizeof(chi2) / sizeof(*chi2); i++)
		REL(dist_chi2_quantile(chi2[i].p, chi2[i].df), chi2[i].want, 1e-9);
	REL(dist_chi2_cdf(20.4831773508074, 10), .975, 1e-12);
	REL(dist_chi2_sf(20.4831773508074, 10), .025, 1e-11);
	REL(dist_f_sf(4, 1, 8), .0805162379572627, 1e-12);
	REL(dist_f_sf(.3, 5, 7), .898155764327885, 1e-12);
	CHECK(dist_f_sf(0, 1, 8) == 1);
	REL(dist_digamma(.5), -1.96351002602142, 1e-14);
	REL(dist_digamma(1), -.577215664901533, 1e-14);
	REL(dist_digamma(100), 4.60016185273809, 1e-14);
	REL(dist_digamma(.01), -100.560885457869, 1e-13);
	REL(dist_digamma(5.77913796), 1.66524867651307, 1e-13);
	REL(dist_trigamma(.5), 4.93480220054468, 1e-14);
	REL(dist_trigamma(1), 1.64493406684823, 1e-14);
	REL(dist_trigamma(100), .0100501666633336, 1e-13);
	REL(dist_trigamma(.01), 10001.6212135283, 1e-13);
	CHECK(isnan(dist_digamma(0)));
}

static void binomial(void)
{
	static const struct {
		double k, n, p, pmf, cdf, sf;
	} row[] = {
		{ 0, 10, .3, .0282475249, .0282475249, .9717524751 },
		{ 3, 10, .3, .266827932, .6496107184, .3503892816 },
		{ 988, 1741, .508, 8.17940832190642e-08, .999999710199623, 2.89800376570609e-07 },
		{ 500, 1e6, .0004, 1.67390402830748e-07, .999999360606039, 6.39393961114483e-07 },
		{ 5e8, 1e9, .5, 2.52313252138938e-05, .500012615662606, .499987384337394 },
		{ 123, 1000, .1, .0024314597794958, .992069288292266, .00793071170773394 },
	};
	static const struct {
		double k, n, p, want;
	} test[] = {
		{ 240, 390, 40. / 70, .082010250637472 },
		{ 3, 10, .5, .34375 },
		{ 12, 15, .5, .03515625 },
		{ 0, 20, .1, .254529978024904 },
		{ 20, 20, .1, 1e-20 },
		{ 7, 100, .05, .352248997170289 },
		{ 2, 100, .05, .246223459805499 },
		{ 1000, 1500, .6, 1.1271982809036e-07 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		REL(dist_binom_pmf(row[i].k, row[i].n, row[i].p), row[i].pmf, 1e-11);
		REL(dist_binom_cdf(row[i].k, row[i].n, row[i].p), row[i].cdf, 1e-10);
		REL(dist_binom_sf(row[i].k, row[i].n, row[i].p), row[i].sf, 1e-10);
	}
	for (size_t i = 0; i < sizeof(test) / sizeof(*test); i++)
		REL(dist_binom_test(test[i].k, test[i].n, test[i].p), test[i].want, 1e-11);
	CHECK(dist_binom_test(5, 10, .5) == 1);
	CHECK(dist_binom_quantile(.025, 100, .5) == 40);
	CHECK(dist_binom_quantile(.975, 100, .5) == 60);
	CHECK(dist_binom_quantile(0, 100, .5) == 0);
	CHECK(dist_binom_quantile(1, 100, .5) == 100);
	CHECK(isnan(dist_binom_quantile(.5, .5, .5)) && isnan(dist_binom_quantile(.5, 1e300, .5)));
	CHECK(isnan(dist_binom_test(1.5, 3, .5)));
	CHECK(dist_binom_pmf(-1, 10, .3) == 0);
	CHECK(dist_binom_pmf(0, 10, 0) == 1);
	CHECK(dist_binom_cdf(10, 10, .3) == 1);
	CHECK(isnan(dist_binom_cdf(1, 10, 1.5)));
}

/* The minimum likelihood test, term by term. */
static void binomial_by_hand(void)
{
	double p, own;

	for (double share = .1; share < 1; share += .2)
		for (double k = 0; k <= 17; k++) {
			own = dist_binom_pmf(k, 17, share);
			p = 0;
			for (double i = 0; i <= 17; i++)
				if (dist_binom_pmf(i, 17, share) <= own * (1 + 1e-7))
					p += dist_binom_pmf(i, 17, share);
			CHECK_NEAR(dist_binom_test(k, 17, share), p, 1e-12);
		}
}

static void fisher(void)
{
	double odds;

	REL(dist_fisher(988, 14517, 753, 14247, &odds), 3.588328337316255e-07, 1e-9);
	REL(odds, 1.2876816766824004, 1e-14);
	REL(dist_fisher(3, 1, 1, 3, NULL), .48571428571428565, 1e-13);
	REL(dist_fisher(0, 5, 4, 1, &odds), .04761904761904762, 1e-13);
	CHECK(odds == 0);
	REL(dist_fisher(37, 263, 12, 288, NULL), .00026808870906690864, 1e-11);
	REL(dist_fisher(8, 2, 1, 5, NULL), .034965034965034975, 1e-13);
	REL(dist_fisher(1000, 1, 990, 11, NULL), .006203614712586621, 1e-11);
	CHECK(dist_fisher(0, 10, 0, 12, &odds) == 1);
	CHECK(isnan(odds));
	CHECK(dist_fisher(0, 0, 0, 0, NULL) == 1);
	CHECK(isnan(dist_fisher(-1, 1, 1, 1, NULL)));
	CHECK(isnan(dist_fisher(NAN, 1, 1, 1, NULL)));
	/* Far more than can be walked: the normal limit, z = -1.58107954. */
	REL(dist_fisher(1e9, 1e9, 1e9 + 1e5, 1e9, NULL), .113859852171972, 1e-6);
	CHECK(dist_fisher(1e9, 1e9, 2e9, 1e9, NULL) == 0);
}

static void kolmogorov(void)
{
	static const struct {
		double d;
		size_t n;
		double want;
	} row[] = {
		{ .4, 10, .0589892452 }, { .2, 60, .0140234039603 }, { .3, 12, .187357090929 },
		{ .1, 200, .0341103508032 }, { .15, 80, .0490203099947 }, { .04, 2000, .00323056809613 },
		{ .02, 3000, .178898136232 }, { .25, 20, .137625698367 }, { .05, 600, .0962437285334 },
	};

	REL(dist_kolmogorov_sf(1.36), .0494858767553779, 1e-13);
	REL(dist_kolmogorov_sf(.5), .963945243664875, 1e-13);
	REL(dist_kolmogorov_sf(1), .269999671677355, 1e-13);
	REL(dist_kolmogorov_sf(1.17), .129390042185619, 1e-12);
	REL(dist_kolmogorov_sf(1.19), .117742292879772, 1e-12);
	REL(dist_kolmogorov_sf(3), 3.04599594894253e-08, 1e-12);
	CHECK_NEAR(dist_kolmogorov_sf(.2), .999999999999495, 1e-13);
	CHECK(dist_kolmogorov_sf(0) == 1);
	/* Exact from d = .5 on. */
	REL(dist_kolmogorov_n_sf(7. / 12, 6), .0180751135974, 1e-11);
	REL(dist_kolmogorov_n_sf(.5, 5), .112, 1e-12);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		REL(dist_kolmogorov_n_sf(row[i].d, row[i].n), row[i].want, 2e-3);
	CHECK(isnan(dist_kolmogorov_n_sf(.5, 0)));
}

static void sums(void)
{
	static const double big[] = { 1, 1e100, 1, -1e100 };
	static const double small[] = { 4e9, 4e9 + 1, 4e9 + 2 };
	static const double logs[] = { -1000, -1000, -INFINITY };
	static const double never[] = { -INFINITY, -INFINITY };

	CHECK(dist_total(big, 4) == 2);
	CHECK(dist_total(NULL, 0) == 0);
	CHECK(isnan(dist_mean(NULL, 0)));
	CHECK(dist_mean(small, 3) == 4e9 + 1);
	CHECK(dist_variance(small, 3, 1) == 1);
	CHECK(isnan(dist_variance(small, 1, 1)));
	CHECK_NEAR(dist_log_sum_exp(logs, 3), -1000 + log(2), 1e-12);
	CHECK(dist_log_sum_exp(never, 2) == -INFINITY);
	CHECK(dist_log_sum_exp(NULL, 0) == -INFINITY);
}

static void random_numbers(void)
{
	/* First three outputs of SplitMix64 from seed 1234567 as published with the algorithm. */
	struct dist_rng r = { 1234567 };
	size_t order[8] = { 0, 1, 2, 3, 4, 5, 6, 7 }, seen = 0, low = 0;
	double u;

	CHECK(dist_rng_next(&r) == UINT64_C(6457827717110365317));
	CHECK(dist_rng_next(&r) == UINT64_C(3203168211198807973));
	CHECK(dist_rng_next(&r) == UINT64_C(9817491932198370423));
	for (int i = 0; i < 1000; i++) {
		u = dist_rng_unit(&r);
		CHECK(u >= 0 && u < 1);
		CHECK(dist_rng_below(&r, 7) < 7);
		low += u < .5;
	}
	CHECK(low > 430 && low < 570);
	CHECK(dist_rng_below(&r, 0) == 0);
	CHECK(dist_rng_below(&r, 1) == 0);
	dist_rng_shuffle(&r, order, 8);
	for (size_t i = 0; i < 8; i++)
		seen |= (size_t)1 << order[i];
	CHECK(seen == 255);
}

int main(void)
{
	normal();
	beta();
	student();
	gamma_family();
	binomial();
	binomial_by_hand();
	fisher();
	kolmogorov();
	sums();
	random_numbers();
	return check_done();
}
