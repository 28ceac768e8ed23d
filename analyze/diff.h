/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diff.h - one metric's comparison, handed from the tests of functions to those of paths and to the signals
 */
#ifndef ANALYZE_DIFF_H
#define ANALYZE_DIFF_H

#include "analyze/change.h"
#include "analyze/compare.h"

struct diff_metric {
	const struct metric *m;
	const char *id, *unit;		/* cpu_per_request, ns/request */
	double whole;			/* the metric's total on the larger side */
	int64_t total_change;		/* change.id of the total */
	struct change total;
};

/* Fills k->rest: the symbols whose share of the cost did not change, slice by slice (diff_rest.c). */
int diff_rest(struct pass *p, const struct tree *t, struct comparison *k, struct err *err) ERR_MUST_CHECK;

extern const struct metric diff_metrics[];	/* those of one measure stand together */
extern const size_t diff_n_metrics;
/* Which spread between runs a symbol of this kind has. */
enum tau diff_tau(const struct metric *m, enum symbol_kind kind);

#define DIFF_MIN_RAW 20		/* independent filtering: fewer samples on both sides together are not tested */
/* Both sides of every visible path, and the deepest paths that carry a change. */
int diff_paths(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;
/* Callers and callees of the functions that were asked for. */
int diff_edges(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err) ERR_MUST_CHECK;
/* How the sides were compiled differently, "" when they were not, as far as is known (toolchain.c). */
int diff_toolchains(struct pass *p, char *what, size_t size, struct err *err) ERR_MUST_CHECK;
/* Changes of a metric that another compiler explains: status shifted, rows of shift of kind toolchain. */
int diff_toolchain(struct pass *p, const struct diff_metric *d, const char *what, struct err *err) ERR_MUST_CHECK;
int diff_toolchain_caveat(struct pass *p, const char *what, struct err *err) ERR_MUST_CHECK;
/* New functions whose cost came out of one that both sides have: status shifted, a row of shift. */
int diff_shifts(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;
/* What the user functions whose own CPU grew spend it on: signals cpu.path.<kind>; loud: share of the total that speaks with full voice. */
int diff_path_kinds(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, double loud, struct err *err)
	ERR_MUST_CHECK;
/* What this metric says to the causes. */
int diff_signals(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;

#endif
