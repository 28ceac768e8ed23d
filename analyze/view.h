/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h - what of the stacks a diff looks at: filters and grain
 *
 * Filters mean what they mean in pprof: focus and ignore decide over whole samples, hide and show over frames, show_from cuts what is
 * above the frame nearest to the root that matches, tagfocus and tagignore decide over samples by their labels.
 */
#ifndef ANALYZE_VIEW_H
#define ANALYZE_VIEW_H

#include "analyze/pass.h"

/* What holds of a call site and of what is above it. */
enum { VIEW_FOCUS = 1, VIEW_IGNORE = 2, VIEW_FROM = 4 };

struct view {
	unsigned need;			/* the bits a sample must have: FOCUS, FROM when such filters are given */
	unsigned char *bits;		/* by func: what its frames add */
	bool *hidden;			/* by func */
	bool *labels_off;		/* by labelset; NULL: no filter of labels */
	int64_t n_funcs, n_labelsets;
	bool exact, by_line;
};

/* The symbol of a frame: the func's, or the line's where the grain is lines. */
int view_symbol(struct pass *p, int64_t func, int64_t line, uint32_t symbol, uint32_t *out, struct err *err) ERR_MUST_CHECK;
static inline bool view_keeps(const struct view *v, unsigned bits)
{
	return !(bits & VIEW_IGNORE) && (bits & v->need) == v->need;
}

#endif
