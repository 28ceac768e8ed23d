// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * symbols_pair.c - the symbols of two profiles that no store holds
 *
 * Most names are on both sides, so a name is made canonical once. Which file of a symbol speaks for its kind is the first in the order of
 * (name, file), as pass_symbols() takes them; nothing is sorted for that.
 */
#include "analyze/symbols.h"
#include "core/costs.h"
#include "core/gosym.h"
#include "core/map.h"

struct making {
	struct pass *p;
	struct map names, symbols;
	uint32_t *symbol;		/* by name */
	struct cost_func *first;	/* by symbol: who speaks for it */
	struct buf canonical;
};

static int order(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : a.n < b.n ? -1 : a.n > b.n;
}

static bool before(const struct cost_func *a, const struct cost_func *b)
{
	int d = order(a->name, b->name);

	return d ? d < 0 : order(a->file, b->file) < 0;
}

static int symbol_of(struct making *m, const struct cost_func *f, uint32_t *out, struct err *err)
{
	bool is_new;
	uint32_t name = map_add(&m->names, f->name.p, f->name.n, &is_new), s;

	if (name == MAP_NONE)
		return err_nomem(err);
	if (is_new) {
		int rc;

		buf_reset(&m->canonical);
		gosym_canonical(&m->canonical, f->name);
		rc = buf_check(&m->canonical, err);
		if (rc)
			return rc;
		m->symbol[name] = map_add(&m->symbols, m->canonical.data ? m->canonical.data : "", m->canonical.len, &is_new);
		if (m->symbol[name] == MAP_NONE)
			return err_nomem(err);
		if (is_new)
			m->first[m->symbol[name]] = *f;
	}
	s = m->symbol[name];
	if (before(f, &m->first[s]))
		m->first[s] = *f;
	*out = s + 1;
	return 0;
}

/* Ordered by file, as there are so few. */
static int find_homes(struct homes *h, struct pass *p, const struct profile_costs *side, struct err *err)
{
	struct str last = STR_LIT("");
	int rc = 0;

	for (bool more = true; more && !rc;) {
		const struct cost_func *next = NULL;

		for (int s = 0; s < SIDES; s++)
			for (size_t i = 0; i < side[s].n_funcs; i++) {
				const struct cost_func *f = &side[s].func[i];

				if (str_is(f->name, "main.main") && order(f->file, last) > 0 && (!next || order(f->file, next->file) < 0))
					next = f;
			}
		more = next != NULL;
		if (next) {
			last = next->file;
			rc = symbol_home(h, p, next->file, err);
		}
	}
	return rc;
}

static int fill(struct making *m, struct tree *t, const struct homes *homes, const char **kind, struct err *err)
{
	struct buf path = { .limit = 1 << 20 };
	int rc = 0;

	for (uint32_t i = 0; !rc && i < m->symbols.n; i++) {
		const struct cost_func *f = &m->first[i];
		struct str package = gosym_package(f->name);

		buf_reset(&path);
		gosym_path(&path, package);
		rc = buf_check(&path, err);
		kind[i + 1] = symbol_kind_of(homes, f->name, f->file, package);
		t->sym[i + 1] = (struct tree_symbol){ arena_str(&m->p->mem, m->symbols.key[i]), arena_str(&m->p->mem, buf_view(&path)),
			tree_kind_named(str_from(kind[i + 1])) };
		if (!rc && (!t->sym[i + 1].name.p || !t->sym[i + 1].package.p))
			rc = err_nomem(err);
	}
	t->n_symbols = m->symbols.n;
	buf_free(&path);
	return rc;
}

int symbols_of_pair(struct pass *p, const struct profile_costs *side, struct tree *t, struct pair_symbols *out, struct err *err)
{
	size_t n = side[BASE].n_funcs + side[CUR].n_funcs + 1;
	struct making m = { .p = p, .symbol = arena_array(&p->mem, uint32_t, n), .first = arena_array(&p->mem, struct cost_func, n), .canonical = { .limit = 1 << 20 } };
	struct homes homes = { .n = 0 };
	int rc = find_homes(&homes, p, side, err);

	*t = (struct tree){ .sym = arena_array(&p->mem, struct tree_symbol, n) };
	out->kind = arena_array(&p->mem, const char *, n);
	if (!rc && (!m.symbol || !m.first || !t->sym || !out->kind))
		rc = err_nomem(err);
	for (int s = 0; !rc && s < SIDES; s++) {
		out->of[s] = arena_array(&p->mem, uint32_t, side[s].n_funcs + 1);
		if (!out->of[s])
			rc = err_nomem(err);
		for (size_t i = 0; !rc && i < side[s].n_funcs; i++)
			rc = symbol_of(&m, &side[s].func[i], &out->of[s][i], err);
	}
	if (!rc)
		rc = fill(&m, t, &homes, out->kind, err);
	map_free(&m.names);
	map_free(&m.symbols);
	buf_free(&m.canonical);
	return rc;
}
