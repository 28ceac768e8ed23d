// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * inifile.c - feeds inih line by line, and looks at each line before inih does
 */
#include "core/inifile.h"

#include <ini.h>
#include <string.h>

#define NAME_BYTES 49	/* inih keeps 50 of a section and of a key */

int inifile_fail(struct inifile *f, const char *what, const char *detail)
{
	if (!f->failed)
		err_set(f->err, ERR_USAGE, "%s, line %d: %s%s%.120s", f->name, f->line, what, detail ? ": " : "", detail ? detail : "");
	f->failed = true;
	return 0;
}

int inifile_nomem(struct inifile *f)
{
	f->failed = true;
	err_nomem(f->err);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A line as it stands in the file: what inih would cut or misread. */
static void check_line(struct inifile *f, struct str s)
{
	bool indented = s.n && is_blank(s.p[0]);
	const char *equals;

	if (s.n > INIFILE_LINE)
		inifile_fail(f, "a line has more than 190 bytes", f->one_line ? NULL : "go on in an indented line below it");
	if (memchr(s.p, '\0', s.n))
		inifile_fail(f, "a zero byte: this is no text", NULL);
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	if (!s.n || s.p[0] == ';' || s.p[0] == '#')
		return;
	if (indented && f->one_line)
		inifile_fail(f, "an indented line: each key has a line of its own", NULL);
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] == ';' && is_blank(s.p[i - 1]))
			inifile_fail(f, "what follows ' ;' would be lost: a comment has a line of its own", NULL);
	equals = memchr(s.p, s.p[0] == '[' ? ']' : '=', s.n);
	if (!indented && equals && equals - s.p > NAME_BYTES)
		inifile_fail(f, "a name has more than 49 bytes", NULL);
}

/* fgets over memory. */
static char *next_line(char *out, int size, void *arg)
{
	struct inifile *f = arg;
	const char *start = f->text.p + f->at, *end;
	size_t n;

	if (f->at >= f->text.n || f->failed)
		return NULL;
	end = memchr(start, '\n', f->text.n - f->at);
	n = end ? (size_t)(end - start) + 1 : f->text.n - f->at;
	f->line++;
	check_line(f, (struct str){ start, n });
	if (n >= (size_t)size)
		inifile_fail(f, "a line is too long", NULL);
	if (f->failed)
		return NULL;
	memcpy(out, start, n);
	out[n] = '\0';
	f->at += n;
	return out;
}

int inifile_read(struct inifile *f, int (*handler)(void *arg, const char *section, const char *key, const char *value), void *arg)
{
	int at;

	f->line = 0;
	f->at = 0;
	f->failed = false;
	at = ini_parse_stream(next_line, f, handler, arg);
	if (!f->failed && at == -2) {	/* what inih says without memory */
		inifile_nomem(f);
	} else if (!f->failed && at) {
		f->line = at;
		inifile_fail(f, "neither [section] nor key = value", NULL);
	}
	return f->failed ? (int)f->err->code : 0;
}
