// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * hey.c - the report of hey as text
 *
 * Percentiles and the average are of the requests that got an answer, the rate of all. A row of the distribution reads
 * "0% in 0.0000 secs" when there were too few samples for it, and NaN stands where there was none. Texts of errors went
 * through a printf format, so nothing is read from them but the count in front.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/decoder.h"
#include "ingest/load_summary.h"

struct hey {
	struct load_summary s;
	double total, rate;
	double answered, bad_status, unanswered;
	enum { SUMMARY, HISTOGRAM, LATENCY, DETAILS, STATUS, ERRORS } section;
	bool any, second;
};

static const char *const sections[] = { "Summary:", "Response time histogram:", "Latency distribution:", "Details",
	"Status code distribution:", "Error distribution:" };

static void seconds(struct str rest, double *to, double scale)
{
	double v;

	if (load_number(rest, &v))
		*to = v * scale;
}

static void summary_row(struct hey *h, struct str l)
{
	struct str rest;

	if (load_after(l, "Total:", &rest))
		seconds(rest, &h->total, 1e9);
	else if (load_after(l, "Slowest:", &rest))
		seconds(rest, &h->s.max, 1e9);
	else if (load_after(l, "Average:", &rest))
		seconds(rest, &h->s.mean, 1e9);
	else if (load_after(l, "Requests/sec:", &rest))
		seconds(rest, &h->rate, 1);
}

/* "  95% in 0.0523 secs"; some versions print the sign twice. */
static void latency_row(struct hey *h, struct str l)
{
	struct str rest = load_trim(l), percent = load_word(&rest), in = load_word(&rest);
	double p, v;

	if (str_is(in, "in") && load_number(percent, &p) && p > 0 && load_number(load_trim(rest), &v))
		load_summary_percentile(&h->s, p, v * 1e9);
}

/* "  [200]	50 responses", "  [20]	Get ...: connection refused" */
static void count_row(struct hey *h, struct str l)
{
	struct str code = load_trim(l), rest;
	const char *close = code.n && code.p[0] == '[' ? memchr(code.p, ']', code.n) : NULL;
	double c, n;

	if (!close)
		return;
	rest = load_trim(str_skip(code, (size_t)(close - code.p) + 1));
	code = (struct str){ code.p + 1, (size_t)(close - code.p) - 1 };
	if (!fmt_parse_real(load_trim(code), &c) || c < 0)
		return;
	if (h->section == ERRORS) {
		h->unanswered += c;
	} else if (load_number(rest, &n)) {
		h->answered += n;
		if (c < 200 || c >= 400)
			h->bad_status += n;
	}
}

static int line(void *arg, struct str l, struct err *err)
{
	struct hey *h = arg;

	(void)err;
	for (unsigned i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (str_starts(l, sections[i])) {
			h->second = h->second || (i == 0 && h->any);
			h->any = true;
			h->section = i;
			return 0;
		}
	if (h->second)
		return 0;
	if (h->section == SUMMARY)
		summary_row(h, l);
	else if (h->section == LATENCY)
		latency_row(h, l);
	else if (h->section == STATUS || h->section == ERRORS)
		count_row(h, l);
	return 0;
}

static int finish(struct hey *h, struct sink *out, struct err *err)
{
	int rc = 0;

	h->s.span = h->total;
	h->s.requests = h->answered + h->unanswered;
	h->s.errors = h->bad_status + h->unanswered;
	if (h->answered + h->unanswered <= 0) {
		h->s.requests = round(h->rate * h->total * 1e-9);
		h->s.errors = NAN;
	}
	if (h->answered <= 0 && h->unanswered > 0)	/* zeros that stand for "none" */
		h->s.max = h->s.mean = NAN;
	if (h->unanswered > 0)
		rc = load_note(out, "latencies are of the requests that got an answer", 0, err);
	if (!rc && h->second)
		rc = load_note(out, "another report follows in this file and is not read: one file a test", 1, err);
	if (!rc)
		rc = load_note(out, "hey: closed loop, with -q at most so many requests a second and worker", 0, err);
	return rc ? rc : load_summary_put(&h->s, out, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct hey h = { .s = load_summary_none, .total = NAN, .rate = NAN };
	int rc = load_lines(in, out, line, &h, err);

	(void)o;
	return rc ? rc : finish(&h, out, err);
}

static bool sniff(struct str head)
{
	static const char *const words[] = { "Summary:", "Requests/sec:", "Slowest:", "Fastest:" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!head.n || !memmem(head.p, head.n, words[i], strlen(words[i])))
			return false;
	return memmem(head.p, head.n, "Response time histogram", 23) && !memmem(head.p, head.n, "  Count:", 8);
}

const struct decoder decoder_hey = { .kind = "hey", .version = 1, .sniff = sniff, .decode = decode, .of_run = true };
