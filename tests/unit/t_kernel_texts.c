// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_kernel_texts.c - counters of the kernel, cgroups, sockets and queues; ping, iperf3, Envoy, eBPF tools, build info
 */
#include "tests/unit/decode.h"

static void netstat(void)
{
	static const char pairs[] = "Tcp: RtoMin ActiveOpens OutSegs RetransSegs\nTcp: 200 5 100 3\n"
				    "TcpExt: ListenOverflows TCPLossProbes TCPSackFailures\nTcpExt: 2 9 0\n";
	char twice[400];

	CHECK_STR(decode(&decoder_netstat, pairs),
		  "series id=0 name=\"tcp.active_opens\" label=\"\" unit=\"count\" kind=\"counter\"\nclock "
		  "origin=\"none\"\n"
		  "point series=0 t=0 span=0 value=5\nseries id=1 name=\"tcp.segments_out\" label=\"\" unit=\"count\" "
		  "kind=\"counter\"\n"
		  "point series=1 t=0 span=0 value=100\nseries id=2 name=\"tcp.retransmits\" label=\"\" unit=\"count\" "
		  "kind=\"counter\"\n"
		  "point series=2 t=0 span=0 value=3\nseries id=3 name=\"tcp.listen_overflows\" label=\"\" "
		  "unit=\"count\" kind=\"counter\"\n"
		  "point series=3 t=0 span=0 value=2\nseries id=4 name=\"TcpExtTCPLossProbes\" label=\"\" "
		  "unit=\"count\" kind=\"counter\"\n"
		  "point series=4 t=0 span=0 value=9\n");
	snprintf(twice, sizeof(twice), "2026-11-20T10:00:00Z\n%s=== 1795168805 ===\n%s", pairs, pairs);
	decode(&decoder_netstat, twice);
	CHECK(decode_count("point", "t=1795168800000000000") == 5 &&
	      decode_count("point", "t=1795168805000000000") == 5 && !decode_has("clock"));
	decode(&decoder_netstat, "#kernel\nTcpOutSegs                      7                  "
				 "0.0\nTcpExtListenOverflows           2                  0.0\n"
				 "#kernel\nTcpOutSegs                      9                  0.0\n");
	CHECK(decode_has("point series=0 t=1 span=0 value=9") && decode_count("point", "t=0") == 2);
	decode(&decoder_netstat, "Tcp: OutSegs\nUdp: 5\nhello\n");
	CHECK(decode_count("point", "") == 0 && decode_has("2 lines not used"));
	CHECK(decode_sniff(&decoder_netstat, pairs) && !decode_sniff(&decoder_netstat, "Tcpdump: x\n"));
}

static const char *named(const struct decoder *d, const char *name, const char *text)
{
	struct decode_opts o = { .limits = &limits_default, .tree = true, .name = name };
	struct err err = { 0 };
	struct reader *in;
	struct dump dump;

	buf_reset(&decode_text);
	dump_init(&dump, &decode_text);
	if (reader_open_mem(&in, str_from(text), &limits_default, &err))
		return "";
	if (d->decode(in, &o, &dump.sink, &err)) {
		buf_reset(&decode_text);
		buf_printf(&decode_text, "refused %s: %s", err.place, err.msg);
	}
	reader_close(in);
	return decode_text.data ? decode_text.data : "";
}

static void cgroup(void)
{
	decode(&decoder_cgroup, "usage_usec 5000000\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250000\n");
	CHECK(decode_has("name=\"quota.throttled_seconds\" label=\"\" unit=\"seconds\" kind=\"counter\"") &&
	      decode_has("value=0.25") && decode_count("point", "value=4") == 1);
	decode(&decoder_cgroup, "nr_periods 10\nnr_throttled 4\nthrottled_time 250000000\n");
	CHECK(decode_has("value=0.25"));
	decode(&decoder_cgroup, "150000 100000\n");
	CHECK(decode_has("setting name=\"cpu_quota\" value=\"1.5\" origin=\"file\"") &&
	      decode_has("name=\"quota.limit\" label=\"\" unit=\"cores\""));
	decode(&decoder_cgroup, "max 100000\n");
	CHECK(decode_has("value=\"max\"") && decode_count("series", "") == 0);
	decode(&decoder_cgroup, "low 0\nhigh 3\nmax 4031\noom 1\noom_kill 1\n");
	CHECK(decode_has("name=\"mem.events\" label=\"max\"") && decode_has("value=4031") && !decode_has("cpu_quota"));
	named(&decoder_cgroup, "memory.max", "2147483648\n");
	CHECK(decode_has("setting name=\"mem_limit\" value=\"2147483648\"") && decode_has("name=\"mem.limit\""));
	named(&decoder_cgroup, "memory.max.txt", "max\n");
	CHECK(decode_has("setting name=\"mem_limit\" value=\"max\"") && !decode_has("series"));
	named(&decoder_cgroup, "memory.max_usage_in_bytes", "7\n");
	CHECK(decode_has("name=\"mem.peak\"") && !decode_has("setting"));
	named(&decoder_cgroup, "x.txt", "2147483648\n");
	CHECK(decode_has("refused") && decode_has("memory.max"));
	decode(&decoder_cgroup, "cpu/cpu.cfs_quota_us:20000\ncpu/cpu.cfs_period_us:100000\nmemory/"
				"memory.limit_in_bytes:9223372036854771712\n");
	CHECK(decode_has("value=\"0.2\"") && decode_has("name=\"mem_limit\" value=\"max\""));
	CHECK(decode_sniff(&decoder_cgroup, "max 100000\n") && decode_sniff(&decoder_cgroup, "200000 100000\n") &&
	      decode_sniff(&decoder_cgroup, "123\n"));
	CHECK(!decode_sniff(&decoder_cgroup, "1.5\n") && !decode_sniff(&decoder_cgroup, "1\n2\n") &&
	      !decode_sniff(&decoder_cgroup, "1 2\n"));
}

static void sockets(void)
{
	decode(&decoder_ss, "State  Recv-Q Send-Q Local Address:Port  Peer Address:Port\nLISTEN 3 128 0.0.0.0:80 "
			    "0.0.0.0:*\nLISTEN 129 128 0.0.0.0:81 0.0.0.0:*\n"
			    "ESTAB 0 0 10.0.0.1:80 10.0.0.2:5555\n\t cubic rtt:4/2 minrtt:3 bytes_sent:1000 "
			    "bytes_retrans:10 busy:200ms rwnd_limited:50ms(25.0%)\n"
			    "ESTAB 0 0 10.0.0.1:80 10.0.0.3:5555\n\t cubic rtt:8/2 minrtt:2.5 busy:200ms\nTIME-WAIT 0 "
			    "0 10.0.0.1:80 10.0.0.3:6\n"
			    "ESTAB 0 0 127.0.0.1:80 127.0.0.1:6\n\t rtt:0.01/0\n");
	CHECK(decode_has("name=\"net.rtt\" label=\"remote\" unit=\"ns\"") && decode_has("value=6000000") &&
	      decode_has("value=2500000") && !decode_has("loopback"));
	CHECK(decode_has("name=\"net.rwnd_limited\"") && decode_has("value=0.125") && decode_has("value=0.01"));
	CHECK(decode_has("name=\"tcp.sockets\" label=\"TIME-WAIT\"") && decode_count("point", "value=129") == 1 &&
	      decode_count("point", "value=128") == 1);
	decode(&decoder_ss, "1795168800\nESTAB 0 0 127.0.0.1:80 127.0.0.1:6 rtt:2/1\n1795168805\nLISTEN 0 5 *:1 *:*\n");
	CHECK(decode_has("label=\"loopback\"") && decode_has("point series=0 t=1795168805000000000 span=0 value=0"));
	CHECK(decode_sniff(&decoder_ss, "ESTAB 0 0 1.1.1.1:1 2.2.2.2:2\n\t cubic rtt:1/2\n") &&
	      !decode_sniff(&decoder_ss, "ESTAB of the day\n"));
}

static void queues(void)
{
	decode(&decoder_qdisc, "qdisc netem 8001: dev lo root refcnt 2 limit 1000 delay 40ms loss 1%\n Sent 5000 bytes "
			       "50 pkt (dropped 3, overlimits 7 requeues 1) \n"
			       " backlog 12Kb 4p requeues 0\n");
	CHECK(decode_has("setting name=\"qdisc.lo\" value=\"netem limit 1000 delay 40ms loss 1%\"") &&
	      decode_has("label=\"lo netem 8001:\""));
	CHECK(decode_has("name=\"qdisc.dropped\"") && decode_has("value=3\n") && decode_has("value=7\n") &&
	      decode_has("value=12288\n") && decode_count("point", "t=0") == 6);
	decode(&decoder_qdisc, "[{\"kind\":\"fq\",\"handle\":\"0:\",\"dev\":\"eth0\",\"options\":{},\"bytes\":10,"
			       "\"packets\":2,\"drops\":1,\"overlimits\":0,\"requeues\":0,\"backlog\":0,\"qlen\":0}]");
	CHECK(decode_has("label=\"eth0 fq 0:\"") && decode_count("point", "") == 6);
}

static void tools(void)
{
	decode(&decoder_ping, "PING db (10.0.0.9) 56(84) bytes of data.\n64 bytes from db: icmp_seq=1 ttl=64 time=0.5 "
			      "ms\n\n--- db ping statistics ---\n"
			      "20 packets transmitted, 19 received, 5% packet loss, time 19030ms\nrtt min/avg/max/mdev "
			      "= 0.25/0.5/1.5/0.01 ms\n");
	CHECK(decode_has("name=\"net.min_rtt\" label=\"db\"") && decode_has("value=250000\n") &&
	      decode_has("value=500000\n") && decode_has("value=0.05\n") && decode_has("clock origin=\"none\""));
	decode(&decoder_ping, "--- db ping statistics ---\n2 packets transmitted, 2 packets received, 0.0% packet "
			      "loss\nround-trip min/avg/max = 1/2/3 ms\n");
	CHECK(decode_has("value=2000000\n"));
	decode(&decoder_iperf3, "{\"start\":{\"timestamp\":{\"timesecs\":1795168800}},\"intervals\":[{\"sum\":{"
				"\"start\":0,\"end\":1.5,\"bits_per_second\":800,\"retransmits\":3}}],"
				"\"end\":{\"streams\":[{\"sender\":{\"mean_rtt\":40}}],\"sum_received\":{\"end\":1.5,"
				"\"bits_per_second\":720}}}");
	CHECK(decode_has("t=1795168800000000000 span=1500000000 value=100\n") && decode_has("value=3\n") &&
	      decode_has("value=90\n") && decode_has("value=40000\n"));
	decode(&decoder_iperf3, "{\"start\":{},\"error\":\"unable to connect\"}");
	CHECK(decode_has("unable to connect"));
	decode(&decoder_envoy, "cluster.a.upstream_cx_total: 12\ncluster.a.upstream_cx_active: "
			       "3\ncluster.a.upstream_rq_time: P0(nan,1) P50(7,2.5) P100(nan,9)\n"
			       "cluster.a.version_text: \"x: y\"\n");
	CHECK(decode_has("name=\"cluster.a.upstream_cx_total\" label=\"\" unit=\"count\" kind=\"counter\"") &&
	      decode_has("kind=\"gauge\"") && decode_has("label=\"quantile=\\\"0.5\\\"\"") &&
	      decode_has("value=2500000\n") && decode_count("point", "") == 5);
	CHECK(decode_sniff(&decoder_envoy, "cluster.a.b: 1\nserver.live: 1\n") &&
	      !decode_sniff(&decoder_envoy, "server.go: it failed badly\nx\ny\n"));
}

static void histograms(void)
{
	decode(&decoder_ebpf_hist,
	       "Tracing run queue latency... Hit Ctrl-C to end.\n     usecs               : count     distribution\n"
	       "         0 -> 1          : 5      |*|\n         2 -> 3          : 7      |**|\n");
	CHECK(decode_has("name=\"ebpf.runqlat\" label=\"\" unit=\"ns\"") && decode_has("lo=0 hi=2000 count=5\n") &&
	      decode_has("lo=2000 hi=4000 count=7\n"));
	named(&decoder_ebpf_hist, "tcprtt-000.txt",
	      "@usecs[a, 7]: \n(..., 0)  1 |@|\n[0]   4 |@|\n[1K, 2K)  9 |@@|\n[1M, ...)  2 |@|\n");
	CHECK(decode_has("name=\"ebpf.tcprtt\" label=\"a, 7\"") && decode_has("lo=-inf hi=0 count=1\n") &&
	      decode_has("lo=1024000 hi=2048000 count=9\n") && decode_has("hi=inf count=2\n"));
	decode(&decoder_ebpf_hist, "pid = 7\n     nsecs : count distribution\n 8 -> 15 : 5 |*|\n\npid = 8\n     nsecs "
				   ": count distribution\n 8 -> 15 : 6 |*|\n");
	CHECK(decode_has("label=\"pid = 8\"") && decode_has("bucket series=1 t=0 lo=8 hi=16 count=6\n"));
	decode(&decoder_ebpf_hist, "     runqlen : count distribution\n 0 : 5 |*|\n 1 : 2 |*|\n     runqlen : count "
				   "distribution\n 0 : 6 |*|\n");
	CHECK(decode_has("unit=\"count\"") && decode_has("bucket series=0 t=0 lo=1 hi=2 count=2\n") &&
	      decode_has("bucket series=0 t=1 lo=0 hi=1 count=6\n"));
}

static void modules(void)
{
	CHECK_STR(decode(&decoder_go_modules,
			 "/srv/shop: "
			 "go1.26.4\n\tpath\texample.org/shop\n\tmod\texample.org/shop\tv1.2.3\t\n\tdep\tgolang.org/x/"
			 "net\tv0.40.0\th1:a=\n"
			 "\tdep\tgoogle.golang.org/grpc\tv1.71.0\n\t=>\texample.org/"
			 "grpc\tv1.71.1\th1:b=\n\tbuild\t-race=true\n"
			 "\tbuild\t-ldflags=\"-X main.token=hunter2\"\n\tbuild\tvcs.revision=abc\n"),
		  "setting name=\"go_version\" value=\"go1.26.4\" origin=\"file\"\nsetting "
		  "name=\"module.golang.org/x/net\" value=\"v0.40.0\" origin=\"file\"\n"
		  "setting name=\"module.google.golang.org/grpc\" value=\"example.org/grpc v1.71.1\" origin=\"file\"\n"
		  "setting name=\"build.-race\" value=\"true\" origin=\"file\"\ngoversion min=26 max=26\n");
	decode(&decoder_go_modules, "a: go1.26.4\n\tpath\ta\nb: go1.19\n\tpath\tb\n\tdep\tx\tv1\n");
	CHECK(decode_has("several programs") && decode_count("setting", "") == 1);
	CHECK(decode_sniff(&decoder_go_modules, "a: go1.26.4\n\tpath\ta\n") &&
	      !decode_sniff(&decoder_go_modules, "panic: go1.26\n\tat x\n"));
}

int main(void)
{
	decode_limits = limits_default;
	decode_limits_set = true;
	netstat();
	cgroup();
	sockets();
	queues();
	tools();
	histograms();
	modules();
	return decode_done();
}
