// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * goroutine_signals.c - what the goroutines say to the causes
 *
 * Levels (a dump of this side holds more than a dump of that side) and trends (the dumps of one side grow) are kept apart:
 * callers that queue behind a slow thing raise the level, a leak raises the trend. Dumps of one process are not independent, so
 * a level needs to beat a spread between runs.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/catalogue.h"
#include "analyze/change.h"
#include "analyze/goroutines.h"
#include "analyze/math/agree.h"
#include "analyze/math/dist.h"
#include "analyze/math/rates.h"
#include "analyze/math/trend.h"
#include "analyze/signal.h"
#include "core/fmt.h"
#include "core/map.h"

#define LOUD_GROWTH .5		/* of the baseline's goroutines */
#define BURSTS 4.0		/* variance over mean of the number of requests under way, which come in bursts: set by hand */
#define MIN_GROWTH 15.0		/* goroutines: fewer more of them are never loud */

/* Growth of a count against all goroutines of the baseline, damped while it is small in absolute numbers. */
static double growth(double base, double cur, double all)
{
	double d = cur - base;

	return d / fmax(all, 20) * fmin(1, fabs(d) / MIN_GROWTH);
}

static struct signal count_signal(struct pass *p, const char *name, const char *what, double base, double cur, double all, double tests, int64_t cluster)
{
	struct signal s = SIGNAL(name, "goroutine");

	s.base = p->design == DESIGN_SNAPSHOT ? NAN : base;
	s.cur = cur;
	s.unit = "goroutines";
	s.p = p->design == DESIGN_SNAPSHOT ? NAN : fmin(1, goroutines_growth_p(p, base, cur) * tests);
	signal_loud(&s, growth(base, cur, all), LOUD_GROWTH, s.p);
	s.cluster = cluster;
	s.why = signal_told(p, what, base, cur, "count");
	return s;
}

static int put_count(struct pass *p, const char *name, const char *what, double base, double cur, double all, double tests,
		     int64_t cluster, struct err *err)
{
	struct signal s = count_signal(p, name, what, base, cur, all, tests, cluster);

	return signal_put(p, &s, err);
}

static int put_total(struct pass *p, const struct gostacks *g, struct err *err)
{
	struct change c = { .metric = "goroutines", .scope = "total", .stat = "level", .unit = "goroutines", .test = "level",
		.family = STORE_NULL, .subject = STORE_NULL, .line = STORE_NULL, .base = p->design == DESIGN_SNAPSHOT ? NAN : g->all[BASE], .cur = g->all[CUR],
		.delta = p->design == DESIGN_SNAPSHOT ? NAN : g->all[CUR] - g->all[BASE], .p = goroutines_growth_p(p, g->all[BASE], g->all[CUR]), .lo = NAN, .hi = NAN,
		.smallest = rates_mde(sqrt(2) * p->tau[TAU_goroutines] * p->tau_scale, CHANGE_Q, .8), .n_base = (int64_t)g->n_side[BASE], .n_cur = (int64_t)g->n_side[CUR] };

	c.q = c.p;
	c.status = change_status(p, &c, fmax(c.base, c.cur));
	return change_put(p, &c, NULL, err);
}

struct trend {
	double growth, se, p, start;	/* goroutines over the time of one process's dumps */
	size_t n;
	int64_t instance;
	int processes;			/* of the side, with dumps enough for a trend */
};

static bool monotone(const double *y, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (y[i] == y[i - 1] || (y[i] > y[i - 1]) != (y[1] > y[0]))
			return false;
	return true;
}

/* The dumps of one process on a side (SIDES: on both). */
static int trend_of(struct pass *p, const struct gostacks *g, enum side side, int64_t instance, struct trend *r, struct err *err)
{
	double *t = arena_array(&p->mem, double, g->n_dumps + 1), *y = arena_array(&p->mem, double, g->n_dumps + 1);
	struct trend_sen sen;
	struct trend_mk mk;
	int rc;

	*r = (struct trend){ .growth = NAN, .p = NAN, .se = NAN, .instance = instance };
	if (!t || !y)
		return err_nomem(err);
	for (size_t d = 0; d < g->n_dumps; d++) {
		if ((side != SIDES && g->dump[d].side != side) || g->dump[d].instance != instance || g->dump[d].t == STORE_NULL)
			continue;
		t[r->n] = (double)(g->dump[d].t - g->dump[0].t) * 1e-9;
		for (size_t i = 0; i < g->n; i++)
			y[r->n] += g->stack[i].count[d];
		r->n++;
	}
	if (r->n < 3)
		return 0;
	rc = trend_theil_sen(t, y, r->n, .05, &sen, err);
	if (!rc)
		rc = trend_mann_kendall(y, r->n, &mk, err);
	if (rc)
		return rc;
	r->growth = sen.slope * (t[r->n - 1] - t[0]);
	r->start = fmax(1, y[0]);
	r->se = fmax(isfinite(sen.se) ? sen.se * (t[r->n - 1] - t[0]) : 0, sqrt(BURSTS * r->start));
	/* Three dumps that rise give a rank test no room (p .3): there the size speaks, against the noise of two counts. */
	r->p = monotone(y, r->n) ? fmin(mk.p, dist_normal_p2(r->growth / (sqrt(2) * r->se))) : mk.p;
	return 0;
}

/* The process of a side whose goroutines grew most: one that leaks among several must not drown in the others. */
static int most_growth(struct pass *p, const struct gostacks *g, enum side side, struct trend *most, struct err *err)
{
	int processes = 0, rc = 0;

	*most = (struct trend){ .growth = NAN, .p = NAN, .se = NAN, .instance = STORE_NULL };
	for (size_t d = 0; !rc && d < g->n_dumps; d++) {
		struct trend r;
		bool seen = side != SIDES && g->dump[d].side != side;

		for (size_t e = 0; e < d && !seen; e++)
			seen = g->dump[e].instance == g->dump[d].instance && (side == SIDES || g->dump[e].side == side);
		if (seen)
			continue;
		rc = trend_of(p, g, side, g->dump[d].instance, &r, err);
		if (rc || isnan(r.growth))
			continue;
		processes++;
		if (!(most->growth >= r.growth))
			*most = r;
	}
	most->processes = processes;
	return rc;
}

static int put_slope(struct pass *p, const struct gostacks *g, struct err *err)
{
	struct signal s = SIGNAL("goroutines.slope", "goroutine");
	struct trend r[SIDES] = { { .growth = NAN, .p = NAN, .se = NAN } };
	double delta, base, z;
	bool whole = p->design == DESIGN_EARLY_LATE;	/* one run: its trend over all its time, against standing still */
	const char *what;
	int rc = whole ? 0 : most_growth(p, g, BASE, &r[BASE], err);

	if (!rc)
		rc = most_growth(p, g, whole ? SIDES : CUR, &r[CUR], err);
	if (rc || isnan(r[CUR].growth))
		return rc;
	base = isnan(r[BASE].growth) ? 0 : r[BASE].growth;
	delta = r[CUR].growth - base;
	z = delta / sqrt(r[CUR].se * r[CUR].se + (isnan(r[BASE].se) ? 0 : r[BASE].se * r[BASE].se));
	s.base = base;
	s.cur = r[CUR].growth;
	s.unit = "goroutines";
	/* The trend of the side that grew must be one, and the sides must differ: with five dumps no rank test says more than .03. The choice
	 * of one process among several is paid by the normal test, which has the room. */
	s.p = fmin(1, dist_normal_p2(z) * r[CUR].processes);
	s.p = fmax(s.p, delta > 0 ? r[CUR].p : isnan(r[BASE].p) ? 1 : r[BASE].p);
	signal_loud(&s, growth(0, delta, fmax(g->all[BASE], r[CUR].start)), LOUD_GROWTH, s.p);
	rc = signal_of_process(p, "goroutines grew during the steady phase by", r[CUR].instance, r[CUR].processes, &what, err);
	s.why = rc ? NULL : signal_told(p, what, base, r[CUR].growth, "count");
	return rc ? rc : signal_put(p, &s, err);
}

static int put_cluster_growth(struct pass *p, const struct tree *t, const struct gostacks *g, const struct goclusters *c, struct err *err)
{
	const struct gostack *best = NULL;
	struct str name;
	char what[700];
	uint32_t top;

	for (size_t i = 0; i < g->n; i++) {
		const struct gostack *s = &g->stack[i];

		if (!best || fabs(s->mean[CUR] - s->mean[BASE]) > fabs(best->mean[CUR] - best->mean[BASE]))
			best = s;
	}
	if (!best)
		return 0;
	top = gostacks_top(best, t);
	name = top ? t->sym[top].name : STR_LIT("an empty stack");
	snprintf(what, sizeof(what), "goroutines a dump in %.*s [%.*s]", (int)(name.n < 300 ? name.n : 300), name.p, (int)best->class.n,
		 best->class.p);
	return put_count(p, "goroutines.cluster_growth", what, best->mean[BASE], best->mean[CUR], g->all[BASE], 10,
			 c->cluster[best->cluster].id, err);
}

/* Who in the program's own code begins them: starters, and for goroutines that a server starts the frame that holds them. */
struct beginner {
	const struct gostack *stack;	/* one that begins so */
	struct str name;
	double mean[SIDES];
};

static int begins_most(struct pass *p, const struct tree *t, const struct gostacks *g, int sign, struct beginner *most, struct err *err)
{
	struct beginner *b = arena_array(&p->mem, struct beginner, g->n + 1);
	struct map names = { 0 };
	int rc = b ? 0 : err_nomem(err);

	*most = (struct beginner){ 0 };
	for (size_t i = 0; !rc && i < g->n; i++) {
		const struct gostack *s = &g->stack[i];
		struct str name = gostacks_starter(s, t).maker;
		bool is_new = false;
		uint32_t k;

		if (!name.n && s->creator && s->path && t->owner[s->path])
			name = t->sym[t->owner[s->path]].name;
		if (!name.n)
			continue;
		k = map_add(&names, name.p, name.n, &is_new);
		if (k == MAP_NONE) {
			rc = err_nomem(err);
			break;
		}
		if (is_new)
			b[k] = (struct beginner){ .stack = s, .name = name };
		for (int side = 0; side < SIDES; side++)
			b[k].mean[side] += s->mean[side];
	}
	for (size_t k = 0; !rc && k < names.n; k++)
		if (k == 0 || sign * (b[k].mean[CUR] - b[k].mean[BASE]) > sign * (most->mean[CUR] - most->mean[BASE]))
			*most = b[k];
	map_free(&names);
	return rc;
}

/* A library's helpers often outnumber what the program began: beside the creator who in its own code did, when that is half of the growth or more. */
static int tell_beginner(struct pass *p, const struct tree *t, const struct gostacks *g, uint32_t creator, double growth, struct buf *what, struct err *err)
{
	struct beginner b;
	int rc = begins_most(p, t, g, growth < 0 ? -1 : 1, &b, err);

	if (rc || !b.stack || (b.mean[CUR] - b.mean[BASE]) / growth < .5 || str_eq(b.name, t->sym[creator].name))
		return rc;
	buf_puts(what, "; begun in the program's own code by ");
	buf_str(what, b.name);
	if (b.stack->creator && !gostacks_starter(b.stack, t).maker.n) {
		buf_puts(what, " below ");
		buf_str(what, t->sym[b.stack->creator].name);
	}
	buf_puts(what, ": ");
	if (p->design != DESIGN_SNAPSHOT) {
		fmt_count(what, b.mean[BASE]);
		buf_puts(what, " -> ");
	}
	fmt_count(what, b.mean[CUR]);
	return 0;
}

static int put_creator_growth(struct pass *p, const struct tree *t, const struct gostacks *g, struct err *err)
{
	double *sum[SIDES];
	struct buf told = { .limit = 1500 };
	struct signal s;
	uint32_t best = 0;
	char what[500];
	int rc;

	for (int side = 0; side < SIDES; side++) {
		sum[side] = arena_array(&p->mem, double, (size_t)t->n_symbols + 1);
		if (!sum[side])
			return err_nomem(err);
		for (size_t i = 0; i < g->n; i++)
			sum[side][g->stack[i].creator] += g->stack[i].mean[side];
	}
	for (uint32_t i = 1; i <= t->n_symbols; i++) {
		double d = fabs(sum[CUR][i] - sum[BASE][i]), b = best ? fabs(sum[CUR][best] - sum[BASE][best]) : 0;

		if (d > b)
			best = i;
	}
	if (!best)
		return 0;
	snprintf(what, sizeof(what), "goroutines a dump created by %.*s", (int)(t->sym[best].name.n < 300 ? t->sym[best].name.n : 300),
		 t->sym[best].name.p);
	s = count_signal(p, "goroutines.creator_growth", what, sum[BASE][best], sum[CUR][best], g->all[BASE], 10, STORE_NULL);
	buf_puts(&told, s.why);
	rc = tell_beginner(p, t, g, best, sum[CUR][best] - sum[BASE][best], &told, err);
	if (!rc)
		rc = buf_check(&told, err);
	s.why = rc ? NULL : arena_strndup(&p->mem, told.data, told.len);
	buf_free(&told);
	if (!rc && !s.why)
		rc = err_nomem(err);
	return rc ? rc : signal_put(p, &s, err);
}

/* One signal a wait class: goroutines.class.<class>. */
static int put_classes(struct pass *p, const struct gostacks *g, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < g->n; i++) {
		double sum[SIDES] = { 0 };
		char name[80], what[80];
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = str_eq(g->stack[j].class, g->stack[i].class);
		if (seen)
			continue;
		for (size_t j = i; j < g->n; j++)
			for (int s = 0; s < SIDES; s++)
				if (str_eq(g->stack[j].class, g->stack[i].class))
					sum[s] += g->stack[j].mean[s];
		snprintf(name, sizeof(name), "goroutines.class.%.*s", (int)g->stack[i].class.n, g->stack[i].class.p);
		snprintf(what, sizeof(what), "goroutines a dump in class %.*s", (int)g->stack[i].class.n, g->stack[i].class.p);
		rc = put_count(p, name, what, sum[BASE], sum[CUR], g->all[BASE], 5, STORE_NULL, err);
	}
	return rc;
}

/* A class that causes.ini asks for and no goroutine was in is measured: none, on both sides. */
static int put_empty_classes(struct pass *p, const struct gostacks *g, struct err *err)
{
	static const char prefix[] = "goroutines.class.";
	int rc = 0;

	for (size_t i = 0; !rc && i < analyze_catalogue_count(p->cat); i++) {
		const struct cause_spec *c = catalogue_spec(p->cat, i);

		for (size_t k = 0; !rc && k < c->n_signals; k++) {
			const char *name = c->signal[k].name;
			bool seen = strncmp(name, prefix, sizeof(prefix) - 1) != 0;
			char what[80];

			for (size_t j = 0; j < g->n && !seen; j++)
				seen = str_is(g->stack[j].class, name + sizeof(prefix) - 1);
			if (seen)
				continue;
			snprintf(what, sizeof(what), "goroutines a dump in class %s", name + sizeof(prefix) - 1);
			rc = put_count(p, name, what, 0, 0, g->all[BASE], 5, STORE_NULL, err);
		}
	}
	return rc;
}

static int put_shape(struct pass *p, const struct gostacks *g, const struct goclusters *c, struct err *err)
{
	double *base = arena_array(&p->mem, double, c->k), *cur = arena_array(&p->mem, double, c->k), jsd;
	bool *current = arena_array(&p->mem, bool, g->n_dumps + 1);
	struct permute perm = { .p = NAN };
	struct signal s = SIGNAL("goroutines.entropy", "goroutine");
	int rc = 0;

	if (!base || !cur || !current)
		return err_nomem(err);
	for (size_t k = 0; k < c->k; k++) {
		base[k] = c->cluster[k].mean[BASE];
		cur[k] = c->cluster[k].mean[CUR];
	}
	for (size_t d = 0; d < g->n_dumps; d++)
		current[d] = g->dump[d].side == CUR;
	if (g->n_side[BASE] && g->n_side[CUR])
		rc = agree_permute(c->count, g->n_dumps, c->k, current, AGREE_ENTROPY, &perm, err);
	if (rc)
		return rc;
	s.base = g->n_side[BASE] ? agree_entropy_normalised(base, c->k) : NAN;
	s.cur = agree_entropy_normalised(cur, c->k);
	s.unit = "ratio";
	s.p = perm.p;
	signal_loud(&s, isnan(s.base) ? 0 : s.cur - s.base, .3, s.p);
	s.why = signal_told(p, "spread of goroutines over clusters (normalised entropy)", s.base, s.cur, "count");
	rc = signal_put(p, &s, err);
	jsd = agree_jsd(base, cur, c->k, NULL);
	if (rc || isnan(jsd))
		return rc;
	rc = agree_permute(c->count, g->n_dumps, c->k, current, AGREE_JSD, &perm, err);
	s = SIGNAL("goroutines.jsd", "goroutine");
	s.base = 0;
	s.cur = jsd;
	s.unit = "bits";
	s.p = perm.p;
	signal_loud(&s, jsd, .2, perm.p);
	s.why = "distance of the two sides' distributions over clusters (Jensen-Shannon)";
	return rc ? rc : signal_put(p, &s, err);
}

static int put_waits(struct pass *p, const struct gostacks *g, struct err *err)
{
	struct signal s = SIGNAL("goroutines.wait_p90", "goroutine");
	double waiting = 0, all = 0;

	for (size_t i = 0; i < g->n; i++) {
		all += g->stack[i].mean[CUR];
		if (g->stack[i].wait_max >= 1 && g->stack[i].mean[CUR] > g->stack[i].mean[BASE] + 1)
			waiting += g->stack[i].mean[CUR] - g->stack[i].mean[BASE];
	}
	s.base = 0;
	s.cur = waiting;
	s.unit = "goroutines";
	signal_loud(&s, growth(0, waiting, g->all[BASE]), LOUD_GROWTH, NAN);
	s.why = signal_told(p, "additional goroutines that waited a minute or longer", 0, waiting, "count");
	return all > 0 ? signal_put(p, &s, err) : 0;
}

/* Goroutines that the runtime itself found unreachable: goroutineleak profiles, and dumps that say (leaked). */
static int put_leaked(struct pass *p, struct err *err)
{
	static const char sql[] =
		"SELECT sum(n) * 1.0 / count(*), max(tells) FROM (SELECT f.id, sum(CASE WHEN g.leaked THEN g.count ELSE 0 END) AS n,"
		"  max(g.leaked) OR max(EXISTS (SELECT 1 FROM measure m WHERE m.profile = f.id AND m.metric = 'goroutineleak')) AS tells FROM profile f"
		"  LEFT JOIN gogroup g ON g.profile = f.id WHERE EXISTS (SELECT 1 FROM slice l JOIN stretch t ON t.id = l.stretch JOIN measure m ON m.id = l.measure"
		"   WHERE m.profile = f.id AND l.used = 1 AND t.side = ? AND m.metric IN ('goroutine', 'goroutineleak')) GROUP BY f.id) WHERE tells";
	double mean[SIDES] = { NAN, NAN };
	struct stmt *q;
	int rc = 0;

	for (int s = 0; !rc && s < SIDES; s++) {
		rc = store_query(p->st, &q, err, sql, "s", side_name[s]);
		if (rc)
			return rc;
		if (store_next(q, err) && !stmt_null(q, 0))
			mean[s] = stmt_real(q, 0);
		rc = store_end(q, err);
	}
	if (rc || isnan(mean[CUR]))
		return rc;
	return put_count(p, "goroutines.leaked", "goroutines the runtime found leaked", isnan(mean[BASE]) ? 0 : mean[BASE], mean[CUR], 20, 1, STORE_NULL, err);
}

int goroutine_signals(struct pass *p, const struct tree *t, const struct gostacks *g, const struct goclusters *c, struct err *err)
{
	int rc = put_total(p, g, err);

	if (!rc)
		rc = put_slope(p, g, err);
	if (!rc)
		rc = put_cluster_growth(p, t, g, c, err);
	if (!rc)
		rc = put_creator_growth(p, t, g, err);
	if (!rc)
		rc = put_classes(p, g, err);
	if (!rc)
		rc = put_empty_classes(p, g, err);
	if (!rc)
		rc = put_shape(p, g, c, err);
	if (!rc)
		rc = put_leaked(p, err);
	return rc ? rc : put_waits(p, g, err);
}
