/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hypotheses.h - the causes in competition, in memory between scoring and writing down
 *
 * Facts are what the signals of one analysis say; contest_facts() reads them and is the only one here that knows the store. Scoring is
 * a function of facts and catalogue alone, so that whoever fits the weights runs exactly what an analysis runs.
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

struct facts {
	struct fact *fact;
	size_t n;
	bool snapshot;			/* one side only: levels speak, changes cannot */
	double worse, better;		/* loudest adverse and favourable KPI, 0 .. 1 */
};

struct hypothesis {
	const struct cause_spec *spec;
	double score, coverage, nats;	/* nats: ln prior + evidence, before the softmax */
	double first;			/* score of the first round, where nothing is discounted */
	double residual;		/* score on what the leading cause leaves, contest_residual(); NaN: not asked */
	bool tested;
	double woe[CATALOGUE_MAX_LINES];		/* of its signal lines; NaN not tested */
	double loudness[CATALOGUE_MAX_LINES];		/* of its lines, those against it and what is not measured 0 */
	double loud[CATALOGUE_MAX_LINES], quiet[CATALOGUE_MAX_LINES];	/* its parts, before any discount: in proportion to weight and miss */
	bool capped[CATALOGUE_MAX_LINES];		/* loud is what the p-value can be worth, whatever the weight */
	const struct hypothesis *by[CATALOGUE_MAX_LINES];	/* a stronger cause that explains the signal, or NULL */
	int rank;
};

/* A signal line of a cause in one contest. */
struct contest_line {
	const struct fact *fact;	/* NULL: no such signal */
	uint64_t explained_by;		/* bit i: cause i explains the signal */
};

struct contest {
	const struct facts *facts;
	const struct catalogue_constants *constants;
	struct hypothesis *h;
	size_t n;
	double changed;			/* how sure that anything changed; NaN in a snapshot */
	double best;			/* largest coverage of a tested cause that is in the running, in the last round */
	struct contest_line *line;	/* of cause k from k * CATALOGUE_MAX_LINES on: the names of its lines, resolved */
	struct score_evidence *evidence;	/* scratch */
	double *prior, *nats, *score;
};

#define CONTEST_MAX_GROUPS 32
#define CONTEST_RUNNING .05	/* a cause below this after the first round keeps `unknown` down by less and less */

/* The signals of the store's analysis, in mem. */
int contest_facts(struct facts *f, struct store *st, bool snapshot, struct arena *mem, struct err *err) ERR_MUST_CHECK;
const struct fact *contest_fact(const struct facts *f, const char *name);

/* worse and better from the facts as they are now. */
void contest_reassess(struct facts *f);

/* A contest of all causes of the catalogue over the facts, which both outlive it: names become numbers, once. */
int contest_bind(struct contest *c, const struct facts *f, const struct analyze_catalogue *cat, struct arena *mem, struct err *err) ERR_MUST_CHECK;
/* Scores every cause by the weights the catalogue has now. */
int contest_score(struct contest *c, struct err *err) ERR_MUST_CHECK;
/*
 * Compound faults: one score has to be shared, so a second fault looks unlikely beside a strong first. When one cause leads clearly, the contest is held again without
 * what that cause measures or brings about; the others' scores then are `residual`: how likely each is as what is left.
 */
int contest_residual(struct contest *c, const struct analyze_catalogue *cat, struct arena *mem, struct err *err) ERR_MUST_CHECK;

#endif
