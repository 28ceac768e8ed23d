// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * k6_summary.c - the summary of a k6 test as JSON, in its three shapes
 *
 *     --summary-export           metrics: { NAME: { avg, p(95), count, rate, passes ... } }
 *     handleSummary()            metrics: { NAME: { values: { the same } } }, state.testRunDurationMs
 *     --new-machine-readable-summary   results.metrics: [ { name, values: { matches, total, p95 ... } } ], config.duration
 *                                in s
 *
 * Of http_req_failed, "passes" (or "matches") counts what is true: failed requests. Times are ms whatever
 * summaryTimeUnit says. A rate is the count over the whole test, set-up and ramp included, so a missing duration
 * follows from count and rate.
 */
#include <math.h>

#include "core/json.h"
#include "ingest/decoder.h"
#include "ingest/document.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

struct k6_summary {
	struct json *json;
	uint32_t metrics;
	struct load_summary s;
};

/* The figures of a metric; JSON_NONE: not there. */
static uint32_t values_of(const struct k6_summary *k, const char *name)
{
	const struct json *j = k->json;
	uint32_t n, values;

	if (json_type(j, k->metrics) == JSON_OBJECT) {
		n = json_get(j, k->metrics, name);
	} else {
		n = json_first(j, k->metrics);
		while (n != JSON_NONE && !str_is(json_text(j, json_get(j, n, "name")), name))
			n = json_next(j, n);
	}
	values = json_get(j, n, "values");
	return values == JSON_NONE ? n : values;
}

static double figure(const struct k6_summary *k, const char *metric, const char *key, double scale)
{
	double v;

	return json_real(k->json, json_get(k->json, values_of(k, metric), key), &v) ? v * scale : NAN;
}

/* The machine summary of k6 1.8 says p95, everything else p(95). */
static double either(const struct k6_summary *k, const char *metric, const char *one, const char *other)
{
	double v = figure(k, metric, one, 1e6);

	return isnan(v) ? figure(k, metric, other, 1e6) : v;
}

static void read_trend(struct k6_summary *k, const char *metric)
{
	k->s.mean = figure(k, metric, "avg", 1e6);
	k->s.p50 = either(k, metric, "med", "p(50)");
	k->s.p90 = either(k, metric, "p(90)", "p90");
	k->s.p95 = either(k, metric, "p(95)", "p95");
	k->s.p99 = either(k, metric, "p(99)", "p99");
	k->s.max = figure(k, metric, "max", 1e6);
}

static void read_errors(struct k6_summary *k)
{
	static const char *const keys[] = { "passes", "matches" };

	for (int i = 0; i < 2 && isnan(k->s.errors); i++)
		k->s.errors = figure(k, "http_req_failed", keys[i], 1);
	if (isnan(k->s.errors))
		k->s.errors = k->s.requests * figure(k, "http_req_failed", "rate", 1);
	if (isnan(k->s.errors))
		k->s.errors = k->s.requests * figure(k, "http_req_failed", "value", 1);
}

static void read_duration(struct k6_summary *k, const char *counter)
{
	const struct json *j = k->json;
	uint32_t root = json_root(j), made = json_get(j, root, "metadata");
	struct str when = json_text(j, json_get(j, made, "generatedAt"));
	struct stamp end;
	double v;

	if (!when.p)
		when = json_text(j, json_get(j, made, "generated_at"));
	if (json_real(j, json_get(j, json_get(j, root, "state"), "testRunDurationMs"), &v))
		k->s.span = v * 1e6;
	else if (json_real(j, json_get(j, json_get(j, root, "config"), "duration"), &v))
		k->s.span = v * 1e9;
	else
		k->s.span = figure(k, counter, "count", 1e9) / figure(k, counter, "rate", 1);
	if (timeparse_stamp(when, &(struct time_style){ 0 }, &end) && end.kind == TIME_EPOCH &&
	    k->s.span >= 0 && k->s.span < (double)end.ns)
		k->s.t0 = end.ns - (int64_t)k->s.span;
}

static int put_notes(const struct k6_summary *k, bool http, struct sink *out, struct err *err)
{
	int rc = 0;

	if (k->s.t0 != STORE_NULL)
		rc = load_note(out, "the start is told by the time of the summary less the duration", 0, err);
	if (!rc && http)
		rc = load_note(out, "http_req_duration leaves out DNS, connect, TLS and the wait for a connection"
				    " (http_req_blocked)", 0, err);
	if (!rc && k->s.dropped > 0)
		return load_note(out, "open loop: an arrival-rate executor, which could not start all iterations"
				      " (dropped_iterations)", 0, err);
	return rc ? rc : load_note(out, "closed loop if virtual users pace the load, open with an arrival-rate executor: k6's"
					" output does not say which", 0, err);
}

static int read_summary(struct k6_summary *k, struct sink *out, struct err *err)
{
	const struct json *j = k->json;
	const char *counter = "http_reqs";
	bool http;
	int rc = 0;

	k->metrics = json_get(j, json_root(j), "metrics");
	if (k->metrics == JSON_NONE)
		k->metrics = json_get(j, json_get(j, json_root(j), "results"), "metrics");
	http = values_of(k, counter) != JSON_NONE;
	if (!http) {
		counter = "iterations";
		rc = load_note(out, "no HTTP requests: iterations are counted in their place", 0, err);
	}
	k->s.requests = figure(k, counter, "count", 1);
	if (http) {
		read_trend(k, "http_req_duration");
		read_errors(k);
	} else {
		read_trend(k, values_of(k, "grpc_req_duration") != JSON_NONE ? "grpc_req_duration" : "iteration_duration");
	}
	k->s.dropped = figure(k, "dropped_iterations", "count", 1);
	k->s.vus = figure(k, "vus", "max", 1);
	read_duration(k, counter);
	if (!rc)
		rc = put_notes(k, http, out, err);
	return rc ? rc : load_summary_put(&k->s, out, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct k6_summary k = { .s = load_summary_none };
	struct buf text = { 0 };
	int rc = json_new(&k.json, o->limits, err);

	if (!rc)
		rc = document_read(in, o->limits, &text, err);
	if (!rc)
		rc = json_parse(k.json, buf_view(&text), err);
	if (!rc)
		rc = read_summary(&k, out, err);
	json_free(k.json);
	buf_free(&text);
	return rc;
}

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool sniff(struct str head)
{
	size_t i = 0;

	while (i < head.n && (head.p[i] == ' ' || head.p[i] == '\n' || head.p[i] == '\r' || head.p[i] == '\t'))
		i++;
	if (i == head.n || head.p[i] != '{' || !holds(head, "\"metrics\"") || holds(head, "\"resourceMetrics\""))
		return false;
	return holds(head, "\"http_req") || holds(head, "\"iterations\"") || holds(head, "\"k6Version\"") ||
	       holds(head, "\"k6_version\"");
}

const struct decoder decoder_k6_summary = {
	.kind = "k6_summary", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};
