// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// looks serves /debug/vars with the given NumGC in turn, the last one for ever.
func looks(t *testing.T, numGC ...uint32) *side {
	t.Helper()
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := memstats{NumGC: numGC[min(n, len(numGC)-1)], HeapAlloc: 7, NextGC: 9,
			PauseNs: make([]uint64, ringSize), PauseEnd: make([]uint64, ringSize)}
		n++
		for c := max(int(m.NumGC)-ringSize, 0) + 1; c <= int(m.NumGC); c++ {
			m.PauseNs[(c+255)%ringSize] = uint64(1000 + c)
			m.PauseEnd[(c+255)%ringSize] = uint64(c) * 1e9
		}
		json.NewEncoder(w).Encode(map[string]any{"memstats": m})
	}))
	t.Cleanup(srv.Close)
	o := &options{url: srv.URL, out: t.TempDir(), poll: 10 * time.Millisecond, cpuSeconds: 1}
	return &side{o: o, files: make(map[string]span)}
}

func rows(t *testing.T, s *side, d time.Duration) []string {
	t.Helper()
	s.pauses(context.Background(), time.Now().Add(d))
	raw, err := os.ReadFile(filepath.Join(s.o.out, "gc_pause.csv"))
	if err != nil {
		t.Fatal(err, s.failed)
	}
	return strings.Split(strings.TrimSpace(string(raw)), "\n")
}

func TestPausesEachCycleOnce(t *testing.T) {
	got := rows(t, looks(t, 254, 255, 255, 258), 100*time.Millisecond)
	want := []string{
		"timestamp,pause_ns,num_gc,heap_alloc,next_gc",
		"1970-01-01T00:04:15Z,1255,255,7,9",
		"1970-01-01T00:04:16Z,1256,256,7,9",
		"1970-01-01T00:04:17Z,1257,257,7,9",
		"1970-01-01T00:04:18Z,1258,258,7,9",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestPausesOverflowAndRestart(t *testing.T) {
	got := rows(t, looks(t, 10, 300, 2, 3), 100*time.Millisecond)
	if !strings.HasPrefix(got[1], "# ring overflowed: 34 cycles after 10 ") {
		t.Errorf("no word about the overflow: %s", got[1])
	}
	if !strings.HasSuffix(got[2], ",1045,45,7,9") || len(got) != 2+256+1+1 {
		t.Errorf("%d lines, first cycle %s", len(got), got[2])
	}
	tail := got[len(got)-2:]
	if !strings.HasPrefix(tail[0], "# num_gc fell from 300 to 2") || !strings.HasSuffix(tail[1], ",1003,3,7,9") {
		t.Errorf("restart: %q", tail)
	}
}

func TestErrorPageIsNoFile(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	o := &options{url: srv.URL, out: t.TempDir(), duration: time.Second, cpuSeconds: 1}
	if err := run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("err = %v", err)
	}
	if left, _ := os.ReadDir(o.out); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestAnswered(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	csv := "requests,timestamp\n1,2026-01-01T00:00:00.500Z\n10,2026-01-01T00:00:01.500Z\n" +
		"100,2026-01-01T00:00:02.500Z\nx,y\n1000,2026-01-01T00:00:03.500Z\n"
	if n := answered([]byte(csv), at("2026-01-01T00:00:01Z"), at("2026-01-01T00:00:03Z")); n != 110 {
		t.Errorf("answered = %d, want 110", n)
	}
	if n := answered([]byte("{}"), at("2026-01-01T00:00:01Z"), at("2026-01-01T00:00:03Z")); n != 0 {
		t.Errorf("no CSV: %d", n)
	}
}

func TestSeriesFromTheSameLooks(t *testing.T) {
	s := looks(t, 1, 2, 3)
	s.o.series = 30 * time.Millisecond
	rows(t, s, 100*time.Millisecond)
	raw, err := os.ReadFile(filepath.Join(s.o.out, "series.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(raw); !strings.HasPrefix(text, "timestamp,metric,value\n") || strings.Count(text, ",HeapAlloc,7\n") < 2 ||
		strings.Contains(text, "goroutines") {
		t.Error(text)
	}
	s.o.poll = 0
	s.o.out = t.TempDir()
	s.pauses(context.Background(), time.Now().Add(time.Second))
	if left, _ := os.ReadDir(s.o.out); len(left) != 0 {
		t.Errorf("no looks were asked for: %v", left)
	}
}
