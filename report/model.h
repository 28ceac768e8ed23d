/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - what is shown: the whole answer in memory, read once from the views
 *
 * Everything a writer prints stands here, already in its order: causes by rank, evidence by weight, inputs by side and kind (never by
 * file name alone, so that renamed files give the same report). Strings are the model's arena's, clean (core/text) even
 * when the database was not ours. NaN, STORE_NULL and p NULL: not known.
 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "core/arena.h"
#include "report/report.h"

/* A list as the loader fills it: the first two fields of every `struct { T *v; size_t n; }` below. */
#define MODEL_LIST(T) struct { T *v; size_t n; }

struct model_place {
	struct str function, package, file;
	int64_t line;		/* 0 or STORE_NULL: not known */
};

struct model_caveat { struct str code, text, cap; };
struct model_gate { struct str expr, level, result; double value, lo, hi; };

struct model_evidence {
	struct str cause, role, signal, source_group, state, unit, why, other, metric, status, cluster;
	double weight, covers, value, base, cur, lo, hi, p;
	int64_t onset, onset_err;
	struct model_place place;
};

struct model_guilty { struct str cause, role; double share; struct model_place place; };

struct model_cause {
	struct str id, title, variant;
	int64_t rank;
	double score, coverage, residual;
	bool tested;
	MODEL_LIST(const struct model_evidence) evidence;	/* a part of the model's list: all roles, strongest first */
	MODEL_LIST(const struct model_guilty) guilty;
};

struct model_recommendation {
	int64_t rank;
	struct str cause, title, variant, act, gain_unit, risk, versions, verify, facts, needs;
	double score, gain_lo, gain_hi;
	struct model_place place;
};

struct model_change {
	struct str metric, scope, name, kind, stat, unit, test, status;
	double base, cur, delta, lo, hi, relative, p, q, smallest;
	int64_t n_base, n_cur;
	struct model_place place;
};

/* The tests of one function for one metric, side by side. */
struct model_function {
	int rank;		/* of the metric, for order */
	bool found;		/* flat or cum changed significantly */
	double weight;
	struct str metric, unit, name, kind;
	struct model_place place;
	const struct model_change *flat, *cum, *own;	/* NULL: not tested */
};

struct model_edge { struct str subject, caller, callee; struct model_change change; };	/* callers and callees that were asked for */
struct model_raw { struct str side, metric, name; int64_t flat_count, flat, cum_count, cum; };
struct model_shift { struct str kind, metric, unit, came, went; double amount; };
struct model_cost_split { struct str metric; double load, efficiency, mix, total; };
struct model_quantile { struct str side, metric; double q, value, lo, hi; int64_t n; };
struct model_fit { struct str side, metric, law; double a, b, aic; };

struct model_frame { int64_t cluster, depth; struct model_place place; };

struct model_cluster {
	int64_t id;
	struct str kind, name, class, creator;
	double base, cur, growth, slope, wait_p50, wait_p90, jsd, silhouette, ari;
	MODEL_LIST(const struct model_frame) frames;	/* of the stack that stands for it, leaf first */
};

struct model_signal {
	struct str name, source_group, state, unit, why, cluster;
	double value, base, cur, lo, hi, p;
	int64_t onset, onset_err;
};

struct model_lag { struct str earlier, later; int64_t gap, err; double r; };
struct model_missing { struct str source_group, cause, needs; double score, gain, now; };
struct model_linear { struct str cause, title; double score, unweighted; };
struct model_run { struct str folder, name, side, revision; int64_t instances, started, ended; double requests; };
struct model_setting { struct str name, value, origin, run, instance, side; };
struct model_difference { struct str name, base, cur; };
struct model_input { struct str path, kind, format, side, run, instance, status, reason, place, clock; int64_t bytes; };
struct model_note { struct str path, place, text; };
struct model_event { struct str kind, text, path, instance; int64_t t, span; };
struct model_data { struct str side, kind; int64_t files, profiles, timed; double seconds; };

struct report_model {
	struct arena arena;
	bool analysed;		/* there is an analysis row; without it only what was read is known */
	struct str service, design, per, verdict, title, variant, level, direction, options, fingerprint;
	double score, changed, explained;
	int64_t analysis;
	MODEL_LIST(struct model_caveat) caveats;
	MODEL_LIST(struct model_gate) gates;
	MODEL_LIST(struct model_evidence) evidence;
	MODEL_LIST(struct model_guilty) guilty;
	MODEL_LIST(struct model_cause) causes;
	MODEL_LIST(struct model_recommendation) recommendations;
	MODEL_LIST(struct model_change) changes;	/* totals first, then by metric and name */
	MODEL_LIST(const struct model_change *) totals;	/* of changes: totals and series, in the order people ask for them */
	MODEL_LIST(struct model_function) functions;	/* by metric: what changed first, of that the user's code first */
	MODEL_LIST(struct model_edge) edges;		/* by metric and subject: its callers, itself, what it calls, the dearest first */
	MODEL_LIST(struct model_raw) raw;		/* by metric and name, baseline before current */
	MODEL_LIST(struct model_shift) shifts;
	MODEL_LIST(struct model_cost_split) cost_splits;
	MODEL_LIST(struct model_quantile) quantiles;
	MODEL_LIST(struct model_fit) fits;
	MODEL_LIST(struct model_frame) frames;
	MODEL_LIST(struct model_cluster) clusters;
	MODEL_LIST(struct model_signal) signals;
	MODEL_LIST(struct model_lag) lags;
	MODEL_LIST(struct model_missing) missing;	/* the most worth first */
	MODEL_LIST(struct model_linear) linear;
	MODEL_LIST(struct model_run) runs;
	MODEL_LIST(struct model_setting) settings;
	MODEL_LIST(struct model_difference) differences;
	MODEL_LIST(struct model_input) inputs;
	MODEL_LIST(struct model_note) notes;
	MODEL_LIST(struct model_event) events;
	MODEL_LIST(struct model_data) data;
	MODEL_LIST(struct model_place) user_files;	/* package and file of the user's own functions, each pair once */
};

const struct model_cause *model_cause(const struct report_model *m, struct str id);	/* NULL: not in the analysis */
bool model_is_cause(struct str id);		/* not none, not unknown */
bool model_found(const struct model_change *c);	/* significant: up, down, new, gone */
bool model_in_points(const struct model_change *c);	/* a share near 0, compared as a difference: smallest is one too */
size_t model_inputs(const struct report_model *m, const char *status);
int64_t model_runs(const struct report_model *m, const char *side);

int model_order(struct str a, struct str b);	/* by bytes, as SQLite's ORDER BY */
/* Raw sums of a function on one side, NULL: none, or report_model_add_raw() was not called. */
const struct model_raw *model_raw(const struct report_model *m, const char *metric, struct str name, const char *side);

/* Private to model*.c. */
struct model_part {
	size_t list, size;	/* offset in report_model, bytes of a row */
	const char *sql;
	bool bound;		/* ? is the analysis */
	void (*fill)(struct report_model *m, struct stmt *q, void *row);
};
struct str model_text(struct report_model *m, struct stmt *q, int col);
struct model_place model_place(struct report_model *m, struct stmt *q, int col);	/* function, package, file, line from col on */
extern const struct model_part model_parts_meaning[], model_parts_input[];	/* up to a NULL sql */
extern const struct model_part model_part_raw;
int model_link(struct report_model *m, struct err *err) ERR_MUST_CHECK;	/* lists into lists, functions from changes */

#endif
