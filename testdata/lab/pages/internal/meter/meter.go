// SPDX-License-Identifier: GPL-3.0-or-later

// Package meter counts what the site does and writes its access log.
package meter

import (
	"bufio"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

// Tally counts by kind, in stripes that have a lock each.
type Tally struct {
	stripes []stripe
}

type stripe struct {
	mu    sync.Mutex
	count map[byte]int64
	_     [40]byte
}

// NewTally makes one.
func NewTally(set *conf.Settings) *Tally {
	t := &Tally{stripes: make([]stripe, max(set.Int("tally.stripes"), 1))}
	for i := range t.stripes {
		t.stripes[i].count = make(map[byte]int64)
	}
	return t
}

// Count adds one to a kind.
func (t *Tally) Count(kind byte) {
	s := &t.stripes[int(kind)%len(t.stripes)]
	s.mu.Lock()
	s.count[kind]++
	s.mu.Unlock()
}

// Log is the access log.
type Log struct {
	room *atomic.Int64
	mu   sync.Mutex
	to   io.Writer
	out  *bufio.Writer
}

// NewLog writes to a file through a buffer.
func NewLog(to io.Writer, set *conf.Settings) *Log {
	return &Log{room: set.Live("log.room"), to: to, out: bufio.NewWriterSize(to, 64<<10)}
}

// Line writes one request; a log is no reason to fail one.
func (l *Log) Line(n int64, method, path string, status, size int, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fields := [...]string{time.Now().UTC().Format(time.RFC3339Nano), strconv.FormatInt(n, 10), method, path,
		strconv.Itoa(status), strconv.Itoa(size), took.String()}
	for i, f := range fields {
		end := "\t"
		if i == len(fields)-1 {
			end = "\n"
		}
		if l.room.Load() == 0 {
			l.put(f, end)
			continue
		}
		l.out.WriteString(f)
		l.out.WriteString(end)
	}
}

// put writes a field at once, so that a crash loses nothing.
func (l *Log) put(field, end string) {
	io.WriteString(l.to, field)
	io.WriteString(l.to, end)
}
