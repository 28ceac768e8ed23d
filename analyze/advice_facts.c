// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * advice_facts.c - a table of where each fact may stand, best first
 */
#include "analyze/advice_facts.h"

#include <math.h>

#include "analyze/gostacks.h"
#include "analyze/math/formulas.h"
#include "analyze/signature_match.h"
#include "core/fmt.h"

static const struct { const char *name, *unit, *needs; } facts[] = {
#define X(name, unit, needs) { #name, unit, needs },
	ADVICE_FACTS(X)
#undef X
};

enum place { SETTING, SIGNAL_BASE, SIGNAL_CUR, CHANGE_BASE, CHANGE_CUR, SERIES_MEAN, SERIES_LEAST, SERIES_LAST, QUERY };

struct source {
	enum advice_fact fact;
	enum place place;
	enum side side;
	const char *key;	/* name, or the query (?1 is the side) */
	double scale;
	const char *from;
};

/* Events of a kind of profile on a side: snapshots less those before. */
#define USED(metric) \
	"WITH u AS (SELECT l.measure, l.minus, l.seconds FROM slice l JOIN stretch t ON t.id = l.stretch JOIN measure m ON m.id = l.measure" \
	" WHERE l.used AND t.side = ?1 AND m.metric = '" metric "')"

static const char mutex_events[] = USED("mutex") " SELECT ((SELECT sum(s.count) FROM u JOIN sample s ON s.measure = u.measure)"
	" - coalesce((SELECT sum(s.count) FROM u JOIN sample s ON s.measure = u.minus), 0)) / (SELECT sum(seconds) FROM u)";
static const char mutex_time[] = USED("mutex") " SELECT sum(seconds) FROM u";
static const char block_most[] = USED("block") " SELECT max(d) FROM (SELECT sum(CASE s.measure WHEN u.measure THEN s.amount ELSE -s.amount END) AS d"
	" FROM u JOIN sample s ON s.measure IN (u.measure, u.minus) GROUP BY s.callsite)";
static const char dump_size[] = "SELECT max(f.bytes) FROM source f JOIN stretch t ON t.instance = f.instance WHERE f.kind = 'godump'"
	" AND f.path NOT LIKE '%.gz' AND t.side = ?1";
static const char bytes_each[] =
	"SELECT sum(CASE s.name WHEN 'load.bytes' THEN o.value END) / sum(CASE s.name WHEN 'load.requests' THEN o.value END)"
	" FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE f.run IN (SELECT i.run FROM stretch t"
	" JOIN instance i ON i.id = t.instance WHERE t.side = ?1)";
static const char roots_last[] =
	"SELECT sum(v) FROM (SELECT avg(o.value) AS v FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id"
	" WHERE s.name IN ('/gc/scan/stack:bytes', '/gc/scan/globals:bytes') AND f.run IN (SELECT i.run FROM stretch t"
	" JOIN instance i ON i.id = t.instance WHERE t.side = ?1) GROUP BY s.name)";

static const char used_share[] =
	"SELECT g.cur / nullif((SELECT max(CAST(s.value AS REAL)) FROM setting s WHERE s.name = 'GOMAXPROCS' AND s.instance IN"
	" (SELECT instance FROM stretch WHERE side = ?1)), 0) FROM signal g WHERE g.name = 'cpu.busy_cores' AND g.state = 'measured'";

static const struct source sources[] = {
	{ FACT_rate, CHANGE_CUR, CUR, "rps", 1, "load report" },
	{ FACT_rate_base, CHANGE_BASE, BASE, "rps", 1, "load report of the baseline" },
	{ FACT_offered, SERIES_MEAN, CUR, "load.offered", 1, "load report" },
	{ FACT_p50_base, CHANGE_BASE, BASE, "latency_p50", 1e-9, "load report of the baseline" },
	{ FACT_p50, CHANGE_CUR, CUR, "latency_p50", 1e-9, "load report" },
	{ FACT_p95, CHANGE_CUR, CUR, "latency_p95", 1e-9, "load report" },
	{ FACT_p99_base, CHANGE_BASE, BASE, "latency_p99", 1e-9, "load report of the baseline" },
	{ FACT_errors, CHANGE_CUR, CUR, "error_rate", 1, "load report" },
	{ FACT_users, SERIES_MEAN, CUR, "load.vus", 1, "load report" },
	{ FACT_users, SETTING, CUR, "streams", 1, "setting streams" },
	{ FACT_think, SETTING, CUR, "think_ms", 1e-3, "setting think_ms" },
	{ FACT_knee_rate, SIGNAL_CUR, CUR, "load.knee", 1, "signal load.knee" },
	{ FACT_gogc, SETTING, CUR, "GOGC", 1, "setting GOGC" },
	{ FACT_gc_share, SIGNAL_CUR, CUR, "gc.cpu_share", 1, "signal gc.cpu_share" },
	{ FACT_gc_share_base, SIGNAL_BASE, BASE, "gc.cpu_share", 1, "signal gc.cpu_share of the baseline" },
	{ FACT_live, SIGNAL_CUR, CUR, "heap.after_gc", 1, "signal heap.after_gc" },
	{ FACT_live, CHANGE_CUR, CUR, "inuse_bytes", 1, "heap profiles" },
	{ FACT_roots, QUERY, CUR, roots_last, 1, "/gc/scan/stack:bytes and /gc/scan/globals:bytes" },
	{ FACT_mem_limit, SETTING, CUR, "mem_limit", 1, "setting mem_limit" },
	{ FACT_mem_other, SETTING, CUR, "mem_other", 1, "setting mem_other" },
	{ FACT_quota, SETTING, CUR, "cpu_quota", 1, "setting cpu_quota" },
	{ FACT_procs, SETTING, CUR, "GOMAXPROCS", 1, "setting GOMAXPROCS" },
	{ FACT_utilisation, QUERY, CUR, used_share, 1, "signal cpu.busy_cores over setting GOMAXPROCS" },
	{ FACT_busy_base, SIGNAL_BASE, BASE, "cpu.busy_cores", 1, "signal cpu.busy_cores of the baseline" },
	{ FACT_held, SERIES_MEAN, BASE, "*sql_in_use*", 1, "connections in use on the baseline" },
	{ FACT_pool_size, SETTING, CUR, "pool_size", 1, "setting pool_size" },
	{ FACT_waiting, SIGNAL_CUR, CUR, "sig.pool_exhaustion.pool_wait", 1, "signal sig.pool_exhaustion.pool_wait" },
	{ FACT_calls, SIGNAL_BASE, BASE, "sig.connection_churn.client", 1, "signal sig.connection_churn.client of the baseline" },
	{ FACT_mutex_rate, QUERY, CUR, mutex_events, 1, "mutex profiles" },
	{ FACT_mutex_seconds, QUERY, CUR, mutex_time, 1, "mutex profiles" },
	{ FACT_mutex_fraction, SETTING, CUR, "mutex_fraction", 1, "setting mutex_fraction" },
	{ FACT_block_site, QUERY, CUR, block_most, 1e-9, "block profiles" },
	{ FACT_block_rate, SETTING, CUR, "block_rate", 1, "setting block_rate" },
	{ FACT_heap_rate, SETTING, CUR, "mem_profile_rate", 1, "setting mem_profile_rate" },
	{ FACT_service, SETTING, CUR, "consumer_ms", 1e-3, "setting consumer_ms" },
	{ FACT_items, SETTING, CUR, "items_per_s", 1, "setting items_per_s" },
	{ FACT_burst_rate, SETTING, CUR, "burst_per_s", 1, "setting burst_per_s" },
	{ FACT_burst, SETTING, CUR, "burst_s", 1, "setting burst_s" },
	{ FACT_consumers, SETTING, CUR, "consumers", 1, "setting consumers" },
	{ FACT_runnable, SIGNAL_CUR, CUR, "sched.runnable", 1, "signal sched.runnable" },
	{ FACT_attempts, SIGNAL_CUR, CUR, "load.attempts", 1, "signal load.attempts" },
	{ FACT_retries, SETTING, CUR, "retries", 1, "setting retries" },
	{ FACT_rtt, SETTING, CUR, "rtt_ms", 1e-3, "setting rtt_ms" },
	{ FACT_rtt, SERIES_LEAST, CUR, "net.min_rtt", 1e-9, "least round trip (ping, ss, iperf3)" },
	{ FACT_link, SETTING, CUR, "mbps", 1e6, "setting mbps" },
	{ FACT_link, SERIES_MEAN, CUR, "net.bandwidth_mean", 8, "iperf3" },
	{ FACT_stream_waiters, SIGNAL_CUR, CUR, "sig.grpc_flow_control.stream_wait", 1, "signal sig.grpc_flow_control.stream_wait" },
	{ FACT_max_streams, SETTING, CUR, "max_streams", 1, "setting max_streams" },
	{ FACT_conn_rate, SIGNAL_CUR, CUR, "net.dials", 1, "signal net.dials" },
	{ FACT_requests_per_conn, SIGNAL_CUR, CUR, "net.requests_per_conn", 1, "signal net.requests_per_conn" },
	{ FACT_dump_bytes, QUERY, CUR, dump_size, 1, "goroutine dump" },
	{ FACT_backlog, SETTING, CUR, "somaxconn", 1, "setting somaxconn" },
	{ FACT_bytes_per_request, QUERY, CUR, bytes_each, 1, "load.bytes and load report" },
};

#define OF_SIDE " AND f.run IN (SELECT i.run FROM stretch t JOIN instance i ON i.id = t.instance WHERE t.side = ?1)"

static const char *const query_of[] = {
	[SETTING] = "SELECT max(CAST(s.value AS REAL)) FROM setting s WHERE s.name = ?2 AND s.instance IN (SELECT instance FROM stretch WHERE side = ?1)",
	[SIGNAL_BASE] = "SELECT base FROM signal WHERE name = ?2 AND state = 'measured' AND ?1 <> ''",
	[SIGNAL_CUR] = "SELECT cur FROM signal WHERE name = ?2 AND state = 'measured' AND ?1 <> ''",
	[CHANGE_BASE] = "SELECT base FROM change WHERE metric = ?2 AND scope IN ('total', 'series') AND ?1 <> '' ORDER BY id LIMIT 1",
	[CHANGE_CUR] = "SELECT cur FROM change WHERE metric = ?2 AND scope IN ('total', 'series') AND ?1 <> '' ORDER BY id LIMIT 1",
	[SERIES_MEAN] = "SELECT avg(o.value) FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name GLOB ?2" OF_SIDE,
	[SERIES_LEAST] = "SELECT min(o.value) FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name GLOB ?2" OF_SIDE,
	[SERIES_LAST] = "SELECT o.value FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name GLOB ?2" OF_SIDE
		" ORDER BY o.t DESC LIMIT 1",
};

int advice_fact_find(const char *name)
{
	for (int i = 0; i < FACTS; i++)
		if (strcmp(facts[i].name, name) == 0)
			return i;
	return -1;
}

bool advice_fact_known(const char *name)
{
	return advice_fact_find(name) >= 0;
}

const char *advice_fact_name(enum advice_fact f)
{
	return facts[f].name;
}

const char *advice_fact_needs(enum advice_fact f)
{
	return facts[f].needs;
}

static int ask(struct pass *p, const struct source *s, double *out, struct err *err)
{
	struct stmt *q;
	const char *side = side_name[s->side];
	int rc = s->place == QUERY ? store_query(p->st, &q, err, s->key, "s", side) : store_query(p->st, &q, err, query_of[s->place], "ss", side, s->key);

	*out = NAN;
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		*out = s->scale * stmt_real(q, 0);
	return store_end(q, err);
}

/* Connections held: rate x time held where both are known, which beats every estimate. */
static int pool_hold(struct advice_facts *f, struct pass *p, struct err *err)
{
	static const struct source hold = { FACT_held, SETTING, CUR, "pool_hold_ms", 1e-3, NULL };
	double seconds;
	int rc = ask(p, &hold, &seconds, err);

	if (!rc && seconds > 0 && f->of[FACT_rate].v > 0)
		f->of[FACT_held] = (struct advice_value){ seconds * f->of[FACT_rate].v, "setting pool_hold_ms x rate of the load report" };
	return rc;
}

/* What the stack that grew most grew by, and how fast. */
static int growth(struct advice_facts *f, struct pass *p, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT max(0, cur - coalesce(base, 0)) FROM signal WHERE name = 'goroutines.cluster_growth' AND state = 'measured'", "");

	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		f->of[FACT_grown] = (struct advice_value){ stmt_real(q, 0), "signal goroutines.cluster_growth" };
	rc = store_end(q, err);
	if (!rc)
		rc = store_query(p->st, &q, err,
				 "SELECT g.cur / nullif((SELECT (max(f.t1) - min(f.t1)) * 1e-9 FROM profile f JOIN stretch t ON t.instance = f.instance"
				 "  WHERE t.side = 'current' AND EXISTS (SELECT 1 FROM gogroup o WHERE o.profile = f.id)), 0)"
				 " FROM signal g WHERE g.name = 'goroutines.slope' AND g.state = 'measured' AND g.cur > 0", "");
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		f->of[FACT_leak_rate] = (struct advice_value){ stmt_real(q, 0), "signal goroutines.slope over the time of the dumps" };
	return store_end(q, err);
}

int advice_facts_load(struct advice_facts *f, struct pass *p, struct err *err)
{
	int rc = 0;

	for (int i = 0; i < FACTS; i++)
		f->of[i] = (struct advice_value){ NAN, NULL };
	for (size_t i = 0; !rc && i < sizeof(sources) / sizeof(sources[0]); i++) {
		const struct source *s = &sources[i];
		double v;

		if (f->of[s->fact].from)
			continue;
		rc = ask(p, s, &v, err);
		if (!rc && isfinite(v))
			f->of[s->fact] = (struct advice_value){ v, s->from };
	}
	if (!rc)
		rc = pool_hold(f, p, err);
	return rc ? rc : growth(f, p, err);
}

/* Seconds waited a second for the function's lock: how many wait at any time. */
static int lock_queue(struct advice_facts *f, struct pass *p, int64_t func, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT c.base * 1e-9, c.cur * 1e-9, c.unit LIKE '%/request' FROM change c JOIN func_symbol f ON f.symbol = c.subject"
			     " WHERE c.scope = 'symbol' AND c.stat = 'own' AND f.func = ? AND c.metric LIKE 'mutex_delay%' LIMIT 1", "i", func);

	if (rc)
		return rc;
	if (store_next(q, err)) {
		bool each = stmt_int(q, 2) == 1;
		double base = stmt_real(q, 0) * (each ? f->of[FACT_rate_base].v : 1), cur = stmt_real(q, 1) * (each ? f->of[FACT_rate].v : 1);

		f->of[FACT_lock_queue_base] = (struct advice_value){ base, isfinite(base) ? "mutex profiles of the baseline" : NULL };
		f->of[FACT_lock_queue] = (struct advice_value){ cur, isfinite(cur) ? "mutex profiles" : NULL };
	}
	return store_end(q, err);
}

/* The share of the time that the lock is held and its holder does not compute: what it is held for is a wait. */
static int lock_idle(struct advice_facts *f, struct pass *p, int64_t func, struct err *err)
{
	struct stmt *q;
	double busy = 0, use = formula_lock_use(f->of[FACT_lock_queue].v);
	int rc;

	if (isnan(use))
		return 0;
	rc = store_query(p->st, &q, err,
			 "SELECT c.cur * 1e-9, c.unit LIKE '%/request' FROM change c JOIN func_symbol f ON f.symbol = c.subject"
			 " WHERE c.scope = 'symbol' AND c.stat = 'cum' AND f.func = ? AND c.metric LIKE 'cpu_per%' LIMIT 1", "i", func);
	if (rc)
		return rc;
	if (store_next(q, err))
		busy = stmt_real(q, 0) * (stmt_int(q, 1) == 1 ? f->of[FACT_rate].v : 1);
	if (isfinite(busy))
		f->of[FACT_lock_idle] = (struct advice_value){ fmax(0, use - busy), "mutex profiles less the CPU profiles' time in the function" };
	return store_end(q, err);
}

/*
 * Goroutines a dump inside the function, less those that wait for the pool: by Little's law as many as hold a connection on average. Taken from
 * the baseline, where the pool is large enough; its few dumps make it rough.
 */
static int holders(struct advice_facts *f, struct pass *p, const struct cause_spec *s, int64_t func, struct err *err)
{
	struct tree t = { 0 };
	struct gostacks g = { 0 };
	uint64_t *symbols, *paths;
	int64_t symbol = 0;
	double inside = 0, most;
	int rc = store_int(p->st, err, &symbol, 0, "SELECT symbol FROM func_symbol WHERE func = ?", "i", func);

	if (!rc)
		rc = tree_load(&t, p, err);
	if (!rc)
		rc = gostacks_load(&g, p, &t, err);
	if (rc || !symbol || !g.n_side[BASE])
		return rc;
	symbols = arena_array(&p->mem, uint64_t, (size_t)t.n_symbols + 1);
	paths = arena_array(&p->mem, uint64_t, (size_t)t.n_paths + 1);
	if (!symbols || !paths)
		return err_nomem(err);
	for (size_t i = 0; !rc && i < s->n_frames; i++)
		if (strcmp(s->frames[i].metric, "goroutine") == 0)
			rc = signature_symbols(&s->frames[i], &t, 1, symbols, err);
	symbols[symbol] |= 2;
	signature_paths(&t, symbols, paths);
	for (size_t i = 0; i < g.n; i++)
		inside += paths[g.stack[i].path] == 2 ? g.stack[i].mean[BASE] : 0;
	/* Fewer than one in three dumps is no estimate. */
	most = inside * (double)g.n_side[BASE];
	if (!rc && most >= 1 && !f->of[FACT_held].from)
		f->of[FACT_held] = (struct advice_value){ inside, "goroutines inside the function, in the baseline's dumps" };
	return rc;
}

int advice_facts_of_code(struct advice_facts *f, struct pass *p, const struct cause_spec *s, int64_t func, struct err *err)
{
	int rc = 0;

	if (func == STORE_NULL)
		return 0;
	if (strcmp(s->text.id, "lock_contention") == 0)
		rc = lock_queue(f, p, func, err);
	if (!rc && f->of[FACT_lock_queue].from)
		rc = lock_idle(f, p, func, err);
	if (!rc && strcmp(s->text.id, "pool_exhaustion") == 0)
		rc = holders(f, p, s, func, err);
	return rc;
}
