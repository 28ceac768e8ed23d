// SPDX-License-Identifier: GPL-3.0-or-later

// Package address has postal addresses checked by the carrier's desk, which
// speaks a line protocol of its own over TCP.
package address

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// ErrBad says that nothing can be delivered there.
var ErrBad = errors.New("address: unknown")

type line struct {
	net.Conn
	in *bufio.Reader
}

// Checker shares a fixed number of connections; nil in its channel is a place
// without one.
type Checker struct {
	addr     string
	deadline time.Duration
	reuse    bool
	lines    chan *line
}

// New makes a checker with that many connections; deadline 0 waits for as long
// as it takes.
func New(addr string, conns int, deadline time.Duration, reuse bool) *Checker {
	c := &Checker{addr: addr, deadline: deadline, reuse: reuse, lines: make(chan *line, max(1, conns))}
	for range cap(c.lines) {
		c.lines <- nil
	}
	return c
}

// Verify asks whether parcels for customer arrive.
func (c *Checker) Verify(ctx context.Context, customer string) error {
	l, err := c.take(ctx)
	if err != nil {
		return err
	}
	answer, err := l.ask("verify " + customer)
	if err != nil || !c.reuse {
		l.Close()
		l = nil
	}
	c.lines <- l
	if err != nil {
		return err
	}
	if !strings.HasPrefix(answer, "ok") {
		return ErrBad
	}
	return nil
}

// take waits for a place and connects where it has no connection yet.
func (c *Checker) take(ctx context.Context) (*line, error) {
	var l *line
	select {
	case l = <-c.lines:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if l == nil {
		conn, err := net.DialTimeout("tcp", c.addr, time.Second)
		if err != nil {
			c.lines <- nil
			return nil, err
		}
		l = &line{Conn: conn, in: bufio.NewReader(conn)}
	}
	if c.deadline > 0 {
		l.SetDeadline(time.Now().Add(c.deadline))
	}
	return l, nil
}

func (l *line) ask(question string) (string, error) {
	if _, err := fmt.Fprintln(l, question); err != nil {
		return "", err
	}
	return l.in.ReadString('\n')
}
