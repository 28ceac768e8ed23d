// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * sides.c - which time of which process stands on which side
 *
 * The one place where sides are decided; whatever has a time joins the stretches written here. Runs carry a hint from folder, file
 * name or option. With both hints: two sides. With one side only: early against late when it holds a series of profiles, else a snapshot,
 * about whose change nothing can be said. Phases come from the load report: ramp = before the rate first reaches 80 % of its
 * median, cool-down = after it last did; without a load report all is 'unknown' and counts as steady.
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/exposure.h"
#include "analyze/labels.h"
#include "analyze/math/sampling.h"
#include "analyze/pass.h"

/* A side of fewer goroutine dumps or interval profiles than this cannot be split into early and late. */
#define EARLY_LATE_MIN 4

static int put_stretch(struct pass *p, struct err *err, int64_t instance, enum side side, const char *phase, int64_t t0,
		       int64_t t1, double rps)
{
	return store_run(p->st, err,
			 "INSERT INTO stretch (analysis, instance, side, phase, t0, t1, rps) VALUES (1, ?, ?, ?, ?, ?, ?)",
			 "issiid", instance, side_name[side], phase, t0, t1, rps);
}

/* The phases of one instance between t0 and t1 (either may be STORE_NULL: open). */
static int put_phases(struct pass *p, struct err *err, int64_t run, int64_t instance, enum side side, int64_t t0, int64_t t1)
{
	struct exposure e = { 0 };
	int rc = exposure_load(&e, p, run, err);

	if (rc)
		return rc;
	if (e.steady_t0 == STORE_NULL)
		return put_stretch(p, err, instance, side, "unknown", t0, t1, NAN);
	if (t0 == STORE_NULL || t0 < e.steady_t0)
		rc = put_stretch(p, err, instance, side, "ramp", t0, e.steady_t0, NAN);
	if (!rc)
		rc = put_stretch(p, err, instance, side, "steady",
				 t0 != STORE_NULL && t0 > e.steady_t0 ? t0 : e.steady_t0,
				 t1 != STORE_NULL && t1 < e.steady_t1 ? t1 : e.steady_t1, e.steady_rps);
	if (!rc && (t1 == STORE_NULL || t1 > e.steady_t1))
		rc = put_stretch(p, err, instance, side, "cooldown", e.steady_t1, t1, NAN);
	return rc;
}

struct instance_row {
	int64_t id, run, life;
	enum side side;
};

/* Processes by a query of (instance, run, is current, life), each with the phases of its run. */
static int by_query(struct pass *p, struct err *err, const char *sql, struct str key, struct str base, struct str cur)
{
	struct instance_row *row = NULL;
	struct stmt *q;
	int64_t n = 0, i = 0;
	int rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM instance", "");

	if (rc)
		return rc;
	row = arena_array(&p->mem, struct instance_row, (size_t)n + 1);
	if (!row)
		return err_nomem(err);
	rc = store_query(p->st, &q, err, sql, "ttt", key, base, cur);
	if (rc)
		return rc;
	for (; store_next(q, err) && i < n; i++)
		row[i] = (struct instance_row){ stmt_int(q, 0), stmt_int(q, 1), stmt_int(q, 3), stmt_int(q, 2) ? CUR : BASE };
	rc = store_end(q, err);
	for (int64_t k = 0; !rc && k < i; k++) {
		rc = put_phases(p, err, row[k].run, row[k].id, row[k].side, STORE_NULL, STORE_NULL);
		p->n_instances[row[k].side] += row[k].life == 0;	/* a restart makes no second process */
	}
	return rc;
}

static int by_hint(struct pass *p, struct err *err)
{
	return by_query(p, err,
			"SELECT i.id, i.run, r.hint = 'current', i.life FROM instance i JOIN run r ON r.id = i.run"
			" WHERE r.hint IS NOT NULL AND coalesce(?1, ?2, ?3, 1) ORDER BY r.folder, i.name, i.life", STR_NONE, STR_NONE, STR_NONE);
}

/* --split: processes that carry the label, else both sides are every process, told apart by the labels of its samples. */
static int by_split(struct pass *p, struct err *err)
{
	const struct analyze_opts *o = p->o;
	bool processes;
	int rc = labels_on_processes(p, &processes, err);

	if (rc)
		return rc;
	p->one_process = !processes;
	if (processes)
		return by_query(p, err,
				"SELECT i.id, i.run, s.value = ?3, i.life FROM instance i JOIN run r ON r.id = i.run JOIN setting s ON s.instance = i.id"
				" WHERE s.name = 'label.' || ?1 AND s.value IN (?2, ?3) GROUP BY i.id ORDER BY r.folder, i.name, i.life",
				o->split_key, o->split_value[BASE], o->split_value[CUR]);
	for (int s = 0; !rc && s < SIDES; s++)
		rc = by_query(p, err,
			      "SELECT i.id, i.run, ?1 = 'current', i.life FROM instance i JOIN run r ON r.id = i.run WHERE coalesce(?2, ?3, 1)"
			      " ORDER BY r.folder, i.name, i.life", str_from(side_name[s]), STR_NONE, STR_NONE);
	return rc;
}

/* One side: the middle of the time its profiles and dumps cover parts early from late. */
static int early_late(struct pass *p, struct err *err, bool *done)
{
	struct { int64_t id, run, t0, t1; } row[64];
	struct stmt *q;
	int n = 0;
	int rc = store_query(p->st, &q, err,
			     "SELECT i.id, i.run, min(coalesce(f.t0, f.t1)), max(coalesce(f.t1, f.t0)) FROM instance i"
			     " JOIN profile f ON f.instance = i.id JOIN measure m ON m.profile = f.id"
			     " WHERE f.t1 IS NOT NULL AND m.metric IN ('cpu', 'goroutine', 'inuse') GROUP BY i.id, m.metric"
			     " HAVING count(*) >= ? ORDER BY i.id, count(*) DESC", "i", (int64_t)EARLY_LATE_MIN);

	*done = false;
	if (rc)
		return rc;
	while (store_next(q, err) && n < 64) {
		if (n && row[n - 1].id == stmt_int(q, 0))
			continue;
		row[n].id = stmt_int(q, 0);
		row[n].run = stmt_int(q, 1);
		row[n].t0 = stmt_int(q, 2);
		row[n++].t1 = stmt_int(q, 3);
	}
	rc = store_end(q, err);
	for (int i = 0; !rc && i < n; i++) {
		int64_t mid = row[i].t0 + (row[i].t1 - row[i].t0) / 2;

		if (row[i].t1 <= row[i].t0)
			continue;
		rc = put_phases(p, err, row[i].run, row[i].id, BASE, STORE_NULL, mid);
		if (!rc)
			rc = put_phases(p, err, row[i].run, row[i].id, CUR, mid, STORE_NULL);
		p->n_instances[BASE]++;
		p->n_instances[CUR]++;
		*done = true;
	}
	return rc;
}

static int snapshot(struct pass *p, struct err *err)
{
	int rc = store_run(p->st, err,
			   "INSERT INTO stretch (analysis, instance, side, phase) SELECT 1, id, 'current', 'unknown' FROM instance"
			   " ORDER BY id", "");

	if (!rc)
		rc = store_int(p->st, err, &p->n_instances[CUR], 0, "SELECT count(*) FROM instance", "");
	return rc;
}

static int caveats(struct pass *p, struct err *err)
{
	if (p->design == DESIGN_SNAPSHOT)
		return pass_caveat(p, err, "snapshot", "medium",
				   "One snapshot and no baseline: nothing can be said about change; causes are scored on levels alone.");
	if (p->one_process)
		return pass_caveat(p, err, "split", "medium",
				   "One run, told apart by the label %.*s of its samples: GC, heap and load are of both values and are not compared; costs are per second, so the traffic of each counts too.",
				   (int)p->o->split_key.n, p->o->split_key.p);
	if (p->design == DESIGN_EARLY_LATE)
		return pass_caveat(p, err, "early_late", "medium",
				   "One run and no baseline: its early half is compared with its late half.");
	if (p->n_runs[BASE] < 2 && p->n_runs[CUR] < 2 && p->n_instances[BASE] > 1 && p->n_instances[CUR] > 1)
		return pass_caveat(p, err, "one_deployment", "medium",
				   "One deployment a side: its %d and %d processes are compared, what differs between deployments is not seen.",
				   (int)p->n_instances[BASE], (int)p->n_instances[CUR]);
	if (p->n_runs[BASE] < 2 || p->n_runs[CUR] < 2)
		return pass_caveat(p, err, "one_run", "medium",
				   "One run a side: what differs from run to run is assumed (tau), not measured; four runs a side would tell.");
	return 0;
}

#define MIN_COUNTS 4	/* different numbers of contentions: fewer can have a common divisor by chance */

/* Every count of a mutex profile is a multiple of the fraction, which no file tells. */
static int estimate_fraction(struct pass *p, int64_t *rate, struct err *err)
{
	uint64_t g = 0;
	size_t n = 0;
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT DISTINCT abs(s.count) FROM sample s JOIN measure m ON m.id = s.measure AND m.metric = 'mutex' WHERE s.count <> 0", "");

	if (rc)
		return rc;
	for (; store_next(q, err); n++) {
		uint64_t pair[2] = { g, (uint64_t)stmt_int(q, 0) };

		g = g ? sampling_gcd(pair, 2) : pair[1];
	}
	rc = store_end(q, err);
	if (rc || n < MIN_COUNTS || g < 2 || g > INT32_MAX)
		return rc;
	*rate = (int64_t)g;
	return pass_caveat(p, err, "mutex_fraction", NULL, "The rate of the mutex profiles is not known (setting mutex_fraction of run.json); all their counts are multiples of %lld,"
			   " so one contention of %lld is taken to have been sampled.", (long long)g, (long long)g);
}

/* The rate of the block profiles cannot be told from their counts, which are rounded: it is asked for. */
static int block_rate(struct pass *p, struct err *err)
{
	int64_t rate = 0, profiles = 0;
	int rc = store_int(p->st, err, &rate, 0, "SELECT max(CAST(value AS INTEGER)) FROM setting WHERE name = 'block_rate'", "");

	p->block_rate = rate > 0 ? (double)rate : 0;
	if (!rc && rate < 1)
		rc = store_int(p->st, err, &profiles, 0, "SELECT count(*) FROM measure m WHERE m.metric = 'block' AND EXISTS (SELECT 1 FROM sample s WHERE s.measure = m.id)", "");
	if (rc || !profiles)
		return rc;
	return pass_caveat(p, err, "block_rate", NULL, "The rate of the block profiles is not known (setting block_rate of run.json, in ns): waits shorter than it were"
			   " kept by chance, so what they tell is less sure than it looks.");
}

static int sampling_rates(struct pass *p, struct err *err)
{
	int64_t rate = 0;
	int rc = store_int(p->st, err, &rate, 0, "SELECT max(CAST(value AS INTEGER)) FROM setting WHERE name = 'mutex_fraction'", "");

	if (!rc && rate < 1)
		rc = estimate_fraction(p, &rate, err);
	p->mutex_fraction = rate > 1 ? 1.0 / (double)rate : 1;
	return rc ? rc : block_rate(p, err);
}

int pass_sides_of_pair(struct pass *p, struct err *err)
{
	for (int side = 0; side < SIDES; side++)
		p->n_runs[side] = p->n_instances[side] = 1;
	p->design = DESIGN_TWO_SIDES;
	p->tau_scale = p->mutex_fraction = 1;
	return caveats(p, err);
}

int pass_sides(struct pass *p, struct err *err)
{
	bool split = false;
	int rc = store_int(p->st, err, &p->n_runs[BASE], 0, "SELECT count(*) FROM run WHERE hint = 'baseline'", "");

	if (!rc)
		rc = sampling_rates(p, err);
	if (!rc)
		rc = store_int(p->st, err, &p->n_runs[CUR], 0, "SELECT count(*) FROM run WHERE hint = 'current'", "");
	if (rc)
		return rc;
	if (p->o->split_key.p) {
		if (p->n_runs[BASE] && p->n_runs[CUR])
			return err_set(err, ERR_USAGE, "--split makes two sides of one run; these have two sides already");
		p->n_runs[BASE] = p->n_runs[CUR] = 1;
		p->design = DESIGN_SPLIT;
		rc = by_split(p, err);
	} else if (p->n_runs[BASE] && p->n_runs[CUR]) {
		p->design = DESIGN_TWO_SIDES;
		rc = by_hint(p, err);
	} else {
		p->n_runs[CUR] = 1;
		p->n_runs[BASE] = 0;
		rc = early_late(p, err, &split);
		p->design = split ? DESIGN_EARLY_LATE : DESIGN_SNAPSHOT;
		if (!rc && !split)
			rc = snapshot(p, err);
	}
	/* Inside one process windows are nearly calibrated as they are (method 2.4): a little of the spread stays. */
	p->tau_scale = p->design == DESIGN_EARLY_LATE || p->one_process ? .3 : 1;
	if (!rc)
		rc = labels_apply(p, p->one_process, err);
	return rc ? rc : caveats(p, err);
}
