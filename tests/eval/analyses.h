/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyses.h - the program under test, run once for each scenario
 */
#ifndef EVAL_ANALYSES_H
#define EVAL_ANALYSES_H

#include "tests/eval/truth.h"

struct analyses {
	const char *program, *corpus, *folder;	/* folder: gets <scenario>/attrib.db of each */
	bool reuse;				/* take a database that is there already */
	bool linear;				/* with --model linear */
	/* Called for each scenario once its program has ended, in the order in which they end; status: its exit status, -1 when it was ended. */
	int (*done)(void *arg, size_t scenario, const char *db, int status, struct err *err);
	void *arg;
};

#define ANALYSES_AT_ONCE 2
#define ANALYSES_SECONDS 150	/* one analysis takes about one */

int analyses_run(const struct analyses *a, const struct truth *t, struct err *err) ERR_MUST_CHECK;

#endif
