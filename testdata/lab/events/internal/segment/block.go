// SPDX-License-Identifier: GPL-3.0-or-later

// Package segment writes events to files: blocks of messages, compressed, one
// after the other, a set of files a lane, and a manifest of all blocks.
package segment

import (
	"time"

	"example.org/events/internal/event"
)

// Block is a run of events of one lane.
type Block struct {
	Name string
	Lane int
	Raw  []byte
	Zip  []byte
	N    int
	of   map[string]int // events of each tenant
	acks []ackCount
	born time.Time
}

type ackCount struct {
	ack *event.Ack
	n   int
}

// Builder fills blocks of one lane; one goroutine uses it.
type Builder struct {
	lane  int
	bytes int
	open  *Block
}

// NewBuilder makes blocks of about that many bytes.
func NewBuilder(lane, bytes int) *Builder { return &Builder{lane: lane, bytes: bytes} }

// Append adds an event and returns the block when it is full.
func (b *Builder) Append(e *event.Event) *Block {
	if b.open == nil {
		b.open = &Block{Lane: b.lane, Raw: make([]byte, 0, b.bytes+512), of: make(map[string]int, 16), born: time.Now()}
	}
	o := b.open
	o.Raw = e.AppendWire(o.Raw)
	o.N++
	o.of[e.Tenant]++
	if e.Ack != nil {
		if last := len(o.acks) - 1; last >= 0 && o.acks[last].ack == e.Ack {
			o.acks[last].n++
		} else {
			o.acks = append(o.acks, ackCount{e.Ack, 1})
		}
	}
	if len(o.Raw) < b.bytes {
		return nil
	}
	return b.take()
}

// Old returns the block under way if it is older than age.
func (b *Builder) Old(age time.Duration) *Block {
	if b.open == nil || time.Since(b.open.born) < age {
		return nil
	}
	return b.take()
}

func (b *Builder) take() *Block {
	o := b.open
	b.open = nil
	return o
}

// settle tells those who wait for events of the block.
func (b *Block) settle() {
	for _, a := range b.acks {
		a.ack.Less(a.n)
	}
	b.acks = nil
}

// Events calls f with each event of raw until it says no.
func Events(raw []byte, f func(*event.Event) bool) error {
	for len(raw) > 0 {
		e := new(event.Event)
		n, err := e.FromWire(raw)
		if err != nil {
			return err
		}
		if raw = raw[n:]; !f(e) {
			return nil
		}
	}
	return nil
}
