// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_json.c - the JSON answer: promised keys in their order, reals that read back, hostile text that comes back as it was
 */
#include "core/fmt.h"
#include "core/json.h"
#include "core/text.h"
#include "tests/unit/check.h"
#include "tests/unit/fixture.h"

static struct json *parse(struct buf *b, const char *change, int diff)
{
	struct report_model *m = fixture_model(change);
	struct report_diff_opts d = { .term = { .columns = 80 } };
	struct json *j = NULL;
	struct err err = { 0 };

	*b = (struct buf){ .limit = 1 << 24 };
	if (diff)
		CHECK(report_diff_json(b, m, &d, &err) == 0);
	else
		report_json(b, m);
	CHECK(!b->failed);
	CHECK(json_new(&j, &limits_default, &err) == 0);
	CHECK(json_parse(j, buf_view(b), &err) == 0);
	if (err.code)
		fprintf(stderr, "%s (%s)\n", err.msg, err.place);
	report_model_free(m);
	return j;
}

static void end(struct json *j, struct buf *b)
{
	json_free(j);
	buf_free(b);
}

static uint32_t at(const struct json *j, const char *a, const char *b)
{
	uint32_t n = json_get(j, json_root(j), a);

	return b ? json_get(j, n, b) : n;
}

static double real(const struct json *j, uint32_t n)
{
	double v = NAN;

	return json_real(j, n, &v) ? v : NAN;
}

/* The first keys of an object are these, in this order. */
static void check_keys(const struct json *j, uint32_t object, const char *const *want)
{
	uint32_t n = json_first(j, object);

	for (; *want; want++, n = json_next(j, n)) {
		char got[64];

		snprintf(got, sizeof(got), "%.*s", (int)json_key(j, n).n, json_key(j, n).p ? json_key(j, n).p : "");
		CHECK_STR(got, *want);
	}
}

static void test_shape(void)
{
	static const char *const top[] = { "schema", "tool", "design", "verdict", "causes", "recommendations", "detectable", "gates", "inputs",
		"partial", NULL };
	static const char *const verdict[] = { "cause", "score", "level", "changed", "explained", NULL };
	static const char *const recommendation[] = { "rank", "cause", "do", "where", "gain", "risk", "verify", "variant", "needs", NULL };
	static const char *const input[] = { "path", "kind", "side", "status", "reason", NULL };
	struct buf b;
	struct json *j = parse(&b, NULL, 0);
	uint32_t cause = json_at(j, at(j, "causes", NULL), 0);

	check_keys(j, json_root(j), top);
	check_keys(j, at(j, "verdict", NULL), verdict);
	check_keys(j, json_at(j, at(j, "recommendations", NULL), 0), recommendation);
	check_keys(j, json_at(j, at(j, "inputs", NULL), 0), input);
	CHECK(str_is(json_text(j, at(j, "schema", NULL)), "attrib/1"));
	CHECK(str_is(json_text(j, at(j, "verdict", "cause")), "goroutine_bloat"));
	CHECK_NEAR(real(j, at(j, "verdict", "score")), .93, 0);
	CHECK(json_count(j, at(j, "causes", NULL)) == 6);
	CHECK(json_count(j, json_get(j, cause, "for")) == 2 && json_count(j, json_get(j, cause, "against")) == 1);
	CHECK(json_count(j, json_get(j, cause, "not_tested")) == 1 && json_count(j, json_get(j, cause, "guilty")) == 2);
	CHECK(str_is(json_text(j, json_get(j, json_at(j, json_get(j, cause, "guilty"), 0), "function")), "main.(*Hub).fanOut"));
	CHECK(str_is(json_text(j, json_get(j, json_at(j, at(j, "recommendations", NULL), 0), "where")), "hub.go:110"));
	CHECK(json_type(j, json_get(j, json_get(j, json_at(j, at(j, "recommendations", NULL), 2), "gain"), "lo")) == JSON_NULL);
	CHECK(json_type(j, json_get(j, json_at(j, at(j, "recommendations", NULL), 0), "facts")) == JSON_OBJECT);
	CHECK(json_type(j, at(j, "partial", NULL)) == JSON_BOOL && strstr(b.data, "\"partial\": true"));
	CHECK_NEAR(real(j, json_get(j, json_at(j, at(j, "detectable", NULL), 0), "smallest")), .12, 0);
	end(j, &b);
}

static void test_numbers(void)
{
	struct buf b;
	struct json *j = parse(&b, "UPDATE analysis SET score = 0.1 + 0.2, changed = 1.0 / 3, explained = 9e999, design = 'two_sides'", 0);

	CHECK(strstr(b.data, "\"score\": 0.30000000000000004,") != NULL);	/* 17 digits: reads back to the same bits */
	CHECK_NEAR(real(j, at(j, "verdict", "changed")), 1.0 / 3, 0);
	CHECK(json_type(j, at(j, "verdict", "explained")) == JSON_NULL);	/* JSON has no infinity */
	end(j, &b);
	j = parse(&b, "UPDATE analysis SET design = 'snapshot'", 0);
	CHECK(json_type(j, at(j, "verdict", "changed")) == JSON_NULL);	/* whatever stands there */
	end(j, &b);
}

static void test_hostile(void)
{
	struct buf b;
	struct json *j = parse(&b, "UPDATE analysis SET title = '</script><!--\"\\' || char(10) || char(8232) || char(1);"
				   "UPDATE source SET path = 'a\"b\\c' || char(9) || '<&>' WHERE id = 7;"
				   "UPDATE recommendation SET facts = '{\"x\": \"</script>&\"}' WHERE rank = 1;"
				   "UPDATE recommendation SET facts = 'no JSON \"at all' WHERE rank = 2;", 0);

	CHECK(!strstr(b.data, "</script") && !strstr(b.data, "<!--"));
	CHECK(str_is(json_text(j, at(j, "service", NULL)), "</script><!--\"\\\\x0a\\u2028\\x01"));	/* cleaned on the way in */
	CHECK(str_is(json_text(j, json_get(j, json_get(j, json_at(j, at(j, "recommendations", NULL), 0), "facts"), "x")), "</script>&"));
	CHECK(str_is(json_text(j, json_get(j, json_at(j, at(j, "recommendations", NULL), 1), "facts")), "no JSON \"at all"));
	end(j, &b);
}

/* Two equal runs, and one whose files were renamed, give the same bytes but for the paths. */
static void test_same_bytes(void)
{
	struct buf a, b;
	struct json *ja = parse(&a, NULL, 0), *jb = parse(&b, NULL, 0);

	CHECK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	end(jb, &b);
	jb = parse(&b, "UPDATE source SET path = 'z' || (9 - id)", 0);
	CHECK(json_count(ja, at(ja, "inputs", NULL)) == json_count(jb, at(jb, "inputs", NULL)));
	for (uint32_t i = 0; i < json_count(ja, at(ja, "inputs", NULL)); i++) {
		uint32_t x = json_at(ja, at(ja, "inputs", NULL), i), y = json_at(jb, at(jb, "inputs", NULL), i);

		CHECK(str_eq(json_text(ja, json_get(ja, x, "kind")), json_text(jb, json_get(jb, y, "kind"))));
		CHECK(str_eq(json_text(ja, json_get(ja, x, "side")), json_text(jb, json_get(jb, y, "side"))));
		CHECK(str_eq(json_text(ja, json_get(ja, x, "status")), json_text(jb, json_get(jb, y, "status"))));
	}
	end(ja, &a);
	end(jb, &b);
}

static void test_diff(void)
{
	static const char *const keys[] = { "name", "metric", "unit", "flat", "cum", "stat", "change", "interval", "p", "q", "significant", NULL };
	struct buf b;
	struct json *j = parse(&b, "DELETE FROM analysis", 1);	/* as attrib diff leaves it */
	uint32_t list = at(j, "functions", NULL), f = json_at(j, list, 0);

	CHECK(json_count(j, list) == 4);
	check_keys(j, f, keys);
	CHECK(str_is(json_text(j, json_get(j, f, "name")), "main.(*Hub).fanOut"));
	CHECK_NEAR(real(j, json_get(j, json_get(j, f, "flat"), "base")), 210000, 0);
	CHECK_NEAR(real(j, json_get(j, json_get(j, f, "cum"), "current")), 590000, 0);
	CHECK_NEAR(real(j, json_get(j, json_get(j, f, "interval"), "hi")), 380000, 0);
	CHECK_NEAR(real(j, json_get(j, f, "q")), .0031, 0);
	for (uint32_t i = 0; i < 4; i++) {
		uint32_t g = json_at(j, list, i);

		if (str_is(json_text(j, json_get(j, g, "name")), "runtime.gopark"))
			CHECK_NEAR(real(j, json_get(j, json_get(j, g, "raw"), "flat_current")), 300000000, 0);
	}
	end(j, &b);
}

int main(void)
{
	test_shape();
	test_numbers();
	test_hostile();
	test_same_bytes();
	test_diff();
	return check_done();
}
