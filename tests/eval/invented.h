/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * invented.h - scenarios out of a random number generator, for the test of the harness: facts of which the planted cause's signals are
 * mostly loud, the others mostly quiet, some measured nowhere
 */
#ifndef EVAL_INVENTED_H
#define EVAL_INVENTED_H

#include <stdio.h>

#include "analyze/math/dist.h"
#include "tests/eval/fit.h"

#define INVENTED_MAX 400

struct invented {
	struct analyze_catalogue *cat;
	struct scenario scenario[INVENTED_MAX];
	struct answer answer[INVENTED_MAX];
	size_t n;
	struct arena mem;
	struct dist_rng rng;
};

static inline double invented_value(struct invented *v, const struct cause_spec *planted, const struct cause_signal *g)
{
	double chance = dist_rng_unit(&v->rng), size = dist_rng_unit(&v->rng);

	for (size_t i = 0; planted && i < planted->n_signals; i++)
		if (strcmp(planted->signal[i].name, g->name) == 0 && !planted->signal[i].against)
			return chance < .75 ? (planted->signal[i].down ? -1 : 1) * (.4 + .6 * size) : .1 * size;
	return chance < .06 ? size : chance < .5 ? 0 : .05 * size;
}

/* One fact a signal name of the catalogue; a tenth of the names has none in any scenario. */
static inline int invented_facts(struct invented *v, struct facts *f, const struct cause_spec *planted, struct err *err)
{
	*f = (struct facts){ .fact = arena_array(&v->mem, struct fact, 1024) };
	if (!f->fact)
		return err_nomem(err);
	for (size_t k = 0; k < analyze_catalogue_count(v->cat); k++)
		for (size_t i = 0; i < catalogue_spec(v->cat, k)->n_signals; i++) {
			const struct cause_signal *g = &catalogue_spec(v->cat, k)->signal[i];
			struct fact *x = &f->fact[f->n];
			size_t letters = strlen(g->name);

			if (contest_fact(f, g->name) || letters % 10 == 7 || f->n == 1023)
				continue;
			*x = (struct fact){ .name = str_from(g->name), .measured = true, .kpi = k % 3 == 0 && i == 0, .value = invented_value(v, planted, g),
				.group = (uint32_t)f->n / 12, .p = i % 4 == 1 ? .02 + .1 * dist_rng_unit(&v->rng) : NAN };
			x->size = x->value;
			f->worse = fmax(f->worse, x->kpi ? x->value : 0);
			f->n++;
		}
	return 0;
}

/* n scenarios of `services` services; every fourth has no fault. */
static inline int invented_make(struct invented *v, size_t n, size_t services, struct err *err)
{
	static char name[INVENTED_MAX][24], service[INVENTED_MAX][24];
	struct analyze_opts plain = { .model = ANALYZE_DEFAULT };
	int rc = catalogue_load(&v->cat, &plain, STR_LIT(""), err);

	v->rng = (struct dist_rng){ DIST_SEED };
	for (size_t i = 0; !rc && i < n && i < INVENTED_MAX; i++) {
		size_t causes = analyze_catalogue_count(v->cat), k = (i * 7 + 3) % (causes - 2);
		bool fault = i % 4 != 0;
		struct answer *a = &v->answer[i];

		snprintf(name[i], sizeof(name[i]), "s-%03zu", i);
		snprintf(service[i], sizeof(service[i]), "service%zu", i / 4 % services);
		v->scenario[i] = (struct scenario){ .name = name[i], .service = service[i], .cause = fault ? catalogue_spec(v->cat, k)->text.id : "none",
			.also = i % 9 == 2 && k ? catalogue_spec(v->cat, k - 1)->text.id : "", .magnitude = "clear", .planted = "",
			.kind = fault ? TRUTH_FAULT : TRUTH_PAIR };
		*a = (struct answer){ .scenario = &v->scenario[i], .cap = LEVEL_HIGH };
		rc = invented_facts(v, &a->facts, fault ? catalogue_spec(v->cat, k) : NULL, err);
		if (!rc)
			rc = contest_bind(&a->contest, &a->facts, v->cat, &v->mem, err);
		v->n = i + 1;
	}
	return rc;
}

static inline void invented_free(struct invented *v)
{
	analyze_catalogue_free(v->cat);
	arena_free(&v->mem);
}

#endif
