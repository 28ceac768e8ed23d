// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formulas_queue.c - pools, streams, timeouts, channels, limits: F6 to F8, F12, F13, F16
 */
#include <math.h>

#include "analyze/math/formulas.h"

#define STREAM_ROOM 1.25
#define SLICE .010		/* s: runtime.forcePreemptNS, a constant */
#define LIMIT_ROOM 1.2
#define SETTLED 1e-9
#define MAX_ROUNDS 10000
/* Before a ceiling: 4.8 / .8 is 6 and a bit. */
#define ROUNDING 1e-9

static bool positive(double a, double b)
{
	return a > 0 && b > 0 && isfinite(a) && isfinite(b);
}

double formula_erlangs(double rate, double hold)
{
	return positive(rate, hold) ? rate * hold : NAN;
}

double formula_staffing(double erlangs)
{
	return erlangs > 0 ? ceil(erlangs + 2 * sqrt(erlangs) - ROUNDING) : NAN;
}

/* By the recursion of Erlang B, which neither overflows nor cancels. */
double formula_erlang_c(double n, double erlangs)
{
	double b = 1;

	if (!(erlangs > 0) || !(n >= 1) || n > FORMULA_MAX_SERVERS)
		return NAN;
	if (n <= erlangs)
		return 1;
	for (int k = 1; k <= n; k++)
		b = erlangs * b / (k + erlangs * b);
	return n * b / (n - erlangs * (1 - b));
}

double formula_servers(double erlangs, double eps)
{
	double b = 1;

	if (!(erlangs > 0) || !(eps > 0))
		return NAN;
	for (int k = 1; k <= FORMULA_MAX_SERVERS; k++) {
		b = erlangs * b / (k + erlangs * b);
		if (k > erlangs && k * b / (k - erlangs * (1 - b)) <= eps)
			return k;
	}
	return NAN;
}

double formula_mean_wait(double n, double erlangs, double hold)
{
	double c = formula_erlang_c(n, erlangs);

	return n > erlangs && hold > 0 ? c * hold / (n - erlangs) : NAN;
}

double formula_workers(double rate, double service, double utilisation)
{
	return positive(rate, service) && utilisation > 0 && utilisation <= 1 ? ceil(rate * service / utilisation - ROUNDING) : NAN;
}

double formula_lock_use(double q)
{
	return q >= 0 ? (sqrt(q * q + 4 * q) - q) / 2 : NAN;
}

double formula_shards_for(double held, double q)
{
	if (!(held > 0 && held < 1) || !(q > 0))
		return NAN;
	/* n (h/n)^2 / (1 - h/n) = h^2 / (n - h) <= q */
	return fmax(1, ceil(held * held / q + held - ROUNDING));
}

double formula_shards(double held, double each)
{
	return positive(held, each) ? fmax(1, ceil(held / each - ROUNDING)) : NAN;
}

double formula_streams(double rate, double latency)
{
	return positive(rate, latency) ? rate * latency : NAN;
}

double formula_stream_limit(double streams)
{
	return streams > 0 ? ceil(STREAM_ROOM * streams - ROUNDING) : NAN;
}

double formula_channels(double streams, double limit)
{
	return positive(streams, limit) ? ceil(STREAM_ROOM * streams / limit - ROUNDING) : NAN;
}

double formula_stream_ceiling(double limit, double latency)
{
	return positive(limit, latency) ? limit / latency : NAN;
}

double formula_stream_waiters(double callers, double limit)
{
	return callers >= 0 && limit > 0 ? fmax(0, callers - limit) : NAN;
}

double formula_timeout(double p99, double p999)
{
	if (!(p99 > 0))
		return NAN;
	return p999 > 0 ? 1.2 * fmax(p999, 2 * p99) : 3 * p99;
}

double formula_quantile_samples(double q)
{
	return q > 0 && q < 1 ? ceil(10 / (1 - q) - 1e-6) : NAN;
}

double formula_attempt_timeout(double deadline, double own, double backoff, double attempts)
{
	double left = deadline - own - backoff;

	return left > 0 && attempts >= 1 ? left / attempts : NAN;
}

double formula_depth(double burst_rate, double service_rate, double average_rate, double burst)
{
	if (!positive(service_rate, burst) || !(burst_rate > 0) || !(average_rate < service_rate))
		return NAN;
	return ceil(fmax(0, burst_rate - service_rate) * burst - ROUNDING);
}

double formula_drain(double depth, double service_rate, double average_rate)
{
	return depth >= 0 && service_rate > average_rate ? depth / (service_rate - average_rate) : NAN;
}

double formula_depth_latency(double depth, double service_rate)
{
	return depth >= 0 && service_rate > 0 ? depth / service_rate : NAN;
}

double formula_goroutine_memory(double goroutines)
{
	return goroutines >= 0 ? goroutines * FORMULA_STACK : NAN;
}

double formula_leak_rate(double from, double to, double seconds)
{
	return seconds > 0 ? (to - from) / seconds : NAN;
}

double formula_run_delay(double queued, double processors, double burst)
{
	return queued >= 0 && processors > 0 && burst > 0 ? queued / processors * fmin(SLICE, burst) : NAN;
}

double formula_adaptive_rate(double qps, double p95_ms, double active)
{
	if (!(qps >= 0 && p95_ms >= 0 && active >= 0))
		return NAN;
	return fmax(5, fmax(10, .8 * qps) * fmax(.3, 1 - p95_ms / 200) * fmin(1.2, active / 50 + .8));
}

double formula_adaptive_end(double qps, double p95_ms, double active)
{
	double next = qps;

	for (int i = 0; i < MAX_ROUNDS && !isnan(next); i++) {
		double after = formula_adaptive_rate(next, p95_ms, active);

		if (fabs(after - next) < SETTLED)
			return after;
		next = after;
	}
	return next;
}

double formula_concurrency_limit(double knee_rate, double knee_latency)
{
	return positive(knee_rate, knee_latency) ? ceil(LIMIT_ROOM * knee_rate * knee_latency - ROUNDING) : NAN;
}
