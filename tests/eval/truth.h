/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * truth.h - truth.csv in memory: what was planted in which runs
 *
 * Everything borrowed from the arena. The program under test never sees this file.
 */
#ifndef EVAL_TRUTH_H
#define EVAL_TRUTH_H

#include "core/arena.h"
#include "core/err.h"

#define TRUTH_MAX_LIST 16

struct names {
	const char *v[TRUTH_MAX_LIST];
	size_t n;
};

enum truth_kind {
	TRUTH_FAULT,	/* something is wrong in the code, its settings or its surroundings */
	TRUTH_DECOY,	/* something differs, and nothing is wrong: none, load_shift or environment_shift */
	TRUTH_PAIR,	/* A/A, by name: two runs of the same, clean or both with one fault; nothing differs */
};

struct scenario {
	const char *name, *service, *cause, *also, *magnitude, *planted;	/* also, magnitude: "" for none */
	struct names baseline, current, guilty, tempts;
	enum truth_kind kind;
	int line;
};

struct truth {
	struct arena mem;
	struct scenario *s;	/* in the order of the file; those to evaluate */
	size_t n, missing, all;	/* missing: named in the file, but a run of theirs is not there */
	unsigned char sha256[32];	/* of the file */
};

struct truth_opts {
	const char *corpus;	/* folder of <service>/<run>/ */
	const char *file;	/* NULL: corpus/truth.csv */
	bool subset;		/* only names whose sha256 begins with 0, 1, 2 or 3 */
};

int truth_load(struct truth *t, const struct truth_opts *o, struct err *err) ERR_MUST_CHECK;
void truth_free(struct truth *t);
bool truth_in_subset(const char *name);
/* name is one of the list, or a function inside one of them (a closure). */
bool names_function(const struct names *list, const char *name);

#endif
