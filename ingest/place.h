/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.h - what several files decide together: which run and side, whose settings, at which time
 *
 * While files are read, what they say about others is kept here (run.json may come before or after the files it names).
 * When all have been read, place_apply() works out everything anew from that and the rows, so that a database that grew
 * holds the same as a new one.
 */
#ifndef INGEST_PLACE_H
#define INGEST_PLACE_H

#include "core/buf.h"
#include "ingest/sink.h"
#include "ingest/walk.h"

/* The format whose files place others: always decoded, so that a new neighbour finds its time in a file that did not
 * change. */
#define PLACE_KIND "run_json"

struct place_text { /* in struct place's text; n SIZE_MAX: not known */
	size_t at, n;
};

struct place_info { /* runinfo */
	const struct walk_file *file;
	struct place_text name, revision;
	int64_t started, ended;
	double requests;
};

struct place_time { /* filetime */
	const struct walk_file *file;
	struct place_text path;
	int64_t t0, t1;
};

struct place_setting { /* setting and label_of_run of a source that is of no process */
	const struct walk_file *file;
	int64_t source;
	struct place_text name, value;
	const char *origin;
};

struct place {
	struct buf text;
	struct place_info *info;
	struct place_time *time;
	struct place_setting *setting;
	size_t n_info, n_time, n_setting, cap_info, cap_time, cap_setting;
};

struct place_mark {
	size_t text, info, time, setting;
};

void place_init(struct place *p);
void place_free(struct place *p);
/* rec: one of runinfo, filetime, label_of_run, setting, its texts clean. ERR_LIMIT: more than anybody writes. */
int place_put(struct place *p, const struct walk_file *file, int64_t source, enum rec_type type, const void *rec,
	      struct err *err) ERR_MUST_CHECK;
/* The settings that a source which is not decoded again gave to all processes of its scope. */
int place_recall(struct place *p, struct store *st, const struct walk_file *file, int64_t source,
		 struct err *err) ERR_MUST_CHECK;
struct place_mark place_mark(const struct place *p);
void place_cut(struct place *p, const struct place_mark *m); /* forgets what came after the mark */
struct str place_str(const struct place *p, struct place_text t);

int place_apply(const struct place *p, struct store *st, const struct walk *w, struct err *err) ERR_MUST_CHECK;

/* place_time.c: the time of every profile, and every file of one reading of series, that has none inside. */
int place_times(const struct place *p, struct store *st, const struct walk *w, struct err *err) ERR_MUST_CHECK;
/* place_name.c: the time that a file's name spells; *step: its resolution. */
bool place_name_time(const char *name, int64_t *t, int64_t *step);
/* The digits at the end of a name's stem, which tell the nth capture of a series: "007" of heap-007.pb.gz; empty: none.
 */
struct str place_name_number(const char *name);

#endif
