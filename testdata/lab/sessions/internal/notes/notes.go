// SPDX-License-Identifier: GPL-3.0-or-later

// Package notes remembers for a while what was seen: receipts of tokens that
// were given out, and what a device said of itself.
package notes

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"example.org/sessions/internal/record"
)

// receipt stands for a token that was given out.
type receipt struct {
	at      time.Time
	session *record.Session
}

// Receipts refuse a second use of what should be used once.
type Receipts struct {
	mu   sync.Mutex
	keep time.Duration
	full bool
	by   map[string]receipt
	next time.Time
}

// NewReceipts keeps receipts for a time (0: as long as it runs); full ones tell
// the support desk what the session looked like.
func NewReceipts(keep time.Duration, full bool) *Receipts {
	return &Receipts{keep: keep, full: full, by: make(map[string]receipt)}
}

// First notes the use of text and says whether it is the first.
func (r *Receipts) First(text string, s *record.Session) bool {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keep > 0 && now.After(r.next) {
		r.sweep(now)
	}
	if _, used := r.by[text]; used {
		return false
	}
	one := receipt{at: now}
	if r.full {
		one.session = s.Clone()
	}
	r.by[text] = one
	return true
}

// sweep forgets; the caller holds r.mu.
func (r *Receipts) sweep(now time.Time) {
	for text, one := range r.by {
		if now.Sub(one.at) > r.keep {
			delete(r.by, text)
		}
	}
	r.next = now.Add(r.keep / 2)
}

// Devices remembers the mark each device brought along last.
type Devices struct {
	mu    sync.Mutex
	own   *atomic.Int64
	marks map[string][]byte
	queue []string // a ring
	next  int
}

// NewDevices remembers that many, from the start on: the first ones are made
// up. own (0 or 1) says whether a mark is kept apart from the text it was found
// in.
func NewDevices(n int, own *atomic.Int64) *Devices {
	d := &Devices{own: own, marks: make(map[string][]byte, n), queue: make([]string, n)}
	for i := range d.queue {
		d.queue[i] = fmt.Sprintf("dev-%012d", i)
		d.marks[d.queue[i]] = []byte(fmt.Sprintf("m-%016d", i))
	}
	return d
}

var markKey = []byte(`"mark":"`)

// Learn finds the mark in what the device sent and says whether it is the one
// known already.
func (d *Devices) Learn(device string, body []byte) bool {
	mark := find(body)
	d.mu.Lock()
	defer d.mu.Unlock()
	old, known := d.marks[device]
	if known && bytes.Equal(old, mark) {
		return true
	}
	if d.own.Load() != 0 {
		mark = bytes.Clone(mark)
	}
	d.marks[device] = mark
	if !known {
		delete(d.marks, d.queue[d.next])
		d.queue[d.next] = device
		d.next = (d.next + 1) % len(d.queue)
	}
	return false
}

// find returns the mark inside body.
func find(body []byte) []byte {
	at := bytes.Index(body, markKey)
	if at < 0 {
		return nil
	}
	rest := body[at+len(markKey):]
	end := bytes.IndexByte(rest, '"')
	if end < 0 {
		return nil
	}
	return rest[:end]
}
