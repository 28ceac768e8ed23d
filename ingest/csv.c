// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * csv.c - libcsv, fed a line at a time
 *
 * libcsv knows quotes and nothing else: no lines, no limits, and after an error no way on. So it gets one line at a
 * time. A row that is not complete at its line's end (a quoted newline) takes the next line too, up to
 * limits->line_bytes; the lines are kept, so that a row which fails - a quote never closed, most often - costs its
 * first line only and the others are read again, as rows of their own. That is linear: an unclosed quote can only reach
 * the limit where no other quote of odd count follows, and there nothing opens one again.
 */
#include "ingest/csv.h"

#include <csv.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/buf.h"

struct csv {
	struct reader *in;
	const struct limits *limits;
	struct csv_parser parser;
	bool parser_up;
	char delim;

	struct buf held;	/* lines read and not yet given away, each with its newline */
	size_t from;		/* where the row being read begins in held */
	size_t at;		/* what of held the parser has seen */
	uint64_t line;		/* number of the line at `at` */
	uint64_t cut_line;	/* the line that was longer than the limit; 0: none */

	struct buf text;	/* the fields of the row, one after the other */
	size_t end[CSV_COLUMNS + 1];	/* of each field in text */
	struct str field[CSV_COLUMNS];
	int n;
	bool done;		/* the parser has seen the row's end */
	bool unusable;

	uint64_t rows, bad, first_bad, row_line;
	struct err stop;	/* why the input ended early; code 0: it did not */
};

static void on_field(void *p, size_t n, void *arg)
{
	struct csv *c = arg;

	if (c->n == CSV_COLUMNS || c->done) {	/* done: a carriage return inside the line */
		c->unusable = true;
		return;
	}
	buf_add(&c->text, p, n);
	c->end[++c->n] = c->text.len;
}

static void on_row(int end, void *arg)
{
	struct csv *c = arg;

	(void)end;
	c->done = true;
}

static int parser_start(struct csv *c, struct err *err)
{
	if (c->parser_up)
		csv_free(&c->parser);
	c->parser_up = csv_init(&c->parser, CSV_STRICT | CSV_STRICT_FINI) == 0;
	if (!c->parser_up)
		return err_nomem(err);
	csv_set_delim(&c->parser, (unsigned char)c->delim);
	return 0;
}

int csv_open(struct csv **out, struct reader *in, char delim, const struct limits *limits, struct err *err)
{
	struct csv *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (!c)
		return err_nomem(err);
	c->in = in;
	c->limits = limits;
	c->delim = delim ? delim : ',';
	c->held.limit = (size_t)limits->line_bytes * 2 + 4;
	c->text.limit = c->held.limit;
	rc = parser_start(c, err);
	if (rc)
		csv_close(c);
	else
		*out = c;
	return rc;
}

void csv_close(struct csv *c)
{
	if (!c)
		return;
	if (c->parser_up)
		csv_free(&c->parser);
	buf_free(&c->held);
	buf_free(&c->text);
	free(c);
}

/* Makes one more line available at c->at; *end when there is none. Lines of rows that failed come first. */
static int more(struct csv *c, bool *end, struct err *err)
{
	struct str line;
	bool eof, cut;
	int rc;

	*end = false;
	if (c->at < c->held.len)
		return 0;
	if (c->stop.code) {
		*end = true;
		return 0;
	}
	rc = reader_line(c->in, &line, &cut, &eof, err);
	if (rc && rc != ERR_FORMAT)
		return rc;
	if (rc)
		c->stop = *err;
	if (rc || eof) {
		*end = true;
		return 0;
	}
	if (c->from) {
		c->at -= c->from;
		memmove(c->held.data, c->held.data + c->from, c->at);
		c->held.len = c->at;
		c->from = 0;
	}
	c->line = reader_line_number(c->in);
	if (cut)
		c->cut_line = c->line;
	if (c->line == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_skip(line, 3);
	buf_str(&c->held, line);
	buf_byte(&c->held, '\n');
	return buf_check(&c->held, err);
}

static struct str current_line(const struct csv *c)
{
	struct str rest = str_skip(buf_view(&c->held), c->at);
	const char *nl = memchr(rest.p, '\n', rest.n);

	return (struct str){ rest.p, nl ? (size_t)(nl - rest.p) + 1 : rest.n };
}

static bool skippable(struct str line)
{
	size_t i = 0;

	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '\r' || line.p[i] == '\n'))
		i++;
	return i == line.n || line.p[0] == '#';
}

static void begin_row(struct csv *c)
{
	buf_reset(&c->text);
	c->n = 0;
	c->done = c->unusable = false;
}

/* Feeds lines until a row is complete. *ok: it is; otherwise the row is bad and its first line is gone. */
static int read_row(struct csv *c, bool *ok, struct err *err)
{
	struct str line = current_line(c);
	size_t first = line.n;
	bool end = false, good = c->cut_line != c->line;
	int rc;

	begin_row(c);
	c->row_line = c->line;
	while (good) {
		line = current_line(c);
		good = csv_parse(&c->parser, line.p, line.n, on_field, on_row, c) == line.n && !c->unusable;
		c->at += line.n;
		c->line++;
		if (c->done || !good || c->at - c->from > c->limits->line_bytes)
			break;
		rc = more(c, &end, err);
		if (rc)
			return rc;
		if (end || c->cut_line == c->line)
			break;
	}
	*ok = good && c->done && !c->text.failed;
	if (*ok) {
		c->from = c->at;
		return 0;
	}
	c->from += first;
	c->at = c->from;
	c->line = c->row_line + 1;
	csv_reject(c);
	return parser_start(c, err);
}

int csv_next(struct csv *c, struct csv_row *row, bool *end, struct err *err)
{
	bool ok = false;
	int rc;

	while (!ok) {
		rc = more(c, end, err);
		if (rc || *end)
			return rc;
		if (skippable(current_line(c))) {
			c->at += current_line(c).n;
			c->from = c->at;
			c->line++;
			continue;
		}
		c->rows++;
		rc = read_row(c, &ok, err);
		if (rc)
			return rc;
	}
	for (int i = 0; i < c->n; i++)
		c->field[i] = (struct str){ c->text.data ? c->text.data + c->end[i] : "", c->end[i + 1] - c->end[i] };
	*row = (struct csv_row){ c->field, c->n, c->row_line };
	return 0;
}

void csv_reject(struct csv *c)
{
	c->bad++;
	if (!c->first_bad)
		c->first_bad = c->row_line;
}

static int note_bad(struct csv *c, struct sink *out, struct err *err)
{
	char place[32], text[96];

	snprintf(place, sizeof(place), "line %" PRIu64, c->first_bad);
	snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " rows cannot be read and are left out", c->bad,
		 c->rows);
	return put_note(out, err, (struct rec_note){ str_from(place), str_from(text), 1 });
}

int csv_finish(struct csv *c, struct sink *out, struct err *err)
{
	int rc = 0;

	if (c->bad * 10 > c->rows) {
		err_set(err, ERR_FORMAT, "%" PRIu64 " of %" PRIu64 " rows cannot be read, more than one in ten", c->bad,
			c->rows);
		return err_at(err, "line %" PRIu64, c->first_bad);
	}
	if (c->bad)
		rc = note_bad(c, out, err);
	if (!rc && c->stop.code)
		rc = put_note(out, err, (struct rec_note){ str_from(c->stop.place), str_from(c->stop.msg), 1 });
	return rc;
}

bool csv_head_line(struct str head, int n, struct str *line)
{
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.n) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str l = { head.p, nl ? (size_t)(nl - head.p) : head.n };

		if (!skippable(l) && n-- == 0) {
			if (l.n && l.p[l.n - 1] == '\r')
				l.n--;
			*line = l;
			return true;
		}
		head = str_skip(head, l.n + 1);
	}
	return false;
}

int csv_split(struct str line, char delim, struct str *field, int max)
{
	int n = 0;
	size_t i = 0;

	while (n < max) {
		size_t from, to;
		bool quoted;

		while (i < line.n && line.p[i] == ' ')
			i++;
		quoted = i < line.n && line.p[i] == '"';
		from = i += quoted;
		while (i < line.n &&
		       (quoted ? line.p[i] != '"' || (i + 1 < line.n && line.p[i + 1] == '"') : line.p[i] != delim))
			i += quoted && line.p[i] == '"' ? 2 : 1;
		to = i < line.n ? i : line.n;
		if (quoted) {
			while (i < line.n && line.p[i] != delim)
				i++;
		} else {
			while (to > from && (line.p[to - 1] == ' ' || line.p[to - 1] == '\t'))
				to--;
		}
		field[n++] = (struct str){ line.p + from, to - from };
		if (i >= line.n)
			break;
		i++;
	}
	return n;
}

char csv_delimiter(struct str head)
{
	static const char delims[] = { ',', ';', '\t' };
	struct str line, field[CSV_COLUMNS];

	for (size_t i = 0; i < sizeof(delims); i++) {
		int n;

		if (!csv_head_line(head, 0, &line))
			return 0;
		n = csv_split(line, delims[i], field, CSV_COLUMNS);
		if (n < 2)
			continue;
		if (delims[i] == ',' && memchr(line.p, ';', line.n))
			continue;	/* "12,4;0,35": decimal commas */
		if (!csv_head_line(head, 1, &line) || csv_split(line, delims[i], field, CSV_COLUMNS) == n)
			return delims[i];
	}
	return 0;
}
