// SPDX-License-Identifier: GPL-3.0-or-later
/* Action texts: what is known becomes a number, what is missing leaves its brackets out and is named; doubling a fact moves the number. */
#include "tests/unit/check.h"

#include "analyze/advice_numbers.h"

static struct advice_facts nothing(void)
{
	struct advice_facts f;

	for (int i = 0; i < FACTS; i++)
		f.of[i] = (struct advice_value){ NAN, NULL };
	return f;
}

static void set(struct advice_facts *f, enum advice_fact fact, double v)
{
	f->of[fact] = (struct advice_value){ v, "a file" };
}

static void check_text(const char *text, const struct advice_facts *f, const char *want, int missing, int line)
{
	struct advice_words w = { STR_LIT("main.Get"), STR_LIT("main.go:7"), STR_NONE };
	struct advice_text t;

	advice_fill(&t, text, &w, f);
	check_str(t.out.data, want, __FILE__, line, text);
	check_report(t.missing == missing, __FILE__, line, "the missing fact");
	buf_free(&t.out);
	buf_free(&t.facts);
}
#define TEXT(text, f, want, missing) check_text((text), (f), (want), (missing), __LINE__)

static void brackets(void)
{
	struct advice_facts f = nothing();

	TEXT("Let {function} ({where}), started by {creator}, rest.", &f, "Let main.Get (main.go:7), started by their creator, rest.", -1);
	TEXT("As many as are needed[: {F6.n}, then {F6.wait} wait], and no more.", &f, "As many as are needed, and no more.", FACT_held);
	TEXT("A [][]byte is kept.", &f, "A [][]byte is kept.", -1);
	set(&f, FACT_held, 9.6);
	TEXT("As many as are needed[: {F6.n}], and no more.", &f, "As many as are needed: 19, and no more.", -1);
	TEXT("[a {F6.n}][ b {F11.procs}]", &f, "a 19", FACT_quota);
	set(&f, FACT_quota, 2.5);
	set(&f, FACT_procs, 16);
	TEXT("[{F11.procs}: {F11.stall}]", &f, "3: 84.4 ms", -1);
	TEXT("[{F1.yield}]", &f, "91.2 %", -1);
}

static void facts_told(void)
{
	struct advice_facts f = nothing();
	struct advice_words w = { STR_NONE, STR_NONE, STR_NONE };
	struct advice_text t;

	set(&f, FACT_p99_base, .12);
	advice_fill(&t, "{function}[ {F8.timeout} {F8.timeout}]", &w, &f);
	CHECK_STR(t.out.data, "the code the evidence names 360 ms 360 ms");
	CHECK_STR(t.facts.data, ",\"F8.timeout\":360000000,\"F8.timeout is\":\"3 x p99 of the baseline\",\"p99_base\":0.12,\"p99_base from\":\"a file\"");
	buf_free(&t.out);
	buf_free(&t.facts);
}

/* Every number: NaN without its facts; and the way it moves when one of them doubles. */
static void properties(void)
{
	static const struct { const char *number; enum advice_fact fact; double at, times; } moves[] = {
		{ "F1.window", FACT_rtt, .085, 2 }, { "F1.bdp", FACT_link, 12e6, 2 }, { "F1.article", FACT_link, 12e6, 2 }, { "F2.now", FACT_rtt, .085, .5 },
		{ "F2.then", FACT_link, 12e6, 2 }, { "F3.window", FACT_rtt, .085, 2 }, { "F4.cost", FACT_mutex_rate, 2e5, 2 }, { "F4.now", FACT_mutex_rate, 2e5, 2 },
		{ "F5.rate", FACT_block_site, .1, 2 }, { "F7.limit", FACT_rate_base, 4000, 2 }, { "F7.ceiling", FACT_max_streams, 10, 2 },
		{ "F7.channels", FACT_p50_base, .06, 2 }, { "F8.timeout", FACT_p99_base, .12, 2 }, { "F8.at_once", FACT_p99_base, .12, 2 },
		{ "F9.goal", FACT_live, 4e8, 2 }, { "F10.limit", FACT_mem_limit, 2147483648.0, 2 }, { "F10.least", FACT_live, 4e8, 2 }, { "F11.quota", FACT_busy_base, 1, 2 },
		{ "F12.memory", FACT_grown, 500, 2 }, { "F12.rate", FACT_leak_rate, 40, 2 }, { "F12.depth", FACT_burst, .2, 2 }, { "F12.latency", FACT_burst, .2, 2 },
		{ "F13.delay", FACT_runnable, 40, 2 }, { "F13.delay", FACT_procs, 4, .5 }, { "F14.measured", FACT_attempts, 1.4, 2 }, { "F15.cap", FACT_users, 1000, 2 },
		{ "F15.users", FACT_offered, 1000, 2 }, { "F16.limit", FACT_knee_rate, 4000, 2 }, { "F21.fill", FACT_backlog, 4096, 2 }, { "F21.fill", FACT_rate, 3000, .5 },
		{ "F22.requests", FACT_conn_rate, 50, 2 }, { "F22.every", FACT_requests_per_conn, 100, 2 }, { "F24.calls", FACT_bytes_per_request, 6553600, 2 },
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		struct advice_facts f = nothing();
		double before, after;

		check_report(isnan(advice_number(moves[i].number, &f)), __FILE__, __LINE__, moves[i].number);
		set(&f, FACT_rtt, .085), set(&f, FACT_link, 12e6), set(&f, FACT_mutex_seconds, 30), set(&f, FACT_mutex_fraction, 10);
		set(&f, FACT_rate_base, 4000), set(&f, FACT_p50_base, .06), set(&f, FACT_max_streams, 10), set(&f, FACT_rate, 3000), set(&f, FACT_p99_base, .12);
		set(&f, FACT_gogc, 100), set(&f, FACT_gc_share, .18), set(&f, FACT_gc_share_base, .06), set(&f, FACT_live, 4e8), set(&f, FACT_mem_other, 0);
		set(&f, FACT_burst_rate, 5000), set(&f, FACT_consumers, 12), set(&f, FACT_service, .004), set(&f, FACT_items, 2500), set(&f, FACT_burst, .2);
		set(&f, FACT_procs, 4), set(&f, FACT_p50, .05), set(&f, FACT_conn_rate, 50), set(&f, FACT_mutex_rate, 1e5), set(&f, FACT_runnable, 40), set(&f, FACT_backlog, 4096);
		set(&f, moves[i].fact, moves[i].at);
		before = advice_number(moves[i].number, &f);
		set(&f, moves[i].fact, 2 * moves[i].at);
		after = advice_number(moves[i].number, &f);
		check_near(after / before, moves[i].times, 1e-9, __FILE__, __LINE__, moves[i].number);
	}
}

static void names(void)
{
	char bad[64];

	CHECK(advice_text_valid("{function} [{F6.n}] {where}", bad, sizeof(bad)));
	CHECK(!advice_text_valid("see {F6.m}", bad, sizeof(bad)));
	CHECK_STR(bad, "{F6.m}");
	CHECK(!advice_text_valid("open {F6.n", bad, sizeof(bad)));
	CHECK(advice_fact_known("held") && !advice_fact_known("holds"));
}

int main(void)
{
	brackets();
	facts_told();
	properties();
	names();
	return check_done();
}
