// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * known.c - a database that grows with its folder
 *
 * A database changed file by file must tell the same as one made new from the same files. So a source is either wholly
 * there or wholly gone: a file that vanished or changed takes every row with it, and what several sources share
 * (functions, call sites, label sets, runs, instances) goes when the last of them goes. Whatever several sources decide
 * together (names and times of runs, times of profiles, bounds of Go versions) is worked out anew each time by place.c.
 *
 * A file is not read again when its path, its bytes, its decoder's version and its place among the runs are what they
 * were. With other limits or another `tree`, files would yield other rows: then nothing is known.
 */
#include "ingest/known.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/grow.h"

/* What of the options decides which rows a file yields. */
static void describe(struct buf *out, const struct ingest_opts *o)
{
	static const struct {
		const char *name;
		size_t at;
	} limit[] = {
#define LIMIT(name, value, unit, what) { #name, offsetof(struct limits, name) },
#include "core/limits.def"
#undef LIMIT
	};

	buf_printf(out, "tree=%d", o->tree);
	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		uint64_t v;

		/* These stop a run or a worker; what was read within them is the same. */
		if (strncmp(limit[i].name, "run_", 4) == 0 || strncmp(limit[i].name, "worker_", 7) == 0 ||
		    strncmp(limit[i].name, "store_", 6) == 0)
			continue;
		memcpy(&v, (const char *)o->limits + limit[i].at, sizeof(v));
		buf_printf(out, " %s=%" PRIu64, limit[i].name, v);
	}
}

int known_stamp(struct store *st, const struct ingest_opts *o, struct err *err)
{
	struct buf b = { .limit = 0 };
	int rc;

	describe(&b, o);
	rc = buf_check(&b, err);
	if (!rc)
		rc = store_run(st, err, "INSERT OR REPLACE INTO meta (key, value) VALUES ('ingest', ?)", "t",
			       buf_view(&b));
	buf_free(&b);
	return rc;
}

static int usable(struct store *st, const struct ingest_opts *o, bool *yes, struct err *err)
{
	struct buf b = { .limit = 0 };
	int64_t n = 0;
	int rc;

	describe(&b, o);
	rc = buf_check(&b, err);
	if (!rc)
		rc = store_int(st, err, &n, 0, "SELECT count(*) FROM meta WHERE key = 'ingest' AND value = ?", "t",
			       buf_view(&b));
	*yes = n > 0;
	buf_free(&b);
	return rc;
}

static int add(struct known *k, struct stmt *q, struct err *err)
{
	struct str sha = stmt_blob(q, 3);
	struct known_source *s;

	if (sha.n != FILE_SHA256)
		return 0;
	if (grow(&k->source, &k->cap, k->n + 1, sizeof(*k->source), err))
		return (int)err->code;
	s = &k->source[k->n];
	s->path = arena_str(&k->mem, stmt_text(q, 0));
	s->kind = arena_str(&k->mem, stmt_text(q, 1));
	s->decoder = stmt_int(q, 2);
	memcpy(s->sha256, sha.p, FILE_SHA256);
	s->run = stmt_null(q, 4) ? STR_NONE : arena_str(&k->mem, stmt_text(q, 4));
	s->instance = stmt_null(q, 5) ? STR_NONE : arena_str(&k->mem, stmt_text(q, 5));
	if (!s->path.p || !s->kind.p)
		return err_nomem(err);
	k->n++;
	return 0;
}

static int load(struct known *k, struct store *st, struct err *err)
{
	static const char sql[] = "SELECT s.path, s.kind, s.decoder, s.sha256, r.folder, i.name FROM source s "
				  "LEFT JOIN run r ON r.id = s.run LEFT JOIN instance i ON i.id = s.instance "
				  "WHERE s.decoder > 0 AND s.sha256 IS NOT NULL ORDER BY s.path";
	struct stmt *q;

	int rc = 0;

	if (store_query(st, &q, err, sql, ""))
		return (int)err->code;
	while (!rc && store_next(q, err))
		rc = add(k, q, err);
	return store_end(q, err) ? (int)err->code : rc;
}

int known_load(struct known *k, const struct ingest_opts *o, struct err *err)
{
	struct store *st;
	bool yes = false;
	int rc;

	*k = (struct known){ .n = 0 };
	if (!o->known_db)
		return 0;
	if (store_open(&st, o->known_db, STORE_READ, o->limits, err))
		return (int)err->code;
	rc = usable(st, o, &yes, err);
	if (!rc && yes)
		rc = load(k, st, err);
	store_close(st);
	if (rc)
		known_free(k);
	return rc;
}

void known_free(struct known *k)
{
	free(k->source);
	arena_free(&k->mem);
	*k = (struct known){ .n = 0 };
}

static int by_path(const void *key, const void *element)
{
	const struct str *a = key, *b = &((const struct known_source *)element)->path;
	int c = memcmp(a->p, b->p, a->n < b->n ? a->n : b->n);

	if (c)
		return c;
	return a->n == b->n ? 0 : a->n < b->n ? -1 : 1;
}

bool known_has(const struct known *k, const struct walk_file *f, const struct decoder *d,
	       const unsigned char sha256[FILE_SHA256])
{
	const struct known_source *s = k->n ? bsearch(&f->path, k->source, k->n, sizeof(*s), by_path) : NULL;

	if (!s || s->decoder != d->version || !str_is(s->kind, d->kind) || memcmp(s->sha256, sha256, FILE_SHA256) != 0)
		return false;
	if (d->of_run && f->top)
		return !s->run.p;
	if (!s->run.p || !str_eq(s->run, f->run))
		return false;
	return d->of_run ? !s->instance.p : s->instance.p && str_eq(s->instance, f->instance);
}

#define MEASURES "(SELECT m.id FROM profile p JOIN measure m ON m.profile = p.id WHERE p.source = ?)"
#define PROFILES "(SELECT id FROM profile WHERE source = ?)"
#define SERIES	 "(SELECT id FROM series WHERE source = ?)"

int known_drop(struct store *st, int64_t source, struct err *err)
{
	static const char *const sql[] = {
		"DELETE FROM sample WHERE measure IN " MEASURES,
		"DELETE FROM func_total WHERE measure IN " MEASURES,
		"DELETE FROM gogroup WHERE profile IN " PROFILES,
		"DELETE FROM measure WHERE profile IN " PROFILES,
		"DELETE FROM profile WHERE source = ?",
		"DELETE FROM point WHERE series IN " SERIES,
		"DELETE FROM bucket WHERE series IN " SERIES,
		"DELETE FROM series WHERE source = ?",
		"DELETE FROM gc_cycle WHERE source = ?",
		"DELETE FROM event WHERE source = ?",
		"DELETE FROM note WHERE source = ?",
		"DELETE FROM setting WHERE source = ?",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if (store_run(st, err, sql[i], "i", source))
			return (int)err->code;
	}
	return 0;
}

int known_clear(struct store *st, struct err *err)
{
	static const char *const sql[] = {
		"DELETE FROM meta",    "DELETE FROM sample",   "DELETE FROM func_total", "DELETE FROM gogroup",
		"DELETE FROM measure", "DELETE FROM profile",  "DELETE FROM point",	 "DELETE FROM bucket",
		"DELETE FROM series",  "DELETE FROM gc_cycle", "DELETE FROM event",	 "DELETE FROM note",
		"DELETE FROM setting", "DELETE FROM label",    "DELETE FROM labelset",	 "DELETE FROM callsite",
		"DELETE FROM func",    "DELETE FROM source",   "DELETE FROM instance",	 "DELETE FROM run",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if (store_run(st, err, sql[i], ""))
			return (int)err->code;
	}
	return 0;
}

int known_drop_gone(struct store *st, const struct walk *w, size_t *dropped, struct err *err)
{
	struct stmt *q;
	int64_t *gone = NULL;
	size_t n = 0, cap = 0;
	int rc = 0;

	*dropped = 0;
	if (store_query(st, &q, err, "SELECT id, path FROM source ORDER BY id", ""))
		return (int)err->code;
	while (!rc && store_next(q, err)) {
		if (walk_find(w, stmt_text(q, 1)))
			continue;
		rc = grow(&gone, &cap, n + 1, sizeof(*gone), err);
		if (!rc)
			gone[n++] = stmt_int(q, 0);
	}
	if (store_end(q, err))
		rc = (int)err->code;
	for (size_t i = 0; i < n && !rc; i++) {
		rc = known_drop(st, gone[i], err);
		if (!rc)
			rc = store_run(st, err, "DELETE FROM source WHERE id = ?", "i", gone[i]);
	}
	*dropped = n;
	free(gone);
	return rc;
}

/* Sets the bits of the ids that sql gives. */
static int mark(struct store *st, unsigned char *used, size_t max, const char *sql, struct err *err)
{
	struct stmt *q;

	if (store_query(st, &q, err, sql, ""))
		return (int)err->code;
	while (store_next(q, err)) {
		int64_t id = stmt_int(q, 0);

		if (id >= 0 && (uint64_t)id <= max)
			used[id >> 3] |= (unsigned char)(1u << (id & 7));
	}
	return store_end(q, err);
}

static bool marked(const unsigned char *used, int64_t id)
{
	return used[id >> 3] >> (id & 7) & 1;
}

/* Downwards: a parent's id is below its child's, so one pass keeps the ancestors of whatever is kept. */
static int mark_parents(struct store *st, unsigned char *used, size_t max, struct err *err)
{
	struct stmt *q;

	if (store_query(st, &q, err, "SELECT id, parent FROM callsite WHERE parent IS NOT NULL ORDER BY id DESC", ""))
		return (int)err->code;
	while (store_next(q, err)) {
		int64_t id = stmt_int(q, 0), parent = stmt_int(q, 1);

		if (id >= 0 && (uint64_t)id <= max && marked(used, id) && parent >= 0 && parent < id)
			used[parent >> 3] |= (unsigned char)(1u << (parent & 7));
	}
	return store_end(q, err);
}

static int sweep_callsites(struct store *st, struct err *err)
{
	unsigned char *used;
	int64_t max;
	int rc;

	if (store_int(st, err, &max, 0, "SELECT max(id) FROM callsite", ""))
		return (int)err->code;
	used = calloc(1, (size_t)max / 8 + 1);
	if (!used)
		return err_nomem(err);
	rc = mark(st, used, (size_t)max, "SELECT callsite FROM sample", err);
	if (!rc)
		rc = mark(st, used, (size_t)max, "SELECT callsite FROM gogroup", err);
	if (!rc)
		rc = mark_parents(st, used, (size_t)max, err);
	for (int64_t id = max; id > 0 && !rc; id--) {
		if (!marked(used, id))
			rc = store_run(st, err, "DELETE FROM callsite WHERE id = ?", "i", id);
	}
	free(used);
	return rc;
}

int known_sweep(struct store *st, struct err *err)
{
	static const char *const sql[] = {
		"DELETE FROM func WHERE id NOT IN (SELECT func FROM callsite UNION SELECT func FROM func_total "
		"UNION SELECT creator FROM gogroup WHERE creator IS NOT NULL)",
		"DELETE FROM label WHERE labelset NOT IN (SELECT labelset FROM sample UNION SELECT labelset FROM "
		"gogroup)",
		"DELETE FROM labelset WHERE id <> 0 AND id NOT IN (SELECT labelset FROM sample UNION SELECT labelset "
		"FROM gogroup)",
		"DELETE FROM instance WHERE id NOT IN (SELECT instance FROM source WHERE decoder > 0 AND instance IS "
		"NOT NULL "
		"UNION SELECT instance FROM profile UNION SELECT instance FROM gc_cycle)",
		"DELETE FROM run WHERE id NOT IN (SELECT run FROM source WHERE decoder > 0 AND run IS NOT NULL "
		"UNION SELECT run FROM instance)",
		"DELETE FROM setting WHERE instance NOT IN (SELECT id FROM instance)",
		"UPDATE source SET instance = NULL WHERE instance NOT IN (SELECT id FROM instance)",
		"UPDATE source SET run = NULL WHERE run NOT IN (SELECT id FROM run)",
	};

	if (sweep_callsites(st, err))
		return (int)err->code;
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if (store_run(st, err, sql[i], ""))
			return (int)err->code;
	}
	return 0;
}
