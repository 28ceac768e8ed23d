// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_run_json.c - run.json: every key, every way to get one wrong, and telling it from other JSON
 */
#include "tests/unit/decode.h"

#define D &decoder_run_json

static void whole(void)
{
	CHECK_STR(
		decode(D,
		       "{\"schema\": \"attrib-run/1\", \"name\": \"checkout\", \"revision\": \"4f2c1d9\","
		       " \"started\": \"2026-11-20T10:02:00Z\", \"ended\": \"2026-11-20T10:07:00Z\", \"requests\": "
		       "61234,\n"
		       " \"settings\": {\"GOMAXPROCS\": 4, \"GOMEMLIMIT\": 1073741824, \"cpu_quota\": 2.0, \"rtt_ms\": "
		       "0.3,"
		       " \"grpc_version\": \"1.83.1\", \"debug\": true, \"none\": null},\n"
		       " \"experiment\": [\"GOGC\", \"GOMEMLIMIT\"], \"labels\": {\"service\": \"checkout\", "
		       "\"instance\": \"pod-1\"},\n"
		       " \"files\": {\"cpu-000.pprof\": {\"t0\": \"2026-11-20T10:02:30Z\", \"t1\": "
		       "\"2026-11-20T10:02:35Z\"},"
		       " \"goroutines-000.txt\": {\"t0\": 1795169000}},\n"
		       " \"events\": [{\"t0\": \"2026-11-20T10:04:00Z\", \"t1\": null, \"kind\": \"deploy\", \"text\": "
		       "\"canary 10 %\"},"
		       " {\"t0\": \"2026-11-20T10:05:00Z\", \"t1\": \"2026-11-20T10:05:01Z\", \"kind\": \"fault\"}]}"),
		"setting name=\"GOMAXPROCS\" value=\"4\" origin=\"run.json\"\n"
		"setting name=\"GOMEMLIMIT\" value=\"1073741824\" origin=\"run.json\"\n"
		"setting name=\"cpu_quota\" value=\"2\" origin=\"run.json\"\n"
		"setting name=\"rtt_ms\" value=\"0.3\" origin=\"run.json\"\n"
		"setting name=\"grpc_version\" value=\"1.83.1\" origin=\"run.json\"\n"
		"setting name=\"debug\" value=\"true\" origin=\"run.json\"\n"
		"setting name=\"experiment\" value=\"GOGC,GOMEMLIMIT\" origin=\"run.json\"\n"
		"label_of_run key=\"service\" value=\"checkout\"\n"
		"label_of_run key=\"instance\" value=\"pod-1\"\n"
		"filetime path=\"cpu-000.pprof\" t0=1795168950000000000 t1=1795168955000000000\n"
		"filetime path=\"goroutines-000.txt\" t0=1795169000000000000\n"
		"event t=1795169040000000000 span=0 kind=\"deploy\" text=\"canary 10 %\"\n"
		"event t=1795169100000000000 span=1000000000 kind=\"fault\" text=\"\"\n"
		"runinfo name=\"checkout\" revision=\"4f2c1d9\" started=1795168920000000000 ended=1795169220000000000 "
		"requests=61234\n");
}

static void wrong_values(void)
{
	decode(D, "{\"started\": 12, \"ended\": [], \"requests\": \"many\", \"name\": 7, \"settings\": [], \"labels\": "
		  "1, \"files\": 2,"
		  " \"events\": {}, \"experiment\": 3}");
	CHECK(decode_count("note", "lost=1") == 9 && decode_count("runinfo", "") == 0);
	decode(D, "{\"settings\": {\"a\": [1]}, \"files\": {\"x\": {\"t0\": \"noon\"}, \"y\": {\"t0\": 1795169001, "
		  "\"t1\": 1795169000}},"
		  " \"events\": [1, {\"t0\": 1795169000}, {\"kind\": \"x\"}], \"labels\": {\"k\": {}}}");
	CHECK(decode_count("note", "lost=1") == 7 && decode_has("place=\"settings.a\"") &&
	      decode_has("place=\"files.x\""));
	decode(D, "{\"started\": null, \"requests\": null, \"colour\": \"red\", \"schema\": \"attrib-run/2\", "
		  "\"name\": \"x\"}");
	CHECK(decode_has("note place=\"colour\" text=\"unknown key, not used\" lost=0") &&
	      decode_count("note", "") == 2);
	CHECK(decode_has("runinfo name=\"x\"\n"));
	CHECK_STR(decode(D, "[1]"), "refused : is JSON but not an object");
	CHECK_STR(decode(D, "{\"name\": \"x\",\n \"started\": }"),
		  "refused byte 26: is not valid JSON: a value was expected (line 2, column 13)");
	decode_limits.json_bytes = 10;
	decode(D, "{\"name\": \"a long one\"}");
	CHECK(decode_has("json_bytes"));
	decode_limits = limits_default;
}

static void sniffing(void)
{
	CHECK(decode_sniff(D, "{\"schema\": \"attrib-run/1\"}"));
	CHECK(decode_sniff(D, "\xef\xbb\xbf\n {\"name\" : \"x\", \"started\" :\"2026-11-20T10:02:00Z\"}"));
	CHECK(decode_sniff(D, "{\"settings\": {\"GOGC\": 100}, \"labels\": {}}"));
	CHECK(!decode_sniff(D, "{\"name\": \"x\", \"requests\": 5}"));
	CHECK(!decode_sniff(D, "{\"latencies\": {\"total\": 1}, \"requests\": 5, \"rate\": 1}"));
	CHECK(!decode_sniff(D, "{\"cmdline\": [\"a\"], \"memstats\": {\"settings\": 1, \"files\": 2}}"));
	CHECK(!decode_sniff(D, "{\"text\": \"\\\"settings\\\": 1, \\\"files\\\": 2\"}"));
	CHECK(!decode_sniff(D, "[{\"settings\": 1, \"files\": 2}]"));
	CHECK(!decode_sniff(D, ""));
	CHECK(!decode_sniff(D, "{\"settings"));
	CHECK(!decode_sniff(D, "{\"a\\"));
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	whole();
	wrong_values();
	sniffing();
	return decode_done();
}
