// SPDX-License-Identifier: GPL-3.0-or-later

// Command power is the service of tests/bench/power: it answers made-up
// requests in a closed loop for some seconds of CPU, with a CPU profile, and writes
// OUT/cpu.pprof and OUT/run.json (the requests it answered). One function,
// (*rates).premium, has a fifth of its CPU; -slower 25 makes that function,
// and nothing else, a quarter dearer. Everything else is what services do:
// decode, look up, sort, render, hash, collect garbage.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"hash/crc32"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"runtime/pprof"
	"sort"
	"strings"
	"syscall"
	"time"
)

// steps is what premium does for one line of an order: a fifth of the CPU.
const steps = 400

type line struct {
	Item  string  `json:"item"`
	Count int     `json:"count"`
	Price float64 `json:"price"`
}

type order struct {
	ID    int    `json:"id"`
	Buyer string `json:"buyer"`
	Lines []line `json:"lines"`
}

type catalog struct {
	words map[string][]int
	names []string
}

type rates struct {
	table [1024]uint32
	steps int
}

type service struct {
	catalog catalog
	rates   rates
	orders  [][]byte
	out     bytes.Buffer
	sum     uint32
}

func newService(seed int64, slower float64) *service {
	r := rand.New(rand.NewSource(seed))
	s := &service{}
	s.rates.steps = int(steps*(1+slower/100) + .5)
	for i := range s.rates.table {
		s.rates.table[i] = r.Uint32()
	}
	s.catalog.words = map[string][]int{}
	for i := 0; i < 4000; i++ {
		name := fmt.Sprintf("item-%d-%x", i, r.Intn(1<<16))
		s.catalog.names = append(s.catalog.names, name)
		for _, w := range strings.Split(name, "-") {
			s.catalog.words[w] = append(s.catalog.words[w], i)
		}
	}
	for i := 0; i < 500; i++ {
		o := order{ID: i, Buyer: fmt.Sprintf("buyer-%d", r.Intn(1000))}
		for n := 3 + r.Intn(5); n > 0; n-- {
			o.Lines = append(o.Lines, line{s.catalog.names[r.Intn(len(s.catalog.names))], 1 + r.Intn(9), float64(r.Intn(10000)) / 100})
		}
		text, err := json.Marshal(o)
		if err != nil {
			log.Fatal(err)
		}
		s.orders = append(s.orders, text)
	}
	return s
}

//go:noinline
func (r *rates) premium(item string, count int) uint32 {
	x := crc32.ChecksumIEEE([]byte(item)) + uint32(count)
	for i := 0; i < r.steps; i++ {
		x = x*1664525 + r.table[x>>22]
	}
	return x
}

//go:noinline
func (s *service) quote(o *order) uint32 {
	var sum uint32
	for _, l := range o.Lines {
		sum += s.rates.premium(l.Item, l.Count)
	}
	return sum
}

//go:noinline
func (c *catalog) related(item string) []int {
	var found []int
	for _, w := range strings.Split(item, "-") {
		ids := c.words[w]
		if len(ids) > 20 {
			ids = ids[:20]
		}
		found = append(found, ids...)
	}
	sort.Ints(found)
	return found
}

//go:noinline
func (s *service) render(o *order, related []int, sum uint32) {
	s.out.Reset()
	fmt.Fprintf(&s.out, "order %d of %s: %d lines, %08x\n", o.ID, o.Buyer, len(o.Lines), sum)
	for _, l := range o.Lines {
		s.out.WriteString(strings.ToUpper(l.Item))
		fmt.Fprintf(&s.out, " %d x %.2f\n", l.Count, l.Price)
	}
	for _, i := range related {
		s.out.WriteString(s.catalog.names[i])
		s.out.WriteByte(' ')
	}
}

//go:noinline
func (s *service) decode(text []byte) *order {
	o := new(order)
	if err := json.Unmarshal(text, o); err != nil {
		log.Fatal(err)
	}
	return o
}

//go:noinline
func (s *service) handle(n int) {
	o := s.decode(s.orders[n%len(s.orders)])
	var related []int
	for _, l := range o.Lines {
		related = append(related, s.catalog.related(l.Item)...)
	}
	s.render(o, related, s.quote(o))
	s.sum += crc32.ChecksumIEEE(s.out.Bytes())
}

// cpuTime is that of the process so far, of user code and of the system for it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func main() {
	out := flag.String("out", "", "folder to write to; it is made")
	slower := flag.Float64("slower", 0, "per cent that premium is made slower")
	seed := flag.Int64("seed", 1, "of the orders and of the catalog")
	seconds := flag.Duration("for", 4*time.Second, "how much CPU time; a machine with other work makes it last up to ten times as long")
	flag.Parse()
	s := newService(*seed, *slower)
	for n := 0; n < 2000; n++ {
		s.handle(n)
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		log.Fatal(err)
	}
	f, err := os.Create(filepath.Join(*out, "cpu.pprof"))
	if err != nil {
		log.Fatal(err)
	}
	begun, spent := time.Now(), cpuTime()
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	requests := 0
	for cpuTime()-spent < *seconds && time.Since(begun) < 10**seconds {
		for i := 0; i < 20; i++ {
			s.handle(requests)
			requests++
		}
	}
	ended := time.Now()
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
	meta := map[string]any{"started": begun.UTC().Format(time.RFC3339Nano), "ended": ended.UTC().Format(time.RFC3339Nano),
		"requests": requests, "revision": fmt.Sprintf("slower-%g", *slower)}
	text, err := json.Marshal(meta)
	if err == nil {
		err = os.WriteFile(filepath.Join(*out, "run.json"), append(text, '\n'), 0o666)
	}
	if err != nil {
		log.Fatal(err)
	}
}
