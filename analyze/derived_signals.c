// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * derived_signals.c - signals that no file states and several figures together tell
 *
 * profiler.rate: the block profiler credits an event shorter than its rate with the full rate, so the smallest total of any stack bounds
 * the rate from above: a profile that holds stacks of some microseconds was recorded densely, whatever the settings say.
 *
 * gc.cycles_per_alloc: a collector that keeps its settings runs once for so many allocated bytes, whoever allocates them. More garbage brings
 * more cycles a second and leaves this figure; a lower GOGC, a memory limit or forced collections raise it.
 *
 * net.implied_window: a stream that waits for credit moves .73 of its window in a round trip (grpc-go returns credit in quarters; the
 * factor was measured on it), so goodput x round trip / .73 shows the window when the window is what limits. Between 55 and 75 KB
 * it is the 65,535 bytes of a connection that nobody sized.
 *
 * load.users_busy: n users of a closed loop send at most n / (latency + think time) requests a second (F15). Where the rate stands at that, the
 * generator is the limit. A side whose report tells rates offered and no users has an open loop: 0.
 */
#include <math.h>

#include "analyze/math/dist.h"
#include "analyze/signal.h"

#define LOUD_CYCLES .41		/* ln 1.5 */
#define GIB 1073741824.0
#define DENSE_NS 10000.0	/* a rate below this costs: docs/causes.md */
#define YIELD .73
#define WINDOW_LO 55e3
#define WINDOW_HI 75e3
#define MIN_RTT_NS 1e6		/* below a millisecond the window hardly limits */
#define LOUD_USERS .5		/* from an open loop to users of whom every second is always waiting */

static int real_of(struct pass *p, double *out, struct err *err, const char *sql, enum side side)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err, sql, "s", side_name[side]);

	*out = NAN;
	if (rc)
		return rc;
	if (store_next(q, err) && !stmt_null(q, 0))
		*out = stmt_real(q, 0);
	return store_end(q, err);
}

static int put_profiler_rate(struct pass *p, struct err *err)
{
	static const char sql[] =
		"SELECT min(s.amount) FROM sample s JOIN measure m ON m.id = s.measure JOIN profile f ON f.id = m.profile"
		" WHERE m.metric = 'block' AND s.amount > 0 AND f.instance IN (SELECT instance FROM stretch WHERE side = ?)";
	struct signal s = SIGNAL("profiler.rate", "block");
	int rc = real_of(p, &s.base, err, sql, BASE);

	if (!rc)
		rc = real_of(p, &s.cur, err, sql, CUR);
	if (rc || isnan(s.cur) || (p->design == DESIGN_TWO_SIDES && isnan(s.base)))
		return rc;
	s.unit = "ns";
	/* Only a dense rate is worth a word, and only one that became denser is a change. */
	signal_loud(&s, s.cur < DENSE_NS && s.base > 0 ? log10(s.base / s.cur) : 0, 1, NAN);
	s.why = signal_told(p, "least time any stack of the block profile waited, which bounds its rate from above", s.base, s.cur, "ns");
	return signal_put(p, &s, err);
}

/* Bytes that one stream's round trip moves, over its yield; NaN where a figure is missing. */
static int window_of(struct pass *p, enum side side, double *out, struct err *err)
{
	static const char speed[] =
		"SELECT sum(o.value) * 1e9 / nullif(max(o.t + o.span) - min(o.t), 0) FROM series s JOIN source f ON f.id = s.source"
		" JOIN point o ON o.series = s.id WHERE s.name = 'load.bytes' AND f.run IN (SELECT i.run FROM stretch t JOIN instance i"
		"  ON i.id = t.instance WHERE t.side = ?)";
	static const char streams[] =
		"SELECT coalesce((SELECT max(CAST(s.value AS REAL)) FROM setting s WHERE s.name = 'streams' AND s.instance IN"
		"  (SELECT instance FROM stretch WHERE side = ?1)), (SELECT avg(o.value) FROM series s JOIN source f ON f.id = s.source"
		"  JOIN point o ON o.series = s.id WHERE s.name = 'load.vus' AND f.run IN (SELECT i.run FROM stretch t JOIN instance i"
		"  ON i.id = t.instance WHERE t.side = ?1)))";
	static const char trip[] =
		"SELECT coalesce((SELECT max(CAST(s.value AS REAL)) * 1e6 FROM setting s WHERE s.name = 'rtt_ms' AND s.instance IN"
		"  (SELECT instance FROM stretch WHERE side = ?1)), (SELECT min(o.value) FROM series s JOIN source f ON f.id = s.source"
		"  JOIN point o ON o.series = s.id WHERE s.name = 'net.min_rtt' AND f.run IN (SELECT i.run FROM stretch t JOIN instance i"
		"  ON i.id = t.instance WHERE t.side = ?1)))";
	double rate = NAN, n = NAN, rtt = NAN;
	int rc = real_of(p, &rate, err, speed, side);

	if (!rc)
		rc = real_of(p, &n, err, streams, side);
	if (!rc)
		rc = real_of(p, &rtt, err, trip, side);
	*out = rate > 0 && n > 0 && rtt >= MIN_RTT_NS ? rate / n * (rtt * 1e-9) / YIELD : NAN;
	return rc;
}

static int put_implied_window(struct pass *p, struct err *err)
{
	struct signal s = SIGNAL("net.implied_window", "net");
	bool now, before;
	int rc = window_of(p, BASE, &s.base, err);

	if (!rc)
		rc = window_of(p, CUR, &s.cur, err);
	if (rc || isnan(s.cur) || (p->design == DESIGN_TWO_SIDES && isnan(s.base)))
		return rc;
	now = s.cur >= WINDOW_LO && s.cur <= WINDOW_HI;
	before = s.base >= WINDOW_LO && s.base <= WINDOW_HI;
	s.unit = "bytes";
	signal_loud(&s, now - before, 1, NAN);
	s.why = signal_told(p, "window that a stream's throughput and round trip imply (65,535 when nobody sized it)", s.base, s.cur, "bytes");
	return signal_put(p, &s, err);
}

static int put_cycles_per_alloc(struct pass *p, struct err *err)
{
	struct signal s = SIGNAL("gc.cycles_per_alloc", "gc");
	double rate[SIDES], bytes[SIDES], rps[SIDES] = { 1, 1 }, v[SIDES], effect, tau2;
	int rc = signal_sides(p, "gc.rate", rate, err);

	if (!rc)
		rc = signal_sides(p, "alloc.bytes", bytes, err);
	if (!rc && p->per_request)
		rc = signal_sides(p, "load.rps", rps, err);
	if (rc || p->design == DESIGN_SNAPSHOT)
		return rc;
	for (int i = 0; i < SIDES; i++)
		v[i] = rate[i] > 0 && bytes[i] > 0 && rps[i] > 0 ? rate[i] / (bytes[i] * rps[i]) * GIB : NAN;
	effect = log(v[CUR] / v[BASE]);
	if (!isfinite(effect))
		return 0;
	s.base = v[BASE];
	s.cur = v[CUR];
	s.unit = "1/GiB";
	tau2 = p->tau[TAU_gc_rate] * p->tau[TAU_gc_rate] + p->tau[TAU_alloc_bytes_total] * p->tau[TAU_alloc_bytes_total];
	s.p = dist_normal_p2(effect / sqrt(2 * tau2));
	signal_loud(&s, effect, LOUD_CYCLES, s.p);
	s.why = signal_told(p, "GC cycles for each GiB allocated", s.base, s.cur, "");
	return signal_put(p, &s, err);
}

/* Share of its users that the generator kept waiting for an answer or thinking; NaN where neither users nor an offered rate are told. */
static int users_of(struct pass *p, enum side side, double rate, double latency_ns, double *out, struct err *err)
{
	static const char users[] =
		"SELECT coalesce((SELECT max(o.value) FROM series s JOIN point o ON o.series = s.id JOIN source f ON f.id = s.source WHERE s.name = 'load.vus'"
		"  AND f.run IN (SELECT i.run FROM stretch t JOIN instance i ON i.id = t.instance WHERE t.side = ?1)),"
		" (SELECT 0 FROM series s JOIN source f ON f.id = s.source WHERE s.name = 'load.offered'"
		"  AND f.run IN (SELECT i.run FROM stretch t JOIN instance i ON i.id = t.instance WHERE t.side = ?1)))";
	static const char think[] =
		"SELECT max(CAST(value AS REAL)) FROM setting WHERE name = 'think_ms' AND instance IN (SELECT instance FROM stretch WHERE side = ?)";
	double n = NAN, pause = NAN;
	int rc = real_of(p, &n, err, users, side);

	if (!rc)
		rc = real_of(p, &pause, err, think, side);
	*out = n > 0 ? rate * (latency_ns + (pause > 0 ? pause * 1e6 : 0)) * 1e-9 / n : n;
	return rc;
}

static int put_users_busy(struct pass *p, struct err *err)
{
	struct signal s = SIGNAL("load.users_busy", "load");
	double rate[SIDES], latency[SIDES];
	int rc = signal_sides(p, "load.rps", rate, err);

	if (!rc)
		rc = signal_sides(p, "load.latency_p50", latency, err);
	if (!rc)
		rc = users_of(p, BASE, rate[BASE], latency[BASE], &s.base, err);
	if (!rc)
		rc = users_of(p, CUR, rate[CUR], latency[CUR], &s.cur, err);
	if (rc || !isfinite(s.cur) || (p->design == DESIGN_TWO_SIDES && !isfinite(s.base)))
		return rc;
	s.unit = "ratio";
	signal_loud(&s, s.cur - (s.base > 0 ? s.base : 0), LOUD_USERS, NAN);
	s.why = signal_told(p, "users of the load generator that were always waiting or thinking (0: an open loop)", s.base, s.cur, "ratio");
	return signal_put(p, &s, err);
}

int pass_derived(struct pass *p, struct err *err)
{
	int rc = put_profiler_rate(p, err);

	if (!rc)
		rc = put_cycles_per_alloc(p, err);
	if (!rc)
		rc = put_users_busy(p, err);
	return rc ? rc : put_implied_window(p, err);
}
