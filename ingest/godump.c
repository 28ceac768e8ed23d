// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * godump.c - goroutine dumps: debug=2, runtime.Stack, SIGQUIT, panics, also inside logs
 *
 * A text is lines; a block is a header and what belongs to it; a dump is the blocks of one moment. Nothing in the
 * format says where a dump ends. A new one begins at a header
 *
 *     - whose goroutine was seen in this dump already (GOTRACEBACK=crash repeats itself behind "-----": there the first
 * counts),
 *     - behind a crash line or registers (panic:, fatal error:, SIGQUIT:, exit status),
 *     - that is "running" behind other text: only the goroutine that dumps is running, and it comes first,
 *     - without the blank line that parts blocks: two files were joined.
 *
 * Lines of other writers inside a block are skipped. An incomplete last frame is dropped, its goroutine is kept.
 * A crash that prints one goroutine is not a dump of the process: such traces become one profile of their own,
 * goroutine_trace.
 *
 * One pass, no allocation a line: what is new goes to godump_stack.c's maps, everything else is a comparison.
 */
#include "ingest/godump.h"

#include <stdlib.h>

#include "core/buf.h"
#include "ingest/grow.h"
#include "ingest/timeparse.h"

enum { EVENTS_MAX = 1000 };

/* ---- blocks ---- */

static void at_least(int64_t v, int64_t *min)
{
	if (*min == STORE_NULL || v > *min)
		*min = v;
}

static void reset_cursor(struct godump *g)
{
	g->at = (struct godump_cursor){ .node = TREE_NONE };
	g->stack_cut = false;
}

/* Counts the block that is open into its group. */
static int end_block(struct godump *g, struct err *err)
{
	int rc;

	if (g->where == OUTSIDE || (g->where == SKIP && !g->own_frames)) {
		g->where = OUTSIDE;
		return 0;
	}
	g->where = OUTSIDE;
	g->own_frames = false;
	g->key.stack = g->at.node;
	if (g->stack_cut || g->at.frames >= g->o->limits->stack_frames || g->at.frames >= GODUMP_FRAMES)
		g->key.flags |= GODUMP_CUT;
	rc = godump_count(&g->stacks, &g->key, g->o->limits, &g->last_group, err);
	if (rc)
		return rc;
	g->last_running = str_is(g->stacks.states.key[g->key.state], "running");
	g->dump[g->n_dumps - 1].running += g->last_running;
	g->dump[g->n_dumps - 1].goroutines++;
	return 0;
}

static int new_dump(struct godump *g, struct str prefix, struct err *err)
{
	struct godump_dump *d;
	struct stamp t;
	size_t used;
	int rc;

	rc = grow(&g->dump, &g->cap_dump, g->n_dumps + 1, sizeof(*g->dump), err);
	if (rc)
		return rc;
	d = &g->dump[g->n_dumps++];
	*d = (struct godump_dump){ .line = g->line, .t = STORE_NULL, .trace = g->panic || g->text || g->in_json };
	while (prefix.n && !(prefix.p[0] >= '0' && prefix.p[0] <= '9'))
		prefix = str_skip(prefix, 1);
	if (g->fed)
		d->t = g->now;
	else if (timeparse_prefix(prefix, &t, &used))
		d->t = t.ns;
	idmap_free(&g->ids);
	g->dump_dashes = g->dump_blank = false;
	g->last_group = GODUMP_NONE;
	return 0;
}

/* True when this goroutine was seen in the dump. A bounded memory: see GODUMP_IDS. */
static bool seen(struct godump *g, uint64_t id)
{
	uint32_t n = (uint32_t)(g->dump[g->n_dumps - 1].goroutines & 0x7fffffff);

	if (g->ids.n >= GODUMP_IDS)
		return idmap_get(&g->ids, id) != MAP_NONE;
	return idmap_add(&g->ids, id, n) != n;
}

/* The goroutine that wrote a second dump stood before the one that told so: it moves over. */
static int take_writer(struct godump *g, struct err *err)
{
	struct godump_group *group;
	struct godump_key key;
	uint32_t last = g->last_group;

	if (!g->last_running || last == GODUMP_NONE || g->dump[g->n_dumps - 1].goroutines < 2)
		return new_dump(g, STR_NONE, err);
	group = &g->stacks.group[last];
	key = group->key;
	group->count--;
	g->dump[g->n_dumps - 1].goroutines--;
	g->dump[g->n_dumps - 1].running--;
	if (new_dump(g, STR_NONE, err))
		return (int)err->code;
	key.dump = (uint32_t)g->n_dumps - 1;
	g->dump[g->n_dumps - 1].goroutines = 1;
	g->dump[g->n_dumps - 1].running = 1;
	return godump_count(&g->stacks, &key, g->o->limits, &g->last_group, err);
}

/* Whether the text before this header ended the dump. */
static bool dump_ended(const struct godump *g, bool running)
{
	if (!g->n_dumps || g->marker)
		return true;
	if (g->text && running)
		return true;
	return !g->blank && !g->text && g->dump[g->n_dumps - 1].goroutines > 0 && (running || g->dump_blank);
}

static int open_block(struct godump *g, struct str prefix, struct err *err)
{
	bool running = str_is(g->head.state, "running");
	int rc = 0;

	reset_cursor(g);
	g->own_frames = false;
	if (g->head.id == 0) {	/* the stack a thread schedules on: no goroutine */
		g->schedulers++;
		g->where = SKIP;
		return 0;
	}
	if (dump_ended(g, running))
		rc = new_dump(g, prefix, err);
	else
		g->dump_blank = g->dump_blank || g->blank;
	if (!rc && seen(g, g->head.id)) {
		if (g->dump_dashes) {
			g->repeated++;
			g->where = SKIP;
			return 0;
		}
		rc = take_writer(g, err);
		if (!rc)
			seen(g, g->head.id);
	}
	g->marker = g->panic = g->text = g->blank = false;
	g->where = FRAMES;
	g->own_frames = true;
	g->key = (struct godump_key){ .dump = (uint32_t)g->n_dumps - 1, .creator = GODUMP_NONE, .minutes = -1 };
	if (g->head.minutes != STORE_NULL)
		g->key.minutes = (int32_t)g->head.minutes;
	g->key.flags = (g->head.locked ? GODUMP_LOCKED : 0u) | (g->head.leaked ? GODUMP_LEAKED : 0u);
	if (!rc)
		rc = godump_state(&g->stacks, g->head.state, &g->key.state, err);
	if (!rc)
		rc = godump_labelset(&g->labels, g->head.labels, g->o->limits, &g->key.labelset, err);
	if (g->head.has_gp)
		at_least(22, &g->go_min);
	if (g->head.durable)
		at_least(25, &g->go_min);
	if (g->head.leaked || g->head.labels.p)
		at_least(26, &g->go_min);
	return rc;
}

/* ---- lines of a block ---- */

/* A frame that is only a name. */
static int push_bare(struct godump *g, struct str name, struct err *err)
{
	godump_hold_name(&g->stacks, &g->at, name);
	return godump_push_place(&g->stacks, &g->at, STR_LIT(""), g->o->limits, err);
}

static int created_by(struct godump *g, struct str rest, bool *ok, struct err *err)
{
	struct godump_stacks *s = &g->stacks;
	struct str name;
	bool parent;

	*ok = godump_creator(rest, &name, &parent);
	if (!*ok)
		return 0;
	g->where = CREATOR;
	g->at.name = STR_NONE;
	g->with_parent += parent;
	g->without_parent += !parent && !str_is(name, "time.goFunc") && !str_starts(name, "runtime.");
	g->creator_guess = godump_last_group(s, g->at.node);
	if (g->creator_guess != GODUMP_NONE) {
		g->key.creator = s->group[g->creator_guess].key.creator;
		if (g->key.creator != GODUMP_NONE && str_eq(s->names.key[g->key.creator], name))
			return 0;
		g->creator_guess = GODUMP_NONE;
	}
	return godump_intern_name(s, name, &g->key.creator, err);
}

static int creator_place(struct godump *g, struct str place, struct err *err)
{
	struct godump_stacks *s = &g->stacks;

	if (g->creator_guess != GODUMP_NONE) {
		g->key.creator_place = s->group[g->creator_guess].key.creator_place;
		if (str_eq(s->places.key[g->key.creator_place], place))
			return 0;
	}
	return godump_intern_place(s, place, &g->key.creator_place, err);
}

/* The second line of a frame: blanks, a place. whole: the line's end was in the file. */
static int place_line(struct godump *g, struct str line, bool whole, struct err *err)
{
	struct str place = STR_LIT("");
	bool offset = false, found;

	while (line.n && (line.p[0] == '\t' || line.p[0] == ' '))
		line = str_skip(line, 1);
	if (whole && g->where == FRAMES && godump_guess_place(&g->stacks, &g->at, line))
		return 0;
	found = godump_place(line, &place, &offset);
	if (!whole && !(found && offset)) { /* ":30" may be what is left of ":3070 +0x385" */
		g->cut = true;
		return 0;
	}
	if (g->where == CREATOR) {
		g->where = SKIP; /* ancestors may follow */
		return found ? creator_place(g, place, err) : 0;
	}
	if (g->where != FRAMES || !g->at.name.p)
		return 0;
	if (!found && !str_starts(line, "pc=0x"))
		return 0;
	return godump_push_place(&g->stacks, &g->at, place, g->o->limits, err);
}

/* Lines that begin with "...": frames left out in the middle, or the root end. */
static int elided_line(struct godump *g, struct str line, struct err *err)
{
	if (str_is(line, "...additional frames elided...")) {
		g->stack_cut = true;
		return 0;
	}
	if (line.n < 21 || memcmp(line.p + line.n - 17, " frames elided...", 17) != 0)
		return 0;
	g->elided++;
	at_least(21, &g->go_min);
	return push_bare(g, STR_LIT("[elided]"), err);
}

static int other_text(struct godump *g, struct str line, struct err *err);

/* A name without arguments, as a C symbolizer gives it. Its place may follow. */
static int foreign_name(struct godump *g, struct str line, struct err *err)
{
	struct str place;
	bool offset;

	/* Collectors that trim lines take the place's tab. */
	if (g->at.name.p && memmem(line.p, line.n, ".go:", 4) && godump_place(line, &place, &offset))
		return godump_push_place(&g->stacks, &g->at, place, g->o->limits, err);
	if (g->at.name.p || line.n > 512 || memchr(line.p, ' ', line.n) || memchr(line.p, '\t', line.n))
		return other_text(g, line, err);
	godump_hold_name(&g->stacks, &g->at, line);
	return 0;
}

static int frame_line(struct godump *g, struct str line, struct err *err)
{
	bool ok = true;
	int rc;

	if (line.p[0] == '.' && str_starts(line, "..."))
		return elided_line(g, line, err);
	if (line.p[0] == 'c' && str_starts(line, "created by ")) {
		rc = created_by(g, str_skip(line, 11), &ok, err);
		if (rc || ok)
			return rc;
	}
	if (line.p[0] == '[' && str_starts(line, "[originating from goroutine ")) {
		g->where = SKIP;
		return 0;
	}
	if (line.p[0] == 'n' && str_starts(line, "non-Go function")) {
		if (str_starts(line, "non-Go function at pc="))
			return push_bare(g, STR_LIT("non-Go function"), err);
		godump_hold_name(&g->stacks, &g->at, STR_LIT("non-Go function"));
		return 0;
	}
	return godump_push_name(&g->stacks, &g->at, line) ? 0 : foreign_name(g, line, err);
}

/* ---- lines around blocks ---- */

static int crash_event(struct godump *g, struct str line, enum godump_text kind, struct err *err)
{
	struct str text = godump_text_public(line, kind);

	if (!text.p || g->fed || g->events++ >= EVENTS_MAX)
		return 0;
	return put_event(g->out, err,
			 (struct rec_event){ .t = STORE_NULL,
					     .span = 0,
					     .kind = kind == GODUMP_PANIC   ? STR_LIT("panic")
						     : kind == GODUMP_FATAL ? STR_LIT("fatal")
									    : STR_LIT("signal"),
					     .text = text });
}

int godump_mark(struct godump *g, enum godump_text kind, struct err *err)
{
	int rc;

	switch (kind) {
	case GODUMP_PLAIN:
		if (g->where == OUTSIDE)
			g->text = true;
		return 0;
	case GODUMP_GCTRACE:
		g->gctrace++;
		return 0;
	case GODUMP_DASHES:
		g->dump_dashes = true;
		g->marker = g->text = false;	/* the registers before it end a thread's part, not the dump */
		return end_block(g, err);
	default:
		break;
	}
	rc = end_block(g, err);
	if (!g->dump_dashes)
		g->marker = true;
	g->panic = g->panic || kind == GODUMP_PANIC || kind == GODUMP_FATAL;
	return rc;
}

/* Text that is none of a dump's: told apart only where it ends one. */
static int other_text(struct godump *g, struct str line, struct err *err)
{
	enum godump_text kind = godump_text_kind(line);
	int rc = godump_mark(g, kind, err);

	return rc ? rc : crash_event(g, line, kind, err);
}

static int one_line(struct godump *g, struct str line, bool whole, struct err *err);

/* A dump inside a string of a JSON line: its lines, as if they stood in the file. */
static int json_lines(struct godump *g, struct err *err)
{
	struct str rest = buf_view(&g->json);
	size_t column = g->column;
	int rc = end_block(g, err);

	g->in_json = g->text = g->marker = true;
	g->column = 0;
	while (rest.n && !rc) {
		const char *nl = memchr(rest.p, '\n', rest.n);
		struct str line = { rest.p, nl ? (size_t)(nl - rest.p) : rest.n };

		rc = one_line(g, line, true, err);
		rest = str_skip(rest, line.n + 1);
	}
	if (!rc)
		rc = end_block(g, err);
	g->in_json = false;
	g->marker = true;
	g->column = column;
	return rc;
}

int godump_frames(struct godump *g, struct str text, struct err *err)
{
	size_t column = g->column;
	int rc = end_block(g, err);

	g->head = (struct godump_header){ .id = UINT64_MAX, .state = STR_LIT("running"), .minutes = STORE_NULL };
	g->marker = g->text = true;
	g->column = 0;
	if (!rc)
		rc = open_block(g, STR_NONE, err);
	while (text.n && !rc) {
		const char *nl = memchr(text.p, '\n', text.n);
		struct str line = { text.p, nl ? (size_t)(nl - text.p) : text.n };

		rc = one_line(g, line, true, err);
		text = str_skip(text, line.n + 1);
	}
	if (!rc)
		rc = end_block(g, err);
	g->marker = true;
	g->column = column;
	return rc;
}

/* A line that is not in its place: a header behind a prefix, JSON, text. */
static int stray_line(struct godump *g, struct str line, struct err *err)
{
	struct godump_header h;
	size_t column;
	int rc;

	if (godump_text_header(line, &column, &h)) {
		rc = end_block(g, err);
		g->head = h;
		g->column = column;
		return rc ? rc : open_block(g, (struct str){ line.p, column }, err);
	}
	if (!g->in_json && godump_text_json(line, &g->json))
		return json_lines(g, err);
	return other_text(g, str_skip(line, line.n > g->column ? g->column : 0), err);
}

static bool blank_line(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\r')
			return false;
	return true;
}

static int one_line(struct godump *g, struct str whole_line, bool whole, struct err *err)
{
	struct str line = whole_line;
	int rc;

	if (g->column)
		line = str_skip(line, g->column);
	if (line.n == 0 || (line.p[0] <= ' ' && blank_line(line))) {
		g->blank = true;
		return end_block(g, err);
	}
	if (line.p[0] == '\t' || (line.p[0] == ' ' && g->where != OUTSIDE && g->where != SKIP))
		return g->where == OUTSIDE || g->where == SKIP ? 0 : place_line(g, line, whole, err);
	if (line.p[0] == 'g' && godump_header(line, &g->head)) {
		rc = end_block(g, err);
		return rc ? rc : open_block(g, (struct str){ whole_line.p, g->column }, err);
	}
	if (g->where != FRAMES)
		return stray_line(g, whole_line, err);
	if (line.p[line.n - 1] == ':' || line.p[line.n - 1] == ']' || line.p[line.n - 1] == '}') {
		struct godump_header h;
		size_t column;

		if (godump_text_header(whole_line, &column, &h) || line.p[line.n - 1] == '}')
			return stray_line(g, whole_line, err);
	}
	return frame_line(g, line, err);
}

/* ---- the whole text ---- */

/* Buffers that dumps are written to: when one is full to the byte, the rest is missing. */
static bool full_buffer(uint64_t bytes)
{
	return bytes >= 65536 && bytes <= UINT64_C(64) << 20 && (bytes & (bytes - 1)) == 0;
}

/* Decides whether the end is missing: of the last block, or of the dump. */
static void end_of_text(struct godump *g, struct str last, bool whole, uint64_t bytes)
{
	bool header = !whole && last.n && memcmp(last.p, "goroutine ", last.n < 10 ? last.n : 10) == 0;

	g->full = full_buffer(bytes) && g->n_dumps == 1;
	g->cut = g->cut || g->stop.code || g->full || (g->where == OUTSIDE && header) || g->where == CREATOR ||
		 (g->where == FRAMES && g->at.name.p);
	if (!g->cut)
		return;
	g->cut_goroutine = g->where == FRAMES || g->where == CREATOR ? g->head.id : 0;
	g->stack_cut = g->where == FRAMES;
}

int godump_open(struct godump **out, const struct decode_opts *o, struct sink *sink, struct err *err)
{
	struct godump *g = calloc(1, sizeof(*g));

	*out = g;
	if (!g)
		return err_nomem(err);
	g->o = o;
	g->out = sink;
	g->go_min = g->go_max = g->now = STORE_NULL;
	g->last_group = g->creator_guess = GODUMP_NONE;
	g->json.limit = (size_t)o->limits->line_bytes * 2;
	reset_cursor(g);
	return godump_stacks_init(&g->stacks, o->limits, err);
}

void godump_close(struct godump *g)
{
	if (!g)
		return;
	godump_stacks_free(&g->stacks);
	godump_labels_free(&g->labels);
	idmap_free(&g->ids);
	buf_free(&g->json);
	free(g->dump);
	free(g);
}

int godump_feed(struct godump *g, struct str line, bool whole, struct err *err)
{
	return one_line(g, line, whole, err);
}

int godump_feed_end(struct godump *g, struct str last, bool whole, uint64_t bytes, struct err *err)
{
	end_of_text(g, g->column ? STR_NONE : last, whole, bytes);
	return end_block(g, err);
}
