// SPDX-License-Identifier: GPL-3.0-or-later

// Command quotes tells prices. One binary is every process of a run: the
// service (-mode serve), the venue it depends on (-mode back), the middlebox
// between the two (-mode hop) and, where there is one, the stretch of network
// (-mode wire).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"

	"example.org/lab/kit/admin"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
	"example.org/quotes/api"
	"example.org/quotes/internal/back"
	"example.org/quotes/internal/basket"
	"example.org/quotes/internal/book"
	"example.org/quotes/internal/desk"
	"example.org/quotes/internal/feed"
	"example.org/quotes/internal/figures"
	"example.org/quotes/internal/fx"
	"example.org/quotes/internal/gate"
	"example.org/quotes/internal/hop"
	"example.org/quotes/internal/intake"
	"example.org/quotes/internal/margin"
	"example.org/quotes/internal/market"
	"example.org/quotes/internal/trust"
	"example.org/quotes/internal/venue"
	"example.org/quotes/internal/wire"
)

var knobs = conf.Table{
	"basket.ask":          knob("3", "legs of a basket the venue is asked about"),
	"basket.patience":     knob("30ms", "how long a basket waits for the venue"),
	"basket.room":         knob("3", "answers a basket has room for"),
	"feed.warm":           knob("10", "class of accounts (0 to 9) from which on watches stay open for their reader"),
	"fx.life":             knob("200ms", "how long a rate is good"),
	"hop.delay":           knob("0s", "distance, each way"),
	"hop.every":           knob("0s", "mean time between two stops of a direction"),
	"hop.idle":            knob("0s", "silence after which a connection is forgotten"),
	"hop.rate":            knob("0", "bytes a second and direction"),
	"hop.spread":          knob("0s", "random addition to hop.delay"),
	"hop.stop":            knob("0s", "how long a direction stands still"),
	"hop.turns":           knob("0", "pieces a client sends until its connection is cut, mean"),
	"intake.nap":          knob("4ms", "how long a lot sleeps before it asks again"),
	"intake.rate":         knob("100000", "lots taken a second"),
	"log.lines":           knob("600", "lines of the call log kept"),
	"margin.rules":        knob("8000", "margin rules in force"),
	"order.from":          knob("280", "quantity from which a quote is covered by an order"),
	"order.limit":         knob("2s", "limit of an order, none if 0"),
	"order.lines":         knob("8", "lines for orders kept open"),
	"order.pause":         knob("2ms", "pause before an order is sent again"),
	"order.tries":         knob("2", "how often an order is sent when the venue has no room"),
	"tape.length":         knob("600", "entries of a tape"),
	"token.life":          knob("10m", "how long a token is good"),
	"venue.attempts":      knob("2", "attempts of a call when the venue is not available"),
	"venue.budget":        knob("10", "tokens that bound attempts, no bound if 0"),
	"venue.conn_window":   knob("0", "bytes a connection may have under way to us, the library's choice if 0"),
	"venue.patience":      knob("2s", "limit of a call, none if 0"),
	"venue.rate":          knob("100000", "order books asked for a second"),
	"venue.stream_window": knob("0", "bytes a stream may have under way to us, the library's choice if 0"),
	"wire.delay":          knob("0s", "distance, each way"),
	"wire.lose":           knob("0", "packets of 10000 that are lost"),
}

func knob(def, help string) conf.Knob { return conf.Knob{Default: def, Help: help} }

type options struct {
	mode, addr, admin, peer, cert, within string
	life                                  time.Duration
	set                                   *conf.Settings
}

func main() {
	for name, k := range back.Knobs {
		knobs[name] = k
	}
	opt := options{set: conf.New(knobs)}
	flag.StringVar(&opt.mode, "mode", "serve", "serve, back, hop or wire")
	flag.StringVar(&opt.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&opt.admin, "admin", "127.0.0.1:0", "where pprof, expvar and figures listen (serve)")
	flag.StringVar(&opt.peer, "peer", "", "address of the next process")
	flag.StringVar(&opt.cert, "cert", "venue.pem", "certificate: written by the venue, read by the service")
	flag.StringVar(&opt.within, "within", "pid:0", "process whose network namespace to live in, none if 0")
	flag.DurationVar(&opt.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(opt.set, "set", "name=value, repeatable; knobs:\n"+opt.set.Help())
	flag.Parse()
	if err := run(opt); err != nil {
		log.Fatal(err)
	}
}

const inside = "QUOTES_INSIDE"

func run(opt options) error {
	if pid, err := strconv.Atoi(strings.TrimPrefix(opt.within, "pid:")); err != nil {
		return fmt.Errorf("-within %s: want pid:NUMBER", opt.within)
	} else if pid > 0 && os.Getenv(inside) == "" {
		return wire.Enter(pid, inside+"=1")
	}
	if opt.mode == "end" {
		return wire.End(opt.peer, opt.addr)
	}
	ctx, cancel := serve.Context(opt.life)
	defer cancel()
	set := opt.set
	switch opt.mode {
	case "serve":
		return quotes(ctx, opt)
	case "back":
		creds, err := trust.Issue(opt.cert)
		if err != nil {
			return err
		}
		return answer(ctx, "back", opt.addr, back.Server(market.New(instruments), set, creds))
	case "hop":
		l, err := serve.Open("hop", opt.addr)
		if err != nil {
			return err
		}
		return hop.Serve(ctx, l, opt.peer, hop.Options{
			Delay: set.Duration("hop.delay"), Spread: set.Duration("hop.spread"), Rate: set.Int("hop.rate"),
			Every: set.Duration("hop.every"), Stop: set.Duration("hop.stop"),
			Idle: set.Duration("hop.idle"), Turns: set.Int("hop.turns"),
		})
	case "wire":
		o := wire.Options{Delay: set.Duration("wire.delay"), Lose: set.Int("wire.lose")}
		if o != (wire.Options{}) {
			return wire.Run(ctx, o)
		}
		fmt.Printf("wire pid:0\nnet 127.0.0.1:0\n")
		<-ctx.Done()
		return nil
	}
	return fmt.Errorf("no mode %q", opt.mode)
}

const instruments = 400

// quotes is the service.
func quotes(ctx context.Context, opt options) error {
	set := opt.set
	admin.Rates(set)
	creds, err := trust.Wait(opt.cert, 5*time.Second)
	if err != nil {
		return err
	}
	client, err := venue.New(venue.Options{
		Target: opt.peer, Creds: creds,
		Patience: set.Duration("venue.patience"), Attempts: set.Int("venue.attempts"), Budget: set.Int("venue.budget"),
		StreamWindow: set.Int("venue.stream_window"), ConnWindow: set.Int("venue.conn_window"),
		TokenLife: set.Live("token.life"), Keep: set.Int("order.lines"), Tries: set.Int("order.tries"),
		Pause: set.Duration("order.pause"), OrderLimit: set.Duration("order.limit"),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	set.Watch("venue.rate", func() { client.Pace(set.Float("venue.rate")) })
	m := market.New(instruments)
	tapes, rules := book.New(m, set.Int("tape.length")), margin.New(set.Int("margin.rules"))
	g := gate.New(set.Int("log.lines"))
	srv := grpc.NewServer(grpc.UnaryInterceptor(g.Unary), grpc.StreamInterceptor(g.Stream))
	api.RegisterQuotesServer(srv, &desk.Desk{
		Market: m, Book: tapes, Rules: rules, Venue: client,
		Rates: fx.New(client, set.Duration("fx.life")),
		Baskets: &basket.Desk{Market: m, Book: tapes, Rules: rules, Venue: client,
			Ask: set.Int("basket.ask"), Room: set.Int("basket.room"), Patience: set.Duration("basket.patience")},
		Hub:    feed.New(client, set.Live("feed.warm")),
		Intake: intake.New(m, tapes, client, set.Float("intake.rate"), set.Duration("intake.nap")),
		Hedge:  int64(set.Int("order.from")),
	})
	side := http.NewServeMux()
	side.Handle("/", admin.Handler(set))
	side.Handle("GET /metrics", figures.Handler(&client.Meter))
	side.HandleFunc("GET /kernel", figures.Kernel)
	failed := make(chan error, 1)
	go func() { failed <- serve.Listen(ctx, "admin", opt.admin, side) }()
	err = answer(ctx, "serve", opt.addr, srv)
	return errors.Join(err, <-failed)
}

// answer serves gRPC until ctx ends.
func answer(ctx context.Context, word, addr string, srv *grpc.Server) error {
	var l net.Listener
	l, err := serve.Open(word, addr)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		srv.Stop()
	}()
	return srv.Serve(l)
}
