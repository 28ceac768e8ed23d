/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * emit.h - results to standard output or a file, notes to standard error
 */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include "cli/cmd.h"

/* All of b to standard output. A reader that closed its end of the pipe (`| head`) is no failure of a text, but one of data. */
int emit_text(const struct buf *b, struct err *err) ERR_MUST_CHECK;
int emit_data(const struct buf *b, struct err *err) ERR_MUST_CHECK;
/* --json: to standard output, or --json=FILE: replaces FILE. */
int emit_json(const struct ctx *c, const struct buf *b, struct err *err) ERR_MUST_CHECK;
/* True when standard output belongs to JSON and text would be in its way. */
bool emit_json_only(const struct ctx *c);
/* "attrib analyze: text" on standard error; nothing with --quiet. */
void emit_note(const struct ctx *c, const char *fmt, ...) ERR_PRINTF(2, 3);
/* The one line of a failure. */
void emit_error(const struct ctx *c, const struct err *err);

#endif
