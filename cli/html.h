/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - the page of an answer: where it goes, and writing it
 */
#ifndef CLI_HTML_H
#define CLI_HTML_H

#include "cli/cmd.h"
#include "report/plot.h"

/* The file --html names, "-" for standard output; without the option, and `by_default`, report.html beside the database of run, unless
 * --no-html. NULL: none. The ctx's arena. */
const char *html_path(struct ctx *c, const char *run, bool by_default);
/* True when standard output belongs to the page. */
bool html_only(const struct ctx *c);
/* Draws the curves, writes the page to path in one step. */
int html_write(struct ctx *c, const char *path, const struct report_model *m, struct plots *plots, struct err *err) ERR_MUST_CHECK;

#endif
