// SPDX-License-Identifier: GPL-3.0-or-later

// Package live tells readers who else reads: a follower per reader collects
// what happens to a story until the reader is gone.
package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
)

// Event is something that happened to a story.
type Event struct {
	Slug string `json:"slug"`
	N    int64  `json:"n"`
}

// Hub knows the followers.
type Hub struct {
	idle  *atomic.Int64
	pulse *atomic.Int64
	seq   atomic.Int64

	mu        sync.Mutex
	followers map[string]*follower
	streams   map[chan Event]string
}

type follower struct {
	slug string
	in   chan Event

	mu   sync.Mutex
	got  []Event
	last time.Time
}

// NewHub makes one and beats for every section until ctx ends.
func NewHub(ctx context.Context, sections int, set *conf.Settings) *Hub {
	h := &Hub{
		idle: set.Live("live.idle"), pulse: set.Live("live.pulse"),
		followers: make(map[string]*follower), streams: make(map[chan Event]string),
	}
	for range sections {
		go h.beat(ctx)
	}
	return h
}

// beat looks for events that a section's streams have not been told of.
func (h *Hub) beat(ctx context.Context) {
	var told int64
	for ctx.Err() == nil {
		timer := time.NewTimer(time.Duration(h.pulse.Load()))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		if now := h.seq.Load(); now-told > 1000 {
			told = now
		}
	}
}

// Tell says that a story was read.
func (h *Hub) Tell(slug string) {
	e := Event{slug, h.seq.Add(1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.followers {
		if f.slug == slug {
			select {
			case f.in <- e:
			default: // who does not read loses
			}
		}
	}
	for to, want := range h.streams {
		if want == slug {
			select {
			case to <- e:
			default:
			}
		}
	}
}

// Since is what a reader has not seen yet.
func (h *Hub) Since(reader, slug string) []Event {
	h.mu.Lock()
	f := h.followers[reader]
	if f == nil || f.slug != slug {
		f = &follower{slug: slug, in: make(chan Event, 8), last: time.Now()}
		h.followers[reader] = f
		go h.follow(reader, f)
	}
	h.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	got := f.got
	f.got, f.last = nil, time.Now()
	return got
}

// follow collects for a reader until nobody has asked for a while.
func (h *Hub) follow(reader string, f *follower) {
	idle := time.Duration(h.idle.Load())
	if idle <= 0 {
		for e := range f.in {
			f.add(e)
		}
		return
	}
	timer := time.NewTimer(idle)
	defer timer.Stop()
	for {
		select {
		case e := <-f.in:
			f.add(e)
		case <-timer.C:
			if h.gone(reader, f, idle) {
				return
			}
			timer.Reset(idle)
		}
	}
}

func (f *follower) add(e Event) {
	f.mu.Lock()
	if f.got = append(f.got, e); len(f.got) > 32 {
		f.got = append(f.got[:0], f.got[1:]...)
	}
	f.mu.Unlock()
}

func (h *Hub) gone(reader string, f *follower, idle time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.last) < idle {
		return false
	}
	if h.followers[reader] == f {
		delete(h.followers, reader)
	}
	return true
}

// Stream is told of a story's events until the returned function is called.
func (h *Hub) Stream(slug string) (<-chan Event, func()) {
	to := make(chan Event, 16)
	h.mu.Lock()
	h.streams[to] = slug
	h.mu.Unlock()
	return to, func() {
		h.mu.Lock()
		delete(h.streams, to)
		h.mu.Unlock()
	}
}
