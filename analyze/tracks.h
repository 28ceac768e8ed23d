/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tracks.h - one quantity of one process over the steady phase of a side: what onsets and lags are sought in
 */
#ifndef ANALYZE_TRACKS_H
#define ANALYZE_TRACKS_H

#include "analyze/math/onset.h"
#include "analyze/pass.h"

enum track_kind {
	TRACK_HEAP, /* heap after GC */
	TRACK_GOROUTINES,
	TRACK_PAUSE,   /* ln of the GC pause */
	TRACK_GC_RATE, /* cycles a second */
	TRACK_ALLOC,   /* bytes a second */
	TRACK_CPU,     /* seconds a second */
	TRACK_RUNNABLE,
	TRACK_THREADS,
	TRACK_LOCK_WAIT, /* ln of seconds a second: queues vary by orders of magnitude */
	TRACK_RPS,
	TRACK_ERRORS,	/* per request */
	TRACK_ACHIEVED, /* completed of offered */
	TRACK_P50,
	TRACK_P95,
	TRACK_P99, /* ln of the latency */
	TRACKS
};

/* What a reader calls it: "goroutines", "heap after GC". */
extern const char *const track_noun[TRACKS];

/* The steady phase of one process on one side. */
struct track_place {
	int64_t instance, run, t0, t1; /* ns; the times of the stretch */
	int64_t origin;		       /* ns: where the time axis of the run begins */
	enum side side;
};

struct track {
	double *t, *y; /* seconds since the origin, ascending; the pass's arena */
	size_t n;
};

/* The places of both sides that have a time, in the order of their runs and names. */
int track_places(struct pass *p, struct track_place **place, size_t *n, struct err *err) ERR_MUST_CHECK;
/* n 0: nothing tells this quantity here. */
int track_load(struct pass *p, enum track_kind kind, const struct track_place *at, struct track *out,
	       struct err *err) ERR_MUST_CHECK;
/* On n whole seconds from `from` on: the mean of each second's points, in a second without any the value before it.
 * Returns how many had some; x is not empty. */
size_t track_on_seconds(const struct track *x, double from, size_t n, double *out);

#endif
