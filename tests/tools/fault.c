// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fault.c - LD_PRELOAD: the N-th call of a kind fails, or everything from it on does, or the process is killed there
 *
 * FAULT_KIND   malloc (with calloc and realloc), or io: open read write fsync rename ftruncate mkdir close as FAULT_CALLS lists them
 * FAULT_AT     N, counted from 1; 0 counts only
 * FAULT_ON     set: from there on
 * FAULT_ERRNO  what io fails with; KILL: SIGKILL instead
 * FAULT_IN     parent (the default), children, or all: each process counts by itself
 * FAULT_COUNT  a file that gets "N" when the process ends
 * FAULT_PATHS  a file that gets, at the end, every N whose call path (12 frames) was not met before: the paths of allocation
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES = 12, PATHS = 1 << 16 };

static struct {
	int ready, memory, io, children, all, from_on, kill, error;
	long at;
	pid_t root;
	const char *count, *calls, *paths;
} plan;
static long n;
static pid_t counted;
static int inside;
static uint64_t seen[PATHS];
static uint32_t first[PATHS];
static size_t n_paths;

static void read_plan(void)
{
	const char *kind = getenv("FAULT_KIND"), *at = getenv("FAULT_AT"), *error = getenv("FAULT_ERRNO"), *in = getenv("FAULT_IN");

	plan.ready = 1;
	plan.root = counted = getpid();
	plan.memory = kind && strcmp(kind, "malloc") == 0;
	plan.io = kind && strcmp(kind, "io") == 0;
	plan.at = at ? atol(at) : 0;
	plan.from_on = getenv("FAULT_ON") != NULL;
	plan.kill = error && strcmp(error, "KILL") == 0;
	plan.error = error ? atoi(error) : EIO;
	plan.all = in && strcmp(in, "all") == 0;
	plan.children = in && strcmp(in, "children") == 0;
	plan.count = getenv("FAULT_COUNT");
	plan.calls = getenv("FAULT_CALLS");
	plan.paths = getenv("FAULT_PATHS");
}

static void note_path(void)
{
	void *frame[FRAMES];
	uint64_t h = 1469598103934665603u;
	size_t i;
	int k;

	inside = 1;
	k = backtrace(frame, FRAMES);
	inside = 0;
	for (int f = 1; f < k; f++)
		h = (h ^ (uintptr_t)frame[f]) * 1099511628211u;
	h |= 1;
	for (i = h % PATHS; seen[i]; i = (i + 1) % PATHS)
		if (seen[i] == h)
			return;
	if (n_paths < PATHS / 2) {
		seen[i] = h;
		first[n_paths++] = (uint32_t)n;
	}
}

/* True: this call fails. */
static int fails(void)
{
	pid_t self;

	if (!plan.ready)
		read_plan();
	self = getpid();
	if (self != counted) {
		counted = self;
		n = 0;
	}
	if (!plan.all && (self == plan.root) == plan.children)
		return 0;
	n++;
	if (plan.paths)
		note_path();
	if (!plan.at || (plan.from_on ? n < plan.at : n != plan.at))
		return 0;
	if (plan.kill)
		kill(self, SIGKILL);
	return 1;
}

static int io_fails(const char *call)
{
	if (inside || (plan.ready && !plan.io))
		return 0;
	if (!plan.ready)
		read_plan();
	if (!plan.io || (plan.calls && !strstr(plan.calls, call)) || !fails())
		return 0;
	errno = plan.error;
	return 1;
}

static int memory_fails(void)
{
	if (inside)
		return 0;
	if (!plan.ready)
		read_plan();
	return plan.memory && fails();
}

#include "memory.h"	/* asks memory_fails() */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                \
	int name(const char *path, int flags, ...)                \
	{                                                         \
		va_list ap;                                       \
		mode_t mode;                                      \
		va_start(ap, flags);                              \
		mode = va_arg(ap, mode_t);                        \
		va_end(ap);                                       \
		return io_fails("open") ? -1 : REAL(name)(path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define CALL(type, name, word, params, args)                      \
	type name params                                          \
	{                                                         \
		return io_fails(word) ? -1 : REAL(name) args;     \
	}
CALL(ssize_t, read, "read", (int fd, void *p, size_t k), (fd, p, k))
CALL(ssize_t, pread64, "read", (int fd, void *p, size_t k, off64_t at), (fd, p, k, at))
CALL(ssize_t, pread, "read", (int fd, void *p, size_t k, off_t at), (fd, p, k, at))
CALL(ssize_t, write, "write", (int fd, const void *p, size_t k), (fd, p, k))
CALL(ssize_t, pwrite64, "write", (int fd, const void *p, size_t k, off64_t at), (fd, p, k, at))
CALL(ssize_t, pwrite, "write", (int fd, const void *p, size_t k, off_t at), (fd, p, k, at))
CALL(int, fsync, "fsync", (int fd), (fd))
CALL(int, fdatasync, "fsync", (int fd), (fd))
CALL(int, rename, "rename", (const char *a, const char *b), (a, b))
CALL(int, ftruncate, "ftruncate", (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, "ftruncate", (int fd, off64_t size), (fd, size))
CALL(int, mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
CALL(int, unlink, "unlink", (const char *path), (path))
CALL(int, pipe2, "pipe", (int fd[2], int flags), (fd, flags))
CALL(int, flock, "flock", (int fd, int what), (fd, what))
CALL(int, fstat, "stat", (int fd, struct stat *st), (fd, st))
CALL(int, stat, "stat", (const char *path, struct stat *st), (path, st))
CALL(ssize_t, copy_file_range, "write", (int a, off64_t *i, int b, off64_t *o, size_t k, unsigned f), (a, i, b, o, k, f))

pid_t fork(void)
{
	return io_fails("fork") ? -1 : REAL(fork)();
}

__attribute__((destructor)) static void finish(void)
{
	int fd;

	if (!plan.ready || getpid() != plan.root)
		return;
	inside = 1;
	plan.memory = plan.io = 0;
	fd = plan.count ? open(plan.count, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	if (fd >= 0)
		dprintf(fd, "%ld\n", n);
	fd = plan.paths ? open(plan.paths, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	for (size_t i = 0; fd >= 0 && i < n_paths; i++)
		dprintf(fd, "%u\n", first[i]);
}

/* What follows is not the program's own: a build for coverage writes its counters (tests/tools/gcov_exit.c). */
void fault_rest(void)
{
	if (!plan.ready)
		read_plan();
	plan.memory = plan.io = 0;
}
