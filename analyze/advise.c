// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * advise.c - one ranked list of what to do, over all causes
 *
 * Ranked by probability times expected gain. The gain is what the guilty code costs more than on the baseline, with its interval: an upper bound,
 * since a fix rarely removes more than the change. Where a fact is missing there is no number, and `needs` says which file would give it.
 */
#include <math.h>
#include <stdlib.h>

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

static void fill(struct buf *b, const char *text, const struct advice *a)
{
	static const char *const slot[] = { "{function}", "{where}", "{creator}", NULL };

	while (*text) {
		int i = 0;

		while (slot[i] && strncmp(text, slot[i], strlen(slot[i])) != 0)
			i++;
		if (!slot[i]) {
			buf_byte(b, *text++);
			continue;
		}
		text += strlen(slot[i]);
		if (i == 0)
			buf_str(b, a->main.name.p ? a->main.name : STR_LIT("the code the evidence names"));
		else if (i == 1)
			add_where(b, &a->main);
		else
			buf_str(b, a->creator.name.p ? a->creator.name : STR_LIT("their creator"));
	}
}

static void put_fact(struct buf *b, const char *name, double v)
{
	buf_printf(b, ",\"%s\":", name);
	fmt_real(b, v);
}

/* The change that the first own: metric of the cause shows for the guilty function; goroutine causes gain their growth. */
static int find_gain(struct pass *p, struct advice *a, struct err *err)
{
	struct buf facts = { .limit = 4096 };
	struct stmt *q;
	bool goroutines = a->spec->n_guilty && strncmp(a->spec->guilty[0], "own:", 4) != 0;
	int rc;

	a->gain_lo = a->gain_hi = NAN;
	if (goroutines)
		rc = store_query(p->st, &q, err,
				 "SELECT base, cur, cur - base, cur - base, unit, name, NULL FROM signal WHERE name = 'goroutines.cluster_growth'"
				 " AND state = 'measured' AND cur > base", "");
	else
		rc = store_query(p->st, &q, err,
				 "SELECT c.base, c.cur, max(c.lo, 0), c.hi, c.unit, c.metric, t.base FROM change c JOIN func_symbol f ON f.symbol = c.subject"
				 " LEFT JOIN change t ON t.id = c.family WHERE c.scope = 'symbol' AND c.stat = 'own' AND f.func = ?1 AND c.delta > 0"
				 " AND c.metric LIKE ?2 || '%' ORDER BY c.delta DESC LIMIT 1", "is", a->main.func,
				 a->spec->n_guilty ? a->spec->guilty[0] + 4 : "");
	if (rc)
		return rc;
	if (store_next(q, err)) {
		double base = stmt_real(q, 0), cur = stmt_real(q, 1), whole = stmt_real(q, 6);

		a->gain_lo = stmt_real(q, 2);
		a->gain_hi = stmt_real(q, 3);
		a->unit = arena_str(&p->mem, stmt_text(q, 4));
		a->relative = fmin(1, (cur - base) / (whole > 0 ? whole : base > 0 ? base : cur));
		buf_puts(&facts, "{\"formula\":\"cur - base\",\"from\":");
		buf_printf(&facts, "\"%s\"", goroutines ? "signal goroutines.cluster_growth" : "change of the guilty function's own cost");
		put_fact(&facts, "base", base);
		put_fact(&facts, "cur", cur);
		buf_puts(&facts, "}");
	} else {
		buf_puts(&facts, "{}");
		a->needs = goroutines ? "goroutine dumps of both sides" : "profiles of both sides that show this cost";
	}
	rc = store_end(q, err);
	a->facts = arena_strndup(&p->mem, facts.data, facts.len);
	buf_free(&facts);
	return rc ? rc : a->facts ? 0 : err_nomem(err);
}

static int of_cause(struct pass *p, struct advice *a, struct err *err)
{
	struct buf act = { .limit = 1 << 16 };
	int rc = load_place(p, a->spec->text.id, false, &a->main, err);

	if (!rc)
		rc = load_place(p, a->spec->text.id, true, &a->creator, err);
	if (!rc)
		rc = find_gain(p, a, err);
	if (rc)
		return rc;
	fill(&act, a->spec->text.action, a);
	a->act = act.failed ? NULL : arena_strndup(&p->mem, act.data, act.len);
	buf_free(&act);
	return a->act ? 0 : err_nomem(err);
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
			 " verify, facts, needs) VALUES (1, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			 "issiiddtsssss", rank, cause, act, a ? a->main.func : STORE_NULL, a ? a->main.line : STORE_NULL,
			 a ? a->gain_lo : NAN, a ? a->gain_hi : NAN, a ? a->unit : STR_NONE, a ? a->spec->text.risk : NULL,
			 a ? a->spec->text.versions : NULL, verify, facts, needs);
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
	struct stmt *q;
	int64_t rank = 0;
	size_t n = 0;
	int rc = put_first(p, &rank, err);

	if (!rc)
		rc = store_query(p->st, &q, err, "SELECT id, score FROM cause WHERE score >= ? AND tested = 1 ORDER BY rank", "d", WORTH);
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
	for (size_t i = 0; !rc && i < n; i++)
		rc = of_cause(p, &list[i], err);
	qsort(list, n, sizeof(list[0]), by_worth);
	for (size_t i = 0; !rc && i < n; i++)
		rc = put(p, ++rank, list[i].spec->text.id, list[i].act, &list[i],
			 list[i].spec->text.verify ? list[i].spec->text.verify : "Same load, and the verdict again.", list[i].facts, list[i].needs, err);
	return rc;
}
