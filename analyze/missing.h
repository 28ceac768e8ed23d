/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * missing.h - which missing source would raise the confidence most: private to analyze/
 */
#ifndef ANALYZE_MISSING_H
#define ANALYZE_MISSING_H

#include "analyze/hypotheses.h"

/* Which file would give the signals of a source group. */
const char *missing_needs(const char *group);
/* A row of `missing` for each source group nothing was measured of, with what it would add. */
int missing_put(struct pass *p, const struct contest *c, struct err *err) ERR_MUST_CHECK;

#endif
