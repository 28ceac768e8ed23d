// SPDX-License-Identifier: GPL-3.0-or-later
/* Reference: sklearn.metrics.silhouette_score and silhouette_samples, 1.9.1; weights: rows repeated by numpy.repeat. */
#include "tests/unit/math_documents.h"

#include "analyze/math/silhouette.h"

#define EPS 1e-12

static double score(const struct tfidf_rows *x, const uint32_t *label, size_t k, const double *w,
		    enum silhouette_metric metric, double *row)
{
	struct err err;
	double mean;

	CHECK(silhouette_score(x, label, k, w, metric, row, &mean, &err) == 0);
	return mean;
}

static void vectors(const struct tfidf_rows *x)
{
	static const uint32_t three[] = { 0, 0, 1, 1, 2, 2 }, two[] = { 0, 0, 0, 0, 1, 1 };
	static const uint32_t four[] = { 0, 0, 1, 2, 3, 3 };
	static const double cosine[] = { .905304870404794, .919659352869015, .741426638992173,
					 .76467193823356,  .817664120748316, .817664120748316 };
	static const double euclid[] = { .692140037570139, .716507429392694, .490940705168429,
					 .514582882144376, .572991944746139, .572991944746139 };
	static const double weight[] = { 10, 1, 3, 3, 20, 5 };
	double row[DOCUMENTS];

	CHECK_NEAR(score(x, three, 3, NULL, SILHOUETTE_COSINE, row), .827731840332696, EPS);
	for (size_t i = 0; i < DOCUMENTS; i++)
		CHECK_NEAR(row[i], cosine[i], EPS);
	CHECK_NEAR(score(x, three, 3, NULL, SILHOUETTE_EUCLID, row), .593359157294652, EPS);
	for (size_t i = 0; i < DOCUMENTS; i++)
		CHECK_NEAR(row[i], euclid[i], EPS);
	CHECK_NEAR(score(x, two, 2, NULL, SILHOUETTE_COSINE, NULL), .626976177704006, EPS);
	CHECK_NEAR(score(x, two, 2, NULL, SILHOUETTE_EUCLID, NULL), .429363113061286, EPS);
	CHECK_NEAR(score(x, four, 4, NULL, SILHOUETTE_COSINE, row), .575212127873058, EPS);
	CHECK(row[2] == 0 && row[3] == 0);
	CHECK_NEAR(score(x, four, 4, NULL, SILHOUETTE_EUCLID, NULL), .423321284475355, EPS);
	CHECK_NEAR(score(x, three, 3, weight, SILHOUETTE_COSINE, NULL), .936942344935263, EPS);
	/* scikit-learn's distance between two copies of a row is not 0 but the root of a rounding error. */
	CHECK_NEAR(score(x, three, 3, weight, SILHOUETTE_EUCLID, NULL), .85707809793064, 1e-8);
	CHECK(score(x, (const uint32_t[]){ 0, 0, 0, 0, 0, 0 }, 1, NULL, SILHOUETTE_COSINE, NULL) == 0);
	CHECK(score(x, (const uint32_t[]){ 1, 1, 1, 1, 1, 1 }, 3, NULL, SILHOUETTE_COSINE, NULL) == 0);
}

static void choice(const struct tfidf_rows *x, struct arena *a)
{
	const struct kmeans_opts o = { .spherical = true, .tol = -1 };
	struct silhouette_choice c;
	struct kmeans km;
	struct err err;

	CHECK(silhouette_choose(x, NULL, &o, a, &km, &c, &err) == 0);
	CHECK(c.k == 3 && km.k == 3 && c.tried == 4);
	CHECK_NEAR(c.score, .827731840332696, EPS);
	CHECK(km.label[0] == km.label[1] && km.label[2] == km.label[3] && km.label[4] == km.label[5]);
	CHECK(km.label[0] != km.label[2] && km.label[0] != km.label[4] && km.label[2] != km.label[4]);
	CHECK(isnan(c.scores[1]) && isnan(c.scores[5]));
}

/* Rows of one kind are one cluster; nothing in, nothing out. */
static void one_kind(struct arena *a)
{
	const struct kmeans_opts o = { .spherical = true, .tol = -1 };
	uint32_t col[] = { 0, 0, 0, 0, 0, 0 };
	double val[] = { 1, 1, 1, 1, 1, 1 };
	size_t start[] = { 0, 1, 2, 3, 4, 5, 6 };
	struct tfidf_rows x = { 6, 1, start, col, val }, none = x, one = x;
	struct silhouette_choice c;
	struct kmeans km;
	struct err err;

	none.rows = 0;
	one.rows = 1;
	CHECK(silhouette_choose(&x, NULL, &o, a, &km, &c, &err) == 0);
	CHECK(c.k == 1 && c.score == 0);
	CHECK(km.k == 1 && km.label[5] == 0);
	CHECK(silhouette_choose(&one, NULL, &o, a, &km, &c, &err) == 0);
	CHECK(c.k == 1 && km.label[0] == 0);
	CHECK(silhouette_choose(&none, NULL, &o, a, &km, &c, &err) == 0);
	CHECK(c.k == 0 && km.k == 0);
}

int main(void)
{
	const struct tfidf_opts o = { .smooth = true };
	struct arena a = { 0 };
	double idf[TOKENS];
	struct tfidf_rows x = documents(&a, &o, idf);

	vectors(&x);
	choice(&x, &a);
	one_kind(&a);
	arena_free(&a);
	return check_done();
}
