// SPDX-License-Identifier: GPL-3.0-or-later

// Package note sends what happened, a line each, to where lines are collected.
package note

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

// Sink is one connection to the collector.
type Sink struct {
	lines   chan string
	dropped atomic.Int64
	sure    *atomic.Int64

	mu   sync.Mutex
	conn net.Conn
	buf  []byte
}

// Dial connects; addr may be empty, lines then go nowhere.
func Dial(set *conf.Settings, addr string) (*Sink, error) {
	s := &Sink{lines: make(chan string, 1024), sure: set.Live("note.sure")}
	if addr == "" {
		return s, nil
	}
	conn, err := net.DialTimeout("tcp", addr, 2*time.Second)
	if err != nil {
		return nil, err
	}
	s.conn = conn
	go s.run()
	return s, nil
}

// Print sends a line; one that finds no place is counted only.
func (s *Sink) Print(line string) {
	if s.sure.Load() != 0 && s.conn != nil {
		s.confirm(line)
		return
	}
	select {
	case s.lines <- line:
	default:
		s.dropped.Add(1)
	}
}

// Printf formats a line.
func (s *Sink) Printf(format string, args ...any) { s.Print(fmt.Sprintf(format, args...)) }

// Dropped is how many lines found no place.
func (s *Sink) Dropped() int64 { return s.dropped.Load() }

// confirm sends a line and waits until it has been taken.
func (s *Sink) confirm(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf = append(append(append(s.buf[:0], '!'), line...), '\n')
	if _, err := s.conn.Write(s.buf); err != nil {
		s.dropped.Add(1)
		return
	}
	var answer [1]byte
	if _, err := io.ReadFull(s.conn, answer[:]); err != nil {
		s.dropped.Add(1)
	}
}

// run writes what is there in one go.
func (s *Sink) run() {
	out := bufio.NewWriterSize(s.conn, 32<<10)
	for line := range s.lines {
		out.WriteString(line) // an error stays and is seen at Flush
		out.WriteByte('\n')
		for more := true; more; {
			select {
			case line := <-s.lines:
				out.WriteString(line)
				out.WriteByte('\n')
			default:
				more = false
			}
		}
		s.mu.Lock()
		err := out.Flush()
		s.mu.Unlock()
		if err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond) // gathers the next lines
	}
}
