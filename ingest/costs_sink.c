// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * costs_sink.c - the few records of a profile without a tree, kept
 */
#include "ingest/costs_sink.h"

#include "core/text.h"

#define COSTS_BYTES (1u << 30)	/* all functions of two profiles take a hundredth */

static bool usable(const struct costs_sink *s, struct str text)
{
	return text.p && text.n <= s->limits->string_bytes && text_is_clean(text);
}

static bool on_func(struct costs_sink *s, const struct rec_func *f, struct err *err)
{
	struct profile_costs *c = s->to;
	struct cost_func *to;

	if (f->id < 0 || (uint64_t)f->id != c->n_funcs || c->n_funcs >= UINT32_MAX - 1 || !usable(s, f->name) || !usable(s, f->file))
		return false;
	c->func = costs_grow(&c->mem, c->func, c->n_funcs, &c->cap_funcs, sizeof(*c->func));
	if (!c->func)
		return !err_nomem(err);
	to = &c->func[c->n_funcs++];
	*to = (struct cost_func){ arena_str(&c->mem, f->name), arena_str(&c->mem, f->file), f->start_line };
	return to->name.p && to->file.p ? true : !err_nomem(err);
}

static bool on_measure(struct costs_sink *s, const struct rec_measure *m, struct err *err)
{
	struct profile_costs *c = s->to;
	struct cost_measure *to = &c->measure[c->n_measures];

	if (m->id < 0 || (uint64_t)m->id != c->n_measures || m->profile != 0 || c->n_measures == COST_MEASURES || !usable(s, m->metric) || !usable(s, m->extent))
		return false;
	*to = (struct cost_measure){ .metric = arena_str(&c->mem, m->metric), .extent = arena_str(&c->mem, m->extent), .period = m->period };
	c->n_measures++;
	return to->metric.p && to->extent.p ? true : !err_nomem(err);
}

static bool refers(const struct profile_costs *c, int64_t measure, int64_t func)
{
	return measure >= 0 && (uint64_t)measure < c->n_measures && func >= 0 && (uint64_t)func < c->n_funcs;
}

static bool on_total(struct costs_sink *s, const struct rec_func_total *t, struct err *err)
{
	struct profile_costs *c = s->to;
	struct cost_measure *m;

	if (!refers(c, t->measure, t->func) || t->flat_count == STORE_NULL || t->flat == STORE_NULL || t->cum_count == STORE_NULL || t->cum == STORE_NULL)
		return false;
	m = &c->measure[t->measure];
	m->row = costs_grow(&c->mem, m->row, m->n, &m->cap, sizeof(*m->row));
	if (!m->row)
		return !err_nomem(err);
	m->row[m->n++] = (struct cost_row){ (uint32_t)t->func, t->flat_count, t->flat, t->cum_count, t->cum };
	return true;
}

static bool on_inlined(struct costs_sink *s, const struct rec_inlined_count *i, struct err *err)
{
	struct profile_costs *c = s->to;

	if (!refers(c, i->measure, i->func))
		return false;
	c->inlined = costs_grow(&c->mem, c->inlined, c->n_inlined, &c->cap_inlined, sizeof(*c->inlined));
	if (!c->inlined)
		return !err_nomem(err);
	c->inlined[c->n_inlined++] = (struct cost_inlined){ (uint32_t)i->func, i->inlined, i->count };
	return true;
}

static bool on_profile(struct costs_sink *s, const struct rec_profile *p)
{
	int64_t span;

	s->to->t0 = p->t0 != STORE_NULL ? p->t0 : p->t1;
	s->to->t1 = p->t1 != STORE_NULL ? p->t1 : p->t0;
	/* A worker that a hostile file took over may send any times: their difference is taken later on. */
	return s->profiles++ == 0 && p->id == 0 && !__builtin_sub_overflow(s->to->t1, s->to->t0, &span) && span >= 0;
}

static int put(struct sink *sink, enum rec_type type, const void *rec, struct err *err)
{
	struct costs_sink *s = (struct costs_sink *)sink;
	bool fine = false;

	if (s->odd)
		return 0;
	err->code = ERR_OK;
	if (type == REC_func)
		fine = on_func(s, rec, err);
	else if (type == REC_func_total)
		fine = on_total(s, rec, err);
	else if (type == REC_measure)
		fine = on_measure(s, rec, err);
	else if (type == REC_profile)
		fine = on_profile(s, rec);
	else if (type == REC_inlined_count)
		fine = on_inlined(s, rec, err);
	else if (type == REC_goversion)
		fine = true;
	else if (type == REC_note)
		fine = ((const struct rec_note *)rec)->lost == 0;
	s->odd = !fine;
	return (int)err->code;
}

void costs_sink_init(struct costs_sink *s, struct profile_costs *to, const struct limits *limits)
{
	*to = (struct profile_costs){ .mem = { .limit = COSTS_BYTES }, .t0 = STORE_NULL, .t1 = STORE_NULL };
	*s = (struct costs_sink){ .sink = { put }, .to = to, .limits = limits };
}

bool costs_sink_plain(const struct costs_sink *s)
{
	return !s->odd && s->profiles == 1;
}
