// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * onsets.c - when each loud signal began, and which began first
 *
 * Every signal that says something over time is looked for in the series of its quantity, over the steady phase of the
 * current side. What the baseline does at the same distance from the start of its load began nowhere: a cache that
 * fills does so on both sides. Two onsets have an order when they are further apart than both their intervals; the
 * sentence of the signal then says it. Where the load itself moves a quantity in the course of a run, it moves it on
 * both sides: what the baseline shows at the same distance is taken away when that tells the instant better.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/math/rank.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"
#include "analyze/tracks.h"
#include "core/fmt.h"

#define MIN_LOUD .2 /* quieter signals began nowhere */
#define MIN_SIZE .5 /* unless they are large: an instant inside one run is evidence that needs no spread between runs  \
		     */
#define MAX_ERR	   30.0 /* seconds: a wider interval is no instant */
#define MIN_SPAN   30.0 /* seconds of steady load: in a shorter one a hiccup of the machine is as much of an instant as a fault */
#define SAME_TIME  5.0	/* seconds: method 6, a slice */
#define BESIDE	   3.0	/* seconds either side in which the baseline's points stand beside one of the current side */
#define MAX_BESIDE 256	/* of them */
#define MAX_LAG	   30	/* steps of a second: correlations are sought so far */

/* Which series speak for which signal, finest first; name may end in '*'. sign: only a change in this direction began
 * anywhere, 0: either (what is left after the load began to be left in it; that less is left did not). */
static const struct {
	const char *signal;
	enum track_kind track[3];
	int n, sign;
} asks[] = {
	{ "heap.live_slope", { TRACK_HEAP }, 1, 0 },
	{ "heap.after_gc", { TRACK_HEAP }, 1, 0 },
	{ "heap.site_growth", { TRACK_HEAP }, 1, 0 },
	{ "recovery.heap", { TRACK_HEAP }, 1, 1 },
	{ "recovery.goroutines", { TRACK_GOROUTINES }, 1, 1 },
	{ "goroutines.slope", { TRACK_GOROUTINES }, 1, 0 },
	{ "goroutines.cluster_growth", { TRACK_GOROUTINES }, 1, 0 },
	{ "goroutines.creator_growth", { TRACK_GOROUTINES }, 1, 0 },
	{ "goroutines.class.*", { TRACK_GOROUTINES }, 1, 0 },
	{ "load.latency_p99", { TRACK_P99, TRACK_P95, TRACK_P50 }, 3, 0 },
	{ "load.rps", { TRACK_RPS }, 1, 0 },
	{ "load.errors", { TRACK_ERRORS }, 1, 0 },
	{ "load.achieved_ratio", { TRACK_ACHIEVED }, 1, 0 },
	{ "gc.rate", { TRACK_GC_RATE }, 1, 0 },
	{ "gc.cpu_share", { TRACK_GC_RATE }, 1, 0 },
	{ "gc.pause_ratio", { TRACK_PAUSE }, 1, 0 },
	{ "gc.pause_p99", { TRACK_PAUSE }, 1, 0 },
	{ "gc.pause_over", { TRACK_PAUSE }, 1, 0 },
	{ "alloc.bytes", { TRACK_ALLOC }, 1, 0 },
	{ "alloc.objects", { TRACK_ALLOC }, 1, 0 },
	{ "cpu.cost", { TRACK_CPU }, 1, 0 },
	{ "cpu.path", { TRACK_CPU }, 1, 0 },
	{ "cpu.busy_cores", { TRACK_CPU }, 1, 0 },
	{ "sched.runnable", { TRACK_RUNNABLE }, 1, 0 },
	{ "threads.slope", { TRACK_THREADS }, 1, 0 },
	{ "mutex.wait", { TRACK_LOCK_WAIT }, 1, 0 },
	{ "mutex.delay", { TRACK_LOCK_WAIT }, 1, 0 },
	{ "mutex.holder_share", { TRACK_LOCK_WAIT }, 1, 0 },
	{ "sig.lock_contention.*", { TRACK_LOCK_WAIT }, 1, 0 },
};

struct found {
	struct track track;
	struct onset onset;
	const struct track_place *place;
};

struct began {
	int64_t signal;
	struct str name, group, why;
	enum track_kind kind;
	const struct found *at;
};

static double err_of(const struct onset *o)
{
	return fmax(o->t - o->lo, o->hi - o->t);
}

/* Does the baseline do the same at the same distance from the start of its load? */
static bool usual(const struct found *base, size_t n, const struct onset *o)
{
	for (size_t i = 0; i < n; i++) {
		const struct onset *b = &base[i].onset;

		if (b->shape != ONSET_NONE && b->size * o->size > 0 && fabs(b->size) > .5 * fabs(o->size) &&
		    fabs(b->t - o->t) <= err_of(b) + err_of(o) + SAME_TIME)
			return true;
	}
	return false;
}

/* x less the baseline's median at the same distance from the start of load, where there is one. */
static int beside(struct pass *p, const struct found *base, size_t n, const struct track *x, struct track *out,
		  struct err *err)
{
	double *t = arena_array(&p->mem, double, x->n + 1), *y = arena_array(&p->mem, double, x->n + 1),
	       near[MAX_BESIDE];
	size_t *from = arena_array(&p->mem, size_t, n + 1);

	*out = (struct track){ t, y, 0 };
	if (!t || !y || !from)
		return err_nomem(err);
	for (size_t i = 0; i < x->n; i++) {
		size_t k = 0;

		for (size_t b = 0; b < n; b++) {
			const struct track *o = &base[b].track;

			while (from[b] < o->n && o->t[from[b]] < x->t[i] - BESIDE)
				from[b]++;
			for (size_t j = from[b]; j < o->n && o->t[j] <= x->t[i] + BESIDE && k < MAX_BESIDE; j++)
				near[k++] = o->y[j];
		}
		if (k) {
			t[out->n] = x->t[i];
			y[out->n++] = x->y[i] - rank_median(near, k);
		}
	}
	return 0;
}

/* An onset of a series is told more sharply where the baseline's course is taken away. */
static int sharpen(struct pass *p, const struct found *base, size_t n, struct found *f, struct err *err)
{
	struct onset *o = &f->onset, d;
	struct track x;
	int rc;

	if (!n || o->shape == ONSET_NONE)
		return 0;
	rc = beside(p, base, n, &f->track, &x, err);
	if (!rc && x.n >= f->track.n / 2)
		rc = onset_find(x.t, x.y, x.n, &d, err);
	else
		return rc;
	if (!rc && d.shape != ONSET_NONE && d.size * o->size > 0 && d.gain > o->gain && d.hi - d.lo <= o->hi - o->lo)
		*o = d;
	return rc;
}

/* A slice from where steady load begins or ends the load itself still moves things. */
static bool at_an_end(const struct track *x, double t)
{
	return t < x->t[0] + SAME_TIME || t > x->t[x->n - 1] - SAME_TIME;
}

/* The clearest onset of one quantity on the current side in a direction; *out NULL: none. */
static int look(struct pass *p, enum track_kind kind, int sign, const struct track_place *place, size_t n,
		const struct found **out, struct err *err)
{
	struct found *f = arena_array(&p->mem, struct found, n + 1);
	size_t base = 0, found = 0;
	int rc = 0;

	*out = NULL;
	if (!f)
		return err_nomem(err);
	for (size_t i = 0; !rc && i < n; i++) {
		struct found *x = &f[found];

		x->place = &place[i];
		x->onset.shape = ONSET_NONE;
		rc = track_load(p, kind, x->place, &x->track, err);
		if (!rc && x->track.n && x->track.t[x->track.n - 1] - x->track.t[0] >= MIN_SPAN)
			rc = onset_find(x->track.t, x->track.y, x->track.n, &x->onset, err);
		found++;
	}
	while (base < found && f[base].place->side == BASE)
		base++;
	for (size_t i = base; !rc && i < found; i++) {
		const struct onset *o = &f[i].onset;

		rc = sharpen(p, f, base, &f[i], err);
		if (!rc && o->shape != ONSET_NONE && o->size * sign > 0 && err_of(o) <= MAX_ERR && !usual(f, base, o) && !at_an_end(&f[i].track, o->t) &&
		    (!*out || o->gain > (*out)->onset.gain))
			*out = &f[i];
	}
	return rc;
}

static bool matches(struct str name, const char *pattern)
{
	size_t n = strlen(pattern);

	if (pattern[n - 1] == '*')
		return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
	return str_is(name, pattern);
}

struct cache {
	const struct found *found[TRACKS][2];
	bool looked[TRACKS][2];
};

/* The best onset among the series of a signal. */
static int seek(struct pass *p, size_t ask, int sign, const struct track_place *place, size_t n, struct cache *c,
		struct began *b, struct err *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < asks[ask].n; i++) {
		enum track_kind k = asks[ask].track[i];
		bool up = sign > 0;

		if (!c->looked[k][up]) {
			rc = look(p, k, sign, place, n, &c->found[k][up], err);
			c->looked[k][up] = true;
		}
		if (c->found[k][up] && (!b->at || err_of(&c->found[k][up]->onset) < err_of(&b->at->onset))) {
			b->at = c->found[k][up];
			b->kind = k;
		}
	}
	return rc;
}

static int load_signals(struct pass *p, const struct track_place *place, size_t n, struct began **out, size_t *n_out,
			struct err *err)
{
	struct {
		int64_t id;
		struct str name, group, why;
		int sign;
	} * row;
	struct cache *cache = arena_array(&p->mem, struct cache, 1);
	struct stmt *q;
	int64_t rows = 0;
	size_t k = 0, found = 0;
	int rc = store_int(p->st, err, &rows, 0, "SELECT count(*) FROM signal", "");

	row = arena_alloc(&p->mem, ((size_t)rows + 1) * sizeof(*row));
	*out = arena_array(&p->mem, struct began, (size_t)rows + 1);
	if (!rc && (!row || !*out || !cache))
		rc = err_nomem(err);
	if (!rc)
		rc = store_query(p->st, &q, err,
				 "SELECT id, name, source_group, coalesce(why, ''), CASE WHEN coalesce(cur, 0) < "
				 "coalesce(base, 0) THEN -1 ELSE 1 END FROM signal"
				 " WHERE state = 'measured' AND (abs(value) >= ? OR abs(size) >= ?) ORDER BY name",
				 "dd", MIN_LOUD, MIN_SIZE);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)k < rows; k++) {
		row[k].id = stmt_int(q, 0);
		row[k].name = arena_str(&p->mem, stmt_text(q, 1));
		row[k].group = arena_str(&p->mem, stmt_text(q, 2));
		row[k].why = arena_str(&p->mem, stmt_text(q, 3));
		row[k].sign = (int)stmt_int(q, 4);
	}
	rc = store_end(q, err);
	for (size_t i = 0; !rc && i < k; i++)
		for (size_t a = 0; !rc && a < sizeof(asks) / sizeof(asks[0]); a++) {
			struct began b = {
				.signal = row[i].id, .name = row[i].name, .group = row[i].group, .why = row[i].why
			};

			if (!matches(row[i].name, asks[a].signal) || (asks[a].sign && asks[a].sign != row[i].sign))
				continue;
			rc = seek(p, a, row[i].sign, place, n, cache, &b, err);
			if (!rc && b.at)
				(*out)[found++] = b;
		}
	*n_out = found;
	return rc;
}

/* Correlation of the changes of two quantities of one run, where it says which follows (method 6); NaN where it does
 * not. */
static int correlate(const struct found *a, const struct found *b, struct arena *mem, double *r, struct err *err)
{
	double from, to;
	double *x, *y;
	struct trend_lag lag;
	size_t n;

	*r = NAN;
	if (a->place->run != b->place->run || !a->track.n || !b->track.n)
		return 0;
	from = floor(fmax(a->track.t[0], b->track.t[0]));
	to = floor(fmin(a->track.t[a->track.n - 1], b->track.t[b->track.n - 1]));
	if (!(to - from >= 2 * MAX_LAG) || to - from > 20000)
		return 0;
	n = (size_t)(to - from);
	x = arena_array(mem, double, n);
	y = arena_array(mem, double, n);
	if (!x || !y)
		return err_nomem(err);
	if (track_on_seconds(&a->track, from, n, x) < n / 2 || track_on_seconds(&b->track, from, n, y) < n / 2)
		return 0;
	for (size_t i = 0; i + 1 < n; i++) { /* two series that climb correlate at any lag: their changes must */
		x[i] = x[i + 1] - x[i];
		y[i] = y[i + 1] - y[i];
	}
	lag = trend_lag(x, y, n - 1, MAX_LAG);
	if (lag.accepted && lag.lag >= 0)
		*r = lag.r;
	return 0;
}

static int put_lags(struct pass *p, struct began *b, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < n; i++)
		for (size_t j = 0; !rc && j < n; j++) {
			const struct onset *x = &b[i].at->onset, *y = &b[j].at->onset;
			double gap = y->t - x->t, e = hypot(err_of(x), err_of(y)), r;

			if (b[i].kind == b[j].kind || gap <= e)
				continue;
			rc = correlate(b[i].at, b[j].at, &p->mem, &r, err);
			if (!rc)
				rc = store_run(p->st, err,
					       "INSERT INTO lag (earlier, later, gap, err, r) VALUES (?, ?, ?, ?, ?)",
					       "iiiid", b[i].signal, b[j].signal, (int64_t)llround(gap * 1e9),
					       (int64_t)llround(e * 1e9), r);
		}
	return rc;
}

/* ", from 97 s after the load began (between 95 s and 99 s), 12 s before latency p99" */
static const char *sentence(struct pass *p, const struct began *b, const struct began *all, size_t n)
{
	const struct onset *o = &b->at->onset;
	const struct began *first = NULL, *next = NULL;
	struct buf text = { .limit = 900 };
	char *s;

	for (size_t i = 0; i < n; i++) {
		const struct onset *x = &all[i].at->onset;
		double e = hypot(err_of(x), err_of(o));

		if (all[i].kind == b->kind)
			continue;
		if (o->t - x->t > e && (!first || x->t < first->at->onset.t))
			first = &all[i];
		if (x->t - o->t > e && (!next || x->t < next->at->onset.t))
			next = &all[i];
	}
	buf_str(&text, b->why);
	buf_printf(&text, "; %s %s %.0f s after the load began (between %.0f and %.0f s)", track_noun[b->kind],
		   o->shape == ONSET_STEP ? o->size > 0 ? "stepped up" : "stepped down"
		   : o->size > 0	  ? "began to rise"
					  : "began to fall",
		   o->t, floor(o->lo), ceil(o->hi));
	if (first)
		buf_printf(&text, ", %.0f s after %s", o->t - first->at->onset.t, track_noun[first->kind]);
	else if (next)
		buf_printf(&text, ", %.0f s before %s", next->at->onset.t - o->t, track_noun[next->kind]);
	s = arena_buf(&p->mem, &text);
	buf_free(&text);
	return s;
}

int pass_onsets(struct pass *p, struct err *err)
{
	struct track_place *place;
	struct began *b = NULL;
	size_t n_places, n = 0;
	int rc = track_places(p, &place, &n_places, err);

	if (rc || p->design == DESIGN_SNAPSHOT)
		return rc;
	rc = load_signals(p, place, n_places, &b, &n, err);
	for (size_t i = 0; !rc && i < n; i++) {
		const struct onset *o = &b[i].at->onset;
		const char *why = sentence(p, &b[i], b, n);

		if (!why)
			return err_nomem(err);
		rc = store_run(p->st, err, "UPDATE signal SET onset = ?, onset_err = ?, why = ? WHERE id = ?", "iisi",
			       b[i].at->place->origin + (int64_t)llround(o->t * 1e9), (int64_t)llround(err_of(o) * 1e9),
			       why, b[i].signal);
	}
	return rc ? rc : put_lags(p, b, n, err);
}
