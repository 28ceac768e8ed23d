/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guilty.h - from a symbol to the exact function and line that carries its growth
 */
#ifndef ANALYZE_GUILTY_H
#define ANALYZE_GUILTY_H

#include "analyze/catalogue.h"
#include "analyze/tree.h"
#include "core/map.h"

#define GUILTY_METRICS 6

/* The growth of each path's own cost per unit of work, by metric; loaded once. */
struct guilty_costs {
	const char *metric[GUILTY_METRICS];
	double *growth[GUILTY_METRICS];	/* by path; NULL: the metric is not there */
	size_t n;
};

struct guilty_lines {
	const struct tree *t;
	uint32_t n;			/* callsites */
	uint32_t *owner;		/* by callsite: the nearest user call site at or above it, 0 none */
	uint32_t *symbol, *func;	/* by callsite */
	int32_t *line;
	struct guilty_costs costs;
	/* The places of one measure, of all user symbols: its samples are read once. */
	const char *measure;
	struct map places;
	struct guilty_place *place;
	uint32_t cap;
};

int guilty_lines_load(struct guilty_lines *g, struct pass *p, const struct tree *t, struct err *err) ERR_MUST_CHECK;
/* The (function, line) of a user symbol whose own cost per unit of work grew most; STORE_NULL when it has no samples. */
int guilty_line(struct guilty_lines *g, struct pass *p, const char *measure, uint32_t symbol, int64_t *func, int64_t *line,
		struct err *err) ERR_MUST_CHECK;
void guilty_lines_free(struct guilty_lines *g);

/*
 * The symbol above the frames of a cost signature under which its cost grew most: the nearest user function, or where none stands there the nearest
 * library function. 0: nothing grew. share: of the growth of all such symbols.
 */
int guilty_payer(struct guilty_costs *g, struct pass *p, const struct tree *t, const struct cause_frames *f, uint32_t *symbol, double *share, struct err *err) ERR_MUST_CHECK;
/* The library function nearest to the leaf that carries half or more of what a user function's own cost grew by; 0: none. share: of that growth. */
int guilty_library(struct guilty_costs *g, struct pass *p, const struct tree *t, const char *measure, uint32_t owner, uint32_t *symbol, double *share,
		   struct err *err) ERR_MUST_CHECK;

/*
 * The symbols whose live heap grew most from the first to the last snapshot of the current side, beyond what it grew by on the baseline, largest first:
 * user functions, or libraries where no user code stands above. For a leak that began too late to show in a mean over the run.
 * n: in how many to look for, out how many there are; growth: bytes; all: of all that grew.
 */
int guilty_kept(struct pass *p, const struct tree *t, uint32_t *symbol, double *growth, size_t *n, double *all, struct err *err) ERR_MUST_CHECK;

#endif
