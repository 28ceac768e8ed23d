// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_kind.c - what kind of profile this is: columns to measures, and the time it covers
 *
 * A measure is a pair (count, amount): a column in `count` followed by one in another unit. A lone column of counts
 * is both; a lone column of anything else has no count. Go's columns get attrib's names, any other keeps its own.
 * Time units become ns here, so that amounts of two writers compare; other units are kept as the file names them.
 *
 * Time: an interval begins at time_nanos (cpu, fgprof, other writers). Go's snapshots (heap, block, mutex, counts)
 * have no duration, unless they are the difference of two: then time_nanos is the END of the interval.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ingest/pprof.h"

static struct str type_of(const struct pprof *p, const Pb__ValueType *t)
{
	return t ? pprof_text(p, t->type_str) : STR_LIT("");
}

static struct str unit_of(const struct pprof *p, const Pb__ValueType *t)
{
	return t ? pprof_text(p, t->unit_str) : STR_LIT("");
}

/* Whether the columns from i on are named a, then b. */
static bool columns_are(const struct pprof *p, size_t i, const char *a, const char *b)
{
	return i + 1 < p->prof->n_sample_type && str_is(type_of(p, p->prof->sample_type[i]), a) &&
	       str_is(type_of(p, p->prof->sample_type[i + 1]), b);
}

static enum pprof_kind kind_of(const struct pprof *p)
{
	struct str period = type_of(p, p->prof->period_type);
	size_t n = p->prof->n_sample_type;

	if (n == 2 && columns_are(p, 0, "samples", "cpu"))
		return KIND_CPU;
	if (n == 2 && columns_are(p, 0, "contentions", "delay"))
		return KIND_CONTENTION;
	if (str_is(period, "wallclock"))
		return KIND_WALL;
	for (size_t i = 0; i < n; i++) {
		if (columns_are(p, i, "alloc_objects", "alloc_space") ||
		    columns_are(p, i, "inuse_objects", "inuse_space"))
			return KIND_HEAP;
	}
	if (n == 1 && str_is(unit_of(p, p->prof->sample_type[0]), "count") &&
	    (period.n == 0 || str_eq(period, type_of(p, p->prof->sample_type[0]))))
		return KIND_COUNT;
	return KIND_OTHER;
}

/* The house's word for a unit, and what makes it of the file's. */
static struct str house_unit(struct str unit, int64_t *scale)
{
	static const struct {
		const char *name, *house;
		int64_t scale;
	} known[] = {
		{ "nanoseconds", "ns", 1 }, { "nanosecond", "ns", 1 }, { "ns", "ns", 1 },
		{ "microseconds", "ns", 1000 }, { "microsecond", "ns", 1000 }, { "us", "ns", 1000 },
		{ "milliseconds", "ns", 1000000 }, { "millisecond", "ns", 1000000 }, { "ms", "ns", 1000000 },
		{ "seconds", "ns", 1000000000 }, { "second", "ns", 1000000000 }, { "s", "ns", 1000000000 },
		{ "byte", "bytes", 1 }, { "bytes", "bytes", 1 }, { "count", "count", 1 },
	};

	*scale = 1;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (str_is(unit, known[i].name)) {
			*scale = known[i].scale;
			return str_from(known[i].house);
		}
	}
	return unit;
}

static struct str metric_of(const struct pprof *p, size_t count_col, size_t amount_col)
{
	struct str type = type_of(p, p->prof->sample_type[amount_col]);

	if (p->kind == KIND_HEAP && columns_are(p, count_col, "alloc_objects", "alloc_space"))
		return STR_LIT("alloc");
	if (p->kind == KIND_HEAP && columns_are(p, count_col, "inuse_objects", "inuse_space"))
		return STR_LIT("inuse");
	if (p->kind == KIND_WALL && str_is(type, "time"))
		return STR_LIT("wall");
	return type.n ? type : STR_LIT("unnamed");
}

static const char *extent_of(const struct pprof *p, struct str metric)
{
	if (p->kind == KIND_CPU || p->kind == KIND_WALL || p->prof->duration_nanos > 0)
		return "interval";
	if (p->kind == KIND_CONTENTION || str_is(metric, "alloc") || str_starts(metric, "alloc_"))
		return "since_start";
	return "instant";
}

/* What a count stands for. Of writers that are not Go's, only what the units prove. */
static int64_t period_of(const struct pprof *p, struct str unit, int64_t scale)
{
	int64_t other, period = p->prof->period;
	bool fits = p->kind != KIND_OTHER || str_eq(house_unit(unit_of(p, p->prof->period_type), &other), unit);

	if (!fits || period < 0 || (period == 0 && p->kind != KIND_HEAP))
		return STORE_NULL;
	return __builtin_mul_overflow(period, scale, &period) ? STORE_NULL : period;
}

static bool taken(const struct pprof *p, const struct pprof_measure *m)
{
	for (const struct pprof_measure *other = p->measure; other < m; other++) {
		if (str_eq(other->metric, m->metric))
			return true;
	}
	return false;
}

/* Two columns of one name are told apart by a number: a metric is unique in its profile. */
static int make_unique(struct pprof *p, struct pprof_measure *m, struct err *err)
{
	struct str base = m->metric;
	char text[128];

	for (int k = 2; taken(p, m); k++) {
		int n = snprintf(text, sizeof(text), "%.*s#%d", (int)(base.n < 100 ? base.n : 100), base.p, k);

		m->metric = arena_str(&p->t.text, (struct str){ text, (size_t)n });
		if (!m->metric.p)
			return err_nomem(err);
	}
	return 0;
}

static int add_measure(struct pprof *p, int count_col, int amount_col, struct err *err)
{
	struct pprof_measure *m = &p->measure[p->n_measures];
	const Pb__ValueType *amount = p->prof->sample_type[amount_col];
	int64_t most = p->s.total ? p->s.total[amount_col] : 0;

	*m = (struct pprof_measure){ .count_col = count_col, .amount_col = amount_col, .count_unit = STR_NONE };
	m->metric = metric_of(p, (size_t)(count_col < 0 ? amount_col : count_col), (size_t)amount_col);
	if (count_col >= 0)
		m->count_unit = STR_LIT("count");
	m->amount_unit = house_unit(unit_of(p, amount), &m->scale);
	if (__builtin_mul_overflow(most, m->scale, &most)) {
		m->amount_unit = unit_of(p, amount);
		m->scale = 1;
	}
	m->period = period_of(p, m->amount_unit, m->scale);
	m->scaled = p->kind == KIND_CONTENTION || (p->kind == KIND_HEAP && p->prof->period > 1);
	m->extent = extent_of(p, m->metric);
	p->n_measures++;
	return make_unique(p, m, err);
}

static void set_times(struct pprof *p)
{
	int64_t time = p->prof->time_nanos, span = p->prof->duration_nanos;

	p->t0 = p->t1 = time == 0 ? STORE_NULL : time;
	if (time == 0 || span <= 0)
		return;
	if (p->delta && __builtin_sub_overflow(time, span, &p->t0))
		p->t0 = time;
	if (!p->delta && __builtin_add_overflow(time, span, &p->t1))
		p->t1 = time;
}

/* Stacks that stand exactly at the depth where Go stops have lost their root: 64 frames in cpu profiles; elsewhere
 * 32 up to Go 1.22, 128 since; custom profiles 32. */
static int64_t depth_cut(const struct pprof *p)
{
	const struct pprof_samples *s = &p->s;

	if (p->kind == KIND_CPU)
		return s->deepest == 64 ? (int64_t)s->at_64 : 0;
	if (p->kind != KIND_HEAP && p->kind != KIND_CONTENTION && p->kind != KIND_COUNT)
		return 0;
	if (p->kind == KIND_COUNT && str_is(type_of(p, p->prof->sample_type[0]), "threadcreate"))
		return 0;	/* always 32 entries, most of them 0 */
	return s->deepest == 32 ? (int64_t)s->at_32 : s->deepest == 128 ? (int64_t)s->at_128 : 0;
}

static bool counts(const struct pprof *p, size_t col)
{
	return str_is(unit_of(p, p->prof->sample_type[col]), "count");
}

int pprof_kind(struct pprof *p, struct err *err)
{
	size_t n = p->prof->n_sample_type;
	int rc = 0;

	p->kind = kind_of(p);
	p->delta = p->prof->duration_nanos > 0 &&
		   (p->kind == KIND_HEAP || p->kind == KIND_CONTENTION || p->kind == KIND_COUNT);
	set_times(p);
	p->depth_cut = depth_cut(p);
	p->measure = calloc(n + 1, sizeof(*p->measure));
	if (!p->measure)
		return err_nomem(err);
	for (size_t i = 0; i < n && !rc; i++) {
		bool pair = counts(p, i) && i + 1 < n && !counts(p, i + 1);

		rc = add_measure(p, counts(p, i) ? (int)i : -1, (int)(pair ? i + 1 : i), err);
		i += pair;
	}
	return rc;
}

static bool name_has(const char *name, const char *word)
{
	return name && strcasestr(name, word);
}

int pprof_kind_contention(struct pprof *p, int64_t unlocks, int64_t waits, struct err *err)
{
	bool mutex = unlocks > waits, block = waits > unlocks;

	if (p->kind != KIND_CONTENTION)
		return 0;
	if (!mutex && !block) {
		mutex = name_has(p->o->name, "mutex");
		block = !mutex && name_has(p->o->name, "block");
	}
	if (mutex || block) {
		p->measure[0].metric = mutex ? STR_LIT("mutex") : STR_LIT("block");
		return 0;
	}
	return pprof_note(p, false, err, "neither frames nor file name tell block from mutex: called 'delay'");
}
