// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump_put.c - what was read of the dumps, as records
 *
 * Everything is put at the end of the text, because only then it is known which label keys stay, which Go versions can
 * have written it (so which stacks lost their root without a word), and which "dumps" are traces of one crashing
 * goroutine.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/godump_out.h"

/* A group as it is put. */
struct row {
	uint32_t profile, callsite, labelset, state, creator;
	int32_t minutes;
	uint32_t creator_line, flags, stack;
	const char *class;
	int64_t count;
};

struct totals {
	int64_t *flat, *cum;	/* by name */
	uint64_t *seen;		/* by name: the group that added last + 1 */
};

/* Traces share one profile, behind the dumps. */
static uint32_t number_profiles(struct godump *g, uint32_t *traces)
{
	uint32_t n = 0;

	*traces = 0;
	for (size_t i = 0; i < g->n_dumps; i++) {
		struct godump_dump *d = &g->dump[i];

		d->trace = d->trace && d->goroutines == 1 && d->running == 1;
		if (d->trace)
			++*traces;
		else if (d->goroutines)
			d->profile = n++;
	}
	for (size_t i = 0; i < g->n_dumps; i++)
		if (g->dump[i].trace)
			g->dump[i].profile = n;
	return n;
}

static const char *class_of(const struct godump_out *o, const struct godump_key *k, size_t n)
{
	const struct godump_stacks *s = &o->g->stacks;
	struct str name[16];
	size_t m = 0;

	while (m < n && m < sizeof(name) / sizeof(*name)) {
		name[m] = s->names.key[s->node[o->frame[n - 1 - m]].func];
		m++;
	}
	return godump_class(s->states.key[k->state], name, m);
}

/* Up to Go 1.20 a stack of 100 frames, hidden ones counted, ended there without a word. */
static bool silently_cut(const struct godump_out *o, size_t n)
{
	const struct godump_stacks *s = &o->g->stacks;
	uint32_t root = n ? s->node[o->frame[0]].func : 0;
	size_t physical = 0;

	if (n < 90 || o->g->go_min > 20 || (o->g->go_max != STORE_NULL && o->g->go_max > 20))
		return false;
	if (o->g->go_max == STORE_NULL && o->g->with_parent)
		return false;
	for (size_t i = 0; i < n; i++)
		physical += !s->node[o->frame[i]].inlined;
	return physical >= 90 && !str_is(s->names.key[root], "main.main") &&
	       !str_is(s->names.key[root], "runtime.main");
}

static void versions(struct godump *g)
{
	if (g->with_parent && (g->go_min == STORE_NULL || g->go_min < 21))
		g->go_min = 21;
	if (!g->with_parent && g->without_parent && (g->go_max == STORE_NULL || g->go_max > 20))
		g->go_max = 20;
	for (uint32_t i = 0; i < g->stacks.states.n; i++)
		godump_version_state(g->stacks.states.key[i], &g->go_min, &g->go_max);
}

static int make_row(struct godump_out *o, const struct godump_group *group, struct row *r, struct err *err)
{
	const struct godump_key *k = &group->key;
	struct godump *g = o->g;
	struct godump_dump *d = &g->dump[k->dump];
	size_t n;
	int rc;

	*r = (struct row){ .profile = d->profile,
			   .state = k->state,
			   .minutes = k->minutes,
			   .flags = k->flags & ~(uint32_t)GODUMP_CUT,
			   .stack = k->stack,
			   .count = group->count,
			   .creator = GODUMP_NONE };
	r->labelset = k->labelset ? g->labels.out[k->labelset - 1] : 0;
	rc = godump_out_stack(o, k->stack, &r->callsite, err);
	if (!rc && k->creator != GODUMP_NONE) {
		rc = godump_out_func(o, k->creator, k->creator_place, &r->creator, err);
		r->creator_line = o->place_line[k->creator_place];
	}
	n = godump_out_frames(o, k->stack);
	r->class = class_of(o, k, n);
	if (k->flags & GODUMP_CUT || silently_cut(o, n))
		d->depth_cut += group->count;
	return rc;
}

/* Everything but the stack behind a call site. */
static int compare_fields(const struct row *a, const struct row *b)
{
	const int64_t ka[] = { a->profile, a->callsite, a->labelset,	 a->state,
			       a->minutes, a->creator,	a->creator_line, a->flags };
	const int64_t kb[] = { b->profile, b->callsite, b->labelset,	 b->state,
			       b->minutes, b->creator,	b->creator_line, b->flags };

	for (size_t i = 0; i < sizeof(ka) / sizeof(*ka); i++)
		if (ka[i] != kb[i])
			return ka[i] < kb[i] ? -1 : 1;
	return strcmp(a->class, b->class);
}

static int compare_row(const void *pa, const void *pb)
{
	const struct row *a = pa, *b = pb;
	int c = compare_fields(a, b);

	return c ? c : (a->stack > b->stack) - (a->stack < b->stack);
}

/* Groups that became equal (dropped labels, folded stacks, traces) are added up. */
static size_t merge(struct row *row, size_t n)
{
	size_t to = 0;

	if (n)
		qsort(row, n, sizeof(*row), compare_row);
	for (size_t i = 0; i < n; i++) {
		if (to && compare_fields(&row[to - 1], &row[i]) == 0)
			row[to - 1].count += row[i].count;
		else
			row[to++] = row[i];
	}
	return to;
}

static int put_profiles(struct godump *g, uint32_t n_profiles, uint32_t traces, struct err *err)
{
	int64_t trace_cut = 0;
	int rc = 0;

	for (size_t i = 0; i < g->n_dumps && !rc; i++) {
		const struct godump_dump *d = &g->dump[i];

		if (d->trace)
			trace_cut += d->depth_cut;
		else if (d->goroutines)
			rc = put_profile(g->out, err, (struct rec_profile){ .id = d->profile, .t0 = d->t, .t1 = d->t,
					 .depth_cut = d->depth_cut, .comment = STR_NONE });
	}
	if (!rc && traces)
		rc = put_profile(g->out, err,
				 (struct rec_profile){ .id = n_profiles,
						       .t0 = STORE_NULL,
						       .t1 = STORE_NULL,
						       .depth_cut = trace_cut,
						       .comment = STR_LIT("traces of single goroutines") });
	for (uint32_t i = 0; i < n_profiles + (traces > 0) && !rc; i++)
		rc = put_measure(g->out, err,
				 (struct rec_measure){ .id = i,
						       .profile = i,
						       .metric = i < n_profiles ? STR_LIT("goroutine")
										: STR_LIT("goroutine_trace"),
						       .count_unit = STR_LIT("count"),
						       .amount_unit = STR_LIT("count"),
						       .period = 1,
						       .scaled = 0,
						       .extent = STR_LIT("instant") });
	return rc;
}

/* row is sorted by profile, call site, label set. */
static int put_samples(struct godump *g, const struct row *row, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0, k; i < n && !rc; i = k) {
		int64_t sum = 0;

		for (k = i; k < n && row[k].profile == row[i].profile && row[k].callsite == row[i].callsite &&
			    row[k].labelset == row[i].labelset; k++)
			sum += row[k].count;
		rc = put_sample(g->out, err,
				(struct rec_sample){ .measure = row[i].profile,
						     .callsite = row[i].callsite,
						     .labelset = row[i].labelset,
						     .count = sum,
						     .amount = sum });
	}
	return rc;
}

static int put_groups(struct godump *g, const struct row *row, size_t n, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && !rc; i++) {
		const struct row *r = &row[i];
		bool creator = r->creator != GODUMP_NONE;

		rc = put_gogroup(g->out, err,
				 (struct rec_gogroup){ .profile = r->profile,
						       .callsite = r->callsite,
						       .state = g->stacks.states.key[r->state],
						       .class = str_from(r->class),
						       .wait_min = r->minutes < 0 ? STORE_NULL : r->minutes,
						       .creator = creator ? r->creator : STORE_NULL,
						       .creator_line = creator ? r->creator_line : STORE_NULL,
						       .labelset = r->labelset,
						       .locked = (r->flags & GODUMP_LOCKED) != 0,
						       .leaked = (r->flags & GODUMP_LEAKED) != 0,
						       .count = r->count });
	}
	return rc;
}

/* Adds one group to the functions on its stack, each once. */
static void add_totals(struct godump_out *o, struct totals *t, const struct godump_group *group, uint64_t mark)
{
	const struct godump_node *node = o->g->stacks.node;
	size_t n = godump_out_frames(o, group->key.stack);

	if (n == 0) {
		t->flat[o->unknown] += group->count;
		t->cum[o->unknown] += group->count;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t name = node[o->frame[i]].func;

		if (t->seen[name] == mark)
			continue;
		t->seen[name] = mark;
		t->cum[name] += group->count;
	}
	t->flat[node[o->frame[n - 1]].func] += group->count;
}

static int flush_totals(struct godump_out *o, struct totals *t, uint32_t measure, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < o->g->stacks.names.n && !rc; i++) {
		if (t->cum[i])
			rc = put_func_total(o->g->out, err,
					    (struct rec_func_total){ .measure = measure,
								     .func = o->name_func[i],
								     .flat_count = t->flat[i],
								     .flat = t->flat[i],
								     .cum_count = t->cum[i],
								     .cum = t->cum[i] });
		t->flat[i] = t->cum[i] = 0;
	}
	return rc;
}

static int compare_profile(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Function totals of every profile, one after the other: groups of a profile need not stand together. */
static int put_totals(struct godump_out *o, struct err *err)
{
	const struct godump_stacks *s = &o->g->stacks;
	size_t n_names = (size_t)s->names.n + 1;
	struct totals t = { calloc(n_names, sizeof(int64_t)), calloc(n_names, sizeof(int64_t)),
			    calloc(n_names, sizeof(uint64_t)) };
	uint64_t *order = calloc((size_t)s->n_groups + 1, sizeof(*order));
	int rc = t.flat && t.cum && t.seen && order ? 0 : err_nomem(err);

	for (uint32_t i = 0; i < s->n_groups && !rc; i++)
		order[i] = (uint64_t)o->g->dump[s->group[i].key.dump].profile << 32 | i;
	if (!rc && s->n_groups)
		qsort(order, s->n_groups, sizeof(*order), compare_profile);
	for (uint32_t i = 0; i < s->n_groups && !rc; i++) {
		add_totals(o, &t, &s->group[(uint32_t)order[i]], (uint64_t)i + 1);
		if (i + 1 == s->n_groups || order[i + 1] >> 32 != order[i] >> 32)
			rc = flush_totals(o, &t, (uint32_t)(order[i] >> 32), err);
	}
	free(t.flat);
	free(t.cum);
	free(t.seen);
	free(order);
	return rc;
}

int godump_note(struct godump *g, bool lost, uint64_t line, struct err *err, const char *fmt, ...)
{
	struct buf text = { .limit = 600 }, place = { .limit = 40 };
	va_list ap;
	int rc;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (line)
		buf_printf(&place, "line %llu", (unsigned long long)line);
	rc = put_note(g->out, err, (struct rec_note){ line ? buf_view(&place) : STR_NONE, buf_view(&text), lost });
	buf_free(&text);
	buf_free(&place);
	return rc;
}

static int put_notes(struct godump *g, uint32_t traces, struct err *err)
{
	int rc = 0;

	if (g->stop.code)
		rc = godump_note(g, true, g->line, err, "%s: what came before it is read", g->stop.msg);
	else if (g->full)
		rc = godump_note(
			g, true, g->line, err,
			"the dump fills its buffer to the byte, so its end is missing: counts are lower bounds");
	else if (g->cut)
		rc = godump_note(g, true, g->line, err, "ends in the middle of a goroutine: counts are lower bounds");
	if (!rc && traces)
		rc = godump_note(g, false, 0, err, "%lu traces of single goroutines are kept apart from dumps",
				 (unsigned long)traces);
	if (!rc && g->schedulers)
		rc = godump_note(g, false, 0, err,
				 "%llu scheduler stacks (goroutine 0) are no goroutines and not counted",
				 (unsigned long long)g->schedulers);
	if (!rc && g->repeated)
		rc = godump_note(g, false, 0, err,
				 "%llu goroutines are printed again by other threads and counted once",
				 (unsigned long long)g->repeated);
	if (!rc && g->elided)
		rc = godump_note(g, false, 0, err, "%llu stacks have frames left out in their middle",
				 (unsigned long long)g->elided);
	if (!rc && g->gctrace)
		rc = godump_note(g, false, 0, err, "%llu gctrace lines beside the dumps are not read by this version",
				 (unsigned long long)g->gctrace);
	return rc;
}

static int put_version(struct godump *g, struct err *err)
{
	if ((g->go_min == STORE_NULL && g->go_max == STORE_NULL) ||
	    (g->go_min != STORE_NULL && g->go_max != STORE_NULL && g->go_min > g->go_max))
		return 0;
	return put_goversion(g->out, err, (struct rec_goversion){ g->go_min, g->go_max });
}

static int put_rows(struct godump_out *o, struct row *row, uint32_t n_profiles, uint32_t traces, struct err *err)
{
	struct godump *g = o->g;
	const struct godump_stacks *s = &g->stacks;
	size_t n = 0;
	int rc = 0;

	for (uint32_t i = 0; i < s->n_groups && !rc; i++)
		if (s->group[i].count)
			rc = make_row(o, &s->group[i], &row[n++], err);
	if (!rc && g->o->tree && o->tree.n > g->o->limits->tree_nodes) {
		rc = godump_out_fold(o, err);
		for (size_t i = 0; i < n; i++)
			row[i].callsite = o->callsite[row[i].stack + 1];
	}
	if (!rc && g->o->tree)
		rc = tree_put(&o->tree, g->out, err);
	if (!rc)
		rc = put_profiles(g, n_profiles, traces, err);
	n = merge(row, n);
	if (!rc && g->o->tree)
		rc = put_samples(g, row, n, err);
	if (!rc)
		rc = put_totals(o, err);
	if (!rc && g->o->tree)
		rc = put_groups(g, row, n, err);
	return rc;
}

int godump_put(struct godump *g, struct err *err)
{
	struct godump_out *o = calloc(1, sizeof(*o));
	struct row *row = calloc((size_t)g->stacks.n_groups + 1, sizeof(*row));
	uint32_t traces, n_profiles = number_profiles(g, &traces);
	int rc = o && row ? 0 : err_nomem(err);

	versions(g);
	if (!rc)
		rc = godump_out_init(o, g, err);
	if (!rc)
		rc = godump_labels_put(&g->labels, g->o->limits, g->out, err);
	if (!rc)
		rc = put_version(g, err);
	if (!rc)
		rc = put_rows(o, row, n_profiles, traces, err);
	if (!rc)
		rc = put_notes(g, traces, err);
	if (o)
		godump_out_free(o);
	free(o);
	free(row);
	return rc;
}
