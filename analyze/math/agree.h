/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * agree.h - partitions compared, and distributions over the same clusters compared
 *
 * Entropies are in bits. Counts are non-negative; negative ones and NaN count as 0.
 */
#ifndef ANALYZE_MATH_AGREE_H
#define ANALYZE_MATH_AGREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"
#include "analyze/math/kmeans.h"
#include "analyze/math/permute.h"
#include "analyze/math/tfidf.h"

struct agree {
	double ari, rand, nmi;	/* all NaN for n = 0; 1 for equal partitions */
};
/* Any label numbers. */
int agree_partitions(const uint32_t *a, const uint32_t *b, size_t n, struct agree *out, struct err *err) ERR_MUST_CHECK;

/* Median ARI between a clustering and its repetitions on 80 % of the rows; NaN with fewer than 5 rows. */
#define AGREE_UNSTABLE	0.75	/* below this median, say so */
int agree_stability(const struct tfidf_rows *x, const double *weight, const struct kmeans *km,
		    const struct kmeans_opts *o, size_t repetitions, double *median, struct err *err) ERR_MUST_CHECK;

double agree_entropy(const double *count, size_t k);			/* 0 when empty */
double agree_entropy_normalised(const double *count, size_t k);		/* H / log2 k, k all clusters; 0 for k <= 1 */
double agree_entropy_miller_madow(const double *count, size_t k);	/* + (K - 1)/(2 N ln 2), K the filled ones */
/* Jensen-Shannon divergence of the shares, NaN when a side is empty; contribution (or NULL): each cluster's part. */
double agree_jsd(const double *a, const double *b, size_t k, double *contribution);
/* Likelihood ratio of the 2 x k table; df (may be NULL) counts filled clusters - 1. */
double agree_g(const double *a, const double *b, size_t k, double *df);

enum agree_stat {
	AGREE_JSD,
	AGREE_ENTROPY,	/* |Hn(current) - Hn(baseline)| */
};
/* Dumps dealt anew to the sides. count is dumps x k; current[i] says the side. */
int agree_permute(const double *count, size_t dumps, size_t k, const bool *current, enum agree_stat stat,
		  struct permute *out, struct err *err) ERR_MUST_CHECK;

#endif
