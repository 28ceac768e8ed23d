/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tiny.h - a format in which a test writes down the records it wants, and the ways a decoder can go wrong
 *
 *     tiny process            first line: kind process, or run (of the run), or run.json; then a command a line, fields
 * by blanks, func 0 main.f main.go 7                                                  "-" for not known
 *
 * And folders to put such files in. Everything is made beneath one temporary folder, which tiny_end() removes.
 */
#ifndef TESTS_TINY_H
#define TESTS_TINY_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "core/fmt.h"
#include "ingest/decoder.h"
#include "ingest/ingest.h"
#include "ingest/wire.h"

#define TINY_FIELDS 12

struct tiny_line {
	struct str f[TINY_FIELDS];
	int n;
};

static inline int64_t tiny_int(const struct tiny_line *l, int i)
{
	int64_t v;

	return i < l->n && fmt_parse_int(l->f[i], &v) ? v : STORE_NULL;
}

static inline struct str tiny_str(const struct tiny_line *l, int i)
{
	return i >= l->n || str_is(l->f[i], "-") ? STR_NONE : l->f[i];
}

static inline double tiny_real(const struct tiny_line *l, int i)
{
	double v;

	return i < l->n && fmt_parse_real(l->f[i], &v) ? v : NAN;
}

/* A profile of n functions in a chain with every third call site sampled; what it holds depends on seed. */
static inline int tiny_bulk(struct sink *s, int64_t n, int64_t seed, struct err *err)
{
	uint64_t x = (uint64_t)seed * 2654435761u + 1;
	int rc = put_profile(s, err,
			     (struct rec_profile){ .id = 0, .t0 = 1000 + seed, .t1 = 2000 + seed, .depth_cut = 0 });

	if (!rc)
		rc = put_measure(s, err,
				 (struct rec_measure){ 0, 0, STR_LIT("cpu"), STR_LIT("samples"), STR_LIT("ns"),
						       10000000, 0, STR_LIT("interval") });
	for (int64_t i = 0; i < n && !rc; i++) {
		char name[64];

		snprintf(name, sizeof(name), "example.com/shop.f%d", (int)(i * 7 % 1000 + seed % 5));
		rc = put_func(s, err, (struct rec_func){ i, str_from(name), STR_LIT("shop.go"), i });
	}
	for (int64_t i = 0; i < n && !rc; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		rc = put_callsite(s, err,
				  (struct rec_callsite){ i, i % 40 ? i - 1 - (int64_t)(x >> 60) % (i % 40) : STORE_NULL,
							 i, (int64_t)(x >> 50) % 10, 0 });
		if (!rc && i % 3 == 0)
			rc = put_sample(s, err, (struct rec_sample){ 0, i, 0, 1 + (int64_t)(x >> 60), 10000000 });
	}
	return rc;
}

static inline int tiny_misbehave(const struct tiny_line *l, struct sink *s, struct err *err)
{
	struct str word = l->f[0];

	if (str_is(word, "crash")) {
		signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
		raise(SIGSEGV);
	}
	if (str_is(word, "abort"))
		raise(SIGABRT);
	else if (str_is(word, "kill"))
		raise(SIGKILL);
	else if (str_is(word, "exit"))
		_exit((int)tiny_int(l, 1));
	else if (str_is(word, "loop"))
		for (volatile unsigned v = 0;; v++)
			;
	else if (str_is(word, "sleep"))
		nanosleep(&(struct timespec){ tiny_int(l, 1) / 1000, tiny_int(l, 1) % 1000 * 1000000 }, NULL);
	else if (str_is(word, "later")) /* dies, but not yet */
		setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_usec = tiny_int(l, 1) * 1000 }, NULL);
	else if (str_is(word, "eat"))
		for (size_t n = 0; n < (size_t)tiny_int(l, 1); n += 1 << 20) {
			char *p = malloc(1 << 20); /* kept: that is the point; the worker's end frees it */

			if (!p)
				return err_nomem(err);
			memset(p, 1, 1 << 20);
			*(char *volatile *)&p = p;
		}
	else if (str_is(word, "nonsense"))
		return write(((struct wire *)s)->fd, "nonsense, of eight and more bytes", 33) == 33 ? 0 : 1;
	else if (str_is(word, "refuse")) {
		err_set(err, ERR_FORMAT, "bad word '%.*s'", (int)tiny_str(l, 1).n, tiny_str(l, 1).p);
		return err_at(err, "line %d", 3);
	} else
		return err_set(err, ERR_FORMAT, "no command '%.*s'", (int)word.n, word.p);
	return 0;
}

/* Notes what the jail lets through. */
static inline int tiny_escape(const struct tiny_line *l, struct sink *s, struct err *err)
{
	char path[PATH_MAX], text[100];
	int fd, dir, proc = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%.*s", (int)l->f[1].n, l->f[1].p);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	dir = open("/tmp", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
	for (int i = 3; i < 64; i++)
		proc += fcntl(i, F_GETFD) >= 0;
	d = opendir("/");
	snprintf(text, sizeof(text), "read %s, write %s, list %s", fd < 0 ? "no" : "yes", dir < 0 ? "no" : "yes",
		 d ? "yes" : "no");
	if (d)
		closedir(d);
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	if (put_note(s, err, (struct rec_note){ STR_NONE, str_from(text), 0 }))
		return (int)err->code;
	snprintf(text, sizeof(text), "descriptors %d", proc);
	return put_note(s, err, (struct rec_note){ STR_NONE, str_from(text), 0 });
}

static inline int tiny_time(const struct tiny_line *l, struct sink *s, struct err *err)
{
	struct str w = l->f[0];

	if (str_is(w, "gc"))
		return put_gc_cycle(
			s, err,
			(struct rec_gc_cycle){ .n = tiny_int(l, 1), .t = tiny_int(l, 2), .pause = tiny_int(l, 3) });
	if (str_is(w, "series"))
		return put_series(s, err,
				  (struct rec_series){ tiny_int(l, 1), tiny_str(l, 2), tiny_str(l, 3), tiny_str(l, 4),
						       tiny_str(l, 5) });
	if (str_is(w, "point"))
		return put_point(s, err,
				 (struct rec_point){ tiny_int(l, 1), tiny_int(l, 2), tiny_int(l, 3), tiny_real(l, 4) });
	if (str_is(w, "bucket"))
		return put_bucket(s, err,
				  (struct rec_bucket){ tiny_int(l, 1), tiny_int(l, 2), tiny_real(l, 3), tiny_real(l, 4),
						       tiny_real(l, 5) });
	if (str_is(w, "event"))
		return put_event(s, err,
				 (struct rec_event){ tiny_int(l, 1), tiny_int(l, 2), tiny_str(l, 3), tiny_str(l, 4) });
	if (str_is(w, "escape"))
		return tiny_escape(l, s, err);
	return tiny_misbehave(l, s, err);
}

static inline int tiny_about(const struct tiny_line *l, struct sink *s, struct err *err)
{
	struct str w = l->f[0];

	if (str_is(w, "clock"))
		return put_clock(s, err, (struct rec_clock){ tiny_str(l, 1) });
	if (str_is(w, "note"))
		return put_note(s, err, (struct rec_note){ STR_LIT("line 2"), tiny_str(l, 1), tiny_int(l, 2) });
	if (str_is(w, "setting"))
		return put_setting(s, err, (struct rec_setting){ tiny_str(l, 1), tiny_str(l, 2), tiny_str(l, 3) });
	if (str_is(w, "go"))
		return put_goversion(s, err, (struct rec_goversion){ tiny_int(l, 1), tiny_int(l, 2) });
	if (str_is(w, "runinfo"))
		return put_runinfo(s, err,
				   (struct rec_runinfo){ tiny_str(l, 1), tiny_str(l, 2), tiny_int(l, 3), tiny_int(l, 4),
							 tiny_real(l, 5) });
	if (str_is(w, "filetime"))
		return put_filetime(s, err, (struct rec_filetime){ tiny_str(l, 1), tiny_int(l, 2), tiny_int(l, 3) });
	if (str_is(w, "label_of_run"))
		return put_label_of_run(s, err, (struct rec_label_of_run){ tiny_str(l, 1), tiny_str(l, 2) });
	return tiny_time(l, s, err);
}

static inline int tiny_command(const struct tiny_line *l, struct sink *s, struct err *err)
{
	struct str w = l->f[0];

	if (str_is(w, "func"))
		return put_func(s, err,
				(struct rec_func){ tiny_int(l, 1), tiny_str(l, 2), tiny_str(l, 3), tiny_int(l, 4) });
	if (str_is(w, "site"))
		return put_callsite(s, err,
				    (struct rec_callsite){ tiny_int(l, 1), tiny_int(l, 2), tiny_int(l, 3),
							   tiny_int(l, 4), tiny_int(l, 5) });
	if (str_is(w, "set"))
		return put_labelset(s, err, (struct rec_labelset){ tiny_int(l, 1), tiny_int(l, 2) });
	if (str_is(w, "label"))
		return put_label(s, err,
				 (struct rec_label){ tiny_int(l, 1), tiny_int(l, 2), tiny_str(l, 3), tiny_str(l, 4),
						     tiny_int(l, 5), tiny_str(l, 6) });
	if (str_is(w, "profile"))
		return put_profile(s, err,
				   (struct rec_profile){ tiny_int(l, 1), tiny_int(l, 2), tiny_int(l, 3), 0, STR_NONE });
	if (str_is(w, "measure"))
		return put_measure(s, err,
				   (struct rec_measure){ tiny_int(l, 1), tiny_int(l, 2), tiny_str(l, 3), STR_LIT("n"),
							 STR_LIT("ns"), 1, 0, tiny_str(l, 4) });
	if (str_is(w, "sample"))
		return put_sample(s, err,
				  (struct rec_sample){ tiny_int(l, 1), tiny_int(l, 2), tiny_int(l, 3), tiny_int(l, 4),
						       tiny_int(l, 5) });
	if (str_is(w, "total"))
		return put_func_total(s, err,
				      (struct rec_func_total){ tiny_int(l, 1), tiny_int(l, 2), tiny_int(l, 3),
							       tiny_int(l, 4), tiny_int(l, 5), tiny_int(l, 6) });
	if (str_is(w, "group"))
		return put_gogroup(s, err,
				   (struct rec_gogroup){ tiny_int(l, 1), tiny_int(l, 2), tiny_str(l, 3), tiny_str(l, 4),
							 STORE_NULL, tiny_int(l, 5), 3, 0, 0, 0, tiny_int(l, 6) });
	if (str_is(w, "bulk"))
		return tiny_bulk(s, tiny_int(l, 1), tiny_int(l, 2), err);
	return tiny_about(l, s, err);
}

static inline int tiny_decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct str line;
	bool cut, eof = false, first = true;

	(void)o;
	for (;;) {
		struct tiny_line l = { .n = 0 };

		if (reader_line(in, &line, &cut, &eof, err))
			return (int)err->code;
		if (eof)
			return 0;
		while (line.n && l.n < TINY_FIELDS) {
			const char *blank = memchr(line.p, ' ', line.n);
			size_t n = blank ? (size_t)(blank - line.p) : line.n;

			if (n)
				l.f[l.n++] = (struct str){ line.p, n };
			line = str_skip(line, n + 1);
		}
		if (!first && l.n && tiny_command(&l, out, err))
			return (int)err->code;
		first = false;
	}
}

static const struct decoder tiny_process = { .kind = "tiny", .version = 3, .decode = tiny_decode };
static const struct decoder tiny_run = { .kind = "tiny_run", .version = 1, .decode = tiny_decode, .of_run = true };
static const struct decoder tiny_run_json = { .kind = "run_json", .version = 1, .decode = tiny_decode, .of_run = true };

static inline const struct decoder *tiny_find(struct str head, const char **why)
{
	if (str_starts(head, "tiny process"))
		return &tiny_process;
	if (str_starts(head, "tiny run.json"))
		return &tiny_run_json;
	if (str_starts(head, "tiny run"))
		return &tiny_run;
	*why = head.n ? "plain text" : "empty";
	return NULL;
}

/* ---- folders ---- */

static char tiny_root[64];

static inline void tiny_begin(void)
{
	snprintf(tiny_root, sizeof(tiny_root), "/tmp/attrib-unit-XXXXXX");
	if (!mkdtemp(tiny_root)) {
		perror("mkdtemp");
		exit(1);
	}
}

static inline int tiny_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static inline void tiny_remove(const char *path)
{
	nftw(path, tiny_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void tiny_end(void)
{
	tiny_remove(tiny_root);
}

/* The temporary folder's `path`; valid for the next 15 calls. */
static inline const char *tiny_path(const char *path)
{
	static char text[16][PATH_MAX];
	static int next;
	char *p = text[next++ & 15];

	snprintf(p, PATH_MAX, "%s/%s", tiny_root, path);
	return p;
}

static inline void tiny_write(const char *path, const char *contents)
{
	char folder[PATH_MAX];
	struct err err = { 0 };
	FILE *f;

	snprintf(folder, sizeof(folder), "%s", tiny_path(path));
	*strrchr(folder, '/') = 0;
	f = file_mkdirs(folder, &err) ? NULL : fopen(tiny_path(path), "w");
	if (!f || fputs(contents, f) < 0 || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static inline void tiny_touch(const char *path, int64_t ns)
{
	struct timespec t[2] = { { ns / 1000000000, ns % 1000000000 }, { ns / 1000000000, ns % 1000000000 } };

	utimensat(AT_FDCWD, tiny_path(path), t, 0);
}

static inline int tiny_open_files(void)
{
	int n = 0;

	for (int i = 0; i < 256; i++)
		n += fcntl(i, F_GETFD) >= 0;
	return n;
}

#endif
