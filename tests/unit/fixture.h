/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixture.h - the invented analysis of tests/fixtures/answer.sql in a store in memory, changed by a few lines of SQL
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "report/report.h"

/* The model of the fixture after `change` (may be NULL) has run on it. Ends the program when that cannot be. */
static inline struct report_model *fixture_model(const char *change)
{
	struct err err = { 0 };
	struct buf sql = { .limit = 1 << 20 };
	struct store *st = NULL;
	struct report_model *m = NULL;

	if (file_slurp(&sql, "tests/fixtures/answer.sql", 1 << 20, &err) || store_open(&st, NULL, STORE_MEMORY, &limits_default, &err) ||
	    store_script(st, sql.data, &err) || (change && store_script(st, change, &err)) || report_model_load(&m, st, &err) ||
	    report_model_add_raw(m, st, &err)) {
		fprintf(stderr, "fixture: %s (tests run in the project's folder)\n", err.msg);
		exit(1);
	}
	store_close(st);
	buf_free(&sql);
	return m;
}

#endif
