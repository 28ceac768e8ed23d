/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.h - how far reading has come, on standard error
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdint.h>

#include "cli/cmd.h"
#include "ingest/ingest.h"

struct progress {
	bool draw, plain;	/* a line that is redrawn; a line a step */
	bool drawn;
	int64_t start, last;	/* ns of a monotonic clock */
};

void progress_init(struct progress *p, const struct ctx *c);
void progress_ingest(void *arg, const struct ingest_progress *at);	/* arg: the struct progress */
/* A step is done: "read 12 files, 3.10 MiB". */
void progress_step(struct progress *p, const char *fmt, ...) ERR_PRINTF(2, 3);
void progress_end(struct progress *p);	/* wipes the line */

#endif
