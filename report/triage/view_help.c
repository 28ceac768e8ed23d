// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/triage/ui.h"

static void row(struct page *p, const char *key, const char *text)
{
	unsigned wide = p->width >= 50 ? 16 : 6, n = (unsigned)strlen(key);

	buf_puts(p->out, "\x1b[1m");
	buf_puts(p->out, key);
	buf_puts(p->out, "\x1b[0m");
	page_pad(p, n < wide ? wide - n : 0);
	page_rest(p, n < wide ? wide : n, wide + 1, str_from(text));
	page_end(p);
}

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_HELP];

	doc_begin(d, u->columns, u->utf8);
	for (int v = 0; v < VIEWS; v++) {
		char key[2] = { key_of_view(v), '\0' };
		struct buf b = { .limit = 400 };

		buf_printf(&b, "%s: %s", views[v]->name, views[v]->about);
		row(doc_item(d, ITEM_TEXT, (size_t)v), key, b.data);
		buf_free(&b);
	}
	for (const struct key *k = keys; k->act; k++) {
		if (k->part)
			page_text(doc_item(d, ITEM_NONE, 0), 0, 0, INK_BOLD, str_from(k->part));
		row(doc_item(d, ITEM_TEXT, VIEWS + (size_t)(k - keys)), k->keys, k->help);
	}
	return doc_end(d, err);
}

const struct view view_help = { .name = "help", .tab = "help", .about = "all keys", .build = build };
