// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// waiting is who waits for word that an order is billed: one subscription a
// connection, shared by its orders.
type waiting struct {
	mu     sync.Mutex
	prefix []string
	next   int
	open   map[string]chan struct{}
}

func (w *waiting) on(nc *nats.Conn) error {
	prefix := nats.NewInbox()
	w.prefix = append(w.prefix, prefix)
	_, err := nc.Subscribe(prefix+".*", func(m *nats.Msg) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if c, ok := w.open[m.Subject]; ok {
			close(c)
			delete(w.open, m.Subject)
		}
	})
	return err
}

// add makes a subject that word can be sent to over connection at.
func (w *waiting) add(at int) (string, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next++
	subject := strings.Join([]string{w.prefix[at], strconv.Itoa(w.next)}, ".")
	c := make(chan struct{})
	if w.open == nil {
		w.open = make(map[string]chan struct{})
	}
	w.open[subject] = c
	return subject, c
}

func (w *waiting) drop(subject string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, subject)
}
