// SPDX-License-Identifier: GPL-3.0-or-later

// Package stock is the ledger of what is on the shelves. Shelves are divided
// into shards; a shard is locked while the warehouse confirms a hold, so that
// two orders never take the same piece.
package stock

import (
	"context"
	"errors"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"
)

// ErrShort says that there are not enough pieces.
var ErrShort = errors.New("stock: not enough pieces")

// Warehouse confirms that pieces can be set aside.
type Warehouse interface {
	Hold(ctx context.Context, sku string, count int) (string, error)
}

type shelf struct {
	onHand int
	held   int
	moves  int
}

type shard struct {
	mu      sync.Mutex
	shelves map[string]*shelf
}

// Ledger counts pieces by stock keeping unit.
type Ledger struct {
	shards []shard
	wh     Warehouse
	grace  *atomic.Int64 // ns a hold waits for its order
	lapsed atomic.Int64
	mu     sync.Mutex
	open   map[string]chan struct{}
}

// New fills every shelf with pieces; a hold that is not confirmed within grace
// nanoseconds has lapsed.
func New(skus []string, pieces, shards int, wh Warehouse, grace *atomic.Int64) *Ledger {
	l := &Ledger{shards: make([]shard, max(1, shards)), wh: wh, grace: grace, open: make(map[string]chan struct{})}
	for i := range l.shards {
		l.shards[i].shelves = make(map[string]*shelf)
	}
	for _, sku := range skus {
		l.shard(sku).shelves[sku] = &shelf{onHand: pieces}
	}
	return l
}

func (l *Ledger) shard(sku string) *shard {
	h := fnv.New32a()
	h.Write([]byte(sku))
	return &l.shards[int(h.Sum32()%uint32(len(l.shards)))]
}

// Take sets count pieces aside and returns the warehouse's number of the hold.
func (l *Ledger) Take(ctx context.Context, sku string, count int) (string, error) {
	s := l.shard(sku)
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shelves[sku]
	if sh == nil || sh.onHand-sh.held < count {
		return "", ErrShort
	}
	id, err := l.wh.Hold(ctx, sku, count)
	if err != nil {
		return "", err
	}
	sh.held += count
	sh.moves++
	if sh.held*2 > sh.onHand {
		sh.onHand += sh.held // the night delivery, early
	}
	l.watch(id)
	return id, nil
}

// watch opens a hold and waits for what becomes of it.
func (l *Ledger) watch(id string) {
	sold := make(chan struct{})
	l.mu.Lock()
	l.open[id] = sold
	l.mu.Unlock()
	go l.settle(id, sold, time.Duration(l.grace.Load()))
}

func (l *Ledger) settle(id string, sold <-chan struct{}, grace time.Duration) {
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-sold:
	case <-t.C:
		l.lapsed.Add(1)
	}
	l.mu.Lock()
	delete(l.open, id)
	l.mu.Unlock()
}

// Confirm says that the order of a hold has been written.
func (l *Ledger) Confirm(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sold, ok := l.open[id]; ok {
		delete(l.open, id)
		close(sold)
	}
}

// Level is what can still be sold.
func (l *Ledger) Level(sku string) (free, moves int, ok bool) {
	s := l.shard(sku)
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shelves[sku]
	if sh == nil {
		return 0, 0, false
	}
	return sh.onHand - sh.held, sh.moves, true
}
