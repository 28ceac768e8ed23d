// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * gc_csv_columns.c - which column of a helper's CSV is the pause
 *
 * Everybody names these columns differently, so each role has a list of names, best first. The danger is the other way
 * round: `duration` is a pause here and a request elsewhere. So the weak names count only when every other column is
 * one of ours too, and a file without a header only when each of its rows in sight is one number, or a time and a
 * number, with times that do not run back.
 */
#include <math.h>

#include "ingest/csv.h"
#include "ingest/gc_csv.h"

static const char *const role_names[GC_ROLES] = {
	[GC_TIME] = CSV_NAME_TIMES,
	[GC_PAUSE] = "pause gc_pause pause_ns pause_us pause_ms pause_s gc_pause_ns gc_pause_us gc_pause_ms stw stw_ns "
		     "stw_us "
		     "stw_ms stw_time stw_duration pause_time pause_duration gc_pause_time gc_pause_duration pausens "
		     "last_pause "
		     "last_pause_ns gc_duration gc_duration_ms gc_duration_ns total_pause total_pause_ns pause_total "
		     "pause_total_ns "
		     "gc_pause_total duration duration_ns duration_us duration_ms",
	[GC_PAUSE1] = "stw_sweep sweep_term sweep_termination sweep_termination_ms stw_clock_1 stwsclock pause1",
	[GC_PAUSE2] = "stw_mark mark_term mark_termination mark_termination_ms stw_clock_2 stwmclock pause2",
	[GC_MARK] = "mark mark_ms concurrent_mark concurrent concurrent_ms masclock",
	[GC_NUM] = "num_gc numgc gc gc_num gc_no gc_count gc_cycle cycle n seq id",
	[GC_HEAP_START] = "heap0 heap_before heap_start",
	[GC_HEAP_END] = "heap1 heap_after heap_end",
	[GC_HEAP_LIVE] = "heap_live live live_mb",
	[GC_HEAP_ALLOC] = "heap_alloc heapalloc alloc heap heap_mb heap_bytes heap_inuse heapinuse",
	[GC_GOAL] = "goal goal_mb heap_goal next_gc nextgc",
	[GC_CPU] = "gc_cpu_fraction gccpufraction gc_percent util gc_cpu",
	[GC_FORCED] = "forced num_forced_gc numforcedgc kind type",
};

static bool weak(const struct gc_columns *c)
{
	return csv_name_rank(&c->name[c->at[GC_PAUSE]], "duration duration_ns duration_us duration_ms") >= 0;
}

static bool all_taken(const struct gc_columns *c)
{
	for (int i = 0; i < c->n; i++)
		if (!c->taken[i])
			return false;
	return true;
}

/* NaN and blanks are no numbers here. */
static bool plain_number(struct str cell, bool comma)
{
	bool is_ns;
	double v;

	return csv_name_number(cell, comma, &v, &is_ns) && !isnan(v) && v >= 0;
}

static bool headerless_row(struct str line, const struct gc_columns *c, struct stamp *before, bool *first)
{
	const struct time_style style = { .comma = c->comma };
	struct str field[3];
	struct stamp at;

	if (csv_split(line, c->delim ? c->delim : ',', field, 3) != c->n || !plain_number(field[c->n - 1], c->comma))
		return false;
	if (c->n == 1)
		return true;
	if (!timeparse_stamp(field[0], &style, &at) || (!*first && (at.kind != before->kind || at.ns < before->ns)))
		return false;
	*before = at;
	*first = false;
	return true;
}

/* Each row in sight but the last, which the head may have cut. */
static bool headerless(struct str head, struct gc_columns *c)
{
	struct str line, field[3];
	struct stamp before = { 0 };
	bool first = true;
	int rows;

	if (!csv_head_line(head, 0, &line))
		return false;
	c->n = csv_split(line, c->delim ? c->delim : ',', field, 3);
	if (c->n > 2)
		return false;
	for (rows = 0; csv_head_line(head, 0, &line); rows++) {
		size_t end = (size_t)(line.p - head.p) + line.n;

		if (rows && end == head.n)
			break;
		if (!headerless_row(line, c, &before, &first))
			return false;
		head = str_skip(head, end);
		while (head.n && (head.p[0] == '\r' || head.p[0] == '\n'))
			head = str_skip(head, 1);
	}
	c->at[GC_PAUSE] = c->n - 1;
	c->at[GC_TIME] = c->n - 2;
	return rows >= 3;
}

/* A unit that contradicts the role: a heap in seconds, a number in percent. */
static bool contradicts(const struct csv_name *name, enum gc_role role)
{
	switch (role) {
	case GC_TIME:
	case GC_PAUSE:
	case GC_PAUSE1:
	case GC_PAUSE2:
	case GC_MARK:
		return name->byte_unit || name->percent;
	case GC_CPU:
		return name->byte_unit || name->time_unit;
	case GC_NUM:
	case GC_FORCED:
		return name->byte_unit || name->time_unit || name->percent;
	default:
		return name->time_unit || name->percent;
	}
}

static void assign(struct gc_columns *c, enum gc_role role)
{
	int at = csv_name_find(c->name, c->n, role_names[role], c->taken);

	if (at >= 0 && contradicts(&c->name[at], role)) {
		c->taken[at] = false;
		at = -1;
	}
	c->at[role] = at;
}

bool gc_csv_columns(struct str head, struct gc_columns *c)
{
	/* The sure ones first, so that a word of two meanings (gc, kind) goes where it is missing. */
	static const enum gc_role order[] = { GC_PAUSE,	     GC_TIME, GC_PAUSE1,     GC_PAUSE2,	  GC_MARK,
					      GC_CPU,	     GC_NUM,  GC_HEAP_START, GC_HEAP_END, GC_HEAP_LIVE,
					      GC_HEAP_ALLOC, GC_GOAL, GC_FORCED };

	*c = (struct gc_columns){ 0 };
	c->n = csv_name_header(head, &c->delim, c->name);
	c->comma = c->delim != ',' && c->delim != 0;
	for (size_t i = 0; i < GC_ROLES; i++)
		assign(c, order[i]);
	c->header = c->at[GC_PAUSE] >= 0 || (c->at[GC_PAUSE1] >= 0 && c->at[GC_PAUSE2] >= 0);
	if (c->header)
		return c->at[GC_PAUSE] < 0 || !weak(c) || all_taken(c);
	*c = (struct gc_columns){ .delim = c->delim, .comma = c->comma };
	for (size_t i = 0; i < GC_ROLES; i++)
		c->at[i] = -1;
	return headerless(head, c);
}

struct time_style gc_csv_time_style(const struct gc_columns *c)
{
	struct time_style style = { .comma = c->comma };

	if (c->header && c->at[GC_TIME] >= 0)
		style.unit = c->name[c->at[GC_TIME]].time_unit;
	return style;
}
