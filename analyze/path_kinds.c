// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * path_kinds.c - what the functions that got dearer spend their time on
 *
 * A user function's own cost holds what the runtime does for it. Below the last user frame of a stack the first frame that tells decides:
 * allocation and collection, system calls, scheduling and timers; without one it is plain work of the code. So cost that a function asked
 * the runtime for is told from work that it does. A kind is as loud as its growth, times its share of the growth of the kind that grew most:
 * what comes along with something larger is not the finding.
 *
 * cpu.plain_share: which part of all that the processors do more is plain work of the functions that got dearer. Garbage costs in the
 * collector and the allocator, whose share of the growth is then large; a hot path costs in itself.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/diff.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define PLAIN_LITTLE .5	/* of the growth: below it something else grew more */
#define PLAIN_LOUD .8
#define LEAST_GROWTH .05	/* of the cost: a share of less is a share of noise */

enum kind { PLAIN, ALLOC, SYSCALL, SCHED, KINDS };

static const struct {
	const char *signal, *what;
} kinds[KINDS] = {
	{ "cpu.path.plain", "work of its own" },
	{ "cpu.path.alloc", "allocation and collection" },
	{ "cpu.path.syscall", "system calls" },
	{ "cpu.path.sched", "scheduling and timers" },
};

static const struct {
	const char *prefix;
	enum kind kind;
} prefixes[] = {
	{ "runtime.malloc", ALLOC }, { "runtime.newobject", ALLOC }, { "runtime.makeslice", ALLOC }, { "runtime.growslice", ALLOC },
	{ "runtime.gc", ALLOC }, { "runtime.newarray", ALLOC }, { "runtime.rawbyteslice", ALLOC }, { "runtime.rawstring", ALLOC },
	{ "runtime.concatstring", ALLOC }, { "runtime.slicebytetostring", ALLOC }, { "runtime.stringtoslicebyte", ALLOC },
	{ "syscall.", SYSCALL }, { "internal/runtime/syscall", SYSCALL }, { "runtime/internal/syscall", SYSCALL },
	{ "runtime.mcall", SCHED }, { "runtime.schedule", SCHED }, { "runtime.findRunnable", SCHED }, { "runtime.newproc", SCHED },
	{ "runtime.goready", SCHED }, { "runtime.ready", SCHED }, { "runtime.gopark", SCHED }, { "runtime.(*timer", SCHED },
	{ "runtime.resettimer", SCHED }, { "time.Sleep", SCHED }, { "time.(*Timer)", SCHED }, { "time.NewTimer", SCHED },
};

static enum kind kind_of(struct str name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (str_starts(name, prefixes[i].prefix))
			return prefixes[i].kind;
	return PLAIN;
}

/* The functions whose own CPU was found to have grown; *p: the smallest q among them. */
static int found(struct pass *p, const struct diff_metric *d, bool *grown, double *q_least, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT subject, q FROM change WHERE metric = ? AND scope = 'symbol' AND stat = 'own' AND status IN ('up', 'new')", "s", d->id);

	*q_least = NAN;
	if (rc)
		return rc;
	while (store_next(q, err)) {
		grown[stmt_int(q, 0)] = true;
		*q_least = fmin(isnan(*q_least) ? 1 : *q_least, stmt_real(q, 1));
	}
	return store_end(q, err);
}

/* The last row of cost: all of it, whoever has it. */
static void sum_kinds(const struct tree *t, const struct cube *c, const bool *grown, const double exposure[SIDES], uint8_t *kind, double cost[KINDS + 1][SIDES])
{
	for (uint32_t i = 1; i <= t->n_paths; i++) {
		const struct tree_symbol *y = &t->sym[t->symbol[i]];

		kind[i] = y->kind == KIND_USER ? PLAIN : kind[t->parent[i]] != PLAIN ? kind[t->parent[i]] : (uint8_t)kind_of(y->name);
		for (int s = 0; s < SIDES; s++) {
			double flat = exposure[s] > 0 ? c->path_flat[s][i] / exposure[s] : 0;

			cost[KINDS][s] += flat;
			if (t->owner[i] && grown[t->owner[i]])
				cost[kind[i]][s] += flat;
		}
	}
}

static int put_kind(struct pass *p, const struct diff_metric *d, enum kind k, const double cost[SIDES], double most, double q, double loud,
		    struct err *err)
{
	struct signal s = SIGNAL(kinds[k].signal, "cpu");
	char what[120];

	s.base = cost[BASE];
	s.cur = cost[CUR];
	s.unit = d->unit;
	s.value = s.size = 0;
	s.why = "no user function's own cost grew";
	if (!isnan(q)) {
		snprintf(what, sizeof(what), "CPU of the functions that got dearer: %s", kinds[k].what);
		s.p = q;
		signal_loud(&s, fmin(1, (s.cur - s.base) / d->whole / loud) * (most > 0 ? (s.cur - s.base) / most : 0), 1, q);
		s.why = signal_told(p, what, s.base, s.cur, s.unit);
		if (!s.why)
			return err_nomem(err);
	}
	return signal_put(p, &s, err);
}

static int put_plain_share(struct pass *p, double cost[KINDS + 1][SIDES], double q, struct err *err)
{
	struct signal s = SIGNAL("cpu.plain_share", "cpu");
	double all = cost[KINDS][CUR] - cost[KINDS][BASE], plain = cost[PLAIN][CUR] - cost[PLAIN][BASE];

	if (isnan(q) || !(all > LEAST_GROWTH * cost[KINDS][BASE]))
		return 0;
	s.cur = fmax(0, fmin(1, plain / all));
	s.unit = "ratio";
	s.p = q;
	signal_loud(&s, fmax(0, s.cur - PLAIN_LITTLE), PLAIN_LOUD - PLAIN_LITTLE, q);
	s.why = signal_told(p, "share of the additional CPU that is work of the functions that got dearer", s.base, s.cur, s.unit);
	return s.why ? signal_put(p, &s, err) : err_nomem(err);
}

int diff_path_kinds(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, double loud, struct err *err)
{
	bool *grown = arena_array(&p->mem, bool, (size_t)t->n_symbols + 1);
	uint8_t *kind = arena_array(&p->mem, uint8_t, (size_t)t->n_paths + 1);
	double cost[KINDS + 1][SIDES] = { { 0 } }, exposure[SIDES] = { 0 }, q = NAN, most = 0;
	int rc;

	if (!t->n_paths)
		return 0;
	if (!grown || !kind)
		return err_nomem(err);
	kind[0] = PLAIN;
	for (size_t i = 0; i < k->c->n; i++)
		exposure[k->c->slice[i].side] += k->c->slice[i].exposure;
	rc = found(p, d, grown, &q, err);
	if (!rc)
		sum_kinds(t, k->c, grown, exposure, kind, cost);
	for (int i = 0; i < KINDS; i++)
		most = fmax(most, cost[i][CUR] - cost[i][BASE]);
	for (int i = 0; !rc && i < KINDS; i++)
		rc = put_kind(p, d, (enum kind)i, cost[i], most, q, loud, err);
	return rc ? rc : put_plain_share(p, cost, q, err);
}
