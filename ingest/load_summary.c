// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/load_summary.h"

#include <math.h>

#include "core/fmt.h"

const struct load_summary load_summary_none = {
#define X(field, series, unit) .field = NAN,
	LOAD_SUMMARY_FIELDS(X)
#undef X
	.t0 = STORE_NULL,
	.span = NAN,
};

int load_summary_put(const struct load_summary *s, struct sink *out, struct err *err)
{
	const struct {
		const char *series, *unit;
		double v;
	} row[] = {
#define X(field, series, unit) { series, unit, s->field },
		LOAD_SUMMARY_FIELDS(X)
#undef X
	};
	int64_t span = s->span >= 0 && s->span < 4e18 ? (int64_t)s->span : 0, n = 0;
	int rc = 0;

	if (s->t0 == STORE_NULL)
		rc = put_clock(out, err, (struct rec_clock){ STR_LIT("none") });
	for (size_t i = 0; i < sizeof(row) / sizeof(*row) && !rc; i++) {
		if (!isfinite(row[i].v) || row[i].v < 0)
			continue;
		rc = put_series(out, err, (struct rec_series){ .id = n, .name = str_from(row[i].series),
				.label = STR_LIT(""), .unit = str_from(row[i].unit), .kind = STR_LIT("summary") });
		if (!rc)
			rc = put_point(out, err, (struct rec_point){ n, s->t0 == STORE_NULL ? 0 : s->t0, span,
					str_is(str_from(row[i].unit), "ns") ? round(row[i].v) : row[i].v });
		n++;
	}
	if (!rc && n == 0)
		rc = err_set(err, ERR_FORMAT, "a load report without any figure: it was cut off, or the tool was stopped");
	if (!rc && span == 0)
		rc = load_note(out, "how long the test took is not known: no rates", 0, err);
	return rc ? rc : load_note(out, "a summary: it has no time axis, phases of the load cannot be told apart", 0, err);
}

void load_summary_percentile(struct load_summary *s, double percent, double ns)
{
	double *const at[] = { &s->p50, &s->p90, &s->p95, &s->p99, &s->max };
	static const double of[] = { 50, 90, 95, 99, 100 };

	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
		if (fabs(percent - of[i]) < 1e-9)
			*at[i] = ns;
}

bool load_summary_spectrum(struct load_summary *s, struct str line)
{
	double *const at[] = { &s->p50, &s->p90, &s->p95, &s->p99 };
	static const double of[] = { .50, .90, .95, .99 };
	double ms, percentile, count;

	if (!fmt_parse_real(load_word(&line), &ms) || !fmt_parse_real(load_word(&line), &percentile) ||
	    !fmt_parse_real(load_word(&line), &count) || percentile > 1 || ms < 0)
		return false;
	for (size_t i = 0; i < sizeof(of) / sizeof(*of); i++)
		if (isnan(*at[i]) && percentile >= of[i] - 1e-9 && percentile < of[i] + (1 - of[i]) / 2)
			*at[i] = ms * 1e6;
	s->max = ms * 1e6;
	return true;
}

void load_summary_hist(struct load_summary *s, struct load_hist *h)
{
	if (!h->n)
		return;
	s->p50 = load_hist_quantile(h, .50);
	s->p90 = load_hist_quantile(h, .90);
	s->p95 = load_hist_quantile(h, .95);
	s->p99 = load_hist_quantile(h, .99);
	s->max = (double)h->most;
	s->mean = h->sum / (double)h->n;
}

int load_lines(struct reader *in, struct sink *out, int (*line)(void *arg, struct str l, struct err *err), void *arg,
	       struct err *err)
{
	struct str l;
	bool eof = false, cut;

	for (;;) {
		int rc = reader_line(in, &l, &cut, &eof, err);

		if (rc == ERR_FORMAT && reader_is_gzip(in) && reader_offset(in))
			return put_note(out, err, (struct rec_note){ str_from(err->place), str_from(err->msg), 1 });
		if (rc || eof)
			return rc;
		if (reader_line_number(in) == 1 && str_starts(l, "\xef\xbb\xbf"))
			l = str_skip(l, 3);
		rc = line(arg, l, err);
		if (rc)
			return rc;
	}
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct str load_trim(struct str s)
{
	while (s.n && blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool load_after(struct str l, const char *key, struct str *rest)
{
	l = load_trim(l);
	if (!str_starts(l, key))
		return false;
	*rest = load_trim(str_skip(l, strlen(key)));
	return true;
}

struct str load_word(struct str *s)
{
	struct str w;

	while (s->n && (blank(s->p[0]) || s->p[0] == ','))
		*s = str_skip(*s, 1);
	w = *s;
	w.n = 0;
	while (w.n < s->n && !blank(s->p[w.n]) && s->p[w.n] != ',')
		w.n++;
	*s = str_skip(*s, w.n);
	return w;
}

bool load_number(struct str s, double *v)
{
	struct str n = s;

	n.n = 0;
	while (n.n < s.n && ((s.p[n.n] >= '0' && s.p[n.n] <= '9') || s.p[n.n] == '.' || s.p[n.n] == 'e' ||
			     ((s.p[n.n] == '-' || s.p[n.n] == '+') && (n.n == 0 || s.p[n.n - 1] == 'e'))))
		n.n++;
	return n.n && fmt_parse_real(n, v);
}

bool load_duration(struct str s, double *ns)
{
	return fmt_parse_duration(s, ns) && *ns >= 0;
}
