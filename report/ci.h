/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ci.h - what the writers for CI share: where code lies in the repository, and which causes are worth a mark: private to report/
 *
 * The texts are those of say.h. Ids are the same in every output: a rule, a check name and an anchor are the cause's id.
 */
#ifndef REPORT_CI_H
#define REPORT_CI_H

#include "report/model.h"

#define CI_FINDINGS 16	/* marks that one analysis can set: enough for every cause above CI_SCORE */
#define CI_SCORE .1	/* a cause below it is no mark beside the code; the report still ranks it */
#define CI_NOWHERE "go.mod"	/* where a mark stands that has no line of its own: a Go repository has it at its root */

/* What is known of the repository from the files of the user's own functions. */
struct ci_repo {
	const struct report_ci *o;
	struct str module;	/* the main module's path; empty: not known */
	struct str root;	/* the folder it was built in, with a slash at its end; empty: not known, or -trimpath */
};
void ci_repo_find(struct ci_repo *r, const struct report_model *m, const struct report_ci *o);
/* Appends the place's file as the repository names it: relative, with no `.` or `..` in it. false, and nothing: it is not in the repository. */
bool ci_repo_path(struct buf *out, const struct ci_repo *r, const struct model_place *at);

struct ci_finding {
	const struct model_cause *cause;
	const char *level;		/* error, warning, note: the verdict's high, medium, low; another cause is a note */
	const struct model_place *at;	/* the first of its code that is in the repository, else the first; NULL: none */
	bool in_repo;
	char fingerprint[33];		/* of cause, service and function: the same when lines move */
};
/* The causes worth a mark, by rank; fills at most CI_FINDINGS. None when it got better or nothing was found. */
size_t ci_findings(struct ci_finding *f, const struct report_model *m, const struct ci_repo *r);
/* One paragraph: what, where, why, how sure, what to do first. Plain text on one line. */
void ci_message(struct buf *out, const struct report_model *m, const struct ci_finding *f);
/* The path and line a mark stands at. false: it has none and such marks are to be left out. */
bool ci_finding_path(struct buf *path, int64_t *line, const struct ci_repo *r, const struct ci_finding *f);
/* "attrib: 1 of 3 gates failed", or the verdict when there are no gates. */
void ci_headline(struct buf *out, const struct report_model *m);
/* "report.html#cause-<id>" for messages; the id alone when no page is named. */
void ci_anchor(struct buf *out, const struct report_ci *o, struct str cause);
/* At most max bytes of s, never a part of a character. */
struct str ci_head(struct str s, size_t max);
/* The service's name, else "service". */
struct str ci_service(const struct report_model *m);
/* The total that a gate's subject names, for the baseline's value; NULL: none. */
const struct model_change *ci_gate_total(const struct report_model *m, const struct model_gate *g);

#endif
