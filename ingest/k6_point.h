/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * k6_point.h - a point of k6's metrics, from its CSV or its JSON lines
 */
#ifndef INGEST_K6_POINT_H
#define INGEST_K6_POINT_H

#include "ingest/load_bucket.h"

struct k6_point {
	struct str metric;
	int64_t t;			/* of the end */
	double value;
	struct str status, error_code, expected;	/* tags; .p NULL or empty: not there */
};

struct k6_tally {
	struct load_bucket *bucket;
	bool http, grpc, failed, iterations;	/* such points were seen */
	uint64_t points;
};

/* Is it a metric that k6_point_add() would use? */
bool k6_point_wanted(struct str metric);
/* *ok = false: a time or a value that cannot be. Other metrics are left. */
int k6_point_add(struct k6_tally *k, const struct k6_point *p, bool *ok, struct err *err) ERR_MUST_CHECK;
int k6_point_put(struct k6_tally *k, struct sink *out, struct err *err) ERR_MUST_CHECK;

#endif
