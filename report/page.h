/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * page.h - lines on a terminal: width, wrapping, marks and colour
 *
 * Nothing here knows what is printed. Colour only ever repeats what a word or a mark says already.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "report/report.h"

enum page_ink { INK_PLAIN, INK_BOLD, INK_DIM, INK_BAD, INK_GOOD, INK_WARN };
enum page_mark { MARK_FOR, MARK_AGAINST, MARK_ELSEWHERE, MARK_NOTE, MARK_PASS, MARK_FAIL, MARK_BULLET };

struct page {
	struct buf *out;
	unsigned width;		/* what lines are filled to */
	bool utf8, colour, wide;
};

void page_init(struct page *p, struct buf *out, const struct report_opts *o);
/* Appends finished text to out: guarded (report_guard), and in ASCII when the terminal is. */
void page_finish(struct buf *out, const struct buf *text, const struct report_opts *o);
void page_blank(struct page *p);
/* A section's title, and what it says in one word beside it. */
void page_heading(struct page *p, const char *title, const char *note);
/* Wrapped words; the first line begins at column indent, later ones at hang. A word longer than a line is cut in its middle. */
void page_text(struct page *p, unsigned indent, unsigned hang, enum page_ink ink, struct str text);
/* "label    text", the text in a column of its own. */
void page_field(struct page *p, unsigned indent, const char *label, struct str text);
/* Words on from column `at` of the open line, a blank before the first; later lines begin at hang. The line stays open. */
void page_rest(struct page *p, unsigned at, unsigned hang, struct str text);
void page_item(struct page *p, unsigned indent, enum page_mark mark, struct str text);
/* Parts of one line that the caller keeps within the width. */
void page_pad(struct page *p, unsigned columns);
void page_ink(struct page *p, enum page_ink ink);	/* until the next page_ink(INK_PLAIN) */
void page_cell(struct page *p, struct str text, unsigned columns, bool right);
void page_name(struct page *p, struct str name, unsigned columns);	/* cut in its middle unless wide; no padding */
void page_end(struct page *p);				/* the line's end */
/* share 0 .. 1 as a bar of exactly `cells` columns. */
void page_bar(struct page *p, double share, unsigned cells);
/* n heights between 0 and most, a column each; NaN: a blank. */
void page_spark(struct page *p, const double *v, size_t n, double most);
const char *page_mark_text(const struct page *p, enum page_mark mark);

#endif
