// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cube.c - sums of one metric by slice and symbol
 *
 * One slice at a time goes through two arrays over the tree: flat by path, then cum by one loop over the paths it touches, from the last down
 * to the first, since parents come first. Without a tree (attrib diff) the exact function totals stand in, and own equals flat.
 */
#include "analyze/cube.h"
#include "analyze/labels.h"

#include <math.h>

#include "analyze/math/sampling.h"
#include "analyze/view.h"
#include "core/costs.h"

const char *const stat_name[STATS] = { "flat", "cum", "own" };

/* The whole of a slice, whatever a view leaves of it. */
static int whole_of(struct pass *p, int64_t measure, double *out, struct err *err)
{
	int64_t sum = 0;
	int rc = store_int(p->st, err, &sum, 0, "SELECT sum(amount) FROM sample WHERE measure = ?", "i", measure);

	*out += (double)sum;
	return rc;
}

/* What amounts are divided by, where it is not the work: nothing (each side's slices add up), or the slice's own total. */
static int set_exposure(struct cube *c, struct pass *p, struct err *err)
{
	enum analyze_per per = p->o->view ? p->o->view->per : ANALYZE_PER_WORK;
	int rc = 0;

	c->absolute |= per == ANALYZE_PER_SIDE;
	c->share = per == ANALYZE_PER_TOTAL;
	for (size_t i = 0; !rc && i < c->n; i++) {
		struct cube_slice *s = &c->slice[i];

		if (c->share) {
			double minus = 0;

			s->exposure = 0;
			rc = whole_of(p, s->measure, &s->exposure, err);
			if (!rc && s->minus != STORE_NULL)
				rc = whole_of(p, s->minus, &minus, err);
			s->exposure -= minus;
		} else if (per == ANALYZE_PER_SIDE) {
			s->exposure = 1 / (double)c->n_side[s->side];
		} else if (c->absolute) {
			s->exposure = 1;
		}
	}
	return rc;
}

static int load_slices(struct cube *c, struct pass *p, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(p->st, err, &n, 0,
			   "SELECT count(*) FROM slice s JOIN measure m ON m.id = s.measure WHERE s.used = 1 AND m.metric = ?", "s",
			   c->metric);

	if (rc)
		return rc;
	c->slice = arena_array(&p->mem, struct cube_slice, (size_t)n + 1);
	if (!c->slice)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT s.id, s.measure, s.minus, t.instance, i.run, s.t0, s.t1, t.side = 'current', s.seconds, s.requests,"
			 " m.extent = 'instant', m.period FROM slice s JOIN measure m ON m.id = s.measure JOIN stretch t ON t.id = s.stretch"
			 " JOIN instance i ON i.id = t.instance WHERE s.used = 1 AND m.metric = ? ORDER BY t.side, s.id", "s", c->metric);
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)c->n < n; c->n++) {
		struct cube_slice *s = &c->slice[c->n];

		*s = (struct cube_slice){ .id = stmt_int(q, 0), .measure = stmt_int(q, 1), .minus = stmt_int(q, 2),
			.instance = stmt_int(q, 3), .run = stmt_int(q, 4), .t0 = stmt_int(q, 5), .t1 = stmt_int(q, 6),
			.side = stmt_int(q, 7) == 1 ? CUR : BASE, .seconds = stmt_real(q, 8), .requests = stmt_real(q, 9) };
		c->instant = stmt_int(q, 10) == 1;
		s->exposure = c->instant ? 1 : p->per_request ? s->requests : s->seconds;
		c->absolute |= !(s->exposure > 0);
		c->late = (c->late || !c->n) && s->minus && strcmp(c->metric, "alloc") == 0;
		c->n_side[s->side]++;
		if (stmt_int(q, 11) != STORE_NULL && stmt_int(q, 11) > c->period)
			c->period = stmt_int(q, 11);
	}
	rc = store_end(q, err);
	return rc ? rc : set_exposure(c, p, err);
}

double cube_raw(const struct cube *c, const struct pass *p, double count, double amount)
{
	if (strcmp(c->metric, "alloc") == 0 || strcmp(c->metric, "inuse") == 0)
		return sampling_heap(fabs(count), fabs(amount), c->period > 0 ? (double)c->period : 524288).raw;
	if (strcmp(c->metric, "mutex") == 0)
		return fabs(count) * p->mutex_fraction;
	if (strcmp(c->metric, "block") == 0)
		return sampling_block_raw(fabs(count), fabs(amount), p->block_rate);
	return fabs(count);
}

/* The four figures of a cell: flat ones by path while a slice is read, then by symbol. */
enum figure { AMOUNT, COUNT, VAR, VAR_COUNT, FIGURES };

/* One slice by path. A slice of a run of hundreds touches a small part of the tree they share, so only that part is walked. */
struct paths {
	double (*flat)[FIGURES], (*cum)[FIGURES];	/* by path; all 0 between two slices */
	uint64_t *touched;				/* a bit a path: it has samples, or stands above one that has */
	uint32_t *order;				/* the touched ones from the last to the first, so that a parent comes behind its children */
	size_t n;
};

static int make_paths(struct paths *w, struct pass *p, size_t n, struct err *err)
{
	w->flat = arena_alloc(&p->mem, n * sizeof(*w->flat));
	w->cum = arena_alloc(&p->mem, n * sizeof(*w->cum));
	w->touched = arena_array(&p->mem, uint64_t, n / 64 + 1);
	w->order = arena_array(&p->mem, uint32_t, n);
	return w->flat && w->cum && w->touched && w->order ? 0 : err_nomem(err);
}

static void touch(struct paths *w, const struct tree *t, uint32_t path)
{
	while (!(w->touched[path / 64] >> path % 64 & 1)) {
		w->touched[path / 64] |= UINT64_C(1) << path % 64;
		w->n++;
		if (!path)
			return;
		path = t->parent[path];
	}
}

/* Puts the touched paths in order; flat is where cum begins. */
static void order_paths(struct paths *w, uint32_t n_paths)
{
	size_t n = 0;

	for (uint32_t word = n_paths / 64 + 1; word-- > 0;) {
		while (w->touched[word]) {
			uint32_t bit = 63 - (uint32_t)__builtin_clzll(w->touched[word]), path = word * 64 + bit;

			w->touched[word] ^= UINT64_C(1) << bit;
			memcpy(w->cum[path], w->flat[path], sizeof(w->cum[path]));
			w->order[n++] = path;
		}
	}
}

static void clear_paths(struct paths *w)
{
	for (size_t k = 0; k < w->n; k++) {
		memset(w->flat[w->order[k]], 0, sizeof(*w->flat));
		memset(w->cum[w->order[k]], 0, sizeof(*w->cum));
	}
	w->n = 0;
}

static double **figure_of(struct cube *c, enum figure f)
{
	return f == AMOUNT ? c->amount : f == COUNT ? c->count : f == VAR ? c->var : c->var_count;
}

static int make_arrays(struct cube *c, struct pass *p, struct err *err)
{
	size_t cells = c->n * ((size_t)c->n_symbols + 1), paths = (size_t)c->n_paths + 1;

	for (int f = 0; f < FIGURES; f++)
		for (int i = 0; i < STATS; i++) {
			figure_of(c, (enum figure)f)[i] = arena_array(&p->mem, double, cells);
			if (!figure_of(c, (enum figure)f)[i])
				return err_nomem(err);
		}
	for (int i = 0; i < SIDES; i++) {
		c->path_amount[i] = arena_array(&p->mem, double, paths);
		c->path_var[i] = arena_array(&p->mem, double, paths);
		c->path_flat[i] = arena_array(&p->mem, double, paths);
		if (!c->path_amount[i] || !c->path_var[i] || !c->path_flat[i])
			return err_nomem(err);
	}
	if (c->n_paths && c->n * paths <= CUBE_PATH_CELLS) {
		c->cell_amount = arena_array(&p->mem, double, c->n * paths);
		c->cell_var = arena_array(&p->mem, double, c->n * paths);
		if (!c->cell_amount || !c->cell_var)
			return err_nomem(err);
	}
	return 0;
}

/* Adds sign times the samples of a measure to the flat figures by path, in an order that no id decides; *any: it has samples at all. */
static int add_samples(const struct cube *c, struct pass *p, const struct tree *t, enum side side, int64_t measure, double sign, struct paths *w,
		       struct err *err)
{
	static const char all[] = "SELECT coalesce(c.path, 0), s.amount, s.count, s.labelset FROM sample s LEFT JOIN callsite_path c"
				  " ON c.callsite = s.callsite WHERE s.measure = ?1" LABELS_OF("s.labelset", "2") " ORDER BY 1, 2, 3";
	static const char viewed[] = "SELECT c.path, s.amount, s.count, s.labelset FROM sample s JOIN callsite_path c"
				     " ON c.callsite = s.callsite WHERE s.measure = ?1" LABELS_OF("s.labelset", "2") " ORDER BY 1, 2, 3";
	const bool *off = p->view ? p->view->labels_off : NULL;
	struct stmt *q;
	int rc = store_query(p->st, &q, err, p->view ? viewed : all, "is", measure, labels_side(p, side));

	if (rc)
		return rc;
	while (store_next(q, err)) {
		if (off && off[stmt_int(q, 3)])
			continue;
		uint32_t path = (uint32_t)stmt_int(q, 0);
		double *flat = w->flat[path];
		double amount = stmt_real(q, 1), count = stmt_real(q, 2), raw = cube_raw(c, p, count, amount);

		flat[AMOUNT] += sign * amount;
		flat[COUNT] += sign * count;
		if (raw > 0) {
			flat[VAR] += sign * amount * amount / raw;
			flat[VAR_COUNT] += sign * count * count / raw;
		}
		touch(w, t, path);
	}
	return store_end(q, err);
}

/* Spreads one touched path over the symbols of a slice's row; its cum is whole. */
static void spread_path(struct cube *c, const struct tree *t, size_t row, const struct paths *w, uint32_t i)
{
	const double *flat = w->flat[i], *cum = w->cum[i];

	for (int f = 0; f < FIGURES; f++) {
		double **cell = figure_of(c, (enum figure)f);

		cell[STAT_FLAT][row + t->symbol[i]] += flat[f];
		cell[STAT_OWN][row + t->owner[i]] += flat[f];
		if (t->outermost[i])
			cell[STAT_CUM][row + t->symbol[i]] += cum[f];
		w->cum[t->parent[i]][f] += cum[f];
	}
}

static int keep_flats(struct cube_slice *sl, struct pass *p, const struct paths *w, struct err *err)
{
	struct cube_flat *flat;
	size_t n = 0;

	for (size_t k = 0; k < w->n; k++)
		n += w->flat[w->order[k]][AMOUNT] != 0 || w->flat[w->order[k]][COUNT] != 0;
	flat = arena_array(&p->mem, struct cube_flat, n + 1);
	if (!flat)
		return err_nomem(err);
	for (size_t k = 0; k < w->n; k++) {
		const double *f = w->flat[w->order[k]];

		if (f[AMOUNT] != 0 || f[COUNT] != 0)
			flat[sl->n_flat++] = (struct cube_flat){ w->order[k], f[AMOUNT], f[COUNT] };
	}
	sl->flat = flat;
	return 0;
}

/* Turns flat by path into cum by path, and spreads both over the symbols of slice s. */
static int spread(struct cube *c, struct pass *p, const struct tree *t, size_t s, struct paths *w, struct err *err)
{
	struct cube_slice *sl = &c->slice[s];
	size_t row = s * ((size_t)c->n_symbols + 1), cells = s * ((size_t)c->n_paths + 1);
	const double *all = w->cum[0];
	int rc;

	order_paths(w, t->n_paths);
	rc = keep_flats(sl, p, w, err);
	for (size_t k = 0; k < w->n; k++) {
		uint32_t i = w->order[k];

		if (!i)
			continue;
		spread_path(c, t, row, w, i);
		c->path_amount[sl->side][i] += w->cum[i][AMOUNT];
		c->path_flat[sl->side][i] += w->flat[i][AMOUNT];
		c->path_var[sl->side][i] += w->cum[i][VAR];
		if (c->cell_amount) {
			c->cell_amount[cells + i] = w->cum[i][AMOUNT];
			c->cell_var[cells + i] = w->cum[i][VAR];
		}
	}
	sl->total = all[AMOUNT];
	sl->total_count = all[COUNT];
	sl->var = all[VAR];
	sl->var_count = all[VAR_COUNT];
	clear_paths(w);
	return rc;
}

static void add_cell(struct cube *c, struct pass *p, enum stat stat, size_t at, double sign, double amount, double count)
{
	double raw = cube_raw(c, p, count, amount);

	c->amount[stat][at] += sign * amount;
	c->count[stat][at] += sign * count;
	if (raw > 0) {
		c->var[stat][at] += sign * amount * amount / raw;
		c->var_count[stat][at] += sign * count * count / raw;
	}
}

/* A measure's function totals, added up by symbol. */
struct totals {
	int64_t flat, count, cum, cum_count;
	uint32_t funcs;
};

static void add_total(struct totals *t, int64_t flat, int64_t count, int64_t cum, int64_t cum_count)
{
	t->flat += flat;
	t->count += count;
	t->cum += cum;
	t->cum_count += cum_count;
	t->funcs++;
}

static int load_totals(struct totals **out, const struct cube *c, struct pass *p, int64_t measure, struct err *err)
{
	struct totals *sum = arena_array(&p->mem, struct totals, (size_t)c->n_symbols + 1);
	struct stmt *q;
	int rc = sum ? store_query(p->st, &q, err,
				   "SELECT f.symbol, t.flat, t.flat_count, t.cum, t.cum_count FROM func_total t JOIN func_symbol f ON f.func = t.func"
				   " WHERE t.measure = ?", "i", measure)
		     : err_nomem(err);

	*out = sum;
	if (rc)
		return rc;
	while (store_next(q, err))
		add_total(&sum[stmt_int(q, 0)], stmt_int(q, 1), stmt_int(q, 2), stmt_int(q, 3), stmt_int(q, 4));
	return store_end(q, err);
}

static void spread_totals(struct cube *c, struct pass *p, size_t s, const struct totals *sum, double sign)
{
	struct cube_slice *sl = &c->slice[s];

	for (uint32_t i = 1; i <= c->n_symbols; i++) {
		size_t at = s * ((size_t)c->n_symbols + 1) + i;
		double flat = (double)sum[i].flat, count = (double)sum[i].count, raw = cube_raw(c, p, count, flat);

		if (!sum[i].funcs)
			continue;
		add_cell(c, p, STAT_FLAT, at, sign, flat, count);
		add_cell(c, p, STAT_OWN, at, sign, flat, count);
		add_cell(c, p, STAT_CUM, at, sign, (double)sum[i].cum, (double)sum[i].cum_count);
		sl->total += sign * flat;
		sl->total_count += sign * count;
		if (raw > 0) {
			sl->var += sign * flat * flat / raw;
			sl->var_count += sign * count * count / raw;
		}
	}
}

static int add_totals(struct cube *c, struct pass *p, size_t s, int64_t measure, double sign, struct err *err)
{
	struct totals *sum;
	int rc = load_totals(&sum, c, p, measure, err);

	if (!rc)
		spread_totals(c, p, s, sum, sign);
	return rc;
}

/*
 * Where a giant tree was folded, flat and cum of functions are what was summed while decoding. A symbol of several functions keeps the tree's cum: one
 * stack may hold two of them.
 */
static int add_exact(struct cube *c, struct pass *p, size_t s, int64_t measure, double sign, bool *fresh, struct err *err)
{
	struct totals *sum;
	int rc = load_totals(&sum, c, p, measure, err);

	for (uint32_t i = 1; !rc && i <= c->n_symbols; i++) {
		size_t at = s * ((size_t)c->n_symbols + 1) + i;
		bool alone = sum[i].funcs == 1;

		if (!sum[i].funcs)
			continue;
		for (int f = 0; f < FIGURES && !fresh[i]; f++) {
			figure_of(c, (enum figure)f)[STAT_FLAT][at] = 0;
			if (alone)
				figure_of(c, (enum figure)f)[STAT_CUM][at] = 0;
		}
		fresh[i] = true;
		add_cell(c, p, STAT_FLAT, at, sign, (double)sum[i].flat, (double)sum[i].count);
		if (alone)
			add_cell(c, p, STAT_CUM, at, sign, (double)sum[i].cum, (double)sum[i].cum_count);
	}
	return rc;
}

static int unfold(struct cube *c, struct pass *p, const struct tree *t, size_t s, struct err *err)
{
	const struct cube_slice *sl = &c->slice[s];
	bool *fresh = NULL;
	int rc = 0;

	for (uint32_t i = 1; !fresh && i <= t->n_symbols; i++)
		if (str_is(t->sym[i].name, "[folded]") && CUBE_AT(c, amount, STAT_FLAT, s, i) > 0) {
			fresh = arena_array(&p->mem, bool, (size_t)t->n_symbols + 1);
			if (!fresh)
				return err_nomem(err);
			for (int f = 0; f < FIGURES; f++)
				figure_of(c, (enum figure)f)[STAT_FLAT][s * ((size_t)c->n_symbols + 1) + i] = 0;
		}
	if (fresh)
		rc = add_exact(c, p, s, sl->measure, 1, fresh, err);
	if (fresh && !rc && sl->minus != STORE_NULL)
		rc = add_exact(c, p, s, sl->minus, -1, fresh, err);
	return rc;
}

static int load_slice(struct cube *c, struct pass *p, const struct tree *t, size_t s, struct paths *w, struct err *err)
{
	const struct cube_slice *sl = &c->slice[s];
	int rc = add_samples(c, p, t, sl->side, sl->measure, 1, w, err);
	bool any;

	if (!rc && sl->minus != STORE_NULL)
		rc = add_samples(c, p, t, sl->side, sl->minus, -1, w, err);
	any = w->n > 0;
	if (!rc && any)
		rc = spread(c, p, t, s, w, err);
	if (rc || p->view || p->by_label)	/* totals know no labels */
		return rc;
	if (any)
		return unfold(c, p, t, s, err);
	rc = add_totals(c, p, s, sl->measure, 1, err);
	return rc || sl->minus == STORE_NULL ? rc : add_totals(c, p, s, sl->minus, -1, err);
}

static int load(struct cube *c, struct pass *p, const struct tree *t, struct err *err)
{
	struct paths w = { 0 };
	int rc = load_slices(c, p, err);

	if (rc || !c->n)
		return rc;
	rc = make_arrays(c, p, err);
	if (!rc)
		rc = make_paths(&w, p, (size_t)t->n_paths + 1, err);
	for (size_t s = 0; !rc && s < c->n; s++)
		rc = load_slice(c, p, t, s, &w, err);
	return rc;
}

int cube_load(struct cube *c, struct pass *p, const struct tree *t, const char *metric, struct err *err)
{
	struct cube_kept *kept;
	int rc;

	for (kept = p->cubes; kept; kept = kept->next)
		if (strcmp(kept->cube.metric, metric) == 0) {
			*c = kept->cube;
			return 0;
		}
	kept = arena_new(&p->mem, struct cube_kept);
	*c = (struct cube){ .metric = arena_strdup(&p->mem, metric), .n_symbols = t->n_symbols, .n_paths = t->n_paths };
	rc = kept && c->metric ? load(c, p, t, err) : err_nomem(err);
	if (rc)
		return rc;
	*kept = (struct cube_kept){ p->cubes, *c };
	p->cubes = kept;
	return 0;
}

static const struct cost_measure *measure_of(const struct profile_costs *side, const char *metric)
{
	for (size_t i = 0; i < side->n_measures; i++)
		if (str_is(side->measure[i].metric, metric))
			return &side->measure[i];
	return NULL;
}

/* One slice a side: what slices.c and load_slices() make of a single profile without a load report. */
static void slice_of_pair(struct cube *c, const struct profile_costs *profile, const struct cost_measure *m, enum side side)
{
	struct cube_slice *s = &c->slice[c->n++];
	bool instant = str_is(m->extent, "instant"), interval = str_is(m->extent, "interval");

	*s = (struct cube_slice){ .id = (int64_t)c->n, .instance = (int64_t)side + 1, .run = (int64_t)side + 1, .minus = STORE_NULL, .t0 = profile->t0,
		.t1 = profile->t1, .side = side, .seconds = NAN, .requests = NAN };
	if (interval && profile->t0 != STORE_NULL && profile->t1 > profile->t0)
		s->seconds = (double)(profile->t1 - profile->t0) * 1e-9;
	c->instant = instant;
	s->exposure = instant ? 1 : s->seconds;
	c->absolute |= !(s->exposure > 0);
	c->n_side[side]++;
	if (m->period != STORE_NULL && m->period > c->period)
		c->period = m->period;
}

int cube_of_pair(struct cube *c, struct pass *p, const struct tree *t, const char *metric, const struct profile_costs *side, uint32_t *const of[SIDES],
		 struct err *err)
{
	const struct cost_measure *m[SIDES];
	int rc;

	*c = (struct cube){ .metric = metric, .n_symbols = t->n_symbols };
	c->slice = arena_array(&p->mem, struct cube_slice, SIDES);
	if (!c->slice)
		return err_nomem(err);
	for (int s = 0; s < SIDES; s++) {
		const struct cost_measure *found = measure_of(&side[s], metric);

		if (found) {
			m[c->n] = found;
			slice_of_pair(c, &side[s], found, (enum side)s);
		}
	}
	rc = c->n ? set_exposure(c, p, err) : 0;
	if (rc || !c->n)
		return rc;
	rc = make_arrays(c, p, err);
	for (size_t i = 0; !rc && i < c->n; i++) {
		struct totals *sum = arena_array(&p->mem, struct totals, (size_t)c->n_symbols + 1);

		if (!sum)
			return err_nomem(err);
		for (size_t k = 0; k < m[i]->n; k++) {
			const struct cost_row *r = &m[i]->row[k];

			add_total(&sum[of[c->slice[i].side][r->func]], r->flat, r->flat_count, r->cum, r->cum_count);
		}
		spread_totals(c, p, i, sum, 1);
	}
	return rc;
}

void cube_paths(const struct cube_slice *s, void (*add)(void *to, uint32_t path, double amount, double count), void *to)
{
	for (size_t i = 0; i < s->n_flat; i++)
		if (s->flat[i].path)
			add(to, s->flat[i].path, s->flat[i].amount, s->flat[i].count);
}
