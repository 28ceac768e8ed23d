// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * file.c - open what a run folder holds without leaving it
 *
 * A run folder may come from a stranger: a name in it can be a link to /etc/shadow, a FIFO that never answers, or a
 * device. The kernel decides (openat2: beneath the root, no link in any component) because a check of the path before
 * the open is a race. Where it lacks openat2, or a container's filter forbids it, each component is opened by itself
 * with O_NOFOLLOW, which gives the same promise at the price of a call a component. ".." is refused in both.
 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK	   (256u * 1024)
#define OPEN_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW)

int file_open_root(int *fd, const char *path, struct err *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open folder '%s'", path);
	return 0;
}

/* Relative, not empty, no empty part, no "." and no "..": then it names one thing beneath the root. */
static bool path_stays_beneath(const char *path)
{
	const char *p = path;

	for (;;) {
		size_t n = strcspn(p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (!p[n])
			return true;
		p += n + 1;
	}
}

/* The fallback: -1 and errno as openat() gives them. */
static int open_by_parts(int root, const char *path)
{
	int dir = root, fd = -1, saved;
	char part[NAME_MAX + 1];

	for (;;) {
		size_t n = strcspn(path, "/");
		int next;

		if (n > NAME_MAX) {
			errno = ENAMETOOLONG;
			break;
		}
		memcpy(part, path, n);
		part[n] = 0;
		if (!path[n]) {
			fd = openat(dir, part, OPEN_FLAGS);
			break;
		}
		next = openat(dir, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0) {
			struct stat st;

			/* A link is "not a directory" to O_PATH; say what openat2 says. */
			if (errno == ENOTDIR)
				errno = !fstatat(dir, part, &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode) ? ELOOP
													     : ENOTDIR;
			break;
		}
		if (dir != root)
			close(dir);
		dir = next;
		path += n + 1;
	}
	saved = errno;
	if (dir != root)
		close(dir);
	errno = saved;
	return fd;
}

static int open_beneath(int root, const char *path)
{
	struct open_how how = {
		.flags = OPEN_FLAGS,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int tries = 0, fd;

	/* EAGAIN: something was renamed meanwhile, and the kernel could not tell whether we had left. */
	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < 100)));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EINVAL || errno == E2BIG))
		fd = open_by_parts(root, path);
	return fd;
}

int file_open_beneath(int *out, int root, const char *path, struct stat *st, struct err *err)
{
	int fd;

	*out = -1;
	if (!path_stays_beneath(path))
		return err_set(err, ERR_IO, "the path leaves the run folder");
	fd = open_beneath(root, path);
	if (fd < 0 && errno == ELOOP)
		return err_set(err, ERR_IO, "is or passes a symbolic link, which is not followed");
	if (fd < 0 && errno == ENXIO)
		return err_set(err, ERR_IO, "is not a regular file");
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open");
	if (fstat(fd, st) < 0)
		err_sys(err, ERR_IO, errno, "cannot stat");
	else if (!S_ISREG(st->st_mode))
		err_set(err, ERR_IO, "is not a regular file");
	else
		*out = fd;
	if (*out < 0)
		close(fd);
	return *out < 0 ? (int)err->code : 0;
}

int file_sha256(int fd, unsigned char digest[FILE_SHA256], struct err *err)
{
	unsigned char *chunk = malloc(CHUNK);
	struct sha256_ctx ctx;
	off_t at = 0;
	int rc = 0;

	if (!chunk)
		return err_nomem(err);
	sha256_init(&ctx);
	for (;;) {
		ssize_t n = pread(fd, chunk, CHUNK, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = err_sys(err, ERR_IO, errno, "cannot read");
		if (n <= 0)
			break;
		sha256_update(&ctx, (size_t)n, chunk);
		at += n;
	}
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	free(chunk);
	return rc;
}

void file_hex(char *out, const unsigned char *p, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*out++ = digit[p[i] >> 4];
		*out++ = digit[p[i] & 15];
	}
	*out = 0;
}

static int slurp_fd(struct buf *out, int fd, const char *path, size_t max, struct err *err)
{
	char chunk[8192];
	size_t total = 0;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_IO, errno, "cannot stat '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, "'%s' is not a regular file", path);
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "cannot read '%s'", path);
		if (n == 0)
			return buf_check(out, err);
		total += (size_t)n;
		if (total > max)
			return err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes", path, max);
		buf_add(out, chunk, (size_t)n);
	}
}

int file_slurp(struct buf *out, const char *path, size_t max, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open '%s'", path);
	rc = slurp_fd(out, fd, path, max, err);
	close(fd);
	return rc;
}
