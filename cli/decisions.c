// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/decisions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "core/file.h"
#include "core/fmt.h"
#include "core/map.h"
#include "core/text.h"

#define FILE_BYTES (64u << 20)
#define FIELDS	   5

struct entry { struct str subject, value; };

struct decisions {
	struct arena mem;
	const char *file, *dir;		/* NULL: nothing is kept */
	struct str run;
	struct { const char *kind; struct map subjects; struct str *value; size_t cap; } of[2];
};

static int keep(struct decisions *d, int kind, struct str subject, struct str value)
{
	uint32_t i = map_add(&d->of[kind].subjects, subject.p ? subject.p : "", subject.n, NULL);

	if (i == MAP_NONE)
		return 1;
	if (i >= d->of[kind].cap) {
		size_t more = d->of[kind].cap ? 2 * d->of[kind].cap : 64;
		struct str *v = arena_array(&d->mem, struct str, more);

		if (!v)
			return 1;
		if (d->of[kind].cap)
			memcpy(v, d->of[kind].value, d->of[kind].cap * sizeof(*v));
		d->of[kind].value = v;
		d->of[kind].cap = more;
	}
	d->of[kind].value[i] = arena_str(&d->mem, value);
	return !d->of[kind].value[i].p;
}

/* A line that is not ours, or cut off by a full disk, is passed over. */
static int take_line(struct decisions *d, struct str line)
{
	struct str f[FIELDS];
	struct buf value = { .limit = 1 << 20 };
	int rc = 0;

	for (int i = 0; i < FIELDS; i++) {
		const char *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;

		if ((tab == NULL) != (i == FIELDS - 1))
			return 0;
		f[i] = (struct str){ line.p, tab ? (size_t)(tab - line.p) : line.n };
		line = str_skip(line, f[i].n + (tab != NULL));
	}
	text_clean(&value, f[4]);
	for (int k = 0; k < 2 && !rc; k++)
		if (str_eq(f[1], d->run) && str_is(f[2], d->of[k].kind))
			rc = keep(d, k, f[3], value.data ? buf_view(&value) : STR_LIT(""));
	buf_free(&value);
	return rc;
}

static int read_file(struct decisions *d, struct err *err)
{
	struct buf b = { .limit = FILE_BYTES };
	struct str s;
	int rc = 0;

	if (access(d->file, F_OK) != 0)
		return 0;
	rc = file_slurp(&b, d->file, FILE_BYTES, err);
	for (s = buf_view(&b); !rc && s.n; ) {
		const char *nl = memchr(s.p, '\n', s.n);
		struct str line = { s.p, nl ? (size_t)(nl - s.p) : s.n };

		if (nl && take_line(d, line))
			rc = err_nomem(err);
		s = str_skip(s, line.n + (nl != NULL));
	}
	buf_free(&b);
	return rc;
}

int decisions_open(struct decisions **out, const char *dir, const char *run, struct err *err)
{
	struct decisions *d = calloc(1, sizeof(*d));
	char *real = realpath(run, NULL);
	struct buf b = { .limit = 1 << 16 };
	int rc = 0;

	*out = NULL;
	if (!d) {
		free(real);
		return err_nomem(err);
	}
	d->of[0].kind = "verdict";
	d->of[1].kind = "note";
	text_clean(&b, str_from(real ? real : run));	/* no tab, no newline */
	d->run = arena_str(&d->mem, buf_view(&b));
	free(real);
	if (dir) {
		buf_reset(&b);
		buf_printf(&b, "%s/triage.tsv", dir);
		d->dir = arena_strdup(&d->mem, dir);
		d->file = b.data ? arena_strdup(&d->mem, b.data) : NULL;
		rc = d->file && d->dir ? read_file(d, err) : err_nomem(err);
	}
	buf_free(&b);
	if (rc) {
		decisions_close(d);
		return rc;
	}
	*out = d;
	return 0;
}

void decisions_close(struct decisions *d)
{
	if (!d)
		return;
	map_free(&d->of[0].subjects);
	map_free(&d->of[1].subjects);
	arena_free(&d->mem);
	free(d);
}

void decisions_each(const struct decisions *d, const char *kind, void (*each)(void *to, struct str subject, struct str value), void *to)
{
	for (int k = 0; k < 2; k++)
		for (uint32_t i = 0; strcmp(kind, d->of[k].kind) == 0 && i < d->of[k].subjects.n; i++)
			if (d->of[k].value[i].n)
				each(to, d->of[k].subjects.key[i], d->of[k].value[i]);
}

/* One write to the end: two sessions at once do not mix their lines. */
static int append(const char *path, struct str line, struct err *err)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), e = 0;
	ssize_t n;

	if (fd < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot write '%.300s'", path);
	n = write(fd, line.p, line.n);
	if (n < 0 || (size_t)n != line.n)
		e = n < 0 ? errno : ENOSPC;
	if (close(fd) && !e)
		e = errno;
	return e ? err_sys(err, ERR_OUTPUT, e, "cannot write '%.300s'", path) : 0;
}

int decisions_add(struct decisions *d, const char *kind, struct str subject, struct str value, struct err *err)
{
	struct buf b = { .limit = 1 << 20 };
	int rc;

	if (!d->file)
		return err_set(err, ERR_OUTPUT, "there is no data folder to keep it in: set HOME or XDG_DATA_HOME");
	fmt_time(&b, (int64_t)time(NULL) * 1000000000);
	buf_byte(&b, '\t');
	buf_str(&b, d->run);
	buf_printf(&b, "\t%s\t", kind);
	text_clean(&b, subject);
	buf_byte(&b, '\t');
	text_clean(&b, value);
	buf_byte(&b, '\n');
	rc = buf_check(&b, err);
	if (!rc)
		rc = file_mkdirs(d->dir, err);
	if (!rc)
		rc = append(d->file, buf_view(&b), err);
	for (int k = 0; k < 2 && !rc; k++)
		if (strcmp(kind, d->of[k].kind) == 0 && keep(d, k, subject, value.n ? value : STR_LIT("")))
			rc = err_nomem(err);
	buf_free(&b);
	return rc;
}
