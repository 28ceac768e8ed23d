// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pool.c - hand out files, gather what comes back, believe little of it
 *
 * What a slot sends is checked frame by frame against the file it was given: a worker that a hostile file took over can
 * spoil that file and its slot, not another file. A slot whose frames make no sense is ended and not used again.
 *
 * The parent keeps the read end of every job pipe open, so that writing a job to a slot whose processes are gone is no
 * SIGPIPE; that they are gone shows as the end of the result pipe.
 */
#include "ingest/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ingest/jail.h"

#define NO_FILE	     UINT32_MAX
#define CHUNK	     (64u << 10) /* read() at a time */
#define PIPE_BYTES   (1 << 20)
#define MAX_WORKERS  64
#define POOL_WAITING (POOL_BUFFER / 4 * 3) /* the rest keeps compact() rare */
#define KEEP_BYTES   (1u << 20)		   /* an empty buffer above this is given back */

struct slot {
	pid_t pid;		  /* the supervisor */
	int job_w, job_r, result; /* result -1: the slot is lost */
	uint32_t file;		  /* what it works on */
	bool begun;		  /* it said so */
	unsigned lost;		  /* times that a job vanished before it began */
	struct buf data;	  /* of the files it had, in their order; head: taken */
	size_t head, n_part;
	char part[WIRE_FRAME]; /* the begin of a frame */
};

struct state {
	struct wire_what *what;
	struct wire_end *end;
	size_t bytes; /* of its data in the slot's buffer */
	uint32_t slot;
};

struct pool {
	const struct job_env *env;
	struct slot *slot;
	size_t n_slots;
	struct state *state; /* a file each */
	size_t next;	     /* the first file that was not handed out */
	size_t done;
	uint64_t done_bytes;
	char *in;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void tell(const struct slot *s, uint32_t job)
{
	ssize_t n;

	/* Four bytes: whole or not at all, and the pipe never holds more than a few of them. */
	do
		n = write(s->job_w, &job, sizeof(job));
	while (n < 0 && errno == EINTR);
	/* Nobody would ever answer: the slot's end, which its result pipe tells. A supervisor that waits for an acknowledgement sees no SIGTERM. */
	if (n < 0)
		kill(s->pid, SIGKILL);
}

static void hand_out(struct pool *p, struct slot *s)
{
	const struct walk *w = p->env->walk;

	s->file = NO_FILE;
	s->begun = false;
	s->lost = 0;
	while (p->next < w->n && w->file[p->next].skip)
		p->next++;
	if (p->next == w->n || s->result < 0)
		return;
	s->file = (uint32_t)p->next++;
	p->state[s->file].slot = (uint32_t)(s - p->slot);
	tell(s, s->file);
}

static int ended(struct pool *p, struct slot *s, const struct wire_end *end, struct err *err)
{
	struct state *f = &p->state[s->file];

	f->end = malloc(sizeof(*f->end));
	if (!f->end)
		return err_nomem(err);
	*f->end = *end;
	p->done++;
	p->done_bytes += p->env->walk->file[s->file].bytes;
	hand_out(p, s);
	return 0;
}

static int refused(struct pool *p, struct slot *s, const char *reason, struct err *err)
{
	struct wire_end end = { .verdict = WIRE_REFUSED, .again = true };

	snprintf(end.reason, sizeof(end.reason), "%s", reason);
	return ended(p, s, &end, err);
}

/* Nothing more is expected of the slot. What it already sent of whole files stays good. */
static int lose(struct pool *p, struct slot *s, const char *reason, struct err *err)
{
	if (s->result >= 0)
		kill(s->pid, SIGTERM);
	close_fd(&s->result);
	return s->file == NO_FILE ? 0 : refused(p, s, reason, err);
}

static void died_reason(char *out, size_t size, const struct wire_died *d, const struct limits *l)
{
	static const struct {
		int signal;
		const char *words;
	} known[] = {
		{ SIGSEGV, "crashed (segmentation fault)" },
		{ SIGBUS, "crashed (bus error)" },
		{ SIGABRT, "crashed (abort)" },
		{ SIGILL, "crashed (illegal instruction)" },
		{ SIGFPE, "crashed (arithmetic error)" },
		{ SIGKILL, "was killed (out of memory?)" },
		{ SIGSYS, "crashed (forbidden system call)" },
		{ SIGTRAP, "crashed (trap)" },
	};

	if (d->signal == SIGXCPU) {
		snprintf(out, size, "took more than %" PRIu64 " s of processor time (--limit worker_seconds=N)",
			 l->worker_seconds);
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].signal == d->signal) {
			snprintf(out, size, "the process that read it %s", known[i].words);
			return;
		}
	}
	if (d->signal)
		snprintf(out, size, "the process that read it was ended by signal %d", d->signal);
	else
		snprintf(out, size, "the process that read it ended with status %d", d->status);
}

static int on_died(struct pool *p, struct slot *s, const struct wire_frame *f, struct err *err)
{
	struct wire_died died;
	char reason[200];

	if (!wire_read_died(f->payload, &died))
		return lose(p, s, "the process that read it sent nonsense", err);
	tell(s, WORKER_ACK);
	if (s->file == NO_FILE)
		return 0;
	if (!s->begun && s->lost++ == 0) { /* not this file's doing: once more */
		tell(s, s->file);
		return 0;
	}
	died_reason(reason, sizeof(reason), &died, p->env->limits);
	return refused(p, s, reason, err);
}

static int on_what(struct state *f, const struct wire_frame *frame, bool *bad, struct err *err)
{
	if (f->what) {
		*bad = true;
		return 0;
	}
	f->what = malloc(sizeof(*f->what));
	if (!f->what)
		return err_nomem(err);
	if (!wire_read_what(frame->payload, f->what)) {
		free(f->what);
		f->what = NULL;
		*bad = true;
	}
	return 0;
}

static size_t waiting(const struct slot *s)
{
	return s->data.len - s->head;
}

/* Moves what waits to the front; only when at least a quarter of the buffer was taken, or nothing else helps. */
static void compact(struct slot *s)
{
	memmove(s->data.data, s->data.data + s->head, waiting(s));
	s->data.len -= s->head;
	s->head = 0;
}

static int on_data(struct slot *s, struct state *f, struct str payload, struct err *err)
{
	if (s->data.len + payload.n > s->data.limit)
		compact(s);
	buf_str(&s->data, payload);
	f->bytes += payload.n;
	return s->data.failed ? err_nomem(err) : 0;
}

static int on_frame(struct pool *p, struct slot *s, const struct wire_frame *frame, struct err *err)
{
	struct state *f = s->file == NO_FILE ? NULL : &p->state[s->file];
	struct wire_end end;
	bool bad = false;

	if (frame->type == WIRE_DIED)
		return on_died(p, s, frame, err);
	if (!f || frame->file != s->file || s->begun == (frame->type == WIRE_BEGIN)) {
		bad = true;
	} else if (frame->type == WIRE_BEGIN) {
		s->begun = true;
	} else if (frame->type == WIRE_WHAT) {
		if (on_what(f, frame, &bad, err))
			return (int)err->code;
	} else if (frame->type == WIRE_DATA) {
		bad = !f->what;
		if (!bad && on_data(s, f, frame->payload, err))
			return (int)err->code;
	} else if (wire_read_end(frame->payload, &end)) {
		return ended(p, s, &end, err);
	} else {
		bad = true;
	}
	return bad ? lose(p, s, "the process that read it sent nonsense", err) : 0;
}

/* All whole frames of p->in; what is left is kept for the next time. */
static int take_frames(struct pool *p, struct slot *s, size_t n, struct err *err)
{
	struct str bytes = { p->in, n };

	while (s->result >= 0) {
		struct wire_frame frame;
		int used = wire_frame(bytes, &frame);

		if (used < 0)
			return lose(p, s, "the process that read it sent nonsense", err);
		if (used == 0)
			break;
		if (on_frame(p, s, &frame, err))
			return (int)err->code;
		bytes = str_skip(bytes, (size_t)used);
	}
	s->n_part = s->result >= 0 ? bytes.n : 0;
	if (s->n_part)
		memcpy(s->part, bytes.p, s->n_part);
	return 0;
}

static int receive(struct pool *p, struct slot *s, struct err *err)
{
	ssize_t n;

	memcpy(p->in, s->part, s->n_part);
	n = read(s->result, p->in + s->n_part, CHUNK);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return lose(p, s, "the process that read it went away", err);
	return take_frames(p, s, s->n_part + (size_t)n, err);
}

int pool_poll(struct pool *p, int timeout_ms, struct err *err)
{
	struct pollfd fds[MAX_WORKERS];
	struct slot *of[MAX_WORKERS];
	size_t n_open = 0;
	nfds_t n = 0;

	for (size_t i = 0; i < p->n_slots; i++) {
		struct slot *s = &p->slot[i];

		if (s->result < 0)
			continue;
		n_open++;
		if (waiting(s) >= POOL_WAITING)
			continue;
		of[n] = s;
		fds[n++] = (struct pollfd){ .fd = s->result, .events = POLLIN };
	}
	if (n_open == 0 && p->next < p->env->walk->n)
		return err_set(err, ERR_INTERNAL, "all processes that read files went away");
	if (n == 0)
		return 0;
	if (poll(fds, n, timeout_ms) < 0)
		return errno == EINTR ? 0 : err_sys(err, ERR_INTERNAL, errno, "cannot wait for the workers");
	for (nfds_t i = 0; i < n; i++) {
		if (fds[i].revents && receive(p, of[i], err))
			return (int)err->code;
	}
	return 0;
}

struct str pool_bytes(const struct pool *p, size_t file)
{
	const struct state *f = &p->state[file];

	if (f->bytes == 0)
		return STR_LIT("");
	return (struct str){ p->slot[f->slot].data.data + p->slot[f->slot].head, f->bytes };
}

void pool_take(struct pool *p, size_t file, size_t n)
{
	struct state *f = &p->state[file];
	struct slot *s = &p->slot[f->slot];

	f->bytes -= n;
	s->head += n;
	if (s->head == s->data.len) {
		s->head = 0;
		if (s->data.cap > KEEP_BYTES)
			buf_free(&s->data);
		else
			buf_reset(&s->data);
	} else if (s->head > s->data.len / 2) {
		compact(s); /* less than was taken since the last time */
	}
}

const struct wire_what *pool_what(const struct pool *p, size_t file)
{
	return p->state[file].what;
}

const struct wire_end *pool_end(const struct pool *p, size_t file)
{
	return p->state[file].end;
}

void pool_forget(struct pool *p, size_t file)
{
	struct state *f = &p->state[file];

	free(f->what);
	free(f->end);
	f->what = NULL;
	f->end = NULL;
}

size_t pool_done(const struct pool *p, uint64_t *bytes)
{
	*bytes = p->done_bytes;
	return p->done;
}

static int start(struct pool *p, struct slot *s, struct err *err)
{
	int job[2], result[2];
	sigset_t all, before;
	pid_t parent = getpid();

	if (pipe2(job, O_CLOEXEC) < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot make a pipe");
	s->job_r = job[0] = jail_above_stdio(job[0]);
	s->job_w = job[1] = jail_above_stdio(job[1]);
	if (pipe2(result, O_CLOEXEC) < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot make a pipe");
	result[0] = jail_above_stdio(result[0]);
	result[1] = jail_above_stdio(result[1]);
	fcntl(result[1], F_SETPIPE_SZ, PIPE_BYTES); /* larger is faster; smaller works */
	/* No signal may reach the child while it still has our handlers. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	s->pid = fork();
	if (s->pid == 0)
		worker_supervise(p->env, job[0], result[1], parent);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(result[1]);
	s->result = result[0];
	if (s->pid < 0)
		return err_sys(err, ERR_INTERNAL, errno, "cannot start a process");
	return 0;
}

static size_t how_many(const struct walk *w, unsigned asked)
{
	size_t files = 0, n = asked;
	cpu_set_t cpus;

	for (size_t i = 0; i < w->n; i++)
		files += !w->file[i].skip;
	if (n == 0)
		n = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;
	if (n > MAX_WORKERS)
		n = MAX_WORKERS;
	return n < files ? n : files;
}

int pool_open(struct pool **out, const struct job_env *env, unsigned workers, struct err *err)
{
	struct pool *p = calloc(1, sizeof(*p));
	size_t n = how_many(env->walk, workers);

	*out = p;
	if (!p)
		return err_nomem(err);
	p->env = env;
	p->state = calloc(env->walk->n + 1, sizeof(*p->state));
	p->slot = calloc(n + 1, sizeof(*p->slot));
	p->in = malloc(CHUNK + WIRE_FRAME);
	if (!p->state || !p->slot || !p->in) {
		pool_close(p);
		*out = NULL;
		return err_nomem(err);
	}
	for (; p->n_slots < n; p->n_slots++) {
		struct slot *s = &p->slot[p->n_slots];

		*s = (struct slot){ .pid = -1,
				    .job_w = -1,
				    .job_r = -1,
				    .result = -1,
				    .file = NO_FILE,
				    .data = { .limit = POOL_BUFFER } };
		if (start(p, s, err)) {
			p->n_slots++;
			pool_close(p);
			*out = NULL;
			return (int)err->code;
		}
	}
	for (size_t i = 0; i < n; i++)
		hand_out(p, &p->slot[i]);
	return 0;
}

void pool_close(struct pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n_slots; i++) {
		struct slot *s = &p->slot[i];

		if (s->pid > 0)
			kill(s->pid, SIGTERM);
		close_fd(&s->job_w);
		close_fd(&s->job_r);
		close_fd(&s->result);
	}
	for (size_t i = 0; i < p->n_slots; i++) {
		while (p->slot[i].pid > 0 && waitpid(p->slot[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
		buf_free(&p->slot[i].data);
	}
	for (size_t i = 0; p->state && i < p->env->walk->n; i++)
		pool_forget(p, i);
	free(p->state);
	free(p->slot);
	free(p->in);
	free(p);
}
