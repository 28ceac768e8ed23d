/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h - a stream of bytes from a file, gunzipped on the way when it is gzip
 *
 * One window of 256 KiB; memory does not depend on the file. All gzip members are read one after the other.
 * A gzip file must end cleanly: a cut one is ERR_FORMAT with the byte, after what could be read was delivered.
 * Bounds: gzip_members, a ratio and an inflated size, both given by the decoder (profile or text) by reader_limit().
 */
#ifndef CORE_READER_H
#define CORE_READER_H

#include <stdint.h>

#include "core/err.h"
#include "core/limits.h"
#include "core/str.h"

struct reader;

/* Borrows fd. */
int reader_open(struct reader **out, int fd, const struct limits *limits, struct err *err) ERR_MUST_CHECK;
/* The same over bytes in memory (borrowed): tests and fuzzing. */
int reader_open_mem(struct reader **out, struct str bytes, const struct limits *limits, struct err *err) ERR_MUST_CHECK;
void reader_close(struct reader *r);
void reader_limit(struct reader *r, uint64_t max_bytes, uint64_t max_ratio);

/* What lies ahead, at least `want` bytes of it unless the input ends first (want <= 64 KiB); n == 0 at the end. */
int reader_peek(struct reader *r, size_t want, struct str *out, struct err *err) ERR_MUST_CHECK;
void reader_skip_peeked(struct reader *r, size_t n);	/* n <= what the last peek gave */
void reader_skip_lines(struct reader *r, size_t n, uint64_t lines);	/* the same, when they are so many whole lines */
/* Exactly n bytes into out (ERR_FORMAT "ends in the middle" otherwise); out NULL skips them. */
int reader_read(struct reader *r, void *out, uint64_t n, struct err *err) ERR_MUST_CHECK;
/* The next line without its newline (CRLF too), borrowed until the next call; *eof at the end. A line beyond
 * limits->line_bytes is cut, *cut set, and the rest skipped. The last line needs no newline. */
int reader_line(struct reader *r, struct str *line, bool *cut, bool *eof, struct err *err) ERR_MUST_CHECK;

uint64_t reader_offset(const struct reader *r);		/* inflated bytes consumed */
uint64_t reader_line_number(const struct reader *r);	/* of the line last returned, from 1 */
uint64_t reader_raw_offset(const struct reader *r);	/* bytes of the file itself taken so far */
bool reader_is_gzip(const struct reader *r);

#endif
