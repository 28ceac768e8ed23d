// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * truth.c - truth.csv by libcsv, strictly: a wrong header, a short row or a name twice is an error with its line
 */
#include "tests/eval/truth.h"

#include <csv.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/file.h"

#define MAX_BYTES (4 << 20)
#define COLUMNS 12

static const char *const header[COLUMNS] = { "scenario", "service", "baseline", "current", "cause", "also", "tempts", "magnitude", "guilty",
	"recommendation", "onset", "planted" };

struct rows {
	struct truth *t;
	const struct truth_opts *o;
	const char *field[COLUMNS];
	int n, line;
	size_t room;
	struct err *err;
	bool failed;
};

static void fail(struct rows *r, const char *what, const char *detail)
{
	if (!r->failed)
		err_set(r->err, ERR_FORMAT, "truth, row %d: %s%s%s", r->line, what, detail ? ": " : "", detail ? detail : "");
	r->failed = true;
}

static void on_field(void *p, size_t n, void *arg)
{
	struct rows *r = arg;
	const char *copy = arena_strndup(&r->t->mem, n ? p : "", n);

	if (r->n < COLUMNS)
		r->field[r->n] = copy;
	r->n++;
	if (!copy)
		fail(r, "out of memory", NULL);
}

static bool split(struct rows *r, struct names *out, const char *text)
{
	char *copy = arena_strdup(&r->t->mem, text), *save = NULL;

	*out = (struct names){ .n = 0 };
	for (char *word = copy ? strtok_r(copy, "|", &save) : NULL; word; word = strtok_r(NULL, "|", &save)) {
		if (out->n == TRUTH_MAX_LIST)
			fail(r, "more than 16 names in one field", text);
		else
			out->v[out->n++] = word;
	}
	return !r->failed;
}

bool truth_in_subset(const char *name)
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(name), (const uint8_t *)name);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	return digest[0] >> 4 <= 3;
}

static bool runs_exist(const struct truth_opts *o, const struct scenario *s, const struct names *runs)
{
	char path[4096];
	struct stat st;

	for (size_t i = 0; i < runs->n; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", o->corpus, s->service, runs->v[i]);
		if (stat(path, &st) || !S_ISDIR(st.st_mode))
			return false;
	}
	return runs->n > 0;
}

static enum truth_kind kind_of(const struct scenario *s)
{
	static const char *const decoys[] = { "none", "load_shift", "environment_shift" };
	bool quiet = false;

	for (size_t i = 0; i < 3; i++)
		quiet |= strcmp(s->cause, decoys[i]) == 0;
	if (!quiet)
		return TRUTH_FAULT;
	return strcmp(s->cause, "none") == 0 && strstr(s->name, "-aa-") ? TRUTH_PAIR : TRUTH_DECOY;
}

static void add(struct rows *r)
{
	const char *const *f = r->field;
	struct truth *t = r->t;
	struct scenario s = { .name = f[0], .service = f[1], .cause = f[4], .also = f[5], .magnitude = f[7], .planted = f[11],
		.line = r->line };

	if (!split(r, &s.baseline, f[2]) || !split(r, &s.current, f[3]) || !split(r, &s.guilty, f[8]) || !split(r, &s.tempts, f[6]))
		return;
	if (!*s.name || !*s.service || !*s.cause || !s.baseline.n || !s.current.n)
		fail(r, "scenario, service, baseline, current and cause must not be empty", s.name);
	if (strspn(s.name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != strlen(s.name) || s.name[0] == '.')
		fail(r, "a scenario's name has small letters, digits, - _ and . only", s.name);
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->s[i].name, s.name) == 0)
			fail(r, "the scenario stands there twice", s.name);
	s.kind = kind_of(&s);
	if (r->failed || (r->o->subset && !truth_in_subset(s.name)))
		return;
	t->all++;
	if (!runs_exist(r->o, &s, &s.baseline) || !runs_exist(r->o, &s, &s.current))
		t->missing++;
	else if (t->n < r->room)
		t->s[t->n++] = s;
}

static void on_row(int end, void *arg)
{
	struct rows *r = arg;

	(void)end;
	r->line++;
	if (!r->failed && r->n != COLUMNS)
		fail(r, "not 12 fields", r->n > 0 ? r->field[0] : NULL);
	for (int i = 0; i < COLUMNS && !r->failed && r->line == 1; i++)
		if (strcmp(r->field[i], header[i]) != 0)
			fail(r, "the header must be scenario,service,baseline,current,cause,also,tempts,magnitude,guilty,recommendation,onset,planted; not", r->field[i]);
	if (!r->failed && r->line > 1)
		add(r);
	r->n = 0;
}

static int parse(struct rows *r, struct str text)
{
	struct csv_parser p;
	bool bad = csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0;

	if (bad)
		return err_nomem(r->err);
	bad = csv_parse(&p, text.p, text.n, on_field, on_row, r) != text.n || csv_fini(&p, on_field, on_row, r) != 0;
	if (bad)
		fail(r, csv_strerror(csv_error(&p)), NULL);
	csv_free(&p);
	return r->failed ? (int)r->err->code : 0;
}

int truth_load(struct truth *t, const struct truth_opts *o, struct err *err)
{
	struct rows r = { .t = t, .o = o, .err = err };
	struct buf text = { .limit = MAX_BYTES };
	char path[4096];
	struct sha256_ctx ctx;
	int rc;

	*t = (struct truth){ .n = 0 };
	snprintf(path, sizeof(path), "%s/truth.csv", o->corpus);
	rc = file_slurp(&text, o->file ? o->file : path, MAX_BYTES, err);
	if (!rc) {
		for (size_t i = 0; i < text.len; i++)
			r.room += text.data[i] == '\n';
		t->s = arena_array(&t->mem, struct scenario, r.room + 1);
		rc = t->s ? parse(&r, buf_view(&text)) : err_nomem(err);
		sha256_init(&ctx);
		sha256_update(&ctx, text.len, (const uint8_t *)text.data);
		sha256_digest(&ctx, SHA256_DIGEST_SIZE, t->sha256);
	}
	buf_free(&text);
	return rc;
}

void truth_free(struct truth *t)
{
	arena_free(&t->mem);
}

bool names_function(const struct names *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		size_t n = strlen(list->v[i]);

		if (strncmp(name, list->v[i], n) == 0 && (!name[n] || name[n] == '.'))
			return true;
	}
	return false;
}
