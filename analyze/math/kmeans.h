/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kmeans.h - Lloyd's algorithm on sparse rows, Euclidean or spherical, without chance
 *
 * Ties go to the lowest cluster, an empty cluster takes the farthest row, seeds are given or farthest-first, sums run
 * in row order: labels are the same on every machine.
 */
#ifndef ANALYZE_MATH_KMEANS_H
#define ANALYZE_MATH_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"
#include "analyze/math/tfidf.h"

struct kmeans_opts {
	bool spherical;		/* unit centres, maximise the sum of cosines; rows must be unit (or zero) */
	size_t max_iterations;	/* 0: 300 */
	const double *start;	/* k x cols centres to start from; NULL: the rows that seed names */
	double tol;		/* stop when sum ||shift||^2 <= tol * mean variance per column; negative: 1e-4 */
};

struct kmeans {
	size_t k, cols;
	uint32_t *label;	/* a row */
	double *centre;		/* k x cols */
	double objective;	/* inertia, or the sum of cosines */
	size_t iterations;
	bool converged;
};

/* Farthest-first from the heaviest row (ties: lowest row) by cosine distance times weight: writes k different rows, k <= rows. */
int kmeans_seed(const struct tfidf_rows *x, const double *weight, size_t k, size_t *seed, struct err *err)
	ERR_MUST_CHECK;
/* weight NULL is all 1, else not negative; seed is k row numbers. k must be 1 .. rows. out is the arena's. */
int kmeans_run(const struct tfidf_rows *x, const double *weight, size_t k, const size_t *seed,
	       const struct kmeans_opts *o, struct arena *a, struct kmeans *out, struct err *err) ERR_MUST_CHECK;
/*
 * Renumbers clusters by weight, heaviest first (ties: the one with the lowest row), and writes each one's weight and
 * medoid: the row nearest to the centre (ties: heavier, then lower). Both arrays have room for k and may be NULL.
 */
int kmeans_order(struct kmeans *km, const struct tfidf_rows *x, const double *weight, double *cluster_weight,
		 size_t *medoid, struct err *err) ERR_MUST_CHECK;

#endif
