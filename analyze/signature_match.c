// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * signature_match.c - PCRE2 over symbol names
 *
 * Expressions come from causes.ini or a user's file, names from a profile: match and depth limits bound what a pair of them can cost.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "analyze/signature_match.h"

#include <pcre2.h>

#define MATCH_LIMIT 100000

bool signature_valid(const char *pattern, size_t *at, bool *no_memory)
{
	PCRE2_SIZE offset = 0;
	int code = 0;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &code, &offset, NULL);

	*at = offset;
	*no_memory = !re && code == PCRE2_ERROR_HEAP_FAILED;
	pcre2_code_free(re);
	return re != NULL;
}

int signature_symbols(const struct cause_frames *f, const struct tree *t, uint64_t bit, uint64_t *symbol_mask, struct err *err)
{
	pcre2_match_context *limits = pcre2_match_context_create(NULL);
	pcre2_match_data *data = NULL;
	PCRE2_SIZE at = 0;
	int code = 0, rc = 0;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)f->pattern, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);

	if (!re && code == PCRE2_ERROR_HEAP_FAILED) {
		rc = err_nomem(err);
		goto out;
	}
	if (!re) {
		rc = err_set(err, ERR_USAGE, "causes file, line %d: the expression is wrong at character %zu", f->line, (size_t)at);
		goto out;
	}
	data = pcre2_match_data_create_from_pattern(re, NULL);
	if (!limits || !data) {
		rc = err_nomem(err);
		goto out;
	}
	pcre2_set_match_limit(limits, MATCH_LIMIT);
	pcre2_set_depth_limit(limits, MATCH_LIMIT);
	for (uint32_t i = 1; i <= t->n_symbols; i++)
		if (t->sym[i].name.p &&
		    pcre2_match(re, (PCRE2_SPTR)t->sym[i].name.p, t->sym[i].name.n, 0, 0, data, limits) >= 0)
			symbol_mask[i] |= bit;
out:
	pcre2_match_data_free(data);
	pcre2_match_context_free(limits);
	pcre2_code_free(re);
	return rc;
}

void signature_paths(const struct tree *t, const uint64_t *symbol_mask, uint64_t *path_mask)
{
	for (uint32_t i = 1; i <= t->n_paths; i++)
		path_mask[i] = symbol_mask[t->symbol[i]] | path_mask[t->parent[i]];
}
