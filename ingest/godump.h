/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * godump.h - what the files godump*.c share: the dumps of one text while it is being read
 *
 *     godump.c         lines in, blocks and dumps told apart             godump_read.c    the decoder: a text to lines
 *     godump_line.c    the grammar of one line: header, function, place      godump_text.c  text around dumps:
 * prefixes, crashes godump_stack.c   distinct stacks and groups                            godump_labels.c  label sets
 *   at the end:
 *     godump_put.c     groups to records, godump_total.c function totals, godump_class.c wait classes, godump_version.c
 * Go versions
 */
#ifndef INGEST_GODUMP_H
#define INGEST_GODUMP_H

#include "core/arena.h"
#include "core/map.h"
#include "ingest/decoder.h"
#include "ingest/tree.h"

#define GODUMP_NONE UINT32_MAX

/* ---- one line ---- */

struct godump_header {
	uint64_t id;
	struct str state;	/* without (leaked), (scan), (durable) */
	struct str labels;	/* what stands between { and }; p NULL: none */
	int64_t minutes;	/* STORE_NULL: not said */
	bool locked, leaked, durable, has_gp;
};

/* line begins at "goroutine ". false: not a header. */
bool godump_header(struct str line, struct godump_header *h);
/* "main.(*T).f(0x1, {...})": the name, without its arguments. */
bool godump_func(struct str line, struct str *name, bool *inlined);
/* "/a/b.go:12 +0x1f fp=...": "/a/b.go:12", with *offset telling whether " +0x" follows. */
bool godump_place(struct str line, struct str *place, bool *offset);
/* "/a/b.go:12" taken apart. */
void godump_place_split(struct str place, struct str *file, uint32_t *line);
/* "main.f in goroutine 12": the name; *parent tells whether a goroutine is named. */
bool godump_creator(struct str rest, struct str *name, bool *parent);
/* One quoted string of labels at s[*at], without its quotes and with its escapes undone, into out. */
bool godump_unquote(struct str s, size_t *at, struct buf *out);

/* ---- text around ---- */

enum godump_text { GODUMP_PLAIN, GODUMP_PANIC, GODUMP_FATAL, GODUMP_SIGNAL, GODUMP_END, GODUMP_DASHES, GODUMP_GCTRACE };
enum godump_text godump_text_kind(struct str line);
/* The column of a header behind a log prefix; false: none. */
bool godump_text_header(struct str line, size_t *column, struct godump_header *h);
/* The dump inside a line of JSON, escapes undone, into out. */
bool godump_text_json(struct str line, struct buf *out);
/* What may be repeated of a crash line: runtime texts, never a panic's own value. */
struct str godump_text_public(struct str line, enum godump_text kind);

/* ---- stacks and groups ---- */

/* Goroutines that share all this are one group. */
struct godump_key {
	uint32_t dump, stack, state, creator, creator_place, labelset;
	int32_t minutes;	/* -1: not said */
	uint32_t flags;
};
enum { GODUMP_LOCKED = 1, GODUMP_LEAKED = 2, GODUMP_CUT = 4 };	/* CUT: the root end is lost */
enum { GODUMP_FRAMES = 4096 };	/* of one stack, whatever the limit stack_frames says */

struct godump_group {
	struct godump_key key;
	int64_t count;
};

/* A frame and the stack below it, LEAF FIRST: its children are callers. All that a line is compared with at hand. */
struct godump_node {
	const char *name, *place;	/* place: "path:line", empty when unknown */
	uint32_t name_n, place_n;
	uint32_t func, at;		/* numbers of name and place */
	uint32_t parent;		/* TREE_NONE: this is a leaf */
	uint32_t inlined;
	uint32_t guess[2];		/* callers that followed, the newest first; TREE_NONE: none */
	uint32_t last_group;
	uint32_t zero;
};

struct godump_slot;
struct godump_table {
	struct godump_slot *slot;
	size_t n;			/* a power of two */
};
enum { GODUMP_STATES = 32 };

struct godump_stacks {
	struct map names, places, states;
	struct godump_node *node;
	size_t n, cap;
	struct godump_table frames;	/* (parent, name, place, inlined) -> node */
	struct godump_table keys;	/* struct godump_key -> group */
	uint64_t secret[2];		/* of their hash */
	uint32_t often[GODUMP_STATES];	/* states, by length and first letter: what the next one probably is */
	struct godump_node none;	/* below every leaf: its guesses and group are those of empty stacks */
	char held[4096];		/* a name whose place has not come */
	struct godump_group *group;
	uint32_t n_groups;
	size_t cap_group;
};

/* A stack being read. */
struct godump_cursor {
	uint32_t node;		/* TREE_NONE: no frame yet */
	struct str name;	/* of a frame whose place has not come; p NULL: none */
	bool expected[2];	/* it is that of guess[i] */
	bool inlined;
	uint32_t frames;
};

int godump_stacks_init(struct godump_stacks *s, const struct limits *l, struct err *err) ERR_MUST_CHECK;
void godump_stacks_free(struct godump_stacks *s);
/* The name of a function line; leaves c alone and returns false when it is none. */
bool godump_push_name(struct godump_stacks *s, struct godump_cursor *c, struct str line);
/* A name that is no Go function line: C functions, frames left out. */
void godump_hold_name(struct godump_stacks *s, struct godump_cursor *c, struct str name);
/* True when line is the place expected behind the name before: the frame is taken. */
bool godump_guess_place(struct godump_stacks *s, struct godump_cursor *c, struct str line);
/* Takes frames at the head of text (two whole lines each) as long as they are those expected behind c, which holds no
 * name. Returns the bytes taken. */
size_t godump_guess_frames(const struct godump_stacks *s, struct godump_cursor *c, struct str text, const struct limits *l,
			   uint64_t *lines);
/* The place that belongs to the name before; place.n 0: unknown. */
int godump_push_place(struct godump_stacks *s, struct godump_cursor *c, struct str place, const struct limits *l,
		      struct err *err) ERR_MUST_CHECK;
int godump_intern_name(struct godump_stacks *s, struct str name, uint32_t *out, struct err *err) ERR_MUST_CHECK;
int godump_intern_place(struct godump_stacks *s, struct str place, uint32_t *out, struct err *err) ERR_MUST_CHECK;
int godump_state(struct godump_stacks *s, struct str state, uint32_t *out, struct err *err) ERR_MUST_CHECK;
/* The group the last goroutine of this stack joined; GODUMP_NONE. */
uint32_t godump_last_group(const struct godump_stacks *s, uint32_t stack);
int godump_count(struct godump_stacks *s, const struct godump_key *key, const struct limits *l, uint32_t *group,
		 struct err *err) ERR_MUST_CHECK;

/* ---- labels ---- */

struct godump_label_key {
	uint32_t values, first;	/* how many, and the number of one */
	bool dropped;
};
struct godump_labels {
	struct map keys, values, sets;		/* values: key number and text; sets: sorted numbers of values */
	struct godump_label_key *key;
	size_t cap_key;
	struct str last;			/* the text parsed last, and its set: dumps repeat them */
	struct buf last_text, scratch;
	uint32_t last_set;
	uint32_t *out;				/* by set: its record, once put */
	bool broken;				/* some labels could not be read */
};
/* The set of a header's label text: 0 empty, else number + 1. */
int godump_labelset(struct godump_labels *l, struct str text, const struct limits *lim, uint32_t *out, struct err *err)
	ERR_MUST_CHECK;
int godump_labels_put(struct godump_labels *l, const struct limits *lim, struct sink *out,
		      struct err *err) ERR_MUST_CHECK;
void godump_labels_free(struct godump_labels *l);

/* ---- the whole text ---- */

struct godump_dump {
	uint64_t line;		/* of its first header */
	int64_t t;		/* of its first header's log prefix; STORE_NULL */
	uint64_t goroutines, running;
	int64_t depth_cut;	/* set at the end */
	bool trace;		/* behind text: if it is one running goroutine, it is a crash's trace and no dump */
	uint32_t profile;	/* its record */
};

struct godump {
	const struct decode_opts *o;
	struct sink *out;
	struct reader *in;
	struct godump_stacks stacks;
	struct godump_labels labels;
	struct godump_dump *dump;
	size_t n_dumps, cap_dump;

	/* the block being read */
	enum { OUTSIDE, FRAMES, CREATOR, SKIP } where;
	struct godump_header head;
	struct godump_key key;
	struct godump_cursor at;
	uint32_t creator_guess;		/* the group this one would join */
	bool own_frames;		/* the block counts */
	bool stack_cut;			/* the block's root end is lost */

	/* between blocks */
	size_t column;			/* of headers: the length of the log prefix */
	bool blank, text, marker, panic, dashes, dump_dashes, dump_blank;
	struct idmap ids;		/* of the dump's first goroutines */
	uint32_t last_group;		/* the group of the block before */
	bool last_running;
	uint64_t line;
	bool in_json;
	struct buf json;

	/* what versions and notes are made of */
	uint64_t schedulers, elided, repeated, gctrace, events;
	uint64_t with_parent, without_parent;
	int64_t go_min, go_max;
	bool cut, full;			/* the end is missing; the text fills a buffer to the byte */
	uint64_t cut_goroutine;
	struct err stop;

	/* set by who feeds lines: times and events are theirs */
	bool fed;
	int64_t now;			/* of the line, STORE_NULL unknown */
};

#define GODUMP_IDS 65536	/* ids remembered of a dump: a second one begins with the oldest goroutines again */

int godump_note(struct godump *g, bool lost, uint64_t line, struct err *err, const char *fmt, ...)
	ERR_PRINTF(5, 6) ERR_MUST_CHECK;
int godump_put(struct godump *g, struct err *err) ERR_MUST_CHECK;

/* ---- fed line by line by another decoder: open, set fed and each line's number, feed, feed_end, put, close ---- */

int godump_open(struct godump **out, const struct decode_opts *o, struct sink *sink, struct err *err) ERR_MUST_CHECK;
void godump_close(struct godump *g);	/* NULL is fine */
int godump_feed(struct godump *g, struct str line, bool whole, struct err *err) ERR_MUST_CHECK;
/* bytes: of the whole text; 0 when dumps are only a part of it. */
int godump_feed_end(struct godump *g, struct str last, bool whole, uint64_t bytes, struct err *err) ERR_MUST_CHECK;
/* A crash line, registers, dashes: what tells one dump from the next. */
int godump_mark(struct godump *g, enum godump_text kind, struct err *err) ERR_MUST_CHECK;
/* Frames that have no header: the trace of one running goroutine. */
int godump_frames(struct godump *g, struct str text, struct err *err) ERR_MUST_CHECK;
/* Outside of blocks a line that holds no header and ends nothing may be told by this alone. */
static inline bool godump_idle(const struct godump *g)
{
	return g->where == OUTSIDE || g->where == SKIP;
}
static inline void godump_pass(struct godump *g, bool text)
{
	g->text = g->text || (text && g->where == OUTSIDE);
}
/* Names of a stack, leaf first; the words of a header. */
const char *godump_class(struct str state, const struct str *name, size_t n);
/* Narrows [*min, *max] (Go minor versions) by what a header's state, a path of the standard library say. */
void godump_version_state(struct str state, int64_t *min, int64_t *max);
void godump_version_path(struct str file, int64_t *min, int64_t *max);

#endif
