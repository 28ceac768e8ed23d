// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * diff_signals.c - what the tested differences say to the causes
 *
 * Which size is "loud" is set here, one line a signal: a change of that size and beyond speaks with full voice if it is significant.
 */
#include <math.h>
#include <stdio.h>

#include "analyze/diff.h"
#include "analyze/math/dist.h"
#include "analyze/math/sampling.h"
#include "analyze/signal.h"
#include "core/fmt.h"

#define LOUD_COST .26		/* ln 1.3: cost per request */
#define LOUD_ALLOC .22		/* ln 1.25 */
#define LOUD_PATH .06		/* of the total, in one user function */
#define LOUD_DELAY 1.1		/* ln 3 */
#define DELAY_FLOOR .02		/* seconds of lock delay a second: below it, no size is loud */
#define LOUD_SITE .15		/* of the heap, by one allocation site during the run */
#define SITE_MIN_BYTES (4 << 20)	/* method 2.7: a smaller growth cannot be told from chance */

/* "CPU per request: 1.24 ms -> 1.61 ms (+29.8 %)" */
static const char *sentence(struct pass *p, const char *what, double base, double cur, const char *unit)
{
	struct buf b = { .limit = 400 };
	char *s;

	buf_printf(&b, "%s: ", what);
	fmt_value(&b, base, unit);
	buf_puts(&b, " -> ");
	fmt_value(&b, cur, unit);
	if (base > 0) {
		buf_puts(&b, " (");
		fmt_change(&b, cur / base - 1);
		buf_puts(&b, ")");
	}
	s = arena_buf(&p->mem, &b);
	buf_free(&b);
	return s;
}

static double ln_ratio(double base, double cur)
{
	if (!(base > 0) && !(cur > 0))
		return 0;
	if (!(base > 0))
		return 10;
	return cur > 0 ? log(cur / base) : -10;
}

static int put_total_signal(struct pass *p, const struct diff_metric *d, const char *name, const char *what, double loud, double damp,
			    struct err *err)
{
	struct signal s = SIGNAL(name, d->m->group);

	s.base = d->total.base;
	s.cur = d->total.cur;
	s.unit = d->unit;
	s.p = d->total.p;
	s.lo = d->total.lo;
	s.hi = d->total.hi;
	s.change = d->total_change;
	signal_loud(&s, ln_ratio(s.base, s.cur) * damp, loud, s.p);
	s.why = sentence(p, what, s.base, s.cur, s.unit);
	return signal_put(p, &s, err);
}

/* The user function whose own cost changed most, among those that are found changed; quiet when there is none. */
static int put_path_signal(struct pass *p, const struct diff_metric *d, const char *name, const char *what, double loud, double damp,
			   struct err *err)
{
	struct signal s = SIGNAL(name, d->m->group);
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT c.id, c.base, c.cur, c.q, y.name FROM change c JOIN symbol y ON y.id = c.subject WHERE c.metric = ?"
			     " AND c.scope = 'symbol' AND c.stat = 'own' AND c.status IN ('up', 'new', 'down', 'gone')"
			     " ORDER BY c.delta > 0 DESC, abs(c.delta) DESC, y.name LIMIT 1", "s", d->id);

	if (rc)
		return rc;
	s.value = 0;
	s.unit = d->unit;
	s.why = "no user function's own cost changed";
	if (store_next(q, err)) {
		struct str symbol = stmt_text(q, 4);
		char label[300];

		snprintf(label, sizeof(label), "%s in %.*s", what, (int)(symbol.n < 200 ? symbol.n : 200), symbol.p);
		s.change = stmt_int(q, 0);
		s.base = stmt_real(q, 1);
		s.cur = stmt_real(q, 2);
		s.p = stmt_real(q, 3);
		signal_loud(&s, (s.cur - s.base) / d->whole * damp, loud, s.p);
		s.why = sentence(p, label, s.base, s.cur, s.unit);
	}
	rc = store_end(q, err);
	return rc ? rc : signal_put(p, &s, err);
}

/*
 * The variance of what grew from bytes a in na objects to b in nb, from objects that come and go also where nothing leaks: twice sqrt n of them by
 * chance, since they come in bursts. It matters where few large ones are the whole, and only as far as there are more of them: a slice that is
 * appended to stays one object, and is a leak.
 */
static double few_objects(double a, double na, double b, double nb)
{
	double of_number = a + b > 0 && b != a ? fabs(nb - na) * ((a + b) / fmax(1, na + nb)) / fabs(b - a) : 1;

	return fmin(1, of_number) * 2 * ((na > 0 ? a * a / na : 0) + (nb > 0 ? b * b / nb : 0));
}

/*
 * What one symbol's live heap grew by from the first to the last snapshot of a side, averaged over its processes. A buffer that is in use at the last
 * snapshot is no growth: of three and more the middle one must lie between, and growth is at most twice that of the smaller half.
 */
struct growth {
	double bytes, se2;
	int chains;
};

/* The snapshots of one process on a side (SIDES: of both), from its first on: the one in the middle and the last. False: s is not the first, or alone. */
static bool chain(const struct cube *c, enum side side, size_t s, size_t *middle, size_t *last)
{
	size_t n = 1, seen = 0;

	*last = *middle = s;
	if (side != SIDES && c->slice[s].side != side)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		if (c->slice[i].instance != c->slice[s].instance || (side != SIDES && c->slice[i].side != side))
			continue;
		if (i < s)
			return false;
		n += i > s;
		*last = i;
	}
	for (size_t i = s; i < *last && seen <= n / 2; i++)
		if (c->slice[i].instance == c->slice[s].instance && seen++ == n / 2)
			*middle = i;
	return *last != s;
}

static struct growth growth_of(const struct pass *p, const struct comparison *k, enum side side, uint32_t symbol)
{
	struct growth g = { 0 };
	const struct cube *c = k->c;

	for (size_t s = 0; s < c->n; s++) {
		size_t last, middle;
		double a, b, na, nb, se, grown;

		if (!chain(c, side, s, &middle, &last))
			continue;
		a = CUBE_AT(c, amount, STAT_OWN, s, symbol);
		b = CUBE_AT(c, amount, STAT_OWN, last, symbol);
		na = cube_raw(c, p, CUBE_AT(c, count, STAT_OWN, s, symbol), a);
		nb = cube_raw(c, p, CUBE_AT(c, count, STAT_OWN, last, symbol), b);
		se = sampling_heap_delta_se(na, nb, c->period > 0 ? (double)c->period : 524288);
		g.se2 += few_objects(a, CUBE_AT(c, count, STAT_OWN, s, symbol), b, CUBE_AT(c, count, STAT_OWN, last, symbol));
		grown = b - a;
		if (grown > 0 && middle > s) {
			double half = CUBE_AT(c, amount, STAT_OWN, middle, symbol) - a;

			grown = fmin(grown, 2 * fmax(0, fmin(half, grown - half)));
		}
		g.bytes += grown;
		g.se2 += se * se;
		g.chains++;
	}
	if (g.chains) {
		g.bytes /= g.chains;
		g.se2 /= (double)g.chains * g.chains;
	}
	return g;
}

/* The sites that are looked at for growth, on either side: the largest is picked from so many. */
static bool is_site(const struct tree *t, const struct cube *c, uint32_t symbol)
{
	if (t->sym[symbol].kind == KIND_USER)
		for (size_t s = 0; s < c->n; s++)
			if (CUBE_AT(c, amount, STAT_OWN, s, symbol) >= SITE_MIN_BYTES)
				return true;
	return false;
}

static int put_site_growth(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d,
			   struct err *err)
{
	struct signal s = SIGNAL("heap.site_growth", "heap");
	struct change best = { 0 };
	bool any = false, whole = p->design == DESIGN_EARLY_LATE;
	double sites = 0;
	int rc = 0;

	for (uint32_t y = 1; y <= t->n_symbols; y++)
		sites += is_site(t, k->c, y);
	for (uint32_t y = 1; y <= t->n_symbols; y++) {
		/* One run: its growth over all its time, against standing still. */
		struct growth g[SIDES] = { whole ? (struct growth){ 0 } : growth_of(p, k, BASE, y), growth_of(p, k, whole ? SIDES : CUR, y) };
		/* What shrinks on one side is no growth of the other. */
		double delta = fmax(0, g[CUR].bytes) - fmax(0, g[BASE].bytes), se = sqrt(g[CUR].se2 + g[BASE].se2), pv;

		if (!g[CUR].chains || (p->design == DESIGN_TWO_SIDES && !g[BASE].chains))
			continue;
		any = true;
		if (t->sym[y].kind != KIND_USER || fabs(delta) < SITE_MIN_BYTES)
			continue;
		pv = fmin(1, dist_normal_p2(delta / se) * sites);
		if (best.status && delta <= best.delta)
			continue;
		best = (struct change){ .metric = "inuse_growth_bytes", .scope = "symbol", .stat = "own", .unit = "bytes",
			.test = "poisson", .status = pv > CHANGE_Q ? "unsure" : (delta > 0 ? "up" : "down"), .family = d->total_change,
			.subject = y, .line = STORE_NULL, .base = g[BASE].bytes, .cur = g[CUR].bytes, .delta = delta,
			.lo = delta - 1.96 * se, .hi = delta + 1.96 * se, .p = pv, .q = pv, .smallest = NAN,
			.n_base = (int64_t)k->c->n_side[BASE], .n_cur = (int64_t)k->c->n_side[CUR] };
	}
	if (!any)
		return 0;
	s.value = 0;
	s.unit = "bytes";
	s.why = "no allocation site's live heap grew during the run by more than chance";
	if (best.status) {
		char label[300];

		rc = change_put(p, &best, &s.change, err);
		snprintf(label, sizeof(label), "live heap allocated by %.*s grew during the run by",
			 (int)(t->sym[best.subject].name.n < 200 ? t->sym[best.subject].name.n : 200), t->sym[best.subject].name.p);
		s.base = best.base;
		s.cur = best.cur;
		s.p = best.p;
		s.lo = best.lo;
		s.hi = best.hi;
		signal_loud(&s, best.delta / fmax(d->whole, 1), LOUD_SITE, best.p);
		s.why = sentence(p, label, best.base, best.cur, "bytes");
	}
	return rc ? rc : signal_put(p, &s, err);
}

/* Seconds of delay a second on the louder side: a lock that costs nobody anything may triple. */
static double delay_rate(const struct cube *c)
{
	double delay[SIDES] = { 0 }, seconds[SIDES] = { 0 };

	for (size_t i = 0; i < c->n; i++)
		if (c->slice[i].seconds > 0) {
			delay[c->slice[i].side] += c->slice[i].total * 1e-9;
			seconds[c->slice[i].side] += c->slice[i].seconds;
		}
	return fmax(seconds[BASE] > 0 ? delay[BASE] / seconds[BASE] : 0, seconds[CUR] > 0 ? delay[CUR] / seconds[CUR] : 0);
}

static double cores(const struct cube *c, enum side side)
{
	double cpu = 0, seconds = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->slice[i].side == side && c->slice[i].seconds > 0) {
			cpu += c->slice[i].total * 1e-9;
			seconds += c->slice[i].seconds;
		}
	return seconds > 0 ? cpu / seconds : NAN;
}

static int put_cores(struct pass *p, const struct comparison *k, const struct diff_metric *d, struct err *err)
{
	struct signal s = SIGNAL("cpu.busy_cores", "cpu");

	s.base = cores(k->c, BASE);
	s.cur = cores(k->c, CUR);
	s.unit = "cores";
	s.p = d->total.p;
	signal_loud(&s, ln_ratio(s.base, s.cur), LOUD_COST, s.p);
	s.why = sentence(p, "busy cores", s.base, s.cur, "cores");
	return isnan(s.cur) ? 0 : signal_put(p, &s, err);
}

int diff_signals(struct pass *p, const struct tree *t, const struct comparison *k, const struct diff_metric *d, struct err *err)
{
	const char *id = d->m->id;
	int rc = 0;

	if (strcmp(id, "cpu") == 0) {
		rc = put_total_signal(p, d, "cpu.cost", p->per_request ? "CPU per request" : "CPU per second", LOUD_COST, 1, err);
		if (!rc)
			rc = put_path_signal(p, d, "cpu.path", "CPU charged", LOUD_PATH, 1, err);
		if (!rc)
			rc = diff_path_kinds(p, t, k, d, LOUD_PATH, err);
		if (!rc)
			rc = put_cores(p, k, d, err);
	} else if (strcmp(id, "alloc_bytes") == 0) {
		rc = put_total_signal(p, d, "alloc.bytes", "allocated bytes", LOUD_ALLOC, 1, err);
	} else if (strcmp(id, "alloc_objects") == 0) {
		rc = put_total_signal(p, d, "alloc.objects", "allocated objects", LOUD_ALLOC, 1, err);
	} else if (strcmp(id, "inuse_bytes") == 0) {
		rc = put_site_growth(p, t, k, d, err);
	} else if (strcmp(id, "mutex_delay") == 0) {
		double damp = fmin(1, delay_rate(k->c) / DELAY_FLOOR);

		rc = put_total_signal(p, d, "mutex.delay", "lock delay", LOUD_DELAY, damp, err);
		if (!rc)
			rc = put_path_signal(p, d, "mutex.holder_share", "lock delay caused", .3, damp, err);
	} else if (strcmp(id, "block_delay") == 0) {
		rc = put_total_signal(p, d, "block.delay", "time blocked", LOUD_DELAY, 1, err);
	}
	return rc;
}
