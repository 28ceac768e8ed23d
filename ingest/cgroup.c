// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * cgroup.c - cpu.stat, cpu.max, memory.max, memory.events and their like of cgroup v1 and v2
 *
 * Several of these files in one text come as `grep . FILES` (path:line) or `tail -n +1 FILES` (==> path <==) print
 * them. A file of one number says nothing about itself: memory.max, memory.current, cpu.cfs_quota_us and so on are told
 * by that path, or by the file's own name, which then has to hold it. v1 prints "no limit" as -1 or as a number near
 * 2^63.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/readings.h"

struct cgroup {
	struct str name;      /* of the file: what its contents cannot tell */
	struct buf path;      /* of the part, empty: not said */
	double quota, period; /* v1, us; NaN: not seen */
	bool events;	      /* this part is memory.events */
};

static const struct {
	const char *key, *name, *unit;
	double per; /* of the unit */
} stats[] = {
	{ "nr_periods", "quota.periods", "count", 1 },
	{ "nr_throttled", "quota.throttled_periods", "count", 1 },
	{ "throttled_usec", "quota.throttled_seconds", "seconds", 1e6 },
	{ "throttled_time", "quota.throttled_seconds", "seconds", 1e9 },
	{ "usage_usec", "cgroup.cpu_seconds", "seconds", 1e6 },
	{ "user_usec", "cgroup.cpu_user_seconds", "seconds", 1e6 },
	{ "system_usec", "cgroup.cpu_system_seconds", "seconds", 1e6 },
	{ "nr_bursts", "quota.bursts", "count", 1 },
	{ "burst_time", "quota.burst_seconds", "seconds", 1e9 },
	{ "nice_usec", "cgroup.cpu_nice_seconds", "seconds", 1e6 },
	{ "burst_usec", "quota.burst_seconds", "seconds", 1e6 },
};

static const char *const events[] = { "low", "high", "max", "oom", "oom_kill", "oom_group_kill" };

static bool contains(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool is_about(const struct cgroup *c, const char *what)
{
	return contains(c->path.len ? buf_view(&c->path) : c->name, what);
}

static bool number(struct str s, double *v)
{
	return s.n && ((s.p[0] >= '0' && s.p[0] <= '9') || s.p[0] == '-') && fmt_parse_real(s, v);
}

static int put_limit(struct readings *r, const char *setting, const char *series, const char *unit, double v,
		     struct err *err)
{
	struct buf text = { .limit = 64 };
	bool none = !(v >= 0) || v > 9e18;
	int rc;

	if (none)
		buf_puts(&text, "max");
	else
		fmt_real(&text, v);
	rc = buf_check(&text, err);
	if (!rc)
		rc = readings_setting(r, setting, buf_view(&text), err);
	if (!rc && !none)
		rc = readings_put(r, str_from(series), STR_LIT(""), unit, "gauge", v, err);
	buf_free(&text);
	return rc;
}

static int put_quota(struct readings *r, double quota, double period, struct err *err)
{
	return put_limit(r, "cpu_quota", "quota.limit", "cores", quota >= 0 && period > 0 ? quota / period : -1, err);
}

/* A line of one word, told by its file's name. */
static int put_lone(struct readings *r, struct cgroup *c, struct str word, bool *used, struct err *err)
{
	double v = -1;

	if (!str_is(word, "max") && !number(word, &v))
		return 0;
	*used = true;
	if (is_about(c, "memory.peak") || is_about(c, "memory.max_usage_in_bytes"))
		return readings_put(r, STR_LIT("mem.peak"), STR_LIT(""), "bytes", "gauge", v, err);
	if (is_about(c, "memory.max") || is_about(c, "memory.limit_in_bytes"))
		return put_limit(r, "mem_limit", "mem.limit", "bytes", v, err);
	if (is_about(c, "memory.high"))
		return put_limit(r, "mem_high", "mem.high", "bytes", v, err);
	if (is_about(c, "memory.current") || is_about(c, "memory.usage_in_bytes"))
		return readings_put(r, STR_LIT("mem.current"), STR_LIT(""), "bytes", "gauge", v, err);
	if (is_about(c, "pids.current"))
		return readings_put(r, STR_LIT("cgroup.pids"), STR_LIT(""), "count", "gauge", v, err);
	if (is_about(c, "cpu.cfs_quota_us"))
		c->quota = v;
	else if (is_about(c, "cpu.cfs_period_us"))
		c->period = v;
	else
		*used = false;
	if (isnan(c->quota) || isnan(c->period))
		return 0;
	v = c->quota;
	c->quota = NAN;
	return put_quota(r, v, c->period, err);
}

static int put_pair(struct readings *r, struct cgroup *c, struct str key, struct str value, bool *used, struct err *err)
{
	double v, quota = -1;

	if (!number(value, &v))
		return 0;
	*used = true;
	if (str_is(key, "low"))
		c->events = true; /* the first line of memory.events, which has a "max", too */
	if (str_is(key, "max") ? !c->events && !is_about(c, "memory.events") && v >= 1000 : number(key, &quota))
		return put_quota(r, quota, v, err);
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++)
		if (str_is(key, stats[i].key))
			return readings_put(r, str_from(stats[i].name), STR_LIT(""), stats[i].unit, "counter",
					    v / stats[i].per, err);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (str_is(key, events[i]))
			return readings_put(r, STR_LIT("mem.events"), key, "count", "counter", v, err);
	*used = false;
	return 0;
}

/* "==> path <==" */
static bool is_heading(struct str line)
{
	return str_starts(line, "==> ");
}

/* Takes "path:" off a line of grep's; false: there is none. */
static bool take_path(struct str *line, struct str *path)
{
	const char *colon = memchr(line->p, ':', line->n);

	*path = (struct str){ line->p, colon ? (size_t)(colon - line->p) : 0 };
	if (!colon || memchr(path->p, ' ', path->n) ||
	    !(contains(*path, "cpu.") || contains(*path, "memory.") || contains(*path, "pids.")))
		return false;
	*line = str_skip(*line, path->n + 1);
	return true;
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct cgroup *c = arg;
	struct str whole = line, path, key, value;
	int rc = 0;

	if (is_heading(line)) {
		c->events = false;
		buf_reset(&c->path);
		buf_str(&c->path, str_skip(line, 4));
		*used = true;
		return buf_check(&c->path, err);
	}
	if (take_path(&line, &path)) {
		c->events = false;
		buf_reset(&c->path);
		buf_str(&c->path, path);
		rc = buf_check(&c->path, err);
		if (rc)
			return rc;
	}
	key = readings_word(&line);
	value = readings_word(&line);
	/* Digits alone are a value, so that a time in seconds needs a # or === before it. */
	if (strchr("#=", key.n ? key.p[0] : 'x') || readings_word(&line).n)
		return readings_time_line(r, whole, true, used, err);
	if (!key.n)
		return 0;
	rc = value.n ? put_pair(r, c, key, value, used, err) : put_lone(r, c, key, used, err);
	if (rc || *used)
		return rc;
	return readings_time_line(r, whole, false, used, err);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct cgroup c = { .name = str_from(o->name), .path = { .limit = 4096 }, .quota = NAN, .period = NAN };
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = readings_lines(&r, in, take, &c, err);
	if (rc == ERR_FORMAT && r.unused == 1)
		rc = err_set(err, ERR_FORMAT,
			     "is one number: call the file by what it is, such as memory.max or memory.current");
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	buf_free(&c.path);
	return rc;
}

static bool is_known_key(struct str key)
{
	for (size_t i = 0; i < sizeof(stats) / sizeof(stats[0]); i++)
		if (str_is(key, stats[i].key))
			return true;
	return str_is(key, "oom_kill");
}

/* A line of cpu.max, or of one number. */
static bool is_bare(struct str key, struct str value)
{
	double v, period;

	if (!str_is(key, "max") && (!number(key, &v) || v != floor(v) || memchr(key.p, '.', key.n)))
		return false;
	return !value.n || (number(value, &period) && period >= 1000 && period <= 1e6);
}

static bool sniff(struct str head)
{
	int lines = 0, bare = 0;

	while (head.n && lines < 100) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n }, rest = line, path, key, value;

		head = str_skip(head, line.n + (nl != NULL));
		if (line.n && line.p[line.n - 1] == '\r')
			rest.n--;
		if (is_heading(rest) && (contains(rest, "cpu.") || contains(rest, "memory.")))
			return true;
		if (!rest.n)
			continue;
		if (take_path(&rest, &path) && contains(path, "/"))
			return true;
		key = readings_word(&rest);
		value = readings_word(&rest);
		lines++;
		if (value.n && !readings_word(&rest).n && is_known_key(key))
			return true;
		bare += !rest.n && is_bare(key, value);
	}
	return lines == 1 && bare == 1;
}

const struct decoder decoder_cgroup = { .kind = "cgroup", .version = 1, .sniff = sniff, .decode = decode };
