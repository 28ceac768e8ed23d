// SPDX-License-Identifier: GPL-3.0-or-later

// Package venue talks to the exchange behind the service: one channel for
// everything, and lines of their own for the orders of each region.
package venue

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// Options of a client.
type Options struct {
	Target       string
	Creds        credentials.TransportCredentials
	Patience     time.Duration // limit of one call, none if 0
	Attempts     int           // of a call that the venue was not available for
	Budget       int           // tokens that bound attempts, no bound if 0
	StreamWindow int           // bytes; what the library chooses if 0
	ConnWindow   int
	TokenLife    *atomic.Int64 // ns
	Keep         int           // lines kept open
	Tries        int           // of an order that the venue was too busy for
	Pause        time.Duration
	OrderLimit   time.Duration // limit of one order, none if 0
}

// dial makes a channel; the first call on it connects.
func (c *Client) dial() (*grpc.ClientConn, error) {
	opts := []grpc.DialOption{
		grpc.WithTransportCredentials(c.o.Creds),
		grpc.WithContextDialer(c.connect),
		grpc.WithStatsHandler(&c.Meter),
		grpc.WithDefaultServiceConfig(policy(c.o.Attempts, c.o.Budget)),
		grpc.WithPerRPCCredentials(&c.keys),
		grpc.WithDefaultCallOptions(grpc.OnFinish(c.Meter.ended)),
	}
	if c.o.StreamWindow > 0 {
		opts = append(opts, grpc.WithInitialWindowSize(int32(c.o.StreamWindow)))
	}
	if c.o.ConnWindow > 0 {
		opts = append(opts, grpc.WithInitialConnWindowSize(int32(c.o.ConnWindow)))
	}
	return grpc.NewClient("passthrough:///"+c.o.Target, opts...)
}

// connect is the way to the venue: short patience, probes that keep firewalls
// from forgetting the connection.
func (c *Client) connect(ctx context.Context, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: 2 * time.Second, KeepAlive: 15 * time.Second}
	return d.DialContext(ctx, "tcp", addr)
}

// policy is the service config: what may be sent again, and how often.
func policy(attempts, budget int) string {
	again, bound := "", ""
	if attempts > 1 {
		again = fmt.Sprintf(`,"retryPolicy":{"maxAttempts":%d,"initialBackoff":"0.002s","maxBackoff":"0.010s",`+
			`"backoffMultiplier":1.5,"retryableStatusCodes":["UNAVAILABLE"]}`, attempts)
	}
	if budget > 0 {
		bound = fmt.Sprintf(`,"retryThrottling":{"maxTokens":%d,"tokenRatio":0.1}`, budget)
	}
	return `{"loadBalancingConfig":[{"pick_first":{}}],"methodConfig":[{"name":[{"service":"quotes.v1.Venue"}]` + again + `}]` + bound + `}`
}
