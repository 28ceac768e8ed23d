/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * guilty.h - from a symbol to the exact function and line that carries its growth
 */
#ifndef ANALYZE_GUILTY_H
#define ANALYZE_GUILTY_H

#include "analyze/tree.h"

struct guilty_lines {
	const struct tree *t;
	uint32_t n;			/* callsites */
	uint32_t *owner;		/* by callsite: the nearest user call site at or above it, 0 none */
	uint32_t *symbol, *func;	/* by callsite */
	int32_t *line;
};

int guilty_lines_load(struct guilty_lines *g, struct pass *p, const struct tree *t, struct err *err) ERR_MUST_CHECK;
/* The (function, line) of a user symbol whose own cost per unit of work grew most; STORE_NULL when it has no samples. */
int guilty_line(struct guilty_lines *g, struct pass *p, const char *measure, uint32_t symbol, int64_t *func, int64_t *line,
		struct err *err) ERR_MUST_CHECK;

#endif
