/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gates.h - the grammar of a gate, shared by the pass that decides and the self-test that measures: private to analyze/
 *
 * docs/names.md has the grammar.
 */
#ifndef ANALYZE_GATES_H
#define ANALYZE_GATES_H

#include <stdbool.h>

#include "core/err.h"

enum gate_op { GATE_OVER, GATE_OVER_OR_AT, GATE_UNDER, GATE_UNDER_OR_AT };

struct gate {
	char expr[128], subject[64];	/* expr as written, without warn: */
	bool warn, relative;		/* relative: the change against the baseline, as a share */
	enum gate_op op;
	double limit;
};

int gate_parse(const char *text, struct gate *g, struct err *err) ERR_MUST_CHECK;
/* All of [lo, hi] lies beyond the limit. */
bool gate_fails(const struct gate *g, double lo, double hi);
/* The signal that alone tells a metric (gc_cpu_share, slopes); NULL: a change does. */
const char *gate_signal_of(const char *metric);

#endif
