// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * storefile_state.c - a set of digests that needs no format and no lock
 *
 * A directory is a set already: an entry is there or not, two programs may add at once, and a kill leaves nothing half
 * written. Its age is its mtime, set by the kernel when it is written again, so the folder forgets what has not been
 * analysed for longest. Other files in the folder are not looked at.
 */
#include "core/storefile_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP	 1000
#define SLACK	 100	/* pruned this many at a time, not at each run */
#define SCAN_MAX 100000 /* entries looked at: more is not ours */
#define HEX_LEN	 (2 * FILE_SHA256)

struct entry {
	struct timespec t;
	char name[HEX_LEN + 1];
};

static bool is_digest(const char *name)
{
	return strlen(name) == HEX_LEN && strspn(name, "0123456789abcdef") == HEX_LEN;
}

bool storefile_state_has(const char *state_dir, const unsigned char digest[FILE_SHA256])
{
	int dir = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[HEX_LEN + 1];
	struct stat st;
	bool has;

	if (dir < 0)
		return false;
	file_hex(name, digest, FILE_SHA256);
	/* What others could have put there proves nothing. */
	has = fstat(dir, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & S_IWOTH) &&
	      fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid();
	close(dir);
	return has;
}

static int newest_first(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	if (a->t.tv_sec != b->t.tv_sec)
		return a->t.tv_sec > b->t.tv_sec ? -1 : 1;
	if (a->t.tv_nsec != b->t.tv_nsec)
		return a->t.tv_nsec > b->t.tv_nsec ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void prune(int dir_fd)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct entry *all = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;
	struct stat st;

	while (dir && n < SCAN_MAX && (e = readdir(dir))) {
		if (!is_digest(e->d_name) || fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (n == cap) {
			struct entry *more = realloc(all, (cap ? 2 * cap : 1024) * sizeof(*all));

			if (!more)
				break;
			all = more;
			cap = cap ? 2 * cap : 1024;
		}
		all[n].t = st.st_mtim;
		memcpy(all[n++].name, e->d_name, HEX_LEN + 1);
	}
	if (n > KEEP + SLACK) {
		qsort(all, n, sizeof(*all), newest_first);
		for (size_t i = KEEP; i < n; i++)
			unlinkat(dir_fd, all[i].name, 0);
	}
	free(all);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

int storefile_state_add(const char *state_dir, const unsigned char digest[FILE_SHA256], struct err *err)
{
	char name[HEX_LEN + 1];
	int dir, fd;

	if (file_mkdirs(state_dir, err))
		return (int)err->code;
	dir = open(state_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot open folder '%s'", state_dir);
	file_hex(name, digest, FILE_SHA256);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	if (fd < 0 || futimens(fd, NULL) < 0)
		err_sys(err, ERR_OUTPUT, errno, "cannot write in '%s': the next analysis starts anew", state_dir);
	else
		err->code = ERR_OK;
	if (fd >= 0)
		close(fd);
	if (!err->code)
		prune(dir);
	close(dir);
	return (int)err->code;
}
