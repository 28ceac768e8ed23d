// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * wrk.c - the reports of wrk, wrk2 and go-wrk
 *
 * They look alike and differ in what their figures mean:
 *     wrk     closed loop; latencies are corrected for coordinated omission afterwards, so the tail is partly estimated;
 *             an answer later than the timeout counts as a request and an error and is in no latency
 *     wrk2    open loop, latency from the intended start. With -U a second, uncorrected block follows: not read
 *     go-wrk  closed loop; its "99%" is the 0.99th percentile and the others likewise: not read
 * The row Req/Sec is of one thread; the rate is in the line Requests/sec, of go-wrk in Overall Requests/sec, since its
 * other one divides by the time the goroutines were busy.
 *
 * A socket error is an attempt that ended without an answer: it counts as a request too, else errors could outnumber
 * requests.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/decoder.h"
#include "ingest/load_summary.h"

enum tool { WRK, WRK2, GO_WRK };
enum block { BLOCK_NONE, BLOCK_LATENCY, BLOCK_OTHER };

struct wrk {
	struct load_summary s;
	enum tool tool;
	enum block block;
	bool latencies_seen, second;	/* second: another report follows in the same file */
	bool percentiles, busy_rate;
	double planned, elapsed, rate, completed;
	double failed_sockets, timeouts, bad_status;
};

/* "connect 0, read 0, write 0, timeout 3" */
static void socket_errors(struct wrk *w, struct str s)
{
	while (s.n) {
		struct str what = load_word(&s), number = load_word(&s);
		double n;

		if (!load_number(number, &n))
			break;
		if (str_is(what, "timeout"))
			w->timeouts += n;
		else
			w->failed_sockets += n;
	}
}

static void latency_row(struct wrk *w, struct str s)
{
	struct str mean = load_word(&s), stdev = load_word(&s), most = load_word(&s);
	double ns;

	(void)stdev;
	if (w->latencies_seen || !load_duration(mean, &ns))
		return;
	w->s.mean = ns;
	if (load_duration(most, &ns))
		w->s.max = ns;
	w->latencies_seen = true;
}

/* Between "Latency Distribution" and the counts. */
static void distribution(struct wrk *w, struct str l)
{
	struct str rest = l, first = load_word(&rest), second = load_word(&rest);
	double percent, v;

	if (w->block != BLOCK_LATENCY)
		return;
	if (first.n && first.p[first.n - 1] == '%' && load_number(first, &percent) && load_duration(second, &v)) {
		load_summary_percentile(&w->s, percent, v);
		w->percentiles = true;
	} else if (load_after(l, "#[Mean    =", &rest) && load_number(rest, &v)) {
		w->s.mean = v * 1e6;
	} else if (load_after(l, "#[Max     =", &rest) && load_number(rest, &v)) {
		w->s.max = v * 1e6;
	} else {
		double most = w->s.max;

		if (load_summary_spectrum(&w->s, l) && !isnan(most))
			w->s.max = most;
	}
}

/* The lines of go-wrk that wrk does not have. */
static bool go_wrk_line(struct wrk *w, struct str l)
{
	struct str rest;
	double v;

	if (load_after(l, "Overall Requests/sec:", &rest)) {
		if (load_number(rest, &v)) {
			w->rate = v;
			w->busy_rate = false;
		}
	} else if (load_after(l, "Avg Req Time:", &rest)) {
		if (load_duration(rest, &v))
			w->s.mean = v;
	} else if (load_after(l, "Slowest Request:", &rest)) {
		if (load_duration(rest, &v))
			w->s.max = v;
	} else if (load_after(l, "Number of Errors:", &rest)) {
		if (load_number(rest, &v))
			w->failed_sockets = v;
	} else {
		return false;
	}
	w->tool = GO_WRK;
	return true;
}

static void counts(struct wrk *w, struct str l)
{
	struct str rest = load_trim(l), first = load_word(&rest), second = load_word(&rest), third = load_word(&rest);
	struct str time = load_word(&rest), after;
	double v, ns;

	if (load_after(l, "Requests/sec:", &after) && load_number(after, &v)) {
		w->rate = v;
		w->busy_rate = w->tool == GO_WRK;
	} else if (load_after(l, "Socket errors:", &after)) {
		socket_errors(w, after);
	} else if (load_after(l, "Non-2xx or 3xx responses:", &after)) {
		if (load_number(after, &v))
			w->bad_status = v;
	} else if (str_is(second, "requests") && str_is(third, "in")) {
		if (fmt_parse_real(first, &v) && load_duration(time, &ns)) {
			w->completed = v;
			w->elapsed = ns;
		}
	} else if (str_is(second, "goroutine(s)") && load_number(first, &v)) {
		w->s.vus = v;
		w->tool = GO_WRK;
	} else if (str_is(second, "threads") && str_is(third, "and") && load_number(time, &v)) {
		w->s.vus = v;
	}
}

static int line(void *arg, struct str l, struct err *err)
{
	struct wrk *w = arg;
	struct str rest;
	double ns;

	(void)err;
	if (load_after(l, "Running ", &rest) && memmem(rest.p, rest.n, "test @ ", 7)) {
		w->second = w->second || !isnan(w->planned);
		if (!w->second && load_duration(load_word(&rest), &ns))
			w->planned = ns;
		return 0;
	}
	if (w->second)
		return 0;
	if (load_after(l, "Thread calibration:", &rest)) {
		w->tool = WRK2;
	} else if (load_after(l, "Latency Distribution", &rest)) {
		bool first = w->block == BLOCK_NONE && !memmem(rest.p, rest.n, "Uncorrected", 11);

		if (str_starts(rest, "(HdrHistogram"))
			w->tool = WRK2;
		w->block = first ? BLOCK_LATENCY : BLOCK_OTHER;
	} else if (load_after(l, "Latency ", &rest)) {
		latency_row(w, rest);
	} else if (!go_wrk_line(w, l)) {
		distribution(w, l);
		counts(w, l);
	}
	return 0;
}

static void total(struct wrk *w)
{
	w->s.requests = w->completed + w->failed_sockets;
	w->s.errors = w->failed_sockets + w->timeouts + w->bad_status;
	w->s.span = w->elapsed;
	/* The rate has more digits than the time. */
	if (w->rate > 0 && w->completed > 0 && (w->tool == GO_WRK || fabs(w->completed / w->rate * 1e9 / w->elapsed - 1) < .01))
		w->s.span = w->completed / w->rate * 1e9;
	if (isnan(w->elapsed) && w->failed_sockets > 0) {	/* go-wrk when nothing came back */
		w->s.requests = w->failed_sockets;
		w->s.span = w->planned;
	}
	if (w->tool == WRK2)
		w->s.vus = NAN;		/* connections, not users that wait for an answer */
}

static int put_notes(const struct wrk *w, struct sink *out, struct err *err)
{
	int rc = 0;

	if (w->tool == WRK2)
		rc = load_note(out, "wrk2: open loop, latency from the intended start; the asked rate is not in the report, the"
				    " first 10 s of latencies neither", 0, err);
	else if (w->tool == GO_WRK)
		rc = load_note(out, "go-wrk: closed loop; its percentiles are a hundredth of what they say and are not read", 0,
			       err);
	else
		rc = load_note(out, "wrk: closed loop, tail corrected by estimates; requests that were never answered are not"
				    " seen, later answers than the timeout are in no latency", 0, err);
	if (!rc && w->tool != GO_WRK && !w->percentiles)
		rc = load_note(out, "no percentiles: wrk prints them with --latency", 0, err);
	if (!rc && w->busy_rate)
		rc = load_note(out, "the time is the goroutines' average busy time: this version tells no other", 0, err);
	if (!rc && w->failed_sockets > 0)
		rc = load_note(out, "what ended in an error is added to the requests, which do not hold it", 0, err);
	if (!rc && w->second)
		rc = load_note(out, "another report follows in this file and is not read: one file a test", 1, err);
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct wrk w = { .s = load_summary_none, .planned = NAN, .elapsed = NAN, .rate = NAN, .completed = NAN };
	int rc = load_lines(in, out, line, &w, err);

	(void)o;
	if (rc)
		return rc;
	total(&w);
	if (isnan(w.s.requests))
		return err_set(err, ERR_FORMAT, "a report that ends before its counts: the tool was stopped");
	rc = put_notes(&w, out, err);
	return rc ? rc : load_summary_put(&w.s, out, err);
}

/* "Running 4s test @ URL" near the top, and one of the lines that follow it. */
static bool sniff(struct str head)
{
	for (int i = 0; i < 64 && head.n; i++) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str l = { head.p, nl ? (size_t)(nl - head.p) : head.n }, rest;

		head = str_skip(head, l.n + 1);
		if (load_after(l, "Running ", &rest) && memmem(rest.p, rest.n, "test @ ", 7))
			return head.n && (memmem(head.p, head.n, " threads and ", 13) ||
					  memmem(head.p, head.n, "goroutine(s) running concurrently", 33));
	}
	return false;
}

const struct decoder decoder_wrk = { .kind = "wrk", .version = 1, .sniff = sniff, .decode = decode, .of_run = true };
