// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * renames.c - the same code under another name is one symbol
 *
 * A function that only the baseline has and one that only the current side has may be one: a package moved, a method or its type renamed.
 * Left apart, one would be gone and the other new, and the new one blamed. Who is who:
 *   - moved: all of a package is gone, all of another is new, and functions of the same names are in both;
 *   - renamed: the same callers and callees, nearly the same cost, the same package as a rule, and no other candidate that comes near; round by
 *     round, since a renamed caller hides its callees until it is known.
 * The baseline's function gets the current one's symbol, so that the diff compares the two; func_symbol.how keeps what happened, and the
 * report says it with both names. Functions too rare to be told from chance are left alone: being sampled on one side only is usual for them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/renames.h"
#include "analyze/tree.h"
#include "core/costs.h"
#include "core/gosym.h"
#include "core/map.h"

#define MIN_EVENTS 12		/* CPU samples or goroutines: a function of as many is not missing on the other side by chance (e^-12) */
#define MAX_CANDIDATES 512	/* a side; the heaviest */
#define MAX_PACKAGES 2048
#define MIN_SCORE .4
#define OTHER_PACKAGE .7	/* of the score, when the packages differ */
#define RIVAL .75		/* the second best must stay below this part of the best */
#define ROUNDS 8

struct who {
	double share[SIDES], events[SIDES];	/* of what is counted event by event: the larger of CPU samples and goroutines */
	bool there[SIDES];
	uint32_t is;		/* the current side's symbol it proved to be; 0: itself */
};

struct edge {
	uint32_t of, other;	/* symbols; other << 1 | 1 for a callee */
};

struct renames {
	struct pass *p;
	struct tree t;		/* its symbols alone */
	struct who *who;
	struct edge *edge;
	size_t n_edges;
	uint32_t *gone, *born;	/* candidates */
	size_t n_gone, n_born;
};

static bool only_on(const struct who *w, enum side side)
{
	return w->there[side] && !w->there[!side];
}

static bool can_be_renamed(const struct renames *r, uint32_t s)
{
	enum symbol_kind k = r->t.sym[s].kind;

	return r->t.sym[s].name.p && (k == KIND_USER || k == KIND_DEPENDENCY || k == KIND_STD);
}

/* Adds one measure of one side; n: by symbol, how many of the metric's events it saw, NULL where events are not what tells. */
static int add_presence(struct renames *r, int64_t measure, enum side side, double *n, struct err *err)
{
	struct stmt *q;
	int rc = store_query(r->p->st, &q, err,
			     "SELECT s.symbol, t.cum_count FROM func_total t JOIN func_symbol s ON s.func = t.func WHERE t.measure = ?", "i", measure);

	if (rc)
		return rc;
	while (store_next(q, err)) {
		int64_t symbol = stmt_int(q, 0);

		r->who[symbol].there[side] = true;
		if (n)
			n[symbol] += stmt_real(q, 1);
	}
	return store_end(q, err);
}

/* What the symbols have of one metric on one side, against the one that has most. */
static void take_presence(struct renames *r, enum side side, double *n)
{
	double most = 0;

	for (uint32_t s = 1; s <= r->t.n_symbols; s++)
		most = fmax(most, n[s]);
	for (uint32_t s = 1; s <= r->t.n_symbols; s++) {
		struct who *w = &r->who[s];

		w->events[side] = fmax(w->events[side], n[s]);
		w->share[side] = fmax(w->share[side], most > 0 ? n[s] / most : 0);
		n[s] = 0;
	}
}

static int load_presence(struct renames *r, struct err *err)
{
	static const char sql[] =
		"SELECT m.id, m.metric IN ('cpu', 'wall', 'goroutine'), m.metric, t.side = 'current' FROM measure m JOIN profile f ON f.id = m.profile"
		" JOIN (SELECT DISTINCT instance, side FROM stretch) t ON t.instance = f.instance ORDER BY 3, 4";
	struct stmt *q;
	double *n = arena_array(&r->p->mem, double, (size_t)r->t.n_symbols + 1);
	char metric[64] = "";
	enum side side = BASE;
	int rc = n ? store_query(r->p->st, &q, err, sql, "") : err_nomem(err);

	if (rc)
		return rc;
	while (!rc && store_next(q, err)) {
		struct str name = stmt_text(q, 2);
		enum side now = stmt_int(q, 3) == 1 ? CUR : BASE;

		if (!str_is(name, metric) || now != side) {
			take_presence(r, side, n);
			snprintf(metric, sizeof(metric), "%.*s", (int)name.n, name.p);
			side = now;
		}
		rc = add_presence(r, stmt_int(q, 0), side, stmt_int(q, 1) ? n : NULL, err);
	}
	rc = store_finish(q, rc, err);
	if (!rc)
		take_presence(r, side, n);
	return rc;
}

static uint32_t now(const struct renames *r, uint32_t s)
{
	return r->who[s].is ? r->who[s].is : s;
}

/* ---- moved packages ---- */

struct package {
	struct str name;
	uint32_t functions;
	bool there[SIDES];
};

struct packages {
	struct map by_name;
	struct package *p;
	uint32_t *of;		/* by symbol: its package */
};

static int gather_packages(struct renames *r, struct packages *k, struct err *err)
{
	k->p = arena_array(&r->p->mem, struct package, (size_t)r->t.n_symbols + 1);
	k->of = arena_array(&r->p->mem, uint32_t, (size_t)r->t.n_symbols + 1);
	if (!k->p || !k->of)
		return err_nomem(err);
	for (uint32_t s = 1; s <= r->t.n_symbols; s++) {
		struct str name = r->t.sym[s].package;
		uint32_t i;

		if (!can_be_renamed(r, s))
			continue;
		i = map_add(&k->by_name, name.n ? name.p : "", name.n, NULL);
		if (i == MAP_NONE)
			return err_nomem(err);
		k->of[s] = i;
		k->p[i].name = name;
		k->p[i].functions++;
		for (int side = 0; side < SIDES; side++)
			k->p[i].there[side] |= r->who[s].there[side];
	}
	return 0;
}

struct name_of {
	struct str base;
	uint32_t symbol;
};

static int by_base(const void *a, const void *b)
{
	const struct name_of *x = a, *y = b;
	int c = memcmp(x->base.p, y->base.p, x->base.n < y->base.n ? x->base.n : y->base.n);

	return c ? c : x->base.n != y->base.n ? (x->base.n < y->base.n ? -1 : 1) : x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

/* Pairs of a gone function of a gone package and a new one of a new package with the same name; `to` collects the votes of packages. */
static void vote(struct renames *r, const struct packages *k, const struct name_of *n, size_t count, uint32_t *votes, size_t n_packages,
		bool decide, const uint32_t *to)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i; j < count && str_eq(n[i].base, n[j].base); j++)
			for (int swap = 0; swap < 2; swap++) {
				uint32_t a = n[swap ? j : i].symbol, b = n[swap ? i : j].symbol;
				const struct package *from = &k->p[k->of[a]], *into = &k->p[k->of[b]];

				if (!only_on(&r->who[a], BASE) || !only_on(&r->who[b], CUR) || from->there[CUR] || into->there[BASE])
					continue;
				if (!decide) {
					votes[(size_t)k->of[a] * n_packages + k->of[b]]++;
				} else if (to[k->of[a]] == k->of[b] + 1) {
					r->who[a].is = b;
					r->who[b].is = b;	/* taken */
				}
			}
}

/* Where each gone package went: the new one that shares most names with it, each at most once. */
static int moved_packages(struct renames *r, struct err *err)
{
	struct packages k = { 0 };
	struct name_of *n = arena_array(&r->p->mem, struct name_of, (size_t)r->t.n_symbols + 1);
	uint32_t *votes = NULL, *to = NULL, *id, gone = 0, born = 0;
	size_t count = 0, m;
	int rc = n ? gather_packages(r, &k, err) : err_nomem(err);

	m = k.by_name.n;
	id = rc ? NULL : arena_array(&r->p->mem, uint32_t, m + 1);
	for (size_t i = 0; id && i < m; i++) {	/* only packages that can take part get a number */
		gone += k.p[i].there[BASE] && !k.p[i].there[CUR];
		born += k.p[i].there[CUR] && !k.p[i].there[BASE];
	}
	if (rc || !id || !gone || !born || m > MAX_PACKAGES) {
		map_free(&k.by_name);
		return rc ? rc : id ? 0 : err_nomem(err);
	}
	votes = arena_array(&r->p->mem, uint32_t, m * m + 1);
	to = arena_array(&r->p->mem, uint32_t, m + 1);
	if (!votes || !to)
		rc = err_nomem(err);
	for (uint32_t s = 1; !rc && s <= r->t.n_symbols; s++)
		if (can_be_renamed(r, s))
			n[count++] = (struct name_of){ gosym_base(r->t.sym[s].name), s };
	if (!rc) {
		qsort(n, count, sizeof(*n), by_base);
		vote(r, &k, n, count, votes, m, false, NULL);
		for (size_t a = 0; a < m; a++)
			for (size_t b = 0; b < m; b++)
				if (votes[a * m + b] && (!to[a] || votes[a * m + b] > votes[a * m + to[a] - 1]))
					to[a] = (uint32_t)b + 1;
		vote(r, &k, n, count, votes, m, true, to);
	}
	map_free(&k.by_name);
	return rc;
}

/* ---- renamed functions ---- */

static int by_edge(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->of != y->of ? (x->of < y->of ? -1 : 1) : x->other < y->other ? -1 : x->other > y->other;
}

static bool is_candidate(const struct renames *r, uint32_t s, enum side side)
{
	return can_be_renamed(r, s) && only_on(&r->who[s], side) && r->who[s].events[side] >= MIN_EVENTS;
}

static int add_candidates(struct renames *r, enum side side, uint32_t **list, size_t *n, struct err *err)
{
	*list = arena_array(&r->p->mem, uint32_t, MAX_CANDIDATES);
	if (!*list)
		return err_nomem(err);
	for (uint32_t s = 1; s <= r->t.n_symbols && *n < MAX_CANDIDATES; s++)
		if (is_candidate(r, s, side) && !r->who[s].is)
			(*list)[(*n)++] = s;
	return 0;
}

/* The symbol of each function. */
static int load_symbol_of(struct renames *r, uint32_t **out, int64_t *n_funcs, struct err *err)
{
	struct stmt *q;
	int rc = store_int(r->p->st, err, n_funcs, 0, "SELECT max(func) FROM func_symbol", "");

	*out = rc ? NULL : arena_array(&r->p->mem, uint32_t, (size_t)*n_funcs + 1);
	if (!rc)
		rc = *out ? store_query(r->p->st, &q, err, "SELECT func, symbol FROM func_symbol", "") : err_nomem(err);
	if (rc)
		return rc;
	while (store_next(q, err))
		(*out)[stmt_int(q, 0)] = (uint32_t)stmt_int(q, 1);
	return store_end(q, err);
}

static int add_edge(struct renames *r, struct map *seen, uint32_t up, uint32_t down, struct err *err)
{
	bool is_new, up_asks = is_candidate(r, up, BASE) || is_candidate(r, up, CUR), down_asks = is_candidate(r, down, BASE) || is_candidate(r, down, CUR);

	if (up == down || !(up_asks || down_asks))
		return 0;
	if (map_add(seen, (uint32_t[]){ up, down }, 2 * sizeof(up), &is_new) == MAP_NONE)
		return err_nomem(err);
	if (is_new && up_asks)
		r->edge[r->n_edges++] = (struct edge){ up, down << 1 | 1 };
	if (is_new && down_asks)
		r->edge[r->n_edges++] = (struct edge){ down, up << 1 };
	return 0;
}

/* Who calls whom, once each. A caller's call site comes before those it calls. */
static int load_edges(struct renames *r, struct err *err)
{
	struct map seen = { 0 };
	struct stmt *q = NULL;
	size_t cap = 1 << 16;
	uint32_t *symbol_of, *of_site = NULL;
	int64_t n_funcs, n_sites = 0;
	int rc = load_symbol_of(r, &symbol_of, &n_funcs, err);

	if (!rc)
		rc = store_int(r->p->st, err, &n_sites, 0, "SELECT max(id) FROM callsite", "");
	if (rc)
		return rc;
	r->edge = arena_array(&r->p->mem, struct edge, cap);
	of_site = calloc((size_t)n_sites + 1, sizeof(*of_site));
	rc = r->edge && of_site ? store_query(r->p->st, &q, err, "SELECT id, parent, func FROM callsite ORDER BY id", "") : err_nomem(err);
	while (!rc && store_next(q, err) && r->n_edges + 2 < cap) {
		int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1), func = stmt_int(q, 2);

		of_site[id] = func <= n_funcs ? symbol_of[func] : 0;
		if (parent != STORE_NULL && of_site[id] && of_site[parent])
			rc = add_edge(r, &seen, of_site[parent], of_site[id], err);
	}
	rc = store_finish(q, rc, err);
	free(of_site);
	map_free(&seen);
	if (!rc && r->n_edges)
		qsort(r->edge, r->n_edges, sizeof(*r->edge), by_edge);
	return rc;
}

static size_t first_edge(const struct renames *r, uint32_t s)
{
	size_t lo = 0, hi = r->n_edges;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->edge[mid].of < s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool has_edge(const struct renames *r, uint32_t s, uint32_t other)
{
	for (size_t i = first_edge(r, s); i < r->n_edges && r->edge[i].of == s; i++)
		if (r->edge[i].other == other)
			return true;
	return false;
}

/* On one side only, and not known yet under which name on the other: says nothing as a neighbour. */
static bool is_open(const struct renames *r, uint32_t s)
{
	return !r->who[s].is && r->who[s].there[BASE] != r->who[s].there[CUR];
}

/* How alike two functions are: shared neighbours over all neighbours, times how near their costs are. */
static double alike(const struct renames *r, uint32_t a, uint32_t b)
{
	double shared = 0, all = 0, x = r->who[a].share[BASE], y = r->who[b].share[CUR];
	bool caller = false, one_package = str_eq(r->t.sym[a].package, r->t.sym[b].package);

	for (size_t i = first_edge(r, a); i < r->n_edges && r->edge[i].of == a; i++) {
		uint32_t other = now(r, r->edge[i].other >> 1) << 1 | (r->edge[i].other & 1);
		bool same = has_edge(r, b, other);

		shared += same;
		caller |= same && !(other & 1);
		all += !is_open(r, r->edge[i].other >> 1);
	}
	for (size_t i = first_edge(r, b); i < r->n_edges && r->edge[i].of == b; i++)
		all += !is_open(r, r->edge[i].other >> 1);
	all -= shared;
	return caller && all > 0 ? shared / all * (1 - fabs(x - y) / (x + y)) * (one_package ? 1 : OTHER_PACKAGE) : 0;
}

/* The best match of `one` among the free others; *rival: the second best's score. flip: one is of the current side. */
static uint32_t best_for(const struct renames *r, uint32_t one, const uint32_t *other, size_t n, bool flip, double *score, double *rival)
{
	uint32_t best = 0;

	*score = *rival = 0;
	for (size_t i = 0; i < n; i++) {
		double v;

		if (r->who[other[i]].is)
			continue;
		v = flip ? alike(r, other[i], one) : alike(r, one, other[i]);
		if (v > *score) {
			*rival = *score;
			*score = v;
			best = other[i];
		} else if (v > *rival) {
			*rival = v;
		}
	}
	return best;
}

static int renamed_functions(struct renames *r)
{
	int found = 0;

	for (size_t i = 0; i < r->n_gone; i++) {
		uint32_t a = r->gone[i], b, back;
		double score, rival, s2, rival2;

		if (r->who[a].is)
			continue;
		b = best_for(r, a, r->born, r->n_born, false, &score, &rival);
		if (!b || score < MIN_SCORE || rival > RIVAL * score)
			continue;
		back = best_for(r, b, r->gone, r->n_gone, true, &s2, &rival2);
		if (back != a || rival2 > RIVAL * s2)
			continue;
		r->who[a].is = b;
		r->who[b].is = b;	/* taken */
		found++;
	}
	return found;
}

static int write_down(struct renames *r, struct err *err)
{
	int rc = 0;

	for (uint32_t s = 1; !rc && s <= r->t.n_symbols; s++) {
		uint32_t to = r->who[s].is;

		if (!to || to == s)
			continue;
		rc = store_run(r->p->st, err, "UPDATE func_symbol SET symbol = ?, how = ? WHERE symbol = ?", "isi", (int64_t)to,
			       str_eq(gosym_base(r->t.sym[s].name), gosym_base(r->t.sym[to].name)) ? "moved" : "renamed", (int64_t)s);
	}
	return rc;
}

/* One build on both sides, by its revision: what is on one side only is there by chance. */
static int one_build(struct pass *p, bool *yes, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(DISTINCT revision) = 1 AND count(revision) = count(*) FROM run", "");

	*yes = n == 1;
	return rc;
}

int pass_renames(struct pass *p, struct err *err)
{
	struct renames r = { .p = p };
	bool one = true;
	bool exact = p->o->view && p->o->view->exact;
	int rc = p->design == DESIGN_TWO_SIDES && !exact ? one_build(p, &one, err) : 0;

	if (!rc && !one)
		rc = tree_load(&r.t, p, err);

	if (rc || !r.t.n_symbols)
		return rc;
	r.who = arena_array(&p->mem, struct who, (size_t)r.t.n_symbols + 1);
	if (!r.who)
		return err_nomem(err);
	rc = load_presence(&r, err);
	if (!rc)
		rc = moved_packages(&r, err);
	if (!rc)
		rc = load_edges(&r, err);
	if (!rc)
		rc = add_candidates(&r, BASE, &r.gone, &r.n_gone, err);
	if (!rc)
		rc = add_candidates(&r, CUR, &r.born, &r.n_born, err);
	for (int round = 0; !rc && round < ROUNDS && renamed_functions(&r); round++)
		;
	return rc ? rc : write_down(&r, err);
}

/* ---- without a store ---- */

static void add_costs(struct renames *r, const struct profile_costs *c, enum side side, const uint32_t *of, double *n)
{
	for (size_t i = 0; i < c->n_measures; i++) {
		const struct cost_measure *m = &c->measure[i];
		bool events = str_is(m->metric, "cpu") || str_is(m->metric, "wall") || str_is(m->metric, "goroutine");

		for (size_t k = 0; k < m->n; k++) {
			r->who[of[m->row[k].func]].there[side] = true;
			if (events)
				n[of[m->row[k].func]] += (double)m->row[k].cum_count;
		}
		take_presence(r, side, n);
	}
}

int renames_in_pair(struct pass *p, const struct tree *t, const struct profile_costs *side, uint32_t *const of[SIDES], bool edges, bool *any, struct err *err)
{
	struct renames r = { .p = p, .t = *t };
	double *n = arena_array(&p->mem, double, (size_t)t->n_symbols + 1);
	int rc;

	*any = false;
	r.who = arena_array(&p->mem, struct who, (size_t)t->n_symbols + 1);
	if (!r.who || !n)
		return err_nomem(err);
	for (int s = 0; s < SIDES; s++)
		add_costs(&r, &side[s], (enum side)s, of[s], n);
	rc = moved_packages(&r, err);
	if (!rc)
		rc = add_candidates(&r, BASE, &r.gone, &r.n_gone, err);
	if (!rc)
		rc = add_candidates(&r, CUR, &r.born, &r.n_born, err);
	for (uint32_t s = 1; s <= t->n_symbols; s++)
		*any |= r.who[s].is != 0;
	*any |= edges && r.n_gone && r.n_born;
	return rc;
}
