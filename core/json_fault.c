// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * json_fault.c - where a text stops being JSON
 *
 * SQLite's parser says only that a text is not JSON; a user with a file of a megabyte wants the place. This is a
 * checker of the grammar of RFC 8259 and nothing else: no values, no recursion, one bit a level. It runs only after
 * SQLite has said no.
 */
#include "core/json.h"

#define LEVELS 2048	/* SQLite's own parser stops at 2000 */

struct check {
	struct str s;
	size_t i;
	const char *why;
	unsigned char object[LEVELS / 8];	/* bit set: the level is an object */
	unsigned depth;
};

static int peek(const struct check *c)
{
	return c->i < c->s.n ? (unsigned char)c->s.p[c->i] : -1;
}

static void blanks(struct check *c)
{
	while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\n' || peek(c) == '\r')
		c->i++;
}

static bool fail(struct check *c, const char *why)
{
	c->why = peek(c) < 0 ? "it ends in the middle" : why;
	return false;
}

static bool is_hex(int c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool string(struct check *c)
{
	for (c->i++; peek(c) != '"'; c->i++) {
		if (peek(c) < 0x20)
			return fail(c, "a control character inside a string");
		if (peek(c) != '\\')
			continue;
		c->i++;
		if (peek(c) == 'u') {
			for (int k = 0; k < 4; k++) {
				c->i++;
				if (!is_hex(peek(c)))
					return fail(c, "\\u needs four hexadecimal digits");
			}
		} else if (peek(c) <= 0 || !strchr("\"\\/bfnrt", peek(c))) {
			return fail(c, "an unknown escape inside a string");
		}
	}
	c->i++;
	return true;
}

static bool digits(struct check *c)
{
	size_t from = c->i;

	while (peek(c) >= '0' && peek(c) <= '9')
		c->i++;
	return c->i > from || fail(c, "a number without digits");
}

static bool number(struct check *c)
{
	if (peek(c) == '-')
		c->i++;
	if (peek(c) == '0')
		c->i++;
	else if (!digits(c))
		return false;
	if (peek(c) >= '0' && peek(c) <= '9')
		return fail(c, "a number that begins with 0");
	if (peek(c) == '.') {
		c->i++;
		if (!digits(c))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->i++;
		if (peek(c) == '+' || peek(c) == '-')
			c->i++;
		return digits(c);
	}
	return true;
}

static bool word(struct check *c, const char *w)
{
	for (; *w; w++, c->i++)
		if (peek(c) != *w)
			return fail(c, "a word that is not true, false or null");
	return true;
}

static bool scalar(struct check *c)
{
	switch (peek(c)) {
	case '"':
		return string(c);
	case 't':
		return word(c, "true");
	case 'f':
		return word(c, "false");
	case 'n':
		return word(c, "null");
	default:
		if (peek(c) == '-' || (peek(c) >= '0' && peek(c) <= '9'))
			return number(c);
		return fail(c, "a value was expected");
	}
}

static bool in_object(const struct check *c)
{
	return c->depth && (c->object[(c->depth - 1) / 8] >> ((c->depth - 1) % 8) & 1);
}

static bool member_name(struct check *c)
{
	blanks(c);
	if (peek(c) != '"')
		return fail(c, "a member's name in quotes was expected");
	if (!string(c))
		return false;
	blanks(c);
	if (peek(c) != ':')
		return fail(c, "a colon was expected");
	c->i++;
	return true;
}

/* Behind the '{' or '['. *empty: it was closed at once. */
static bool open_level(struct check *c, bool *empty)
{
	bool object = c->s.p[c->i++] == '{';
	unsigned char bit;

	if (c->depth == LEVELS)
		return fail(c, "it is nested too deeply");
	bit = (unsigned char)(1u << (c->depth % 8));
	c->object[c->depth / 8] =
		(unsigned char)(object ? c->object[c->depth / 8] | bit : c->object[c->depth / 8] & ~bit);
	c->depth++;
	blanks(c);
	*empty = peek(c) == (object ? '}' : ']');
	if (*empty)
		return true;
	return !object || member_name(c);
}

/* Behind a value: closes levels, up to the next value's place. *end: the outermost value is whole. */
static bool close_levels(struct check *c, bool *end)
{
	*end = false;
	for (;;) {
		blanks(c);
		if (!c->depth) {
			*end = true;
			return true;
		}
		if (peek(c) == ',') {
			c->i++;
			return !in_object(c) || member_name(c);
		}
		if (peek(c) != (in_object(c) ? '}' : ']'))
			return fail(c, in_object(c) ? "a comma or } was expected" : "a comma or ] was expected");
		c->i++;
		c->depth--;
	}
}

size_t json_fault(struct str text, const char **why)
{
	struct check c = { .s = text };
	bool end = false, ok = true, empty;

	while (ok && !end) {
		blanks(&c);
		empty = true;
		if (peek(&c) == '{' || peek(&c) == '[') {
			ok = open_level(&c, &empty);
			if (ok && !empty)
				continue;
		} else {
			ok = scalar(&c);
		}
		ok = ok && close_levels(&c, &end);
	}
	if (ok && c.i < c.s.n) {
		ok = false;
		c.why = "something follows the value";
	}
	*why = ok ? NULL : c.why;
	return ok ? text.n : c.i;
}
