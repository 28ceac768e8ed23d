/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker.h - the processes behind one slot of the pool
 *
 *     parent --job pipe--> supervisor, worker           parent <--result pipe-- worker, supervisor
 *
 * The supervisor forks the worker and waits. A worker that dies is reported by a `died` frame in the same pipe, behind
 * all it wrote; when the parent has acknowledged that, a fresh one is forked. So a crash costs one file, and nobody
 * forks once the parent has a database open.
 */
#ifndef INGEST_WORKER_H
#define INGEST_WORKER_H

#include <sys/types.h>

#include "ingest/job.h"

/* What the job pipe carries: four bytes, the index of a file, or this: "I know that it died; jobs before this one are
 * void". */
#define WORKER_ACK UINT32_MAX

/* In the child of a fork: becomes the supervisor of a slot, with these two ends of its pipes. */
_Noreturn void worker_supervise(const struct job_env *env, int job_fd, int result_fd, pid_t parent);

#endif
