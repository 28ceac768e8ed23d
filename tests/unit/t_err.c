// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>

#include "core/err.h"
#include "tests/unit/check.h"

static void t_set(void)
{
	struct err err;

	memset(&err, 0x55, sizeof(err));
	CHECK(err_set(&err, ERR_FORMAT, "bad %s at %d", "varint", 7) == ERR_FORMAT);
	CHECK(err.code == ERR_FORMAT);
	CHECK(err.signal == 0);
	CHECK_STR(err.msg, "bad varint at 7");
	CHECK_STR(err.place, "");
	CHECK(err_at(&err, "byte %d", 1042) == ERR_FORMAT);
	CHECK_STR(err.place, "byte 1042");
	CHECK(err_wrap(&err, "cannot read '%s'", "cpu.pb.gz") == ERR_FORMAT);
	CHECK_STR(err.msg, "cannot read 'cpu.pb.gz': bad varint at 7");
	CHECK_STR(err.place, "byte 1042");
	CHECK(err_set(&err, ERR_LIMIT, "again: %s", err.msg) == ERR_LIMIT); /* the message may be its own argument */
	CHECK_STR(err.msg, "again: cannot read 'cpu.pb.gz': bad varint at 7");
	CHECK_STR(err.place, "");
	CHECK(err_wrap(&err, "%s", err.msg) == ERR_LIMIT);
	CHECK(strlen(err.msg) == 2 * strlen("again: cannot read 'cpu.pb.gz': bad varint at 7") + 2);
	CHECK(err_nomem(&err) == ERR_MEMORY && err.msg[0]);
}

static void t_system(void)
{
	struct err err;

	CHECK(err_sys(&err, ERR_IO, ENOENT, "cannot open '%s'", "x") == ERR_IO);
	CHECK_STR(err.msg, "cannot open 'x': No such file or directory");
	CHECK(err_sys(&err, ERR_OUTPUT, 99999, "cannot write") == ERR_OUTPUT);
	CHECK_STR(err.msg, "cannot write: system error 99999");
	CHECK(err_sys(&err, ERR_INPUT, ENOMEM, "cannot read") == ERR_MEMORY);
}

static void t_one_line(void)
{
	struct err err;

	err_set(&err, ERR_FORMAT, "a\nb\r\tc\x1b[31m%s", "\x7f::error ::");
	CHECK_STR(err.msg, "a b  c [31m ::error ::");
	err_wrap(&err, "x\ny");
	CHECK_STR(err.msg, "x y: a b  c [31m ::error ::");
	err_at(&err, "line\n%d", 3);
	CHECK_STR(err.place, "line 3");
}

static void t_long(void)
{
	char big[5000];
	struct err err;
	size_t n;

	memset(big, 'a', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	err_set(&err, ERR_IO, "%s", big);
	n = strlen(err.msg);
	CHECK(n == sizeof(err.msg) - 1);
	CHECK_STR(err.msg + n - 5, "aa...");
	err_set(&err, ERR_IO, "%.*s", (int)sizeof(err.msg) - 1, big); /* just fits */
	CHECK(strlen(err.msg) == sizeof(err.msg) - 1 && !strchr(err.msg, '.'));
	err_set(&err, ERR_IO, "%.*s", (int)sizeof(err.msg), big);
	CHECK_STR(err.msg + strlen(err.msg) - 4, "a...");
	err_set(&err, ERR_IO, "%.*s", (int)sizeof(err.msg) - 4, big);
	err_wrap(&err, "b");
	CHECK(strlen(err.msg) == sizeof(err.msg) - 1 && !strchr(err.msg, '.'));
	err_set(&err, ERR_IO, "%.*s", (int)sizeof(err.msg) - 3, big);
	err_wrap(&err, "b");
	CHECK_STR(err.msg + strlen(err.msg) - 4, "a...");
	err_sys(&err, ERR_IO, EACCES, "cannot open '%s'", big); /* the reason survives */
	CHECK(strlen(err.msg) < sizeof(err.msg));
	CHECK_STR(err.msg + strlen(err.msg) - 23, "a...: Permission denied");
	err_set(&err, ERR_FORMAT, "the reason");
	err_wrap(&err, "%s", big);
	CHECK_STR(err.msg + strlen(err.msg) - 15, "...: the reason");
	err_set(&err, ERR_FORMAT, "%.500s", big);
	err_wrap(&err, "%s", big);
	CHECK(strlen(err.msg) == sizeof(err.msg) - 1);
	err_at(&err, "%s", big);
	CHECK(strlen(err.place) == sizeof(err.place) - 1);
	CHECK_STR(err.place + strlen(err.place) - 4, "a...");
}

/* At no length is a character of three bytes cut. */
static void t_utf8_cut(void)
{
	char text[1024];
	struct err err;

	for (size_t shift = 0; shift < 6; shift++) {
		size_t n = shift, body;

		memset(text, 'x', shift);
		for (; n + 3 < sizeof(text); n += 3)
			memcpy(text + n, "\xe2\x82\xac", 3);
		text[n] = '\0';
		err_set(&err, ERR_FORMAT, "%s", text);
		body = strlen(err.msg);
		CHECK(body > 590 && strcmp(err.msg + body - 3, "...") == 0);
		CHECK((body - 3 - shift) % 3 == 0);
	}
}

int main(void)
{
	t_set();
	t_system();
	t_one_line();
	t_long();
	t_utf8_cut();
	return check_done();
}
