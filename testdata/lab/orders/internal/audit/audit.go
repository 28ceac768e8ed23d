// SPDX-License-Identifier: GPL-3.0-or-later

// Package audit keeps the trail of what customers did, newest last, with an
// index by customer, for the support desk.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"
)

// Entry is one step of a customer.
type Entry struct {
	At       time.Time
	Customer string
	Action   string
	Digest   string
	Body     []byte
}

// Trail is the in-memory part of the audit log.
type Trail struct {
	mu    sync.Mutex
	keep  *atomic.Int64
	flat  bool
	order []*Entry
	by    map[string][]*Entry
}

// New returns a trail that keeps the last keep entries (0: all of them). A flat
// one stores subjects as plain objects, their fields in order of name.
func New(keep *atomic.Int64, flat bool) *Trail {
	return &Trail{keep: keep, flat: flat, by: make(map[string][]*Entry)}
}

// Record appends what customer did; subject is stored as JSON.
func (t *Trail) Record(customer, action string, subject any) error {
	body, err := json.Marshal(subject)
	if err != nil {
		return err
	}
	if t.flat {
		if body, err = flatten(body); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(body)
	e := &Entry{
		At:       time.Now(),
		Customer: customer,
		Action:   action,
		Digest:   hex.EncodeToString(sum[:]),
		Body:     body,
	}
	t.mu.Lock()
	t.order = append(t.order, e)
	t.by[customer] = append(t.by[customer], e)
	t.trim()
	t.mu.Unlock()
	return nil
}

// trim drops the oldest entries above the limit; the caller holds t.mu.
func (t *Trail) trim() {
	keep := int(t.keep.Load())
	if keep <= 0 || len(t.order) < 2*keep {
		return
	}
	old := t.order[:len(t.order)-keep]
	for _, e := range old {
		list := t.by[e.Customer][1:]
		if len(list) == 0 {
			delete(t.by, e.Customer)
		} else {
			t.by[e.Customer] = list
		}
	}
	t.order = append(make([]*Entry, 0, 2*keep), t.order[len(old):]...)
}

// flatten brings the fields of an object into the order of their names.
func flatten(body []byte) ([]byte, error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// Len is the number of entries held.
func (t *Trail) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.order)
}

// Last returns the newest action of customer.
func (t *Trail) Last(customer string) (Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.by[customer]
	if len(list) == 0 {
		return Entry{}, false
	}
	return *list[len(list)-1], true
}
