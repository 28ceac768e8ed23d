/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plot.h - what happened over time, as curves: both sides on one axis from the start of load
 *
 * Loaded from views like the model, thinned to what a picture can show, and drawn by gnuplot when there is one. A chart is there only
 * when its data is; whether it was drawn is another matter, so a writer must be able to print its numbers instead.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/store.h"

struct flames;

enum plot_kind { PLOT_PAUSE, PLOT_HEAP, PLOT_RATE, PLOT_P50, PLOT_P95, PLOT_P99, PLOT_GOROUTINES, PLOT_ECDF, PLOT_SLICES, PLOT_KINDS };
enum { PLOT_BASE, PLOT_CUR, PLOT_SIDES };

struct plot_point {
	double x, y;	/* s from the start of load, and the chart's unit; a NaN y ends a stroke: another run or process follows */
};

struct plot_line {
	struct plot_point *v;	/* thinned */
	size_t n;
	size_t measured;	/* points before thinning */
};

/* When a signal began, on the axis of the current side. */
struct plot_onset { struct str name, why; double x, err; };

/* The law that describes a side's GC pauses best. */
struct plot_fit {
	enum { FIT_NONE, FIT_LOGNORMAL, FIT_GAMMA, FIT_WEIBULL } law;
	double a, b;	/* ns; as in table fit */
};

#define PLOT_BINS 8
#define PLOT_ONSETS 9	/* marked at most, the loudest signals */

struct plot_bin {
	double t0, t1, y[PLOT_SIDES];	/* NaN: nothing was measured then */
};

struct plot_chart {
	bool there;
	struct plot_line line[PLOT_SIDES];
	struct plot_bin bin[PLOT_BINS];	/* medians of equal stretches of time (of GC pauses: the longest); not of the ECDF */
	size_t bins;
	struct str svg;			/* checked; STR_NONE: not drawn */
};

struct plots {
	struct arena arena;
	struct plot_chart chart[PLOT_KINDS];
	size_t there;			/* charts */
	struct plot_onset onset[PLOT_ONSETS];	/* by time */
	size_t onsets;
	struct plot_fit fit[PLOT_SIDES];
	double x_lo, x_hi;		/* of all charts over time */
	struct flames *flames;		/* report/flame.h: the call trees, loaded with the curves */
	const char *why;		/* why nothing was drawn; NULL: all was */
};

/* Reads the curves. Never more than a few thousand points a chart. */
int plot_load(struct plots **out, struct store *st, struct err *err) ERR_MUST_CHECK;
/* Starts gnuplot (an absolute path; NULL: there is none) once for all charts. What goes wrong is in p->why: it is no error. stop, when
 * it becomes other than 0, ends it. */
void plot_draw(struct plots *p, const char *gnuplot, const volatile int *stop);
void plot_free(struct plots *p);	/* NULL is fine */

#define PLOT_WIDE 560		/* of every picture */
int plot_high(const struct plots *p, enum plot_kind k);
/* Charts over time from top to bottom: one axis, whose numbers stand below the lowest that is there. */
#define PLOT_STACK 8
extern const enum plot_kind plot_stack[PLOT_STACK];
bool plot_lowest(const struct plots *p, enum plot_kind k);
const char *plot_title(enum plot_kind k);
struct str plot_unit(enum plot_kind k);		/* for words_value() */
bool plot_highest(enum plot_kind k);		/* its table tells the highest of a stretch of time, not the median */
/* y as it is drawn: divided by a unit that suits the chart; *word is that unit: "ms", "MiB", "". */
double plot_scale(const struct plot_chart *c, enum plot_kind k, const char **word);

/* Private to plot*.c. Appends the first picture of *rest, checked and rewritten, its ids made unique by k; *rest is then what follows
 * it. false: there is none, or it holds what a picture of ours cannot hold. */
bool plot_svg(struct buf *out, struct str *rest, enum plot_kind k, int high);
void plot_script(struct buf *out, const struct plots *p, const char *mark);
int plot_load_marks(struct plots *p, struct store *st, struct err *err) ERR_MUST_CHECK;	/* onsets, fits */

#endif
