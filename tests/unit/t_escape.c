// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_escape.c - every character and many strings through every escaper: nothing that acts in a format comes out, and what comes
 * out is read back as what went in
 */
#include "core/buf.h"
#include "core/text.h"
#include "report/html.h"
#include "report/jsonw.h"
#include "tests/unit/check.h"

#define FFFD 0xfffdu

/* By Unicode's lists: C0, DEL, C1, the bidirectional formats, line separators, the byte order mark, what XML forbids. */
static bool acts(uint32_t c)
{
	static const uint32_t one[] = { 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff, 0xfffe, 0xffff };

	if (c < 32 || (c > 126 && c < 160) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return true;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		if (one[i] == c)
			return true;
	return false;
}

static uint32_t hex(const char *p, size_t n)
{
	uint32_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 16 + (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 32) - 'a' + 10);
	return v;
}

/* The one character that a JSON string, or text in quotes, of one character holds; UINT32_MAX when it is not one. */
static uint32_t unquoted(struct str s)
{
	static const char letters[] = "\"\\nrt", mean[] = "\"\\\n\r\t";
	uint32_t c;

	if (s.n < 3 || s.p[0] != '"' || s.p[s.n - 1] != '"')
		return UINT32_MAX;
	s = (struct str){ s.p + 1, s.n - 2 };
	if (s.p[0] != '\\') {
		c = text_next(&s);
		return s.n || c == '"' ? UINT32_MAX : c;
	}
	if (s.n == 6 && s.p[1] == 'u')
		return hex(s.p + 2, 4);
	if (s.n == 4 && s.p[1] == 'x')
		return hex(s.p + 2, 2);
	return s.n == 2 && strchr(letters, s.p[1]) ? (uint32_t)mean[strchr(letters, s.p[1]) - letters] : UINT32_MAX;
}

static uint32_t unescaped_html(struct str s)
{
	static const struct { const char *name; uint32_t c; } names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&#39;", '\'' } };
	uint32_t c;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(s, names[i].name))
			return names[i].c;
	c = text_next(&s);
	return s.n || strchr("<>&\"'", (int)(c < 128 ? c : 'x')) ? UINT32_MAX : c;
}

/* In a cell: the quotes taken off, the ' before a formula kept. */
static struct str cell(struct str s, char *room)
{
	size_t n = 0;

	if (!s.n || s.p[0] != '"')
		return s;
	for (size_t i = 1; i + 1 < s.n; i++) {
		i += s.p[i] == '"';	/* of two one */
		room[n++] = s.p[i];
	}
	return (struct str){ room, n };
}

static void one_character(uint32_t c, struct buf *b, unsigned wrong[6])
{
	char raw[4], room[16];
	struct str s = { raw, text_utf8(raw, c) }, got;
	uint32_t html_wants = (acts(c) && c < 160 && c != '\n' && c != '\t') || c == 0xfffe || c == 0xffff ? FFFD : c;
	bool formula = c == '=' || c == '+' || c == '-' || c == '@' || c == '\t' || c == '\r' || c == 0 || c == 0xff1d || c == 0xff0b || c == 0xff0d || c == 0xff20;

	buf_reset(b);
	text_clean(b, s);
	wrong[0] += text_is_clean(s) == acts(c) || !text_is_clean(buf_view(b)) || str_eq(buf_view(b), s) == acts(c);
	buf_reset(b);
	text_json(b, s);
	got = buf_view(b);
	wrong[1] += unquoted(got) != c || memchr(got.p, '<', got.n) || memchr(got.p, '>', got.n) || memchr(got.p, '&', got.n) || memchr(got.p, '\n', got.n);
	buf_reset(b);
	text_html(b, s);
	wrong[2] += unescaped_html(buf_view(b)) != html_wants;
	buf_reset(b);
	text_csv(b, s);
	got = cell(buf_view(b), room);
	wrong[3] += (got.n && got.p[0] == '\'') != (formula || c == '\'');
	got = str_skip(got, formula);
	wrong[4] += (c ? !str_eq(got, s) : !str_is(got, "\xef\xbf\xbd"));
	buf_reset(b);
	text_quote(b, s);
	wrong[5] += unquoted(buf_view(b)) != c || !text_is_clean(buf_view(b));
}

static void every_character(void)
{
	struct buf b = { 0 };
	unsigned wrong[6] = { 0 };

	for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x20000 ? 1 : 97)
		if (c < 0xd800 || c > 0xdfff)
			one_character(c, &b, wrong);
	for (int i = 0; i < 6; i++)
		CHECK(wrong[i] == 0);
	buf_free(&b);
}

/* All strings of three bytes of these: what is no UTF-8 becomes U+FFFD in each format, and nothing is read behind the end. */
static void broken_bytes(void)
{
	static const char bytes[] = "\0a\"<\x7f\x80\xa0\xbf\xc2\xe0\xed\xef\xf0\xf4\xf5\xff";
	void (*const all[])(struct buf *, struct str) = { text_clean, text_json, text_html, text_csv, text_quote };
	const size_t n = sizeof(bytes) - 1;
	struct buf b = { 0 };
	unsigned wrong = 0;

	for (size_t i = 0; i < n * n * n; i++) {
		char raw[3] = { bytes[i % n], bytes[i / n % n], bytes[i / n / n] };

		for (size_t f = 0; f < sizeof(all) / sizeof(all[0]); f++) {
			struct str got;

			buf_reset(&b);
			all[f](&b, (struct str){ raw, sizeof(raw) });
			got = buf_view(&b);
			while (got.n)
				wrong += text_next(&got) == TEXT_INVALID;
		}
	}
	CHECK(wrong == 0);
	buf_free(&b);
}

static void nothing(void)
{
	struct buf b = { 0 };

	text_clean(&b, STR_NONE);
	text_html(&b, STR_NONE);
	text_csv(&b, STR_NONE);
	CHECK(b.len == 0);
	text_json(&b, STR_LIT("a ##[error]<"));
	CHECK_STR(b.data, "\"a \\u0023\\u0023[error]\\u003c\"");
	buf_reset(&b);
	text_json(&b, STR_LIT("# ## #[ \""));
	CHECK_STR(b.data, "\"# ## #[ \\\"\"");
	buf_reset(&b);
	text_json(&b, STR_NONE);
	text_quote(&b, STR_NONE);
	CHECK_STR(b.data, "\"\"\"\"");
	buf_free(&b);
}

static void json_writer(void)
{
	struct buf b = { 0 };
	struct jsonw w = { .out = &b, .lines = 1 };

	jsonw_open(&w, NULL, '{');
	jsonw_raw(&w, "none", STR_NONE);
	jsonw_raw(&w, "empty", STR_LIT(""));
	jsonw_raw(&w, "markup", STR_LIT("[\"</script><!--&##[x]\",\n\t1,\r2]"));
	jsonw_text(&w, "no", STR_NONE);
	jsonw_real(&w, "nan", NAN);
	jsonw_bool(&w, "false", false);
	jsonw_close(&w, '}');
	CHECK_STR(b.data, "{\n  \"none\": null,\n  \"empty\": null,\n  \"markup\": [\"\\u003c/script\\u003e\\u003c!--\\u0026\\u0023\\u0023[x]\",  1, 2],\n"
			  "  \"no\": null,\n  \"nan\": null,\n  \"false\": false\n}\n");
	buf_reset(&b);
	w = (struct jsonw){ .out = &b };
	for (int i = 0; i + 1 < JSONW_DEPTH; i++)
		jsonw_open(&w, NULL, '[');
	CHECK(!b.failed);
	jsonw_open(&w, NULL, '[');
	CHECK(b.failed);
	buf_free(&b);
}

/* A writer of the page's data that forgot to escape cannot end the script element. */
static void html_data_is_closed(void)
{
	struct buf out = { 0 };
	struct htmlw w = { .out = &out };

	buf_puts(&w.words, "</script><b>&amp;");
	html_data(&w);
	CHECK_STR(out.data, "<script type=\"application/json\" id=\"d\">\\u003c/script\\u003e\\u003cb\\u003e\\u0026amp;</script>\n");
	buf_reset(&out);
	w.words.limit = 4;
	buf_puts(&w.words, "longer than that");
	html_data(&w);
	CHECK(out.failed);
	buf_free(&out);
	buf_free(&w.words);
}

static void widths(void)
{
	struct buf b = { 0 };

	CHECK(text_width(STR_LIT("\x7f\x80\x1b[1;31mred\x1b[0m")) == 4);	/* a byte that is no UTF-8 counts as the U+FFFD it becomes */
	CHECK(text_width(STR_LIT("\xc2\x85\xc2\xa0")) == 1);			/* C1; U+00A0 */
	CHECK(text_width(STR_LIT("\x1b[12")) == 3);				/* no colour of ours: ESC is no width */
	text_wrap(&b, STR_LIT("a\tb\n\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"), 3, 1);
	CHECK_STR(b.data, "a b\n \xe6\xbc\xa2\n \xe6\xbc\xa2\n \xe6\xbc\xa2");
	buf_reset(&b);
	text_pad(&b, STR_NONE, 3, true);
	CHECK_STR(b.data, "   ");
	buf_free(&b);
	b = (struct buf){ .limit = 2 };
	text_pad(&b, STR_LIT("abcd"), 10, false);
	CHECK(b.failed && b.len <= 2);
	buf_free(&b);
	b = (struct buf){ 0 };
	text_pad(&b, STR_NONE, 0, true);	/* nothing was ever written into it */
	CHECK(b.len == 0);
	buf_free(&b);
	text_wrap(&b, STR_LIT("0123456789 tail"), 4, 2);
	CHECK_STR(b.data, "0123\n  45\n  67\n  89\n  ta\n  il");
	buf_free(&b);
}

int main(void)
{
	every_character();
	broken_bytes();
	nothing();
	json_writer();
	html_data_is_closed();
	widths();
	return check_done();
}
