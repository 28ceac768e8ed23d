// SPDX-License-Identifier: GPL-3.0-or-later
/* t_weights.c - weights.ini over causes.ini and over --causes files, and scoring as a function of facts and catalogue alone */
#include "tests/unit/check.h"

#include "tests/eval/invented.h"

static const char weights[] =
	"; a comment\n"
	"[contest]\nchanged_at = .4\nlevel_high = .93\n"
	"[reliability]\nfrom = .8 answers=20 right=18 mean=.86\nfrom = .9 answers=50 right=50 mean=.97\n"
	"[memory_leak]\nprior = .07\nsignal = heap.live_slope weight=2.5 miss=1.25\nsignal = heap.site_growth weight=7 hand\nsignal = gone.away weight=1\n"
	"[load_shift]\nprior = .02 hand\nsignal = load.offered weight=1.5 down\n"
	"[no_such_cause]\nprior = .2\n";

static struct analyze_catalogue *load(const char *text, const char *extra)
{
	struct analyze_opts o = { .causes_extra = str_from(extra), .causes_extra_name = "mine.ini" };
	struct analyze_catalogue *c = NULL;
	struct err err = { .code = ERR_OK };

	CHECK(catalogue_load(&c, &o, str_from(text), &err) == 0);
	return c;
}

static const struct cause_signal *line(const struct analyze_catalogue *c, const char *id, const char *name, bool down)
{
	const struct cause_spec *s = catalogue_find(c, id);

	for (size_t i = 0; s && i < s->n_signals; i++)
		if (strcmp(s->signal[i].name, name) == 0 && s->signal[i].down == down)
			return &s->signal[i];
	check_report(0, __FILE__, __LINE__, name);
	return NULL;
}

static void over(void)
{
	struct analyze_catalogue *c = load(weights, NULL), *hand = load("", NULL);
	const struct catalogue_reliability *rows;
	char with[17], without[17];

	CHECK(catalogue_find(c, "memory_leak")->prior == .07);
	CHECK(line(c, "memory_leak", "heap.live_slope", false)->weight == 2.5 && line(c, "memory_leak", "heap.live_slope", false)->miss == 1.25);
	CHECK_STR(line(c, "memory_leak", "heap.live_slope", false)->text, "heap.live_slope weight=2.5 miss=1.25");
	CHECK_STR(catalogue_find(c, "memory_leak")->text.signals[0], "heap.live_slope weight=2.5 miss=1.25");
	CHECK(line(c, "memory_leak", "heap.site_growth", false)->weight == line(hand, "memory_leak", "heap.site_growth", false)->weight);
	CHECK(catalogue_find(c, "load_shift")->prior == catalogue_find(hand, "load_shift")->prior);
	CHECK(line(c, "load_shift", "load.offered", true)->weight == 1.5 && line(c, "load_shift", "load.offered", true)->miss == 0);
	CHECK(line(c, "load_shift", "load.offered", false)->weight == line(hand, "load_shift", "load.offered", false)->weight);
	CHECK(catalogue_constants(c)->changed_at == .4 && catalogue_constants(c)->level_high == .93);
	CHECK(catalogue_constants(c)->changed_steep == catalogue_constants(hand)->changed_steep);
	CHECK(catalogue_reliability(c, &rows) == 2 && rows[1].lo == .9 && rows[1].n == 50 && rows[1].right == 50 && rows[0].mean == .86);
	analyze_fingerprint(c, with);
	analyze_fingerprint(hand, without);
	CHECK(strcmp(with, without) != 0);
	analyze_catalogue_free(c);
	analyze_catalogue_free(hand);
}

static void refused(void)
{
	static const struct { const char *text, *place; } bad[] = { { "[contest]\nlevel_high = .5\n", "line 2" }, { "[contest]\nspeed = 3\n", "line 2" },
		{ "[memory_leak]\nprior = 2\n", "line 2" }, { "[memory_leak]\n\nsignal = heap.live_slope weight=x\n", "line 3" },
		{ "[memory_leak]\ntitle = other\n", "line 2" }, { "[no_such_cause]\nsignal = a weight=99\n", "line 2" },
		{ "[reliability]\nfrom = .8 answers=3 right=4 mean=.9\n", "line 2" }, { "[reliability]\nfrom = .8 answers=3\n", "line 2" },
		{ "[memory_leak]\nprior = .1 hands\n", "line 2" } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct analyze_opts plain = { .model = ANALYZE_DEFAULT };
		struct analyze_catalogue *c = NULL;
		struct err err = { .code = ERR_OK };

		CHECK(catalogue_load(&c, &plain, str_from(bad[i].text), &err) == ERR_USAGE && !c);
		CHECK(strstr(err.msg, bad[i].place) != NULL);
	}
}

/* A --causes file that keeps the signal lines keeps the fitted weights; one that changes a line has its own. */
static void own_causes(void)
{
	struct analyze_catalogue *hand = load("", NULL), *c;
	const struct cause_spec *s = catalogue_find(hand, "memory_leak");
	struct buf same = { .limit = 1 << 16 }, other = { .limit = 1 << 16 };

	buf_puts(&same, "[memory_leak]\ntitle = mine\nprior = .025\naction = Ask Ann.\n");
	for (size_t i = 0; i < s->n_signals; i++)
		buf_printf(&same, "%s = %s\n", s->signal[i].against ? "against" : "signal", s->signal[i].text);
	buf_str(&other, buf_view(&same));
	buf_puts(&other, "signal = load.errors weight=1\n");
	c = load(weights, same.data);
	CHECK_STR(catalogue_find(c, "memory_leak")->text.title, "mine");
	CHECK(line(c, "memory_leak", "heap.live_slope", false)->weight == 2.5 && catalogue_find(c, "memory_leak")->prior == .07);
	analyze_catalogue_free(c);
	c = load(weights, other.data);
	CHECK(line(c, "memory_leak", "heap.live_slope", false)->weight == line(hand, "memory_leak", "heap.live_slope", false)->weight);
	CHECK(catalogue_find(c, "memory_leak")->prior == .025);
	CHECK(line(c, "load_shift", "load.offered", true)->weight == 1.5);
	analyze_catalogue_free(c);
	buf_reset(&same);
	buf_puts(&same, "[memory_leak]\ntitle = mine\nprior = .5\n");
	for (size_t i = 0; i < s->n_signals; i++)
		buf_printf(&same, "%s = %s\n", s->signal[i].against ? "against" : "signal", s->signal[i].text);
	c = load(weights, same.data);
	CHECK(catalogue_find(c, "memory_leak")->prior == .5 && line(c, "memory_leak", "heap.live_slope", false)->weight == 2.5);
	analyze_catalogue_free(c);
	analyze_catalogue_free(hand);
	buf_free(&same);
	buf_free(&other);
}

/* The same facts and numbers give the same scores, whatever was scored in between; they sum to one; other weights move them. */
static void pure(void)
{
	static struct invented v;
	double first[CATALOGUE_MAX_CAUSES] = { 0 }, sum = 0, *number;
	struct contest *c = &v.answer[1].contest;
	struct err err;
	bool same = true, moved = false;

	CHECK(invented_make(&v, 8, 2, &err) == 0 && contest_score(c, &err) == 0);
	for (size_t k = 0; k < c->n; k++)
		sum += first[k] = c->h[k].score;
	CHECK_NEAR(sum, 1, 1e-12);
	number = &catalogue_edit_constants(v.cat)->temperature;
	*number *= 2;
	for (size_t i = 0; i < v.n; i++)
		CHECK(contest_score(&v.answer[i].contest, &err) == 0);
	for (size_t k = 0; k < c->n; k++)
		moved |= c->h[k].score != first[k];
	*number /= 2;
	CHECK(contest_score(c, &err) == 0);
	for (size_t k = 0; k < c->n; k++)
		same &= c->h[k].score == first[k];
	CHECK(same && moved);
	invented_free(&v);
}

/* Along a straight way from one set of facts to another no score jumps: each step of a thousandth moves it by little. */
static void steady(void)
{
	static struct invented v;
	double before[CATALOGUE_MAX_CAUSES] = { 0 }, start[1024] = { 0 }, most = 0;
	struct facts *from, *to;
	struct contest *c;
	struct err err;
	int rc = 0;

	CHECK(invented_make(&v, 8, 2, &err) == 0);
	from = &v.answer[1].facts;
	to = &v.answer[2].facts;
	c = &v.answer[1].contest;
	for (size_t i = 0; i < from->n; i++)
		start[i] = from->fact[i].value;
	for (int step = 0; step <= 1000; step++) {
		for (size_t i = 0; i < from->n; i++) {
			from->fact[i].value = from->fact[i].size = start[i] + (to->fact[i].value - start[i]) * step / 1000;
			from->fact[i].kpi = false;	/* how much of the change is covered asks which key figures are loud at all */
		}
		from->worse = .5;
		rc |= contest_score(c, &err);
		for (size_t k = 0; k < c->n; k++) {
			most = step ? fmax(most, fabs(c->h[k].score - before[k])) : 0;
			before[k] = c->h[k].score;
		}
	}
	CHECK(rc == 0 && most < .02);
	invented_free(&v);
}

int main(void)
{
	over();
	refused();
	own_causes();
	pure();
	steady();
	return check_done();
}
