/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search.h - what a person searches for: a regular expression, or the words themselves when it is none
 *
 * All small letters match both cases. Names come from a profile: limits bound what a pair of them can cost.
 */
#ifndef REPORT_TRIAGE_SEARCH_H
#define REPORT_TRIAGE_SEARCH_H

#include "core/err.h"
#include "core/str.h"

struct search;
int search_new(struct search **out, struct str pattern, struct err *err) ERR_MUST_CHECK;
bool search_is(struct search *m, struct str text);
void search_free(struct search *m);	/* NULL is fine */
/* Appends text so that it matches as it stands. */
struct buf;
void search_quote(struct buf *out, struct str text);

#endif
