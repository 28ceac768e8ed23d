// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * costs.c - reads the tree once and samples as they are wanted, a few milliseconds at a time
 *
 * Stages in a row: names, paths, call sites (once), then for each question the samples of the slices that count, then the
 * sums. A stage is a query that is kept open between two steps. A new question drops what is half done and goes back to the first
 * stage that it changes: a focus needs new sums, a window or a metric new samples.
 */
#include "report/triage/costs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/text.h"
#include "core/buf.h"

enum stage { STAGE_SYMBOLS, STAGE_PATHS, STAGE_SITES, STAGE_SAMPLES, STAGE_SUMS, STAGE_READY };

struct costs_slice { int side; int64_t measure, minus; double seconds, requests, x0, x1; bool instant; char metric[24]; };
struct run_start { int64_t run, t; };

struct costs_job {
	enum stage stage;
	struct stmt *q;			/* of the stage; NULL: not begun */
	size_t rows;
	struct costs_slice *slice;
	size_t n_slices, at, half;	/* at, half: which slice is read, its measure or what is taken off */
	struct run_start *start;
	size_t n_starts;
	signed char *label_side;	/* by label set: BASE, CUR, or -1; NULL: not split */
	size_t n_label_side;
	size_t metric;
	struct search *focus, *ignore;
	struct costs_window window;
	bool asked;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

double costs_time(const struct costs *c, int64_t run, int64_t t)
{
	const struct costs_job *j = c->job;

	if (t == STORE_NULL)
		return NAN;
	for (size_t i = 0; i < j->n_starts; i++)
		if (j->start[i].run == run && j->start[i].t != STORE_NULL)
			return (double)(t - j->start[i].t) * 1e-9;
	return NAN;
}

/* ---- what there is to ask for */

static const char *unit_word(const char *u)
{
	return strcmp(u, "nanoseconds") == 0 || strcmp(u, "ns") == 0 ? "ns" : strcmp(u, "bytes") == 0 ? "bytes" : "count";
}

static const char *metric_id(struct costs *c, const char *metric, bool counts, bool instant)
{
	static const struct { const char *metric, *id; } table[] = {
		{ "alloc", "alloc_bytes" }, { "inuse", "inuse_bytes" }, { "mutex", "mutex_delay" }, { "block", "block_delay" },
		{ "goroutine", "goroutines" }, { "threadcreate", "threads" },
	};
	const char *id = metric;
	struct buf b = { .limit = 200 };

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(metric, table[i].metric) == 0)
			id = table[i].id;
	if (counts)
		id = "alloc_objects";
	buf_printf(&b, "%.100s%s", id, instant ? "" : c->per_request ? "_per_request" : "_per_second");
	id = b.data ? arena_strdup(&c->arena, b.data) : NULL;
	buf_free(&b);
	return id;
}

static int add_metric(struct costs *c, struct str name, struct str amount, bool instant, bool counts, struct err *err)
{
	struct costs_metric *m = &c->metric[c->n_metrics];
	struct buf clean = { .limit = 100 };
	char unit[32] = "";

	text_clean(&clean, name);
	if (amount.n && amount.n < sizeof(unit))
		memcpy(unit, amount.p, amount.n);
	m->metric = clean.data ? arena_strdup(&c->arena, clean.data) : arena_strdup(&c->arena, "");
	buf_free(&clean);
	if (!m->metric)
		return err_nomem(err);
	m->unit = counts ? "count" : unit_word(unit);
	m->counts = counts;
	m->instant = instant;
	m->id = metric_id(c, m->metric, counts, instant);
	c->n_metrics++;
	return m->id ? 0 : err_nomem(err);
}

#define MAX_METRICS 64

static int load_metrics(struct costs *c, struct err *err)
{
	struct stmt *q;
	int rc = store_query(c->st, &q, err,
			     "SELECT metric, max(amount_unit), max(extent = 'instant'), count(*) FROM used_slices WHERE analysis = ?"
			     " GROUP BY metric ORDER BY CASE metric WHEN 'cpu' THEN 0 WHEN 'wall' THEN 1 WHEN 'alloc' THEN 2 WHEN 'inuse' THEN 3"
			     " WHEN 'mutex' THEN 4 WHEN 'block' THEN 5 ELSE 6 END, metric LIMIT 60", "i", c->analysis);

	c->metric = arena_array(&c->arena, struct costs_metric, MAX_METRICS);
	if (!c->metric)
		rc = rc ? rc : err_nomem(err);
	while (!rc && store_next(q, err)) {
		struct str name = stmt_text(q, 0), unit = stmt_text(q, 1);
		bool instant = stmt_int(q, 2) == 1, alloc = str_is(name, "alloc") && c->n_metrics + 1 < MAX_METRICS;

		rc = add_metric(c, name, unit.n ? unit : STR_LIT("count"), instant, false, err);
		if (!rc && alloc)
			rc = add_metric(c, name, unit, instant, true, err);
	}
	return store_finish(q, rc, err);
}

static int load_starts(struct costs *c, struct err *err)
{
	struct costs_job *j = c->job;
	struct stmt *q;
	int64_t n;

	if (store_int(c->st, err, &n, 0, "SELECT count(*) FROM runs", "") ||
	    store_query(c->st, &q, err, "SELECT run, t FROM run_starts ORDER BY run", ""))
		return (int)err->code;
	j->start = arena_array(&c->arena, struct run_start, (size_t)n + 1);
	while (j->start && store_next(q, err) && j->n_starts < (size_t)n)
		j->start[j->n_starts++] = (struct run_start){ stmt_int(q, 0), stmt_int(q, 1) };
	return store_finish(q, j->start ? 0 : err_nomem(err), err);
}

static int load_slices(struct costs *c, struct err *err)
{
	struct costs_job *j = c->job;
	struct stmt *q;
	int64_t n;

	if (store_int(c->st, err, &n, 0, "SELECT count(*) FROM used_slices WHERE analysis = ?", "i", c->analysis) ||
	    store_query(c->st, &q, err,
			"SELECT side = 'current', measure, minus, seconds, requests, run, t0, t1, extent = 'instant', metric FROM used_slices"
			" WHERE analysis = ? ORDER BY side, slice", "i", c->analysis))
		return (int)err->code;
	j->slice = arena_array(&c->arena, struct costs_slice, (size_t)n + 1);
	while (j->slice && store_next(q, err) && j->n_slices < (size_t)n) {
		struct costs_slice *s = &j->slice[j->n_slices++];
		struct str metric = stmt_text(q, 9);

		*s = (struct costs_slice){ stmt_int(q, 0) == 1 ? CUR : BASE, stmt_int(q, 1), stmt_int(q, 2), stmt_real(q, 3), stmt_real(q, 4),
			costs_time(c, stmt_int(q, 5), stmt_int(q, 6)), costs_time(c, stmt_int(q, 5), stmt_int(q, 7)), stmt_int(q, 8) == 1, "" };
		if (metric.n < sizeof(s->metric))
			memcpy(s->metric, metric.p, metric.n);
	}
	return store_finish(q, j->slice ? 0 : err_nomem(err), err);
}

static int load_label_sides(struct costs *c, struct err *err)
{
	struct costs_job *j = c->job;
	struct stmt *q;
	int64_t most;

	if (store_int(c->st, err, &most, -1, "SELECT max(labelset) FROM label_sides WHERE analysis = ?", "i", c->analysis))
		return (int)err->code;
	if (most < 0 || most > 100000000)
		return 0;
	j->label_side = arena_alloc(&c->arena, (size_t)most + 1);
	if (!j->label_side)
		return err_nomem(err);
	memset(j->label_side, -1, (size_t)most + 1);
	j->n_label_side = (size_t)most + 1;
	if (store_query(c->st, &q, err, "SELECT labelset, side = 'current' FROM label_sides WHERE analysis = ?", "i", c->analysis))
		return (int)err->code;
	while (store_next(q, err))
		if (stmt_int(q, 0) >= 0 && stmt_int(q, 0) <= most)
			j->label_side[stmt_int(q, 0)] = stmt_int(q, 1) == 1 ? CUR : BASE;
	return store_end(q, err);
}

/* Ids are dense in a database of ours, but one that was made by others may say anything: arrays are bounded by what is counted. */
static int count(struct costs *c, uint32_t *out, const char *sql, struct err *err)
{
	int64_t n;

	if (store_int(c->st, err, &n, 0, sql, ""))
		return (int)err->code;
	if (n < 0 || n > 200000000)
		return err_set(err, ERR_INPUT, "a call tree of %lld nodes is too large to walk", (long long)n);
	*out = (uint32_t)n;
	return 0;
}

static int make_arrays(struct costs *c, struct err *err)
{
	size_t paths, sites;

	if (count(c, &c->n_symbols, "SELECT max(symbol) FROM symbols", err) || count(c, &c->n_paths, "SELECT max(path) FROM paths", err) ||
	    count(c, &c->n_sites, "SELECT max(callsite) FROM call_sites", err))
		return (int)err->code;
	paths = (size_t)c->n_paths + 1;
	sites = (size_t)c->n_sites + 1;
	c->name = arena_array(&c->arena, struct str, (size_t)c->n_symbols + 1);
	c->kind = arena_array(&c->arena, char, (size_t)c->n_symbols + 1);
	c->by_name = arena_array(&c->arena, uint32_t, (size_t)c->n_symbols + 1);
	c->parent = arena_array(&c->arena, uint32_t, paths);
	c->symbol = arena_array(&c->arena, uint32_t, paths);
	c->child = arena_array(&c->arena, uint32_t, paths);
	c->next = arena_array(&c->arena, uint32_t, paths);
	c->matched = arena_array(&c->arena, bool, paths);
	c->site = arena_array(&c->arena, struct costs_site, sites);
	for (int i = 0; i < SIDES; i++) {
		c->flat[i] = arena_array(&c->arena, double, paths);
		c->cum[i] = arena_array(&c->arena, double, paths);
		c->site_flat[i] = arena_array(&c->arena, double, sites);
		if (!c->flat[i] || !c->cum[i] || !c->site_flat[i])
			return err_nomem(err);
	}
	if (!c->name || !c->kind || !c->by_name || !c->parent || !c->symbol || !c->child || !c->next || !c->matched || !c->site)
		return err_nomem(err);
	for (uint32_t i = 0; i <= c->n_symbols; i++)
		c->name[i] = i ? STR_LIT("?") : STR_LIT("all");
	return 0;
}

int costs_new(struct costs **out, struct store *st, int64_t analysis, bool per_request, struct err *err)
{
	struct costs *c = calloc(1, sizeof(*c));

	*out = NULL;
	if (!c)
		return err_nomem(err);
	c->st = st;
	c->analysis = analysis;
	c->per_request = per_request;
	c->job = arena_new(&c->arena, struct costs_job);
	if (!c->job) {
		costs_free(c);
		return err_nomem(err);
	}
	if (load_metrics(c, err) || load_starts(c, err) || load_slices(c, err) || load_label_sides(c, err) || make_arrays(c, err)) {
		costs_free(c);
		return (int)err->code;
	}
	*out = c;
	return 0;
}

void costs_free(struct costs *c)
{
	if (!c)
		return;
	if (c->job && c->job->q)
		store_end(c->job->q, &c->err);
	map_free(&c->names);
	arena_free(&c->arena);
	free(c);
}

uint32_t costs_symbol(const struct costs *c, struct str name)
{
	uint32_t i = name.p ? map_get(&c->names, name.p, name.n) : MAP_NONE;

	return i == MAP_NONE ? 0 : c->by_name[i];
}

/* ---- stages: one row each */

static int take_symbol(struct costs *c, struct stmt *q)
{
	int64_t id = stmt_int(q, 0);
	struct str s = stmt_text(q, 1), kind = stmt_text(q, 2);
	struct buf clean = { .limit = 1 << 20 };
	uint32_t i;

	if (id <= 0 || id > c->n_symbols)
		return 0;
	if (!text_is_clean(s)) {
		text_clean(&clean, s);
		s = buf_view(&clean);
	}
	c->name[id] = arena_str(&c->arena, s);
	buf_free(&clean);
	c->kind[id] = kind.n ? kind.p[0] : 'u';
	i = c->name[id].p ? map_add(&c->names, c->name[id].p, c->name[id].n, NULL) : MAP_NONE;
	if (i == MAP_NONE || i > c->n_symbols)
		return err_nomem(&c->err);
	c->by_name[i] = (uint32_t)id;
	return 0;
}

static int take_path(struct costs *c, struct stmt *q)
{
	int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1), symbol = stmt_int(q, 2);

	if (parent == STORE_NULL)
		parent = 0;
	if (id <= 0 || id > c->n_paths || parent < 0 || parent >= id || symbol < 0 || symbol > c->n_symbols)
		return 0;
	c->parent[id] = (uint32_t)parent;
	c->symbol[id] = (uint32_t)symbol;
	c->next[id] = c->child[parent];
	c->child[parent] = (uint32_t)id;
	return 0;
}

static uint32_t bounded(int64_t v, uint32_t most)
{
	return v < 0 || v > most ? 0 : (uint32_t)v;
}

static int take_site(struct costs *c, struct stmt *q)
{
	int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1);

	if (id <= 0 || id > c->n_sites || parent >= id)
		return 0;
	c->site[id] = (struct costs_site){ bounded(parent, c->n_sites), bounded(stmt_int(q, 2), c->n_paths),
		bounded(stmt_int(q, 3), INT32_MAX), bounded(stmt_int(q, 4), INT32_MAX) };
	return 0;
}

static int take_sample(struct costs *c, struct stmt *q)
{
	const struct costs_job *j = c->job;
	const struct costs_slice *s = &j->slice[j->at];
	int64_t site = stmt_int(q, 0), labels = stmt_int(q, 1);
	double v = stmt_real(q, c->metric[j->metric].counts ? 3 : 2);

	if (site <= 0 || site > c->n_sites || !isfinite(v))
		return 0;
	if (j->label_side && (labels < 0 || (size_t)labels >= j->n_label_side || j->label_side[labels] != s->side))
		return 0;
	c->site_flat[s->side][site] += j->half ? -v : v;
	return 0;
}

static bool in_window(const struct costs_job *j, const struct costs_slice *s)
{
	double mid = isnan(s->x1) ? s->x0 : isnan(s->x0) || s->instant ? s->x1 : (s->x0 + s->x1) / 2;

	return !j->window.on || (mid >= j->window.lo && mid < j->window.hi);
}

static bool of_metric(const struct costs *c, const struct costs_slice *s)
{
	return strcmp(s->metric, c->metric[c->job->metric].metric) == 0;
}

/* Divisors as analyze has them: where one slice has none, totals are compared as they are. */
static void sum_exposure(struct costs *c)
{
	const struct costs_job *j = c->job;
	bool absolute = false;

	c->left_out = 0;
	for (int i = 0; i < SIDES; i++) {
		c->exposure[i] = 0;
		c->slices[i] = 0;
	}
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < j->n_slices; i++) {
			const struct costs_slice *s = &j->slice[i];
			double e = s->instant ? 1 : c->per_request ? s->requests : s->seconds;

			if (!of_metric(c, s))
				continue;
			if (pass == 0) {
				absolute = absolute || !(e > 0);
				c->left_out += !in_window(j, s);
				continue;
			}
			if (!in_window(j, s))
				continue;
			c->exposure[s->side] += absolute ? 1 : e;
			c->slices[s->side]++;
		}
}

static void start_samples(struct costs *c)
{
	struct costs_job *j = c->job;

	for (int i = 0; i < SIDES; i++)
		memset(c->site_flat[i], 0, ((size_t)c->n_sites + 1) * sizeof(double));
	sum_exposure(c);
	j->at = j->half = 0;
}

/* The query of the slice that is next; NULL: all are read. */
static int next_samples(struct costs *c)
{
	struct costs_job *j = c->job;

	for (; j->at < j->n_slices; j->at++, j->half = 0) {
		const struct costs_slice *s = &j->slice[j->at];
		int64_t measure = j->half ? s->minus : s->measure;

		if (!of_metric(c, s) || !in_window(j, s) || measure == STORE_NULL)
			continue;
		return store_query(c->st, &j->q, &c->err,
				   "SELECT callsite, labelset, amount, count FROM measure_samples WHERE measure = ?", "i", measure);
	}
	return 0;
}

/* Marks by symbol go down the tree: a stack matches when any of its frames does. */
static void match_paths(const struct costs *c, struct search *m, bool *path)
{
	bool *symbol = calloc((size_t)c->n_symbols + 1, sizeof(*symbol));

	memset(path, 0, (size_t)c->n_paths + 1);
	if (!symbol)
		return;
	for (uint32_t i = 1; i <= c->n_symbols; i++)
		symbol[i] = c->name[i].p && search_is(m, c->name[i]);
	for (uint32_t i = 1; i <= c->n_paths; i++)
		path[i] = path[c->parent[i]] || symbol[c->symbol[i]];
	free(symbol);
}

static void sum(struct costs *c)
{
	const struct costs_job *j = c->job;
	bool *ignored = j->ignore ? calloc((size_t)c->n_paths + 1, sizeof(*ignored)) : NULL;

	if (j->focus)
		match_paths(c, j->focus, c->matched);
	if (ignored)
		match_paths(c, j->ignore, ignored);
	for (int side = 0; side < SIDES; side++) {
		double *flat = c->flat[side], *cum = c->cum[side];

		memset(flat, 0, ((size_t)c->n_paths + 1) * sizeof(*flat));
		for (uint32_t i = 1; i <= c->n_sites; i++) {
			uint32_t p = c->site[i].path;

			if ((!j->focus || c->matched[p]) && (!ignored || !ignored[p]))
				flat[p] += c->site_flat[side][i];
		}
		memcpy(cum, flat, ((size_t)c->n_paths + 1) * sizeof(*cum));
		for (uint32_t i = c->n_paths; i > 0; i--)
			cum[c->parent[i]] += cum[i];
	}
	free(ignored);
	c->generation++;
}

/* ---- the pieces */

static int begin(struct costs *c)
{
	static const char *const sql[] = {
		"SELECT symbol, name, kind FROM symbols ORDER BY symbol", "SELECT path, parent, symbol FROM paths ORDER BY path",
		"SELECT callsite, parent, path, func, line FROM call_sites ORDER BY callsite",
	};
	struct costs_job *j = c->job;

	if (j->stage == STAGE_SAMPLES)
		return next_samples(c);
	if (j->stage > STAGE_SAMPLES)
		return 0;
	return store_query(c->st, &j->q, &c->err, sql[j->stage], "");
}

static int take(struct costs *c)
{
	static int (*const row[])(struct costs *, struct stmt *) = { take_symbol, take_path, take_site, take_sample };

	return row[c->job->stage](c, c->job->q);
}

static void stage_over(struct costs *c)
{
	struct costs_job *j = c->job;

	if (j->stage == STAGE_SAMPLES && j->at < j->n_slices) {
		if (j->half || j->slice[j->at].minus == STORE_NULL) {
			j->at++;
			j->half = 0;
		} else {
			j->half = 1;
		}
		return;
	}
	if (j->stage == STAGE_SUMS)
		sum(c);
	j->stage++;
	j->rows = 0;
	if (j->stage == STAGE_SAMPLES)
		start_samples(c);
	c->ready = j->stage == STAGE_READY;
}

static void fail(struct costs *c)
{
	struct err other;

	if (c->job->q)
		store_end(c->job->q, &other);
	c->job->q = NULL;
	c->failed = true;
}

bool costs_step(struct costs *c, int ms)
{
	struct costs_job *j = c->job;
	int64_t end = now_ms() + ms;

	if (!j->asked || c->ready || c->failed || !c->n_metrics)
		return false;
	while (j->stage != STAGE_READY) {
		if (!j->q && begin(c)) {
			fail(c);
			return false;
		}
		while (j->q && store_next(j->q, &c->err)) {
			if (take(c)) {
				fail(c);
				return false;
			}
			if (++j->rows % 256 == 0 && now_ms() >= end)
				return true;
		}
		if (j->q && store_end(j->q, &c->err)) {
			j->q = NULL;
			fail(c);
			return false;
		}
		j->q = NULL;
		stage_over(c);
		if (now_ms() >= end)
			return j->stage != STAGE_READY;
	}
	return false;
}

double costs_done(const struct costs *c)
{
	const struct costs_job *j = c->job;
	static const double from[] = { 0, .05, .25, .55, .95, 1 };
	double all[] = { c->n_symbols, c->n_paths, c->n_sites, (double)j->n_slices, 1, 1 };
	double part = j->stage == STAGE_SAMPLES ? (double)j->at : (double)j->rows;

	if (j->stage == STAGE_READY)
		return 1;
	part /= all[j->stage] > 0 ? all[j->stage] : 1;
	return from[j->stage] + (from[j->stage + 1] - from[j->stage]) * (part < 1 ? part : 1);
}

void costs_want(struct costs *c, size_t metric, struct search *focus, struct search *ignore, struct costs_window w)
{
	struct costs_job *j = c->job;
	bool samples = !j->asked || metric != j->metric || w.on != j->window.on || (w.on && (w.lo < j->window.lo || w.lo > j->window.lo ||
		w.hi < j->window.hi || w.hi > j->window.hi));
	bool sums = samples || focus || ignore || j->focus || j->ignore;
	enum stage back = samples ? STAGE_SAMPLES : sums ? STAGE_SUMS : STAGE_READY;
	struct err other;

	j->asked = true;
	j->focus = focus;
	j->ignore = ignore;
	j->window = w;
	j->metric = metric < c->n_metrics ? metric : 0;
	c->at = j->metric;
	if (j->stage < back || (j->stage == back && !samples) || c->failed)
		return;		/* it comes there anyway */
	if (j->q)
		store_end(j->q, &other);
	j->q = NULL;
	j->stage = back;
	j->rows = 0;
	c->ready = back == STAGE_READY;
	if (back == STAGE_SAMPLES)
		start_samples(c);
}

double costs_value(const struct costs *c, enum costs_unit u, int side, double amount)
{
	double all = u == COSTS_PER ? c->exposure[side] : u == COSTS_SHARE ? c->cum[side][0] : 1;

	return u == COSTS_TOTAL ? amount : fabs(all) > 0 ? amount / all : 0;
}
