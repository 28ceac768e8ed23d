/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonw.h - JSON out: commas, indentation, escapes
 *
 * key is NULL inside arrays. The outer levels have a line a member, what lies deeper stands on one line. Reals have 17 digits,
 * NaN, infinities, STORE_NULL and a text without p are null.
 */
#ifndef REPORT_JSONW_H
#define REPORT_JSONW_H

#include "core/buf.h"
#include "core/store.h"	/* STORE_NULL */

#define JSONW_DEPTH 16

struct jsonw {
	struct buf *out;
	int depth;
	int lines;		/* so many outer levels have a line a member; 0: three */
	bool any[JSONW_DEPTH];	/* this level has a member already */
};

void jsonw_open(struct jsonw *w, const char *key, char bracket);	/* { or [ */
void jsonw_close(struct jsonw *w, char bracket);			/* } or ] */
void jsonw_text(struct jsonw *w, const char *key, struct str v);
void jsonw_real(struct jsonw *w, const char *key, double v);
void jsonw_int(struct jsonw *w, const char *key, int64_t v);
void jsonw_bool(struct jsonw *w, const char *key, bool v);
/* v is JSON already (valid, from SQLite): what a <script> or a CI runner could misread is escaped. */
void jsonw_raw(struct jsonw *w, const char *key, struct str v);

#endif
