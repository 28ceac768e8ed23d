// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_put.c - what was read of a log, as records
 */
#include "ingest/log.h"

enum { EVENTS_MAX = 1000 };

#define MIB (INT64_C(1) << 20)
#define MS  INT64_C(1000000)

static int put_clock_once(struct log *l, struct err *err)
{
	if (l->clock_put)
		return 0;
	l->clock_put = true;
	return put_clock(l->out, err, (struct rec_clock){ l->epoch ? STR_LIT("epoch") : STR_LIT("process") });
}

/* The time of what stands `since` ns after the start of its process; written: ns since start when its line was.
 * STORE_NULL: unknown. */
static int64_t time_of(struct log *l, int64_t since, int64_t written, struct str line, int64_t *error)
{
	struct log_life *life = &l->lives.life[l->lives.at];
	struct stamp own, last = log_time_last(&l->time);
	int64_t began, t;

	*error = MS; /* both count whole milliseconds */
	if (!l->epoch) {
		t = life->t_offset + since;
		l->lives.last_t = t > l->lives.last_t ? t : l->lives.last_t;
		return t;
	}
	log_life_bound(life, written, last.ns == STORE_NULL ? NULL : &last,
		       log_time_of(&l->time, line, &own) ? &own : NULL);
	if (!log_life_began(life, &began, error) || __builtin_add_overflow(began, since, &t))
		return STORE_NULL;
	if (*error != STORE_NULL)
		*error += MS;
	return t;
}

int64_t log_now(struct log *l, struct str line)
{
	struct stamp s;

	if (l->epoch)
		return log_time_of(&l->time, line, &s) ? s.ns : log_time_last(&l->time).ns;
	return l->clock_put ? l->lives.last_t : STORE_NULL;
}

static int restart(struct log *l, const char *what, struct str line, struct err *err)
{
	struct buf text = { .limit = 200 };
	int rc;

	buf_printf(&text, "%s begins again: a new process", what);
	rc = log_put_event(l, "restart", buf_view(&text), line, err);
	buf_free(&text);
	return rc ? rc : put_life(l->out, err, (struct rec_life){ .n = (int64_t)l->lives.restarts });
}

static void saw_procs(struct log *l, int64_t procs)
{
	l->procs_changes += l->procs != STORE_NULL && l->procs != procs;
	l->procs = procs;
}

static bool sane(const struct log_gc *g)
{
	for (int i = 0; i < GC_FIELDS; i++) {
		bool size = (i >= GC_X && i <= GC_GLOBALS);

		if (g->v[i] > (size ? INT64_C(1) << 42 : INT64_C(1) << 60))
			return false;
	}
	return g->v[GC_N] > 0 && g->v[GC_N] < INT64_C(1) << 40 && g->v[GC_PROCS] > 0 && g->v[GC_PROCS] < 1 << 20;
}

int log_put_cycle(struct log *l, const struct log_gc *g, struct str line, struct err *err)
{
	const int64_t *v = g->v;
	int64_t n, t, error, end = v[GC_START] + v[GC_A] + v[GC_B] + v[GC_C];
	bool again;
	int rc = 0;

	if (!sane(g)) {
		l->n_torn++;
		return 0;
	}
	log_lives_cycle(&l->lives, v[GC_N], v[GC_START], &again);
	t = time_of(l, v[GC_START], end, line, &error);
	if (t != STORE_NULL)
		rc = put_clock_once(l, err);
	if (!rc && again)
		rc = restart(l, "the numbering of GC cycles", line, err);
	n = l->lives.life[l->lives.at].n_offset + v[GC_N];
	n = n > l->lives.last_n ? n : l->lives.last_n + 1;
	l->lives.last_n = n;
	l->cycles++;
	saw_procs(l, v[GC_PROCS]);
	if (v[GC_STACKS] == STORE_NULL)
		log_at_most(&l->version, 17);
	else
		log_at_least(&l->version, g->leak_check ? 26 : 18);
	if (rc)
		return rc;
	return put_gc_cycle(l->out, err,
			    (struct rec_gc_cycle){ .n = n,
						   .t = t,
						   .t_err = t == STORE_NULL ? STORE_NULL : error,
						   .pause = v[GC_A] + v[GC_C],
						   .pause1 = v[GC_A],
						   .pause2 = v[GC_C],
						   .mark = v[GC_B],
						   .assist = v[GC_E],
						   .background = v[GC_F],
						   .idle = v[GC_G],
						   .heap_start = v[GC_X] * MIB,
						   .heap_end = v[GC_Y] * MIB,
						   .heap_live = v[GC_Z] * MIB,
						   .goal = v[GC_GOAL_MB] * MIB,
						   .procs = v[GC_PROCS],
						   .forced = g->forced });
}

/* ---- schedtrace ---- */

static int put_series_once(struct log *l, struct err *err)
{
	static const char *const names[SERIES_N] = { "sched.gomaxprocs", "sched.idle_procs", "threads",
						     "sched.idle_threads", "sched.runqueue" };
	int rc = 0;

	if (l->series_put)
		return 0;
	l->series_put = true;
	for (int i = 0; i < SERIES_N && !rc; i++)
		rc = put_series(l->out, err,
				(struct rec_series){ .id = i,
						     .name = str_from(names[i]),
						     .label = STR_LIT(""),
						     .unit = STR_LIT("count"),
						     .kind = STR_LIT("gauge") });
	return rc;
}

static int point(struct log *l, int series, int64_t value, struct err *err)
{
	if (l->sched_at <= l->last_point[series]) {
		l->same_time += series == SERIES_PROCS;
		return 0;
	}
	l->last_point[series] = l->sched_at;
	return put_point(l->out, err, (struct rec_point){ series, l->sched_at, 0, (double)value });
}

int log_put_queue(struct log *l, struct err *err)
{
	l->sched_open = false;
	return l->sched_at == STORE_NULL ? 0 : point(l, SERIES_QUEUE, l->sched.queue, err);
}

int log_put_sched(struct log *l, const struct log_sched *s, struct str line, struct err *err)
{
	int64_t error;
	bool again;
	int rc = 0;

	log_lives_sched(&l->lives, s->ms, &again);
	l->sched = *s;
	l->n_sched++;
	saw_procs(l, s->procs);
	if (s->needspinning)
		log_at_least(&l->version, s->ticks ? 25 : 20);
	else
		log_at_most(&l->version, 19);
	l->sched_at = time_of(l, s->ms * MS, s->ms * MS, line, &error);
	if (l->sched_at == STORE_NULL)
		return 0;
	rc = put_clock_once(l, err);
	if (!rc && again)
		rc = restart(l, "schedtrace", line, err);
	if (!rc)
		rc = put_series_once(l, err);
	if (!rc)
		rc = point(l, SERIES_PROCS, s->procs, err);
	if (!rc)
		rc = point(l, SERIES_IDLE, s->idle, err);
	if (!rc)
		rc = point(l, SERIES_THREADS, s->threads, err);
	if (!rc)
		rc = point(l, SERIES_IDLE_THREADS, s->idle_threads, err);
	l->sched_open = true; /* the queues of the Ps may follow */
	return rc || !s->list ? rc : log_put_queue(l, err);
}

/* ---- events ---- */

int log_put_event(struct log *l, const char *kind, struct str text, struct str line, struct err *err)
{
	int64_t t;

	if (l->crash.events++ >= EVENTS_MAX)
		return 0;
	t = log_now(l, line);
	if (t != STORE_NULL && put_clock_once(l, err))
		return (int)err->code;
	return put_event(l->out, err, (struct rec_event){ .t = t, .span = 0, .kind = str_from(kind), .text = text });
}

/* ---- at the end ---- */

static int note(struct log *l, bool lost, uint64_t n, const char *text, struct err *err)
{
	struct godump *g = l->dump;

	return n ? godump_note(g, lost, 0, err, "%llu %s", (unsigned long long)n, text) : 0;
}

static int put_notes(struct log *l, struct err *err)
{
	const struct log_lives *lives = &l->lives;
	uint64_t crashes = l->crash.events > EVENTS_MAX ? l->crash.events : 0;
	uint64_t missing = !lives->mixed && lives->missing > l->n_torn ? lives->missing - l->n_torn : 0;
	int rc =
		note(l, true, l->n_torn, "gctrace lines were torn apart by other writers and could not be mended", err);

	if (!rc)
		rc = note(l, false, l->n_mended, "gctrace lines were torn apart by other writers and mended", err);
	if (!rc)
		rc = note(l, true, missing, "GC cycles are missing between those that are here", err);
	if (!rc)
		rc = note(l, true, l->sched_torn, "schedtrace lines were torn apart by other writers", err);
	if (!rc)
		rc = note(l, false, l->same_time, "schedtrace lines at a time that has one already are left out", err);
	if (!rc)
		rc = note(l, false, l->skipped, "lines of inittrace, scavtrace, pacertrace and the like are not used",
			  err);
	if (!rc)
		rc = note(l, true, crashes, "events in all: the first thousand are kept", err);
	if (!rc && lives->mixed)
		rc = godump_note(l->dump, false, 0, err,
				 "gctrace lines of several processes are mixed: cycles are numbered as they come");
	if (!rc && !l->epoch && lives->restarts)
		rc = godump_note(l->dump, false, 0, err,
				 "no stamps: times of a later process count on from the last of the one before");
	if (!rc && l->time.yearless)
		rc = godump_note(l->dump, false, 0, err, "the stamps of this log have no year and are not used");
	if (!rc && l->procs_changes)
		rc = godump_note(l->dump, false, 0, err, "GOMAXPROCS changed %llu times, the last value counts",
				 (unsigned long long)l->procs_changes);
	return rc;
}

static int put_procs(struct log *l, struct err *err)
{
	struct buf text = { .limit = 32 };
	int rc;

	if (l->procs == STORE_NULL)
		return 0;
	buf_printf(&text, "%lld", (long long)l->procs);
	rc = put_setting(l->out, err, (struct rec_setting){ STR_LIT("GOMAXPROCS"), buf_view(&text), STR_LIT("file") });
	buf_free(&text);
	return rc;
}

int log_put_end(struct log *l, struct err *err)
{
	struct godump *g = l->dump;
	bool empty;
	int rc;

	if (l->version.min != STORE_NULL)
		g->go_min = g->go_min == STORE_NULL || l->version.min > g->go_min ? l->version.min : g->go_min;
	if (l->version.max != STORE_NULL)
		g->go_max = g->go_max == STORE_NULL || l->version.max < g->go_max ? l->version.max : g->go_max;
	rc = put_procs(l, err);
	if (!rc && l->epoch) /* dumps have its times */
		rc = put_clock_once(l, err);
	if (!rc)
		rc = godump_put(g, err);
	if (!rc)
		rc = put_notes(l, err);
	empty = !l->cycles && !l->n_sched && !l->crash.events && !g->n_dumps;
	if (!rc && empty)
		rc = godump_note(g, false, 0, err,
				 "a log without gctrace, schedtrace, panics or goroutine dumps: nothing to read in it");
	return rc;
}
