// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ingest.c - the door: folders in, rows out
 *
 *     start    walk, read what is known, fork the workers            (no database open: SQLite and fork do not mix)
 *     finish   file by file in list order: wait for it, rows, its end; then what files decide together
 *
 * One loop does all the waiting. Each turn takes what has come from every slot and then turns a bounded piece of the
 * current file into rows, so that workers, the stop flag and the limits of the run are looked after while a giant file
 * is being written. Whatever the number of workers, rows are made in one order by one process: the database does not
 * depend on it.
 */
#include "ingest/ingest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ingest/costs_sink.h"
#include "ingest/known.h"
#include "ingest/pool.h"
#include "ingest/rows.h"

#define PIECE	(256u << 10) /* bytes of records made into rows in one turn: some 20 ms */
#define HOLD	(1u << 20)   /* bytes of a file that wait for its end before rows are made */
#define WAIT_MS 100
/* Larger than any record that a worker of ours sends, smaller than what the pool buffers. */
#define RECORD_MAX (5 * (size_t)WIRE_STRING)

struct ingest {
	struct ingest_opts o;
	struct walk walk;
	struct known known;
	struct job_env env;
	struct pool *pool;
	struct place place;
	struct rows *rows;
	struct sink *sink; /* where records go: those of rows, or of ingest_costs() */
	struct timespec begun;
};

int ingest_start(struct ingest **out, const struct ingest_opts *o, struct err *err)
{
	struct ingest *g = calloc(1, sizeof(*g));

	*out = NULL;
	if (!g)
		return err_nomem(err);
	g->o = *o;
	place_init(&g->place);
	clock_gettime(CLOCK_MONOTONIC, &g->begun); /* for run_seconds only */
	if (walk_open(&g->walk, o, err))
		goto out;
	if (known_load(&g->known, o, err))
		goto out;
	g->env = (struct job_env){ .walk = &g->walk,
				   .known = &g->known,
				   .limits = o->limits,
				   .tree = o->tree,
				   .costs = o->costs,
				   .by_symbol = o->by_symbol,
				   .sandbox = o->sandbox,
				   .find = o->find ? o->find : decoder_find };
	if (pool_open(&g->pool, &g->env, o->workers, err))
		goto out;
	walk_close_roots(&g->walk);
	*out = g;
	return 0;
out:
	ingest_free(g);
	return (int)err->code;
}

void ingest_free(struct ingest *g)
{
	if (!g)
		return;
	pool_close(g->pool);
	rows_close(g->rows);
	place_free(&g->place);
	known_free(&g->known);
	walk_close(&g->walk);
	free(g);
}

static int check_run(const struct ingest *g, struct err *err)
{
	struct timespec now;

	if (g->o.stop && *g->o.stop) {
		int sig = *g->o.stop;

		err_set(err, ERR_SIGNAL, "stopped by signal %d", sig);
		err->signal = sig;
		return ERR_SIGNAL;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	if ((uint64_t)(now.tv_sec - g->begun.tv_sec) >= g->o.limits->run_seconds)
		return err_set(err, ERR_LIMIT, "reading the files took more than %" PRIu64 " s (--limit run_seconds=N)",
			       g->o.limits->run_seconds);
	return 0;
}

static void tell(const struct ingest *g)
{
	struct ingest_progress p = { .files = g->walk.n, .bytes = g->walk.bytes };

	if (!g->o.progress)
		return;
	p.files_done = pool_done(g->pool, &p.bytes_done);
	for (size_t i = 0; i < g->walk.n; i++)
		p.files_done += g->walk.file[i].skip != NULL;
	g->o.progress(g->o.progress_arg, &p);
}

/* Takes what has come; waits for it when there is nothing else to do. */
static int turn(struct ingest *g, bool idle, struct err *err)
{
	uint64_t bytes;
	size_t before = pool_done(g->pool, &bytes);

	if (check_run(g, err) || pool_poll(g->pool, idle ? WAIT_MS : 0, err))
		return (int)err->code;
	if (pool_done(g->pool, &bytes) != before)
		tell(g);
	return 0;
}

/* Makes rows of the next piece. *used: its bytes; *blamed: the file cannot be accepted any more, `why` says why. */
static int consume(struct ingest *g, size_t file, size_t *used, bool *blamed, struct wire_end *why, struct err *err)
{
	struct str bytes = pool_bytes(g->pool, file), piece = bytes;
	int rc;

	*used = *blamed ? bytes.n : 0;
	if (*blamed) {
		pool_take(g->pool, file, bytes.n);
		return 0;
	}
	piece.n = piece.n > PIECE ? PIECE : piece.n;
	rc = wire_replay(piece, used, g->sink, err);
	if (!rc && *used == 0 && piece.n < bytes.n) /* one record larger than a piece */
		rc = wire_replay(bytes, used, g->sink, err);
	if (!rc && *used == 0 && (pool_end(g->pool, file) || bytes.n > RECORD_MAX))
		rc = err_set(err, ERR_FORMAT, "its records end in the middle");
	pool_take(g->pool, file, *used);
	if (rc && rc != ERR_FORMAT && !(g->rows && rows_blames_file(g->rows)))
		return rc;
	if (rc) {
		*blamed = true;
		why->verdict = WIRE_REFUSED;
		snprintf(why->reason, sizeof(why->reason), "%s", err->msg);
	}
	return 0;
}

/*
 * All records of the file, up to its end. A file that is refused before it has sent HOLD bytes never touches the
 * database; whether a larger one was half written is then settled by rows_refuse(). Neither depends on how fast the
 * bytes come.
 */
static int take_records(struct ingest *g, size_t file, bool *blamed, struct wire_end *why, struct err *err)
{
	bool flowing = false;

	for (;;) {
		const struct wire_end *end = pool_end(g->pool, file);
		size_t n = pool_bytes(g->pool, file).n, used = 0;

		flowing = flowing || n >= HOLD || (end && end->verdict != WIRE_REFUSED);
		if (end && (n == 0 || !flowing)) {
			pool_take(g->pool, file, n);
			return 0;
		}
		if (flowing && n && consume(g, file, &used, blamed, why, err))
			return (int)err->code;
		if (turn(g, !flowing || !n || !used, err))
			return (int)err->code;
	}
}

static int wait_for_what(struct ingest *g, size_t file, struct err *err)
{
	while (!pool_what(g->pool, file) && !pool_end(g->pool, file)) {
		if (turn(g, true, err))
			return (int)err->code;
	}
	return 0;
}

static const struct wire_end nonsense = { .verdict = WIRE_REFUSED,
					  .again = true,
					  .reason = "the process that read it sent nonsense" };

/* A worker that says one thing and does another has been taken over. */
static bool consistent(const struct wire_what *what, const struct wire_end *end)
{
	if (end->verdict == WIRE_REFUSED)
		return true;
	if (!what)
		return false;
	if (end->verdict == WIRE_IGNORED)
		return what->decoder == 0;
	return what->decoder > 0 && what->unchanged == (end->verdict == WIRE_UNCHANGED);
}

static int count(struct ingest_stats *s, enum wire_verdict verdict, bool partial)
{
	size_t *of = verdict == WIRE_REFUSED	 ? &s->refused
		     : verdict == WIRE_IGNORED	 ? &s->ignored
		     : verdict == WIRE_UNCHANGED ? &s->unchanged
		     : partial			 ? &s->partial
						 : &s->read;

	++*of;
	return 0;
}

/* A file that was refused and did not change is refused, not read. */
static int still_refused(struct store *st, const struct walk_file *f, bool *yes, struct err *err)
{
	int64_t n;

	if (store_int(st, err, &n, 0, "SELECT status = 'refused' FROM source WHERE path = ?", "t", f->path))
		return (int)err->code;
	*yes = n != 0;
	return 0;
}

/* The rows of a file that a decoder took. */
static int decoded(struct ingest *g, struct store *st, size_t file, struct ingest_stats *stats, struct err *err)
{
	const struct wire_what *what = pool_what(g->pool, file);
	struct wire_end end, why = { .verdict = WIRE_READ };
	bool blamed = false, partial;

	if (rows_begin(g->rows, &g->walk.file[file], what, err) || take_records(g, file, &blamed, &why, err))
		return (int)err->code;
	end = *pool_end(g->pool, file);
	if (!consistent(what, &end))
		end = nonsense;
	else if (end.verdict != WIRE_REFUSED && blamed)
		end = why;
	if (end.verdict == WIRE_REFUSED)
		return rows_refuse(g->rows, &end, err) ? (int)err->code : count(stats, WIRE_REFUSED, false);
	if (rows_accept(g->rows, &end, &partial, err))
		return (int)err->code;
	if (end.verdict == WIRE_UNCHANGED && still_refused(st, &g->walk.file[file], &blamed, err))
		return (int)err->code;
	return count(stats, blamed ? WIRE_REFUSED : end.verdict, partial);
}

static int one_file(struct ingest *g, struct store *st, size_t file, struct ingest_stats *stats, struct err *err)
{
	const struct walk_file *f = &g->walk.file[file];
	const struct wire_what *what;
	struct wire_end end = { .verdict = WIRE_IGNORED };
	bool blamed = true;

	if (f->skip) {
		snprintf(end.reason, sizeof(end.reason), "%s", f->skip_why);
		return rows_aside(g->rows, f, NULL, f->skip, &end, err) ? (int)err->code
									: count(stats, WIRE_IGNORED, false);
	}
	if (wait_for_what(g, file, err))
		return (int)err->code;
	what = pool_what(g->pool, file);
	if (what && what->decoder > 0)
		return decoded(g, st, file, stats, err);
	if (take_records(g, file, &blamed, &end, err)) /* of none; only its end */
		return (int)err->code;
	end = *pool_end(g->pool, file);
	if (!consistent(what, &end))
		end = nonsense;
	return rows_aside(g->rows, f, what, "unreadable", &end, err) ? (int)err->code
								     : count(stats, end.verdict, false);
}

static int all_files(struct ingest *g, struct store *st, struct ingest_stats *stats, struct err *err)
{
	size_t gone;

	if ((g->known.n == 0 && known_clear(st, err)) || known_drop_gone(st, &g->walk, &gone, err) ||
	    rows_open(&g->rows, st, g->o.limits, &g->place, err))
		return (int)err->code;
	g->sink = rows_sink(g->rows);
	tell(g);
	for (size_t i = 0; i < g->walk.n; i++) {
		if (one_file(g, st, i, stats, err))
			return err->code == ERR_STORE ? err_wrap(err, "'%.200s'", g->walk.file[i].path.p)
						      : (int)err->code;
		pool_forget(g->pool, i);
	}
	if ((gone || rows_dropped(g->rows)) && known_sweep(st, err))
		return (int)err->code;
	return place_apply(&g->place, st, &g->walk, err);
}

int ingest_finish(struct ingest *g, struct store *st, struct ingest_stats *stats, struct err *err)
{
	*stats = (struct ingest_stats){ 0 };
	if (g->o.stop)
		store_stop_on(st, g->o.stop);
	if (store_begin(st, err))
		return (int)err->code;
	if (all_files(g, st, stats, err) || known_stamp(st, &g->o, err) || store_commit(st, err)) {
		store_rollback(st);
		return (int)err->code;
	}
	return store_make_indexes(st, err);
}

/* *plain stays true when the file is a profile and was read whole. */
static int costs_of(struct ingest *g, size_t file, struct profile_costs *out, bool *plain, struct err *err)
{
	const struct wire_what *what;
	struct wire_end why = { .verdict = WIRE_READ };
	struct costs_sink sink;
	bool blamed = false;

	if (wait_for_what(g, file, err))
		return (int)err->code;
	what = pool_what(g->pool, file);
	*plain = what && what->decoder > 0 && strcmp(what->kind, decoder_pprof.kind) == 0;
	if (!*plain)
		return 0;
	costs_sink_init(&sink, out, g->o.limits);
	g->sink = &sink.sink;
	if (take_records(g, file, &blamed, &why, err))
		return (int)err->code;
	*plain = !blamed && consistent(what, pool_end(g->pool, file)) && pool_end(g->pool, file)->verdict == WIRE_READ && costs_sink_plain(&sink);
	return 0;
}

int ingest_costs(struct ingest *g, struct profile_costs out[2], bool *plain, struct ingest_stats *stats, struct err *err)
{
	const struct walk_file *f = g->walk.file;

	*stats = (struct ingest_stats){ 0 };
	*plain = g->walk.n == 2 && f[0].root != f[1].root && f[0].root < 2 && f[1].root < 2 && !f[0].skip && !f[1].skip;
	tell(g);
	for (size_t i = 0; *plain && i < 2; i++) {
		if (costs_of(g, i, &out[f[i].root], plain, err))
			return (int)err->code;
		pool_forget(g->pool, i);
		stats->read++;
	}
	return 0;
}
