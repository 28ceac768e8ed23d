// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * jail.c - limits and walls around a worker
 *
 * A decoder has to be right, and this is for the day it is not: then a file costs one process that could neither write
 * a file, nor start a program, nor reach the network, nor outlive its parent. Every wall is best effort but the ones
 * whose absence would let one file take the machine down: memory and processor time.
 *
 * Landlock needs no library: three system calls and a few numbers of the kernel's interface. They are written here,
 * since the header of the build machine may be older than the kernel it runs on; the kernel says which of them it
 * knows.
 */
#include "ingest/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define OPEN_FILES 64

int jail_above_stdio(int fd)
{
	int copy = fd < 0 || fd > 2 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, 3);

	if (copy != fd)
		close(fd);
	return copy;
}

static int close_from_to(unsigned from, unsigned to)
{
	if (from > to || close_range(from, to, 0) == 0)
		return 0;
	if (errno != ENOSYS && errno != EPERM)
		return -1;
	/* Before Linux 5.9: one by one, up to what may be open at all. */
	for (long fd = from, max = sysconf(_SC_OPEN_MAX); fd <= (long)to && fd < max; fd++)
		close((int)fd);
	return 0;
}

int jail_descriptors(const int *keep, size_t n, struct err *err)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	unsigned next = 3;

	if (null < 0)
		return err_sys(err, ERR_IO, errno, "cannot open /dev/null");
	/* A report of a sanitizer is worth more than silence. */
	for (int fd = 0; fd < (SANITIZED ? 2 : 3); fd++) {
		if (dup2(null, fd) < 0)
			return err_sys(err, ERR_IO, errno, "cannot replace descriptor %d", fd);
	}
	for (size_t i = 0; i < n; i++) {
		if (keep[i] < 3)
			continue;
		if (close_from_to(next, (unsigned)keep[i] - 1))
			return err_sys(err, ERR_IO, errno, "cannot close descriptors");
		next = (unsigned)keep[i] + 1;
	}
	return close_from_to(next, INT32_MAX) ? err_sys(err, ERR_IO, errno, "cannot close descriptors") : 0;
}

bool jail_follow(pid_t parent)
{
	static const int plain[] = { SIGTERM, SIGCHLD, SIGPIPE, SIGXCPU,  SIGXFSZ,
				     SIGALRM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT };
	/* The terminal sends these to all of us; the parent decides what they mean and ends us itself. */
	static const int parents[] = { SIGINT, SIGQUIT, SIGHUP, SIGTSTP };
	struct rlimit none = { 0, 0 };
	sigset_t empty;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return false;
	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		signal(plain[i], SIG_DFL);
	for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
		signal(parents[i], SIG_IGN);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	return true;
}

/* The soft limit alone, where a decoder gone wrong is to be stopped; the hard one too, where a hostile one is. */
static int lower(int what, uint64_t value, bool hard)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)what, &r) < 0)
		return -1;
	if (r.rlim_max == RLIM_INFINITY || value < r.rlim_max)
		r.rlim_cur = value;
	else
		r.rlim_cur = r.rlim_max;
	if (hard)
		r.rlim_max = r.rlim_cur;
	return setrlimit((__rlimit_resource_t)what, &r);
}

int jail_limits(const struct limits *l, struct err *err)
{
	/* Shadow memory is larger than any limit. */
	if (!SANITIZED && lower(RLIMIT_AS, l->worker_memory, true) < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot limit the memory of a worker");
	(void)lower(RLIMIT_FSIZE, 0, true);
	(void)lower(RLIMIT_NPROC, 0, true);
	(void)lower(RLIMIT_NOFILE, OPEN_FILES, false); /* valgrind keeps the hard one for itself */
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return 0;
}

int jail_next_file(const struct limits *l, struct err *err)
{
	struct rusage used;
	struct rlimit r;

	if (getrusage(RUSAGE_SELF, &used) < 0 || getrlimit(RLIMIT_CPU, &r) < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot ask for processor time");
	/* The soft limit counts the whole life of the process, so it moves with each file; one second for what rounding
	 * cuts. */
	r.rlim_cur = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + l->worker_seconds + 1;
	if (r.rlim_max != RLIM_INFINITY && r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	if (setrlimit(RLIMIT_CPU, &r) < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot limit processor time");
	return 0;
}

/* include/uapi/linux/landlock.h of Linux 6.10 */
#define LANDLOCK_CREATE	      444
#define LANDLOCK_ADD_RULE     445
#define LANDLOCK_RESTRICT     446
#define LANDLOCK_ASK_VERSION  1u
#define LANDLOCK_PATH_BENEATH 1
#define LANDLOCK_READ_FILE    (1u << 2)
#define LANDLOCK_READ_DIR     (1u << 3)

struct landlock_rules {
	uint64_t fs, net, scoped;
};
struct landlock_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

static bool allow(int rules, int fd, uint64_t what)
{
	struct landlock_beneath rule = { .allowed = what, .fd = fd };

	return fd >= 0 && syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_PATH_BENEATH, &rule, 0) == 0;
}

static bool allow_root(int rules, const struct walk_root *r)
{
	bool ok;
	int fd;

	if (!r->single)
		return allow(rules, r->fd, LANDLOCK_READ_FILE | LANDLOCK_READ_DIR);
	fd = openat(r->fd, r->single, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	ok = allow(rules, fd, LANDLOCK_READ_FILE);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool jail_landlock(const struct walk *w)
{
	/* How many file rights each version knows; all are handled, so what is not allowed below is denied. */
	static const unsigned rights[] = { 0, 13, 14, 15, 15, 16 };
	long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_ASK_VERSION);
	size_t last = sizeof(rights) / sizeof(rights[0]) - 1;
	struct landlock_rules handled = { 0 };
	size_t size = sizeof(handled.fs);
	bool ok = true;
	long rules;

	if (version < 1)
		return false;
	handled.fs = (1u << rights[(size_t)version < last ? (size_t)version : last]) - 1;
	if (version >= 4) {
		handled.net = 3; /* bind and connect */
		size += sizeof(handled.net);
	}
	if (version >= 6) {
		handled.scoped = 3; /* abstract sockets and signals of others */
		size += sizeof(handled.scoped);
	}
	rules = syscall(LANDLOCK_CREATE, &handled, size, 0);
	if (rules < 0)
		return false;
	for (size_t i = 0; i < w->n_roots && ok; i++)
		ok = allow_root((int)rules, &w->root[i]);
	ok = ok && syscall(LANDLOCK_RESTRICT, (int)rules, 0) == 0;
	close((int)rules);
	return ok;
}
