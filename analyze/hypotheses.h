/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hypotheses.h - the causes in competition, in memory between scoring and writing down
 */
#ifndef ANALYZE_HYPOTHESES_H
#define ANALYZE_HYPOTHESES_H

#include "analyze/catalogue.h"
#include "analyze/pass.h"

/* A signal as the causes see it. */
struct fact {
	int64_t id;
	struct str name, group_name;
	uint32_t group;
	bool measured, kpi;
	double value, size, cur, p;
};

struct hypothesis {
	const struct cause_spec *spec;
	double score, coverage, nats;	/* nats: ln prior + evidence, before the softmax */
	bool tested;
	double woe[CATALOGUE_MAX_LINES];		/* of its signal lines; NaN not tested */
	const struct hypothesis *by[CATALOGUE_MAX_LINES];	/* a stronger cause that explains the signal, or NULL */
	int rank;
};

struct contest {
	struct fact *fact;
	size_t n_facts;
	struct hypothesis *h;
	size_t n;
	double worse, better;		/* loudest adverse and favourable KPI, 0 .. 1 */
	double changed;			/* how sure that anything changed */
};

/* Reads the signals, scores every cause of the catalogue, ranks. */
int contest_run(struct contest *c, struct pass *p, struct err *err) ERR_MUST_CHECK;
const struct fact *contest_fact(const struct contest *c, const char *name);

#endif
