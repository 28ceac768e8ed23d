/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - figures as docs/accuracy.md shows them
 */
#ifndef EVAL_TABLE_H
#define EVAL_TABLE_H

#include "core/buf.h"

void table_head(struct buf *out, const char *columns);	/* "name | AC@1 | ..." */
void table_share(struct buf *out, double x);		/* .93, 1.00, - for NaN */
void table_rate(struct buf *out, size_t k, size_t n);	/* .93 (41/44) */
void table_wilson(struct buf *out, size_t k, size_t n);	/* .93 [.82, .98] (41/44) */

#endif
