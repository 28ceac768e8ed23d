// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * signatures.c - frame signatures of causes.ini become signals
 *
 * sig.<cause>.<name> is the share of a metric's cost, or the number of goroutines, in stacks with a frame whose name matches. What
 * is waited is measured against the median latency: most blocked time is that of idle workers, and a share of it tells nothing. Of several kinds of waiting
 * that grew, each is as loud as its growth is to the largest: who waits for a lock that is held across a call waits for the call. A regular
 * expression meets each symbol once; a path matches when it or an ancestor does, so one loop downward marks the tree for
 * up to 64 signatures of a metric at a time.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/catalogue.h"
#include "analyze/cube.h"
#include "analyze/goroutines.h"
#include "analyze/handlers.h"
#include "analyze/math/dist.h"
#include "analyze/math/ratio.h"
#include "analyze/signal.h"
#include "analyze/signature_match.h"
#include "core/fmt.h"

#define PHI 1.5
#define WAIT_FLOOR .2		/* of the median latency */
#define MIN_EVENTS 50
#define SKEW 3
#define MAX_BITS 64

struct signature {
	const struct cause_frames *f;
	struct ratio_window *window[SIDES];
	size_t n[SIDES];
	double events[SIDES];		/* counts as the profile has them, scaled where it scales */
	double grown;			/* what each request or second costs more */
};

/* Sums of each signature over the paths that are marked with its bit. */
struct bits { const uint64_t *of_path; double amount[MAX_BITS], count[MAX_BITS]; };

static void add_path(void *to, uint32_t path, double amount, double count)
{
	struct bits *b = to;

	for (uint64_t m = b->of_path[path]; m; m &= m - 1) {
		b->amount[__builtin_ctzll(m)] += amount;
		b->count[__builtin_ctzll(m)] += count;
	}
}

/* What a slice's cost is divided by. */
static double exposure_of(const struct cause_frames *f, const struct cube_slice *sl)
{
	return f->kind == FRAMES_CLOCKED && sl->seconds > 0 ? sl->seconds : sl->exposure;
}

static void side_shares(const struct signature *g, const struct cube *c, double share[SIDES], double cost[SIDES], double *whole)
{
	double total[SIDES] = { 0 }, part[SIDES] = { 0 }, exposure[SIDES] = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		total[c->slice[i].side] += c->slice[i].total;
		exposure[c->slice[i].side] += exposure_of(g->f, &c->slice[i]);
	}
	*whole = 0;
	for (int s = 0; s < SIDES; s++) {
		for (size_t i = 0; i < g->n[s]; i++)
			part[s] += g->window[s][i].amount;
		share[s] = total[s] > 0 ? part[s] / total[s] : NAN;
		cost[s] = exposure[s] > 0 ? part[s] / exposure[s] : NAN;
		*whole = fmax(*whole, exposure[s] > 0 ? total[s] / exposure[s] : 0);
	}
}

static const char *sentence(struct pass *p, const struct cause_frames *f, double base, double cur)
{
	struct buf b = { .limit = 200 };
	char *s;

	buf_printf(&b, "share of %s in stacks with %s: ", f->metric, strrchr(f->name, '.') + 1);
	fmt_percent(&b, base);
	buf_puts(&b, " -> ");
	fmt_percent(&b, cur);
	s = arena_buf(&p->mem, &b);
	buf_free(&b);
	return s;
}

static bool is_wait(const char *metric)
{
	return strcmp(metric, "block") == 0 || strcmp(metric, "mutex") == 0;
}

/* Median latency of the baseline, NaN when no load report tells it. */
static int median_latency(struct pass *p, double *ns, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, "SELECT base FROM change WHERE metric = 'latency_p50' AND scope = 'series' AND base > 0", "");

	*ns = NAN;
	if (rc)
		return rc;
	if (store_next(q, err))
		*ns = stmt_real(q, 0);
	return store_end(q, err);
}

/* The spread between runs of what matching stacks cost. */
static double spread(const struct pass *p, const char *metric)
{
	bool bytes = strcmp(metric, "alloc") == 0 || strcmp(metric, "inuse") == 0;

	return p->tau[is_wait(metric) ? TAU_signature_wait : bytes ? TAU_signature_bytes : TAU_signature];
}

/*
 * What is waited varies by orders of magnitude where little is waited: a queue that is short is empty the next time. So both sides get a
 * share of the latency added before they are compared, and beyond that vary little.
 */
static double wait_p(const struct signature *g, const double cost[SIDES], double latency, double tau)
{
	double least = WAIT_FLOOR * latency, v = 2 * tau * tau;

	for (int s = 0; s < SIDES; s++) {
		double events = 0;

		for (size_t i = 0; i < g->n[s]; i++)
			events += g->window[s][i].count;
		v += PHI / fmax(1, events) * pow(cost[s] / (cost[s] + least), 2);
	}
	return dist_normal_p2(log((cost[CUR] + least) / (cost[BASE] + least)) / sqrt(v));
}

/* How much of the largest growth this one is. */
static double part_of(double grown, double most)
{
	return grown > 0 && most > 0 ? grown / most : 1;
}

/*
 * Of the events of a wait profile, such as calls to a peer: the mean wait of one, which is longer however often it is called, or how many there are for
 * each unit of work. Waits are skewed, so each event is worth a third of one to a mean; few tell nothing.
 */
static int put_events(struct pass *p, const struct signature *g, const struct cube *c, double most, struct err *err)
{
	bool often = g->f->kind == FRAMES_OFTEN;
	struct signal s = SIGNAL(g->f->name, g->f->metric);
	double waited[SIDES] = { 0 }, work[SIDES] = { 0 }, tau = p->tau[often ? TAU_signature_often : TAU_signature_each], skew = often ? 1 : SKEW;
	const double *events = g->events;
	char what[200];

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < g->n[side]; i++) {
			waited[side] += g->window[side][i].amount;
			work[side] += g->window[side][i].exposure;
		}
	if (events[CUR] < MIN_EVENTS || events[BASE] < MIN_EVENTS || !(waited[BASE] > 0 && waited[CUR] > 0 && work[BASE] > 0 && work[CUR] > 0) || c->share)
		return 0;
	s.base = often ? events[BASE] / work[BASE] : waited[BASE] / events[BASE];
	s.cur = often ? events[CUR] / work[CUR] : waited[CUR] / events[CUR];
	s.unit = often ? "count" : "ns";
	s.p = dist_normal_p2(log(s.cur / s.base) / sqrt(skew / events[BASE] + skew / events[CUR] + 2 * tau * tau));
	signal_loud(&s, log(s.cur / s.base) * (often ? 1 : part_of(g->grown, most)), g->f->loud, s.p);
	snprintf(what, sizeof(what), "%s in stacks with %s",
		 !often ? "mean wait of each call" : p->per_request ? "calls a request that wait" : "calls a second that wait", strrchr(g->f->name, '.') + 1);
	s.why = signal_told(p, what, s.base, s.cur, s.unit);
	return s.why ? signal_put(p, &s, err) : err_nomem(err);
}

/* Waits that need not be there at all, such as that between two attempts: how many more there are for each unit of work, from none on. */
static int put_times(struct pass *p, const struct signature *g, const struct cube *c, struct err *err)
{
	struct signal s = SIGNAL(g->f->name, g->f->metric);
	double work[SIDES] = { 0 }, tau = p->tau[TAU_signature_wait], var;
	char what[200];

	for (int side = 0; side < SIDES; side++)
		for (size_t i = 0; i < g->n[side]; i++)
			work[side] += g->window[side][i].exposure;
	if (!(work[BASE] > 0 && work[CUR] > 0) || c->share)
		return 0;
	s.base = g->events[BASE] / work[BASE];
	s.cur = g->events[CUR] / work[CUR];
	s.unit = "count";
	var = PHI * (g->events[BASE] / (work[BASE] * work[BASE]) + g->events[CUR] / (work[CUR] * work[CUR])) + tau * tau * (s.base * s.base + s.cur * s.cur);
	s.p = var > 0 ? dist_normal_p2((s.cur - s.base) / sqrt(var)) : 1;
	signal_loud(&s, g->events[BASE] + g->events[CUR] >= MIN_EVENTS ? s.cur - s.base : 0, g->f->loud, s.p);
	snprintf(what, sizeof(what), p->per_request ? "waits a request in stacks with %s" : "waits a second in stacks with %s", strrchr(g->f->name, '.') + 1);
	s.why = signal_told(p, what, s.base, s.cur, s.unit);
	return s.why ? signal_put(p, &s, err) : err_nomem(err);
}

static int put_cost(struct pass *p, const struct signature *g, const struct cube *c, double latency, double most, struct err *err)
{
	bool several = p->n_runs[BASE] > 1 && p->n_runs[CUR] > 1, wait = is_wait(c->metric) && p->per_request && isfinite(latency);
	struct ratio_opts o = { .kind = RATIO_COST, .tau = spread(p, c->metric), .phi = PHI, .late = c->late, .uneven = is_wait(c->metric) };
	struct signal s = SIGNAL(g->f->name, strcmp(c->metric, "alloc") == 0 || strcmp(c->metric, "inuse") == 0 ? "heap" : c->metric);
	struct ratio_test t;
	double share[SIDES], cost[SIDES], whole;
	int rc;

	if (g->f->kind == FRAMES_EACH || g->f->kind == FRAMES_OFTEN)
		return put_events(p, g, c, most, err);
	if (g->f->kind == FRAMES_TIMES)
		return put_times(p, g, c, err);
	rc = ratio_test(g->window[BASE], g->n[BASE], g->window[CUR], g->n[CUR], &o, &t, err);
	if (rc)
		return rc;
	side_shares(g, c, share, cost, &whole);
	s.p = t.p;
	if (wait) {
		whole = fmin(whole, latency);
		if (!several)
			s.p = wait_p(g, cost, latency, spread(p, c->metric));
	}
	s.base = share[BASE];
	s.cur = share[CUR];
	s.unit = "ratio";
	/* Quiet on both sides: measured, and nothing there. */
	signal_loud(&s, cost[BASE] > 0 || cost[CUR] > 0 ? (cost[CUR] - cost[BASE]) / whole : 0, g->f->loud, s.p);
	if (wait && s.size > 0) {
		s.size *= part_of(g->grown, most);
		s.value *= part_of(g->grown, most);
	}
	if (isnan(s.value))
		s.value = 0;
	s.why = sentence(p, g->f, s.base, s.cur);
	return signal_put(p, &s, err);
}

/*
 * An empty profile of waits on both sides: its rate was never set (0 is the default), so it is no measurement of silence. Every program that serves
 * blocks somewhere; one whose locks are never waited for cannot be told from one that does not look.
 */
static bool is_off(const struct cube *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->slice[i].total_count > 0)
			return false;
	return is_wait(c->metric);
}

/* All cost signatures of one metric. */
static int cost_signatures(struct pass *p, const struct tree *t, struct signature *g, size_t n, struct err *err)
{
	uint64_t *symbols = arena_array(&p->mem, uint64_t, (size_t)t->n_symbols + 1);
	uint64_t *paths = arena_array(&p->mem, uint64_t, (size_t)t->n_paths + 1);
	struct cube c;
	double latency, most = 0;
	int rc;

	if (!symbols || !paths)
		return err_nomem(err);
	rc = cube_load(&c, p, t, g[0].f->metric, err);
	if (rc || !c.n || is_off(&c) || (p->design != DESIGN_SNAPSHOT && (!c.n_side[BASE] || !c.n_side[CUR])))
		return rc;
	for (size_t i = 0; !rc && i < n; i++)
		rc = signature_symbols(g[i].f, t, UINT64_C(1) << i, symbols, err);
	signature_paths(t, symbols, paths);
	for (size_t i = 0; !rc && i < n; i++)
		for (int s = 0; s < SIDES; s++) {
			g[i].window[s] = arena_array(&p->mem, struct ratio_window, c.n + 1);
			if (!g[i].window[s])
				rc = err_nomem(err);
		}
	for (size_t s = 0; !rc && s < c.n; s++) {
		struct bits b = { .of_path = paths };
		const struct cube_slice *sl = &c.slice[s];

		cube_paths(sl, add_path, &b);
		for (size_t i = 0; i < n; i++) {
			g[i].events[sl->side] += fmax(0, b.count[i]);
			g[i].window[sl->side][g[i].n[sl->side]++] = (struct ratio_window){
				.run = (uint32_t)(p->n_runs[BASE] > 1 && p->n_runs[CUR] > 1 ? sl->run : sl->instance),
				.count = fmax(0, cube_raw(&c, p, b.count[i], b.amount[i])), .amount = fmax(0, b.amount[i]),
				.exposure = exposure_of(g[i].f, sl) };
		}
	}
	if (!rc)
		rc = median_latency(p, &latency, err);
	for (size_t i = 0; !rc && i < n; i++) {
		double share[SIDES], cost[SIDES], whole;

		side_shares(&g[i], &c, share, cost, &whole);
		g[i].grown = cost[CUR] - cost[BASE];
		if (strncmp(g[i].f->name, "sig.", 4) == 0)
			most = fmax(most, g[i].grown);
	}
	for (size_t i = 0; !rc && i < n; i++)
		rc = put_cost(p, &g[i], &c, latency, is_wait(c.metric) ? most : 0, err);
	return rc;
}

static int goroutine_signature(struct pass *p, const struct tree *t, const struct gostacks *g, const struct handlers *h,
			       const struct cause_frames *f, struct err *err)
{
	uint64_t *symbols = arena_array(&p->mem, uint64_t, (size_t)t->n_symbols + 1);
	uint64_t *paths = arena_array(&p->mem, uint64_t, (size_t)t->n_paths + 1);
	struct signal s = SIGNAL(f->name, "goroutine");
	char what[200];
	double d, n[SIDES] = { 0 };
	int rc;

	if (!symbols || !paths)
		return err_nomem(err);
	rc = signature_symbols(f, t, 1, symbols, err);
	if (rc)
		return rc;
	signature_paths(t, symbols, paths);
	for (size_t i = 0; i < g->n; i++)
		for (int side = 0; side < SIDES; side++)
			if (paths[g->stack[i].path] && (f->kind != FRAMES_SERVED || h->serves[g->stack[i].path]))
				n[side] += g->stack[i].mean[side];
	s.base = n[BASE];
	s.cur = n[CUR];
	s.unit = "goroutines";
	s.p = goroutines_growth_p(p, n[BASE], n[CUR]);
	d = n[CUR] - n[BASE];
	signal_loud(&s, d, f->loud, s.p);
	snprintf(what, sizeof(what), "goroutines a dump in stacks with %s", strrchr(f->name, '.') + 1);
	s.why = signal_told(p, what, s.base, s.cur, "count");
	return signal_put(p, &s, err);
}

int pass_signatures(struct pass *p, struct err *err)
{
	static const char *const metrics[] = { "cpu", "alloc", "inuse", "mutex", "block", "wall" };
	struct gostacks g = { 0 };
	struct handlers h = { 0 };
	struct tree t = { 0 };
	int rc = tree_load(&t, p, err);

	if (!rc)
		rc = gostacks_load(&g, p, &t, err);
	if (!rc)
		rc = handlers_find(&h, p, &t, err);
	for (size_t m = 0; !rc && m < sizeof(metrics) / sizeof(metrics[0]); m++) {
		struct signature sig[MAX_BITS] = { 0 };
		size_t n = 0;

		for (size_t i = 0; i < analyze_catalogue_count(p->cat); i++) {
			const struct cause_spec *c = catalogue_spec(p->cat, i);

			for (size_t k = 0; k < c->n_frames && n < MAX_BITS; k++)
				if (strcmp(c->frames[k].metric, metrics[m]) == 0)
					sig[n++].f = &c->frames[k];
		}
		if (n)
			rc = cost_signatures(p, &t, sig, n, err);
	}
	for (size_t i = 0; !rc && g.n && i < analyze_catalogue_count(p->cat); i++) {
		const struct cause_spec *c = catalogue_spec(p->cat, i);

		for (size_t k = 0; !rc && k < c->n_frames; k++)
			if (strcmp(c->frames[k].metric, "goroutine") == 0)
				rc = goroutine_signature(p, &t, &g, &h, &c->frames[k], err);
	}
	return rc;
}
