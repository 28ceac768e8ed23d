/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * goroutines.h - between the clustering and what it tells the causes
 */
#ifndef ANALYZE_GOROUTINES_H
#define ANALYZE_GOROUTINES_H

#include "analyze/gostacks.h"
#include "analyze/math/kmeans.h"

struct gocluster {
	int64_t id;			/* cluster.id */
	size_t medoid;			/* stack */
	double mean[SIDES];		/* goroutines a dump */
	double jsd;
};

struct goclusters {
	struct gocluster *cluster;
	size_t k;
	double *count;			/* dump x k */
	double silhouette, stability;
};

/* p that two mean counts per dump differ, with dumps of one process not being independent. */
double goroutines_growth_p(const struct pass *p, double base, double cur);
int goroutine_signals(struct pass *p, const struct tree *t, const struct gostacks *g, const struct goclusters *c, struct err *err)
	ERR_MUST_CHECK;

#endif
