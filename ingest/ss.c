// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ss.c - sockets as `ss -tinm` lists them
 *
 * A connection is a line with addresses and one, indented, with what TCP knows about it. Per-connection series would be
 * as many as there were connections, and each short; what a cause asks for are figures over all of them: the median
 * round trip time, the smallest one, the share of the busy time in which the peer's window was the limit. Connections
 * to this machine itself have no network in between, so they count only when there are no others; the label says which.
 */
#include <math.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/grow.h"
#include "ingest/readings.h"

enum { REMOTE, LOOPBACK, GROUPS };
static const char *const group_name[GROUPS] = { "remote", "loopback" };

static const char *const states[] = { "ESTAB",	    "LISTEN",	  "TIME-WAIT", "CLOSE-WAIT", "SYN-SENT", "SYN-RECV",
				      "FIN-WAIT-1", "FIN-WAIT-2", "CLOSING",   "LAST-ACK",   "UNCONN",	 "CLOSED" };
#define STATES ((int)(sizeof(states) / sizeof(states[0])))

struct group {
	double *rtt; /* ns */
	size_t n, cap;
	double min_rtt, busy, rwnd, sndbuf, sent, retrans;
};

struct ss {
	struct group group[GROUPS];
	double count[STATES], queue, backlog;
	int now; /* group of the connection being read; GROUPS: none */
	bool any, listen;
};

static void reset(struct ss *s)
{
	for (int g = 0; g < GROUPS; g++) {
		double *rtt = s->group[g].rtt;
		size_t cap = s->group[g].cap;

		s->group[g] = (struct group){ .rtt = rtt, .cap = cap, .min_rtt = NAN };
	}
	for (int i = 0; i < STATES; i++)
		s->count[i] = 0;
	s->queue = s->backlog = 0;
	s->now = GROUPS;
	s->any = s->listen = false;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int put_group(struct readings *r, struct group *g, struct str label, struct err *err)
{
	int rc = 0;

	if (g->n) {
		qsort(g->rtt, g->n, sizeof(*g->rtt), by_value);
		rc = readings_put(r, STR_LIT("net.rtt"), label, "ns", "gauge",
				  (g->rtt[(g->n - 1) / 2] + g->rtt[g->n / 2]) / 2, err);
		if (!rc)
			rc = readings_put(r, STR_LIT("net.rtt_max"), label, "ns", "gauge", g->rtt[g->n - 1], err);
	}
	if (!rc) /* not a number when there is none: left out */
		rc = readings_put(r, STR_LIT("net.min_rtt"), label, "ns", "gauge", g->min_rtt, err);
	if (!rc && g->busy > 0)
		rc = readings_put(r, STR_LIT("net.rwnd_limited"), label, "ratio", "gauge", g->rwnd / g->busy, err);
	if (!rc && g->busy > 0)
		rc = readings_put(r, STR_LIT("net.sndbuf_limited"), label, "ratio", "gauge", g->sndbuf / g->busy, err);
	if (!rc && g->sent > 0)
		rc = readings_put(r, STR_LIT("net.retransmit_share"), label, "ratio", "gauge", g->retrans / g->sent,
				  err);
	return rc;
}

static int flush(struct readings *r, struct ss *s, struct err *err)
{
	int rc = 0, g = s->group[REMOTE].n ? REMOTE : LOOPBACK;

	if (!s->any)
		return 0;
	for (int i = 0; i < STATES && !rc; i++)
		if (s->count[i] > 0 || readings_has(r, STR_LIT("tcp.sockets"), str_from(states[i])))
			rc = readings_put(r, STR_LIT("tcp.sockets"), str_from(states[i]), "count", "gauge", s->count[i],
					  err);
	if (!rc && s->listen)
		rc = readings_put(r, STR_LIT("tcp.accept_queue"), STR_LIT(""), "count", "gauge", s->queue, err);
	if (!rc && s->listen)
		rc = readings_put(r, STR_LIT("tcp.accept_backlog"), STR_LIT(""), "count", "gauge", s->backlog, err);
	if (!rc)
		rc = put_group(r, &s->group[g], str_from(group_name[g]), err);
	reset(s);
	return rc;
}

static bool is_loopback(struct str addr)
{
	return str_starts(addr, "127.") || str_starts(addr, "[::1]") || str_starts(addr, "::1") ||
	       str_starts(addr, "[::ffff:127.") || str_starts(addr, "::ffff:127.");
}

/* "rtt:3.165/5.987": the number behind the key, up to what is no digit of it. */
static bool value_of(struct str word, const char *key, double *v)
{
	size_t n = 0;

	if (!str_starts(word, key))
		return false;
	word = str_skip(word, strlen(key));
	while (n < word.n && ((word.p[n] >= '0' && word.p[n] <= '9') || word.p[n] == '.'))
		n++;
	return n && fmt_parse_real((struct str){ word.p, n }, v);
}

static int take_info(struct ss *s, struct str rest, bool *used, struct err *err)
{
	struct group *g = &s->group[s->now];
	struct str w;
	double v;

	while ((w = readings_word(&rest)).n) {
		if (value_of(w, "rtt:", &v)) {
			if (grow(&g->rtt, &g->cap, g->n + 1, sizeof(*g->rtt), err))
				return (int)err->code;
			g->rtt[g->n++] = v * 1e6;
			*used = true;
		} else if (value_of(w, "minrtt:", &v)) {
			g->min_rtt = !(g->min_rtt <= v * 1e6) ? v * 1e6 : g->min_rtt;
		} else if (value_of(w, "busy:", &v)) {
			g->busy += v;
		} else if (value_of(w, "rwnd_limited:", &v)) {
			g->rwnd += v;
		} else if (value_of(w, "sndbuf_limited:", &v)) {
			g->sndbuf += v;
		} else if (value_of(w, "bytes_sent:", &v)) {
			g->sent += v;
		} else if (value_of(w, "bytes_retrans:", &v)) {
			g->retrans += v;
		}
	}
	return 0;
}

static int state_of(struct str word)
{
	for (int i = 0; i < STATES; i++)
		if (str_is(word, states[i]))
			return i;
	return -1;
}

static int take_socket(struct ss *s, int state, struct str rest, bool *used, struct err *err)
{
	struct str recv = readings_word(&rest), send = readings_word(&rest), peer;
	double q, b;

	readings_word(&rest);
	peer = readings_word(&rest);
	if (!fmt_parse_real(recv, &q) || !fmt_parse_real(send, &b) || !peer.n)
		return 0;
	*used = s->any = true;
	s->count[state]++;
	if (state == 1) {
		s->listen = true;
		s->backlog = q > s->queue || s->backlog <= 0 ? b : s->backlog;
		s->queue = q > s->queue ? q : s->queue;
		s->now = GROUPS;
		return 0;
	}
	s->now = state != 0 ? GROUPS : is_loopback(peer) ? LOOPBACK : REMOTE;
	return s->now < GROUPS ? take_info(s, rest, used, err) : 0;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct ss *s = arg;
	struct str rest = line, w;
	int rc, state;

	if (line.p[0] == ' ' || line.p[0] == '\t') {
		*used = true;
		return s->now < GROUPS ? take_info(s, line, used, err) : 0;
	}
	w = readings_word(&rest);
	if (str_is(w, "tcp") || str_is(w, "tcp6"))
		w = readings_word(&rest);
	state = state_of(w);
	if (state >= 0)
		return take_socket(s, state, rest, used, err);
	*used = str_is(w, "State") || str_is(w, "Netid");
	rc = flush(r, s, err);
	if (!rc && *used)
		return 0;
	return rc ? rc : readings_time_line(r, line, true, used, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct ss s = { .any = false };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	reset(&s);
	rc = readings_lines(&r, in, take, &s, err);
	if (!rc)
		rc = flush(&r, &s, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	for (int g = 0; g < GROUPS; g++)
		free(s.group[g].rtt);
	return rc;
}

static bool sniff(struct str head)
{
	int sockets = 0;

	while (head.n && sockets < 100) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str rest = { head.p, nl ? (size_t)(nl - head.p) : head.n }, w;

		head = str_skip(head, rest.n + (nl != NULL));
		w = readings_word(&rest);
		if (str_is(w, "Netid") || str_is(w, "tcp"))
			w = readings_word(&rest);
		if (str_is(w, "State") && str_is(readings_word(&rest), "Recv-Q"))
			return true;
		if (state_of(w) < 0)
			continue;
		sockets++;
		w = readings_word(&rest);
		if (w.n && w.p[0] >= '0' && w.p[0] <= '9' && memmem(head.p, head.n, " rtt:", 5))
			return true;
	}
	return false;
}

const struct decoder decoder_ss = { .kind = "ss", .version = 1, .sniff = sniff, .decode = decode };
