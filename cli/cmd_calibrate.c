// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cmd_calibrate.c - how far runs of the same code lie apart, from such runs
 */
#include <math.h>

#include "cli/cmd.h"
#include "cli/emit.h"
#include "cli/work.h"
#include "core/file.h"

static void print(struct buf *b, const struct analyze_tau *t, size_t n, size_t runs)
{
	buf_printf(b, "attrib: spread between %zu runs of the same code (relative standard deviation)\n\n%-24s %8s %8s %8s  %s\n", runs, "figure",
		   "assumed", "fitted", "figures", "of what");
	for (size_t i = 0; i < n; i++)
		if (isnan(t[i].fitted))
			buf_printf(b, "%-24s %8.3f %8s %8s  %s\n", t[i].name, t[i].assumed, "?", "-", t[i].what);
		else
			buf_printf(b, "%-24s %8.3f %8.3f %8zu  %s\n", t[i].name, t[i].assumed, t[i].fitted, t[i].figures, t[i].what);
	buf_puts(b, "\nfitted is what is left beyond the sampling error, over all functions of a kind that have events enough; ? = these runs do not tell.\n");
}

/* As --taus FILE of the other commands reads it; what these runs do not tell keeps what is assumed. */
static int write_taus(struct ctx *c, const struct analyze_tau *t, size_t n, size_t runs, struct err *err)
{
	struct buf b = { .limit = 1 << 16 };
	int rc;

	buf_printf(&b, "# spread between %zu runs of the same code, by attrib calibrate\n", runs);
	for (size_t i = 0; i < n; i++)
		if (isnan(t[i].fitted))
			buf_printf(&b, "# %s: not to be told from these runs\n", t[i].name);
		else
			buf_printf(&b, "%s %.4f\n", t[i].name, t[i].fitted);
	rc = buf_check(&b, err);
	if (!rc)
		rc = file_replace(c->o.taus, buf_view(&b), err);
	buf_free(&b);
	return rc;
}

static int run(struct ctx *c, struct err *err)
{
	struct work w;
	struct analyze_tau *t = arena_array(&c->mem, struct analyze_tau, analyze_n_taus());
	struct buf b = { .limit = 1 << 20 };
	struct analyze_view view = { .focus = c->o.focus };
	const char *taus = c->o.taus;
	int rc;

	c->o.taus = NULL;	/* here a file to write */
	rc = work_init(&w, c, err);
	c->o.taus = taus;

	if (!rc && !t)
		rc = err_nomem(err);
	/* The sides mean nothing here; both must be there for the passes to form them. */
	for (size_t i = 0; i < w.n_roots && !rc; i++)
		w.root[i].hint = i % 2 ? "current" : "baseline";
	if (!rc)
		rc = work_read_into_memory(&w, true, err);
	if (!rc)
		rc = work_check_inputs(&w, err);
	w.analyze.view = c->o.focus ? &view : NULL;
	if (!rc)
		rc = analyze_calibrate(w.st, &w.analyze, t, err);
	if (!rc && taus)
		rc = write_taus(c, t, analyze_n_taus(), w.n_roots, err);
	if (!rc) {
		print(&b, t, analyze_n_taus(), w.n_roots);
		rc = emit_text(&b, err);
	}
	buf_free(&b);
	work_free(&w);
	return rc;
}

static const struct opt own[] = {
	{ "taus", 0, OPT_TEXT, "FILE", offsetof(struct options, taus), "write them to FILE, for --taus of analyze and diff", NULL },
	{ "focus", 0, OPT_TEXT, "REGEX", offsetof(struct options, focus), "of functions, only those that match", NULL },
	{ .name = NULL },
};
static const struct opt_group group_own = { "Results", own };
static const struct opt_group *const groups[] = { &group_own, &group_input, &group_common, NULL };
static const char *const examples[] = {
	"attrib calibrate runs/clean-1 runs/clean-2 runs/clean-3 runs/clean-4 --taus taus.txt",
	NULL,
};

const struct cmd cmd_calibrate = {
	.name = "calibrate",
	.args = "RUN RUN...",
	.help = "measure how far runs of the same code lie apart",
	.about = "Each RUN is the folder of one run of the same code under the same load. With one run a side attrib assumes this spread (tau); this\n"
		 "command shows what it is on your machines, and with --taus keeps it for them. From four runs on the figures begin to mean something.",
	.examples = examples,
	.groups = groups,
	.min_args = 2,
	.max_args = 1000,
	.run = run,
};
