// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * silhouette.c - how well rows sit in their clusters
 *
 * With 1 - cos as the distance, the sum of distances from a row to a cluster is the cluster's weight less the row times
 * the sum of the cluster's unit rows: no pair is looked at. The Euclidean form has no such shortcut.
 */
#include "analyze/math/silhouette.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"

#define ROWS_A_CLUSTER	3	/* at the largest k, in the mean */
#define SMALL_MAX_K	4

struct sums {
	const struct tfidf_rows *x;
	const uint32_t *label;
	const double *weight;
	size_t k;
	double *mass;	/* weight of each cluster */
	double *unit;	/* cosine: k x cols, sums of unit rows */
	double *to;	/* sum of distances from one row to each cluster */
};

static double weight_of(const struct sums *s, size_t i)
{
	return s->weight ? s->weight[i] : 1;
}

static void gather(struct sums *s)
{
	const struct tfidf_rows *x = s->x;
	double norm, *u;

	for (size_t i = 0; i < x->rows; i++) {
		s->mass[s->label[i]] += weight_of(s, i);
		norm = sqrt(tfidf_norm2(x, i));
		if (!s->unit || !(norm > 0))
			continue;
		u = s->unit + s->label[i] * x->cols;
		for (size_t e = x->start[i]; e < x->start[i + 1]; e++)
			u[x->col[e]] += weight_of(s, i) * (x->val[e] / norm);
	}
}

static void cosine_sums(struct sums *s, size_t i)
{
	double norm = sqrt(tfidf_norm2(s->x, i)), dot;

	for (size_t j = 0; j < s->k; j++) {
		dot = norm > 0 ? tfidf_dot_dense(s->x, i, s->unit + j * s->x->cols) / norm : 0;
		s->to[j] = s->mass[j] - dot;
	}
	/* A row without tokens is at 1 from all others but at 0 from itself. */
	if (!(norm > 0))
		s->to[s->label[i]] -= weight_of(s, i);
}

static void euclid_sums(struct sums *s, size_t i)
{
	double own = tfidf_norm2(s->x, i), d2;

	memset(s->to, 0, s->k * sizeof(*s->to));
	for (size_t j = 0; j < s->x->rows; j++) {
		if (j == i)
			continue;
		d2 = own + tfidf_norm2(s->x, j) - 2 * tfidf_dot(s->x, i, j);
		s->to[s->label[j]] += weight_of(s, j) * sqrt(fmax(d2, 0));
	}
}

static double row_score(const struct sums *s, size_t i)
{
	size_t own = s->label[i];
	double a, b = INFINITY;

	/* Other rows and other copies of this one. */
	if (!(s->mass[own] > 1))
		return 0;
	a = fmax(s->to[own], 0) / (s->mass[own] - 1);
	for (size_t j = 0; j < s->k; j++)
		if (j != own && s->mass[j] > 0)
			b = fmin(b, fmax(s->to[j], 0) / s->mass[j]);
	if (isinf(b) || fmax(a, b) <= 0)
		return 0;
	return (b - a) / fmax(a, b);
}

int silhouette_score(const struct tfidf_rows *x, const uint32_t *label, size_t k, const double *weight,
		     enum silhouette_metric metric, double *row, double *mean, struct err *err)
{
	struct sums s = { .x = x, .label = label, .weight = weight, .k = k };
	struct dist_sum total = { 0 }, mass = { 0 };
	double *real, one;

	*mean = 0;
	if (x->rows == 0 || k == 0)
		return 0;
	real = calloc(2 * k + (metric == SILHOUETTE_COSINE ? k * x->cols : 0), sizeof(*real));
	if (!real)
		return err_nomem(err);
	s.mass = real;
	s.to = real + k;
	s.unit = metric == SILHOUETTE_COSINE ? real + 2 * k : NULL;
	gather(&s);
	for (size_t i = 0; i < x->rows; i++) {
		if (metric == SILHOUETTE_COSINE)
			cosine_sums(&s, i);
		else
			euclid_sums(&s, i);
		one = row_score(&s, i);
		if (row)
			row[i] = one;
		dist_sum_add(&total, weight_of(&s, i) * one);
		dist_sum_add(&mass, weight_of(&s, i));
	}
	if (dist_sum_value(&mass) > 0)
		*mean = dist_sum_value(&total) / dist_sum_value(&mass);
	free(real);
	return 0;
}

/* Dumps have 20 to 50 stacks of some ten kinds: the root of half of them would end the search at 4, where which kinds share a cluster is chance. */
static size_t largest_k(size_t rows)
{
	size_t k = rows / ROWS_A_CLUSTER, small = rows > SMALL_MAX_K ? SMALL_MAX_K : rows > 2 ? 2 : 1;

	if (k < small)
		k = small;
	return k < SILHOUETTE_MAX_K ? k : SILHOUETTE_MAX_K;
}

/* The smallest k whose score is a tie with the best, 1 when the best is not good enough. */
static size_t pick(const struct silhouette_choice *c)
{
	double best = -INFINITY;

	for (size_t k = 2; k <= c->tried; k++)
		best = fmax(best, c->scores[k]);
	if (best >= SILHOUETTE_ACCEPT)
		for (size_t k = 2; k <= c->tried; k++)
			if (c->scores[k] >= fmax(best - SILHOUETTE_TIE, SILHOUETTE_ACCEPT))
				return k;
	return 1;
}

int silhouette_choose(const struct tfidf_rows *x, const double *weight, const struct kmeans_opts *o, struct arena *a,
		      struct kmeans *km, struct silhouette_choice *choice, struct err *err)
{
	struct arena scratch = { 0 };
	size_t seed[SILHOUETTE_MAX_K];
	int rc;

	*km = (struct kmeans){ .cols = x->cols };
	*choice = (struct silhouette_choice){ .tried = largest_k(x->rows) };
	for (size_t k = 0; k <= SILHOUETTE_MAX_K; k++)
		choice->scores[k] = NAN;
	if (x->rows == 0)
		return 0;
	/* Farthest-first seeds of k are the first k of those of the largest k. */
	rc = kmeans_seed(x, weight, choice->tried, seed, err);
	for (size_t k = 2; !rc && k <= choice->tried; k++) {
		rc = kmeans_run(x, weight, k, seed, o, &scratch, km, err);
		if (!rc)
			rc = silhouette_score(x, km->label, k, weight, SILHOUETTE_COSINE, NULL, &choice->scores[k],
					      err);
		arena_reset(&scratch);
	}
	arena_free(&scratch);
	if (rc)
		return rc;
	choice->k = pick(choice);
	choice->score = choice->k > 1 ? choice->scores[choice->k] : 0;
	return kmeans_run(x, weight, choice->k, seed, o, a, km, err);
}
