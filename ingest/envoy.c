// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * envoy.c - the /stats page of Envoy
 *
 *     cluster.orders.upstream_cx_total: 12
 *     cluster.orders.upstream_rq_time: P0(nan,1) P25(nan,1.05) P50(nan,2.1) ...
 *
 * Names stay as they are. The page does not tell counters from gauges; Envoy's names do, by their endings. Of a
 * histogram the second number of each pair is the one since start. Text values (versions, node ids) are no quantities.
 */
#include <math.h>

#include "core/fmt.h"
#include "ingest/readings.h"

static bool contains(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

static bool ends_with(struct str s, const char *lit)
{
	size_t n = strlen(lit);

	return s.n >= n && memcmp(s.p + s.n - n, lit, n) == 0;
}

static const char *kind_of(struct str name)
{
	static const char *const ends[] = { "_active",	       "_open",		  ".version",
					    "_buffered",       ".state",	  ".live",
					    ".uptime",	       ".concurrency",	  "_pending",
					    "_allocated",      "_heap_size",	  ".parent_connections",
					    "max_host_weight", "_gauge",	  "warming_clusters",
					    "active_clusters", "workers_started", "days_until_first_cert_expiring" };

	if (contains(name, ".membership_") && !ends_with(name, "membership_change"))
		return "gauge";
	if (contains(name, ".circuit_breakers.") || contains(name, ".memory_") || contains(name, "lb_subsets_active"))
		return "gauge";
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends_with(name, ends[i]))
			return "gauge";
	return "counter";
}

static const char *unit_of(struct str name)
{
	if (ends_with(name, "_buffered") && contains(name, "bytes"))
		return "bytes";
	if (ends_with(name, "bytes_total") || contains(name, ".memory_") || ends_with(name, "_bytes"))
		return "bytes";
	return "count";
}

static bool is_time(struct str name)
{
	return ends_with(name, "_time") || ends_with(name, "_ms") || ends_with(name, "_rq_time_ms");
}

/* P99.9(nan,12.05) */
static int put_quantile(struct readings *r, struct str name, struct str word, struct err *err)
{
	const char *open = memchr(word.p, '(', word.n), *comma = memchr(word.p, ',', word.n);
	struct buf label = { .limit = 64 };
	double q, v;
	int rc;

	if (word.p[0] != 'P' || !open || !comma || comma < open || word.p[word.n - 1] != ')' ||
	    !fmt_parse_real((struct str){ word.p + 1, (size_t)(open - word.p) - 1 }, &q) ||
	    !fmt_parse_real((struct str){ comma + 1, (size_t)(word.p + word.n - comma) - 2 }, &v) || isnan(v))
		return 0;
	buf_puts(&label, "quantile=\"");
	fmt_real(&label, q / 100);
	buf_byte(&label, '"');
	rc = buf_check(&label, err);
	if (!rc)
		rc = readings_put(r, name, buf_view(&label), is_time(name) ? "ns" : "", "summary",
				  is_time(name) ? v * 1e6 : v, err);
	buf_free(&label);
	return rc;
}

static const char *last_colon(struct str line)
{
	for (size_t i = line.n; i > 1; i--)
		if (line.p[i - 2] == ':' && line.p[i - 1] == ' ')
			return line.p + i - 2;
	return NULL;
}

/* "name: value"; false: another line. A value may hold ": " only when it is text, which is not kept. */
static bool split(struct str line, struct str *name, struct str *value)
{
	const char *colon = last_colon(line);

	if (!colon || colon == line.p)
		return false;
	*name = (struct str){ line.p, (size_t)(colon - line.p) };
	*value = str_skip(line, name->n + 2);
	return value->n && memchr(name->p, '.', name->n) && !memchr(name->p, ' ', name->n);
}

static int take(struct readings *r, void *arg, struct str line, bool *used, struct err *err)
{
	struct str name, value, w;
	double v;
	int rc = 0;

	(void)arg;
	if (!split(line, &name, &value))
		return readings_time_line(r, line, true, used, err);
	*used = true;
	if (fmt_parse_real(value, &v))
		return readings_put(r, name, STR_LIT(""), unit_of(name), kind_of(name), v, err);
	for (bool quantiles = value.p[0] == 'P'; quantiles && !rc && (w = readings_word(&value)).n;)
		rc = put_quantile(r, name, w, err);
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct readings r;
	int rc;

	readings_init(&r, out, o->limits);
	r.repeats = true;
	rc = readings_lines(&r, in, take, NULL, err);
	if (!rc)
		rc = readings_finish(&r, err);
	readings_free(&r);
	return rc;
}

static bool sniff(struct str head)
{
	static const char *const roots[] = { "cluster.",	 "server.",	      "listener.", "http.",
					     "cluster_manager.", "listener_manager.", "runtime.",  "filesystem." };
	int known = 0, other = 0;

	while (head.n && known + other < 200) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n }, name, value;
		bool root = false;

		if (!nl && known + other)
			break;
		head = str_skip(head, line.n + (nl != NULL));
		for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
			root = root || str_starts(line, roots[i]);
		if (line.n && root && split(line, &name, &value))
			known++;
		else
			other += line.n > 0;
	}
	return known > other && known >= 2;
}

const struct decoder decoder_envoy = { .kind = "envoy", .version = 1, .sniff = sniff, .decode = decode };
