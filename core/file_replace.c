// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * file_replace.c - results appear whole or not at all
 *
 * A report that a CI job uploads while it is written, or that a full disk cut, is worse than the old one. So data goes
 * to a new file in the same folder (a rename cannot cross file systems), reaches the disk, and takes the name in one
 * step. The temporary name is random and made with O_EXCL: in a folder others can write, a name that can be guessed is
 * a link to somebody's file. /dev/stdout and its like are written to instead: a rename would destroy them.
 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int file_temp(int *fd, char **name, const char *path, struct err *err)
{
	unsigned char secret[8];
	char hex[2 * sizeof(secret) + 1];

	*fd = -1;
	*name = NULL;
	for (int tries = 0; tries < 100; tries++) {
		if (getrandom(secret, sizeof(secret), 0) != (ssize_t)sizeof(secret))
			return err_sys(err, ERR_OUTPUT, errno, "cannot name a temporary file beside '%s'", path);
		file_hex(hex, secret, sizeof(secret));
		if (asprintf(name, "%s" FILE_TEMP_MARK "%s", path, hex) < 0) {
			*name = NULL;
			return err_nomem(err);
		}
		*fd = open(*name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (*fd >= 0)
			return 0;
		free(*name);
		*name = NULL;
		if (errno != EEXIST)
			break;
	}
	return err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", path);
}

/* EINVAL, EROFS: this kind of file has nothing to sync. */
int file_sync(int fd, const char *path, struct err *err)
{
	while (fsync(fd) < 0) {
		if (errno == EINVAL || errno == EROFS)
			break;
		if (errno != EINTR)
			return err_sys(err, ERR_OUTPUT, errno, "cannot write '%s' to disk", path);
	}
	return 0;
}

int file_sync_folder(const char *path, struct err *err)
{
	char *folder = file_folder(path);
	int fd, rc;

	if (!folder)
		return err_nomem(err);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot open folder '%s'", folder);
	} else {
		rc = file_sync(fd, folder, err);
		close(fd);
	}
	free(folder);
	return rc;
}

static int write_all(int fd, struct str data, const char *path, struct err *err)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", path);
		data = str_skip(data, (size_t)n);
	}
	return 0;
}

static int write_as_is(const char *path, struct str data, struct err *err)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", path);
	rc = write_all(fd, data, path, err);
	if (close(fd) < 0 && !rc)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", path);
	return rc;
}

int file_replace(const char *path, struct str data, struct err *err)
{
	struct stat st;
	char *tmp;
	int fd, rc;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_as_is(path, data, err);
	if (file_temp(&fd, &tmp, path, err) || !tmp)
		return (int)err->code;
	rc = write_all(fd, data, path, err);
	if (!rc)
		rc = file_sync(fd, path, err);
	if (close(fd) < 0 && !rc)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot write '%s'", path);
	if (!rc && rename(tmp, path) < 0)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot replace '%s'", path);
	if (rc)
		unlink(tmp);
	else
		rc = file_sync_folder(path, err);
	free(tmp);
	return rc;
}

int file_mkdirs(const char *path, struct err *err)
{
	char *copy = strdup(path), *end;
	struct stat st;
	int rc = 0;

	if (!copy)
		return err_nomem(err);
	for (end = copy; *end && !rc;) {
		char saved;

		end += strspn(end, "/");
		end += strcspn(end, "/");
		saved = *end;
		*end = 0;
		/* Not every parent may be made (EROFS, EACCES on one that is there): what counts is that it is a
		 * folder. */
		if (mkdir(copy, 0777) < 0) {
			int why = errno;

			if (stat(copy, &st) < 0)
				rc = err_sys(err, ERR_OUTPUT, why, "cannot make folder '%s'", copy);
			else if (!S_ISDIR(st.st_mode))
				rc = err_sys(err, ERR_OUTPUT, ENOTDIR, "cannot make folder '%s'", copy);
		}
		*end = saved;
	}
	free(copy);
	return rc;
}
