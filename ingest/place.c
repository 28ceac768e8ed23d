// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * place.c - runs, sides and settings, once all files have been seen
 *
 * A run.json speaks for its folder and all below it: at the top for all runs, in a run's folder for the run, in a
 * process's folder for the process. The nearest one wins. What cannot be true of several runs at once (when it began,
 * how many requests it served) is taken only from a file that speaks for one run; those of a run's processes are put
 * together.
 */
#include "ingest/place.h"

#include <math.h>
#include <stdlib.h>

#include "ingest/grow.h"

#define TEXT_BYTES   (64u << 20)
#define SETTINGS_MAX 1000 /* of one file */
#define TIMES_MAX    100000

void place_init(struct place *p)
{
	*p = (struct place){ .text = { .limit = TEXT_BYTES } };
}

void place_free(struct place *p)
{
	free(p->info);
	free(p->time);
	free(p->setting);
	buf_free(&p->text);
	place_init(p);
}

static struct place_text keep(struct place *p, const char *prefix, struct str s)
{
	struct place_text t = { p->text.len, strlen(prefix) + s.n };

	if (!s.p)
		return (struct place_text){ 0, SIZE_MAX };
	buf_puts(&p->text, prefix);
	buf_str(&p->text, s);
	return t;
}

struct str place_str(const struct place *p, struct place_text t)
{
	if (t.n == SIZE_MAX)
		return STR_NONE;
	return (struct str){ t.n ? p->text.data + t.at : "", t.n };
}

static int put_info(struct place *p, const struct walk_file *file, const struct rec_runinfo *r, struct err *err)
{
	if (grow(&p->info, &p->cap_info, p->n_info + 1, sizeof(*p->info), err))
		return (int)err->code;
	p->info[p->n_info++] = (struct place_info){ .file = file,
						    .name = keep(p, "", r->name),
						    .revision = keep(p, "", r->revision),
						    .started = r->started,
						    .ended = r->ended,
						    .requests = r->requests };
	return 0;
}

static int put_time(struct place *p, const struct walk_file *file, const struct rec_filetime *r, struct err *err)
{
	if (p->n_time >= TIMES_MAX)
		return err_set(err, ERR_LIMIT, "names more than %d files", TIMES_MAX);
	if (!r->path.p)
		return 0;
	if (grow(&p->time, &p->cap_time, p->n_time + 1, sizeof(*p->time), err))
		return (int)err->code;
	p->time[p->n_time++] =
		(struct place_time){ .file = file, .path = keep(p, "", r->path), .t0 = r->t0, .t1 = r->t1 };
	return 0;
}

static int put_pair(struct place *p, const struct walk_file *file, int64_t source, const char *prefix, struct str name,
		    struct str value, const char *origin, struct err *err)
{
	if (p->n_setting >= SETTINGS_MAX && p->setting[p->n_setting - SETTINGS_MAX].file == file)
		return err_set(err, ERR_LIMIT, "holds more than %d settings", SETTINGS_MAX);
	if (!name.p || !value.p)
		return 0;
	if (grow(&p->setting, &p->cap_setting, p->n_setting + 1, sizeof(*p->setting), err))
		return (int)err->code;
	p->setting[p->n_setting++] = (struct place_setting){ .file = file,
							     .source = source,
							     .name = keep(p, prefix, name),
							     .value = keep(p, "", value),
							     .origin = origin };
	return 0;
}

static const char *origin_of(struct str s)
{
	static const char *const words[] = { "file", "run.json", "option", "inferred" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_is(s, words[i]))
			return words[i];
	}
	return "inferred";
}

int place_put(struct place *p, const struct walk_file *file, int64_t source, enum rec_type type, const void *rec,
	      struct err *err)
{
	const struct rec_setting *s = rec;
	const struct rec_label_of_run *l = rec;
	int rc;

	if (type == REC_runinfo)
		rc = put_info(p, file, rec, err);
	else if (type == REC_filetime)
		rc = put_time(p, file, rec, err);
	else if (type == REC_label_of_run)
		rc = put_pair(p, file, source, "label.", l->key, l->value, "run.json", err);
	else
		rc = put_pair(p, file, source, "", s->name, s->value, origin_of(s->origin), err);
	if (!rc && p->text.failed)
		rc = err_set(err, ERR_LIMIT, "settings, names and times of all files need more than %u bytes",
			     TEXT_BYTES);
	return rc;
}

int place_recall(struct place *p, struct store *st, const struct walk_file *file, int64_t source, struct err *err)
{
	struct stmt *q;
	int rc = 0;

	if (store_query(st, &q, err,
			"SELECT DISTINCT name, value, origin FROM setting WHERE source = ? ORDER BY name, origin", "i",
			source))
		return (int)err->code;
	while (!rc && store_next(q, err))
		rc = put_pair(p, file, source, "", stmt_text(q, 0), stmt_text(q, 1), origin_of(stmt_text(q, 2)), err);
	if (!rc)
		rc = buf_check(&p->text, err);
	return store_end(q, err) ? (int)err->code : rc;
}

struct place_mark place_mark(const struct place *p)
{
	return (struct place_mark){ p->text.len, p->n_info, p->n_time, p->n_setting };
}

void place_cut(struct place *p, const struct place_mark *m)
{
	p->text.len = m->text;
	p->text.failed = false;
	p->n_info = m->info;
	p->n_time = m->time;
	p->n_setting = m->setting;
}

/* What was worked out about each run, and the rows of each file. */
struct facts {
	int64_t id;
	struct str name, revision;
	int64_t started, ended;
	double requests;
	size_t seen; /* the info that counted it last, + 1 */
	bool own;    /* started, ended, requests are of a file that speaks for the whole run */
};

struct layout {
	const struct place *p;
	struct store *st;
	const struct walk *w;
	struct map runs, instances; /* folder; folder NUL name */
	struct facts *run;
	int64_t *instance;		/* row ids, by number */
	size_t *counted;		/* by number of instance: the file that counted it last, + 1 */
	uint32_t *run_of, *instance_of; /* by file */
};

static int look_up(struct layout *l, size_t i, struct buf *key, struct err *err)
{
	const struct walk_file *f = &l->w->file[i];
	uint32_t run, inst;
	bool is_new;

	run = map_add(&l->runs, f->run.p, f->run.n, &is_new);
	if (run == MAP_NONE)
		return err_nomem(err);
	if (is_new) {
		l->run[run] = (struct facts){ .started = STORE_NULL, .ended = STORE_NULL, .requests = NAN };
		if (store_int(l->st, err, &l->run[run].id, 0, "SELECT id FROM run WHERE folder = ?", "t", f->run))
			return (int)err->code;
	}
	buf_reset(key);
	buf_str(key, f->run);
	buf_byte(key, 0);
	buf_str(key, f->instance);
	inst = key->failed ? MAP_NONE : map_add(&l->instances, key->data, key->len, &is_new);
	if (inst == MAP_NONE)
		return err_nomem(err);
	if (is_new && store_int(l->st, err, &l->instance[inst], 0,
				"SELECT id FROM instance WHERE run = ? AND name = ? AND life = 0", "it", l->run[run].id,
				f->instance))
		return (int)err->code;
	l->run_of[i] = run;
	l->instance_of[i] = inst;
	return 0;
}

static int look_up_all(struct layout *l, struct err *err)
{
	size_t n = l->w->n;
	struct buf key = { .limit = 0 };
	int rc = 0;

	l->run = calloc(n + 1, sizeof(*l->run));
	l->instance = calloc(n + 1, sizeof(*l->instance));
	l->counted = calloc(n + 1, sizeof(*l->counted));
	l->run_of = calloc(n + 1, sizeof(*l->run_of));
	l->instance_of = calloc(n + 1, sizeof(*l->instance_of));
	if (!l->run || !l->instance || !l->counted || !l->run_of || !l->instance_of)
		return err_nomem(err);
	for (size_t i = 0; i < n && !rc; i++)
		rc = look_up(l, i, &key, err);
	buf_free(&key);
	return rc;
}

/* Sources that no decoder took belong where their path says, if anything else is there; times and sizes as they are
 * now. */
static int link_sources(struct layout *l, struct err *err)
{
	static const char sql[] = "UPDATE source SET run = ?1, instance = ?2, mtime = ?3 WHERE path = ?4 AND "
				  "(run IS NOT ?1 OR instance IS NOT ?2 OR mtime IS NOT ?3)";
	static const char touch[] = "UPDATE source SET mtime = ?1 WHERE path = ?2 AND mtime IS NOT ?1";

	for (size_t i = 0; i < l->w->n; i++) {
		const struct walk_file *f = &l->w->file[i];
		int64_t run = l->run[l->run_of[i]].id, inst = l->instance[l->instance_of[i]], decoder;

		if (store_int(l->st, err, &decoder, 0, "SELECT decoder FROM source WHERE path = ?", "t", f->path))
			return (int)err->code;
		if (decoder) {
			if (store_run(l->st, err, touch, "it", f->mtime, f->path))
				return (int)err->code;
			continue;
		}
		if (store_run(l->st, err, sql, "iiit", run && !f->top ? run : STORE_NULL,
			      inst && !f->top ? inst : STORE_NULL, f->mtime, f->path))
			return (int)err->code;
	}
	return 0;
}

static void merge_process(struct facts *r, const struct place_info *info)
{
	if (info->started != STORE_NULL && (r->started == STORE_NULL || info->started < r->started))
		r->started = info->started;
	if (info->ended != STORE_NULL && (r->ended == STORE_NULL || info->ended > r->ended))
		r->ended = info->ended;
	if (!isnan(info->requests))
		r->requests = isnan(r->requests) ? info->requests : r->requests + info->requests;
}

static void apply_info(struct layout *l, size_t nth)
{
	const struct place_info *info = &l->p->info[nth];
	struct str name = place_str(l->p, info->name), revision = place_str(l->p, info->revision);
	struct facts *only = NULL;
	size_t from, to, n = 0;

	walk_beneath(l->w, info->file, &from, &to);
	for (size_t i = from; i < to; i++) {
		struct facts *r = &l->run[l->run_of[i]];

		if (l->w->file[i].root != info->file->root || r->seen == nth + 1 || !r->id)
			continue;
		r->seen = nth + 1;
		r->name = name.p && name.n ? name : r->name;
		r->revision = revision.p ? revision : r->revision;
		only = r;
		n++;
	}
	if (n != 1)
		return;
	if (info->file->instance.n && !only->own) {
		merge_process(only, info);
	} else if (!info->file->instance.n) {
		*only = (struct facts){ .id = only->id,
					.name = only->name,
					.revision = only->revision,
					.seen = only->seen,
					.own = true,
					.started = info->started,
					.ended = info->ended,
					.requests = info->requests };
	}
}

/* Files of outer folders first; in one folder as they are sorted. */
static int outer_first(const void *a, const void *b)
{
	const struct place_info *x = a, *y = b;

	if (x->file->folder != y->file->folder)
		return x->file->folder < y->file->folder ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int apply_runs(struct layout *l, struct err *err)
{
	static const char sql[] =
		"UPDATE run SET name = ?, hint = ?, revision = ?, started = ?, ended = ?, requests = ? WHERE id = ?";

	if (l->p->n_info)
		qsort(l->p->info, l->p->n_info, sizeof(*l->p->info), outer_first);
	for (size_t i = 0; i < l->p->n_info; i++)
		apply_info(l, i);
	for (size_t i = 0; i < l->w->n; i++) {
		const struct walk_file *f = &l->w->file[i];
		struct facts *r = &l->run[l->run_of[i]];

		if (!r->id)
			continue;
		if (store_run(l->st, err, sql, "tstiidi", r->name.p ? r->name : f->run_name, f->hint, r->revision,
			      r->started, r->ended, r->requests, r->id))
			return (int)err->code;
		r->id = 0; /* written */
	}
	return 0;
}

static int apply_setting(struct layout *l, const struct place_setting *s, size_t from, size_t to, size_t *n,
			 struct err *err)
{
	/* The nearest run.json has been here before. */
	static const char sql[] = "INSERT OR REPLACE INTO setting (instance, name, value, origin, source) SELECT ?1, "
				  "?2, ?3, ?4, ?5 WHERE ?4 <> 'run.json' "
				  "OR NOT EXISTS (SELECT 1 FROM setting WHERE instance = ?1 AND name = ?2 AND origin = "
				  "?4 AND source <> ?5)";
	size_t nth = (size_t)(s - l->p->setting) + 1;

	*n = 0;
	for (size_t i = from; i < to; i++) {
		uint32_t inst = l->instance_of[i];

		if (l->w->file[i].root != s->file->root || !l->instance[inst] || l->counted[inst] == nth)
			continue;
		l->counted[inst] = nth;
		if (store_run(l->st, err, sql, "ittsi", l->instance[inst], place_str(l->p, s->name),
			      place_str(l->p, s->value), s->origin, s->source))
			return (int)err->code;
		++*n;
	}
	return 0;
}

static int inner_first(const void *a, const void *b)
{
	const struct place_setting *x = a, *y = b;

	if (x->file->folder != y->file->folder)
		return x->file->folder > y->file->folder ? -1 : 1;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->name.at < y->name.at ? -1 : x->name.at > y->name.at;
}

static int apply_settings(struct layout *l, struct err *err)
{
	static const char clear[] =
		"DELETE FROM setting WHERE source IN (SELECT id FROM source WHERE instance IS NULL)";
	const struct place *p = l->p;
	size_t from = 0, to = 0, n;

	if (store_run(l->st, err, clear, ""))
		return (int)err->code;
	if (p->n_setting)
		qsort(p->setting, p->n_setting, sizeof(*p->setting), inner_first);
	for (size_t i = 0; i < p->n_setting; i++) {
		const struct place_setting *s = &p->setting[i];

		if (i == 0 || s->file != s[-1].file)
			walk_beneath(l->w, s->file, &from, &to);
		if (apply_setting(l, s, from, to, &n, err))
			return (int)err->code;
		/* Nobody to give it to: when somebody comes, the file must be read again. */
		if (n == 0 && store_run(l->st, err, "UPDATE source SET sha256 = NULL WHERE id = ?", "i", s->source))
			return (int)err->code;
	}
	return 0;
}

/* What all files of a process allow; nothing when they contradict each other. */
static int apply_versions(struct layout *l, struct err *err)
{
	static const char *const sql[] = {
		"UPDATE instance SET go_min = NULL, go_max = NULL",
		"UPDATE instance SET go_min = lo, go_max = hi FROM (SELECT instance AS i, max(go_min) AS lo, "
		"min(go_max) AS hi FROM source "
		"WHERE instance IS NOT NULL AND status IN ('read', 'partial') GROUP BY instance) WHERE i = instance.id "
		"AND (lo IS NULL OR hi IS NULL OR lo <= hi)",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		if (store_run(l->st, err, sql[i], ""))
			return (int)err->code;
	}
	return 0;
}

int place_apply(const struct place *p, struct store *st, const struct walk *w, struct err *err)
{
	struct layout l = { .p = p, .st = st, .w = w };
	int rc;

	if (look_up_all(&l, err) || link_sources(&l, err) || apply_settings(&l, err) || apply_runs(&l, err) ||
	    apply_versions(&l, err) || place_times(p, st, w, err))
		rc = (int)err->code;
	else
		rc = 0;
	map_free(&l.runs);
	map_free(&l.instances);
	free(l.run);
	free(l.instance);
	free(l.counted);
	free(l.run_of);
	free(l.instance_of);
	return rc;
}
