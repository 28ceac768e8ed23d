// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_totals.c - exact flat and cum of every function, straight from the stacks
 *
 * One walk over all samples, no tree. As `go tool pprof -top` does, functions are told apart by name alone (by_symbol: by
 * their canonical name, and the sums are those of the canonical tree, analyze/paths.c), and one
 * that stands several times in a stack (recursion, inlined lines) gets the sample once. A row holds the number of the
 * last sample that added to it beside its sums, so each frame costs one place in memory. The walk also takes the
 * votes that tell a block profile from a mutex profile, and counts frames, inlined ones included, against the limits.
 */
#include <stdlib.h>

#include "core/buf.h"
#include "core/gosym.h"
#include "ingest/pprof.h"
#include "ingest/waitclass.h"

/*
 * What the sums are of: rows. A row is a name; by_symbol, all names that are one symbol, and frames that the canonical tree
 * leaves out (gosym_is_artefact) have none unless their stack has nothing else. A row of p->cum is the last sample + 1, then a
 * sum for each column; a row of p->flat only the sums.
 */
struct walk {
	uint32_t *row_of_name;		/* NULL: names are rows */
	bool *left_out;			/* by name */
	uint32_t *slot_row;		/* by slot; NONE: left out */
	uint32_t *one;			/* by location: the row of its only frame; NONE: look at its slots */
	const uint8_t *role;		/* by name; NULL: no votes are wanted */
	int64_t unlocks, waits;
	uint64_t frames;
	uint32_t *name;			/* of the frames of one stack, root first */
	int count_col;			/* of CPU events; -1: nobody asks which are in inlined copies */
};

static inline __attribute__((always_inline)) void add_cum(struct pprof *p, uint32_t row, int64_t stamp, const int64_t *value, uint32_t n_cols)
{
	int64_t *to = p->cum + (size_t)row * (1 + n_cols);

	if (to[0] == stamp)
		return;
	to[0] = stamp;
	for (uint32_t c = 0; c < n_cols; c++)
		to[1 + c] += value[c];
}

static void vote(struct walk *w, size_t n)
{
	uint8_t role[WAITCLASS_FRAMES];
	size_t i;
	int side;

	for (i = 0; i < n && i < WAITCLASS_FRAMES; i++)
		role[i] = w->role[w->name[n - 1 - i]];
	side = waitclass_side(role, i);
	w->unlocks += side > 0;
	w->waits += side < 0;
}

/* The names of the frames of a stack. */
static int read_names(const struct pprof *p, struct str stack, uint32_t *name, size_t *n_out, struct err *err)
{
	const unsigned char *at = (const unsigned char *)stack.p, *end = at + stack.n;
	size_t n = 0, max = p->l->stack_frames;

	for (; at < end; at += STACK_STEP) {
		const struct pprof_span *span = &p->f.loc[stack_row(at)];

		if (span->n > max - n)
			return pprof_over(0, "stack_frames", max, err);
		for (uint32_t k = 0; k < span->n; k++)
			name[n++] = p->f.slot_name[span->at + k];
	}
	*n_out = n;
	return 0;
}

/* The frames of one location that is not a single one; *leaf: the row of the last that has one. */
static inline __attribute__((always_inline)) size_t add_slots(struct pprof *p, const struct walk *w, uint32_t location, int64_t stamp, const int64_t *value,
							      uint32_t n_cols, uint32_t *leaf)
{
	const struct pprof_span *span = &p->f.loc[location];

	for (uint32_t k = 0; k < span->n; k++) {
		uint32_t row = w->slot_row[span->at + k];

		if (row == NONE)
			continue;
		*leaf = row;
		add_cum(p, row, stamp, value, n_cols);
	}
	return span->n;
}

static inline __attribute__((always_inline)) size_t add_stack(struct pprof *p, const struct walk *w, struct str stack, int64_t stamp, const int64_t *value,
							      uint32_t n_cols, uint32_t *leaf)
{
	const unsigned char *at = (const unsigned char *)stack.p, *end = at + stack.n;
	size_t n = 0;

	for (; at < end; at += STACK_STEP) {
		uint32_t location = stack_row(at), row = w->one[location];

		if (row == NONE) {
			n += add_slots(p, w, location, stamp, value, n_cols, leaf);
			continue;
		}
		add_cum(p, row, stamp, value, n_cols);
		*leaf = row;
		n++;
	}
	return n;
}

/* What stands on no row, for lack of frames or of any but artefacts: on the last name's. */
static uint32_t add_bare(struct pprof *p, const struct walk *w, struct str stack, int64_t stamp, const int64_t *value)
{
	uint32_t name;

	if (stack.n) {
		const struct pprof_span *span = &p->f.loc[stack_row((const unsigned char *)stack.p + stack.n - STACK_STEP)];

		name = p->f.slot_name[span->at + span->n - 1];
	} else {
		name = p->f.func[p->f.frame[p->f.unknown].func].name;
	}
	name = w->row_of_name ? w->row_of_name[name] : name;
	add_cum(p, name, stamp, value, p->s.n_cols);
	return name;
}

/* Which of a function's own events are in copies inlined into callers. */
static void count_inlined(struct pprof *p, const struct walk *w, struct str stack, const int64_t *value)
{
	const struct pprof_span *span;
	uint32_t name;

	if (!stack.n)
		return;
	span = &p->f.loc[stack_row((const unsigned char *)stack.p + stack.n - STACK_STEP)];
	name = p->f.slot_name[span->at + span->n - 1];
	name = w->row_of_name ? w->row_of_name[name] : name;
	p->leaf[name].count += value[w->count_col];
	p->leaf[name].inlined += span->n > 1 ? value[w->count_col] : 0;
}

/* Adds one sample to the functions on its stack. */
static int add_sample(struct pprof *p, size_t i, struct walk *w, struct err *err)
{
	uint32_t n_cols = p->s.n_cols, leaf = NONE;
	const int64_t *value = p->s.value + i * n_cols;
	struct str stack = p->s.stacks.key[p->s.sample[i].stack];
	int64_t stamp = (int64_t)i + 1;
	size_t n = n_cols == 2 ? add_stack(p, w, stack, stamp, value, 2, &leaf) : add_stack(p, w, stack, stamp, value, n_cols, &leaf);

	if (n > p->l->stack_frames)
		return pprof_over(0, "stack_frames", p->l->stack_frames, err);
	w->frames += n;
	if (w->frames > p->l->profile_frames)
		return pprof_over(0, "profile_frames", p->l->profile_frames, err);
	if (leaf == NONE)
		leaf = add_bare(p, w, stack, stamp, value);
	for (uint32_t c = 0; c < n_cols; c++)
		p->flat[(size_t)leaf * n_cols + c] += value[c];
	if (w->count_col >= 0)
		count_inlined(p, w, stack, value);
	if (w->role) {
		int rc = read_names(p, stack, w->name, &n, err);

		if (rc)
			return rc;
		if (n == 0)
			w->name[n++] = p->f.func[p->f.frame[p->f.unknown].func].name;
		vote(w, n);
	}
	return 0;
}

static bool has_empty_stack(const struct pprof *p)
{
	return map_get(&p->s.stacks, "", 0) != MAP_NONE;
}

static int find_roles(const struct pprof *p, uint8_t **out, struct err *err)
{
	uint8_t *role = malloc((size_t)p->f.names.n + 1);

	*out = role;
	if (!role)
		return err_nomem(err);
	for (uint32_t i = 0; i < p->f.names.n; i++)
		role[i] = waitclass_role(p->f.names.key[i]);
	return 0;
}

/* Names to symbols; a symbol's func record is its first name's. */
static int find_symbols(struct pprof *p, struct walk *w, struct err *err)
{
	struct map symbols = { .n = 0 };
	struct buf canonical = { .limit = 1 << 20 };
	uint32_t n = p->f.names.n;
	int rc = 0;

	w->row_of_name = malloc(((size_t)n + 1) * sizeof(*w->row_of_name));
	w->left_out = calloc((size_t)n + 1, sizeof(*w->left_out));
	if (!w->row_of_name || !w->left_out)
		rc = err_nomem(err);
	for (uint32_t i = 0; !rc && i < n; i++) {
		bool is_new;

		buf_reset(&canonical);
		gosym_canonical(&canonical, p->f.names.key[i]);
		rc = buf_check(&canonical, err);
		if (rc)
			break;
		w->row_of_name[i] = map_add(&symbols, canonical.data ? canonical.data : "", canonical.len, &is_new);
		w->left_out[i] = gosym_is_artefact(buf_view(&canonical));
		if (w->row_of_name[i] == NONE)
			rc = err_nomem(err);
		else if (is_new)	/* never further on than its name */
			p->f.name_func[w->row_of_name[i]] = p->f.name_func[i];
	}
	if (!rc)
		p->n_rows = symbols.n;
	map_free(&symbols);
	buf_free(&canonical);
	return rc;
}

/* Most locations have one frame, whose row is worth a look-up of its own. */
static int find_ones(struct pprof *p, struct walk *w, struct err *err)
{
	w->one = malloc((p->t.n_loc + 1) * sizeof(*w->one));
	w->slot_row = w->row_of_name ? malloc((p->f.n_slots + 1) * sizeof(*w->slot_row)) : p->f.slot_name;
	if (!w->one || !w->slot_row)
		return err_nomem(err);
	for (size_t i = 0; w->row_of_name && i < p->f.n_slots; i++) {
		uint32_t name = p->f.slot_name[i];

		w->slot_row[i] = w->left_out[name] ? NONE : w->row_of_name[name];
	}
	for (size_t i = 0; i < p->t.n_loc; i++) {
		const struct pprof_span *span = &p->f.loc[i];

		w->one[i] = span->n == 1 ? w->slot_row[span->at] : NONE;
	}
	return 0;
}

static int make_rows(struct pprof *p, struct err *err)
{
	p->cum = calloc((size_t)p->n_rows + 1, (1 + (size_t)p->s.n_cols) * sizeof(*p->cum));
	p->flat = calloc((size_t)p->n_rows + 1, (1 + (size_t)p->s.n_cols) * sizeof(*p->flat));
	p->leaf = p->o->by_symbol ? calloc((size_t)p->n_rows + 1, sizeof(*p->leaf)) : NULL;
	return p->cum && p->flat && (p->leaf || !p->o->by_symbol) ? 0 : err_nomem(err);
}

static int count_col(const struct pprof *p)
{
	for (size_t k = 0; p->o->by_symbol && k < p->n_measures; k++)
		if (str_is(p->measure[k].metric, "cpu"))
			return p->measure[k].count_col;
	return -1;
}

int pprof_totals(struct pprof *p, struct err *err)
{
	struct walk w = { .name = malloc((p->l->stack_frames + 1) * sizeof(*w.name)), .count_col = count_col(p) };
	uint8_t *role = NULL;
	int rc = w.name ? 0 : err_nomem(err);

	if (!rc && has_empty_stack(p))
		rc = pprof_frame_named(p, "[unknown]", &p->f.unknown, err);
	p->n_rows = p->f.names.n;
	if (!rc && p->o->by_symbol)
		rc = find_symbols(p, &w, err);
	if (!rc)
		rc = find_ones(p, &w, err);
	if (!rc)
		rc = make_rows(p, err);
	if (!rc && p->kind == KIND_CONTENTION)
		rc = find_roles(p, &role, err);
	w.role = role;
	for (size_t i = 0; i < p->s.n && !rc; i++)
		rc = add_sample(p, i, &w, err);
	free(w.name);
	free(w.one);
	if (w.row_of_name)	/* else they are the frames' own */
		free(w.slot_row);
	free(w.row_of_name);
	free(w.left_out);
	free(role);
	return rc ? rc : pprof_kind_contention(p, w.unlocks, w.waits, err);
}

static int put_inlined(struct pprof *p, size_t measure, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; p->leaf && i < p->n_rows && !rc; i++)
		if (p->leaf[i].count)
			rc = put_inlined_count(p->sink, err, (struct rec_inlined_count){ .measure = (int64_t)measure, .func = p->f.name_func[i],
					       .inlined = p->leaf[i].inlined, .count = p->leaf[i].count });
	return rc;
}

int pprof_totals_put(struct pprof *p, struct err *err)
{
	size_t n_cols = p->s.n_cols;
	int rc = 0;

	for (size_t k = 0; k < p->n_measures && n_cols; k++) {
		const struct pprof_measure *m = &p->measure[k];

		for (uint32_t i = 0; i < p->n_rows && !rc; i++) {
			const int64_t *cum = p->cum + i * (1 + n_cols) + 1, *flat = p->flat + i * n_cols;
			struct rec_func_total out = { .measure = (int64_t)k, .func = p->f.name_func[i] };

			if (m->count_col >= 0) {
				out.flat_count = flat[m->count_col];
				out.cum_count = cum[m->count_col];
			}
			out.flat = flat[m->amount_col] * m->scale;
			out.cum = cum[m->amount_col] * m->scale;
			if (out.flat_count || out.cum_count || out.flat || out.cum)
				rc = put_func_total(p->sink, err, out);
		}
		if (!rc && str_is(m->metric, "cpu"))
			rc = put_inlined(p, k, err);
	}
	return rc;
}
