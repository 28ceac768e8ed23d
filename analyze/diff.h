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
/* pass_diff() of two profiles without a store: every metric's total and functions, into p->kept. full: numbers of events are tested too, as with a tree. */
struct profile_costs;
int diff_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool full, struct err *err) ERR_MUST_CHECK;
/* Which spread between runs a symbol of this kind has. */
enum tau diff_tau(const struct metric *m, enum symbol_kind kind);

#define DIFF_MIN_RAW 20		/* independent filtering: fewer samples on both sides together are not tested */
/* Both sides of every visible path, and the deepest paths that carry a change. */
int diff_paths(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;
/* Callers and callees of the functions that were asked for. */
int diff_edges(struct pass *p, const struct tree *t, struct comparison *k, const struct diff_metric *d, struct err *err) ERR_MUST_CHECK;
/* How the sides were compiled differently (toolchain.c). */
struct toolchains {
	char what[240];		/* "" when they were not, as far as is known */
	bool one_source;	/* and from one revision: nothing but the toolchain differs */
	double reach;		/* else: the largest relative change that is put down to it */
};
int diff_toolchains(struct pass *p, struct toolchains *t, struct err *err) ERR_MUST_CHECK;
/* Without a store: whether two profiles look as if compiled differently, or nearly so. */
int toolchains_in_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool *yes, struct err *err) ERR_MUST_CHECK;
/* Changes of a metric that another compiler explains: status shifted, rows of shift of kind toolchain. */
int diff_toolchain(struct pass *p, const struct diff_metric *d, const struct toolchains *t, struct err *err) ERR_MUST_CHECK;
int diff_toolchain_caveat(struct pass *p, const struct toolchains *t, struct err *err) ERR_MUST_CHECK;
/* New functions whose cost came out of one that both sides have: status shifted, a row of shift. */
int diff_shifts(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;
/* Found changes that cancel within a cost domain: status shifted, rows of shift of kind type, prefix, caller, package (domains.c). */
int diff_domains(struct pass *p, const struct tree *t, const struct cube *c, const struct diff_metric *d, struct err *err) ERR_MUST_CHECK;
/* Functions inlined on one side only, and their callers: rows of shift of kind inlining (inlining.c). */
int diff_inlining(struct pass *p, const struct diff_metric *d, struct err *err) ERR_MUST_CHECK;
/* A symbol's found changes of a metric, and those of paths that end in it, are no findings. */
int diff_mark_shifted(struct pass *p, const struct diff_metric *d, uint32_t symbol, struct err *err) ERR_MUST_CHECK;
/* What the user functions whose own CPU grew spend it on: signals cpu.path.<kind>; loud: share of the total that speaks with full voice. */
int diff_path_kinds(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, double loud, struct err *err)
	ERR_MUST_CHECK;
/* What this metric says to the causes. */
int diff_signals(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;

#endif
