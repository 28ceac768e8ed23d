// SPDX-License-Identifier: GPL-3.0-or-later

// Command rebuilt is the program of testdata/rebuilt: it answers made-up
// requests in a closed loop for some seconds of CPU and writes OUT/cpu.pprof
// and OUT/run.json. make.sh beside it builds it several times from one source -
// a package moved, a method renamed, another compiler - and runs each. -shift
// moves work from one function to another and makes none of it dearer.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"

	"example.org/lab/rebuilt/page"
	"example.org/lab/rebuilt/pricing"
)

type service struct {
	book                         pricing.Book
	items                        []string
	up, down, tax, off, stamp, n int
	sum                          uint32
}

func newService(seed int64, shift string) *service {
	r := rand.New(rand.NewSource(seed))
	s := &service{up: 1500, down: 700, tax: 1400, off: 700, stamp: 700}
	s.book.Lower, s.book.Upper = 1500, 700
	switch shift {
	case "":
	case "type":
		s.book.Lower, s.book.Upper = 200, 2000
	case "prefix":
		s.up, s.down = 200, 2000
	case "package":
		s.up, s.off = 200, 2000
	case "caller":
		s.tax, s.stamp = 200, 1900
	default:
		log.Fatalf("-shift %s: type, prefix, package or caller", shift)
	}
	for i := 0; i < 30; i++ {
		s.items = append(s.items, fmt.Sprintf("item-%d-%x", i, r.Intn(1<<20)))
		s.book.Rules = append(s.book.Rules, pricing.Rule{Pattern: fmt.Sprintf("*%d*%x*", i%10, r.Intn(16)), Price: 100 + r.Intn(900)})
	}
	return s
}

//go:noinline
func (s *service) price(item string) uint32 {
	x := uint32(s.book.Best(item))
	return s.book.Low(x) + s.book.High(x) + pricing.Round(x, s.up, s.down)
}

//go:noinline
func (s *service) charge(x uint32) uint32 {
	return pricing.Tax(x, s.tax) + pricing.Discount(x, s.off) + page.Stamp(x, s.stamp)
}

//go:noinline
func (s *service) handle(n int) {
	item := s.items[n%len(s.items)]
	x := s.charge(s.price(item))
	text, err := json.Marshal(map[string]any{"item": item, "price": x, "more": s.items[:8]})
	if err != nil {
		log.Fatal(err)
	}
	s.sum += page.Sum(page.Render(s.items[:12], 80)+string(text), 3)
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		log.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func main() {
	out := flag.String("out", "", "folder to write to; it is made")
	shift := flag.String("shift", "", "move work within a type, a prefix, a package, below a caller")
	seconds := flag.Duration("for", 3*time.Second, "how much CPU time")
	revision := flag.String("revision", "one-source", "for run.json")
	flag.Parse()
	s := newService(1, *shift)
	for n := 0; n < 500; n++ {
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
	for cpuTime()-spent < *seconds {
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
	settings := map[string]string{"go_version": runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, v := range info.Settings {
			if v.Key == "-gcflags" || v.Key == "-pgo" {
				settings["build."+v.Key] = filepath.Base(v.Value)
			}
		}
	}
	meta := map[string]any{"started": begun.UTC().Format(time.RFC3339Nano), "ended": ended.UTC().Format(time.RFC3339Nano),
		"requests": requests, "revision": *revision, "settings": settings}
	text, err := json.Marshal(meta)
	if err == nil {
		err = os.WriteFile(filepath.Join(*out, "run.json"), append(text, '\n'), 0o666)
	}
	if err != nil {
		log.Fatal(err)
	}
}
