// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"example.org/nats/internal/link"
)

// lag reads every event, but only when it is by old: what the events' readers
// of other languages do when they work on one after the other. The client
// library would read ahead, so this speaks the protocol itself.
func lag(ctx context.Context, address string, by time.Duration) {
	for ctx.Err() == nil {
		lagOnce(ctx, address, by)
		time.Sleep(200 * time.Millisecond)
	}
}

func lagOnce(ctx context.Context, address string, by time.Duration) error {
	small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 16<<10) })
	}}
	raw, err := small.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer raw.Close()
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	// the server says who it is in clear text, then TLS begins: byte by byte, so that nothing is read too far
	for b := make([]byte, 1); b[0] != '\n'; {
		if _, err := raw.Read(b); err != nil {
			return err
		}
	}
	conn := tls.Client(raw, link.TLS())
	fmt.Fprintf(conn, "CONNECT {\"user\":\"app\",\"pass\":\"app\",\"name\":\"ledger\",\"verbose\":false,\"headers\":true}\r\nSUB ev.> 1\r\nPING\r\n")
	in := bufio.NewReaderSize(conn, 4096)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		switch w[0] {
		case "PING":
			if _, err := io.WriteString(conn, "PONG\r\n"); err != nil {
				return err
			}
		case "MSG", "HMSG":
			size, err := strconv.Atoi(w[len(w)-1])
			if err != nil {
				return err
			}
			body := make([]byte, size+2)
			if _, err := io.ReadFull(in, body); err != nil {
				return err
			}
			if at := strings.Index(string(body), "at="); at >= 0 && at+22 <= len(body) {
				if ns, err := strconv.ParseInt(string(body[at+3:at+22]), 10, 64); err == nil {
					time.Sleep(time.Until(time.Unix(0, ns).Add(by)))
				}
			}
		}
	}
}
