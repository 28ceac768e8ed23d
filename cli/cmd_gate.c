// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_gate.c - how gates behave on runs of the same code, before anybody relies on them
 *
 * Every choice of K runs for one side and K others for the other is a comparison in which nothing changed; where there are more than
 * --comparisons, so many are taken, evenly over all of them. Comparisons share runs, so the interval counts only as many as share none.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"

#define COMPARISONS 40
#define MOST_CHOICES 2000000
#define RUNS 64

static const char *const usual[] = { "cpu_per_request>+5%", "alloc_bytes_per_request>+5%", "latency_p99>+10%", "rps<-5%", "changed>0.5",
	"any>=0.8" };

struct choice { size_t base[RUNS], cur[RUNS]; };

/* The next k-subset of 0..n-1 in lexicographic order. */
static bool next_subset(size_t *v, size_t k, size_t n)
{
	for (size_t i = k; i-- > 0;)
		if (v[i] < n - k + i) {
			v[i]++;
			for (size_t j = i + 1; j < k; j++)
				v[j] = v[j - 1] + 1;
			return true;
		}
	return false;
}

static void first_subset(size_t *v, size_t k)
{
	for (size_t i = 0; i < k; i++)
		v[i] = i;
}

static bool holds(const size_t *v, size_t k, size_t x)
{
	for (size_t i = 0; i < k; i++)
		if (v[i] == x)
			return true;
	return false;
}

/* Counts all choices; keeps every one whose place is due when `take` of `all` are wanted. all 0: counts only. */
static size_t choose(struct choice *out, size_t take, size_t all, size_t n, size_t k)
{
	size_t base[RUNS], pick[RUNS], rest[RUNS], seen = 0, kept = 0;

	first_subset(base, k);
	do {
		size_t m = 0;

		for (size_t i = 0; i < n; i++)
			if (!holds(base, k, i))
				rest[m++] = i;
		first_subset(pick, k);
		do {
			if (all && kept < take && seen * take / all >= kept) {
				memcpy(out[kept].base, base, k * sizeof(*base));
				for (size_t i = 0; i < k; i++)
					out[kept].cur[i] = rest[pick[i]];
				kept++;
			}
			seen++;
		} while (seen <= MOST_CHOICES && next_subset(pick, k, m));
	} while (seen <= MOST_CHOICES && next_subset(base, k, n));
	return seen;
}

/* One comparison; trial: a row a gate, `stride` apart. */
static int compare(struct work *w, const struct choice *ch, size_t k, struct analyze_trial *trial, size_t stride, struct err *err)
{
	struct report_model *m = NULL;
	struct ctx *c = w->c;
	int rc;

	for (size_t i = 0; i < k; i++) {
		w->root[i] = (struct ingest_root){ c->args.v[ch->base[i]], "baseline" };
		w->root[k + i] = (struct ingest_root){ c->args.v[ch->cur[i]], "current" };
	}
	w->n_roots = 2 * k;
	rc = work_read_into_memory(w, true, err);
	if (!rc)
		rc = work_check_inputs(w, err);
	if (!rc)
		rc = analyze_run(w->st, &w->analyze, err);
	if (!rc)
		rc = report_model_load(&m, w->st, err);
	for (size_t g = 0; !rc && g < w->analyze.n_gates; g++) {
		struct report_gate row;
		bool there = report_gate(&row, m, w->analyze.gates[g]);

		trial[g * stride] = (struct analyze_trial){ NAN, NAN, NAN, false, true };
		if (there)
			trial[g * stride] = (struct analyze_trial){ row.value, row.lo, row.hi, !row.missing, row.failed };
	}
	report_model_free(m);
	store_close(w->st);
	w->st = NULL;
	return rc;
}

static void share(struct buf *b, double v, size_t width)
{
	char text[32];

	snprintf(text, sizeof(text), isnan(v) ? "-" : "%.0f %%", 100 * v);
	buf_printf(b, "%*s", (int)width, text);
}

static void print_row(struct buf *b, const char *gate, const struct analyze_selftest *s)
{
	char count[40], range[40], sure[32];

	snprintf(count, sizeof(count), "%zu of %zu", s->failed + s->missing, s->n);
	snprintf(range, sizeof(range), "%.0f to %.0f %%", 100 * s->lo, 100 * s->hi);
	snprintf(sure, sizeof(sure), isnan(s->sure) ? "-" : "%+.1f %%", 100 * s->sure);
	buf_printf(b, "%-32s %9s %12s ", gate, count, range);
	for (size_t i = 0; i < ANALYZE_PLANTED; i++)
		share(b, s->power[i], 6);
	buf_printf(b, " %9s\n", sure);
	if (s->missing)
		buf_printf(b, "  no data for it in %zu of %zu: such a gate fails\n", s->missing, s->n);
}

static int print(struct buf *b, struct work *w, const struct analyze_trial *trial, size_t n, size_t k, size_t all, struct err *err)
{
	size_t independent = w->c->args.n / (2 * k);
	char size[16];
	int rc = 0;

	buf_printf(b, "attrib: gates on %zu runs of the same code, %zu a side: %zu comparisons", w->c->args.n, k, n);
	if (n < all)
		buf_printf(b, " of %zu", all);
	buf_printf(b, ", as much evidence as %zu that share no run\n\n%-32s %22s %s\n%-32s %9s %12s ", independent, "", "FALSE ALARMS        ",
		   "CAUGHT, of a change planted:     80 % of", "gate", "failed", "95 %");
	for (size_t i = 0; i < ANALYZE_PLANTED; i++) {
		snprintf(size, sizeof(size), "x%.2f", 1 + analyze_planted[i]);
		buf_printf(b, "%6s", size);
	}
	buf_printf(b, " %9s\n", "those of");
	for (size_t g = 0; !rc && g < w->analyze.n_gates; g++) {
		struct analyze_selftest s;

		rc = analyze_gate_selftest(&s, w->analyze.gates[g], trial + g * n, n, independent, err);
		if (!rc)
			print_row(b, w->analyze.gates[g], &s);
	}
	buf_puts(b, "\nA false alarm is a gate that fails where nothing changed. Planted: the current side's figure and its interval times the factor\n"
		    "(divided by it where less is worse); - where a gate's figure cannot be multiplied. The 95 % is of the comparisons that share no run:\n"
		    "more runs make it narrower.\n");
	return rc;
}

static int check(const struct ctx *c, size_t k, struct err *err)
{
	if (!c->o.selftest)
		return err_set(err, ERR_USAGE, "gates are given to analyze (--gate); this command measures them: attrib gate --selftest RUN...");
	if (c->args.n < 2 * k || c->args.n > RUNS)
		return err_set(err, ERR_USAGE, "%zu runs are given; %zu a side need %zu to %d", c->args.n, k, 2 * k, RUNS);
	return 0;
}

static int run(struct ctx *c, struct err *err)
{
	size_t k = c->o.side_runs ? (size_t)c->o.side_runs : 1, take = c->o.comparisons ? (size_t)c->o.comparisons : COMPARISONS, all;
	struct analyze_trial *trial = NULL;
	struct choice *choice = NULL;
	struct work w = { .c = c };
	struct buf b = { .limit = 1 << 20 };
	int rc = k > RUNS ? err_set(err, ERR_USAGE, "--side-runs: at most %d", RUNS / 2) : check(c, k, err);

	if (rc)
		return rc;
	all = choose(NULL, 0, 0, c->args.n, k);
	if (all > MOST_CHOICES)
		return err_set(err, ERR_USAGE, "too many ways to choose %zu and %zu of %zu runs: give fewer", k, k, c->args.n);
	take = take < all ? take : all;
	rc = work_init(&w, c, err);
	if (!rc && !w.analyze.n_gates) {
		w.analyze.gates = usual;
		w.analyze.n_gates = sizeof(usual) / sizeof(usual[0]);
	}
	choice = arena_array(&c->mem, struct choice, take);
	trial = arena_array(&c->mem, struct analyze_trial, take * (w.analyze.n_gates + 1));
	if (!rc && (!choice || !trial))
		rc = err_nomem(err);
	if (!rc)
		choose(choice, take, all, c->args.n, k);
	for (size_t i = 0; !rc && i < take; i++) {
		rc = compare(&w, &choice[i], k, trial + i, take, err);
		progress_step(&w.progress, "compared %zu of %zu", i + 1, take);
	}
	if (!rc)
		rc = print(&b, &w, trial, take, k, all, err);
	if (!rc)
		rc = emit_text(&b, err);
	buf_free(&b);
	work_free(&w);
	return rc;
}

#define AT(field) offsetof(struct options, field)
static const struct opt own[] = {
	{ "selftest", 0, OPT_FLAG, NULL, AT(selftest), "measure false alarms and power on runs of the same code", NULL },
	{ "side-runs", 0, OPT_NUMBER, "K", AT(side_runs), "runs a side in each comparison; default 1", NULL },
	{ "comparisons", 0, OPT_NUMBER, "N", AT(comparisons), "at most so many comparisons; default 40", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "Measuring", own };
static const struct opt_group *const groups[] = { &group_own, &group_model, &group_input, &group_common, NULL };
static const char *const examples[] = {
	"attrib gate --selftest clean/run-*",
	"attrib gate --selftest clean/run-* --side-runs 2 --gate 'cpu_per_request>+5%' --gate 'any>=0.8'",
	NULL,
};

const struct cmd cmd_gate = {
	.name = "gate",
	.args = "--selftest RUN...",
	.help = "how often gates fail where nothing changed, and what they would catch",
	.about = "Each RUN is the folder of one run of the same code under the same load. attrib compares them in pairs (or K against K) and counts how\n"
		 "often each gate fails: its false alarms. Then it plants a change of known size in the current side and counts how often the gate\n"
		 "fails: its power. Without --gate a usual set is measured.",
	.examples = examples,
	.groups = groups,
	.min_args = 0,
	.max_args = RUNS,
	.run = run,
};
