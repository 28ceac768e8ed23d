// SPDX-License-Identifier: GPL-3.0-or-later

// Command corpus captures the runs of the lab's services as their plans say:
//
//	cd testdata/lab && go run ./corpus -out ../corpus -home /opt/lab orders/orders.plan ...
//
// It builds, starts fresh processes a run, waits until they answer, warms up,
// loads and captures, packs the files, and writes OUT/SERVICE/RUN and a line in
// OUT/conditions.csv. A run that is there already is skipped, so an
// interrupted corpus goes on where it stopped. One run at a time. What a plan
// may hold is told in README.md.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type options struct {
	out, home, only string
	quiet           time.Duration
	list, keep      bool
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("corpus: ")
	if len(os.Args) == 3 && os.Args[1] == "busy" {
		busy(os.Args[2])
		return
	}
	// a child dies with the thread that started it (see start): it must not end before the runner does
	runtime.LockOSThread()
	var o options
	flag.StringVar(&o.out, "out", "../corpus", "where the runs go")
	flag.StringVar(&o.home, "home", filepath.Join(os.TempDir(), "lab"), "where the binaries go; the profiles name them by this path")
	flag.StringVar(&o.only, "only", "", "SERVICE or SERVICE/RUN, several with commas between")
	flag.DurationVar(&o.quiet, "wait", 10*time.Minute, "how long a run waits for a load average below 0.7")
	flag.BoolVar(&o.list, "list", false, "say what is to be done and do nothing")
	flag.BoolVar(&o.keep, "keep", false, "keep the scratch folder of a run that failed")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := corpus(ctx, &o, flag.Args())
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func corpus(ctx context.Context, o *options, paths []string) error {
	var todo []run
	var have, seconds int
	known := make(map[string]bool)
	for _, path := range paths {
		p, err := readPlan(path)
		if err != nil {
			return err
		}
		known[p.service] = true
		for _, r := range shuffled(p.runs) {
			known[r.plan.service+"/"+r.name] = true
			switch {
			case !o.wanted(&r):
			case complete(o.folder(&r)):
				have++
			default:
				todo = append(todo, r)
				seconds += r.took()
			}
		}
	}
	for _, name := range strings.Split(o.only, ",") {
		if name != "" && !known[name] {
			return fmt.Errorf("no plan has %s", name)
		}
	}
	fmt.Printf("%d runs to capture, %d there already: about %v, and up to %v a run for a quiet machine\n",
		len(todo), have, (time.Duration(seconds) * time.Second).Round(time.Second), o.quiet)
	if o.list {
		for _, r := range todo {
			fmt.Println(r.describe())
		}
		return nil
	}
	return all(ctx, o, todo)
}

func all(ctx context.Context, o *options, todo []run) error {
	for _, dir := range []*string{&o.out, &o.home} {
		if err := os.MkdirAll(*dir, 0o755); err != nil {
			return err
		}
		abs, err := filepath.Abs(*dir)
		if err != nil {
			return err
		}
		*dir = abs
	}
	if err := goFirst(os.Getenv("NICE")); err != nil {
		return err
	}
	b := &builder{o: o, made: make(map[string]error)}
	var failed []error
	for i := range todo {
		r := &todo[i]
		began := time.Now()
		err := b.ready(ctx, r)
		if err == nil {
			err = alone(ctx, func() error {
				quiet(ctx, o.quiet)
				return capture(ctx, o, r, b)
			})
		}
		if ctx.Err() != nil {
			return errors.Join(append(failed, errors.New("interrupted"))...)
		}
		state := "done"
		if err != nil {
			state = "FAILED: " + err.Error()
			failed = append(failed, fmt.Errorf("%s/%s: %w", r.plan.service, r.name, err))
		}
		left := 0
		for _, next := range todo[i+1:] {
			left += next.took()
		}
		fmt.Printf("%s/%s %s, %.0f s; %d left, about %v\n", r.plan.service, r.name, state, time.Since(began).Seconds(),
			len(todo)-i-1, time.Duration(left)*time.Second)
	}
	return errors.Join(failed...)
}

func (o *options) folder(r *run) string { return filepath.Join(o.out, r.plan.service, r.name) }

func (o *options) wanted(r *run) bool {
	if o.only == "" {
		return true
	}
	for _, name := range strings.Split(o.only, ",") {
		if name == r.plan.service || name == r.plan.service+"/"+r.name {
			return true
		}
	}
	return false
}

// complete: run.json is there, and a folder gets its name last.
func complete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "run.json"))
	return err == nil
}

// number is the same for the same words, for ever.
func number(words ...string) uint32 {
	sum := sha256.Sum256([]byte(strings.Join(words, "/")))
	return binary.BigEndian.Uint32(sum[:])
}

func (r *run) seed() int { return int(number(r.plan.service, r.name)%900000) + 100000 }

// shuffled mixes clean runs and others over the time of a capture, always in
// the same order; those that are built from the profile of a run come last.
func shuffled(runs []run) []run {
	out := append([]run(nil), runs...)
	sort.SliceStable(out, func(a, b int) bool {
		x, y := &out[a], &out[b]
		if last := x.get("pgo") != ""; last != (y.get("pgo") != "") {
			return !last
		}
		return number("order", x.plan.service, x.name) < number("order", y.plan.service, y.name)
	})
	return out
}

func (r *run) describe() string {
	keys := make([]string, 0, len(r.keys))
	for k := range r.keys {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	s := fmt.Sprintf("%s/%s %d s, seed %d", r.plan.service, r.name, r.took(), r.seed())
	for _, k := range keys {
		s += fmt.Sprintf(" %s=%q", k, r.keys[k])
	}
	return s
}

// goFirst lets the runner and what it starts run before others of a shared
// machine (NICE below 0 needs root). Linux weighs sessions, not processes,
// against each other where autogroups are on: start it under setsid.
func goFirst(nice string) error {
	if nice == "" || nice == "0" {
		return nil
	}
	n, err := strconv.Atoi(nice)
	if err != nil {
		return fmt.Errorf("NICE=%s: %w", nice, err)
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads { // a new thread takes after the one that makes it
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, n); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("NICE=%s: %w", nice, err)
		}
	}
	if err := os.WriteFile("/proc/self/autogroup", []byte(nice), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Printf("autogroup: %v", err)
	}
	return nil
}

// alone runs do while no other runner on this machine captures.
func alone(ctx context.Context, do func() error) error {
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "lab-corpus.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return err
	}
	defer f.Close() // and with it the lock goes
	for said := false; ctx.Err() == nil; pause(ctx, 200*time.Millisecond) {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return do()
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		if !said {
			fmt.Println("another runner is at work: waiting for its run to end")
			said = true
		}
	}
	return ctx.Err()
}

// quiet waits until the machine has little to do, or the time is over.
func quiet(ctx context.Context, limit time.Duration) {
	said := false
	for end := time.Now().Add(limit); time.Now().Before(end) && loadAverage() >= 0.7 && ctx.Err() == nil; {
		if !said {
			fmt.Printf("load average %.2f: waiting up to %v\n", loadAverage(), limit)
			said = true
		}
		pause(ctx, 5*time.Second)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// busy is what -neighbour processes do: work that also goes through memory.
func busy(seconds string) {
	n, err := strconv.Atoi(seconds)
	if err != nil {
		log.Fatal(err)
	}
	runtime.GOMAXPROCS(1)
	room := make([]byte, 8<<20)
	for end := time.Now().Add(time.Duration(n) * time.Second); time.Now().Before(end); {
		for i := 0; i < len(room); i += 64 {
			room[i] += byte(i)
		}
	}
}
