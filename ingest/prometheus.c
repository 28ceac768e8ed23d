// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * prometheus.c - scrapes of /metrics, one or many in a file
 *
 * A scrape has no mark at its end: the next one has begun when a family's HELP, or a series, comes a second time. So a
 * scrape is gathered and put when its end is known. Its values are at, in this order: their own timestamps; a time in a
 * comment before the scrape; the newest timestamp in it; in a file of several scrapes the end of the last GC cycle,
 * which Go's collector tells and which is seconds old at most under load. One scrape without any time gets the file's
 * (place_time.c).
 *
 * Cumulative buckets become separate ones. A histogram whose first bound is above 0 is taken to begin at 0: quantities
 * with such bounds are times and sizes.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/prom_series.h"
#include "ingest/timeparse.h"

#define ENTRIES_MAX   (1u << 22) /* values of one scrape */
#define FAMILIES_SAID 20	 /* notes about dropped label sets */

static int put_bucket_of(struct prom *p, const struct prom_entry *e, const struct prom_entry *before, struct err *err)
{
	const struct prom_series *s = &p->line[e->line], *b = before ? &p->line[before->line] : NULL;
	double lo = s->le > 0 ? 0 : -INFINITY, count = e->value;
	int rc = 0;

	if (b && b->id == s->id && before->t == e->t && !isnan(b->le)) {
		lo = b->le;
		count -= before->value;
	} else {
		rc = readings_open(&p->r, s->id, &p->taking, err);
	}
	if (rc || !p->taking)
		return rc;
	if (!(count >= 0) || !(s->le > lo)) {
		p->broken++;
		return 0;
	}
	return count > 0 ? put_bucket(p->r.out, err, (struct rec_bucket){ s->id, p->r.t, lo, s->le, count }) : 0;
}

static int put_entry(struct prom *p, size_t i, struct err *err)
{
	const struct prom_entry *e = &p->entry[i];
	const struct prom_series *s = &p->line[e->line];
	bool take;
	int rc = 0;

	if (s->id == MAP_NONE)
		return 0;
	if (e->t != STORE_NULL && p->r.timed && e->t != p->r.t)
		rc = readings_at(&p->r, e->t, err);
	if (rc || !isnan(s->le))
		return rc ? rc : put_bucket_of(p, e, i ? e - 1 : NULL, err);
	if (!isfinite(e->value) || (s->is_limit && (e->value < 0 || e->value > 9.2e18)))
		return 0;
	rc = readings_open(&p->r, s->id, &take, err);
	if (rc || !take)
		return rc;
	return put_point(p->r.out, err, (struct rec_point){ s->id, p->r.t, 0, e->value * s->scale });
}

static int64_t scrape_time(struct prom *p)
{
	int64_t t = p->comment_t;

	for (size_t i = 0; i < p->n_entries && p->comment_t == STORE_NULL; i++)
		if (p->entry[i].t != STORE_NULL && (t == STORE_NULL || p->entry[i].t > t))
			t = p->entry[i].t;
	if (t == STORE_NULL && p->several && p->last_gc > 0) {
		p->by_gc = true;
		t = p->r.timed && p->last_gc <= p->r.t ? p->r.t + 1 : p->last_gc;
	}
	return t;
}

static int flush(struct prom *p, struct err *err)
{
	int64_t t = scrape_time(p);
	int rc = 0;

	if (p->n_entries)
		rc = t == STORE_NULL ? readings_next(&p->r, err) : readings_at(&p->r, t, err);
	for (size_t i = 0; i < p->n_entries && !rc; i++) {
		/* Values with a time of their own leave the scrape's. */
		if (p->entry[i].t == STORE_NULL && p->r.timed && p->r.t != t)
			rc = readings_at(&p->r, t, err);
		if (!rc)
			rc = put_entry(p, i, err);
	}
	p->n_entries = 0;
	p->scrape++;
	p->last_gc = p->comment_t = STORE_NULL;
	return rc;
}

static int next_scrape(struct prom *p, struct err *err)
{
	if (!p->n_entries)
		return 0;
	p->several = true;
	return flush(p, err);
}

static int take_sample(struct prom *p, const struct prom_line *l, struct err *err)
{
	struct prom_series *s;
	uint32_t n;
	bool is_new;
	int rc = 0;

	n = map_add(&p->lines, l->id.p, l->id.n, &is_new);
	if (n == MAP_NONE)
		return err_set(err, ERR_LIMIT, "has more text in names and labels than the limit strings_bytes allows");
	if (is_new) {
		rc = grow(&p->line, &p->cap_line, p->lines.n, sizeof(*p->line), err);
		if (!rc)
			rc = prom_series_meet(p, l, &p->line[n], err);
	} else if (p->line[n].scrape == p->scrape) {
		rc = next_scrape(p, err);
	}
	if (rc)
		return rc;
	s = &p->line[n];
	s->scrape = p->scrape;
	if (s->is_last_gc && l->value > 0 && l->value < 9e9)
		p->last_gc = (int64_t)(l->value * 1e9);
	if (p->n_entries >= ENTRIES_MAX)
		return err_set(err, ERR_LIMIT, "has more than %u values in one scrape", ENTRIES_MAX);
	rc = grow(&p->entry, &p->cap_entry, p->n_entries + 1, sizeof(*p->entry), err);
	if (!rc)
		p->entry[p->n_entries++] = (struct prom_entry){ n, l->value, l->t };
	return rc;
}

static int take_head(struct prom *p, const struct prom_line *l, bool type, struct err *err)
{
	static const char *const words[] = { [PROM_COUNTER] = "counter",
					     [PROM_GAUGE] = "gauge",
					     [PROM_HISTOGRAM] = "histogram",
					     [PROM_SUMMARY] = "summary" };
	struct str name = l->name;
	uint32_t id;
	int rc = prom_series_family(p, name, &id, err);

	/* HELP and TYPE of one family follow each other, samples between them do not. */
	if (!rc && p->family[id].scrape == p->scrape + 1 && p->n_entries)
		rc = type ? 0 : next_scrape(p, err);
	if (rc)
		return rc;
	p->family[id].scrape = p->scrape + 1;
	if (!type)
		return 0;
	for (enum prom_type t = PROM_COUNTER; t <= PROM_SUMMARY; t++)
		if (str_is(l->type, words[t]))
			p->family[id].type = t;
	return 0;
}

static int take_comment(struct prom *p, struct str line, struct err *err)
{
	const struct time_style style = { 0 };
	struct stamp at;
	size_t from = line.n;
	int rc;

	while (from > 0 && line.p[from - 1] != ' ' && line.p[from - 1] != '#')
		from--;
	line = str_skip(line, from);
	if (line.n < 10 || !timeparse_stamp(line, &style, &at) || at.kind != TIME_EPOCH)
		return 0;
	rc = next_scrape(p, err);
	p->comment_t = at.ns;
	return rc;
}

static int take_line(struct prom *p, struct str line, uint64_t nr, struct err *err)
{
	struct prom_line l;
	enum prom_what what = prom_line_parse(line, &l);

	switch (what) {
	case PROM_SAMPLE:
		return take_sample(p, &l, err);
	case PROM_HELP:
	case PROM_TYPE:
		return take_head(p, &l, what == PROM_TYPE, err);
	case PROM_EOF:
		return next_scrape(p, err);
	case PROM_COMMENT:
		return take_comment(p, line, err);
	case PROM_BAD:
		p->bad_line = p->bad++ ? p->bad_line : nr;
		break;
	case PROM_BLANK:
		break;
	}
	return 0;
}

static int note(struct prom *p, struct str place, const char *text, struct err *err)
{
	return put_note(p->r.out, err, (struct rec_note){ place, str_from(text), 1 });
}

static int last_words(struct prom *p, struct err *err)
{
	char text[160], place[40];
	int rc = 0, said = 0;

	if (p->bad) {
		snprintf(text, sizeof(text), "%" PRIu64 " lines are no samples and are left out", p->bad);
		snprintf(place, sizeof(place), "line %" PRIu64, p->bad_line);
		rc = note(p, str_from(place), text, err);
	}
	if (!rc && p->broken) {
		snprintf(text, sizeof(text), "%" PRIu64 " values with labels or buckets out of order are left out",
			 p->broken);
		rc = note(p, STR_NONE, text, err);
	}
	if (!rc && p->by_gc)
		rc = put_note(p->r.out, err,
			      (struct rec_note){ STR_NONE,
						 STR_LIT("scrapes without timestamps: each is placed at the end of the "
							 "last GC before it"),
						 0 });
	for (uint32_t i = 0; i < p->families.n && !rc && said < FAMILIES_SAID; i++) {
		const struct prom_family *f = &p->family[i];

		if (!f->dropped)
			continue;
		snprintf(text, sizeof(text),
			 "%" PRIu64 " series beyond the limit label_sets (%" PRIu64 ") are left out", f->dropped,
			 p->r.limits->label_sets);
		rc = note(p, p->families.key[i], text, err);
		said++;
	}
	return rc ? rc : readings_finish(&p->r, err);
}

static void release(struct prom *p)
{
	readings_free(&p->r);
	map_free(&p->lines);
	map_free(&p->families);
	free(p->line);
	free(p->family);
	free(p->owner);
	free(p->entry);
	buf_free(&p->label);
	buf_free(&p->text);
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct prom p = { .scrape = 1, .last_gc = STORE_NULL, .comment_t = STORE_NULL };
	struct str line;
	bool cut, eof = false;
	int rc = 0;

	readings_init(&p.r, out, o->limits);
	p.lines.keys.limit = p.families.keys.limit = (size_t)o->limits->strings_bytes;
	while (!rc && !(rc = reader_line(in, &line, &cut, &eof, err)) && !eof)
		rc = cut ? take_line(&p, STR_LIT("{"), reader_line_number(in), err)
			 : take_line(&p, line, reader_line_number(in), err);
	if (!rc)
		rc = flush(&p, err);
	if (!rc && p.bad > p.lines.n)
		rc = err_set(err, ERR_FORMAT, "has more lines that are no samples than series");
	if (!rc)
		rc = last_words(&p, err);
	release(&p);
	return rc;
}

/* Whole lines of the head: more than half of those that are no comments are samples, and one is a header or of Go. */
static bool sniff(struct str head)
{
	int samples = 0, bad = 0, signs = 0;

	while (head.n && bad <= samples + 2) {
		const char *nl = memchr(head.p, '\n', head.n);
		struct str line = { head.p, nl ? (size_t)(nl - head.p) : head.n };
		struct prom_line l;
		enum prom_what what;

		if (!nl && samples)
			break;
		head = str_skip(head, line.n + (nl != NULL));
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		what = prom_line_parse(line, &l);
		samples += what == PROM_SAMPLE;
		bad += what == PROM_BAD;
		signs += what == PROM_TYPE && l.type.n;
		signs += what == PROM_SAMPLE && (str_starts(l.name, "go_") || str_starts(l.name, "process_"));
	}
	return signs > 0 && samples > bad;
}

const struct decoder decoder_prometheus = { .kind = "prometheus", .version = 2, .sniff = sniff, .decode = decode };
