/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * triage.h - the door of interactive triage: one answer, walked through in a terminal
 *
 * It reads the store it is given and nothing else. Whatever changes something (a verdict, a note, a file, an editor) is done by the
 * caller through the functions below; where one is NULL its key says that it cannot.
 */
#ifndef REPORT_TRIAGE_TRIAGE_H
#define REPORT_TRIAGE_TRIAGE_H

#include "core/buf.h"
#include "core/store.h"

enum triage_verdict { TRIAGE_OPEN, TRIAGE_YES, TRIAGE_NO };

/* One cause of the answer: in, what was found and what a person said; out, the score that follows from both. */
struct triage_cause {
	struct str id;
	double found;			/* the analysis' score */
	enum triage_verdict verdict;
	double score;			/* out */
};

struct triage_acts {
	void *arg;
	/* What was decided of this run before: fills verdicts of n causes. */
	int (*recall)(void *arg, struct triage_cause *c, size_t n, struct err *err);
	/* Keeps c[which].verdict. */
	int (*decide)(void *arg, const struct triage_cause *c, size_t which, struct err *err);
	/* Scores with the verdicts taken in; said: one sentence why they are what they are. */
	int (*rank)(void *arg, struct triage_cause *c, size_t n, struct buf *said, struct err *err);
	/* Notes on an anchor (`cause-lock_contention`, `e-mutex.delay`): every one there is, and keeping one (empty: forgotten). */
	int (*notes)(void *arg, void (*each)(void *to, struct str anchor, struct str text), void *to, struct err *err);
	int (*note)(void *arg, struct str anchor, struct str text, struct err *err);
	/* Writes text to a file; "" for name: the caller's own. said: where it is. */
	int (*save)(void *arg, struct str name, struct str text, struct buf *said, struct err *err);
	/* The file of a profile in the source tree, opened at a line, terminal free. said: what was opened. */
	int (*edit)(void *arg, struct str file, int64_t line, struct buf *said, struct err *err);
	/* The database of another run. foreign: as in triage_opts. */
	int (*open)(void *arg, struct str run, struct store **out, bool *foreign, struct err *err);
};

struct triage_opts {
	const char *run;		/* as the user named it */
	const char *with;		/* another run to compare with; NULL: none */
	bool foreign;			/* the database was not written on this machine, or was changed since: said on the screen */
	bool utf8, colour, mouse;
	const volatile int *stop;
	struct triage_acts acts;
};

/* Until the user leaves. ERR_USAGE: no terminal, or one that cannot place its cursor. */
int triage_run(struct store *st, const struct triage_opts *o, struct err *err) ERR_MUST_CHECK;
/* The table of keys as Markdown: what docs/triage.md holds. */
void triage_keys(struct buf *out);
/* Gives the terminal back, from a signal handler too; nothing when it was not taken. */
void triage_restore(void);

#endif
