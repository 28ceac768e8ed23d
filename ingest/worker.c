// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * worker.c - supervisor and worker
 *
 * Which job was lost is the delicate part: the worker may die before it took a job out of the pipe or after. The
 * supervisor does not guess. It says `died`, then throws away what is in the job pipe up to the acknowledgement;
 * whatever the parent had sent before it knew, is void, and the parent sends it again if it was not the job that
 * killed.
 *
 * Signals are taken by sigwaitinfo() with SIGCHLD and SIGTERM blocked, so there is no handler, no flag and no race.
 * SIGTERM, from the parent that wants to stop, ends the worker first: nobody is left behind as a zombie of init's. When
 * the parent dies, the supervisor is killed by the kernel, and then the worker, for the same reason.
 */
#include "ingest/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ingest/jail.h"

enum { EXIT_DONE = 0, EXIT_GONE = 1 }; /* seen by the supervisor, and by the parent as an end of the pipe */

/* The next job; false: there will be none. */
static bool next_job(int fd, uint32_t *job)
{
	unsigned char *p = (unsigned char *)job;
	size_t n = 0;

	while (n < sizeof(*job)) {
		ssize_t got = read(fd, p + n, sizeof(*job) - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return true;
}

static _Noreturn void work(const struct job_env *env, int job_fd, int result_fd, pid_t supervisor)
{
	struct err err = { 0 };
	struct wire w;
	bool starved;
	uint32_t job;

	if (!jail_follow(supervisor) || jail_limits(env->limits, &err))
		_exit(EXIT_GONE);
	if (env->sandbox)
		jail_landlock(env->walk);
	wire_init(&w, result_fd);
	while (next_job(job_fd, &job)) {
		if (job >= env->walk->n)
			_exit(EXIT_GONE);
		/* A starved one told all it had to; the supervisor makes a fresh one for the files behind. */
		if (job_run(env, job, &w, &starved, &err) || starved)
			_exit(EXIT_GONE);
	}
	_exit(EXIT_DONE);
}

/* Waits for the worker's end or the parent's word; true: the latter, and the worker is ended. */
static bool wait_worker(pid_t pid, const sigset_t *set, int *status)
{
	for (;;) {
		siginfo_t info;
		int sig = sigwaitinfo(set, &info);

		if (sig < 0 && errno != EINTR)
			_exit(EXIT_GONE);
		if (sig == SIGTERM) {
			kill(pid, SIGKILL);
			while (waitpid(pid, status, 0) < 0 && errno == EINTR)
				;
			return true;
		}
		if (sig == SIGCHLD && waitpid(pid, status, WNOHANG) == pid)
			return false;
	}
}

static bool acknowledged(int job_fd)
{
	uint32_t job;

	while (next_job(job_fd, &job)) {
		if (job == WORKER_ACK)
			return true;
	}
	return false;
}

static bool inherit(const struct job_env *env, int job_fd, int result_fd, struct err *err)
{
	size_t n = env->walk->n_roots;
	int *keep = malloc((n + 2) * sizeof(*keep));
	bool ok;

	if (!keep)
		return false;
	for (size_t i = 0; i < n; i++)
		keep[i] = env->walk->root[i].fd;
	keep[n++] = job_fd;
	keep[n++] = result_fd;
	for (size_t i = 1; i < n; i++) { /* few, and nearly sorted */
		for (size_t k = i; k > 0 && keep[k - 1] > keep[k]; k--) {
			int swap = keep[k];

			keep[k] = keep[k - 1];
			keep[k - 1] = swap;
		}
	}
	ok = jail_descriptors(keep, n, err) == 0;
	free(keep);
	return ok;
}

_Noreturn void worker_supervise(const struct job_env *env, int job_fd, int result_fd, pid_t parent)
{
	struct err err = { 0 };
	pid_t self, pid;
	sigset_t set;
	int status;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	if (!jail_follow(parent) || !inherit(env, job_fd, result_fd, &err))
		_exit(EXIT_GONE);
	sigprocmask(SIG_SETMASK, &set, NULL);
	self = getpid();
	for (;;) {
		struct wire_died died = { 0 };

		pid = fork();
		if (pid < 0)
			_exit(EXIT_GONE);
		if (pid == 0)
			work(env, job_fd, result_fd, self);
		if (wait_worker(pid, &set, &status) || (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE))
			_exit(EXIT_DONE);
		if (WIFSIGNALED(status))
			died.signal = WTERMSIG(status);
		else
			died.status = WEXITSTATUS(status);
		if (wire_died(result_fd, &died, &err) || !acknowledged(job_fd))
			_exit(EXIT_DONE);
	}
}
