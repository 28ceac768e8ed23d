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

/* ---- another run's current side beside it: there.c */

struct there {
	unsigned of;			/* which of ui.others it was read from; 0: none */
	size_t metric;
	bool any;
	double *cur[2];			/* flat, cum by path of this tree, per unit of work; [0] all */
};
int there_load(struct there *t, const struct ui *u, struct err *err) ERR_MUST_CHECK;	/* nothing to do when nothing changed */
void there_free(struct there *t);
/* Is there a column for it: it cannot be shown for a part of the stacks or of the time, nor in all. */
bool there_shown(const struct there *t, const struct ui *u);
double there_value(const struct there *t, const struct ui *u, uint32_t path);

#endif
