// SPDX-License-Identifier: GPL-3.0-or-later

// Command peer is everybody who listens: it makes the streams, subscribes to
// events, answers questions, and bills orders from a durable consumer. It
// prints `ready ADDRESS` when all of that is in place.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"strings"
	"time"

	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
	"example.org/nats/internal/link"
	"github.com/nats-io/nats.go"
)

var knobs = conf.Table{
	"events.keep":   {Default: "4000", Help: "events the stream keeps, -1 for all"},
	"events.window": {Default: "1s", Help: "time in which an event's number is remembered"},
	"audit.subs":    {Default: "64", Help: "subscriptions with wildcards that nothing matches"},
	"price.work":    {Default: "1ms", Help: "time an answer to a question takes"},
	"price.late":    {Default: "0", Help: "answers of 1000 that take price.late_by instead"},
	"price.late_by": {Default: "80ms", Help: "see price.late"},
	"bill.work":     {Default: "2ms", Help: "time a bill takes, before the order is acknowledged"},
	"bill.wait":     {Default: "30s", Help: "time after which an order that was not acknowledged comes again"},
	"bill.room":     {Default: "512", Help: "orders that may be unacknowledged"},
	"bill.rate":     {Default: "0", Help: "bits of orders a second, 0 for no limit"},
}

func main() {
	set := conf.New(knobs)
	target := flag.String("target", "", "server to connect to")
	life := flag.Duration("life", 10*time.Minute, "end after this time at the latest")
	flag.Var(set, "set", "name=value, repeatable; knobs:\n"+set.Help())
	flag.Parse()
	if err := run(*target, *life, set); err != nil {
		log.Fatal(err)
	}
}

func run(target string, life time.Duration, set *conf.Settings) error {
	ctx, cancel := serve.Context(life)
	defer cancel()
	nc, err := link.Dial(target, "admin")
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := streams(nc, set); err != nil {
		return err
	}
	for _, part := range []func(string, *conf.Settings) error{events, answers, bills} {
		if err := part(target, set); err != nil {
			return err
		}
	}
	l, err := serve.Open("ready", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	<-ctx.Done()
	return nil
}

func streams(nc *nats.Conn, set *conf.Settings) error {
	js, err := nc.JetStream()
	if err != nil {
		return err
	}
	_, err = js.AddStream(&nats.StreamConfig{Name: link.Events, Subjects: []string{"ev.>"}, Storage: nats.MemoryStorage,
		MaxMsgs: int64(set.Int("events.keep")), Discard: nats.DiscardOld, Duplicates: set.Duration("events.window")})
	_, err2 := js.AddStream(&nats.StreamConfig{Name: link.Orders, Subjects: []string{"orders.>"}, Storage: nats.FileStorage,
		MaxMsgs: 20000, MaxMsgSize: 8192, Discard: nats.DiscardOld, Duplicates: time.Second})
	kv, err3 := js.CreateKeyValue(&nats.KeyValueConfig{Bucket: link.Stock, History: 1, Storage: nats.FileStorage})
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	for i := range link.Items {
		if _, err := kv.PutString(fmt.Sprintf("t%d", i), strings.Repeat("7", 100)); err != nil {
			return err
		}
	}
	return nil
}

// events listens as three groups of two do, and as those who audit.
func events(target string, set *conf.Settings) error {
	for i := range 6 {
		nc, err := link.Dial(target, "shelf")
		if err != nil {
			return err
		}
		of := []string{"ev.*.*.*.*.*.sold.>", "ev.north.>", "ev.*.shop1.>"}[i%3]
		if _, err := nc.QueueSubscribe(of, fmt.Sprintf("g%d", i%3), func(*nats.Msg) {}); err != nil {
			return err
		}
	}
	nc, err := link.Dial(target, "audit")
	if err != nil {
		return err
	}
	for i := range set.Int("audit.subs") {
		if _, err := nc.Subscribe(link.Pattern(i, "audit"), func(*nats.Msg) {}); err != nil {
			return err
		}
	}
	return nc.Flush()
}

func answers(target string, set *conf.Settings) error {
	work, late, lateBy := set.Duration("price.work"), set.Int("price.late"), set.Duration("price.late_by")
	for range 2 {
		nc, err := link.Dial(target, "price")
		if err != nil {
			return err
		}
		if _, err := nc.QueueSubscribe("ask.price.*", "price", func(m *nats.Msg) {
			wait := work
			if rand.IntN(1000) < late {
				wait = lateBy
			}
			time.AfterFunc(wait, func() { m.Respond([]byte(`{"cents":1999,"stock":7}`)) })
		}); err != nil {
			return err
		}
		if err := nc.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// bills takes orders, acknowledges each when its bill is written, and tells
// who ordered.
func bills(target string, set *conf.Settings) error {
	nc, err := link.Dial(target, "bill")
	if err != nil {
		return err
	}
	js, err := nc.JetStream()
	if err != nil {
		return err
	}
	opts := []nats.SubOpt{nats.Durable("bill"), nats.ManualAck(), nats.AckWait(set.Duration("bill.wait")), nats.MaxAckPending(set.Int("bill.room"))}
	if bps := set.Int("bill.rate"); bps > 0 {
		opts = append(opts, nats.RateLimit(uint64(bps)))
	}
	work := set.Duration("bill.work")
	_, err = js.Subscribe("orders.>", func(m *nats.Msg) {
		time.AfterFunc(work, func() {
			m.Ack()
			nc.Publish(m.Header.Get("Done"), nil)
		})
	}, opts...)
	return err
}
