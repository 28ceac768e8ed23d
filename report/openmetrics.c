// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * openmetrics.c - figures for GitLab's metrics report and for Prometheus
 *
 * Labels are the service, metric ids, gates, cause ids and ranks to ten: no function names, whose number has no bound. No timestamps beside
 * samples, which the textfile collector refuses; the time of the run is a figure of its own, from the data and not from our clock.
 *
 * GitLab compares the texts of two pipelines' values, so metrics.txt has three digits and a change that cannot be told from chance is 0: else
 * every run would look changed. attrib.prom has all digits, both ends of the interval, and the levels too.
 */
#include <math.h>

#include "core/fmt.h"
#include "report/ci.h"

#define RANKS 10

struct family {
	struct buf *out;
	const struct report_model *m;
	bool gitlab;	/* three digits, OpenMetrics */
};

/* At most four labels, name and value by turns; a value without p ends them. */
static void put_sample(const struct family *f, const char *name, double v, const struct str *labels)
{
	if (!isfinite(v))
		return;
	buf_printf(f->out, "%s{", name);
	for (size_t i = 0; labels[i].p; i += 2) {
		buf_puts(f->out, i ? "," : "");
		buf_str(f->out, labels[i]);
		buf_puts(f->out, "=\"");
		for (size_t k = 0; k < labels[i + 1].n; k++) {
			char c = labels[i + 1].p[k];

			if (c == '\\' || c == '"')
				buf_byte(f->out, '\\');
			if (c == '\n')
				buf_puts(f->out, "\\n");
			else
				buf_byte(f->out, c);
		}
		buf_byte(f->out, '"');
	}
	buf_puts(f->out, "} ");
	if (f->gitlab)
		buf_printf(f->out, "%.3g", v);
	else
		fmt_real(f->out, v);
	buf_byte(f->out, '\n');
}

#define LABELS(...) ((const struct str[]){ STR_LIT("service"), ci_service(f->m), __VA_ARGS__, STR_NONE })
#define NO_LABELS ((const struct str[]){ STR_LIT("service"), ci_service(f->m), STR_NONE })

static void put_head(const struct family *f, const char *name, const char *help)
{
	if (f->gitlab)	/* the order OpenMetrics' own examples have */
		buf_printf(f->out, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help);
	else
		buf_printf(f->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void put_gates(const struct family *f)
{
	const struct report_model *m = f->m;
	double failed = 0;

	put_head(f, "attrib_gate_failed", "1 when the gate failed or had no data.");
	for (size_t i = 0; i < m->gates.n; i++) {
		bool bad = !str_is(m->gates.v[i].result, "pass");

		failed += bad && !str_is(m->gates.v[i].level, "warn");
		put_sample(f, "attrib_gate_failed", bad, LABELS(STR_LIT("gate"), m->gates.v[i].expr, STR_LIT("level"), m->gates.v[i].level));
	}
	put_head(f, "attrib_gates_failed", "How many gates failed, warnings apart.");
	put_sample(f, "attrib_gates_failed", failed, NO_LABELS);
}

/* Is this the first total of its metric? A label set may stand once. */
static bool first_of(const struct report_model *m, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(m->totals.v[k]->metric, m->totals.v[i]->metric))
			return false;
	return true;
}

enum figure { DELTA, LOW, HIGH, DETECTABLE, BASELINE, CURRENT };

static double figure_of(const struct family *f, const struct model_change *c, enum figure which)
{
	switch (which) {
	case DELTA:
		return f->gitlab && !model_found(c) ? 0 : c->relative;
	case LOW:
		return c->lo / c->base;
	case HIGH:
		return c->hi / c->base;
	case DETECTABLE:
		return model_in_points(c) ? NAN : c->smallest;
	case BASELINE:
		return c->base;
	default:
		return c->cur;
	}
}

static void put_totals(const struct family *f, const char *name, const char *help, enum figure which)
{
	put_head(f, name, help);
	for (size_t i = 0; i < f->m->totals.n; i++) {
		const struct model_change *c = f->m->totals.v[i];

		if (!first_of(f->m, i) || (which == DELTA && !isfinite(c->base)))
			continue;
		put_sample(f, name, figure_of(f, c, which), LABELS(STR_LIT("metric"), c->metric));
	}
}

static void put_levels(const struct family *f)
{
	put_head(f, "attrib_value", "A metric of one side, in ns, bytes or counts.");
	for (size_t i = 0; i < f->m->totals.n; i++) {
		const struct model_change *c = f->m->totals.v[i];

		if (!first_of(f->m, i))
			continue;
		put_sample(f, "attrib_value", c->base, LABELS(STR_LIT("metric"), c->metric, STR_LIT("side"), STR_LIT("baseline")));
		put_sample(f, "attrib_value", c->cur, LABELS(STR_LIT("metric"), c->metric, STR_LIT("side"), STR_LIT("current")));
	}
}

static void put_verdict(const struct family *f)
{
	const struct report_model *m = f->m;

	if (!m->analysed)
		return;
	put_head(f, "attrib_verdict", "1, with the verdict in the labels.");
	put_sample(f, "attrib_verdict", 1, LABELS(STR_LIT("cause"), m->verdict, STR_LIT("level"), m->level, STR_LIT("direction"), m->direction));
}

static void put_causes(const struct family *f)
{
	put_head(f, "attrib_cause_score", "Score of a cause, 0 to 1; all causes add up to 1.");
	for (size_t i = 0; i < f->m->causes.n && i < RANKS; i++)
		put_sample(f, "attrib_cause_score", f->m->causes.v[i].score, LABELS(STR_LIT("cause"), f->m->causes.v[i].id));
	put_head(f, "attrib_changed_probability", "How sure that anything changed.");
	put_sample(f, "attrib_changed_probability", f->m->changed, NO_LABELS);
}

static void put_inputs(const struct family *f)
{
	static const char *const status[] = { "read", "partial", "refused", "ignored" };

	put_head(f, "attrib_inputs", "Files seen, by what became of them.");
	for (size_t i = 0; i < 4; i++)
		put_sample(f, "attrib_inputs", (double)model_inputs(f->m, status[i]), LABELS(STR_LIT("status"), str_from(status[i])));
	put_head(f, "attrib_inputs_skipped", "Files that could not be read, or not wholly.");
	put_sample(f, "attrib_inputs_skipped", (double)(model_inputs(f->m, "partial") + model_inputs(f->m, "refused")), NO_LABELS);
}

static void put_time(const struct family *f)
{
	int64_t last = STORE_NULL;

	for (size_t i = 0; i < f->m->runs.n; i++) {
		const struct model_run *r = &f->m->runs.v[i];
		int64_t t = r->ended != STORE_NULL ? r->ended : r->started;

		if (!str_is(r->side, "baseline") && t != STORE_NULL && (last == STORE_NULL || t > last))
			last = t;
	}
	if (last == STORE_NULL)
		return;
	put_head(f, "attrib_last_run_timestamp_seconds", "When the last run of the current side ended, from the data.");
	put_sample(f, "attrib_last_run_timestamp_seconds", (double)(last / 1000000) / 1000, NO_LABELS);
}

void report_metrics(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	const struct family f = { out, m, true };

	(void)ci;
	put_gates(&f);
	put_verdict(&f);
	put_totals(&f, "attrib_delta_ratio", "Relative change, current against baseline; 0 where it cannot be told from chance.", DELTA);
	buf_puts(out, "# EOF\n");
}

void report_prometheus(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	const struct family f = { out, m, false };

	(void)ci;
	put_gates(&f);
	put_verdict(&f);
	put_causes(&f);
	put_levels(&f);
	put_totals(&f, "attrib_delta_ratio", "Relative change, current against baseline: 0.25 is 25 % more.", DELTA);
	put_totals(&f, "attrib_delta_ratio_low", "Lower end of the 95 % interval of the relative change.", LOW);
	put_totals(&f, "attrib_delta_ratio_high", "Upper end of the 95 % interval of the relative change.", HIGH);
	put_totals(&f, "attrib_detectable_ratio", "The smallest relative change that this data could have shown.", DETECTABLE);
	put_inputs(&f);
	put_time(&f);
}
