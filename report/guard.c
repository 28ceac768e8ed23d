// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * guard.c - text that a CI runner cannot take for a command
 *
 * GitHub's runner trims a line's blanks and obeys it when it then begins with `::`; its older form and those of Azure and TeamCity
 * begin with `##` and are looked for anywhere. Function names and paths are other people's text and word wrapping can put any of them at
 * a line's start, so the finished text is checked, not each place that writes: a backslash goes between the two characters.
 * Our own colour sequences are stepped over.
 */
#include "report/report.h"

static size_t skip_blank(struct str t, size_t i)
{
	while (i < t.n) {
		if (t.p[i] == ' ' || t.p[i] == '\t') {
			i++;
		} else if (t.p[i] == '\x1b' && i + 1 < t.n && t.p[i + 1] == '[') {
			i += 2;
			while (i < t.n && t.p[i] != 'm' && t.p[i] != '\n')
				i++;
			i += i < t.n && t.p[i] == 'm';
		} else {
			break;
		}
	}
	return i;
}

void report_guard(struct buf *out, struct str t)
{
	size_t from = 0, start = skip_blank(t, 0);

	for (size_t i = 0; i + 1 < t.n; i++) {
		if (t.p[i] == '\n')
			start = skip_blank(t, i + 1);
		if ((i == start && t.p[i] == ':' && t.p[i + 1] == ':') || (t.p[i] == '#' && t.p[i + 1] == '#')) {
			buf_add(out, t.p + from, i + 1 - from);
			buf_byte(out, '\\');
			from = i + 1;
		}
	}
	buf_str(out, str_skip(t, from));
}
