// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * sarif.c - SARIF 2.1.0: causes as rules, findings as results
 *
 * OASIS sarif-schema-2.1.0 says what is valid, GitHub's "SARIF support for code scanning" what is shown: every result a location
 * with start and end in lines and columns, a fingerprint under primaryLocationLineHash, rules with short, full and help text of at most 1,024
 * characters, no empty strings, paths relative to the repository's root and percent-encoded. One run of at most CI_FINDINGS results stays far
 * below its limits (20 runs, 5,000 results shown, 10 MB packed).
 *
 * In a message SARIF reads [text](target) as a link. Go names hold brackets, so the two are parted by a blank.
 */
#include <stdio.h>

#include "core/text.h"
#include "report/ci.h"
#include "report/jsonw.h"
#include "report/say.h"

#define TEXT 1000	/* bytes of a description: below GitHub's 1,024 characters */
#define MESSAGE 8000
#define NOTICES 100	/* files that could not be read */
#define RELATED 10

/* At most max bytes, never empty. */
static struct str head(struct str s, size_t max)
{
	return s.n ? ci_head(s, max) : STR_LIT("-");
}

static void put_message(struct jsonw *w, const char *key, struct str text)
{
	struct buf b = { .limit = 1 << 20 };

	text = head(text, MESSAGE);
	for (size_t i = 0; i < text.n; i++) {
		buf_byte(&b, text.p[i]);
		if (text.p[i] == ']' && i + 1 < text.n && text.p[i + 1] == '(')
			buf_byte(&b, ' ');
	}
	jsonw_open(w, key, '{');
	jsonw_text(w, "text", buf_view(&b));
	jsonw_close(w, '}');
	w->out->failed = w->out->failed || b.failed;
	buf_free(&b);
}

static void put_uri(struct jsonw *w, struct str path)
{
	struct buf b = { .limit = 1 << 18 };

	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = (unsigned char)path.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~/", c)))
			buf_byte(&b, path.p[i]);
		else
			buf_printf(&b, "%%%02X", c);
	}
	jsonw_text(w, "uri", buf_view(&b));
	w->out->failed = w->out->failed || b.failed;
	buf_free(&b);
}

static void put_physical(struct jsonw *w, struct str path, int64_t line)
{
	jsonw_open(w, "physicalLocation", '{');
	jsonw_open(w, "artifactLocation", '{');
	put_uri(w, path);
	jsonw_text(w, "uriBaseId", STR_LIT("%SRCROOT%"));
	jsonw_close(w, '}');
	jsonw_open(w, "region", '{');
	jsonw_int(w, "startLine", line);
	jsonw_int(w, "startColumn", 1);
	jsonw_int(w, "endLine", line);
	jsonw_int(w, "endColumn", 2);
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static const struct report_rule *rule_of(const struct report_ci *ci, struct str id)
{
	for (size_t i = 0; i < ci->n_rules; i++)
		if (str_is(id, ci->rules[i].id))
			return &ci->rules[i];
	return NULL;
}

/* memory_leak as MemoryLeak: the opaque name that viewers show beside the id. */
static void put_rule_name(struct jsonw *w, struct str id)
{
	struct buf b = { .limit = 1 << 16 };
	bool up = true;

	for (size_t i = 0; i < id.n && b.len < 255; i++) {
		char c = id.p[i];

		if (c == '_' || c == '.' || c == '-') {
			up = true;
			continue;
		}
		buf_byte(&b, up && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
		up = false;
	}
	jsonw_text(w, "name", head(buf_view(&b), 255));
	buf_free(&b);
}

static void put_rule(struct jsonw *w, const struct model_cause *c, const struct report_ci *ci)
{
	const struct report_rule *rule = rule_of(ci, c->id);
	struct buf help = { .limit = 1 << 20 };

	jsonw_open(w, NULL, '{');
	jsonw_text(w, "id", head(c->id, 255));
	put_rule_name(w, c->id);
	put_message(w, "shortDescription", head(c->title, TEXT));
	put_message(w, "fullDescription", head(rule && rule->what ? str_from(rule->what) : c->title, TEXT));
	buf_puts(&help, "attrib explain ");
	buf_str(&help, c->id);
	buf_puts(&help, " says how it shows, what speaks against it and what to do.");
	put_message(w, "help", head(buf_view(&help), TEXT));
	jsonw_open(w, "defaultConfiguration", '{');
	jsonw_text(w, "level", STR_LIT("warning"));
	jsonw_close(w, '}');
	jsonw_open(w, "properties", '{');
	jsonw_open(w, "tags", '[');
	jsonw_text(w, NULL, STR_LIT("performance"));
	jsonw_close(w, ']');
	jsonw_text(w, "precision", STR_LIT("medium"));
	jsonw_text(w, "problem.severity", STR_LIT("warning"));
	jsonw_close(w, '}');
	jsonw_close(w, '}');
	buf_free(&help);
}

static void put_driver(struct jsonw *w, const struct report_model *m, const struct report_ci *ci)
{
	jsonw_open(w, "tool", '{');
	jsonw_open(w, "driver", '{');
	jsonw_text(w, "name", STR_LIT("attrib"));
	jsonw_text(w, "semanticVersion", STR_LIT(REPORT_VERSION));
	jsonw_open(w, "rules", '[');
	for (size_t i = 0; i < m->causes.n; i++)
		put_rule(w, &m->causes.v[i], ci);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

static void put_related(struct jsonw *w, const struct ci_repo *r, const struct ci_finding *f)
{
	struct buf path = { .limit = 1 << 16 }, text = { .limit = 1 << 16 };
	int64_t n = 0;

	for (size_t i = 0; i < f->cause->guilty.n && n < RELATED; i++) {
		const struct model_guilty *g = &f->cause->guilty.v[i];

		buf_reset(&path);
		buf_reset(&text);
		if (&g->place == f->at || !ci_repo_path(&path, r, &g->place) || !say_guilty(&text, g))
			continue;
		if (!n++)
			jsonw_open(w, "relatedLocations", '[');
		jsonw_open(w, NULL, '{');
		jsonw_int(w, "id", n);
		put_physical(w, buf_view(&path), g->place.line != STORE_NULL && g->place.line > 0 ? g->place.line : 1);
		put_message(w, "message", buf_view(&text));
		jsonw_close(w, '}');
	}
	if (n)
		jsonw_close(w, ']');
	buf_free(&path);
	buf_free(&text);
}

static void put_result(struct jsonw *w, const struct report_model *m, const struct ci_repo *r, const struct ci_finding *f)
{
	struct buf path = { .limit = 1 << 16 }, text = { .limit = 1 << 20 };
	char hash[20];
	int64_t line;

	if (ci_finding_path(&path, &line, r, f)) {
		ci_message(&text, m, f);
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "ruleId", head(f->cause->id, 255));
		jsonw_int(w, "ruleIndex", f->cause - m->causes.v);
		jsonw_text(w, "level", str_from(f->level));
		jsonw_real(w, "rank", f->cause->score * 100);
		put_message(w, "message", buf_view(&text));
		jsonw_open(w, "locations", '[');
		jsonw_open(w, NULL, '{');
		put_physical(w, buf_view(&path), line);
		jsonw_close(w, '}');
		jsonw_close(w, ']');
		put_related(w, r, f);
		jsonw_open(w, "partialFingerprints", '{');
		snprintf(hash, sizeof(hash), "%.16s:1", f->fingerprint);
		jsonw_text(w, "primaryLocationLineHash", str_from(hash));
		jsonw_text(w, "attribCause/v1", str_from(f->fingerprint));
		jsonw_close(w, '}');
		jsonw_close(w, '}');
	}
	buf_free(&path);
	buf_free(&text);
}

/* The run went through; what it could not read is said here. */
static void put_invocation(struct jsonw *w, const struct report_model *m)
{
	struct buf b = { .limit = 1 << 20 };
	size_t n = 0;

	jsonw_open(w, "invocations", '[');
	jsonw_open(w, NULL, '{');
	jsonw_bool(w, "executionSuccessful", true);
	jsonw_open(w, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < m->inputs.n && n < NOTICES; i++) {
		const struct model_input *f = &m->inputs.v[i];

		if (!str_is(f->status, "refused") && !str_is(f->status, "partial"))
			continue;
		buf_reset(&b);
		say_input(&b, f);
		jsonw_open(w, NULL, '{');
		jsonw_text(w, "level", STR_LIT("warning"));
		put_message(w, "message", buf_view(&b));
		jsonw_close(w, '}');
		n++;
	}
	jsonw_close(w, ']');
	jsonw_close(w, '}');
	jsonw_close(w, ']');
	buf_free(&b);
}

static void put_frame(struct jsonw *w, const struct report_model *m)
{
	struct buf id = { .limit = 1 << 16 };

	buf_puts(&id, "attrib/");
	for (size_t i = 0; i < ci_service(m).n; i++)	/* a slash would begin another part of the id */
		buf_byte(&id, ci_service(m).p[i] == '/' ? '-' : ci_service(m).p[i]);
	buf_byte(&id, '/');
	jsonw_open(w, "automationDetails", '{');
	jsonw_text(w, "id", buf_view(&id));
	jsonw_close(w, '}');
	jsonw_open(w, "originalUriBaseIds", '{');
	jsonw_open(w, "%SRCROOT%", '{');
	put_message(w, "description", STR_LIT("the root of the repository"));
	jsonw_close(w, '}');
	jsonw_close(w, '}');
	jsonw_text(w, "columnKind", STR_LIT("utf16CodeUnits"));
	buf_free(&id);
}

void report_sarif(struct buf *out, const struct report_model *m, const struct report_ci *ci)
{
	struct jsonw w = { .out = out, .lines = 6 };
	struct ci_finding f[CI_FINDINGS];
	struct ci_repo repo;
	size_t n;

	ci_repo_find(&repo, m, ci);
	n = ci_findings(f, m, &repo);
	jsonw_open(&w, NULL, '{');
	jsonw_text(&w, "$schema", STR_LIT("https://json.schemastore.org/sarif-2.1.0.json"));
	jsonw_text(&w, "version", STR_LIT("2.1.0"));
	jsonw_open(&w, "runs", '[');
	jsonw_open(&w, NULL, '{');
	put_driver(&w, m, ci);
	put_frame(&w, m);
	put_invocation(&w, m);
	jsonw_open(&w, "results", '[');
	for (size_t i = 0; i < n; i++)
		put_result(&w, m, &repo, &f[i]);
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
}
