/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ui.h - what the files of report/triage share: views, their lines, the state that several views show
 *
 * A view is a list of lines behind `struct view`. A small one builds all its lines at once into a doc (doc.h, wrapped to the width); a
 * large one (the tree, a million call sites) makes the lines that are looked at. Everything that all views can do (move, search,
 * filter, mark, note, jump back) is done over that interface in ui.c and find.c.
 */
#ifndef REPORT_TRIAGE_UI_H
#define REPORT_TRIAGE_UI_H

#include "report/model.h"
#include "report/plot.h"
#include "report/triage/costs.h"
#include "report/triage/doc.h"
#include "report/triage/item.h"
#include "report/triage/keys.h"
#include "report/triage/search.h"
#include "report/triage/triage.h"

enum view_id {
	VIEW_CAUSES, VIEW_ADVICE, VIEW_SIGNALS, VIEW_TREE, VIEW_FLAME, VIEW_FUNCTION, VIEW_GOROUTINES, VIEW_TIME, VIEW_FILES, VIEW_SQL,
	VIEW_COMPARE, VIEW_HELP, VIEWS,
};

struct ui;

struct view {
	const char *name, *tab, *about;	/* tab: at most six letters, so that all fit in 80 columns */
	/* Makes the lines anew after anything they show changed, or the width. */
	int (*build)(struct ui *u, struct err *err);
	/* NULL, NULL: the view's doc. Text goes to out; the item is what the line is about. */
	size_t (*count)(const struct ui *u);
	struct item (*line)(struct ui *u, size_t i, struct buf *out);
	/* Only what search looks at; NULL: the line itself. */
	void (*words)(struct ui *u, size_t i, struct buf *out);
	/* true: done, and the general meaning does not apply. */
	bool (*act)(struct ui *u, enum act a, struct item at);
	void (*title)(const struct ui *u, struct buf *out);	/* what is shown and how; NULL: nothing to say */
	void (*head)(const struct ui *u, struct buf *out);	/* of the columns, a line that stays; NULL: none */
	bool uses_costs;		/* shows sums of the call tree */
};
extern const struct view view_causes, view_advice, view_signals, view_tree, view_flame, view_function, view_goroutines, view_time,
	view_files, view_sql, view_compare, view_help;
extern const struct view *const views[VIEWS];

struct place { size_t cur, top; unsigned left; };

/* What is kept while filtering: line numbers of the view, grown piece by piece. */
struct shown { uint32_t *v; size_t n, cap, looked; bool on, done; };

enum prompt_kind { PROMPT_NONE, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_FOCUS, PROMPT_IGNORE, PROMPT_NOTE, PROMPT_EXPORT, PROMPT_SQL, PROMPT_WITH };

struct prompt {
	enum prompt_kind kind;
	const char *label;
	char text[1024];		/* UTF-8 */
	size_t n;
	struct item about;
};

struct mark { struct str anchor, kind, text; };
struct note { struct str anchor, text; };
struct back { enum view_id view; struct place place; uint32_t symbol; };
#define BACK 64

struct ui {
	const struct triage_opts *o;
	struct store *st;
	struct report_model *m, *other;	/* other: NULL without a run to compare with */
	struct store *other_st;
	bool other_foreign;	/* as foreign in triage_opts */
	unsigned others;	/* how many there were so far: tells one from the next */
	struct costs *costs;
	struct plots *plots;
	struct arena arena;		/* marks, notes, small things that live as long as the session */
	unsigned rows, columns, body, head;	/* of the screen; body: lines of a view, head: lines above it */
	bool utf8, quit, dirty, ended;

	enum view_id view;
	struct place place[VIEWS];
	struct doc doc[VIEWS];
	struct shown shown;
	struct back back[BACK];
	size_t n_back;
	bool *open[ITEM_KINDS];		/* which items show what is below them */

	struct search *search, *filter, *focus, *ignore;
	char search_text[256], filter_text[256], focus_text[256], ignore_text[256];
	struct { bool on, backward; size_t at, left; } seek;
	struct prompt prompt;
	struct buf said, line;		/* the message; scratch of one line */
	bool bad;			/* the message is a refusal */

	bool window_on;			/* [lo, hi) s from the start of load */
	double window_lo, window_hi, cursor, span;

	struct triage_cause *rank;	/* one a cause, in the model's order */
	size_t *order;			/* causes by score */
	struct buf why;			/* of the ranking */
	struct mark *marks;
	size_t n_marks, cap_marks, n_exported;
	bool asked;			/* whether to leave without an export */
	struct note *notes;
	size_t n_notes, cap_notes;

	uint32_t symbol;		/* of the function view; 0: none yet */
	struct tree_state *tree;
	struct flame_state *flame;
	struct time_state *time;
	struct sql_state *sql;
	struct stacks_state *stacks;
	struct function_state *function;
};

/* ---- ui.c */
void ui_say(struct ui *u, const char *fmt, ...) ERR_PRINTF(2, 3);	/* the bottom line, until the next key */
void ui_refuse(struct ui *u, const struct err *err);
void ui_go(struct ui *u, enum view_id v);		/* remembers where we were */
void ui_dirty(struct ui *u);				/* what is shown changed: lines are made anew */
void ui_costs(struct ui *u);				/* focus, ignore or window changed: sums are made anew */
struct item ui_item(struct ui *u);			/* under the cursor */
size_t ui_count(struct ui *u);
size_t ui_real(const struct ui *u, size_t shown);	/* line of the view behind a shown line */
struct item ui_line(struct ui *u, size_t real, struct buf *out);
/* The cursor to the first line about this item; false: there is none. */
bool ui_find(struct ui *u, struct item it);
bool ui_toggle(struct ui *u, struct item it, int how);	/* how: 1 open, -1 close, 0 the other; false: it was so already */
bool ui_is_open(const struct ui *u, struct item it);
void ui_clean(struct buf *out, struct str s);		/* appends text of the database, made harmless */
bool ui_in_window(const struct ui *u, double x0, double x1);

/* ---- act.c: what keys do everywhere */
void act_do(struct ui *u, enum act a);
void act_function(struct ui *u, struct str name);	/* the function view of a symbol by its name */
uint32_t act_symbol(struct ui *u, struct str name);	/* by canonical or by exact name; 0: not in the tree */
void act_time(struct ui *u, double x);
void act_move_by(struct ui *u, long lines);
const struct model_cause *act_cause(const struct ui *u, struct item it);	/* that it belongs to; NULL: none */

/* ---- keep.c: what a person says of it */
int keep_rank(struct ui *u, struct err *err) ERR_MUST_CHECK;
void keep_verdict(struct ui *u, struct item it, enum triage_verdict v);
void keep_mark(struct ui *u, struct item it);
void keep_note(struct ui *u, struct item it);
struct str keep_note_of(const struct ui *u, struct str anchor);	/* p NULL: none */
bool keep_marked(const struct ui *u, struct str anchor);
int keep_export(struct ui *u, struct buf *out) ERR_MUST_CHECK;

/* ---- find.c */
void find_filter(struct ui *u);				/* starts anew with u->filter */
void find_next(struct ui *u, bool backward);
bool find_step(struct ui *u, int ms);			/* true: there is more to do */

/* ---- prompt.c */
void prompt_open(struct ui *u, enum prompt_kind k, const char *label, struct str text);
void prompt_key(struct ui *u, uint32_t key);

/* ---- frame.c */
void frame_draw(struct ui *u);

/* ---- views */
void tree_show(struct ui *u, uint32_t path);		/* opens all above it and goes there */
void tree_end(struct ui *u);
void flame_view_end(struct ui *u);
void time_end(struct ui *u);
void sql_end(struct ui *u);
void sql_run(struct ui *u, struct str sql);
void stacks_end(struct ui *u);
void function_end(struct ui *u);
/* The place behind an ITEM_LINE or an ITEM_FRAME. */
bool function_line(const struct ui *u, uint32_t index, struct model_place *out);
bool stacks_frame(const struct ui *u, uint32_t index, struct model_place *out);
/* s from the start of load of the run that ran at that time; NaN: not known. */
double time_of(const struct ui *u, int64_t t);

#endif
