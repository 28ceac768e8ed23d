/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tfidf.h - weighted token counts become unit vectors
 *
 * Rows are documents (unique stacks), columns tokens. Number the columns in the order of the tokens' bytes, the rows
 * in an order of your own that does not depend on hashing: every sum runs in index order, so the same input gives the
 * same bits. Conventions are scikit-learn's.
 */
#ifndef ANALYZE_MATH_TFIDF_H
#define ANALYZE_MATH_TFIDF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/err.h"

/* Sparse rows: row i is col[start[i]] .. col[start[i + 1] - 1], ascending, with val beside it. The arena's. */
struct tfidf_rows {
	size_t rows, cols;
	size_t *start;
	uint32_t *col;
	double *val;
};

struct tfidf_entry {
	uint32_t row, col;
	double count;
};

struct tfidf_opts {
	bool smooth;	/* idf = ln((1 + n)/(1 + df)) + 1, else ln(n/df) + 1 */
	bool sublinear;	/* tf = 1 + ln tf (0 below 1/e) */
	bool raw;	/* leave out the L2 norm */
};

/* Gathers entries in any order; those of one cell are added, those <= 0 dropped. Sorts entry in place. */
int tfidf_gather(struct tfidf_entry *entry, size_t n, size_t rows, size_t cols, struct arena *a, struct tfidf_rows *out,
		 struct err *err) ERR_MUST_CHECK;
/* Counts to TF-IDF in place. idf has room for cols; 0 where no row has the token. A row without tokens stays zero. */
void tfidf_weigh(struct tfidf_rows *m, const struct tfidf_opts *o, double *idf);

double tfidf_dot(const struct tfidf_rows *m, size_t i, size_t j);
double tfidf_norm2(const struct tfidf_rows *m, size_t i);
/* 0 when a row is zero. */
double tfidf_cosine(const struct tfidf_rows *m, size_t i, size_t j);
/* Row i times a dense vector of cols values. */
double tfidf_dot_dense(const struct tfidf_rows *m, size_t i, const double *v);

#endif
