/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * labels.h - sides and filters by label
 *
 * A label stands on samples (pprof.Do: endpoint, tenant, trace id) or, in run.json, on a process (canary, zone). Both make sides and
 * filters. Which label sets of samples count on which side stands in table split; without a row there everything counts.
 */
#ifndef ANALYZE_LABELS_H
#define ANALYZE_LABELS_H

#include "analyze/pass.h"

/* Are there processes with this label, and do both values of --split occur on them? */
int labels_on_processes(struct pass *p, bool *both, struct err *err) ERR_MUST_CHECK;
/* Fills table split from --split (unless the sides are processes) and --label, and takes processes out that have a --label key with another value. ERR_INPUT: nothing has it. */
int labels_apply(struct pass *p, bool split_samples, struct err *err) ERR_MUST_CHECK;
/* For `(?n IS NULL OR labelset IN (SELECT labelset FROM split WHERE side = ?n))`: NULL when all samples count. */
const char *labels_side(const struct pass *p, enum side side);
#define LABELS_OF(column, n) " AND (?" n " IS NULL OR " column " IN (SELECT labelset FROM split WHERE side = ?" n "))"

#endif
