/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exposure.h - how much work a run did between two instants, from its load report
 */
#ifndef ANALYZE_EXPOSURE_H
#define ANALYZE_EXPOSURE_H

#include "analyze/pass.h"

struct exposure_row {
	int64_t t, span;	/* epoch ns, ns */
	double requests, offered;	/* completed, and due by the schedule of the load (NaN: not told) */
};

struct exposure {
	struct exposure_row *row;	/* the pass's arena; endpoints added up */
	size_t n;
	int64_t run_t0, run_t1;		/* run.started, run.ended: STORE_NULL when not known */
	double run_requests;		/* run.requests: NaN when not known */
	int64_t steady_t0, steady_t1;	/* STORE_NULL without rows */
	double steady_rps;
	bool by_offer;			/* the phases are those of the load offered, not of what was completed */
};

int exposure_load(struct exposure *e, struct pass *p, int64_t run, struct err *err) ERR_MUST_CHECK;
/* Requests completed in [t0, t1]: rows by their overlap; without rows the run's total by its share of the run's time. NaN: not known. */
double exposure_requests(const struct exposure *e, int64_t t0, int64_t t1);
/* All requests up to t: the exposure of a measure that counts since the process began. */
double exposure_requests_until(const struct exposure *e, int64_t t);

#endif
