// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * reader.c - bytes of a file, inflated, in bounded memory
 *
 *     file --raw_read--> [in 64 KiB] --inflate--> [window 256 KiB] --> peek, read, line
 *     file --raw_read------------------------->   [window]             when it is not gzip
 *
 * inflate() is driven here and not by gzread(), because gzread() hides the ratio, takes a cut file for a whole one when
 * it reads in small steps, and passes garbage behind the last member as data.
 *
 * An end that is an error (cut, damaged, too large) is kept in `stop` and delivered only when the bytes before it have
 * been taken: a log that was being written when the pod died still tells all it can. It then stays: every
 * later call gives it again.
 *
 * The window grows only when a line is longer than it, up to line_bytes; the rest of such a line is skipped by the next
 * call, because the caller still holds the part that was returned.
 */
#include "core/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define WINDOW	    (256u * 1024)
#define IN_SIZE	    (64u * 1024)
#define PEEK_MAX    (64u * 1024)
#define RATIO_AFTER (64u << 20) /* small files may be as dense as they like */

struct reader {
	int fd; /* -1: mem */
	struct str mem;
	uint64_t line_bytes, members_max, max_bytes, max_ratio;
	char *win;
	size_t pos, len, cap; /* win[pos, len) lies ahead */
	uint64_t made;	      /* bytes that were ever put into the window */
	uint64_t raw;	      /* bytes read from the file */
	unsigned char *in;    /* gzip only; in_len bytes, of which z.avail_in are left */
	z_stream z;
	bool gzip, raw_end, end; /* end: nothing more will come, `stop` says why unless it was the plain end */
	bool skip_rest;		 /* a cut line's tail lies ahead */
	uint64_t members, line;
	struct err stop;
};

/* Up to n bytes of the file itself; 0 at its end, -1 with r->stop set. */
static ssize_t raw_read(struct reader *r, void *out, size_t n)
{
	ssize_t got;

	if (r->fd < 0) {
		got = (ssize_t)(n < r->mem.n ? n : r->mem.n);
		if (got)
			memcpy(out, r->mem.p, (size_t)got);
		r->mem = str_skip(r->mem, (size_t)got);
	} else {
		do
			got = read(r->fd, out, n);
		while (got < 0 && errno == EINTR);
		if (got < 0) {
			err_sys(&r->stop, ERR_IO, errno, "cannot read");
			err_at(&r->stop, "byte %" PRIu64, r->raw);
			return -1;
		}
	}
	r->raw += (uint64_t)got;
	return got;
}

static uint64_t raw_taken(const struct reader *r)
{
	return r->gzip ? r->raw - r->z.avail_in : r->made - (r->len - r->pos);
}

static void stop_at(struct reader *r, enum err_code code, uint64_t byte, const char *msg, const char *detail)
{
	err_set(&r->stop, code, "%s%s", msg, detail);
	err_at(&r->stop, "byte %" PRIu64, byte);
	r->end = true;
}

/* At least `want` compressed bytes ahead unless the file ends; false with r->stop set when it cannot be read. */
static bool in_fill(struct reader *r, size_t want)
{
	if (r->z.avail_in >= want || r->raw_end)
		return true;
	memmove(r->in, r->z.next_in, r->z.avail_in);
	r->z.next_in = r->in;
	while (r->z.avail_in < want && !r->raw_end) {
		ssize_t n = raw_read(r, r->in + r->z.avail_in, IN_SIZE - r->z.avail_in);

		if (n < 0) {
			r->end = true;
			return false;
		}
		r->raw_end = n == 0;
		r->z.avail_in += (uInt)n;
	}
	return true;
}

/* Zeros up to the end of the file are padding (tapes, block devices, preallocated logs). */
static bool only_zeros_ahead(struct reader *r)
{
	while (in_fill(r, 1) && r->z.avail_in) {
		if (*r->z.next_in)
			return false;
		r->z.next_in++;
		r->z.avail_in--;
	}
	return true;
}

/* Behind a member: another one, the end, or what does not belong there. */
static void member_end(struct reader *r)
{
	uint64_t at;

	r->members++;
	if (!in_fill(r, 2))
		return;
	at = raw_taken(r);
	if (r->z.avail_in == 0) {
		r->end = true;
	} else if (r->z.next_in[0] == 0x1f && (r->z.avail_in == 1 || r->z.next_in[1] == 0x8b)) {
		if (r->members >= r->members_max)
			stop_at(r, ERR_LIMIT, at, "has more gzip members than the limit gzip_members allows", "");
		else
			inflateReset(&r->z);
	} else if (only_zeros_ahead(r)) {
		r->end = true;
	} else {
		stop_at(r, ERR_FORMAT, at, "has bytes behind the end of its gzip data that are not gzip", "");
	}
}

/* One inflate() call's worth into the window. */
static void fill_gzip(struct reader *r)
{
	size_t space = r->cap - r->len, n;
	int rc;

	if (!in_fill(r, 1))
		return;
	r->z.next_out = (Bytef *)r->win + r->len;
	r->z.avail_out = (uInt)(space < (1u << 30) ? space : 1u << 30);
	n = r->z.avail_out;
	rc = inflate(&r->z, Z_NO_FLUSH);
	n -= r->z.avail_out;
	r->len += n;
	r->made += n;
	if (rc == Z_STREAM_END)
		member_end(r);
	else if (rc == Z_MEM_ERROR)
		stop_at(r, ERR_MEMORY, raw_taken(r), "out of memory", "");
	else if (rc == Z_DATA_ERROR || rc == Z_NEED_DICT)
		stop_at(r, ERR_FORMAT, raw_taken(r),
			"gzip data is damaged: ", r->z.msg ? r->z.msg : "needs a dictionary");
	else if (n == 0 && r->z.avail_in == 0 && r->raw_end)
		stop_at(r, ERR_FORMAT, r->raw, "gzip data is cut: the file ends in the middle of it", "");
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		stop_at(r, ERR_INTERNAL, raw_taken(r), "zlib refuses its own state", "");
	if (!r->end && r->made > RATIO_AFTER && r->made / r->max_ratio > raw_taken(r))
		stop_at(r, ERR_LIMIT, raw_taken(r),
			"inflates far beyond its size (a gzip bomb?): the limit gzip_ratio or "
			"profile_ratio is reached",
			"");
}

static void fill_plain(struct reader *r)
{
	ssize_t n = raw_read(r, r->win + r->len, r->cap - r->len);

	if (n <= 0) {
		r->end = true;
		return;
	}
	r->len += (size_t)n;
	r->made += (uint64_t)n;
}

/* Takes back what the window holds beyond max_bytes. What was consumed already cannot come back, and need not. */
static void hold_to_limit(struct reader *r)
{
	uint64_t over = r->made > r->max_bytes ? r->made - r->max_bytes : 0;
	size_t ahead = r->len - r->pos;

	if (!over)
		return;
	r->len -= over < ahead ? (size_t)over : ahead;
	r->made -= over < ahead ? over : ahead;
	err_set(&r->stop, ERR_LIMIT, "has more than %" PRIu64 " bytes%s", r->max_bytes, r->gzip ? ", inflated" : "");
	err_at(&r->stop, "byte %" PRIu64, r->max_bytes);
	r->end = true;
}

/* Some more bytes into the window, or r->end. There is room: cap - (len - pos) > 0. */
static void fill(struct reader *r)
{
	if (r->pos == r->len) {
		r->pos = r->len = 0;
	} else if (r->cap - r->len < r->cap / 4) {
		memmove(r->win, r->win + r->pos, r->len - r->pos);
		r->len -= r->pos;
		r->pos = 0;
	}
	if (r->gzip)
		fill_gzip(r);
	else
		fill_plain(r);
	hold_to_limit(r);
}

/* The tail of a line that was cut, up to and with its newline. */
static void finish_line(struct reader *r)
{
	while (r->skip_rest) {
		char *nl = r->pos < r->len ? memchr(r->win + r->pos, '\n', r->len - r->pos) : NULL;

		r->pos = nl ? (size_t)(nl - r->win) + 1 : r->len;
		if (nl || r->end)
			r->skip_rest = false;
		else
			fill(r);
	}
}

static int stopped(const struct reader *r, struct err *err)
{
	if (r->stop.code)
		*err = r->stop;
	return (int)r->stop.code;
}

int reader_peek(struct reader *r, size_t want, struct str *out, struct err *err)
{
	*out = STR_NONE;
	if (want > PEEK_MAX)
		return err_set(err, ERR_INTERNAL, "peek of %zu bytes", want);
	if (r->skip_rest)
		finish_line(r);
	while (r->len - r->pos < want && !r->end)
		fill(r);
	if (r->pos == r->len && want)
		return stopped(r, err);
	*out = (struct str){ r->win + r->pos, r->len - r->pos };
	return 0;
}

void reader_skip_peeked(struct reader *r, size_t n)
{
	r->pos += n < r->len - r->pos ? n : r->len - r->pos;
}

void reader_skip_lines(struct reader *r, size_t n, uint64_t lines)
{
	reader_skip_peeked(r, n);
	r->line += lines;
}

int reader_read(struct reader *r, void *out, uint64_t n, struct err *err)
{
	char *to = out;

	if (r->skip_rest)
		finish_line(r);
	while (n) {
		size_t ahead = r->len - r->pos, part = n < ahead ? (size_t)n : ahead;

		if (to && part) {
			memcpy(to, r->win + r->pos, part);
			to += part;
		}
		r->pos += part;
		n -= part;
		if (n && r->end) {
			if (stopped(r, err))
				return (int)r->stop.code;
			err_set(err, ERR_FORMAT, "ends in the middle: %" PRIu64 " more bytes were announced", n);
			return err_at(err, "byte %" PRIu64, reader_offset(r));
		}
		if (n)
			fill(r);
	}
	return 0;
}

/* A window full of one line: doubled, as far as line_bytes makes sense. */
static int grow(struct reader *r, struct err *err)
{
	size_t cap = r->cap < WINDOW ? WINDOW : r->cap * 2;
	char *p;

	if (r->cap > SIZE_MAX / 4)
		return err_nomem(err);
	p = malloc(cap);
	if (!p)
		return err_nomem(err);
	memcpy(p, r->win + r->pos, r->len - r->pos);
	free(r->win);
	r->win = p;
	r->len -= r->pos;
	r->pos = 0;
	r->cap = cap;
	return 0;
}

/* The line [pos, pos + n) was found, `eat` bytes with its newline. */
static void take_line(struct reader *r, size_t n, size_t eat, struct str *line, bool *cut)
{
	const char *p = r->win + r->pos;

	if (n && p[n - 1] == '\r')
		n--;
	*cut = n > r->line_bytes;
	*line = (struct str){ p, *cut ? (size_t)r->line_bytes : n };
	r->pos += eat;
	r->line++;
}

/* The window holds no whole line: read on until it does, until the line is too long, or until the end. */
static int slow_line(struct reader *r, struct str *line, bool *cut, bool *eof, struct err *err)
{
	size_t seen = 0, ahead;

	for (;;) {
		char *nl = NULL;

		ahead = r->len - r->pos;
		if (ahead > seen)
			nl = memchr(r->win + r->pos + seen, '\n', ahead - seen);
		if (nl) {
			seen = (size_t)(nl - (r->win + r->pos));
			take_line(r, seen, seen + 1, line, cut);
			return 0;
		}
		/* One byte of grace: it may be the CR of a line that fits. */
		if (ahead > r->line_bytes && ahead - r->line_bytes > 1) {
			r->skip_rest = true;
			take_line(r, ahead, ahead, line, cut);
			return 0;
		}
		if (r->end)
			break;
		if (ahead == r->cap && grow(r, err))
			return (int)err->code;
		seen = ahead;
		fill(r);
	}
	if (ahead) {
		take_line(r, ahead, ahead, line, cut);
		return 0;
	}
	*eof = !r->stop.code;
	return stopped(r, err);
}

int reader_line(struct reader *r, struct str *line, bool *cut, bool *eof, struct err *err)
{
	char *nl;

	*cut = *eof = false;
	if (r->skip_rest)
		finish_line(r);
	nl = r->pos < r->len ? memchr(r->win + r->pos, '\n', r->len - r->pos) : NULL;
	if (nl) {
		size_t n = (size_t)(nl - (r->win + r->pos));

		take_line(r, n, n + 1, line, cut);
		return 0;
	}
	*line = STR_NONE;
	return slow_line(r, line, cut, eof, err);
}

/* The first bytes tell whether it is gzip; they are in the window and move to `in` when it is. */
static int begin(struct reader *r, struct err *err)
{
	while (r->len < 2 && !r->end)
		fill_plain(r);
	if (r->stop.code)
		return stopped(r, err);
	if (r->len < 2 || (unsigned char)r->win[0] != 0x1f || (unsigned char)r->win[1] != 0x8b)
		return 0;
	r->in = malloc(IN_SIZE);
	if (!r->in || inflateInit2(&r->z, 15 + 16) != Z_OK)
		return err_nomem(err);
	r->gzip = true;
	memcpy(r->in, r->win, r->len);
	r->z.next_in = r->in;
	r->z.avail_in = (uInt)r->len;
	r->len = 0;
	r->made = 0;
	return 0;
}

static int open_any(struct reader **out, int fd, struct str mem, const struct limits *l, struct err *err)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	*out = NULL;
	if (!r)
		return err_nomem(err);
	r->fd = fd;
	r->mem = mem;
	r->line_bytes = l->line_bytes;
	r->members_max = l->gzip_members;
	reader_limit(r, l->text_bytes, l->gzip_ratio);
	r->win = malloc(WINDOW);
	r->cap = IN_SIZE; /* what begin() reads must fit `in` */
	rc = r->win ? begin(r, err) : err_nomem(err);
	if (rc) {
		reader_close(r);
		return rc;
	}
	r->cap = WINDOW;
	hold_to_limit(r);
	*out = r;
	return 0;
}

int reader_open(struct reader **out, int fd, const struct limits *limits, struct err *err)
{
	return open_any(out, fd, STR_NONE, limits, err);
}

int reader_open_mem(struct reader **out, struct str bytes, const struct limits *limits, struct err *err)
{
	return open_any(out, -1, bytes, limits, err);
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	if (r->in)
		inflateEnd(&r->z);
	free(r->in);
	free(r->win);
	free(r);
}

void reader_limit(struct reader *r, uint64_t max_bytes, uint64_t max_ratio)
{
	r->max_bytes = max_bytes;
	r->max_ratio = max_ratio ? max_ratio : 1;
	hold_to_limit(r);
}

uint64_t reader_offset(const struct reader *r)
{
	return r->made - (r->len - r->pos);
}

uint64_t reader_line_number(const struct reader *r)
{
	return r->line;
}

uint64_t reader_raw_offset(const struct reader *r)
{
	return raw_taken(r);
}

bool reader_is_gzip(const struct reader *r)
{
	return r->gzip;
}
