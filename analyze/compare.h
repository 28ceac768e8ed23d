/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare.h - a row of a cube tested between the sides
 */
#ifndef ANALYZE_COMPARE_H
#define ANALYZE_COMPARE_H

#include "analyze/cube.h"
#include "analyze/math/ratio.h"

/* What is compared, by metric. */
struct metric {
	const char *metric;	/* of the measure rows */
	bool by_count;		/* the counts are the amounts */
	const char *id;		/* cpu alloc_bytes alloc_objects mutex_delay ...: metric ids are made of it */
	const char *unit;
	const char *group;	/* source group of its signals */
	enum tau tau_total, tau_user, tau_runtime;
	double phi;		/* dispersion of one profile */
	bool common;		/* scales with the machine's speed: a function must stand out from the common factor too */
	bool asked;		/* only where it is asked for: what it tells, a metric beside it tells too */
};

struct comparison {
	const struct metric *m;
	const struct cube *c;
	struct ratio_window *window[SIDES];	/* scratch, n_side each */
	/* By slice: the cost of what did not change, and its raw samples. A machine that runs slower makes all of it dearer, and so what is
	 * divided by it is free of that. NULL: the metric does not depend on the machine's speed, or there is too little of it. */
	const double *rest, *rest_raw;
	const bool *moved;			/* by symbol: not part of the rest; one that is, is measured against the rest without it */
	const double *tau;			/* of the pass */
	double tau_scale;
	bool by_instance;			/* one run a side and several processes: they are the units */
};

int compare_init(struct comparison *k, struct pass *p, const struct metric *m, const struct cube *c, struct err *err)
	ERR_MUST_CHECK;

/* One comparison, twice: per unit of work, and per unit of the rest's cost (method RATIO_NONE where there is no rest). */
struct compared {
	struct ratio_test work, rest;
	double raw;		/* samples on both sides together: what chance works on */
};
/* symbol 0 with stat STAT_OWN is cost without a user frame; total: the whole slices. */
int compare_symbol(struct comparison *k, enum stat stat, uint32_t symbol, enum tau tau, struct compared *out, struct err *err)
	ERR_MUST_CHECK;
int compare_total(struct comparison *k, struct ratio_test *out, struct err *err) ERR_MUST_CHECK;
/* The cum of one path, which ends in symbol, where the cube has its cells (cell_amount). */
int compare_path(struct comparison *k, uint32_t path, uint32_t symbol, enum tau tau, struct compared *out, struct err *err) ERR_MUST_CHECK;
/* Sums of the caller's, one a slice, with their sampling variances; symbol: what they are costs of, 0 nobody's. */
int compare_cells(struct comparison *k, uint32_t symbol, const double *amount, const double *var, enum tau tau, struct compared *out, struct err *err)
	ERR_MUST_CHECK;
/* Raw samples of a symbol on both sides together: what chance works on. */
double compare_symbol_raw(const struct comparison *k, enum stat stat, uint32_t symbol);
double compare_path_raw(const struct comparison *k, uint32_t path);

#endif
