// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * doc.c - cuts what report/page wrote into lines; a style that is open at a line's end goes on in the next
 */
#include "report/triage/doc.h"

#define DOC_BYTES (64u << 20)

void doc_begin(struct doc *d, unsigned columns, bool utf8)
{
	struct report_opts o = { .columns = columns, .utf8 = utf8, .colour = true };

	arena_reset(&d->arena);
	d->arena.limit = DOC_BYTES;
	d->text.limit = DOC_BYTES;
	buf_reset(&d->text);
	page_init(&d->page, &d->text, &o);
	d->page.width = columns > 1 ? columns - 1 : 1;
	d->v = NULL;
	d->n = d->cap = d->from = 0;
	d->groups = 0;
	d->open = d->failed = false;
}

static void add_line(struct doc *d, struct str text, const char *style, bool first)
{
	struct doc_line *l;
	size_t n = strlen(style);
	char *p;

	if (d->n == d->cap) {
		size_t more = d->cap ? 2 * d->cap : 128;
		struct doc_line *v = arena_array(&d->arena, struct doc_line, more);

		if (!v) {
			d->failed = true;
			return;
		}
		if (d->n)
			memcpy(v, d->v, d->n * sizeof(*v));
		d->v = v;
		d->cap = more;
	}
	p = arena_alloc(&d->arena, text.n + n + 1);
	if (!p) {
		d->failed = true;
		return;
	}
	memcpy(p, style, n);
	if (text.n)
		memcpy(p + n, text.p, text.n);
	l = &d->v[d->n++];
	*l = (struct doc_line){ { p, text.n + n }, d->item, d->groups, d->item.kind == ITEM_NONE || !first };
}

/* The last style set in text, "" when it is plain. */
static void last_style(char out[8], struct str text)
{
	for (size_t i = 0; i + 2 < text.n; i++) {
		size_t k = i + 2;

		if (text.p[i] != '\x1b' || text.p[i + 1] != '[')
			continue;
		while (k < text.n && text.p[k] != 'm')
			k++;
		if (k - i + 1 < 8 && k < text.n) {
			memcpy(out, text.p + i, k - i + 1);
			out[k - i + 1] = '\0';
		}
	}
	if (strcmp(out, "\x1b[0m") == 0)
		out[0] = '\0';
}

static void cut(struct doc *d)
{
	struct str s = str_skip(buf_view(&d->text), d->from);
	char style[8] = "", next[8];
	bool first = true;

	while (s.n) {
		const char *nl = memchr(s.p, '\n', s.n);
		struct str line = { s.p, nl ? (size_t)(nl - s.p) : s.n };

		strcpy(next, style);
		last_style(next, line);
		add_line(d, line, style, first);
		strcpy(style, next);
		first = first && line.n == 0;
		s = str_skip(s, line.n + (nl != NULL));
	}
	d->groups++;
	d->from = 0;
	d->failed = d->failed || d->text.failed;
	buf_reset(&d->text);
}

struct page *doc_item(struct doc *d, enum item_kind kind, size_t index)
{
	if (d->open)
		cut(d);
	d->open = true;
	d->item = (struct item){ kind, (uint32_t)index };
	return &d->page;
}

int doc_end(struct doc *d, struct err *err)
{
	if (d->open)
		cut(d);
	d->open = false;
	return d->failed ? err_nomem(err) : 0;
}

void doc_free(struct doc *d)
{
	arena_free(&d->arena);
	buf_free(&d->text);
	*d = (struct doc){ .open = false };
}
