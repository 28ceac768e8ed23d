// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc_csv.c - GC pauses that somebody's helper wrote as CSV
 *
 * Three things cannot be told from one row: the unit of a pause without one, whether a "total" is the pause of one
 * cycle or the sum since start, and whether a CPU share is in percent. So the first HEAD_ROWS rows are held back,
 * decide all three for the whole file (and each guess is a note), and from there on rows stream.
 *
 * A poller writes a row a second, not a row a cycle: rows that repeat the last cycle are left out, and the difference
 * of a sum over several cycles is put as their mean, once, under the last one's number.
 */
#include "ingest/gc_csv.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "core/buf.h"
#include "ingest/csv.h"
#include "ingest/grow.h"

enum { HEAD_ROWS = 65536 };

/* Columns that hold a duration: cells are kept raw until the unit is known. */
enum { D_PAUSE, D_PAUSE1, D_PAUSE2, D_MARK, DURATIONS };
static const enum gc_role duration_role[DURATIONS] = { GC_PAUSE, GC_PAUSE1, GC_PAUSE2, GC_MARK };
static const enum gc_role size_role[] = { GC_HEAP_START, GC_HEAP_END, GC_HEAP_LIVE, GC_HEAP_ALLOC, GC_GOAL };
#define SIZES (sizeof(size_role) / sizeof(size_role[0]))

struct gc_row {
	uint64_t line;
	int64_t t, t_err, num;
	double d[DURATIONS], size[SIZES], cpu, forced;
	unsigned char ns;	/* bit i: d[i] is in ns already */
};

/* What the head tells about one column of durations. */
struct shape {
	double max, last, unit;
	bool decimals;
	uint64_t rows, falls;
};

struct gc_csv {
	struct sink *out;
	struct gc_columns col;
	struct csv *csv;
	struct gc_row *head;
	size_t n_head, cap_head;
	struct shape shape[DURATIONS];
	double cpu_scale, cpu_max;
	bool decided, cumulative, clock_put, cpu_series;
	enum time_kind kind;
	int64_t day, last_tod;		/* times of day: midnights passed */
	int64_t n, last_num, base; /* number of the last cycle put; num_gc of the last row; what restarts add to it */
	double last_total, last_forced, last_pause;
	int64_t last_cpu_t;
	uint64_t repeated, several;
};

static int note(struct gc_csv *g, struct err *err, const char *fmt, ...) ERR_PRINTF(3, 4);
static int note(struct gc_csv *g, struct err *err, const char *fmt, ...)
{
	struct buf text = { .limit = 600 };
	va_list ap;
	int rc;

	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	rc = put_note(g->out, err, (struct rec_note){ STR_NONE, buf_view(&text), 0 });
	buf_free(&text);
	return rc;
}

static struct str cell(const struct gc_csv *g, const struct csv_row *row, enum gc_role role)
{
	int at = g->col.at[role];

	return at >= 0 && at < row->n ? row->field[at] : STR_LIT("");
}

/* true, false, forced, manual, a count ... */
static double forced_cell(struct str s)
{
	static const char *const yes[] = { "true", "True", "TRUE", "yes", "y", "forced", "manual", "user", "t" };
	bool is_ns;
	double v;

	if (csv_name_number(s, false, &v, &is_ns) && !is_ns)
		return v;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (str_is(s, yes[i]))
			return 1;
	return 0;
}

static bool time_cell(struct gc_csv *g, struct str s, struct gc_row *r)
{
	struct time_style style = gc_csv_time_style(&g->col);
	struct stamp at;

	if (!timeparse_stamp(s, &style, &at))
		return false;
	if (!g->clock_put) {
		g->kind = at.kind;
		g->clock_put = true;
	}
	if (at.kind != g->kind)
		return false;
	if (at.kind == TIME_OF_DAY) {
		if (at.ns + INT64_C(43200000000000) < g->last_tod)
			g->day += INT64_C(86400000000000);
		g->last_tod = at.ns;
		at.ns += g->day;
	}
	r->t = at.ns;
	r->t_err = at.step;
	return true;
}

static bool durations(struct gc_csv *g, const struct csv_row *row, struct gc_row *r)
{
	bool is_ns, any = false;

	for (int i = 0; i < DURATIONS; i++) {
		if (!csv_name_number(cell(g, row, duration_role[i]), g->col.comma, &r->d[i], &is_ns))
			return false;
		if (isnan(r->d[i]))
			continue;
		if (r->d[i] < 0 || r->d[i] > 9e18)
			return false;
		if (is_ns)
			r->ns |= (unsigned char)(1u << i);
		any = any || i != D_MARK;
	}
	return any;
}

/* false: the row is bad. */
static bool parse(struct gc_csv *g, const struct csv_row *row, struct gc_row *r)
{
	double v;
	bool is_ns;

	*r = (struct gc_row){
		.line = row->line, .t = STORE_NULL, .t_err = STORE_NULL, .num = STORE_NULL, .cpu = NAN, .forced = NAN
	};
	if (row->n < g->col.n && row->n <= CSV_NAMED)
		return false;
	if (!durations(g, row, r))
		return false;
	if (g->col.at[GC_TIME] >= 0 && !time_cell(g, cell(g, row, GC_TIME), r))
		return false;
	if (g->col.at[GC_NUM] >= 0) {
		if (!csv_name_number(cell(g, row, GC_NUM), false, &v, &is_ns) || is_ns || !(v >= 0 && v < 9e15))
			return false;
		r->num = (int64_t)v;
	}
	for (size_t i = 0; i < SIZES; i++) {
		if (!csv_name_number(cell(g, row, size_role[i]), g->col.comma, &r->size[i], &is_ns) || is_ns ||
		    r->size[i] < 0)
			return false;
	}
	if (g->col.at[GC_CPU] >= 0 && (!csv_name_number(cell(g, row, GC_CPU), g->col.comma, &r->cpu, &is_ns) || is_ns))
		return false;
	if (g->col.at[GC_FORCED] >= 0)
		r->forced = forced_cell(cell(g, row, GC_FORCED));
	return true;
}

/* Header or not, the column's own unit if its name says one. */
static double named_unit(const struct gc_csv *g, int i)
{
	int at = g->col.at[duration_role[i]];

	return g->col.header && at >= 0 ? (double)g->col.name[at].time_unit : 0;
}

static void look(struct gc_csv *g, const struct gc_row *r)
{
	for (int i = 0; i < DURATIONS; i++) {
		struct shape *s = &g->shape[i];

		if (isnan(r->d[i]))
			continue;
		s->falls += s->rows > 0 && r->d[i] < s->last;
		s->last = r->d[i];
		s->rows++;
		if (r->ns >> i & 1)
			continue;
		s->max = r->d[i] > s->max ? r->d[i] : s->max;
		s->decimals = s->decimals || r->d[i] != floor(r->d[i]);
	}
	if (r->cpu > g->cpu_max)
		g->cpu_max = r->cpu;
}

static int guess_unit(struct gc_csv *g, int i, struct err *err)
{
	struct shape *s = &g->shape[i];
	const char *name = "ms";

	s->unit = named_unit(g, i);
	if (s->unit > 0 || s->max <= 0)
		return 0;
	s->unit = 1e6;
	if (s->decimals && s->max < 10) {
		s->unit = 1e9;
		name = "seconds";
	} else if (!s->decimals && s->max >= 100000) {
		s->unit = 1;
		name = "ns";
	}
	return note(g, err, "unit guessed: the column %s is read as %s; say it in its name (pause_ms)",
		    g->col.header ? g->col.name[g->col.at[duration_role[i]]].whole : "of pauses", name);
}

static int decide(struct gc_csv *g, struct err *err)
{
	const struct shape *pause = &g->shape[D_PAUSE];
	int rc = 0, at = g->col.at[GC_PAUSE];

	g->decided = true;
	for (int i = 0; i < DURATIONS && !rc; i++)
		rc = guess_unit(g, i, err);
	/* Sums fall only at restarts, totals of one cycle every other row. */
	g->cumulative = g->col.header && at >= 0 && strstr(g->col.name[at].whole, "total") && pause->rows > 1 &&
			pause->falls * 4 <= pause->rows;
	if (!rc && g->cumulative)
		rc = note(g, err, "the column %s is a sum since start: differences are taken", g->col.name[at].whole);
	at = g->col.at[GC_CPU];
	g->cpu_scale =
		at >= 0 && (g->col.name[at].percent || strstr(g->col.name[at].whole, "percent") || g->cpu_max > 1) ? .01
														   : 1;
	if (!rc && g->clock_put)
		rc = csv_name_clock(g->out, g->kind, "process", err);
	return rc;
}

static int64_t ns_of(const struct gc_csv *g, const struct gc_row *r, int i)
{
	double v = r->d[i] * (r->ns >> i & 1 ? 1 : g->shape[i].unit);

	return v >= 0 && v < 9e18 ? (int64_t)llround(v) : STORE_NULL;
}

static int64_t size_of(const struct gc_csv *g, const struct gc_row *r, enum gc_role role)
{
	for (size_t i = 0; i < SIZES; i++) {
		int at = g->col.at[size_role[i]];
		double v = r->size[i] * (at >= 0 && g->col.name[at].byte_unit ? (double)g->col.name[at].byte_unit : 1);

		if (size_role[i] == role && at >= 0 && v >= 0 && v < 9e18)
			return (int64_t)llround(v);
	}
	return STORE_NULL;
}

static int restarted(struct gc_csv *g, const struct gc_row *r, const char *what, struct err *err)
{
	struct buf text = { .limit = 200 };
	int rc;

	buf_printf(&text, "the process restarted: %s began anew at line %" PRIu64, what, r->line);
	rc = put_event(g->out, err,
		       (struct rec_event){ .t = r->t, .span = 0, .kind = STR_LIT("restart"), .text = buf_view(&text) });
	buf_free(&text);
	return rc;
}

/* The cycle's number: num_gc made ascending over restarts, or counted. *cycles: how many ended since the row before. */
static int number(struct gc_csv *g, const struct gc_row *r, int64_t *cycles, struct err *err)
{
	int rc = 0;

	*cycles = 1;
	if (r->num == STORE_NULL)
		return 0;
	*cycles = g->last_num == STORE_NULL ? STORE_NULL : r->num - g->last_num;
	if (g->last_num != STORE_NULL && r->num < g->last_num) {
		g->base = g->n;
		*cycles = r->num;
		rc = restarted(g, r, "the cycle number", err);
	}
	g->last_num = r->num;
	return rc;
}

static int put_cycle(struct gc_csv *g, const struct gc_row *r, int64_t pause, int64_t pause1, int64_t pause2,
		     struct err *err)
{
	int64_t heap_end = size_of(g, r, GC_HEAP_END), forced = STORE_NULL;

	if (heap_end == STORE_NULL)
		heap_end = size_of(g, r, GC_HEAP_ALLOC);
	if (!isnan(r->forced)) {	/* a flag, or the count of forced cycles */
		bool count = g->col.at[GC_FORCED] >= 0 && strstr(g->col.name[g->col.at[GC_FORCED]].whole, "num");

		forced = count ? !isnan(g->last_forced) && r->forced > g->last_forced : r->forced > 0;
		g->last_forced = r->forced;
	}
	return put_gc_cycle(g->out, err,
			    (struct rec_gc_cycle){ .n = g->n,
						   .t = r->t,
						   .t_err = r->t_err,
						   .pause = pause,
						   .pause1 = pause1,
						   .pause2 = pause2,
						   .mark = ns_of(g, r, D_MARK),
						   .assist = STORE_NULL,
						   .background = STORE_NULL,
						   .idle = STORE_NULL,
						   .heap_start = size_of(g, r, GC_HEAP_START),
						   .heap_end = heap_end,
						   .heap_live = size_of(g, r, GC_HEAP_LIVE),
						   .goal = size_of(g, r, GC_GOAL),
						   .procs = STORE_NULL,
						   .forced = forced });
}

static int put_cpu(struct gc_csv *g, const struct gc_row *r, struct err *err)
{
	int rc = 0;

	if (isnan(r->cpu) || r->t == STORE_NULL || (g->cpu_series && r->t <= g->last_cpu_t))
		return 0;
	if (!g->cpu_series)
		rc = put_series(g->out, err,
				(struct rec_series){ .id = 0,
						     .name = STR_LIT("gc.cpu_fraction"),
						     .label = STR_LIT(""),
						     .unit = STR_LIT("ratio"),
						     .kind = STR_LIT("gauge") });
	g->cpu_series = true;
	g->last_cpu_t = r->t;
	if (!rc)
		rc = put_point(g->out, err, (struct rec_point){ 0, r->t, 0, r->cpu * g->cpu_scale });
	return rc;
}

/* The pause of the row's cycle from a sum since start; *none: no cycle ended. */
static int difference(struct gc_csv *g, const struct gc_row *r, int64_t total, int64_t cycles, bool restart,
		      int64_t *pause, bool *none, struct err *err)
{
	double d = (double)total - g->last_total;
	int rc = 0;

	*none = true;
	if (isnan(g->last_total) && r->num != 1) {	/* where the sums begin */
		g->last_total = (double)total;
		return 0;
	}
	if (isnan(d) || d < 0) {
		if (d < 0 && !restart)
			rc = restarted(g, r, "the sum of pauses", err);
		d = (double)total;
	}
	g->last_total = (double)total;
	*none = d <= 0;
	if (cycles != STORE_NULL && cycles > 1) {
		g->several++;
		d /= (double)cycles;
	}
	*pause = (int64_t)llround(d);
	return rc;
}

static int emit(struct gc_csv *g, const struct gc_row *r, struct err *err)
{
	int64_t pause = ns_of(g, r, D_PAUSE), pause1 = ns_of(g, r, D_PAUSE1), pause2 = ns_of(g, r, D_PAUSE2), cycles,
		base = g->base;
	bool none = false;
	int rc = put_cpu(g, r, err);

	if (!rc)
		rc = number(g, r, &cycles, err);
	if (!rc && g->cumulative && pause != STORE_NULL)
		rc = difference(g, r, pause, cycles, base != g->base, &pause, &none, err);
	if (rc)
		return rc;
	if (!g->cumulative && cycles == 0 && (isnan(g->last_pause) || r->d[D_PAUSE] == g->last_pause))
		none = true;
	g->last_pause = r->d[D_PAUSE];
	if (none) {
		g->repeated++;
		return 0;
	}
	if (pause == STORE_NULL && (pause1 != STORE_NULL || pause2 != STORE_NULL))
		pause = (pause1 == STORE_NULL ? 0 : pause1) + (pause2 == STORE_NULL ? 0 : pause2);
	g->n = r->num != STORE_NULL && r->num + g->base > g->n ? r->num + g->base : g->n + 1;
	return put_cycle(g, r, pause, pause1, pause2, err);
}

static int flush_head(struct gc_csv *g, struct err *err)
{
	int rc = decide(g, err);

	for (size_t i = 0; i < g->n_head && !rc; i++)
		rc = emit(g, &g->head[i], err);
	g->n_head = 0;
	return rc;
}

static int take_row(struct gc_csv *g, const struct csv_row *row, struct err *err)
{
	struct gc_row r;
	int rc = 0;

	if (!parse(g, row, &r)) {
		csv_reject(g->csv);
		return 0;
	}
	if (g->decided)
		return emit(g, &r, err);
	rc = grow(&g->head, &g->cap_head, g->n_head + 1, sizeof(*g->head), err);
	if (rc)
		return rc;
	look(g, &r);
	g->head[g->n_head++] = r;
	if (g->n_head == HEAD_ROWS)
		rc = flush_head(g, err);
	return rc;
}

static int finish(struct gc_csv *g, struct err *err)
{
	int rc = 0;

	if (!g->decided)
		rc = flush_head(g, err);
	if (!rc)
		rc = csv_finish(g->csv, g->out, err);
	if (!rc && g->repeated)
		rc = note(g, err, "%" PRIu64 " rows without a new cycle are left out", g->repeated);
	if (!rc && g->several)
		rc = note(g, err, "%" PRIu64 " rows cover several cycles: each gives their mean pause", g->several);
	if (!rc && g->col.header)
		rc = csv_name_unused(g->out, g->col.name, g->col.n, g->col.taken, err);
	return rc;
}

static int rows(struct gc_csv *g, struct err *err)
{
	struct csv_row row;
	bool end = false, header = g->col.header;
	int rc;

	while (!(rc = csv_next(g->csv, &row, &end, err)) && !end) {
		if (!header)
			rc = take_row(g, &row, err);
		header = false;
		if (rc)
			return rc;
	}
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct gc_csv *g = calloc(1, sizeof(*g));
	struct str head;
	int rc;

	if (!g)
		return err_nomem(err);
	g->out = out;
	g->last_num = STORE_NULL;
	g->last_total = g->last_forced = g->last_pause = NAN;
	rc = reader_peek(in, 65536, &head, err);
	if (!rc && !gc_csv_columns(head, &g->col))
		rc = err_set(err, ERR_FORMAT, "has no column of GC pauses");
	if (!rc)
		rc = csv_open(&g->csv, in, g->col.delim, o->limits, err);
	if (!rc)
		rc = rows(g, err);
	if (!rc)
		rc = finish(g, err);
	csv_close(g->csv);
	free(g->head);
	free(g);
	return rc;
}

static bool sniff(struct str head)
{
	struct gc_columns col;
	struct str line, field[CSV_NAMED];
	bool is_ns;
	double v;
	int n, at;

	if (!gc_csv_columns(head, &col))
		return false;
	if (!col.header || !csv_head_line(head, 1, &line))
		return true;
	n = csv_split(line, col.delim ? col.delim : ',', field, CSV_NAMED);
	at = col.at[GC_PAUSE] >= 0 ? col.at[GC_PAUSE] : col.at[GC_PAUSE1];
	return at < n && csv_name_number(field[at], col.comma, &v, &is_ns);
}

const struct decoder decoder_gc_csv = { .kind = "gc_csv", .version = 1, .sniff = sniff, .decode = decode };
