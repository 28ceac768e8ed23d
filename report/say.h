/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * say.h - the sentences of the answer, without layout: what the terminal prints and the page shows is the same text
 *
 * Each appends plain text to out and adds no line end. Decisions about what is shown at all stand here too, so that two writers
 * cannot disagree.
 */
#ifndef REPORT_SAY_H
#define REPORT_SAY_H

#include "report/model.h"

#define SAY_ADVICE 3	/* first things to do that are shown at once: more than three are none */

/* ---- the verdict: say.c */
void say_header(struct buf *out, const struct report_model *m);		/* "orders: baseline 1 run, current 1 run; costs per request" */
void say_verdict_words(struct buf *out, const struct report_model *m);	/* "memory_leak, worse, medium confidence" */
const char *say_headline(const struct report_model *m);			/* NULL: the cause's title says it */
void say_verdict_title(struct buf *out, const struct report_model *m);	/* "Live heap grows without end (variant)" */
bool say_shows_limits(const struct report_model *m);	/* "no difference" is said with what could have been seen */
void say_could_have_seen(struct buf *out, const struct report_model *m, bool utf8);
void say_sureness(struct buf *out, const struct report_model *m);
void say_caveat(struct buf *out, const struct model_caveat *c);
void say_gate(struct buf *out, const struct model_gate *g);
/* Gates that did not pass: those that fail the run, and those that only warn. */
void say_gates_failed(const struct report_model *m, size_t *failed, size_t *warned);
void say_gate_counts(struct buf *out, const struct report_model *m);
/* "explain RUN:memory_leak" or "doctor RUN", with run as it stands in a command line, and what that would tell. */
const char *say_next(struct buf *out, const struct report_model *m, struct str run);

/* ---- causes and advice: say_causes.c */
/* "main.(*Hub).fanOut (hub.go:110)". false, and nothing: the place is not known. */
bool say_place(struct buf *out, const struct model_place *at);
void say_cause_title(struct buf *out, const struct model_cause *c);	/* "live heap grows (variant)" */
size_t say_causes_shown(const struct report_model *m);	/* so many of the first have their evidence shown */
bool say_untested(const struct model_cause *c);		/* none of its signals was measured: not ruled out */
#define SAY_TINY .01	/* below it a cause has no score printed */
/* What was measured, or what is missing; not the signal's name and p. */
void say_evidence(struct buf *out, const struct model_evidence *e);
bool say_guilty(struct buf *out, const struct model_guilty *g);		/* "main.f (a.go:1): spends it, 81 %" */
bool say_linear_ranks(const struct report_model *m);	/* --model linear: the scores are its own */
void say_linear(struct buf *out, const struct model_linear *l);
void say_gain(struct buf *out, const struct model_recommendation *r);
void say_advice_cause(struct buf *out, const struct model_recommendation *r);
/*
 * {"use": 0.64730, "use is": "q / (1 + q)", "base": 1} as "use: 0.6473 = q / (1 + q); base: 1", with "; " between; what is no flat object is printed
 * as it is. No newline but in `between`.
 */
void say_facts(struct buf *out, struct str facts, const char *between);
/* What to do, up to its first colon or full stop; *rest: why and how. */
struct str say_act(struct str act, struct str *rest);

/* ---- changes: say_changes.c */
void say_total(struct buf *out, const struct model_change *c);		/* "CPU per request 1.24 ms -> 1.61 ms" */
void say_total_change(struct buf *out, const struct model_change *c);	/* "+29.8 %", ~ or = */
bool say_moved(struct buf *out, const struct model_change *c);		/* a total that changed, for an answer without a cause */
void say_delta(struct buf *out, const struct model_change *c);		/* a function's: "+1.24 ms"; nothing when it cannot be told */
void say_relative(struct buf *out, const struct model_change *c);	/* "+12.3 %", new, ~, =, moved */
bool say_total_found(const struct report_model *m, struct str metric);
void say_cluster(struct buf *out, const struct model_cluster *k, bool snapshot);
bool say_cluster_moved(const struct model_cluster *k);	/* grew or shrank by a goroutine and a tenth */
void say_shift(struct buf *out, const struct model_shift *h);
bool say_unseen(struct buf *out, const struct report_model *m);		/* false: not known, or nothing of the kind */

/* ---- what was not tested and not read: say_inputs.c */
struct say_absent {
	struct str why;
	size_t causes;	/* that wait for it */
};
#define SAY_ABSENT 64
/* The reasons why signals are absent, most causes first; fills at most SAY_ABSENT. */
size_t say_absent(struct say_absent *r, const struct report_model *m);
void say_absent_text(struct buf *out, const struct report_model *m, const struct say_absent *r);
bool say_unread_counts(struct buf *out, const struct report_model *m);	/* false: all was read */
void say_input(struct buf *out, const struct model_input *f);		/* "refused: current/heap.pprof, byte 77: gzip data is cut" */

#endif
