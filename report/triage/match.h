/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - what a person searches for: a regular expression, or the words themselves when it is none
 *
 * All small letters match both cases. Names come from a profile: limits bound what a pair of them can cost.
 */
#ifndef REPORT_TRIAGE_MATCH_H
#define REPORT_TRIAGE_MATCH_H

#include "core/err.h"
#include "core/str.h"

struct match;
int match_new(struct match **out, struct str pattern, struct err *err) ERR_MUST_CHECK;
bool match_is(struct match *m, struct str text);
void match_free(struct match *m);	/* NULL is fine */
/* Appends text so that it matches as it stands. */
struct buf;
void match_quote(struct buf *out, struct str text);

#endif
