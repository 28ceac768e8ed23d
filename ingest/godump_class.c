// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_class.c - wait reasons of Go 1.17 to 1.27 as wait classes
 *
 * A class says what a goroutine waits for, in words that do not change with the Go version; a reason this table does
 * not know keeps its text as state and gets the class `other`. `semacquire` was the reason of every semaphore
 * until 1.19 (mutexes), 1.23 (wait groups), and still is where the runtime waits for itself: there the first visible
 * frames decide.
 */
#include "ingest/godump.h"

static const struct {
	const char *state, *class;
} classes[] = {
	{ "GC assist marking", "gc_assist" },
	{ "GC assist wait", "gc_assist" },
	{ "IO wait", "io" },
	{ "chan receive", "chan_recv" },
	{ "chan send", "chan_send" },
	{ "chan receive (nil chan)", "chan_nil" },
	{ "chan send (nil chan)", "chan_nil" },
	{ "chan receive (synctest)", "chan_recv" },
	{ "chan send (synctest)", "chan_send" },
	{ "select", "select" },
	{ "select (synctest)", "select" },
	{ "select (no cases)", "block_forever" },
	{ "sleep", "sleep" },
	{ "sync.Cond.Wait", "cond" },
	{ "sync.Mutex.Lock", "mutex" },
	{ "sync.RWMutex.RLock", "rwmutex_r" },
	{ "sync.RWMutex.Lock", "rwmutex_w" },
	{ "sync.WaitGroup.Wait", "waitgroup" },
	{ "panicwait", "panic" },
	{ "idle", "idle_runtime" },
	{ "finalizer wait", "idle_runtime" },
	{ "cleanup wait", "idle_runtime" },
	{ "force gc (idle)", "idle_runtime" },
	{ "GC sweep wait", "idle_runtime" },
	{ "GC scavenge wait", "idle_runtime" },
	{ "GC worker (idle)", "idle_runtime" },
	{ "GOMAXPROCS updater (idle)", "idle_runtime" },
	{ "timer goroutine (idle)", "idle_runtime" },
	{ "trace reader (blocked)", "idle_runtime" },
	{ "GC worker (active)", "gc_worker" },
	{ "garbage collection", "gc_worker" },
	{ "garbage collection scan", "gc_worker" },
	{ "GC mark termination", "gc_worker" },
	{ "wait for GC cycle", "gc_wait" },
	{ "GC weak to strong wait", "gc_wait" },
	{ "stopping the world", "stw" },
	{ "flushing proc caches", "stw" },
	{ "trace goroutine status", "stw" },
	{ "trace proc status", "stw" },
	{ "page trace flush", "stw" },
	{ "dumping heap", "stw" },
	{ "debug call", "debug" },
	{ "coroutine", "coroutine" },
	{ "synctest.Run", "synctest" },
	{ "synctest.Wait", "synctest" },
	{ "runnable", "runnable" },
	{ "preempted", "runnable" },
	{ "copystack", "runnable" },
	{ "running", "running" },
	{ "syscall", "syscall" },
	{ "waiting for cgo callback", "cgo_idle" },
};

static bool one_of(struct str s, const char *a, const char *b)
{
	return str_is(s, a) || str_is(s, b);
}

/* Semaphores: who asked for it. Runtime frames on top (SIGQUIT dumps) say nothing. */
static const char *semacquire(const struct str *name, size_t n)
{
	while (n && str_starts(name[0], "runtime.") && !one_of(name[0], "runtime.GC", "runtime.ReadMemStats")) {
		name++;
		n--;
	}
	if (n == 0)
		return "gc_wait";
	if (one_of(name[0], "runtime.GC", "runtime.ReadMemStats") || str_starts(name[0], "runtime/pprof.") ||
	    str_starts(name[0], "runtime/debug."))
		return "stw";
	if (str_is(name[0], "internal/poll.runtime_Semacquire"))
		return "fd_lock";
	for (size_t i = 0; i < n && i < 4; i++) {
		if (one_of(name[i], "sync.(*RWMutex).Lock", "sync.runtime_SemacquireRWMutex"))
			return "rwmutex_w";
		if (one_of(name[i], "sync.(*RWMutex).RLock", "sync.runtime_SemacquireRWMutexR"))
			return "rwmutex_r";
		if (one_of(name[i], "sync.(*WaitGroup).Wait", "sync.runtime_SemacquireWaitGroup"))
			return "waitgroup";
	}
	for (size_t i = 0; i < n && i < 3; i++)
		if (one_of(name[i], "sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).lockSlow") ||
		    one_of(name[i], "sync.(*Mutex).Lock", "internal/sync.(*Mutex).Lock"))
			return "mutex";
	return str_starts(name[0], "sync.") || str_starts(name[0], "internal/sync.") ? "semacquire" : "gc_wait";
}

const char *godump_class(struct str state, const struct str *name, size_t n)
{
	if (str_is(state, "semacquire"))
		return semacquire(name, n);
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (str_is(state, classes[i].state))
			return classes[i].class;
	return "other";
}
