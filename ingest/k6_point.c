// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * k6_point.c - what k6's metrics mean
 *
 * A request leaves a row in each of several metrics, and nothing joins them: each metric is counted on its own.
 * http_req_failed says what the script takes for an error; a script can switch it off, then the status decides. A
 * status of gRPC is good when it is 0, one of HTTP when it is not.
 */
#include "ingest/k6_point.h"

#include <math.h>

#include "core/fmt.h"
#include "ingest/load_summary.h"

enum metric { HTTP_REQS, HTTP_DURATION, HTTP_FAILED, GRPC_DURATION, VUS, ITERATIONS, DROPPED, METRICS };

static const char *const metric_name[METRICS] = { "http_reqs", "http_req_duration", "http_req_failed",
	"grpc_req_duration", "vus", "iterations", "dropped_iterations" };

static enum metric metric_of(struct str name)
{
	int i = 0;

	while (i < METRICS && !str_is(name, metric_name[i]))
		i++;
	return (enum metric)i;
}

bool k6_point_wanted(struct str metric)
{
	return metric_of(metric) < METRICS;
}

static bool http_failed(const struct k6_point *p)
{
	int64_t status;

	if (p->error_code.n || str_is(p->expected, "false"))
		return true;
	return p->status.n && fmt_parse_int(p->status, &status) && (status < 200 || status >= 400);
}

static int add_duration(struct k6_tally *k, const struct k6_point *p, bool failed, bool *ok, struct err *err)
{
	*ok = *ok && p->value >= 0 && p->value < 1e12 && load_bucket_fits(p->t, llround(p->value * 1e6));
	return *ok ? load_bucket_latency(k->bucket, p->t, llround(p->value * 1e6), !failed, err) : 0;
}

static int add_grpc(struct k6_tally *k, const struct k6_point *p, bool *ok, struct err *err)
{
	bool failed = p->status.n && !str_is(p->status, "0");
	int rc = add_duration(k, p, failed, ok, err);

	if (rc || !*ok)
		return rc;
	k->grpc = true;
	rc = load_bucket_count(k->bucket, LOAD_REQUESTS, p->t, 1, err);
	if (!rc)
		rc = load_bucket_count(k->bucket, LOAD_ERRORS, p->t, failed, err);
	return rc ? rc : load_bucket_count(k->bucket, LOAD_ASIDE, p->t, failed, err);
}

static int add_http(struct k6_tally *k, const struct k6_point *p, struct err *err)
{
	int rc = load_bucket_count(k->bucket, LOAD_REQUESTS, p->t, p->value, err);

	k->http = true;
	return rc ? rc : load_bucket_count(k->bucket, LOAD_ASIDE, p->t, http_failed(p) ? p->value : 0, err);
}

int k6_point_add(struct k6_tally *k, const struct k6_point *p, bool *ok, struct err *err)
{
	*ok = load_bucket_fits(p->t, 0) && p->value >= 0 && p->value < 1e15;
	if (!*ok)
		return 0;
	k->points++;
	switch (metric_of(p->metric)) {
	case HTTP_REQS:
		return add_http(k, p, err);
	case HTTP_DURATION:
		return add_duration(k, p, http_failed(p), ok, err);
	case HTTP_FAILED:
		k->failed = true;
		return load_bucket_count(k->bucket, LOAD_ERRORS, p->t, p->value, err);
	case GRPC_DURATION:
		return add_grpc(k, p, ok, err);
	case VUS:
		return load_bucket_vus(k->bucket, p->t, p->value, err);
	case ITERATIONS:
		k->iterations = true;
		return load_bucket_count(k->bucket, LOAD_ASIDE2, p->t, p->value, err);
	case DROPPED:
		return load_bucket_count(k->bucket, LOAD_DROPPED, p->t, p->value, err);
	default:
		return 0;
	}
}

int k6_point_put(struct k6_tally *k, struct sink *out, struct err *err)
{
	int rc = 0;

	if (!k->points)
		return err_set(err, ERR_FORMAT, "k6's output without a point of a metric that counts requests");
	if (!k->http && !k->grpc && k->iterations) {
		load_bucket_take(k->bucket, LOAD_REQUESTS, LOAD_ASIDE2);
		rc = load_note(out, "no HTTP and no gRPC requests: iterations are counted in their place", 0, err);
	}
	if (!rc && k->http && !k->failed) {
		load_bucket_take(k->bucket, LOAD_ERRORS, LOAD_ASIDE);
		rc = load_note(out, "no http_req_failed: errors are told by status and error_code", 0, err);
	}
	if (!rc && k->http)
		rc = load_note(out, "http_req_duration leaves out DNS, connect, TLS and the wait for a connection"
				    " (http_req_blocked)", 0, err);
	if (!rc && load_bucket_total(k->bucket, LOAD_DROPPED) > 0)
		rc = load_note(out, "open loop: an arrival-rate executor, which could not start all iterations"
				    " (dropped_iterations)", 0, err);
	else if (!rc)
		rc = load_note(out, "closed loop if virtual users pace the load, open with an arrival-rate executor: k6's"
				    " output does not say which", 0, err);
	return rc ? rc : load_bucket_put(k->bucket, NULL, out, err);
}
