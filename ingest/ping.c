// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ping.c - the summary of ping: round trip times and loss to a host
 *
 *     --- db.internal ping statistics ---
 *     20 packets transmitted, 19 received, 5% packet loss, time 19030ms
 *     rtt min/avg/max/mdev = 0.038/0.051/0.075/0.011 ms
 *
 * BusyBox and macOS say "round-trip" and "packets received". The lines of the single packets are in the summary
 * already; with -D they hold times, and the last one is when the summary was made.
 */
#include "core/fmt.h"
#include "ingest/readings.h"
#include "ingest/timeparse.h"

struct ping {
	struct buf host;
	int64_t t; /* of the last packet; STORE_NULL: not said */
};

static int begin(struct readings *r, struct ping *p, struct err *err)
{
	if (p->t != STORE_NULL)
		return readings_at(r, p->t, err);
	return r->fresh && r->n ? 0 : readings_next(r, err);
}

static int take_title(struct readings *r, struct ping *p, struct str line, struct err *err)
{
	line = str_skip(line, 4);
	buf_reset(&p->host);
	buf_str(&p->host, readings_word(&line));
	return buf_check(&p->host, err) ? (int)err->code : begin(r, p, err);
}

static int take_loss(struct readings *r, struct ping *p, struct str line, const char *loss, struct err *err)
{
	size_t n = (size_t)(loss - line.p), from = n;
	double v;

	while (from > 0 && line.p[from - 1] != ' ')
		from--;
	if (!fmt_parse_real((struct str){ line.p + from, n - from }, &v))
		return 0;
	return readings_put(r, STR_LIT("net.loss"), buf_view(&p->host), "ratio", "gauge", v / 100, err);
}

static int take_times(struct readings *r, struct ping *p, struct str line, struct err *err)
{
	static const char *const names[] = { "net.min_rtt", "net.rtt", "net.rtt_max" };
	const char *eq = memchr(line.p, '=', line.n);
	double v;
	int rc = 0;

	line = eq ? str_skip(line, (size_t)(eq - line.p) + 1) : STR_NONE;
	line = readings_word(&line);
	for (size_t i = 0; i < 3 && line.n && !rc; i++) {
		const char *slash = memchr(line.p, '/', line.n);
		size_t n = slash ? (size_t)(slash - line.p) : line.n;

		if (fmt_parse_real((struct str){ line.p, n }, &v))
			rc = readings_put(r, str_from(names[i]), buf_view(&p->host), "ns", "gauge", v * 1e6, err);
		line = str_skip(line, n + 1);
	}
	return rc;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	const struct time_style seconds = { .unit = 1000000000 };
	struct ping *p = arg;
	const char *end = line.p[0] == '[' ? memchr(line.p, ']', line.n) : NULL, *loss;
	struct stamp at;

	*used = true;
	if (end && timeparse_stamp((struct str){ line.p + 1, (size_t)(end - line.p) - 1 }, &seconds, &at)) {
		p->t = at.kind == TIME_EPOCH || at.ns > 1000000000000000000 ? at.ns : p->t;
		return 0;
	}
	if (str_starts(line, "--- ") && memmem(line.p, line.n, " ping statistics", 16))
		return take_title(r, p, line, err);
	loss = memmem(line.p, line.n, "% packet loss", 13);
	if (loss)
		return take_loss(r, p, line, loss, err);
	if (str_starts(line, "rtt min/avg/max") || str_starts(line, "round-trip min/avg/max"))
		return take_times(r, p, line, err);
	*used = str_starts(line, "PING ") || memmem(line.p, line.n, " bytes from ", 12);
	return 0;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct ping p = { .host = { .limit = 1024 }, .t = STORE_NULL };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = readings_lines(&r, in, take, &p, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&p.host);
	return rc;
}

static bool sniff(struct str head)
{
	return head.n && (memmem(head.p, head.n, " ping statistics", 16) || str_starts(head, "PING ") ||
			  str_starts(head, "rtt min/avg/max"));
}

const struct decoder decoder_ping = { .kind = "ping", .version = 1, .sniff = sniff, .decode = decode };
