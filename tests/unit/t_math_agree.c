// SPDX-License-Identifier: GPL-3.0-or-later
/* Vectors of method 4.4; digits from sklearn.metrics 1.9.1 and numpy. Knowledge F23 for entropies. */
#include "tests/unit/math_documents.h"

#include "analyze/math/agree.h"

#define EPS 1e-13

static struct agree same(const uint32_t *a, const uint32_t *b, size_t n)
{
	struct agree s;
	struct err err;

	CHECK(agree_partitions(a, b, n, &s, &err) == 0);
	return s;
}

static void partitions(void)
{
	static const uint32_t a[] = { 0, 0, 0, 1, 1, 1, 2, 2, 2, 2 }, b[] = { 0, 0, 1, 1, 1, 1, 2, 2, 2, 0 };
	static const uint32_t renamed[] = { 9, 9, 9, 4000000000, 4000000000, 4000000000, 1, 1, 1, 1 };
	static const uint32_t two[] = { 0, 0, 1, 1 }, split[] = { 0, 0, 1, 2 }, all[] = { 0, 0, 0, 0 },
			      singles[] = { 0, 1, 2, 3 };
	struct agree s = same(a, b, 10);

	CHECK_NEAR(s.ari, .431818181818182, EPS);
	CHECK_NEAR(s.rand, .777777777777778, EPS);
	CHECK_NEAR(s.nmi, .618065646292154, EPS);
	s = same(two, split, 4);
	CHECK_NEAR(s.ari, .571428571428571, EPS);
	CHECK_NEAR(s.rand, .833333333333333, EPS);
	CHECK_NEAR(s.nmi, .8, EPS);
	CHECK(same(all, singles, 4).ari == 0);
	s = same(a, renamed, 10);
	CHECK(s.ari == 1 && s.rand == 1);
	CHECK_NEAR(s.nmi, 1, EPS);
	CHECK(same(all, all, 4).ari == 1 && same(all, all, 4).nmi == 1);
	CHECK(same(singles, singles, 4).ari == 1);
	CHECK(same(all, all, 1).ari == 1);
	CHECK(isnan(same(NULL, NULL, 0).ari));
}

static void entropies(void)
{
	static const double a[] = { 50, 30, 20 }, b[] = { 50, 30, 120 };
	static const double part[] = { .0306390622295664, .0183834373377399, .0754887502163468 };
	static const double even[] = { 100, 100, 100, 100 }, leak[] = { 100, 100, 100, 5000 }, none[] = { 0, NAN, -1 };
	double contribution[3], df;

	CHECK_NEAR(agree_entropy(a, 3), 1.48547529722733, EPS);
	CHECK_NEAR(agree_entropy(b, 3), 1.35272419562465, EPS);
	CHECK_NEAR(agree_entropy_normalised(a, 3), .93723056321613, EPS);
	CHECK_NEAR(agree_entropy_normalised(b, 3), .853473943395611, EPS);
	CHECK_NEAR(agree_entropy_miller_madow(a, 3), 1.49990224763622, EPS);
	CHECK_NEAR(agree_entropy_miller_madow(b, 3), 1.3599376708291, EPS);
	CHECK_NEAR(agree_jsd(a, b, 3, contribution), .124511249783653, EPS);
	for (size_t i = 0; i < 3; i++)
		CHECK_NEAR(contribution[i], part[i], EPS);
	CHECK_NEAR(agree_g(a, b, 3, &df), 45.2688340769507, 1e-11);
	CHECK(df == 2);
	CHECK_NEAR(agree_entropy_normalised(even, 4), 1, EPS);
	CHECK_NEAR(agree_entropy_normalised(leak, 4), .2018, 5e-5);
	CHECK_NEAR(agree_jsd(even, leak, 4, NULL), .4103, 5e-5);
	CHECK(agree_jsd(a, a, 3, NULL) == 0);
	CHECK(agree_entropy(none, 3) == 0);
	CHECK(agree_entropy_miller_madow(none, 3) == 0);
	CHECK(agree_entropy_normalised(a, 1) == 0 && agree_entropy_normalised(NULL, 0) == 0);
	CHECK(isnan(agree_jsd(a, none, 3, contribution)) && isnan(contribution[0]));
	CHECK(isnan(agree_g(none, a, 3, NULL)));
}

static void dumps(void)
{
	static const double count[6][3] = { { 50, 30, 20 }, { 48, 33, 22 }, { 52, 29, 19 },
					    { 51, 30, 60 }, { 49, 31, 80 }, { 50, 28, 75 } };
	static const bool current[] = { false, false, false, true, true, true }, first[] = { true, false, false };
	struct permute r;
	struct err err;

	CHECK(agree_permute(count[0], 6, 3, current, AGREE_JSD, &r, &err) == 0);
	CHECK_NEAR(r.observed, .0611096035676971, EPS);
	CHECK_NEAR(r.p, 2. / 20, EPS);
	CHECK(r.exact && r.deals == 20);
	CHECK_NEAR(r.smallest, .1, EPS);
	CHECK(agree_permute(count[0], 6, 3, current, AGREE_ENTROPY, &r, &err) == 0);
	CHECK_NEAR(r.observed, .00604390279147498, EPS);
	CHECK_NEAR(r.p, 12. / 20, EPS);
	CHECK(agree_permute(count[0], 3, 3, current, AGREE_JSD, &r, &err) == 0);
	CHECK(isnan(r.p));
	CHECK(agree_permute(count[1], 3, 3, first, AGREE_JSD, &r, &err) == 0);
	CHECK(r.p >= 1. / 3 - EPS);
}

/* Three kinds of stack, four of each: the same clusters on every sample of them. */
static void stability(void)
{
	const struct kmeans_opts o = { .spherical = true, .tol = -1 };
	static const size_t seed[] = { 0, 4, 8 };
	struct tfidf_entry e[36];
	struct arena a = { 0 };
	double idf[15], median, again;
	struct tfidf_rows x;
	struct kmeans km;
	struct err err;
	const struct tfidf_opts t = { .smooth = true };

	for (uint32_t i = 0; i < 12; i++) {
		e[3 * i] = (struct tfidf_entry){ i, i / 4, 2 };
		e[3 * i + 1] = (struct tfidf_entry){ i, 3 + i, .5 };
		e[3 * i + 2] = (struct tfidf_entry){ i, i / 4, 1 };
	}
	CHECK(tfidf_gather(e, 36, 12, 15, &a, &x, &err) == 0);
	tfidf_weigh(&x, &t, idf);
	CHECK(kmeans_run(&x, NULL, 3, seed, &o, &a, &km, &err) == 0);
	CHECK(agree_stability(&x, NULL, &km, &o, 20, &median, &err) == 0);
	CHECK(median == 1);
	/* Nine clusters out of three kinds hang on which rows are there. */
	{
		static const size_t nine[] = { 0, 1, 2, 4, 5, 6, 8, 9, 10 };

		CHECK(kmeans_run(&x, NULL, 9, nine, &o, &a, &km, &err) == 0);
	}
	CHECK(agree_stability(&x, NULL, &km, &o, 20, &median, &err) == 0);
	CHECK(agree_stability(&x, NULL, &km, &o, 20, &again, &err) == 0);
	CHECK(median < .9 && median == again);
	x.rows = 4;
	CHECK(agree_stability(&x, NULL, &km, &o, 20, &median, &err) == 0);
	CHECK(isnan(median));
	arena_free(&a);
}

int main(void)
{
	partitions();
	entropies();
	dumps();
	stability();
	return check_done();
}
