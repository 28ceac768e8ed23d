// SPDX-License-Identifier: GPL-3.0-or-later

package flow

import (
	"bytes"
	"context"
	"sync"
	"time"

	"example.org/events/internal/event"
)

// decode reads the lines of a batch and answers it.
func (l *Line) decode(b *Batch) {
	p := parcel(b.Events)
	var r Result
	if b.Lines != nil {
		p, r.Rejected = l.parse(b.Lines)
	} else {
		l.record(p)
	}
	r.Accepted = len(p)
	if b.Sure && len(p) > 0 {
		r.ack = event.NewAck(len(p))
		for _, e := range p {
			e.Ack = r.ack
		}
	}
	l.Meter.Accepted.Add(float64(r.Accepted))
	l.Meter.Rejected.Add(float64(r.Rejected))
	if len(p) > 0 {
		l.Book.Charge(p[0].Tenant, len(p))
		l.parsed <- p
	}
	b.reply <- r
}

func (l *Line) parse(lines []byte) (p parcel, rejected int) {
	p = make(parcel, 0, bytes.Count(lines, newline)+1)
	parse := event.Parse
	if l.any.Load() != 0 {
		parse = event.ParseAny
	}
	for len(lines) > 0 {
		var line []byte
		line, lines, _ = bytes.Cut(lines, newline)
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		e := new(event.Event)
		if parse(line, e) != nil || l.Journal.Append(line) != nil {
			rejected++
			continue
		}
		p = append(p, e)
		l.Guard.Look()
	}
	return p, rejected
}

var newline = []byte{'\n'}

// record writes events that came without lines to the journal.
func (l *Line) record(p parcel) {
	var room [512]byte
	for _, e := range p {
		if l.Journal.Append(e.AppendWire(room[:0])) != nil {
			l.Meter.Rejected.Inc()
		}
		l.Guard.Look()
	}
}

// enrich finds out what the tables know about the events.
func (l *Line) enrich(p parcel) parcel {
	limit, apart := time.Duration(l.limit.Load()), int(l.apart.Load())
	var all sync.WaitGroup
	for _, e := range p {
		switch {
		case apart > 0:
			l.fan(&all, e, apart)
		case l.desk != nil:
			l.desk.do(func() { l.fillOrigin(e) })
			l.desk.do(func() { l.fillDevice(e) })
			l.desk.do(func() { l.fillSection(e) })
		default:
			l.fill(within(limit), e)
		}
	}
	all.Wait()
	return p
}

// fill does the look-ups of an event that there is time for.
func (l *Line) fill(ctx scope, e *event.Event) {
	for _, look := range []func(*event.Event){l.fillOrigin, l.fillDevice, l.fillSection} {
		if ctx.Err() != nil {
			return
		}
		look(e)
	}
}

// scope is a piece of work and how to end it early.
type scope struct {
	context.Context
	stop context.CancelFunc
}

// within begins a piece of work that may take so long; 0 is for ever.
func within(limit time.Duration) scope {
	if limit <= 0 {
		return scope{Context: context.Background()}
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	return scope{ctx, stop}
}

// fan fills an event beside the others; from 2 on each of its parts beside the
// other parts, from 3 on with the rules of the section beside each other.
func (l *Line) fan(all *sync.WaitGroup, e *event.Event, apart int) {
	run := func(fill ...func(*event.Event)) {
		all.Add(1)
		go func() {
			defer all.Done()
			for _, f := range fill {
				f(e)
			}
		}()
	}
	if apart == 1 {
		run(l.fillOrigin, l.fillDevice, l.fillSection)
		return
	}
	run(l.fillOrigin)
	run(l.fillDevice)
	if apart == 2 {
		run(l.fillSection)
		return
	}
	run(func(e *event.Event) { e.Section = l.Book.SectionOf(e.Tenant, e.Path) })
}

func (l *Line) fillOrigin(e *event.Event) {
	place := l.Origin.Lookup(e.IP)
	e.Country, e.Network = place.Country, place.Network
}

func (l *Line) fillDevice(e *event.Event) { e.Device = l.devices.of(e.Agent) }

func (l *Line) fillSection(e *event.Event) { e.Section = l.Book.Section(e.Tenant, e.Path) }

// lateAfter is how old an event of the open window may be.
const lateAfter = 2 * time.Second

// sort leaves out repeated events and gives the others to their lanes.
func (l *Line) sort(p parcel) {
	old := time.Now().Add(-lateAfter).UnixMilli()
	for _, e := range p {
		if !l.Seen.First(e.Tenant, e.ID, e.At) {
			l.Meter.Repeated.Inc()
			e.Ack.Less(1)
			continue
		}
		if e.At < old {
			l.Meter.Late.Inc()
			if hold := time.Duration(l.hold.Load()); hold > 0 {
				e.Ack.Less(1) // nobody waits that long
				e.Ack = nil
				go l.later(e, hold)
				continue
			}
		}
		l.place(e)
	}
}
