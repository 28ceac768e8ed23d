/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.h - how trees are looked at, by the tree, flame and function views alike
 */
#ifndef REPORT_TRIAGE_TREE_H
#define REPORT_TRIAGE_TREE_H

#include "report/triage/ui.h"

enum { DIFF_DELTA, DIFF_CUR, DIFF_BASE, DIFFS };

struct tree_look { bool flat; int diff; enum costs_unit unit; };

const struct tree_look *tree_look(const struct ui *u);
void look_change(struct ui *u, enum act a);
double look_key(const struct ui *u, uint32_t path);	/* what lines are ordered by, frames are as wide as */
bool look_has(const struct costs *c, uint32_t path);	/* any cost on any side */
void look_title(const struct ui *u, struct buf *out);

#endif
