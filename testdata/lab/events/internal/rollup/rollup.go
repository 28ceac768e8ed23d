// SPDX-License-Identifier: GPL-3.0-or-later

// Package rollup counts events in windows of time.
package rollup

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/cespare/xxhash/v2"

	"example.org/lab/kit/conf"

	"example.org/events/internal/event"
)

type key struct {
	tenant, section, country string
}

// cell is one key in one window.
type cell struct {
	count, bytes int64
	sum          float64
	users        *roaring.Bitmap
	devices      map[string]int64
	slots        [24]uint32 // durations by power of two
}

// Row is a cell as readers see it.
type Row struct {
	Tenant  string           `json:"tenant"`
	Section string           `json:"section"`
	Country string           `json:"country"`
	Window  int64            `json:"window"`
	Count   int64            `json:"count"`
	Bytes   int64            `json:"bytes"`
	Mean    float64          `json:"mean_ms"`
	P95     float64          `json:"p95_ms"`
	Users   uint64           `json:"users"`
	Devices map[string]int64 `json:"devices,omitempty"`
}

type window struct {
	number int64
	cells  map[key]*cell
}

type shard struct {
	mu   sync.Mutex
	open window
	past []window
}

// Board is all windows that can be asked for, divided by tenant.
type Board struct {
	shards []shard
	keep   int
	live   *atomic.Int64
	whole  *atomic.Int64
	number atomic.Int64
	wait   *atomic.Int64
	read   sync.Map // window number: chan, closed when somebody has read it
}

// New makes an empty board.
func New(set *conf.Settings) *Board {
	b := &Board{
		shards: make([]shard, set.Int("rollup.shards")), keep: set.Int("rollup.keep"),
		live: set.Live("rollup.live"), whole: set.Live("rollup.whole"), wait: set.Live("close.wait"),
	}
	for i := range b.shards {
		b.shards[i].open.cells = make(map[key]*cell)
	}
	return b
}

func (b *Board) shard(tenant string) *shard {
	return &b.shards[xxhash.Sum64String(tenant)%uint64(len(b.shards))]
}

// Add counts an event.
func (b *Board) Add(e *event.Event) {
	s := b.shard(e.Tenant)
	s.mu.Lock()
	s.add(e)
	s.mu.Unlock()
}

func (s *shard) add(e *event.Event) {
	k := key{e.Tenant, e.Section, e.Country}
	c := s.open.cells[k]
	if c == nil {
		c = &cell{users: roaring.New(), devices: make(map[string]int64, 4)}
		s.open.cells[k] = c
	}
	c.count++
	c.bytes += e.Bytes
	c.sum += e.Millis
	c.users.Add(e.User)
	c.devices[e.Device]++
	c.slots[slot(e.Millis)]++
}

func slot(ms float64) int {
	n := 0
	for v := ms * 16; v >= 1 && n < 23; v /= 2 {
		n++
	}
	return n
}

func (c *cell) p95() float64 {
	var sum uint32
	at := uint32(float64(c.count) * .95)
	for i, n := range c.slots {
		if sum += n; sum > at {
			return float64(uint32(1)<<i) / 16
		}
	}
	return 0
}

// Run closes a window each span until quit is closed.
func (b *Board) Run(span time.Duration, quit <-chan struct{}, out func(number int64, rows []Row)) {
	t := time.NewTicker(span)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			b.close(out)
		case <-quit:
			return
		}
	}
}

// close moves the open windows to the past ones and hands them on.
func (b *Board) close(out func(int64, []Row)) {
	number := b.number.Add(1)
	var rows []Row
	for i := range b.shards {
		s := &b.shards[i]
		s.mu.Lock()
		done := s.open
		s.open = window{number, make(map[key]*cell, len(done.cells))}
		s.past = append(s.past, done)
		if len(s.past) > b.keep {
			s.past = append(s.past[:0:0], s.past[1:]...)
		}
		s.mu.Unlock()
		rows = append(rows, done.rows(nil, nil, true)...)
	}
	n := min(int(b.wait.Load()), len(rows))
	for i := range n {
		go b.publish(number, rows[i*len(rows)/n:(i+1)*len(rows)/n], out)
	}
	if n == 0 {
		out(number, rows)
	}
}

// publish hands a part of a window on after it has been read by somebody.
func (b *Board) publish(number int64, rows []Row, out func(int64, []Row)) {
	read, _ := b.read.LoadOrStore(number, make(chan struct{}))
	<-read.(chan struct{})
	out(number, rows)
}

// Release says that a window has been read.
func (b *Board) Release(number int64) {
	if read, ok := b.read.LoadAndDelete(number); ok {
		close(read.(chan struct{}))
	}
}

func (w *window) rows(rows []Row, match func(tenant string) bool, whole bool) []Row {
	for k, c := range w.cells {
		if match == nil || match(k.tenant) {
			r := Row{Tenant: k.tenant, Section: k.section, Country: k.country, Window: w.number, Count: c.count, Bytes: c.bytes}
			if whole {
				c.complete(&r)
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// complete adds what has to be computed.
func (c *cell) complete(r *Row) {
	r.Mean, r.P95, r.Users = c.sum/float64(c.count), c.p95(), c.users.GetCardinality()
	r.Devices = make(map[string]int64, len(c.devices))
	for d, n := range c.devices {
		r.Devices[d] = n
	}
}

// Tenant shows the windows of one tenant.
func (b *Board) Tenant(name string, show func([]Row)) {
	b.visit(b.shard(name), func(t string) bool { return t == name }, true, show)
}

// All shows the counts of all windows, a shard at a time.
func (b *Board) All(show func([]Row)) {
	for i := range b.shards {
		b.visit(&b.shards[i], nil, b.whole.Load() != 0, show)
	}
}

func (b *Board) visit(s *shard, match func(string) bool, whole bool, show func([]Row)) {
	s.mu.Lock()
	n := len(s.open.cells)
	for i := range s.past {
		n += len(s.past[i].cells)
	}
	rows := make([]Row, 0, n)
	for i := range s.past {
		rows = s.past[i].rows(rows, match, whole)
	}
	rows = s.open.rows(rows, match, whole)
	if b.live.Load() != 0 {
		show(rows) // as they are now
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	show(rows)
}
