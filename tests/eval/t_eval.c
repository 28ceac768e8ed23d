// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_eval.c - the harness against what is known: the vectors of method 1.1, 1.2, 1.5 and 5.5, invented scenarios, slopes by difference quotients
 */
#include "tests/unit/check.h"

#include <stdlib.h>

#include "core/file.h"
#include "tests/eval/eval.h"
#include "tests/eval/invented.h"
#include "tests/eval/table.h"
#include "tests/eval/trivial.h"

static struct invented invented;

static void ranks(void)
{
	static const size_t rank[10] = { 1, 1, 2, 1, 4, 3, 1, 7, 1, 2 };
	static const double ac[5] = { .5, .7, .8, .9, .9 };
	const char *id[8] = { "other0", "other1", "other2", "other3", "other4", "other5", "other6", "planted" };
	const struct scenario s = { .cause = "planted", .also = "", .tempts = { { "other0" }, 1 }, .kind = TRUTH_FAULT };
	struct mark m[10];
	struct tally t;

	for (size_t i = 0; i < 10; i++) {
		struct ranking r = { .n = 8 };

		for (uint32_t k = 0, other = 0; k < 8; k++)
			r.cause[k] = k + 1 == rank[i] ? 7 : other++;
		mark_answer(&m[i], &s, &r, id, 8, 8);
		CHECK(m[i].rank == rank[i] && m[i].right == (rank[i] == 1));
		CHECK(m[i].rank_tempts[0] == (rank[i] == 1 ? 2 : 1));
	}
	tally_marks(&t, m, 10, NULL, NULL);
	for (size_t k = 0; k < 5; k++)
		CHECK_NEAR((double)t.hits[k] / (double)t.n, ac[k], 1e-15);
	CHECK_NEAR(t.avg5, .76, 1e-12);
	CHECK_NEAR(t.mrr, .6726190476, 5e-11);
	CHECK_NEAR(t.chance5, .375, 1e-12);
	CHECK(t.any3 == 8 && t.quiet_n == 0);
}

static void second_cause(void)
{
	const char *id[4] = { "a", "b", "c", "d" };
	struct scenario s = { .cause = "c", .also = "b", .kind = TRUTH_FAULT, .guilty = { { "x.(*T).F", "y.G" }, 2 } };
	struct ranking r = { .cause = { 0, 1, 3, 2 }, .n = 4, .code = { "x.(*T).Fast", "y.G.func1" }, .n_code = 2, .level = LEVEL_MEDIUM };
	struct mark m;

	mark_answer(&m, &s, &r, id, 4, 4);
	CHECK(m.rank == 4 && m.rank_any == 2 && m.rank_also == 2 && !m.right);
	CHECK(m.guilty == 2 && !m.alarm && m.names);
	s.kind = TRUTH_PAIR;
	mark_answer(&m, &s, &r, id, 4, 4);
	CHECK(m.alarm);
	r.level = LEVEL_LOW;
	mark_answer(&m, &s, &r, id, 4, 4);
	CHECK(!m.alarm);
	r.n = 0;	/* an analysis that failed is wrong and names nothing */
	mark_answer(&m, &s, &r, id, 4, 4);
	CHECK(m.rank == 0 && !m.right && !m.names && strcmp(m.verdict, "(failed)") == 0);
}

static void brier(void)
{
	static const double p[10] = { .95, .9, .8, .75, .6, .55, .4, .3, .2, .1 };
	static const bool y[10] = { 1, 1, 1, 0, 1, 0, 0, 1, 0, 0 };
	const struct scenario s = { .cause = "", .also = "", .kind = TRUTH_PAIR };
	struct catalogue_reliability rows[CATALOGUE_MAX_RELIABILITY];
	struct mark m[10];
	struct tally t;
	size_t n;
	int64_t answers = 0;

	for (size_t i = 0; i < 10; i++)
		m[i] = (struct mark){ .scenario = &s, .score = p[i], .right = y[i] };
	tally_marks(&t, m, 10, NULL, NULL);
	CHECK_NEAR(t.brier, .17775, 1e-12);
	n = eval_reliability(rows, m, 10);
	CHECK(n == 9 && rows[8].lo == .9 && rows[8].n == 2 && rows[8].right == 2);
	CHECK_NEAR(rows[8].mean, .925, 1e-12);
	for (size_t i = 0; i < n; i++)
		answers += rows[i].n;
	CHECK(answers == 10);
}

/* Wilson's lower bound and the bound of no false alarm, method 1.2. */
static void bounds(void)
{
	static const struct { size_t k, n; const char *want; } wilson[] = { { 20, 20, "1.00 [.84, 1.00] (20/20)" }, { 30, 30, "1.00 [.89, 1.00] (30/30)" },
		{ 46, 50, ".92 [.81, .97] (46/50)" }, { 96, 100, ".96 [.90, .98] (96/100)" }, { 172, 200, ".86 [.81, .90] (172/200)" }, { 0, 0, "-" } };
	static const struct { size_t n; double upper; } none[] = { { 20, .139 }, { 60, .049 }, { 100, .030 }, { 300, .010 } };
	struct buf b = { .limit = 1000 };

	for (size_t i = 0; i < sizeof(wilson) / sizeof(wilson[0]); i++) {
		buf_reset(&b);
		table_wilson(&b, wilson[i].k, wilson[i].n);
		CHECK_STR(b.data, wilson[i].want);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		CHECK_NEAR(marks_upper(0, none[i].n), none[i].upper, 5e-4);
	CHECK_NEAR(marks_upper(1, 60), .0766, 5e-5);	/* scipy.stats.beta.ppf(.95, 2, 59) = .0766 */
	CHECK(marks_upper(3, 3) == 1 && marks_upper(0, 0) == 1);
	buf_free(&b);
}

static void overweight(void)
{
	struct trivial_overweight w = trivial_overweight(10, 100, 16, 110);

	CHECK_NEAR(w.overweight, 600, 1e-9);
	CHECK_NEAR(w.responsibility, 60, 1e-9);
	CHECK(w.interest == 1 + 1 + 1 + 0 + 1 + 1);
	CHECK(trivial_overweight(10, 100, 16, 100).interest == -1);
}

/* 40 answers by falling score, the 30 best of them right but for one: 95 % from the 20th on, at the latest the 30th. */
static void threshold(void)
{
	const struct scenario a = { .service = "a", .cause = "", .also = "" }, b = { .service = "b", .cause = "", .also = "" };
	struct mark m[40];

	for (size_t i = 0; i < 40; i++)
		m[i] = (struct mark){ .scenario = i % 2 ? &a : &b, .names = true, .score = 1 - .01 * (double)i, .right = i < 30 && i != 7 };
	CHECK_NEAR(marks_high_from(m, 40, NULL), .71, 1e-12);	/* 29 of 30; 29 of 31 is below */
	CHECK(isnan(marks_high_from(m, 19, NULL)));
	CHECK(isnan(marks_high_from(m, 38, "a")));	/* 19 of the other service */
	for (size_t i = 0; i < 40; i++)
		m[i].names = i >= 20;
	CHECK(isnan(marks_high_from(m, 40, NULL)));
	CHECK(marks_clamp_high(NAN) == .99 && marks_clamp_high(.3) == .8 && marks_clamp_high(.93) == .93);
}

/* The slope along every parameter against the difference quotient from both sides; where these two differ there is a kink. */
static void slopes(void)
{
	struct fit f;
	struct err err;
	double *x, *slope, loss, up, down, h = 1e-6;
	size_t kinks = 0, wrong = 0, moving = 0;
	int rc = 0;

	CHECK(fit_init(&f, invented.cat, invented.answer, 60, &err) == 0);
	x = calloc(f.n_params, sizeof(*x));
	slope = calloc(f.n_params, sizeof(*slope));
	fit_weigh(&f, NULL);
	for (size_t i = 0; i < f.n_params; i++) {
		f.param[i].used = true;
		x[i] = .1 * f.param[i].spread * (double)((i * 37) % 11) / 10;
	}
	CHECK(fit_loss(&f, x, &loss, slope, &err) == 0 && loss > 0);
	for (size_t i = 0; i < f.n_params; i++) {
		double at = x[i], left, right;

		x[i] = at + h;
		rc |= fit_loss(&f, x, &up, NULL, &err);
		x[i] = at - h;
		rc |= fit_loss(&f, x, &down, NULL, &err);
		x[i] = at;
		right = (up - loss) / h;
		left = (loss - down) / h;
		moving += slope[i] != 0;
		if (fabs(left - right) > 1e-3 * fmax(1, fabs(right)))
			kinks++;
		else if (fabs(slope[i] - (left + right) / 2) > 1e-4 * fmax(1, fabs(slope[i])) && wrong++ < 5)
			fprintf(stderr, "  parameter %zu (kind %d, cause %u, line %u): slope %g, quotient %g\n", i, f.param[i].kind, f.param[i].cause,
				f.param[i].line, slope[i], (left + right) / 2);
	}
	CHECK(rc == 0 && wrong == 0 && kinks < f.n_params / 20 && moving > f.n_params / 2);
	fit_reset(&f);
	fit_free(&f);
	free(x);
	free(slope);
}

static double mean_loss(struct fit *f, const char *service)
{
	double loss = 0, n = 0;
	struct err err;

	for (size_t i = 0; i < f->n_cases; i++)
		if (strcmp(f->one[i].scenario->service, service) == 0) {
			if (fit_slope(f, &f->one[i], 1, &loss, NULL, &err))
				return NAN;
			n++;
		}
	return loss / n;
}

/* A fit is better than the hand weights on what it has seen and on a service it has not, and does not depend on that service. */
static void fits(void)
{
	static double first[4096], again[4096];
	struct fit f;
	struct err err;
	double hand_seen, hand_unseen;
	size_t marked = 0;

	CHECK(fit_init(&f, invented.cat, invented.answer, invented.n, &err) == 0 && f.n_params < 4096);
	hand_seen = mean_loss(&f, "service1");
	hand_unseen = mean_loss(&f, "service0");
	CHECK(fit_run(&f, "service0", &err) == 0);
	fit_get_numbers(&f, first);
	CHECK(mean_loss(&f, "service1") < .8 * hand_seen);
	CHECK(mean_loss(&f, "service0") < .95 * hand_unseen);
	for (size_t i = 0; i < f.n_cases; i++)
		if (strcmp(f.one[i].scenario->service, "service0") == 0)
			f.one[i].cause = 0;
	CHECK(fit_run(&f, "service0", &err) == 0);
	fit_get_numbers(&f, again);
	CHECK(memcmp(first, again, f.n_params * sizeof(double)) == 0);
	CHECK(fit_run(&f, "service1", &err) == 0);
	fit_get_numbers(&f, again);
	CHECK(memcmp(first, again, f.n_params * sizeof(double)) != 0);
	f.n_cases = 0;	/* nothing to learn from: as by hand */
	CHECK(fit_run(&f, NULL, &err) == 0);
	for (size_t i = 0; i < f.n_params; i++)
		marked += f.param[i].used || *f.param[i].to != f.param[i].hand;
	CHECK(marked == 0);
	fit_free(&f);
}

/* weights.ini out and in again: the same numbers, and the same bytes from a second fit. */
static void written(void)
{
	const struct fit_about about = { .truth_sha256 = (const unsigned char *)"0123456789abcdef0123456789abcdef", .level_high = .91, .n_services = 6 };
	struct buf text = { .limit = 1 << 20 }, second = { .limit = 1 << 20 };
	struct analyze_opts plain = { .model = ANALYZE_DEFAULT };
	struct analyze_catalogue *back = NULL;
	struct fit f;
	struct err err;
	size_t other = 0;

	CHECK(fit_init(&f, invented.cat, invented.answer, invented.n, &err) == 0);
	CHECK(fit_run(&f, NULL, &err) == 0 && fit_write(&text, &f, &about, &err) == 0);
	CHECK(catalogue_load(&back, &plain, buf_view(&text), &err) == 0);
	for (size_t k = 0; back && k < analyze_catalogue_count(back); k++) {
		const struct cause_spec *x = catalogue_spec(back, k), *y = catalogue_spec(invented.cat, k);

		other += x->prior != y->prior;
		for (size_t i = 0; i < x->n_signals; i++)
			other += x->signal[i].weight != y->signal[i].weight || x->signal[i].miss != y->signal[i].miss;
	}
	CHECK(other == 0 && back && catalogue_constants(back)->level_high == .91);
	CHECK(text.data && strstr(text.data, " hand\n") && strstr(text.data, "\n[blocking_io]\n") && !strstr(text.data, "nan"));
	CHECK(fit_run(&f, NULL, &err) == 0 && fit_write(&second, &f, &about, &err) == 0);
	CHECK(str_eq(buf_view(&text), buf_view(&second)));
	analyze_catalogue_free(back);
	buf_free(&text);
	buf_free(&second);
	fit_reset(&f);
	fit_free(&f);
}

int main(void)
{
	struct err err;

	ranks();
	second_cause();
	brier();
	bounds();
	overweight();
	threshold();
	CHECK(invented_make(&invented, 240, 6, &err) == 0);
	slopes();
	fits();
	written();
	invented_free(&invented);
	return check_done();
}
