// SPDX-License-Identifier: GPL-3.0-or-later

package venue

import (
	"context"
	"errors"
	"io"

	"golang.org/x/time/rate"
	"google.golang.org/grpc"

	"example.org/quotes/api"
)

// Client is safe for concurrent use.
type Client struct {
	Meter Meter
	Lines *Lines

	o    Options
	keys keys
	conn *grpc.ClientConn
	stub api.VenueClient
	pace *rate.Limiter
}

// New makes a client; it connects when it is used.
func New(o Options) (*Client, error) {
	c := &Client{o: o, pace: rate.NewLimiter(rate.Inf, 8)}
	c.keys = keys{c: c}
	conn, err := c.dial()
	if err != nil {
		return nil, err
	}
	c.conn, c.stub = conn, api.NewVenueClient(conn)
	c.Lines = newLines(c)
	return c, nil
}

// Pace bounds the calls for depth a second.
func (c *Client) Pace(perSecond float64) { c.pace.SetLimit(rate.Limit(perSecond)) }

// Close closes every channel.
func (c *Client) Close() error {
	return errors.Join(c.Lines.close(), c.conn.Close())
}

// limit is the time one call may take.
func (c *Client) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.o.Patience <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, c.o.Patience)
}

// Depth asks for both sides of an order book.
func (c *Client) Depth(ctx context.Context, symbol string, levels int) (*api.DepthReply, error) {
	if err := c.pace.Wait(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := c.limit(ctx)
	defer cancel()
	return c.stub.Depth(ctx, &api.DepthRequest{Symbol: symbol, Levels: int32(levels)})
}

// Convert asks for a rate between two currencies.
func (c *Client) Convert(ctx context.Context, from, to string) (float64, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	reply, err := c.stub.Convert(ctx, &api.ConvertRequest{From: from, To: to})
	return reply.GetRate(), err
}

// Past reads the last ticks of an instrument.
func (c *Client) Past(ctx context.Context, symbol string, count int) ([]*api.Tick, error) {
	ctx, cancel := c.limit(ctx)
	defer cancel()
	stream, err := c.stub.Past(ctx, &api.PastRequest{Symbol: symbol, Count: int32(count)})
	if err != nil {
		return nil, err
	}
	ticks := make([]*api.Tick, 0, count)
	for {
		run, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return ticks, nil
		}
		if err != nil {
			return nil, err
		}
		ticks = append(ticks, run.GetTicks()...)
	}
}

// Watch sends the prices of an instrument until ctx ends.
func (c *Client) Watch(ctx context.Context, symbol string) (grpc.ServerStreamingClient[api.Tick], error) {
	return c.stub.Watch(ctx, &api.WatchRequest{Symbol: symbol})
}

// Deposit is a place in the archive that is being filled.
type Deposit struct {
	stream grpc.ClientStreamingClient[api.Block, api.DepositReply]
	cancel context.CancelFunc
}

// Deposit opens one. Whoever opens it must Close or Drop it.
func (c *Client) Deposit(ctx context.Context) (*Deposit, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := c.stub.Deposit(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &Deposit{stream, cancel}, nil
}

// Put adds a block.
func (d *Deposit) Put(desk string, body []byte) error {
	return d.stream.Send(&api.Block{Desk: desk, Body: body})
}

// Close ends it and returns what the archive has of it.
func (d *Deposit) Close() (*api.DepositReply, error) {
	defer d.cancel()
	return d.stream.CloseAndRecv()
}

// Drop forgets it.
func (d *Deposit) Drop() { d.cancel() }
