// SPDX-License-Identifier: GPL-3.0-or-later

// Package feed brings moving prices to readers: one watch at the venue for
// every instrument a reader looks at.
package feed

import (
	"context"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"

	"example.org/quotes/api"
)

// Venue opens watches.
type Venue interface {
	Watch(ctx context.Context, symbol string) (grpc.ServerStreamingClient[api.Tick], error)
}

// Hub is safe for concurrent use.
type Hub struct {
	venue Venue
	warm  *atomic.Int64
	mu    sync.Mutex
	spare map[string]*watch
}

type watch struct {
	key    string
	ticks  chan *api.Tick
	cancel context.CancelFunc
}

// New makes a hub. The watches of accounts of class warm or above stay open
// when their reader leaves, so that it finds them running when it comes back.
func New(v Venue, warm *atomic.Int64) *Hub {
	return &Hub{venue: v, warm: warm, spare: make(map[string]*watch)}
}

// Read sends ticks of the instruments until the reader leaves.
func (h *Hub) Read(ctx context.Context, account string, symbols []string, send func(*api.Tick) error) error {
	ticks := make(chan *api.Tick)
	done := make(chan struct{})
	var all sync.WaitGroup
	defer all.Wait()
	defer close(done)
	for _, symbol := range symbols {
		w, err := h.take(ctx, account, symbol)
		if err != nil {
			return err
		}
		all.Add(1)
		go func() {
			defer all.Done()
			defer h.leave(account, w)
			w.follow(done, ticks)
		}()
	}
	for {
		select {
		case t := <-ticks:
			if err := send(t); err != nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// follow hands ticks on until the reader is done.
func (w *watch) follow(done <-chan struct{}, to chan<- *api.Tick) {
	for {
		select {
		case t, ok := <-w.ticks:
			if !ok {
				return
			}
			select {
			case to <- t:
			case <-done:
				return
			}
		case <-done:
			return
		}
	}
}

// take finds the watch an account left, or opens one.
func (h *Hub) take(ctx context.Context, account, symbol string) (*watch, error) {
	key := account + " " + symbol
	h.mu.Lock()
	w := h.spare[key]
	delete(h.spare, key)
	h.mu.Unlock()
	if w != nil {
		return w, nil
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stream, err := h.venue.Watch(ctx, symbol)
	if err != nil {
		cancel()
		return nil, err
	}
	w = &watch{key: key, ticks: make(chan *api.Tick, 4), cancel: cancel}
	go w.pump(ctx, stream)
	return w, nil
}

// pump reads the venue's side until the watch is closed.
func (w *watch) pump(ctx context.Context, stream grpc.ServerStreamingClient[api.Tick]) {
	defer close(w.ticks)
	for {
		t, err := stream.Recv()
		if err != nil {
			return
		}
		select {
		case w.ticks <- t:
		case <-ctx.Done():
			return
		}
	}
}

// leave closes a watch or keeps it for its account.
func (h *Hub) leave(account string, w *watch) {
	if class(account) < h.warm.Load() {
		w.cancel()
		return
	}
	h.mu.Lock()
	old := h.spare[w.key]
	h.spare[w.key] = w
	h.mu.Unlock()
	if old != nil {
		old.cancel()
	}
}

// class is the last digit of an account.
func class(account string) int64 {
	if account == "" {
		return 0
	}
	return int64(account[len(account)-1]-'0') % 10
}
