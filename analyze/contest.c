// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * contest.c - hypotheses scored against each other, from signals alone
 *
 *     l_k = ln prior_k + sum over source groups of clip(evidence of the group's signals for k, -3, 3),   p = softmax(l)
 *
 * - A loud signal gives its weight, but never more than its p-value can be worth (Sellke-Bayarri-Berger); a measured and quiet one
 *   takes `miss`; an absent one does nothing at all.
 * - `none` lives from quiet key figures, `unknown` from loud ones that no cause covers.
 * - A symptom counts once: what a better scored cause explains is discounted for the others by that cause's probability. Two
 *   rounds: the first without, the second with the discount.
 */
#include "analyze/hypotheses.h"

#include <math.h>
#include <stdlib.h>

#include "analyze/math/score.h"

#define KPI_LOUD .3		/* a key figure above this asks for an explanation */
#define CHANGED_AT .35		/* loudness at which a change is as likely as not */
#define CHANGED_STEEP 9.0
#define UNKNOWN_WEIGHT 3.0
#define UNTESTED_SHARE .3
#define MAX_GROUPS 32

/* The figures whose quiet means that nothing changed (method 5.2). */
static const char *const kpis[] = { "cpu.cost", "cpu.path", "alloc.bytes", "heap.live_slope", "heap.site_growth", "gc.pause_p99", "gc.cpu_share", "profiler.cpu_share",
	"goroutines.slope", "goroutines.cluster_growth", "mutex.delay", "load.latency_p99", "load.errors", "load.rps", NULL };

static bool is_kpi(struct str name)
{
	for (int i = 0; kpis[i]; i++)
		if (str_is(name, kpis[i]))
			return true;
	return false;
}

static int load_facts(struct contest *c, struct pass *p, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	uint32_t groups = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM signal", "");

	if (rc)
		return rc;
	c->fact = arena_array(&p->mem, struct fact, (size_t)n + 1);
	if (!c->fact)
		return err_nomem(err);
	rc = store_query(p->st, &q, err,
			 "SELECT id, name, source_group, state = 'measured', value, cur, p, size FROM signal ORDER BY source_group, name", "");
	if (rc)
		return rc;
	for (; store_next(q, err) && (int64_t)c->n_facts < n; c->n_facts++) {
		struct fact *f = &c->fact[c->n_facts];

		*f = (struct fact){ .id = stmt_int(q, 0), .name = arena_str(&p->mem, stmt_text(q, 1)),
			.group_name = arena_str(&p->mem, stmt_text(q, 2)), .measured = stmt_int(q, 3) == 1 && !stmt_null(q, 4),
			.value = stmt_real(q, 4), .cur = stmt_real(q, 5), .p = stmt_real(q, 6),
			.size = stmt_real(q, 7) };
		if (c->n_facts && !str_eq(f->group_name, f[-1].group_name) && groups + 1 < MAX_GROUPS)
			groups++;
		f->group = groups;
		f->kpi = is_kpi(f->name);
		if (f->measured && f->kpi && p->design != DESIGN_SNAPSHOT) {
			c->worse = fmax(c->worse, f->value);
			c->better = fmax(c->better, -f->value);
		}
	}
	return store_end(q, err);
}

const struct fact *contest_fact(const struct contest *c, const char *name)
{
	for (size_t i = 0; i < c->n_facts; i++)
		if (str_is(c->fact[i].name, name))
			return &c->fact[i];
	return NULL;
}

/* How loud a signal is for one line of a cause: -1 .. 1, NaN when it says nothing. */
static double loudness(const struct pass *p, const struct fact *f, const struct cause_signal *s)
{
	double v;

	if (!f || !f->measured)
		return NAN;
	if (p->design == DESIGN_SNAPSHOT)
		return isnan(s->level) || !isfinite(f->cur) ? NAN : fmax(0, fmin(1, f->cur / s->level));
	v = s->down ? -f->value : f->value;
	return fmax(-1, fmin(1, v));
}

static double evidence(const struct pass *p, const struct fact *f, const struct cause_signal *s)
{
	double v = loudness(p, f, s), woe, size;

	if (isnan(v))
		return NAN;
	if (s->against)
		return -s->weight * fmax(0, v);
	woe = s->weight * fmax(0, v);
	if (woe > 0 && isfinite(f->p))
		woe = fmin(woe, fmax(0, score_woe(f->p, 1)));
	/* Quiet is what is small, not what is uncertain: a large change that may be chance says nothing. */
	size = p->design == DESIGN_SNAPSHOT ? v : s->down ? -f->size : f->size;
	return woe - s->miss * (1 - fmax(fmax(0, v), isnan(size) ? 0 : size));
}

/* Part of the loud key figures that a cause accounts for: 1 when none is loud. */
static double coverage(const struct contest *c, const struct cause_spec *s)
{
	double loud = 0, covered = 0;

	for (size_t i = 0; i < c->n_facts; i++) {
		const struct fact *f = &c->fact[i];
		bool mine = false;

		if (!f->measured || !f->kpi || f->value < KPI_LOUD)
			continue;
		for (size_t k = 0; k < s->n_signals && !mine; k++)
			mine = !s->signal[k].against && !s->signal[k].down && str_is(f->name, s->signal[k].name);
		loud += f->value;
		covered += mine || catalogue_explains(s, f->name.p) ? f->value : 0;
	}
	return loud > 0 ? covered / loud : 1;
}

static double sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

static double nats_of_special(const struct contest *c, const struct pass *p, const char *id, double best_coverage)
{
	double sure = sigmoid(CHANGED_STEEP * (c->worse - CHANGED_AT));

	if (p->design == DESIGN_SNAPSHOT)	/* a level alone is no change: both stay at their prior */
		return strcmp(id, "none") == 0 ? 1 : 0;
	if (strcmp(id, "none") == 0)
		return log((1 - sure) / sure);
	return UNKNOWN_WEIGHT * (1 - best_coverage) * sure - UNKNOWN_WEIGHT * (1 - sure);
}

static bool is_special(const struct cause_spec *s)
{
	return strcmp(s->text.id, "none") == 0 || strcmp(s->text.id, "unknown") == 0;
}

/* The strongest other cause of the last round that explains the signal. */
static const struct hypothesis *explainer(const struct contest *c, const struct hypothesis *h, const char *signal)
{
	const struct hypothesis *best = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const struct hypothesis *o = &c->h[i];

		if (o != h && o->tested && !is_special(o->spec) && o->score > h->score && catalogue_explains(o->spec, signal) &&
		    (!best || o->score > best->score))
			best = o;
	}
	return best;
}

/* One cause's evidence, into the list for the softmax. */
static void weigh(struct contest *c, const struct pass *p, struct hypothesis *h, uint32_t k, bool discount, struct score_evidence *e, size_t *n)
{
	h->tested = is_special(h->spec);
	for (size_t i = 0; i < h->spec->n_signals; i++) {
		const struct cause_signal *s = &h->spec->signal[i];
		const struct fact *f = contest_fact(c, s->name);
		double woe = evidence(p, f, s);

		h->by[i] = NULL;
		if (discount && woe > 0 && !s->against) {
			h->by[i] = explainer(c, h, s->name);
			if (h->by[i])
				woe *= 1 - h->by[i]->score;
		}
		h->woe[i] = woe;
		if (isnan(woe))
			continue;
		h->tested |= !s->against;
		e[(*n)++] = (struct score_evidence){ .cause = k, .group = f->group, .woe = woe };
	}
}

static int score_round(struct contest *c, struct pass *p, bool discount, struct err *err)
{
	struct score_evidence *e = arena_array(&p->mem, struct score_evidence, c->n * CATALOGUE_MAX_LINES + 2);
	double *prior = arena_array(&p->mem, double, c->n), *l = arena_array(&p->mem, double, c->n), *out = arena_array(&p->mem, double, c->n);
	struct score_opts o = { .rule = SCORE_SUM, .groups = MAX_GROUPS };
	double best = 0, untested = 0;
	size_t n = 0;
	int rc;

	if (!e || !prior || !l || !out)
		return err_nomem(err);
	for (size_t k = 0; k < c->n; k++) {
		struct hypothesis *h = &c->h[k];

		weigh(c, p, h, (uint32_t)k, discount, e, &n);
		h->coverage = coverage(c, h->spec);
		if (!is_special(h->spec) && h->tested && (!discount || h->score > .05))
			best = fmax(best, h->coverage);
	}
	/* What could not be tested is not in the contest; part of its prior goes to `unknown`, which is where such a cause would hide. */
	for (size_t k = 0; k < c->n; k++)
		untested += c->h[k].tested ? 0 : c->h[k].spec->prior;
	for (size_t k = 0; k < c->n; k++) {
		const struct cause_spec *s = c->h[k].spec;

		prior[k] = c->h[k].tested ? log(s->prior) : -INFINITY;
		if (strcmp(s->text.id, "unknown") == 0)
			prior[k] = log(s->prior + UNTESTED_SHARE * untested);
		if (is_special(s))
			prior[k] += nats_of_special(c, p, s->text.id, best);
	}
	rc = score_causes(prior, c->n, e, n, &o, l, out, err);
	for (size_t k = 0; !rc && k < c->n; k++) {
		c->h[k].nats = l[k];
		c->h[k].score = out[k];
	}
	return rc;
}


int contest_run(struct contest *c, struct pass *p, struct err *err)
{
	int rc;

	*c = (struct contest){ .n = analyze_catalogue_count(p->cat) };
	rc = load_facts(c, p, err);
	c->h = arena_array(&p->mem, struct hypothesis, c->n + 1);
	if (!rc && !c->h)
		rc = err_nomem(err);
	if (rc)
		return rc;
	for (size_t i = 0; i < c->n; i++)
		c->h[i].spec = catalogue_spec(p->cat, i);
	rc = score_round(c, p, false, err);
	if (!rc)
		rc = score_round(c, p, true, err);
	if (rc)
		return rc;
	c->changed = p->design == DESIGN_SNAPSHOT ? NAN : sigmoid(CHANGED_STEEP * (fmax(c->worse, c->better) - CHANGED_AT));
	return 0;
}
