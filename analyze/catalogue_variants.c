// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * catalogue_variants.c - one cause, several actions
 *
 *     variant = held_across_io when look.lock_contention.holder_io>=.2 and goroutines.class.mutex:cur>=1
 *     do = Move the call out of the critical section ...
 *
 * The first variant whose conditions hold is taken, so they stand from the particular to the general.
 */
#include <math.h>

#include "analyze/advice_numbers.h"
#include "analyze/catalogue_parts.h"
#include "core/fmt.h"

#define OPERATORS "<>"

static int condition(struct catalogue_parse *ps, struct cause_condition *c, char *word)
{
	char *op = strpbrk(word, OPERATORS), *side;

	*c = (struct cause_condition){ .of = CONDITION_VALUE };
	if (!op || op == word)
		return catalogue_fail(ps, "a condition is SIGNAL>=NUMBER", word);
	c->greater = *op == '>';
	c->equal = op[1] == '=';
	if (!fmt_parse_real(str_from(op + 1 + c->equal), &c->limit))
		return catalogue_fail(ps, "not a number", op + 1 + c->equal);
	*op = '\0';
	if (strncmp(word, "fact:", 5) == 0) {
		c->of = CONDITION_FACT;
		c->name = word + 5;
		return advice_fact_known(c->name) ? 1 : catalogue_fail(ps, "there is no such fact", c->name);
	}
	side = strchr(word, ':');
	c->name = word;
	if (!side)
		return 1;
	*side++ = '\0';
	c->of = strcmp(side, "cur") == 0 ? CONDITION_CUR : CONDITION_BASE;
	return c->of == CONDITION_CUR || strcmp(side, "base") == 0 ? 1 : catalogue_fail(ps, "a side is :cur or :base", side);
}

/* NAME when COND and COND */
static int add_variant(struct catalogue_parse *ps, struct cause_spec *s, const char *value)
{
	char *copy = arena_strdup(&ps->c->mem, value), *save = NULL, *word;
	struct analyze_variant *v = &s->variant[s->text.n_variants];
	struct cause_variant *c = &s->choice[s->text.n_variants];
	const char *when;
	bool joined = false;

	if (!copy)
		return inifile_nomem(&ps->in);
	if (s->text.n_variants == CATALOGUE_MAX_VARIANTS)
		return catalogue_fail(ps, "more than 8 variants in one cause", NULL);
	v->name = strtok_r(copy, " \t", &save);
	word = v->name ? strtok_r(NULL, " \t", &save) : NULL;
	if (!word || strcmp(word, "when") != 0)
		return catalogue_fail(ps, "variant = NAME when CONDITION [and CONDITION ...]", NULL);
	when = strstr(value, " when ");
	v->when = when ? arena_strdup(&ps->c->mem, when + strlen(" when ")) : NULL;
	if (!v->when)
		return catalogue_fail(ps, "variant = NAME when CONDITION [and CONDITION ...]", NULL);
	c->line = ps->in.line;
	while ((word = strtok_r(NULL, " \t", &save)) != NULL) {
		if (c->n && !joined) {
			joined = strcmp(word, "and") == 0;
			if (!joined)
				return catalogue_fail(ps, "conditions are joined by `and`", word);
			continue;
		}
		if (c->n == CATALOGUE_MAX_CONDITIONS)
			return catalogue_fail(ps, "more than 4 conditions", NULL);
		if (!condition(ps, &c->condition[c->n++], word))
			return 0;
		joined = false;
	}
	if (!c->n || joined)
		return catalogue_fail(ps, "a variant needs a condition", v->name);
	s->text.n_variants++;
	return 1;
}

int catalogue_variant(struct catalogue_parse *ps, struct cause_spec *s, const char *key, const char *value)
{
	struct analyze_variant *v = s->text.n_variants ? &s->variant[s->text.n_variants - 1] : NULL, unused = { 0 };
	struct { const char *key; const char **field; } texts[] = {
		{ "do", v ? &v->action : &unused.action }, { "watch", v ? &v->risk : &unused.risk }, { "check", v ? &v->verify : &unused.verify },
		{ "only", v ? &v->versions : &unused.versions },
	};

	if (strcmp(key, "variant") == 0)
		return add_variant(ps, s, value);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(key, texts[i].key) == 0)
			return v ? catalogue_text(ps, texts[i].field, value) : catalogue_fail(ps, "there is no variant above", key);
	return -1;
}

static bool is_look(const struct cause_spec *s, const char *name)
{
	for (size_t i = 0; i < s->n_frames; i++)
		if (strcmp(s->frames[i].name, name) == 0)
			return true;
	return strncmp(name, "look.", 5) != 0;
}

static int check_text(struct catalogue_parse *ps, const struct cause_spec *s, const char *text)
{
	char bad[64];

	if (text && !advice_text_valid(text, bad, sizeof(bad)))
		return err_set(ps->in.err, ERR_USAGE, "%s: [%s] an action text says %s, which stands for nothing", ps->in.name, s->text.id, bad);
	return 0;
}

int catalogue_check_variants(struct catalogue_parse *ps, const struct cause_spec *s)
{
	int rc = check_text(ps, s, s->text.action);

	for (size_t i = 0; !rc && i < s->text.n_variants; i++) {
		const struct cause_variant *c = &s->choice[i];

		if (!s->variant[i].action)
			return err_set(ps->in.err, ERR_USAGE, "%s, line %d: variant %s has no do", ps->in.name, c->line, s->variant[i].name);
		rc = check_text(ps, s, s->variant[i].action);
		for (size_t k = 0; !rc && k < c->n; k++)
			if (c->condition[k].of != CONDITION_FACT && !is_look(s, c->condition[k].name))
				return err_set(ps->in.err, ERR_USAGE, "%s, line %d: no look line defines %.80s", ps->in.name, c->line, c->condition[k].name);
	}
	return rc;
}
