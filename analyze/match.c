// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * match.c - one compiled expression
 *
 * What an expression and a name can cost together is bounded by PCRE2's own limits: a hostile name makes a match fail, never hang.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "analyze/match.h"

#include <pcre2.h>
#include <stdlib.h>

#define STEPS 100000
#define HEAP_KIB 1024
#define PATIENCE 50		/* names at a limit: then the expression is not asked any more */

struct match {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	int gave_up;		/* matches that hit a limit */
};

int match_new(struct match **out, const char *option, struct str pattern, struct err *err)
{
	struct match *m = calloc(1, sizeof(*m));
	PCRE2_UCHAR why[120];
	PCRE2_SIZE at = 0;
	int code = 0;

	*out = m;
	if (!m)
		return err_nomem(err);
	m->code = pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""), pattern.n, 0, &code, &at, NULL);
	if (!m->code && code == PCRE2_ERROR_HEAP_FAILED)
		return err_nomem(err);
	if (!m->code) {
		pcre2_get_error_message(code, why, sizeof(why));
		return err_set(err, ERR_USAGE, "--%s: '%.60s' is wrong at character %zu: %s", option, pattern.n ? pattern.p : "", (size_t)at,
			       (const char *)why);
	}
	m->data = pcre2_match_data_create(1, NULL);
	m->limits = pcre2_match_context_create(NULL);
	if (!m->data || !m->limits)
		return err_nomem(err);
	pcre2_set_match_limit(m->limits, STEPS);
	pcre2_set_depth_limit(m->limits, STEPS);
	pcre2_set_heap_limit(m->limits, HEAP_KIB);
	return 0;
}

bool match_in(struct match *m, struct str text)
{
	int rc;

	if (m->gave_up >= PATIENCE)
		return false;
	rc = pcre2_match(m->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, m->data, m->limits);

	if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
		m->gave_up++;
	return rc >= 0;
}

bool match_gave_up(const struct match *m)
{
	return m && m->gave_up > 0;
}

void match_free(struct match *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->limits);
	pcre2_code_free(m->code);
	free(m);
}
