/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * metric_json.h - numbers and histograms of a JSON document as series
 *
 * For expvar and for dumps of runtime/metrics, which people also nest into each other.
 */
#ifndef INGEST_METRIC_JSON_H
#define INGEST_METRIC_JSON_H

#include "core/json.h"
#include "ingest/readings.h"
#include "ingest/timeparse.h"

struct metric_json {
	const struct json *j;
	struct readings *r;
	struct buf label;
	uint64_t unreadable, dropped; /* values; beyond label_sets */
};

/* A time among the members of n (timestamp, time, ts ...); false: none, or not one of the epoch. */
bool metric_json_time(const struct json *j, uint32_t n, int64_t *t);
/* The member of n whose key is one of `keys`, separated by blanks, whatever their case. */
uint32_t metric_json_member(const struct json *j, uint32_t n, const char *keys);
/* The value n, which is called `name`: a number, a histogram, or an object of such, whose keys become labels. */
int metric_json_put(struct metric_json *m, struct str name, uint32_t n, struct err *err) ERR_MUST_CHECK;
/* Notes of what metric_json_put() left out, and the end. */
int metric_json_finish(struct metric_json *m, struct err *err) ERR_MUST_CHECK;
void metric_json_free(struct metric_json *m);

#endif
