// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * codequality.c - GitLab's code quality report: a JSON array of findings, each at a path and a line
 *
 * GitLab tells what is new in a merge request by the fingerprint, so it is the cause's and the function's, not the line's.
 */
#include "report/ci.h"
#include "report/jsonw.h"

void report_codequality(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	struct jsonw w = { .out = out };
	struct buf path = { .limit = 1 << 16 }, text = { .limit = 1 << 20 };
	struct ci_finding f[CI_FINDINGS];
	struct ci_repo repo;
	int64_t line;
	size_t n;

	ci_repo_find(&repo, m, ci);
	n = ci_findings(f, m, &repo);
	jsonw_open(&w, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		buf_reset(&path);
		buf_reset(&text);
		if (!ci_finding_path(&path, &line, &repo, &f[i]))
			continue;
		ci_message(&text, m, &f[i]);
		jsonw_open(&w, NULL, '{');
		jsonw_text(&w, "description", buf_view(&text));
		jsonw_text(&w, "check_name", f[i].cause->id);
		jsonw_text(&w, "fingerprint", str_from(f[i].fingerprint));
		jsonw_text(&w, "severity", strcmp(f[i].level, "error") == 0 ? STR_LIT("critical") :
			   strcmp(f[i].level, "warning") == 0 ? STR_LIT("major") : STR_LIT("minor"));
		jsonw_open(&w, "location", '{');
		jsonw_text(&w, "path", buf_view(&path));
		jsonw_open(&w, "lines", '{');
		jsonw_int(&w, "begin", line);
		jsonw_close(&w, '}');
		jsonw_close(&w, '}');
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, ']');
	out->failed = out->failed || path.failed || text.failed;
	buf_free(&path);
	buf_free(&text);
}
