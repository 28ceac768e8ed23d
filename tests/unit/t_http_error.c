// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_http_error.c - answers of servers that had no profile to give
 */
#include "tests/unit/decode.h"

#define D &decoder_http_error

static void says(const char *text, const char *part)
{
	CHECK(decode_sniff(D, text));
	decode(D, text);
	CHECK(decode_count("event", "kind=\"http_error\"") == 1 && decode_has(part) && !decode_has("secret"));
	if (!decode_has(part))
		fprintf(stderr, "  wanted \"%s\" in %s", part, decode_text.data);
}

int main(void)
{
	CHECK_STR(decode(D, "Unknown profile\n"), "event span=0 kind=\"http_error\" text=\"saved in place of a "
						  "capture: Unknown profile (this program has no profile of that "
						  "name: check the URL, and whether its Go version has it)\"\n");
	says("Could not enable CPU profiling: cpu profiling already in use\n", "another CPU profiler runs");
	says("Could not enable CPU profiling: something with a secret\n", "refused to start");
	says("404 page not found\n", "no pprof handlers");
	says("seconds and debug params are incompatible\n", "without debug=");
	says("invalid value for \"seconds\" - must be a positive integer\n", "whole number");
	says("\"seconds\" parameter is not supported for this profile type\n", "no difference");
	says("profile duration exceeds server's WriteTimeout\n", "fewer seconds");
	says("\xef\xbb\xbf\r\nfailed to collect profile\r\n", "could not collect");
	says("upstream connect error or disconnect/reset before headers. secret\n", "Envoy");
	says("curl: (7) Failed to connect to secret port 6060\n", "curl could not");
	says("<html>\n<head><title>/debug/pprof/</title></head><body>Types of profiles available:\n<a "
	     "href='goroutine?debug=1'>",
	     "add the profile's name");
	says("<!DOCTYPE html>\n<html><head><title>504 Gateway Time-out</title></head> secret", "timeout is too short");
	says("<HTML><body>please log in, secret</body></HTML>", "not that of a profile");
	CHECK(!decode_sniff(D, "hello\n") && !decode_sniff(D, "") && !decode_sniff(D, "goroutine 1 [running]:\n"));
	CHECK(!decode_sniff(D, "x 404 page not found\n"));
	return decode_done();
}
