// SPDX-License-Identifier: GPL-3.0-or-later
/* F1 to F24: the worked examples, and one property each: doubling an input moves the number as the formula says. */
#include "tests/unit/check.h"

#include "analyze/math/agree.h"
#include "analyze/math/formulas.h"

#define MIB 1048576.0

static void f1_to_f3(void)
{
	CHECK_NEAR(formula_bdp(12e6, .085), 127500, 1e-9);
	CHECK_NEAR(1.25 * formula_bdp(12e6, .085), 159375, 1e-9);
	CHECK_NEAR(1.5 * formula_bdp(12e6, .085), 191250, 1e-9);
	CHECK_NEAR(formula_stream_window(12e6, .085), 255000, 1e-9);
	CHECK_NEAR(formula_bdp(940e6, .0003), 35250, 1e-9);
	CHECK_NEAR(formula_stream_window(940e6, .0003), 70500, 1e-9);
	CHECK(formula_stream_window(1e6, .001) == 65535 && formula_stream_window(100e9, .1) == 16777216);
	CHECK_NEAR(formula_bdp(2 * 12e6, .085), 2 * formula_bdp(12e6, .085), 1e-9);
	CHECK_NEAR(formula_stream_window(12e6, 2 * .085), 2 * formula_stream_window(12e6, .085), 1e-9);
	CHECK(isnan(formula_bdp(NAN, .085)) && isnan(formula_stream_window(12e6, 0)));

	CHECK_NEAR(formula_window_cap(65535, .085), 771000, 1e-9);
	CHECK_NEAR(formula_window_cap(65535, .085) * 8 / 1e6, 6.168, 1e-9);
	CHECK_NEAR(formula_window_model(65535, .085, 12e6 / 8) * 8 / 1e6, 4.50, .005);
	CHECK_NEAR(formula_window_model(2 * 65535, .085, 1e9), 2 * formula_window_model(65535, .085, 1e9), 1e-6);
	CHECK(formula_window_model(1e9, .085, 1.5e6) == 1.5e6);
	CHECK_NEAR(formula_window_textbook(1), .8, 1e-12);
	CHECK_NEAR(formula_window_textbook(1.25), .952380952, 1e-9);
	CHECK_NEAR(formula_window_textbook(4. / 3), 1, 1e-12);
	CHECK_NEAR(formula_window_yield(1), .73, 1e-12);
	CHECK(formula_window_yield(1.25) > .88 && formula_window_yield(1.25) < .92);	/* as measured */
	CHECK(formula_window_yield(2) == 1);
	CHECK_NEAR(formula_delay_loss(.0003, 18.9e-6, true), .059266, 5e-7);
	CHECK_NEAR(formula_delay_loss(.085, 18.9e-6, true), .000222, 5e-7);
	CHECK(formula_delay_loss(.0003, 18.9e-6, false) == 0);
	CHECK_NEAR(formula_window_cap(65535, .001) / 1e6, 65.5, .05);
	CHECK_NEAR(formula_implied_window(formula_window_model(65535, .085, 1e9), .085), 65535, 1e-6);

	CHECK_NEAR(formula_conn_memory(200, 255000 * 100.), 5.1e9, 1);
	CHECK_NEAR(formula_conn_window(127500, 255000), 255000, 0);
	CHECK_NEAR(formula_conn_memory(200, formula_conn_window(127500, 255000)), 51e6, 0);
	CHECK_NEAR(formula_conn_window(2 * 127500, 255000), 2 * formula_conn_window(127500, 255000), 0);
}

static void f4_f5_f18(void)
{
	CHECK(formula_mutex_fraction(.05, 5000, 30, 1) == 188);
	CHECK(formula_mutex_fraction(.1, 200, 30, 1) == 31);
	CHECK(formula_mutex_fraction(.05, 200, 30, 1) == 8);
	CHECK(formula_mutex_fraction(.05, 50, 30, 0) == 4);
	CHECK(formula_mutex_fraction(.05, 1, 1, 1) == 1 && formula_mutex_fraction(.5, 1e9, 30, 1) == 1000);
	CHECK(formula_mutex_fraction(.05, 10000, 30, 1) == 376);	/* 1 + 375 */
	CHECK(isnan(formula_mutex_fraction(.05, NAN, 30, 1)));
	CHECK_NEAR(formula_mutex_cost(200000, 1), .404, 1e-9);
	CHECK_NEAR(formula_mutex_cost(200000, 10), .044, 1e-9);
	CHECK_NEAR(formula_mutex_cost(200000, 100), .008, 1e-9);
	CHECK_NEAR(formula_mutex_cost(400000, 10), 2 * formula_mutex_cost(200000, 10), 1e-12);

	CHECK_NEAR(formula_block_rate(.05, .1), 250000, 1e-6);
	CHECK(formula_block_rate(.05, 20) == 1e6 && formula_block_rate(.05, 1e-4) == 1e4);
	CHECK_NEAR(formula_block_rate(.05, .2), 2 * formula_block_rate(.05, .1), 1e-6);
	CHECK_NEAR(formula_block_rate(.1, .02), 4 * formula_block_rate(.05, .02), 1e-6);

	CHECK(formula_dump_stops(.2 * MIB) == 1 && formula_dump_stops(1.5 * MIB) == 2 && formula_dump_stops(15 * MIB) == 5);
	CHECK(formula_dump_stops(20 * MIB) == 6 && formula_dump_stops(70 * MIB) == 7 && formula_dump_stops(0) == 1);
	CHECK(formula_dump_stops(6 * MIB) == formula_dump_stops(3 * MIB) + 1);
}

static void f6_f7(void)
{
	double a = formula_erlangs(800, .012);

	CHECK_NEAR(a, 9.6, 1e-12);
	CHECK(formula_staffing(a) == 16);
	CHECK_NEAR(formula_erlang_c(10, a), .85908034, 5e-9);
	CHECK_NEAR(formula_erlang_c(12, a), .36884151, 5e-9);
	CHECK_NEAR(formula_erlang_c(14, a), .13533024, 5e-9);
	CHECK_NEAR(formula_erlang_c(16, a), .04186711, 5e-9);
	CHECK_NEAR(formula_erlang_c(18, a), .01086078, 5e-9);
	CHECK(formula_erlang_c(9, a) == 1);
	CHECK(formula_servers(a, .05) == 16 && formula_servers(a, .0109) == 18);
	CHECK_NEAR(formula_mean_wait(12, a, .012) * 1e3, 1.844208, 5e-7);
	CHECK_NEAR(formula_mean_wait(16, a, .012) * 1e3, .078501, 5e-7);
	CHECK(formula_workers(5000, .004, .8) == 25 && formula_workers(10000, .004, .8) == 50);
	CHECK_NEAR(formula_erlangs(1600, .012), 2 * a, 1e-12);
	CHECK(formula_staffing(4 * 25) == 120);		/* 4 a + 2 * 2 sqrt a: less than four times as many */
	CHECK(formula_shards(.55, .02) == 28 && formula_shards(1.1, .02) == 55 && formula_shards(.01, .02) == 1);
	CHECK_NEAR(formula_lock_use(.5), .5, 1e-12);		/* .25 / .5 */
	CHECK_NEAR(formula_lock_use(.81 / .1), .9, 1e-12);
	CHECK(formula_lock_use(0) == 0);
	CHECK(formula_shards_for(.5, .25 / 9.5) == 10 && formula_shards_for(.5, .25 / 19.5) == 20);	/* half the wait: twice the parts */
	CHECK(formula_shards_for(.5, 10) == 1);
	CHECK(isnan(formula_staffing(NAN)) && isnan(formula_erlang_c(NAN, 1)));

	CHECK_NEAR(formula_streams(4000, .06), 240, 1e-9);
	CHECK(formula_channels(240, 100) == 3 && formula_stream_limit(240) == 300);
	CHECK(formula_channels(480, 100) == 6 && formula_stream_limit(480) == 600);
	CHECK_NEAR(formula_stream_ceiling(10, .020), 500, 1e-9);
	CHECK_NEAR(formula_stream_ceiling(20, .020), 1000, 1e-9);
	CHECK(formula_stream_waiters(50, 10) == 40 && formula_stream_waiters(5, 10) == 0);
}

static void f8(void)
{
	CHECK_NEAR(formula_timeout(.120, .310), .372, 1e-12);
	CHECK_NEAR(formula_timeout(.120, NAN), .360, 1e-12);
	CHECK_NEAR(formula_timeout(.240, .620), 2 * formula_timeout(.120, .310), 1e-12);
	CHECK_NEAR(formula_timeout(.200, .310), .480, 1e-12);
	CHECK(formula_quantile_samples(.999) == 10000 && formula_quantile_samples(.99) == 1000);
	CHECK_NEAR(formula_attempt_timeout(1, .1, .3, 3), .2, 1e-12);
	CHECK_NEAR(formula_attempt_timeout(1, .1, .3, 6), .1, 1e-12);
	CHECK(isnan(formula_attempt_timeout(.3, .1, .3, 3)));
}

static void f9_to_f11(void)
{
	double g = formula_gogc(100, .18, .06);

	CHECK_NEAR(g, 343.9, .05);
	CHECK_NEAR(formula_goal(400, 10, g), 1810, .5);
	CHECK_NEAR(formula_goal(400, 10, 100), 810, 1e-9);
	CHECK_NEAR(formula_gogc(100, .25, .10), 300, 1e-9);
	CHECK_NEAR(formula_gogc(50, .30, .05), 407.1, .05);
	CHECK_NEAR(formula_gogc_most(400, 10, 1700), 317.07, .005);
	CHECK_NEAR(formula_gogc(200, .18, .06), 2 * g, 1e-9);
	CHECK_NEAR(formula_goal(800, 20, g), 2 * formula_goal(400, 10, g), 1e-9);
	CHECK(isnan(formula_gogc(100, 0, .06)) && isnan(formula_gogc(NAN, .18, .06)) && isnan(formula_gogc_most(400, 10, 300)));

	CHECK_NEAR(floor(formula_memory_limit(2048, 150)), 1708, 0);
	CHECK_NEAR(formula_memory_limit(4096, 300), 2 * formula_memory_limit(2048, 150), 1e-9);
	CHECK(formula_thrashes(1600, 1708) && !formula_thrashes(1500, 1708));

	CHECK(formula_gomaxprocs(16, 2) == 2 && formula_gomaxprocs(16, 2.5) == 3 && formula_gomaxprocs(16, .5) == 2 && formula_gomaxprocs(1, .5) == 1);
	CHECK_NEAR(formula_quota_stall(16, 2, .1), .0875, 1e-12);
	CHECK_NEAR(formula_quota_stall(16, 2, .2), 2 * formula_quota_stall(16, 2, .1), 1e-12);
	CHECK(formula_quota_stall(2, 4, .1) == 0);
}

static void f12_to_f14(void)
{
	CHECK(formula_depth(5000, 3000, 2500, .2) == 400 && formula_depth(5000, 3000, 2500, .4) == 800);
	CHECK_NEAR(formula_drain(400, 3000, 2500), .8, 1e-12);
	CHECK_NEAR(formula_depth_latency(400, 3000), .1333, 5e-5);
	CHECK_NEAR(formula_depth_latency(800, 3000), 2 * formula_depth_latency(400, 3000), 1e-12);
	CHECK(isnan(formula_depth(5000, 3000, 3000, .2)));
	CHECK_NEAR(formula_goroutine_memory(100000) / 1e6, 204.8, 1e-9);
	CHECK_NEAR(formula_leak_rate(400, 5200, 120), 40, 1e-12);
	CHECK_NEAR(formula_leak_rate(400, 10000, 120), 80, 1e-12);

	CHECK_NEAR(formula_run_delay(40, 4, .010), .100, 1e-12);
	CHECK_NEAR(formula_run_delay(40, 4, .001), .010, 1e-12);
	CHECK_NEAR(formula_run_delay(40, 4, 1), .100, 1e-12);
	CHECK_NEAR(formula_run_delay(80, 4, .001), 2 * formula_run_delay(40, 4, .001), 1e-12);

	CHECK_NEAR(formula_attempts(.01, 2), 1.0101, 1e-12);
	CHECK_NEAR(formula_attempts(.1, 2), 1.11, 1e-12);
	CHECK_NEAR(formula_attempts(.3, 2), 1.39, 1e-12);
	CHECK_NEAR(formula_attempts(.5, 2), 1.75, 1e-12);
	CHECK_NEAR(1000 * formula_attempts(.3, 2), 1390, 1e-9);
	CHECK(formula_attempts(.4, 0) == 1 && isnan(formula_attempts(1.5, 2)));
	CHECK_NEAR(formula_attempts(.6, 1) - 1, 2 * (formula_attempts(.3, 1) - 1), 1e-12);
}

static void f15(void)
{
	static const double n[] = { 1, 2, 4, 8, 16, 32, 64, 128 };
	static const double x[] = { 100, 195.8864, 375.2345, 684.9315, 1126.7606, 1512.2873, 1496.7259, 1097.0175 };
	static const double offered[] = { 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000 };
	static const double achieved[] = { 1000, 2000, 3000, 4000, 4700, 4800, 4750, 4600 };
	static const double p95[] = { 5, 5, 6, 8, 30, 80, 200, 400 };
	double twice[8];
	struct formula_usl u;

	for (int i = 0; i < 8; i++)
		CHECK_NEAR(formula_usl_at(100, .02, .0005, n[i]), x[i], 5e-5);
	CHECK(formula_usl_fit(n, x, 8, &u));
	CHECK_NEAR(u.sigma, .02, 1e-6);
	CHECK_NEAR(u.kappa, .0005, 1e-8);
	CHECK_NEAR(u.peak, 44.272, 5e-4);
	CHECK_NEAR(u.most, 1568.09, 5e-3);
	for (int i = 0; i < 8; i++)
		twice[i] = 2 * x[i];
	CHECK(formula_usl_fit(n, twice, 8, &u));
	CHECK_NEAR(u.most, 2 * 1568.09, .01);
	CHECK_NEAR(u.peak, 44.272, 5e-4);
	CHECK(!formula_usl_fit(n, x, 2, &u) && !formula_usl_fit(n + 1, x + 1, 7, &u));
	CHECK(formula_knee(offered, achieved, 8) == 4);
	CHECK(formula_knee(offered, achieved, 4) == 4);
	CHECK(formula_latency_knee(achieved, p95, 8) == 5);	/* 4000 -> 4700 still gains more than half of a step */
	CHECK_NEAR(formula_closed_cap(1000, .05, .1), 6667, .5);
	CHECK_NEAR(formula_closed_cap(1000, .5, .1), 1667, .5);
	CHECK_NEAR(formula_closed_cap(2000, .5, .1), 2 * formula_closed_cap(1000, .5, .1), 1e-9);
	CHECK(formula_users(1000, .05, .05) == 130 && formula_users(2000, .05, .05) == 260);
}

static void f16_f17(void)
{
	static const double steps[] = { 643.968, 414.695, 267.050, 171.972, 110.744 };
	double week[] = { 100, 102, 98, 101, 99, 103, 97, 100, 105, 110 }, double_week[10], ninety[] = { 90, 90, 90 }, q = 1000;

	CHECK_NEAR(formula_adaptive_rate(1000, 45.2, 12), 643.968, 5e-4);
	CHECK_NEAR(formula_adaptive_rate(1000, 320, 87), 288, 1e-9);
	CHECK_NEAR(formula_adaptive_rate(500, 100, 50), 240, 1e-9);
	CHECK_NEAR(formula_adaptive_rate(8, 20, 5), 8.1, 1e-9);
	CHECK_NEAR(formula_adaptive_rate(0, 1000, 0), 5, 0);
	for (int i = 0; i < 5; i++)
		CHECK_NEAR(q = formula_adaptive_rate(q, 45.2, 12), steps[i], 1e-3);
	CHECK_NEAR(formula_adaptive_end(1000, 45.2, 12), 8.0496, 1e-4);
	CHECK_NEAR(formula_adaptive_end(1e6, 45.2, 12), 8.0496, 1e-4);	/* the ratchet: wherever it starts */
	CHECK_NEAR(formula_adaptive_end(1000, 0, 20), 12, 1e-6);
	CHECK_NEAR(formula_adaptive_rate(2000, 45.2, 12), 2 * formula_adaptive_rate(1000, 45.2, 12), 1e-9);
	CHECK(formula_concurrency_limit(4000, .025) == 120 && formula_concurrency_limit(8000, .025) == 240);

	for (int i = 0; i < 10; i++)
		double_week[i] = 2 * week[i];
	CHECK_NEAR(formula_threshold(week, 10, false), 123.9125, 1e-9);
	CHECK_NEAR(formula_threshold(double_week, 10, false), 2 * 123.9125, 1e-9);
	CHECK_NEAR(formula_band(week, 10), 109.3956, 5e-5);
	CHECK(formula_threshold(ninety, 3, true) == 95);
	CHECK_NEAR(1.15 * 77.57, 89.2055, 1e-9);
	CHECK(isnan(formula_threshold(week, 0, false)));
}

static void f19_to_f24(void)
{
	static const double procs[] = { 2, 4, 8 }, ms[] = { 8, 4, 2 }, gogc[] = { 100, 100, 20 }, same[] = { 100, 100, 100 };
	static const double even[] = { 100, 100, 100, 100 }, leak[] = { 100, 100, 100, 5000 };

	CHECK_NEAR(formula_elasticity(procs, ms, NULL, 3), -1, 1e-12);
	CHECK_NEAR(formula_elasticity(procs, ms, same, 3), -1, 1e-12);
	CHECK(isnan(formula_elasticity(procs, ms, gogc, 3)));
	CHECK(isnan(formula_elasticity(procs, ms, NULL, 2)));	/* two points */

	CHECK_NEAR(formula_resilience(.97, 120, 200), .785, 1e-12);
	CHECK_NEAR(formula_resilience(.97, 120, 400), .485 + .15, 1e-12);
	CHECK_NEAR(formula_backlog_fill(4096, 3000, 500), 1.638, 5e-4);
	CHECK_NEAR(formula_backlog_fill(128, 3000, 500), .0512, 1e-9);
	CHECK_NEAR(formula_backlog_fill(8192, 3000, 500), 2 * formula_backlog_fill(4096, 3000, 500), 1e-9);
	CHECK(isinf(formula_backlog_fill(4096, 100, 500)));
	CHECK(formula_requests_per_conn(50) == 30000 && formula_requests_per_conn(100) == 60000);
	CHECK_NEAR(formula_reconnect_every(100, 50), 2, 1e-12);

	/* F23: the inputs of the linear model; cpu_delta, gc_spike and the scores stand in t_math_linear.c. */
	CHECK_NEAR(agree_entropy(even, 4) / 2, 1, 1e-12);
	CHECK_NEAR(agree_entropy(leak, 4) / 2, .2018, 5e-5);
	CHECK_NEAR(agree_jsd(even, leak, 4, NULL), .4103, 5e-5);
	CHECK(formula_calls(1e6, 4096) == 245 && formula_calls(1e6, 65536) == 16 && formula_calls(2e6, 4096) == 489);
}

int main(void)
{
	f1_to_f3();
	f4_f5_f18();
	f6_f7();
	f8();
	f9_to_f11();
	f12_to_f14();
	f15();
	f16_f17();
	f19_to_f24();
	return check_done();
}
