// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json_parts.c - members of the JSON document, a function each
 *
 * The linear model's factor s = clip(-log10(p) / 3, 0, 1) is printed beside its signals as docs/names.md asks; it is a restatement of
 * p, not a result.
 */
#include "report/json_parts.h"

#include <math.h>

void json_head(struct jsonw *w, const struct report_model *m)
{
	jsonw_text(w, "schema", STR_LIT(REPORT_JSON_SCHEMA));
	jsonw_open(w, "tool", '{');
	jsonw_text(w, "version", STR_LIT(REPORT_VERSION));
	jsonw_text(w, "model", m->fingerprint);
	jsonw_close(w, '}');
	jsonw_text(w, "design", m->design.p ? m->design : STR_LIT("two_sides"));
}

void json_detectable(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "detectable", '[');
	for (size_t i = 0; i < m->totals.n; i++) {
		const struct model_change *c = m->totals.v[i];

		if (!isfinite(c->smallest))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", c->metric);
		jsonw_real(w, "smallest", c->smallest);
		jsonw_bool(w, "points", model_in_points(c));
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void json_inputs(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "inputs", '[');
	for (size_t i = 0; i < m->inputs.n; i++) {
		const struct model_input *f = &m->inputs.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "path", f->path);
		jsonw_text(w, "kind", f->kind);
		jsonw_text(w, "side", f->side);
		jsonw_text(w, "status", f->status);
		jsonw_text(w, "reason", f->reason);
		jsonw_text(w, "place", f->place);
		jsonw_text(w, "format", f->format);
		jsonw_text(w, "run", f->run);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_bool(w, "partial", model_inputs(m, "partial") + model_inputs(m, "refused") > 0);
}

void json_caveats(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "caveats", '[');
	for (size_t i = 0; i < m->caveats.n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "code", m->caveats.v[i].code);
		jsonw_text(w, "text", m->caveats.v[i].text);
		jsonw_text(w, "cap", m->caveats.v[i].cap);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void json_change(struct jsonw *w, const struct model_change *c)
{
	jsonw_real(w, "base", c->base);
	jsonw_real(w, "current", c->cur);
	jsonw_real(w, "change", c->delta);
	jsonw_real(w, "relative", c->relative);
	jsonw_real(w, "lo", c->lo);
	jsonw_real(w, "hi", c->hi);
	jsonw_real(w, "p", c->p);
	jsonw_real(w, "q", c->q);
	jsonw_real(w, "smallest", c->smallest);
	jsonw_text(w, "status", c->status);
	jsonw_text(w, "test", c->test);
}

/* Totals always; of the rest what was found. */
static void put_changes(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "changes", '[');
	for (size_t i = 0; i < m->changes.n; i++) {
		const struct model_change *c = &m->changes.v[i];

		if (!str_is(c->scope, "total") && !str_is(c->scope, "series") && !model_found(c))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", c->metric);
		jsonw_text(w, "scope", c->scope);
		jsonw_text(w, "name", c->name);
		jsonw_text(w, "stat", c->stat);
		jsonw_text(w, "unit", c->unit);
		json_change(w, c);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void json_shifts(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "shifts", '[');
	for (size_t i = 0; i < m->shifts.n; i++) {
		const struct model_shift *h = &m->shifts.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", h->metric);
		jsonw_text(w, "kind", h->kind);
		jsonw_text(w, "went", h->went);
		jsonw_text(w, "came", h->came);
		jsonw_real(w, "amount", h->amount);
		jsonw_text(w, "unit", h->unit);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void put_splits(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "cost_split", '[');
	for (size_t i = 0; i < m->cost_splits.n; i++) {
		const struct model_cost_split *s = &m->cost_splits.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", s->metric);
		jsonw_real(w, "load", s->load);
		jsonw_real(w, "efficiency", s->efficiency);
		jsonw_real(w, "mix", s->mix);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void put_clusters(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "clusters", '[');
	for (size_t i = 0; i < m->clusters.n; i++) {
		const struct model_cluster *k = &m->clusters.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "kind", k->kind);
		jsonw_text(w, "name", k->name);
		jsonw_text(w, "class", k->class);
		jsonw_text(w, "creator", k->creator);
		jsonw_real(w, "base", k->base);
		jsonw_real(w, "current", k->cur);
		jsonw_real(w, "slope", k->slope);
		jsonw_real(w, "wait_p50", k->wait_p50);
		jsonw_real(w, "wait_p90", k->wait_p90);
		jsonw_real(w, "jsd", k->jsd);
		jsonw_real(w, "silhouette", k->silhouette);
		jsonw_real(w, "ari", k->ari);
		jsonw_open(w, "stack", '[');
		for (size_t f = 0; f < k->frames.n; f++)
			jsonw_text(w, NULL, k->frames.v[f].place.function);
		jsonw_close(w, ']');
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void put_quantiles(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "quantiles", '[');
	for (size_t i = 0; i < m->quantiles.n; i++) {
		const struct model_quantile *q = &m->quantiles.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", q->metric);
		jsonw_text(w, "side", q->side);
		jsonw_real(w, "q", q->q);
		jsonw_real(w, "value", q->value);
		jsonw_real(w, "lo", q->lo);
		jsonw_real(w, "hi", q->hi);
		jsonw_int(w, "n", q->n);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_open(w, "fits", '[');
	for (size_t i = 0; i < m->fits.n; i++) {
		const struct model_fit *f = &m->fits.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "metric", f->metric);
		jsonw_text(w, "side", f->side);
		jsonw_text(w, "law", f->law);
		jsonw_real(w, "a", f->a);
		jsonw_real(w, "b", f->b);
		jsonw_real(w, "aic", f->aic);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static double linear_factor(double p)
{
	double s = isnan(p) ? 1 : -log10(p) / 3;

	return s > 1 ? 1 : s > 0 ? s : 0;
}

static void put_linear(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "linear", '{');
	jsonw_open(w, "scores", '[');
	for (size_t i = 0; i < m->linear.n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "cause", m->linear.v[i].cause);
		jsonw_real(w, "score", m->linear.v[i].score);
		jsonw_real(w, "unweighted", m->linear.v[i].unweighted);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_open(w, "signals", '[');
	for (size_t i = 0; i < m->signals.n; i++) {
		const struct model_signal *s = &m->signals.v[i];

		if (!str_starts(s->name, "linear.") || !str_is(s->state, "measured"))
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "signal", s->name);
		jsonw_real(w, "value", s->value);
		jsonw_real(w, "p", s->p);
		jsonw_real(w, "s", linear_factor(s->p));
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

static void put_signals(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "signals", '[');
	for (size_t i = 0; i < m->signals.n; i++) {
		const struct model_signal *s = &m->signals.v[i];

		jsonw_open(w, NULL, '{');
		jsonw_text(w, "name", s->name);
		jsonw_text(w, "state", s->state);
		jsonw_text(w, "group", s->source_group);
		jsonw_real(w, "value", s->value);
		jsonw_real(w, "base", s->base);
		jsonw_real(w, "current", s->cur);
		jsonw_text(w, "unit", s->unit);
		jsonw_real(w, "lo", s->lo);
		jsonw_real(w, "hi", s->hi);
		jsonw_real(w, "p", s->p);
		jsonw_int(w, "onset", s->onset);
		jsonw_int(w, "onset_err", s->onset_err);
		jsonw_text(w, "why", s->why);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_open(w, "lags", '[');
	for (size_t i = 0; i < m->lags.n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "earlier", m->lags.v[i].earlier);
		jsonw_text(w, "later", m->lags.v[i].later);
		jsonw_int(w, "gap", m->lags.v[i].gap);
		jsonw_int(w, "err", m->lags.v[i].err);
		jsonw_real(w, "r", m->lags.v[i].r);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static void put_runs(struct jsonw *w, const struct report_model *m)
{
	jsonw_open(w, "runs", '[');
	for (size_t i = 0; i < m->runs.n; i++) {
		const struct model_run *r = &m->runs.v[i];

		if (!r->instances)
			continue;
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "folder", r->folder);
		jsonw_text(w, "side", r->side);
		jsonw_text(w, "revision", r->revision);
		jsonw_int(w, "instances", r->instances);
		jsonw_real(w, "requests", r->requests);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_open(w, "setting_differences", '[');
	for (size_t i = 0; i < m->differences.n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "name", m->differences.v[i].name);
		jsonw_text(w, "base", m->differences.v[i].base);
		jsonw_text(w, "current", m->differences.v[i].cur);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
	jsonw_open(w, "notes", '[');
	for (size_t i = 0; i < m->notes.n; i++) {
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "path", m->notes.v[i].path);
		jsonw_text(w, "place", m->notes.v[i].place);
		jsonw_text(w, "text", m->notes.v[i].text);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

void json_rest(struct jsonw *w, const struct report_model *m)
{
	jsonw_text(w, "service", m->service);
	jsonw_text(w, "per", m->per);
	json_caveats(w, m);
	put_changes(w, m);
	json_shifts(w, m);
	put_splits(w, m);
	put_clusters(w, m);
	put_quantiles(w, m);
	put_linear(w, m);
	put_signals(w, m);
	put_runs(w, m);
}
