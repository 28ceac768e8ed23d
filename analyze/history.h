/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history.h - what people said of answers, and what is learned from it
 *
 * history.db (core/history.sql) is the user's, not the run's. A verdict says whether a cause was right for a run, with the evidence as it stood then, so that
 * learning needs no run any more. Learning is the Bayesian logistic regression of docs/method.md 5.6 over all verdicts, done anew each time: its prior says
 * that a score is what it claims to be. It is used only when asked for (--learned), and changes nothing below 20 verdicts, 5 of them `no`.
 */
#ifndef ANALYZE_HISTORY_H
#define ANALYZE_HISTORY_H

#include "core/buf.h"
#include "core/store.h"

struct history;

#define HISTORY_VERDICTS 20	/* from which on something is learned */
#define HISTORY_NOS 5

/* Makes the file and its folder when they are not there. */
int history_open(struct history **out, const char *path, const struct limits *limits, struct err *err) ERR_MUST_CHECK;
void history_close(struct history *h);	/* NULL is fine */

/*
 * Was `cause` (an id of the answer in run, or none, unknown) right? run: an analysed store. name: the folder as the user knows it; note may be NULL; now: ns since
 * the epoch. A second verdict on the same run, analysis and cause takes the place of the first. ERR_USAGE: the answer knows no such cause.
 */
int history_add(struct history *h, struct store *run, const char *name, const char *cause, bool right, const char *note, int64_t now,
		struct err *err) ERR_MUST_CHECK;
/* Takes back what was said of one cause of a run; nothing said is fine. */
int history_take_back(struct history *h, const char *name, const char *cause, struct err *err) ERR_MUST_CHECK;
/* What was said of the causes of one run. */
int history_of_run(struct history *h, const char *name, void (*row)(void *arg, struct str cause, bool right), void *arg,
		   struct err *err) ERR_MUST_CHECK;

/* A note on a figure of a run, named by its anchor (`cause-lock_contention`, `e-mutex.delay`) takes the place of the one before; an empty one only takes that away. */
int history_note(struct history *h, const char *name, struct str anchor, struct str text, int64_t now,
		 struct err *err) ERR_MUST_CHECK;
int history_notes(struct history *h, const char *name, void (*row)(void *arg, struct str anchor, struct str text),
		  void *arg, struct err *err) ERR_MUST_CHECK;

/* Forgets every verdict; *n: how many there were. */
int history_reset(struct history *h, int64_t *n, struct err *err) ERR_MUST_CHECK;

struct history_row {
	int64_t at;
	struct str service, run, cause, note, model;	/* valid during the call; note: else that on the cause in triage; p NULL: neither */
	bool right;
	double score;
};
/* Oldest first. */
int history_each(struct history *h, void (*row)(void *arg, const struct history_row *r), void *arg, struct err *err) ERR_MUST_CHECK;

/* Of one cause: yes and no so far, and the share that is right with its 90 % interval, Beta(1 + yes, 1 + no). */
struct history_precision {
	struct str cause;
	int64_t yes, no;
	double mean, lo, hi;
};
int history_precisions(struct history *h, void (*row)(void *arg, const struct history_precision *r), void *arg, struct err *err) ERR_MUST_CHECK;

#endif
