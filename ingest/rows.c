// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * rows.c - the life of one file in the database
 *
 * Every text of a record is made clean here, once, before anything looks at it; every number that refers to something
 * is checked, every word that the schema lists is compared. The records come from a process that may have been taken
 * over by the file it read, and a wrong one must cost that file, not the run: SQLite's own complaint would come too
 * late, because the database that is being built has no journal and a failed write spoils it.
 *
 * For the same reason a refused file is not rolled back but taken out: row ids only ascend, so what it put is what has
 * ids from the mark on. The source row is written last, when its status is known.
 */
#include "ingest/rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text.h"
#include "ingest/known.h"
#include "ingest/rows_state.h"

#define IDS_MAX	  (1u << 26) /* local ids of one kind: some ten times what limits.def lets a decoder make */
#define NOTES_MAX 100	     /* of one source */

int rows_bad(struct rows *r, struct err *err, const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->blame = true;
	return err_set(err, ERR_FORMAT, "its records make no sense: %s", text);
}

int rows_ids_add(struct rows *r, struct rows_ids *ids, int64_t id, int64_t value, const char *what, struct err *err)
{
	if (id < 0 || (uint64_t)id != ids->n)
		return rows_bad(r, err, "%s %" PRId64 " where %zu was due", what, id, ids->n);
	if (ids->n >= IDS_MAX)
		return rows_bad(r, err, "more than %u of %s", IDS_MAX, what);
	if (grow(&ids->v, &ids->cap, ids->n + 1, sizeof(*ids->v), err))
		return (int)err->code;
	ids->v[ids->n++] = value;
	return 0;
}

int rows_ids_get(struct rows *r, const struct rows_ids *ids, int64_t id, int64_t *value, const char *what,
		 struct err *err)
{
	if (id < 0 || (uint64_t)id >= ids->n)
		return rows_bad(r, err, "no %s %" PRId64, what, id);
	*value = ids->v[id];
	return 0;
}

const char *rows_word(struct str s, const char *const *words)
{
	for (; *words; words++) {
		if (s.p && str_is(s, *words))
			return *words;
	}
	return NULL;
}

int64_t rows_known(int64_t v, int64_t otherwise)
{
	return v == STORE_NULL ? otherwise : v;
}

static int get_run(struct rows *r, const struct walk_file *f, int64_t *id, struct err *err)
{
	if (store_int(r->st, err, id, 0, "SELECT id FROM run WHERE folder = ?", "t", f->run))
		return (int)err->code;
	if (*id)
		return 0;
	if (store_run(r->st, err, "INSERT INTO run (folder, name, hint) VALUES (?, ?, ?)", "tts", f->run, f->run_name,
		      f->hint))
		return (int)err->code;
	*id = store_last_id(r->st);
	return 0;
}

static int get_instance(struct rows *r, const struct walk_file *f, int64_t run, int64_t life, int64_t *id, struct err *err)
{
	if (store_int(r->st, err, id, 0, "SELECT id FROM instance WHERE run = ? AND name = ? AND life = ?", "iti", run,
		      f->instance, life))
		return (int)err->code;
	if (*id)
		return 0;
	if (store_run(r->st, err, "INSERT INTO instance (run, name, life) VALUES (?, ?, ?)", "iti", run, f->instance, life))
		return (int)err->code;
	*id = store_last_id(r->st);
	return 0;
}

int rows_instance(struct rows *r, int64_t *instance, struct err *err)
{
	int64_t run;

	if (r->instance == STORE_NULL) {
		if (get_run(r, r->file, &run, err) || get_instance(r, r->file, run, 0, &r->instance, err))
			return (int)err->code;
	}
	*instance = r->instance;
	return 0;
}

/* The source itself stays with the first life; what comes after this record is of another. */
static int open_life(struct rows *r, const void *rec, struct err *err)
{
	const struct rec_life *l = rec;
	int64_t run;

	if (l->n < 1 || l->n > 1000)
		return 0;
	if (r->home == STORE_NULL && rows_instance(r, &r->home, err))
		return (int)err->code;
	return get_run(r, r->file, &run, err) ? (int)err->code : get_instance(r, r->file, run, l->n, &r->instance, err);
}

static int add_note(struct rows *r, struct str place, struct str text, struct err *err)
{
	return store_run(r->st, err, "INSERT INTO note (id, source, place, text) VALUES (?, ?, ?, ?)", "iitt",
			 r->next[ROWS_NOTE]++, r->source, place, text.p ? text : STR_LIT("?"));
}

int rows_note(struct rows *r, struct str place, struct str text, struct err *err)
{
	return r->notes++ < NOTES_MAX ? add_note(r, place, text, err) : 0;
}

static int on_clock(struct rows *r, const void *rec, struct err *err)
{
	static const char *const words[] = { "epoch", "process", "load", "none", NULL };
	const struct rec_clock *c = rec;

	r->clock = rows_word(c->origin, words);
	return r->clock ? 0 : rows_bad(r, err, "an unknown clock");
}

static int on_note(struct rows *r, const void *rec, struct err *err)
{
	const struct rec_note *n = rec;

	if (rows_known(n->lost, 0))
		r->partial = true;
	return rows_note(r, n->place, n->text, err);
}

static int to_place(struct rows *r, enum rec_type type, const void *rec, struct err *err)
{
	int rc = place_put(r->place, r->file, r->source, type, rec, err);

	r->blame = rc == ERR_LIMIT;
	return rc;
}

static int on_setting(struct rows *r, const void *rec, struct err *err)
{
	static const char *const words[] = { "file", "run.json", "option", "inferred", NULL };
	const struct rec_setting *s = rec;

	if (!s->name.p || !s->value.p || !rows_word(s->origin, words))
		return rows_bad(r, err, "a setting without name, value or origin");
	if (r->what.of_run)
		return to_place(r, REC_setting, rec, err);
	r->put_setting = true;
	return store_run(
		r->st, err,
		"INSERT OR REPLACE INTO setting (instance, name, value, origin, source) VALUES (?, ?, ?, ?, ?)",
		"ittti", r->instance, s->name, s->value, s->origin, r->source);
}

static int on_goversion(struct rows *r, const void *rec, struct err *err)
{
	const struct rec_goversion *v = rec;

	(void)err;
	if (v->min != STORE_NULL && (r->go_min == STORE_NULL || v->min > r->go_min))
		r->go_min = v->min;
	if (v->max != STORE_NULL && (r->go_max == STORE_NULL || v->max < r->go_max))
		r->go_max = v->max;
	return 0;
}

static int on_runinfo(struct rows *r, const void *rec, struct err *err)
{
	return to_place(r, REC_runinfo, rec, err);
}

static int on_filetime(struct rows *r, const void *rec, struct err *err)
{
	return to_place(r, REC_filetime, rec, err);
}

static int on_label_of_run(struct rows *r, const void *rec, struct err *err)
{
	return to_place(r, REC_label_of_run, rec, err);
}

/* Nobody asks for it with a tree. */
static int on_inlined_count(struct rows *r, const void *rec, struct err *err)
{
	(void)r;
	(void)rec;
	(void)err;
	return 0;
}

static int (*const handler[REC_TYPES])(struct rows *r, const void *rec, struct err *err) = {
	[REC_clock] = on_clock,
	[REC_note] = on_note,
	[REC_setting] = on_setting,
	[REC_goversion] = on_goversion,
	[REC_runinfo] = on_runinfo,
	[REC_filetime] = on_filetime,
	[REC_label_of_run] = on_label_of_run,
	[REC_life] = open_life,
	[REC_event] = rows_put_event,
	[REC_func] = rows_put_func,
	[REC_callsite] = rows_put_callsite,
	[REC_labelset] = rows_put_labelset,
	[REC_label] = rows_put_label,
	[REC_profile] = rows_put_profile,
	[REC_measure] = rows_put_measure,
	[REC_sample] = rows_put_sample,
	[REC_func_total] = rows_put_func_total,
	[REC_inlined_count] = on_inlined_count,
	[REC_gogroup] = rows_put_gogroup,
	[REC_gc_cycle] = rows_put_gc_cycle,
	[REC_series] = rows_put_series,
	[REC_point] = rows_put_point,
	[REC_bucket] = rows_put_bucket,
};

static bool places_others(enum rec_type type)
{
	return type == REC_runinfo || type == REC_filetime || type == REC_label_of_run || type == REC_setting;
}

/* s itself, or a clean copy in b. Longer texts than a profile may hold are cut. */
static struct str clean(const struct rows *r, struct str s, struct buf *b)
{
	if (s.n > r->limits->string_bytes)
		s.n = (size_t)r->limits->string_bytes;
	if (!s.p || text_is_clean(s))
		return s;
	buf_reset(b);
	text_clean(b, s);
	return buf_view(b);
}

/* *out: rec, or a copy in room whose texts are clean. */
static int clean_record(struct rows *r, enum rec_type type, const void *rec, unsigned char *room, const void **out,
			struct err *err)
{
	const struct rec_info *info = &rec_info[type];
	size_t at = 0, n = 0;
	bool copied = false;

	*out = rec;
	for (int i = 0; i < info->n_fields; i++) {
		size_t size = info->fields[i].kind == FIELD_STR ? sizeof(struct str) : sizeof(int64_t);

		if (info->fields[i].kind == FIELD_STR) {
			struct str was, now;

			memcpy(&was, (const char *)rec + at, sizeof(was));
			now = clean(r, was, &r->text[n]);
			if (now.p != was.p || now.n != was.n) {
				if (r->text[n].failed)
					return err_nomem(err);
				if (!copied)
					memcpy(room, rec,
					       (size_t)((const char *)rec_field(type, rec, info->n_fields) -
							(const char *)rec));
				copied = true;
				memcpy(room + at, &now, sizeof(now));
			}
			n++;
		}
		at += size;
	}
	if (copied)
		*out = room;
	return 0;
}

static int put(struct sink *s, enum rec_type type, const void *rec, struct err *err)
{
	struct rows *r = (struct rows *)s;
	_Alignas(16) unsigned char room[512];
	const void *cleaned;

	if (r->only_places && !places_others(type))
		return 0;
	if (r->set_open && type != REC_label && rows_labelset_close(r, err))
		return (int)err->code;
	if (clean_record(r, type, rec, room, &cleaned, err))
		return (int)err->code;
	return handler[type](r, cleaned, err);
}

struct sink *rows_sink(struct rows *r)
{
	return &r->sink;
}

bool rows_blames_file(const struct rows *r)
{
	return r->blame;
}

bool rows_dropped(const struct rows *r)
{
	return r->dropped;
}

static int read_max_ids(struct rows *r, struct err *err)
{
	static const char *const sql[ROWS_TABLES] = {
		[ROWS_SOURCE] = "SELECT max(id) FROM source",	  [ROWS_NOTE] = "SELECT max(id) FROM note",
		[ROWS_FUNC] = "SELECT max(id) FROM func",	  [ROWS_CALLSITE] = "SELECT max(id) FROM callsite",
		[ROWS_LABELSET] = "SELECT max(id) FROM labelset", [ROWS_PROFILE] = "SELECT max(id) FROM profile",
		[ROWS_MEASURE] = "SELECT max(id) FROM measure",	  [ROWS_GOGROUP] = "SELECT max(id) FROM gogroup",
		[ROWS_SERIES] = "SELECT max(id) FROM series",	  [ROWS_EVENT] = "SELECT max(id) FROM event",
	};

	for (int i = 0; i < ROWS_TABLES; i++) {
		if (store_int(r->st, err, &r->next[i], 0, sql[i], ""))
			return (int)err->code;
		r->next[i]++;
	}
	return 0;
}

int rows_open(struct rows **out, struct store *st, const struct limits *l, struct place *place, struct err *err)
{
	struct rows *r = calloc(1, sizeof(*r));

	*out = NULL;
	if (!r)
		return err_nomem(err);
	r->sink.put = put;
	r->st = st;
	r->limits = l;
	r->place = place;
	if (store_run(st, err, "INSERT OR IGNORE INTO labelset (id, dropped) VALUES (0, 0)", "") ||
	    read_max_ids(r, err) || rows_tree_load(r, err)) {
		rows_close(r);
		return (int)err->code;
	}
	*out = r;
	return 0;
}

void rows_close(struct rows *r)
{
	if (!r)
		return;
	rows_tree_free(r);
	free(r->funcs.v);
	free(r->callsites.v);
	free(r->labelsets.v);
	free(r->profiles.v);
	free(r->measures.v);
	free(r->series.v);
	free(r->series_last.v);
	for (int i = 0; i < ROWS_TEXTS; i++)
		buf_free(&r->text[i]);
	free(r);
}

/* Makes way for the file: the id its source had, or the next one. */
static int take_source(struct rows *r, const struct walk_file *f, bool keep, struct err *err)
{
	int64_t id;

	if (store_int(r->st, err, &id, 0, "SELECT id FROM source WHERE path = ?", "t", f->path))
		return (int)err->code;
	if (keep && !id)
		return err_set(err, ERR_INTERNAL, "'%.200s' is said to be known, but the database has no rows of it",
			       f->path.p);
	r->source = id ? id : r->next[ROWS_SOURCE]++;
	if (keep || !id)
		return 0;
	r->dropped = true;
	return known_drop(r->st, id, err);
}

int rows_begin(struct rows *r, const struct walk_file *f, const struct wire_what *what, struct err *err)
{
	r->file = f;
	r->what = *what;
	r->only_places = what->unchanged;
	r->blame = r->partial = r->put_gc = r->put_setting = r->set_open = false;
	r->clock = "epoch";
	r->go_min = r->go_max = r->run = r->instance = r->home = STORE_NULL;
	r->gc_last = 0;
	r->notes = r->twice = 0;
	r->funcs.n = r->callsites.n = r->labelsets.n = r->profiles.n = r->measures.n = r->series.n = r->series_last.n =
		0;
	r->placed = place_mark(r->place);
	if (take_source(r, f, what->unchanged, err))
		return (int)err->code;
	memcpy(r->mark, r->next, sizeof(r->mark));
	rows_tree_begin(r);
	if (what->unchanged)
		return 0;
	if (!(what->of_run && f->top) && get_run(r, f, &r->run, err))
		return (int)err->code;
	return what->of_run ? 0 : get_instance(r, f, r->run, 0, &r->instance, err);
}

static int write_source(struct rows *r, const char *status, const struct wire_end *end, struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO source (id, run, instance, path, bytes, sha256, kind, "
				  "decoder, status, reason, place, mtime, "
				  "clock, go_min, go_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct walk_file *f = r->file;
	bool known = r->what.kind[0] && !end->again;
	struct str kind = clean(r, str_from(r->what.kind[0] ? r->what.kind : "unreadable"), &r->text[0]);
	struct str reason = end->reason[0] ? clean(r, str_from(end->reason), &r->text[1]) : STR_NONE;
	struct str place = end->place[0] ? clean(r, str_from(end->place), &r->text[2]) : STR_NONE;

	return store_run(r->st, err, sql, "iiitibtitttisii", r->source, r->run,
			 r->what.of_run ? STORE_NULL : r->home != STORE_NULL ? r->home : r->instance, f->path, (int64_t)f->bytes,
			 known ? r->what.sha256 : NULL, known ? (size_t)FILE_SHA256 : (size_t)0, kind,
			 (int64_t)r->what.decoder, str_from(status), reason, place, f->mtime, r->clock, r->go_min,
			 r->go_max);
}

static int last_words(struct rows *r, const struct wire_end *end, struct err *err)
{
	char text[100];

	if (end->again) {
		r->partial = true;
		if (add_note(r, STR_NONE, STR_LIT("the file changed while it was read"), err))
			return (int)err->code;
	}
	if (r->twice) {
		r->partial = true;
		snprintf(text, sizeof(text),
			 "%" PRIu64 " values left out: not a number, or at a time that has one already", r->twice);
		if (add_note(r, STR_NONE, str_from(text), err))
			return (int)err->code;
	}
	if (r->notes <= NOTES_MAX)
		return 0;
	snprintf(text, sizeof(text), "and %" PRIu64 " more notes", r->notes - NOTES_MAX);
	return add_note(r, STR_NONE, str_from(text), err);
}

int rows_accept(struct rows *r, const struct wire_end *end, bool *partial, struct err *err)
{
	*partial = false;
	if (r->only_places)
		return r->what.of_run && strcmp(r->what.kind, PLACE_KIND) != 0
			       ? place_recall(r->place, r->st, r->file, r->source, err)
			       : 0;
	if ((r->set_open && rows_labelset_close(r, err)) || rows_tree_keep(r, err) || last_words(r, end, err))
		return (int)err->code;
	*partial = r->partial;
	return write_source(r, r->partial ? "partial" : "read", end, err);
}

/* Takes out all rows that this file put: those with ids from the marks on. */
static int take_out(struct rows *r, struct err *err)
{
	static const struct {
		enum rows_table of;
		const char *sql;
	} cut[] = {
		{ ROWS_MEASURE, "DELETE FROM sample WHERE measure >= ?" },
		{ ROWS_MEASURE, "DELETE FROM func_total WHERE measure >= ?" },
		{ ROWS_MEASURE, "DELETE FROM measure WHERE id >= ?" },
		{ ROWS_GOGROUP, "DELETE FROM gogroup WHERE id >= ?" },
		{ ROWS_PROFILE, "DELETE FROM profile WHERE id >= ?" },
		{ ROWS_SERIES, "DELETE FROM point WHERE series >= ?" },
		{ ROWS_SERIES, "DELETE FROM bucket WHERE series >= ?" },
		{ ROWS_SERIES, "DELETE FROM series WHERE id >= ?" },
		{ ROWS_EVENT, "DELETE FROM event WHERE id >= ?" },
		{ ROWS_NOTE, "DELETE FROM note WHERE id >= ?" },
		{ ROWS_LABELSET, "DELETE FROM label WHERE labelset >= ?" },
		{ ROWS_LABELSET, "DELETE FROM labelset WHERE id >= ?" },
		{ ROWS_CALLSITE, "DELETE FROM callsite WHERE id >= ?" },
		{ ROWS_FUNC, "DELETE FROM func WHERE id >= ?" },
	};

	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		if (r->next[cut[i].of] > r->mark[cut[i].of] &&
		    store_run(r->st, err, cut[i].sql, "i", r->mark[cut[i].of]))
			return (int)err->code;
	}
	if (r->put_gc && store_run(r->st, err, "DELETE FROM gc_cycle WHERE source = ?", "i", r->source))
		return (int)err->code;
	if (r->put_setting && store_run(r->st, err, "DELETE FROM setting WHERE source = ?", "i", r->source))
		return (int)err->code;
	memcpy(r->next, r->mark, sizeof(r->next));
	return 0;
}

int rows_refuse(struct rows *r, const struct wire_end *end, struct err *err)
{
	place_cut(r->place, &r->placed);
	rows_tree_forget(r);
	if (take_out(r, err))
		return (int)err->code;
	r->clock = "epoch";
	r->go_min = r->go_max = STORE_NULL;
	if (r->only_places) { /* it was understood once, and now there was no memory for it */
		r->dropped = true;
		if (known_drop(r->st, r->source, err) || (!r->file->top && get_run(r, r->file, &r->run, err)))
			return (int)err->code;
	}
	return write_source(r, "refused", end, err);
}

int rows_aside(struct rows *r, const struct walk_file *f, const struct wire_what *what, const char *kind,
	       const struct wire_end *end, struct err *err)
{
	struct wire_what none = { .decoder = 0 };

	snprintf(none.kind, sizeof(none.kind), "%s", kind);
	r->file = f;
	r->what = what ? *what : none;
	r->clock = "epoch";
	r->go_min = r->go_max = r->run = r->instance = r->home = STORE_NULL;
	if (take_source(r, f, false, err))
		return (int)err->code;
	return write_source(r, end->verdict == WIRE_REFUSED ? "refused" : "ignored", end, err);
}
