// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * netstat.c - the kernel's network counters: /proc/net/netstat, /proc/net/snmp, nstat -a
 *
 * The first two print a line of names and a line of values after a prefix; nstat prints one name and value a line,
 * prefix and name together. There are some 400 counters, nearly all 0: those that a cause asks for have names of ours
 * and are always kept; another one is kept from its first value that is not 0. nstat without -a prints differences,
 * which nothing in its text tells; the capture helper uses -a.
 */
#include "core/fmt.h"
#include "ingest/readings.h"

struct netstat {
	struct buf names; /* the line of names that waits for its values */
	struct buf name;
};

static const struct {
	const char *kernel, *ours, *kind;
} known[] = {
	{ "TcpExtListenOverflows", "tcp.listen_overflows", "counter" },
	{ "TcpExtListenDrops", "tcp.listen_drops", "counter" },
	{ "TcpRetransSegs", "tcp.retransmits", "counter" },
	{ "TcpOutSegs", "tcp.segments_out", "counter" },
	{ "TcpInSegs", "tcp.segments_in", "counter" },
	{ "TcpExtTCPToZeroWindowAdv", "tcp.zero_window", "counter" },
	{ "TcpExtTCPTimeouts", "tcp.timeouts", "counter" },
	{ "TcpExtTCPSynRetrans", "tcp.syn_retransmits", "counter" },
	{ "TcpActiveOpens", "tcp.active_opens", "counter" },
	{ "TcpPassiveOpens", "tcp.passive_opens", "counter" },
	{ "TcpAttemptFails", "tcp.attempt_fails", "counter" },
	{ "TcpEstabResets", "tcp.resets", "counter" },
	{ "TcpCurrEstab", "tcp.established", "gauge" },
};

static int put_value(struct readings *r, struct str name, struct str value, bool *used, struct err *err)
{
	double v;

	if (!name.n || !fmt_parse_real(value, &v))
		return 0;
	*used = true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(name, known[i].kernel))
			return readings_put(r, str_from(known[i].ours), STR_LIT(""), "count", known[i].kind, v, err);
	/* Settings that stand among the counters. */
	if (str_starts(name, "TcpRto") || str_is(name, "TcpMaxConn") || str_is(name, "IpForwarding") ||
	    str_is(name, "IpDefaultTTL"))
		return 0;
	if (v == 0 && !readings_has(r, name, STR_LIT("")))
		return 0;
	return readings_put(r, name, STR_LIT(""), "count", "counter", v, err);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int put_pairs(struct readings *r, struct netstat *n, struct str prefix, struct str values, bool *used,
		     struct err *err)
{
	struct str names = buf_view(&n->names), head = readings_word(&names);
	int rc = 0;

	if (!str_eq(head, (struct str){ prefix.p, prefix.n }))
		return 0;
	prefix.n--; /* the colon */
	for (;;) {
		struct str name = readings_word(&names), value = readings_word(&values);

		if (rc || !name.n || !value.n)
			break;
		buf_reset(&n->name);
		buf_str(&n->name, prefix);
		buf_str(&n->name, name);
		rc = buf_check(&n->name, err);
		if (!rc)
			rc = put_value(r, buf_view(&n->name), value, used, err);
	}
	buf_reset(&n->names);
	return rc;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct netstat *n = arg;
	struct str rest = line, first = readings_word(&rest), second, after = rest;
	int rc;

	second = readings_word(&after);
	if (str_starts(first, "#kernel") || str_starts(first, "#")) {
		rc = readings_time_line(r, line, true, used, err);
		*used = *used || str_starts(first, "#kernel");
		return rc;
	}
	if (second.n && first.p[first.n - 1] == ':') {
		if (is_digit(second.p[0]) || second.p[0] == '-')
			return put_pairs(r, n, first, rest, used, err);
		buf_reset(&n->names);
		buf_str(&n->names, line);
		*used = true;
		return buf_check(&n->names, err);
	}
	if (second.n && is_digit(second.p[0]) && first.p[0] >= 'A' && first.p[0] <= 'Z')
		return put_value(r, first, second, used, err);
	return readings_time_line(r, line, true, used, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct netstat n = { .names = { .limit = 0 } };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = readings_lines(&r, in, take, &n, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&n.names);
	buf_free(&n.name);
	return rc;
}

static bool sniff(struct str head)
{
	static const char *const starts[] = { "TcpExt: ", "Tcp: ", "TcpExtListenOverflows ", "TcpOutSegs ", "IpExt: " };

	while (head.n) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };

		for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
			if (str_starts(line, starts[i]))
				return true;
		head = str_skip(head, line.n + (nl != NULL));
	}
	return false;
}

const struct decoder decoder_netstat = { .kind = "netstat", .version = 1, .sniff = sniff, .decode = decode };
