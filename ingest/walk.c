// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * walk.c - list what lies beneath the roots
 *
 * Each folder is opened from the descriptor of the one above it without following a link, so that no rename or link
 * made meanwhile leads outside. The way down is a stack of open folders, at most run_depth of them: no recursion, and a
 * bound that is checked.
 *
 * A path is stored clean (valid UTF-8, no control characters), and cleaning can make two names one. Such a twin gets "
 * (2)" behind its path, in the order of the raw bytes: `path` stays unique and the list stays a function of the folder.
 */
#include "ingest/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/map.h"
#include "core/text.h"
#include "ingest/grow.h"
#include "ingest/jail.h"

#define PATH_BYTES 65536 /* of one path; run_depth times NAME_MAX stays below it unless that limit was raised */

struct level {
	DIR *dir;
	size_t rel; /* length of the path of the folder, with its '/' */
};

struct walker {
	struct walk *w;
	const struct limits *limits;
	struct level *level;
	size_t n_levels, cap_levels, cap_files;
	struct buf rel, shown;
	unsigned root;
	struct stat *roots; /* a root inside another root is read once, as what it was named for */
	size_t n_roots;
};

/* The path at hand, fit for a message. */
static const char *shown(struct walker *k)
{
	buf_reset(&k->shown);
	text_clean(&k->shown, buf_view(&k->rel));
	return k->shown.data ? k->shown.data : "";
}

static int add_file(struct walker *k, const struct stat *st, const char *skip, const char *why, struct err *err)
{
	struct walk *w = k->w;
	const char *prefix = w->root[k->root].prefix;
	/* A first folder named like another root's prefix must not be taken for it. */
	const char *guard = !*prefix && strchr(k->rel.data, ':') ? "./" : "";
	struct walk_file *f;
	char *key;
	size_t n;

	if (w->n >= k->limits->run_files)
		return err_set(err, ERR_LIMIT,
			       "more than %" PRIu64 " files: leave some out, or raise it with --limit run_files=N",
			       k->limits->run_files);
	if (grow(&w->file, &k->cap_files, w->n + 1, sizeof(*w->file), err))
		return (int)err->code;
	n = strlen(prefix) + strlen(guard) + k->rel.len;
	key = arena_alloc(&w->mem, n + 1);
	if (!key)
		return err_nomem(err);
	snprintf(key, n + 1, "%s%s%s", prefix, guard, k->rel.data);
	f = &w->file[w->n++];
	*f = (struct walk_file){ .root = k->root, .key = { key, n }, .rel = key + n - k->rel.len };
	f->skip = skip;
	f->skip_why = why;
	for (f->folder = n; f->folder > strlen(prefix) && key[f->folder - 1] != '/'; f->folder--)
		;
	f->mtime = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	if (skip)
		return 0;
	f->bytes = (uint64_t)st->st_size;
	w->bytes += f->bytes;
	if (w->bytes > k->limits->run_bytes)
		return err_set(err, ERR_LIMIT,
			       "more than %" PRIu64 " bytes of files: leave some out, or raise it with "
			       "--limit run_bytes=N",
			       k->limits->run_bytes);
	return 0;
}

/* attrib/ at the top is ours by name; further down only when it looks like ours: an instance may bear the name. */
static bool is_results(const struct walker *k, int dir, const char *name)
{
	struct stat st;
	int fd;
	bool ours;

	if (strncmp(name, "attrib.tmp-", 11) == 0)
		return true;
	if (strcmp(name, "attrib") != 0)
		return false;
	if (k->n_levels == 1)
		return true;
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	ours = fstatat(fd, "attrib.db", &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	       fstatat(fd, ".lock", &st, AT_SYMLINK_NOFOLLOW) == 0;
	close(fd);
	return ours;
}

static int enter(struct walker *k, int fd, size_t rel, struct err *err)
{
	DIR *dir;

	if (grow(&k->level, &k->cap_levels, k->n_levels + 1, sizeof(*k->level), err)) {
		close(fd);
		return (int)err->code;
	}
	dir = fdopendir(fd);
	if (!dir) {
		err_sys(err, ERR_IO, errno, "cannot read folder '%.200s'", shown(k));
		close(fd);
		return (int)err->code;
	}
	k->level[k->n_levels++] = (struct level){ .dir = dir, .rel = rel };
	return 0;
}

static bool is_other_root(const struct walker *k, const struct stat *st)
{
	for (size_t i = 0; i < k->n_roots; i++) {
		if (i != k->root && k->roots[i].st_dev == st->st_dev && k->roots[i].st_ino == st->st_ino)
			return true;
	}
	return false;
}

static int add_folder(struct walker *k, int dir, const char *name, const struct stat *st, struct err *err)
{
	int fd;

	if (k->n_levels > k->limits->run_depth)
		return err_set(err, ERR_LIMIT,
			       "folders more than %" PRIu64 " deep: '%.200s' (raise it with --limit run_depth=N)",
			       k->limits->run_depth, shown(k));
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return add_file(k, st, "folder", "may not be read", err);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return 0; /* gone or replaced while we looked */
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open folder '%.200s'", shown(k));
	buf_byte(&k->rel, '/');
	return enter(k, fd, k->rel.len, err);
}

static int add_entry(struct walker *k, int dir, const char *name, struct err *err)
{
	struct stat st;

	buf_puts(&k->rel, name);
	if (k->rel.failed && k->rel.len + strlen(name) <= PATH_BYTES)
		return err_nomem(err);
	if (k->rel.failed)
		return err_set(err, ERR_LIMIT, "a path is longer than %d bytes", PATH_BYTES);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(err, ERR_IO, errno, "cannot look at '%.200s'", shown(k));
	if (is_other_root(k, &st))
		return 0;
	if (S_ISREG(st.st_mode))
		return add_file(k, &st, NULL, NULL, err);
	if (S_ISDIR(st.st_mode))
		return is_results(k, dir, name) ? 0 : add_folder(k, dir, name, &st, err);
	if (S_ISLNK(st.st_mode))
		return add_file(k, &st, "link", "symbolic links are not followed", err);
	return add_file(k, &st, "special file", "only regular files are read", err);
}

static int walk_folder(struct walker *k, int root_fd, struct err *err)
{
	int fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot read the folder");
	if (enter(k, fd, 0, err))
		return (int)err->code;
	while (k->n_levels) {
		struct level *l = &k->level[k->n_levels - 1];
		struct dirent *e;

		errno = 0;
		e = readdir(l->dir);
		if (!e && errno)
			return err_sys(err, ERR_IO, errno, "cannot read a folder");
		if (!e) {
			closedir(l->dir);
			k->n_levels--;
			continue;
		}
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		/* The path of the folder is still there: every level's begins with the one above. */
		k->rel.len = l->rel;
		k->rel.failed = false;
		if (add_entry(k, dirfd(l->dir), e->d_name, err))
			return (int)err->code;
	}
	return 0;
}

static int walk_single(struct walker *k, const char *name, int fd, struct err *err)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, ERR_INPUT, errno, "cannot look at it");
	buf_reset(&k->rel);
	buf_puts(&k->rel, name);
	if (buf_check(&k->rel, err))
		return (int)err->code;
	return add_file(k, &st, NULL, NULL, err);
}

static const char *prefix_of(struct walk *w, const struct ingest_root *roots, size_t i)
{
	const char *word = roots[i].hint && strcmp(roots[i].hint, "baseline") == 0 ? "baseline" : "run";
	bool baseline = word[0] == 'b';
	unsigned nth = 1;
	char text[48];

	for (size_t k = 0; k < i; k++)
		nth += (roots[k].hint && strcmp(roots[k].hint, "baseline") == 0) == baseline;
	if (nth == 1)
		return baseline ? "baseline:" : "";
	snprintf(text, sizeof(text), "%s-%u:", word, nth);
	return arena_strdup(&w->mem, text);
}

/* A folder, or the folder of a file and the file's name with links in the user's own words resolved. */
static int open_root(struct walk *w, struct walk_root *r, const char *path, struct err *err)
{
	struct stat st;
	char *real, *slash;
	int rc;

	if (stat(path, &st) < 0)
		return err_sys(err, ERR_INPUT, errno, "cannot open");
	if (S_ISDIR(st.st_mode))
		return file_open_root(&r->fd, path, err);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INPUT, "is neither a folder nor a regular file");
	real = realpath(path, NULL);
	slash = real ? strrchr(real, '/') : NULL;
	if (!slash) {
		free(real);
		return err_sys(err, ERR_INPUT, errno, "cannot open");
	}
	r->single = arena_strdup(&w->mem, slash + 1);
	slash[slash == real] = 0;
	rc = r->single ? file_open_root(&r->fd, real, err) : err_nomem(err);
	free(real);
	return rc;
}

static int walk_root(struct walker *k, const struct ingest_root *roots, size_t i, struct err *err)
{
	struct walk *w = k->w;
	struct walk_root *r = &w->root[i];
	int rc;

	k->root = (unsigned)i;
	r->hint = roots[i].hint;
	r->prefix = prefix_of(w, roots, i);
	if (!r->prefix)
		return err_nomem(err);
	rc = open_root(w, r, roots[i].path, err);
	r->fd = jail_above_stdio(r->fd);
	if (!rc)
		rc = r->single ? walk_single(k, r->single, r->fd, err) : walk_folder(k, r->fd, err);
	if (rc == ERR_IO)
		err->code = ERR_INPUT; /* without its folders there is nothing to work on */
	return rc ? err_wrap(err, "'%.200s'", roots[i].path) : 0;
}

static int by_key(const void *a, const void *b)
{
	const struct walk_file *x = a, *y = b;
	size_t n = x->key.n < y->key.n ? x->key.n : y->key.n;
	int c = memcmp(x->key.p, y->key.p, n);

	if (c)
		return c;
	return x->key.n == y->key.n ? 0 : x->key.n < y->key.n ? -1 : 1;
}

/* One clean path; it gets the next number of w->paths, which is the file's index. */
static int clean_path(struct walk *w, struct walk_file *f, struct buf *b, struct err *err)
{
	size_t n;
	bool is_new;

	buf_reset(b);
	text_clean(b, f->key);
	n = b->len;
	for (unsigned twin = 2; !b->failed; twin++) {
		if (map_add(&w->paths, b->data, b->len, &is_new) == MAP_NONE)
			return err_nomem(err);
		if (is_new)
			break;
		b->len = n;
		buf_printf(b, " (%u)", twin);
	}
	if (buf_check(b, err))
		return (int)err->code;
	f->path = arena_str(&w->mem, buf_view(b));
	return f->path.p ? 0 : err_nomem(err);
}

static int clean_paths(struct walk *w, struct err *err)
{
	struct buf b = { .limit = 0 };
	int rc = 0;

	for (size_t i = 0; i < w->n && !rc; i++)
		rc = clean_path(w, &w->file[i], &b, err);
	buf_free(&b);
	return rc;
}

int walk_open(struct walk *w, const struct ingest_opts *o, struct err *err)
{
	struct walker k = { .w = w, .limits = o->limits, .rel = { .limit = PATH_BYTES } };
	int rc = 0;

	*w = (struct walk){ .n = 0 };
	w->root = arena_array(&w->mem, struct walk_root, o->n_roots + 1);
	k.roots = arena_array(&w->mem, struct stat, o->n_roots + 1);
	if (!w->root || !k.roots) {
		walk_close(w);
		return err_nomem(err);
	}
	for (; k.n_roots < o->n_roots; k.n_roots++) {
		if (stat(o->roots[k.n_roots].path, &k.roots[k.n_roots]) < 0)
			k.roots[k.n_roots] = (struct stat){ .st_ino = 0 }; /* said when it is opened */
	}
	for (; w->n_roots < o->n_roots && !rc; w->n_roots++) {
		w->root[w->n_roots].fd = -1;
		rc = walk_root(&k, o->roots, w->n_roots, err);
	}
	while (k.n_levels)
		closedir(k.level[--k.n_levels].dir);
	free(k.level);
	buf_free(&k.rel);
	buf_free(&k.shown);
	if (!rc && w->n == 0)
		rc = err_set(err, ERR_INPUT, "no file to read%s%.200s%s", o->n_roots ? " in '" : "",
			     o->n_roots ? o->roots[0].path : "", o->n_roots ? "'" : "");
	if (!rc) {
		qsort(w->file, w->n, sizeof(*w->file), by_key);
		rc = clean_paths(w, err);
	}
	if (!rc)
		rc = walk_classify(w, err);
	if (rc)
		walk_close(w);
	return rc;
}

void walk_close_roots(struct walk *w)
{
	for (size_t i = 0; w->root && i < w->n_roots; i++) {
		if (w->root[i].fd >= 0)
			close(w->root[i].fd);
		w->root[i].fd = -1;
	}
}

void walk_close(struct walk *w)
{
	walk_close_roots(w);
	free(w->file);
	map_free(&w->paths);
	arena_free(&w->mem);
	*w = (struct walk){ .n = 0 };
}

/* The first file whose key, cut to the length of `part`, is not below it (or, with `after`, is above it). */
static size_t bound(const struct walk *w, struct str part, bool after)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct str key = w->file[mid].key;
		size_t n = key.n < part.n ? key.n : part.n;
		int c = n ? memcmp(key.p, part.p, n) : 0;

		if (c == 0 && key.n < part.n)
			c = -1;
		if (c < 0 || (c == 0 && after))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void walk_beneath(const struct walk *w, const struct walk_file *f, size_t *from, size_t *to)
{
	struct str folder = { f->key.p, f->folder };

	*from = bound(w, folder, false);
	*to = bound(w, folder, true);
}

const struct walk_file *walk_find(const struct walk *w, struct str path)
{
	uint32_t i = map_get(&w->paths, path.p, path.n);

	return i == MAP_NONE ? NULL : &w->file[i];
}
