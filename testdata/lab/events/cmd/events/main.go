// SPDX-License-Identifier: GPL-3.0-or-later

// Command events collects what visitors of many sites do: the service itself
// (-mode serve) and, as processes of their own, the depot it copies blocks to
// (-mode depot), the merger of its manifest (-mode merge) and somebody who
// looks at it (-mode watch).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"runtime/debug"
	"time"

	"example.org/lab/kit/admin"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"

	"example.org/events/internal/account"
	"example.org/events/internal/depot"
	"example.org/events/internal/flow"
	"example.org/events/internal/intake"
	"example.org/events/internal/journal"
	"example.org/events/internal/meter"
	"example.org/events/internal/note"
	"example.org/events/internal/origin"
	"example.org/events/internal/query"
	"example.org/events/internal/rollup"
	"example.org/events/internal/seen"
	"example.org/events/internal/segment"
)

type options struct {
	mode, dir, depot, log, target string
	life, every                   time.Duration
	set                           *conf.Settings
}

func main() {
	o := options{set: conf.New(knobs)}
	flag.StringVar(&o.mode, "mode", "serve", "serve, depot, merge or watch")
	flag.StringVar(&o.dir, "dir", ".", "where the files are (serve, merge)")
	flag.StringVar(&o.depot, "depot", "", "address of the depot (serve)")
	flag.StringVar(&o.log, "log", "", "address of the collector of lines (serve)")
	flag.StringVar(&o.target, "target", "", "base URL of what is looked at (watch)")
	flag.DurationVar(&o.every, "every", 0, "time between looks, 0 for none (watch)")
	flag.DurationVar(&o.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(o.set, "set", "name=value, repeatable; knobs:\n"+o.set.Help())
	flag.Parse()
	if err := run(o); err != nil {
		log.Fatal(err)
	}
}

func run(o options) error {
	ctx, cancel := serve.Context(o.life)
	defer cancel()
	switch o.mode {
	case "serve":
		return service(ctx, o)
	case "depot":
		return keep(ctx, o)
	case "merge":
		return merge(ctx, o)
	case "watch":
		return watch(ctx, o)
	}
	return fmt.Errorf("no mode %q", o.mode)
}

func service(ctx context.Context, o options) error {
	set := o.set
	admin.Rates(set)
	set.Watch("gc.percent", func() {
		if p := set.Int("gc.percent"); p > 0 {
			debug.SetGCPercent(p)
		}
	})
	lines, err := note.Dial(set, o.log)
	if err != nil {
		return err
	}
	paper, err := journal.Open(o.dir, set.Int("journal.buffer"))
	if err != nil {
		return err
	}
	go func() {
		if err := paper.Run(set.Duration("journal.flush"), ctx.Done()); err != nil {
			lines.Printf("journal: %v", err)
		}
	}()
	client := depot.NewClient("http://"+o.depot, set.Int("depot.idle"), set.Duration("depot.timeout"))
	shelf := segment.NewShelf(set)
	m := meter.New()
	parts := flow.Parts{
		Origin:  origin.New(set.Int("origin.count")),
		Book:    account.New(set, set.Int("account.count")),
		Seen:    seen.New(set),
		Board:   rollup.New(set),
		Journal: paper,
		Shipper: segment.NewShipper(set, o.dir, set.Int("lane.count"), client, shelf, lines.Print),
		Depot:   client,
		Meter:   m,
		Guard:   meter.NewGuard(set),
	}
	line := flow.Start(set, parts)
	gauges(m, line, parts.Shipper, lines)
	go parts.Board.Run(set.Duration("rollup.span"), ctx.Done(), func(number int64, rows []rollup.Row) {
		m.Rows.Add(float64(len(rows)))
		parts.Guard.Check()
		lines.Printf("window number=%d rows=%d", number, len(rows))
	})

	desk := &intake.Desk{Line: line, Note: lines, Guard: parts.Guard}
	mux := http.NewServeMux()
	mux.Handle("POST /v1/batch", m.Timed("batch", http.HandlerFunc(desk.Batch)))
	api := &query.API{Board: parts.Board, Book: parts.Book, Shelf: shelf, Depot: client, Note: lines}
	if err := api.Mount(mux, set, m.Timed); err != nil {
		return err
	}
	side := http.NewServeMux()
	side.Handle("/", admin.Handler(set))
	side.Handle("GET /metrics", m.Handler())

	feed, err := serve.Open("feed", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- desk.Feed(ctx, feed, set.Int("feed.buffer")) }()
	go func() { failed <- serve.Listen(ctx, "admin", "127.0.0.1:0", side) }()
	err = serve.Listen(ctx, "serve", "127.0.0.1:0", mux)
	return errors.Join(err, <-failed, <-failed)
}

func gauges(m *meter.Meter, line *flow.Line, ship *segment.Shipper, lines *note.Sink) {
	m.Gauge("events_batches_waiting", "batches not yet read", func() float64 { n, _, _ := line.Waiting(); return float64(n) })
	m.Gauge("events_parcels_waiting", "parcels between stages", func() float64 { _, n, _ := line.Waiting(); return float64(n) })
	m.Gauge("events_waiting", "events before the lanes", func() float64 { _, _, n := line.Waiting(); return float64(n) })
	m.Gauge("events_blocks_waiting", "blocks to be shipped", func() float64 { return float64(ship.Waiting()) })
	m.Gauge("events_blocks_shipped", "blocks shipped", func() float64 { n, _, _ := ship.Counts(); return float64(n) })
	m.Gauge("events_blocks_failed", "blocks that could not be shipped", func() float64 { _, n, _ := ship.Counts(); return float64(n) })
	m.Gauge("events_manifest_entries", "blocks in the manifest", func() float64 { _, _, n := ship.Counts(); return float64(n) })
	m.Gauge("events_lines_dropped", "log lines that found no place", func() float64 { return float64(lines.Dropped()) })
}

func keep(ctx context.Context, o options) error {
	d := depot.New(o.set)
	l, err := serve.Open("log", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		l.Close()
	}()
	go d.Lines(l) // ends with the listener
	return serve.Listen(ctx, "depot", "127.0.0.1:0", d.Handler())
}

// merge empties the manifest now and then, as long as there is one.
func merge(ctx context.Context, o options) error {
	t := time.NewTicker(o.set.Duration("merge.every"))
	defer t.Stop()
	took := o.set.Duration("merge.hold")
	for {
		select {
		case <-t.C:
			if _, err := segment.Merge(o.dir, func() { time.Sleep(took) }); err != nil {
				return err
			}
			took += o.set.Duration("merge.more") // what was merged before is longer then
		case <-ctx.Done():
			return nil
		}
	}
}
