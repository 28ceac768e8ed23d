/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * formulas.h - the numbers behind a recommendation: F1 to F24
 *
 * Pure functions: rates a second, sizes in bytes, times in seconds unless a name says otherwise. NaN in, or a value for which a formula means
 * nothing, gives NaN: there is no number then. A ceiling is taken after the headroom. Vectors and properties: tests/unit/t_formulas*.c.
 */
#ifndef ANALYZE_MATH_FORMULAS_H
#define ANALYZE_MATH_FORMULAS_H

#include <stdbool.h>
#include <stddef.h>

/* ---- flow control: formulas_net.c ---- */

#define FORMULA_DEFAULT_WINDOW 65535.0	/* of HTTP/2: RFC 9113, 6.9.2 */
#define FORMULA_WINDOW_CAP 16777216.0	/* to which grpc-go's estimator grows a window */
#define FORMULA_WINDOW_TIMES 2.0	/* bandwidth x delay: what yields 99 % and more */

/* F1: bandwidth x delay (bits a second, the path's least round trip), and the stream window to ask for: twice that, from 65,535 to 16 MiB. */
double formula_bdp(double bits_per_second, double rtt);
double formula_stream_window(double bits_per_second, double rtt);
/*
 * F2: bytes a second of one stream. cap: what a window allows at best, W / RTT. model: grpc-go returns credit in quarters, so .73 of the
 * window a round trip, and never more than the link (measured on grpc-go 1.33: .99 to 1.06 of it). yield: the share of the link
 * that a window of so many bandwidth x delay reaches by that; textbook: the optimistic 1 / (1/4 + 1/times).
 */
#define FORMULA_CREDIT .73
double formula_window_cap(double window, double rtt);
double formula_window_model(double window, double rtt, double link);
double formula_window_yield(double times);
double formula_window_textbook(double times);
/* Share of its throughput that a stream loses to `more` seconds of delay; 0 when the window does not bound it. */
double formula_delay_loss(double rtt, double more, bool window_bound);
/* The window that a stream's throughput implies when the window is its limit: W = throughput x RTT / .73. */
double formula_implied_window(double bytes_per_second, double rtt);
/* F3: connection window when streams share a path; receive memory at worst. */
double formula_conn_window(double bdp, double stream_window);
double formula_conn_memory(double connections, double conn_window);
/* F21: seconds until an accept queue is full; F22: requests a connection must carry for a reconnect each ten minutes at most, and how often one comes. */
double formula_backlog_fill(double backlog, double arrivals, double accepts);
double formula_requests_per_conn(double rate_of_conn);
double formula_reconnect_every(double requests_per_conn, double rate_of_conn);
/* F14: attempts per call when each fails with probability p and is tried again at most `retries` times: 1 + p + p^2 ... */
double formula_attempts(double p, int retries);
/* F24: calls for so many bytes through a buffer. */
double formula_calls(double bytes, double buffer);

/* ---- profilers: formulas_profile.c ---- */

/*
 * F4: mutex profile fraction for a relative error e of a site's delay: floor(1 + e^2 x rate x seconds / (1 + cv^2)), 1 to 1000. rate: contentions
 * a second at the site; cv: of its waits, 1 when not known. cost: cores that recording at 1/n takes (2 us an event kept, 20 ns one passed over).
 */
double formula_mutex_fraction(double error, double rate, double seconds, double cv);
double formula_mutex_cost(double rate, double n);
/* F5: block profile rate in ns for that error: e^2 x blocked seconds, 10 us to 1 ms. Events longer than the rate are always kept. */
double formula_block_rate(double error, double blocked);
/* F18: how often the world stops for one goroutine?debug=2 of so many bytes: a buffer from 1 MiB doubles up to 64. */
double formula_dump_stops(double bytes);

/* ---- queues and pools: formulas_queue.c ---- */

/* F6: a = rate x hold (Erlangs); staffing: ceil(a + 2 sqrt a). Erlang C: the probability to wait with n servers; the fewest with at most eps. */
#define FORMULA_MAX_SERVERS 100000
double formula_erlangs(double rate, double hold);
double formula_staffing(double erlangs);
double formula_erlang_c(double n, double erlangs);
double formula_servers(double erlangs, double eps);
double formula_mean_wait(double n, double erlangs, double hold);
double formula_workers(double rate, double service, double utilisation);
/*
 * A lock for which q seconds are waited a second has q waiters on average; taken as M/M/1, q = u^2 / (1 - u) gives u, the share of the time it is held.
 * Parts of it so that each is held at most `each` of the time; the fewest that together wait at most q.
 */
double formula_lock_use(double q);
double formula_shards(double held, double each);
double formula_shards_for(double held, double q);
/* F7: streams under way; what the server must allow (1.25 x), or channels of `limit` streams; throughput at a limit; callers that wait. */
double formula_streams(double rate, double latency);
double formula_stream_limit(double streams);
double formula_channels(double streams, double limit);
double formula_stream_ceiling(double limit, double latency);
double formula_stream_waiters(double callers, double limit);
/* F8: 1.2 x max(p99.9, 2 p99), 3 p99 where p99.9 is not known (NaN), of the baseline. n: samples that quantile q needs. attempt: of k in a deadline. */
double formula_timeout(double p99, double p999);
double formula_quantile_samples(double q);
double formula_attempt_timeout(double deadline, double own, double backoff, double attempts);
/* F12: depth for a burst (NaN when the average rate is above the service: no depth helps), time to drain it, latency it adds at most. */
double formula_depth(double burst_rate, double service_rate, double average_rate, double burst);
double formula_drain(double depth, double service_rate, double average_rate);
double formula_depth_latency(double depth, double service_rate);
/* Goroutines: stack bytes at least, and growth a second. */
#define FORMULA_STACK 2048.0
double formula_goroutine_memory(double goroutines);
double formula_leak_rate(double from, double to, double seconds);
/* F13: worst wait in the run queue: queued / processors x min(10 ms, burst). */
double formula_run_delay(double queued, double processors, double burst);
/* F16: the adaptive rate of the original design, as it is, and where it ends when it follows itself; F16b: concurrency instead of a rate. */
double formula_adaptive_rate(double qps, double p95_ms, double active);
double formula_adaptive_end(double qps, double p95_ms, double active);
double formula_concurrency_limit(double knee_rate, double knee_latency);

/* ---- memory and processors: formulas_limits.c ---- */

/* F9: GOGC at which GC's share of CPU, now `share` at `gogc`, becomes `target`; goal heap at a GOGC; the highest GOGC whose goal fits below cap. */
double formula_gogc(double gogc, double share, double target);
double formula_goal(double live, double roots, double gogc);
double formula_gogc_most(double live, double roots, double cap);
/* F10: memory limit of the runtime for a container's, and whether that would thrash. */
double formula_memory_limit(double container, double other);
bool formula_thrashes(double live, double limit);
/* F11: GOMAXPROCS for a quota of q processors (Go 1.25's own rule), and how long each period stands still when p processors use it up. */
double formula_gomaxprocs(double cpus, double quota);
double formula_quota_stall(double processors, double quota, double period);

/* ---- curves and bands: formulas_curve.c ---- */

/* F15: universal scalability law X(n) = lambda n / (1 + sigma (n-1) + kappa n (n-1)). */
struct formula_usl {
	double lambda, sigma, kappa;	/* lambda: X(1) */
	double peak, most;		/* n* = sqrt((1 - sigma) / kappa) and X(n*); peak infinite for kappa 0 */
};
double formula_usl_at(double lambda, double sigma, double kappa, double n);
/* Least squares of n X(1)/X(n) - 1 on (n-1) and n(n-1). x[0] belongs to n[0] = 1. False: fewer than three points, or they do not tell. */
bool formula_usl_fit(const double *n, const double *x, size_t points, struct formula_usl *out);
/* The first step whose achieved rate is below .95 of the offered one; points when there is none. */
size_t formula_knee(const double *offered, const double *achieved, size_t points);
/* The first step with p95 at least twice the least and a gain below half of the first step's; points when there is none. */
size_t formula_latency_knee(const double *achieved, const double *p95, size_t points);
/* A closed loop's own limit, and the users that a rate needs (with headroom 1.3). */
double formula_closed_cap(double users, double latency, double think);
double formula_users(double rate, double latency, double think);
/* F17: 1.15 x P95 (at most 95 for percentages), and median + 3 x 1.4826 x MAD. Sorts x. */
double formula_threshold(double *x, size_t n, bool percent);
double formula_band(double *x, size_t n);
/* F19: d ln KPI / d ln knob by least squares; NaN below three different knob values, or when another knob changed too (confounded). */
double formula_elasticity(const double *knob, const double *kpi, const double *other, size_t n);
/* F20: half the share of successes, half how well latency holds under the fault. */
double formula_resilience(double success, double p95_base, double p95_fault);

#endif
