/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * symbols.h - whose code a function is
 */
#ifndef ANALYZE_SYMBOLS_H
#define ANALYZE_SYMBOLS_H

#include "analyze/tree.h"

#define MAX_HOMES 8

/* The modules of main.main where it comes from the module cache, as file paths spell them, up to the "@". */
struct homes {
	struct str module[MAX_HOMES];
	size_t n;
};
int symbol_home(struct homes *h, struct pass *p, struct str file, struct err *err) ERR_MUST_CHECK;	/* a file of main.main, in the order of their names */
/* The word of symbol.kind for a function's name, file and package. */
const char *symbol_kind_of(const struct homes *homes, struct str name, struct str file, struct str package);

/*
 * symbols_of_pair(): the symbols of two profiles in memory, as pass_symbols() finds them but in no order. of[side][func]: the symbol. kind: by symbol, its
 * word.
 */
struct profile_costs;
struct pair_symbols {
	uint32_t *of[SIDES];
	const char **kind;
};
int symbols_of_pair(struct pass *p, const struct profile_costs *side, struct tree *t, struct pair_symbols *out, struct err *err) ERR_MUST_CHECK;

#endif
