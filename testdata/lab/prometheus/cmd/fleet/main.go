// SPDX-License-Identifier: GPL-3.0-or-later

// Command fleet is what lies around a Prometheus server: the targets it
// scrapes and the remote storage it writes to and reads from, both over TLS,
// and the service that tells it where targets are. It also lays down two hours of
// history as a block in the server's data folder, before that starts.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
)

var knobs = conf.Table{
	"targets":      {Default: "18", Help: "targets of the job app"},
	"more":         {Default: "0", Help: "small targets that come with every look at the list"},
	"batch":        {Default: "8", Help: "targets of the job batch"},
	"batch.silent": {Default: "0", Help: "of those, how many never answer"},
	"users":        {Default: "0", Help: "series a target has for this scrape alone"},
	"keep":         {Default: "true", Help: "targets and remote storage keep connections open"},
	"body":         {Default: "2", Help: "handlers a target has, in twenties"},
	"read.takes":   {Default: "40ms", Help: "how long the remote storage thinks about a read"},
	"write.takes":  {Default: "1ms", Help: "how long it thinks about a write"},
	"write.refuse": {Default: "0", Help: "of a hundred writes, those it is too busy for"},
}

func main() {
	log.SetFlags(0)
	set := conf.New(knobs)
	flag.Var(set, "set", "name=value, repeatable; knobs:\n"+set.Help())
	history := flag.String("history", "", "data folder to lay a block of history in; none if empty")
	fleet := flag.String("fleet", "127.0.0.1:0", "where the targets and the remote storage are")
	peer := flag.String("peer", "127.0.0.1:0", "where the lists of targets are")
	life := flag.Duration("life", time.Minute, "when to end")
	flag.Parse()
	ctx, cancel := serve.Context(*life)
	defer cancel()
	if err := run(ctx, set, *history, *fleet, *peer); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, set *conf.Settings, history, fleet, peer string) error {
	if history != "" {
		end, err := past(ctx, history, time.Now())
		if err != nil {
			return err
		}
		fmt.Printf("past %d\n", end.Unix())
	}
	cert, err := certificate()
	if err != nil {
		return err
	}
	l, err := serve.Open("fleet", fleet)
	if err != nil {
		return err
	}
	f := newFleet(set, l.Addr().String())
	failed := make(chan error, 2)
	go func() {
		srv := &http.Server{Handler: f.secure(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute,
			ErrorLog: log.New(drop{}, "", 0)}
		srv.SetKeepAlivesEnabled(set.Bool("keep"))
		context.AfterFunc(ctx, func() { srv.Close() })
		failed <- srv.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}}))
	}()
	go func() { failed <- serve.Listen(ctx, "peer", peer, f.lists()) }()
	for range 2 {
		if err := <-failed; err != nil && !errors.Is(err, http.ErrServerClosed) {
			return err
		}
	}
	return nil
}

// drop takes what net/http says about handshakes that were cut short.
type drop struct{}

func (drop) Write(p []byte) (int, error) { return len(p), nil }
