// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * run_json.c - run.json: what the capture helper knows of a run and no other file tells
 *
 * Every key is optional. A key nobody knows, or a value that is not what the key promises, is a note with its path and
 * costs nothing else: the file is written by hand as often as by the helper. Nothing in it is a number of the
 * measurement; all of it says when, with which settings, and what happened.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/json.h"
#include "ingest/decoder.h"
#include "ingest/timeparse.h"

struct run_json {
	struct json *j;
	struct sink *out;
	struct buf text;	/* of one value */
	struct rec_runinfo info;
	bool any_info;
};

/* lost: a known key that could not be read. */
static int note(struct run_json *r, struct str parent, struct str key, bool lost, const char *what, struct err *err)
{
	struct buf place = { .limit = 200 };
	int rc;

	buf_printf(&place, "%.*s%s%.*s", (int)(parent.n < 60 ? parent.n : 60), parent.n ? parent.p : "",
		   parent.n ? "." : "", (int)(key.n < 80 ? key.n : 80), key.n ? key.p : "");
	rc = put_note(r->out, err, (struct rec_note){ buf_view(&place), str_from(what), lost });
	buf_free(&place);
	return rc;
}

/* A time as 4.5 of the formats: a string in any of its forms, or an epoch. Relative ones mean nothing here. */
static bool time_of(struct run_json *r, uint32_t n, int64_t *out)
{
	const struct time_style style = { 0 };
	struct stamp at;

	buf_reset(&r->text);
	json_scalar(r->j, n, &r->text);
	if (!r->text.len || !timeparse_stamp(buf_view(&r->text), &style, &at) || at.kind != TIME_EPOCH)
		return false;
	*out = at.ns;
	return true;
}

static bool is_null(const struct run_json *r, uint32_t n)
{
	return json_type(r->j, n) == JSON_NULL;
}

static int bad(struct run_json *r, const char *parent, uint32_t n, const char *what, struct err *err)
{
	return is_null(r, n) ? 0 : note(r, str_from(parent), json_key(r->j, n), true, what, err);
}

/* ---- one function a key ---- */

static int take_text(struct run_json *r, uint32_t n, struct str *to, struct err *err)
{
	if (!json_text(r->j, n).p)
		return bad(r, "", n, "is not text and is left out", err);
	*to = json_text(r->j, n);
	r->any_info = true;
	return 0;
}

static int take_name(struct run_json *r, uint32_t n, struct err *err)
{
	return take_text(r, n, &r->info.name, err);
}

static int take_revision(struct run_json *r, uint32_t n, struct err *err)
{
	return take_text(r, n, &r->info.revision, err);
}

static int take_time(struct run_json *r, uint32_t n, int64_t *to, struct err *err)
{
	if (!time_of(r, n, to))
		return bad(r, "", n, "is not a time (2026-11-20T10:02:00Z) and is left out", err);
	r->any_info = true;
	return 0;
}

static int take_started(struct run_json *r, uint32_t n, struct err *err)
{
	return take_time(r, n, &r->info.started, err);
}

static int take_ended(struct run_json *r, uint32_t n, struct err *err)
{
	return take_time(r, n, &r->info.ended, err);
}

static int take_requests(struct run_json *r, uint32_t n, struct err *err)
{
	double v;

	if (!json_real(r->j, n, &v) || !(v >= 0) || isinf(v))
		return bad(r, "", n, "is not a number of requests and is left out", err);
	r->info.requests = v;
	r->any_info = true;
	return 0;
}

static int take_settings(struct run_json *r, uint32_t n, struct err *err)
{
	int rc = 0;

	if (json_type(r->j, n) != JSON_OBJECT)
		return bad(r, "", n, "is not an object and is left out", err);
	for (n = json_first(r->j, n); n != JSON_NONE && !rc; n = json_next(r->j, n)) {
		buf_reset(&r->text);
		json_scalar(r->j, n, &r->text);
		rc = buf_check(&r->text, err);
		if (!rc && (json_type(r->j, n) == JSON_ARRAY || json_type(r->j, n) == JSON_OBJECT))
			rc = bad(r, "settings", n, "is not one value and is left out", err);
		else if (!rc && !is_null(r, n))
			rc = put_setting(
				r->out, err,
				(struct rec_setting){ json_key(r->j, n), buf_view(&r->text), STR_LIT("run.json") });
	}
	return rc;
}

/* The settings that differ on purpose, as one setting: names, separated by commas. */
static int take_experiment(struct run_json *r, uint32_t n, struct err *err)
{
	int rc;

	buf_reset(&r->text);
	if (json_type(r->j, n) == JSON_TEXT) {
		json_scalar(r->j, n, &r->text);
	} else if (json_type(r->j, n) != JSON_ARRAY) {
		return bad(r, "", n, "is not a list of settings and is left out", err);
	} else {
		for (uint32_t e = json_first(r->j, n); e != JSON_NONE; e = json_next(r->j, e)) {
			if (!json_text(r->j, e).p)
				continue;
			if (r->text.len)
				buf_byte(&r->text, ',');
			buf_str(&r->text, json_text(r->j, e));
		}
	}
	rc = buf_check(&r->text, err);
	if (rc || !r->text.len)
		return rc;
	return put_setting(r->out, err,
			   (struct rec_setting){ STR_LIT("experiment"), buf_view(&r->text), STR_LIT("run.json") });
}

static int take_labels(struct run_json *r, uint32_t n, struct err *err)
{
	int rc = 0;

	if (json_type(r->j, n) != JSON_OBJECT)
		return bad(r, "", n, "is not an object and is left out", err);
	for (n = json_first(r->j, n); n != JSON_NONE && !rc; n = json_next(r->j, n)) {
		buf_reset(&r->text);
		json_scalar(r->j, n, &r->text);
		rc = buf_check(&r->text, err);
		if (!rc && (json_type(r->j, n) == JSON_ARRAY || json_type(r->j, n) == JSON_OBJECT))
			rc = bad(r, "labels", n, "is not one value and is left out", err);
		else if (!rc && !is_null(r, n))
			rc = put_label_of_run(r->out, err,
					      (struct rec_label_of_run){ json_key(r->j, n), buf_view(&r->text) });
	}
	return rc;
}

/* t0 and t1 of an object; STORE_NULL when absent or null. false: one is there and is no time. */
static bool two_times(struct run_json *r, uint32_t n, int64_t *t0, int64_t *t1)
{
	uint32_t a = json_get(r->j, n, "t0"), b = json_get(r->j, n, "t1");

	*t0 = *t1 = STORE_NULL;
	if (a != JSON_NONE && !is_null(r, a) && !time_of(r, a, t0))
		return false;
	if (b != JSON_NONE && !is_null(r, b) && !time_of(r, b, t1))
		return false;
	return *t0 == STORE_NULL || *t1 == STORE_NULL || *t1 >= *t0;
}

static int take_files(struct run_json *r, uint32_t n, struct err *err)
{
	int64_t t0, t1;
	int rc = 0;

	if (json_type(r->j, n) != JSON_OBJECT)
		return bad(r, "", n, "is not an object and is left out", err);
	for (n = json_first(r->j, n); n != JSON_NONE && !rc; n = json_next(r->j, n)) {
		if (json_type(r->j, n) != JSON_OBJECT || !two_times(r, n, &t0, &t1))
			rc = bad(r, "files", n, "has no times t0 and t1 in order and is left out", err);
		else if (t0 != STORE_NULL || t1 != STORE_NULL)
			rc = put_filetime(r->out, err, (struct rec_filetime){ json_key(r->j, n), t0, t1 });
	}
	return rc;
}

static int take_event(struct run_json *r, uint32_t n, struct err *err)
{
	struct str kind = json_text(r->j, json_get(r->j, n, "kind")), text = json_text(r->j, json_get(r->j, n, "text"));
	int64_t t0, t1;

	if (json_type(r->j, n) != JSON_OBJECT || !kind.n || !two_times(r, n, &t0, &t1) || t0 == STORE_NULL)
		return note(r, STR_NONE, STR_LIT("events"), true,
			    "an event without t0 or kind, or with times out of order, is left out", err);
	return put_event(r->out, err, (struct rec_event){ .t = t0, .span = t1 == STORE_NULL ? 0 : t1 - t0, .kind = kind,
			 .text = text.p ? text : STR_LIT("") });
}

static int take_events(struct run_json *r, uint32_t n, struct err *err)
{
	int rc = 0;

	if (json_type(r->j, n) != JSON_ARRAY)
		return bad(r, "", n, "is not a list and is left out", err);
	for (n = json_first(r->j, n); n != JSON_NONE && !rc; n = json_next(r->j, n))
		rc = take_event(r, n, err);
	return rc;
}

static int take_schema(struct run_json *r, uint32_t n, struct err *err)
{
	struct str s = json_text(r->j, n);

	if (str_is(s, "attrib-run/1"))
		return 0;
	return note(r, STR_NONE, STR_LIT("schema"), false, "is not attrib-run/1: keys this version knows are read",
		    err);
}

static const struct {
	const char *name;
	int (*take)(struct run_json *r, uint32_t n, struct err *err);
	bool telling;	/* seldom a key of somebody else's JSON */
} keys[] = {
	{ "schema", take_schema, false },
	{ "name", take_name, false },
	{ "revision", take_revision, true },
	{ "started", take_started, true },
	{ "ended", take_ended, true },
	{ "requests", take_requests, false },
	{ "settings", take_settings, true },
	{ "experiment", take_experiment, true },
	{ "labels", take_labels, false },
	{ "files", take_files, true },
	{ "events", take_events, true },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int take_all(struct run_json *r, struct err *err)
{
	uint32_t n = json_root(r->j);
	int rc = 0;

	if (json_type(r->j, n) != JSON_OBJECT)
		return err_set(err, ERR_FORMAT, "is JSON but not an object");
	for (n = json_first(r->j, n); n != JSON_NONE && !rc; n = json_next(r->j, n)) {
		size_t k = 0;

		while (k < KEYS && !str_is(json_key(r->j, n), keys[k].name))
			k++;
		rc = k < KEYS ? keys[k].take(r, n, err)
			      : note(r, STR_NONE, json_key(r->j, n), false, "unknown key, not used", err);
	}
	if (!rc && r->any_info)
		rc = put_runinfo(r->out, err, r->info);
	return rc;
}

/* The whole input, at most the limit of a JSON document. */
static int slurp(struct reader *in, const struct limits *l, struct buf *out, struct err *err)
{
	struct str part;
	int rc;

	out->limit = (size_t)l->json_bytes + 1;
	for (;;) {
		rc = reader_peek(in, 1, &part, err);
		if (rc || part.n == 0)
			return rc;
		if (part.n > l->json_bytes - out->len)
			return err_set(err, ERR_LIMIT,
				       "is a JSON document of more than %" PRIu64 " bytes: the limit json_bytes",
				       l->json_bytes);
		buf_str(out, part);
		rc = buf_check(out, err);
		if (rc)
			return rc;
		reader_skip_peeked(in, part.n);
	}
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct run_json r = { .out = out, .text = { .limit = 65536 } };
	struct buf all = { 0 };
	int rc = slurp(in, o->limits, &all, err);

	r.info = (struct rec_runinfo){ STR_NONE, STR_NONE, STORE_NULL, STORE_NULL, NAN };
	if (!rc)
		rc = json_new(&r.j, o->limits, err);
	if (!rc)
		rc = json_parse(r.j, buf_view(&all), err);
	if (!rc)
		rc = take_all(&r, err);
	json_free(r.j);
	buf_free(&r.text);
	buf_free(&all);
	return rc;
}

/* ---- recognising it ---- */

/* Behind the string that begins at i. */
static size_t string_end(struct str s, size_t i)
{
	for (i++; i < s.n && s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i + 1;
}

/* Calls of the outermost object's keys that are ours; the head may end anywhere. */
static void count_keys(struct str s, int *telling, int *ours, bool *schema)
{
	int depth = 0;

	for (size_t i = 0; i < s.n;) {
		size_t from = i, end;
		struct str key;

		if (s.p[i] != '"') {
			depth += (s.p[i] == '{' || s.p[i] == '[') - (s.p[i] == '}' || s.p[i] == ']');
			i++;
			continue;
		}
		end = i = string_end(s, i);
		while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\n' || s.p[i] == '\t' || s.p[i] == '\r'))
			i++;
		if (depth != 1 || i >= s.n || s.p[i] != ':')
			continue;
		key = (struct str){ s.p + from + 1, end - from - 2 };
		for (size_t k = 0; k < KEYS; k++) {
			if (!str_is(key, keys[k].name))
				continue;
			++*ours;
			*telling += keys[k].telling;
		}
		if (str_is(key, "schema"))
			*schema = *schema || memmem(s.p + i, s.n - i < 64 ? s.n - i : 64, "\"attrib-run/", 12) != NULL;
	}
}

static bool sniff(struct str head)
{
	int telling = 0, ours = 0;
	bool schema = false;

	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.n && (head.p[0] == ' ' || head.p[0] == '\n' || head.p[0] == '\r' || head.p[0] == '\t'))
		head = str_skip(head, 1);
	if (!head.n || head.p[0] != '{')
		return false;
	count_keys(head, &telling, &ours, &schema);
	return schema || (telling >= 1 && ours >= 2);
}

const struct decoder decoder_run_json = {
	.kind = "run_json", .version = 1, .sniff = sniff, .decode = decode, .of_run = true,
};
