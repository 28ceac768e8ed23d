/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * silhouette.h - how well rows sit in their clusters, and with how many clusters
 *
 * A weight is a multiplicity: the result is that of the rows repeated so often (a whole number is not needed).
 */
#ifndef ANALYZE_MATH_SILHOUETTE_H
#define ANALYZE_MATH_SILHOUETTE_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"
#include "analyze/math/kmeans.h"
#include "analyze/math/tfidf.h"

#define SILHOUETTE_ACCEPT	0.15	/* below, there is one cluster */
#define SILHOUETTE_TIE		0.01	/* within this of the best, the smaller k */
#define SILHOUETTE_MAX_K	20

enum silhouette_metric {
	SILHOUETTE_COSINE,	/* 1 - cos; time rows * nonzeros * k */
	SILHOUETTE_EUCLID,	/* time rows^2 * nonzeros: for small sets and tests */
};

/* s = (b - a)/max(a, b), 0 for a singleton. row (may be NULL) gets each; *mean the weighted mean, 0 with k < 2. */
int silhouette_score(const struct tfidf_rows *x, const uint32_t *label, size_t k, const double *weight,
		     enum silhouette_metric metric, double *row, double *mean, struct err *err) ERR_MUST_CHECK;

struct silhouette_choice {
	size_t k;	/* 1 when nothing reached SILHOUETTE_ACCEPT; 0 for no rows */
	double score;	/* of k; 0 for k = 1 */
	size_t tried;	/* largest k tried */
	double scores[SILHOUETTE_MAX_K + 1];	/* [k], NaN where not tried */
};
/*
 * Clusters for k = 2 .. min(20, rows/3), but up to 4 where there are 5 rows or more: six stacks of three kinds
 * are three clusters. Seeds are farthest-first; the best by the rules above is kept. km is the arena's.
 */
int silhouette_choose(const struct tfidf_rows *x, const double *weight, const struct kmeans_opts *o, struct arena *a,
		      struct kmeans *km, struct silhouette_choice *choice, struct err *err) ERR_MUST_CHECK;

#endif
