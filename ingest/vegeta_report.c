// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * vegeta_report.c - vegeta report, as text, as JSON (-type=json) and as a percentile plot (-type=hdrplot)
 *
 * Percentiles are estimates (a t-digest). The text lists its latencies in brackets, and which stand there depends on
 * the version, so the list is read. "rate" is what was sent, over the attack; requests end until `wait` later, so the
 * span is both.
 */
#include <math.h>

#include "core/fmt.h"
#include "core/json.h"
#include "ingest/decoder.h"
#include "ingest/document.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

static int put(const struct load_summary *s, struct sink *out, struct err *err)
{
	int rc = load_note(out, "vegeta: open loop while its workers suffice (-max-workers; -rate=0 is a closed loop);"
				" percentiles are estimates", 0, err);

	return rc ? rc : load_summary_put(s, out, err);
}

/* ---- text ---- */

struct text {
	struct load_summary s;
	double success;
	bool plot, codes;
};

/* "[total, rate, throughput]   1200, 120.00, 65.87": calls take() for each name and its value. */
static void pairs(struct text *t, struct str s, void (*take)(struct text *t, struct str name, struct str value))
{
	const char *close = s.n && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	struct str names, values;

	if (!close)
		return;
	names = (struct str){ s.p + 1, (size_t)(close - s.p) - 1 };
	values = str_skip(s, (size_t)(close - s.p) + 1);
	while (names.n && values.n) {
		struct str name = load_word(&names), value = load_word(&values);

		if (!name.n || !value.n)
			break;
		take(t, name, value);
	}
}

static void take_requests(struct text *t, struct str name, struct str value)
{
	double v;

	if (str_is(name, "total") && fmt_parse_real(value, &v))
		t->s.requests = t->s.offered = v;
}

static void take_duration(struct text *t, struct str name, struct str value)
{
	double v;

	if (str_is(name, "total") && load_duration(value, &v))
		t->s.span = v;
}

static void take_latency(struct text *t, struct str name, struct str value)
{
	double ns, percent;

	if (!load_duration(value, &ns))
		return;
	if (str_is(name, "mean"))
		t->s.mean = ns;
	else if (str_is(name, "max"))
		t->s.max = ns;
	else if (load_number(name, &percent))
		load_summary_percentile(&t->s, percent, ns);
}

static void add_codes(struct text *t, struct str l)
{
	const char *close = memchr(l.p, ']', l.n);
	struct str rest = str_skip(l, close ? (size_t)(close - l.p) + 1 : l.n), pair;

	t->codes = true;
	t->s.errors = 0;
	while ((pair = load_word(&rest)).n) {
		const char *colon = memchr(pair.p, ':', pair.n);
		int64_t code, n;

		if (colon && fmt_parse_int((struct str){ pair.p, (size_t)(colon - pair.p) }, &code) &&
		    fmt_parse_int(str_skip(pair, (size_t)(colon - pair.p) + 1), &n) && (code < 200 || code >= 400) && n > 0)
			t->s.errors += (double)n;
	}
}

static int text_line(void *arg, struct str l, struct err *err)
{
	struct text *t = arg;
	struct str rest;
	double v;

	(void)err;
	if (t->plot)
		load_summary_spectrum(&t->s, l);
	else if (load_after(l, "Value(ms)", &rest))
		t->plot = true;
	else if (load_after(l, "Requests ", &rest))
		pairs(t, rest, take_requests);
	else if (load_after(l, "Duration ", &rest))
		pairs(t, rest, take_duration);
	else if (load_after(l, "Latencies ", &rest))
		pairs(t, rest, take_latency);
	else if (load_after(l, "Status Codes ", &rest) && rest.n && rest.p[0] == '[')
		add_codes(t, rest);
	else if (load_after(l, "Success ", &rest) && load_after(rest, "[ratio]", &rest))
		t->success = load_number(rest, &v) ? v : NAN;
	return 0;
}

static int decode_text(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct text t = { .s = load_summary_none, .success = NAN };
	int rc = load_lines(in, out, text_line, &t, err);

	(void)o;
	if (!rc && !t.codes && !isnan(t.success))
		t.s.errors = round(t.s.requests * (1 - t.success / 100));
	if (!rc && t.plot)
		rc = load_note(out, "a percentile plot: it tells neither requests nor errors", 0, err);
	return rc ? rc : put(&t.s, out, err);
}

static bool line_starts(struct str head, const char *lit)
{
	size_t n = strlen(lit);

	while (head.n >= n) {
		const char *nl = memchr(head.p, '\n', head.n);

		if (memcmp(head.p, lit, n) == 0)
			return true;
		if (!nl)
			break;
		head = str_skip(head, (size_t)(nl - head.p) + 1);
	}
	return false;
}

static bool sniff_text(struct str head)
{
	struct str rest;

	if (line_starts(head, "Requests      [total") || line_starts(head, "Latencies     ["))
		return true;
	return load_after(head, "Value(ms)", &rest) && str_starts(rest, "Percentile") &&
	       memmem(rest.p, rest.n, "1/(1-Percentile)", 16);
}

/* ---- JSON ---- */

static double number(const struct json *j, uint32_t n, const char *key)
{
	double v;

	return json_real(j, json_get(j, n, key), &v) ? v : NAN;
}

static double failures(const struct json *j, uint32_t codes)
{
	double sum = NAN, n;
	int64_t code;

	if (json_type(j, codes) == JSON_OBJECT)
		sum = 0;
	for (uint32_t c = json_first(j, codes); c != JSON_NONE; c = json_next(j, c))
		if (fmt_parse_int(json_key(j, c), &code) && (code < 200 || code >= 400) && json_real(j, c, &n))
			sum += n;
	return sum;
}

static void read_json(const struct json *j, struct load_summary *s)
{
	uint32_t root = json_root(j), latency = json_get(j, root, "latencies");
	struct stamp earliest, end;
	const struct time_style any = { 0 };

	s->requests = s->offered = number(j, root, "requests");
	s->errors = failures(j, json_get(j, root, "status_codes"));
	if (isnan(s->errors))
		s->errors = round(s->requests * (1 - number(j, root, "success")));
	s->mean = number(j, latency, "mean");
	s->p50 = number(j, latency, "50th");
	s->p90 = number(j, latency, "90th");
	s->p95 = number(j, latency, "95th");
	s->p99 = number(j, latency, "99th");
	s->max = number(j, latency, "max");
	s->span = number(j, root, "duration") + number(j, root, "wait");
	if (!timeparse_stamp(json_text(j, json_get(j, root, "earliest")), &any, &earliest) || earliest.kind != TIME_EPOCH ||
	    earliest.ns < 0)
		return;
	s->t0 = earliest.ns;
	if (isnan(s->span) && timeparse_stamp(json_text(j, json_get(j, root, "end")), &any, &end) &&
	    end.kind == TIME_EPOCH && end.ns > earliest.ns)
		s->span = (double)(end.ns - earliest.ns);
}

static int decode_json(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct load_summary s = load_summary_none;
	struct json *j = NULL;
	struct buf text = { 0 };
	int rc = json_new(&j, o->limits, err);

	if (!rc)
		rc = document_read(in, o->limits, &text, err);
	if (!rc)
		rc = json_parse(j, buf_view(&text), err);
	if (!rc) {
		read_json(j, &s);
		rc = put(&s, out, err);
	}
	json_free(j);
	buf_free(&text);
	return rc;
}

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool sniff_json(struct str head)
{
	struct str rest;

	return load_after(head, "{", &rest) && holds(head, "\"latencies\"") && holds(head, "\"status_codes\"");
}

const struct decoder decoder_vegeta_report = {
	.kind = "vegeta_report", .version = 1, .sniff = sniff_text, .decode = decode_text, .of_run = true,
};
const struct decoder decoder_vegeta_report_json = {
	.kind = "vegeta_report_json", .version = 1, .sniff = sniff_json, .decode = decode_json, .of_run = true,
};
