// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * mix.c - another mix of requests, read off the profiles when no load report tells the endpoints
 *
 * Every stack belongs to an entry (handlers.h). A fault makes its own entry dearer; another mix makes some entries dearer per request and others cheaper. So what both directions have in common, the
 * smaller of the two sums, is the mix. Allocated bytes are asked first: a request allocates much the same on a busy machine and on a quiet one.
 */
#include <math.h>

#include "analyze/cube.h"
#include "analyze/handlers.h"
#include "analyze/math/ratio.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD_MIX .10		/* of the whole cost, in either direction */
#define MIX_P .05		/* an entry that changed */
#define ENTRY_MIN .02		/* of the whole: smaller entries are not asked */
#define PHI 1.5

struct entries {
	struct handlers h;
	double *amount, *count;		/* by slice and symbol */
	size_t width, slice;		/* slice: the one that is added */
};

struct mix {
	double up, down, whole;		/* cost per unit of work */
	double p_up, p_down;
	uint32_t most_up, most_down;
	double d_up, d_down;
};

static void add_path(void *to, uint32_t path, double amount, double count)
{
	struct entries *e = to;
	size_t at = e->slice * e->width + e->h.entry[path];

	e->amount[at] += amount;
	e->count[at] += count;
}

static int sum_entries(struct entries *e, struct pass *p, const struct cube *c, struct err *err)
{
	e->width = (size_t)c->n_symbols + 1;
	e->amount = arena_array(&p->mem, double, c->n * e->width);
	e->count = arena_array(&p->mem, double, c->n * e->width);
	if (!e->amount || !e->count)
		return err_nomem(err);
	for (e->slice = 0; e->slice < c->n; e->slice++)
		cube_paths(&c->slice[e->slice], add_path, e);
	return 0;
}

static int ask_entry(struct mix *m, struct pass *p, const struct entries *e, const struct cube *c, uint32_t symbol, enum tau tau, struct err *err)
{
	struct ratio_opts o = { .kind = RATIO_COST, .tau = p->tau[tau], .phi = PHI, .late = c->late };
	struct ratio_window *w[SIDES];
	struct ratio_test r;
	size_t n[SIDES] = { 0 };
	double d;
	int rc;

	for (int s = 0; s < SIDES; s++)
		if (!(w[s] = arena_array(&p->mem, struct ratio_window, c->n + 1)))
			return err_nomem(err);
	for (size_t s = 0; s < c->n; s++) {
		const struct cube_slice *sl = &c->slice[s];
		double amount = e->amount[s * e->width + symbol], count = e->count[s * e->width + symbol];

		w[sl->side][n[sl->side]++] = (struct ratio_window){
			.run = (uint32_t)(p->n_runs[BASE] > 1 && p->n_runs[CUR] > 1 ? sl->run : sl->instance),
			.count = fmax(0, cube_raw(c, p, count, amount)), .amount = fmax(0, amount), .exposure = sl->exposure };
	}
	rc = ratio_test(w[BASE], n[BASE], w[CUR], n[CUR], &o, &r, err);
	d = r.cur - r.base;
	if (rc || !(r.p <= MIX_P) || !(fmax(r.base, r.cur) >= ENTRY_MIN * m->whole))
		return rc;
	if (d > 0) {
		m->up += d;
		m->p_up = fmin(m->p_up, r.p);
		if (d > m->d_up) {
			m->d_up = d;
			m->most_up = symbol;
		}
	} else {
		m->down -= d;
		m->p_down = fmin(m->p_down, r.p);
		if (-d > m->d_down) {
			m->d_down = -d;
			m->most_down = symbol;
		}
	}
	return 0;
}

static double whole(const struct cube *c)
{
	double total[SIDES] = { 0 }, exposure[SIDES] = { 0 };

	for (size_t i = 0; i < c->n; i++) {
		total[c->slice[i].side] += c->slice[i].total;
		exposure[c->slice[i].side] += c->slice[i].exposure;
	}
	return fmax(exposure[BASE] > 0 ? total[BASE] / exposure[BASE] : 0, exposure[CUR] > 0 ? total[CUR] / exposure[CUR] : 0);
}

static int put_mix(struct pass *p, const struct tree *t, const struct mix *m, const char *metric, struct err *err)
{
	struct signal s = SIGNAL("load.mix", "load");
	double common = fmin(m->up, m->down);
	struct buf b = { .limit = 900 };
	int rc;

	s.value = s.size = 0;
	s.base = 0;
	s.cur = m->whole > 0 ? common / m->whole : 0;
	s.unit = "ratio";
	buf_puts(&b, "no kind of request got cheaper while another got dearer");
	if (m->most_up && m->most_down) {
		const struct str up = t->sym[m->most_up].name, down = t->sym[m->most_down].name;

		s.p = fmax(m->p_up, m->p_down);
		signal_loud(&s, s.cur, LOUD_MIX, s.p);
		buf_free(&b);
		buf_printf(&b, "share of %s per request that moved between kinds of requests: ", metric);
		fmt_percent(&b, s.cur);
		buf_printf(&b, ", from %.*s to %.*s", (int)(down.n < 200 ? down.n : 200), down.p, (int)(up.n < 200 ? up.n : 200), up.p);
	}
	s.why = b.data;
	rc = s.why ? signal_put(p, &s, err) : err_nomem(err);
	buf_free(&b);
	return rc;
}

static int mix_of(struct pass *p, const struct tree *t, struct entries *e, const char *metric, enum tau tau, bool *told, struct err *err)
{
	struct mix m = { .p_up = 1, .p_down = 1 };
	struct cube c;
	int rc = cube_load(&c, p, t, metric, err);

	if (rc || !c.n_side[BASE] || !c.n_side[CUR])
		return rc;
	m.whole = whole(&c);
	rc = sum_entries(e, p, &c, err);
	for (uint32_t y = 1; !rc && y <= t->n_symbols; y++)
		rc = ask_entry(&m, p, e, &c, y, tau, err);
	*told = true;
	return rc ? rc : put_mix(p, t, &m, metric, err);
}

int pass_mix(struct pass *p, struct err *err)
{
	struct entries e = { 0 };
	struct tree t = { 0 };
	double reported;
	bool told = false;
	int rc = signal_value(p, "load.mix", &reported, err);

	/* What a load report tells is better; without requests a share that fell may be less work of all kinds. */
	if (rc || !isnan(reported) || !p->per_request || p->design == DESIGN_SNAPSHOT)
		return rc;
	rc = tree_load(&t, p, err);
	if (!rc)
		rc = handlers_find(&e.h, p, &t, err);
	if (!rc)
		rc = mix_of(p, &t, &e, "alloc", TAU_alloc_bytes_user, &told, err);
	if (!rc && !told)
		rc = mix_of(p, &t, &e, "cpu", TAU_cpu_user, &told, err);
	return rc;
}
