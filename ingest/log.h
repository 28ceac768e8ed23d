/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h - what the files log*.c share: what the Go runtime writes into logs
 *
 *     log.c         the decoder: each line to those it concerns
 *     log_scan.c    what a line holds, where its message begins, what is recognised and skipped
 *     log_gc.c      gctrace lines, whole or torn apart         log_sched.c   schedtrace and scheddetail
 *     log_time.c    the stamps of lines                        log_life.c    processes, and when each began
 *     log_crash.c   panics, fatal errors, signals              log_stack.c   stacks that loggers write into JSON
 *     log_put.c     what was read, as records
 */
#ifndef INGEST_LOG_H
#define INGEST_LOG_H

#include "core/buf.h"
#include "ingest/godump.h"
#include "ingest/timeparse.h"

/* ---- one line ---- */

enum log_found {
	LOG_GC = 1,		/* "gc N @": *at is the g */
	LOG_SCHED = 2,		/* "SCHED N": *at is the S */
	LOG_MAYBE_CRASH = 4,	/* worth a look by log_crash() */
	LOG_MAYBE_STACK = 8,	/* worth a look by godump_feed() even outside of dumps */
	LOG_JSON_STACK = 16,	/* "\n\t" inside a string */
	LOG_SKIP = 32,		/* of the runtime, nothing is read from it */
};
unsigned log_scan(struct str line, size_t *at);
/* Where the message begins behind what collectors put before it. */
size_t log_message(struct str line);
/* The text that docker's json-file wrapped; false: not wrapped. *time: its stamp. */
bool log_unwrap(struct str line, struct buf *out, struct str *time);
/* A lone function name, as loggers write frames. */
bool log_name_line(struct str line);
/* A line that holds no more than TAB and /path/file.go:12. */
bool log_place_line(struct str line);

/* Narrows [*min, *max] by a line that is skipped. */
struct log_version {
	int64_t min, max;
};
void log_at_least(struct log_version *v, int64_t minor);
void log_at_most(struct log_version *v, int64_t minor);
void log_skip_version(struct str line, struct log_version *v);
/* "go version go1.26.4 linux/amd64" and the like. */
void log_said_version(struct str line, struct log_version *v);

/* ---- gctrace ---- */

enum log_gc_field {
	GC_N, GC_START, GC_UTIL, GC_A, GC_B, GC_C, GC_D, GC_E, GC_F, GC_G, GC_H, GC_X, GC_Y, GC_Z,
	GC_GOAL_MB, GC_STACKS, GC_GLOBALS, GC_PROCS, GC_FIELDS
};
struct log_gc {
	int64_t v[GC_FIELDS];	/* times in ns, sizes in MiB; GC_STACKS STORE_NULL before Go 1.18 */
	size_t piece;		/* of the line, as the runtime writes it: how many were seen */
	bool forced, leak_check, done;
};
/* s begins at "gc ". False: not a gctrace line. True and !done: torn; what follows may stand in a later line. */
bool log_gc_begin(struct log_gc *g, struct str s);
/* So much of it is there that it cannot be anything else. */
bool log_gc_sure(const struct log_gc *g);
/* The rest of a torn line. False: s is something else, and nothing was taken. */
bool log_gc_resume(struct log_gc *g, struct str s);

/* ---- schedtrace ---- */

struct log_sched {
	int64_t ms, procs, idle, threads, idle_threads, queue;	/* STORE_NULL: not said */
	bool list, needspinning, ticks;
};
/* s begins at "SCHED ". False: not a schedtrace line, or torn. */
bool log_sched_line(struct log_sched *s, struct str text);
/* A line of scheddetail ("  P0: status=1 ..."); adds a P's queue. */
bool log_sched_detail(struct log_sched *s, struct str line);

/* ---- time ---- */

enum log_stamp_kind { STAMP_NONE, STAMP_COLUMN, STAMP_KLOG, STAMP_SYSLOG, STAMP_JSON };
struct log_time {
	enum log_stamp_kind kind;
	size_t column;
	int year;		/* for stamps that have none; 0: unknown */
	bool yearless;		/* stamps were seen that are of no use without a year */
	char raw[48];		/* of the last stamped line; n_raw 0: none, or `last` holds it already */
	size_t n_raw;
	struct stamp last;	/* .ns STORE_NULL: none yet */
};
/* Looks at the beginning of the log: which stamps are there? */
void log_time_learn(struct log_time *t, struct str head);
/* The stamp of this line. */
bool log_time_of(const struct log_time *t, struct str line, struct stamp *out);
/* Keeps the stamp of this line, for those that have none. */
void log_time_see(struct log_time *t, struct str line);
/* The stamp of the last line that had one; .ns STORE_NULL: none. */
struct stamp log_time_last(struct log_time *t);

/* ---- processes ---- */

struct log_life {
	int64_t n, start;	/* last cycle: its number, its @ in ns */
	int64_t sched_ms;	/* last schedtrace; -1: none */
	int64_t n_offset;	/* added to n */
	int64_t t_offset;	/* added to times since start, where nothing tells when it began */
	int64_t lo, hi;		/* the process began in [lo, hi], ns since the epoch */
	int64_t waits;		/* ns since start of the last thing that waits for a stamp after it; STORE_NULL */
};
enum { LOG_LIVES = 4 };		/* remembered, to tell mixed processes from restarts */
struct log_lives {
	struct log_life life[LOG_LIVES];
	unsigned n, at, restarts;
	int64_t last_n, last_t;		/* put: the highest number, the highest relative time */
	uint64_t missing;
	bool mixed;
};
void log_lives_init(struct log_lives *l);
/* The process that this cycle is of; *restarted when it is a new one. */
void log_lives_cycle(struct log_lives *l, int64_t n, int64_t start, bool *restarted);
void log_lives_sched(struct log_lives *l, int64_t ms, bool *restarted);
/* What stands `since` ns after the start of its process was written between two stamps. own: the line's own. */
void log_life_bound(struct log_life *life, int64_t since, const struct stamp *before, const struct stamp *own);
void log_life_stamp(struct log_life *life, const struct stamp *after);
/* When it began; *error: give or take. False: nothing tells. */
bool log_life_began(const struct log_life *life, int64_t *began, int64_t *error);

/* ---- crashes ---- */

struct log_crash {
	struct buf text;	/* of the last event */
	char about[160];	/* "runtime: ..." before a fatal error */
	char panic[200];	/* first line of a panic, while its lines go on */
	bool open;		/* the lines after "panic:" */
	uint64_t events;
};
enum log_crash_kind { CRASH_NONE, CRASH_PANIC, CRASH_FATAL, CRASH_SIGNAL, CRASH_MARK };
/* What a message says; CRASH_MARK: ends a dump and is no event (exit status, registers). Text for people in c->text:
 * what the runtime wrote and what it means, never a value of the program. */
enum log_crash_kind log_crash_line(struct log_crash *c, struct str message, enum godump_text *mark,
				   struct log_version *v);
/* True for texts that are certainly the runtime's: for sniffing. */
bool log_crash_certain(struct str message);

/* ---- stacks without a header ---- */

/* The stack inside a JSON string of this line, as lines, into out. */
bool log_stack_json(struct str line, struct buf *out);

/* ---- logs of whose beginning nothing is the runtime's ---- */

bool log_plain(struct str head);	/* most lines have a stamp and text */
bool log_long(struct str head);		/* and there is more of it than the head */

/* ---- the decoder's state ---- */

enum { SERIES_PROCS, SERIES_IDLE, SERIES_THREADS, SERIES_IDLE_THREADS, SERIES_QUEUE, SERIES_N };

struct log {
	const struct decode_opts *o;
	struct sink *out;
	struct godump *dump;
	struct log_time time;
	struct log_lives lives;
	struct log_crash crash;
	struct log_version version;
	uint64_t line;
	bool epoch, clock_put, series_put;

	struct log_gc torn;		/* a gctrace line whose rest is missing */
	unsigned torn_age;		/* lines since; 0: none is open */
	uint64_t cycles, n_torn, n_mended, skipped, n_sched, sched_torn, same_time;

	struct log_sched sched;		/* whose scheddetail is being read */
	bool sched_open;
	size_t sched_column;
	int64_t sched_at, last_point[SERIES_N];

	int64_t procs;			/* GOMAXPROCS, last seen */
	uint64_t procs_changes;

	char name[304];			/* a lone function name: perhaps a stack's first */
	size_t n_name;
	struct buf frames;		/* a stack without header */
	struct buf text;		/* unwrapped line, unescaped stack */
};

int log_put_cycle(struct log *l, const struct log_gc *g, struct str line, struct err *err) ERR_MUST_CHECK;
int log_put_sched(struct log *l, const struct log_sched *s, struct str line, struct err *err) ERR_MUST_CHECK;
int log_put_queue(struct log *l, struct err *err) ERR_MUST_CHECK;
int log_put_event(struct log *l, const char *kind, struct str text, struct str line, struct err *err) ERR_MUST_CHECK;
int log_put_end(struct log *l, struct err *err) ERR_MUST_CHECK;
/* The time of what has none of its own: of the last line that had one. */
int64_t log_now(struct log *l, struct str line);

#endif
