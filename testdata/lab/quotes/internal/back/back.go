// SPDX-License-Identifier: GPL-3.0-or-later

// Package back is the venue, a process of its own: order books, rates, history,
// live prices, orders and an archive, all with the delays and moods of a
// service that others run.
package back

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"example.org/lab/kit/conf"
	"example.org/quotes/api"
	"example.org/quotes/internal/market"
)

// Knobs of the venue.
var Knobs = conf.Table{
	"back.base":          knob("2500us", "time an order book needs"),
	"back.spread":        knob("1500us", "random addition to back.base"),
	"back.room":          knob("0", "order books looked up at once, more are turned away; no limit if 0"),
	"back.streams":       knob("0", "streams of one connection at once, no limit if 0"),
	"back.stream_window": knob("0", "bytes a stream may have under way, the library's choice if 0"),
	"back.conn_window":   knob("0", "bytes a connection may have under way, the library's choice if 0"),
	"convert.mute":       knob("", "currencies nobody answers for"),
	"deposit.pause":      knob("0s", "time the archive needs for a block"),
	"past.late":          knob("0", "histories of 1000 that take longer, see past.late_by"),
	"past.late_by":       knob("0s", "mean of what they take more (exponential, at most 8 times this)"),
	"reserve.base":       knob("3ms", "time an order needs"),
	"reserve.mute":       knob("0", "orders of 1000 that are never answered"),
	"reserve.refuse":     knob("0", "orders of 1000 there is no room for"),
	"tick.every":         knob("60ms", "between two ticks of a watch"),
	"token.base":         knob("4ms", "time a token needs"),
	"top.late":           knob("8", "looks at the top of a book, of 1000, that take longer, see top.late_by"),
	"top.late_by":        knob("90ms", "mean of what they take more"),
}

func knob(def, help string) conf.Knob { return conf.Knob{Default: def, Help: help} }

// Venue implements api.VenueServer.
type Venue struct {
	api.UnimplementedVenueServer
	market                         *market.Market
	base, spread, room             *atomic.Int64
	orderBase, mute, refuse        *atomic.Int64
	pastLate, pastBy               *atomic.Int64
	topLate, topBy                 *atomic.Int64
	tick, tokenBase, pause, orders *atomic.Int64
	silent                         string
	busy                           atomic.Int64
}

// Server makes the gRPC server of a venue.
func Server(m *market.Market, set *conf.Settings, creds credentials.TransportCredentials) *grpc.Server {
	v := &Venue{
		market: m,
		base:   set.Live("back.base"), spread: set.Live("back.spread"), room: set.Live("back.room"),
		orderBase: set.Live("reserve.base"), mute: set.Live("reserve.mute"), refuse: set.Live("reserve.refuse"),
		pastLate: set.Live("past.late"), pastBy: set.Live("past.late_by"),
		topLate: set.Live("top.late"), topBy: set.Live("top.late_by"),
		tick: set.Live("tick.every"), tokenBase: set.Live("token.base"), pause: set.Live("deposit.pause"),
		orders: new(atomic.Int64), silent: set.Text("convert.mute"),
	}
	opts := []grpc.ServerOption{grpc.Creds(creds), grpc.UnaryInterceptor(v.unary), grpc.StreamInterceptor(v.stream)}
	if n := set.Int("back.streams"); n > 0 {
		opts = append(opts, grpc.MaxConcurrentStreams(uint32(n)))
	}
	if n := set.Int("back.stream_window"); n > 0 {
		opts = append(opts, grpc.InitialWindowSize(int32(n)))
	}
	if n := set.Int("back.conn_window"); n > 0 {
		opts = append(opts, grpc.InitialConnWindowSize(int32(n)))
	}
	srv := grpc.NewServer(opts...)
	api.RegisterVenueServer(srv, v)
	return srv
}

const tokens = "t1."

func (v *Venue) known(ctx context.Context, method string) error {
	if method == api.Venue_Token_FullMethodName {
		return nil
	}
	md, _ := metadata.FromIncomingContext(ctx)
	if t := md.Get("token"); len(t) != 1 || !strings.HasPrefix(t[0], tokens) {
		return status.Error(codes.Unauthenticated, "no token")
	}
	return nil
}

func (v *Venue) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if err := v.known(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return handle(ctx, req)
}

func (v *Venue) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := v.known(ss.Context(), info.FullMethod); err != nil {
		return err
	}
	return handle(srv, ss)
}

func jitter(ns int64) time.Duration {
	if ns <= 0 {
		return 0
	}
	return time.Duration(rand.Int64N(ns))
}

// more is what a late answer takes more: mean by, on permille of the answers.
func more(permille, by int64) time.Duration {
	if permille == 0 || rand.Int64N(1000) >= permille {
		return 0
	}
	return time.Duration(min(rand.ExpFloat64(), 8) * float64(by))
}

// Depth is an order book around the price.
func (v *Venue) Depth(ctx context.Context, req *api.DepthRequest) (*api.DepthReply, error) {
	in, _, ok := v.market.Find(req.GetSymbol())
	if !ok {
		return nil, status.Errorf(codes.NotFound, "no instrument %q", req.GetSymbol())
	}
	defer v.busy.Add(-1)
	if n := v.busy.Add(1); v.room.Load() > 0 && n > v.room.Load() {
		return nil, status.Error(codes.Unavailable, "no room")
	}
	took := time.Duration(v.base.Load()) + jitter(v.spread.Load())
	if req.GetLevels() == 1 {
		took += more(v.topLate.Load(), v.topBy.Load())
	}
	time.Sleep(took)
	now := time.Now().UnixNano()
	price := in.Price(now)
	d := &api.DepthReply{At: now}
	for i := range int64(req.GetLevels()) {
		n := 60 + (price/in.Step+i*37)%90
		d.Bids = append(d.Bids, &api.Level{Micros: price - (i+1)*in.Step, Quantity: n})
		d.Asks = append(d.Asks, &api.Level{Micros: price + (i+1)*in.Step, Quantity: n + i})
	}
	return d, nil
}

// Reserve takes an order.
func (v *Venue) Reserve(ctx context.Context, req *api.ReserveRequest) (*api.ReserveReply, error) {
	if rand.Int64N(1000) < v.mute.Load() {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	time.Sleep(time.Duration(v.orderBase.Load()))
	if rand.Int64N(1000) < v.refuse.Load() {
		return nil, status.Error(codes.ResourceExhausted, "no room")
	}
	return &api.ReserveReply{Hold: fmt.Sprintf("h%08x", v.orders.Add(1))}, nil
}

// Convert is a rate.
func (v *Venue) Convert(ctx context.Context, req *api.ConvertRequest) (*api.ConvertReply, error) {
	if v.silent != "" && strings.Contains(v.silent, req.GetFrom()) {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	time.Sleep(time.Duration(v.base.Load()) + jitter(v.spread.Load()))
	sum := sha256.Sum256([]byte(req.GetFrom()))
	to := sha256.Sum256([]byte(req.GetTo()))
	return &api.ConvertReply{Rate: (100 + float64(sum[0])) / (100 + float64(to[0]))}, nil
}

// Token is what later calls must carry.
func (v *Venue) Token(_ context.Context, req *api.TokenRequest) (*api.TokenReply, error) {
	time.Sleep(time.Duration(v.tokenBase.Load()))
	sum := sha256.Sum256([]byte(req.GetName() + time.Now().String()))
	return &api.TokenReply{Token: tokens + hex.EncodeToString(sum[:])}, nil
}

// Past sends the last ticks, a hundred at a time.
func (v *Venue) Past(req *api.PastRequest, to grpc.ServerStreamingServer[api.Run]) error {
	in, _, ok := v.market.Find(req.GetSymbol())
	if !ok {
		return status.Errorf(codes.NotFound, "no instrument %q", req.GetSymbol())
	}
	time.Sleep(time.Duration(v.base.Load()) + jitter(v.spread.Load()) + more(v.pastLate.Load(), v.pastBy.Load()))
	now := time.Now().UnixNano()
	run := &api.Run{}
	for i := range int64(req.GetCount()) {
		run.Ticks = append(run.Ticks, tick(in, now-(int64(req.GetCount())-i)*int64(250*time.Millisecond)))
		if len(run.Ticks) == 100 {
			if err := to.Send(run); err != nil {
				return err
			}
			run = &api.Run{}
		}
	}
	if len(run.Ticks) == 0 {
		return nil
	}
	return to.Send(run)
}

// Watch sends ticks until the caller has enough.
func (v *Venue) Watch(req *api.WatchRequest, to grpc.ServerStreamingServer[api.Tick]) error {
	in, _, ok := v.market.Find(req.GetSymbol())
	if !ok {
		return status.Errorf(codes.NotFound, "no instrument %q", req.GetSymbol())
	}
	t := time.NewTicker(time.Duration(v.tick.Load()))
	defer t.Stop()
	for {
		if err := to.Send(tick(in, time.Now().UnixNano())); err != nil {
			return err
		}
		select {
		case <-t.C:
		case <-to.Context().Done():
			return nil
		}
	}
}

func tick(in *market.Instrument, at int64) *api.Tick {
	p := in.Price(at)
	return &api.Tick{Symbol: in.Symbol, Bid: p - in.Step, Ask: p + in.Step, At: at, Volume: 1 + p/in.Step%300}
}

// Deposit files blocks.
func (v *Venue) Deposit(from grpc.ClientStreamingServer[api.Block, api.DepositReply]) error {
	h, reply := sha256.New(), &api.DepositReply{}
	for {
		b, err := from.Recv()
		if errors.Is(err, io.EOF) {
			reply.Receipt = hex.EncodeToString(h.Sum(nil)[:6])
			return from.SendAndClose(reply)
		}
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(v.pause.Load()))
		h.Write(b.GetBody()[:min(64, len(b.GetBody()))])
		reply.Bytes += int64(len(b.GetBody()))
	}
}
