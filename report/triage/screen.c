// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * screen.c - ncursesw behind one small interface
 *
 * The terminal is given back on every way out: a normal end by curses, a signal or a crash by a handler that uses write() and
 * tcsetattr() alone, both allowed there. The sequence that leaves is asked from terminfo beforehand. Handlers that were there before
 * (the sanitizers', the caller's) run afterwards.
 */
#include "report/triage/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "core/text.h"

#include <curses.h>
#include <term.h>
#undef columns /* term.h takes plain words for names of capabilities */
#undef lines

#define ESC_WAIT_MS  25
#define LEAVE_BYTES  256
#define CURSES_BYTES (2u << 20) /* a large screen takes some 1 MiB */

static SCREEN *screen;
static bool taken_colour, is_utf8, use_mouse;
static struct termios before;
static volatile sig_atomic_t taken;
static char leave_text[LEAVE_BYTES];
static size_t leave_len;
static unsigned click_y, click_x;
static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGHUP };
#define N_FATAL (sizeof(fatal) / sizeof(fatal[0]))
static struct sigaction old[N_FATAL];

static void say(const char *s, size_t n)
{
	ssize_t done = write(STDOUT_FILENO, s, n);

	(void)done; /* nobody is left to tell */
}

void screen_restore(void)
{
	if (!taken)
		return;
	taken = 0;
	say(leave_text, leave_len);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void on_fatal(int sig, siginfo_t *info, void *context)
{
	static const char text[] = "attrib triage: ended by a signal; the terminal was restored (if not: type reset)\n";
	bool was_taken = taken != 0, sent = info->si_code <= 0;

	(void)context;
	screen_restore();
	if (was_taken && sig != SIGHUP && write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(7);
	for (size_t i = 0; i < N_FATAL; i++)
		if (fatal[i] == sig)
			sigaction(sig, &old[i], NULL);
	if (sent || sig == SIGABRT || sig == SIGQUIT || sig == SIGHUP)
		raise(sig); /* a fault happens again by itself, and is theirs then */
}

static int keep(int c)
{
	if (leave_len + 1 < LEAVE_BYTES)
		leave_text[leave_len++] = (char)c;
	return c;
}

static void keep_sequence(const char *capability)
{
	const char *s = tigetstr(capability);

	if (s && s != (const char *)-1)
		tputs(s, 1, keep);
}

static void prepare_leaving(void)
{
	struct sigaction a = { .sa_sigaction = on_fatal, .sa_flags = SA_NODEFER | SA_SIGINFO };

	leave_len = 0;
	if (use_mouse)
		for (const char *c = "\x1b[?1000l\x1b[?1006l"; *c; c++)
			keep(*c);
	keep_sequence("sgr0");
	keep_sequence("oc");
	keep_sequence("rmkx");
	keep_sequence("cnorm");
	keep_sequence("rmcup");
	keep('\r');
	keep('\n');
	sigemptyset(&a.sa_mask);
	for (size_t i = 0; i < N_FATAL; i++)
		sigaction(fatal[i], &a, &old[i]);
}

static void take_colours(bool wanted)
{
	taken_colour = wanted && has_colors();
	if (!taken_colour)
		return;
	start_color();
	use_default_colors();
	for (short i = 1; i < 8; i++)
		init_pair(i, i, -1);
}

int screen_open(const struct screen_opts *o, struct err *err)
{
	const char *why;
	void *room;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_USAGE, "triage needs a terminal; `attrib report` prints the answer anywhere");
	if (tcgetattr(STDIN_FILENO, &before))
		return err_sys(err, ERR_USAGE, errno, "cannot ask the terminal");
	/* ncurses does not look whether it was given memory: better to know before that there is some. */
	room = malloc(CURSES_BYTES);
	if (!room)
		return err_nomem(err);
	free(room);
	set_escdelay(ESC_WAIT_MS);
	errno = 0;
	screen = newterm(NULL, stdout, stdin);
	if (!screen && errno == ENOMEM)
		return err_nomem(err);
	if (!screen)
		return err_set(err, ERR_USAGE, "this terminal's kind (TERM) is not known; try TERM=xterm or TERM=vt100");
	why = tigetstr("cup");
	if (!why || why == (const char *)-1) {
		endwin();
		delscreen(screen);
		screen = NULL;
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
		return err_set(err, ERR_USAGE, "this terminal cannot place its cursor; `attrib report` prints the answer");
	}
	is_utf8 = o->utf8;
	use_mouse = o->mouse;
	taken = 1;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	take_colours(o->colour);
	if (use_mouse)
		mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
	prepare_leaving();
	return 0;
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	taken = 0;
	for (size_t i = 0; i < N_FATAL; i++)
		sigaction(fatal[i], &old[i], NULL);
	delscreen(screen);
	screen = NULL;
}

void screen_leave(void)
{
	def_prog_mode();
	endwin();
	taken = 0;
}

void screen_return(void)
{
	taken = 1;
	reset_prog_mode();
	clearok(stdscr, TRUE);
	refresh();
}

void screen_redraw(void)
{
	clearok(stdscr, TRUE);
}

void screen_size(unsigned *rows, unsigned *columns)
{
	int y, x;

	getmaxyx(stdscr, y, x);
	*rows = y > 0 ? (unsigned)y : 1;
	*columns = x > 0 ? (unsigned)x : 1;
}

/* ESC [ 31 m off the front of s, as attributes. */
static bool take_style(struct str *s, attr_t *attr, short *pair)
{
	int n = 0;
	size_t i = 2;

	if (s->n < 4 || s->p[0] != '\x1b' || s->p[1] != '[')
		return false;
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9' && i < 5; i++)
		n = n * 10 + (s->p[i] - '0');
	if (i == s->n || s->p[i] != 'm')
		return false;
	*s = str_skip(*s, i + 1);
	if (n == 0) {
		*attr = A_NORMAL;
		*pair = 0;
	} else if (n == 1) {
		*attr |= A_BOLD;
	} else if (n == 2) {
		*attr |= A_DIM;
	} else if (n == 4) {
		*attr |= A_UNDERLINE;
	} else if (n == 7) {
		*attr |= A_REVERSE;
	} else if (n >= 31 && n <= 37) {
		*pair = (short)(n - 30);
	}
	return true;
}

/* What an ASCII terminal shows: something of the same width. */
static const char *plain(uint32_t c)
{
	switch (c) {
	case 0xb5: case 0x3bc: return "u";
	case 0xd7: return "x";
	case 0x2013: case 0x2212: return "-";
	case 0xb7: return ".";
	case 0x2588: return "#";
	case 0x2026: return "~";
	case 0x2265: return ">";
	default: return "?";
	}
}

static void put(uint32_t c, size_t width, bool inverse, attr_t attr, short pair)
{
	char text[5];
	size_t n = text_utf8(text, c);

	attr_set(attr | (inverse ? A_REVERSE : A_NORMAL), taken_colour && !inverse ? pair : 0, NULL);
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		addch('?');
	else if (c < 0x80)
		addch((chtype)c);
	else if (is_utf8)
		addnstr(text, (int)n);
	else
		for (const char *p = plain(c); width--; )
			addch((chtype)(unsigned char)*p);
}

void screen_row(unsigned y, struct str text, unsigned left, bool inverse)
{
	unsigned rows, columns;
	size_t at = 0;
	attr_t attr = A_NORMAL;
	short pair = 0;

	screen_size(&rows, &columns);
	if (y >= rows)
		return;
	move((int)y, 0);
	while (text.n) {
		struct str one = text;
		size_t width;
		uint32_t c;

		if (take_style(&text, &attr, &pair))
			continue;
		c = text_next(&text);
		one.n -= text.n;
		width = text_width(one);
		if (c == TEXT_INVALID) {
			c = 0xfffd;
			width = 1;
		}
		if (at >= left && at + width <= (size_t)left + columns)
			put(c, width, inverse, attr, pair);
		else if (at + width > (size_t)left + columns)
			break;
		at += width;
	}
	attr_set(inverse ? A_REVERSE : A_NORMAL, 0, NULL);
	for (at = at > left ? at - left : 0; inverse && at < columns; at++)
		addch(' ');
	attr_set(A_NORMAL, 0, NULL);
	if (!inverse && at < columns)
		clrtoeol();
}

void screen_show(int y, int x)
{
	if (x >= 0) {
		curs_set(1);
		move(y, x);
	} else {
		curs_set(0);
	}
	refresh();
}

static uint32_t mouse_key(void)
{
	MEVENT e;

	if (getmouse(&e) != OK)
		return KEY_NONE;
	click_y = (unsigned)e.y;
	click_x = (unsigned)e.x;
	return e.bstate & BUTTON4_PRESSED ? KEY_WHEEL_UP : e.bstate & BUTTON5_PRESSED ? KEY_WHEEL_DOWN : KEY_CLICK;
}

static uint32_t own_key(wint_t k)
{
	static const struct { wint_t theirs; uint32_t ours; } table[] = {
		{ KEY_UP, KEY_UP_ARROW }, { KEY_DOWN, KEY_DOWN_ARROW }, { KEY_LEFT, KEY_LEFT_ARROW }, { KEY_RIGHT, KEY_RIGHT_ARROW },
		{ KEY_PPAGE, KEY_PAGE_UP }, { KEY_NPAGE, KEY_PAGE_DOWN }, { KEY_HOME, KEY_HOME_OWN }, { KEY_END, KEY_END_OWN },
		{ KEY_A1, KEY_HOME_OWN }, { KEY_C1, KEY_END_OWN }, { KEY_BACKSPACE, KEY_BACK }, { KEY_DC, KEY_DEL },
		{ KEY_BTAB, KEY_BACK_TAB }, { KEY_RESIZE, KEY_SIZE }, { KEY_ENTER, KEY_RETURN },
	};

	if (k == KEY_MOUSE)
		return mouse_key();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].theirs == k)
			return table[i].ours;
	return KEY_NONE;
}

bool screen_waiting(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

uint32_t screen_key(int wait_ms)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	wint_t k = 0;
	int kind;

	nodelay(stdscr, TRUE);
	kind = get_wch(&k);
	if (kind == ERR) {
		if (poll(&p, 1, wait_ms) > 0 && p.revents & (POLLHUP | POLLERR))
			raise(SIGHUP);
		kind = get_wch(&k);
	}
	if (kind == ERR)
		return KEY_NONE;
	if (kind == KEY_CODE_YES)
		return own_key(k);
	return k == '\r' ? KEY_RETURN : k == 127 || k == 8 ? KEY_BACK : (uint32_t)k;
}

void screen_click(unsigned *y, unsigned *x)
{
	*y = click_y;
	*x = click_x;
}
