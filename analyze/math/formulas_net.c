// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * formulas_net.c - windows, connections, retries: F1 to F3, F14, F21, F22, F24
 */
#include <math.h>

#include "analyze/math/formulas.h"

#define RECONNECT 600.0	/* seconds between two reconnects that nobody notices */

static bool positive(double a, double b)
{
	return a > 0 && b > 0 && isfinite(a) && isfinite(b);
}

double formula_bdp(double bits_per_second, double rtt)
{
	return positive(bits_per_second, rtt) ? bits_per_second / 8 * rtt : NAN;
}

double formula_stream_window(double bits_per_second, double rtt)
{
	double bdp = formula_bdp(bits_per_second, rtt);

	return isnan(bdp) ? NAN : fmin(fmax(FORMULA_WINDOW_TIMES * bdp, FORMULA_DEFAULT_WINDOW), FORMULA_WINDOW_CAP);
}

double formula_window_cap(double window, double rtt)
{
	return positive(window, rtt) ? window / rtt : NAN;
}

double formula_window_model(double window, double rtt, double link)
{
	double by_window = FORMULA_CREDIT * formula_window_cap(window, rtt);

	return isnan(by_window) || isnan(link) ? by_window : fmin(by_window, link);
}

double formula_window_yield(double times)
{
	return times >= 0 ? fmin(1, FORMULA_CREDIT * times) : NAN;
}

double formula_window_textbook(double times)
{
	return times > 0 ? fmin(1, times / (times / 4 + 1)) : NAN;
}

double formula_delay_loss(double rtt, double more, bool window_bound)
{
	if (!(rtt > 0) || !(more >= 0))
		return NAN;
	return window_bound ? more / (rtt + more) : 0;
}

double formula_implied_window(double bytes_per_second, double rtt)
{
	return positive(bytes_per_second, rtt) ? bytes_per_second * rtt / FORMULA_CREDIT : NAN;
}

double formula_conn_window(double bdp, double stream_window)
{
	return positive(bdp, stream_window) ? fmax(FORMULA_WINDOW_TIMES * bdp, stream_window) : NAN;
}

double formula_conn_memory(double connections, double conn_window)
{
	return positive(connections, conn_window) ? connections * conn_window : NAN;
}

double formula_backlog_fill(double backlog, double arrivals, double accepts)
{
	if (!(backlog > 0) || isnan(arrivals) || isnan(accepts))
		return NAN;
	return arrivals > accepts ? backlog / (arrivals - accepts) : INFINITY;
}

double formula_requests_per_conn(double rate_of_conn)
{
	return rate_of_conn > 0 ? ceil(rate_of_conn * RECONNECT) : NAN;
}

double formula_reconnect_every(double requests_per_conn, double rate_of_conn)
{
	return positive(requests_per_conn, rate_of_conn) ? requests_per_conn / rate_of_conn : NAN;
}

double formula_attempts(double p, int retries)
{
	double sum = 1, term = 1;

	if (!(p >= 0 && p <= 1) || retries < 0)
		return NAN;
	for (int i = 0; i < retries; i++)
		sum += term *= p;
	return sum;
}

double formula_calls(double bytes, double buffer)
{
	return positive(bytes, buffer) ? ceil(bytes / buffer) : NAN;
}
