// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_html.c - the page: hostile names stay text in every slot, the policy's hash is right, nothing loads or runs, anchors are there
 *
 * tests/html-check parses whole pages with a parser of somebody else's (cases report/html-*); here are the parts, and every kind of text.
 */
#include <nettle/sha2.h>

#include "report/plot.h"
#include "tests/unit/check.h"
#include "tests/unit/fixture.h"

static struct buf render_all(const char *change)
{
	struct report_model *m = fixture_model(change);
	struct buf b = { .limit = 1 << 24 };

	report_html(&b, m, NULL);
	CHECK(!b.failed && b.data);
	report_model_free(m);
	return b;
}

/* The same without the script, the last element of the page: what is left is markup and text. */
static struct buf render(const char *change)
{
	struct buf b = render_all(change);
	char *from = strstr(b.data, "<script>"), *to = from ? strstr(from, "</script>\n</body>") : NULL;

	if (!from || !to)
		return b;
	memmove(from, to + 9, b.len - (size_t)(to + 9 - b.data) + 1);
	b.len -= (size_t)(to + 9 - from);
	return b;
}

static int has(const struct buf *b, const char *text)
{
	if (strstr(b->data, text))
		return 1;
	fprintf(stderr, "  no '%s'\n", text);
	return 0;
}

static size_t count(const struct buf *b, const char *text)
{
	size_t n = 0;

	for (const char *p = strstr(b->data, text); p; p = strstr(p + 1, text))
		n++;
	return n;
}

/* RFC 4648 vectors would test a base64 of its own; this decodes the one in the page and compares digests. */
static int digit(char c)
{
	static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c ? strchr(all, c) : NULL;

	return p ? (int)(p - all) : -1;
}

/* Does the policy's hash behind `what` fit the element that begins with `open`? */
static int policy_fits(const struct buf *b, const char *what, const char *open, const char *close)
{
	const char *hash = strstr(b->data, what), *from = strstr(b->data, open), *to = from ? strstr(from, close) : NULL;
	unsigned char want[SHA256_DIGEST_SIZE], got[33];
	struct sha256_ctx sha;

	if (!hash || !to || hash > from)
		return 0;
	from += strlen(open);
	sha256_init(&sha);
	sha256_update(&sha, (size_t)(to - from), (const uint8_t *)from);
	sha256_digest(&sha, SHA256_DIGEST_SIZE, want);
	hash += strlen(what);
	for (int i = 0; i < 11; i++) {
		unsigned v = 0;

		for (int k = 0; k < 4; k++)
			v = v << 6 | (unsigned)(digit(hash[4 * i + k]) & 63);
		for (int k = 0; k < 3; k++)
			got[3 * i + k] = (unsigned char)(v >> (16 - 8 * k));
	}
	return memcmp(want, got, sizeof(want)) == 0 && hash[43] == '=' && hash[44] == '\'';
}

static void test_policy(void)
{
	struct buf b = render_all(NULL);

	CHECK(has(&b, "content=\"default-src 'none'; style-src"));
	CHECK(policy_fits(&b, "style-src 'sha256-", "<style>", "</style>"));
	CHECK(policy_fits(&b, "script-src 'sha256-", "<script>", "</script>"));
	buf_free(&b);
	b = render(NULL);
	CHECK(count(&b, "<style>") == 1 && count(&b, "<script") == 0 && count(&b, "style=") == 0);
	CHECK(count(&b, "http:") == 0 && count(&b, "https:") == 0 && count(&b, "//") == 0 && count(&b, "src=") == 0 && count(&b, "url(") == 0);
	buf_free(&b);
}

static void test_content(void)
{
	static const char *const order[] = { "<h1>Goroutines pile up or leak (leak)</h1>", "in <code>main.(*Hub).fanOut (hub.go:110)</code>",
		"<h2>Gates</h2>", "<h2>Do first</h2>", "<h2>Causes</h2>", "<h2>What changed</h2>", "<h2>What could not be seen</h2>",
		"<h2>Not tested</h2>", "<h2>Files and settings</h2>", "<h2>Signals</h2>", "attrib explain RUN:goroutine_bloat" };
	struct buf b = render(NULL);
	const char *at = b.data;

	for (size_t i = 0; at && i < sizeof(order) / sizeof(order[0]); i++) {
		at = strstr(at, order[i]);
		if (!at)
			fprintf(stderr, "  missing or out of order: %s\n", order[i]);
		CHECK(at != NULL);
	}
	CHECK(has(&b, "goroutine_bloat, worse, medium confidence"));
	CHECK(has(&b, "1200 to 1800 goroutines"));
	CHECK(has(&b, "heap-000.pprof and heap-001.pprof of each side"));
	CHECK(has(&b, "refused: current/heap.pprof, byte 77: gzip data ends in the middle"));
	CHECK(has(&b, "GOMAXPROCS"));
	CHECK(has(&b, "End the subscriber&#39;s goroutine"));
	CHECK(has(&b, "gates\"><h2>Gates"));
	/* Anchors: every cause, tested or not, and every signal; each once. */
	CHECK(count(&b, " id=\"cause-goroutine_bloat\"") == 1 && count(&b, " id=\"cause-memory_leak\"") == 1 && count(&b, " id=\"cause-none\"") == 1);
	CHECK(count(&b, " id=\"e-goroutines.cluster_growth\"") == 1 && count(&b, " id=\"e-mutex.delay\"") == 1);
	CHECK(has(&b, "<a href=\"#e-goroutines.cluster_growth\">"));
	CHECK(has(&b, "<a href=\"#cause-goroutine_bloat\">"));
	/* Of a source the name, not where it was built. */
	CHECK(!strstr(b.data, "/src/orders"));
	buf_free(&b);
}

static void test_verdicts(void)
{
	static const struct { const char *change, *want; } table[] = {
		{ "UPDATE analysis SET verdict = 'none', direction = 'same'", "<h1>No difference found.</h1>" },
		{ "UPDATE analysis SET verdict = 'none', direction = 'same'", "It could have shown changes of CPU per request \xe2\x89\xa5 12.0 %" },
		{ "UPDATE analysis SET verdict = 'unknown'", "<h1>Something changed that no cause attrib knows explains.</h1>" },
		{ "UPDATE analysis SET design = 'snapshot', changed = NULL", "<h2>Levels</h2>" },
		{ "UPDATE analysis SET design = 'snapshot', changed = NULL", "there is no baseline. What stands out is:</p>" },
		{ "UPDATE analysis SET direction = 'better'", "class=\"verdict good\"" },
		{ "UPDATE analysis SET options = 'model=linear'", "linear model: goroutine_bloat 0.3200" },
		{ "DELETE FROM analysis", "<h1>No answer yet</h1>" },
		{ "UPDATE change SET status = 'same' WHERE scope = 'symbol'", "No function's cost changed for certain." },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf b = render(table[i].change);

		CHECK(has(&b, table[i].want));
		buf_free(&b);
	}
}

/* Every text column that a report can show, replaced by the same hostile text with a number in front: unique where it must be. */
static const char *const slots[] = {
	"analysis.title", "analysis.model", "caveat.text", "func.name", "func.file", "func.package", "symbol.name", "cluster.name", "cluster.class",
	"source.path", "source.kind", "source.reason", "source.place", "note.text", "note.place", "event.text", "event.kind", "setting.value",
	"signal.why", "signal.unit", "signal.name", "signal.source_group", "cause.title", "cause.variant", "recommendation.act",
	"recommendation.risk", "recommendation.verify", "recommendation.needs", "recommendation.gain_unit", "recommendation.versions",
	"recommendation.facts", "recommendation.cause", "gate.expr", "run.name", "run.folder", "shift.kind", "change.metric", "change.unit",
	"evidence.other", "guilty.role", "instance.name", "linear_score.cause", "quantile.metric",
};

static const char *const payloads[] = {
	"<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'", "</style><svg onload=alert(1)>", "<!--<script>", "]]>",
	"javascript:alert(1)", "&lt;b&gt;&#x3c;", "</title></head><body onload=x>", "\x01\x1b[2J\x7f", "\xff\xfe\xc0\xaf", "\xe2\x80\xae<b>\xe2\x80\xa8",
	"a b\tc\nd\"e'f`g", "<a href=http://example.org/>x</a>", "--><style>*{display:none}</style>",
};

/* Tags of the page by name; anything else that begins with < is a fault. */
static int only_known_tags(const struct buf *b)
{
	static const char known[] = " !DOCTYPE html head meta title style body a header p b nav main section h1 h2 h3 h4 ul ol li dl dt dd div span code small"
		" details summary table thead tbody tr th td figure figcaption footer svg rect path circle text noscript ";

	for (const char *p = strchr(b->data, '<'); p; p = strchr(p + 1, '<')) {
		char name[24] = " ";
		size_t n = strcspn(p + 1 + (p[1] == '/'), " >\n/");

		if (n == 0 || n > 16)
			return 0;
		memcpy(name + 1, p + 1 + (p[1] == '/'), n);
		name[n + 1] = ' ';
		if (!strstr(known, name)) {
			fprintf(stderr, "  <%s>\n", name);
			return 0;
		}
	}
	return 1;
}

/* Inside a tag no attribute of an event, and quotes in pairs. */
static int quiet_attributes(const struct buf *b)
{
	for (const char *p = strchr(b->data, '<'); p; p = strchr(p + 1, '<')) {
		const char *end = strchr(p, '>');
		int quotes = 0;

		for (const char *q = p; end && q < end; q++) {
			quotes += *q == '"';
			if (quotes % 2 == 0 && strncmp(q, " on", 3) == 0)
				return 0;
		}
		if (!end || quotes % 2)
			return 0;
	}
	return 1;
}

static void add_hex(struct buf *sql, const char *s)
{
	for (; *s; s++)
		buf_printf(sql, "%02x", (unsigned char)*s);
}

static void test_hostile(void)
{
	struct buf clean = render("INSERT INTO event (id, source, t, kind, text) VALUES (1, 1, 1763632800000000000, 'deploy', 'x');");

	for (size_t k = 0; k < sizeof(payloads) / sizeof(payloads[0]); k++) {
		struct buf sql = { .limit = 1 << 20 }, b;

		buf_puts(&sql, "INSERT INTO event (id, source, t, kind, text) VALUES (1, 1, 1763632800000000000, 'deploy', 'x');");
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
			size_t n = strcspn(slots[i], ".");

			buf_printf(&sql, "UPDATE OR IGNORE %.*s SET %s = %s || CAST(x'", (int)n, slots[i], slots[i] + n + 1, slots[i] + n + 1);
			add_hex(&sql, payloads[k]);
			buf_puts(&sql, "' AS TEXT);");
		}
		b = render(sql.data);
		CHECK(only_known_tags(&b));
		CHECK(quiet_attributes(&b));
		/* Facts that are no JSON any more are shown as they stand, folded. */
		CHECK(count(&b, "<details") - count(&b, "<details class=\"facts\"") == count(&clean, "<details") - count(&clean, "<details class=\"facts\""));
		CHECK(count(&b, "<style") == 1 && count(&b, "</title>") == 1);
		CHECK(count(&b, "<script") == 0 && count(&b, "href=\"http") == 0 && count(&b, "href=\"javascript") == 0);
		CHECK(!memchr(b.data, '\x1b', b.len) && !memchr(b.data, '\0', b.len) && !memchr(b.data, '\x01', b.len) && !strstr(b.data, "\xe2\x80\xae"));
		buf_free(&b);
		buf_free(&sql);
	}
	buf_free(&clean);
}

int main(void)
{
	test_policy();
	test_content();
	test_verdicts();
	test_hostile();
	return check_done();
}
