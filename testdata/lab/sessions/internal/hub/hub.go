// SPDX-License-Identifier: GPL-3.0-or-later

// Package hub tells those who watch a user that something happened.
package hub

import (
	"context"
	"sync"
	"time"

	"example.org/sessions/internal/record"
)

// Options of a Hub.
type Options struct {
	Beat time.Duration // a watcher looks that often whether its session is still there
	Stop bool          // the beat ends with the watch
}

// Hub passes events on.
type Hub struct {
	o  Options
	mu sync.Mutex
	by map[string]map[chan record.Event]struct{}
}

// New returns an empty hub.
func New(o Options) *Hub {
	return &Hub{o: o, by: make(map[string]map[chan record.Event]struct{})}
}

// Tell passes ev to who watches user; who is slow misses it.
func (h *Hub) Tell(user string, ev record.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.by[user] {
		select {
		case ch <- ev:
		default:
		}
	}
}

func (h *Hub) join(user string) chan record.Event {
	ch := make(chan record.Event, 4)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by[user] == nil {
		h.by[user] = make(map[chan record.Event]struct{})
	}
	h.by[user][ch] = struct{}{}
	return ch
}

func (h *Hub) part(user string, ch chan record.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.by[user], ch)
	if len(h.by[user]) == 0 {
		delete(h.by, user)
	}
}

// Watch waits for an event of user, at most that long and while alive says so.
func (h *Hub) Watch(ctx context.Context, user string, wait time.Duration, alive func() bool) (record.Event, bool) {
	ch := h.join(user)
	defer h.part(user, ch)
	limit := time.NewTimer(wait)
	defer limit.Stop()
	beat := h.beat()
	if h.o.Stop {
		defer beat.Stop()
	}
	for {
		select {
		case ev := <-ch:
			return ev, true
		case <-beat.C:
			if !alive() {
				return record.Event{}, false
			}
		case <-limit.C:
			return record.Event{}, false
		case <-ctx.Done():
			return record.Event{}, false
		}
	}
}

func (h *Hub) beat() *time.Ticker { return time.NewTicker(h.o.Beat) }
