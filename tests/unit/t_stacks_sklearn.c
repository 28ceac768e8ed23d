// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * The stacks of real goroutine dumps against scikit-learn (tests/record-sklearn): TF-IDF, weighted k-means from the same start, silhouettes and the
 * adjusted Rand index, to 1e-9. The spherical form, which the product uses, is an option of the same routine.
 */
#include "tests/unit/check.h"

#include <stdlib.h>

#include "analyze/math/agree.h"
#include "analyze/math/kmeans.h"
#include "analyze/math/silhouette.h"

#define EPS 1e-9
#define MOST 4096

struct reader {
	FILE *f;
	char line[1 << 16];
};

static const char *after(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (!fgets(r->line, sizeof(r->line), r->f) || strncmp(r->line, word, n) != 0) {
		fprintf(stderr, "wanted '%s', have '%.40s'\n", word, r->line);
		CHECK(!"the recorded file is not as it should be");
		exit(check_done());
	}
	return r->line + n;
}

static struct tfidf_rows read_counts(struct reader *r, double *weight, struct arena *mem)
{
	static struct tfidf_entry entry[1 << 16];
	struct tfidf_rows x;
	struct err err;
	unsigned rows, cols;
	size_t n = 0;
	long at;

	CHECK(sscanf(after(r, "rows "), "%u cols %u", &rows, &cols) == 2 && rows <= MOST);
	for (unsigned i = 0; i < rows; i++)
		weight[i] = strtod(after(r, "weight "), NULL);
	for (at = ftell(r->f); fgets(r->line, sizeof(r->line), r->f) && r->line[0] != 't'; at = ftell(r->f))
		if (n < sizeof(entry) / sizeof(entry[0])) {
			char *p;

			entry[n].row = (uint32_t)strtoul(r->line, &p, 10);
			entry[n].col = (uint32_t)strtoul(p, &p, 10);
			entry[n++].count = strtod(p, NULL);
		}
	fseek(r->f, at, SEEK_SET);
	CHECK(tfidf_gather(entry, n, rows, cols, mem, &x, &err) == 0);
	CHECK(x.start[rows] == n && n > 200);
	return x;
}

static double centre2(const struct kmeans *km, size_t k)
{
	double sum = 0;

	for (size_t i = 0; i < km->cols; i++)
		sum += km->centre[k * km->cols + i] * km->centre[k * km->cols + i];
	return sum;
}

static void one_k(struct reader *r, const struct tfidf_rows *x, const double *weight, uint32_t *before, struct arena *mem)
{
	struct kmeans_opts euclid = { .tol = -1 };
	struct kmeans km;
	struct err err;
	size_t k = strtoul(after(r, "k "), NULL, 10);
	double mean, *start = arena_array(mem, double, k * x->cols + 1);
	char *p, *want;
	bool same = true;

	for (size_t i = 0; i < x->rows; i++)	/* centre j starts at the mean of every k-th row from j on */
		for (size_t e = x->start[i]; e < x->start[i + 1]; e++)
			start[(i % k) * x->cols + x->col[e]] += x->val[e] / (double)((x->rows - i % k + k - 1) / k);
	euclid.start = start;
	CHECK(kmeans_run(x, weight, k, NULL, &euclid, mem, &km, &err) == 0);
	p = (char *)after(r, "labels");
	for (size_t i = 0; i < x->rows; i++)
		same = same && km.label[i] == strtoul(p, &p, 10);
	CHECK(same);
	CHECK_NEAR(km.objective, strtod(after(r, "inertia"), NULL), EPS * km.objective);
	for (size_t i = 0; i < k; i++)
		CHECK_NEAR(centre2(&km, i), strtod(after(r, "centre2"), NULL), EPS);
	want = (char *)after(r, "silhouette");
	CHECK(silhouette_score(x, km.label, k, NULL, SILHOUETTE_COSINE, NULL, &mean, &err) == 0);
	CHECK_NEAR(mean, strtod(want, &want), EPS);
	CHECK(silhouette_score(x, km.label, k, NULL, SILHOUETTE_EUCLID, NULL, &mean, &err) == 0);
	CHECK_NEAR(mean, strtod(want, NULL), EPS);
	if (k > 2) {
		struct agree a;

		CHECK(agree_partitions(before, km.label, x->rows, &a, &err) == 0);
		CHECK_NEAR(a.ari, strtod(after(r, "ari"), NULL), EPS);
	}
	memcpy(before, km.label, x->rows * sizeof(*before));
}

static void capture(const char *path)
{
	static double weight[MOST], idf[1 << 16];
	static uint32_t before[MOST];
	const struct tfidf_opts o = { .smooth = true };
	struct arena mem = { 0 };
	static struct reader r;
	struct tfidf_rows x;
	double worst = 0;

	r.f = fopen(path, "r");
	CHECK(r.f != NULL);
	if (!r.f)
		return;
	after(&r, "# scikit-learn ");
	x = read_counts(&r, weight, &mem);
	tfidf_weigh(&x, &o, idf);
	for (size_t i = 0; i < x.start[x.rows]; i++)
		worst = fmax(worst, fabs(x.val[i] - strtod(after(&r, "tfidf"), NULL)));
	CHECK_NEAR(worst, 0, EPS);
	for (int i = 0; i < 5; i++)
		one_k(&r, &x, weight, before, &mem);
	CHECK(!fgets(r.line, sizeof(r.line), r.f));
	fclose(r.f);
	arena_free(&mem);
}

int main(void)
{
	capture("testdata/expected/stacks-channel_backpressure.txt");
	capture("testdata/expected/stacks-goroutine_bloat.txt");
	capture("testdata/expected/stacks-aa-2.txt");
	return check_done();
}
