// SPDX-License-Identifier: GPL-3.0-or-later

// capture collects one side of a run folder from a Go service that serves
// net/http/pprof and expvar, while a load test is running:
//
//	go run capture.go -url http://127.0.0.1:6060 -duration 30s -out RUN/current -load load.csv
//
// One file, only the standard library: copy it. What it writes, and how to do
// the same by hand with curl, is told in docs/capture.md. It never changes a
// setting of the service; it costs the service what these requests cost (a
// CPU profile all the time, a goroutine dump every few seconds, ReadMemStats
// twice a second), so capture both sides of a comparison in the same way.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	maxBody  = 256 << 20 // of one answer
	ringSize = 256       // pauses that runtime.MemStats remembers
)

type pairs map[string]any

func (p pairs) String() string { return "" }

// Set keeps numbers as numbers.
func (p pairs) Set(arg string) error {
	k, v, ok := strings.Cut(arg, "=")
	if !ok || k == "" {
		return fmt.Errorf("want key=value, got %q", arg)
	}
	if f, err := strconv.ParseFloat(v, 64); err == nil {
		p[k] = json.Number(strconv.FormatFloat(f, 'f', -1, 64))
	} else {
		p[k] = v
	}
	return nil
}

type options struct {
	url, out, name, revision, load, vars string
	duration, every, poll, loadWait      time.Duration
	cpuEvery, series                     time.Duration
	cpuSeconds, cpuCount, heaps          int
	requests                             int64
	zip, allocs                          bool
	settings, labels                     pairs
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("capture: ")
	o := options{settings: pairs{}, labels: pairs{}}
	flag.StringVar(&o.url, "url", "http://127.0.0.1:6060", "where /debug/pprof/ and /debug/vars are")
	flag.StringVar(&o.out, "out", "", "side folder to fill; made if missing, must be empty of captures")
	flag.DurationVar(&o.duration, "duration", 30*time.Second, "how long to collect")
	flag.IntVar(&o.cpuSeconds, "cpu-seconds", 5, "length of one CPU profile")
	flag.IntVar(&o.cpuCount, "cpu-count", 6, "CPU profiles at most, back to back unless -cpu-every says else")
	flag.DurationVar(&o.cpuEvery, "cpu-every", 0, "from the start of one CPU profile to that of the next, for long captures")
	flag.IntVar(&o.heaps, "heaps", 3, "heap profiles: start, end, the others evenly between")
	flag.BoolVar(&o.allocs, "allocs", true, "take allocs profiles too; heap profiles hold the same counters")
	flag.DurationVar(&o.every, "every", 5*time.Second, "between goroutine dumps")
	flag.DurationVar(&o.poll, "poll", 500*time.Millisecond, "between looks at the GC pauses; 0: none, for a service without /debug/vars")
	flag.DurationVar(&o.series, "series", 0, "between rows of heap size, GC cycles, goroutines and lock waits over time, at least -poll; 0: none")
	flag.StringVar(&o.name, "name", "", "name of the test, for run.json")
	flag.StringVar(&o.revision, "revision", "", "revision of the service, for run.json")
	flag.StringVar(&o.load, "load", "", "the load generator's report, put beside the profiles; a plain CSV gives the request count")
	flag.DurationVar(&o.loadWait, "load-wait", 15*time.Second, "how long to wait for that report to be complete")
	flag.Int64Var(&o.requests, "requests", 0, "requests answered while this ran, where no CSV tells")
	flag.StringVar(&o.vars, "settings-var", "settings", "expvar map copied to the settings of run.json")
	flag.BoolVar(&o.zip, "gzip", false, "compress texts too (profiles always are)")
	flag.Var(o.settings, "set", "key=value for the settings of run.json, repeatable")
	flag.Var(o.labels, "label", "key=value for the labels of run.json, repeatable")
	flag.Parse()
	if o.out == "" || flag.NArg() > 0 || o.cpuSeconds < 1 || o.every <= 0 || o.poll < 0 || o.heaps < 2 ||
		o.duration < time.Duration(o.cpuSeconds)*time.Second {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.duration+2*time.Minute)
	defer cancel()
	if err := run(ctx, &o); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

// span is when a file was collected.
type span struct {
	T0 time.Time  `json:"t0"`
	T1 *time.Time `json:"t1,omitempty"`
}

type side struct {
	o      *options
	mu     sync.Mutex
	files  map[string]span
	failed []error
}

// run collects a start, a middle and an end; what fails is said and left out.
func run(ctx context.Context, o *options) error {
	if old, _ := filepath.Glob(filepath.Join(o.out, "*.pprof")); len(old) > 0 {
		return fmt.Errorf("%s holds profiles already: give a new folder", o.out)
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	s := &side{o: o, files: make(map[string]span)}
	started := time.Now()
	counted := []string{"mutex", "block"}
	if o.allocs {
		counted = append(counted, "allocs")
	}
	for _, kind := range counted {
		s.profile(ctx, kind+"-000.pprof", kind, "")
	}
	s.profile(ctx, "heap-000.pprof", "heap", "?gc=1")
	if len(s.failed) == len(counted)+1 {
		return fmt.Errorf("nothing at %s: %w", o.url, s.failed[0])
	}
	s.middle(ctx, started)
	s.profile(ctx, fmt.Sprintf("heap-%03d.pprof", o.heaps-1), "heap", "?gc=1")
	for _, kind := range counted {
		s.profile(ctx, kind+"-001.pprof", kind, "")
	}
	ended := time.Now()
	s.beside(ctx, started, ended)
	s.note(s.manifest(started, ended))
	return errors.Join(s.failed...)
}

// middle runs the series side by side until the time is over.
func (s *side) middle(ctx context.Context, started time.Time) {
	end := started.Add(s.o.duration)
	var all sync.WaitGroup
	for _, series := range []func(context.Context, time.Time){s.cpu, s.dumps, s.pauses, s.heap} {
		all.Add(1)
		go func() {
			defer all.Done()
			series(ctx, end)
		}()
	}
	all.Wait()
}

func (s *side) cpu(ctx context.Context, end time.Time) {
	long := time.Duration(s.o.cpuSeconds) * time.Second
	next := time.Now()
	for i := 0; i < s.o.cpuCount && end.Sub(next) >= long && time.Until(end) >= long && sleepUntil(ctx, next); i++ {
		next = next.Add(s.o.cpuEvery)
		s.profile(ctx, fmt.Sprintf("cpu-%03d.pprof", i), "profile", fmt.Sprintf("?seconds=%d", s.o.cpuSeconds))
	}
}

func (s *side) dumps(ctx context.Context, end time.Time) {
	next := time.Now().Add(time.Second)
	for i := 0; next.Before(end) && sleepUntil(ctx, next); i++ {
		s.profile(ctx, fmt.Sprintf("goroutine-%03d.pprof", i), "goroutine", "")
		s.text(ctx, fmt.Sprintf("goroutines-%03d.txt", i), "/debug/pprof/goroutine?debug=2")
		next = next.Add(s.o.every)
	}
}

func (s *side) heap(ctx context.Context, end time.Time) {
	gap, next := time.Until(end)/time.Duration(s.o.heaps-1), time.Now()
	for i := 1; i < s.o.heaps-1; i++ {
		if next = next.Add(gap); !sleepUntil(ctx, next) {
			return
		}
		s.profile(ctx, fmt.Sprintf("heap-%03d.pprof", i), "heap", "")
	}
}

func sleepUntil(ctx context.Context, t time.Time) bool {
	timer := time.NewTimer(time.Until(t))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// memstats is the part of runtime.MemStats that the pauses need.
type memstats struct {
	NumGC       uint32
	HeapAlloc   uint64
	HeapInuse   uint64
	HeapObjects uint64
	TotalAlloc  uint64
	NextGC      uint64
	PauseNs     []uint64
	PauseEnd    []uint64
}

// pauses turns looks at expvar's memstats into one row a GC cycle. A row's
// heap_alloc and next_gc are those of the look that first saw the cycle. The
// series, where it is asked for, comes from the same looks.
func (s *side) pauses(ctx context.Context, end time.Time) {
	if s.o.poll == 0 {
		return
	}
	var out, series bytes.Buffer
	series.WriteString("timestamp,metric,value\n")
	out.WriteString("timestamp,pause_ns,num_gc,heap_alloc,next_gc\n")
	began, last, seen := time.Now(), uint32(0), false
	row := began
	for next := began; next.Before(end) && sleepUntil(ctx, next); next = next.Add(s.o.poll) {
		var v struct {
			Memstats   *memstats `json:"memstats"`
			Goroutines *int64    `json:"goroutines"`
			LockWait   *float64  `json:"mutex_wait_seconds"`
		}
		if err := s.vars(ctx, &v); err != nil {
			s.note(fmt.Errorf("gc_pause.csv: %w", err))
			return
		}
		m := v.Memstats
		if m == nil || len(m.PauseNs) != ringSize || len(m.PauseEnd) != ringSize {
			s.note(errors.New("gc_pause.csv: no memstats in /debug/vars"))
			return
		}
		if now := time.Now(); s.o.series > 0 && !now.Before(row) {
			row = now.Add(s.o.series - s.o.poll/2)
			m.rows(&series, now.UTC().Format(time.RFC3339Nano), v.Goroutines, v.LockWait)
		}
		if !seen || m.NumGC < last { // the first look, or another life of the process
			if seen {
				fmt.Fprintf(&out, "# num_gc fell from %d to %d: the process was restarted\n", last, m.NumGC)
			}
			seen, last = true, m.NumGC
			continue
		}
		if lost := int64(m.NumGC) - int64(last) - ringSize; lost > 0 {
			fmt.Fprintf(&out, "# ring overflowed: %d cycles after %d were not seen, poll more often\n", lost, last)
			last += uint32(lost)
		}
		for ; last < m.NumGC; last++ { // cycle n = last+1 sits at (n-1) mod 256
			at := last % ringSize
			fmt.Fprintf(&out, "%s,%d,%d,%d,%d\n", time.Unix(0, int64(m.PauseEnd[at])).UTC().Format(time.RFC3339Nano),
				m.PauseNs[at], last+1, m.HeapAlloc, m.NextGC)
		}
	}
	s.save("gc_pause.csv", out.Bytes(), s.o.zip, began, time.Now())
	if s.o.series > 0 {
		s.save("series.csv", series.Bytes(), s.o.zip, began, time.Now())
	}
}

func (m *memstats) rows(to *bytes.Buffer, now string, goroutines *int64, lockWait *float64) {
	if goroutines != nil {
		fmt.Fprintf(to, "%s,go_goroutines,%d\n", now, *goroutines)
	}
	if lockWait != nil {
		fmt.Fprintf(to, "%s,/sync/mutex/wait/total:seconds,%g\n", now, *lockWait)
	}
	fmt.Fprintf(to, "%s,HeapAlloc,%d\n%s,HeapInuse,%d\n%s,HeapObjects,%d\n%s,TotalAlloc,%d\n%s,NextGC,%d\n%s,NumGC,%d\n",
		now, m.HeapAlloc, now, m.HeapInuse, now, m.HeapObjects, now, m.TotalAlloc, now, m.NextGC, now, m.NumGC)
}

func (s *side) vars(ctx context.Context, into any) error {
	raw, err := s.get(ctx, "/debug/vars")
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

func (s *side) profile(ctx context.Context, name, kind, query string) {
	t0 := time.Now()
	raw, err := s.get(ctx, "/debug/pprof/"+kind+query)
	if err == nil && (len(raw) < 2 || raw[0] != 0x1f || raw[1] != 0x8b) {
		err = errors.New("the answer is no profile")
	}
	if err != nil {
		s.note(fmt.Errorf("%s: %w", name, err))
		return
	}
	if kind == "profile" {
		s.save(name, raw, false, t0, time.Now())
	} else {
		s.save(name, raw, false, t0)
	}
}

func (s *side) text(ctx context.Context, name, path string) {
	t0 := time.Now()
	raw, err := s.get(ctx, path)
	if err != nil {
		s.note(fmt.Errorf("%s: %w", name, err))
		return
	}
	s.save(name, raw, s.o.zip, t0)
}

// get reads one answer whole; an error status is an error, never a file.
func (s *side) get(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(s.o.cpuSeconds)*time.Second+30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(s.o.url, "/")+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s", path, res.Status)
	case len(raw) > maxBody:
		return nil, fmt.Errorf("%s: more than %d bytes", path, maxBody)
	}
	return raw, nil
}

func (s *side) note(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	s.failed = append(s.failed, err)
	s.mu.Unlock()
}

// save writes a file and remembers its time: none for what carries its own, one
// for what was taken at an instant, two for what covers a span.
func (s *side) save(name string, raw []byte, zip bool, times ...time.Time) {
	if zip {
		var b bytes.Buffer
		zw := gzip.NewWriter(&b)
		zw.Write(raw) // a bytes.Buffer takes everything
		zw.Close()
		name, raw = name+".gz", b.Bytes()
	}
	if err := os.WriteFile(filepath.Join(s.o.out, name), raw, 0o644); err != nil {
		s.note(err)
		return
	}
	if len(times) == 0 {
		return
	}
	when := span{T0: times[0].UTC()}
	if len(times) > 1 {
		end := times[1].UTC()
		when.T1 = &end
	}
	s.mu.Lock()
	s.files[name] = when
	s.mu.Unlock()
}

// beside copies the load report, when it has stopped growing, and counts what
// was answered while the capture ran.
func (s *side) beside(ctx context.Context, started, ended time.Time) {
	if s.o.load == "" {
		return
	}
	limit, size, since := time.Now().Add(s.o.loadWait), int64(-1), time.Now()
	for time.Now().Before(limit) {
		info, err := os.Stat(s.o.load)
		if err == nil && info.Size() == size && time.Since(since) > 2500*time.Millisecond {
			break
		}
		if err == nil && info.Size() != size {
			size, since = info.Size(), time.Now()
		}
		if !sleepUntil(ctx, time.Now().Add(250*time.Millisecond)) {
			break
		}
	}
	raw, err := os.ReadFile(s.o.load)
	if err != nil {
		s.note(fmt.Errorf("load report: %w", err))
		return
	}
	if s.o.requests == 0 {
		s.o.requests = answered(raw, started, ended)
	}
	s.save("load"+filepath.Ext(s.o.load), raw, s.o.zip)
}

// answered adds up the column "requests" of the rows that begin between
// started and ended; 0 when the report is no such CSV.
func answered(raw []byte, started, ended time.Time) int64 {
	var sum int64
	at, count := -1, -1
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		cells := strings.Split(lines.Text(), ",")
		if at < 0 {
			for i, c := range cells {
				switch c {
				case "timestamp":
					at = i
				case "requests":
					count = i
				}
			}
			if at < 0 || count < 0 {
				return 0
			}
			continue
		}
		if len(cells) <= max(at, count) {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, cells[at])
		n, err2 := strconv.ParseInt(cells[count], 10, 64)
		if err == nil && err2 == nil && !t.Before(started) && t.Before(ended) {
			sum += n
		}
	}
	return sum
}

// manifest writes run.json.
func (s *side) manifest(started, ended time.Time) error {
	var v map[string]json.RawMessage
	settings := pairs{}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if s.vars(ctx, &v) == nil && v[s.o.vars] != nil {
		dec := json.NewDecoder(bytes.NewReader(v[s.o.vars]))
		dec.UseNumber()
		if err := dec.Decode(&settings); err != nil {
			s.note(fmt.Errorf("expvar %q is no map: %w", s.o.vars, err))
		}
	}
	for k, val := range s.o.settings {
		settings[k] = val
	}
	doc := struct {
		Schema   string          `json:"schema"`
		Name     string          `json:"name,omitempty"`
		Revision string          `json:"revision,omitempty"`
		Started  time.Time       `json:"started"`
		Ended    time.Time       `json:"ended"`
		Requests int64           `json:"requests,omitempty"`
		Settings pairs           `json:"settings,omitempty"`
		Labels   pairs           `json:"labels,omitempty"`
		Files    map[string]span `json:"files"`
	}{"attrib-run/1", s.o.name, s.o.revision, started.UTC(), ended.UTC(), s.o.requests, settings, s.o.labels, s.files}
	raw, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.o.out, "run.json"), append(raw, '\n'), 0o644)
}
