// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * advice_numbers.c - which formula, from which facts, in which unit; and texts filled with them
 */
#include "analyze/advice_numbers.h"

#include <math.h>
#include <stdio.h>

#include "analyze/math/formulas.h"
#include "core/fmt.h"

#define MAX_IN 5
#define NONE FACTS
#define ERROR .05		/* relative, wanted of a profile */
#define WAIT .01		/* probability to wait for a pool */
#define PERIOD .1		/* s, the kernel's default of cpu.max */
#define BUFFER 65536.0

struct number {
	const char *name, *unit, *rule;
	enum advice_fact in[MAX_IN];
	double (*of)(const double *in);
	unsigned optional;	/* bit i: in[i] counts as 0 when it is not known */
};

/* clang-format off: one number a line */
static double window(const double *x) { return formula_stream_window(x[1], x[0]); }
static double bdp(const double *x) { return formula_bdp(x[1], x[0]); }
static double article(const double *x) { return 1.25 * formula_bdp(x[1], x[0]); }
static double article_yield(const double *x) { (void)x; return formula_window_yield(1.25); }
static double default_rate(const double *x) { return formula_window_model(FORMULA_DEFAULT_WINDOW, x[0], NAN); }
static double sized_rate(const double *x) { return formula_window_model(formula_stream_window(x[1], x[0]), x[0], x[1] / 8); }
static double conn_window(const double *x) { return formula_conn_window(formula_bdp(x[1], x[0]), formula_stream_window(x[1], x[0])); }
static double fraction(const double *x) { return formula_mutex_fraction(ERROR, x[0], x[1], 1); }
static double fraction_cost(const double *x) { return formula_mutex_cost(x[0], formula_mutex_fraction(ERROR, x[0], x[1], 1)); }
static double fraction_now(const double *x) { return x[1] >= 1 ? formula_mutex_cost(x[0], x[1]) : NAN; }
static double block_rate(const double *x) { return formula_block_rate(ERROR, x[0]); }
static double pool(const double *x) { return fmax(formula_staffing(x[0]), formula_servers(x[0], WAIT)); }
static double pool_wait(const double *x) { return formula_erlang_c(pool(x), x[0]); }
static double idle(const double *x) { return fmax(2, formula_staffing(x[0])); }
static double lock_use(const double *x) { return formula_lock_use(x[0]); }
static double shards(const double *x) { return formula_shards(formula_lock_use(x[0]), .5); }
static double shards_back(const double *x) { return formula_shards_for(formula_lock_use(x[0]), x[1]); }
static double workers(const double *x) { return formula_staffing(formula_erlangs(x[0], x[1])); }
static double stream_limit(const double *x) { return formula_stream_limit(formula_streams(x[0], x[1])); }
static double channels(const double *x) { return formula_channels(formula_streams(x[0], x[1]), x[2]); }
static double ceiling(const double *x) { return formula_stream_ceiling(x[0], x[1]); }
static double timeout(const double *x) { return formula_timeout(x[0], NAN) * 1e9; }
static double in_flight(const double *x) { return ceil(x[0] * x[1]); }
static double gogc(const double *x) { return ceil(formula_gogc(x[0], x[1], x[2])); }
static double goal(const double *x) { return formula_goal(x[3], x[4], formula_gogc(x[0], x[1], x[2])); }
static double gogc_most(const double *x) { return floor(formula_gogc_most(x[0], x[2], .9 * x[1])); }
static double memory_limit(const double *x) { return formula_memory_limit(x[0], x[1]); }
static double least_limit(const double *x) { return 2 * x[0] + x[1]; }
static double procs(const double *x) { return formula_gomaxprocs(fmax(1, x[1]), x[0]); }
static double stall(const double *x) { return formula_quota_stall(x[1], x[0], PERIOD) * 1e9; }
static double quota(const double *x) { return ceil(x[0] * 13) / 10; }
static double depth(const double *x) { return formula_depth(x[0], x[1] / x[2], x[3], x[4]); }
static double depth_latency(const double *x) { return formula_depth_latency(depth(x), x[1] / x[2]) * 1e9; }
static double grown_memory(const double *x) { return formula_goroutine_memory(x[0]); }
static double leak_rate(const double *x) { return x[0]; }
static double run_delay(const double *x) { return formula_run_delay(x[0], x[1], 1) * 1e9; }
static double attempts(const double *x) { return formula_attempts(x[0], isfinite(x[1]) && x[1] > 0 ? (int)fmin(x[1], 100) : 2); }
static double measured_attempts(const double *x) { return x[0]; }
static double closed_cap(const double *x) { return formula_closed_cap(x[0], x[1], x[2]); }
static double users(const double *x) { return formula_users(x[0], x[1], x[2]); }
static double adaptive(const double *x) { return formula_adaptive_rate(x[0], x[1] * 1e3, x[0] * x[2]); }
static double adaptive_end(const double *x) { return formula_adaptive_end(x[0], x[1] * 1e3, x[0] * x[2]); }
static double concurrency(const double *x) { return formula_concurrency_limit(x[0], x[1]); }
static double stops(const double *x) { return formula_dump_stops(x[0]); }
static double backlog_fill(const double *x) { return formula_backlog_fill(x[0], x[1], 0) * 1e9; }
static double per_conn(const double *x) { return formula_requests_per_conn(x[0]); }
static double reconnect(const double *x) { return formula_reconnect_every(x[1], x[0]) * 1e9; }
static double calls(const double *x) { return formula_calls(x[0], BUFFER); }

/* clang-format on */

#define IN(...) { __VA_ARGS__ }

static const struct number numbers[] = {
	{ "F1.window", "bytes", "2 x bandwidth x delay, 65,535 to 16 MiB", IN(FACT_rtt, FACT_link, NONE), window, 0 },
	{ "F1.bdp", "bytes", "bandwidth x delay", IN(FACT_rtt, FACT_link, NONE), bdp, 0 },
	{ "F1.article", "bytes", "1.25 x bandwidth x delay", IN(FACT_rtt, FACT_link, NONE), article, 0 },
	{ "F1.yield", "ratio", "min(1, .73 x 1.25): credit comes back in quarters of a window", IN(NONE), article_yield, 0 },
	{ "F2.now", "bytes/s", ".73 x 65,535 / round trip", IN(FACT_rtt, NONE), default_rate, 0 },
	{ "F2.then", "bytes/s", "min(link, .73 x window / round trip)", IN(FACT_rtt, FACT_link, NONE), sized_rate, 0 },
	{ "F3.window", "bytes", "max(2 x bandwidth x delay, stream window)", IN(FACT_rtt, FACT_link, NONE), conn_window, 0 },
	{ "F4.n", "count", "1 + error^2 x contentions a second x seconds / 2, error 5 %, 1 to 1000", IN(FACT_mutex_rate, FACT_mutex_seconds, NONE), fraction, 0 },
	{ "F4.cost", "cores", "contentions a second x (2 us / n + 20 ns)", IN(FACT_mutex_rate, FACT_mutex_seconds, NONE), fraction_cost, 0 },
	{ "F4.now", "cores", "contentions a second x (2 us / n + 20 ns), n as set", IN(FACT_mutex_rate, FACT_mutex_fraction, NONE), fraction_now, 0 },
	{ "F5.rate", "count", "error^2 x blocked seconds at the site, error 5 %, 10,000 to 1,000,000 ns", IN(FACT_block_site, NONE), block_rate, 0 },
	{ "F6.n", "count", "held + 2 sqrt held, and waiting at most once in 100 (Erlang C)", IN(FACT_held, NONE), pool, 0 },
	{ "F6.wait", "ratio", "Erlang C at that size", IN(FACT_held, NONE), pool_wait, 0 },
	{ "F6.idle", "count", "calls at once + 2 sqrt of them", IN(FACT_calls, NONE), idle, 0 },
	{ "F6.use", "ratio", "(sqrt(q^2 + 4 q) - q) / 2, q = seconds waited a second", IN(FACT_lock_queue, NONE), lock_use, 0 },
	{ "F6.shards", "count", "use / .5", IN(FACT_lock_queue, NONE), shards, 0 },
	{ "F6.shards_back", "count", "the fewest parts that wait no more than the baseline does", IN(FACT_lock_queue, FACT_lock_queue_base, NONE), shards_back, 0 },
	{ "F6.workers", "count", "a + 2 sqrt a, a = items a second x time of one", IN(FACT_items, FACT_service, NONE), workers, 0 },
	{ "F7.limit", "count", "1.25 x rate x latency", IN(FACT_rate_base, FACT_p50_base, NONE), stream_limit, 0 },
	{ "F7.channels", "count", "1.25 x rate x latency / streams of a connection", IN(FACT_rate_base, FACT_p50_base, FACT_max_streams, NONE), channels, 0 },
	{ "F7.ceiling", "1/s", "streams of a connection / latency", IN(FACT_max_streams, FACT_p50_base, NONE), ceiling, 0 },
	{ "F8.timeout", "ns", "3 x p99 of the baseline", IN(FACT_p99_base, NONE), timeout, 0 },
	{ "F8.at_once", "count", "rate x 3 p99 of the baseline", IN(FACT_rate, FACT_p99_base, NONE), in_flight, 0 },
	{ "F9.gogc", "count", "GOGC x s/(1-s) x (1-t)/t, s now, t on the baseline", IN(FACT_gogc, FACT_gc_share, FACT_gc_share_base, NONE), gogc, 0 },
	{ "F9.goal", "bytes", "live + (live + roots) x GOGC/100", IN(FACT_gogc, FACT_gc_share, FACT_gc_share_base, FACT_live, FACT_roots), goal, 16 },
	{ "F9.most", "count", "100 x (.9 limit - live) / (live + roots)", IN(FACT_live, FACT_mem_limit, FACT_roots, NONE), gogc_most, 4 },
	{ "F10.limit", "bytes", ".9 x (container - what is not Go's)", IN(FACT_mem_limit, FACT_mem_other, NONE), memory_limit, 0 },
	{ "F10.least", "bytes", "2 x live + roots", IN(FACT_live, FACT_roots, NONE), least_limit, 2 },
	{ "F11.procs", "count", "min(processors, max(2, quota rounded up))", IN(FACT_quota, FACT_procs, NONE), procs, 0 },
	{ "F11.stall", "ns", "100 ms x (1 - quota / GOMAXPROCS)", IN(FACT_quota, FACT_procs, NONE), stall, 0 },
	{ "F11.quota", "cores", "1.3 x processors the baseline keeps busy", IN(FACT_busy_base, NONE), quota, 0 },
	{ "F12.depth", "count", "(burst rate - service rate) x length of the burst",
	  IN(FACT_burst_rate, FACT_consumers, FACT_service, FACT_items, FACT_burst), depth, 0 },
	{ "F12.latency", "ns", "depth / service rate", IN(FACT_burst_rate, FACT_consumers, FACT_service, FACT_items, FACT_burst), depth_latency, 0 },
	{ "F12.memory", "bytes", "2 KiB of stack each, at least", IN(FACT_grown, NONE), grown_memory, 0 },
	{ "F12.rate", "1/s", "growth over the time of the dumps", IN(FACT_leak_rate, NONE), leak_rate, 0 },
	{ "F13.delay", "ns", "waiting / processors x 10 ms, at most", IN(FACT_runnable, FACT_procs, NONE), run_delay, 0 },
	{ "F14.attempts", "ratio", "1 + p + p^2 ..., p = errors, two retries where their number is not known", IN(FACT_errors, FACT_retries, NONE), attempts, 2 },
	{ "F14.measured", "ratio", "attempts / calls", IN(FACT_attempts, NONE), measured_attempts, 0 },
	{ "F15.cap", "1/s", "users / (latency + think time)", IN(FACT_users, FACT_p50, FACT_think, NONE), closed_cap, 4 },
	{ "F15.users", "count", "1.3 x rate x (latency + think time)", IN(FACT_offered, FACT_p50_base, FACT_think, NONE), users, 4 },
	{ "F16.next", "1/s", "max(5, max(10, .8 q) x max(.3, 1 - p95/200) x min(1.2, active/50 + .8))", IN(FACT_rate, FACT_p95, FACT_p50, NONE), adaptive, 0 },
	{ "F16.end", "1/s", "the same, following itself", IN(FACT_rate, FACT_p95, FACT_p50, NONE), adaptive_end, 0 },
	{ "F16.limit", "count", "1.2 x rate x latency at the knee", IN(FACT_knee_rate, FACT_p50_base, NONE), concurrency, 0 },
	{ "F18.stops", "count", "1 + log2(size / 1 MiB), rounded up", IN(FACT_dump_bytes, NONE), stops, 0 },
	{ "F21.fill", "ns", "backlog / arrivals while nothing is accepted", IN(FACT_backlog, FACT_rate, NONE), backlog_fill, 0 },
	{ "F22.requests", "count", "connections opened a second x 600 s", IN(FACT_conn_rate, NONE), per_conn, 0 },
	{ "F22.every", "ns", "requests a connection / connections a second", IN(FACT_conn_rate, FACT_requests_per_conn, NONE), reconnect, 0 },
	{ "F24.calls", "count", "bytes a request / 64 KiB", IN(FACT_bytes_per_request, NONE), calls, 0 },
};

static const struct number *find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strlen(numbers[i].name) == n && memcmp(numbers[i].name, name, n) == 0)
			return &numbers[i];
	return NULL;
}

/* *missing: the first fact that is not known; -1 when all are. */
static double value_of(const struct number *k, const struct advice_facts *f, int *missing)
{
	double in[MAX_IN] = { 0 };

	*missing = -1;
	for (int i = 0; i < MAX_IN && k->in[i] != NONE; i++) {
		in[i] = f->of[k->in[i]].v;
		if (!isnan(in[i]))
			continue;
		if (!(k->optional >> i & 1)) {
			*missing = (int)k->in[i];
			return NAN;
		}
		in[i] = 0;
	}
	return k->of(in);
}

double advice_number(const char *name, const struct advice_facts *f)
{
	const struct number *k = find(name, strlen(name));
	int missing;

	return k ? value_of(k, f, &missing) : NAN;
}

static void put_member(struct buf *b, const char *name, double v)
{
	buf_printf(b, ",\"%s\":", name);
	fmt_real(b, v);
}

/* The number with its rule and the facts behind it, once. */
static void put_facts(struct buf *b, const struct number *k, const struct advice_facts *f, double v)
{
	char mark[80];

	snprintf(mark, sizeof(mark), "\"%s\":", k->name);
	if (b->data && strstr(b->data, mark))
		return;
	put_member(b, k->name, v);
	buf_printf(b, ",\"%s is\":\"%s\"", k->name, k->rule);
	for (int i = 0; i < MAX_IN && k->in[i] != NONE; i++) {
		const struct advice_value *x = &f->of[k->in[i]];

		snprintf(mark, sizeof(mark), "\"%s\":", advice_fact_name(k->in[i]));
		if (isnan(x->v) || strstr(b->data, mark))
			continue;
		put_member(b, advice_fact_name(k->in[i]), x->v);
		buf_printf(b, ",\"%s from\":\"%s\"", advice_fact_name(k->in[i]), x->from ? x->from : "");
	}
}

static void put_value(struct buf *b, double v, const char *unit)
{
	if (strcmp(unit, "count") == 0 && fabs(v) < 1e9)
		buf_printf(b, "%.0f", v);
	else if (strcmp(unit, "1/s") == 0)
		buf_printf(b, v < 10 ? "%.2g a second" : "%.0f a second", v);
	else if (strcmp(unit, "cores") == 0)
		buf_printf(b, "%.2g", v);
	else if (strcmp(unit, "ratio") == 0 && v > 1)
		buf_printf(b, "%.2f", v);
	else
		fmt_value(b, v, unit);
}

/* words, or a number. False: a number that is not known; nothing was written. */
static bool put_slot(struct advice_text *t, struct buf *out, const char *name, size_t n, const struct advice_words *w, const struct advice_facts *f)
{
	const struct number *k = find(name, n);
	double v;
	int missing;

	if (!k) {
		bool where = n == strlen("where"), creator = n == strlen("creator");
		struct str s = where ? w->where : creator ? w->creator : w->function;

		buf_str(out, s.p ? s : where ? STR_LIT("place not known") : creator ? STR_LIT("their creator") : STR_LIT("the code the evidence names"));
		return true;
	}
	v = value_of(k, f, &missing);
	if (missing >= 0 && t->missing < 0)
		t->missing = missing;
	if (!isfinite(v))
		return false;
	put_value(out, v, k->unit);
	put_facts(&t->facts, k, f, v);
	return true;
}

/* From text up to `end` (']' or 0): true when every number was known. */
static bool fill(struct advice_text *t, struct buf *out, const char **text, char end, const struct advice_words *w, const struct advice_facts *f)
{
	bool known = true;
	const char *p = *text, *close;

	while (*p && *p != end) {
		if (*p == '{' && (close = strchr(p, '}')) != NULL) {
			if (!put_slot(t, out, p + 1, (size_t)(close - p - 1), w, f)) {
				known = false;
				buf_puts(out, "(not known)");
			}
			p = close + 1;
		} else if (*p == '[' && !end && p[1] != ']') {
			struct buf part = { .limit = 1 << 16 };

			p++;
			if (fill(t, &part, &p, ']', w, f))
				buf_str(out, buf_view(&part));
			buf_free(&part);
			p += *p == ']';
		} else if (*p == '[' && !end) {	/* [] is itself */
			buf_puts(out, "[]");
			p += 2;
		} else {
			buf_byte(out, *p++);
		}
	}
	*text = p;
	return known;
}

void advice_fill(struct advice_text *t, const char *text, const struct advice_words *w, const struct advice_facts *f)
{
	t->out = (struct buf){ .limit = 1 << 16 };
	t->facts = (struct buf){ .limit = 1 << 16 };
	t->missing = -1;
	fill(t, &t->out, &text, 0, w, f);
}

bool advice_text_valid(const char *text, char *bad, size_t size)
{
	static const char *const words[] = { "function", "where", "creator", "waiter", NULL };
	const char *open = text, *close;

	while ((open = strchr(open, '{')) != NULL) {
		size_t n;
		int i = 0;

		close = strchr(open, '}');
		n = close ? (size_t)(close - open - 1) : 0;
		while (words[i] && (strlen(words[i]) != n || memcmp(words[i], open + 1, n) != 0))
			i++;
		if (!close || (!words[i] && !find(open + 1, n))) {
			snprintf(bad, size, "%.*s", (int)(close ? (size_t)(close - open) + 1 : strlen(open)), open);
			return false;
		}
		open = close;
	}
	return true;
}

bool analyze_number_find(struct analyze_number *out, const char *text)
{
	const char *close = strchr(text, '}');
	const struct number *k = close ? find(text, (size_t)(close - text)) : NULL;

	*out = (struct analyze_number){ .rule = k ? k->rule : NULL };
	if (!k)
		return false;
	snprintf(out->name, sizeof(out->name), "%s", k->name);
	for (int i = 0; i < MAX_IN && i < ANALYZE_NEEDS && k->in[i] != NONE; i++)
		if (!(k->optional >> i & 1))
			out->needs[out->n_needs++] = advice_fact_needs(k->in[i]);
	return true;
}
