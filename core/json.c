// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json.c - json_tree() of a private in-memory connection, copied into nodes
 *
 * json_tree gives the values of a document in its own order, parents first, so one pass over its rows builds the list:
 * a node knows its last child while it is being filled, and its first child and next sibling for good. Scalars come
 * unescaped and typed.
 *
 * What does not fit SQLite's 64-bit integers (GOGC=off is 18446744073709551615 in runtime/metrics) would come as a
 * rounded real. For those `->` gives the digits as they stand in the text; the first 1000 only, since each costs a walk
 * of the document.
 */
#include "core/json.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "core/arena.h"
#include "core/fmt.h"

#define BIG_INTS 1000
#define DEPTH	 1000 /* SQLite refuses at 2000, where it counts a member and its value apart */

struct node {
	struct str key, text;	/* text: strings; the digits of an integer beyond int64 */
	int64_t num;		/* integers, booleans */
	double real;
	int64_t id;		/* json_tree's own */
	uint32_t up, first, next, last;
	enum json_type type;
};

struct json {
	sqlite3 *db;
	sqlite3_stmt *valid, *tree;
	uint64_t max_bytes;
	struct arena arena;
	struct node *node;
	uint32_t n, cap;
};

static const char valid_sql[] = "SELECT json_valid(?1)";
static const char tree_sql[] =
	"SELECT id, parent, key, type, atom,"
	" CASE WHEN type = 'integer' AND typeof(atom) = 'real' THEN ?1 -> fullkey END FROM json_tree(?1)";

static int sql_error(struct json *j, struct err *err)
{
	if (sqlite3_errcode(j->db) == SQLITE_NOMEM)
		return err_nomem(err);
	return err_set(err, ERR_INTERNAL, "JSON: %s", sqlite3_errmsg(j->db));
}

int json_new(struct json **out, const struct limits *limits, struct err *err)
{
	struct json *j = calloc(1, sizeof(*j));

	*out = NULL;
	if (!j)
		return err_nomem(err);
	j->max_bytes = limits->json_bytes;
	j->arena.limit = (size_t)limits->json_bytes * 2;
	if (sqlite3_open_v2(":memory:", &j->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(j->db, valid_sql, -1, SQLITE_PREPARE_PERSISTENT, &j->valid, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v3(j->db, tree_sql, -1, SQLITE_PREPARE_PERSISTENT, &j->tree, NULL) != SQLITE_OK) {
		int rc = j->db ? sql_error(j, err) : err_nomem(err);

		json_free(j);
		return rc;
	}
	*out = j;
	return 0;
}

void json_free(struct json *j)
{
	if (!j)
		return;
	sqlite3_finalize(j->valid);
	sqlite3_finalize(j->tree);
	sqlite3_close(j->db);
	arena_free(&j->arena);
	free(j->node);
	free(j);
}

static int refuse(struct str text, size_t at, const char *why, struct err *err)
{
	size_t line = 1, from = 0;

	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			line++;
			from = i + 1;
		}
	}
	err_set(err, ERR_FORMAT, "is not valid JSON: %s (line %zu, column %zu)", why, line, at - from + 1);
	return err_at(err, "byte %zu", at);
}

static int bind(struct json *j, sqlite3_stmt *q, struct str text, struct err *err)
{
	sqlite3_reset(q);
	if (sqlite3_bind_text64(q, 1, text.p, text.n, SQLITE_STATIC, SQLITE_UTF8) != SQLITE_OK)
		return sql_error(j, err);
	return 0;
}

/* json_valid() says no to a sound document for two reasons: it is nested too deeply, or there was no memory. */
static bool deep(struct str text)
{
	size_t depth = 0, most = 0;
	bool in = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (in && c == '\\')
			i++;
		else if (c == '"')
			in = !in;
		else if (!in && (c == '{' || c == '['))
			most = ++depth > most ? depth : most;
		else if (!in && (c == '}' || c == ']') && depth)
			depth--;
	}
	return most > DEPTH;
}

static int check_valid(struct json *j, struct str text, struct err *err)
{
	const char *why, *nul = text.n ? memchr(text.p, 0, text.n) : NULL;
	size_t at;
	int rc, valid;

	if (text.n > j->max_bytes || text.n > INT32_MAX)
		return err_set(err, ERR_LIMIT, "is a JSON document of more than %llu bytes: the limit json_bytes",
			       (unsigned long long)j->max_bytes);
	if (nul)
		return refuse(text, (size_t)(nul - text.p), "a NUL byte", err);
	rc = bind(j, j->valid, text, err);
	if (rc)
		return rc;
	if (sqlite3_step(j->valid) != SQLITE_ROW)
		return sql_error(j, err);
	valid = sqlite3_column_int(j->valid, 0);
	sqlite3_reset(j->valid);
	if (valid)
		return 0;
	at = json_fault(text, &why);
	if (!why && !deep(text))
		return err_nomem(err);
	return refuse(text, at, why ? why : "it is nested too deeply", err);
}

static struct str column(sqlite3_stmt *q, int col)
{
	const char *p = (const char *)sqlite3_column_text(q, col);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(q, col) : 0 };
}

static int grow(struct json *j, struct err *err)
{
	uint32_t cap = j->cap ? j->cap * 2 : 64;
	struct node *node;

	if (j->n < j->cap)
		return 0;
	node = cap > j->cap ? realloc(j->node, cap * sizeof(*node)) : NULL;
	if (!node)
		return err_nomem(err);
	j->node = node;
	j->cap = cap;
	return 0;
}

static enum json_type type_of(struct str s)
{
	static const struct {
		const char *name;
		enum json_type type;
	} types[] = {
		{ "object", JSON_OBJECT }, { "array", JSON_ARRAY }, { "text", JSON_TEXT }, { "integer", JSON_INT },
		{ "real", JSON_REAL }, { "true", JSON_BOOL }, { "false", JSON_BOOL }, { "null", JSON_NULL },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is(s, types[i].name))
			return types[i].type;
	return JSON_ABSENT;
}

static int fill(struct json *j, struct node *n, unsigned *big, struct err *err)
{
	struct str text = STR_NONE;

	*n = (struct node){ .first = JSON_NONE, .next = JSON_NONE, .last = JSON_NONE };
	n->id = sqlite3_column_int64(j->tree, 0);
	n->type = type_of(column(j->tree, 3));
	if (sqlite3_column_type(j->tree, 2) == SQLITE_TEXT)
		n->key = arena_str(&j->arena, column(j->tree, 2));
	n->num = sqlite3_column_int64(j->tree, 4);
	n->real = sqlite3_column_double(j->tree, 4);
	if (n->type == JSON_TEXT)
		text = column(j->tree, 4);
	else if (n->type == JSON_INT && sqlite3_column_type(j->tree, 4) == SQLITE_FLOAT && (*big)++ < BIG_INTS)
		text = column(j->tree, 5);
	if (n->type == JSON_INT && sqlite3_column_type(j->tree, 4) == SQLITE_FLOAT && !text.p)
		n->type = JSON_REAL;
	if (text.p)
		n->text = arena_str(&j->arena, text);
	if ((text.p && !n->text.p) || (sqlite3_column_type(j->tree, 2) == SQLITE_TEXT && !n->key.p))
		return err_nomem(err);
	return 0;
}

/* The newest node becomes the last child of up. */
static void append(struct json *j, uint32_t up)
{
	struct node *parent = up == JSON_NONE ? NULL : &j->node[up];

	j->node[j->n].up = up;
	if (!parent)
		return;
	if (parent->last == JSON_NONE)
		parent->first = j->n;
	else
		j->node[parent->last].next = j->n;
	parent->last = j->n;
}

/* json_tree's ids ascend but leave gaps; rows arrive parents first, so the open levels are a chain that is only walked
 * up. */
static int build(struct json *j, struct err *err)
{
	uint32_t up = JSON_NONE;	/* the innermost array or object that is open */
	unsigned big = 0;
	int rc, step;

	while ((step = sqlite3_step(j->tree)) == SQLITE_ROW) {
		int64_t parent = sqlite3_column_int64(j->tree, 1);

		rc = grow(j, err);
		if (rc)
			return rc;
		rc = fill(j, &j->node[j->n], &big, err);
		if (rc)
			return rc;
		while (up != JSON_NONE && j->node[up].id != parent)
			up = j->node[up].up;
		append(j, up);
		if (j->node[j->n].type == JSON_OBJECT || j->node[j->n].type == JSON_ARRAY)
			up = j->n;
		j->n++;
	}
	return step == SQLITE_DONE ? 0 : sql_error(j, err);
}

int json_parse(struct json *j, struct str text, struct err *err)
{
	int rc;

	j->n = 0;
	arena_reset(&j->arena);
	if (str_starts(text, "\xef\xbb\xbf"))
		text = str_skip(text, 3);
	rc = check_valid(j, text, err);
	if (rc)
		return rc;
	rc = bind(j, j->tree, text, err);
	if (!rc)
		rc = build(j, err);
	sqlite3_reset(j->tree);
	sqlite3_clear_bindings(j->tree);
	sqlite3_clear_bindings(j->valid);
	if (rc)
		j->n = 0;
	return rc;
}

static const struct node *node(const struct json *j, uint32_t n)
{
	static const struct node absent = { .first = JSON_NONE, .next = JSON_NONE, .last = JSON_NONE };

	return n < j->n ? &j->node[n] : &absent;
}

uint32_t json_root(const struct json *j)
{
	return j->n ? 0 : JSON_NONE;
}

uint32_t json_first(const struct json *j, uint32_t n)
{
	return node(j, n)->first;
}

uint32_t json_next(const struct json *j, uint32_t n)
{
	return node(j, n)->next;
}

uint32_t json_get(const struct json *j, uint32_t n, const char *key)
{
	struct str want = str_from(key);

	if (json_type(j, n) != JSON_OBJECT)
		return JSON_NONE;
	for (n = json_first(j, n); n != JSON_NONE; n = json_next(j, n))
		if (str_eq(node(j, n)->key, want))
			break;
	return n;
}

uint32_t json_at(const struct json *j, uint32_t n, uint32_t i)
{
	for (n = json_first(j, n); n != JSON_NONE && i; i--)
		n = json_next(j, n);
	return n;
}

uint32_t json_count(const struct json *j, uint32_t n)
{
	uint32_t count = 0;

	for (n = json_first(j, n); n != JSON_NONE; n = json_next(j, n))
		count++;
	return count;
}

enum json_type json_type(const struct json *j, uint32_t n)
{
	return node(j, n)->type;
}

struct str json_key(const struct json *j, uint32_t n)
{
	return node(j, n)->key;
}

struct str json_text(const struct json *j, uint32_t n)
{
	return json_type(j, n) == JSON_TEXT ? node(j, n)->text : STR_NONE;
}

bool json_int(const struct json *j, uint32_t n, int64_t *out)
{
	const struct node *v = node(j, n);

	if (v->type == JSON_INT && !v->text.p) {
		*out = v->num;
		return true;
	}
	if (v->type != JSON_REAL || v->real != floor(v->real) || !(fabs(v->real) < 9.2e18))
		return false;
	*out = (int64_t)v->real;
	return true;
}

bool json_uint(const struct json *j, uint32_t n, uint64_t *out)
{
	const struct node *v = node(j, n);
	int64_t small;

	if (json_int(j, n, &small)) {
		*out = (uint64_t)small;
		return small >= 0;
	}
	if (v->type != JSON_INT || v->text.n > 20)
		return false;
	*out = 0;
	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] < '0' || v->text.p[i] > '9' || __builtin_mul_overflow(*out, 10u, out) ||
		    __builtin_add_overflow(*out, (uint64_t)(v->text.p[i] - '0'), out))
			return false;
	}
	return v->text.n > 0;
}

bool json_real(const struct json *j, uint32_t n, double *out)
{
	const struct node *v = node(j, n);

	if (v->type != JSON_INT && v->type != JSON_REAL)
		return false;
	*out = v->type == JSON_INT && !v->text.p ? (double)v->num : v->real;
	return true;
}

bool json_bool(const struct json *j, uint32_t n, bool *out)
{
	*out = node(j, n)->num != 0;
	return json_type(j, n) == JSON_BOOL;
}

void json_scalar(const struct json *j, uint32_t n, struct buf *out)
{
	const struct node *v = node(j, n);

	if (v->type == JSON_TEXT || (v->type == JSON_INT && v->text.p))
		buf_str(out, v->text);
	else if (v->type == JSON_INT)
		buf_printf(out, "%lld", (long long)v->num);
	else if (v->type == JSON_REAL)
		fmt_real(out, v->real);
	else if (v->type == JSON_BOOL)
		buf_puts(out, v->num ? "true" : "false");
}
