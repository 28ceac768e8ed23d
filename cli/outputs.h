/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outputs.h - the files that CI systems read: which are asked for, where they go, writing them
 *
 * --sarif writes RUN/attrib/report.sarif (beside attrib.db, in DIR with --out DIR), --sarif=FILE writes FILE, --sarif=- standard output; the
 * others likewise. --ci asks for all of them, and for report.json.
 */
#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include "cli/cmd.h"

/* Before any work: ERR_USAGE when two results want standard output or a --path-map is none. Fills in what --ci stands for. */
int outputs_check(struct ctx *c, const char *run, struct err *err) ERR_MUST_CHECK;
/* True when standard output belongs to a file, the page or JSON, and text would be in its way. */
bool outputs_own_stdout(const struct ctx *c);
/* Every file asked for. All are tried; the first failure is returned. */
int outputs_write(struct ctx *c, const char *run, const struct report_model *m, struct err *err) ERR_MUST_CHECK;
/* Under GitHub Actions (or --github): annotations on standard output, behind the text, and the summary of the step. */
int outputs_github(struct ctx *c, const struct report_model *m, struct err *err) ERR_MUST_CHECK;

#endif
