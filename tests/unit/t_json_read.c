// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_json_read.c - core/json: values, paths, large numbers, and where a broken text is broken
 */
#include "core/json.h"
#include "tests/unit/check.h"

static struct json *j;

static int parse(const char *text)
{
	struct err err = { 0 };

	return json_parse(j, str_from(text), &err);
}

static uint32_t get(const char *key)
{
	return json_get(j, json_root(j), key);
}

static void values(void)
{
	double d;
	int64_t i;
	uint64_t u;
	bool b;
	struct buf s = { 0 };

	CHECK(parse("\xef\xbb\xbf {\"a\": 1, \"b\": [1, 2.5, \"x\\u00e9\\n\", null, true, {}], \"c\": {\"d\": {\"e\": "
		    "-7}}, \"\": 0, \"a\": 2}\n") == 0);
	CHECK(json_type(j, json_root(j)) == JSON_OBJECT && json_count(j, json_root(j)) == 5);
	CHECK(json_int(j, get("a"), &i) && i == 1);
	CHECK(json_int(j, get(""), &i) && i == 0);
	CHECK(json_count(j, get("b")) == 6);
	CHECK(json_real(j, json_at(j, get("b"), 1), &d));
	CHECK_NEAR(d, 2.5, 0);
	CHECK(str_is(json_text(j, json_at(j, get("b"), 2)), "x\xc3\xa9\n"));
	CHECK(json_type(j, json_at(j, get("b"), 3)) == JSON_NULL);
	CHECK(json_bool(j, json_at(j, get("b"), 4), &b) && b);
	CHECK(json_type(j, json_at(j, get("b"), 5)) == JSON_OBJECT &&
	      json_first(j, json_at(j, get("b"), 5)) == JSON_NONE);
	CHECK(json_at(j, get("b"), 6) == JSON_NONE);
	CHECK(json_int(j, json_get(j, json_get(j, get("c"), "d"), "e"), &i) && i == -7);
	CHECK(!json_int(j, json_get(j, json_get(j, get("x"), "y"), "z"), &i));
	CHECK(json_text(j, JSON_NONE).p == NULL && json_type(j, JSON_NONE) == JSON_ABSENT &&
	      json_key(j, JSON_NONE).p == NULL);
	CHECK(str_is(json_key(j, json_first(j, json_root(j))), "a"));
	CHECK(!json_uint(j, json_get(j, json_get(j, get("c"), "d"), "e"), &u));
	CHECK(!json_int(j, json_at(j, get("b"), 1), &i));
	json_scalar(j, json_at(j, get("b"), 1), &s);
	json_scalar(j, json_at(j, get("b"), 4), &s);
	json_scalar(j, get("a"), &s);
	json_scalar(j, get("b"), &s);
	CHECK_STR(s.data, "2.5true1");
	buf_free(&s);
}

static void large_numbers(void)
{
	uint64_t u;
	int64_t i;
	double d;
	struct buf s = { 0 };

	CHECK(parse("{\"x y\": {\"/gc/gogc:percent\": 18446744073709551615}, \"max\": 9223372036854775807, \"min\": "
		    "-9223372036854775808,"
		    " \"more\": 18446744073709551616, \"real\": 1e3}") == 0);
	CHECK(json_uint(j, json_first(j, get("x y")), &u) && u == UINT64_MAX);
	CHECK(!json_int(j, json_first(j, get("x y")), &i));
	CHECK(json_real(j, json_first(j, get("x y")), &d) && d > 1.8e19);
	json_scalar(j, json_first(j, get("x y")), &s);
	CHECK_STR(s.data, "18446744073709551615");
	CHECK(json_int(j, get("max"), &i) && i == INT64_MAX);
	CHECK(json_int(j, get("min"), &i) && i == INT64_MIN);
	CHECK(!json_uint(j, get("more"), &u));
	CHECK(json_int(j, get("real"), &i) && i == 1000);
	buf_free(&s);
}

static void order(void)
{
	char want = '0';

	CHECK(parse("[[0,[1,[2]],3],{\"a\":[4],\"b\":5},6]") == 0);
	for (uint32_t n = json_root(j); n != JSON_NONE; n++) {
		int64_t i;

		if (json_type(j, n) == JSON_ABSENT)
			break;
		if (json_int(j, n, &i))
			CHECK((char)('0' + i) == want++);
	}
	CHECK(want == '7');
	CHECK(json_count(j, json_root(j)) == 3 && json_count(j, json_first(j, json_root(j))) == 3);
}

static void refuse(const char *text, size_t n, const char *place)
{
	struct err err = { 0 };

	CHECK(json_parse(j, (struct str){ text, n }, &err) == ERR_FORMAT);
	CHECK_STR(err.place, place);
	CHECK(json_root(j) == JSON_NONE);
}

static void broken(void)
{
	refuse("", 0, "byte 0");
	refuse("{\"a\": 1,}", 9, "byte 8");
	refuse("{\"a\" 1}", 7, "byte 5");
	refuse("{a: 1}", 6, "byte 1");
	refuse("[1, 2", 5, "byte 5");
	refuse("[1, 02]", 7, "byte 5");
	refuse("[1.]", 4, "byte 3");
	refuse("[1e]", 4, "byte 3");
	refuse("[nul]", 5, "byte 4");
	refuse("[NaN]", 5, "byte 1");
	refuse("\"a\nb\"", 5, "byte 2");
	refuse("\"\\x41\"", 6, "byte 2");
	refuse("\"\\u12g4\"", 8, "byte 5");
	refuse("{} {}", 5, "byte 3");
	refuse("{\"a\":1]", 7, "byte 6");
	refuse("{\"a\":\0 1}", 9, "byte 5");
	refuse("'a'", 3, "byte 0");
	refuse("[-]", 3, "byte 2");
	refuse("[-x]", 4, "byte 2");
	refuse("[1E+]", 5, "byte 4");
	refuse("[.5]", 4, "byte 1");
	refuse("\"\\u:000\"", 8, "byte 3");
	refuse("\"\\u/000\"", 8, "byte 3");
	refuse("\"\\uG000\"", 8, "byte 3");
	refuse("\"\\u@000\"", 8, "byte 3");
	refuse("\"\\u`000\"", 8, "byte 3");
	refuse("\"\\", 2, "byte 2");
	refuse("{\"a\"\r\n\t :1,, }", 14, "byte 11");
	refuse("[1 2]", 5, "byte 3");
	refuse("}", 1, "byte 0");
}

static void faults(void)
{
	static const char *const good[] = { "1", " [ ] ", "{\"a\":[{},[],\"\\ud83d\\ude00\",-0.5e+3,true,false,null]}",
					    "\r\n\t[1E5,0.25e-1,\"\\uABCD\\uabcd\\u09AF\\n\\/\"]\r\n",
					    "\"x\"" };
	const char *why;
	struct buf deep = { 0 };
	struct err err = { 0 };

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		CHECK(json_fault(str_from(good[i]), &why) == strlen(good[i]) && !why);
		CHECK(parse(good[i]) == 0);
	}
	buf_repeat(&deep, "[", 100000);
	CHECK(json_parse(j, buf_view(&deep), &err) == ERR_FORMAT);
	buf_reset(&deep);
	buf_repeat(&deep, "[", 1000);
	buf_repeat(&deep, "]", 1000);
	CHECK(json_parse(j, buf_view(&deep), &err) == 0);
	buf_free(&deep);
}

int main(void)
{
	struct err err = { 0 };
	struct limits small = limits_default;

	CHECK(json_new(&j, &limits_default, &err) == 0);
	values();
	large_numbers();
	order();
	broken();
	faults();
	json_free(j);
	small.json_bytes = 8;
	CHECK(json_new(&j, &small, &err) == 0);
	CHECK(json_parse(j, STR_LIT("[1,2,3,4]"), &err) == ERR_LIMIT);
	json_free(j);
	json_free(NULL);
	return check_done();
}
