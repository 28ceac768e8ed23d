// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * storefile.c - never a torn attrib.db, and never somebody else's taken for ours
 *
 * The name attrib.db always stands for a whole database, since a rename put it there; work goes on in a private file
 * beside it. Whether the old one may be reused cannot be asked of the file itself: whoever writes a file can write any
 * mark into it, false rows under our schema too. So the proof lies elsewhere, in the user's state folder: an empty file
 * named by the sha256 of what was renamed. One flipped byte, and the database is rebuilt from its inputs, which costs
 * time and nothing else. An entry says "this machine wrote these bytes", not "these bytes lie here", so folders can be
 * moved.
 *
 * The lock is flock() on a file of its own: the kernel drops it whatever kills us, and the database can be renamed
 * under it.
 */
#include "core/storefile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/file.h"
#include "core/storefile_state.h"

static int take_lock(struct storefile *f, const char *folder, bool wait, struct err *err)
{
	struct buf b = { .limit = 0 };
	int fd;

	buf_printf(&b, "%s/.lock", folder);
	if (buf_check(&b, err))
		return (int)err->code;
	fd = open(b.data, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	if (fd < 0)
		err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", b.data);
	buf_free(&b);
	if (fd < 0)
		return (int)err->code;
	f->lock_fd = fd;
	if (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(err, ERR_LIMIT, "another analysis is at work in '%s'", folder);
	if (errno == EINTR)
		return err_set(err, ERR_SIGNAL, "stopped while waiting for another analysis in '%s'", folder);
	/* A file system without locks: two analyses are then merely wasteful, since both end in a rename. */
	return 0;
}

/* Under the lock every private copy is a dead one's. */
static void remove_leftovers(const char *folder, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t n = strlen(base), mark = strlen(FILE_TEMP_MARK);
	DIR *dir = opendir(folder);
	struct dirent *e;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (strncmp(e->d_name, base, n) == 0 && strncmp(e->d_name + n, FILE_TEMP_MARK, mark) == 0)
			unlinkat(dirfd(dir), e->d_name, 0);
	}
	closedir(dir);
}

static void __attribute__((format(printf, 2, 3))) not_trusted(struct storefile *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* -1 when it is no regular file that can be read; errno is ENOENT when nothing is there. */
static int open_regular(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

/* *known: the bytes of fd are ones that storefile_publish() recorded. */
static int is_known(int fd, const char *state_dir, bool *known, struct err *err)
{
	unsigned char digest[FILE_SHA256];

	*known = false;
	if (file_sha256(fd, digest, err))
		return (int)err->code;
	*known = storefile_state_has(state_dir, digest);
	return 0;
}

/* The schema of bytes that we wrote: differs when another version wrote them. */
static bool schema_fits(struct storefile *f, const struct limits *l)
{
	struct store *st;
	struct err err;
	bool ours = false;

	if (store_open(&st, f->path, STORE_KNOWN, l, &err) || store_schema_is_ours(st, &ours, &err))
		not_trusted(f, "%s", err.msg);
	else if (!ours)
		not_trusted(f, "another version of this program wrote it");
	store_close(st);
	return ours;
}

static void decide_trust(struct storefile *f, const struct limits *l)
{
	struct stat after;
	struct err err;
	bool known = false;
	int fd = open_regular(f->path, &f->seen);

	if (fd < 0) {
		if (errno != ENOENT)
			not_trusted(f, "it cannot be read or is no regular file");
		return;
	}
	if (!f->state_dir)
		not_trusted(f, "there is no state folder to know it by");
	else if (is_known(fd, f->state_dir, &known, &err))
		not_trusted(f, "%s", err.msg);
	else if (!known)
		not_trusted(f, "it was not written here, or was changed since");
	else if (!schema_fits(f, l))
		known = false;
	else if (fstat(fd, &after) < 0 || !same_file(&f->seen, &after))
		not_trusted(f, "it is being changed");
	else
		f->trusted = true;
	close(fd);
}

int storefile_init(struct storefile *f, const char *path, const char *state_dir, bool wait, const struct limits *l,
		   struct err *err)
{
	char *folder;
	int rc;

	*f = (struct storefile){ .lock_fd = -1 };
	f->path = strdup(path);
	f->state_dir = state_dir ? strdup(state_dir) : NULL;
	folder = file_folder(path);
	if (!f->path || !folder || (state_dir && !f->state_dir)) {
		rc = err_nomem(err);
	} else {
		rc = file_mkdirs(folder, err);
		if (!rc)
			rc = take_lock(f, folder, wait, err);
		if (!rc) {
			remove_leftovers(folder, path);
			decide_trust(f, l);
		}
	}
	free(folder);
	if (rc)
		storefile_free(f);
	return rc;
}

/* By copy_file_range (no bytes move where the file system shares blocks), else by hand. */
static int copy_bytes(int from, int to, off_t *copied, struct err *err)
{
	bool by_hand = false;
	char chunk[16 * 512];
	ssize_t n;

	for (*copied = 0;; *copied += n) {
		n = by_hand ? read(from, chunk, sizeof(chunk)) : copy_file_range(from, NULL, to, NULL, 1u << 30, 0);
		if (n < 0 && (errno == EINTR || (!by_hand && errno != ENOSPC && errno != EIO && errno != EFBIG))) {
			by_hand = by_hand || errno != EINTR;
			n = 0;
			continue;
		}
		if (n < 0)
			return err_sys(err, ERR_OUTPUT, errno, "cannot copy the database");
		if (n == 0)
			return 0;
		for (ssize_t done = 0; by_hand && done < n;) {
			ssize_t w = write(to, chunk + done, (size_t)(n - done));

			if (w < 0 && errno != EINTR)
				return err_sys(err, ERR_OUTPUT, errno, "cannot copy the database");
			done += w > 0 ? w : 0;
		}
	}
}

static int copy_trusted(const struct storefile *f, int to, struct err *err)
{
	struct stat st;
	int fd = open_regular(f->path, &st), rc;
	off_t copied;

	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open '%s'", f->path);
	rc = copy_bytes(fd, to, &copied, err);
	if (!rc && (fstat(fd, &st) < 0 || !same_file(&f->seen, &st) || copied != st.st_size))
		rc = err_set(err, ERR_IO, "'%s' was changed by somebody else meanwhile: analyze again", f->path);
	close(fd);
	return rc;
}

static void drop_tmp(struct storefile *f)
{
	if (f->tmp)
		unlink(f->tmp);
	free(f->tmp);
	f->tmp = NULL;
}

int storefile_begin(struct storefile *f, struct store **out, const struct limits *l, struct err *err)
{
	int fd, rc;

	*out = NULL;
	if (file_temp(&fd, &f->tmp, f->path, err))
		return (int)err->code;
	rc = f->trusted ? copy_trusted(f, fd, err) : 0;
	if (close(fd) < 0 && !rc)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", f->tmp);
	if (!rc)
		rc = store_open(out, f->tmp, STORE_BUILD, l, err);
	if (rc)
		drop_tmp(f);
	return rc;
}

/* The last things that can be said only while the store is open. */
static int finish(struct store *st, struct err *err)
{
	bool ours;

	if (!store_sound(st))
		return err_set(err, ERR_INTERNAL, "the database is not in a state to be published");
	if (store_make_indexes(st, err) || store_schema_is_ours(st, &ours, err))
		return (int)err->code;
	return ours ? 0 : err_set(err, ERR_INTERNAL, "the database to be published has a schema of its own");
}

static int put_in_place(struct storefile *f, unsigned char digest[FILE_SHA256], struct err *err)
{
	int fd = open(f->tmp, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot open '%s'", f->tmp);
	rc = file_sync(fd, f->path, err);
	if (!rc)
		rc = file_sha256(fd, digest, err);
	close(fd);
	if (!rc && rename(f->tmp, f->path) < 0)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot replace '%s'", f->path);
	if (rc)
		return rc;
	free(f->tmp);
	f->tmp = NULL;
	return file_sync_folder(f->path, err);
}

int storefile_publish(struct storefile *f, struct store *st, struct err *err)
{
	unsigned char digest[FILE_SHA256];
	struct err late;
	int rc = finish(st, err);

	store_close(st);
	if (!rc)
		rc = put_in_place(f, digest, err);
	if (rc) {
		drop_tmp(f);
		return rc;
	}
	f->why[0] = '\0';
	if (f->state_dir && storefile_state_add(f->state_dir, digest, &late))
		not_trusted(f, "%s", late.msg);
	return 0;
}

bool storefile_is_ours(const char *path, const char *state_dir)
{
	struct stat st;
	struct err err;
	bool known = false;
	int fd = state_dir ? open_regular(path, &st) : -1;

	if (fd < 0)
		return false;
	if (is_known(fd, state_dir, &known, &err))
		known = false;
	close(fd);
	return known;
}

void storefile_free(struct storefile *f)
{
	drop_tmp(f);
	free(f->path);
	free(f->state_dir);
	if (f->lock_fd >= 0)
		close(f->lock_fd);
	*f = (struct storefile){ .lock_fd = -1 };
}
