// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * report.c - docs/accuracy.md
 *
 * Nothing in it depends on the machine or the day; what was not measured is said as plainly as what was.
 */
#include <math.h>

#include "tests/eval/table.h"
#include "tests/eval/tables.h"

static void part(struct buf *out, const char *title, const char *text, void (*table)(struct buf *out, const struct eval *e), const struct eval *e)
{
	buf_printf(out, "\n## %s\n\n", title);
	if (*text)
		buf_printf(out, "%s\n\n", text);
	table(out, e);
}

static void head(struct buf *out, const struct eval *e)
{
	size_t kind[3] = { 0 };

	for (size_t i = 0; i < e->truth.n; i++)
		kind[e->truth.s[i].kind]++;
	buf_puts(out, "# Accuracy\n\n"
		      "Written by `make eval`; every figure as it falls. Faults were planted in real Go services under load (`testdata/corpus`, described in\n"
		      "`testdata/lab/README.md`); `testdata/corpus/truth.csv` says what, where and how much, and the program never reads it.\n\n");
	buf_printf(out, "%zu scenarios of %zu services: %zu faults, %zu decoys (something differs and nothing is wrong), %zu A/A pairs.", e->truth.n, e->n_services,
		   kind[TRUTH_FAULT], kind[TRUTH_DECOY], kind[TRUTH_PAIR]);
	if (e->truth.missing)
		buf_printf(out, " %zu further scenarios of truth.csv are not evaluated: their runs are not in the tree (`make corpus` captures them).", e->truth.missing);
	if (e->n_failed)
		buf_printf(out, " %zu analyses failed and count as wrong.", e->n_failed);
	buf_puts(out, e->main == MODEL_HELD_OUT
		? "\n\n**Held out**: every scenario is scored by weights fitted without any scenario of its service. The shipped weights are fitted on all.\n"
		: "\n\nScored by the shipped weights, which may have seen these services: figures to hold a change against, not to quote.\n");
}

static void headline(struct buf *out, const struct eval *e)
{
	struct tally t;

	tally_marks(&t, e->mark[e->main], e->truth.n, NULL, NULL);
	buf_puts(out, "\n");
	table_head(out, "figure | value");
	buf_puts(out, "| AC@1: the planted cause is ranked first | ");
	table_wilson(out, t.hits[0], t.n);
	buf_puts(out, " |\n| AC@3: it, or the second planted one, is among the first three | ");
	table_wilson(out, t.any3, t.n);
	buf_puts(out, " |\n| MRR, Avg@5 of the planted cause | ");
	table_share(out, t.mrr);
	buf_puts(out, ", ");
	table_share(out, t.avg5);
	buf_puts(out, " |\n| AC@1 .. AC@5 of the planted cause | ");
	for (size_t k = 0; k < 5; k++) {
		buf_puts(out, k ? " " : "");
		table_share(out, t.n ? (double)t.hits[k] / (double)t.n : NAN);
	}
	buf_puts(out, " |\n| guilty function named first | ");
	table_wilson(out, t.guilty1, t.guilty_n);
	buf_puts(out, " |\n| guilty function among the first three named | ");
	table_wilson(out, t.guilty3, t.guilty_n);
	buf_puts(out, " |\n| false alarms: a wrong cause at level medium or high where nothing is wrong | ");
	table_rate(out, t.alarms, t.quiet_n);
	buf_puts(out, ", at most ");
	table_share(out, marks_upper(t.alarms, t.quiet_n));
	buf_puts(out, " |\n| binary Brier of the verdict's score, decoys and A/A pairs included | ");
	table_share(out, t.brier);
	buf_puts(out, " |\n| score from which 95 % of the answers that name a cause are right (of 20 or more) | ");
	table_share(out, e->main == MODEL_HELD_OUT ? e->high_from : NAN);
	buf_puts(out, " |\n\nIn brackets the 95 % interval (Wilson); \"at most\" is the upper 95 % bound (Clopper-Pearson, 1 - .05^(1/n) where there was none).\n"
		      "A function counts as found when it, or a closure in it, is one of those truth.csv lists, among what the answer names with its first cause.\n");
}

static void reproduce(struct buf *out)
{
	buf_puts(out, "\n## Again\n\n"
		      "    make eval            # analyzes every scenario (two at a time), fits the held-out weights, writes this page\n"
		      "    make eval FIT=1      # also writes analyze/weights.ini, the fit on all services; the same corpus gives the same bytes\n\n"
		      "The fit: maximum a posteriori of the softmax over causes (the program's own scoring, analyze/contest.c), with a Gaussian prior around the\n"
		      "numbers set by hand in analyze/causes.ini: weight and miss of every signal line as factors (spread .4 of the logarithm), priors (1.0),\n"
		      "temperature and the contest's constants. A second planted cause is worth a third of the target. Scenarios of one cause share weight\n"
		      "(1 / root of their number); those without a fault weigh half of those with one, together. Minimised by BFGS (GSL), slopes exact.\n"
		      "A cause that no scenario of the training set plants, and a line that none measures, keep the number set by hand: `hand` in weights.ini.\n"
		      "The level `high` begins at the score from which 95 % of the held-out answers that name a cause are right (of 20 or more; never below .80,\n"
		      "never above .99); for a service, of the other services' answers. Caps (one run a side: medium) are the program's.\n");
}

int report_write(struct buf *out, const struct eval *e, struct err *err)
{
	head(out, e);
	headline(out, e);
	part(out, "Against other models", "Chance, the original design's linear formula, and two trivial models on the same profiles with the same frame signatures: the functions\n"
		"that changed most, and PerfView's overweight report. A function speaks for the cause whose frame signature it matches, else for what its\n"
		"kind of profile is about.", tables_models, e);
	part(out, "Faults", "", tables_groups, e);
	part(out, "Where nothing is wrong", "", tables_quiet, e);
	part(out, "Coverage against precision", "Answers that name a cause, over faults, decoys and A/A pairs.", tables_coverage, e);
	part(out, "Reliability", "All verdicts, `none` and `unknown` among them.", tables_reliability, e);
	part(out, "Levels", "Other answers: `none` and `unknown`.", tables_levels, e);
	part(out, "What was taken for what", "", tables_confusion, e);
	part(out, "Temptations", "The cause that should look likely and lose.", tables_tempts, e);
	part(out, "Every cause", "", tables_causes, e);
	part(out, "Wrong answers", "", tables_wrong, e);
	reproduce(out);
	return buf_check(out, err);
}

void report_line(struct buf *out, const struct eval *e)
{
	struct tally t;

	tally_marks(&t, e->mark[e->main], e->truth.n, NULL, NULL);
	buf_puts(out, "eval: AC@1 ");
	table_share(out, t.n ? (double)t.hits[0] / (double)t.n : NAN);
	buf_puts(out, " AC@3 ");
	table_share(out, t.n ? (double)t.any3 / (double)t.n : NAN);
	buf_puts(out, " guilty@3 ");
	table_share(out, t.guilty_n ? (double)t.guilty3 / (double)t.guilty_n : NAN);
	buf_printf(out, " false-alarms %zu/%zu brier ", t.alarms, t.quiet_n);
	table_share(out, t.brier);
}
