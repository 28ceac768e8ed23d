/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doc.h - the lines of a small view, wrapped to the width: written with report/page, cut into lines
 */
#ifndef REPORT_TRIAGE_DOC_H
#define REPORT_TRIAGE_DOC_H

#include "core/arena.h"
#include "report/page.h"
#include "report/triage/item.h"

struct doc_line {
	struct str text;
	struct item item;
	uint32_t group;		/* lines of one thing have one number */
	bool rest;		/* the cursor steps over it: a heading, a blank, a line that is not its group's first */
};

struct doc {
	struct arena arena;
	struct buf text;
	struct page page;	/* write here */
	struct doc_line *v;
	size_t n, cap, from;
	uint32_t groups;
	struct item item;
	bool open, still, failed;
};

void doc_begin(struct doc *d, unsigned columns, bool utf8);
/* What follows is about it; ITEM_NONE: a heading or a blank, which the cursor steps over. */
struct page *doc_item(struct doc *d, enum item_kind kind, size_t index);
int doc_end(struct doc *d, struct err *err) ERR_MUST_CHECK;
void doc_free(struct doc *d);

#endif
