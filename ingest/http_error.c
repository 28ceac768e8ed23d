// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * http_error.c - the answer of a server that had no profile to give, saved under a profile's name
 *
 * The most frequent reason for "no data". So it is read, and what it says about the server or about how it was asked
 * becomes an event. Of the text only what is known is repeated: a proxy's page may hold addresses and tokens.
 */
#include "ingest/decoder.h"

struct answer {
	const char *text;	/* the first line begins with it */
	const char *means;
};

/* net/http/pprof's own words, then those of servers and proxies before it, then the client's. */
static const struct answer answers[] = {
	{ "Could not enable CPU profiling: cpu profiling already in use",
	  "another CPU profiler runs in this process, a continuous one or a second capture: its cost is in the other "
	  "profiles too" },
	{ "Could not enable CPU profiling", "the process refused to start a CPU profile" },
	{ "Could not enable tracing: tracing is already enabled", "another execution trace is being taken" },
	{ "Could not enable tracing", "the process refused to start an execution trace" },
	{ "Unknown profile",
	  "this program has no profile of that name: check the URL, and whether its Go version has it" },
	{ "404 page not found",
	  "the address has no pprof handlers: net/http/pprof is not imported, or is on another port" },
	{ "seconds and debug params are incompatible", "ask for a difference (seconds=) without debug=" },
	{ "invalid value for \"seconds\"", "seconds= must be a whole number above 0" },
	{ "\"seconds\" parameter is not supported for this profile type",
	  "this profile has no difference over a time" },
	{ "profile duration exceeds server's WriteTimeout",
	  "the server's WriteTimeout is shorter than the profile: ask for fewer seconds, or serve pprof by a server of "
	  "its own" },
	{ "failed to collect profile", "the server could not collect the profile" },
	{ "failed to compute delta", "the server could not subtract the two profiles" },
	{ "context deadline exceeded", "the request ran out of time before the profile was taken" },
	{ "context canceled", "the request was cancelled before the profile was taken" },
	{ "Internal Server Error", "the server failed while it answered" },
	{ "Not Found", "nothing answers at this address" },
	{ "Method Not Allowed", "the address does not take this kind of request" },
	{ "Too Many Requests", "a limiter turned the request down: profiles share the service's limits" },
	{ "Forbidden", "the request was not allowed" },
	{ "Unauthorized", "the request was not allowed: it carried no credentials" },
	{ "Bad Request", "the request was not understood" },
	{ "Bad Gateway", "a proxy could not reach the process" },
	{ "Service Unavailable", "a proxy has no process to send the request to, or it is overloaded" },
	{ "Gateway Timeout", "a proxy gave the process up before the profile was taken: its timeout is too short" },
	{ "upstream connect error", "Envoy could not connect to the process" },
	{ "upstream request timeout", "Envoy gave the process up before the profile was taken" },
	{ "no healthy upstream", "Envoy has no healthy process to send the request to" },
	{ "stream timeout", "a proxy gave the process up before the profile was taken" },
	{ "Client sent an HTTP request to an HTTPS server", "ask by https:// instead of http://" },
	{ "curl: (", "curl could not fetch it" },
};

enum { SHORT = 4096 };

static bool holds(struct str s, const char *lit)
{
	return s.n && memmem(s.p, s.n, lit, strlen(lit)) != NULL;
}

/* The text from its first visible byte on. */
static struct str begin(struct str head)
{
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_skip(head, 3);
	while (head.n && strchr(" \t\r\n", head.p[0]) && head.p[0])
		head = str_skip(head, 1);
	return head;
}

static const struct answer *find(struct str head)
{
	head = begin(head);
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers) && head.n < SHORT; i++)
		if (str_starts(head, answers[i].text))
			return &answers[i];
	return NULL;
}

static bool html(struct str head)
{
	head = begin(head);
	return (head.n >= 5 && strncasecmp(head.p, "<html", 5) == 0) ||
	       (head.n >= 9 && strncasecmp(head.p, "<!doctype", 9) == 0);
}

static bool sniff(struct str head)
{
	return find(head) || html(head);
}

/* What an HTML page is, by the names that servers and proxies give their pages. */
static struct answer page(struct str head)
{
	static const struct answer pages[] = {
		{ "502 Bad Gateway", "a proxy could not reach the process" },
		{ "503 Service", "a proxy has no process to send the request to, or it is overloaded" },
		{ "504 Gateway", "a proxy gave the process up before the profile was taken: its timeout is too short" },
		{ "404 Not Found", "nothing answers at this address" },
		{ "403 Forbidden", "the request was not allowed" },
		{ "401 ", "the request was not allowed: it carried no credentials" },
		{ "429 ", "a limiter turned the request down: profiles share the service's limits" },
		{ "500 Internal", "the server failed while it answered" },
	};

	/* The index names its profiles by links relative to itself. */
	if (holds(head, "/debug/pprof/") &&
	    (holds(head, "goroutine?debug=") || holds(head, "full goroutine stack dump") || holds(head, "profiles:")))
		return (struct answer){ "the index page of /debug/pprof/",
					"the URL ended at /debug/pprof/: add the profile's name, as heap" };
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (holds(head, pages[i].text))
			return pages[i];
	if (holds(head, "/debug/pprof/"))
		return (struct answer){ "a page that links to /debug/pprof/", "the URL is not that of a profile" };
	return (struct answer){ "an HTML page", "the URL is not that of a profile, or a login stands before it" };
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	const struct answer *known;
	struct buf text = { .limit = 1000 };
	struct answer a;
	struct str head, line;
	bool cut, eof = false;
	int rc = reader_peek(in, 65536, &head, err);

	(void)o;
	if (rc)
		return rc;
	known = find(head);
	a = known ? *known : page(head);
	buf_printf(&text, "saved in place of a capture: %s%s (%s)", a.text, strchr(a.text, '(') ? "...)" : "", a.means);
	rc = put_event(out, err,
		       (struct rec_event){ .t = STORE_NULL, .span = 0, .kind = STR_LIT("http_error"),
					   .text = buf_view(&text) });
	while (!rc && !eof)
		rc = reader_line(in, &line, &cut, &eof, err);
	buf_free(&text);
	return rc;
}

const struct decoder decoder_http_error = { .kind = "http_error", .version = 1, .sniff = sniff, .decode = decode };
