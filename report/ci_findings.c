// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * ci_findings.c - which causes become marks beside the code, where they stand and what they say
 *
 * A mark interrupts somebody, so there are few: the verdict, and what else has a score that a person would look into. When nothing was found,
 * or it got better, there is none, whatever small scores the others share.
 */
#include "report/ci.h"

#include <nettle/sha2.h>
#include <stdio.h>

#include "core/file.h"
#include "core/gosym.h"
#include "report/say.h"
#include "report/words.h"

#define WHY 2	/* pieces of evidence in a message */

struct str ci_service(const struct report_model *m)
{
	return m->service.n ? m->service : STR_LIT("service");
}

struct str ci_head(struct str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return (struct str){ s.p, max };
}

static void find_place(struct ci_finding *f, const struct ci_repo *r)
{
	struct buf path = { .limit = 1 << 16 };

	for (size_t i = 0; i < f->cause->guilty.n && !f->in_repo; i++) {
		const struct model_place *at = &f->cause->guilty.v[i].place;

		f->in_repo = ci_repo_path(&path, r, at);
		if (f->in_repo || !f->at)
			f->at = at;
	}
	buf_free(&path);
}

static void add(struct sha256_ctx *ctx, struct str s)
{
	if (s.n)
		sha256_update(ctx, s.n, (const uint8_t *)s.p);
	sha256_update(ctx, 1, (const uint8_t *)"");
}

/* Of the function by the name that two builds share: a code host tells by it that a mark is the one of last week. */
static void put_fingerprint(struct ci_finding *f, const struct report_model *m)
{
	struct buf name = { .limit = 1 << 16 };
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	if (f->at && f->at->function.p)
		gosym_canonical(&name, f->at->function);
	sha256_init(&ctx);
	add(&ctx, f->cause->id);
	add(&ctx, ci_service(m));
	add(&ctx, buf_view(&name));
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	file_hex(f->fingerprint, digest, 16);
	buf_free(&name);
}

size_t ci_findings(struct ci_finding *f, const struct report_model *m, const struct ci_repo *r)
{
	size_t n = 0;

	if (!m->analysed || str_is(m->verdict, "none") || str_is(m->direction, "better"))
		return 0;
	for (size_t i = 0; i < m->causes.n && n < CI_FINDINGS; i++) {
		const struct model_cause *c = &m->causes.v[i];
		bool verdict = str_eq(c->id, m->verdict);

		if (!verdict && (!model_is_cause(c->id) || say_untested(c) || c->score < CI_SCORE))
			continue;
		f[n] = (struct ci_finding){ .cause = c, .level = "note" };
		if (verdict && model_is_cause(c->id))
			f[n].level = str_is(m->level, "high") ? "error" : str_is(m->level, "medium") ? "warning" : "note";
		find_place(&f[n], r);
		put_fingerprint(&f[n], m);
		n++;
	}
	return n;
}

bool ci_finding_path(struct buf *path, int64_t *line, const struct ci_repo *r, const struct ci_finding *f)
{
	*line = 1;
	if (f->in_repo && ci_repo_path(path, r, f->at)) {
		if (f->at->line != STORE_NULL && f->at->line > 0)
			*line = f->at->line;
		return true;
	}
	buf_puts(path, CI_NOWHERE);
	return !r->o->skip_unmapped;
}

static void sentence_end(struct buf *b)
{
	if (b->len && b->data && b->data[b->len - 1] != '.')
		buf_byte(b, '.');
	buf_byte(b, ' ');
}

void ci_message(struct buf *b, const struct report_model *m, const struct ci_finding *f)
{
	const struct model_cause *c = f->cause;
	size_t from = b->len, why = 0;

	say_cause_title(b, c);
	if (b->data && b->len > from && b->data[from] >= 'a' && b->data[from] <= 'z')
		b->data[from] = (char)(b->data[from] - 'a' + 'A');
	for (size_t i = 0; i < c->guilty.n; i++) {
		if (&c->guilty.v[i].place != f->at)
			continue;
		buf_puts(b, ": ");
		say_guilty(b, &c->guilty.v[i]);
	}
	sentence_end(b);
	for (size_t i = 0; i < c->evidence.n && why < WHY; i++) {
		if (!str_is(c->evidence.v[i].role, "for"))
			continue;
		buf_puts(b, why++ ? "; " : "Evidence: ");
		say_evidence(b, &c->evidence.v[i]);
	}
	if (why)
		sentence_end(b);
	buf_printf(b, "Score %.2f", c->score);
	if (str_eq(c->id, m->verdict))
		buf_printf(b, ", %s", words_level(m->level));
	buf_byte(b, '.');
	for (size_t i = 0; i < m->recommendations.n; i++) {
		const struct model_recommendation *r = &m->recommendations.v[i];

		if (!str_eq(r->cause, c->id))
			continue;
		buf_puts(b, " To do: ");
		buf_str(b, r->act);
		break;
	}
	if (!f->in_repo && f->at && f->at->function.p)
		buf_puts(b, " (This code is not in the repository; --path-map FROM=TO may tell where it is.)");
}

void ci_headline(struct buf *b, const struct report_model *m)
{
	size_t failed, warned;

	say_gates_failed(m, &failed, &warned);
	if (failed)
		buf_printf(b, "%zu of %zu gates failed", failed, m->gates.n);
	else if (m->gates.n)
		buf_printf(b, "gates passed (%zu%s)", m->gates.n, warned ? ", with warnings" : "");
	else
		say_verdict_words(b, m);
}

void ci_anchor(struct buf *b, const struct report_ci *o, struct str cause)
{
	if (o->page)
		buf_puts(b, o->page);
	buf_puts(b, "#cause-");
	buf_str(b, cause);
}

/* cpu_per_request of cpu_per_request>+5% */
const struct model_change *ci_gate_total(const struct report_model *m, const struct model_gate *g)
{
	size_t n = 0;

	while (n < g->expr.n && g->expr.p[n] != '<' && g->expr.p[n] != '>')
		n++;
	for (size_t i = 0; i < m->totals.n; i++)
		if (str_eq(m->totals.v[i]->metric, (struct str){ g->expr.p, n }))
			return m->totals.v[i];
	return NULL;
}
