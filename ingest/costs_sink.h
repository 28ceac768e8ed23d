/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * costs_sink.h - a profile's sums by function into memory
 *
 * What comes is checked as rows.c checks it, since a hostile file may have taken the worker over; whatever is not plain sums (a note of a loss, a text to be
 * cleaned, any other record) makes the sink deaf: the rows then tell.
 */
#ifndef INGEST_COSTS_SINK_H
#define INGEST_COSTS_SINK_H

#include "core/costs.h"
#include "core/limits.h"
#include "ingest/sink.h"

struct costs_sink {
	struct sink sink;
	struct profile_costs *to;
	const struct limits *limits;
	size_t profiles;
	bool odd;
};

void costs_sink_init(struct costs_sink *s, struct profile_costs *to, const struct limits *limits);
bool costs_sink_plain(const struct costs_sink *s);	/* after the last record */

#endif
