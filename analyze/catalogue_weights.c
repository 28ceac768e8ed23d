// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * catalogue_weights.c - weights.ini over causes.ini
 *
 * weights.ini names cause and signal; a name that no cause has any more is passed over, so that a line may leave causes.ini before
 * the next fit. A cause of a --causes file is another cause under the same id: it keeps its own numbers, unless its signal lines are
 * those of causes.ini, so that whoever changes a text or an action keeps the weights.
 */
#include <math.h>

#include "analyze/catalogue_parts.h"
#include "core/fmt.h"

#define HIGH_AT_LEAST .8
#define HIGH_AT_MOST .99

void catalogue_weights_by_hand(struct analyze_catalogue *c)
{
	c->constants = (struct catalogue_constants){ .changed_at = .35, .changed_steep = 9, .unknown_weight = 3, .untested_share = .3,
		.temperature = 1, .level_high = .9 };
}

const struct catalogue_constants *catalogue_constants(const struct analyze_catalogue *c)
{
	return &c->constants;
}

struct catalogue_constants *catalogue_edit_constants(struct analyze_catalogue *c)
{
	return &c->constants;
}

size_t catalogue_reliability(const struct analyze_catalogue *c, const struct catalogue_reliability **rows)
{
	*rows = c->reliability;
	return c->n_reliability;
}

static bool same_line(const struct cause_signal *a, const struct cause_signal *b)
{
	return strcmp(a->name, b->name) == 0 && a->down == b->down && a->against == b->against;
}

/* Both causes have the same lines with the same numbers. */
static bool same_lines(const struct cause_spec *a, const struct cause_spec *b)
{
	if (a->n_signals != b->n_signals)
		return false;
	for (size_t i = 0; i < a->n_signals; i++) {
		const struct cause_signal *x = &a->signal[i], *y = &b->signal[i];

		if (!same_line(x, y) || x->weight != y->weight || x->miss != y->miss)
			return false;
	}
	return true;
}

static int set_line(struct catalogue_parse *ps, struct cause_spec *s, const char *value, bool against)
{
	struct cause_signal g;
	struct buf text = { .limit = 1000 };
	bool hand = false;

	if (!catalogue_signal(ps, &g, value, against, &hand))
		return 0;
	for (size_t i = 0; i < s->n_signals && !hand; i++) {
		struct cause_signal *x = &s->signal[i];

		if (!same_line(x, &g))
			continue;
		x->weight = g.weight;
		x->miss = g.miss;
		buf_printf(&text, "%s weight=%.4g", x->name, x->weight);
		if (x->miss > 0)
			buf_printf(&text, " miss=%.4g", x->miss);
		if (x->down)
			buf_puts(&text, " down");
		if (!isnan(x->level))
			buf_printf(&text, " level=%g", x->level);
		x->text = arena_buf(&ps->c->mem, &text);
		buf_free(&text);
		return x->text ? 1 : inifile_nomem(&ps->in);
	}
	return 1;
}

/* prior = P [hand]; a --causes file that says another one than causes.ini keeps it. */
static int set_prior(struct catalogue_parse *ps, struct cause_spec *s, const char *value)
{
	size_t n = strcspn(value, " ");
	double prior;

	if (!fmt_parse_real((struct str){ value, n }, &prior) || !(prior > 0 && prior < 1) || (value[n] && strcmp(value + n, " hand") != 0))
		return catalogue_fail(ps, "prior must lie between 0 and 1", value);
	if (!value[n] && (!s->replaces || s->replaces->prior == s->prior))
		s->prior = prior;
	return 1;
}

static int set_cause(struct catalogue_parse *ps, const char *id, const char *name, const char *value)
{
	struct cause_spec *s = NULL, unused = { 0 };

	for (size_t i = 0; i < ps->c->n && !s; i++)
		if (strcmp(ps->c->cause[i]->text.id, id) == 0)
			s = ps->c->cause[i];
	if (!s || s->own_weights)
		s = &unused;	/* checked all the same */
	if (strcmp(name, "prior") == 0)
		return set_prior(ps, s, value);
	if (strcmp(name, "signal") == 0 || strcmp(name, "against") == 0)
		return set_line(ps, s, value, name[0] == 'a');
	return catalogue_fail(ps, "unknown key", name);
}

static int set_constant(struct catalogue_parse *ps, const char *name, const char *value)
{
	struct catalogue_constants *k = &ps->c->constants;
	struct { const char *name; double *to, lo, hi; } all[] = {
		{ "changed_at", &k->changed_at, .01, .99 }, { "changed_steep", &k->changed_steep, .1, 100 },
		{ "unknown_weight", &k->unknown_weight, .01, 20 }, { "untested_share", &k->untested_share, 0, 1 },
		{ "temperature", &k->temperature, .05, 20 }, { "level_high", &k->level_high, HIGH_AT_LEAST, HIGH_AT_MOST },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, all[i].name) != 0)
			continue;
		if (!fmt_parse_real(str_from(value), all[i].to) || !(*all[i].to >= all[i].lo && *all[i].to <= all[i].hi))
			return catalogue_fail(ps, "not a number it can be", value);
		return 1;
	}
	return catalogue_fail(ps, "unknown key", name);
}

/* from = LO answers=N right=K mean=M */
static int add_reliability(struct catalogue_parse *ps, const char *value)
{
	char *copy = arena_strdup(&ps->c->mem, value), *save = NULL, *word = copy ? strtok_r(copy, " ", &save) : NULL;
	double lo, n = NAN, right = NAN, mean = NAN;
	bool bad = !word || !fmt_parse_real(str_from(word), &lo);

	if (ps->c->n_reliability == CATALOGUE_MAX_RELIABILITY)
		return catalogue_fail(ps, "more than 20 rows of reliability", NULL);
	while (!bad && (word = strtok_r(NULL, " ", &save)) != NULL)
		if (!catalogue_number(word, "answers=", &n, &bad) && !catalogue_number(word, "right=", &right, &bad) &&
		    !catalogue_number(word, "mean=", &mean, &bad))
			bad = true;
	if (bad || !(n >= 0 && n < 1e9 && right >= 0 && right <= n && mean >= 0 && mean <= 1))
		return catalogue_fail(ps, "from = LO answers=N right=K mean=M", value);
	ps->c->reliability[ps->c->n_reliability++] = (struct catalogue_reliability){ lo, mean, (int64_t)n, (int64_t)right };
	return 1;
}

static int handler(void *arg, const char *section, const char *name, const char *value)
{
	struct catalogue_parse *ps = arg;

	if (ps->in.failed)
		return 0;
	if (strcmp(section, "contest") == 0)
		return set_constant(ps, name, value);
	if (strcmp(section, "reliability") == 0)
		return strcmp(name, "from") == 0 ? add_reliability(ps, value) : catalogue_fail(ps, "unknown key", name);
	return set_cause(ps, section, name, value);
}

int catalogue_weights(struct analyze_catalogue *c, struct str text, struct err *err)
{
	struct catalogue_parse ps = { .c = c, .in = { .text = text, .name = "weights.ini", .err = err } };

	for (size_t i = 0; i < c->n; i++)
		c->cause[i]->own_weights = c->cause[i]->replaces && !same_lines(c->cause[i], c->cause[i]->replaces);
	return inifile_read(&ps.in, handler, &ps);
}
