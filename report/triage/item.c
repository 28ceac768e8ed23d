// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * item.c - what a thing is called, what is said of it in full, which code it names
 */
#include <math.h>

#include "core/fmt.h"
#include "report/say.h"
#include "report/triage/ui.h"
#include "report/words.h"

static struct str symbol_name(const struct ui *u, uint32_t symbol)
{
	return u->costs && symbol <= u->costs->n_symbols && u->costs->name ? u->costs->name[symbol] : STR_NONE;
}

static uint32_t symbol_of(const struct ui *u, struct item it)
{
	if (it.kind == ITEM_PATH)
		return u->costs && it.index <= u->costs->n_paths ? u->costs->symbol[it.index] : 0;
	return it.kind == ITEM_SYMBOL ? it.index : 0;
}

static void anchor(struct buf *out, const char *kind, struct str name)
{
	if (!name.n)
		return;
	buf_puts(out, kind);
	buf_str(out, name);
}

void item_anchor(const struct ui *u, struct item it, struct buf *out)
{
	const struct report_model *m = u->m;

	switch (it.kind) {
	case ITEM_VERDICT: anchor(out, "cause-", m->verdict); break;
	case ITEM_CAUSE: anchor(out, "cause-", m->causes.v[it.index].id); break;
	case ITEM_EVIDENCE: anchor(out, "e-", m->evidence.v[it.index].signal); break;
	case ITEM_SIGNAL: anchor(out, "e-", m->signals.v[it.index].name); break;
	case ITEM_GUILTY: anchor(out, "function-", m->guilty.v[it.index].place.function); break;
	case ITEM_ADVICE: buf_printf(out, "advice-%lld", (long long)m->recommendations.v[it.index].rank); break;
	case ITEM_TOTAL: anchor(out, "total-", m->totals.v[it.index]->metric); break;
	case ITEM_PATH:
	case ITEM_SYMBOL: anchor(out, "function-", symbol_name(u, symbol_of(u, it))); break;
	case ITEM_CLUSTER: anchor(out, "goroutines-", m->clusters.v[it.index].name); break;
	case ITEM_INPUT: anchor(out, "file-", m->inputs.v[it.index].path); break;
	default: break;
	}
}

const char *item_kind_words(enum item_kind k)
{
	static const char *const words[ITEM_KINDS] = { [ITEM_VERDICT] = "verdict", [ITEM_CAUSE] = "cause", [ITEM_EVIDENCE] = "evidence",
		[ITEM_GUILTY] = "code", [ITEM_ADVICE] = "to do", [ITEM_SIGNAL] = "signal", [ITEM_TOTAL] = "total", [ITEM_PATH] = "function",
		[ITEM_SYMBOL] = "function", [ITEM_CLUSTER] = "goroutines", [ITEM_INPUT] = "file" };

	return words[k] ? words[k] : "line";
}

static void say_cause(const struct ui *u, size_t i, struct buf *out)
{
	const struct model_cause *c = &u->m->causes.v[i];
	static const char *const roles[] = { "for", "against", "explained_by" };

	say_cause_title(out, c);
	buf_printf(out, "; score %.2f\n", u->rank[i].score);
	for (size_t k = 0; k < c->guilty.n && k < 3; k++)
		if (say_guilty(out, &c->guilty.v[k]))
			buf_byte(out, '\n');
	for (size_t r = 0; r < 3; r++)
		for (size_t k = 0; k < c->evidence.n; k++) {
			if (!str_is(c->evidence.v[k].role, roles[r]))
				continue;
			buf_printf(out, "%s: ", r == 2 ? "explained elsewhere" : roles[r]);
			say_evidence(out, &c->evidence.v[k]);
			buf_byte(out, '\n');
		}
}

static void say_signal(const struct model_signal *s, struct buf *out)
{
	buf_str(out, s->name);
	buf_puts(out, ": ");
	buf_str(out, s->why.n ? s->why : s->state);
	if (isfinite(s->base) && isfinite(s->cur)) {
		buf_puts(out, "\n");
		words_value(out, s->base, s->unit);
		buf_puts(out, " -> ");
		words_value(out, s->cur, s->unit);
	}
	if (isfinite(s->p)) {
		buf_puts(out, ", ");
		words_p(out, "p", s->p);
	}
	buf_byte(out, '\n');
}

static void say_symbol(const struct ui *u, uint32_t symbol, struct buf *out)
{
	struct str name = symbol_name(u, symbol);

	buf_str(out, name);
	buf_byte(out, '\n');
	for (size_t i = 0; i < u->m->functions.n; i++) {
		const struct model_function *f = &u->m->functions.v[i];

		if (!str_eq(f->name, name))
			continue;
		words_metric(out, f->metric);
		buf_puts(out, ": flat ");
		say_relative(out, f->flat);
		buf_puts(out, ", cum ");
		say_relative(out, f->cum);
		buf_byte(out, '\n');
	}
}

static void say_advice(const struct model_recommendation *r, struct buf *out)
{
	buf_str(out, r->act);
	buf_puts(out, "\n");
	if (say_place(out, &r->place))
		buf_byte(out, '\n');
	say_gain(out, r);
	buf_puts(out, "\nrisk: ");
	buf_str(out, r->risk);
	buf_puts(out, "\nverify: ");
	buf_str(out, r->verify);
	buf_byte(out, '\n');
}

static void say_cluster_frames(const struct ui *u, const struct model_cluster *k, struct buf *out)
{
	say_cluster(out, k, str_is(u->m->design, "snapshot"));
	for (size_t i = 0; i < k->frames.n && i < 64; i++) {
		buf_byte(out, '\n');
		say_place(out, &k->frames.v[i].place);
	}
	buf_byte(out, '\n');
}

void item_say(const struct ui *u, struct item it, struct buf *out)
{
	const struct report_model *m = u->m;

	switch (it.kind) {
	case ITEM_VERDICT: say_verdict_title(out, m); buf_byte(out, '\n'); say_sureness(out, m); break;
	case ITEM_CAUSE: say_cause(u, it.index, out); break;
	case ITEM_EVIDENCE: say_evidence(out, &m->evidence.v[it.index]); break;
	case ITEM_GUILTY: say_guilty(out, &m->guilty.v[it.index]); break;
	case ITEM_SIGNAL: say_signal(&m->signals.v[it.index], out); break;
	case ITEM_ADVICE: say_advice(&m->recommendations.v[it.index], out); break;
	case ITEM_TOTAL: say_total(out, m->totals.v[it.index]); buf_puts(out, ", "); say_total_change(out, m->totals.v[it.index]); break;
	case ITEM_PATH:
	case ITEM_SYMBOL: say_symbol(u, symbol_of(u, it), out); break;
	case ITEM_CLUSTER: say_cluster_frames(u, &m->clusters.v[it.index], out); break;
	case ITEM_INPUT: say_input(out, &m->inputs.v[it.index]); break;
	default: break;
	}
}

/* The file of a function, from the model's own places: they hold what the answer names. */
static void find_file(const struct ui *u, struct model_place *p)
{
	for (size_t i = 0; i < u->m->guilty.n && !p->file.n; i++)
		if (str_eq(u->m->guilty.v[i].place.function, p->function))
			*p = u->m->guilty.v[i].place;
	for (size_t i = 0; i < u->m->functions.n && !p->file.n; i++)
		if (str_eq(u->m->functions.v[i].name, p->function) && u->m->functions.v[i].place.file.n)
			*p = u->m->functions.v[i].place;
}

bool item_place(const struct ui *u, struct item it, struct model_place *out)
{
	const struct report_model *m = u->m;
	const struct model_cause *c = NULL;

	*out = (struct model_place){ .line = STORE_NULL };
	switch (it.kind) {
	case ITEM_VERDICT: c = model_cause(m, m->verdict); break;
	case ITEM_CAUSE: c = &m->causes.v[it.index]; break;
	case ITEM_EVIDENCE: *out = m->evidence.v[it.index].place; break;
	case ITEM_GUILTY: *out = m->guilty.v[it.index].place; break;
	case ITEM_ADVICE: *out = m->recommendations.v[it.index].place; break;
	case ITEM_PATH:
	case ITEM_SYMBOL: out->function = symbol_name(u, symbol_of(u, it)); break;
	case ITEM_LINE: return function_line(u, it.index, out);
	case ITEM_FRAME: return stacks_frame(u, it.index, out);
	case ITEM_CLUSTER:
		if (m->clusters.v[it.index].frames.n)
			*out = m->clusters.v[it.index].frames.v[0].place;
		break;
	default: break;
	}
	if (c && c->guilty.n)
		*out = c->guilty.v[0].place;
	if (out->function.n && !out->file.n)
		find_file(u, out);
	return out->function.n > 0;
}
