/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyze.h - the door of the second stage: rows in, meaning out
 *
 * analyze_run() deletes every [A] row and writes them anew: the passes in the order of analyze.c, each one file. It asks nothing but the
 * store and its options. analyze_diff() is the short way for `attrib diff`: sides, totals and the tests of functions.
 */
#ifndef ANALYZE_ANALYZE_H
#define ANALYZE_ANALYZE_H

#include "core/buf.h"
#include "core/costs.h"
#include "core/store.h"

enum analyze_model { ANALYZE_DEFAULT, ANALYZE_LINEAR };

/* What part of the stacks a diff looks at, in the words and with the meaning of pprof. NULL: no such filter. */
enum analyze_by { ANALYZE_BY_FUNCTION, ANALYZE_BY_PACKAGE, ANALYZE_BY_FILE, ANALYZE_BY_LINE };
enum analyze_per { ANALYZE_PER_WORK, ANALYZE_PER_SIDE, ANALYZE_PER_TOTAL };	/* per request or second; sums as they are; shares of the total */
struct analyze_view {
	const char *focus, *ignore, *hide, *show, *show_from;	/* PCRE2, on function names and files as the profile has them */
	const char *tagfocus, *tagignore;	/* [KEY=]REGEX[,REGEX...] or [KEY=]LO:HI on labels */
	const char *peek;			/* functions whose callers and callees are wanted */
	enum analyze_by by;
	enum analyze_per per;
	bool exact;		/* names as the files spell them: nothing folded, nothing renamed */
	bool paths;		/* every stack's cost is wanted (folded export), however small */
};

struct analyze_opts {
	enum analyze_model model;	/* which scores rank the causes; the linear scores are always computed */
	struct str causes_extra;	/* the text of --causes FILE; p NULL: none */
	const char *causes_extra_name;	/* for messages with line numbers */
	const char *learned;		/* history.db (analyze/history.h), whose verdicts move the scores; NULL: none do */
	double effect_share, effect_relative;	/* effect gate; 0: the defaults .005 of the total and .05 */
	double pause_ms;		/* a long GC pause; 0: 10 */
	const struct analyze_view *view;	/* analyze_diff() only; NULL: everything by function */
	bool counts;			/* analyze_diff() only: the numbers of samples, contentions and live objects too, beside time and bytes */
	bool totals_only;		/* analyze_diff() only: the store has no tree (a giant file), exact function totals must do */
	const double *taus;		/* analyze_n_taus() of them in the place of the assumed ones; NULL: those */
	double align_ms;		/* events this near to a phase belong to it; 0: 50 */
	struct str split_key, split_value[2];	/* --split label=KEY:BASE,CURRENT; key.p NULL: none */
	const char *const *labels;	/* --label KEY=VALUE; n_labels of them, borrowed */
	size_t n_labels;
	const char *const *gates;	/* what fails: docs/names.md; n_gates of them */
	size_t n_gates;
};

int analyze_run(struct store *st, const struct analyze_opts *o, struct err *err) ERR_MUST_CHECK;
/* Deletes every [A] row: what stands there was of other [I] rows. */
int analyze_clear(struct store *st, struct err *err) ERR_MUST_CHECK;
/* Is it a gate by its form? ERR_USAGE says what it should be. */
int analyze_gate_check(const char *text, struct err *err) ERR_MUST_CHECK;
/* Are they what the options want? ERR_USAGE says what it should be. split borrows text. */
int analyze_split_parse(const char *text, struct analyze_opts *o, struct err *err) ERR_MUST_CHECK;
int analyze_label_check(const char *text, struct err *err) ERR_MUST_CHECK;
int analyze_diff(struct store *st, const struct analyze_opts *o, struct err *err) ERR_MUST_CHECK;

/*
 * analyze_diff() of two profiles without a store, for their functions alone. *out NULL: the pair takes more than sums to compare (pair.c), and
 * analyze_diff() does it. The answer lives as long as *out.
 */
struct analyze_pair;
int analyze_pair(struct analyze_pair **out, const struct profile_costs side[2], const struct analyze_opts *o, struct err *err) ERR_MUST_CHECK;
const struct cost_answer *analyze_pair_answer(const struct analyze_pair *a);
void analyze_pair_free(struct analyze_pair *a);	/* NULL is fine */

/* The spread between runs of one code, by figure: what is assumed, and what the runs of a store show (each of them a unit, whatever its side). */
struct analyze_tau {
	const char *name, *what;
	double assumed, fitted;		/* relative standard deviations; fitted NaN: not to be told from these runs */
	size_t figures, runs;		/* it rests on */
};
size_t analyze_n_taus(void);
/* Lines "figure value", # comments, as `attrib calibrate --taus FILE` writes them; figures that are not named keep what is assumed. */
int analyze_read_taus(struct str text, double *out, struct err *err) ERR_MUST_CHECK;
/* out: analyze_n_taus() of them. Deletes every [A] row, as analyze_run() does. */
int analyze_calibrate(struct store *st, const struct analyze_opts *o, struct analyze_tau *out, struct err *err) ERR_MUST_CHECK;

/* One of several actions under one cause: which the facts choose. Borrowed strings; risk, verify and versions NULL: the cause's own. */
struct analyze_variant {
	const char *name, *when, *action, *risk, *verify, *versions;
};

/* What a gate did in one comparison of runs of the same code. */
struct analyze_trial {
	double value, lo, hi;		/* as struct gate's row has them; NaN: not known */
	bool known, failed;
};
#define ANALYZE_PLANTED 6
extern const double analyze_planted[ANALYZE_PLANTED];	/* relative changes whose catch is measured: .05 .1 .2 .3 .5 1 */
struct analyze_selftest {
	size_t n, failed, missing;	/* comparisons; that failed by data; without data, which fails too */
	double rate, lo, hi;		/* of false alarms, with its 95 % interval */
	bool has_power;			/* the gate is on a metric whose size a change can multiply */
	double power[ANALYZE_PLANTED];	/* the share of comparisons that fail with the change planted */
	double sure;			/* the smallest change (sign as the gate's) caught in 80 % of comparisons; NaN: none below tenfold */
};
/*
 * How often the gate fails where nothing changed, and what it catches, from n comparisons, of which `independent` share no run: the interval
 * (Clopper-Pearson) is of so many, since comparisons that share a run are not new evidence. A planted change multiplies the current side, and so
 * both ends of its interval.
 */
int analyze_gate_selftest(struct analyze_selftest *out, const char *gate, const struct analyze_trial *t, size_t n, size_t independent,
			  struct err *err) ERR_MUST_CHECK;

/* What causes.ini says of one cause, for `attrib explain`: borrowed strings, NULL where it says nothing. */
struct analyze_cause {
	const char *id, *title, *what, *symptoms, *action, *risk, *verify, *versions, *correction, *source;
	const char *seen;		/* the captures that raised its signals; NULL: not yet seen in a real run */
	const char *const *signals;	/* the lines `name weight=...`, NULL-terminated */
	const char *const *against;
	const struct analyze_variant *variant;	/* in the order in which they are tried; n_variants of them */
	size_t n_variants;
	const char *const *explains;	/* signals it brings about; n_explains of them */
	size_t n_explains;
	const char *const *behind;	/* causes that bring about one of its signals; n_behind of them */
	size_t n_behind;
};

/* A number of an action text, such as {F6.n}: where text begins with its name and a brace. False: there is none. */
#define ANALYZE_NEEDS 5
struct analyze_number {
	char name[24];
	const char *rule, *needs[ANALYZE_NEEDS];
	size_t n_needs;
};
bool analyze_number_find(struct analyze_number *out, const char *text);
struct analyze_catalogue;
int analyze_catalogue_load(struct analyze_catalogue **out, const struct analyze_opts *o, struct err *err) ERR_MUST_CHECK;
size_t analyze_catalogue_count(const struct analyze_catalogue *c);
const struct analyze_cause *analyze_catalogue_at(const struct analyze_catalogue *c, size_t i);
void analyze_catalogue_free(struct analyze_catalogue *c);
/* sha256 (hex, 16 digits) of causes, weights and taus: the `model` of every output. */
void analyze_fingerprint(const struct analyze_catalogue *c, char out[17]);

#endif
