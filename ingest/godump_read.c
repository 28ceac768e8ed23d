// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_read.c - a text that is dumps, from its lines
 *
 * Most lines of a large dump are frames that follow the same frame as last time. Those are taken two lines at a time
 * out of the reader's window, without being made lines first; whatever is not as expected goes line by line.
 */
#include "ingest/godump.h"

static bool in_frames(const struct godump *g)
{
	return g->where == FRAMES && !g->column && !g->at.name.p;
}

static int expected_frames(struct godump *g, struct err *err)
{
	struct str ahead;
	uint64_t lines = 0;
	size_t n;

	if (reader_peek(g->in, 0, &ahead, err))
		return (int)err->code;
	n = godump_guess_frames(&g->stacks, &g->at, ahead, g->o->limits, &lines);
	reader_skip_lines(g->in, n, lines);
	g->line += lines;
	return 0;
}

static int read_lines(struct godump *g, struct err *err)
{
	struct str line, last = STR_NONE;
	uint64_t before = 0, after;
	bool cut, eof = false, whole = true;
	int rc;

	for (;;) {
		rc = reader_line(g->in, &line, &cut, &eof, err);
		if (rc == ERR_FORMAT) { /* the file is damaged from here on: what came before counts */
			g->stop = *err;
			rc = 0;
			eof = true;
		}
		if (rc || eof)
			break;
		after = reader_offset(g->in);
		whole = cut || after - before > line.n;
		g->line++;
		if (g->line == 1 && str_starts(line, "\xef\xbb\xbf"))
			line = str_skip(line, 3);
		rc = godump_feed(g, line, whole, err);
		if (!whole)
			last = line; /* nothing is read after it, so it stays */
		if (!rc && in_frames(g))
			rc = expected_frames(g, err);
		if (rc)
			return rc;
		before = reader_offset(g->in);
	}
	return rc ? rc : godump_feed_end(g, last, whole, before, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct godump *g;
	int rc = godump_open(&g, o, out, err);

	if (!rc) {
		g->in = in;
		rc = read_lines(g, err);
	}
	if (!rc)
		rc = godump_put(g, err);
	godump_close(g);
	return rc;
}

static bool sniff(struct str head)
{
	struct godump_header h;
	size_t column;

	for (bool more = true; more && head.n;) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (godump_text_header(line, &column, &h))
			return true;
		if (line.n > 60 && memmem(line.p, line.n, "goroutine ", 10) && memmem(line.p, line.n, "]:\\n", 4))
			return true;
		more = nl != NULL;
		head = str_skip(head, line.n + 1);
	}
	return false;
}

const struct decoder decoder_godump = { .kind = "godump", .version = 1, .sniff = sniff, .decode = decode };
