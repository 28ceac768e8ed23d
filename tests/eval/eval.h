/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * eval.h - the corpus through the program, and every model's marks
 *
 * Held out: each scenario is scored by weights that were fitted without any scenario of its service. The database of one analysis tells the
 * facts, which do not depend on weights; the scores come from analyze/contest.c, run here on those facts.
 */
#ifndef EVAL_EVAL_H
#define EVAL_EVAL_H

#include "tests/eval/fit.h"
#include "tests/eval/marks.h"

enum model {
	MODEL_HELD_OUT,	/* the program's, by weights fitted without the service in question: the figures that count */
	MODEL_SHIPPED,	/* by analyze/weights.ini, which has seen the service */
	MODEL_BY_HAND,	/* by causes.ini alone */
	MODEL_LINEAR,	/* --model linear */
	MODEL_LARGEST,	/* trivial.h */
	MODEL_OVERWEIGHT,
	MODELS
};

struct eval_opts {
	struct truth_opts truth;
	const char *program;
	const char *keep;	/* folder of databases that stay; NULL: none stays */
	bool use;		/* take those that are there */
	bool linear;		/* run the program with --model linear: a check of that model here, its own answers are not judged */
	bool fit;		/* fit on all, and take that for the shipped weights */
};

#define EVAL_MAX_SERVICES 32

struct eval {
	const struct eval_opts *o;
	struct truth truth;
	struct answer *answer;			/* of truth.s[i] */
	struct analyze_catalogue *work;		/* what the answers' contests are bound to; its numbers change */
	struct analyze_catalogue *shipped;
	struct fit fit;
	const char *id[CATALOGUE_MAX_CAUSES];
	size_t n_ids;
	const char *service[EVAL_MAX_SERVICES];
	size_t n_services, n_failed;
	size_t unequal;				/* answers whose scores in the database are not what the same model gives here */
	struct ranking *ranking[MODELS];
	struct mark *mark[MODELS];
	enum model main;			/* held out; in a subset, and where one service is all there is, shipped */
	struct catalogue_constants by_hand;
	double temperature;			/* of the shipped weights, by the held-out answers */
	double high_from;			/* what the held-out answers say; NAN: too few */
	struct buf weights;			/* the fit's output */
};

int eval_run(struct eval *e, const struct eval_opts *o, struct err *err) ERR_MUST_CHECK;
void eval_free(struct eval *e);

/* Ranks answer i by what the work catalogue holds now; marks all answers of a model. */
int eval_rank(struct eval *e, enum model model, size_t i, double high, struct err *err) ERR_MUST_CHECK;
void eval_mark(struct eval *e, enum model model);
/* held_out.c: every service by weights that were fitted on the others. */
int held_out(struct eval *e, struct err *err) ERR_MUST_CHECK;

/* Rows of the reliability table of a model: answers by score, ten bins. */
size_t eval_reliability(struct catalogue_reliability rows[CATALOGUE_MAX_RELIABILITY], const struct mark *m, size_t n);

/* The head of a weights.ini names the corpus and the numbers by hand that it was fitted from; *fresh: these are they. */
int eval_is_fresh(const struct eval *e, const char *file, bool *fresh, struct err *err) ERR_MUST_CHECK;

/* report.c: everything as Markdown. */
int report_write(struct buf *out, const struct eval *e, struct err *err) ERR_MUST_CHECK;
/* The last line, without a newline. */
void report_line(struct buf *out, const struct eval *e);

/* floors.c: 0 when no figure is below its floor; else *below says what is. */
int floors_check(const struct eval *e, const char *file, struct buf *below, struct err *err) ERR_MUST_CHECK;
void floors_write(struct buf *out, const struct eval *e);

#endif
