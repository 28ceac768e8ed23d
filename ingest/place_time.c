// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * place_time.c - when was this taken
 *
 * A profile that says so itself needs nothing. For the others, in this order: what run.json says of the file; a time in
 * its name; a sibling, that is a file of the same process and folder with the same number in its name (cpu-007 and
 * goroutines-007 come from one round of captures); the file's mtime. A wrong time is worse than none: it would put
 * evidence into another phase of the load. So a name's time counts only near other times of its run, and mtimes only
 * when those of files whose times are known follow these times: an unpacked archive or a copied folder has mtimes, too.
 * t_err bounds how far off the time can be.
 *
 * Files with several profiles (dumps in a log) are left alone: one time cannot be right for all.
 *
 * The same holds for a file of series that were all read at one instant and has no clock (a scrape, /proc/net/netstat):
 * its points stand at 0 and move to the time that is found, with the source's clock. Each run begins by taking that back,
 * so that a database that grew holds what a new one would.
 */
#include <stdlib.h>

#include "core/text.h"
#include "ingest/place.h"

#define SECOND	   1000000000LL
#define NEAR	   (3600 * SECOND) /* a name's time and the rest of its run */
#define ROUND	   (120 * SECOND)  /* the longest time that one round of captures takes */
#define MTIME_SLOP (2 * SECOND)	   /* between the end of a capture and the last write, from file to file */

enum from { FROM_NONE, FROM_FILE, FROM_RUN_JSON, FROM_NAME, FROM_SIBLING, FROM_MTIME };
static const char *const from_word[] = { "none", "file", "run.json", "name", "sibling", "mtime" };

struct shot {	     /* the one profile of a file, or the one instant of its series */
	int64_t id;  /* 0: the file has none, or several */
	bool series; /* id is the source's */
	int64_t t0, t1, t_err;
	enum from from, was;
	uint32_t run;
};

struct span { /* of a run, from what files and run.json say */
	int64_t lo, hi;
	bool known;
};

struct round { /* of a folder, a process and a number */
	int64_t lo, hi, pick;
	bool instant;
};

struct clockwork {
	const struct place *p;
	const struct walk *w;
	struct shot *shot; /* by file */
	struct map runs, rounds;
	struct span *span; /* by run */
	struct round *round;
	int64_t *offset; /* room for a run's mtimes less times */
};

static const char *base_name(const char *rel)
{
	const char *slash = strrchr(rel, '/');

	return slash ? slash + 1 : rel;
}

static int load(struct clockwork *c, struct store *st, struct err *err)
{
	static const char sql[] =
		"SELECT s.path, p.id, p.t0, p.t1, p.t_from FROM profile p JOIN source s ON s.id = p.source "
		"WHERE s.clock = 'epoch' GROUP BY p.source HAVING count(*) = 1";
	struct stmt *q;

	if (store_query(st, &q, err, sql, ""))
		return (int)err->code;
	while (store_next(q, err)) {
		const struct walk_file *f = walk_find(c->w, stmt_text(q, 0));
		struct shot *s;

		if (!f)
			continue;
		s = &c->shot[f - c->w->file];
		s->id = stmt_int(q, 1);
		s->t0 = stmt_int(q, 2);
		s->t1 = stmt_int(q, 3);
		s->from = s->was = str_is(stmt_text(q, 4), "file") ? FROM_FILE : FROM_NONE;
	}
	return store_end(q, err);
}

/* What an earlier run placed goes back to where its file put it. */
static int unplace(struct store *st, struct err *err)
{
	static const char *const sql[] = {
		"UPDATE point SET t = 0 WHERE series IN (SELECT e.id FROM series e JOIN source s ON s.id = e.source "
		"WHERE s.time_from IS NOT NULL)",
		"UPDATE bucket SET t = 0 WHERE series IN (SELECT e.id FROM series e JOIN source s ON s.id = e.source "
		"WHERE s.time_from IS NOT NULL)",
		"UPDATE source SET clock = 'none', time_from = NULL, time_err = NULL WHERE time_from IS NOT NULL",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
		if (store_run(st, err, sql[i], ""))
			return (int)err->code;
	return 0;
}

/* Files whose series hold nothing but one instant at 0. */
static int load_series(struct clockwork *c, struct store *st, struct err *err)
{
	static const char sql[] =
		"SELECT s.path, s.id FROM source s WHERE s.clock = 'none' AND s.status IN ('read', 'partial') "
		"AND NOT EXISTS (SELECT 1 FROM profile p WHERE p.source = s.id) "
		"AND EXISTS (SELECT 1 FROM series e WHERE e.source = s.id) "
		"AND NOT EXISTS (SELECT 1 FROM series e JOIN point o ON o.series = e.id "
		"WHERE e.source = s.id AND (o.t <> 0 OR o.span <> 0)) "
		"AND NOT EXISTS (SELECT 1 FROM series e JOIN bucket b ON b.series = e.id WHERE e.source = s.id AND b.t <> 0)";
	struct stmt *q;

	if (store_query(st, &q, err, sql, ""))
		return (int)err->code;
	while (store_next(q, err)) {
		const struct walk_file *f = walk_find(c->w, stmt_text(q, 0));

		if (f)
			c->shot[f - c->w->file] = (struct shot){ .id = stmt_int(q, 1), .series = true };
	}
	return store_end(q, err);
}

static void set(struct shot *s, enum from from, int64_t t0, int64_t t1, int64_t t_err)
{
	s->from = from;
	s->t0 = t0;
	s->t1 = t1;
	s->t_err = t_err;
}

/* The file that a run.json calls `path`: as written, or with .gz put on or taken off, beneath the run.json's folder. */
static const struct walk_file *named(const struct clockwork *c, const struct place_time *t, struct buf *b)
{
	struct str path = place_str(c->p, t->path);
	const struct walk_file *f;

	while (str_starts(path, "./"))
		path = str_skip(path, 2);
	buf_reset(b);
	text_clean(b, (struct str){ t->file->key.p, t->file->folder });
	buf_str(b, path);
	f = walk_find(c->w, buf_view(b));
	if (!f && b->len > 3 && memcmp(b->data + b->len - 3, ".gz", 3) == 0) {
		f = walk_find(c->w, (struct str){ b->data, b->len - 3 });
	} else if (!f) {
		buf_puts(b, ".gz");
		f = walk_find(c->w, buf_view(b));
	}
	return f;
}

static int64_t step_of(int64_t t)
{
	return t % SECOND == 0 ? SECOND : t % 1000000 == 0 ? 1000000 : 0;
}

static int from_run_json(struct clockwork *c, struct err *err)
{
	struct buf b = { .limit = 0 };
	int rc;

	for (size_t i = 0; i < c->p->n_time; i++) {
		const struct place_time *t = &c->p->time[i];
		const struct walk_file *f = named(c, t, &b);
		struct shot *s = f ? &c->shot[f - c->w->file] : NULL;
		int64_t t0 = t->t0 == STORE_NULL ? t->t1 : t->t0, t1 = t->t1 == STORE_NULL ? t->t0 : t->t1;

		if (!s || !s->id || s->from == FROM_FILE || t0 == STORE_NULL || t1 < t0)
			continue;
		set(s, FROM_RUN_JSON, t0, t1, step_of(t0) > step_of(t1) ? step_of(t1) : step_of(t0));
	}
	rc = buf_check(&b, err);
	buf_free(&b);
	return rc;
}

static int find_spans(struct clockwork *c, struct err *err)
{
	for (size_t i = 0; i < c->w->n; i++) {
		const struct walk_file *f = &c->w->file[i];
		struct shot *s = &c->shot[i];
		struct span *span;

		s->run = map_add(&c->runs, f->run.p, f->run.n, NULL);
		if (s->run == MAP_NONE)
			return err_nomem(err);
		if (s->from != FROM_FILE && s->from != FROM_RUN_JSON)
			continue;
		span = &c->span[s->run];
		if (!span->known || s->t0 < span->lo)
			span->lo = s->t0;
		if (!span->known || s->t1 > span->hi)
			span->hi = s->t1;
		span->known = true;
	}
	return 0;
}

static void from_name(struct clockwork *c)
{
	for (size_t i = 0; i < c->w->n; i++) {
		struct shot *s = &c->shot[i];
		const struct span *span = &c->span[s->run];
		int64_t t, step;

		if (!s->id || s->from || !place_name_time(base_name(c->w->file[i].rel), &t, &step))
			continue;
		if (!span->known || (t >= span->lo - NEAR && t <= span->hi + NEAR))
			set(s, FROM_NAME, t, t, step);
	}
}

/* A name that spells a time is no name of a round, even when that time was not believed. Of counters there are readings
 * before and after, so that a file of them without a number says nothing about when. */
static bool in_round(const struct clockwork *c, size_t i)
{
	const char *name = base_name(c->w->file[i].rel);
	int64_t t, step;

	if (c->shot[i].series && !place_name_number(name).n)
		return false;
	return c->shot[i].id && !place_name_time(name, &t, &step);
}

/* The number of the round that a file belongs to, new when *is_new. */
static uint32_t round_of(struct clockwork *c, size_t i, struct buf *b, bool *is_new)
{
	const struct walk_file *f = &c->w->file[i];
	struct str n = place_name_number(base_name(f->rel));

	buf_reset(b);
	buf_str(b, f->run);
	buf_byte(b, 0);
	buf_add(b, f->key.p, f->folder);
	buf_byte(b, 0);
	buf_str(b, n);
	return b->failed ? MAP_NONE : map_add(&c->rounds, b->data, b->len, is_new);
}

static void join_round(struct round *r, const struct shot *s, bool is_new)
{
	bool instant = s->t0 == s->t1;

	if (is_new) {
		*r = (struct round){ .lo = s->t0, .hi = s->t1, .pick = s->t1, .instant = instant };
		return;
	}
	r->lo = s->t0 < r->lo ? s->t0 : r->lo;
	r->hi = s->t1 > r->hi ? s->t1 : r->hi;
	/* The end of an instant is nearer to its neighbours than that of a profile over seconds. */
	if (instant && !r->instant) {
		r->pick = s->t1;
		r->instant = true;
	}
}

static int from_sibling(struct clockwork *c, struct err *err)
{
	struct buf b = { .limit = 0 };
	uint32_t n_rounds, nth = 0;
	bool is_new;

	for (size_t i = 0; i < c->w->n && nth != MAP_NONE; i++) {
		if (!c->shot[i].from || !in_round(c, i))
			continue;
		nth = round_of(c, i, &b, &is_new);
		if (nth != MAP_NONE)
			join_round(&c->round[nth], &c->shot[i], is_new);
	}
	n_rounds = c->rounds.n;
	for (size_t i = 0; i < c->w->n && nth != MAP_NONE; i++) {
		const struct round *r;

		if (c->shot[i].from || !in_round(c, i))
			continue;
		nth = round_of(c, i, &b, &is_new);
		if (nth >= n_rounds || c->round[nth].hi - c->round[nth].lo > ROUND)
			continue;
		r = &c->round[nth];
		set(&c->shot[i], FROM_SIBLING, r->pick, r->pick,
		    (r->hi - r->pick > r->pick - r->lo ? r->hi - r->pick : r->pick - r->lo) + SECOND);
	}
	buf_free(&b);
	return nth == MAP_NONE ? err_nomem(err) : 0;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* *shift: what mtimes of this run are behind the times of their files; false when they do not follow them. */
static bool mtimes_follow(struct clockwork *c, uint32_t run, int64_t *shift, int64_t *slop)
{
	int64_t lo = INT64_MAX, hi = INT64_MIN;
	size_t n = 0;

	for (size_t i = 0; i < c->w->n; i++) {
		const struct shot *s = &c->shot[i];

		if (s->run != run || !s->id || (s->from != FROM_FILE && s->from != FROM_RUN_JSON))
			continue;
		if (__builtin_sub_overflow(c->w->file[i].mtime, s->t1, &c->offset[n]))
			return false;
		n++;
		lo = s->t1 < lo ? s->t1 : lo;
		hi = s->t1 > hi ? s->t1 : hi;
	}
	if (n < 2 || hi / 2 - lo / 2 < MTIME_SLOP) /* too near each other to tell */
		return false;
	qsort(c->offset, n, sizeof(*c->offset), by_value);
	*shift = c->offset[n / 2];
	if (__builtin_sub_overflow(c->offset[n - 1], c->offset[0], slop))
		return false;
	return *slop <= MTIME_SLOP;
}

static void from_mtime(struct clockwork *c)
{
	for (uint32_t run = 0; run < c->runs.n; run++) {
		int64_t shift, slop, t;
		bool wanted = false;

		for (size_t i = 0; i < c->w->n && !wanted; i++)
			wanted = c->shot[i].run == run && c->shot[i].id && !c->shot[i].from;
		if (!wanted || !c->span[run].known || !mtimes_follow(c, run, &shift, &slop))
			continue;
		for (size_t i = 0; i < c->w->n; i++) {
			struct shot *s = &c->shot[i];

			if (s->run == run && s->id && !s->from &&
			    !__builtin_sub_overflow(c->w->file[i].mtime, shift, &t))
				set(s, FROM_MTIME, t, t, slop + SECOND);
		}
	}
}

static int place_series(const struct shot *s, struct store *st, struct err *err)
{
	static const char *const sql[] = {
		"UPDATE point SET t = ?1 WHERE series IN (SELECT id FROM series WHERE source = ?2)",
		"UPDATE bucket SET t = ?1 WHERE series IN (SELECT id FROM series WHERE source = ?2)",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
		if (store_run(st, err, sql[i], "ii", s->t1, s->id))
			return (int)err->code;
	/* An instant somewhere between the two times that were told. */
	return store_run(st, err, "UPDATE source SET clock = 'epoch', time_from = ?, time_err = ? WHERE id = ?", "sii",
			 from_word[s->from], s->t_err > s->t1 - s->t0 ? s->t_err : s->t1 - s->t0, s->id);
}

static int write_times(struct clockwork *c, struct store *st, struct err *err)
{
	static const char clear[] = "UPDATE profile SET t0 = NULL, t1 = NULL, t_err = NULL, t_from = 'none' WHERE "
				    "t_from NOT IN ('file', 'none')";
	static const char sql[] = "UPDATE profile SET t0 = ?, t1 = ?, t_err = ?, t_from = ? WHERE id = ?";

	if (store_run(st, err, clear, ""))
		return (int)err->code;
	for (size_t i = 0; i < c->w->n; i++) {
		const struct shot *s = &c->shot[i];

		if (s->series && s->from && place_series(s, st, err))
			return (int)err->code;
		if (s->id && !s->series && s->from != s->was &&
		    store_run(st, err, sql, "iiisi", s->t0, s->t1, s->t_err, from_word[s->from], s->id))
			return (int)err->code;
	}
	return 0;
}

int place_times(const struct place *p, struct store *st, const struct walk *w, struct err *err)
{
	struct clockwork c = { .p = p, .w = w };
	int rc;

	c.shot = calloc(w->n + 1, sizeof(*c.shot));
	c.span = calloc(w->n + 1, sizeof(*c.span));
	c.round = calloc(w->n + 1, sizeof(*c.round));
	c.offset = calloc(w->n + 1, sizeof(*c.offset));
	if (!c.shot || !c.span || !c.round || !c.offset)
		rc = err_nomem(err);
	else if (unplace(st, err) || load(&c, st, err) || load_series(&c, st, err) || from_run_json(&c, err) || find_spans(&c, err))
		rc = (int)err->code;
	else
		rc = 0;
	if (!rc) {
		from_name(&c);
		rc = from_sibling(&c, err);
	}
	if (!rc) {
		from_mtime(&c);
		rc = write_times(&c, st, err);
	}
	map_free(&c.runs);
	map_free(&c.rounds);
	free(c.shot);
	free(c.span);
	free(c.round);
	free(c.offset);
	return rc;
}
