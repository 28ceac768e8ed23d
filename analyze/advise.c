// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * advise.c - one ranked list of what to do, over all causes
 *
 * Ranked by probability times expected gain. The gain is what the guilty code costs more than on the baseline, or the latency its callers wait more, with
 * its interval: an upper bound, since a fix rarely removes more than the change. What to set things to comes from formulas (advice_numbers.c)
 * over what is known of the run (advice_facts.c). Where a fact is missing there is no number, and `needs` says which file would give it.
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/advice_numbers.h"
#include "analyze/catalogue.h"
#include "analyze/pass.h"
#include "core/fmt.h"

#define WORTH .05		/* causes below this score get no advice */
#define MAX_ADVICE 16

struct place {
	struct str name, file;
	int64_t func, line;
};

struct advice {
	const struct cause_spec *spec;
	const struct analyze_variant *variant;	/* NULL: the cause's own action */
	double score, gain_lo, gain_hi, relative;
	struct str unit;
	struct place main, creator;
	char *act, *facts;
	const char *needs;
};

static int load_place(struct pass *p, const char *cause, bool creator, struct place *out, struct err *err)
{
	struct stmt *q;
	int rc = store_query(p->st, &q, err,
			     "SELECT f.name, f.file, g.func, g.line FROM guilty g JOIN func f ON f.id = g.func WHERE g.cause = ?"
			     " AND (g.role = 'creator') = ? ORDER BY g.rank LIMIT 1", "si", cause, (int64_t)creator);

	*out = (struct place){ STR_NONE, STR_NONE, STORE_NULL, STORE_NULL };
	if (rc)
		return rc;
	if (store_next(q, err))
		*out = (struct place){ arena_str(&p->mem, stmt_text(q, 0)), arena_str(&p->mem, stmt_text(q, 1)), stmt_int(q, 2), stmt_int(q, 3) };
	return store_end(q, err);
}

/* checkout/stock.go:41 - the last two elements say where, the rest is the build machine's business. */
static void add_where(struct buf *b, const struct place *pl)
{
	struct str f = pl->file;
	size_t slashes = 0, i = f.n;

	if (!f.p || !f.n) {
		buf_puts(b, "place not known");
		return;
	}
	while (i > 0 && slashes < 2)
		slashes += f.p[--i] == '/';
	buf_str(b, slashes == 2 ? str_skip(f, i + 1) : f);
	if (pl->line != STORE_NULL)
		buf_printf(b, ":%lld", (long long)pl->line);
}

static bool holds(double v, const struct cause_condition *c)
{
	if (isnan(v))
		return false;
	if (c->equal && v == c->limit)
		return true;
	return c->greater ? v > c->limit : v < c->limit;
}

static int condition_holds(struct pass *p, const struct cause_condition *c, const struct advice_facts *f, bool *yes, struct err *err)
{
	struct stmt *q;
	int rc;

	*yes = false;
	if (c->of == CONDITION_FACT) {
		*yes = holds(f->of[advice_fact_find(c->name)].v, c);
		return 0;
	}
	rc = store_query(p->st, &q, err, "SELECT value, base, cur FROM signal WHERE name = ? AND state = 'measured'", "s", c->name);
	if (rc)
		return rc;
	if (store_next(q, err))
		*yes = holds(stmt_real(q, c->of == CONDITION_BASE ? 1 : c->of == CONDITION_CUR ? 2 : 0), c);
	return store_end(q, err);
}

/* The first whose conditions all hold. */
static int choose_variant(struct pass *p, struct advice *a, const struct advice_facts *f, struct err *err)
{
	const struct cause_spec *s = a->spec;
	int rc = 0;

	for (size_t i = 0; !rc && !a->variant && i < s->text.n_variants; i++) {
		bool yes = true;

		for (size_t k = 0; !rc && yes && k < s->choice[i].n; k++)
			rc = condition_holds(p, &s->choice[i].condition[k], f, &yes, err);
		if (!rc && yes)
			a->variant = &s->variant[i];
	}
	if (!rc && a->variant)
		rc = store_run(p->st, err, "UPDATE cause SET variant = ? WHERE analysis = 1 AND id = ?", "ss", a->variant->name, s->text.id);
	return rc;
}

static void put_fact(struct buf *b, const char *name, double v)
{
	buf_printf(b, ",\"%s\":", name);
	fmt_real(b, v);
}

static int take_gain(struct pass *p, struct advice *a, struct stmt *q, struct buf *facts, bool *found, struct err *err)
{
	*found = store_next(q, err);
	if (*found) {
		double base = stmt_real(q, 0), cur = stmt_real(q, 1), whole = stmt_real(q, 6);

		a->gain_lo = stmt_real(q, 2);
		a->gain_hi = isfinite(stmt_real(q, 3)) ? stmt_real(q, 3) : cur - base;	/* too few samples for an upper bound */
		a->unit = arena_str(&p->mem, stmt_text(q, 4));
		a->relative = fmin(1, (cur - base) / (whole > 0 ? whole : base > 0 ? base : cur));
		buf_puts(facts, "\"formula\":\"cur - base\",\"from\":\"");
		buf_str(facts, stmt_text(q, 5));
		buf_puts(facts, "\"");
		put_fact(facts, "base", base);
		put_fact(facts, "cur", cur);
	}
	return store_end(q, err);
}

/* What the guilty function itself costs more: the metric of the cause's first own:. */
static int gain_of_code(struct pass *p, struct advice *a, struct stmt **q, struct err *err)
{
	const char *own = "";

	for (size_t i = a->spec->n_guilty; i-- > 0;)
		if (strncmp(a->spec->guilty[i], "own:", 4) == 0)
			own = a->spec->guilty[i] + 4;
	return store_query(p->st, q, err,
			   "SELECT c.base, c.cur, max(c.lo, 0), c.hi, c.unit, 'change of the guilty function''s own ' || c.metric, t.base FROM change c"
			   " JOIN func_symbol f ON f.symbol = c.subject LEFT JOIN change t ON t.id = c.family"
			   " WHERE c.scope = 'symbol' AND c.stat = 'own' AND f.func = ?1 AND c.delta > 0"
			   " AND ?2 <> '' AND c.metric LIKE ?2 || '%' ORDER BY c.delta DESC LIMIT 1", "is", a->main.func, own);
}

/* A cause that makes callers wait gains the latency they wait more; one that piles goroutines up, the goroutines; then a total it costs more. */
static const char *const gains[] = {
	"SELECT base, cur, cur - base, cur - base, unit, 'signal ' || name, NULL FROM signal WHERE name = 'goroutines.cluster_growth' AND ?1 = 'goroutine_bloat'"
	" AND state = 'measured' AND cur > base",
	"SELECT base, cur, max(lo, 0), hi, unit, 'change of ' || metric, base FROM change WHERE metric = 'latency_p99' AND scope = 'series' AND delta > 0"
	" AND p < .1 AND EXISTS (SELECT 1 FROM evidence e JOIN signal s ON s.id = e.signal WHERE e.cause = ?1 AND s.name = 'load.latency_p99' AND e.weight > 0)",
	"SELECT s.base * t.base, s.cur * t.cur, s.cur * t.cur - s.base * t.base, s.cur * t.cur - s.base * t.base, t.unit, 'signal ' || s.name || ' x ' || t.metric,"
	" t.base FROM evidence e JOIN signal s ON s.id = e.signal JOIN change t ON t.metric LIKE 'cpu_per_%' AND t.scope = 'total' WHERE e.cause = ?1 AND e.weight > 0"
	" AND s.source_group = 'cpu' AND s.unit = 'ratio' AND s.cur * t.cur > s.base * t.base ORDER BY e.weight DESC, s.name LIMIT 1",
	"SELECT base, cur, max(lo, 0), hi, unit, 'change of ' || metric, base FROM change WHERE scope = 'total' AND stat <> 'own' AND metric LIKE 'cpu_per_%'"
	" AND delta > 0 AND p < .1 AND ?1 IN ('gc_tuning', 'scheduler_saturation', 'profiler_overhead', 'pprof_flood', 'stw_stall', 'timer_leak')",
};

static int find_gain(struct pass *p, struct advice *a, struct buf *facts, struct err *err)
{
	struct stmt *q;
	bool found = false;
	int rc = gain_of_code(p, a, &q, err);

	a->gain_lo = a->gain_hi = NAN;
	if (!rc)
		rc = take_gain(p, a, q, facts, &found, err);
	for (size_t i = 0; !rc && !found && i < sizeof(gains) / sizeof(gains[0]); i++) {
		rc = store_query(p->st, &q, err, gains[i], "s", a->spec->text.id);
		if (!rc)
			rc = take_gain(p, a, q, facts, &found, err);
	}
	return rc;
}

static const char *text_of(const char *variants, const char *causes)
{
	return variants ? variants : causes;
}

/* One object: the gain's members, then the numbers' (each with a comma before it). */
static int join_facts(struct pass *p, struct advice *a, const struct buf *gain, const struct buf *numbers, struct err *err)
{
	struct buf b = { .limit = 1 << 17 };

	buf_byte(&b, '{');
	buf_str(&b, buf_view(gain));
	buf_str(&b, gain->len || !numbers->len ? buf_view(numbers) : str_skip(buf_view(numbers), 1));
	buf_byte(&b, '}');
	a->facts = arena_buf(&p->mem, &b);
	buf_free(&b);
	return a->facts ? 0 : err_nomem(err);
}

static int of_cause(struct pass *p, struct advice *a, const struct advice_facts *known, struct err *err)
{
	struct advice_facts f = *known;
	struct advice_text t = { .missing = -1 };
	struct buf where = { .limit = 4096 }, gain = { .limit = 4096 };
	int rc = load_place(p, a->spec->text.id, false, &a->main, err);

	if (!rc)
		rc = load_place(p, a->spec->text.id, true, &a->creator, err);
	if (!rc)
		rc = advice_facts_of_code(&f, p, a->spec, a->main.func, err);
	if (!rc)
		rc = choose_variant(p, a, &f, err);
	if (!rc)
		rc = find_gain(p, a, &gain, err);
	if (!rc) {
		add_where(&where, &a->main);
		advice_fill(&t, a->variant ? a->variant->action : a->spec->text.action,
			    &(struct advice_words){ a->main.name, buf_view(&where), a->creator.name }, &f);
		a->needs = t.missing >= 0 && !t.facts.len ? advice_fact_needs((enum advice_fact)t.missing) : NULL;
		a->act = arena_buf(&p->mem, &t.out);
		rc = a->act ? join_facts(p, a, &gain, &t.facts, err) : err_nomem(err);
	}
	if (!rc && !a->needs && isnan(a->gain_lo))
		a->needs = "load report and profiles of both sides that show what it costs";
	buf_free(&t.out);
	buf_free(&t.facts);
	buf_free(&where);
	buf_free(&gain);
	return rc;
}

static double worth(const struct advice *a)
{
	return a->score * (.2 + (isfinite(a->relative) ? fmax(0, a->relative) : 0));
}

static int by_worth(const void *x, const void *y)
{
	const struct advice *a = x, *b = y;

	if (worth(a) != worth(b))
		return worth(a) > worth(b) ? -1 : 1;
	return strcmp(a->spec->text.id, b->spec->text.id);
}

static int put(struct pass *p, int64_t rank, const char *cause, const char *act, const struct advice *a, const char *verify,
	       const char *facts, const char *needs, struct err *err)
{
	return store_run(p->st, err,
			 "INSERT INTO recommendation (analysis, rank, cause, variant, act, func, line, gain_lo, gain_hi, gain_unit, risk, versions,"
			 " verify, facts, needs) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "isssiiddtsssss", rank, cause, a && a->variant ? a->variant->name : NULL, act, a ? a->main.func : STORE_NULL, a ? a->main.line : STORE_NULL,
			 a ? a->gain_lo : NAN, a ? a->gain_hi : NAN, a ? a->unit : STR_NONE,
			 a ? text_of(a->variant ? a->variant->risk : NULL, a->spec->text.risk) : NULL,
			 a ? text_of(a->variant ? a->variant->versions : NULL, a->spec->text.versions) : NULL, verify, facts, needs);
}

/* What stands in the way of a better answer comes first when there is no answer. */
static int put_first(struct pass *p, int64_t *rank, struct err *err)
{
	struct stmt *q;
	char verdict[40] = "";
	int rc;

	if (p->design == DESIGN_SNAPSHOT)
		return put(p, ++*rank, "none",
			   "Capture a baseline: the same load against the last good build, with the same capture, into a folder named baseline beside this"
			   " one named current (docs/capture.md has the commands).", NULL,
			   "attrib analyze RUN says two_sides and names what changed.", "{}", "a second capture of the good state", err);
	rc = store_query(p->st, &q, err, "SELECT id FROM cause WHERE rank = 1", "");
	if (rc)
		return rc;
	if (store_next(q, err)) {
		struct str s = stmt_text(q, 0);

		memcpy(verdict, s.p, s.n < sizeof(verdict) ? s.n : sizeof(verdict) - 1);
	}
	rc = store_end(q, err);
	if (rc)
		return rc;
	if (strcmp(verdict, "none") == 0 && p->n_runs[BASE] < 4)
		return put(p, ++*rank, "none",
			   "Nothing to fix was found. To see smaller changes, record four runs a side (folders run-1 ... run-4): run-to-run variation is then"
			   " measured instead of assumed.", NULL, "The list of smallest detectable changes shrinks.", "{}", "more runs a side", err);
	if (strcmp(verdict, "unknown") == 0)
		return put(p, ++*rank, "unknown",
			   "Something changed that no cause here explains: look at the changed functions and clusters below, and add the sources named as not tested.",
			   NULL, "attrib doctor RUN lists the missing sources.", "{}", "the sources not tested", err);
	return 0;
}

int pass_advise(struct pass *p, struct err *err)
{
	struct advice list[MAX_ADVICE] = { 0 };
	struct advice_facts facts;
	struct stmt *q;
	int64_t rank = 0;
	size_t n = 0;
	int rc = put_first(p, &rank, err);

	if (!rc)
		rc = store_query(p->st, &q, err, "SELECT id, max(score, coalesce(residual, 0) * (1 - coalesce((SELECT coverage FROM cause WHERE rank = 1), 1))) AS likely FROM cause"
				 " WHERE tested = 1 AND likely >= ? ORDER BY rank", "d", WORTH);
	if (rc)
		return rc;
	while (store_next(q, err) && n < MAX_ADVICE) {
		struct str id = stmt_text(q, 0);

		for (size_t i = 0; i < analyze_catalogue_count(p->cat); i++) {
			const struct cause_spec *s = catalogue_spec(p->cat, i);

			if (str_is(id, s->text.id) && s->text.action)
				list[n++] = (struct advice){ .spec = s, .score = stmt_real(q, 1), .relative = NAN, .unit = STR_NONE };
		}
	}
	rc = store_end(q, err);
	if (!rc)
		rc = advice_facts_load(&facts, p, err);
	for (size_t i = 0; !rc && i < n; i++)
		rc = of_cause(p, &list[i], &facts, err);
	qsort(list, n, sizeof(list[0]), by_worth);
	for (size_t i = 0; !rc && i < n; i++) {
		const struct advice *a = &list[i];
		const char *verify = text_of(a->variant ? a->variant->verify : NULL, a->spec->text.verify);

		rc = put(p, ++rank, a->spec->text.id, a->act, a, text_of(verify, "Same load, and the verdict again."), a->facts, a->needs, err);
	}
	return rc;
}
