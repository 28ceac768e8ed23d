/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * renames.h - whether two profiles without a store hold functions that may be one under two names
 */
#ifndef ANALYZE_RENAMES_H
#define ANALYZE_RENAMES_H

#include "analyze/tree.h"

struct profile_costs;
/* of: by side and func, the symbol. edges: call sites would be known, so that a function on one side alone could be told to be one of the other. */
int renames_in_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool edges, bool *any, struct err *err)
	ERR_MUST_CHECK;

#endif
