// SPDX-License-Identifier: GPL-3.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include "report/triage/search.h"

#include <pcre2.h>
#include <stdlib.h>

#include "core/buf.h"

#define MATCH_LIMIT 10000

struct search {
	pcre2_code *re;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

static bool has_capital(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return true;
	return false;
}

int search_new(struct search **out, struct str pattern, struct err *err)
{
	struct search *m = calloc(1, sizeof(*m));
	uint32_t flags = has_capital(pattern) ? 0 : PCRE2_CASELESS;
	PCRE2_SIZE at;
	int code;

	*out = NULL;
	if (!m)
		return err_nomem(err);
	m->re = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, flags | PCRE2_UTF, &code, &at, NULL);
	if (!m->re)
		m->re = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, flags | PCRE2_LITERAL, &code, &at, NULL);
	if (m->re)
		m->data = pcre2_match_data_create_from_pattern(m->re, NULL);
	m->limits = pcre2_match_context_create(NULL);
	if (!m->data || !m->limits) {
		search_free(m);
		return err_nomem(err);
	}
	pcre2_set_match_limit(m->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(m->limits, MATCH_LIMIT);
	pcre2_jit_compile(m->re, PCRE2_JIT_COMPLETE); /* faster where it works; the rest is the same */
	*out = m;
	return 0;
}

bool search_is(struct search *m, struct str text)
{
	return pcre2_match(m->re, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, m->data, m->limits) >= 0;
}

void search_free(struct search *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->limits);
	pcre2_code_free(m->re);
	free(m);
}

void search_quote(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (strchr("\\^$.[]|()?*+{}", text.p[i]) && text.p[i])
			buf_byte(out, '\\');
		buf_byte(out, text.p[i]);
	}
}
