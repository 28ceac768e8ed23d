// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gcov_exit.c - what a build for coverage needs to count processes that leave by _exit() behind walls
 *
 * gcov writes its counters at exit(). A worker leaves by _exit() or is killed when it waits for work, may not grow a file
 * (RLIMIT_FSIZE) and may open nothing but the run folder (Landlock); a child that becomes another program leaves by no
 * exit at all. So that their lines count, these calls are wrapped at link time (tests/coverage): _exit() and exec write
 * the counters first, a kill is a signal that a worker answers with them, the folder of the counters is added to what
 * Landlock allows, and the limit of file sizes is left away. Faults (tests/tools/fault.c) are over before counters are
 * written.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define LANDLOCK_ADD_RULE 445
#define LANDLOCK_RESTRICT 446

struct beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

extern void __gcov_dump(void);
extern void __gcov_reset(void);
extern _Noreturn void __real__exit(int status);
extern int __real_setrlimit(int what, const struct rlimit *r);
extern int __real_execve(const char *path, char *const argv[], char *const env[]);
extern int __real_execvp(const char *file, char *const argv[]);
extern int __real_kill(pid_t pid, int sig);
extern int __real_raise(int sig);
extern long __real_syscall(long number, ...);
_Noreturn void __wrap__exit(int status);
int __wrap_setrlimit(int what, const struct rlimit *r);
int __wrap_execve(const char *path, char *const argv[], char *const env[]);
int __wrap_execvp(const char *file, char *const argv[]);
int __wrap_kill(pid_t pid, int sig);
int __wrap_raise(int sig);
long __wrap_syscall(long number, ...);

static void no_more_faults(void)
{
	void (*rest)(void) = (void (*)(void))(uintptr_t)dlsym(RTLD_DEFAULT, "fault_rest");

	if (rest)
		rest();
}

__attribute__((constructor)) static void before_main(void)
{
	atexit(no_more_faults);
}

static volatile sig_atomic_t dumping;

static void dump(void)
{
	no_more_faults();
	dumping = 1;
	__gcov_dump();
	dumping = 0;
	__gcov_reset(); /* what follows a failed exec is counted once */
}

void __wrap__exit(int status)
{
	dump();
	__real__exit(status);
}

int __wrap_execve(const char *path, char *const argv[], char *const env[])
{
	dump();
	return __real_execve(path, argv, env);
}

int __wrap_execvp(const char *file, char *const argv[])
{
	dump();
	return __real_execvp(file, argv);
}

static void on_kill(int sig)
{
	(void)sig;
	if (dumping)
		return; /* it is leaving */
	alarm(3);	/* the kill, where the counters cannot be written */
	dump();
	__real__exit(0);
}

int __wrap_kill(pid_t pid, int sig)
{
	return __real_kill(pid, sig == SIGKILL ? SIGPROF : sig);
}

/* A screen whose terminal is gone gives it back and ends by the signal it got. */
int __wrap_raise(int sig)
{
	alarm(3);
	dump();
	return __real_raise(sig);
}

int __wrap_setrlimit(int what, const struct rlimit *r)
{
	if (what != RLIMIT_FSIZE)
		return __real_setrlimit(what, r);
	signal(SIGPROF, on_kill); /* a worker, which asks for this limit when its signals are as it wants them */
	return 0;
}

long __wrap_syscall(long number, ...)
{
	long a[4];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == LANDLOCK_RESTRICT) {
		/* Of the rights of the first version: all but running a program. */
		struct beneath rule = { (1u << 13) - 2, open(GCOV_FOLDER, O_PATH | O_CLOEXEC) };

		__real_syscall(LANDLOCK_ADD_RULE, a[0], 1L, (long)(intptr_t)&rule, 0L);
		close(rule.fd);
	}
	return __real_syscall(number, a[0], a[1], a[2], a[3]);
}
