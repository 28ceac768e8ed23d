/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * known.h - what a database holds already: which files need not be read again, and how rows leave it
 */
#ifndef INGEST_KNOWN_H
#define INGEST_KNOWN_H

#include "core/arena.h"
#include "core/file.h"
#include "ingest/decoder.h"
#include "ingest/walk.h"

struct known_source {
	struct str path, kind, run, instance; /* run, instance: p NULL when the source has none */
	int64_t decoder;
	unsigned char sha256[FILE_SHA256];
};

struct known {
	struct arena mem;
	struct known_source *source; /* by path */
	size_t n, cap;
};

/* Empty when o->known_db is NULL or was made with other limits: those decide what a file yields. Opens and closes the
 * database. */
int known_load(struct known *k, const struct ingest_opts *o, struct err *err) ERR_MUST_CHECK;
void known_free(struct known *k);
/* True when the file's rows stand in that database as this decoder would make them. */
bool known_has(const struct known *k, const struct walk_file *f, const struct decoder *d,
	       const unsigned char sha256[FILE_SHA256]);

/* Writes the meta rows by which a later known_load() tells whether this database will do. */
int known_stamp(struct store *st, const struct ingest_opts *o, struct err *err) ERR_MUST_CHECK;

/* Deletes what a source put into the tables that name it, directly or through its profiles and series; not the source
 * row. */
int known_drop(struct store *st, int64_t source, struct err *err) ERR_MUST_CHECK;
/* Deletes all rows of ingest's tables: when nothing is known, all is read again, and one by one would take long. */
int known_clear(struct store *st, struct err *err) ERR_MUST_CHECK;
/* Deletes sources that are not in w, with their rows. *dropped counts. */
int known_drop_gone(struct store *st, const struct walk *w, size_t *dropped, struct err *err) ERR_MUST_CHECK;
/* Deletes call sites, functions, label sets, instances and runs that nothing refers to any more. */
int known_sweep(struct store *st, struct err *err) ERR_MUST_CHECK;

#endif
