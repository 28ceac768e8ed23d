// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * say_causes.c - causes, their evidence and what to do about them, in words
 *
 * Untested causes have a score only because scores sum to 1: they are listed apart, never among the ranked.
 */
#include <math.h>

#include "core/fmt.h"
#include "core/json.h"
#include "core/text.h"
#include "report/say.h"
#include "report/words.h"

#define DETAILED 3	/* causes with evidence */
#define SMALL .02	/* below it a cause has no evidence shown */

bool say_place(struct buf *b, const struct model_place *at)
{
	if (!at->function.p)
		return false;
	buf_str(b, at->function);
	if (at->file.p && at->file.n) {
		buf_puts(b, " (");
		words_at(b, at->file, at->line);
		buf_puts(b, ")");
	}
	return true;
}

void say_cause_title(struct buf *b, const struct model_cause *c)
{
	buf_str(b, c->title);
	if (c->variant.n) {
		buf_puts(b, " (");
		buf_str(b, c->variant);
		buf_puts(b, ")");
	}
}

size_t say_causes_shown(const struct report_model *m)
{
	size_t n = 0;

	while (n < m->causes.n) {
		const struct model_cause *c = &m->causes.v[n];

		if (!str_eq(c->id, m->verdict) && (n >= DETAILED || c->score < SMALL))
			break;
		n++;
	}
	return n;
}

bool say_untested(const struct model_cause *c)
{
	return !c->tested && model_is_cause(c->id);
}

static void measured(struct buf *b, const struct model_evidence *e)
{
	if (e->why.n) {
		buf_str(b, e->why);
		return;
	}
	buf_str(b, e->cluster.n ? e->cluster : e->place.function.n ? e->place.function : e->signal);
	if (isfinite(e->cur)) {
		buf_puts(b, ": ");
		if (isfinite(e->base)) {
			words_value(b, e->base, e->unit);
			buf_puts(b, " -> ");
		}
		words_value(b, e->cur, e->unit);
	}
}

void say_evidence(struct buf *b, const struct model_evidence *e)
{
	if (str_is(e->role, "not_tested")) {
		buf_puts(b, "not tested, needs ");
		buf_str(b, e->why.n ? e->why : STR_LIT("a source that is not there"));
	} else {
		measured(b, e);
	}
	if (str_is(e->role, "explained_by") && e->other.n) {
		buf_puts(b, "; counted under ");
		buf_str(b, e->other);
	}
}

bool say_guilty(struct buf *b, const struct model_guilty *g)
{
	const char *role = words_role(g->role);

	if (!say_place(b, &g->place))
		return false;
	buf_printf(b, "%s%s", *role ? ": " : "", role);
	if (isfinite(g->share)) {
		buf_puts(b, ", ");
		fmt_percent(b, g->share);
	}
	return true;
}

bool say_linear_ranks(const struct report_model *m)
{
	return m->options.n && memmem(m->options.p, m->options.n, "linear", 6);
}

void say_linear(struct buf *b, const struct model_linear *l)
{
	buf_puts(b, "linear model: ");
	buf_str(b, l->cause);
	buf_printf(b, " %.4f (%.4f before weighing by significance)", l->score, l->unweighted);
}

void say_gain(struct buf *b, const struct model_recommendation *r)
{
	size_t from = b->len;

	words_range(b, r->gain_lo, r->gain_hi, r->gain_unit);
	if (b->len == from && r->needs.n && !str_is(r->cause, "none"))
		buf_puts(b, "no number yet");
}

void say_advice_cause(struct buf *b, const struct model_recommendation *r)
{
	buf_str(b, r->cause);
	if (r->variant.n) {
		buf_puts(b, "/");
		buf_str(b, r->variant);
	}
	if (isfinite(r->score))
		buf_printf(b, " (%.2f)", r->score);
}

/* A number as people read it: the database and the JSON report keep all of its digits. */
static void fact_number(struct buf *out, const struct json *j, uint32_t i)
{
	double v;

	if (json_type(j, i) != JSON_REAL || !json_real(j, i, &v))
		json_scalar(j, i, out);
	else
		buf_printf(out, fabs(v) >= 1e4 && fabs(v) < 1e15 ? "%.0f" : "%.4g", v);
}

static void fact_value(struct buf *out, const struct json *j, uint32_t i)
{
	if (json_type(j, i) == JSON_TEXT)
		text_clean(out, json_text(j, i));
	else
		fact_number(out, j, i);
}

/* The member called `key` and then `suffix`; with key "use is" and suffix " is" removed: the one it explains. */
static uint32_t fact_of(const struct json *j, struct str key, const char *suffix)
{
	for (uint32_t i = json_first(j, json_root(j)); i != JSON_NONE; i = json_next(j, i)) {
		struct str k = json_key(j, i);

		if (k.n == key.n + strlen(suffix) && memcmp(k.p, key.p, key.n) == 0 && str_is(str_skip(k, key.n), suffix))
			return i;
	}
	return JSON_NONE;
}

static bool explains(const struct json *j, struct str key, const char *suffix)
{
	size_t n = strlen(suffix);

	return key.n > n && str_is(str_skip(key, key.n - n), suffix) && fact_of(j, (struct str){ key.p, key.n - n }, "") != JSON_NONE;
}

void say_facts(struct buf *out, struct str facts, const char *between)
{
	struct json *j = NULL;
	struct err err;
	size_t n = 0;

	if (!facts.n || str_is(facts, "{}"))
		return;
	if (json_new(&j, &limits_default, &err) || json_parse(j, facts, &err) || json_type(j, json_root(j)) != JSON_OBJECT) {
		buf_str(out, facts);
		json_free(j);
		return;
	}
	for (uint32_t i = json_first(j, json_root(j)); i != JSON_NONE; i = json_next(j, i)) {
		struct str key = json_key(j, i);
		uint32_t is = fact_of(j, key, " is"), from = fact_of(j, key, " from");

		if (explains(j, key, " is") || explains(j, key, " from"))
			continue;
		buf_puts(out, n++ ? between : "");
		text_clean(out, key);
		buf_puts(out, ": ");
		fact_value(out, j, i);
		if (is != JSON_NONE) {
			buf_puts(out, " = ");
			fact_value(out, j, is);
		}
		if (from != JSON_NONE) {
			buf_puts(out, ", from ");
			fact_value(out, j, from);
		}
	}
	json_free(j);
}

struct str say_act(struct str act, struct str *rest)
{
	for (size_t i = 0; i + 1 < act.n; i++)
		if ((act.p[i] == ':' || act.p[i] == '.') && act.p[i + 1] == ' ') {
			*rest = str_skip(act, i + 2);
			return (struct str){ act.p, i + 1 };
		}
	*rest = STR_NONE;
	return act;
}
