/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - reading beneath a folder, and replacing a file in one step
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <stdint.h>
#include <sys/stat.h>

#include "core/buf.h"
#include "core/err.h"

/* Opens folder path for the calls below; the caller closes the descriptor. */
int file_open_root(int *fd, const char *path, struct err *err) ERR_MUST_CHECK;
/* Opens the regular file path (relative) beneath root, following no symbolic link, never blocking on a FIFO or device. */
int file_open_beneath(int *fd, int root, const char *path, struct stat *st, struct err *err) ERR_MUST_CHECK;

#define FILE_SHA256 32
/* SHA-256 (nettle: by the processor's own instructions where it has them) of everything in fd from its start; the offset does not move (a reader may be in the middle). */
int file_sha256(int fd, unsigned char digest[FILE_SHA256], struct err *err) ERR_MUST_CHECK;
void file_hex(char *out, const unsigned char *p, size_t n);	/* 2n + 1 bytes */

/* Writes data to a temporary file beside path, fsyncs it and renames it over path (a symbolic link there is replaced, not
 * followed). What is there and no regular file (/dev/stdout, /dev/full, a FIFO) is written to as it is. ERR_OUTPUT names path. */
int file_replace(const char *path, struct str data, struct err *err) ERR_MUST_CHECK;
/* mkdir -p, 0777 less umask. */
int file_mkdirs(const char *path, struct err *err) ERR_MUST_CHECK;
/* A new empty file beside path, "PATH.tmp-" and 16 random hex digits, open for reading and writing, 0666 less umask;
 * the caller frees *name. FILE_TEMP_MARK tells such names from others. */
#define FILE_TEMP_MARK ".tmp-"
int file_temp(int *fd, char **name, const char *path, struct err *err) ERR_MUST_CHECK;
/* fsync of fd (path is its name for the message), and of the folder that holds path: after both a rename is durable. */
int file_sync(int fd, const char *path, struct err *err) ERR_MUST_CHECK;
int file_sync_folder(const char *path, struct err *err) ERR_MUST_CHECK;
/* "a/b" of "a/b/c", "." of "c", "/" of "/c"; the caller frees it, NULL without memory. */
char *file_folder(const char *path);
/* The whole of a small regular file (configuration); ERR_LIMIT above max. */
int file_slurp(struct buf *out, const char *path, size_t max, struct err *err) ERR_MUST_CHECK;

#endif
