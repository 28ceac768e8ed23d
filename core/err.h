/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err.h - how a failure travels
 *
 * A function that can fail returns 0, or the code it stored in *err. The code is for the program (exit
 * status, skip the file), the message for the user: one line, outermost context first, no full stop.
 * `place` says where in the input ("byte 1042", "line 17") and is empty when no place makes sense.
 * The struct lives on the caller's stack and owns no memory. Only main() turns a code into an exit.
 */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum err_code {
	ERR_OK = 0,
	ERR_USAGE,	/* the caller's words are off: exit 2 */
	ERR_FORMAT,	/* a file is malformed: that file is refused */
	ERR_INPUT,	/* nothing usable to work on: exit 3 */
	ERR_LIMIT,	/* a limit of core/limits.def was reached: of a file, the file is refused; of the run, exit 5 */
	ERR_IO,		/* reading failed */
	ERR_OUTPUT,	/* writing failed: exit 6 */
	ERR_STORE,	/* SQLite said no: exit 7 */
	ERR_MEMORY,	/* allocation failed: exit 7 in the parent, one file in a worker */
	ERR_SIGNAL,	/* the user or the system asked us to stop: exit 128 + signal */
	ERR_INTERNAL,	/* a promise between two of our own functions is broken: exit 7 */
};

struct err {
	enum err_code code;
	int signal;		/* ERR_SIGNAL: which */
	char place[48];
	char msg[600];
};

#define ERR_MUST_CHECK __attribute__((warn_unused_result))
#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Stores code and message, clears place, and returns code. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) ERR_PRINTF(3, 4);
/* As err_set, with the system's word for errno_value behind ": "; for ENOMEM the code is ERR_MEMORY. */
int err_sys(struct err *err, enum err_code code, int errno_value, const char *fmt, ...) ERR_PRINTF(4, 5);
/* Puts "fmt: " before the message that is there; returns the code that is there. */
int err_wrap(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);
/* Sets the place of the message that is there; returns the code that is there. */
int err_at(struct err *err, const char *fmt, ...) ERR_PRINTF(2, 3);
/* Inline, so that a reader (and a static analyzer) sees that it never returns 0. */
static inline int err_nomem(struct err *err)
{
	err_set(err, ERR_MEMORY, "out of memory");
	return ERR_MEMORY;
}

#endif
