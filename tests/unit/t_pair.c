// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_pair.c - which pairs of profiles are decided in memory, and what comes of it
 */
#include <math.h>

#include "analyze/analyze.h"
#include "tests/unit/check.h"

#define FUNCS 40
#define SECOND 1000000000LL

/* A CPU profile of ten seconds; function i has weight[i] samples of 10 ms, all of it flat. */
static void make(struct profile_costs *c, const int64_t *weight, const char *package, int64_t first_line)
{
	struct cost_measure *m = &c->measure[0];

	*c = (struct profile_costs){ .t0 = SECOND, .t1 = 11 * SECOND, .n_measures = 1 };
	*m = (struct cost_measure){ .metric = STR_LIT("cpu"), .extent = STR_LIT("interval"), .period = 10000000 };
	c->func = arena_array(&c->mem, struct cost_func, FUNCS);
	m->row = arena_array(&c->mem, struct cost_row, FUNCS);
	CHECK(c->func != NULL && m->row != NULL);
	for (uint32_t i = 0; c->func && m->row && i < FUNCS; i++) {
		char name[80];

		if (i % 2)
			snprintf(name, sizeof(name), "%s.work%u", package, i);
		else
			snprintf(name, sizeof(name), "runtime.part%u", i);
		c->func[c->n_funcs++] = (struct cost_func){ { arena_strdup(&c->mem, name), strlen(name) }, STR_LIT("f.go"), first_line + i };
		if (weight[i])
			m->row[m->n++] = (struct cost_row){ i, weight[i], weight[i] * 10000000, weight[i], weight[i] * 10000000 };
	}
}

static const struct cost_change *find(const struct cost_answer *a, const char *name, const char *stat)
{
	for (size_t i = 0; a && i < a->n; i++)
		if (strcmp(a->change[i].stat, stat) == 0 && (!name ? !a->change[i].name.p : str_is(a->change[i].name, name)))
			return &a->change[i];
	return NULL;
}

/* What analyze_pair() says of the two; the caller frees. */
static struct analyze_pair *compare(const int64_t *base, const int64_t *cur, const char *package, int64_t line, bool totals_only)
{
	struct profile_costs side[2];
	struct analyze_opts o = { .totals_only = totals_only };
	struct analyze_pair *pair = NULL;
	struct err err = { 0 };

	make(&side[0], base, "shop/cart", 10);
	make(&side[1], cur, package, line);
	CHECK(analyze_pair(&pair, side, &o, &err) == 0);
	profile_costs_free(&side[0]);
	profile_costs_free(&side[1]);
	return pair;
}

int main(void)
{
	int64_t calm[FUNCS], louder[FUNCS], gone[FUNCS];
	struct analyze_pair *pair;
	const struct cost_change *c;

	for (int i = 0; i < FUNCS; i++)
		calm[i] = louder[i] = gone[i] = 40 + i;
	louder[7] = 4000;
	gone[7] = 0;

	pair = compare(calm, calm, "shop/cart", 10, false);
	CHECK(pair != NULL);
	if (pair) {
		const struct cost_answer *a = analyze_pair_answer(pair);

		CHECK(a->n == 1 + 2 * FUNCS && a->n_caveats == 2);
		c = find(a, NULL, "level");
		CHECK(c && strcmp(c->scope, "total") == 0 && fabs(c->base - (40 * FUNCS + FUNCS * (FUNCS - 1) / 2) * 1e6) < 1 && c->delta == 0);
		c = find(a, "shop/cart.work7", "flat");
		CHECK(c && strcmp(c->kind, "user") == 0 && fabs(c->base - 47e6) < 1e-3 && strcmp(c->metric, "cpu_per_second") == 0);
		c = find(a, "runtime.part8", "cum");
		CHECK(c && strcmp(c->kind, "runtime") == 0 && c->delta == 0);
		CHECK(!find(a, "shop/cart.work7", "own"));
	}
	analyze_pair_free(pair);

	/* A change may be a shift, which only call sites tell; of giants there are none. */
	CHECK(!compare(calm, louder, "shop/cart", 10, false));
	pair = compare(calm, louder, "shop/cart", 10, true);
	c = pair ? find(analyze_pair_answer(pair), "shop/cart.work7", "flat") : NULL;
	CHECK(c && strcmp(c->status, "up") == 0 && c->q <= .05);
	analyze_pair_free(pair);

	/* Moved: another package has the same functions. Another release: first lines moved. */
	CHECK(!compare(calm, calm, "shop/basket", 10, false));
	CHECK(!compare(calm, calm, "shop/basket", 10, true));
	CHECK(!compare(calm, calm, "shop/cart", 11, true));

	/* On one side only, and nothing on the other that it could be. */
	pair = compare(gone, gone, "shop/cart", 10, false);
	CHECK(pair && !find(analyze_pair_answer(pair), "shop/cart.work7", "flat"));
	analyze_pair_free(pair);
	return check_done();
}
