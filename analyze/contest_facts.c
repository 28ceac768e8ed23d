// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * contest_facts.c - the signals of an analysis, as the contest wants them
 */
#include <math.h>

#include "analyze/hypotheses.h"

/* The figures whose quiet means that nothing changed (method 5.2). */
static const char *const kpis[] = { "cpu.cost", "cpu.path", "alloc.bytes", "alloc.objects", "heap.live_slope", "heap.site_growth", "gc.pause_p99", "gc.cpu_share", "profiler.cpu_share",
	"goroutines.slope", "goroutines.cluster_growth", "recovery.heap", "recovery.goroutines", "mutex.delay", "load.latency_p99", "load.errors", "load.rps", "load.mix", "syscall.cpu_share",
	"sched.cpu_share", "threads.slope", "quota.throttle_share", NULL };

/* What else says that something changed, though nothing a user pays for by itself: the stacks of one cause, the conditions of the run. */
#define SPECIFIC .7
static const char *const specific[] = { "sig.", "stw.", "net.", NULL };

static bool is_kpi(struct str name)
{
	for (int i = 0; kpis[i]; i++)
		if (str_is(name, kpis[i]))
			return true;
	return false;
}

static bool is_specific(struct str name)
{
	for (int i = 0; specific[i]; i++)
		if (str_starts(name, specific[i]))
			return true;
	return false;
}

/* How much a signal says that something changed. Traffic and conditions that differ are a difference whichever way. */
static void note_change(struct facts *f, const struct fact *x)
{
	bool env = str_starts(x->name, "env."), either = str_is(x->name, "env.settings") || str_is(x->name, "env.go_version") || str_is(x->name, "load.rps");
	double loud = x->kpi || env ? x->value : SPECIFIC * x->value;

	if (f->snapshot || !x->measured || !(x->kpi || env || is_specific(x->name)))
		return;
	f->worse = fmax(f->worse, either ? fabs(loud) : loud);
	if (x->kpi)
		f->better = fmax(f->better, -loud);
}

void contest_reassess(struct facts *f)
{
	f->worse = f->better = 0;
	for (size_t i = 0; i < f->n; i++)
		note_change(f, &f->fact[i]);
}

static int one(struct facts *f, struct stmt *q, struct arena *mem, struct err *err)
{
	struct fact *x = &f->fact[f->n++];

	*x = (struct fact){ .id = stmt_int(q, 0), .name = arena_str(mem, stmt_text(q, 1)), .group_name = arena_str(mem, stmt_text(q, 2)),
		.measured = stmt_int(q, 3) == 1 && !stmt_null(q, 4), .value = stmt_real(q, 4), .cur = stmt_real(q, 5), .p = stmt_real(q, 6),
		.size = stmt_real(q, 7) };
	if (!x->name.p || !x->group_name.p)
		return err_nomem(err);
	if (x != f->fact)
		x->group = x[-1].group + (!str_eq(x->group_name, x[-1].group_name) && x[-1].group + 1 < CONTEST_MAX_GROUPS);
	x->kpi = is_kpi(x->name);
	note_change(f, x);
	return 0;
}

int contest_facts(struct facts *f, struct store *st, bool snapshot, struct arena *mem, struct err *err)
{
	struct stmt *q;
	int64_t n = 0;
	int rc = store_int(st, err, &n, 0, "SELECT count(*) FROM signal", "");

	*f = (struct facts){ .snapshot = snapshot };
	if (rc)
		return rc;
	f->fact = arena_array(mem, struct fact, (size_t)n + 1);
	if (!f->fact)
		return err_nomem(err);
	rc = store_query(st, &q, err,
			 "SELECT id, name, source_group, state = 'measured', value, cur, p, size FROM signal ORDER BY source_group, name", "");
	if (rc)
		return rc;
	while (!rc && (int64_t)f->n < n && store_next(q, err))
		rc = one(f, q, mem, err);
	return store_finish(q, rc, err);
}

const struct fact *contest_fact(const struct facts *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (str_is(f->fact[i].name, name))
			return &f->fact[i];
	return NULL;
}
