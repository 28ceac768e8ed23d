// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * qdisc.c - queues of network devices: `tc -s qdisc` as text or JSON
 *
 * A queue that delays or drops on purpose (netem, tbf) is a setting of the test, since both sides must have it.
 */
#include "core/fmt.h"
#include "ingest/json_docs.h"
#include "ingest/readings.h"

struct qdisc {
	struct buf label, text; /* "eth0 netem 8001:" */
};

static const struct {
	const char *key, *name, *unit, *kind;
} values[] = {
	{ "bytes", "qdisc.sent_bytes", "bytes", "counter" },  { "packets", "qdisc.packets", "count", "counter" },
	{ "drops", "qdisc.dropped", "count", "counter" },     { "overlimits", "qdisc.overlimits", "count", "counter" },
	{ "requeues", "qdisc.requeues", "count", "counter" }, { "backlog", "qdisc.backlog", "bytes", "gauge" },
};

static int put(struct readings *r, struct qdisc *q, const char *key, double v, struct err *err)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(key, values[i].key) == 0)
			return readings_put(r, str_from(values[i].name), buf_view(&q->label), values[i].unit,
					    values[i].kind, v, err);
	return 0;
}

static int set_label(struct qdisc *q, struct str dev, struct str kind, struct str handle, struct err *err)
{
	buf_reset(&q->label);
	buf_str(&q->label, dev);
	buf_byte(&q->label, ' ');
	buf_str(&q->label, kind);
	buf_byte(&q->label, ' ');
	buf_str(&q->label, handle);
	return buf_check(&q->label, err);
}

static bool shapes(struct str kind)
{
	return str_is(kind, "netem") || str_is(kind, "tbf");
}

static int put_shape(struct readings *r, struct qdisc *q, struct str dev, struct str kind, struct str options,
		     struct err *err)
{
	struct buf name = { .limit = 256 };
	int rc;

	while (options.n && options.p[options.n - 1] == ' ')
		options.n--;
	buf_puts(&name, "qdisc.");
	buf_str(&name, dev);
	buf_reset(&q->text);
	buf_str(&q->text, kind);
	buf_byte(&q->text, ' ');
	buf_str(&q->text, options);
	rc = buf_check(&name, err) ? (int)err->code : buf_check(&q->text, err);
	if (!rc)
		rc = readings_setting(r, name.data, buf_view(&q->text), err);
	buf_free(&name);
	return rc;
}

/* qdisc netem 8001: dev lo root refcnt 2 limit 1000 delay 40ms */
static int take_head(struct readings *r, struct qdisc *q, struct str rest, bool *used, struct err *err)
{
	struct str kind = readings_word(&rest), handle = readings_word(&rest), w = readings_word(&rest), dev;
	int rc;

	if (!str_is(w, "dev"))
		return 0;
	dev = readings_word(&rest);
	*used = true;
	rc = set_label(q, dev, kind, handle, err);
	if (rc || !shapes(kind))
		return rc;
	/* The place in the tree and the number of users say nothing about the shape. */
	for (struct str ahead = rest; (w = readings_word(&ahead)).n;) {
		if (str_is(w, "root") || str_is(w, "ingress")) {
			rest = ahead;
		} else if (str_is(w, "refcnt") || str_is(w, "parent")) {
			readings_word(&ahead);
			rest = ahead;
		} else {
			break;
		}
	}
	while (rest.n && rest.p[0] == ' ')
		rest = str_skip(rest, 1);
	return put_shape(r, q, dev, kind, rest, err);
}

/* A number and the letters behind it: "0b", "15176", "12Kb", "0," */
static bool amount(struct str w, double *v)
{
	size_t n = 0;

	while (n < w.n && ((w.p[n] >= '0' && w.p[n] <= '9') || w.p[n] == '.'))
		n++;
	if (!n || !fmt_parse_real((struct str){ w.p, n }, v))
		return false;
	if (n < w.n && w.p[n] == 'K')
		*v *= 1024;
	if (n < w.n && w.p[n] == 'M')
		*v *= 1048576;
	return true;
}

/* Sent 1358107 bytes 15176 pkt (dropped 0, overlimits 0 requeues 0) / backlog 0b 0p requeues 0 */
static int take_values(struct readings *r, struct qdisc *q, struct str rest, bool *used, struct err *err)
{
	struct str w = readings_word(&rest), before = w;
	bool backlog = str_is(w, "backlog");
	double v, last = 0;
	int rc = 0;

	if (!q->label.len || (!backlog && !str_is(w, "Sent")))
		return 0;
	*used = true;
	while (!rc && (w = readings_word(&rest)).n) {
		if (w.p[0] == '(')
			w = str_skip(w, 1);
		if (amount(w, &v)) {
			if (str_is(before, "backlog"))
				return put(r, q, "backlog", v, err);
			if (str_is(before, "dropped"))
				rc = put(r, q, "drops", v, err);
			else if (str_is(before, "overlimits"))
				rc = put(r, q, "overlimits", v, err);
			else if (str_is(before, "requeues"))
				rc = put(r, q, "requeues", v, err);
			last = v;
		} else if (str_is(w, "bytes")) {
			rc = put(r, q, "bytes", last, err);
		} else if (str_is(w, "pkt")) {
			rc = put(r, q, "packets", last, err);
		}
		before = w;
	}
	return rc;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct str rest = line, w = readings_word(&rest);
	int rc;

	if (str_is(w, "qdisc"))
		return take_head(r, arg, rest, used, err);
	rc = take_values(r, arg, line, used, err);
	if (rc || *used || line.p[0] == ' ')
		return rc;
	return readings_time_line(r, line, true, used, err);
}

static int put_objects(struct readings *r, struct qdisc *q, const struct json *j, struct err *err)
{
	uint32_t n = json_root(j);
	double v;
	int rc = 0;

	if (json_type(j, n) != JSON_ARRAY)
		return err_set(err, ERR_FORMAT, "is JSON but not a list of queues");
	for (n = json_first(j, n); n != JSON_NONE && !rc; n = json_next(j, n)) {
		struct str kind = json_text(j, json_get(j, n, "kind")), dev = json_text(j, json_get(j, n, "dev"));
		struct str handle = json_text(j, json_get(j, n, "handle"));

		if (!kind.p || !dev.p)
			continue;
		rc = set_label(q, dev, kind, handle.p ? handle : STR_LIT("0:"), err);
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]) && !rc; i++)
			if (json_real(j, json_get(j, n, values[i].key), &v))
				rc = put(r, q, values[i].key, v, err);
		if (!rc && shapes(kind))
			rc = put_shape(r, q, dev, kind, STR_LIT("(JSON: see the file)"), err);
	}
	return rc;
}

static int decode_json(struct readings *r, struct qdisc *q, struct reader *in, const struct limits *l, struct err *err)
{
	struct json_docs docs;
	bool end = false;
	int rc = json_docs_open(&docs, in, l, err);

	while (!rc && !(rc = json_docs_next(&docs, &end, err)) && !end)
		rc = put_objects(r, q, docs.j, err);
	json_docs_close(&docs);
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct qdisc q = { .label = { .limit = 1024 }, .text = { .limit = 1024 } };
	struct readings r;
	struct str head;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = reader_peek(in, 64, &head, err);
	if (!rc)
		rc = json_docs_sniff(head) ? decode_json(&r, &q, in, o->limits, err)
					   : readings_lines(&r, in, take, &q, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&q.label);
	buf_free(&q.text);
	return rc;
}

static bool sniff(struct str head)
{
	if (json_docs_sniff(head))
		return memmem(head.p, head.n, "\"kind\":", 7) && memmem(head.p, head.n, "\"handle\":", 9) &&
		       memmem(head.p, head.n, "\"overlimits\":", 13);
	return head.n && memmem(head.p, head.n, "qdisc ", 6) && memmem(head.p, head.n, " dev ", 5) &&
	       memmem(head.p, head.n, "(dropped ", 9);
}

const struct decoder decoder_qdisc = { .kind = "qdisc", .version = 1, .sniff = sniff, .decode = decode };
