// SPDX-License-Identifier: GPL-3.0-or-later

package carrier

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Quote is what a carrier asks for a parcel.
type Quote struct {
	Carrier string `json:"carrier"`
	Cents   int64  `json:"cents"`
	Days    int    `json:"days"`
}

// Desk asks several carriers at once.
type Desk struct {
	peer  *Client
	names []string
	room  int
	memo  int
	mu    sync.Mutex
	last  map[parcel]remembered
}

// parcel is what a price depends on.
type parcel struct {
	carrier string
	grams   int
}

type remembered struct {
	quote Quote
	at    time.Time
}

type answer struct {
	quote Quote
	err   error
}

// NewDesk makes a desk with room for that many unread answers per question. It
// remembers memo prices (0: all of them) for times when a carrier is away.
func NewDesk(peer *Client, room, memo int, names ...string) *Desk {
	return &Desk{peer: peer, names: names, room: room, memo: memo, last: make(map[parcel]remembered)}
}

// First is the earliest good answer: what an express order needs.
func (d *Desk) First(ctx context.Context, grams int) (Quote, error) {
	answers := make(chan answer, d.room)
	for _, name := range d.names {
		go d.ask(ctx, name, grams, answers)
	}
	var last error
	for range d.names {
		a := <-answers
		if a.err == nil {
			return a.quote, nil
		}
		last = a.err
	}
	return Quote{}, last
}

// Best is the cheapest of all answers.
func (d *Desk) Best(ctx context.Context, grams int) (Quote, error) {
	answers := make(chan answer, d.room)
	for _, name := range d.names {
		go d.ask(ctx, name, grams, answers)
	}
	best, last := Quote{}, errors.New("carrier: no answer")
	for range d.names {
		a := <-answers
		switch {
		case a.err != nil:
			last = a.err
		case best.Carrier == "" || a.quote.Cents < best.Cents:
			best, last = a.quote, nil
		}
	}
	if best.Carrier == "" {
		return best, last
	}
	return best, nil
}

// ask outlives the request on purpose: a late answer still warms the carrier's
// own cache, so it is not cancelled with its caller.
func (d *Desk) ask(ctx context.Context, name string, grams int, to chan<- answer) {
	var a answer
	a.err = d.peer.post(context.WithoutCancel(ctx), "/quote",
		map[string]any{"carrier": name, "grams": grams}, &a.quote)
	a = d.recall(parcel{name, grams}, a)
	to <- a
}

// recall remembers a good answer and puts an old one in the place of a bad one.
func (d *Desk) recall(p parcel, a answer) answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a.err != nil {
		if old, ok := d.last[p]; ok && time.Since(old.at) < time.Hour {
			return answer{quote: old.quote}
		}
		return a
	}
	if d.memo > 0 && len(d.last) >= d.memo {
		clear(d.last)
	}
	d.last[p] = remembered{a.quote, time.Now()}
	return a
}
