/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * job.h - one file, from its bytes to the pipe; runs in a worker
 */
#ifndef INGEST_JOB_H
#define INGEST_JOB_H

#include "ingest/known.h"
#include "ingest/wire.h"

/* What a worker inherits from its parent; nothing of it changes after the fork. */
struct job_env {
	const struct walk *walk;
	const struct known *known;
	const struct limits *limits;
	const struct decoder *(*find)(struct str head, const char **why);
	bool tree, sandbox, costs, by_symbol;	/* struct ingest_opts */
};

/* Reads file `index` of the list and tells all of it on w. Fails only when nobody listens. *starved: memory ran out, and
 * what is left of this process' share may not do for the next file. */
int job_run(const struct job_env *env, uint32_t index, struct wire *w, bool *starved, struct err *err) ERR_MUST_CHECK;

#endif
