/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * advice_facts.h - what is known of a run that a formula can use
 *
 * A fact is a number with where it came from: a setting, a signal, a change, a metric over time, a count of goroutines. What is not known is
 * NaN, and the list says which file would give it. Times in seconds, sizes in bytes, rates a second.
 */
#ifndef ANALYZE_ADVICE_FACTS_H
#define ANALYZE_ADVICE_FACTS_H

#include "analyze/catalogue.h"
#include "analyze/pass.h"

/* name, unit (core/fmt), what gives it */
#define ADVICE_FACTS(X) \
	X(rate, "1/s", "a load report of the current side (load.csv)") \
	X(rate_base, "1/s", "a load report of the baseline (load.csv)") \
	X(offered, "1/s", "a load report with an `offered` column (load.csv)") \
	X(p50_base, "s", "a load report of the baseline with latencies (load.csv)") \
	X(p50, "s", "a load report with latencies (load.csv)") \
	X(p95, "s", "a load report with latencies (load.csv)") \
	X(p99_base, "s", "a load report of the baseline with latencies (load.csv)") \
	X(errors, "ratio", "a load report with errors (load.csv)") \
	X(users, "count", "a load report with a `vus` column, or run.json: settings.streams") \
	X(think, "s", "run.json: settings.think_ms") \
	X(knee_rate, "1/s", "a load test that rises past the knee, with its load report") \
	X(gogc, "percent", "run.json: settings.GOGC") \
	X(gc_share, "ratio", "a CPU profile of the current side") \
	X(gc_share_base, "ratio", "a CPU profile of the baseline") \
	X(live, "bytes", "GC pauses with the heap (gctrace, gc_pause.csv), or heap profiles") \
	X(roots, "bytes", "runtime/metrics: /gc/scan/stack:bytes, /gc/scan/globals:bytes") \
	X(mem_limit, "bytes", "the control group's memory.max, or run.json: settings.mem_limit") \
	X(mem_other, "bytes", "run.json: settings.mem_other (bytes of the container that are not Go's)") \
	X(quota, "count", "the control group's cpu.max, or run.json: settings.cpu_quota") \
	X(procs, "count", "run.json: settings.GOMAXPROCS") \
	X(utilisation, "ratio", "CPU profiles of the current side, and run.json: settings.GOMAXPROCS") \
	X(busy_base, "count", "a CPU profile of the baseline") \
	X(held, "count", "goroutine dumps of both sides, or run.json: settings.pool_hold_ms") \
	X(pool_size, "count", "run.json: settings.pool_size") \
	X(waiting, "count", "goroutine dumps of the current side") \
	X(calls, "count", "goroutine dumps of the baseline, taken under load") \
	X(lock_queue, "count", "mutex profiles of the current side (SetMutexProfileFraction) and a load report") \
	X(lock_queue_base, "count", "mutex profiles of the baseline (SetMutexProfileFraction) and a load report") \
	X(lock_idle, "ratio", "mutex and CPU profiles of the current side, and a load report") \
	X(mutex_rate, "1/s", "mutex profiles of the current side, at start and end") \
	X(mutex_seconds, "s", "mutex profiles of the current side, at start and end") \
	X(mutex_fraction, "count", "run.json: settings.mutex_fraction") \
	X(block_site, "s", "block profiles of the current side, at start and end") \
	X(block_rate, "ns", "run.json: settings.block_rate") \
	X(heap_rate, "bytes", "run.json: settings.mem_profile_rate") \
	X(service, "s", "run.json: settings.consumer_ms (time one receiver takes for one item)") \
	X(items, "1/s", "run.json: settings.items_per_s (items sent a second)") \
	X(burst_rate, "1/s", "run.json: settings.burst_per_s (items a second in a burst)") \
	X(burst, "s", "run.json: settings.burst_s (how long a burst lasts)") \
	X(consumers, "count", "run.json: settings.consumers (receivers)") \
	X(grown, "count", "goroutine dumps of both sides") \
	X(leak_rate, "1/s", "three goroutine dumps or more of the current side, with times") \
	X(runnable, "count", "schedtrace lines (GODEBUG=schedtrace=1000) or runtime/metrics over time") \
	X(attempts, "ratio", "attempts and calls over time (timestamp,metric,value: load.attempts)") \
	X(retries, "count", "run.json: settings.retries (tries after the first)") \
	X(rtt, "s", "ping or ss -tin of the path, or run.json: settings.rtt_ms") \
	X(link, "bits/s", "iperf3 --json of the path, or run.json: settings.mbps") \
	X(stream_waiters, "count", "goroutine dumps of the current side") \
	X(max_streams, "count", "run.json: settings.max_streams") \
	X(conn_rate, "1/s", "Envoy's /stats, or nstat, at start and end") \
	X(requests_per_conn, "count", "Envoy's /stats at start and end") \
	X(dump_bytes, "bytes", "a goroutine dump (goroutine?debug=2) that is not compressed") \
	X(backlog, "count", "run.json: settings.somaxconn") \
	X(bytes_per_request, "bytes", "bytes over time (timestamp,metric,value: load.bytes) and a load report")

enum advice_fact {
#define X(name, unit, needs) FACT_##name,
	ADVICE_FACTS(X)
#undef X
	FACTS
};

struct advice_value {
	double v;		/* NaN: not known */
	const char *from;	/* "setting GOGC", "signal gc.cpu_share" ...; NULL when not known */
};

struct advice_facts {
	struct advice_value of[FACTS];
};

bool advice_fact_known(const char *name);		/* is there a fact of this name? */
const char *advice_fact_name(enum advice_fact f);
const char *advice_fact_needs(enum advice_fact f);
int advice_fact_find(const char *name);			/* its number, -1: none */

/* All facts that do not depend on a cause's code. */
int advice_facts_load(struct advice_facts *f, struct pass *p, struct err *err) ERR_MUST_CHECK;
/* Those that do: own cost of the function that carries the cause, goroutines inside it. func STORE_NULL: none. */
int advice_facts_of_code(struct advice_facts *f, struct pass *p, const struct cause_spec *s, int64_t func, struct err *err) ERR_MUST_CHECK;

#endif
