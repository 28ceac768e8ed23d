// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ghz.c - ghz -O json and -O pretty
 *
 * One document, of which `details` has a row a call, up to a million: too long to hold. So the document is taken apart
 * as it streams by: the elements of details go to a batch parser, the rest is kept and parsed at the end. The stamp of a
 * detail is the end of the call; details stop silently at a million while `count` goes on.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "ingest/decoder.h"
#include "ingest/json_lines.h"
#include "ingest/load_bucket.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

enum { KEY = 16 };

struct ghz {
	struct load_bucket *bucket;
	struct json_batch *batch;
	uint64_t details, used;
	/* the scanner */
	struct buf rest, element;
	char key[KEY + 1];		/* the string read last at depth 1 */
	size_t n_key;
	unsigned depth;
	bool in_string, escape, in_details;
};

static int detail(void *arg, const struct json *j, uint32_t n, bool *ok, struct err *err)
{
	struct ghz *g = arg;
	struct load_request r = { 0 };
	struct str status = json_text(j, json_get(j, n, "status")), error = json_text(j, json_get(j, n, "error"));
	struct stamp end;
	int rc = 0;

	*ok = timeparse_stamp(json_text(j, json_get(j, n, "timestamp")), &(struct time_style){ 0 }, &end) &&
	      end.kind == TIME_EPOCH && json_int(j, json_get(j, n, "latency"), &r.latency) && r.latency >= 0 &&
	      end.ns >= r.latency;
	r.start = end.ns - r.latency;
	r.failed = error.n || (status.n && !str_is(status, "OK"));
	if (*ok)
		rc = load_bucket_request(g->bucket, &r, ok, err);
	g->used += *ok;
	return rc;
}

/* ---- taking the document apart ---- */

static void key_byte(struct ghz *g, char c)
{
	if (g->n_key < KEY)
		g->key[g->n_key] = c;
	g->n_key += g->n_key <= KEY;
}

static bool key_is(const struct ghz *g, const char *lit)
{
	return g->n_key <= KEY && str_is((struct str){ g->key, g->n_key }, lit);
}

/* Follows strings and brackets. */
static void track(struct ghz *g, char c)
{
	if (g->in_string) {
		if (!g->escape && c == '"')
			g->in_string = false;
		else if (g->depth == 1)
			key_byte(g, c);
		g->escape = !g->escape && c == '\\';
	} else if (c == '"') {
		g->in_string = true;
		if (g->depth == 1)
			g->n_key = 0;
	} else if (c == '{' || c == '[') {
		g->depth++;
	} else if ((c == '}' || c == ']') && g->depth) {
		g->depth--;
	}
}

static int scan_byte(struct ghz *g, char c, struct err *err)
{
	bool opens = !g->in_string && c == '[' && g->depth == 1 && key_is(g, "details");
	int rc = 0;

	track(g, c);
	if (opens)
		g->in_details = true;
	else if (g->in_details && g->depth == 1)
		g->in_details = false;
	else if (g->in_details) {
		bool whole = !g->in_string && c == '}' && g->depth == 2;

		if (g->depth > 2 || whole)
			buf_byte(&g->element, c);
		if (whole) {
			rc = json_batch_add(g->batch, buf_view(&g->element), ++g->details, err);
			buf_reset(&g->element);
		}
		if (!rc && g->element.failed)
			rc = err_set(err, ERR_LIMIT, "has a detail longer than the limit line_bytes");
		return rc;
	}
	buf_byte(&g->rest, c);
	return 0;
}

static int scan(struct ghz *g, struct reader *in, const struct limits *limits, struct err *err)
{
	struct str part;
	int rc;

	g->element.limit = (size_t)limits->line_bytes;
	g->rest.limit = (size_t)limits->json_bytes;
	for (;;) {
		rc = reader_peek(in, 1, &part, err);
		if (rc || part.n == 0)
			return rc ? rc : buf_check(&g->rest, err);
		for (size_t i = 0; i < part.n && !rc; i++)
			rc = scan_byte(g, part.p[i], err);
		if (!rc && g->rest.failed)
			rc = err_set(err, ERR_LIMIT, "is longer than the limit json_bytes, details aside");
		if (rc)
			return rc;
		reader_skip_peeked(in, part.n);
	}
}

/* ---- the rest ---- */

static double number(const struct json *j, uint32_t n, const char *key)
{
	double v;

	return json_real(j, json_get(j, n, key), &v) ? v : NAN;
}

static double failures(const struct json *j, uint32_t codes)
{
	double sum = NAN, n;

	if (json_type(j, codes) == JSON_OBJECT)
		sum = 0;
	for (uint32_t c = json_first(j, codes); c != JSON_NONE; c = json_next(j, c))
		if (!str_is(json_key(j, c), "OK") && json_real(j, c, &n))
			sum += n;
	return sum;
}

/* Without details: what the totals tell. */
static int put_summary(const struct json *j, struct sink *out, struct err *err)
{
	struct load_summary s = load_summary_none;
	uint32_t root = json_root(j), list = json_get(j, root, "latencyDistribution");
	struct stamp end;

	s.requests = number(j, root, "count");
	s.errors = failures(j, json_get(j, root, "statusCodeDistribution"));
	s.mean = number(j, root, "average");
	s.max = number(j, root, "slowest");
	s.span = number(j, root, "total");
	s.vus = number(j, json_get(j, root, "options"), "concurrency");
	for (uint32_t n = json_first(j, list); n != JSON_NONE; n = json_next(j, n))
		load_summary_percentile(&s, number(j, n, "percentage"), number(j, n, "latency"));
	if (timeparse_stamp(json_text(j, json_get(j, root, "date")), &(struct time_style){ 0 }, &end) &&
	    end.kind == TIME_EPOCH && s.span >= 0 && s.span < (double)end.ns)
		s.t0 = end.ns - (int64_t)s.span;
	return load_summary_put(&s, out, err);
}

static int put_notes(const struct ghz *g, const struct json *j, struct sink *out, struct err *err)
{
	uint32_t options = json_get(j, json_root(j), "options");
	struct str schedule = json_text(j, json_get(j, options, "load-schedule"));
	double count = number(j, json_root(j), "count");
	char text[128];
	int rc;

	if (number(j, options, "rps") > 0 || (schedule.n && !str_is(schedule, "const")))
		rc = load_note(out, "ghz with a rate: open loop while its workers suffice", 0, err);
	else
		rc = load_note(out, "ghz without a rate: closed loop", 0, err);
	if (rc || !g->details || !(count > (double)g->details))
		return rc;
	snprintf(text, sizeof(text), "%.0f calls, details of the first %" PRIu64 ": the others are in no second", count,
		 g->details);
	return put_note(out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
}

static int put_all(struct ghz *g, const struct limits *limits, struct sink *out, struct err *err)
{
	struct json *j = NULL;
	int rc = json_new(&j, limits, err);

	if (!rc)
		rc = json_parse(j, buf_view(&g->rest), err);
	if (!rc)
		rc = put_notes(g, j, out, err);
	if (!rc)
		rc = g->used ? load_bucket_put(g->bucket, NULL, out, err) : put_summary(j, out, err);
	json_free(j);
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct ghz g = { .bucket = NULL };
	struct json_lines details = { "detail", NULL, detail, &g };
	int rc = load_bucket_new(&g.bucket, err);

	if (!rc)
		rc = json_batch_new(&g.batch, &details, o->limits, err);
	if (!rc)
		rc = scan(&g, in, o->limits, err);
	if (!rc)
		rc = json_batch_end(g.batch, out, err);
	if (!rc)
		rc = put_all(&g, o->limits, out, err);
	json_batch_free(g.batch);
	load_bucket_free(g.bucket);
	buf_free(&g.rest);
	buf_free(&g.element);
	return rc;
}

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool sniff(struct str head)
{
	struct str rest;

	return load_after(head, "{", &rest) &&
	       (holds(head, "\"latencyDistribution\"") || holds(head, "\"statusCodeDistribution\""));
}

const struct decoder decoder_ghz = { .kind = "ghz", .version = 1, .sniff = sniff, .decode = decode, .of_run = true };
