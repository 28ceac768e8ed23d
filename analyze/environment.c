// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * environment.c - did the sides run under the same conditions
 *
 * Settings that differ and were not declared as the experiment (run.json) are a competing explanation for everything else. Those that
 * have a cause of their own (the collector's, the profilers') speak to that cause; the others make the sides incomparable, which caps the level.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/pass.h"
#include "analyze/signal.h"
#include "core/fmt.h"

struct difference {
	char name[64], base[64], cur[64];
};

#define MAX_DIFFERENCES 16

/* Settings that both sides know from the same kind of source, with other values; several values a side (instances) are compared as lists.
 * Modules and build settings are the code's own business: another version of them is a change of code, not of conditions. */
static int load(struct pass *p, struct difference *d, int *n, struct err *err)
{
	static const char sql[] =
		"WITH v (side, name, origin, value) AS (SELECT DISTINCT t.side, s.name, s.origin, s.value FROM setting s"
		"  JOIN stretch t ON t.instance = s.instance WHERE s.name NOT LIKE 'label.%' AND s.name NOT LIKE 'experiment%'"
		"  AND s.name NOT LIKE 'module.%' AND s.name NOT LIKE 'build.%' AND s.name NOT LIKE 'qdisc.%'),"
		" l (side, name, origin, value) AS (SELECT side, name, origin, group_concat(value) FROM"
		"  (SELECT * FROM v ORDER BY side, name, origin, value) GROUP BY side, name, origin)"
		" SELECT b.name, min(b.value), min(c.value) FROM l b JOIN l c ON c.name = b.name AND c.origin = b.origin"
		" WHERE b.side = 'baseline' AND c.side = 'current'"
		" AND b.value <> c.value AND NOT EXISTS (SELECT 1 FROM setting e WHERE e.name = 'experiment'"
		"  AND instr(',' || e.value || ',', ',' || b.name || ',') > 0) GROUP BY b.name ORDER BY b.name";
	struct stmt *q;
	int rc = store_query(p->st, &q, err, sql, "");

	*n = 0;
	if (rc)
		return rc;
	while (store_next(q, err) && *n < MAX_DIFFERENCES) {
		struct difference *x = &d[(*n)++];
		struct str a = stmt_text(q, 0), b = stmt_text(q, 1), c = stmt_text(q, 2);

		snprintf(x->name, sizeof(x->name), "%.*s", (int)a.n, a.p);
		snprintf(x->base, sizeof(x->base), "%.*s", (int)b.n, b.p);
		snprintf(x->cur, sizeof(x->cur), "%.*s", (int)c.n, c.p);
	}
	return store_end(q, err);
}

static bool is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static const char *const collector[] = { "GOGC", "GOMEMLIMIT", NULL };
static const char *const profilers[] = { "block_rate", "mutex_fraction", "mem_profile_rate", NULL };

/* +1 when the side may spend more on it: a lower GOGC or limit, a denser profiler. Rates of 0 are off. */
static double direction(const struct difference *d)
{
	double a, b;
	bool rate = is_one_of(d->name, profilers);

	if (!fmt_parse_real(str_from(d->base), &a) || !fmt_parse_real(str_from(d->cur), &b))
		return 0;
	if (rate) {
		a = a > 0 ? 1 / a : 0;
		b = b > 0 ? 1 / b : 0;
		return b > a ? 1 : -1;
	}
	return b < a ? 1 : -1;
}

static int put(struct pass *p, const char *name, double value, const struct difference *d, int n, const char *same, struct err *err)
{
	struct signal s = SIGNAL(name, "env");
	struct buf why = { .limit = 600 };
	int rc;

	for (int i = 0; i < n; i++)
		buf_printf(&why, "%s%s %s -> %s", i ? ", " : "", d[i].name, d[i].base, d[i].cur);
	if (!n)
		buf_puts(&why, same);
	s.value = value;
	s.base = 0;
	s.cur = n;
	s.unit = "settings";
	s.why = why.data;
	rc = signal_put(p, &s, err);
	buf_free(&why);
	return rc;
}

static int count_common(struct pass *p, const char *like, int64_t *n, struct err *err)
{
	return store_int(p->st, err, n, 0,
			 "SELECT count(*) FROM (SELECT s.name FROM setting s JOIN stretch t ON t.instance = s.instance WHERE s.name GLOB ?"
			 " GROUP BY s.name HAVING count(DISTINCT t.side) = 2)", "s", like);
}

/* GOMAXPROCS above the quota of the current side, in processors. */
static int put_quota(struct pass *p, struct err *err)
{
	struct signal s = SIGNAL("env.gomaxprocs_over_quota", "env");
	struct stmt *q;
	bool known = false;
	int rc = store_query(p->st, &q, err,
			     "SELECT max(CAST(m.value AS REAL) - CAST(c.value AS REAL)) FROM setting m JOIN setting c ON c.instance = m.instance"
			     " JOIN stretch t ON t.instance = m.instance WHERE t.side = 'current' AND m.name = 'GOMAXPROCS' AND c.name = 'cpu_quota'"
			     " AND CAST(c.value AS REAL) > 0", "");

	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0)) {
		known = true;
		s.cur = fmax(0, stmt_real(q, 0));
	}
	rc = store_end(q, err);
	s.unit = "processors";
	s.value = fmin(1, s.cur);
	s.why = s.cur > 0 ? "GOMAXPROCS is above the CPU quota" : "GOMAXPROCS is within the CPU quota";
	return rc || !known ? rc : signal_put(p, &s, err);
}

int pass_environment(struct pass *p, struct err *err)
{
	struct difference all[MAX_DIFFERENCES], gc[MAX_DIFFERENCES], prof[MAX_DIFFERENCES], rest[MAX_DIFFERENCES], go[1];
	int n, n_gc = 0, n_prof = 0, n_rest = 0, n_go = 0;
	int64_t common = 0;
	int rc = put_quota(p, err);

	if (!rc && p->design == DESIGN_TWO_SIDES)
		rc = count_common(p, "*", &common, err);
	if (rc || !common)
		return rc;
	rc = load(p, all, &n, err);
	for (int i = 0; !rc && i < n; i++) {
		if (is_one_of(all[i].name, collector))
			gc[n_gc++] = all[i];
		else if (is_one_of(all[i].name, profilers))
			prof[n_prof++] = all[i];
		else if (strcmp(all[i].name, "go_version") == 0)
			go[n_go++] = all[i];
		else
			rest[n_rest++] = all[i];
		rc = pass_caveat(p, err, "settings", is_one_of(all[i].name, collector) || is_one_of(all[i].name, profilers) ? NULL : "low",
				 "The sides differ in %s: %s and %s; declare it under \"experiment\" in run.json if it was meant.", all[i].name,
				 all[i].base, all[i].cur);
	}
	if (!rc)
		rc = put(p, "env.settings", n_rest > 0, rest, n_rest, "all settings known on both sides are equal", err);
	if (!rc && (rc = count_common(p, "go_version", &common, err)) == 0 && common)
		rc = put(p, "env.go_version", n_go > 0, go, n_go, "the same Go version on both sides", err);
	if (!rc && (rc = count_common(p, "GO[GM][CE]*", &common, err)) == 0 && common)
		rc = put(p, "env.gogc", n_gc ? direction(&gc[0]) : 0, gc, n_gc, "the collector's settings are equal", err);
	if (!rc && (rc = count_common(p, "*_[rf]*", &common, err)) == 0 && common)
		rc = put(p, "env.profiler_rates", n_prof ? direction(&prof[0]) : 0, prof, n_prof, "the profilers' rates are equal", err);
	return rc;
}
