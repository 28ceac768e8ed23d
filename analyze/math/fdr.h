/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fdr.h - p-values of a family, adjusted
 *
 * A NaN p is a test that was not made: it is not counted and its q is NaN. q may be p itself.
 */
#ifndef ANALYZE_MATH_FDR_H
#define ANALYZE_MATH_FDR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"

#define FDR_NO_PARENT	((size_t)-1)
#define FDR_TREE_LEVEL	0.017	/* per family, for a false discovery rate near .05 over the tree */

int fdr_bh(const double *p, size_t n, double *q, struct err *err) ERR_MUST_CHECK;	/* Benjamini-Hochberg */
int fdr_by(const double *p, size_t n, double *q, struct err *err) ERR_MUST_CHECK;	/* Benjamini-Yekutieli */
int fdr_holm(const double *p, size_t n, double *q, struct err *err) ERR_MUST_CHECK;	/* Holm, family-wise */

/* The p of node i, NaN where no test can be made. */
typedef int fdr_test(void *arg, size_t i, double *p, struct err *err);
/*
 * Yekutieli's hierarchy: the roots are one family, the children of a rejected node are one family each, tested
 * with BH at level. parent[i] < i, or FDR_NO_PARENT. Each node is tested when its family is reached, once, and most of a
 * large tree never: q[i] is adjusted within its family and NaN where the parent was not rejected; a node without a p is
 * passed through (its children are tested when it was reached).
 */
int fdr_tree(const size_t *parent, size_t n, double level, fdr_test *test, void *arg, double *q, bool *rejected, struct err *err)
	ERR_MUST_CHECK;

#endif
