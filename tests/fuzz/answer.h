/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer.h - a real analysis as bytes, and everything that is ever written about one
 *
 * $FUZZ_DB is an attrib.db that tests/fuzz/run made. A target changes its bytes or rows and gives it back as a file; answer_write()
 * opens it as `attrib report` opens a stranger's and lets every writer say it.
 */
#ifndef TESTS_FUZZ_ANSWER_H
#define TESTS_FUZZ_ANSWER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyze/analyze.h"
#include "core/json.h"
#include "report/plot.h"
#include "report/report.h"

static char *answer;		/* the base's bytes */
static size_t answer_size;
static char answer_path[] = "/dev/shm/fuzz-answer-XXXXXX";
static int answer_fd;

static inline void check(bool ok)
{
	if (!ok)
		abort();
}

static inline void answer_init(void)
{
	const char *name = getenv("FUZZ_DB");
	FILE *f = name ? fopen(name, "rb") : NULL;
	struct stat st;

	if (!f || fstat(fileno(f), &st)) {
		fprintf(stderr, "FUZZ_DB must name a database of attrib\n");
		exit(1);
	}
	answer_size = (size_t)st.st_size;
	answer = malloc(answer_size);
	check(answer && fread(answer, 1, answer_size, f) == answer_size);
	fclose(f);
	answer_fd = mkstemp(answer_path);
	check(answer_fd >= 0);
}

static inline void answer_put(const char *bytes, size_t size)
{
	check(pwrite(answer_fd, bytes, size, 0) == (ssize_t)size && ftruncate(answer_fd, (off_t)size) == 0);
}

static inline bool answer_has(const struct buf *b, const char *lit)
{
	return b->len && memmem(b->data, b->len, lit, strlen(lit));
}

/* Well formed by its own grammar, and without a byte that a terminal or a page would act on. */
static inline void answer_json(const struct buf *b)
{
	const char *why;

	check(b->failed || json_fault(buf_view(b), &why) == b->len);
}

static inline void answer_plain(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		check((unsigned char)b->data[i] >= ' ' || b->data[i] == '\n' || b->data[i] == '\t');
	check(!answer_has(b, "\n::") && !answer_has(b, "\xe2\x80\xae") && !answer_has(b, "\xc2\x9b"));
}

static inline int answer_drop(void *arg, struct str piece, struct err *err)
{
	(void)err;
	*(size_t *)arg += piece.n;
	return 0;
}

static inline void answer_ci(const struct report_model *m, struct buf *b)
{
	static const struct {
		report_writer *write;
		bool json;
	} writers[] = { { report_sarif, true }, { report_codequality, true }, { report_junit, false }, { report_annotations, false },
		{ report_summary, false }, { report_metrics, false }, { report_prometheus, false }, { report_functions_csv, false } };
	struct report_ci ci = { .page = "report.html" };

	for (size_t i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		buf_reset(b);
		writers[i].write(b, m, &ci);
		if (writers[i].json)
			answer_json(b);
		else if (writers[i].write != report_functions_csv)
			for (size_t k = 0; k < b->len; k++)
				check((unsigned char)b->data[k] >= ' ' || strchr("\n\t\r", b->data[k]));
	}
}

/* One of them for each input: all would take six times as long, and most of an execution is opening the database. */
static inline void answer_say(const struct report_model *m, const struct plots *plots, uint32_t which)
{
	static struct buf b = { .limit = 64 << 20 };
	struct report_opts o = { .columns = 80, .verbose = true, .run = "run", .plots = plots };

	buf_reset(&b);
	switch (which % 5) {
	case 0:
		report_term(&b, m, &o);
		answer_plain(&b);
		break;
	case 1:
		o.columns = 40;
		o.utf8 = true;
		report_doctor(&b, m, &o);
		report_not_read(&b, m, &o, 0);
		answer_plain(&b);
		break;
	case 2:
		report_json(&b, m);
		answer_json(&b);
		break;
	case 3:
		report_html(&b, m, plots);
		check(!answer_has(&b, "<img") && !answer_has(&b, "onerror=\"") && !answer_has(&b, "javascript:\""));
		break;
	default:
		answer_ci(m, &b);
	}
}

static inline void answer_export(struct store *st, uint32_t which)
{
	struct err err = { 0 };
	char name[64];
	size_t n = 0;

	for (size_t i = 0; report_view(i, name); i++) {
		static struct report_export e;	/* its SQL lives until the store is closed, and one view stands for all here */

		if (i % 7 != which % 7)
			continue;
		e = (struct report_export){ .view = name, .format = REPORT_CSV, .put = answer_drop, .arg = &n };
		check(!report_export(st, &e, &err) || err.msg[0]);
	}
}

/* Opens what answer_put() left, says it in a way that the bytes of the input choose. */
static inline void answer_write(const uint8_t *data, size_t size)
{
	uint32_t which = 2166136261u;
	struct limits l = limits_default;
	struct report_model *m = NULL;
	struct plots *plots = NULL;
	struct store *st = NULL;
	struct err err = { 0 };
	int rc;

	for (size_t i = 0; i < size; i++)
		which = (which ^ data[i]) * 16777619u;
	rc = store_open(&st, answer_path, STORE_READ, &l, &err);

	if (!rc)
		rc = report_model_load(&m, st, &err);
	if (!rc)
		rc = plot_load(&plots, st, &err);
	check(!rc || err.msg[0]);
	if (!rc) {
		if (which >> 16 & 7)
			answer_say(m, plots, which >> 20);
		else
			answer_export(st, which);
	}
	plot_free(plots);
	report_model_free(m);
	store_close(st);
}

#endif
