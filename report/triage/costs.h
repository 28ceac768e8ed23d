/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * costs.h - the call tree in memory, summed for what is looked at: a metric, a focus, a window of time
 *
 * A million call sites do not fit between two keys, so the work is cut into pieces: costs_step() does some and returns. Sums are those
 * of the report (path_cost), exactly: amounts of the used slices of a side, divided by the requests, the seconds, or 1 of the same slices.
 *
 * Paths are the canonical tree, numbered as in the database, 0 its root; a parent's number is below its children's. Arrays have
 * n_paths + 1 places.
 */
#ifndef REPORT_TRIAGE_COSTS_H
#define REPORT_TRIAGE_COSTS_H

#include "core/map.h"
#include "core/store.h"
#include "report/triage/search.h"

enum { BASE, CUR, SIDES };

struct costs_metric {
	const char *metric;	/* cpu, alloc ... */
	const char *id;		/* of the tables of names: cpu_per_request */
	const char *unit;	/* ns, bytes, count */
	bool counts;		/* counts, not amounts */
	bool instant;		/* a level, not divided by anything */
};

struct costs_window { bool on; double lo, hi; };

struct costs_site { uint32_t parent, path, func, line; };

struct costs {
	struct store *st;
	struct arena arena;
	int64_t analysis;
	bool per_request;
	struct costs_metric *metric;
	size_t n_metrics, at;		/* at: the one that is summed */

	uint32_t n_symbols, n_paths, n_sites;
	struct str *name;		/* by symbol, clean; [0] "all" */
	char *kind;			/* by symbol: u(ser) d(ependency) s(td) r(untime) p(rofiler) */
	struct map names;		/* name -> a number; by_name[number] is the symbol */
	uint32_t *by_name;
	uint32_t *parent, *symbol, *child, *next;	/* by path; child: the first, next: its sibling, 0 ends */
	struct costs_site *site;	/* by call site */
	double *site_flat[SIDES];	/* as measured in the window, before focus and ignore */
	double *flat[SIDES], *cum[SIDES];	/* by path, after them */
	bool *matched;			/* by path: focus has it (on this stack above or here); only with a focus */
	double exposure[SIDES];		/* what amounts are divided by; 0: there is no slice */
	size_t slices[SIDES], left_out;	/* used; outside the window or without a time */

	struct costs_job *job;
	bool ready, failed;
	struct err err;
	unsigned generation;		/* changes with every new sum */
};

int costs_new(struct costs **out, struct store *st, int64_t analysis, bool per_request, struct err *err) ERR_MUST_CHECK;
void costs_free(struct costs *c);
/* What is wanted from now on; borrowed until the next call. Cheap when nothing changed. */
void costs_want(struct costs *c, size_t metric, struct search *focus, struct search *ignore, struct costs_window w);
/* true: there is more to do. ms: about so long. */
bool costs_step(struct costs *c, int ms);
/* How far: 0 .. 1. */
double costs_done(const struct costs *c);
uint32_t costs_symbol(const struct costs *c, struct str name);	/* 0: there is none */

enum costs_unit { COSTS_PER, COSTS_TOTAL, COSTS_SHARE, COSTS_UNITS };
/* A sum as it is shown. */
double costs_value(const struct costs *c, enum costs_unit u, int side, double amount);
/* s from the start of load; NaN without a time. */
double costs_time(const struct costs *c, int64_t run, int64_t t);

#endif
