// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * compare.c - from slices to a test
 *
 * The unit of evidence is the run; with one run a side and several processes it is the process ("one deployment"). Slices of one
 * unit add only a floored variance. Error bars are made of raw events (cube.h).
 */
#include "analyze/compare.h"

#include <math.h>

int compare_init(struct comparison *k, struct pass *p, const struct metric *m, const struct cube *c, struct err *err)
{
	*k = (struct comparison){ .m = m, .c = c };
	k->tau = p->tau;
	k->tau_scale = p->tau_scale;
	k->by_instance = (p->n_runs[BASE] < 2 || p->n_runs[CUR] < 2) && p->design == DESIGN_TWO_SIDES;
	for (int side = 0; side < SIDES; side++) {
		k->window[side] = arena_array(&p->mem, struct ratio_window, c->n + 1);
		if (!k->window[side])
			return err_nomem(err);
	}
	return 0;
}

/* uneven: a total of delays is asked as a factor; single functions, thousands of them, stay with the doubt that a difference deserves. */
static int test(struct comparison *k, const size_t n[SIDES], enum tau tau, bool uneven, struct ratio_test *out, struct err *err)
{
	struct ratio_opts o = { .kind = k->c->share ? RATIO_SHARE : RATIO_COST, .tau = k->tau[tau] * k->tau_scale, .phi = k->m->phi, .late = k->c->late,
		.uneven = uneven && strcmp(k->c->metric, "mutex") == 0 };

	return ratio_test(k->window[BASE], n[BASE], k->window[CUR], n[CUR], &o, out, err);
}

/* Events behind a sum whose variance is known: the number of equal events that would have the same relative error. */
static double events(double sum, double var)
{
	return var > 0 ? sum * sum / var : 0;
}

static void add_window(struct comparison *k, size_t n[SIDES], size_t s, double value, double var)
{
	const struct cube_slice *sl = &k->c->slice[s];

	value = value > 0 ? value : 0;
	k->window[sl->side][n[sl->side]++] = (struct ratio_window){
		.run = (uint32_t)(k->by_instance ? sl->instance : sl->run), .count = events(value, var), .amount = value,
		.exposure = sl->exposure };
}

/* The windows again, for the rest's cost in the place of the work: its own sampling error is added to theirs. */
static bool turn_to_rest(struct comparison *k, uint32_t symbol)
{
	size_t n[SIDES] = { 0, 0 };

	for (size_t s = 0; k->rest && s < k->c->n; s++) {
		enum side side = k->c->slice[s].side;
		struct ratio_window *w = &k->window[side][n[side]++];

		w->exposure = k->rest[s] - (symbol && !k->moved[symbol] ? CUBE_AT(k->c, amount, STAT_FLAT, s, symbol) : 0);
		if (!(w->exposure > 0) || !(k->rest_raw[s] > 0))
			return false;
		if (w->count > 0)
			w->count = 1 / (1 / w->count + 1 / k->rest_raw[s]);
	}
	return k->rest != NULL;
}

static int compare(struct comparison *k, const size_t n[SIDES], uint32_t symbol, enum tau tau, struct compared *out, struct err *err)
{
	int rc;

	out->raw = 0;
	out->rest = (struct ratio_test){ .method = RATIO_NONE };
	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < n[side]; i++)
			out->raw += k->window[side][i].count;
	rc = test(k, n, tau, false, &out->work, err);
	if (!rc && turn_to_rest(k, symbol))
		rc = test(k, n, tau, false, &out->rest, err);
	return rc;
}

int compare_symbol(struct comparison *k, enum stat stat, uint32_t symbol, enum tau tau, struct compared *out, struct err *err)
{
	size_t n[SIDES] = { 0, 0 };

	for (size_t s = 0; s < k->c->n; s++)
		if (k->m->by_count)
			add_window(k, n, s, CUBE_AT(k->c, count, stat, s, symbol), CUBE_AT(k->c, var_count, stat, s, symbol));
		else
			add_window(k, n, s, CUBE_AT(k->c, amount, stat, s, symbol), CUBE_AT(k->c, var, stat, s, symbol));
	return compare(k, n, symbol, tau, out, err);
}

int compare_total(struct comparison *k, struct ratio_test *out, struct err *err)
{
	size_t n[SIDES] = { 0, 0 };

	for (size_t s = 0; s < k->c->n; s++)
		if (k->m->by_count)
			add_window(k, n, s, k->c->slice[s].total_count, k->c->slice[s].var_count);
		else
			add_window(k, n, s, k->c->slice[s].total, k->c->slice[s].var);
	return test(k, n, k->m->tau_total, true, out, err);
}

int compare_path(struct comparison *k, uint32_t path, uint32_t symbol, enum tau tau, struct compared *out, struct err *err)
{
	const struct cube *c = k->c;
	size_t n[SIDES] = { 0, 0 };

	for (size_t s = 0; s < c->n; s++) {
		size_t at = s * ((size_t)c->n_paths + 1) + path;

		add_window(k, n, s, c->cell_amount[at], c->cell_var[at]);
	}
	return compare(k, n, symbol, tau, out, err);
}

int compare_cells(struct comparison *k, uint32_t symbol, const double *amount, const double *var, enum tau tau, struct compared *out, struct err *err)
{
	size_t n[SIDES] = { 0, 0 };

	for (size_t s = 0; s < k->c->n; s++)
		add_window(k, n, s, amount[s], var[s]);
	return compare(k, n, symbol, tau, out, err);
}

double compare_symbol_raw(const struct comparison *k, enum stat stat, uint32_t symbol)
{
	double sum = 0;

	for (size_t s = 0; s < k->c->n; s++)
		sum += k->m->by_count ? events(CUBE_AT(k->c, count, stat, s, symbol), CUBE_AT(k->c, var_count, stat, s, symbol))
				      : events(CUBE_AT(k->c, amount, stat, s, symbol), CUBE_AT(k->c, var, stat, s, symbol));
	return sum;
}

double compare_path_raw(const struct comparison *k, uint32_t path)
{
	const struct cube *c = k->c;
	double sum = 0;

	for (size_t s = 0; s < c->n; s++) {
		size_t at = s * ((size_t)c->n_paths + 1) + path;

		sum += events(fmax(c->cell_amount[at], 0), c->cell_var[at]);
	}
	return sum;
}
