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
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"example.org/orders/internal/admin"
	"example.org/orders/internal/api"
	"example.org/orders/internal/audit"
	"example.org/orders/internal/carrier"
	"example.org/orders/internal/catalog"
	"example.org/orders/internal/conf"
	"example.org/orders/internal/mail"
	"example.org/orders/internal/peer"
	"example.org/orders/internal/pricing"
	"example.org/orders/internal/render"
	"example.org/orders/internal/stock"
	"example.org/orders/internal/store"
)

type options struct {
	mode, addr, admin, peer, db string
	life                        time.Duration
	set                         *conf.Settings
}

func main() {
	opt := options{set: conf.New()}
	flag.StringVar(&opt.mode, "mode", "serve", "serve or peer")
	flag.StringVar(&opt.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&opt.admin, "admin", "127.0.0.1:0", "where pprof and expvar listen (serve)")
	flag.StringVar(&opt.peer, "peer", "", "base URL of the peer (serve)")
	flag.StringVar(&opt.db, "db", "orders.db", "database file (serve)")
	flag.DurationVar(&opt.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(opt.set, "set", "name=value, repeatable; knobs:\n"+conf.Help())
	flag.Parse()
	if err := run(opt); err != nil {
		log.Fatal(err)
	}
}

func run(opt options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, opt.life)
	defer cancel()
	switch opt.mode {
	case "peer":
		return listen(ctx, "peer", opt.addr, peer.Handler(opt.set))
	case "serve":
		return serve(ctx, opt)
	}
	return fmt.Errorf("no mode %q", opt.mode)
}

func serve(ctx context.Context, opt options) error {
	set := opt.set
	runtime.MemProfileRate = set.Int("profile.heap")
	db, err := store.Open(opt.db, set.Int("db.conns"))
	if err != nil {
		return err
	}
	defer db.Close()
	client := carrier.NewClient(opt.peer, set.Int("peer.idle"), set.Duration("peer.timeout"))
	goods := catalog.New(set.Int("catalog.items"))
	out := render.New(set.Int("render.spare"))
	pool := mail.Start(set.Int("mail.workers"), set.Int("mail.depth"), client, out.Letter)
	defer pool.Stop()
	handler := api.Handler(api.Parts{
		Catalog: goods,
		Book:    pricing.New(goods, set.Int("pricing.rules"), set.Int("pricing.groups")),
		Ledger:  stock.New(goods.SKUs(), 4000, set.Int("stock.shards"), client),
		Store:   db,
		Desk:    carrier.NewDesk(client, set.Int("quote.room"), "kestrel", "pony"),
		Mail:    pool,
		Trail:   audit.New(set.Int("audit.keep")),
		Out:     out,
		Keep:    set.Int("session.entries"),
	})
	side := admin.Handler(set.Int("profile.block"), set.Int("profile.mutex"))
	failed := make(chan error, 1)
	go func() { failed <- listen(ctx, "admin", opt.admin, side) }()
	err = listen(ctx, "serve", opt.addr, handler)
	return errors.Join(err, <-failed)
}

// listen prints its address on standard output, so that a script can let the
// system choose the port, and serves until ctx ends.
func listen(ctx context.Context, name, addr string, h http.Handler) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s\n", name, l.Addr())
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if srv.Shutdown(grace) != nil {
			srv.Close()
		}
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
