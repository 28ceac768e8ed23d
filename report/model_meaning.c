// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * model_meaning.c - the lists of what analyze wrote: causes, evidence, changes, recommendations
 *
 * The ORDER BYs decide the order of every output and never name a row id where the data can tell: two stores of the same run, grown
 * in another order, give the same report.
 */
#include "report/model.h"

#include <math.h>

#define PART(list_, type, bound_, sql_, fill_) \
	{ .list = offsetof(struct report_model, list_), .size = sizeof(struct type), .sql = (sql_), .bound = (bound_), .fill = (fill_) }

static void fill_caveat(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_caveat *)row = (struct model_caveat){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2) };
}

static void fill_gate(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_gate *)row = (struct model_gate){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2),
		stmt_real(q, 3), stmt_real(q, 4), stmt_real(q, 5) };
}

static void fill_edge(struct report_model *m, struct stmt *q, void *row)
{
	struct model_edge *e = row;
	struct model_change *c = &e->change;

	*e = (struct model_edge){ model_text(m, q, 1), model_text(m, q, 2), model_text(m, q, 3), { .p = NAN } };
	*c = (struct model_change){ .metric = model_text(m, q, 0), .unit = model_text(m, q, 4), .test = model_text(m, q, 5), .status = model_text(m, q, 6),
		.base = stmt_real(q, 7), .cur = stmt_real(q, 8), .delta = stmt_real(q, 9), .lo = stmt_real(q, 10), .hi = stmt_real(q, 11),
		.relative = stmt_real(q, 12), .p = stmt_real(q, 13), .q = stmt_real(q, 14) };
}

static void fill_evidence(struct report_model *m, struct stmt *q, void *row)
{
	struct model_evidence *e = row;
	struct str *const texts[] = { &e->cause, &e->role, &e->signal, &e->source_group, &e->state, &e->unit, &e->why, &e->other,
		&e->metric, &e->status, &e->cluster };
	double *const reals[] = { &e->weight, &e->covers, &e->value, &e->base, &e->cur, &e->lo, &e->hi, &e->p };

	for (int i = 0; i < 11; i++)
		*texts[i] = model_text(m, q, i);
	for (int i = 0; i < 8; i++)
		*reals[i] = stmt_real(q, 11 + i);
	e->onset = stmt_int(q, 19);
	e->onset_err = stmt_int(q, 20);
	e->place.function = model_text(m, q, 21);
	e->place.line = stmt_int(q, 22);
}

static void fill_guilty(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_guilty *)row = (struct model_guilty){ .cause = model_text(m, q, 0), .role = model_text(m, q, 1),
		.share = stmt_real(q, 2), .place = model_place(m, q, 3) };
}

static void fill_cause(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_cause *)row = (struct model_cause){ .id = model_text(m, q, 0), .title = model_text(m, q, 1),
		.variant = model_text(m, q, 2), .rank = stmt_int(q, 3), .score = stmt_real(q, 4), .coverage = stmt_real(q, 5),
		.tested = stmt_int(q, 6) == 1, .residual = stmt_real(q, 7) };
}

static void fill_recommendation(struct report_model *m, struct stmt *q, void *row)
{
	struct model_recommendation *r = row;
	struct str *const texts[] = { &r->cause, &r->title, &r->variant, &r->act, &r->gain_unit, &r->risk, &r->versions, &r->verify,
		&r->facts, &r->needs };

	r->rank = stmt_int(q, 0);
	for (int i = 0; i < 10; i++)
		*texts[i] = model_text(m, q, i + 1);
	r->score = stmt_real(q, 11);
	r->gain_lo = stmt_real(q, 12);
	r->gain_hi = stmt_real(q, 13);
	r->place = model_place(m, q, 14);
}

static void fill_change(struct report_model *m, struct stmt *q, void *row)
{
	struct model_change *c = row;
	struct str *const texts[] = { &c->metric, &c->scope, &c->kind, &c->stat, &c->unit, &c->test, &c->status };
	double *const reals[] = { &c->base, &c->cur, &c->delta, &c->lo, &c->hi, &c->relative, &c->p, &c->q, &c->smallest };

	for (int i = 0; i < 7; i++)
		*texts[i] = model_text(m, q, i);
	for (int i = 0; i < 9; i++)
		*reals[i] = stmt_real(q, 7 + i);
	c->n_base = stmt_int(q, 16);
	c->n_cur = stmt_int(q, 17);
	c->place = model_place(m, q, 18);
	c->name = c->place.function;
}

static void fill_raw(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_raw *)row = (struct model_raw){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2), stmt_int(q, 3),
		stmt_int(q, 4), stmt_int(q, 5), stmt_int(q, 6) };
}

static void fill_shift(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_shift *)row = (struct model_shift){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2),
		model_text(m, q, 3), model_text(m, q, 4), stmt_real(q, 5) };
}

static void fill_cost_split(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_cost_split *)row = (struct model_cost_split){ model_text(m, q, 0), stmt_real(q, 1), stmt_real(q, 2),
		stmt_real(q, 3), stmt_real(q, 4) };
}

static void fill_quantile(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_quantile *)row = (struct model_quantile){ model_text(m, q, 0), model_text(m, q, 1), stmt_real(q, 2),
		stmt_real(q, 3), stmt_real(q, 4), stmt_real(q, 5), stmt_int(q, 6) };
}

static void fill_fit(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_fit *)row = (struct model_fit){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2), stmt_real(q, 3),
		stmt_real(q, 4), stmt_real(q, 5) };
}

static void fill_frame(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_frame *)row = (struct model_frame){ stmt_int(q, 0), stmt_int(q, 1), model_place(m, q, 2) };
}

static void fill_cluster(struct report_model *m, struct stmt *q, void *row)
{
	struct model_cluster *c = row;
	double *const reals[] = { &c->base, &c->cur, &c->growth, &c->slope, &c->wait_p50, &c->wait_p90, &c->jsd, &c->silhouette, &c->ari };

	c->id = stmt_int(q, 0);
	c->kind = model_text(m, q, 1);
	c->name = model_text(m, q, 2);
	c->class = model_text(m, q, 3);
	c->creator = model_text(m, q, 4);
	for (int i = 0; i < 9; i++)
		*reals[i] = stmt_real(q, 5 + i);
}

static void fill_signal(struct report_model *m, struct stmt *q, void *row)
{
	struct model_signal *s = row;
	struct str *const texts[] = { &s->name, &s->source_group, &s->state, &s->unit, &s->why, &s->cluster };
	double *const reals[] = { &s->value, &s->base, &s->cur, &s->lo, &s->hi, &s->p };

	for (int i = 0; i < 6; i++)
		*texts[i] = model_text(m, q, i);
	for (int i = 0; i < 6; i++)
		*reals[i] = stmt_real(q, 6 + i);
	s->onset = stmt_int(q, 12);
	s->onset_err = stmt_int(q, 13);
}

static void fill_lag(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_lag *)row = (struct model_lag){ model_text(m, q, 0), model_text(m, q, 1), stmt_int(q, 2), stmt_int(q, 3),
		stmt_real(q, 4) };
}

static void fill_missing(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_missing *)row = (struct model_missing){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2), stmt_real(q, 3), stmt_real(q, 4), stmt_real(q, 5) };
}

static void fill_linear(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_linear *)row = (struct model_linear){ model_text(m, q, 0), model_text(m, q, 1), stmt_real(q, 2), stmt_real(q, 3) };
}

static const char caveats_sql[] = "SELECT code, text, cap FROM caveats WHERE analysis = ? ORDER BY seq";
static const char gates_sql[] = "SELECT expr, level, result, value, lo, hi FROM gates WHERE analysis = ?"
	" ORDER BY result = 'pass', severity, expr";
static const char evidence_sql[] = "SELECT cause, role, signal, source_group, state, unit, why, other, metric, status, cluster,"
	" weight, covers, value, base, cur, lo, hi, p, onset, onset_err, function, line FROM cause_evidence WHERE analysis = ?"
	" ORDER BY cause_rank, cause, CASE role WHEN 'for' THEN 0 WHEN 'against' THEN 1 WHEN 'explained_by' THEN 2 ELSE 3 END,"
	" abs(weight) DESC, signal";
static const char guilty_sql[] = "SELECT cause, role, share, function, package, file, line FROM cause_code WHERE analysis = ?"
	" ORDER BY cause_rank, cause, rank";
static const char causes_sql[] = "SELECT id, title, variant, rank, score, coverage, tested, residual FROM causes WHERE analysis = ?"
	" ORDER BY rank, id";
static const char recommendations_sql[] = "SELECT rank, cause, title, variant, act, gain_unit, risk, versions, verify, facts, needs,"
	" score, gain_lo, gain_hi, function, NULL, file, line FROM recommendations WHERE analysis = ? ORDER BY rank";
static const char changes_sql[] = "SELECT metric, scope, kind, stat, unit, test, status, base, cur, delta, lo, hi, relative, p, q,"
	" smallest, n_base, n_cur, name, package, file, line FROM changes WHERE analysis = ?"
	" ORDER BY scope <> 'total', scope, metric, name, line, stat";
static const char edges_sql[] = "SELECT metric, subject, caller, callee, unit, test, status, base, cur, delta, lo, hi, relative, p, q FROM edges"
	" WHERE analysis = ? ORDER BY metric, max(max(base, cur)) OVER (PARTITION BY metric, subject) DESC, subject,"
	" CASE WHEN callee IS NULL THEN 1 WHEN callee = subject AND coalesce(caller, '') <> subject THEN 0 ELSE 2 END, max(base, cur) DESC, caller, callee";
static const char raw_sql[] = "SELECT side, metric, name, flat_count, flat, cum_count, cum FROM raw_by_side ORDER BY metric, name, side";
static const char shifts_sql[] = "SELECT kind, metric, unit, came, went, amount FROM shifts WHERE analysis = ?"
	" ORDER BY metric, abs(amount) DESC, came, went";
static const char splits_sql[] = "SELECT metric, load, efficiency, mix, total FROM cost_splits WHERE analysis = ? ORDER BY metric";
static const char quantiles_sql[] = "SELECT side, metric, q, value, lo, hi, n FROM quantiles WHERE analysis = ? ORDER BY metric, q, side";
static const char fits_sql[] = "SELECT side, metric, law, a, b, aic FROM fits WHERE analysis = ? ORDER BY metric, side, aic, law";
static const char frames_sql[] = "SELECT cluster, depth, function, package, file, line FROM cluster_frames ORDER BY cluster, depth";
static const char clusters_sql[] = "SELECT id, kind, name, class, creator, base, cur, growth, slope, wait_p50, wait_p90, jsd, silhouette,"
	" ari FROM clusters WHERE analysis = ? ORDER BY kind, abs(growth) DESC, cur DESC, name, id";
static const char signals_sql[] = "SELECT name, source_group, state, unit, why, cluster, value, base, cur, lo, hi, p, onset, onset_err"
	" FROM signals WHERE analysis = ? ORDER BY name";
static const char lags_sql[] = "SELECT earlier, later, gap, err, r FROM lags WHERE analysis = ? ORDER BY earlier, later";
static const char missing_sql[] = "SELECT source_group, cause, needs, score, gain, now FROM missing_sources WHERE analysis = ? ORDER BY gain DESC, source_group";
static const char linear_sql[] = "SELECT cause, title, score, unweighted FROM linear_scores WHERE analysis = ? ORDER BY score DESC, cause";

const struct model_part model_part_raw = PART(raw, model_raw, false, raw_sql, fill_raw);
const struct model_part model_parts_meaning[] = {
	PART(caveats, model_caveat, true, caveats_sql, fill_caveat),
	PART(gates, model_gate, true, gates_sql, fill_gate),
	PART(evidence, model_evidence, true, evidence_sql, fill_evidence),
	PART(guilty, model_guilty, true, guilty_sql, fill_guilty),
	PART(causes, model_cause, true, causes_sql, fill_cause),
	PART(recommendations, model_recommendation, true, recommendations_sql, fill_recommendation),
	PART(changes, model_change, true, changes_sql, fill_change),
	PART(edges, model_edge, true, edges_sql, fill_edge),
	PART(shifts, model_shift, true, shifts_sql, fill_shift),
	PART(cost_splits, model_cost_split, true, splits_sql, fill_cost_split),
	PART(quantiles, model_quantile, true, quantiles_sql, fill_quantile),
	PART(fits, model_fit, true, fits_sql, fill_fit),
	PART(frames, model_frame, false, frames_sql, fill_frame),
	PART(clusters, model_cluster, true, clusters_sql, fill_cluster),
	PART(signals, model_signal, true, signals_sql, fill_signal),
	PART(lags, model_lag, true, lags_sql, fill_lag),
	PART(missing, model_missing, true, missing_sql, fill_missing),
	PART(linear, model_linear, true, linear_sql, fill_linear),
	{ .sql = NULL },
};
