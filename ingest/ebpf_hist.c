// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ebpf_hist.c - histograms as bcc's tools and bpftrace print them
 *
 *          usecs               : count     distribution          @usecs[shop]:
 *              0 -> 1          : 233      |****|                 [2, 4)      12 |@@@      |
 *              2 -> 3          : 742      |********|             [1K, 2K)     3 |         |
 *
 * bcc's bounds include both ends, bpftrace's not the upper one. The text names a unit and not the quantity: the tool's
 * first line does ("Tracing run queue latency"), or else the file's name. Bounds become ns. A tool that prints every
 * few seconds prints each histogram anew, so each is a reading of its own.
 */
#include <math.h>
#include <strings.h>

#include "core/fmt.h"
#include "ingest/readings.h"
#include "ingest/timeparse.h"

struct hist {
	struct str file;
	const char *tool;
	struct buf name, label;
	double unit; /* ns; 1 when the bounds are no times */
	const char *unit_name;
	double last_hi;
	uint32_t id;
	bool in, take; /* inside a histogram; its buckets are taken */
};

static const struct {
	const char *banner, *name;
} tools[] = {
	{ "run queue latency", "runqlat" },
	{ "runqlat", "runqlat" },
	{ "TCP RTT", "tcprtt" },
	{ "tcprtt", "tcprtt" },
	{ "block device I/O", "biolatency" },
	{ "biolatency", "biolatency" },
	{ "run queue length", "runqlen" },
	{ "runqlen", "runqlen" },
	{ "TCP connect", "tcpconnlat" },
	{ "off-CPU", "cpudist" },
	{ "on-CPU", "cpudist" },
	{ "cpudist", "cpudist" },
	{ "syscall", "syscall" },
	{ "function", "funclatency" },
	{ "funclatency", "funclatency" },
};

static const char *tool_of(struct str s)
{
	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]) && s.n; i++)
		if (memmem(s.p, s.n, tools[i].banner, strlen(tools[i].banner)))
			return tools[i].name;
	return NULL;
}

/* "usecs", "nsecs", "msecs" */
static int64_t unit_of(struct str word)
{
	if (word.n > 1 && word.p[word.n - 1] == 's' && str_starts(str_skip(word, 1), "secs"))
		word.n--;
	return timeparse_unit(word);
}

static int begin(struct readings *r, struct hist *h, struct str what, struct str label, struct err *err)
{
	int64_t unit = unit_of(what);
	int rc;

	if (!h->tool)
		h->tool = tool_of(h->file);
	buf_reset(&h->name);
	buf_puts(&h->name, "ebpf.");
	if (h->tool)
		buf_puts(&h->name, h->tool);
	else
		buf_str(&h->name, what);
	h->unit = unit ? (double)unit : 1;
	h->unit_name = unit ? "ns" : "count";
	h->in = true;
	h->last_hi = -INFINITY;
	rc = buf_check(&h->name, err);
	if (!rc)
		rc = readings_series(r, buf_view(&h->name), label, h->unit_name, "histogram", &h->id, err);
	return rc ? rc : readings_open(r, h->id, &h->take, err);
}

static int put(struct readings *r, struct hist *h, double lo, double hi, double count, struct err *err)
{
	if (!h->take || !(count > 0) || !(hi > lo) || lo < h->last_hi)
		return 0;
	h->last_hi = hi;
	return put_bucket(r->out, err, (struct rec_bucket){ h->id, r->t, lo * h->unit, hi * h->unit, count });
}

/* 0 -> 1 : 233 |***|    or    0 : 233 |***| */
static int take_bcc(struct readings *r, struct hist *h, struct str line, bool *used, struct err *err)
{
	struct str lo = readings_word(&line), arrow = readings_word(&line), hi = readings_word(&line), colon, count;
	double a, b, n;

	if (str_is(arrow, ":") && fmt_parse_real(lo, &a) && fmt_parse_real(hi, &n)) { /* one value a row */
		*used = true;
		return put(r, h, a, a + 1, n, err);
	}
	colon = readings_word(&line);
	count = readings_word(&line);
	if (!str_is(arrow, "->") || !str_is(colon, ":") || !fmt_parse_real(lo, &a) || !fmt_parse_real(hi, &b) ||
	    !fmt_parse_real(count, &n))
		return 0;
	*used = true;
	return put(r, h, a, b + 1, n, err);
}

/* 12, 1K, 4M */
static bool scaled(struct str s, double *v)
{
	static const char letters[] = "KMGTPE";
	const char *at;
	double factor = 1;

	if (s.n && (at = strchr(letters, s.p[s.n - 1])) && *at) {
		for (const char *l = letters; l <= at; l++)
			factor *= 1024;
		s.n--;
	}
	if (!fmt_parse_real(s, v))
		return false;
	*v *= factor;
	return true;
}

/* [2, 4) 12 |@@|    [0] 3 |@|    (..., 0) 1 ||    [64K, ...) 2 || */
static int take_bpftrace(struct readings *r, struct hist *h, struct str line, bool *used, struct err *err)
{
	const char *close = memchr(line.p, ')', line.n), *comma;
	struct str in, rest;
	double lo, hi, n;

	if (!close)
		close = memchr(line.p, ']', line.n);
	if (!close)
		return 0;
	in = (struct str){ line.p + 1, (size_t)(close - line.p) - 1 };
	rest = str_skip(line, in.n + 2);
	comma = in.n ? memchr(in.p, ',', in.n) : NULL;
	if (!comma) {
		if (!scaled(in, &lo))
			return 0;
		hi = lo + 1;
	} else {
		struct str left = { in.p, (size_t)(comma - in.p) }, right = str_skip(in, left.n + 1);

		right = readings_word(&right);
		if (!scaled(left, &lo) && !str_is(left, "..."))
			return 0;
		if (str_is(left, "..."))
			lo = -INFINITY;
		if (str_is(right, "..."))
			hi = INFINITY;
		else if (!scaled(right, &hi))
			return 0;
	}
	if (!fmt_parse_real(readings_word(&rest), &n))
		return 0;
	*used = true;
	return put(r, h, lo, hi, n, err);
}

/* "@usecs[shop, 7]:" */
static int take_map(struct readings *r, struct hist *h, struct str line, bool *used, struct err *err)
{
	struct str name = str_skip(line, 1), label = STR_LIT("");
	const char *open;

	while (name.n && (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == ':'))
		name.n--;
	open = name.n ? memchr(name.p, '[', name.n) : NULL;
	if (open && name.p[name.n - 1] == ']') {
		label = (struct str){ open + 1, (size_t)(name.p + name.n - open) - 2 };
		name.n = (size_t)(open - name.p);
	}
	*used = true;
	h->in = false;
	return name.n ? begin(r, h, name, label, err) : 0;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct hist *h = arg;
	struct str rest = line, first = readings_word(&rest), second = readings_word(&rest),
		   third = readings_word(&rest);
	int rc;

	if (line.p[0] == '@' && line.n > 1 && memchr(line.p, ':', line.n))
		return take_map(r, h, line, used, err);
	if (str_is(second, ":") && str_is(third, "count")) {
		*used = true;
		return begin(r, h, first, buf_view(&h->label), err);
	}
	if (h->in && (first.p[0] == '[' || first.p[0] == '('))
		return take_bpftrace(r, h, line, used, err);
	if (h->in && (str_is(second, "->") || str_is(second, ":")))
		return take_bcc(r, h, line, used, err);
	h->in = false;
	if (tool_of(line) && !h->tool) {
		h->tool = tool_of(line);
		*used = true;
		return 0;
	}
	if (str_is(second, "=")) { /* pid = 181, disk = 'sda': whose histogram follows */
		buf_reset(&h->label);
		buf_str(&h->label, line);
		*used = true;
		return buf_check(&h->label, err);
	}
	rc = readings_time_line(r, line, true, used, err);
	*used = *used || str_starts(line, "Tracing ") || str_starts(line, "Attaching ") || str_starts(line, "^C") ||
		str_starts(line, "avg = ");
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct hist h = { .file = str_from(o->name), .name = { .limit = 4096 }, .label = { .limit = 4096 } };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = readings_lines(&r, in, take, &h, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&h.name);
	buf_free(&h.label);
	return rc;
}

static bool sniff(struct str head)
{
	return head.n && ((memmem(head.p, head.n, ": count", 7) && memmem(head.p, head.n, "distribution", 12) &&
			   (memmem(head.p, head.n, " -> ", 4) || memmem(head.p, head.n, "|*", 2))) ||
			  (memmem(head.p, head.n, "@", 1) && memmem(head.p, head.n, ")  ", 3) &&
			   memmem(head.p, head.n, "|@", 2)));
}

const struct decoder decoder_ebpf_hist = { .kind = "ebpf_hist", .version = 1, .sniff = sniff, .decode = decode };
