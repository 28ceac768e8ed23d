/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prom_line.h - one line of the Prometheus and OpenMetrics text formats
 */
#ifndef INGEST_PROM_LINE_H
#define INGEST_PROM_LINE_H

#include <stdint.h>

#include "core/buf.h"

enum prom_what { PROM_BLANK, PROM_SAMPLE, PROM_HELP, PROM_TYPE, PROM_EOF, PROM_COMMENT, PROM_BAD };

struct prom_line {
	struct str name;   /* of a sample, HELP and TYPE */
	struct str type;   /* of TYPE */
	struct str labels; /* what stands between the braces, as written */
	struct str id;	   /* name and labels as written: the same text, the same series */
	double value;
	int64_t t; /* ns; STORE_NULL: none */
};

/* Borrows line. */
enum prom_what prom_line_parse(struct str line, struct prom_line *out);
/* The next label of *rest; value with its escapes. false: the end, or *bad. */
bool prom_line_label(struct str *rest, struct str *key, struct str *value, bool *bad);

#endif
