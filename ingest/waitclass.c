// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * waitclass.c - a table of runtime functions, and two walks over it
 *
 * A parked goroutine has runtime.gopark at its leaf, then the function that parked it; the first frame whose role is
 * a class decides. Semaphores serve mutexes, wait groups and more: there the caller above decides. A goroutine that
 * is not parked is in a system call, is running (the one that writes the profile), or could run.
 */
#include "ingest/waitclass.h"

enum role {
	NOTHING, PARK, SEMA, SYSCALL, RUNNING, UNLOCK, OTHER, RUNNABLE, FIRST_CLASS,
	IO = FIRST_CLASS, CHAN_RECV, CHAN_SEND, SELECT, BLOCK_FOREVER, SLEEP, COND, MUTEX, RWMUTEX_R, RWMUTEX_W,
	WAITGROUP, GC_ASSIST, GC_WORKER, GC_WAIT, IDLE_RUNTIME, COROUTINE, ROLES
};

_Static_assert((int)ROLES <= (int)WAITCLASS_ALL, "waitclass.h");

static const char *const class_name[ROLES] = {
	[OTHER] = "other", [RUNNABLE] = "runnable", [RUNNING] = "running", [SYSCALL] = "syscall",
	[SEMA] = "semacquire", [IO] = "io", [CHAN_RECV] = "chan_recv", [CHAN_SEND] = "chan_send",
	[SELECT] = "select", [BLOCK_FOREVER] = "block_forever", [SLEEP] = "sleep", [COND] = "cond",
	[MUTEX] = "mutex", [RWMUTEX_R] = "rwmutex_r", [RWMUTEX_W] = "rwmutex_w", [WAITGROUP] = "waitgroup",
	[GC_ASSIST] = "gc_assist", [GC_WORKER] = "gc_worker", [GC_WAIT] = "gc_wait",
	[IDLE_RUNTIME] = "idle_runtime", [COROUTINE] = "coroutine",
};

/* A name that ends in '*' is a prefix. internal/sync is sync since Go 1.24. */
static const struct {
	const char *name;
	uint8_t role;
} known[] = {
	{ "runtime.gopark", PARK },
	{ "runtime.goparkunlock", PARK },
	{ "runtime.netpollblock", IO },
	{ "internal/poll.runtime_pollWait", IO },
	{ "runtime.chanrecv*", CHAN_RECV },
	{ "runtime.chansend*", CHAN_SEND },
	{ "runtime.selectgo", SELECT },
	{ "runtime.block", BLOCK_FOREVER },
	{ "runtime.timeSleep", SLEEP },
	{ "time.Sleep", SLEEP },
	{ "sync.runtime_notifyListWait", COND },
	{ "sync.(*Cond).Wait", COND },
	{ "runtime.semacquire*", SEMA },
	{ "sync.runtime_SemacquireWaitGroup", WAITGROUP },
	{ "sync.(*WaitGroup).Wait", WAITGROUP },
	{ "sync.runtime_SemacquireRWMutexR", RWMUTEX_R },
	{ "sync.(*RWMutex).RLock", RWMUTEX_R },
	{ "sync.runtime_SemacquireRWMutex", RWMUTEX_W },
	{ "sync.(*RWMutex).Lock", RWMUTEX_W },
	{ "sync.(*Mutex).Lock", MUTEX },
	{ "sync.(*Mutex).lockSlow", MUTEX },
	{ "internal/sync.(*Mutex).Lock", MUTEX },
	{ "internal/sync.(*Mutex).lockSlow", MUTEX },
	{ "sync.runtime_Semacquire*", SEMA },
	{ "internal/sync.runtime_Semacquire*", SEMA },
	{ "internal/poll.runtime_Semacquire", SEMA },
	{ "runtime.gcParkAssist", GC_ASSIST },
	{ "runtime.gcAssistAlloc*", GC_ASSIST },
	{ "runtime.gcBgMarkWorker*", GC_WORKER },
	{ "runtime.GC", GC_WAIT },
	{ "runtime.runfinq", IDLE_RUNTIME },
	{ "runtime.runFinalizers", IDLE_RUNTIME },
	{ "runtime.runCleanups", IDLE_RUNTIME },
	{ "runtime.bgsweep", IDLE_RUNTIME },
	{ "runtime.bgscavenge", IDLE_RUNTIME },
	{ "runtime.forcegchelper", IDLE_RUNTIME },
	{ "runtime.coroswitch*", COROUTINE },
	{ "os/signal.signal_recv", SYSCALL },
	{ "runtime.cgocall", SYSCALL },
	{ "runtime.notetsleepg", SYSCALL },
	{ "runtime.entersyscall*", SYSCALL },
	{ "runtime.exitsyscall*", SYSCALL },
	{ "syscall.Syscall*", SYSCALL },
	{ "syscall.RawSyscall*", SYSCALL },
	{ "syscall.syscall*", SYSCALL },
	{ "runtime/internal/syscall.*", SYSCALL },
	{ "internal/runtime/syscall*", SYSCALL },
	{ "runtime.goroutineProfile*", RUNNING },
	{ "runtime.doRecordGoroutineProfile*", RUNNING },
	{ "runtime/pprof.runtime_goroutineProfile*", RUNNING },
	{ "runtime/pprof.writeRuntimeProfile", RUNNING },
	{ "runtime/pprof.pprof_goroutineProfile*", RUNNING },
	{ "sync.(*Mutex).Unlock", UNLOCK },
	{ "sync.(*Mutex).unlockSlow", UNLOCK },
	{ "internal/sync.(*Mutex).Unlock", UNLOCK },
	{ "internal/sync.(*Mutex).unlockSlow", UNLOCK },
	{ "sync.(*RWMutex).Unlock", UNLOCK },
	{ "sync.(*RWMutex).RUnlock", UNLOCK },
	{ "sync.(*RWMutex).rUnlockSlow", UNLOCK },
	{ "runtime.unlock*", UNLOCK },
	{ "runtime._LostContendedRuntimeLock", UNLOCK },
};

uint8_t waitclass_role(struct str name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		size_t n = strlen(known[i].name);

		if (known[i].name[n - 1] == '*' ? name.n >= n - 1 && memcmp(name.p, known[i].name, n - 1) == 0
						: str_eq(name, (struct str){ known[i].name, n }))
			return known[i].role;
	}
	return NOTHING;
}

uint8_t waitclass_of(const uint8_t *role, size_t n)
{
	bool parked = false, sema = false;

	if (n == 0)
		return OTHER;
	for (size_t i = 0; i < n && i < WAITCLASS_FRAMES; i++) {
		parked |= role[i] == PARK;
		sema |= role[i] == SEMA;
		if ((parked || sema) && role[i] >= FIRST_CLASS)
			return role[i];
		if (!parked && (role[i] == SYSCALL || role[i] == RUNNING))
			return role[i];
	}
	if (sema)
		return SEMA;
	return parked ? OTHER : RUNNABLE;
}

const char *waitclass_name(uint8_t class)
{
	return class < ROLES && class_name[class] ? class_name[class] : "other";
}

int waitclass_side(const uint8_t *role, size_t n)
{
	for (size_t i = 0; i < n && i < WAITCLASS_FRAMES; i++) {
		if (role[i] == UNLOCK)
			return 1;
		if (role[i] >= FIRST_CLASS || role[i] == SEMA)
			return -1;
	}
	return 0;
}
