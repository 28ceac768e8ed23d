// SPDX-License-Identifier: GPL-3.0-or-later

// Command load works with the server as shops do: events published in small
// bursts, questions, orders stored and billed, stock looked up and changed.
// Beside that schedule it can be guests: connections for one message each,
// connections, subscriptions and consumers that nobody ends, a monitor.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"example.org/lab/kit/pace"
	"example.org/nats/internal/link"
	"github.com/nats-io/nats.go"
)

const conns = 8

type client struct {
	nc    []*nats.Conn
	js    []nats.JetStreamContext
	kv    []nats.KeyValue
	wait  waiting
	next  atomic.Uint64
	count atomic.Uint64
	seed  uint64

	things, burst, size, tries int
	each                       bool
	patience                   time.Duration
	target                     string
}

func (c *client) connect(n int) error {
	for i := range n {
		nc, err := link.Dial(c.target, fmt.Sprintf("shop%d", i))
		if err != nil {
			return err
		}
		js, err := nc.JetStream()
		if err != nil {
			return err
		}
		kv, err := js.KeyValue(link.Stock)
		if err != nil {
			return err
		}
		if err := c.wait.on(nc); err != nil {
			return err
		}
		c.nc, c.js, c.kv = append(c.nc, nc), append(c.js, js), append(c.kv, kv)
	}
	return nil
}

func (c *client) any() int { return int(c.next.Add(1) % uint64(len(c.nc))) }

// event publishes a burst and waits until the server has read it.
func (c *client) event(ctx context.Context, rng *rand.Rand) bool {
	nc := c.nc[c.any()]
	for range c.burst {
		m := nats.NewMsg(link.Subject(rng, c.things))
		m.Header.Set(nats.MsgIdHdr, fmt.Sprintf("%x-%x", c.seed, c.count.Add(1)))
		m.Data = c.body(rng)
		if nc.PublishMsg(m) != nil || c.each && nc.FlushWithContext(ctx) != nil {
			return false
		}
	}
	return nc.FlushWithContext(ctx) == nil
}

func (c *client) body(rng *rand.Rand) []byte {
	head := fmt.Sprintf(`{"at":%d,"count":%d,"note":"`, time.Now().UnixMilli(), rng.IntN(100))
	return append([]byte(head), bytes.Repeat([]byte("plain oak, "), 1+(c.size/2+rng.IntN(c.size))/11)...)
}

func (c *client) ask(ctx context.Context, rng *rand.Rand) bool {
	nc := c.nc[c.any()]
	what, body := fmt.Sprintf("ask.price.t%d", rng.IntN(link.Items)), c.body(rng)
	if c.patience <= 0 {
		_, err := nc.RequestWithContext(ctx, what, body)
		return err == nil
	}
	for range c.tries {
		if _, err := nc.Request(what, body, c.patience); err == nil {
			return true
		}
	}
	return false
}

// order is stored, billed, and over when the bill is written.
func (c *client) order(ctx context.Context, rng *rand.Rand) bool {
	at := c.any()
	m := nats.NewMsg(fmt.Sprintf("orders.%d", rng.IntN(12)))
	inbox, done := c.wait.add(at)
	defer c.wait.drop(inbox)
	m.Header.Set("Done", inbox)
	m.Data = c.body(rng)
	if _, err := c.js[at].PublishMsg(m, nats.Context(ctx)); err != nil {
		return false
	}
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

func (c *client) stock(_ context.Context, rng *rand.Rand) bool {
	kv, key := c.kv[c.any()], fmt.Sprintf("t%d", rng.IntN(link.Items))
	var err error
	if rng.IntN(4) == 0 {
		_, err = kv.Put(key, c.body(rng))
	} else {
		_, err = kv.Get(key)
	}
	return err == nil
}

func main() {
	c := new(client)
	flag.IntVar(&c.things, "things", 3, "things that each kind of event is about")
	flag.IntVar(&c.burst, "burst", 20, "events of a burst")
	flag.IntVar(&c.size, "size", 400, "bytes of a message, mean")
	flag.BoolVar(&c.each, "each", false, "every event of a burst is waited for")
	flag.DurationVar(&c.patience, "patience", 0, "how long a question waits before it is asked again, 0 for the limit of a request")
	flag.IntVar(&c.tries, "tries", 5, "times a question is asked (-patience)")
	n := flag.Int("conns", conns, "connections")
	var g guests
	g.flags()
	pace.Main(func(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
		c.seed, c.target = o.Seed, o.Target
		if err := c.connect(*n); err != nil {
			return nil, err
		}
		g.arrive(ctx, o, c)
		return []pace.Endpoint{
			{Name: "event", Share: 40, Do: c.event},
			{Name: "ask", Share: 20, Do: c.ask},
			{Name: "order", Share: 20, Do: c.order},
			{Name: "stock", Share: 20, Do: c.stock},
		}, nil
	})
}

// guests is what comes beside the schedule, at even gaps, until its silence at
// the end; what stays, stays until the process ends.
type guests struct {
	calls, stays, subs, watches, looks float64
	after                              time.Duration
	monitor, paths                     string
}

func (g *guests) flags() {
	flag.Float64Var(&g.calls, "calls", 0, "connections a second made for one message")
	flag.Float64Var(&g.stays, "stays", 0, "connections a second that nobody closes")
	flag.Float64Var(&g.subs, "subs", 0, "subscriptions a second that nobody ends")
	flag.Float64Var(&g.watches, "watches", 0, "consumers a second that nobody removes")
	flag.DurationVar(&g.after, "after", 0, "guests come after that time")
	flag.StringVar(&g.monitor, "monitor", "", "URL of the profiling port, for -looks")
	flag.Float64Var(&g.looks, "looks", 0, "looks a second at -paths there")
	flag.StringVar(&g.paths, "paths", "/debug/vars", "what is looked at, with commas between")
}

func (g *guests) arrive(ctx context.Context, o *pace.Options, c *client) {
	ctx, cancel := context.WithCancel(ctx)
	time.AfterFunc(o.Duration-o.Idle, cancel)
	every(ctx, g.after, g.calls, func(n int) {
		if nc, err := link.Dial(o.Target, "call"); err == nil {
			nc.Publish("ev.west.shop2.floor1.aisle1.shelf1.counted.t1", []byte("one"))
			nc.Flush()
			nc.Close()
		}
	})
	every(ctx, g.after, g.stays, func(n int) {
		if nc, err := link.Dial(o.Target, "stay"); err == nil {
			nc.Publish("ev.west.shop2.floor1.aisle1.shelf1.counted.t1", []byte("one"))
		}
	})
	const bunch = 20 // ticks would come too late one by one
	every(ctx, g.after, g.subs/bunch, func(n int) {
		for i := range bunch {
			c.nc[0].Subscribe(fmt.Sprintf("seen.%x.visitor%d", o.Seed, n*bunch+i), func(*nats.Msg) {})
		}
	})
	every(ctx, g.after, g.watches, func(n int) {
		inbox := nats.NewInbox()
		c.nc[1].Subscribe(inbox, func(*nats.Msg) {})
		c.js[1].AddConsumer(link.Events, &nats.ConsumerConfig{DeliverSubject: inbox, FilterSubject: fmt.Sprintf("ev.*.*.*.*.*.*.visitor%d", n),
			AckPolicy: nats.AckNonePolicy, InactiveThreshold: time.Hour})
	})
	paths := strings.Split(g.paths, ",")
	look := &http.Client{Timeout: 5 * time.Second}
	every(ctx, g.after, g.looks, func(n int) {
		if res, err := look.Get(g.monitor + paths[n%len(paths)]); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
}

// every calls do rate times a second, each in a goroutine of its own.
func every(ctx context.Context, after time.Duration, rate float64, do func(n int)) {
	if rate <= 0 {
		return
	}
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(after):
		}
		tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				go do(n)
			}
		}
	}()
}
