// SPDX-License-Identifier: GPL-3.0-or-later

package flow

import (
	"context"
	"encoding/json"
	"runtime"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"

	"example.org/events/internal/event"
	"example.org/events/internal/segment"
)

// lane counts the events of its tenants and fills blocks with them.
type lane struct {
	line   *Line
	in     chan *event.Event
	build  *segment.Builder
	age    time.Duration
	poll   *atomic.Int64
	expire *atomic.Int64
	gone   atomic.Int64

	sub    bool // somebody wants to have this lane's events
	chunk  int
	parts  []*event.Event
	missed int
}

func newLane(set *conf.Settings, l *Line, number int) *lane {
	return &lane{
		line: l, in: make(chan *event.Event, set.Int("lane.depth")), build: segment.NewBuilder(number, set.Int("block.bytes")),
		age: set.Duration("block.age"), poll: set.Live("lane.poll"), expire: set.Live("lane.expire"),
		sub: set.Int("push.lane") == number, chunk: set.Int("push.chunk"),
	}
}

func (n *lane) run() {
	old := time.NewTicker(n.age / 2)
	defer old.Stop()
	for {
		if poll := time.Duration(n.poll.Load()); poll > 0 {
			n.drain(poll)
		}
		select {
		case e := <-n.in:
			n.take(e)
		case <-old.C:
			n.hand(n.build.Old(n.age))
		}
	}
}

// drain takes what comes until nothing came for a while: a goroutine that does
// not go to sleep need not be woken.
func (n *lane) drain(poll time.Duration) {
	until := time.Now().Add(poll)
	for time.Now().Before(until) {
		select {
		case e := <-n.in:
			n.take(e)
			until = time.Now().Add(poll)
		default:
			runtime.Gosched()
		}
	}
}

func (n *lane) take(e *event.Event) {
	n.line.Board.Add(e)
	if after := time.Duration(n.expire.Load()); after > 0 {
		n.plan(e, after)
	}
	if n.sub {
		n.forward(e)
	}
	n.hand(n.build.Append(e))
}

// plan counts an event as gone when it is as old as a visit can be.
func (n *lane) plan(e *event.Event, after time.Duration) {
	user := e.User
	time.AfterFunc(after, func() {
		if user != 0 {
			n.gone.Add(1)
		}
	})
}

func (n *lane) hand(b *segment.Block) {
	if b != nil {
		n.line.Shipper.Hand(b)
	}
}

// forward gives the subscriber of the lane its events, some at a time.
func (n *lane) forward(e *event.Event) {
	n.parts = append(n.parts, e)
	if len(n.parts) < n.chunk {
		return
	}
	if err := n.deliver(n.parts); err != nil {
		n.missed += len(n.parts)
	}
	n.parts = n.parts[:0]
}

func (n *lane) deliver(parts []*event.Event) error {
	raw, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return n.line.Depot.Push(ctx, raw)
}
