// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text.h"

#include "tests/unit/check.h"

#define FFFD "\xef\xbf\xbd"
#define DOTS "\xe2\x80\xa6"

static void check_bytes(void (*f)(struct buf *, struct str), struct str in, const char *want, int line)
{
	struct buf b = { 0 };

	f(&b, in);
	check_str(b.data ? b.data : "", want, __FILE__, line, want);
	check_report(b.len == strlen(want), __FILE__, line, "length");
	buf_free(&b);
}

#define SAME(f, in, want) check_bytes(f, (struct str){ (in), sizeof(in) - 1 }, want, __LINE__)

static void t_clean(void)
{
	SAME(text_clean, "", "");
	SAME(text_clean, "net/http.(*conn).serve", "net/http.(*conn).serve");
	SAME(text_clean, "a\tb\nc\0d\x7f", "a\\x09b\\x0ac\\x00d\\x7f");
	SAME(text_clean, "\x1b[31mred", "\\x1b[31mred");
	SAME(text_clean, "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\x80\\x9b\\x9f\xc2\xa0"); /* C1; U+00A0 stays */
	SAME(text_clean, "x\xe2\x80\xaey", "x\\u202ey");				 /* right-to-left override */
	SAME(text_clean, "\xe2\x81\xa6\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f", "\\u2066\\u2069\\u200e\\u200f");
	SAME(text_clean, "\xe2\x80\xa8\xe2\x80\xa9\xef\xbb\xbf\xd8\x9c", "\\u2028\\u2029\\ufeff\\u061c");
	SAME(text_clean, "\xef\xbf\xbe\xef\xbf\xbf", "\\ufffe\\uffff");
	SAME(text_clean, "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5",
	     "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5"); /* neighbours */
	SAME(text_clean, "caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe4\xb8\xad \xf0\x9f\x98\x80");
}

/* The longest prefix that could have begun a character gives one replacement (Unicode 15, table 3-8 and its text). */
static void t_invalid(void)
{
	SAME(text_clean, "\x80", FFFD);
	SAME(text_clean, "\xff\xfe", FFFD FFFD);
	SAME(text_clean, "\xc0\x80", FFFD FFFD);
	SAME(text_clean, "\xc1\xbf", FFFD FFFD);
	SAME(text_clean, "\xe0\x80\x80", FFFD FFFD FFFD);
	SAME(text_clean, "\xed\xa0\x80", FFFD FFFD FFFD); /* a surrogate */
	SAME(text_clean, "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD);
	SAME(text_clean, "\xf0\x8f\xbf\xbf", FFFD FFFD FFFD FFFD);
	SAME(text_clean, "\xf5\x80\x80\x80", FFFD FFFD FFFD FFFD);
	SAME(text_clean, "a\xe4\xb8", "a" FFFD);
	SAME(text_clean, "\xe4\xb8z", FFFD "z");
	SAME(text_clean, "\xf0\x9f\x98\xe4\xb8\xad", FFFD "\xe4\xb8\xad");
	SAME(text_clean, "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", FFFD FFFD FFFD FFFD "A");
	SAME(text_clean, "\xc3\n", FFFD "\\x0a");
	SAME(text_clean, "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
}

/* Every pair of bytes, at every place of a word of eight: clean afterwards, and clean only if nothing changed. */
static void t_all_pairs(void)
{
	uint32_t wrong = 0, not_clean = 0;

	for (uint32_t i = 0; i < 65536 * 9; i++) {
		char in[11];
		struct str s = { in, sizeof(in) }, out;
		struct buf b = { 0 };

		memset(in, 'x', sizeof(in));
		in[i % 9] = (char)(i / 9 >> 8);
		in[i % 9 + 1] = (char)(i / 9);
		text_clean(&b, s);
		out = buf_view(&b);
		not_clean += !text_is_clean(out);
		wrong += text_is_clean(s) != str_eq(s, out);
		buf_free(&b);
	}
	CHECK(wrong == 0);
	CHECK(not_clean == 0);
	CHECK(text_is_clean(STR_NONE) && text_is_clean(STR_LIT("")));
}

/* All 256 bytes, in both orders, twice over: whatever the format, no control byte and no invalid UTF-8 is left. */
static void t_all_bytes(void)
{
	static void (*const formats[])(struct buf *, struct str) = { text_clean, text_json, text_html, text_csv,
								     text_quote };
	char in[512];

	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)(i < 256 ? i : 511 - i);
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		struct buf b = { 0 };
		struct str s;
		uint32_t c = 0;

		formats[f](&b, (struct str){ in, sizeof(in) });
		for (s = buf_view(&b); s.n && c != TEXT_INVALID;)
			c = text_next(&s);
		CHECK(c != TEXT_INVALID);
		CHECK(memchr(b.data, '\0', b.len) == NULL);
		if (formats[f] == text_clean || formats[f] == text_json || formats[f] == text_quote)
			CHECK(text_is_clean(buf_view(&b)));
		buf_free(&b);
	}
}

static void t_escapers(void)
{
	SAME(text_json, "", "\"\"");
	SAME(text_json, "a\"b\\c\n\r\t\b\x01\x7f", "\"a\\\"b\\\\c\\n\\r\\t\\u0008\\u0001\\u007f\"");
	SAME(text_json, "</script><!--&", "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
	SAME(text_json, "\xe2\x80\xa8\xe2\x80\xa9\xc2\x85", "\"\\u2028\\u2029\\u0085\"");
	SAME(text_json, "\xff\0z\xf0\x9f\x98\x80", "\"" FFFD "\\u0000z\xf0\x9f\x98\x80\"");
	SAME(text_html, "<a href=\"x\" b='y'>&amp;", "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
	SAME(text_html,
	     "a\nb\tc\rd\0e\xc2\x85"
	     "f\xef\xbf\xbf\xfe",
	     "a\nb\tc" FFFD "d" FFFD "e" FFFD "f" FFFD FFFD);
	SAME(text_json, "\xc2\x80\xc2\x9f\xc2\xa0 ~", "\"\\u0080\\u009f\xc2\xa0 ~\"");
	SAME(text_html, "\xc2\x80\xc2\x9f\xc2\xa0 ~", FFFD FFFD "\xc2\xa0 ~");
	SAME(text_quote, " ~", "\" ~\"");
	SAME(text_quote, "", "\"\"");
	SAME(text_quote, "a\"b\\c\n\r\t\x01\x1b\0\x7f", "\"a\\\"b\\\\c\\n\\r\\t\\x01\\x1b\\x00\\x7f\"");
	SAME(text_quote, "\xff\xe4\xb8|\xe4\xb8\xad|\xe2\x80\xae|\xc2\x85",
	     "\"\\xff\\xe4\\xb8|\xe4\xb8\xad|\\u202e|\\u0085\"");
}

static void t_csv(void)
{
	SAME(text_csv, "", "");
	SAME(text_csv, "main.(*T).M", "main.(*T).M");
	SAME(text_csv, "a,b", "\"a,b\"");
	SAME(text_csv, "a;b", "\"a;b\"");
	SAME(text_csv, "say \"x\"", "\"say \"\"x\"\"\"");
	SAME(text_csv, "two\nlines\r", "\"two\nlines\r\"");
	SAME(text_csv, " blanks ", "\" blanks \"");
	SAME(text_csv, " a", "\" a\"");
	SAME(text_csv, "a ", "\"a \"");
	SAME(text_csv, "=1+2", "'=1+2");
	SAME(text_csv, "+1", "'+1");
	SAME(text_csv, "-1", "'-1");
	SAME(text_csv, "@SUM(A1)", "'@SUM(A1)");
	SAME(text_csv, "\tx", "\"'\tx\"");
	SAME(text_csv, "\rx", "\"'\rx\"");
	SAME(text_csv, "\0=x", "'" FFFD "=x");
	SAME(text_csv, "=cmd|' /C calc'!A0,\"", "\"'=cmd|' /C calc'!A0,\"\"\"");
	SAME(text_csv,
	     "\xef\xbc\x9d"
	     "1",
	     "'\xef\xbc\x9d"
	     "1"); /* fullwidth = */
	SAME(text_csv, "a=b", "a=b");
}

static size_t width(const char *s)
{
	return text_width(str_from(s));
}

static void t_width(void)
{
	CHECK(width("") == 0 && width("abc") == 3);
	CHECK(width("caf\xc3\xa9") == 4 && width("cafe\xcc\x81") == 4);	     /* composed, combining */
	CHECK(width("\xe4\xb8\xad\xe6\x96\x87") == 4);			     /* CJK */
	CHECK(width("\xed\x95\x9c") == 2 && width("\xef\xbc\xa1") == 2);     /* Hangul, fullwidth A */
	CHECK(width("\xf0\x9f\x98\x80") == 2 && width("\xe2\x9c\x93") == 1); /* emoji, check mark */
	CHECK(width("\xe2\x96\x88\xe2\x96\x81") == 2 && width(DOTS) == 1);   /* bars */
	CHECK(width("\xe2\x80\x8b") == 0 && width("\xef\xb8\x8f") == 0);     /* zero width space, variation selector */
	CHECK(width("\x1b[1;31mred\x1b[0m") == 3 && width("\x1b[31") == 3);  /* our colours; not one */
	CHECK(width("\xff\xff") == 2);
	CHECK(width("\x1b[31;x") == 5 && width("\x1b(31m") == 4 && width("\x1b[m") == 0 && width("\x1b") == 0);
	CHECK(width("\x1b[09m|") == 1 && width("\x1b[/m") == 3 && width("\x1b[:m") == 3);
}

static void check_cut(const char *in, size_t columns, bool ascii, const char *want, int line)
{
	struct buf b = { 0 };

	text_cut(&b, str_from(in), columns, ascii);
	check_str(b.data ? b.data : "", want, __FILE__, line, in);
	buf_free(&b);
}

#define CUT(in, columns, ascii, want) check_cut(in, columns, ascii, want, __LINE__)

static void t_cut(void)
{
	CUT("abcdef", 6, false, "abcdef");
	CUT("abcdef", 100, true, "abcdef");
	CUT("abcdef", 5, false, "ab" DOTS "ef");
	CUT("abcdef", 4, false, "ab" DOTS "f");
	CUT("abcdef", 3, false, "a" DOTS "f");
	CUT("abcdef", 2, false, "a" DOTS);
	CUT("abcdef", 1, false, DOTS);
	CUT("abcdef", 0, false, "");
	CUT("abcdef", 5, true, "a...f");
	CUT("abcdef", 4, true, "a...");
	CUT("abcdef", 3, true, "...");
	CUT("abcdef", 2, true, "..");
	CUT("abcdef", 1, true, ".");
	CUT("abcdef", 0, true, "");
	CUT("", 0, true, "");
	CUT("net/http.(*conn).readRequest", 21, false, "net/http.(" DOTS "eadRequest");
	CUT("\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87", 7, false,
	    "\xe4\xb8\xad" DOTS "\xe4\xb8\xad\xe6\x96\x87"); /* 2 + 1 + 4: what the head could not use the tail does */
	CUT("\xe4\xb8\xad\xe6\x96\x87", 2, false, DOTS);     /* a wide character does not fit beside the mark */
	CUT("abe\xcc\x81xyze\xcc\x81", 5, false, "ab" DOTS "ze\xcc\x81");
	CUT("abe\xcc\x81xyze\xcc\x81q", 5, false, "ab" DOTS "e\xcc\x81q");
}

static void t_pad(void)
{
	static const char *const in[] = { "",	       "ab",
					  "abcdef",    "\xe4\xb8\xad\xe6\x96\x87",
					  "e\xcc\x81", "x\xf0\x9f\x98\x80y" };

	for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++) {
		bool exact = true;

		for (size_t columns = 0; columns < 12; columns++) {
			struct buf b = { 0 };

			buf_puts(&b, "|");
			text_pad(&b, str_from(in[i]), columns, columns % 2);
			exact = exact && text_width(buf_view(&b)) == columns + 1;
			buf_free(&b);
		}
		CHECK(exact);
	}
	struct buf b = { 0 };

	text_pad(&b, STR_LIT("ab"), 4, true);
	buf_puts(&b, "|");
	text_pad(&b, STR_LIT("abcdef"), 4, true);
	buf_puts(&b, "|");
	CHECK_STR(b.data, "ab  |a...|");
	buf_free(&b);
}

static void check_wrap(const char *front, const char *in, size_t columns, size_t indent, const char *want, int line)
{
	struct buf b = { 0 };

	buf_puts(&b, front);
	text_wrap(&b, str_from(in), columns, indent);
	check_str(b.data, want, __FILE__, line, in);
	buf_free(&b);
}

#define WRAP(front, in, columns, indent, want) check_wrap(front, in, columns, indent, want, __LINE__)

static void t_wrap(void)
{
	WRAP("", "", 10, 2, "");
	WRAP("", "  \n ", 10, 2, "");
	WRAP("", "one two three", 40, 2, "one two three");
	WRAP("", "one  two\nthree", 40, 2, "one two three");
	WRAP("", "one two three", 7, 0, "one two\nthree");
	WRAP("", "one two three", 9, 2, "one two\n  three");
	WRAP("title\n  - ", "one two three", 11, 4, "title\n  - one two\n    three");
	WRAP("a long front", "one two", 12, 2, "a long front\n  one two");
	WRAP("abcdef ", "one two", 11, 2, "abcdef one\n  two");
	WRAP("", "abcdefghij", 4, 0, "abcd\nefgh\nij");
	WRAP("> ", "abcdefghij k", 6, 2, "> abcd\n  efgh\n  ij k");
	WRAP("", "\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad", 5, 0, "\xe4\xb8\xad\xe6\x96\x87\n\xe4\xb8\xad");
	WRAP("", "ab cd", 0, 0, "ab\ncd");
	WRAP("\x1b[1mfor\x1b[0m ", "one two", 11, 4, "\x1b[1mfor\x1b[0m one two");
}

/* No line is wider than asked for, and all that is not a blank is there in its order. */
static void t_wrap_bounds(void)
{
	static const char text[] =
		"lock contention in github.com/example/shop/internal/order.(*Stock).Take: 81 % of all waits";

	for (size_t columns = 6; columns < 110; columns++) {
		struct buf b = { 0 };
		size_t widest = 0, at = 0;
		const char *want = text;

		text_wrap(&b, STR_LIT(text), columns, 3);
		for (size_t i = 0; i < b.len; i++) {
			at = b.data[i] == '\n' ? 0 : at + 1;
			widest = at > widest ? at : widest;
			if (b.data[i] == ' ' || b.data[i] == '\n')
				continue;
			want += strspn(want, " ");
			want += *want == b.data[i];
		}
		CHECK(widest <= columns);
		CHECK(*want == '\0');
		buf_free(&b);
	}
}

int main(void)
{
	t_clean();
	t_invalid();
	t_all_pairs();
	t_all_bytes();
	t_escapers();
	t_csv();
	t_width();
	t_cut();
	t_pad();
	t_wrap();
	t_wrap_bounds();
	return check_done();
}
