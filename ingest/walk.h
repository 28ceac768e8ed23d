/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - the files beneath the roots, sorted, and what folder and name say about each
 *
 * Regular files only and no link is followed; the results folder attrib/ is never input. What is left out for such a
 * reason is listed too, with `skip` set. The list is sorted by the bytes of `key`, so the files of a folder and all
 * below it stand together.
 */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

#include "core/arena.h"
#include "core/map.h"
#include "ingest/ingest.h"

struct walk_file {
	unsigned root;
	const char *rel; /* as it is opened beneath its root */
	struct str key;	 /* rel with the root's prefix in front, raw: "baseline:cpu.pprof" */
	size_t folder; /* bytes of key up to and with the last '/' (or the prefix): what a run.json there speaks for */
	struct str path;	  /* source.path: key made clean, and unique */
	struct str run, run_name; /* run.folder and a first run.name, clean */
	struct str instance;	  /* instance.name, clean */
	const char *hint;	  /* 'baseline', 'current' or NULL */
	bool top; /* at the top of a root that holds several runs: what is of a run here is of all of them */
	const char *skip, *skip_why; /* never opened: a kind and a reason; else NULL */
	uint64_t bytes;
	int64_t mtime; /* ns since the epoch */
};

struct walk_root {
	int fd;		    /* the folder */
	const char *single; /* the one file of it that is the root; NULL: the folder is */
	const char *prefix; /* "", "baseline:", "run-2:", "baseline-2:" ... */
	const char *hint;
};

struct walk {
	struct arena mem;
	struct walk_root *root;
	size_t n_roots;
	struct walk_file *file;
	size_t n;
	struct map paths; /* path to index in file */
	uint64_t bytes;
};

/* ERR_INPUT: a root is not there, or there is no file beneath any; ERR_LIMIT: run_files, run_depth, run_bytes. */
int walk_open(struct walk *w, const struct ingest_opts *o, struct err *err) ERR_MUST_CHECK;
void walk_close_roots(struct walk *w); /* the list stays */
void walk_close(struct walk *w);
/* The files of the folder of `f` and all below it: [*from, *to), those of other roots among them. */
void walk_beneath(const struct walk *w, const struct walk_file *f, size_t *from, size_t *to);
/* The file whose source.path this is; NULL: none. */
const struct walk_file *walk_find(const struct walk *w, struct str path);

/* walk_side.c: run, instance, hint and top of every file, from rel alone. */
int walk_classify(struct walk *w, struct err *err) ERR_MUST_CHECK;

#endif
