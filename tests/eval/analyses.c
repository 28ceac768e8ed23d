// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * analyses.c - child processes, two at a time, each with its time
 */
#include "tests/eval/analyses.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"

#define MAX_ARGS (4 * TRUTH_MAX_LIST + 16)
#define STEP_NS 5000000

struct child {
	pid_t pid;	/* 0: free */
	size_t scenario;
	time_t ends;
};

struct command {
	struct arena mem;
	const char *arg[MAX_ARGS];
	size_t n;
};

static void word(struct command *c, const char *text)
{
	if (c->n + 1 < MAX_ARGS)
		c->arg[c->n++] = text;
}

static const char *path_of(struct command *c, const char *a, const char *b, const char *d)
{
	struct buf text = { .limit = 4096 };
	const char *copy;

	buf_printf(&text, "%s/%s", a, b);
	if (d)
		buf_printf(&text, "/%s", d);
	copy = text.failed ? NULL : arena_strndup(&c->mem, text.data, text.len);
	buf_free(&text);
	return copy ? copy : "";
}

static void command_of(struct command *c, const struct analyses *a, const struct scenario *s)
{
	word(c, a->program);
	word(c, "analyze");
	for (size_t i = 0; i < s->current.n; i++)
		word(c, path_of(c, a->corpus, s->service, s->current.v[i]));
	for (size_t i = 0; i < s->baseline.n; i++) {
		word(c, "--baseline");
		word(c, path_of(c, a->corpus, s->service, s->baseline.v[i]));
	}
	word(c, "--out");
	word(c, path_of(c, a->folder, s->name, NULL));
	word(c, "--no-html");
	word(c, "--quiet");
	word(c, "--workers");
	word(c, "1");
	word(c, "--timeout");
	word(c, "120s");
	word(c, "--model");
	word(c, a->linear ? "linear" : "default");
	c->arg[c->n] = NULL;
}

/* In the child: nothing to read, output into a log beside the database, a state folder of its own. */
static void become(const struct analyses *a, const struct command *c, const char *folder)
{
	char path[4200];
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC), log;

	snprintf(path, sizeof(path), "%s/state", a->folder);
	setenv("XDG_STATE_HOME", path, 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "UTC", 1);
	snprintf(path, sizeof(path), "%s/log", folder);
	log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (in >= 0 && log >= 0 && dup2(in, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2)
		execv(a->program, (char *const *)(uintptr_t)c->arg);
	_exit(127);
}

static int start(struct child *child, const struct analyses *a, const struct truth *t, size_t i, struct err *err)
{
	struct command c = { .n = 0 };
	char folder[4096];
	int rc;

	snprintf(folder, sizeof(folder), "%s/%s", a->folder, t->s[i].name);
	rc = file_mkdirs(folder, err);
	if (rc)
		return rc;
	command_of(&c, a, &t->s[i]);
	*child = (struct child){ .pid = fork(), .scenario = i, .ends = time(NULL) + ANALYSES_SECONDS };
	if (child->pid == 0)
		become(a, &c, folder);
	arena_free(&c.mem);
	if (child->pid > 0)
		return 0;
	child->pid = 0;
	return err_sys(err, ERR_INTERNAL, errno, "cannot start %s", a->program);
}

static int ended(const struct analyses *a, const struct truth *t, size_t i, int status, struct err *err)
{
	char db[4096];

	snprintf(db, sizeof(db), "%s/%s/attrib.db", a->folder, t->s[i].name);
	return a->done(a->arg, i, db, status, err);
}

/* Waits for any child; the slot is free afterwards. One that takes too long is killed. */
static int reap(struct child *child, const struct analyses *a, const struct truth *t, struct err *err)
{
	for (;;) {
		for (int k = 0; k < ANALYSES_AT_ONCE; k++) {
			int status = 0;
			pid_t got = child[k].pid ? waitpid(child[k].pid, &status, WNOHANG) : 0;

			if (got > 0) {
				child[k].pid = 0;
				return ended(a, t, child[k].scenario, WIFEXITED(status) ? WEXITSTATUS(status) : -1, err);
			}
			if (child[k].pid && time(NULL) > child[k].ends)
				kill(child[k].pid, SIGKILL);
		}
		nanosleep(&(struct timespec){ 0, STEP_NS }, NULL);
	}
}

static bool any(const struct child *child)
{
	for (int k = 0; k < ANALYSES_AT_ONCE; k++)
		if (child[k].pid)
			return true;
	return false;
}

int analyses_run(const struct analyses *a, const struct truth *t, struct err *err)
{
	struct child child[ANALYSES_AT_ONCE] = { { 0 } };
	int rc = 0;

	for (size_t i = 0; !rc && i < t->n; i++) {
		char db[4096];
		int k = 0;

		snprintf(db, sizeof(db), "%s/%s/attrib.db", a->folder, t->s[i].name);
		if (a->reuse && access(db, R_OK) == 0) {
			rc = ended(a, t, i, 0, err);
			continue;
		}
		while (k < ANALYSES_AT_ONCE && child[k].pid)
			k++;
		if (k == ANALYSES_AT_ONCE) {
			rc = reap(child, a, t, err);
			for (k = 0; child[k].pid;)
				k++;
		}
		if (!rc)
			rc = start(&child[k], a, t, i, err);
	}
	while (any(child)) {
		struct err late;
		int other = reap(child, a, t, rc ? &late : err);

		rc = rc ? rc : other;
	}
	return rc;
}
