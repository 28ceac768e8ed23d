// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_costs_sink.c - times that no worker may send
 */
#include "core/limits.h"
#include "ingest/costs_sink.h"
#include "tests/unit/check.h"

/* Is a profile of these times kept as one that can be compared in memory? */
static bool plain(int64_t t0, int64_t t1)
{
	struct profile_costs costs;
	struct costs_sink s;
	struct rec_profile p = { .t0 = t0, .t1 = t1 };
	struct err err = { 0 };
	bool answer;

	costs_sink_init(&s, &costs, &limits_default);
	CHECK(s.sink.put(&s.sink, REC_profile, &p, &err) == 0);
	answer = costs_sink_plain(&s);
	profile_costs_free(&costs);
	return answer;
}

int main(void)
{
	CHECK(plain(1, 2));
	CHECK(plain(STORE_NULL, STORE_NULL));
	CHECK(plain(STORE_NULL, 5));
	CHECK(!plain(2, 1));
	/* The difference has no int64_t. */
	CHECK(!plain(INT64_MIN + 1, INT64_MAX));
	CHECK(!plain(-2, INT64_MAX));
	return check_done();
}
