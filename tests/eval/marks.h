/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks.h - how good one model's answers were
 *
 * A mark is one answer against its truth; a tally sums marks. Rates are over scenarios with a planted fault, alarms over those without.
 */
#ifndef EVAL_MARKS_H
#define EVAL_MARKS_H

#include "tests/eval/answer.h"

struct mark {
	const struct scenario *scenario;
	size_t rank;		/* of `cause`, from 1; 0: not in the list */
	size_t rank_any;	/* of `cause` or `also`, whichever stands higher */
	size_t rank_also;
	size_t rank_tempts[TRUTH_MAX_LIST];	/* of the causes in `tempts`, in their order */
	size_t candidates;	/* causes that were tested */
	const char *verdict;
	double score;		/* of the verdict */
	enum level level;
	bool right;		/* the verdict is `cause` */
	bool names;		/* the verdict is a cause: neither none nor unknown */
	bool alarm;		/* nothing was wrong, and a wrong cause is named at level medium or high */
	size_t guilty;		/* place of the first listed function among those named, from 1; 0: none */
};

/* ids: the catalogue's, by number. */
void mark_answer(struct mark *m, const struct scenario *s, const struct ranking *r, const char *const *ids, size_t n_ids, size_t candidates);

struct tally {
	size_t n;			/* faults */
	size_t hits[5];			/* `cause` among the first 1 .. 5 */
	size_t any3;			/* `cause` or `also` among the first three */
	double mrr, avg5, chance1, chance3, chance5;	/* means; chance5: of Avg@5 */
	size_t guilty_n, guilty1, guilty3;
	size_t quiet_n, alarms, quiet_right, quiet_wrong;	/* without a fault; wrong: a wrong cause named at any level */
	size_t all;			/* both */
	double brier;			/* of all */
};

/* keep NULL: all. */
void tally_marks(struct tally *t, const struct mark *m, size_t n, bool (*keep)(const struct mark *m, const void *arg), const void *arg);

/* The smallest score from which on at least 95 % of the answers that name a cause were right, of at least 20; NAN: there is none.
 * without: a service whose answers do not count, or NULL. */
double marks_high_from(const struct mark *m, size_t n, const char *without);
#define MARKS_HIGH_ANSWERS 20
#define MARKS_HIGH_RIGHT .95
/* Into what a level can begin at. */
double marks_clamp_high(double from);

/* Upper 95 % bound of a rate with k of n (Clopper-Pearson, one-sided: 1 - .05^(1/n) for none). */
double marks_upper(size_t k, size_t n);

#endif
