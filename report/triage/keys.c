// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/triage/keys.h"

#include "report/triage/screen.h"
#include "report/triage/ui.h"

#define IN(v) (1u << VIEW_##v)
#define TREES (IN(TREE) | IN(FLAME) | IN(FUNCTION))
#define LISTS (IN(CAUSES) | IN(ADVICE) | IN(SIGNALS) | IN(GOROUTINES) | IN(FILES) | IN(COMPARE))
#define CTRL(c) ((c) & 0x1f)

static const char view_keys[VIEWS] = "1234567890=?";

/* In the order of the help screen; within a view the bottom line shows as many as fit, in this order too. */
const struct key keys[] = {
	{ ACT_VIEW, { 0 }, "1 to 9, 0, =", NULL, "the views: causes, what to do, signals, tree, flame, function, goroutines, time, files, SQL, compare", 0, "Views" },
	{ ACT_NEXT_VIEW, { KEY_TAB }, "Tab", NULL, "the next view", 0, NULL },
	{ ACT_PREV_VIEW, { KEY_BACK_TAB }, "Shift-Tab", NULL, "the view before", 0, NULL },
	{ ACT_BACK, { KEY_BACK, 'b' }, "Backspace, b", NULL, "back to where you came from", 0, NULL },
	{ ACT_HELP, { '?' }, "?", "help", "this list", ~0u, NULL },
	{ ACT_QUIT, { 'q', CTRL('c') }, "q", "quit", "leave; verdicts and notes are kept, marks are not", ~0u, NULL },
	{ ACT_UP, { 'k', KEY_UP_ARROW }, "k, Up", NULL, "up; in the flame view to the caller", 0, "Moving" },
	{ ACT_DOWN, { 'j', KEY_DOWN_ARROW }, "j, Down", NULL, "down; in the flame view to the callee", 0, NULL },
	{ ACT_PAGE_DOWN, { ' ', KEY_PAGE_DOWN, CTRL('f') }, "Space, PgDn", NULL, "a page down", 0, NULL },
	{ ACT_PAGE_UP, { KEY_PAGE_UP, CTRL('b') }, "PgUp", NULL, "a page up", 0, NULL },
	{ ACT_TOP, { 'g', KEY_HOME_OWN }, "g, Home", NULL, "to the first line", 0, NULL },
	{ ACT_BOTTOM, { 'G', KEY_END_OWN }, "G, End", NULL, "to the last line", 0, NULL },
	{ ACT_OPEN, { 'l', KEY_RIGHT_ARROW }, "l, Right", NULL, "open what is below; in flame the frame to the right; in time later", 0, NULL },
	{ ACT_CLOSE, { 'h', KEY_LEFT_ARROW }, "h, Left", NULL, "close it, or go to what it is below; in flame to the left; in time earlier", 0, NULL },
	{ ACT_SCROLL_RIGHT, { '>' }, ">", NULL, "scroll a long line to the left", 0, NULL },
	{ ACT_SCROLL_LEFT, { '<' }, "<", NULL, "and back", 0, NULL },
	{ ACT_ENTER, { KEY_RETURN }, "Enter", "open", "what the line is about: evidence of a cause, the signal of evidence, the function of a frame; in flame zoom; in SQL type", LISTS | TREES | IN(SQL), "Going on" },
	{ ACT_STACK, { 's' }, "s", "stack", "from a cause, evidence or a function to its place in the tree, from a cluster to its stack", LISTS | IN(FUNCTION), NULL },
	{ ACT_TIME, { 't' }, "t", "time", "to the moment it began, in the time view", IN(CAUSES) | IN(SIGNALS), NULL },
	{ ACT_SOURCE, { 'e' }, "e", "edit", "the source line in $EDITOR (with --source DIR)", IN(CAUSES) | IN(FUNCTION), NULL },
	{ ACT_YES, { 'y' }, "y", "yes", "accept a cause: the verdict is kept and the ranking follows at once", IN(CAUSES), "Judging" },
	{ ACT_NO, { 'x' }, "x", "no", "reject a cause", IN(CAUSES), NULL },
	{ ACT_UNDECIDE, { 'u' }, "u", "undo", "take the verdict on a cause back", IN(CAUSES), NULL },
	{ ACT_MARK, { 'm' }, "m", "mark", "mark the line for the export, or unmark it", LISTS | TREES, NULL },
	{ ACT_NOTE, { 'a' }, "a", "note", "a note on the line's subject; an empty one is removed", LISTS, NULL },
	{ ACT_EXPORT, { 'E' }, "E", "export", "what is marked, with notes and verdicts, as Markdown", 0, NULL },
	{ ACT_SEARCH, { '/' }, "/", "search", "search: a regular expression; small letters match both cases", ~(IN(SQL) | IN(HELP)), "Finding" },
	{ ACT_NEXT, { 'n' }, "n", NULL, "the next match", 0, NULL },
	{ ACT_PREV, { 'N' }, "N", NULL, "the match before", 0, NULL },
	{ ACT_FILTER, { '&' }, "&", "filter", "show only lines that match", LISTS, NULL },
	{ ACT_FOCUS, { 'f' }, "f", "focus", "only stacks with a matching function (as pprof's -focus)", TREES, NULL },
	{ ACT_IGNORE, { 'i' }, "i", "ignore", "no stacks with a matching function (as pprof's -ignore)", TREES, NULL },
	{ ACT_UNFOCUS, { 'F' }, "F", NULL, "no focus, no ignore, no time window, no filter", 0, NULL },
	{ ACT_CLEAR, { KEY_ESC }, "Esc", NULL, "clear the message, the filter, the zoom: the last of them", 0, NULL },
	{ ACT_METRIC, { 'o' }, "o", "metric", "the next metric", TREES, "Costs" },
	{ ACT_METRIC_BACK, { 'O' }, "O", NULL, "the metric before", 0, NULL },
	{ ACT_STAT, { 'c' }, "c", "flat/cum", "flat (the function itself) or cum (with all it called)", IN(TREE), NULL },
	{ ACT_DIFF, { 'd' }, "d", "diff", "order and width by the difference, the current side or the baseline", TREES, NULL },
	{ ACT_UNIT, { 'p' }, "p", "per", "per request (or second), in all, or as share of the side's total", TREES, NULL },
	{ ACT_HOT, { '+' }, "+", "hot path", "open the tree along what changed most, down to where it sits", IN(TREE), NULL },
	{ ACT_FOLD, { '-' }, "-", NULL, "close the whole tree", 0, NULL },
	{ ACT_FROM, { '[' }, "[", "from", "the time window begins at the cursor", IN(TIME), "Time" },
	{ ACT_TO, { ']' }, "]", "to", "it ends at the cursor", IN(TIME), NULL },
	{ ACT_WINDOW, { 'w' }, "w", "window", "use the window in all views, or not; without one: the seconds around the cursor", IN(TIME), NULL },
	{ ACT_WITH, { 'C' }, "C", "other run", "compare with another run: its folder or database", IN(COMPARE), "More" },
	{ ACT_REDRAW, { CTRL('l') }, "Ctrl-L", NULL, "draw the screen anew", 0, NULL },
	{ ACT_NONE, { 0 }, NULL, NULL, NULL, 0, NULL },
};

int key_view(uint32_t code)
{
	for (int v = 0; v < VIEWS; v++)
		if (code == (unsigned char)view_keys[v])
			return v;
	return -1;
}

char key_of_view(int view)
{
	return view_keys[view];
}

enum act key_act(uint32_t code)
{
	if (key_view(code) >= 0)
		return ACT_VIEW;
	for (const struct key *k = keys; k->act; k++)
		for (int i = 0; i < 4 && k->code[i]; i++)
			if (k->code[i] == code)
				return k->act;
	return ACT_NONE;
}

/* A pipe would end a cell. */
static void cell(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			buf_byte(out, '\\');
		buf_byte(out, *s);
	}
}

void triage_keys(struct buf *out)
{
	buf_puts(out, "| key | view |\n|---|---|\n");
	for (int v = 0; v < VIEWS; v++)
		buf_printf(out, "| `%c` | %s: %s |\n", view_keys[v], views[v]->name, views[v]->about);
	for (const struct key *k = keys; k->act; k++) {
		if (k->part)
			buf_printf(out, "\n### %s\n\n| key | |\n|---|---|\n", k->part);
		buf_puts(out, "| `");
		cell(out, k->keys);
		buf_puts(out, "` | ");
		cell(out, k->help);
		buf_puts(out, " |\n");
	}
}
