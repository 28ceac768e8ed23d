// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * iperf3.c - `iperf3 --json`: what the path between two machines carries
 *
 * One value an interval, at the absolute time that the report begins with. Bandwidth is what arrived, in bytes a
 * second: the bandwidth-delay product is asked in bytes.
 */
#include <math.h>

#include "ingest/json_docs.h"
#include "ingest/readings.h"

#define SECOND 1e9

struct iperf {
	const struct json *j;
	struct readings *r;
	int64_t start; /* ns; STORE_NULL: not said */
};

static int put(struct iperf *p, const char *name, const char *unit, const char *kind, uint32_t from, const char *key,
	       double scale, double t, double span, struct err *err)
{
	uint32_t id;
	double v;
	bool take;
	int rc;

	if (!json_real(p->j, json_get(p->j, from, key), &v) || !isfinite(v))
		return 0;
	rc = readings_series(p->r, str_from(name), STR_LIT("iperf3"), unit, kind, &id, err);
	if (!rc && !(t >= 0 && t < 1e9 && span >= 0 && span < 1e9))
		rc = err_set(err, ERR_FORMAT, "has an interval at a time that makes no sense");
	if (!rc && p->start != STORE_NULL)
		rc = readings_at(p->r, p->start + llround(t * SECOND), err);
	if (!rc)
		rc = readings_open(p->r, id, &take, err);
	if (rc || !take)
		return rc;
	return put_point(
		p->r->out, err,
		(struct rec_point){ .series = id, .t = p->r->t, .span = llround(span * SECOND), .value = v * scale });
}

static int put_interval(struct iperf *p, uint32_t sum, struct err *err)
{
	double from = 0, to = 0;
	int rc;

	json_real(p->j, json_get(p->j, sum, "start"), &from);
	json_real(p->j, json_get(p->j, sum, "end"), &to);
	rc = put(p, "net.bandwidth", "bytes/s", "gauge", sum, "bits_per_second", .125, from, to - from, err);
	if (!rc)
		rc = put(p, "net.bandwidth_retransmits", "count", "rate", sum, "retransmits", 1, from, to - from, err);
	return rc;
}

/* The first stream's round trip time, us. */
static int put_rtt(struct iperf *p, uint32_t end, struct err *err)
{
	uint32_t sender = json_get(p->j, json_at(p->j, json_get(p->j, end, "streams"), 0), "sender");
	uint32_t sum = json_get(p->j, end, "sum_received");
	double to = 0;
	int rc;

	json_real(p->j, json_get(p->j, sum, "end"), &to);
	rc = put(p, "net.bandwidth_mean", "bytes/s", "gauge", sum, "bits_per_second", .125, 0, to, err);
	if (!rc)
		rc = put(p, "net.rtt", "ns", "gauge", sender, "mean_rtt", 1000, 0, to, err);
	if (!rc)
		rc = put(p, "net.min_rtt", "ns", "gauge", sender, "min_rtt", 1000, 0, to, err);
	return rc;
}

static int put_report(struct iperf *p, struct err *err)
{
	const struct json *j = p->j;
	uint32_t root = json_root(j), n = json_get(j, root, "intervals");
	struct str failed = json_text(j, json_get(j, root, "error"));
	int64_t s;
	int rc = 0;

	if (failed.p)
		rc = put_note(p->r->out, err, (struct rec_note){ STR_LIT("error"), failed, 1 });
	p->start = STORE_NULL;
	if (json_int(j, json_get(j, json_get(j, json_get(j, root, "start"), "timestamp"), "timesecs"), &s) && s > 0 &&
	    s < 9000000000)
		p->start = s * 1000000000;
	else if (!rc)
		rc = readings_next(p->r, err);
	for (n = json_first(j, n); n != JSON_NONE && !rc && p->start != STORE_NULL; n = json_next(j, n))
		rc = put_interval(p, json_get(j, n, "sum"), err);
	return rc ? rc : put_rtt(p, json_get(j, root, "end"), err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct json_docs docs;
	struct readings r;
	struct iperf p = { .r = &r };
	bool end = false;
	int rc = json_docs_open(&docs, in, o->limits, err);

	readings_init(&r, out, o->limits);
	p.j = docs.j;
	while (!rc && !(rc = json_docs_next(&docs, &end, err)) && !end)
		rc = put_report(&p, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	json_docs_close(&docs);
	return rc;
}

static bool sniff(struct str head)
{
	return json_docs_sniff(head) && memmem(head.p, head.n, "\"timesecs\"", 10) &&
	       (memmem(head.p, head.n, "\"bits_per_second\"", 17) || memmem(head.p, head.n, "iperf", 5));
}

const struct decoder decoder_iperf3 = { .kind = "iperf3", .version = 1, .sniff = sniff, .decode = decode };
