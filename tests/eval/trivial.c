// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * trivial.c - functions by their raw change, and causes by their best function
 */
#include "tests/eval/trivial.h"

#include <math.h>

#include "analyze/signature_match.h"

#define GREW .05		/* of the baseline's total: less is `none` */
#define SHOWN 2.0		/* per cent of responsibility that PerfView hides below */
#define OVER 110		/* per cent of its share of the growth: what PerfView calls overweight */

/* What a kind of profile is about, where no frames line knows better. */
static const struct {
	const char *metric, *cause;
} kinds[] = {
	{ "alloc", "alloc_churn" }, { "block", "blocking_io" },	   { "cpu", "cpu_hot_path" },
	{ "goroutine", "goroutine_bloat" }, { "inuse", "memory_leak" }, { "mutex", "lock_contention" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct item {
	struct str name;
	bool user;
	double cum[SIDES];
	uint64_t causes;	/* bit k: speaks for cause k */
};

struct profile {
	struct item *item;
	size_t n;
	double total[SIDES];
};

/* One candidate for the order of a model: what is larger comes first. */
struct grade {
	double first, second;
};

static bool above(struct grade a, struct grade b)
{
	return a.first != b.first ? a.first > b.first : a.second > b.second;
}

struct trivial_overweight trivial_overweight(double v1, double total1, double v2, double total2)
{
	double growth = total2 / total1, expected = v1 * (growth - 1);
	struct trivial_overweight r = { .overweight = 100 * (v2 - v1) / expected, .responsibility = 100 * (v2 - v1) / (total2 - total1) };

	if (!isfinite(r.overweight) || !isfinite(r.responsibility))
		return (struct trivial_overweight){ 0, 0, -1 };
	r.interest = (fabs(r.overweight) > 110) + (fabs(r.responsibility) > 5) + (fabs(r.responsibility) > 20) +
		     (fabs(r.responsibility) > 100) + (v2 / total2 < .95) + (v2 / total2 < .75);
	return r;
}

static int load(struct profile *p, struct arena *mem, struct store *st, const char *metric, struct err *err)
{
	struct stmt *q;
	size_t room = 1 << 16;
	int rc = store_query(st, &q, err,
			     "WITH n AS (SELECT side, 1.0 * count(*) AS n FROM slices WHERE used AND metric = ?1 GROUP BY side)"
			     " SELECT r.name, coalesce((SELECT y.kind = 'user' FROM symbol y WHERE y.name = r.name), 0),"
			     "  sum(CASE r.side WHEN 'baseline' THEN r.cum / n.n ELSE 0 END), sum(CASE r.side WHEN 'current' THEN r.cum / n.n ELSE 0 END),"
			     "  sum(CASE r.side WHEN 'baseline' THEN r.flat / n.n ELSE 0 END), sum(CASE r.side WHEN 'current' THEN r.flat / n.n ELSE 0 END)"
			     " FROM raw_by_side r JOIN n ON n.side = r.side WHERE r.metric = ?1 GROUP BY r.name ORDER BY r.name", "s", metric);

	if (rc)
		return rc;
	*p = (struct profile){ .item = arena_array(mem, struct item, room) };
	if (!p->item)
		rc = err_nomem(err);
	while (!rc && p->n < room && store_next(q, err)) {
		struct item *i = &p->item[p->n++];

		*i = (struct item){ .name = arena_str(mem, stmt_text(q, 0)), .user = stmt_int(q, 1) == 1,
			.cum = { stmt_real(q, 2), stmt_real(q, 3) } };
		p->total[BASE] += stmt_real(q, 4);
		p->total[CUR] += stmt_real(q, 5);
		if (!i->name.p)
			rc = err_nomem(err);
	}
	return store_finish(q, rc, err);
}

/* Which causes each function speaks for. */
static int mark(struct profile *p, struct arena *mem, const struct analyze_catalogue *cat, size_t kind, struct err *err)
{
	struct tree names = { .n_symbols = (uint32_t)p->n };
	uint64_t *mask = arena_array(mem, uint64_t, p->n + 2);
	int rc = 0;

	names.sym = arena_alloc_n(mem, p->n + 2, sizeof(*names.sym));
	if (!mask || !names.sym)
		return err_nomem(err);
	for (size_t i = 0; i < p->n; i++)
		names.sym[i + 1].name = p->item[i].name;
	for (size_t k = 0; !rc && k < analyze_catalogue_count(cat); k++) {
		const struct cause_spec *s = catalogue_spec(cat, k);

		for (size_t f = 0; !rc && f < s->n_frames; f++)
			if (strcmp(s->frames[f].metric, kinds[kind].metric) == 0)
				rc = signature_symbols(&s->frames[f], &names, UINT64_C(1) << k, mask, err);
	}
	for (size_t k = 0; !rc && k < analyze_catalogue_count(cat); k++)
		for (size_t i = 0; strcmp(catalogue_spec(cat, k)->text.id, kinds[kind].cause) == 0 && i < p->n; i++)
			mask[i + 1] |= mask[i + 1] ? 0 : UINT64_C(1) << k;
	for (size_t i = 0; i < p->n; i++)
		p->item[i].causes = mask[i + 1];
	return rc;
}

/* A model while it looks at functions: the best grade of each cause, and the best user functions. */
struct board {
	struct ranking *r;
	struct grade best[CATALOGUE_MAX_CAUSES], code[ANSWER_MAX_CODE];
	bool seen[CATALOGUE_MAX_CAUSES];
};

/* The best user functions, each once. */
static void note_code(struct board *b, const char *name, struct grade g)
{
	size_t at = 0, n = b->r->n_code;

	while (at < n && strcmp(b->r->code[at], name) != 0)
		at++;
	if (at == n && n < ANSWER_MAX_CODE)
		b->r->n_code++;
	else if (at == n)
		at--;
	if (at < n && !above(g, b->code[at]))
		return;
	for (; at > 0 && above(g, b->code[at - 1]); at--) {
		b->code[at] = b->code[at - 1];
		b->r->code[at] = b->r->code[at - 1];
	}
	b->code[at] = g;
	b->r->code[at] = name;
}

static void note(struct board *b, const struct item *i, struct grade g)
{
	for (uint64_t m = i->causes; m; m &= m - 1) {
		int k = __builtin_ctzll(m);

		if (!b->seen[k] || above(g, b->best[k]))
			b->best[k] = g;
		b->seen[k] = true;
	}
	if (i->user)
		note_code(b, i->name.p, g);
}

static void look(struct board *largest, struct board *overweight, const struct profile *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct item *x = &p->item[i];
		double d = x->cum[CUR] - x->cum[BASE];
		struct trivial_overweight w = trivial_overweight(x->cum[BASE], p->total[BASE], x->cum[CUR], p->total[CUR]);

		if (d >= GREW * p->total[BASE] && d > 0)
			note(largest, x, (struct grade){ d / fmax(p->total[BASE], 1), 0 });
		if (x->cum[BASE] > 0 && d > 0 && fabs(w.overweight) > OVER && fabs(w.responsibility) >= SHOWN)
			note(overweight, x, (struct grade){ w.interest, fabs(w.overweight) });
	}
}

/* Causes by their best grade, `none` when there is no other; what is kept moves into mem. */
static int settle(struct board *b, const struct analyze_catalogue *cat, struct arena *mem, struct err *err)
{
	struct ranking *r = b->r;

	for (uint32_t k = 0; k < analyze_catalogue_count(cat); k++) {
		size_t at = r->n;

		if (!b->seen[k])
			continue;
		for (; at > 0 && above(b->best[k], b->best[r->cause[at - 1]]); at--)
			r->cause[at] = r->cause[at - 1];
		r->cause[at] = k;
		r->n++;
	}
	for (uint32_t k = 0; r->n == 0 && k < analyze_catalogue_count(cat); k++)
		if (strcmp(catalogue_spec(cat, k)->text.id, "none") == 0)
			r->cause[r->n++] = k;
	r->level = LEVEL_MEDIUM;	/* neither has a level: whatever it names counts */
	for (size_t i = 0; i < r->n_code; i++) {
		r->code[i] = arena_strdup(mem, r->code[i]);
		if (!r->code[i])
			return err_nomem(err);
	}
	return 0;
}

int trivial_rank(struct answer *a, struct store *st, const struct analyze_catalogue *cat, struct err *err)
{
	struct board largest = { .r = &a->largest }, overweight = { .r = &a->overweight };
	struct arena scratch = { .limit = 0 };
	int rc = 0;

	for (size_t kind = 0; !rc && kind < KINDS; kind++) {
		struct profile p;

		rc = load(&p, &scratch, st, kinds[kind].metric, err);
		if (!rc)
			rc = mark(&p, &scratch, cat, kind, err);
		if (!rc)
			look(&largest, &overweight, &p);
	}
	if (!rc)
		rc = settle(&largest, cat, &a->mem, err);
	if (!rc)
		rc = settle(&overweight, cat, &a->mem, err);
	arena_free(&scratch);
	return rc;
}
