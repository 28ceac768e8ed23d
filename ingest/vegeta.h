/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vegeta.h - a result of vegeta's, from its gob stream, its JSON lines or its CSV
 *
 * The stamp is the start of the request. What got no answer has code 0; a redirect that is not followed is no failure.
 */
#ifndef INGEST_VEGETA_H
#define INGEST_VEGETA_H

#include "ingest/load_bucket.h"

struct vegeta_tally {
	struct load_bucket *bucket;
	uint64_t results;
};

/* *ok = false: times that cannot be. */
int vegeta_add(struct vegeta_tally *v, int64_t start, int64_t latency, int64_t code, bool *ok, struct err *err) ERR_MUST_CHECK;
int vegeta_put(struct vegeta_tally *v, struct sink *out, struct err *err) ERR_MUST_CHECK;

#endif
