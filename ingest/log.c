// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log.c - text logs: what the Go runtime wrote among a program's own lines
 *
 * gctrace becomes GC cycles, schedtrace series, panics, fatal errors and signals events, goroutine dumps what godump.c
 * makes of them. All in one pass; what is kept grows with distinct stacks, not with lines.
 *
 * Times. Stamps of lines are told from the first 64 KiB (log_time.c). With them all times are absolute: lines of the
 * runtime have none of their own mostly, but gctrace counts from the process's start, and that is found from the lines
 * around it (log_life.c). Without them times count from the start of the process (clock 'process'). A cycle's time is
 * its beginning; an event or a dump without a stamp of its own has that of the last line that had one.
 *
 * Numbers. A numbering that begins again is another process: an event 'restart'; its cycles count on from the highest
 * number before (cycle 3 after a process that ended with 625 is 628), and without stamps its times count on from the
 * last time before, which is the earliest that it can have begun.
 */
#include "ingest/log.h"

#include <stdlib.h>

enum { TORN_LINES = 16, FRAMES_MAX = 65536 };

/* ---- gctrace ---- */

static int cycle_done(struct log *l, struct str line, struct err *err)
{
	l->torn_age = 0;
	return log_put_cycle(l, &l->torn, line, err);
}

/* What was torn stays so. */
static void torn_lost(struct log *l)
{
	l->n_torn += l->torn_age && log_gc_sure(&l->torn);
	l->torn_age = 0;
}

static int gc_line(struct log *l, struct str line, size_t at, bool *ours, struct err *err)
{
	struct log_gc g;

	if (!log_gc_begin(&g, str_skip(line, at)))
		return 0;
	*ours = log_gc_sure(&g);
	if (!*ours && l->torn_age)
		return 0;
	torn_lost(l);
	if (g.done)
		return log_put_cycle(l, &g, line, err);
	l->torn = g;
	l->torn_age = 1;
	return 0;
}

/* A line that may begin with the rest of a torn one. */
static int torn_line(struct log *l, struct str line, bool *ours, struct err *err)
{
	*ours = log_gc_resume(&l->torn, line) || log_gc_resume(&l->torn, str_skip(line, log_message(line)));
	if (*ours && l->torn.done) {
		l->n_mended++;
		return cycle_done(l, line, err);
	}
	if (!*ours && ++l->torn_age > TORN_LINES)
		torn_lost(l);
	return 0;
}

/* ---- schedtrace ---- */

static int sched_line(struct log *l, struct str line, size_t at, struct err *err)
{
	struct log_sched s;

	if (!log_sched_line(&s, str_skip(line, at))) {
		l->sched_torn++;
		return 0;
	}
	l->sched_column = at;
	return log_put_sched(l, &s, line, err);
}

/* ---- stacks without a header ---- */

static int frames_end(struct log *l, struct err *err)
{
	int rc = 0;

	if (l->frames.len)
		rc = godump_frames(l->dump, buf_view(&l->frames), err);
	buf_reset(&l->frames);
	return rc;
}

/* Loggers write "main.f", a line "\t/app/main.go:12", and so on. */
static int frames_line(struct log *l, struct str line, bool *ours, struct err *err)
{
	bool place = log_place_line(line), name = !place && log_name_line(line);

	*ours = false;
	if (place && l->n_name && l->frames.len + l->n_name + line.n < FRAMES_MAX) {
		buf_add(&l->frames, l->name, l->n_name);
		buf_byte(&l->frames, '\n');
		buf_str(&l->frames, line);
		buf_byte(&l->frames, '\n');
		*ours = true;
	}
	l->n_name = 0;
	if (name) {
		memcpy(l->name, line.p, line.n);
		l->n_name = line.n;
		return 0;
	}
	return *ours ? buf_check(&l->frames, err) : frames_end(l, err);
}

/* ---- one line ---- */

static int crash_line(struct log *l, struct str line, bool *ours, struct err *err)
{
	static const char *const kinds[] = { NULL, "panic", "fatal", "signal", NULL };
	enum godump_text mark;
	enum log_crash_kind kind;

	kind = log_crash_line(&l->crash, str_skip(line, log_message(line)), &mark, &l->version);
	*ours = kind != CRASH_NONE;
	if (!*ours)
		return 0;
	if (godump_mark(l->dump, mark, err))
		return (int)err->code;
	return kinds[kind] ? log_put_event(l, kinds[kind], buf_view(&l->crash.text), line, err) : 0;
}

static int json_stack(struct log *l, struct str line, bool *ours, struct err *err)
{
	*ours = log_stack_json(line, &l->text);
	return *ours ? godump_frames(l->dump, buf_view(&l->text), err) : 0;
}

/* What concerns the dumps: everything inside of them, little outside. */
static int dump_line(struct log *l, struct str line, unsigned found, bool whole, struct err *err)
{
	bool blank = !line.n || (line.n == 1 && line.p[0] == '\r'), tab = line.n && line.p[0] == '\t', ours = false;
	int rc = 0;

	if (found & LOG_JSON_STACK && !(found & LOG_MAYBE_STACK)) {
		rc = json_stack(l, line, &ours, err);
		if (rc || ours)
			return rc;
	}
	if (godump_idle(l->dump) && !(found & LOG_MAYBE_STACK) && !blank && line.n > l->dump->column) {
		rc = frames_line(l, line, &ours, err);
		if (!ours)
			godump_pass(l->dump, !tab);
		return rc;
	}
	rc = frames_end(l, err);
	l->dump->line = l->line;
	if (found & LOG_MAYBE_STACK)
		l->dump->now = log_now(l, line);
	return rc ? rc : godump_feed(l->dump, line, whole, err);
}

static int one_line(struct log *l, struct str line, bool whole, struct err *err)
{
	size_t at = 0;
	unsigned found = log_scan(line, &at);
	bool ours = false;
	int rc = 0;

	if (l->sched_open && !found && line.n > l->sched_column &&
	    log_sched_detail(&l->sched, str_skip(line, l->sched_column)))
		return 0;
	if (l->sched_open)
		rc = log_put_queue(l, err);
	if (!rc && found & LOG_GC)
		rc = gc_line(l, line, at, &ours, err);
	else if (!rc && l->torn_age)
		rc = torn_line(l, line, &ours, err);
	if (!rc && found & LOG_SCHED) {
		rc = sched_line(l, line, at, err);
		ours = true;
	}
	if (found & LOG_SKIP) {
		log_skip_version(line, &l->version);
		l->skipped++;
		ours = true;
	}
	if (!rc && !ours && (found & LOG_MAYBE_CRASH || l->crash.open))
		rc = crash_line(l, line, &ours, err);
	return rc || ours ? rc : dump_line(l, line, found, whole, err);
}

/* ---- the whole text ---- */

static void see_stamp(struct log *l, struct str line)
{
	struct log_life *life = &l->lives.life[l->lives.at];
	struct stamp s;

	log_time_see(&l->time, line);
	if (life->waits != STORE_NULL && log_time_of(&l->time, line, &s))
		log_life_stamp(life, &s);
}

/* Bounds of the first process's beginning from what the log begins with: the first cycles are as well placed as the
 * last. */
static void learn(struct log *l, struct str head)
{
	struct log_gc g;
	size_t at;

	log_time_learn(&l->time, head);
	l->epoch = l->time.kind != STAMP_NONE;
	while (head.n) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };
		struct stamp own, last = log_time_last(&l->time);
		struct log_life *life = &l->lives.life[0];

		head = str_skip(head, line.n + 1);
		log_said_version(line, &l->version);
		see_stamp(l, line);
		if (!l->epoch || !(log_scan(line, &at) & LOG_GC) || !log_gc_begin(&g, str_skip(line, at)) || !g.done)
			continue;
		if (g.v[GC_N] <= life->n)
			break;
		life->n = g.v[GC_N];
		log_life_bound(life, g.v[GC_START] + g.v[GC_A] + g.v[GC_B] + g.v[GC_C],
			       last.ns == STORE_NULL ? NULL : &last, log_time_of(&l->time, line, &own) ? &own : NULL);
	}
	l->lives.life[0].n = 0;
	l->lives.life[0].waits = STORE_NULL;
	l->time.n_raw = 0;
	l->time.last.ns = STORE_NULL;
}

static int read_line(struct log *l, struct str line, bool whole, struct err *err)
{
	struct str time = STR_NONE, inner;
	struct stamp s;
	size_t used;

	l->line++;
	if (l->line == 1 && str_starts(line, "\xef\xbb\xbf"))
		line = str_skip(line, 3);
	if (line.n > 8 && line.p[0] == '{' && log_unwrap(line, &l->text, &time)) {
		struct buf text = l->text; /* stacks inside are unescaped elsewhere */
		int rc;

		if (timeparse_prefix(time, &s, &used) && l->epoch) {
			l->time.last = s;
			l->time.n_raw = 0;
		}
		l->text = (struct buf){ .limit = text.limit };
		inner = buf_view(&text);
		rc = one_line(l, inner.p ? inner : STR_LIT(""), whole, err);
		buf_free(&l->text);
		l->text = text;
		return rc;
	}
	if (l->epoch)
		see_stamp(l, line);
	return one_line(l, line, whole, err);
}

static int read_lines(struct log *l, struct reader *in, struct err *err)
{
	struct str line, last = STR_NONE;
	uint64_t before = 0, after;
	bool cut, eof = false, whole = true;
	int rc;

	for (;;) {
		rc = reader_line(in, &line, &cut, &eof, err);
		if (rc == ERR_FORMAT) { /* damaged from here on: what came before counts */
			l->dump->stop = *err;
			rc = 0;
			eof = true;
		}
		if (rc || eof)
			break;
		after = reader_offset(in);
		whole = cut || after - before > line.n;
		before = after;
		last = whole ? STR_NONE : line;
		rc = read_line(l, line, whole, err);
		if (rc)
			return rc;
	}
	if (!rc && l->sched_open)
		rc = log_put_queue(l, err);
	if (!rc)
		rc = frames_end(l, err);
	torn_lost(l);
	return rc ? rc : godump_feed_end(l->dump, last, whole, 0, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct log *l = calloc(1, sizeof(*l));
	struct str head;
	int rc;

	if (!l)
		return err_nomem(err);
	l->o = o;
	l->out = out;
	l->version = (struct log_version){ STORE_NULL, STORE_NULL };
	l->procs = STORE_NULL;
	l->text.limit = l->frames.limit = (size_t)o->limits->line_bytes * 2;
	for (int i = 0; i < SERIES_N; i++)
		l->last_point[i] = INT64_MIN;
	log_lives_init(&l->lives);
	rc = godump_open(&l->dump, o, out, err);
	if (!rc)
		rc = reader_peek(in, 65536, &head, err);
	if (!rc) {
		l->dump->fed = true;
		learn(l, head);
		rc = read_lines(l, in, err);
	}
	if (!rc)
		rc = log_put_end(l, err);
	godump_close(l->dump);
	buf_free(&l->crash.text);
	buf_free(&l->frames);
	buf_free(&l->text);
	free(l);
	return rc;
}

/* ---- is it one? ---- */

struct look {
	bool first, pure; /* the first line that is not blank is a dump's header */
	bool runtime;	  /* something of the runtime's that a dump alone does not have */
	bool stack;
	bool name; /* the line before was a lone function name */
};

static void look_at(struct look *k, struct str line)
{
	struct godump_header h;
	struct log_sched s;
	struct log_gc g;
	size_t at = 0;
	unsigned found = log_scan(line, &at);

	if (found & LOG_GC)
		k->runtime = k->runtime || (log_gc_begin(&g, str_skip(line, at)) && g.done);
	else if (found & LOG_SCHED)
		k->runtime = k->runtime || log_sched_line(&s, str_skip(line, at));
	else if (found & LOG_MAYBE_CRASH)
		k->runtime = k->runtime || log_crash_certain(str_skip(line, log_message(line)));
	if (!k->first && line.n) {
		k->first = true;
		k->pure = godump_header(line, &h);
	}
	if (found & LOG_MAYBE_STACK)
		k->stack = k->stack || godump_text_header(line, &at, &h) || memmem(line.p, line.n, "]:\\n", 4);
	if (found & LOG_JSON_STACK)
		k->stack = k->stack || memmem(line.p, line.n, ".go:", 4);
	k->stack = k->stack || (k->name && log_place_line(line));
	k->name = log_name_line(line);
}

static bool sniff(struct str head)
{
	struct look k = { 0 };

	if (!head.n || memchr(head.p, 0, head.n < 512 ? head.n : 512))
		return false;
	while (head.n && !k.runtime) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };

		head = str_skip(head, line.n + 1);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		look_at(&k, line);
	}
	return k.runtime || (k.stack && !k.pure);
}

bool log_plain(struct str head)
{
	unsigned lines = 0, stamped = 0;
	struct log_time t;
	struct stamp s;

	log_time_learn(&t, head);
	while (head.n) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };
		size_t at = log_message(line);

		lines++;
		if (at ? line.p[at - 1] == ' ' : line.n && line.p[0] == '{' && log_time_of(&t, line, &s))
			stamped++;
		head = str_skip(head, line.n + 1);
	}
	return lines >= 3 && stamped * 2 > lines;
}

bool log_long(struct str head)
{
	return head.n >= 65536 && log_plain(head);
}

const struct decoder decoder_log = { .kind = "log", .version = 1, .sniff = sniff, .decode = decode };
