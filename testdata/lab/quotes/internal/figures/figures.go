// SPDX-License-Identifier: GPL-3.0-or-later

// Package figures shows counters to who scrapes them: what the channels to the
// venue did, and what the kernel says about TCP.
package figures

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"example.org/quotes/internal/venue"
)

// Handler serves the figures as Prometheus text.
func Handler(m *venue.Meter) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		counter := func(name, help string, n int64) {
			fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s counter\n%s %d\n", name, help, name, name, n)
		}
		counter("grpc_client_calls_ended_total", "Calls that ended on channels to the venue.", m.Calls.Load())
		counter("grpc_client_attempts_started_total", "Attempts of these calls.", m.Attempts.Load())
		counter("grpc_client_connections_opened_total", "Connections made to the venue.", m.Opened.Load())
		counter("grpc_client_connections_closed_total", "Connections to the venue that ended.", m.Closed.Load())
		kernel(w)
	}
}

// Kernel serves two of the kernel's texts as they are.
func Kernel(w http.ResponseWriter, _ *http.Request) {
	for _, file := range []string{"/proc/self/net/snmp", "/proc/self/net/netstat"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Write(raw)
	}
}

// kernel is what node_exporter would say of these two files.
func kernel(w io.Writer) {
	for _, file := range []string{"/proc/self/net/snmp", "/proc/self/net/netstat"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		lines := strings.Split(string(raw), "\n")
		for i := 0; i+1 < len(lines); i += 2 {
			names, values := strings.Fields(lines[i]), strings.Fields(lines[i+1])
			if len(names) == 0 || len(names) != len(values) || !strings.HasPrefix(names[0], "Tcp") {
				continue
			}
			group := strings.TrimSuffix(names[0], ":")
			for j := 1; j < len(names); j++ {
				if wanted[group+names[j]] {
					fmt.Fprintf(w, "# TYPE node_netstat_%s_%s untyped\nnode_netstat_%s_%s %s\n", group, names[j], group, names[j], values[j])
				}
			}
		}
	}
}

var wanted = map[string]bool{
	"TcpActiveOpens": true, "TcpPassiveOpens": true, "TcpAttemptFails": true, "TcpEstabResets": true, "TcpCurrEstab": true,
	"TcpInSegs": true, "TcpOutSegs": true, "TcpRetransSegs": true, "TcpOutRsts": true,
	"TcpExtListenOverflows": true, "TcpExtListenDrops": true, "TcpExtTCPTimeouts": true, "TcpExtTCPSynRetrans": true,
	"TcpExtTCPLostRetransmit": true, "TcpExtTCPFastRetrans": true, "TcpExtTCPToZeroWindowAdv": true,
}
