// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ghz_text.c - ghz -O summary (its default) and -O csv
 *
 * Percentiles of the text are of calls that succeeded, its average of all. The CSV has no time stamps: its rows make
 * one point, of a span nobody knows. It does not quote the texts of errors, which may hold commas and newlines: a row
 * is a number, a status and whatever follows, and a line that does not begin so belongs to the row before.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/decoder.h"
#include "ingest/load_bucket.h"
#include "ingest/load_summary.h"
#include "ingest/timeparse.h"

struct text {
	struct load_summary s;
	double rate, answered, failed, failed_texts;
	enum { SUMMARY, HISTOGRAM, LATENCY, STATUS, ERRORS } section;
};

/* "3.21 s", "612 ns" */
static bool spaced_duration(struct str s, double *ns)
{
	struct str number = load_word(&s), unit = load_word(&s);
	int64_t scale = timeparse_unit(unit);

	if (!scale || !fmt_parse_real(number, ns))
		return false;
	*ns *= (double)scale;
	return true;
}

static void summary_row(struct text *t, struct str l)
{
	struct str rest;
	double v;

	if (load_after(l, "Count:", &rest) && load_number(rest, &v))
		t->s.requests = v;
	else if (load_after(l, "Total:", &rest) && spaced_duration(rest, &v))
		t->s.span = v;
	else if (load_after(l, "Slowest:", &rest) && spaced_duration(rest, &v))
		t->s.max = v;
	else if (load_after(l, "Average:", &rest) && spaced_duration(rest, &v))
		t->s.mean = v;
	else if (load_after(l, "Requests/sec:", &rest) && load_number(rest, &v))
		t->rate = v;
}

/* "  95 % in 4.00 ms"; a percentile without value reads "0 % in 0 ns". */
static void latency_row(struct text *t, struct str l)
{
	struct str rest = l, percent = load_word(&rest), sign = load_word(&rest), in = load_word(&rest);
	double p, v;

	if (str_is(sign, "%") && str_is(in, "in") && fmt_parse_real(percent, &p) && p > 0 && spaced_duration(rest, &v))
		load_summary_percentile(&t->s, p, v);
}

/* "  [OK]   4 responses", "  [3]   rpc error: ..." */
static void count_row(struct text *t, struct str l)
{
	struct str s = load_trim(l), rest;
	const char *close = s.n && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	struct str code;
	double n;

	if (!close)
		return;
	code = (struct str){ s.p + 1, (size_t)(close - s.p) - 1 };
	rest = load_trim(str_skip(s, code.n + 2));
	if (t->section == ERRORS) {
		if (fmt_parse_real(code, &n) && n > 0)
			t->failed_texts += n;
	} else if (load_number(rest, &n) && n > 0) {
		t->answered += n;
		t->failed += str_is(code, "OK") ? 0 : n;
	}
}

static int text_line(void *arg, struct str l, struct err *err)
{
	static const char *const sections[] = { "Summary:", "Response time histogram:", "Latency distribution:",
		"Status code distribution:", "Error distribution:" };
	struct text *t = arg;

	(void)err;
	for (unsigned i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (str_starts(l, sections[i])) {
			t->section = i;
			return 0;
		}
	if (t->section == SUMMARY)
		summary_row(t, l);
	else if (t->section == LATENCY)
		latency_row(t, l);
	else if (t->section == STATUS || t->section == ERRORS)
		count_row(t, l);
	return 0;
}

static int decode_text(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct text t = { .s = load_summary_none, .rate = NAN };
	int rc = load_lines(in, out, text_line, &t, err);

	(void)o;
	if (rc)
		return rc;
	if (t.answered > 0 || t.failed_texts > 0)
		t.s.errors = fmax(t.failed, t.failed_texts);
	/* The rate has more digits than the time. */
	if (t.rate > 0 && t.s.requests > 0 && fabs(t.s.requests / t.rate * 1e9 / t.s.span - 1) < .01)
		t.s.span = t.s.requests / t.rate * 1e9;
	rc = load_note(out, "ghz: closed loop, open with a rate, which this report does not say; percentiles and the slowest"
			    " are of calls that succeeded", 0, err);
	return rc ? rc : load_summary_put(&t.s, out, err);
}

static bool sniff_text(struct str head)
{
	static const char *const words[] = { "Summary:", "  Count:", "Requests/sec:", "Slowest:" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!head.n || !memmem(head.p, head.n, words[i], strlen(words[i])))
			return false;
	return memmem(head.p, head.n, "Response time histogram", 23) != NULL;
}

/* ---- CSV ---- */

struct rows {
	struct load_hist ok, failed;
	uint64_t pages;
};

static int csv_line(void *arg, struct str l, struct err *err)
{
	struct rows *r = arg;
	const char *comma = l.n ? memchr(l.p, ',', l.n) : NULL;
	struct str rest, status;
	int64_t ns, step;
	size_t n;

	if (!comma)
		return 0;
	rest = str_skip(l, (size_t)(comma - l.p) + 1);
	n = (size_t)(comma - l.p);
	if (!timeparse_decimal((struct str){ l.p, n }, 1000000, false, &ns, &step) || !load_bucket_fits(0, ns))
		return 0;
	comma = rest.n ? memchr(rest.p, ',', rest.n) : NULL;
	status = (struct str){ rest.p, comma ? (size_t)(comma - rest.p) : 0 };
	if (!comma)
		return 0;
	return load_hist_add(str_is(status, "OK") ? &r->ok : &r->failed, ns, &r->pages, err);
}

static int decode_csv(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct rows r = { .pages = 0 };
	struct load_summary s = load_summary_none;
	int rc = load_lines(in, out, csv_line, &r, err);

	(void)o;
	s.requests = (double)(r.ok.n + r.failed.n);
	s.errors = (double)r.failed.n;
	if (!rc && s.requests <= 0)
		rc = err_set(err, ERR_FORMAT, "ghz's CSV without a call");
	if (!rc)
		rc = load_hist_merge(&r.ok, &r.failed, &r.pages, err);
	if (!rc) {
		load_summary_hist(&s, &r.ok);
		rc = load_note(out, "ghz's CSV has no time stamps and steps of 10 us: -O json has more", 0, err);
	}
	if (!rc)
		rc = load_summary_put(&s, out, err);
	load_hist_clear(&r.ok, &r.pages);
	load_hist_clear(&r.failed, &r.pages);
	return rc;
}

static bool sniff_csv(struct str head)
{
	while (head.n && (head.p[0] == '\n' || head.p[0] == '\r'))
		head = str_skip(head, 1);
	return str_starts(head, "duration (ms),status,error");
}

const struct decoder decoder_ghz_text = {
	.kind = "ghz_text", .version = 1, .sniff = sniff_text, .decode = decode_text, .of_run = true,
};
const struct decoder decoder_ghz_csv = {
	.kind = "ghz_csv", .version = 1, .sniff = sniff_csv, .decode = decode_csv, .of_run = true,
};
