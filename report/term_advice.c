// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term_advice.c - DO FIRST: the top of the one ranked list
 *
 * Three are shown: more than three first things are none. A gain without a number names the file that would give it.
 */
#include <math.h>
#include <stdio.h>

#include "core/json.h"
#include "core/text.h"
#include "report/term.h"
#include "report/words.h"

#define SHOWN 3

/* {"formula": "cur - base", "base": 1} as "formula: cur - base; base: 1"; what is no flat object is printed as it is. */
void term_facts(struct buf *out, struct str facts)
{
	struct json *j = NULL;
	struct err err;
	size_t n = 0;

	if (!facts.n || str_is(facts, "{}"))
		return;
	if (json_new(&j, &limits_default, &err) || json_parse(j, facts, &err) || json_type(j, json_root(j)) != JSON_OBJECT) {
		buf_str(out, facts);
	} else {
		for (uint32_t i = json_first(j, json_root(j)); i != JSON_NONE; i = json_next(j, i)) {
			buf_puts(out, n++ ? "; " : "");
			text_clean(out, json_key(j, i));
			buf_puts(out, ": ");
			if (json_type(j, i) == JSON_TEXT)
				text_clean(out, json_text(j, i));
			else
				json_scalar(j, i, out);
		}
	}
	json_free(j);
}

void term_recommendation(struct page *p, const struct model_recommendation *r, bool with_cause)
{
	struct buf b = { .limit = 1 << 16 };
	char rank[16];
	unsigned hang;

	snprintf(rank, sizeof(rank), "%lld", (long long)r->rank);
	hang = 2 + (unsigned)strlen(rank) + 1;
	buf_printf(&b, "%s ", rank);
	buf_str(&b, r->act);
	page_text(p, 2, hang, INK_BOLD, buf_view(&b));
	buf_reset(&b);
	if (term_place(&b, &r->place))
		page_field(p, hang, "where", buf_view(&b));
	buf_reset(&b);
	words_range(&b, r->gain_lo, r->gain_hi, r->gain_unit);
	if (!b.len && r->needs.n && !str_is(r->cause, "none"))
		buf_puts(&b, "no number yet");
	page_field(p, hang, "gain", buf_view(&b));
	page_field(p, hang, "needs", r->needs);
	page_field(p, hang, "risk", r->risk);
	page_field(p, hang, "verify", r->verify);
	page_field(p, hang, "versions", r->versions);
	buf_reset(&b);
	if (with_cause) {
		buf_str(&b, r->cause);
		if (r->variant.n) {
			buf_puts(&b, "/");
			buf_str(&b, r->variant);
		}
		if (isfinite(r->score))
			buf_printf(&b, " (%.2f)", r->score);
		page_field(p, hang, "cause", buf_view(&b));
	}
	buf_free(&b);
}

void term_advice(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	size_t shown = o->verbose || m->recommendations.n < SHOWN ? m->recommendations.n : SHOWN;
	char note[64];

	if (!shown)
		return;
	snprintf(note, sizeof(note), shown < m->recommendations.n ? "%zu of %zu" : "%zu", shown, m->recommendations.n);
	page_heading(p, "DO FIRST", shown < m->recommendations.n ? note : NULL);
	for (size_t i = 0; i < shown; i++)
		term_recommendation(p, &m->recommendations.v[i], true);
}
