// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * words.c - the one place where an id becomes English
 *
 * Ids stay what they are in every output (they are anchors, gate subjects and JSON values); the words stand beside them. An id that is
 * not in a table here is printed as it is, so that a new metric needs no change to be seen.
 */
#include "report/words.h"

#include <math.h>
#include <stdio.h>

#include "core/fmt.h"
#include "report/model.h"

struct metric_words {
	const char *id;		/* without _per_request, _per_second */
	const char *words;
	const char *raw;	/* the pprof metric it is computed from */
	bool counts;
	const char *pprof[3];	/* what pprof's -sample_index calls it */
};

/* In the order of tables. */
static const struct metric_words metrics[] = {
	{ "cpu", "CPU", "cpu", false, { "cpu", NULL } },
	{ "cpu_samples", "CPU samples", "cpu", true, { "samples", NULL } },
	{ "wall", "wall time", "wall", false, { "wall", NULL } },
	{ "alloc_bytes", "allocated bytes", "alloc", false, { "alloc", "alloc_space", NULL } },
	{ "alloc_objects", "allocated objects", "alloc", true, { NULL } },
	{ "inuse_objects", "live objects", "inuse", true, { NULL } },
	{ "inuse_bytes", "live heap", "inuse", false, { "inuse", "inuse_space", NULL } },
	{ "inuse_growth_bytes", "live heap's growth in a run", "inuse", false, { NULL } },
	{ "mutex_delay", "lock delay", "mutex", false, { "mutex", "delay", NULL } },
	{ "mutex_contentions", "waits for locks", "mutex", true, { "contentions", NULL } },
	{ "block_contentions", "times blocked", "block", true, { "contentions", NULL } },
	{ "block_delay", "blocked time", "block", false, { "block", "delay", NULL } },
	{ "latency_p50", "latency, half of requests", NULL, false, { NULL } },
	{ "latency_p95", "latency p95", NULL, false, { NULL } },
	{ "latency_p99", "latency p99", NULL, false, { NULL } },
	{ "rps", "requests a second", NULL, false, { NULL } },
	{ "error_rate", "share of errors", NULL, false, { NULL } },
	{ "gc_cpu_share", "GC's share of CPU", NULL, false, { NULL } },
	{ "gc_rate", "GC cycles a second", NULL, false, { NULL } },
	{ "gc_pause_p99", "GC pause p99", NULL, false, { NULL } },
	{ "gc_pause_over", "share of long GC pauses", NULL, false, { NULL } },
	{ "heap_after_gc", "heap after GC", NULL, false, { NULL } },
	{ "heap_slope", "heap growth", NULL, false, { NULL } },
	{ "goroutines", "goroutines", NULL, false, { NULL } },
	{ "goroutine_slope", "goroutine growth", NULL, false, { NULL } },
	{ "threads", "threads", NULL, false, { NULL } },
};
#define N_METRICS (sizeof(metrics) / sizeof(metrics[0]))

static struct str without_per(struct str id, const char **per)
{
	static const char request[] = "_per_request", second[] = "_per_second";
	static const char share[] = "_share";
	size_t r = sizeof(request) - 1, s = sizeof(second) - 1, h = sizeof(share) - 1;

	*per = "";
	if (id.n > r && memcmp(id.p + id.n - r, request, r) == 0) {
		*per = " per request";
		return (struct str){ id.p, id.n - r };
	}
	if (id.n > s && memcmp(id.p + id.n - s, second, s) == 0) {
		*per = " per second";
		return (struct str){ id.p, id.n - s };
	}
	if (id.n > h && !str_is(id, "gc_cpu_share") && memcmp(id.p + id.n - h, share, h) == 0) {
		*per = ", share of it";
		return (struct str){ id.p, id.n - h };
	}
	return id;
}

static const struct metric_words *find(struct str id)
{
	const char *per;
	struct str base = without_per(id, &per);

	for (size_t i = 0; i < N_METRICS; i++)
		if (str_is(base, metrics[i].id))
			return &metrics[i];
	return NULL;
}

void words_metric(struct buf *out, struct str id)
{
	const struct metric_words *w = find(id);
	const char *per;

	without_per(id, &per);
	if (w)
		buf_printf(out, "%s%s", w->words, per);
	else
		buf_str(out, id);
}

int words_metric_rank(struct str id)
{
	const struct metric_words *w = find(id);

	return w ? (int)(w - metrics) : (int)N_METRICS;
}

bool words_metric_is(struct str id, const char *word)
{
	const struct metric_words *w = find(id);

	if (str_is(id, word))
		return true;
	if (!w)
		return false;
	if (strcmp(w->id, word) == 0)
		return true;
	for (int i = 0; i < 3 && w->pprof[i]; i++)
		if (strcmp(w->pprof[i], word) == 0)
			return true;
	return false;
}

const char *words_metric_raw(struct str id, bool *counts)
{
	const struct metric_words *w = find(id);

	*counts = w && w->counts;
	return w ? w->raw : NULL;
}

struct str words_unit(struct str unit)
{
	static const char *const physical[] = { "ns", "bytes", "ratio", "cores", "count" };
	const char *slash = unit.n ? memchr(unit.p, '/', unit.n) : NULL;
	struct str u = slash ? (struct str){ unit.p, (size_t)(slash - unit.p) } : unit;

	for (size_t i = 0; i < sizeof(physical) / sizeof(physical[0]); i++)
		if (str_is(u, physical[i]))
			return u;
	return STR_LIT("count");	/* of things that the metric's own words name */
}

void words_share(struct buf *out, double share)
{
	if (share >= 10)
		fmt_change(out, share);
	else
		fmt_percent(out, share);
}

struct str words_shift(struct str kind)
{
	static const char *const words[][2] = { { "type", "within a type" }, { "prefix", "between functions of one name" }, { "caller", "below one caller" },
		{ "package", "within a package" }, { "split", "split off" }, { "below", "in what it calls" },
		{ "inlining", "inlined on one side only" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(kind, words[i][0]))
			return str_from(words[i][1]);
	return kind;
}

void words_smallest(struct buf *out, const struct model_change *c)
{
	if (model_in_points(c))
		buf_printf(out, "%.3g points", 100 * c->smallest);
	else
		words_share(out, c->smallest);
}

/* Units are ids of a few letters; a longer one is cut, never trusted. */
static void unit_text(char out[64], struct str unit)
{
	size_t n = unit.n < 63 ? unit.n : 63;

	if (n)
		memcpy(out, unit.p, n);
	out[n] = '\0';
	if (n > 2 && out[0] == '1' && out[1] == '/')	/* 1/s: counts */
		snprintf(out, 64, "count/%.*s", (int)(n - 2 < 50 ? n - 2 : 50), unit.p + 2);
}

void words_value(struct buf *out, double v, struct str unit)
{
	char u[64];

	unit_text(u, unit);
	fmt_value(out, v, u);
}

void words_delta(struct buf *out, double v, struct str unit)
{
	if (isnan(v)) {
		buf_puts(out, "?");
		return;
	}
	buf_byte(out, v < 0 ? '-' : '+');
	words_value(out, fabs(v), unit);
}

/* "180 to 380 us/request": a unit that both share is said once. */
static void range_text(struct buf *out, double lo, double hi, struct str unit)
{
	struct buf a = { .limit = 4096 }, b = { .limit = 4096 };
	const char *ua, *ub;

	words_value(&a, lo, unit);
	words_value(&b, hi, unit);
	ua = a.data ? strchr(a.data, ' ') : NULL;
	ub = b.data ? strchr(b.data, ' ') : NULL;
	if (a.len != b.len || (a.data && b.data && memcmp(a.data, b.data, a.len) != 0)) {
		if (ua && ub && strcmp(ua, ub) == 0)
			buf_add(out, a.data, (size_t)(ua - a.data));
		else
			buf_str(out, buf_view(&a));
		buf_puts(out, " to ");
	}
	buf_str(out, buf_view(&b));
	buf_free(&a);
	buf_free(&b);
}

void words_range(struct buf *out, double lo, double hi, struct str unit)
{
	if (isnan(lo) && isnan(hi))
		return;
	if (isnan(hi)) {
		buf_puts(out, "at least ");
		words_value(out, lo, unit);
	} else if (isnan(lo)) {
		buf_puts(out, "at most ");
		words_value(out, hi, unit);
	} else {
		range_text(out, lo, hi, unit);
	}
}

const char *words_role(struct str role)
{
	static const struct { const char *role, *words; } table[] = {
		{ "hot", "spends it" }, { "waiter", "waits here" }, { "holder", "holds the others up" },
		{ "creator", "starts them" }, { "allocator", "allocates it" }, { "caller", "calls it" },
		{ "library", "does it, in a library" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (str_is(role, table[i].role))
			return table[i].words;
	return "";
}

const char *words_level(struct str level)
{
	return str_is(level, "high") ? "high confidence" : str_is(level, "medium") ? "medium confidence" : "low confidence";
}

void words_p(struct buf *out, const char *name, double p)
{
	if (isnan(p))
		return;
	if (p < .001)
		buf_printf(out, "%s<0.001", name);
	else
		buf_printf(out, "%s%s%.*f", name, *name ? "=" : "", p < .01 ? 3 : 2, p);
}

void words_at(struct buf *out, struct str file, int64_t line)
{
	size_t start = file.n;

	if (!file.p || !file.n)
		return;
	while (start > 0 && file.p[start - 1] != '/' && file.p[start - 1] != '\\')
		start--;
	buf_str(out, str_skip(file, start));
	if (line != STORE_NULL && line > 0)
		buf_printf(out, ":%lld", (long long)line);
}
