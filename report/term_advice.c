// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * term_advice.c - DO FIRST: the top of the one ranked list
 *
 * Three are shown: more than three first things are none. A gain without a number names the file that would give it.
 */
#include <stdio.h>

#include "report/say.h"
#include "report/term.h"

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
	if (say_place(&b, &r->place))
		page_field(p, hang, "where", buf_view(&b));
	buf_reset(&b);
	say_gain(&b, r);
	page_field(p, hang, "gain", buf_view(&b));
	page_field(p, hang, "needs", r->needs);
	page_field(p, hang, "risk", r->risk);
	page_field(p, hang, "verify", r->verify);
	page_field(p, hang, "versions", r->versions);
	buf_reset(&b);
	if (with_cause) {
		say_advice_cause(&b, r);
		page_field(p, hang, "cause", buf_view(&b));
	}
	buf_free(&b);
}

void term_advice(struct page *p, const struct report_model *m, const struct report_opts *o)
{
	size_t shown = o->verbose || m->recommendations.n < SAY_ADVICE ? m->recommendations.n : SAY_ADVICE;
	char note[64];

	if (!shown)
		return;
	snprintf(note, sizeof(note), shown < m->recommendations.n ? "%zu of %zu" : "%zu", shown, m->recommendations.n);
	page_heading(p, "DO FIRST", shown < m->recommendations.n ? note : NULL);
	for (size_t i = 0; i < shown; i++)
		term_recommendation(p, &m->recommendations.v[i], true);
}
