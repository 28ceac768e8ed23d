// SPDX-License-Identifier: GPL-3.0-or-later

// Package desk is the service as its clients see it.
package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.org/quotes/api"
	"example.org/quotes/internal/bars"
	"example.org/quotes/internal/basket"
	"example.org/quotes/internal/book"
	"example.org/quotes/internal/feed"
	"example.org/quotes/internal/fx"
	"example.org/quotes/internal/intake"
	"example.org/quotes/internal/margin"
	"example.org/quotes/internal/market"
	"example.org/quotes/internal/venue"
)

// Desk implements api.QuotesServer.
type Desk struct {
	api.UnimplementedQuotesServer
	Market  *market.Market
	Book    *book.Book
	Rules   *margin.Rules
	Rates   *fx.Table
	Venue   *venue.Client
	Baskets *basket.Desk
	Hub     *feed.Hub
	Intake  *intake.Intake
	Hedge   int64 // quantity from which an order is placed behind a quote
}

// Price quotes one instrument.
func (d *Desk) Price(ctx context.Context, req *api.PriceRequest) (*api.PriceReply, error) {
	in, at, ok := d.Market.Find(req.GetSymbol())
	if !ok || req.GetQuantity() == 0 {
		return nil, status.Errorf(codes.InvalidArgument, "cannot quote %d of %q", req.GetQuantity(), req.GetSymbol())
	}
	depth, err := d.Venue.Depth(ctx, in.Symbol, 12)
	if err != nil {
		return nil, err
	}
	micros, levels, err := margin.Walk(depth, req.GetQuantity())
	if err != nil {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	rate, err := d.Rates.Rate(ctx, in.Currency, req.GetCurrency())
	if err != nil {
		return nil, status.FromContextError(err).Err()
	}
	millis, rule := d.Rules.For(in, req.GetAccount(), req.GetQuantity())
	add := micros / 100000 * millis
	reply := &api.PriceReply{
		Symbol: in.Symbol, Micros: int64(float64(micros+add) * rate), Margin: add, Levels: int32(levels),
		Rule: rule, Until: time.Now().Add(2 * time.Second).UnixNano(),
	}
	if reply.Hold, err = d.hedge(ctx, req); err != nil {
		return nil, err
	}
	d.Book.Add(at, book.Entry{At: depth.GetAt(), Micros: micros, Quantity: abs(req.GetQuantity()), Account: req.GetAccount()})
	return reply, nil
}

func abs(n int64) int64 { return max(n, -n) }

// hedge covers a large quote by an order; a quote without one is still good for
// as long as the venue is busy.
func (d *Desk) hedge(ctx context.Context, req *api.PriceRequest) (string, error) {
	if abs(req.GetQuantity()) < d.Hedge {
		mark := sha256.Sum256([]byte(req.GetAccount() + req.GetSymbol()))
		return hex.EncodeToString(mark[:6]), nil
	}
	hold, err := d.Venue.Lines.Reserve(ctx, req.GetRegion(), &api.ReserveRequest{
		Symbol: req.GetSymbol(), Quantity: req.GetQuantity(), Account: req.GetAccount(),
	})
	if status.Code(err) == codes.ResourceExhausted {
		return "", nil
	}
	return hold, err
}

// Basket quotes several instruments at once.
func (d *Desk) Basket(ctx context.Context, req *api.BasketRequest) (*api.BasketReply, error) {
	if len(req.GetLegs()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "no legs")
	}
	legs, total := d.Baskets.Price(ctx, req.GetAccount(), req.GetLegs())
	return &api.BasketReply{Legs: legs, Micros: total, Risk: d.Baskets.Risk(req.GetLegs())}, nil
}

// History sums up the last ticks of an instrument.
func (d *Desk) History(ctx context.Context, req *api.HistoryRequest) (*api.HistoryReply, error) {
	if req.GetBar() < 1 || req.GetCount() < 1 || req.GetCount() > 5000 {
		return nil, status.Error(codes.InvalidArgument, "bad count")
	}
	ticks, err := d.Venue.Past(ctx, req.GetSymbol(), int(req.GetCount()))
	if err != nil {
		return nil, err
	}
	reply := &api.HistoryReply{Bars: bars.Build(ticks, int(req.GetBar()))}
	reply.Volatility, reply.Trend, reply.Figures = bars.Figures(reply.Bars, ticks)
	return reply, nil
}

// Feed sends prices until the client leaves.
func (d *Desk) Feed(req *api.FeedRequest, to grpc.ServerStreamingServer[api.Tick]) error {
	return d.Hub.Read(to.Context(), req.GetAccount(), req.GetSymbols(), func(t *api.Tick) error {
		in, _, ok := d.Market.Find(t.GetSymbol())
		if !ok {
			return nil
		}
		millis, _ := d.Rules.For(in, req.GetAccount(), t.GetVolume())
		add := t.GetAsk() / 100000 * millis
		return to.Send(&api.Tick{Symbol: t.GetSymbol(), Bid: t.GetBid() - add, Ask: t.GetAsk() + add, At: t.GetAt(), Volume: t.GetVolume()})
	})
}

// Upload takes the trades of a desk.
func (d *Desk) Upload(from grpc.ClientStreamingServer[api.Lot, api.UploadReply]) error {
	reply, err := d.Intake.Take(from.Context(), from.Recv)
	if err != nil {
		return err
	}
	return from.SendAndClose(reply)
}

// Extract sends the tape of an instrument.
func (d *Desk) Extract(req *api.ExtractRequest, to grpc.ServerStreamingServer[api.Page]) error {
	_, at, ok := d.Market.Find(req.GetSymbol())
	if !ok || req.GetPages() < 1 || req.GetPages() > 4096 {
		return status.Error(codes.InvalidArgument, "no such extract")
	}
	err := d.Book.Pages(at, int(req.GetPages()), 8<<10, func(number int, body []byte) error {
		return to.Send(&api.Page{Number: int32(number), Body: body})
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
