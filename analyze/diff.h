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
	double common;			/* ln of the factor taken out of the symbols */
};

extern const struct metric diff_metrics[];	/* those of one measure stand together */
extern const size_t diff_n_metrics;
/* Which spread between runs a symbol of this kind has. */
enum tau diff_tau(const struct metric *m, enum symbol_kind kind);

/* Both sides of every visible path, and the deepest path that carries the change of the total. */
int diff_paths(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
	ERR_MUST_CHECK;
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
