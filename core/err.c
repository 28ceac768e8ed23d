// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * err.c - one line for the user, whatever goes into it
 *
 * A message may carry names from outside, so control characters are blanked here: nothing downstream can turn one
 * message into two lines. What does not fit is cut at a whole character and ends in "...". When context is put in
 * front, the context gives way first: the reason stands at the end and is what the user needs.
 */
#include "core/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CUT "..."

/* One line: no byte below a blank, no DEL. */
static void flatten(char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = ' ';
	}
}

/* Ends s, which lost its tail at n bytes, in "..." without leaving half a UTF-8 character. */
static void end_cut(char *s, size_t n)
{
	size_t at = n > sizeof(CUT) - 1 ? n - (sizeof(CUT) - 1) : 0;

	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
		at--;
	memcpy(s + at, CUT, n < sizeof(CUT) ? n : sizeof(CUT));
	s[n] = '\0';
}

static void format(char *dst, size_t cap, const char *fmt, va_list ap) ERR_PRINTF(3, 0);
static void format(char *dst, size_t cap, const char *fmt, va_list ap)
{
	int n = vsnprintf(dst, cap, fmt, ap);

	if (n < 0)
		dst[0] = '\0';
	else if ((size_t)n >= cap)
		end_cut(dst, cap - 1);
	flatten(dst);
}

static int store(struct err *err, enum err_code code, const char *msg)
{
	err->code = code;
	err->signal = 0;
	err->place[0] = '\0';
	snprintf(err->msg, sizeof(err->msg), "%s", msg);
	return (int)code;
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	char msg[sizeof(err->msg)]; /* apart, since the arguments may point into err */
	va_list ap;

	va_start(ap, fmt);
	format(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return store(err, code, msg);
}

int err_sys(struct err *err, enum err_code code, int errno_value, const char *fmt, ...)
{
	const char *word = strerrordesc_np(errno_value); /* never translated, unlike strerror() */
	char why[80], msg[sizeof(err->msg)];
	size_t n;
	va_list ap;

	if (word)
		snprintf(why, sizeof(why), ": %s", word);
	else
		snprintf(why, sizeof(why), ": system error %d", errno_value);
	va_start(ap, fmt);
	format(msg, sizeof(msg) - strlen(why), fmt, ap);
	va_end(ap);
	n = strlen(msg);
	memcpy(msg + n, why, strlen(why) + 1);
	/* Whatever could not be done for lack of memory, that is what is wrong. */
	return store(err, errno_value == ENOMEM ? ERR_MEMORY : code, msg);
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char front[sizeof(err->msg) / 2], msg[sizeof(err->msg)];
	va_list ap;
	int n;

	va_start(ap, fmt);
	format(front, sizeof(front), fmt, ap);
	va_end(ap);
	n = snprintf(msg, sizeof(msg), "%s: %s", front, err->msg);
	if (n >= (int)sizeof(msg))
		end_cut(msg, sizeof(msg) - 1);
	memcpy(err->msg, msg, sizeof(msg));
	return (int)err->code;
}

int err_at(struct err *err, const char *fmt, ...)
{
	char place[sizeof(err->place)];
	va_list ap;

	va_start(ap, fmt);
	format(place, sizeof(place), fmt, ap);
	va_end(ap);
	memcpy(err->place, place, sizeof(place));
	return (int)err->code;
}
