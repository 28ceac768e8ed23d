// SPDX-License-Identifier: GPL-3.0-or-later

// Package pace is the load generator of the lab without the requests: those a
// service's cmd/load gives it as a table. It sends at a constant mean rate,
// whether or not answers come back (open loop): a slow answer delays nobody
// behind it, and latency is counted from the moment a request was meant to be
// sent. One CSV row a second, written while it runs.
package pace

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Endpoint is one kind of request and its share of the mix.
type Endpoint struct {
	Name  string
	Share int
	// Do sends one request and says whether the answer was good. ctx ends at
	// the limit of one request; rng belongs to this call alone.
	Do func(ctx context.Context, rng *rand.Rand) bool
}

// Options are the flags that every load generator has.
type Options struct {
	Target    string
	Rate      float64
	Duration  time.Duration
	Ramp      time.Duration
	Idle      time.Duration
	Most      int
	Inflight  int
	Closed    int
	Think     time.Duration
	Timeout   time.Duration
	Out       string
	ByPath    bool
	Even      bool
	Seed      uint64
	mixShares string
}

func flags() *Options {
	o := new(Options)
	flag.StringVar(&o.Target, "target", "", "address or base URL of the service")
	flag.Float64Var(&o.Rate, "rate", 250, "requests a second, mean")
	flag.DurationVar(&o.Duration, "duration", 30*time.Second, "how long this takes, ramp and idle included")
	flag.DurationVar(&o.Ramp, "ramp", 0, "the rate grows from nothing over this time")
	flag.DurationVar(&o.Idle, "idle", 0, "silence at the end")
	flag.IntVar(&o.Most, "max", 1000000, "requests at most")
	flag.IntVar(&o.Inflight, "inflight", 512, "requests under way at most; what does not fit is dropped and said")
	flag.IntVar(&o.Closed, "closed", 0, "closed loop with that many workers instead of a rate")
	flag.DurationVar(&o.Think, "think", 0, "pause of a worker after an answer (-closed)")
	flag.DurationVar(&o.Timeout, "timeout", 5*time.Second, "limit of one request")
	flag.StringVar(&o.Out, "out", "", "CSV file; none if empty")
	flag.BoolVar(&o.ByPath, "by-endpoint", false, "one row an endpoint and second")
	flag.BoolVar(&o.Even, "even", false, "evenly spaced instead of random (exponential) gaps")
	flag.Uint64Var(&o.Seed, "seed", 1, "of the mix and the gaps")
	flag.StringVar(&o.mixShares, "mix", "", "shares of the endpoints, in the order of the table: a,b,c")
	return o
}

// Main is a whole cmd/load: it reads the flags (a command's own ones may be
// declared before), asks for the table, sends, and prints one line.
func Main(table func(ctx context.Context, o *Options) ([]Endpoint, error)) {
	o := flags()
	flag.Parse()
	if o.Target == "" || o.Rate <= 0 || o.Inflight < 1 || o.Ramp < 0 || o.Idle < 0 || o.Duration <= o.Ramp+o.Idle || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ends, err := table(ctx, o)
	if err == nil {
		err = Run(ctx, o, ends)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// Run sends the load and prints its sum.
func Run(ctx context.Context, o *Options, table []Endpoint) error {
	if err := o.remix(table); err != nil {
		return err
	}
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	book, err := newBook(o.Out, o.ByPath, names, time.Now(), o.Closed)
	if err != nil {
		return err
	}
	book.live()
	s := newSender(o, book, table)
	s.send(ctx)
	sum, err := book.close()
	if err != nil {
		return err
	}
	fmt.Printf("offered %d completed %d errors %d dropped %d p50 %.2f ms p95 %.2f ms p99 %.2f ms cpu %.2f s\n",
		sum.offered, sum.done, sum.errors, s.dropped.Load(), sum.p50, sum.p95, sum.p99, cpuSeconds())
	return nil
}

// remix puts the shares of -mix in place of the table's.
func (o *Options) remix(table []Endpoint) error {
	if o.mixShares != "" {
		shares := strings.Split(o.mixShares, ",")
		if len(shares) != len(table) {
			return fmt.Errorf("-mix %s: want %d shares", o.mixShares, len(table))
		}
		for i, text := range shares {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return fmt.Errorf("-mix %s: %q is no share", o.mixShares, text)
			}
			table[i].Share = n
		}
	}
	sum := 0
	for _, e := range table {
		sum += e.Share
	}
	if sum <= 0 {
		return errors.New("pace: nothing to send")
	}
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
