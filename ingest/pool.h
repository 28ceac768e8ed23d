/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.h - the parent's side: slots, which file each has, and what has come of it
 *
 * Files are handed out in list order, one at a time to each slot that is free, and their bytes are taken in list order
 * too. What a slot sends for a later file waits in memory, at most POOL_BUFFER bytes a slot; then that slot is not
 * listened to, and its worker waits in write(). The file whose turn it is always belongs to a slot whose buffer holds
 * nothing else in front of it, so there is always something to take or somebody to listen to.
 */
#ifndef INGEST_POOL_H
#define INGEST_POOL_H

#include "ingest/worker.h"

#define POOL_BUFFER (64u << 20)

struct pool;

/* Forks the supervisors. env outlives the pool. No database may be open. */
int pool_open(struct pool **out, const struct job_env *env, unsigned workers, struct err *err) ERR_MUST_CHECK;
void pool_close(struct pool *p); /* ends and reaps them; NULL is fine */

/* Takes what has come, waiting up to timeout_ms for it. ERR_INTERNAL: no slot is left though files are. */
int pool_poll(struct pool *p, int timeout_ms, struct err *err) ERR_MUST_CHECK;

/* Of a file whose turn it is: its records that have come and are not taken, and the taking of n bytes of them. */
struct str pool_bytes(const struct pool *p, size_t file);
void pool_take(struct pool *p, size_t file, size_t n);
/* NULL: not (yet) said. */
const struct wire_what *pool_what(const struct pool *p, size_t file);
const struct wire_end *pool_end(const struct pool *p, size_t file);
void pool_forget(struct pool *p, size_t file); /* what and end of a file that is done with */
/* Files of which all has come. */
size_t pool_done(const struct pool *p, uint64_t *bytes);

#endif
