// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * prom_series.c - what the name and the labels of a sample stand for
 *
 * Done once for each text before a value, then remembered. Two spellings of one quantity count once, the first. Of a
 * family with more label sets than the limit those that came first are kept. le is no label but a bucket's bound, and
 * the tails of a histogram's and a summary's samples belong to the family.
 */
#include "ingest/prom_series.h"

#include <math.h>

#include "ingest/grow.h"

int prom_series_family(struct prom *p, struct str name, uint32_t *id, struct err *err)
{
	bool is_new;

	*id = map_add(&p->families, name.p, name.n, &is_new);
	if (*id == MAP_NONE || grow(&p->family, &p->cap_family, p->families.n, sizeof(*p->family), err))
		return err_nomem(err);
	if (is_new)
		p->family[*id] = (struct prom_family){ 0 };
	return 0;
}

static bool take_end(struct str *s, const char *end)
{
	size_t n = strlen(end);

	if (s->n <= n || memcmp(s->p + s->n - n, end, n) != 0)
		return false;
	s->n -= n;
	return true;
}

static enum prom_type type_of(const struct prom *p, struct str name)
{
	uint32_t id = map_get(&p->families, name.p, name.n);

	if (str_is(name, "go_gc_duration_seconds"))
		return PROM_SUMMARY;
	return id == MAP_NONE ? PROM_UNTYPED : p->family[id].type;
}

/* ---- one series ---- */

struct role {
	struct str base;  /* the family */
	const char *tail; /* put behind the base's name: "_sum", "_count" or "" */
	enum prom_type type;
	bool bucket;
};

static bool has_label(struct str labels, const char *want, struct str *value)
{
	struct str key;
	bool bad;

	while (prom_line_label(&labels, &key, value, &bad))
		if (str_is(key, want))
			return true;
	return false;
}

static struct role role_of(const struct prom *p, const struct prom_line *l)
{
	struct role r = { .base = l->name, .tail = "", .type = type_of(p, l->name) };
	struct str base = l->name, le;
	enum prom_type t;

	if (take_end(&base, "_bucket") && has_label(l->labels, "le", &le))
		return (struct role){ .base = base, .tail = "", .type = PROM_HISTOGRAM, .bucket = true };
	base = l->name;
	if (take_end(&base, "_sum") && ((t = type_of(p, base)) == PROM_HISTOGRAM || t == PROM_SUMMARY))
		return (struct role){ .base = base, .tail = "_sum", .type = PROM_COUNTER };
	base = l->name;
	if (take_end(&base, "_count") && ((t = type_of(p, base)) == PROM_HISTOGRAM || t == PROM_SUMMARY))
		return (struct role){ .base = base, .tail = "_count", .type = PROM_COUNTER };
	base = l->name;
	if (r.type == PROM_UNTYPED && take_end(&base, "_total") && type_of(p, base) == PROM_COUNTER)
		r.type = PROM_COUNTER; /* OpenMetrics: TYPE names the family without _total */
	return r;
}

/* Labels but le, as text; *le: NaN when there is none. false: they cannot be read. */
static bool read_labels(struct prom *p, struct str rest, bool bucket, double *le)
{
	struct str key, value;
	bool bad;

	buf_reset(&p->label);
	*le = NAN;
	while (prom_line_label(&rest, &key, &value, &bad)) {
		if (bucket && str_is(key, "le")) {
			struct prom_line l;

			buf_reset(&p->text);
			buf_puts(&p->text, "x ");
			buf_str(&p->text, value);
			if (prom_line_parse(buf_view(&p->text), &l) != PROM_SAMPLE)
				return false;
			*le = l.value;
			continue;
		}
		if (p->label.len)
			buf_byte(&p->label, ',');
		buf_str(&p->label, key);
		buf_puts(&p->label, "=\"");
		buf_str(&p->label, value);
		buf_byte(&p->label, '"');
	}
	return !bad && (!bucket || !isnan(*le));
}

static int goversion(struct prom *p, const struct prom_line *l, struct err *err)
{
	struct str v;

	if (!has_label(l->labels, "version", &v) || !readings_go(&p->r, v))
		return 0;
	return readings_setting(&p->r, "go_version", v, err);
}

static bool over_limit(struct prom *p, uint32_t family, struct str name)
{
	struct prom_family *f = &p->family[family];

	if (readings_has(&p->r, name, buf_view(&p->label)))
		return false;
	if (f->sets < p->r.limits->label_sets) {
		f->sets++;
		return false;
	}
	f->dropped++;
	return true;
}

static const char *const kind_of[] = {
	[PROM_COUNTER] = "counter",
	[PROM_GAUGE] = "gauge",
	[PROM_HISTOGRAM] = "histogram",
	[PROM_SUMMARY] = "summary",
};

/* The name, unit and kind of a series; what_of's name may lie in p->text. */
static int name_of(struct prom *p, const struct role *role, struct metric_name *m, struct err *err)
{
	if (str_is(role->base, "go_gc_duration_seconds")) {
		static const struct metric_name
			total = { .name = { "gc.pause_total", 14 }, .unit = "ns", .kind = "counter" },
			cycles = { .name = { "/gc/cycles/total:gc-cycles", 26 }, .unit = "count", .kind = "counter" },
			quantile = { .name = { "gc.pause_quantile", 17 }, .unit = "ns", .kind = "summary" };

		*m = role->tail[0] == 0 ? quantile : role->tail[1] == 's' ? total : cycles;
		return 0;
	}
	if (!metric_name_prometheus(role->base, m)) {
		*m = (struct metric_name){ .name = role->base, .unit = metric_name_unit(role->base), .kind = "gauge" };
		if (role->type != PROM_UNTYPED)
			m->kind = kind_of[role->type];
		else if (role->base.n > 6 && memcmp(role->base.p + role->base.n - 6, "_total", 6) == 0)
			m->kind = "counter";
	}
	if (!m->name.n || !role->tail[0])
		return 0;
	buf_reset(&p->text);
	buf_str(&p->text, m->name);
	buf_puts(&p->text, role->tail);
	m->name = buf_view(&p->text);
	m->kind = "counter";
	m->unit = role->tail[1] == 's' ? m->unit : "count";
	return buf_check(&p->text, err);
}

int prom_series_meet(struct prom *p, const struct prom_line *l, struct prom_series *s, struct err *err)
{
	struct role role = role_of(p, l);
	struct metric_name m;
	uint32_t family;
	int rc;

	*s = (struct prom_series){ .id = MAP_NONE, .le = NAN, .scale = 1 };
	s->is_last_gc = str_is(l->name, "go_memstats_last_gc_time_seconds");
	if (str_is(l->name, "go_info"))
		return goversion(p, l, err);
	if (str_is(l->name, "go_build_info"))
		return 0; /* path and version of the main module: no quantity */
	if (!read_labels(p, l->labels, role.bucket, &s->le)) {
		p->broken++;
		return 0;
	}
	rc = buf_check(&p->label, err);
	if (!rc)
		rc = prom_series_family(p, role.base, &family, err);
	if (!rc)
		rc = name_of(p, &role, &m, err);
	if (rc || !m.name.n || over_limit(p, family, m.name))
		return rc;
	if (str_is(role.base, "go_gc_duration_seconds") && str_is(str_from(m.unit), "ns"))
		s->scale = 1e9;
	s->is_limit = str_is(m.name, "/gc/gogc:percent") || str_is(m.name, "/gc/gomemlimit:bytes");
	rc = readings_facts(&p->r, &m, role.bucket || role.tail[0] ? NAN : l->value, err);
	if (!rc)
		rc = readings_series(&p->r, m.name, buf_view(&p->label), m.unit, m.kind, &s->id, err);
	if (!rc && s->id >= p->cap_owner) {
		size_t from = p->cap_owner;

		rc = grow(&p->owner, &p->cap_owner, s->id + 1, sizeof(*p->owner), err);
		if (!rc)
			memset(p->owner + from, 0, (p->cap_owner - from) * sizeof(*p->owner));
	}
	if (rc)
		return rc;
	if (!p->owner[s->id])
		p->owner[s->id] = family + 1;
	else if (p->owner[s->id] != family + 1)
		s->id = MAP_NONE; /* another spelling of a quantity that is there */
	return 0;
}
