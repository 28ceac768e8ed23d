// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * D1 and D2 of method 2.2: the same totals, once calm and once noisy. Values from scipy 1.17.1 and statsmodels 0.15.0
 * (ttest_ind(equal_var=False), GLM(Poisson, offset=ln N).fit(scale='X2')); the linearised variances, and those of the
 * tests with tau and floor, in numpy after the formulas of method 2.1 to 2.3.
 */
#include "tests/unit/check.h"

#include "analyze/math/dist.h"
#include "analyze/math/rates.h"
#include "analyze/math/ratio.h"

#define REL(got, want, rel)	CHECK_NEAR((got), (want), (rel) * fabs(want))

static const double total_a[5] = { 3010, 2950, 3055, 2980, 3005 }, total_b[5] = { 3120, 3080, 3150, 3095, 3060 };
static const double d1_a[5] = { 151, 139, 160, 148, 155 }, d1_b[5] = { 201, 188, 214, 195, 190 };
static const double d2_a[5] = { 120, 190, 140, 175, 128 }, d2_b[5] = { 150, 230, 205, 160, 243 };

static void fill(struct ratio_window *w, const double *x, const double *n, size_t m, bool runs)
{
	for (size_t i = 0; i < m; i++)
		w[i] = (struct ratio_window){ runs ? (uint32_t)i : 0, x[i], x[i], n[i] };
}

static void linearised(const double *xa, const double *xb, const double want[8])
{
	const struct ratio_opts o = { .kind = RATIO_SHARE };
	struct ratio_window a[5], b[5];
	struct ratio_side sa, sb;
	struct ratio_t t;
	double df;

	fill(a, xa, total_a, 5, false);
	fill(b, xb, total_b, 5, false);
	sa = ratio_side(a, 5, &o);
	sb = ratio_side(b, 5, &o);
	REL(sa.value, .0502, 1e-14);
	REL(sb.value, .06372138, 1e-7);
	REL(sb.value - sa.value, .01352138, 1e-6);
	REL(sb.value / sa.value, 1.26935020, 1e-8);
	t = ratio_linearised(&sa, &sb, &df);
	REL(sa.var, want[0], 1e-11);
	REL(sb.var, want[1], 1e-11);
	REL(sa.phi, want[2], 1e-11);
	REL(sb.phi, want[3], 1e-11);
	REL(t.t, want[4], 1e-11);
	REL(df, want[5], 1e-11);
	REL(t.p, want[6], 1e-10);
	REL(dist_t_p2(t.t, df), want[7], 1e-10);
	CHECK(t.df == 8);
}

static void sides(void)
{
	static const double d1[] = { 8.13756899999999e-07, 1.45140322072478e-06, .256005950927811,
				     .377198166269035,	   8.98403781199083,	 7.41260184823599,
				     1.87745757577694e-05, 3.03747450587188e-05 };
	static const double d2[] = { 2.26101680111111e-05, 3.75897334485427e-05, 7.11310412522717, 9.76901409950827,
				     1.74270201943967,	   7.53354853760387,	 .11955234054596,  .121880710881321 };

	linearised(d1_a, d1_b, d1);
	linearised(d2_a, d2_b, d2);
}

/* One run a side: ln ratio, se, z, p, lo, hi, mde at tau 0, .10, .25. */
static void windows(const double *xa, const double *xb, const double want[3][6])
{
	static const double tau[] = { 0, .1, .25 };
	struct ratio_window a[5], b[5];
	struct ratio_test t;

	fill(a, xa, total_a, 5, false);
	fill(b, xb, total_b, 5, false);
	for (size_t i = 0; i < 3; i++) {
		const struct ratio_opts o = { .kind = RATIO_SHARE, .tau = tau[i] };

		t = ratio_test_windows(a, 5, b, 5, &o);
		CHECK(t.method == RATIO_WINDOWS);
		CHECK(t.ranked);
		REL(t.ln_ratio, .238505118497772, 1e-12);
		REL(t.ratio, 1.26935020, 1e-8);
		REL(t.se, want[i][0], 1e-11);
		REL(t.stat, want[i][1], 1e-11);
		REL(t.p, want[i][2], 1e-10);
		REL(t.lo, want[i][3], 1e-11);
		REL(t.hi, want[i][4], 1e-11);
		REL(t.mde, want[i][5], 1e-11);
		CHECK(t.df == INFINITY);
	}
}

static void one_run(void)
{
	static const double d1[3][6] = {
		{ .0470000532613758, 5.07457123870482, 3.88370713996542e-07, 1.15764377026098, 1.39183570949897,
		  .140737125160015 },
		{ .149026860017153, 1.60041698838934, .109506108853481, .947828064378924, 1.69993904894982,
		  .518178784100776 },
		{ .356663714171448, .668711475323007, .503679545964656, .630941004617964, 2.55372519226876,
		  1.71617268812747 },
	};
	static const double d2[3][6] = {
		{ .135017616778391, 1.76647406604161, .0773163487358591, .974213746003827, 1.65389776621149,
		  .45974733036737 },
		{ .19552431265834, 1.2198233317129, .222531854643454, .865268433527484, 1.8621388183082,
		  .729406046997947 },
		{ .378457073973412, .63020388545975, .528561197484246, .604558332677295, 2.66516868801197,
		  1.8871785475709 },
	};

	windows(d1_a, d1_b, d1);
	windows(d2_a, d2_b, d2);
}

static void single_profile(void)
{
	const struct ratio_opts o = { .kind = RATIO_SHARE, .tau = RATIO_TAU_USER, .phi = RATIO_PHI_USER };
	struct ratio_window a = { 0, 753, 753, 15000 }, b = { 0, 988, 988, 15505 };
	struct ratio_test t = ratio_test_windows(&a, 1, &b, 1, &o);

	CHECK(t.method == RATIO_SINGLE);
	REL(t.se, .151233946283709, 1e-12);
	CHECK(isnan(t.phi_a));
	REL(t.base, .0502, 1e-14);
}

static void cost(void)
{
	/* 10 ms a sample, requests: the floor is Poisson and the unit of amount does not matter. */
	const struct ratio_opts o = { .kind = RATIO_COST };
	struct ratio_window a[4], b[4];
	struct ratio_test t;

	for (size_t i = 0; i < 4; i++) {
		a[i] = (struct ratio_window){ 0, 100, 100e7, 1000 };
		b[i] = (struct ratio_window){ 0, 125, 125e7, 1000 };
	}
	t = ratio_test_windows(a, 4, b, 4, &o);
	REL(t.base, 1e6, 1e-14);
	REL(t.ratio, 1.25, 1e-14);
	REL(t.se, sqrt(1. / 400 + 1. / 500), 1e-13);
	CHECK(t.phi_a == 0);
}

static void t_tests(void)
{
	static const double z[] = { 10, 11, 9, 10, 10, 11, 15, 16, 14, 15, 16, 15, 12, 12, 11, 13, 12, 12 };
	double a[2][5], b[2][5];
	struct ratio_t t;

	for (size_t i = 0; i < 5; i++) {
		a[0][i] = d1_a[i] / total_a[i];
		b[0][i] = d1_b[i] / total_b[i];
		a[1][i] = d2_a[i] / total_a[i];
		b[1][i] = d2_b[i] / total_b[i];
	}
	t = ratio_welch(a[0], 5, b[0], 5);
	REL(t.t, 9.00901726177418, 1e-11);
	REL(t.p, 2.8835447886218e-05, 1e-10);
	REL(t.df, 7.45192372354926, 1e-11);
	t = ratio_welch(a[1], 5, b[1], 5);
	REL(t.t, 1.7321451881353, 1e-11);
	REL(t.p, .123765189733074, 1e-10);
	for (size_t i = 0; i < 10; i++) {
		a[i / 5][i % 5] = log(a[i / 5][i % 5]);
		b[i / 5][i % 5] = log(b[i / 5][i % 5]);
	}
	t = ratio_welch(a[0], 5, b[0], 5);
	REL(t.t, 9.17297335296007, 1e-11);
	REL(t.p, 1.61333343211233e-05, 1e-10);
	REL(exp(t.diff), 1.26935370273313, 1e-13);
	t = ratio_welch(a[1], 5, b[1], 5);
	REL(t.t, 1.73862659324793, 1e-11);
	REL(t.p, .120424912514787, 1e-10);
	REL(exp(t.diff), 1.26651450139013, 1e-13);
	/* Method 3.6: right, and the t of those who divide by n. */
	t = ratio_student(z, 6, z + 6, 12, 1);
	REL(t.t, 4.448710241282339, 1e-13);
	REL(t.p, .0004042611523951388, 1e-11);
	t = ratio_student(z, 6, z + 6, 12, 0);
	REL(t.t, 4.66245997698395, 1e-13);
	REL(t.p, .0002601247310333895, 1e-11);
	CHECK(isnan(ratio_welch(a[0], 1, b[0], 5).p));
	CHECK(isnan(ratio_welch(a[0], 0, b[0], 0).p));
}

static void quasi_poisson(void)
{
	struct ratio_window a[5], b[5];
	struct ratio_quasi q;

	fill(a, d1_a, total_a, 5, false);
	fill(b, d1_b, total_b, 5, false);
	q = ratio_quasi(a, 5, b, 5, .05);
	REL(q.beta, .238505118497772, 1e-12);
	REL(q.phi, .29741068422345, 1e-12);
	REL(q.se, .0263816350492611, 1e-8);
	REL(q.se_poisson, .0483752725813015, 1e-8);
	REL(q.t, 9.04057379508217, 1e-8);
	REL(q.p, 1.7928188160855e-05, 1e-7);
	fill(a, d2_a, total_a, 5, false);
	fill(b, d2_b, total_b, 5, false);
	q = ratio_quasi(a, 5, b, 5, .05);
	REL(q.phi, 7.99030999554222, 1e-12);
	REL(q.se, .136743042784584, 1e-8);
	REL(q.t, 1.74418466666343, 1e-8);
	REL(q.p, .119283151846655, 1e-8);
	REL(q.lo, .926051987758687, 1e-8);
	REL(q.hi, 1.73991304983638, 1e-8);
	REL(ratio_nb_alpha(a, 5), .029244547904402476, 1e-12);
	REL(ratio_quasi(a, 5, a, 5, .05).phi, 6.800523571662024, 1e-12);	/* the dispersion of one side alone */
	fill(a, d1_a, total_a, 5, false);
	CHECK(ratio_nb_alpha(a, 5) == 0);
}

static struct ratio_test run(const struct ratio_window *a, size_t na, const struct ratio_window *b, size_t nb,
			     const struct ratio_opts *o)
{
	struct ratio_test t;
	struct err err;

	CHECK(ratio_test(a, na, b, nb, o, &t, &err) == 0);
	return t;
}

/* Five runs a side: Welch on ln of each run's share, not below counting noise. */
static void many_runs(void)
{
	const struct ratio_opts o = { .kind = RATIO_SHARE, .tau = .1 };
	struct ratio_window a[5], b[5], split[10];
	struct ratio_test t;

	fill(a, d1_a, total_a, 5, true);
	fill(b, d1_b, total_b, 5, true);
	t = run(a, 5, b, 5, &o);
	CHECK(t.method == RATIO_WELCH);
	REL(t.ln_ratio, .238507875453519, 1e-12);
	REL(t.se, .0470549578047153, 1e-12);
	REL(t.stat, 5.06870873082834, 1e-12);
	REL(t.df, 7.84179931757297, 1e-12);
	REL(t.p, .00102733601691583, 1e-10);
	REL(t.lo, 1.1383919870135, 1e-11);
	REL(t.hi, 1.41538138095063, 1e-11);
	fill(a, d2_a, total_a, 5, true);
	fill(b, d2_b, total_b, 5, true);
	t = run(a, 5, b, 5, &o);
	REL(t.stat, 1.73862659324793, 1e-11);
	REL(t.p, .120424912514787, 1e-10);
	/* Slices inside a run are no further evidence. */
	for (size_t i = 0; i < 10; i++)
		split[i] = (struct ratio_window){ (uint32_t)i / 2, d2_a[i / 2] / 2, d2_a[i / 2] / 2,
						  total_a[i / 2] / 2 };
	REL(run(split, 10, b, 5, &o).p, .120424912514787, 1e-10);
	/* Nor does their order say anything. */
	for (size_t i = 0; i < 10; i++)
		split[i] = (struct ratio_window){ (uint32_t)i % 5, d2_a[i % 5] / 2, d2_a[i % 5] / 2,
						  total_a[i % 5] / 2 };
	REL(run(split, 10, b, 5, &o).p, .120424912514787, 1e-10);
}

/* Three runs a side: phi, ln ratio, se, t, p, lo, hi with prior 1, prior 2.5, and prior from tau .1. */
static void few_runs(void)
{
	static const struct {
		const double *xa, *xb;
		double prior, tau, phi, se, t, p, lo, hi;
	} row[] = {
		{ d1_a, d1_b, 1, 0, .512868870999033, .060520400768776, 4.23300447556977, .00286461603048882,
		  1.12369552874903, 1.48548812471386 },
		{ d1_a, d1_b, 2.5, 0, .512868870999033, .0742808581829403, 3.44884447466361, .00870960370145649,
		  1.08859857846695, 1.53338098796849 },
		{ d1_a, d1_b, 1, .1, .512868870999033, .0781277162332131, 3.27903002505273, .0112040299232826,
		  1.07898446718782, 1.5470439237196 },
		{ d2_a, d2_b, 1, 0, 9.90866346206678, .142323580966977, 1.58707205290588, .151157971100019,
		  .902739736151796, 1.74033312155007 },
		{ d2_a, d2_b, 2.5, 0, 9.90866346206678, .151793646338368, 1.48805818471917, .175054948575296,
		  .883239396127225, 1.77875655213418 },
		{ d2_a, d2_b, 1, .1, 9.90866346206678, .15358819952261, 1.4706714352031, .179584268374743,
		  .879591885644751, 1.78613273792621 },
	};
	struct ratio_window a[3], b[3];
	struct err err;
	double phi;

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		const struct ratio_opts o = { .kind = RATIO_SHARE, .prior = row[i].prior, .tau = row[i].tau };
		struct ratio_test t;

		fill(a, row[i].xa, total_a, 3, true);
		fill(b, row[i].xb, total_b, 3, true);
		t = run(a, 3, b, 3, &o);
		CHECK(t.method == RATIO_MODERATED);
		CHECK(t.df == 8);
		REL(t.se, row[i].se, 1e-11);
		REL(t.stat, row[i].t, 1e-11);
		REL(t.p, row[i].p, 1e-10);
		REL(t.lo, row[i].lo, 1e-11);
		REL(t.hi, row[i].hi, 1e-11);
		CHECK(ratio_run_phi(a, 3, b, 3, &o, &phi, &err) == 0);
		REL(phi, row[i].phi, 1e-11);
	}
}

static void prior(void)
{
	static const double phi[] = { NAN, 4, 1, 30, 6, INFINITY, 2 }, low[] = { .1, .2 };
	struct err err;
	double p;

	/* median 4 over chi2.ppf(.5, 4)/4 */
	CHECK(ratio_prior_phi(phi, 7, 4, &p, &err) == 0);
	REL(p, 4 / (3.35669398003332 / 4), 1e-12);
	CHECK(ratio_prior_phi(low, 2, 4, &p, &err) == 0 && p == 1);
	CHECK(ratio_prior_phi(NULL, 0, 4, &p, &err) == 0 && p == 1);
}

static void rare(void)
{
	const struct ratio_opts o = { .kind = RATIO_COST };
	const struct ratio_opts noisy = { .kind = RATIO_COST, .phi = 3, .tau = .25 };
	struct ratio_window a = { 0, 3, 3, 10 }, b = { 0, 12, 12, 10 };
	struct ratio_test t = ratio_test_windows(&a, 1, &b, 1, &o);

	CHECK(t.method == RATIO_EXACT);
	CHECK(!t.ranked);
	REL(t.p, .03515625, 1e-13);
	REL(t.ratio, 4., 1e-14);
	REL(t.lo, 1.07947273239112, 1e-11);
	REL(t.hi, 22.0882868977418, 1e-11);
	/* Fewer independent samples: 1 against 4. */
	REL(ratio_test_windows(&a, 1, &b, 1, &noisy).p, .375, 1e-13);
	/* Counts that were computed, not counted. */
	a.count = 3 - 1e-9;
	REL(ratio_test_windows(&a, 1, &b, 1, &o).p, .03515625, 1e-13);
	a.count = 3;
	/* Bytes: the interval moves with the mean size. */
	b.amount = 24;
	REL(ratio_test_windows(&a, 1, &b, 1, &o).hi, 2 * 22.0882868977418, 1e-11);
	/* Many, but all on one side. */
	a = (struct ratio_window){ 0, 0, 0, 10 };
	b = (struct ratio_window){ 0, 50, 50, 10 };
	t = ratio_test_windows(&a, 1, &b, 1, &o);
	CHECK(t.method == RATIO_EXACT);
	CHECK(t.ranked);
	CHECK(t.ratio == INFINITY && t.hi == INFINITY);
	REL(t.p, 1.53745979442804e-12, 1e-9);	/* the pooled z of 7.07 is what doubts most */
	CHECK(t.lo > 10);
}

static void nothing_to_test(void)
{
	const struct ratio_opts o = { .kind = RATIO_COST, .tau = .1 };
	struct ratio_window w = { 0, 0, 0, 10 }, full = { 0, 100, 100, 10 }, off = { 0, 100, 100, 0 };
	struct ratio_test t = run(&w, 1, &w, 1, &o);

	CHECK(t.method == RATIO_NONE);
	CHECK(isnan(t.p) && isnan(t.lo) && isnan(t.ratio));
	CHECK(t.base == 0);
	CHECK(run(NULL, 0, &full, 1, &o).method == RATIO_NONE);
	CHECK(run(&full, 1, NULL, 0, &o).method == RATIO_NONE);
	CHECK(run(&full, 1, &off, 1, &o).method == RATIO_NONE);
	/* The same on both sides is no change. */
	t = run(&full, 1, &full, 1, &o);
	CHECK(t.p == 1 && t.ratio == 1);
}

/* Four runs against one: the side with runs brings less variance between them. */
static void uneven_runs(void)
{
	const struct ratio_opts o = { .kind = RATIO_COST, .tau = .2 };
	struct ratio_window a[4], b = { 0, 400, 400, 400 };
	struct ratio_test t;

	for (size_t i = 0; i < 4; i++)
		a[i] = (struct ratio_window){ (uint32_t)i, 100, 100, 100 };
	t = run(a, 4, &b, 1, &o);
	CHECK(t.method == RATIO_SINGLE);
	REL(t.se, sqrt(1. / 400 + 1. / 400 + .04 * (1 + .25)), 1e-13);
}

/*
 * Heap profiles know what was allocated up to a GC cycle ago. What the first window has too much the second lacks, so the sum is as sure as its counting
 * noise; windows whose excesses go on are no such thing, and neither are those of different runs.
 */
static void late_counter(void)
{
	struct ratio_opts o = { .kind = RATIO_COST, .late = true };
	struct ratio_window w[4] = { { 0, 10000, 100, 100 }, { 0, 10000, 140, 100 }, { 0, 10000, 100, 100 }, { 0, 10000, 140, 100 } };
	double late, plain;

	/* e = -20, 20, -20, 20: squares 1600, products of neighbours -1200 x 2; below 1600/4, which stays. */
	late = ratio_side(w, 4, &o).var;
	REL(late, 4. / 3 * 400 / (400. * 400), 1e-13);
	o.late = false;
	plain = ratio_side(w, 4, &o).var;
	REL(plain, 4. / 3 * 1600 / (400. * 400), 1e-13);
	/* -20, -20, 20, 20: the products of neighbours 400 - 400 + 400 would add to it; the plain squares are the most. */
	o.late = true;
	w[1].amount = 100;
	w[2].amount = 140;
	REL(ratio_side(w, 4, &o).var, plain, 1e-13);
	for (uint32_t i = 0; i < 4; i++)
		w[i].run = i;
	REL(ratio_side(w, 4, &o).var, plain, 1e-13);
}

/* A run without a sample of the function must not make the test fall over. */
static void empty_run(void)
{
	const struct ratio_opts o = { .kind = RATIO_COST };
	struct ratio_window a[4], b[4];
	struct ratio_test t;

	for (size_t i = 0; i < 4; i++) {
		a[i] = (struct ratio_window){ (uint32_t)i, i ? 10 : 0, i ? 10 : 0, 100 };
		b[i] = (struct ratio_window){ (uint32_t)i, 12, 12, 100 };
	}
	t = run(a, 4, b, 4, &o);
	CHECK(t.method == RATIO_WELCH);
	CHECK(isfinite(t.p) && t.p > .1);
}

/*
 * Calm: runs of one binary that differ by tau .10 (lognormal), 20 slices each of about 25 samples. Of 1000 functions at
 * most 7.1 % may be called changed at .05 (5 % and 3.1 standard errors), and a doubled cost must be seen.
 */
static void simulate(struct ratio_window *w, size_t runs, double effect, double tau, struct dist_rng *r)
{
	for (size_t i = 0; i < runs * 20; i++)
		w[i] = (struct ratio_window){ .run = (uint32_t)(i / 20), .exposure = 100 };
	for (size_t run = 0; run < runs; run++) {
		double rate = effect * exp(tau * dist_normal_quantile(dist_rng_unit(r))) / 4, at = 0;

		/* A Poisson process over the run's 2000 requests. */
		while ((at -= log1p(-dist_rng_unit(r)) / rate) < 2000) {
			w[run * 20 + (size_t)(at / 100)].count++;
			w[run * 20 + (size_t)(at / 100)].amount++;
		}
	}
}

static void calm_and_awake(void)
{
	static const struct {
		size_t runs;
		double false_most, seen_least;
	} row[] = { { 1, .071, .95 }, { 2, .071, .95 }, { 3, .071, .99 }, { 4, .071, .99 }, { 8, .071, 1 } };
	const struct ratio_opts o = { .kind = RATIO_COST, .tau = .1, .phi = RATIO_PHI_USER };
	static struct ratio_window a[160], b[160];
	struct dist_rng r = { 2 };
	double hit, seen;

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		hit = seen = 0;
		for (size_t f = 0; f < 1000; f++) {
			simulate(a, row[i].runs, 1, .1, &r);
			simulate(b, row[i].runs, 1, .1, &r);
			hit += run(a, row[i].runs * 20, b, row[i].runs * 20, &o).p < .05;
			if (f < 100) {
				simulate(b, row[i].runs, 2, .1, &r);
				seen += run(a, row[i].runs * 20, b, row[i].runs * 20, &o).p < .05;
			}
		}
		CHECK(hit / 1000 <= row[i].false_most);
		CHECK(hit / 1000 >= .01);
		CHECK(seen / 100 >= row[i].seen_least);
	}
}

int main(void)
{
	calm_and_awake();
	sides();
	one_run();
	single_profile();
	cost();
	t_tests();
	quasi_poisson();
	many_runs();
	few_runs();
	prior();
	rare();
	nothing_to_test();
	uneven_runs();
	empty_run();
	late_counter();
	return check_done();
}
