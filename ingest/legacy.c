// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * legacy.c - the lines of a debug=1 text
 *
 *     NUMBERS @ 0x4b9e5a 0x4b9e48 ...                          a record begins; return addresses, the leaf first
 *     #	0x4b9e59	pkg.f+0x259	/a/b.go:89      a frame, columns apart by one or more tabs
 *     (an empty line)
 *
 * Go leaves the runtime's frames at the leaf out of the frame lines, not out of the addresses; so how many are hidden
 * is known, their names are not. The offset counts from the physical function. So neighbours that begin at one address
 * are one function and what is inlined into it, and the name nearest to the root is the physical one.
 * A line that means nothing is counted and said: the rest is still a profile.
 */
#include "ingest/legacy.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/godump.h"
#include "ingest/grow.h"

void legacy_init(struct legacy *l, struct reader *in, const struct decode_opts *o, struct sink *out)
{
	*l = (struct legacy){ .o = o, .l = o->limits, .in = in, .out = out, .t = STORE_NULL, .go_min = STORE_NULL,
			      .go_max = STORE_NULL, .comment = STR_NONE };
	l->names.keys.limit = l->files.keys.limit = (size_t)o->limits->strings_bytes;
}

void legacy_free(struct legacy *l)
{
	map_free(&l->names);
	map_free(&l->files);
	map_free(&l->funcs);
	tree_free(&l->tree);
	free(l->func_name);
	free(l->name_func);
	free(l->frame);
	free(l->addr);
	free(l->row);
}

int legacy_note(struct legacy *l, bool lost, uint64_t line, struct err *err, const char *fmt, ...)
{
	char text[400], place[32] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (line)
		snprintf(place, sizeof(place), "line %" PRIu64, line);
	return put_note(l->out, err, (struct rec_note){ line ? str_from(place) : STR_NONE, str_from(text), lost });
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str trim(struct str s)
{
	while (s.n && is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static struct str word(struct str *s)
{
	struct str w;

	*s = trim(*s);
	w = (struct str){ s->p, 0 };
	while (w.n < s->n && !is_blank(s->p[w.n]))
		w.n++;
	*s = str_skip(*s, w.n);
	return w;
}

bool legacy_numbers(struct str s, const char *pattern, int64_t *value)
{
	for (s = trim(s); *pattern; pattern++) {
		size_t n = 0;

		if (*pattern == ' ') {
			s = trim(s);
		} else if (*pattern == 'N') {
			n += s.n && s.p[0] == '-';
			while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
				n++;
			if (!fmt_parse_int((struct str){ s.p, n }, value++))
				return false;
			s = str_skip(s, n);
		} else if (s.n && s.p[0] == *pattern) {
			s = str_skip(s, 1);
		} else {
			return false;
		}
	}
	return s.n == 0;
}

int legacy_int(double x, int64_t *out, struct err *err)
{
	if (!(x > -9e18 && x < 9e18))
		return err_set(err, ERR_FORMAT, "holds numbers that pass 2^63 when scaled: it is damaged");
	*out = (int64_t)x;
	return 0;
}

static bool parse_hex(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (!str_starts(s, "0x") || s.n < 3 || s.n > 18)
		return false;
	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint64_t)(c - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

static int read_addresses(struct legacy *l, struct str s, bool *ok, struct err *err)
{
	struct str w;

	l->n_addr = 0;
	*ok = true;
	while ((w = word(&s)).n) {
		int rc = grow(&l->addr, &l->cap_addr, l->n_addr + 1, sizeof(*l->addr), err);

		if (rc)
			return rc;
		if (!parse_hex(w, &l->addr[l->n_addr++])) {
			*ok = false;
			return 0;
		}
	}
	return 0;
}

size_t legacy_hidden(const struct legacy *l)
{
	for (size_t i = 0; i < l->n_addr && l->n_frames; i++)
		if (l->addr[i] == l->frame[0].pc + 1 || l->addr[i] == l->frame[0].pc)
			return i;
	return 0;
}

/* "name+0x1f": the name, and where the function begins. */
static struct str split_offset(struct str name, struct legacy_frame *at)
{
	uint64_t offset;

	for (size_t i = name.n; i-- > 0;) {
		if (name.p[i] != '+')
			continue;
		if (parse_hex(str_skip(name, i + 1), &offset)) {
			at->entry = at->pc > offset ? at->pc - offset : 0;
			name.n = i;
		}
		break;
	}
	return name;
}

/* What stands behind '#' in a frame line. */
static int read_frame(struct legacy *l, struct str s, bool *ok, struct err *err)
{
	struct legacy_frame at = { 0 };
	struct str pc = word(&s), name, file = STR_LIT("");
	const char *tab;

	*ok = parse_hex(pc, &at.pc);
	if (!*ok || (at.pc == 0 && trim(s).n == 0))
		return 0;	/* 0x0 alone: the stack is not known */
	s = trim(s);
	if (s.n == 0)
		return legacy_push(l, pc, file, at, err);
	tab = memchr(s.p, '\t', s.n);
	if (!tab)
		tab = memchr(s.p, ' ', s.n);
	name = (struct str){ s.p, tab ? (size_t)(tab - s.p) : s.n };
	s = trim(str_skip(s, name.n));
	name = split_offset(name, &at);
	if (s.n)
		godump_place_split(s, &file, &at.line);
	return legacy_push(l, name.n ? name : pc, file, at, err);
}

static int end_record(struct legacy *l, const struct legacy_text *text, struct legacy_row *row, bool *open, void *arg,
		      struct err *err)
{
	int rc = 0;

	if (*open) {
		rc = text->record ? text->record(l, row, arg, err) : 0;
		if (!rc)
			rc = legacy_add(l, *row, err);
	}
	*open = false;
	return rc;
}

/* A line with '@'. */
static int begin_record(struct legacy *l, const struct legacy_text *text, struct str line, struct legacy_row *row,
			bool *ok, struct err *err)
{
	const char *at = memchr(line.p, '@', line.n);
	int rc;

	*row = (struct legacy_row){ 0 };
	*ok = at && text->head((struct str){ line.p, (size_t)(at - line.p) }, row->value);
	if (!*ok)
		return 0;
	rc = read_addresses(l, str_skip(line, (size_t)(at - line.p) + 1), ok, err);
	row->leaf = l->n_addr ? l->addr[0] : 0;
	return rc;
}

static void odd(struct legacy *l)
{
	if (l->odd++ == 0)
		l->odd_line = reader_line_number(l->in);
}

int legacy_read(struct legacy *l, const struct legacy_text *text, void *arg, struct err *err)
{
	struct legacy_row row = { 0 };
	bool open = false, cut, eof, known = true;
	struct str line = STR_NONE;
	int rc;

	while (!(rc = reader_line(l->in, &line, &cut, &eof, err)) && !eof) {
		struct str s = trim(line);

		if (s.n == 0) {
			rc = end_record(l, text, &row, &open, arg, err);
		} else if (s.p[0] == '#') {
			s = trim(str_skip(s, 1));
			known = s.n == 0;
			if (open && str_starts(s, "0x"))
				rc = read_frame(l, s, &known, err);
			else if (s.n && text->remark)
				rc = text->remark(l, s, &known, arg, err);
		} else {
			rc = end_record(l, text, &row, &open, arg, err);
			if (!rc)
				rc = begin_record(l, text, s, &row, &open, err);
			known = open || (text->preamble && text->preamble(s, arg));
		}
		if (rc)
			break;
		if (!known || cut)
			odd(l);
		known = true;
	}
	return rc ? rc : end_record(l, text, &row, &open, arg, err);
}
