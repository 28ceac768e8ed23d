// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/buf.h"
#include "tests/unit/check.h"

static void t_adding(void)
{
	struct buf b = { 0 };
	struct err err;

	CHECK(b.data == NULL && buf_view(&b).n == 0 && buf_view(&b).p != NULL);
	buf_add(&b, NULL, 0);
	CHECK(b.data && b.len == 0 && b.data[0] == '\0');
	buf_puts(&b, "abc");
	buf_byte(&b, 'd');
	buf_str(&b, STR_NONE);
	buf_str(&b, (struct str){ "e\0f", 3 });
	CHECK(b.len == 7 && memcmp(b.data, "abcde\0f", 8) == 0);
	buf_repeat(&b, "-=", 3);
	buf_repeat(&b, "", 1000);
	buf_repeat(&b, "x", 0);
	buf_printf(&b, "%d|%s", 42, "");
	CHECK_STR(b.data + 7, "-=-=-=42|");
	CHECK(buf_check(&b, &err) == 0);
	buf_reset(&b);
	CHECK(b.len == 0 && b.data[0] == '\0' && b.cap > 0);
	buf_free(&b);
	CHECK(b.data == NULL && b.cap == 0 && b.len == 0);
}

/* Every length around every size the buffer grows to: bytes, and the NUL behind them. */
static void t_growth(void)
{
	struct buf one = { 0 };
	bool same = true;

	for (size_t n = 0; n < 3000; n++) {
		struct buf b = { 0 };

		buf_printf(&b, "%*s|", (int)n, "");
		same = same && b.len == n + 1 && b.data[n] == '|' && strlen(b.data) == n + 1;
		buf_free(&b);
		buf_byte(&one, (char)('a' + n % 26));
		same = same && one.len == n + 1 && one.data[n + 1] == '\0';
	}
	for (size_t n = 0; n < 3000; n++)
		same = same && one.data[n] == (char)('a' + n % 26);
	CHECK(same);
	buf_free(&one);
}

static void t_limit(void)
{
	bool exact = true, refused = true;
	struct err err;

	for (size_t limit = 1; limit < 300; limit++) {
		struct buf b = { .limit = limit };

		for (size_t n = 0; n < limit; n++)
			buf_byte(&b, 'x');
		exact = exact && !b.failed && b.len == limit && b.cap <= limit + 64;
		buf_byte(&b, 'y');
		refused = refused && b.failed && b.len == limit && b.data[limit] == '\0';
		buf_free(&b);
	}
	CHECK(exact);
	CHECK(refused);
	struct buf b = { .limit = 8 };

	buf_puts(&b, "12345");
	buf_puts(&b, "6789");
	CHECK(b.failed);
	buf_byte(&b, 'z'); /* a no-op although there is room */
	buf_printf(&b, "z");
	buf_repeat(&b, "z", 1);
	CHECK_STR(b.data, "12345");
	CHECK(buf_check(&b, &err) == ERR_MEMORY && strstr(err.msg, "8 bytes"));
	buf_reset(&b);
	CHECK(!b.failed && buf_check(&b, &err) == 0);
	buf_printf(&b, "%s", "123456789");
	CHECK(b.failed && b.len == 0);
	CHECK_STR(b.data, ""); /* no half text */
	buf_reset(&b);
	buf_printf(&b, "%s", "12345678");
	CHECK(!b.failed && b.len == 8);
	buf_free(&b);
	CHECK(b.limit == 8 && !b.failed);
}

static void t_overflow(void)
{
	struct buf b = { 0 };
	struct err err;

	buf_puts(&b, "abc");
	buf_repeat(&b, "xx", SIZE_MAX / 2 + 1);
	CHECK(b.failed && b.len == 3);
	CHECK(buf_check(&b, &err) == ERR_MEMORY);
	buf_reset(&b);
	buf_repeat(&b, "x", SIZE_MAX - 1);
	CHECK(b.failed);
	buf_reset(&b);
	b.limit = SIZE_MAX;
	buf_repeat(&b, "x", SIZE_MAX / 2);
	CHECK(b.failed);
	buf_reset(&b);
	buf_puts(&b, "fine");
	CHECK_STR(b.data, "fine");
	buf_free(&b);
}

int main(void)
{
	t_adding();
	t_growth();
	t_limit();
	t_overflow();
	return check_done();
}
