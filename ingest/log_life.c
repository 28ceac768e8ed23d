// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * log_life.c - which process wrote this, and when did it begin?
 *
 * Cycles are numbered from 1 in each process, schedtrace counts ms from its first line. A number that falls is another
 * process: a restart. When the lines of an earlier one go on afterwards, two processes write one log, and that is said
 * once.
 *
 * gctrace has no stamps but seconds since the process began, to the ms. What was written between two stamped lines
 * tells an interval for that beginning; the intervals of all lines have it in common, so that stamps of whole seconds
 * give the beginning to a few ms. A collector that stamps late makes the lower bound too high, never the upper one too
 * low: where they cross the upper one counts.
 */
#include "ingest/log.h"

static struct log_life *current(struct log_lives *l)
{
	return &l->life[l->at];
}

static struct log_life unborn(void)
{
	return (struct log_life){ .sched_ms = -1, .lo = INT64_MIN, .hi = INT64_MAX, .waits = STORE_NULL };
}

void log_lives_init(struct log_lives *l)
{
	*l = (struct log_lives){ .n = 1 };
	l->life[0] = unborn();
}

static void new_life(struct log_lives *l)
{
	l->at = (l->at + 1) % LOG_LIVES;
	l->n = l->n < LOG_LIVES ? l->n + 1 : l->n;
	l->life[l->at] = unborn();
	current(l)->n_offset = l->last_n;
	current(l)->t_offset = l->last_t;
}

static bool goes_on(const struct log_life *life, int64_t n, int64_t start, int64_t gap)
{
	return n > life->n && n - life->n <= gap && start >= life->start;
}

void log_lives_cycle(struct log_lives *l, int64_t n, int64_t start, bool *restarted)
{
	unsigned found = l->at;

	*restarted = false;
	if (!goes_on(current(l), n, start, 1)) {
		for (unsigned i = 0; i < l->n; i++)
			if (l->life[i].n && goes_on(&l->life[i], n, start, 1))
				found = i;
		if (found == l->at && !goes_on(current(l), n, start, INT64_MAX))
			*restarted = true;
	}
	l->mixed = l->mixed || found != l->at;
	if (*restarted) {
		new_life(l);
		l->restarts++;
	} else {
		l->at = found;
		if (current(l)->n)
			l->missing += (uint64_t)(n - current(l)->n - 1);
	}
	current(l)->n = n;
	current(l)->start = start;
}

void log_lives_sched(struct log_lives *l, int64_t ms, bool *restarted)
{
	*restarted = ms < current(l)->sched_ms && !l->mixed;
	if (*restarted) {
		new_life(l);
		l->restarts++;
	}
	current(l)->sched_ms = ms;
}

void log_life_bound(struct log_life *life, int64_t since, const struct stamp *before, const struct stamp *own)
{
	const struct stamp *from = own ? own : before;

	if (from && from->ns - since > life->lo)
		life->lo = from->ns - since;
	if (own && own->ns + own->step - since < life->hi)
		life->hi = own->ns + own->step - since;
	if (!own && (life->waits == STORE_NULL || since > life->waits))
		life->waits = since;
}

void log_life_stamp(struct log_life *life, const struct stamp *after)
{
	if (life->waits == STORE_NULL)
		return;
	if (after->ns + after->step - life->waits < life->hi)
		life->hi = after->ns + after->step - life->waits;
	life->waits = STORE_NULL;
}

bool log_life_began(const struct log_life *life, int64_t *began, int64_t *error)
{
	if (life->lo == INT64_MIN && life->hi == INT64_MAX)
		return false;
	*error = STORE_NULL;
	if (life->hi == INT64_MAX) {
		*began = life->lo;
	} else if (life->lo == INT64_MIN) {
		*began = life->hi;
	} else if (life->lo <= life->hi) {
		*error = (life->hi - life->lo) / 2;
		*began = life->lo + *error;
	} else {
		*error = life->lo - life->hi;
		*began = life->hi;
	}
	return true;
}
