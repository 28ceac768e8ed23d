/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inifile.h - inih with its weaknesses closed
 *
 * inih gives its handler no line number, cuts a line at 200 bytes, a section's name and a key at 49, and a value at " ;", all without a word.
 * Here the reader that feeds it counts lines, and what would be cut is refused with its line. An indented line goes on with the value above it:
 * the handler is called again with the same key.
 */
#ifndef CORE_INIFILE_H
#define CORE_INIFILE_H

#include "core/buf.h"
#include "core/err.h"

#define INIFILE_LINE 190	/* bytes of a line */

struct inifile {
	struct str text;
	const char *name;	/* in messages */
	struct err *err;
	bool one_line;		/* a value has one line: an indented line is refused */
	int line;		/* being handled, from 1 */
	size_t at;
	bool failed;
};

/* Calls handler(arg, section, key, value) for every line of f->text; it returns 1, or what inifile_fail() returns. ERR_USAGE names file and line. */
int inifile_read(struct inifile *f, int (*handler)(void *arg, const char *section, const char *key, const char *value), void *arg) ERR_MUST_CHECK;
/* "NAME, line N: WHAT: DETAIL" (detail may be NULL) is the error, unless there is one; always 0. */
int inifile_fail(struct inifile *f, const char *what, const char *detail);
/* No memory is no fault of the file: ERR_MEMORY is the error; always 0. */
int inifile_nomem(struct inifile *f);

#endif
