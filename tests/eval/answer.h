/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h - what one analysis said, read from its database
 *
 * The facts are kept too, so that other weights can be asked what they would have said: facts, the code that each cause names and the
 * caps of the caveats do not depend on the weights.
 */
#ifndef EVAL_ANSWER_H
#define EVAL_ANSWER_H

#include "analyze/hypotheses.h"
#include "tests/eval/truth.h"

#define ANSWER_MAX_CODE 5

enum level { LEVEL_LOW, LEVEL_MEDIUM, LEVEL_HIGH };

/* Causes in order, best first, by their number in the catalogue. A trivial model may rank fewer than all. */
struct ranking {
	uint32_t cause[CATALOGUE_MAX_CAUSES];
	double score[CATALOGUE_MAX_CAUSES];	/* of cause[i] */
	size_t n;
	enum level level;
	const char *code[ANSWER_MAX_CODE];	/* the functions named with the first cause */
	size_t n_code;
};

struct answer {
	const struct scenario *scenario;
	bool failed;				/* no database, or it could not be read */
	int status;				/* exit status of the program */
	struct arena mem;
	struct facts facts;
	struct contest contest;			/* bound to the catalogue that answer_read() was given */
	double stored[CATALOGUE_MAX_CAUSES];	/* the scores the program wrote; NaN: not there */
	double linear[CATALOGUE_MAX_CAUSES];
	const char *code[CATALOGUE_MAX_CAUSES][ANSWER_MAX_CODE];
	size_t n_code[CATALOGUE_MAX_CAUSES];
	char verdict[64];
	enum level cap, level;			/* cap: of the caveats; level: as the program wrote it */
	struct ranking largest, overweight;	/* the trivial models; see trivial.h */
};

int answer_read(struct answer *a, const char *db, const struct analyze_catalogue *cat, struct err *err) ERR_MUST_CHECK;
void answer_free(struct answer *a);

/* By the contest as it was last scored; level: the threshold of `high`. Score descending, then name, as the program does. */
void answer_rank(struct ranking *r, const struct answer *a, double level_high);
/* What the program calls a verdict with this score, where `high` begins at this one. */
enum level answer_level(const struct answer *a, double score, double high);
/* By the original design's formula, as --model linear does. */
void answer_rank_linear(struct ranking *r, const struct answer *a, const struct analyze_catalogue *cat);

#endif
