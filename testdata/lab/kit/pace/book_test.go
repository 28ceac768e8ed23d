// SPDX-License-Identifier: GPL-3.0-or-later

package pace

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRank(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, c := range []struct {
		values  []float64
		percent int
		want    float64
	}{{ten, 50, 5}, {ten, 95, 10}, {ten, 10, 1}, {ten[:1], 99, 1}, {nil, 50, 0}} {
		if got := rank(c.values, c.percent); got != c.want {
			t.Errorf("rank(%v, %d) = %v, want %v", c.values, c.percent, got, c.want)
		}
	}
}

func TestRowsBySecondOfCompletion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "load.csv")
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b, err := newBook(path, false, []string{"a", "b"}, start, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	b.offer(at(900), 0)
	b.offer(at(950), 1)
	b.done(at(990), 0, 90*time.Millisecond, true)
	b.done(at(2100), 1, 1150*time.Millisecond, false)
	sum, err := b.close()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "timestamp,requests,errors,p50_ms,p95_ms,p99_ms,offered\n" +
		"2026-01-01T00:00:00.000Z,1,0,90.000,90.000,90.000,2\n" +
		"2026-01-01T00:00:01.000Z,0,0,0.000,0.000,0.000,0\n" +
		"2026-01-01T00:00:02.000Z,1,1,1150.000,1150.000,1150.000,0\n"
	if string(raw) != want {
		t.Errorf("got\n%s", raw)
	}
	if sum.offered != 2 || sum.done != 2 || sum.errors != 1 || sum.p50 != 90 {
		t.Errorf("sum = %+v", sum)
	}
}
