/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signature_match.h - which symbols and paths a frames line of causes.ini matches
 */
#ifndef ANALYZE_SIGNATURE_MATCH_H
#define ANALYZE_SIGNATURE_MATCH_H

#include "analyze/catalogue.h"
#include "analyze/tree.h"

/* Can the expression be compiled? *at: where not. */
bool signature_valid(const char *pattern, size_t *at, bool *no_memory);
/* Sets `bit` in the mask of every symbol whose name the expression matches. ERR_USAGE for a wrong expression. */
int signature_symbols(const struct cause_frames *f, const struct tree *t, uint64_t bit, uint64_t *symbol_mask, struct err *err)
	ERR_MUST_CHECK;
/* A path carries the bits of its symbol and of all its ancestors. */
void signature_paths(const struct tree *t, const uint64_t *symbol_mask, uint64_t *path_mask);

#endif
