// SPDX-License-Identifier: GPL-3.0-or-later

// Package flow is the pipeline: batches are decoded, events enriched, told
// from repeated ones, and given to the lane of their tenant, which counts them
// and fills blocks. Between the stages are channels of limited depth.
package flow

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"example.org/lab/kit/conf"

	"example.org/events/internal/account"
	"example.org/events/internal/depot"
	"example.org/events/internal/event"
	"example.org/events/internal/journal"
	"example.org/events/internal/meter"
	"example.org/events/internal/origin"
	"example.org/events/internal/rollup"
	"example.org/events/internal/seen"
	"example.org/events/internal/segment"
)

// Parts are what the stages work with.
type Parts struct {
	Origin  *origin.Table
	Book    *account.Book
	Seen    *seen.Set
	Board   *rollup.Board
	Journal *journal.Journal
	Shipper *segment.Shipper
	Depot   *depot.Client
	Meter   *meter.Meter
	Guard   *meter.Guard
}

// Batch is what a client sent at once: lines, or events already read.
type Batch struct {
	Lines  []byte
	Events []*event.Event
	Tenant string
	Sure   bool // the client waits until all is on file
	reply  chan Result
}

// Result is what became of a batch.
type Result struct {
	Accepted int `json:"accepted"`
	Rejected int `json:"rejected"`
	ack      *event.Ack
}

// parcel is a batch on its way between the stages.
type parcel []*event.Event

// Line is the whole pipeline.
type Line struct {
	Parts
	batches chan *Batch
	parsed  chan parcel
	filled  chan parcel
	lanes   []*lane
	devices devices
	desk    *desk // nil: everybody uses the tables himself

	any   *atomic.Int64
	apart *atomic.Int64
	hold  *atomic.Int64
	limit *atomic.Int64
}

// Start starts all stages; they run until the process ends.
func Start(set *conf.Settings, p Parts) *Line {
	depth := set.Int("stage.depth")
	l := &Line{
		Parts: p, devices: newDevices(set.Int("agent.keep")),
		batches: make(chan *Batch, depth), parsed: make(chan parcel, depth), filled: make(chan parcel, depth),
		any: set.Live("decode.any"), apart: set.Live("enrich.apart"), hold: set.Live("late.hold"), limit: set.Live("look.limit"),
	}
	if set.Bool("enrich.desk") {
		l.desk = newDesk()
	}
	for i := range set.Int("lane.count") {
		l.lanes = append(l.lanes, newLane(set, l, i))
	}
	l.start(set)
	return l
}

// Waiting is how many batches, parcels and events are in the channels.
func (l *Line) Waiting() (batches, parcels, events int) {
	for _, n := range l.lanes {
		events += len(n.in)
	}
	return len(l.batches), len(l.parsed) + len(l.filled), events
}

// Submit gives a batch to the first stage and waits for the result; of a sure
// one until its events are on file.
func (l *Line) Submit(ctx context.Context, b *Batch) (Result, error) {
	b.reply = make(chan Result, 1)
	select {
	case l.batches <- b:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	var r Result
	select {
	case r = <-b.reply:
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	if r.ack != nil {
		select {
		case <-r.ack.Done():
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
	return r, nil
}

// later puts an event into its lane after a while: what belongs together comes
// closer together.
func (l *Line) later(e *event.Event, hold time.Duration) {
	time.Sleep(hold)
	l.place(e)
}

// place gives an event to the lane of its tenant and waits for room.
func (l *Line) place(e *event.Event) {
	n := l.lanes[xxhash.Sum64String(e.Tenant)%uint64(len(l.lanes))]
	n.in <- e
}
