// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * metric_name.c - spellings of the same quantity
 *
 * The table of runtime/metrics is the master: since when, and gauge, counter or histogram. A Prometheus name is
 * compared with what client_golang makes of each path (/a/b-c/d:unit is go_a_b_c_d_unit, with _total for a counter):
 * the other way round is ambiguous. A metric of a later Go than this table is a counter unless it stands where gauges
 * stand.
 *
 * MemStats fields map to a path only where both are the same number; sums of several paths keep their own name. Mallocs
 * counts tiny objects and the path does not: a difference of two readings of one source is right either way.
 */
#include "ingest/metric_name.h"

#define GAUGE	"gauge"
#define COUNTER "counter"
#define HIST	"histogram"

static const struct {
	const char *name, *kind;
	int since;
} runtime[] = {
	{ "/cgo/go-to-c-calls:calls", COUNTER, 19 },
	{ "/cpu/classes/gc/mark/assist:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/gc/mark/dedicated:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/gc/mark/idle:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/gc/pause:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/gc/total:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/idle:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/scavenge/assist:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/scavenge/background:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/scavenge/total:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/total:cpu-seconds", COUNTER, 20 },
	{ "/cpu/classes/user:cpu-seconds", COUNTER, 20 },
	{ "/gc/cleanups/executed:cleanups", COUNTER, 26 },
	{ "/gc/cleanups/queued:cleanups", COUNTER, 26 },
	{ "/gc/cycles/automatic:gc-cycles", COUNTER, 17 },
	{ "/gc/cycles/forced:gc-cycles", COUNTER, 17 },
	{ "/gc/cycles/total:gc-cycles", COUNTER, 17 },
	{ "/gc/finalizers/executed:finalizers", COUNTER, 26 },
	{ "/gc/finalizers/queued:finalizers", COUNTER, 26 },
	{ "/gc/gogc:percent", GAUGE, 21 },
	{ "/gc/gomemlimit:bytes", GAUGE, 21 },
	{ "/gc/heap/allocs-by-size:bytes", HIST, 17 },
	{ "/gc/heap/allocs:bytes", COUNTER, 17 },
	{ "/gc/heap/allocs:objects", COUNTER, 17 },
	{ "/gc/heap/frees-by-size:bytes", HIST, 17 },
	{ "/gc/heap/frees:bytes", COUNTER, 17 },
	{ "/gc/heap/frees:objects", COUNTER, 17 },
	{ "/gc/heap/goal:bytes", GAUGE, 17 },
	{ "/gc/heap/live:bytes", GAUGE, 21 },
	{ "/gc/heap/objects:objects", GAUGE, 17 },
	{ "/gc/heap/tiny/allocs:objects", COUNTER, 17 },
	{ "/gc/limiter/last-enabled:gc-cycle", GAUGE, 19 },
	{ "/gc/pauses:seconds", HIST, 17 },
	{ "/gc/scan/globals:bytes", GAUGE, 21 },
	{ "/gc/scan/heap:bytes", GAUGE, 21 },
	{ "/gc/scan/stack:bytes", GAUGE, 21 },
	{ "/gc/scan/total:bytes", GAUGE, 21 },
	{ "/gc/stack/starting-size:bytes", GAUGE, 19 },
	{ "/memory/classes/heap/free:bytes", GAUGE, 17 },
	{ "/memory/classes/heap/objects:bytes", GAUGE, 17 },
	{ "/memory/classes/heap/released:bytes", GAUGE, 17 },
	{ "/memory/classes/heap/stacks:bytes", GAUGE, 17 },
	{ "/memory/classes/heap/unused:bytes", GAUGE, 17 },
	{ "/memory/classes/metadata/mcache/free:bytes", GAUGE, 17 },
	{ "/memory/classes/metadata/mcache/inuse:bytes", GAUGE, 17 },
	{ "/memory/classes/metadata/mspan/free:bytes", GAUGE, 17 },
	{ "/memory/classes/metadata/mspan/inuse:bytes", GAUGE, 17 },
	{ "/memory/classes/metadata/other:bytes", GAUGE, 17 },
	{ "/memory/classes/os-stacks:bytes", GAUGE, 17 },
	{ "/memory/classes/other:bytes", GAUGE, 17 },
	{ "/memory/classes/profiling/buckets:bytes", GAUGE, 17 },
	{ "/memory/classes/total:bytes", GAUGE, 17 },
	{ "/sched/gomaxprocs:threads", GAUGE, 19 },
	{ "/sched/goroutines-created:goroutines", COUNTER, 26 },
	{ "/sched/goroutines/not-in-go:goroutines", GAUGE, 26 },
	{ "/sched/goroutines/runnable:goroutines", GAUGE, 26 },
	{ "/sched/goroutines/running:goroutines", GAUGE, 26 },
	{ "/sched/goroutines/waiting:goroutines", GAUGE, 26 },
	{ "/sched/goroutines:goroutines", GAUGE, 17 },
	{ "/sched/latencies:seconds", HIST, 17 },
	{ "/sched/pauses/stopping/gc:seconds", HIST, 22 },
	{ "/sched/pauses/stopping/other:seconds", HIST, 22 },
	{ "/sched/pauses/total/gc:seconds", HIST, 22 },
	{ "/sched/pauses/total/other:seconds", HIST, 22 },
	{ "/sched/threads/total:threads", GAUGE, 26 },
	{ "/sync/mutex/wait/total:seconds", COUNTER, 20 },
};
#define RUNTIME (sizeof(runtime) / sizeof(runtime[0]))

/* field: of runtime.MemStats; prom: behind go_memstats_; name "": nothing new in it. */
static const struct {
	const char *field, *prom, *name, *unit, *kind;
} memstats[] = {
	{ "Alloc", "alloc_bytes", "", "", GAUGE }, /* HeapAlloc again */
	{ "Lookups", "lookups_total", "", "", COUNTER },
	{ "LastGC", "last_gc_time_seconds", "", "", GAUGE },
	{ "TotalAlloc", "alloc_bytes_total", "/gc/heap/allocs:bytes", "bytes", COUNTER },
	{ "Sys", "sys_bytes", "/memory/classes/total:bytes", "bytes", GAUGE },
	{ "Mallocs", "mallocs_total", "/gc/heap/allocs:objects", "count", COUNTER },
	{ "Frees", "frees_total", "/gc/heap/frees:objects", "count", COUNTER },
	{ "HeapAlloc", "heap_alloc_bytes", "/memory/classes/heap/objects:bytes", "bytes", GAUGE },
	{ "HeapSys", "heap_sys_bytes", "memstats.heap_sys", "bytes", GAUGE },
	{ "HeapIdle", "heap_idle_bytes", "memstats.heap_idle", "bytes", GAUGE },
	{ "HeapInuse", "heap_inuse_bytes", "memstats.heap_inuse", "bytes", GAUGE },
	{ "HeapReleased", "heap_released_bytes", "/memory/classes/heap/released:bytes", "bytes", GAUGE },
	{ "HeapObjects", "heap_objects", "/gc/heap/objects:objects", "count", GAUGE },
	{ "StackInuse", "stack_inuse_bytes", "/memory/classes/heap/stacks:bytes", "bytes", GAUGE },
	{ "StackSys", "stack_sys_bytes", "memstats.stack_sys", "bytes", GAUGE },
	{ "MSpanInuse", "mspan_inuse_bytes", "/memory/classes/metadata/mspan/inuse:bytes", "bytes", GAUGE },
	{ "MSpanSys", "mspan_sys_bytes", "memstats.mspan_sys", "bytes", GAUGE },
	{ "MCacheInuse", "mcache_inuse_bytes", "/memory/classes/metadata/mcache/inuse:bytes", "bytes", GAUGE },
	{ "MCacheSys", "mcache_sys_bytes", "memstats.mcache_sys", "bytes", GAUGE },
	{ "BuckHashSys", "buck_hash_sys_bytes", "/memory/classes/profiling/buckets:bytes", "bytes", GAUGE },
	{ "GCSys", "gc_sys_bytes", "/memory/classes/metadata/other:bytes", "bytes", GAUGE },
	{ "OtherSys", "other_sys_bytes", "/memory/classes/other:bytes", "bytes", GAUGE },
	{ "NextGC", "next_gc_bytes", "/gc/heap/goal:bytes", "bytes", GAUGE },
	{ "NumGC", "gc_completed_total", "/gc/cycles/total:gc-cycles", "count", COUNTER },
	{ "NumForcedGC", "gc_forced_total", "/gc/cycles/forced:gc-cycles", "count", COUNTER },
	{ "PauseTotalNs", "", "gc.pause_total", "ns", COUNTER },
	{ "GCCPUFraction", "gc_cpu_fraction", "gc.cpu_fraction", "ratio", GAUGE },
	{ "MaxRSS", "max_rss_bytes", "process.max_rss", "bytes", GAUGE },
};
#define MEMSTATS (sizeof(memstats) / sizeof(memstats[0]))

static const struct {
	const char *spelled, *name, *unit, *kind;
} others[] = {
	{ "go_goroutines", "/sched/goroutines:goroutines", "count", GAUGE },
	{ "go_threads", "threads", "count", GAUGE },
	{ "process_cpu_seconds_total", "process.cpu_seconds", "seconds", COUNTER },
	{ "process_resident_memory_bytes", "process.rss", "bytes", GAUGE },
	{ "process_virtual_memory_bytes", "process.vsize", "bytes", GAUGE },
	{ "process_open_fds", "process.fds", "count", GAUGE },
	{ "process_max_fds", "process.max_fds", "count", GAUGE },
	{ "process_start_time_seconds", "process.start", "seconds", GAUGE },
};

static bool ends_with(struct str s, const char *lit)
{
	size_t n = strlen(lit);

	return s.n >= n && memcmp(s.p + s.n - n, lit, n) == 0;
}

const char *metric_name_unit(struct str name)
{
	static const struct {
		const char *end, *unit;
	} ends[] = {
		{ "bytes", "bytes" },	   { "seconds", "seconds" },  { "_ns", "ns" },
		{ ":nanoseconds", "ns" },  { "_us", "us" },	      { "_ms", "ms" },
		{ "percent", "percent" },  { "_ratio", "ratio" },     { ":objects", "count" },
		{ ":gc-cycles", "count" }, { ":gc-cycle", "count" },  { ":calls", "count" },
		{ ":events", "count" },	   { ":cleanups", "count" },  { ":finalizers", "count" },
		{ "_count", "count" },	   { "goroutines", "count" }, { "threads", "count" },
		{ "faults", "count" },	   { "overflows", "count" },  { "retransmits", "count" },
		{ "periods", "count" },
	};

	if (ends_with(name, "_total"))
		name.n -= 6;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		if (ends_with(name, ends[i].end))
			return ends[i].unit;
	return "";
}

static bool later_gauge(struct str name)
{
	static const char *const starts[] = { "/sched/goroutines/", "/sched/threads/", "/gc/scan/",
					      "/gc/limiter/",	    "/gc/stack/",      "/memory/classes/" };

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (str_starts(name, starts[i]))
			return true;
	return false;
}

bool metric_name_runtime(struct str name, struct metric_name *out)
{
	if (name.n < 4 || name.p[0] != '/' || !memchr(name.p, ':', name.n))
		return false;
	*out = (struct metric_name){ .name = name, .unit = metric_name_unit(name), .kind = COUNTER };
	if (str_starts(name, "/godebug/")) {
		out->name.n = 0;
		return true;
	}
	for (size_t i = 0; i < RUNTIME; i++) {
		if (!str_is(name, runtime[i].name))
			continue;
		out->kind = runtime[i].kind;
		out->since = runtime[i].since;
		return true;
	}
	if (later_gauge(name))
		out->kind = GAUGE;
	return true;
}

/* name, behind its "go_", is what client_golang makes of path. */
static bool spells(struct str name, const char *path, const char *kind)
{
	size_t n = strlen(++path);

	if (name.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = path[i] == '/' || path[i] == '-' || path[i] == ':' ? '_' : path[i];

		if (name.p[i] != c)
			return false;
	}
	return str_is(str_skip(name, n), kind[0] == 'c' ? "_total" : "");
}

static bool take_memstats(size_t i, struct metric_name *out)
{
	*out = (struct metric_name){ .name = str_from(memstats[i].name),
				     .unit = memstats[i].unit,
				     .kind = memstats[i].kind };
	return true;
}

bool metric_name_memstats(struct str field, struct metric_name *out)
{
	for (size_t i = 0; i < MEMSTATS; i++)
		if (str_is(field, memstats[i].field))
			return take_memstats(i, out);
	return false;
}

bool metric_name_prometheus(struct str name, struct metric_name *out)
{
	struct str rest;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!str_is(name, others[i].spelled))
			continue;
		*out = (struct metric_name){ .name = str_from(others[i].name),
					     .unit = others[i].unit,
					     .kind = others[i].kind };
		return true;
	}
	if (!str_starts(name, "go_"))
		return false;
	rest = str_skip(name, 3);
	if (str_starts(rest, "godebug_")) {
		*out = (struct metric_name){ .name = { "", 0 }, .unit = "", .kind = COUNTER };
		return true;
	}
	if (str_starts(rest, "memstats_")) {
		rest = str_skip(rest, 9);
		for (size_t i = 0; i < MEMSTATS; i++)
			if (rest.n && str_is(rest, memstats[i].prom))
				return take_memstats(i, out);
		return false;
	}
	for (size_t i = 0; i < RUNTIME; i++)
		if (spells(rest, runtime[i].name, runtime[i].kind))
			return metric_name_runtime(str_from(runtime[i].name), out);
	return false;
}

void metric_name_any(struct str name, struct metric_name *out)
{
	static const char *const counters[] = { "tcp_listen_overflows", "tcp_retransmits", "page_faults",
						"throttled_periods", "periods" };

	if (metric_name_runtime(name, out) || metric_name_prometheus(name, out) || metric_name_memstats(name, out))
		return;
	*out = (struct metric_name){ .name = name,
				     .unit = metric_name_unit(name),
				     .kind = ends_with(name, "_total") ? COUNTER : GAUGE };
	for (size_t i = 0; i < sizeof(counters) / sizeof(*counters); i++)
		if (str_is(name, counters[i]))
			out->kind = COUNTER;
}
