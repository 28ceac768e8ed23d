/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * term.h - the sections of the terminal report: private to report/
 *
 * Each prints its heading and its lines, or nothing when the model has nothing for it.
 */
#ifndef REPORT_TERM_H
#define REPORT_TERM_H

#include "report/model.h"
#include "report/page.h"

void term_advice(struct page *p, const struct report_model *m, const struct report_opts *o);
void term_causes(struct page *p, const struct report_model *m, const struct report_opts *o);
void term_changes(struct page *p, const struct report_model *m, const struct report_opts *o);
void term_unseen(struct page *p, const struct report_model *m, const struct report_opts *o);
void term_untested(struct page *p, const struct report_model *m, const struct report_opts *o);
void term_unread(struct page *p, const struct report_model *m, size_t max);

struct plots;
void term_time(struct page *p, const struct plots *s, bool all);	/* s may be NULL */

/* One recommendation with its fields; term_evidence: one line of evidence. */
void term_recommendation(struct page *p, const struct model_recommendation *r, bool with_cause);
void term_evidence(struct page *p, unsigned indent, const struct model_evidence *e);
/* The run folder as an argument of a command line; "RUN" when it is not known. */
void term_run(struct buf *out, const struct report_opts *o);

#endif
