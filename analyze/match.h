/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - an expression of the user's over names of a file's: PCRE2 within limits
 */
#ifndef ANALYZE_MATCH_H
#define ANALYZE_MATCH_H

#include <stdbool.h>

#include "core/err.h"
#include "core/str.h"

struct match;
/* ERR_USAGE names `option` and where the expression is wrong. */
int match_new(struct match **out, const char *option, struct str pattern, struct err *err) ERR_MUST_CHECK;
/* Anywhere in the text, as pprof matches. False too when a limit is hit: match_gave_up() tells. */
bool match_in(struct match *m, struct str text);
bool match_gave_up(const struct match *m);
void match_free(struct match *m);	/* NULL is fine */

#endif
