// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inside.c - how much of the latency is spent outside the process
 *
 * Little's law: requests under way = rate x time inside. Goroutine dumps count the requests under way, the load report tells rate and latency; so
 * time inside is dumps / rate, and what the client sees beyond it is network, accept queue, or the load generator itself. A fault of the
 * program lengthens the time inside; distance lengthens only the other.
 */
#include <math.h>

#include "analyze/goroutines.h"
#include "analyze/gostacks.h"
#include "analyze/handlers.h"
#include "analyze/math/dist.h"
#include "analyze/signal.h"

#define LOUD_OUTSIDE .5		/* of the baseline's median latency */
#define MIN_NS 1e6		/* a growth below a millisecond is the clients' own */
#define MIN_DUMPS 2
#define LOUD_WAITING 12

static int put(struct pass *p, const double inside[SIDES], const double var[SIDES], const double p50[SIDES], struct err *err)
{
	struct signal s = SIGNAL("net.outside", "net");
	double grown, se;

	s.base = fmax(0, p50[BASE] - inside[BASE]);
	s.cur = fmax(0, p50[CUR] - inside[CUR]);
	s.unit = "ns";
	grown = s.cur - s.base;
	/* Counts of requests vary by their root, medians between runs by tau. */
	se = sqrt(var[BASE] + var[CUR] + 2 * pow(p->tau[TAU_latency_p50] * p50[BASE], 2));
	s.p = dist_normal_p2(grown / se);
	signal_loud(&s, fabs(grown) < MIN_NS ? 0 : grown / p50[BASE], LOUD_OUTSIDE, s.p);
	s.why = signal_told(p, "median latency beyond the time inside the process (requests under way / rate)", s.base, s.cur, "ns");
	return s.why ? signal_put(p, &s, err) : err_nomem(err);
}

/* Requests that wait in the program's own code: for a value, a seat, an answer that another goroutine fetches. */
static int put_own_wait(struct pass *p, const struct gostacks *g, const struct handlers *h, const struct tree *t, struct err *err)
{
	struct signal s = SIGNAL("goroutines.own_wait", "goroutine");
	double n[SIDES] = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		const struct gostack *k = &g->stack[i];
		bool waits = str_is(k->class, "select") || str_is(k->class, "chan_recv") || str_is(k->class, "cond");
		uint32_t path = k->path;

		while (path && t->sym[t->symbol[path]].kind == KIND_RUNTIME)
			path = t->parent[path];
		for (int side = 0; side < SIDES && waits && path && h->serves[k->path]; side++)
			n[side] += t->sym[t->symbol[path]].kind == KIND_USER ? k->mean[side] : 0;
	}
	s.base = n[BASE];
	s.cur = n[CUR];
	s.unit = "goroutines";
	s.p = goroutines_growth_p(p, n[BASE], n[CUR]);
	signal_loud(&s, n[CUR] - n[BASE], LOUD_WAITING, s.p);
	s.why = signal_told(p, "requests a dump that wait in the program's own code", s.base, s.cur, "count");
	return s.why ? signal_put(p, &s, err) : err_nomem(err);
}

int pass_inside(struct pass *p, struct err *err)
{
	struct gostacks g = { 0 };
	struct handlers h = { 0 };
	struct tree t = { 0 };
	double rps[SIDES] = { NAN, NAN }, p50[SIDES] = { NAN, NAN }, under_way[SIDES] = { 0 }, inside[SIDES], var[SIDES];
	int rc = tree_load(&t, p, err);

	if (!rc)
		rc = gostacks_load(&g, p, &t, err);
	if (!rc)
		rc = handlers_find(&h, p, &t, err);
	if (rc || p->design == DESIGN_SNAPSHOT || g.n_side[BASE] < MIN_DUMPS || g.n_side[CUR] < MIN_DUMPS)
		return rc;
	rc = put_own_wait(p, &g, &h, &t, err);
	if (!rc)
		rc = signal_sides(p, "load.rps", rps, err);
	if (!rc)
		rc = signal_sides(p, "load.latency_p50", p50, err);
	if (rc || !(rps[BASE] > 0 && rps[CUR] > 0 && p50[BASE] > 0 && p50[CUR] > 0))
		return rc;
	for (size_t i = 0; i < g.n; i++)
		for (int s = 0; s < SIDES; s++)
			if (h.serves[g.stack[i].path])
				under_way[s] += g.stack[i].mean[s];
	if (!(under_way[BASE] > 0))
		return 0;	/* no dispatcher that is known: nothing can be said */
	for (int s = 0; s < SIDES; s++) {
		inside[s] = under_way[s] / rps[s] * 1e9;
		var[s] = fmax(under_way[s], 1) / (double)g.n_side[s] / (rps[s] * rps[s]) * 1e18;
	}
	return put(p, inside, var, p50, err);
}
