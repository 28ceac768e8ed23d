// SPDX-License-Identifier: GPL-3.0-or-later

// Command orders is a small shop: the service itself (-mode serve) and, as a
// process of its own, the peer it depends on (-mode peer).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"example.org/lab/kit/admin"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
	"example.org/orders/internal/address"
	"example.org/orders/internal/api"
	"example.org/orders/internal/audit"
	"example.org/orders/internal/carrier"
	"example.org/orders/internal/catalog"
	"example.org/orders/internal/house"
	"example.org/orders/internal/lane"
	"example.org/orders/internal/mail"
	"example.org/orders/internal/peer"
	"example.org/orders/internal/pricing"
	"example.org/orders/internal/render"
	"example.org/orders/internal/stock"
	"example.org/orders/internal/store"
)

type options struct {
	mode, addr, admin, peer, lines, db string
	life                               time.Duration
	set                                *conf.Settings
}

func main() {
	opt := options{set: conf.New(knobs)}
	flag.StringVar(&opt.mode, "mode", "serve", "serve or peer")
	flag.StringVar(&opt.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&opt.admin, "admin", "127.0.0.1:0", "where pprof and expvar listen (serve)")
	flag.StringVar(&opt.peer, "peer", "", "base URL of the peer (serve)")
	flag.StringVar(&opt.lines, "lines", "127.0.0.1:0", "address of the peer's address desk (serve), or where it listens (peer)")
	flag.StringVar(&opt.db, "db", "orders.db", "database file (serve)")
	flag.DurationVar(&opt.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(opt.set, "set", "name=value, repeatable; knobs:\n"+opt.set.Help())
	flag.Parse()
	if err := run(opt); err != nil {
		log.Fatal(err)
	}
}

func run(opt options) error {
	ctx, cancel := serve.Context(opt.life)
	defer cancel()
	switch opt.mode {
	case "peer":
		l, err := serve.Open("lines", opt.lines)
		if err != nil {
			return err
		}
		go peer.Lines(ctx, l, opt.set)
		return serve.Listen(ctx, "peer", opt.addr, peer.Handler(opt.set))
	case "serve":
		return shop(ctx, opt)
	}
	return fmt.Errorf("no mode %q", opt.mode)
}

func shop(ctx context.Context, opt options) error {
	set := opt.set
	admin.Rates(set)
	db, err := store.Open(opt.db, set.Int("db.conns"))
	if err != nil {
		return err
	}
	defer db.Close()
	client := carrier.NewClient(opt.peer, set.Int("peer.idle"), set.Int("peer.most"), set.Duration("peer.timeout"))
	goods := catalog.New(set.Int("catalog.items"), set.Bool("catalog.index"))
	out := render.New(set.Int("render.spare"))
	pool := mail.Start(set.Int("mail.workers"), set.Int("mail.depth"), client, out.Letter)
	defer pool.Stop()
	handler := api.Handler(api.Parts{
		Catalog: goods,
		Book:    pricing.New(goods, set.Int("pricing.rules"), set.Int("pricing.groups")),
		Ledger:  stock.New(goods.SKUs(), 4000, set.Int("stock.shards"), client, set.Live("hold.grace")),
		Store:   db,
		Desk:    carrier.NewDesk(client, set.Int("quote.room"), set.Int("quote.memo"), "kestrel", "pony"),
		Mail:    pool,
		Trail:   audit.New(set.Live("audit.keep"), set.Bool("audit.flat")),
		Out:     out,
		Check:   address.New(opt.lines, set.Int("check.conns"), set.Duration("check.deadline"), set.Bool("check.reuse")),
		Lanes:   lane.New(set.Live("order.lanes")),
		Keep:    set.Int("session.entries"),
		Seen:    set.Int("session.seen"),
		Confirm: set.Int("hold.confirm"),
	})
	go house.Keep(ctx, set.Duration("house.every"))
	side := admin.Handler(set)
	failed := make(chan error, 1)
	go func() { failed <- serve.Listen(ctx, "admin", opt.admin, side) }()
	err = serve.Listen(ctx, "serve", opt.addr, handler)
	return errors.Join(err, <-failed)
}
