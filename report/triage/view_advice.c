// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * view_advice.c - the one ranked list of what to do; opened, the facts behind the numbers
 */
#include "report/say.h"
#include "report/term.h"
#include "report/triage/ui.h"

static int build(struct ui *u, struct err *err)
{
	struct doc *d = &u->doc[VIEW_ADVICE];
	struct buf b = { .limit = 1 << 20 };

	doc_begin(d, u->columns, u->utf8);
	for (size_t i = 0; i < u->m->recommendations.n; i++) {
		const struct model_recommendation *r = &u->m->recommendations.v[i];
		struct item it = { ITEM_ADVICE, (uint32_t)i };
		struct page *p = doc_item(d, ITEM_ADVICE, i);

		buf_reset(&b);
		item_anchor(u, it, &b);
		buf_puts(p->out, keep_marked(u, buf_view(&b)) ? "*" : "");
		term_recommendation(p, r, true);
		if (ui_is_open(u, it)) {
			struct buf facts = { .limit = 1 << 20 };

			say_facts(&facts, r->facts, "; ");
			page_field(p, 4, "facts", buf_view(&facts));
			buf_free(&facts);
		}
		if (keep_note_of(u, buf_view(&b)).n)
			page_field(p, 4, "note", keep_note_of(u, buf_view(&b)));
	}
	if (!u->m->recommendations.n)
		page_text(doc_item(d, ITEM_TEXT, 0), 0, 0, INK_PLAIN, STR_LIT("There is nothing to do."));
	buf_free(&b);
	return doc_end(d, err);
}

static void title(const struct ui *u, struct buf *out)
{
	buf_printf(out, "%zu, by chance times gain", u->m->recommendations.n);
}

const struct view view_advice = { .name = "do", .tab = "do", .about = "recommendations, what to do first", .build = build, .title = title };
