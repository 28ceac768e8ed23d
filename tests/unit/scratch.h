/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scratch.h - a folder of its own for a test that needs files
 *
 * scratch_enter() makes it under $TMPDIR and goes there; scratch_leave() removes it. put() writes without the fsync of
 * file_replace(), which a test that writes a hundred files cannot wait for.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file.h"
#include "tests/unit/check.h"

static char scratch[4096];

static int scratch_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void scratch_enter(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof(scratch), "%s/%s-XXXXXX", tmp ? tmp : P_tmpdir, name);
	if (!mkdtemp(scratch) || chdir(scratch)) {
		perror(scratch);
		exit(1);
	}
}

static inline void scratch_leave(void)
{
	CHECK(chdir("/") == 0 && nftw(scratch, scratch_remove, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void put(const char *path, struct str data)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	CHECK(fd >= 0 && write(fd, data.p, data.n) == (ssize_t)data.n);
	close(fd);
}

/* The caller frees it. */
static inline struct buf bytes_of(const char *path)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };

	CHECK(!file_slurp(&b, path, 64 << 20, &err));
	return b;
}

#endif
