// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * oom.c - LD_PRELOAD: at every path of allocation that was not met before the process forks, and the child has no memory there
 *
 * One run gives all points: nothing before a point is done twice. A child lives in a world of its own: a mount namespace where the folder
 * OOM_WORLD is the copy that the driver (tests/allocations) made, and every open file of that folder is opened again there. While the process has
 * children of its own (workers, gnuplot) it cannot be doubled; such paths are reported and left to a run of their own.
 *
 * OOM_WORLD    the folder that a child must not touch
 * OOM_ASK      a FIFO: "fork N once", "fork N on" (from there on), "done N STATUS" (of waitpid), "later N"
 * OOM_ANSWER   a FIFO: for each line one, a folder for "fork" (with world, out and err in it) or "-" to leave it out
 * OOM_FRAMES   frames of a path, 12
 * OOM_AT       no forks: the allocation N fails (with OOM_ON: and all after it)
 */
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <dlfcn.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FRAMES = 64, PATHS = 1 << 17, SECONDS = 60, STRANGE = 113 };

static const char *world;
static int ask = -1, answer = -1, frames = 12, ready, from_on, inside, children;
static long n, at;
static pid_t root;
static uint64_t seen[PATHS];

static void start(void)
{
	const char *k = getenv("OOM_FRAMES"), *a = getenv("OOM_AT");

	ready = 1;
	inside = 1;
	root = getpid();
	world = getenv("OOM_WORLD");
	at = a ? atol(a) : 0;
	from_on = getenv("OOM_ON") != NULL;
	if (k)
		frames = atoi(k);
	if (!at && getenv("OOM_ASK")) {
		ask = fcntl(open(getenv("OOM_ASK"), O_WRONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 900);
		answer = fcntl(open(getenv("OOM_ANSWER"), O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 900);
	}
	inside = 0;
}

static int is_new(void)
{
	void *frame[FRAMES + 3];
	uint64_t h = 1469598103934665603u;
	size_t i;
	int k = backtrace(frame, frames + 3);

	for (int f = 3; f < k; f++)
		h = (h ^ (uintptr_t)frame[f]) * 1099511628211u;
	h |= 1;
	for (i = h % PATHS; seen[i]; i = (i + 1) % PATHS)
		if (seen[i] == h)
			return 0;
	seen[i] = h;
	return 1;
}

static void tell(const char *what, int status, char reply[512])
{
	char line[64];
	int len = status < 0 ? snprintf(line, sizeof(line), "%s %ld\n", what, n) : snprintf(line, sizeof(line), "%s %ld %d\n", what, n, status);
	size_t got = 0;

	if (write(ask, line, (size_t)len) != len)
		_exit(STRANGE);
	while (got < 511 && read(answer, reply + got, 1) == 1 && reply[got] != '\n')
		got++;
	reply[got] = '\0';
}

/* A file of the world, opened again in the copy: same flags, same place, same number. */
static void reopen(int fd, const char *copy)
{
	char link[64], path[4096], own[5000];
	int flags = fcntl(fd, F_GETFL), close_on_exec = fcntl(fd, F_GETFD) & FD_CLOEXEC, now;
	off_t where = lseek(fd, 0, SEEK_CUR);
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (flags < 0 || len <= 0)
		return;
	path[len] = '\0';
	if (strncmp(path, world, strlen(world)) != 0)
		return;
	if (len > 10 && strcmp(path + len - 10, " (deleted)") == 0) {	/* nobody else's any more, but the other child's */
		char block[65536];
		ssize_t k;
		int from = open(link, O_RDONLY);

		snprintf(own, sizeof(own), "%s/deleted-%d", copy, fd);
		now = open(own, O_RDWR | O_CREAT | O_TRUNC, 0600);
		while (from >= 0 && now >= 0 && (k = read(from, block, sizeof(block))) > 0)
			if (write(now, block, (size_t)k) != k)
				_exit(STRANGE);
		close(from);
	} else {
		now = open(path, flags & (O_ACCMODE | O_APPEND | O_DIRECTORY | O_PATH | O_NONBLOCK));
	}
	if (now < 0)
		_exit(STRANGE);
	if (where >= 0)
		lseek(now, where, SEEK_SET);
	dup3(now, fd, close_on_exec ? O_CLOEXEC : 0);
	close(now);
}

/* Where it was, on standard error: a double cannot be run again under a debugger. */
static void died(int sig)
{
	void *frame[24];

	inside = 1;
	backtrace_symbols_fd(frame, backtrace(frame, 24), 2);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void enter(const char *copy)
{
	char path[600];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(SECONDS);
	if (unshare(CLONE_NEWNS) && unshare(CLONE_NEWUSER | CLONE_NEWNS))
		_exit(STRANGE);
	snprintf(path, sizeof(path), "%s/world", copy);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(path, world, NULL, MS_BIND, NULL))
		_exit(STRANGE);
	for (int fd = 3; fd < 256; fd++)
		reopen(fd, copy);
	for (int fd = 1; fd <= 2; fd++) {
		int to;

		snprintf(path, sizeof(path), "%s/%s", copy, fd == 1 ? "out" : "err");
		to = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (to < 0 || (!isatty(fd) && dup2(to, fd) < 0))
			_exit(STRANGE);
		close(to);
	}
	signal(SIGSEGV, died);
	signal(SIGBUS, died);
	signal(SIGABRT, died);
	close(ask);
	close(answer);
	ask = -1;
	root = getpid();
}

/* True in a child: this allocation fails. */
static int branch(void)
{
	char reply[512];
	int status;

	if (children > 0) {
		tell("later", -1, reply);
		return 0;
	}
	for (int on = 0; on < 2; on++) {
		pid_t pid;

		tell(on ? "fork-on" : "fork", -1, reply);
		if (strcmp(reply, "-") == 0)
			continue;
		pid = fork();
		if (pid == 0) {
			enter(reply);
			at = n;
			from_on = on;
			return 1;
		}
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		children = 0;	/* ours, counted by fork() below */
		tell("done", pid > 0 ? status : STRANGE << 8, reply);
	}
	return 0;
}

static int memory_fails(void)
{
	int yes = 0;

	if (inside)
		return 0;
	if (!ready)
		start();
	if (getpid() != root)	/* a worker: its lack of memory is another test */
		return 0;
	n++;
	if (at)
		return from_on ? n >= at : n == at;
	inside = 1;
	if (ask >= 0 && is_new())
		yes = branch();
	inside = 0;
	return yes;
}

#include "memory.h"	/* asks memory_fails() */

/* The program's own children, alive. */
pid_t fork(void)
{
	pid_t (*real)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	pid_t pid = real();

	if (pid > 0)
		children++;
	return pid;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	pid_t (*real)(pid_t, int *, int) = (pid_t(*)(pid_t, int *, int))dlsym(RTLD_NEXT, "waitpid");
	pid_t got = real(pid, status, options);

	if (got > 0 && children > 0)
		children--;
	return got;
}
