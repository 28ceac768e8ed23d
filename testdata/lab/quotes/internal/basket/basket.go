// SPDX-License-Identifier: GPL-3.0-or-later

// Package basket prices many legs at once. The venue is asked about the
// largest; the others, and those it is late with, are priced from the book.
package basket

import (
	"context"
	"sort"
	"time"

	"example.org/quotes/api"
	"example.org/quotes/internal/book"
	"example.org/quotes/internal/margin"
	"example.org/quotes/internal/market"
)

// Venue tells the top of an order book.
type Venue interface {
	Depth(ctx context.Context, symbol string, levels int) (*api.DepthReply, error)
}

// Desk prices baskets.
type Desk struct {
	Market   *market.Market
	Book     *book.Book
	Rules    *margin.Rules
	Venue    Venue
	Ask      int           // legs the venue is asked about
	Room     int           // answers there is room for
	Patience time.Duration // how long they are waited for
}

type answer struct {
	leg    int
	micros int64
	err    error
}

// Price prices the legs of a basket.
func (d *Desk) Price(ctx context.Context, account string, legs []*api.Leg) ([]*api.PriceReply, int64) {
	prices := make([]int64, len(legs))
	for i, l := range legs {
		if _, at, ok := d.Market.Find(l.GetSymbol()); ok {
			prices[i] = d.Book.Last(at)
		}
	}
	d.refine(ctx, legs, prices)
	out, total := make([]*api.PriceReply, 0, len(legs)), int64(0)
	for i, l := range legs {
		in, at, ok := d.Market.Find(l.GetSymbol())
		if !ok {
			continue
		}
		millis, rule := d.Rules.For(in, account, l.GetQuantity())
		micros := prices[i] * l.GetQuantity()
		add := micros / 100000 * millis
		out = append(out, &api.PriceReply{Symbol: in.Symbol, Micros: micros + add, Margin: add, Rule: rule, Levels: 1})
		total += micros + add
		d.Book.Add(at, book.Entry{At: time.Now().UnixNano(), Micros: micros, Quantity: l.GetQuantity(), Account: account})
	}
	return out, total
}

// refine puts the venue's prices in place of the book's, as far as they come in
// time.
func (d *Desk) refine(ctx context.Context, legs []*api.Leg, prices []int64) {
	answers := make(chan answer, d.Room)
	asked := largest(legs, d.Ask)
	for _, i := range asked {
		go d.ask(ctx, i, legs[i].GetSymbol(), answers)
	}
	late := time.NewTimer(d.Patience)
	defer late.Stop()
	for range asked {
		select {
		case a := <-answers:
			if a.err == nil {
				prices[a.leg] = a.micros
			}
		case <-late.C:
			return
		}
	}
}

// ask goes on when the basket has been answered: what the venue says then still
// goes into the book.
func (d *Desk) ask(ctx context.Context, leg int, symbol string, answers chan<- answer) {
	a := answer{leg: leg}
	var depth *api.DepthReply
	depth, a.err = d.Venue.Depth(context.WithoutCancel(ctx), symbol, 1)
	if a.err == nil {
		a.micros = middle(depth)
		if _, at, ok := d.Market.Find(symbol); ok {
			d.Book.Add(at, book.Entry{At: depth.GetAt(), Micros: a.micros, Quantity: 1, Account: "venue"})
		}
	}
	answers <- a
}

func middle(d *api.DepthReply) int64 {
	if len(d.GetBids()) == 0 || len(d.GetAsks()) == 0 {
		return 0
	}
	return (d.GetBids()[0].GetMicros() + d.GetAsks()[0].GetMicros()) / 2
}

func largest(legs []*api.Leg, n int) []int {
	by := make([]int, len(legs))
	for i := range by {
		by[i] = i
	}
	sort.Slice(by, func(a, b int) bool { return legs[by[a]].GetQuantity() > legs[by[b]].GetQuantity() })
	return by[:min(n, len(by))]
}

// Risk is a figure for the whole: the square root of what the legs would move.
func (d *Desk) Risk(legs []*api.Leg) float64 {
	var sum float64
	for _, l := range legs {
		in, at, ok := d.Market.Find(l.GetSymbol())
		if !ok {
			continue
		}
		v := float64(l.GetQuantity()) * float64(d.Book.Last(at)) / 1e6 * in.Swing
		sum += v * v
	}
	return sum
}
