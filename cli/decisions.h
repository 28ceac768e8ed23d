/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decisions.h - what a person said about a run in triage: verdicts on causes, notes
 *
 * One text file in the data folder, a line each: time, run, kind (verdict, note), subject, value, separated by tabs. A line is only ever
 * added, in one write; the last one about a subject holds.
 */
#ifndef CLI_DECISIONS_H
#define CLI_DECISIONS_H

#include "core/buf.h"
#include "core/err.h"

struct decisions;
/* dir: of the data; NULL: nothing is kept, decisions_add() says so. run: a folder or a database, named by its real path. */
int decisions_open(struct decisions **out, const char *dir, const char *run, struct err *err) ERR_MUST_CHECK;
void decisions_close(struct decisions *d);	/* NULL is fine */
/* The last word on every subject of a kind; "" took it back. */
void decisions_each(const struct decisions *d, const char *kind, void (*each)(void *to, struct str subject, struct str value), void *to);
int decisions_add(struct decisions *d, const char *kind, struct str subject, struct str value, struct err *err) ERR_MUST_CHECK;

#endif
