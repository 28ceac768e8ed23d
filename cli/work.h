/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * work.h - the stages in a row, as the commands need them
 */
#ifndef CLI_WORK_H
#define CLI_WORK_H

#include "analyze/analyze.h"
#include "cli/cmd.h"
#include "cli/progress.h"
#include "core/storefile.h"
#include "ingest/ingest.h"

struct work {
	struct ctx *c;
	struct progress progress;
	struct ingest_root *root;	/* the ctx's arena */
	size_t n_roots;
	struct ingest_stats stats;
	struct storefile file;
	bool has_file;			/* file is to be freed */
	struct ingest *ingest;
	struct store *st;
	struct buf causes;		/* the text of --causes FILE */
	double *taus;			/* of --taus FILE; the ctx's arena */
	struct analyze_opts analyze;
};

/* Limits, roots and options from the command line. RUN... are roots, then each --baseline. */
int work_init(struct work *w, struct ctx *c, struct err *err) ERR_MUST_CHECK;
/* Reads the roots into RUN/attrib/attrib.db (a private copy of it, until work_publish()), or into memory. */
int work_read_into_file(struct work *w, struct err *err) ERR_MUST_CHECK;
int work_read_into_memory(struct work *w, bool tree, struct err *err) ERR_MUST_CHECK;
int work_publish(struct work *w, struct err *err) ERR_MUST_CHECK;
/* Two roots that are files, compared without a database. *out NULL: not decided there, and nothing is said about why. */
int work_compare_files(struct work *w, struct analyze_pair **out, struct err *err) ERR_MUST_CHECK;
/* ERR_INPUT when not one file was usable; what was refused is listed on standard error. Notes --strict. */
int work_check_inputs(struct work *w, struct err *err) ERR_MUST_CHECK;
/* For two roots that are the two sides: ERR_INPUT when one holds nothing usable. */
int work_check_sides(struct work *w, struct err *err) ERR_MUST_CHECK;
void work_free(struct work *w);

/* analyze_opts from --model, --causes, --effect, --pause-over; causes keeps the file's text. */
int work_analyze_opts(struct analyze_opts *o, struct buf *causes, struct ctx *c, struct err *err) ERR_MUST_CHECK;
/* $XDG_DATA_HOME/attrib/history.db, NULL: nowhere. The ctx's arena. */
const char *work_history(struct ctx *c);
/* RUN/attrib/attrib.db, DIR/attrib.db with --out DIR; run itself when it is a file. The ctx's arena. */
const char *work_db_path(struct ctx *c, const char *run);
/* The real path of a run as verdicts name it; of RUN/attrib/attrib.db: RUN. The ctx's arena. */
int work_run_name(struct ctx *c, const char *run, const char **name, struct err *err) ERR_MUST_CHECK;
/* ns since the Unix epoch. */
int64_t work_now(void);
/* Opens the database of a run to be read; says on standard error when it was not written here, or in *foreign where that is given. */
int work_open_db(struct ctx *c, const char *run, bool *foreign, struct store **out, struct err *err) ERR_MUST_CHECK;

#endif
