/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables.h - the parts of docs/accuracy.md
 */
#ifndef EVAL_TABLES_H
#define EVAL_TABLES_H

#include "tests/eval/eval.h"

/* tables_groups.c: rates of faults */
void tables_models(struct buf *out, const struct eval *e);
void tables_groups(struct buf *out, const struct eval *e);
/* tables_trust.c: what a score is worth */
void tables_quiet(struct buf *out, const struct eval *e);
void tables_coverage(struct buf *out, const struct eval *e);
void tables_reliability(struct buf *out, const struct eval *e);
void tables_levels(struct buf *out, const struct eval *e);
/* tables_errors.c: what was taken for what */
void tables_confusion(struct buf *out, const struct eval *e);
void tables_tempts(struct buf *out, const struct eval *e);
void tables_causes(struct buf *out, const struct eval *e);
void tables_wrong(struct buf *out, const struct eval *e);

#endif
