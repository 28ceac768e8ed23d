// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * causes.c - the verdict, and why each cause stands where it stands
 *
 * The level is what one may do with the score: high only where 95 % of such answers were right (weights.ini), medium from .5, and never above the
 * caps of the caveats (one run a side, a snapshot, sides that cannot be compared).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/hypotheses.h"
#include "analyze/learned.h"
#include "analyze/missing.h"
#include "analyze/signal.h"
#include "core/text.h"

#define LEVEL_MEDIUM .50
#define BETTER_AT .35

struct needs {
	const char *group, *what;
};

/* Which file would give a signal of a source group. */
static const struct needs needs[] = {
	{ "cpu", "a CPU profile of both sides (cpu.pprof)" },
	{ "heap", "heap profiles of both sides, two or more in time (heap-000.pprof ...)" },
	{ "gc", "GC pauses of both sides with times (gc_pause.csv)" },
	{ "goroutine", "goroutine dumps of both sides, three or more in time (goroutines-000.txt ...)" },
	{ "mutex", "mutex profiles of both sides (mutex-000.pprof ..., SetMutexProfileFraction(100))" },
	{ "block", "block profiles of both sides (block-000.pprof ..., SetBlockProfileRate(1000000))" },
	{ "load", "a load report of both sides (load.csv)" },
	{ "env", "the settings of both sides (run.json)" },
	{ "runtime", "runtime/metrics of both sides over time (runtime_metrics.json, or a Prometheus text)" },
	{ "sched", "schedtrace lines (GODEBUG=schedtrace=1000) or runtime/metrics of both sides over time" },
	{ "net", "counters of the network of both sides (nstat, ss -tin, ping, Envoy's /stats)" },
	{ "quota", "the control group's counters of both sides (cpu.stat, cpu.max)" },
	{ "profiler", "CPU and block profiles of both sides" },
	{ "recovery", "a capture that goes on for half a minute after the load has ended, heap profiles and goroutine dumps too" },
	{ NULL, "a metric of that name over time (timestamp,metric,value)" },
};

static const char *group_of(const char *signal)
{
	static const char *const prefix[][2] = { { "cpu.", "cpu" }, { "sched.cpu_share", "cpu" }, { "sched.", "sched" }, { "syscall.", "cpu" },
		{ "heap.live", "gc" }, { "heap.after", "gc" }, { "heap.", "heap" }, { "alloc.", "heap" }, { "timers.", "heap" },
		{ "gc.cpu_share", "cpu" }, { "gc.assist_share", "cpu" }, { "gc.goal_ratio", "runtime" }, { "gc.forced", "runtime" }, { "gc.limiter", "runtime" },
		{ "gc.", "gc" }, { "stw.", "runtime" }, { "goroutines.", "goroutine" }, { "mutex.wait", "runtime" }, { "mutex.", "mutex" },
		{ "block.", "block" }, { "load.", "load" }, { "env.", "env" }, { "recovery.", "recovery" }, { "net.outside", "load" }, { "net.", "net" }, { "quota.", "quota" }, { "threads.", "sched" },
		{ "profiler.requests", "goroutine" }, { "profiler.", "profiler" }, { NULL, NULL } };

	for (int i = 0; prefix[i][0]; i++)
		if (strncmp(signal, prefix[i][0], strlen(prefix[i][0])) == 0)
			return prefix[i][1];
	return "other";
}

const char *missing_needs(const char *group)
{
	int i = 0;

	while (needs[i].group && strcmp(needs[i].group, group) != 0)
		i++;
	return needs[i].what;
}

/* The source of a signal: that of the frames line which defines it, of whichever cause, else by its name. */
static const char *source_of(const struct analyze_catalogue *cat, const char *signal)
{
	for (size_t i = 0; i < analyze_catalogue_count(cat); i++) {
		const struct cause_spec *s = catalogue_spec(cat, i);

		for (size_t f = 0; f < s->n_frames; f++)
			if (strcmp(s->frames[f].name, signal) == 0)
				return strcmp(s->frames[f].metric, "alloc") == 0 || strcmp(s->frames[f].metric, "inuse") == 0 ? "heap" : s->frames[f].metric;
	}
	return group_of(signal);
}

/* Every signal a cause asks for and no pass put is absent, with the file that would give it. */
static int put_absent(struct pass *p, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < analyze_catalogue_count(p->cat); i++) {
		const struct cause_spec *s = catalogue_spec(p->cat, i);

		for (size_t k = 0; !rc && k < s->n_signals; k++) {
			const char *group = source_of(p->cat, s->signal[k].name);

			rc = signal_absent(p, s->signal[k].name, group, missing_needs(group), err);
		}
	}
	return rc;
}

static int put_evidence(struct pass *p, const struct contest *c, const struct hypothesis *h, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < h->spec->n_signals; i++) {
		const struct fact *f = contest_fact(c->facts, h->spec->signal[i].name);
		const char *role = isnan(h->woe[i]) ? "not_tested" : h->by[i] ? "explained_by" : h->woe[i] > 0 ? "for" : "against";

		/* Measured, and of no weight here: speaks neither for nor against. */
		if (!f || h->woe[i] == 0 || (isnan(h->woe[i]) && f->measured))	/* the latter: a level nobody calls loud */
			continue;
		rc = store_run(p->st, err,
			       "INSERT OR IGNORE INTO evidence (analysis, cause, signal, role, weight, covers, other) VALUES (1, ?, ?, ?, ?, ?, ?)",
			       "sisdds", h->spec->text.id, f->id, role, isnan(h->woe[i]) ? 0 : h->woe[i], NAN,
			       h->by[i] ? h->by[i]->spec->text.id : NULL);
	}
	return rc;
}

static int put_cause(struct pass *p, const struct contest *c, const struct hypothesis *h, struct err *err)
{
	int rc = store_run(p->st, err,
			   "INSERT INTO cause (analysis, id, title, variant, rank, score, tested, coverage, residual) VALUES (1, ?, ?, NULL, ?, ?, ?, ?, ?)",
			   "ssididd", h->spec->text.id, h->spec->text.title, (int64_t)h->rank, h->score, (int64_t)h->tested, h->coverage, h->residual);

	return rc ? rc : put_evidence(p, c, h, err);
}

static int compare_ranked(const void *a, const void *b)
{
	const struct hypothesis *x = *(struct hypothesis *const *)a, *y = *(struct hypothesis *const *)b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return strcmp(x->spec->text.id, y->spec->text.id);
}

/* The three scores of the original formula in place of the probabilities; `none` takes what the best leaves. */
static int rank_linear(struct pass *p, struct contest *c, struct err *err)
{
	struct stmt *q;
	double best = 0;
	int rc;

	for (size_t i = 0; i < c->n; i++)
		c->h[i].score = 0;
	rc = store_query(p->st, &q, err, "SELECT cause, score FROM linear_score ORDER BY cause", "");
	if (rc)
		return rc;
	while (store_next(q, err))
		for (size_t i = 0; i < c->n; i++)
			if (str_is(stmt_text(q, 0), c->h[i].spec->text.id)) {
				c->h[i].score = fmin(1, stmt_real(q, 1));
				best = fmax(best, c->h[i].score);
			}
	rc = store_end(q, err);
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->h[i].spec->text.id, "none") == 0)
			c->h[i].score = 1 - best;
	if (rc)
		return rc;
	return pass_caveat(p, err, "linear", "low",
			   "Linear model of the original design: blocking lowers CPU and a leak at one place lowers entropy, so its signs mislead;"
			   " it has no heap term and no counter-evidence.");
}

static const char *level_of(struct pass *p, double score, struct err *err, int *rc)
{
	int64_t low = 0, medium = 0;

	*rc = store_int(p->st, err, &low, 0, "SELECT count(*) FROM caveat WHERE cap = 'low'", "");
	if (!*rc)
		*rc = store_int(p->st, err, &medium, 0, "SELECT count(*) FROM caveat WHERE cap = 'medium'", "");
	if (low || score < LEVEL_MEDIUM)
		return "low";
	return medium || score < catalogue_constants(p->cat)->level_high ? "medium" : "high";
}

static const char *direction_of(const struct pass *p, const struct contest *c)
{
	bool worse = c->facts->worse >= BETTER_AT, better = c->facts->better >= BETTER_AT;

	if (p->design == DESIGN_SNAPSHOT)
		return "unknown";
	return worse && better ? "mixed" : worse ? "worse" : better ? "better" : "same";
}

static int title_of(struct pass *p, struct str *title, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT value FROM setting WHERE name = 'label.service' UNION ALL SELECT name FROM (SELECT name FROM run"
			     " WHERE name <> '' AND name <> folder ORDER BY hint DESC, folder LIMIT 1) LIMIT 1", "");

	*title = STR_LIT("");
	if (rc)
		return rc;
	if (store_next(q, err))
		*title = arena_str(&p->mem, stmt_text(q, 0));
	return store_end(q, err);
}

/* What was asked for, as JSON: with the fingerprint, all that an answer depends on besides its input. */
static void write_options(const struct pass *p, struct buf *b)
{
	const struct analyze_opts *o = p->o;
	bool taus = false;

	buf_printf(b, "{\"model\":\"%s\",\"effect_share\":%g,\"effect_relative\":%g,\"pause_ms\":%g", o->model == ANALYZE_LINEAR ? "linear" : "default",
		   p->effect_share, p->effect_relative, p->pause_ns / 1e6);
	if (o->align_ms > 0)
		buf_printf(b, ",\"align_ms\":%g", o->align_ms);
	if (o->split_key.p) {
		buf_puts(b, ",\"split\":[");
		text_json(b, o->split_key);
		for (int s = 0; s < SIDES; s++) {
			buf_byte(b, ',');
			text_json(b, o->split_value[s]);
		}
		buf_byte(b, ']');
	}
	for (size_t i = 0; i < o->n_labels; i++) {
		buf_puts(b, i ? "," : ",\"labels\":[");
		text_json(b, str_from(o->labels[i]));
	}
	buf_puts(b, o->n_labels ? "]" : "");
	for (int i = 0, n = 0; i < TAUS; i++)	/* those of --taus */
		if (p->tau[i] < taus_assumed[i] || p->tau[i] > taus_assumed[i]) {
			buf_printf(b, "%s\"%s\":%g", n++ ? "," : ",\"taus\":{", tau_name[i], p->tau[i]);
			taus = true;
		}
	buf_puts(b, taus ? "}}" : "}");
}

static int put_analysis(struct pass *p, const struct contest *c, const struct hypothesis *top, struct err *err)
{
	char model[17];
	struct buf options = { .limit = 1 << 16 };
	struct str title;
	int rc;
	const char *level = level_of(p, top->score, err, &rc);

	if (!rc)
		rc = title_of(p, &title, err);
	if (rc)
		return rc;
	analyze_fingerprint(p->cat, model);
	if (p->learned)
		learned_fingerprint(p->learned, model);
	write_options(p, &options);
	rc = buf_check(&options, err);
	if (!rc)
		rc = store_run(p->st, err,
			 "INSERT INTO analysis (id, design, options, model, verdict, score, level, direction, changed, explained, per, title)"
			 " VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "stssdssddst", design_name[p->design], buf_view(&options), model, top->spec->text.id, top->score, level, direction_of(p, c),
			 c->changed, top->coverage, p->per_request ? "request" : "second", title);
	buf_free(&options);
	return rc;
}

/* Verdicts of this user over the scores, when they were asked for and there are enough of them. */
static int use_learned(struct pass *p, struct contest *c, struct err *err)
{
	struct learned *l = arena_new(&p->mem, struct learned);
	struct history *h = NULL;
	struct limits limits = limits_default;
	int rc = l ? history_open(&h, p->o->learned, &limits, err) : err_nomem(err);

	if (!rc)
		rc = history_learn(h, &p->mem, l, err);
	history_close(h);
	if (rc)
		return rc;
	if (!l->active)
		return pass_caveat(p, err, "learned", NULL, "Nothing was learned yet: %lld verdicts, %lld of them no; %d with %d no are wanted (attrib verdict).",
				   (long long)l->verdicts, (long long)l->nos, HISTORY_VERDICTS, HISTORY_NOS);
	p->learned = l;
	rc = learned_apply(l, c, &p->mem, err);
	return rc ? rc : pass_caveat(p, err, "learned", NULL, "Scores follow %lld verdicts of this user, %lld of them no (--learned).",
				     (long long)l->verdicts, (long long)l->nos);
}

int pass_causes(struct pass *p, struct err *err)
{
	struct facts facts;
	struct contest c;
	struct hypothesis **ranked;
	int rc = put_absent(p, err);

	if (!rc)
		rc = contest_facts(&facts, p->st, p->design == DESIGN_SNAPSHOT, &p->mem, err);
	if (!rc)
		rc = contest_bind(&c, &facts, p->cat, &p->mem, err);
	if (!rc)
		rc = contest_score(&c, err);
	if (!rc)
		rc = missing_put(p, &c, err);
	if (!rc)
		rc = contest_residual(&c, p->cat, &p->mem, err);
	if (!rc && p->o->learned && p->o->model != ANALYZE_LINEAR)
		rc = use_learned(p, &c, err);
	if (!rc && p->o->model == ANALYZE_LINEAR)
		rc = rank_linear(p, &c, err);
	if (rc)
		return rc;
	ranked = arena_array(&p->mem, struct hypothesis *, c.n + 1);
	if (!ranked)
		return err_nomem(err);
	for (size_t i = 0; i < c.n; i++)
		ranked[i] = &c.h[i];
	qsort(ranked, c.n, sizeof(ranked[0]), compare_ranked);
	for (size_t i = 0; !rc && i < c.n; i++) {
		ranked[i]->rank = (int)i + 1;
		rc = put_cause(p, &c, ranked[i], err);
	}
	return rc ? rc : put_analysis(p, &c, ranked[0], err);
}
