// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json_docs.c - cut a stream into JSON values
 *
 * Only brackets and strings are looked at; whether the text between is JSON is for the parser to say. On the way the
 * words that Go and Python print for numbers JSON does not have are replaced, since one NaN of a user's variable would
 * cost the whole file: NaN becomes null, Inf becomes "+Inf" or "-Inf".
 */
#include "ingest/json_docs.h"

#include <inttypes.h>

struct cut {
	unsigned depth;
	bool begun, in_string, escaped, done;
	size_t word; /* in d->text: the word outside of strings that is being read; SIZE_MAX: none */
};

int json_docs_open(struct json_docs *d, struct reader *in, const struct limits *l, struct err *err)
{
	*d = (struct json_docs){ .in = in, .next_line = 1 };
	d->text.limit = (size_t)l->json_bytes;
	return json_new(&d->j, l, err);
}

void json_docs_close(struct json_docs *d)
{
	json_free(d->j);
	buf_free(&d->text);
	d->j = NULL;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' ||
	       (c >= '0' && c <= '9');
}

static void end_word(struct json_docs *d, struct cut *c)
{
	static const struct {
		const char *is, *becomes;
	} words[] = {
		{ "NaN", "null" },	     { "nan", "null" },		  { "Inf", "\"+Inf\"" },
		{ "+Inf", "\"+Inf\"" },	     { "-Inf", "\"-Inf\"" },	  { "Infinity", "\"+Inf\"" },
		{ "+Infinity", "\"+Inf\"" }, { "-Infinity", "\"-Inf\"" },
	};
	size_t n = d->text.len - c->word;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && n <= 9; i++) {
		if (n != strlen(words[i].is) || memcmp(d->text.data + c->word, words[i].is, n) != 0)
			continue;
		d->text.len = c->word;
		buf_puts(&d->text, words[i].becomes);
		break;
	}
	c->word = SIZE_MAX;
}

static void take(struct json_docs *d, struct cut *c, char ch)
{
	if (c->in_string) {
		c->in_string = c->escaped || ch != '"';
		c->escaped = !c->escaped && ch == '\\';
		c->done = !c->in_string && c->depth == 0;
	} else {
		if (c->word != SIZE_MAX && !is_word(ch))
			end_word(d, c);
		else if (c->word == SIZE_MAX && is_word(ch))
			c->word = d->text.len;
		c->in_string = ch == '"';
		c->depth += ch == '{' || ch == '[';
		if ((ch == '}' || ch == ']') && (c->depth == 0 || --c->depth == 0))
			c->done = true;
		/* A scalar of its own ends at its line's end. */
		if (ch == '\n' && c->depth == 0 && !c->in_string)
			c->done = true;
	}
	buf_byte(&d->text, ch);
}

/* Bytes of part that were used. */
static size_t take_part(struct json_docs *d, struct cut *c, struct str part)
{
	size_t i = 0;

	for (; i < part.n && !c->done && !d->text.failed; i++) {
		char ch = part.p[i];
		bool blank = ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\x1e';

		d->next_line += ch == '\n';
		if (!c->begun && blank)
			continue;
		if (!c->begun)
			d->line = d->next_line;
		c->begun = true;
		take(d, c, ch);
	}
	return i;
}

static int skip_bom(struct json_docs *d, struct err *err)
{
	struct str part;
	int rc = reader_offset(d->in) ? 0 : reader_peek(d->in, 3, &part, err);

	if (!rc && reader_offset(d->in) == 0 && str_starts(part, "\xef\xbb\xbf"))
		reader_skip_peeked(d->in, 3);
	return rc;
}

int json_docs_next(struct json_docs *d, bool *end, struct err *err)
{
	struct cut c = { .word = SIZE_MAX };
	struct str part;
	int rc = skip_bom(d, err);

	buf_reset(&d->text);
	while (!rc && !c.done) {
		rc = reader_peek(d->in, 1, &part, err);
		if (rc || !part.n)
			break;
		reader_skip_peeked(d->in, take_part(d, &c, part));
		if (d->text.failed)
			return err_set(err, ERR_LIMIT,
				       "holds a JSON document of more than %zu bytes: the limit json_bytes",
				       d->text.limit);
	}
	if (rc)
		return rc;
	*end = !c.begun;
	if (*end)
		return 0;
	if (c.word != SIZE_MAX)
		end_word(d, &c);
	rc = json_parse(d->j, buf_view(&d->text), err);
	if (rc && d->line > 1)
		err_at(err, "document at line %" PRIu64, d->line);
	return rc;
}

bool json_docs_sniff(struct str head)
{
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.n && strchr(" \t\r\n", head.p[0]) && head.p[0])
		head = str_skip(head, 1);
	return head.n && (head.p[0] == '{' || head.p[0] == '[');
}
