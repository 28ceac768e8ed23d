// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * readings.c - which instant a value belongs to, and which series
 *
 * Times are all or nothing in a source, because it has one clock. A file whose first reading has a time and a later one
 * has none (somebody put two files together) loses the later one, and says so: an order without a time cannot be mixed
 * with times. The other way round the times are not used.
 */
#include "ingest/readings.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/fmt.h"
#include "ingest/grow.h"
#include "ingest/timeparse.h"

void readings_init(struct readings *r, struct sink *out, const struct limits *limits)
{
	*r = (struct readings){ .out = out, .limits = limits, .fresh = true };
	r->series.keys.limit = (size_t)limits->strings_bytes;
}

void readings_free(struct readings *r)
{
	map_free(&r->series);
	buf_free(&r->key);
	free(r->last);
	r->last = NULL;
}

static int settle(struct readings *r, bool timed, struct err *err)
{
	if (r->said)
		return 0;
	r->said = true;
	r->timed = timed;
	return timed ? 0 : put_clock(r->out, err, (struct rec_clock){ STR_LIT("none") });
}

int readings_at(struct readings *r, int64_t t, struct err *err)
{
	int rc = settle(r, true, err);

	if (rc)
		return rc;
	if (!r->timed)
		return readings_next(r, err);
	r->again = r->n > 0 && t == r->t;
	r->t = t;
	r->n++;
	r->fresh = true;
	return 0;
}

int readings_next(struct readings *r, struct err *err)
{
	int rc = settle(r, false, err);

	if (rc)
		return rc;
	if (r->timed) {
		r->untimed++;
		r->t = STORE_NULL;
	} else if (r->n > 0 && !r->fresh) {
		r->t++;
	}
	r->n += r->n == 0 || !r->fresh;
	r->fresh = true;
	return 0;
}

int readings_time_line(struct readings *r, struct str line, bool number, bool *is_time, struct err *err)
{
	const struct time_style style = { 0 };
	struct stamp at;
	bool digits = true;

	*is_time = false;
	while (line.n && strchr("#=-> \t[", line.p[0]))
		line = str_skip(line, 1);
	while (line.n && strchr("#=-< \t]", line.p[line.n - 1]))
		line.n--;
	for (size_t i = 0; i < line.n; i++)
		digits = digits && ((line.p[i] >= '0' && line.p[i] <= '9') || line.p[i] == '.');
	if (!line.n || line.n > 64 || (digits && !number) || !timeparse_stamp(line, &style, &at) ||
	    at.kind != TIME_EPOCH)
		return 0;
	*is_time = true;
	return readings_at(r, at.ns, err);
}

static int make_key(struct readings *r, struct str name, struct str label, struct err *err)
{
	buf_reset(&r->key);
	buf_str(&r->key, name);
	buf_byte(&r->key, 0);
	buf_str(&r->key, label);
	return buf_check(&r->key, err);
}

bool readings_has(struct readings *r, struct str name, struct str label)
{
	struct err err;

	return !make_key(r, name, label, &err) && map_get(&r->series, r->key.data, r->key.len) != MAP_NONE;
}

int readings_series(struct readings *r, struct str name, struct str label, const char *unit, const char *kind,
		    uint32_t *id, struct err *err)
{
	bool is_new;
	int rc = make_key(r, name, label, err);

	if (rc)
		return rc;
	*id = map_add(&r->series, r->key.data, r->key.len, &is_new);
	if (*id == MAP_NONE)
		return err_nomem(err);
	if (!is_new)
		return 0;
	if (*id >= r->limits->source_series)
		return err_set(err, ERR_LIMIT, "has more than %" PRIu64 " series: the limit source_series",
			       r->limits->source_series);
	rc = grow(&r->last, &r->cap_last, r->series.n, sizeof(*r->last), err);
	if (rc)
		return rc;
	r->last[*id] = STORE_NULL;
	return put_series(
		r->out, err,
		(struct rec_series){
			.id = *id, .name = name, .label = label, .unit = str_from(unit), .kind = str_from(kind) });
}

int readings_open(struct readings *r, uint32_t id, bool *take, struct err *err)
{
	int rc = r->n ? 0 : readings_next(r, err);

	*take = false;
	if (rc)
		return rc;
	if (r->t == STORE_NULL)
		return 0;
	if (r->last[id] == r->t && r->repeats && !r->timed && (rc = readings_next(r, err)))
		return rc;
	r->fresh = false;
	if (r->last[id] == r->t) {
		r->twice += r->repeats || r->again;
		return 0;
	}
	r->last[id] = r->t;
	*take = true;
	return 0;
}

int readings_put(struct readings *r, struct str name, struct str label, const char *unit, const char *kind,
		 double value, struct err *err)
{
	uint32_t id;
	bool take = false;
	int rc;

	if (!isfinite(value))
		return 0;
	rc = readings_series(r, name, label, unit, kind, &id, err);
	if (!rc)
		rc = readings_open(r, id, &take, err);
	if (rc || !take)
		return rc;
	return put_point(r->out, err, (struct rec_point){ .series = id, .t = r->t, .span = 0, .value = value });
}

int readings_setting(struct readings *r, const char *name, struct str value, struct err *err)
{
	return put_setting(r->out, err, (struct rec_setting){ str_from(name), value, STR_LIT("file") });
}

/* Off is -1 as an unsigned 64-bit number, or as a signed one; no limit is the greatest signed one. */
static bool is_off(double v)
{
	return v < 0 || v > 9.2e18;
}

int readings_facts(struct readings *r, const struct metric_name *m, double value, struct err *err)
{
	static const struct {
		const char *metric, *setting;
	} list[READINGS_SETTINGS] = { { "/gc/gogc:percent", "GOGC" },
				      { "/gc/gomemlimit:bytes", "GOMEMLIMIT" },
				      { "/sched/gomaxprocs:threads", "GOMAXPROCS" } };
	struct buf text = { .limit = sizeof(r->setting[0]) - 1 };
	int rc = 0;

	if (m->since > r->go_min)
		r->go_min = m->since;
	for (size_t i = 0; i < READINGS_SETTINGS; i++) {
		if (!str_is(m->name, list[i].metric) || isnan(value))
			continue;
		if (is_off(value))
			buf_puts(&text, "off");
		else
			fmt_real(&text, value);
		rc = buf_check(&text, err);
		if (rc || str_is(buf_view(&text), r->setting[i]))
			break;
		snprintf(r->setting[i], sizeof(r->setting[i]), "%s", text.data);
		rc = readings_setting(r, list[i].setting, buf_view(&text), err);
		break;
	}
	buf_free(&text);
	return rc;
}

int readings_metric(struct readings *r, const struct metric_name *m, struct str label, double value, struct err *err)
{
	int rc;

	if (!m->name.n)
		return 0;
	rc = readings_facts(r, m, value, err);
	/* "No limit" is a setting, not a quantity of bytes. */
	if (rc || (is_off(value) && (str_is(m->name, "/gc/gogc:percent") || str_is(m->name, "/gc/gomemlimit:bytes"))))
		return rc;
	return readings_put(r, m->name, label, m->unit, m->kind, value, err);
}

bool readings_go(struct readings *r, struct str version)
{
	int minor = 0;
	size_t i = 5;

	if (!str_starts(version, "go1.") || version.n < i || version.n > 64)
		return false;
	for (i = 4; i < version.n && version.p[i] >= '0' && version.p[i] <= '9' && minor < 1000; i++)
		minor = minor * 10 + (version.p[i] - '0');
	if (minor == 0 || (i < version.n && version.p[i] != '.' && version.p[i] != 'r' && version.p[i] != 'b' &&
			   version.p[i] != '-' && version.p[i] != ' '))
		return false;
	r->go_exact = minor;
	return true;
}

struct str readings_word(struct str *s)
{
	struct str w;
	size_t n = 0;

	while (s->n && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_skip(*s, 1);
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	w = (struct str){ s->p, n };
	*s = str_skip(*s, n);
	return w;
}

int readings_lines(struct readings *r, struct reader *in,
		   int (*take)(struct readings *r, void *arg, struct str line, bool *used, struct err *err), void *arg,
		   struct err *err)
{
	struct str line, rest;
	bool cut, eof = false, used;
	int rc = 0;

	for (;;) {
		rc = reader_line(in, &line, &cut, &eof, err);
		if (rc || eof)
			break;
		rest = line;
		if (!readings_word(&rest).n)
			continue;
		used = false;
		rc = cut ? 0 : take(r, arg, line, &used, err);
		if (rc)
			return err->place[0] ? rc : err_at(err, "line %" PRIu64, reader_line_number(in));
		r->used += used;
		if (!used && r->unused++ == 0)
			r->unused_line = reader_line_number(in);
	}
	return rc || r->used ? rc : err_set(err, ERR_FORMAT, "has no line that can be read");
}

int readings_finish(struct readings *r, struct err *err)
{
	char text[120], place[40];
	int rc = 0;

	if (r->unused) {
		snprintf(text, sizeof(text), "%" PRIu64 " lines not used", r->unused);
		snprintf(place, sizeof(place), "line %" PRIu64, r->unused_line);
		rc = put_note(r->out, err, (struct rec_note){ str_from(place), str_from(text), 0 });
	}
	if (rc)
		return rc;
	if (r->go_exact)
		rc = put_goversion(r->out, err, (struct rec_goversion){ r->go_exact, r->go_exact });
	else if (r->go_min > 17 || r->go_max)
		rc = put_goversion(r->out, err,
				   (struct rec_goversion){ r->go_min > 17 ? r->go_min : STORE_NULL,
							   r->go_max ? r->go_max : STORE_NULL });
	if (!rc && r->twice) {
		snprintf(text, sizeof(text), "%" PRIu64 " values at a time that has one already are left out",
			 r->twice);
		rc = put_note(r->out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
	}
	if (!rc && r->untimed) {
		snprintf(text, sizeof(text), "%" PRIu64 " readings without a time, among others with one, are left out",
			 r->untimed);
		rc = put_note(r->out, err, (struct rec_note){ STR_NONE, str_from(text), 1 });
	}
	return rc;
}
