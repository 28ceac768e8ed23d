/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_bucket.h - requests of a load test, added up by second
 *
 * Every decoder of per-request data ends here. A request counts in the second in which it ENDED, so that one which hung
 * until its timeout is there, where it gave up; what was sent counts where it began. In any order; memory is bounded by
 * 65,536 buckets and 96 MiB of histograms: a test that needs more gets buckets of two seconds, four, and so on.
 *
 * Out come load.requests, load.errors, load.offered, load.dropped (rates), load.p50 p90 p95 p99 max mean over all
 * requests, load.ok_p50 ... over those that succeeded (when some did not), load.vus; then, as one point over the whole
 * test, the same from all values together (loadtest.*), since percentiles of seconds cannot be added up.
 */
#ifndef INGEST_LOAD_BUCKET_H
#define INGEST_LOAD_BUCKET_H

#include "ingest/load_hist.h"
#include "ingest/sink.h"

/* Those from LOAD_COUNTS on are kept aside: load_bucket_take() can put one in the place of a count that proved absent. */
enum load_count { LOAD_REQUESTS, LOAD_ERRORS, LOAD_OFFERED, LOAD_DROPPED, LOAD_COUNTS, LOAD_ASIDE = LOAD_COUNTS,
		  LOAD_ASIDE2, LOAD_KEPT };

struct load_bucket;

int load_bucket_new(struct load_bucket **out, struct err *err) ERR_MUST_CHECK;
void load_bucket_free(struct load_bucket *b);	/* NULL is fine */
int load_bucket_count(struct load_bucket *b, enum load_count what, int64_t t, double n, struct err *err) ERR_MUST_CHECK;
int load_bucket_latency(struct load_bucket *b, int64_t t, int64_t ns, bool ok, struct err *err) ERR_MUST_CHECK;
int load_bucket_vus(struct load_bucket *b, int64_t t, double vus, struct err *err) ERR_MUST_CHECK;

/* A whole request, its start known: counts, offered when the tool kept its own pace, latency. false: no such time. */
struct load_request {
	int64_t start, latency;
	bool failed, open_loop;
};
int load_bucket_request(struct load_bucket *b, const struct load_request *r, bool *ok, struct err *err) ERR_MUST_CHECK;
/* Times that a file may hold: latency 0 to a year, start 0 or later, before the year 2115. Others must not be given. */
bool load_bucket_fits(int64_t start, int64_t latency);

double load_bucket_total(const struct load_bucket *b, enum load_count what);
/* to := from, in all buckets. */
void load_bucket_take(struct load_bucket *b, enum load_count to, enum load_count from);
/* Says that this count is known though it is 0: the format would have told. */
void load_bucket_known(struct load_bucket *b, enum load_count what);
/* The records, in the order of time, the clock record first when origin is not NULL ("load"). */
int load_bucket_put(struct load_bucket *b, const char *origin, struct sink *out, struct err *err) ERR_MUST_CHECK;

#endif
