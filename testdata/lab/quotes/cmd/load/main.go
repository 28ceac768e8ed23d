// SPDX-License-Identifier: GPL-3.0-or-later

// Command load asks the quote service at a constant mean rate, whether or not
// answers come back.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"example.org/lab/kit/pace"
	"example.org/quotes/api"
	"example.org/quotes/internal/gate"
	"example.org/quotes/internal/hop"
	"example.org/quotes/internal/market"
)

var (
	conns        = flag.Int("conns", 2, "connections")
	far          = flag.Duration("far", 0, "distance to the service, each way: connections pass a hop within this process")
	streamWindow = flag.Int("stream-window", 0, "bytes a stream may have under way to us, the library's choice if 0")
	connWindow   = flag.Int("conn-window", 0, "bytes a connection may have under way to us, the library's choice if 0")
	stay         = flag.Duration("stay", 700*time.Millisecond, "mean time a reader follows a feed")
	pages        = flag.Int("pages", 14, "pages of an extract, mean")
	large        = flag.Int("large", 20, "uploads of 1000 that are large")
	lots         = flag.Int("lots", 20, "lots of a large upload, mean")
)

func main() { pace.Main(table) }

type client struct {
	market *market.Market
	stubs  []api.QuotesClient
	papers []byte
	until  time.Time
}

func table(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
	target := o.Target
	if *far > 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		go hop.Serve(ctx, l, target, hop.Options{Delay: *far})
		target = l.Addr().String()
	}
	c := &client{market: market.New(400), papers: make([]byte, 64<<10), until: time.Now().Add(o.Duration + time.Hour)}
	rng := rand.New(rand.NewPCG(o.Seed, 99))
	for i := range c.papers {
		c.papers[i] = byte(rng.Uint32())
	}
	opts := []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
	if *streamWindow > 0 {
		opts = append(opts, grpc.WithInitialWindowSize(int32(*streamWindow)))
	}
	if *connWindow > 0 {
		opts = append(opts, grpc.WithInitialConnWindowSize(int32(*connWindow)))
	}
	for range max(1, *conns) {
		conn, err := grpc.NewClient("passthrough:///"+target, opts...)
		if err != nil {
			return nil, err
		}
		c.stubs = append(c.stubs, api.NewQuotesClient(conn))
	}
	return []pace.Endpoint{
		{Name: "price", Share: 53, Do: c.price},
		{Name: "basket", Share: 20, Do: c.basket},
		{Name: "history", Share: 15, Do: c.history},
		{Name: "feed", Share: 2, Do: c.feed},
		{Name: "upload", Share: 6, Do: c.upload},
		{Name: "extract", Share: 4, Do: c.extract},
	}, nil
}

func (c *client) stub(rng *rand.Rand) api.QuotesClient { return c.stubs[rng.IntN(len(c.stubs))] }

// session is an account and a context that carries it.
func (c *client) session(ctx context.Context, rng *rand.Rand) (context.Context, string) {
	account := fmt.Sprintf("a%05d", rng.IntN(20000))
	return metadata.AppendToOutgoingContext(ctx, "session", gate.Session(account, c.until)), account
}

// symbol: a few are asked for most of the time.
func (c *client) symbol(rng *rand.Rand) *market.Instrument {
	n := c.market.Len()
	return c.market.At(min(n-1, int(rng.ExpFloat64()*float64(n)/5)))
}

var regions = []string{"london", "newyork", "tokyo", "zurich"}

func (c *client) price(ctx context.Context, rng *rand.Rand) bool {
	ctx, account := c.session(ctx, rng)
	req := &api.PriceRequest{Symbol: c.symbol(rng).Symbol, Account: account, Quantity: 1 + rng.Int64N(400),
		Currency: []string{"USD", "USD", "USD", "EUR", "GBP"}[rng.IntN(5)],
		Region:   regions[min(rng.IntN(4), rng.IntN(4))]}
	if rng.IntN(2) == 0 {
		req.Quantity = -req.Quantity
	}
	_, err := c.stub(rng).Price(ctx, req)
	return err == nil
}

func (c *client) basket(ctx context.Context, rng *rand.Rand) bool {
	ctx, account := c.session(ctx, rng)
	req := &api.BasketRequest{Account: account}
	for range 5 + rng.IntN(12) {
		req.Legs = append(req.Legs, &api.Leg{Symbol: c.symbol(rng).Symbol, Quantity: 1 + rng.Int64N(300)})
	}
	_, err := c.stub(rng).Basket(ctx, req)
	return err == nil
}

func (c *client) history(ctx context.Context, rng *rand.Rand) bool {
	ctx, _ = c.session(ctx, rng)
	_, err := c.stub(rng).History(ctx, &api.HistoryRequest{Symbol: c.symbol(rng).Symbol, Count: 100 + rng.Int32N(300), Bar: 12})
	return err == nil
}

// feed is answered with its first tick; its reader stays for a while.
func (c *client) feed(ctx context.Context, rng *rand.Rand) bool {
	limit := time.Duration((.3 + min(rng.ExpFloat64(), 4)*.7) * float64(*stay))
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit+5*time.Second)
	time.AfterFunc(limit, cancel)
	own, account := c.session(own, rng)
	req := &api.FeedRequest{Account: account, Symbols: []string{c.symbol(rng).Symbol}}
	if rng.IntN(2) == 0 {
		req.Symbols = append(req.Symbols, c.symbol(rng).Symbol)
	}
	stream, err := c.stub(rng).Feed(own, req)
	if err == nil {
		_, err = stream.Recv()
	}
	if err != nil {
		cancel()
		return false
	}
	go func() {
		defer cancel()
		for err == nil {
			_, err = stream.Recv()
		}
	}()
	return true
}

func (c *client) upload(ctx context.Context, rng *rand.Rand) bool {
	ctx, account := c.session(ctx, rng)
	stream, err := c.stub(rng).Upload(ctx)
	if err != nil {
		return false
	}
	n, size := 2+rng.IntN(5), 4<<10+rng.IntN(6<<10)
	if rng.IntN(1000) < *large {
		n, size = *lots/2+rng.IntN(*lots), 32<<10
	}
	for range n {
		lot := &api.Lot{Desk: account, Papers: c.papers[rng.IntN(len(c.papers)-size):][:size]}
		now := time.Now().UnixNano()
		for range 24 {
			in, at, q := c.symbol(rng), now-rng.Int64N(1e9), 1+rng.Int64N(90)
			lot.Trades = append(lot.Trades, &api.Trade{Id: rng.Int64N(1 << 40), Symbol: in.Symbol, Quantity: q, Micros: q * in.Price(at), At: at})
		}
		if stream.Send(lot) != nil {
			break // the reason comes with the answer
		}
	}
	reply, err := stream.CloseAndRecv()
	return err == nil && reply.GetTaken() > 0
}

func (c *client) extract(ctx context.Context, rng *rand.Rand) bool {
	ctx, _ = c.session(ctx, rng)
	stream, err := c.stub(rng).Extract(ctx, &api.ExtractRequest{Symbol: c.symbol(rng).Symbol, Pages: int32(*pages/2 + rng.IntN(max(1, *pages)))})
	for err == nil {
		_, err = stream.Recv()
	}
	return errors.Is(err, io.EOF)
}
