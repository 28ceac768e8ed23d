// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rows_tree.c - functions, call sites and label sets, one row each over all files
 *
 * Two files name the same function by equal (name, file), the same call site by equal (parent, func, line, inlined),
 * the same label set by equal contents. A row is made at first sight; when the file ends, what nothing of it refers to
 * (a function that no stack holds) goes again, so that the tables are the same whether a database is new or has grown
 * and shrunk. Parents come before children, and ids only ascend: a parent's id is always below its child's.
 */
#include <stdlib.h>
#include <string.h>

#include "core/gosym.h"
#include "ingest/rows_state.h"

struct callsite_key { /* compared as bytes: no holes */
	int64_t line;
	uint32_t parent; /* number + 1; 0: a root */
	uint32_t func;
	uint32_t inlined;
	uint32_t zero;
};

/* The ids must fit the bits that intern has for them. */
static int give_id(struct rows *r, struct rows_shared *s, enum rows_table table, uint32_t number, struct err *err)
{
	if (r->next[table] > INTERN_ID_MAX)
		return err_set(err, ERR_LIMIT,
			       "more rows than a database of this program can hold: analyze fewer files");
	if (grow(&s->fresh, &s->cap_fresh, s->n_fresh + 1, sizeof(*s->fresh), err))
		return (int)err->code;
	s->fresh[s->n_fresh++] = number;
	s->in.key[number].id = (uint32_t)r->next[table]++ & INTERN_ID_MAX;
	return 0;
}

void rows_tree_use(struct rows_shared *s, int64_t number)
{
	s->in.key[number].used = 1;
}

int64_t rows_tree_id(const struct rows_shared *s, int64_t number)
{
	return s->in.key[number].id;
}

static int func_number(struct rows *r, struct str name, struct str file, uint32_t *number, bool *is_new,
		       struct err *err)
{
	buf_reset(&r->key);
	buf_str(&r->key, name);
	buf_byte(&r->key, 0); /* clean texts hold none */
	buf_str(&r->key, file);
	if (r->key.failed || grow(&r->start_line, &r->cap_lines, (size_t)r->func.in.n + 1, sizeof(*r->start_line), err))
		return err_nomem(err);
	return intern_add(&r->func.in, r->key.data, r->key.len, number, is_new, err);
}

/* Of several lines that files give, the smallest stands: an answer that does not depend on their order. */
static int note_line(struct rows *r, uint32_t number, int64_t line, struct err *err)
{
	int64_t was = r->start_line[number];

	if (line <= 0 || (was > 0 && was <= line))
		return 0;
	if (grow(&r->line, &r->cap_line, r->n_lines + 1, sizeof(*r->line), err))
		return (int)err->code;
	r->line[r->n_lines++] = (struct rows_line){ .func = number, .before = was };
	r->start_line[number] = line;
	return 0;
}

int rows_put_func(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT INTO func (id, name, file, package) VALUES (?, ?, ?, ?)";
	const struct rec_func *f = rec;
	struct str name = f->name.p ? f->name : STR_LIT(""), file = f->file.p ? f->file : STR_LIT("");
	uint32_t number;
	bool is_new;

	if (func_number(r, name, file, &number, &is_new, err) ||
	    rows_ids_add(r, &r->funcs, f->id, (int64_t)number, "function", err))
		return (int)err->code;
	if (is_new || !r->func.in.key[number].id) {
		struct str package = gosym_package(name);

		r->start_line[number] = 0;
		if (give_id(r, &r->func, ROWS_FUNC, number, err) ||
		    store_run(r->st, err, sql, "ittt", rows_tree_id(&r->func, number), name, file,
			      package.p ? package : STR_LIT("")))
			return (int)err->code;
	}
	return note_line(r, number, rows_known(f->start_line, 0), err);
}

int rows_put_callsite(struct rows *r, const void *rec, struct err *err)
{
	static const char sql[] = "INSERT INTO callsite (id, parent, func, line, inlined) VALUES (?, ?, ?, ?, ?)";
	const struct rec_callsite *c = rec;
	struct callsite_key key = { .line = rows_known(c->line, 0), .inlined = rows_known(c->inlined, 0) != 0 };
	int64_t parent = -1, func = 0;
	uint32_t number;
	bool is_new;

	if ((c->parent != STORE_NULL && rows_ids_get(r, &r->callsites, c->parent, &parent, "call site", err)) ||
	    rows_ids_get(r, &r->funcs, c->func, &func, "function", err))
		return (int)err->code;
	key.parent = (uint32_t)(parent + 1);
	key.func = (uint32_t)func;
	if (intern_add(&r->callsite.in, &key, sizeof(key), &number, &is_new, err) ||
	    rows_ids_add(r, &r->callsites, c->id, (int64_t)number, "call site", err))
		return (int)err->code;
	if (!is_new && r->callsite.in.key[number].id)
		return 0;
	if (give_id(r, &r->callsite, ROWS_CALLSITE, number, err))
		return (int)err->code;
	return store_run(r->st, err, sql, "iiiii", rows_tree_id(&r->callsite, number),
			 parent < 0 ? STORE_NULL : rows_tree_id(&r->callsite, parent), rows_tree_id(&r->func, func),
			 key.line, (int64_t)key.inlined);
}

/*
 * A label set's key: dropped, then for each label in the order of pos: its number, three lengths, the bytes. It is
 * compared, and read back when the set is new.
 */
struct label_head {
	int64_t num;
	uint32_t n[3]; /* key, str, unit; UINT32_MAX: not known */
	uint32_t zero;
};

static void pack_label(struct buf *b, struct str key, struct str str, int64_t num, struct str unit)
{
	const struct str text[3] = { key, str, unit };
	struct label_head h = { .num = num };

	for (int i = 0; i < 3; i++)
		h.n[i] = text[i].p ? (uint32_t)text[i].n : UINT32_MAX;
	buf_add(b, &h, sizeof(h));
	for (int i = 0; i < 3; i++)
		buf_str(b, text[i]);
}

static const char *unpack_label(const char *p, struct label_head *h, struct str text[3])
{
	memcpy(h, p, sizeof(*h));
	p += sizeof(*h);
	for (int i = 0; i < 3; i++) {
		text[i] = h->n[i] == UINT32_MAX ? STR_NONE : (struct str){ p, h->n[i] };
		p += text[i].n;
	}
	return p;
}

static int insert_labels(struct rows *r, int64_t id, struct err *err)
{
	static const char sql[] = "INSERT INTO label (labelset, pos, key, str, num, unit) VALUES (?, ?, ?, ?, ?, ?)";
	const char *p = r->set_key.data + sizeof(int64_t), *end = r->set_key.data + r->set_key.len;

	for (int64_t pos = 0; p < end; pos++) {
		struct label_head h;
		struct str text[3] = { STR_NONE, STR_NONE, STR_NONE };

		p = unpack_label(p, &h, text);
		if (store_run(r->st, err, sql, "iittit", id, pos, text[0], text[1], h.num, text[2]))
			return (int)err->code;
	}
	return 0;
}

int rows_labelset_close(struct rows *r, struct err *err)
{
	uint32_t number;
	int64_t dropped, id;
	bool is_new;

	r->set_open = false;
	if (buf_check(&r->set_key, err) ||
	    intern_add(&r->labelset.in, r->set_key.data, r->set_key.len, &number, &is_new, err))
		return (int)err->code;
	r->labelsets.v[r->labelsets.n - 1] = number;
	if (!is_new && r->labelset.in.key[number].id)
		return 0;
	if (give_id(r, &r->labelset, ROWS_LABELSET, number, err))
		return (int)err->code;
	memcpy(&dropped, r->set_key.data, sizeof(dropped));
	id = rows_tree_id(&r->labelset, number);
	if (store_run(r->st, err, "INSERT INTO labelset (id, dropped) VALUES (?, ?)", "ii", id, dropped))
		return (int)err->code;
	return insert_labels(r, id, err);
}

int rows_put_labelset(struct rows *r, const void *rec, struct err *err)
{
	const struct rec_labelset *l = rec;
	int64_t dropped = rows_known(l->dropped, 0);

	/* Local id 0 is the empty set and is never put: it takes the first place. */
	if (r->labelsets.n == 0 && rows_ids_add(r, &r->labelsets, 0, -1, "label set", err))
		return (int)err->code;
	if (rows_ids_add(r, &r->labelsets, l->id, -1, "label set", err))
		return (int)err->code;
	buf_reset(&r->set_key);
	buf_add(&r->set_key, &dropped, sizeof(dropped));
	r->set_open = true;
	return 0;
}

int rows_put_label(struct rows *r, const void *rec, struct err *err)
{
	const struct rec_label *l = rec;

	if (!r->set_open || l->labelset != (int64_t)r->labelsets.n - 1)
		return rows_bad(r, err, "a label that does not follow its set");
	if (r->set_key.len > r->limits->message_bytes)
		return rows_bad(r, err, "a label set without end");
	pack_label(&r->set_key, l->key.p ? l->key : STR_LIT(""), l->str, l->num, l->unit);
	return 0;
}

int rows_labelset_get(struct rows *r, int64_t local, int64_t *id, struct err *err)
{
	int64_t number;

	*id = 0;
	if (local == 0 || local == STORE_NULL)
		return 0;
	if (rows_ids_get(r, &r->labelsets, local, &number, "label set", err))
		return (int)err->code;
	rows_tree_use(&r->labelset, number);
	*id = rows_tree_id(&r->labelset, number);
	return 0;
}

void rows_tree_begin(struct rows *r)
{
	r->func.mark = r->func.in.n;
	r->callsite.mark = r->callsite.in.n;
	r->labelset.mark = r->labelset.in.n;
	r->func.n_fresh = r->callsite.n_fresh = r->labelset.n_fresh = r->n_lines = 0;
}

static const struct callsite_key *callsite_key(const struct rows *r, uint32_t number)
{
	return (const void *)(r->callsite.in.bytes + r->callsite.in.key[number].at);
}

static int drop_row(struct rows *r, struct rows_shared *s, uint32_t number, const char *sql, struct err *err)
{
	int64_t id = rows_tree_id(s, number);

	s->in.key[number].id = 0;
	return store_run(r->st, err, sql, "i", id);
}

/* Newest first: children come after their parents, so when a parent's turn comes all that could use it have spoken. */
static int keep_callsites(struct rows *r, struct err *err)
{
	struct rows_shared *s = &r->callsite;

	for (size_t i = s->n_fresh; i > 0; i--) {
		struct callsite_key key;

		memcpy(&key, callsite_key(r, s->fresh[i - 1]), sizeof(key));
		if (!s->in.key[s->fresh[i - 1]].used) {
			if (drop_row(r, s, s->fresh[i - 1], "DELETE FROM callsite WHERE id = ?", err))
				return (int)err->code;
			continue;
		}
		rows_tree_use(&r->func, key.func);
		if (key.parent)
			rows_tree_use(s, key.parent - 1);
	}
	return 0;
}

static int write_lines(struct rows *r, struct err *err)
{
	for (size_t i = 0; i < r->n_lines; i++) {
		uint32_t func = r->line[i].func;

		if (r->func.in.key[func].id && store_run(r->st, err, "UPDATE func SET start_line = ? WHERE id = ?",
							 "ii", r->start_line[func], rows_tree_id(&r->func, func)))
			return (int)err->code;
	}
	return 0;
}

int rows_tree_keep(struct rows *r, struct err *err)
{
	if (keep_callsites(r, err))
		return (int)err->code;
	for (size_t i = 0; i < r->func.n_fresh; i++) {
		if (!r->func.in.key[r->func.fresh[i]].used &&
		    drop_row(r, &r->func, r->func.fresh[i], "DELETE FROM func WHERE id = ?", err))
			return (int)err->code;
	}
	for (size_t i = 0; i < r->labelset.n_fresh; i++) {
		uint32_t number = r->labelset.fresh[i];

		if (r->labelset.in.key[number].used)
			continue;
		if (store_run(r->st, err, "DELETE FROM label WHERE labelset = ?", "i",
			      rows_tree_id(&r->labelset, number)) ||
		    drop_row(r, &r->labelset, number, "DELETE FROM labelset WHERE id = ?", err))
			return (int)err->code;
	}
	return write_lines(r, err);
}

static void forget(struct rows_shared *s)
{
	for (size_t i = 0; i < s->n_fresh; i++) {
		s->in.key[s->fresh[i]].id = 0;
		s->in.key[s->fresh[i]].used = 0;
	}
	intern_cut(&s->in, s->mark);
}

void rows_tree_forget(struct rows *r)
{
	for (size_t i = r->n_lines; i > 0; i--)
		r->start_line[r->line[i - 1].func] = r->line[i - 1].before;
	forget(&r->func);
	forget(&r->callsite);
	forget(&r->labelset);
}

static void shared_free(struct rows_shared *s)
{
	intern_free(&s->in);
	free(s->fresh);
}

void rows_tree_free(struct rows *r)
{
	shared_free(&r->func);
	shared_free(&r->callsite);
	shared_free(&r->labelset);
	free(r->start_line);
	free(r->line);
	buf_free(&r->key);
	buf_free(&r->set_key);
}

static int load_funcs(struct rows *r, uint32_t *number_of, struct err *err)
{
	struct stmt *q;
	uint32_t number;
	bool is_new;
	int rc = 0;

	if (store_query(r->st, &q, err, "SELECT id, name, file, start_line FROM func ORDER BY id", ""))
		return (int)err->code;
	while (!rc && store_next(q, err)) {
		int64_t id = stmt_int(q, 0);

		rc = func_number(r, stmt_text(q, 1), stmt_text(q, 2), &number, &is_new, err);
		if (rc)
			break;
		r->func.in.key[number].id = (uint32_t)id & INTERN_ID_MAX;
		r->func.in.key[number].used = 1;
		r->start_line[number] = stmt_int(q, 3);
		number_of[id] = number;
	}
	return store_end(q, err) ? (int)err->code : rc;
}

static int load_callsites(struct rows *r, const uint32_t *func_of, uint32_t *number_of, struct err *err)
{
	struct stmt *q;
	uint32_t number;
	bool is_new;
	int rc = 0;

	if (store_query(r->st, &q, err, "SELECT id, parent, func, line, inlined FROM callsite ORDER BY id", ""))
		return (int)err->code;
	while (!rc && store_next(q, err)) {
		int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1);
		struct callsite_key key = { .line = stmt_int(q, 3), .inlined = stmt_int(q, 4) != 0 };

		key.parent = parent == STORE_NULL ? 0 : number_of[parent] + 1;
		key.func = func_of[stmt_int(q, 2)];
		rc = intern_add(&r->callsite.in, &key, sizeof(key), &number, &is_new, err);
		if (rc)
			break;
		r->callsite.in.key[number].id = (uint32_t)id & INTERN_ID_MAX;
		r->callsite.in.key[number].used = 1;
		number_of[id] = number;
	}
	return store_end(q, err) ? (int)err->code : rc;
}

/* One set, whose labels are in set_key. */
static int load_set(struct rows *r, int64_t id, struct err *err)
{
	uint32_t number;
	bool is_new;

	if (buf_check(&r->set_key, err) ||
	    intern_add(&r->labelset.in, r->set_key.data, r->set_key.len, &number, &is_new, err))
		return (int)err->code;
	r->labelset.in.key[number].id = (uint32_t)id & INTERN_ID_MAX;
	r->labelset.in.key[number].used = 1;
	return 0;
}

static int load_labelsets(struct rows *r, struct err *err)
{
	static const char sql[] = "SELECT s.id, s.dropped, l.pos, l.key, l.str, l.num, l.unit FROM labelset s "
				  "LEFT JOIN label l ON l.labelset = s.id WHERE s.id > 0 ORDER BY s.id, l.pos";
	int64_t open = 0;
	struct stmt *q;
	int rc = 0;

	if (store_query(r->st, &q, err, sql, ""))
		return (int)err->code;
	while (!rc && store_next(q, err)) {
		int64_t id = stmt_int(q, 0), dropped = stmt_int(q, 1);

		if (id != open) {
			rc = open ? load_set(r, open, err) : 0;
			open = id;
			buf_reset(&r->set_key);
			buf_add(&r->set_key, &dropped, sizeof(dropped));
		}
		if (!stmt_null(q, 2))
			pack_label(&r->set_key, stmt_text(q, 3), stmt_text(q, 4), stmt_int(q, 5), stmt_text(q, 6));
	}
	if (!rc && open)
		rc = load_set(r, open, err);
	return store_end(q, err) ? (int)err->code : rc;
}

int rows_tree_load(struct rows *r, struct err *err)
{
	size_t n_func = (size_t)r->next[ROWS_FUNC] + 1, n_site = (size_t)r->next[ROWS_CALLSITE] + 1;
	uint32_t *func_of = calloc(n_func, sizeof(*func_of)), *site_of = calloc(n_site, sizeof(*site_of));
	int rc;

	if (!func_of || !site_of)
		rc = err_nomem(err);
	else if (load_funcs(r, func_of, err) || load_callsites(r, func_of, site_of, err) || load_labelsets(r, err))
		rc = (int)err->code;
	else
		rc = 0;
	free(func_of);
	free(site_of);
	return rc;
}
