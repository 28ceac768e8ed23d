// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * walk_side.c - which run, process and side a file belongs to, by the words of its path
 *
 *     baseline/cpu.pprof                 run 'baseline', instance '', hint baseline
 *     current/run-2/pod-1/heap.pprof     run 'current/run-2', instance 'pod-1', hint current
 *     run-1/cpu.pprof                    run 'run-1', no hint: what the other roots are, or early against late
 *     baseline.prof  current.prof        flat: runs 'baseline' and 'current', by the first word of the name
 *     cpu.pprof                          run ''
 *
 * Folders with these words are sides only beneath a root that was not given a side itself. A word at the start of a
 * file's name counts only where both sides are found: new_orders.csv alone does not make a candidate of what it lies
 * beside. These are hints. The analysis decides (table stretch).
 */
#include <string.h>
#include <strings.h>

#include "core/buf.h"
#include "core/text.h"
#include "ingest/walk.h"

enum side { SIDE_NONE, SIDE_BASELINE, SIDE_CURRENT, SIDES };

static const char *const side_name[SIDES] = { NULL, "baseline", "current" };

static const struct word {
	const char *text;
	enum side side;
} words[] = {
	{ "baseline", SIDE_BASELINE }, { "before", SIDE_BASELINE },  { "base", SIDE_BASELINE },
	{ "old", SIDE_BASELINE },      { "control", SIDE_BASELINE }, { "current", SIDE_CURRENT },
	{ "after", SIDE_CURRENT },     { "new", SIDE_CURRENT },	     { "candidate", SIDE_CURRENT },
};

static enum side side_of(const char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i].text) == n && strncasecmp(words[i].text, p, n) == 0)
			return words[i].side;
	}
	return SIDE_NONE;
}

static size_t letters(const char *p)
{
	size_t n = 0;

	while ((p[n] >= 'a' && p[n] <= 'z') || (p[n] >= 'A' && p[n] <= 'Z'))
		n++;
	return n;
}

/* What the path says before it is known what lies beside it. */
struct place {
	enum side folder, name; /* by its first folder; by the first word of its name, only at the top */
	size_t run;		/* bytes of rel that name the run, without the last '/'; 0: none do */
	const char *instance;	/* the folder below that; not ended by NUL */
	size_t n_instance;
	bool top;
};

static struct place look(const struct walk *w, const struct walk_file *f)
{
	const char *p = f->rel, *slash = strchr(p, '/');
	bool sided = w->root[f->root].hint != NULL;
	struct place at = { .top = !slash };

	if (at.top && !sided && !w->root[f->root].single)
		at.name = side_of(p, letters(p));
	if (slash && !sided)
		at.folder = side_of(p, (size_t)(slash - p));
	if (at.folder) {
		at.run = (size_t)(slash - f->rel);
		p = slash + 1;
		slash = strchr(p, '/');
	}
	if (slash && strncmp(p, "run-", 4) == 0) {
		at.run = (size_t)(slash - f->rel);
		p = slash + 1;
		slash = strchr(p, '/');
	}
	if (slash) {
		at.instance = p;
		at.n_instance = (size_t)(slash - p);
	}
	return at;
}

/* What was found beneath each root. */
struct seen {
	bool side[SIDES]; /* by folder or by name */
	bool runs;	  /* a folder that is a run */
};

static struct str clean(struct walk *w, struct buf *b, struct str s)
{
	if (text_is_clean(s))
		return arena_str(&w->mem, s);
	buf_reset(b);
	text_clean(b, s);
	return b->failed ? STR_NONE : arena_str(&w->mem, buf_view(b));
}

/* The last part of a run's folder, or its side. */
static struct str name_of(struct str folder, const char *hint)
{
	const char *cut = memrchr(folder.p, '/', folder.n);

	if (cut)
		folder = str_skip(folder, (size_t)(cut + 1 - folder.p));
	else if (memchr(folder.p, ':', folder.n))
		folder = str_skip(folder, (size_t)((const char *)memchr(folder.p, ':', folder.n) + 1 - folder.p));
	return folder.n || !hint ? folder : str_from(hint);
}

static int classify(struct walk *w, struct walk_file *f, const struct seen *seen, enum side rest, struct buf *b,
		    struct err *err)
{
	const struct walk_root *root = &w->root[f->root];
	struct place at = look(w, f);
	bool pair = seen->side[SIDE_BASELINE] && seen->side[SIDE_CURRENT];
	enum side side = at.folder ? at.folder : pair ? at.name : SIDE_NONE;
	struct buf folder = { .limit = 0 };

	f->hint = root->hint ? root->hint : side_name[side ? side : rest];
	buf_puts(&folder, root->prefix);
	if (!at.run && side && !at.folder)
		buf_puts(&folder, side_name[side]);
	else
		buf_add(&folder, f->rel, at.run);
	f->top = at.top && !side && (seen->runs || pair);
	if (!folder.failed)
		f->run = clean(w, b, buf_view(&folder));
	f->instance = clean(w, b, (struct str){ at.instance ? at.instance : "", at.n_instance });
	if (f->run.p)
		f->run_name = clean(w, b, name_of(f->run, f->hint));
	buf_free(&folder);
	return f->run.p && f->instance.p && f->run_name.p ? 0 : err_nomem(err);
}

int walk_classify(struct walk *w, struct err *err)
{
	struct seen *seen = arena_array(&w->mem, struct seen, w->n_roots + 1);
	enum side given[SIDES] = { 0 }, rest = SIDE_NONE;
	struct buf b = { .limit = 0 };
	int rc = 0;

	if (!seen)
		return err_nomem(err);
	for (size_t i = 0; i < w->n; i++) {
		struct place at = look(w, &w->file[i]);
		struct seen *s = &seen[w->file[i].root];

		if (w->file[i].skip)
			continue;
		s->side[at.folder ? at.folder : at.name] = true;
		s->runs = s->runs || at.run > 0;
	}
	/* --baseline DIR makes RUN the other side. */
	for (size_t i = 0; i < w->n_roots; i++) {
		enum side hint = w->root[i].hint ? side_of(w->root[i].hint, strlen(w->root[i].hint)) : SIDE_NONE;

		given[hint] = hint;
	}
	if (!given[SIDE_BASELINE] != !given[SIDE_CURRENT])
		rest = given[SIDE_BASELINE] ? SIDE_CURRENT : SIDE_BASELINE;
	for (size_t i = 0; i < w->n && !rc; i++)
		rc = classify(w, &w->file[i], &seen[w->file[i].root], rest, &b, err);
	buf_free(&b);
	return rc;
}
