/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * change.h - the rows of table change
 */
#ifndef ANALYZE_CHANGE_H
#define ANALYZE_CHANGE_H

#include "analyze/compare.h"
#include "analyze/pass.h"

struct change {
	const char *metric, *scope, *stat, *unit, *test, *status;
	int64_t family, subject, line;	/* STORE_NULL: none */
	double base, cur, delta, lo, hi, p, q, smallest;
	double beyond;		/* the delta that is left when what everything grew by is taken out; NaN: nothing was */
	int64_t n_base, n_cur;
};

#define CHANGE_Q .05	/* the false discovery rate of every family */

/* From a ratio test; scope 'total', stat 'level', no subject until the caller says otherwise. */
struct change change_of(const struct ratio_test *t, const char *metric, const char *unit);
/* From a comparison with and without what everything grew by: values per unit of work; p, interval and smallest change of what is left. */
struct change change_of_both(const struct compared *t, const char *metric, const char *unit);
/* up, down, new, gone when q is small and the effect, with and without what everything grew by, passes the gate; else same or unsure. whole: the metric's total of the larger side. */
const char *change_status(const struct pass *p, const struct change *c, double whole);
/* Sets smallest: the relative increase that the same test finds in four of five comparisons, at the threshold that Benjamini-Hochberg leaves to one changed
 * function among `tested`, and not below the effect gate (method 2.6). */
void change_set_smallest(const struct pass *p, struct change *c, const struct compared *t, double whole, size_t tested);
int change_put(struct pass *p, const struct change *c, int64_t *id, struct err *err) ERR_MUST_CHECK;
bool change_is_found(const struct change *c);	/* status up, down, new or gone */

#endif
