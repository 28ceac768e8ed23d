// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * html.c - the answer as one page that asks the network for nothing
 *
 * The page is opened from a CI artifact, an e-mail, a phone at night; so it is one file without a script. A policy in its head forbids
 * everything but its own one style sheet, whose hash stands there: a hostile name that got past the escaping could still not load, run or
 * restyle anything. All of it is plain headings, lists and tables, in the order of the terminal's report, and so it reads well where
 * style sheets are forbidden too. What opens and closes is <details>, the theme is the reader's.
 *
 * Nothing that tells one machine or moment from another is in it: no time, no host, no path but those below the run folder, and
 * of sources the file's name only. The same database gives the same bytes.
 */
#include "report/html.h"

#include <nettle/sha2.h>

#include "report/flame.h"
#include "report/say.h"

#define PAGE_BYTES (64u << 20)

static const char style[] = {
#include "report/assets/report.css.inc"
	0
};

static const char script[] = {
#include "report/assets/report.js.inc"
	0
};

static void base64(struct buf *out, const unsigned char *p, size_t n)
{
	static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

		buf_byte(out, digit[v >> 18 & 63]);
		buf_byte(out, digit[v >> 12 & 63]);
		buf_byte(out, i + 1 < n ? digit[v >> 6 & 63] : '=');
		buf_byte(out, i + 2 < n ? digit[v & 63] : '=');
	}
}

static void put_hash(struct htmlw *w, const char *text)
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, strlen(text), (const uint8_t *)text);
	sha256_digest(&sha, SHA256_DIGEST_SIZE, digest);
	base64(w->out, digest, sizeof(digest));
}

static void put_head(struct htmlw *w)
{
	struct buf *b;

	html_lit(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	put_hash(w, style);
	html_lit(w, "'; script-src 'sha256-");
	put_hash(w, script);
	html_lit(w, "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	b = html_words(w);
	if (w->m->service.n) {
		buf_str(b, w->m->service);
		buf_puts(b, ": ");
	}
	if (w->m->analysed)
		say_verdict_words(b, w->m);
	html_put(w);
	html_lit(w, " - attrib</title>\n<style>");
	html_raw(w, style);
	html_lit(w, "</style>\n</head>\n");
}

static void put_top(struct htmlw *w)
{
	const struct report_model *m = w->m;

	html_lit(w, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the answer</a>\n<header><p><b>attrib</b> ");
	say_header(html_words(w), m);
	html_put(w);
	html_lit(w, "</p>\n<nav aria-label=\"Parts of the report\"><a href=\"#verdict\">Verdict</a> ");
	if (m->gates.n)
		html_lit(w, "<a href=\"#gates\">Gates</a> ");
	if (m->recommendations.n)
		html_lit(w, "<a href=\"#do\">Do first</a> ");
	html_lit(w, "<a href=\"#causes\">Causes</a> ");
	if (w->plots && w->plots->flames && w->plots->flames->n)
		html_lit(w, "<a href=\"#flames\">Flame graphs</a> ");
	if (w->plots && w->plots->there)
		html_lit(w, "<a href=\"#time\">Over time</a> ");
	if (m->clusters.n)
		html_lit(w, "<a href=\"#clusters\">Goroutines</a> ");
	html_raw(w, str_is(m->design, "snapshot") ? "<a href=\"#changes\">Levels</a> " : "<a href=\"#changes\">What changed</a> ");
	html_lit(w, "<a href=\"#untested\">Not tested</a> <a href=\"#inputs\">Files</a> "
		    "<a href=\"#signals\">Signals</a></nav></header>\n<main id=\"main\">\n");
}

static void put_end(struct htmlw *w)
{
	const char *what = say_next(html_words(w), w->m, STR_LIT("RUN"));

	html_lit(w, "</main>\n<footer>\n<p>Next: <code>");
	html_put(w);
	html_lit(w, "</code> tells ");
	html_text(w, str_from(what));
	html_lit(w, "; RUN is the folder that was analysed.</p>\n"
		    "<dl class=\"words\"><div><dt>flat, cum</dt><dd>what a function costs itself, and with everything it calls, as in pprof</dd></div>"
		    "<div><dt>~</dt><dd>a difference that cannot be told from chance</dd></div>"
		    "<div><dt>=</dt><dd>no change</dd></div>"
		    "<div><dt>score</dt><dd>the scores of all causes, \"none\" and \"unknown\" among them, add up to 1</dd></div>"
		    "<div><dt>p</dt><dd>how often chance alone gives such a difference</dd></div></dl>\n<p>attrib " REPORT_VERSION ", model ");
	html_text(w, w->m->fingerprint.n ? w->m->fingerprint : STR_LIT("?"));
	html_lit(w, ". The same input and model give the same page.</p>\n</footer>\n<script>");
	html_raw(w, script);
	html_lit(w, "</script>\n</body>\n</html>\n");
}

void report_html(struct buf *out, const struct report_model *m, const struct plots *plots)
{
	struct htmlw w = { .out = out, .words = { .limit = PAGE_BYTES }, .m = m, .plots = plots };

	put_head(&w);
	if (m->analysed) {
		put_top(&w);
		html_verdict(&w);
		html_gates(&w);
		html_advice(&w);
		html_causes(&w);
		html_flames(&w);
		html_charts(&w);
		html_clusters(&w);
		html_changes(&w);
		html_unseen(&w);
		html_untested(&w);
		html_inputs(&w);
		html_signals(&w);
		put_end(&w);
	} else {
		html_lit(&w, "<body>\n<main id=\"main\"><h1>No answer yet</h1>"
			     "<p>This database holds inputs but no analysis; run attrib analyze.</p></main>\n</body>\n</html>\n");
	}
	buf_free(&w.words);
}
