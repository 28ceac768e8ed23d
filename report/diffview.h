/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diffview.h - cells that the tables of `attrib diff` share: private to report/diff*.c
 */
#ifndef REPORT_DIFFVIEW_H
#define REPORT_DIFFVIEW_H

#include "report/jsonw.h"
#include "report/model.h"
#include "report/page.h"

#define DIFF_VALUE 10
#define DIFF_CHANGE 9
#define DIFF_Q 7

bool diff_wanted(struct str metric, const char *word);	/* --sample-index; NULL: all */
void diff_value_cell(struct page *p, const struct model_change *c, bool base);
void diff_change_cell(struct page *p, const struct model_change *c);
void diff_q_cell(struct page *p, const struct model_change *c);
void diff_total(struct page *p, const struct model_change *total);
/* Callers and callees of the functions that were asked for, of one metric; most: rows of each list, 0 all. */
void diff_peek(struct page *p, const struct report_model *m, const struct model_change *total, size_t most);
void diff_peek_json(struct jsonw *w, const struct report_model *m, const char *metric);

#endif
