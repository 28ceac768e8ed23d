// SPDX-License-Identifier: GPL-3.0-or-later

// Command load sends requests to the order service at a constant mean rate,
// whether or not answers come back (open loop): a slow answer delays nobody
// behind it, and latency is counted from the moment a request was meant to be
// sent. One CSV row a second, written while it runs.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type options struct {
	target   string
	rate     float64
	duration time.Duration
	most     int
	inflight int
	timeout  time.Duration
	out      string
	byPath   bool
	even     bool
	seed     uint64
}

func main() {
	var o options
	flag.StringVar(&o.target, "target", "", "base URL of the service")
	flag.Float64Var(&o.rate, "rate", 250, "requests a second, mean")
	flag.DurationVar(&o.duration, "duration", 30*time.Second, "how long to send")
	flag.IntVar(&o.most, "max", 200000, "requests at most")
	flag.IntVar(&o.inflight, "inflight", 512, "requests under way at most; what does not fit is dropped and said")
	flag.DurationVar(&o.timeout, "timeout", 5*time.Second, "limit of one request")
	flag.StringVar(&o.out, "out", "", "CSV file; none if empty")
	flag.BoolVar(&o.byPath, "by-endpoint", false, "one row an endpoint and second")
	flag.BoolVar(&o.even, "even", false, "evenly spaced instead of random (exponential) gaps")
	flag.Uint64Var(&o.seed, "seed", 1, "of the mix and the gaps")
	flag.Parse()
	if o.target == "" || o.rate <= 0 || o.duration <= 0 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) error {
	skus, err := learn(ctx, o.target)
	if err != nil {
		return err
	}
	book, err := newBook(o.out, o.byPath, time.Now())
	if err != nil {
		return err
	}
	book.live()
	s := newSender(o, book, skus)
	s.send(ctx)
	sum, err := book.close()
	if err != nil {
		return err
	}
	fmt.Printf("offered %d completed %d errors %d dropped %d p50 %.2f ms p95 %.2f ms p99 %.2f ms cpu %.2f s\n",
		sum.offered, sum.done, sum.errors, s.dropped.Load(), sum.p50, sum.p95, sum.p99, cpuSeconds())
	return nil
}

// cpuSeconds is what this process used, so that a generator at its own limit
// shows.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
