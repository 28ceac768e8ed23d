// SPDX-License-Identifier: GPL-3.0-or-later
/* Reference: scikit-learn 1.9.1 (see math_documents.h), the spherical form in numpy; method 4.3. */
#include "tests/unit/math_documents.h"

#include "analyze/math/kmeans.h"

#define EPS 1e-12
#define POINTS 24

static const struct kmeans_opts euclid = { .tol = -1 }, sphere = { .spherical = true, .tol = -1 };

static struct kmeans run(const struct tfidf_rows *x, const double *w, size_t k, const size_t *seed,
			 const struct kmeans_opts *o, struct arena *a)
{
	struct kmeans km;
	struct err err;

	CHECK(kmeans_run(x, w, k, seed, o, a, &km, &err) == 0);
	return km;
}

static bool labels_are(const uint32_t *label, const char *want)
{
	for (size_t i = 0; want[i]; i++)
		if (label[i] != (uint32_t)(want[i] - '0'))
			return false;
	return true;
}

static void vectors(const struct tfidf_rows *x, struct arena *a)
{
	static const size_t three[] = { 0, 2, 4 }, two[] = { 0, 4 }, four[] = { 0, 2, 3, 4 };
	static const double weight[] = { 10, 1, 3, 3, 20, 5 };
	struct kmeans km = run(x, NULL, 3, three, &euclid, a);

	CHECK(labels_are(km.label, "001122"));
	CHECK_NEAR(km.objective, .398505422614449, EPS);
	CHECK(km.iterations == 2 && km.converged);
	CHECK_NEAR(km.centre[HANDLE], .332569451336602, EPS);
	CHECK_NEAR(km.centre[JSON], .459683949318263, EPS);
	CHECK_NEAR(km.centre[REFLECT], .654748898271195, EPS);
	km = run(x, NULL, 2, two, &euclid, a);
	CHECK(labels_are(km.label, "000011"));
	CHECK_NEAR(km.objective, 1.58743926070613, EPS);
	km = run(x, NULL, 4, four, &euclid, a);
	CHECK(labels_are(km.label, "001233"));
	CHECK_NEAR(km.objective, .238710333381356, EPS);
	km = run(x, weight, 3, three, &euclid, a);
	CHECK(labels_are(km.label, "001122"));
	CHECK_NEAR(km.objective, 2.04057130922125, EPS);
	CHECK_NEAR(km.centre[HANDLE], .373740816764934, EPS);
	CHECK_NEAR(km.centre[REFLECT], .552058163919849, EPS);
	km = run(x, NULL, 3, three, &sphere, a);
	CHECK(labels_are(km.label, "001122"));
	CHECK_NEAR(km.objective, 5.79670439307916, EPS);
	CHECK_NEAR(km.centre[HANDLE], .337358030431458, EPS);
	CHECK_NEAR(km.centre[JSON], .466302816268006, EPS);
	CHECK_NEAR(km.centre[REFLECT], .664176453550372, EPS);
}

/* For unit rows: inertia = n - sum ||sum of members||^2 / n_j. */
static void identity(const struct tfidf_rows *x, struct arena *a)
{
	static const size_t seed[] = { 1, 3 };
	struct kmeans km = run(x, NULL, 2, seed, &euclid, a);
	double want = DOCUMENTS, n, s, v;

	for (uint32_t j = 0; j < 2; j++) {
		n = s = 0;
		for (size_t i = 0; i < DOCUMENTS; i++)
			n += km.label[i] == j;
		for (size_t c = 0; c < TOKENS; c++) {
			v = 0;
			for (size_t i = 0; i < DOCUMENTS; i++)
				v += km.label[i] == j ? document_cell(x, i, c) : 0;
			s += v * v;
		}
		want -= s / n;
	}
	CHECK_NEAR(km.objective, want, EPS);
}

static const double point[POINTS][2] = {
	{ 2.04, -2.56 }, { .42, -.57 },	 { -.45, -.22 }, { -2.02, -.23 }, { -.87, 3.32 }, { .23, -.35 },
	{ -.28, -.67 },	 { -1.06, -.39 }, { 6.48, -.24 }, { 6.96, -.2 },   { 6.02, 1.55 }, { 6.55, -.51 },
	{ 5.82, .54 },	 { 7.94, -.27 },  { 5.76, 1.0 },  { 5.11, -.29 },  { 3.88, 5.58 }, { 3.09, 5.67 },
	{ .17, 6.02 },	 { 2.04, 3.33 },  { 3.28, 5.7 },  { 2.56, 3.92 },  { 3.03, 4.95 }, { 4.41, 5.75 },
};

/* Points of the plane from good and bad starts, equal seeds (an empty cluster) among them; weights 1 .. 24. */
static void plane(struct arena *a)
{
	static const struct {
		size_t k, seed[4];
		bool weighted;
		const char *label;
		double inertia;
		size_t iterations;
	} row[] = {
		{ 3, { 0, 1, 2 }, false, "222222220000000011111111", 56.048675, 4 },
		{ 3, { 0, 1, 2 }, true, "222222220000000011111111", 583.980685888889, 4 },
		{ 3, { 0, 8, 16 }, false, "000020001111111122222222", 56.262003968254, 2 },
		{ 3, { 0, 8, 16 }, true, "000000001111111122222222", 583.980685888889, 3 },
		{ 3, { 5, 6, 20 }, false, "111111110000000022222222", 56.048675, 4 },
		{ 3, { 5, 6, 20 }, true, "111111110000000022222222", 583.980685888889, 3 },
		{ 4, { 3, 2, 17, 9 }, false, "111011103333333322222222", 51.5751333333333, 3 },
		{ 4, { 3, 2, 17, 9 }, true, "111011113333333322222222", 573.989318875, 2 },
		{ 3, { 0, 0, 8 }, false, "000010002222222211111111", 56.262003968254, 4 },
		{ 3, { 0, 0, 8 }, true, "000000002222222211111111", 583.980685888889, 6 },
		{ 4, { 0, 0, 0, 8 }, false, "000010003333333322122222", 36.6762357142857, 3 },
		{ 4, { 0, 0, 0, 8 }, true, "000010003333333322122222", 382.076073114201, 3 },
	};
	double val[2 * POINTS], weight[POINTS];
	uint32_t col[2 * POINTS];
	size_t start[POINTS + 1];
	struct tfidf_rows x = { POINTS, 2, start, col, val };
	struct kmeans km;

	for (size_t i = 0; i < 2 * POINTS; i++) {
		val[i] = point[i / 2][i % 2];
		col[i] = i % 2;
	}
	for (size_t i = 0; i <= POINTS; i++)
		start[i] = 2 * i;
	for (size_t i = 0; i < POINTS; i++)
		weight[i] = (double)(i + 1);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		km = run(&x, row[i].weighted ? weight : NULL, row[i].k, row[i].seed, &euclid, a);
		CHECK(labels_are(km.label, row[i].label));
		CHECK_NEAR(km.objective, row[i].inertia, 1e-10);
		CHECK(km.iterations == row[i].iterations);
	}
}

static void seeds(const struct tfidf_rows *x)
{
	static const double weight[] = { 1, 1, 5, 1, 1, 1 };
	struct err err;
	size_t seed[6];

	/* From the heaviest; then the first of those with nothing in common; then the farthest from both. */
	CHECK(kmeans_seed(x, weight, 6, seed, &err) == 0);
	CHECK(seed[0] == 2 && seed[1] == 4 && seed[2] == 1);
	CHECK(kmeans_seed(x, NULL, 3, seed, &err) == 0);
	CHECK(seed[0] == 0 && seed[1] == 4 && seed[2] == 3);
	CHECK(kmeans_seed(x, NULL, 7, seed, &err) == ERR_INTERNAL);
	CHECK(kmeans_seed(x, NULL, 0, seed, &err) == 0);
}

static void order(const struct tfidf_rows *x, struct arena *a)
{
	static const size_t seed[] = { 0, 2, 4 };
	static const double weight[] = { 1, 2, 3, 4, 20, 5 };
	struct kmeans km = run(x, weight, 3, seed, &sphere, a);
	struct err err;
	double w[3];
	size_t medoid[3];

	CHECK(kmeans_order(&km, x, weight, w, medoid, &err) == 0);
	CHECK(labels_are(km.label, "221100"));
	CHECK(w[0] == 25 && w[1] == 7 && w[2] == 3);
	CHECK(medoid[0] == 4 && medoid[1] == 3 && medoid[2] == 1);
	CHECK(km.centre[GC_DRAIN] > .5);
	/* Equal weights: the cluster of the lowest row is first. */
	km = run(x, NULL, 3, seed, &sphere, a);
	CHECK(kmeans_order(&km, x, NULL, w, NULL, &err) == 0);
	CHECK(labels_are(km.label, "001122"));
}

/* More clusters than different rows: no end without progress, no NaN. */
static void duplicates(struct arena *a)
{
	size_t start[] = { 0, 1, 2, 3, 4, 4 }, seed[5];
	uint32_t col[] = { 0, 0, 1, 1 };
	double val[] = { 1, 1, 1, 1 };
	struct tfidf_rows x = { 5, 2, start, col, val };
	struct err err;
	struct kmeans km;

	CHECK(kmeans_seed(&x, NULL, 5, seed, &err) == 0);
	km = run(&x, NULL, 4, seed, &sphere, a);
	CHECK(km.converged && km.iterations < 5);
	CHECK(km.label[0] == km.label[1] && km.label[2] == km.label[3]);
	CHECK_NEAR(km.objective, 4, EPS);
	km = run(&x, NULL, 4, seed, &euclid, a);
	CHECK_NEAR(km.objective, 0, EPS);
	CHECK(kmeans_run(&x, NULL, 6, seed, &euclid, a, &km, &err) == ERR_INTERNAL);
	CHECK(kmeans_run(&x, NULL, 0, seed, &euclid, a, &km, &err) == ERR_INTERNAL);
}

int main(void)
{
	const struct tfidf_opts o = { .smooth = true };
	struct arena a = { 0 };
	double idf[TOKENS];
	struct tfidf_rows x = documents(&a, &o, idf);

	vectors(&x, &a);
	identity(&x, &a);
	plane(&a);
	seeds(&x);
	order(&x, &a);
	duplicates(&a);
	arena_free(&a);
	return check_done();
}
