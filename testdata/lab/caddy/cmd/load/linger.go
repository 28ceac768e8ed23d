// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"syscall"
)

// linger asks for something over a connection of its own and stays until ctx
// ends: reading what comes, or only its head.
func linger(ctx context.Context, url string, read bool) {
	// a receive buffer of some pages: who does not read must not be sent
	// megabytes by the kernel. It has to be set before the handshake.
	small := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 16<<10) })
	}}
	tr := &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		DisableKeepAlives: true, DialContext: small.DialContext,
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return
	}
	res, err := tr.RoundTrip(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	if read {
		io.Copy(io.Discard, res.Body)
		return
	}
	<-ctx.Done()
}
