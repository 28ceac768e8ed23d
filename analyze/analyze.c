// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * analyze.c - the passes in order
 *
 * Every analysis starts from nothing but [I] rows: all [A] rows go first, so that an analysis over a grown store equals one over a
 * fresh store. The analysis row itself is written by the causes pass, when the verdict is known.
 */
#include "analyze/analyze.h"

#include <stdarg.h>
#include <stdio.h>

#include "analyze/pass.h"
#include "core/buf.h"

const char *const side_name[SIDES] = { "baseline", "current" };
const char *const design_name[] = { "two_sides", "early_late", "split", "snapshot" };

static const char clear_sql[] =
	"DELETE FROM gate; DELETE FROM missing; DELETE FROM recommendation; DELETE FROM guilty; DELETE FROM evidence; DELETE FROM linear_score;"
	"DELETE FROM cause; DELETE FROM lag; DELETE FROM signal; DELETE FROM fit; DELETE FROM quantile;"
	"DELETE FROM cluster_path; DELETE FROM cluster_group; DELETE FROM cluster; DELETE FROM cost_split; DELETE FROM shift;"
	"DELETE FROM edge; DELETE FROM change; DELETE FROM path_cost; DELETE FROM split; DELETE FROM slice; DELETE FROM stretch;"
	"DELETE FROM callsite_path; DELETE FROM path; DELETE FROM func_symbol; DELETE FROM symbol;"
	"DELETE FROM caveat; DELETE FROM analysis;";

struct step {
	int (*run)(struct pass *p, struct err *err);
	bool whole;	/* about whole processes: says nothing where the sides are labels of one */
};

static const struct step full[] = {
	{ pass_sides, false },	    { pass_slices, false },	{ pass_alignment, true }, { pass_load, true },	 { pass_symbols, false }, { pass_renames, false },
	{ pass_paths, false },	    { pass_diff, false },	{ pass_gc, true },	 { pass_goroutines, false }, { pass_hot_clusters, false }, { pass_signatures, false },
	{ pass_series, true },	    	{ pass_environment, false }, { pass_load_levels, true }, { pass_load_mix, true }, { pass_mix, true }, { pass_inside, true }, { pass_derived, true }, { pass_workload, true }, { pass_recovery, true }, { pass_onsets, true },
	{ pass_linear, false },	    { pass_causes, false },	{ pass_guilty, false },	 { pass_advise, false },  { pass_gates, false },
	{ NULL, false },
};

static const struct step calibrate[] = { { pass_sides, false }, { pass_slices, false }, { pass_symbols, false }, { pass_paths, false }, { pass_calibrate, false }, { NULL, false } };

/* `attrib diff`: what its table needs. */
static const struct step brief[] = {
	{ pass_sides, false }, { pass_slices, false }, { pass_symbols, false }, { pass_renames, false }, { pass_paths, false }, { pass_diff, false }, { NULL, false },
};

/* The same from function totals alone. */
static const struct step quick[] = { { pass_sides, false }, { pass_slices, false }, { pass_symbols, false }, { pass_renames, false }, { pass_diff, false }, { NULL, false } };

/* The same, of what a view leaves of the stacks. */
static const struct step viewed[] = {
	{ pass_sides, false }, { pass_slices, false }, { pass_symbols, false }, { pass_renames, false }, { pass_view, false }, { pass_paths, false }, { pass_diff, false }, { NULL, false },
};

int pass_caveat(struct pass *p, struct err *err, const char *code, const char *cap, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (p->kept) {
		if (p->n_caveats == (int)(sizeof(p->kept->caveat) / sizeof(*p->kept->caveat)))
			return err_set(err, ERR_INTERNAL, "too many caveats of two profiles");
		p->kept->caveat[p->n_caveats] = arena_strdup(&p->mem, text);
		return p->kept->caveat[p->n_caveats++] ? 0 : err_nomem(err);
	}
	return store_run(p->st, err, "INSERT INTO caveat (analysis, seq, code, text, cap) VALUES (1, ?, ?, ?, ?)", "isss",
			 (int64_t)p->n_caveats++, code, text, cap);
}

int analyze_clear(struct store *st, struct err *err)
{
	return store_script(st, clear_sql, err);
}

void pass_init(struct pass *p, const struct analyze_opts *o)
{
	p->o = o;
	p->tau = o->taus ? o->taus : taus_assumed;
	p->effect_share = o->effect_share > 0 ? o->effect_share : .005;
	p->effect_relative = o->effect_relative > 0 ? o->effect_relative : .05;
	p->align_ns = (int64_t)((o->align_ms > 0 ? o->align_ms : 50) * 1e6);
	p->pause_ns = (o->pause_ms > 0 ? o->pause_ms : 10) * 1e6;
}

static int run_passes(struct store *st, const struct analyze_opts *o, const struct step *list, struct analyze_tau *fitted, struct err *err)
{
	struct pass p = { .st = st, .fitted = fitted };
	struct analyze_catalogue *cat = NULL;
	int rc = analyze_catalogue_load(&cat, o, err);

	if (rc)
		return rc;
	pass_init(&p, o);
	p.cat = cat;
	p.brief = list != full;
	rc = store_begin(st, err);
	if (!rc)
		rc = analyze_clear(st, err);
	for (int i = 0; !rc && list[i].run; i++)
		if (!(list[i].whole && p.one_process))
			rc = list[i].run(&p, err);
	if (!rc && (p.mem.failed || buf_starved()))	/* a text that a pass kept and did not look at */
		rc = err_nomem(err);
	if (!rc)
		rc = store_commit(st, err);
	else
		store_rollback(st);
	arena_free(&p.mem);
	analyze_catalogue_free(cat);
	return rc;
}

int analyze_run(struct store *st, const struct analyze_opts *o, struct err *err)
{
	return run_passes(st, o, full, NULL, err);
}

int analyze_diff(struct store *st, const struct analyze_opts *o, struct err *err)
{
	return run_passes(st, o, o->view ? viewed : o->totals_only ? quick : brief, NULL, err);
}

size_t analyze_n_taus(void)
{
	return TAUS;
}

int analyze_calibrate(struct store *st, const struct analyze_opts *o, struct analyze_tau *out, struct err *err)
{
	return run_passes(st, o, calibrate, out, err);
}
