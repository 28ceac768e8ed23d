/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pass.h - what the passes share: private to analyze/
 *
 * A pass is one file, reads and writes the store, knows SQL and no formula (formulas live in math/). Passes run in the order of
 * analyze.c; a later one reads what an earlier one wrote from the store, or from the fields below.
 */
#ifndef ANALYZE_PASS_H
#define ANALYZE_PASS_H

#include "analyze/analyze.h"
#include "analyze/taus.h"
#include "core/arena.h"

enum side { BASE, CUR, SIDES };
enum design { DESIGN_TWO_SIDES, DESIGN_EARLY_LATE, DESIGN_SPLIT, DESIGN_SNAPSHOT };

extern const char *const side_name[SIDES];	/* 'baseline', 'current': the CHECK lists of the schema */
extern const char *const design_name[];

#define ANALYSIS 1	/* today a store holds one analysis; the schema keeps room for more */

/* What a comparison without a store keeps: the rows of change and caveat (pair.c). */
struct kept {
	struct change *change;
	size_t n, cap;
	const char *caveat[8];
};

struct pass {
	struct store *st;		/* NULL: two profiles in memory, and what is found goes to kept */
	struct kept *kept;
	const struct analyze_opts *o;
	const struct analyze_catalogue *cat;
	struct arena mem;		/* dies with the analysis */
	enum design design;
	bool brief;			/* analyze_diff(): every row of the diff is kept, and nothing else is asked */
	bool per_request;		/* costs are divided by requests, else by seconds */
	int64_t n_runs[SIDES], n_instances[SIDES];
	double effect_share, effect_relative, pause_ns;
	const double *tau;		/* by enum tau */
	struct analyze_tau *fitted;	/* pass_calibrate(): TAUS of them */
	double tau_scale;		/* of the assumed spread between runs: 1, or less when both sides are one process */
	struct view *view;		/* pass_view(): what of the stacks is looked at; NULL: all */
	int64_t align_ns;		/* an event this far outside a phase belongs to it */
	bool by_label;			/* table split says which samples count on which side */
	bool one_process;		/* both sides are the same processes at the same time, told apart by their samples' labels */
	double mutex_fraction;		/* of mutex events that were sampled */
	double block_rate;		/* ns, of the block profiles; 0 not known: their counts are taken as they stand */
	int n_caveats;
	const struct tree *tree;	/* tree_load(): the tree once it is whole */
	struct cube_kept *cubes;	/* cube_load(): metrics that were asked for */
	const struct learned *learned;	/* pass_causes(): what verdicts moved the scores; NULL: nothing did */
};

void pass_init(struct pass *p, const struct analyze_opts *o);	/* what options decide */
/* A sentence that limits the answer. cap: "medium", "low" or NULL. */
int pass_caveat(struct pass *p, struct err *err, const char *code, const char *cap, const char *fmt, ...) ERR_PRINTF(5, 6);

/* pass_sides() of two profiles without a store, one run a side. */
int pass_sides_of_pair(struct pass *p, struct err *err) ERR_MUST_CHECK;
/* What the costs of two profiles are divided by, said. */
int pass_caveat_per_second(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_sides(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_slices(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_alignment(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_load(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_symbols(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_renames(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_paths(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_view(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_diff(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_gc(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_goroutines(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_signatures(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_series(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_mix(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_inside(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_derived(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_environment(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_hot_clusters(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_load_levels(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_load_mix(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_workload(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_recovery(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_onsets(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_linear(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_causes(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_guilty(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_gates(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_calibrate(struct pass *p, struct err *err) ERR_MUST_CHECK;
int pass_advise(struct pass *p, struct err *err) ERR_MUST_CHECK;

#endif
