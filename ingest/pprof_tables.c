// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_tables.c - strings, functions, mappings, locations
 *
 * Anything may be named before it is seen: a string by everything, a location by a sample, a function by a line. So
 * each name gets its place in a table at once, the message fills it when it comes, and what is still empty at the end
 * is the file's fault. Of string indexes only the largest is remembered, with its byte: if that one is in the table,
 * all are.
 */
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/pprof.h"

int pprof_add_string(struct pprof *p, struct str s, uint64_t at, struct err *err)
{
	struct pprof_tables *t = &p->t;
	int rc;

	if (t->n_str == 0 && s.n)
		return pprof_bad(at, err, "the string table does not begin with the empty string");
	if (t->n_str >= p->l->profile_strings)
		return pprof_over(at, "profile_strings", p->l->profile_strings, err);
	rc = grow(&t->str, &t->cap_str, t->n_str + 1, sizeof(*t->str), err);
	if (rc)
		return rc;
	if (s.n > p->l->strings_bytes - t->text_bytes)
		return pprof_over(at, "strings_bytes", p->l->strings_bytes, err);
	t->text_bytes += s.n;
	t->str[t->n_str] = arena_str(&t->text, s);
	return t->str[t->n_str++].p ? 0 : err_nomem(err);
}

int pprof_string(struct pprof *p, int64_t index, uint64_t at, uint32_t *out, struct err *err)
{
	if (index < 0 || index >= NONE)
		return pprof_bad(at, err, "string %lld cannot be in the string table", (long long)index);
	*out = (uint32_t)index;
	if (*out > p->t.str_max) {
		p->t.str_max = *out;
		p->t.str_max_at = at;
	}
	return 0;
}

struct str pprof_text(const struct pprof *p, int64_t index)
{
	return index >= 0 && (uint64_t)index < p->t.n_str ? p->t.str[index] : STR_LIT("");
}

/* The place of id in a table of *n rows; *is_new when the caller must make the row. */
static int place_of(struct idmap *ids, uint64_t id, size_t *n, uint32_t *out, bool *is_new, struct err *err)
{
	*out = idmap_get(ids, id);
	*is_new = *out == NONE;
	if (!*is_new)
		return 0;
	*out = idmap_add(ids, id, (uint32_t)*n);
	if (*out == NONE)
		return err_nomem(err);
	++*n;
	return 0;
}

/* The checks that functions, mappings and locations share, before a message fills its row. */
static int check_id(struct pprof *p, const char *what, uint64_t id, size_t n_seen, uint64_t at, struct err *err)
{
	if (id == 0)
		return pprof_bad(at, err, "a %s has the id 0, which is reserved", what);
	if (n_seen >= p->l->profile_objects)
		return pprof_over(at, "profile_objects", p->l->profile_objects, err);
	return 0;
}

static int twice(const char *what, uint64_t id, uint64_t at, struct err *err)
{
	return pprof_bad(at, err, "two %ss have the id %llu", what, (unsigned long long)id);
}

static int function_row(struct pprof *p, uint64_t id, uint32_t *out, struct err *err)
{
	struct pprof_tables *t = &p->t;
	bool is_new;
	int rc = grow(&t->func, &t->cap_func, t->n_func + 1, sizeof(*t->func), err);

	if (!rc)
		rc = place_of(&t->func_ids, id, &t->n_func, out, &is_new, err);
	if (!rc && is_new)
		t->func[*out] = (struct pprof_func){ .name = NONE };
	return rc;
}

int pprof_add_function(struct pprof *p, const Pb__Function *m, uint64_t at, struct err *err)
{
	struct pprof_func f;
	uint32_t row;
	int rc = check_id(p, "function", m->id, p->t.n_func_seen, at, err);

	if (!rc)
		rc = pprof_string(p, m->name_str, at, &f.name, err);
	if (!rc)
		rc = pprof_string(p, m->system_name_str, at, &f.system, err);
	if (!rc)
		rc = pprof_string(p, m->filename_str, at, &f.file, err);
	if (!rc)
		rc = function_row(p, m->id, &row, err);
	if (rc)
		return rc;
	if (p->t.func[row].name != NONE)
		return twice("function", m->id, at, err);
	f.start_line = m->start_line > 0 && m->start_line <= INT32_MAX ? (uint32_t)m->start_line : 0;
	p->t.func[row] = f;
	p->t.n_func_seen++;
	return 0;
}

static int mapping_row(struct pprof *p, uint64_t id, uint32_t *out, struct err *err)
{
	struct pprof_tables *t = &p->t;
	bool is_new;
	int rc = grow(&t->mapping_file, &t->cap_mapping, t->n_mapping + 1, sizeof(*t->mapping_file), err);

	if (!rc)
		rc = place_of(&t->mapping_ids, id, &t->n_mapping, out, &is_new, err);
	if (!rc && is_new)
		t->mapping_file[*out] = NONE;
	return rc;
}

int pprof_add_mapping(struct pprof *p, const Pb__Mapping *m, uint64_t at, struct err *err)
{
	uint32_t row = 0, file = 0, build = 0;
	int rc = check_id(p, "mapping", m->id, p->t.n_mapping_seen, at, err);

	if (!rc)
		rc = pprof_string(p, m->filename_str, at, &file, err);
	if (!rc)
		rc = pprof_string(p, m->build_id_str, at, &build, err);
	if (!rc)
		rc = mapping_row(p, m->id, &row, err);
	if (rc)
		return rc;
	if (p->t.mapping_file[row] != NONE)
		return twice("mapping", m->id, at, err);
	p->t.mapping_file[row] = file;
	p->t.n_mapping_seen++;
	return 0;
}

/* Remembers that id has the row. */
static int set_location_row(struct pprof_tables *t, uint64_t id, uint32_t row, struct err *err)
{
	uint32_t **page;

	if (id >= (uint64_t)LOC_PAGE * LOC_PAGES)
		return idmap_add(&t->loc_ids, id, row) == NONE ? err_nomem(err) : 0;
	page = &t->loc_page[id / LOC_PAGE];
	if (!*page)
		*page = calloc(LOC_PAGE, sizeof(**page));
	if (!*page)
		return err_nomem(err);
	(*page)[id % LOC_PAGE] = row + 1;
	return 0;
}

int pprof_location(struct pprof *p, uint64_t id, uint64_t at, uint32_t *out, struct err *err)
{
	struct pprof_tables *t = &p->t;
	int rc;

	*out = pprof_location_known(t, id);
	if (*out != NONE)
		return 0;
	if (t->n_loc >= p->l->profile_objects || t->n_loc >= STACK_ROWS)
		return pprof_over(at, "profile_objects", p->l->profile_objects, err);
	rc = grow(&t->loc, &t->cap_loc, t->n_loc + 1, sizeof(*t->loc), err);
	if (!rc)
		rc = grow(&t->loc_used, &t->cap_used, t->n_loc + 1, 1, err);
	if (!rc)
		rc = set_location_row(t, id, (uint32_t)t->n_loc, err);
	if (rc)
		return rc;
	*out = (uint32_t)t->n_loc++;
	t->loc[*out] = (struct pprof_loc){ .address = at, .id = id, .mapping = NONE };
	t->loc_used[*out] = 0;
	return 0;
}

static int add_lines(struct pprof *p, const Pb__Location *m, uint64_t at, struct err *err)
{
	struct pprof_tables *t = &p->t;
	int rc;

	if (m->n_line > p->l->profile_objects - t->n_line)
		return pprof_over(at, "profile_objects", p->l->profile_objects, err);
	rc = grow(&t->line, &t->cap_line, t->n_line + m->n_line, sizeof(*t->line), err);
	for (size_t i = 0; i < m->n_line && !rc; i++) {
		const Pb__Line *line = m->line[i];
		struct pprof_line to = { .func = NONE };

		if (line->function_id)
			rc = function_row(p, line->function_id, &to.func, err);
		if (line->line > 0 && line->line <= INT32_MAX)
			to.line = (uint32_t)line->line;
		t->line[t->n_line++] = to;
	}
	return rc;
}

int pprof_add_location(struct pprof *p, const Pb__Location *m, uint64_t at, struct err *err)
{
	struct pprof_loc loc = { .seen = true, .address = m->address, .mapping = NONE };
	uint32_t row;
	int rc = check_id(p, "location", m->id, p->t.n_loc_seen, at, err);

	if (!rc)
		rc = pprof_location(p, m->id, at, &row, err);
	if (rc)
		return rc;
	if (p->t.loc[row].seen)
		return twice("location", m->id, at, err);
	if (m->mapping_id)
		rc = mapping_row(p, m->mapping_id, &loc.mapping, err);
	loc.line = (uint32_t)p->t.n_line;
	loc.n_lines = (uint32_t)m->n_line;
	if (!rc)
		rc = add_lines(p, m, at, err);
	if (rc)
		return rc;
	p->t.loc[row] = loc;
	p->t.n_loc_seen++;
	return 0;
}

int pprof_tables_check(struct pprof *p, struct err *err)
{
	const struct pprof_tables *t = &p->t;

	if (t->str_max && t->n_str == 0)
		return pprof_bad(t->str_max_at, err, "string %u is named but there is no string table", t->str_max);
	if (t->str_max && t->str_max >= t->n_str)
		return pprof_bad(t->str_max_at, err, "string %u is named but the string table has %zu entries",
				 t->str_max, t->n_str);
	for (size_t i = 0; i < t->n_loc; i++) {
		const struct pprof_loc *loc = &t->loc[i];

		if (!loc->seen)
			return pprof_bad(loc->address, err, "a sample names location %llu, which is not in the file",
					 (unsigned long long)loc->id);
	}
	return 0;
}
