/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * edit.h - a line of source in the user's editor
 */
#ifndef CLI_EDIT_H
#define CLI_EDIT_H

#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"

/* The file that a profile calls `file`, looked for in the source tree: the longest end of its path that is there and no link leads out
 * of. Opened in $VISUAL or $EDITOR at the line; waits for it. said: the path that was opened. */
int edit_source(const char *tree, struct str file, int64_t line, struct buf *said, struct err *err) ERR_MUST_CHECK;

#endif
