// SPDX-License-Identifier: GPL-3.0-or-later

package carrier

import (
	"context"
	"errors"
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
}

type answer struct {
	quote Quote
	err   error
}

// NewDesk makes a desk with room for that many unread answers per question.
func NewDesk(peer *Client, room int, names ...string) *Desk {
	return &Desk{peer: peer, names: names, room: room}
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
	to <- a
}
