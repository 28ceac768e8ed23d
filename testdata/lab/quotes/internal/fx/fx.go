// SPDX-License-Identifier: GPL-3.0-or-later

// Package fx keeps rates between currencies. A rate is fetched once however
// many ask for it, and not for one of them: its fetch does not end with the
// request that began it.
package fx

import (
	"context"
	"sync"
	"time"
)

// Source knows rates.
type Source interface {
	Convert(ctx context.Context, from, to string) (float64, error)
}

type pair struct{ from, to string }

type entry struct {
	rate   float64
	err    error
	until  time.Time
	flight chan struct{} // closed when the fetch under way is over
}

// Table is safe for concurrent use.
type Table struct {
	from  Source
	life  time.Duration
	mu    sync.Mutex
	rates map[pair]*entry
}

// New makes a table of rates that are good for life.
func New(from Source, life time.Duration) *Table {
	return &Table{from: from, life: life, rates: make(map[pair]*entry)}
}

// Rate is the rate between two currencies.
func (t *Table) Rate(ctx context.Context, from, to string) (float64, error) {
	if from == to {
		return 1, nil
	}
	key := pair{from, to}
	t.mu.Lock()
	e := t.rates[key]
	if e == nil {
		e = new(entry)
		t.rates[key] = e
	}
	if time.Now().Before(e.until) {
		defer t.mu.Unlock()
		return e.rate, nil
	}
	if e.flight == nil {
		e.flight = make(chan struct{})
		go t.fetch(context.WithoutCancel(ctx), key, e)
	}
	flight := e.flight
	t.mu.Unlock()
	return t.await(ctx, e, flight)
}

func (t *Table) await(ctx context.Context, e *entry, flight chan struct{}) (float64, error) {
	select {
	case <-flight:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return e.rate, e.err
}

func (t *Table) fetch(ctx context.Context, key pair, e *entry) {
	rate, err := t.from.Convert(ctx, key.from, key.to)
	t.mu.Lock()
	defer t.mu.Unlock()
	e.rate, e.err = rate, err
	if err == nil {
		e.until = time.Now().Add(t.life)
	}
	close(e.flight)
	e.flight = nil
}
