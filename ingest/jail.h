/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jail.h - what a process that reads hostile files gives up first
 */
#ifndef INGEST_JAIL_H
#define INGEST_JAIL_H

#include <sys/types.h>

#include "core/limits.h"
#include "ingest/walk.h"

/* fd, or when it is 0 to 2 (our caller had closed those) a copy above, fd closed: what a worker keeps must stand there.
 */
int jail_above_stdio(int fd);
/* Closes every descriptor but 0 to 2, which become /dev/null, and the n of keep (ascending, above 2). */
int jail_descriptors(const int *keep, size_t n, struct err *err) ERR_MUST_CHECK;
/* Dies with `parent`, is not dumpable, never leaves a core, has the default signals, none blocked. False: the parent is
 * gone already. */
bool jail_follow(pid_t parent);
/* Memory, no new files and processes. */
int jail_limits(const struct limits *l, struct err *err) ERR_MUST_CHECK;
/* worker_seconds of processor time from now on; then SIGXCPU. */
int jail_next_file(const struct limits *l, struct err *err) ERR_MUST_CHECK;
/* Landlock: reading beneath the roots, nothing else, where the kernel has it. True: it holds. */
bool jail_landlock(const struct walk *w);

#endif
