// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json_lines.c - lines are parsed many at a time, since most of the cost of a short document is starting the parser
 *
 * Up to 64 KiB of lines become one array. When that is not JSON, some line in it is bad, and its lines are parsed one
 * by one to find which.
 */
#include "ingest/json_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/grow.h"

enum { BATCH = 65536 };

struct json_batch {
	const struct json_lines *l;
	struct json *json;
	struct buf text, scratch;
	struct line {
		size_t at;
		uint64_t number;
	} *line;
	size_t n, cap;
	uint64_t seen, bad, first_bad;
};

static void bad_line(struct json_batch *b, uint64_t number)
{
	b->bad++;
	if (!b->first_bad)
		b->first_bad = number;
}

static int take(struct json_batch *b, uint32_t node, uint64_t number, struct err *err)
{
	bool ok = json_type(b->json, node) == JSON_OBJECT;
	int rc = ok ? b->l->row(b->l->arg, b->json, node, &ok, err) : 0;

	if (!rc && !ok)
		bad_line(b, number);
	return rc;
}

static int one_by_one(struct json_batch *b, struct err *err)
{
	for (size_t i = 0; i < b->n; i++) {
		size_t end = i + 1 < b->n ? b->line[i + 1].at - 1 : b->text.len;
		struct str one = { b->text.data + b->line[i].at, end - b->line[i].at };
		struct err parse = { 0 };
		int rc = json_parse(b->json, one, &parse);

		if (rc == ERR_FORMAT)
			bad_line(b, b->line[i].number);
		else if (rc)
			*err = parse;
		else
			rc = take(b, json_root(b->json), b->line[i].number, err);
		if (rc && rc != ERR_FORMAT)
			return rc;
	}
	return 0;
}

static int flush(struct json_batch *b, struct err *err)
{
	struct err parse = { 0 };
	uint32_t node;
	int rc;

	if (!b->n)
		return 0;
	buf_byte(&b->text, ']');
	rc = buf_check(&b->text, err);
	if (rc)
		return rc;
	rc = json_parse(b->json, buf_view(&b->text), &parse);
	if (!rc && json_count(b->json, json_root(b->json)) == b->n) {
		node = json_first(b->json, json_root(b->json));
		for (size_t i = 0; i < b->n && !rc; i++, node = json_next(b->json, node))
			rc = take(b, node, b->line[i].number, err);
	} else if (!rc || rc == ERR_FORMAT) {
		b->text.len--;
		rc = one_by_one(b, err);
	} else {
		*err = parse;
	}
	buf_reset(&b->text);
	b->n = 0;
	return rc;
}

int json_batch_new(struct json_batch **out, const struct json_lines *l, const struct limits *limits, struct err *err)
{
	struct json_batch *b = calloc(1, sizeof(*b));
	int rc;

	*out = NULL;
	if (!b)
		return err_nomem(err);
	b->l = l;
	rc = json_new(&b->json, limits, err);
	if (rc)
		json_batch_free(b);
	else
		*out = b;
	return rc;
}

void json_batch_free(struct json_batch *b)
{
	if (!b)
		return;
	json_free(b->json);
	buf_free(&b->text);
	buf_free(&b->scratch);
	free(b->line);
	free(b);
}

int json_batch_add(struct json_batch *b, struct str object, uint64_t number, struct err *err)
{
	int rc = 0;

	b->seen++;
	buf_reset(&b->scratch);
	if (b->l->pick)
		object = b->l->pick(b->l->arg, object, &b->scratch);
	rc = buf_check(&b->scratch, err);
	if (!rc && object.p)
		rc = grow(&b->line, &b->cap, b->n + 1, sizeof(*b->line), err);
	if (rc || !object.p)
		return rc;
	buf_byte(&b->text, b->n ? ',' : '[');
	b->line[b->n++] = (struct line){ b->text.len, number };
	buf_str(&b->text, object);
	return b->text.len < BATCH ? 0 : flush(b, err);
}

int json_batch_end(struct json_batch *b, struct sink *out, struct err *err)
{
	char place[48], text[96];
	int rc = flush(b, err);

	if (rc)
		return rc;
	snprintf(place, sizeof(place), "%s %" PRIu64, b->l->noun, b->first_bad);
	if (b->bad * 10 > b->seen) {
		err_set(err, ERR_FORMAT, "%" PRIu64 " of %" PRIu64 " %ss cannot be read, more than one in ten", b->bad,
			b->seen, b->l->noun);
		return err_at(err, "%s", place);
	}
	snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " %ss cannot be read and are left out", b->bad, b->seen,
		 b->l->noun);
	return b->bad ? put_note(out, err, (struct rec_note){ str_from(place), str_from(text), 1 }) : 0;
}

static int next_line(struct json_batch *b, struct reader *in, bool *eof, struct err *err)
{
	struct str line = STR_NONE;
	bool cut;
	int rc = reader_line(in, &line, &cut, eof, err);

	if (rc || *eof)
		return rc;
	if (reader_line_number(in) == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_skip(line, 3);
	while (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		line = str_skip(line, 1);
	return line.n ? json_batch_add(b, line, reader_line_number(in), err) : 0;
}

int json_lines_read(const struct json_lines *l, struct reader *in, const struct limits *limits, struct sink *out,
		    struct err *err)
{
	struct json_batch *b = NULL;
	struct err stop = { 0 };
	bool eof = false;
	int rc = json_batch_new(&b, l, limits, err);

	while (!rc && !eof)
		rc = next_line(b, in, &eof, err);
	if (rc == ERR_FORMAT && reader_is_gzip(in) && b && b->seen) {	/* cut off: what came before counts */
		stop = *err;
		rc = 0;
	}
	if (!rc)
		rc = json_batch_end(b, out, err);
	if (!rc && stop.code)
		rc = put_note(out, err, (struct rec_note){ str_from(stop.place), str_from(stop.msg), 1 });
	json_batch_free(b);
	return rc;
}
