// SPDX-License-Identifier: GPL-3.0-or-later

package pace

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"
)

// cell is what one endpoint did in one second.
type cell struct {
	offered, done, errors int
	ms                    []float64
}

func (c *cell) add(o *cell) {
	c.offered += o.offered
	c.done += o.done
	c.errors += o.errors
	c.ms = append(c.ms, o.ms...)
}

type total struct {
	offered, done, errors int
	p50, p95, p99         float64
}

// book counts by second of completion and writes a row when its second is
// over; offers are counted in the second they were meant for.
type book struct {
	mu     sync.Mutex
	start  time.Time
	names  []string
	file   *os.File
	out    *bufio.Writer
	byPath bool
	users  int // of a closed loop
	next   int
	rows   map[int][]cell
	all    cell
	err    error
	quit   chan struct{}
	ended  sync.WaitGroup
}

// lag is how long a second stays open for its last records.
const lag = 200 * time.Millisecond

func newBook(path string, byPath bool, names []string, start time.Time, users int) (*book, error) {
	b := &book{start: start, names: names, byPath: byPath, users: users, rows: make(map[int][]cell), quit: make(chan struct{})}
	if path != "" {
		f, err := os.Create(path)
		if err != nil {
			return nil, err
		}
		b.file, b.out = f, bufio.NewWriter(f)
		head := "timestamp,requests,errors,p50_ms,p95_ms,p99_ms,offered"
		if byPath {
			head += ",endpoint"
		}
		if users > 0 {
			head += ",vus"
		}
		fmt.Fprintln(b.out, head)
	}
	return b, nil
}

// live writes rows while the load goes on, until close.
func (b *book) live() {
	b.ended.Add(1)
	go b.tick()
}

func (b *book) tick() {
	defer b.ended.Done()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			b.mu.Lock()
			b.writeBefore(b.second(now.Add(-lag)))
			b.mu.Unlock()
		case <-b.quit:
			return
		}
	}
}

func (b *book) second(t time.Time) int { return int(t.Sub(b.start) / time.Second) }

// cell finds the cell of a time; a second already written takes no more, its
// late record goes to the next.
func (b *book) cell(t time.Time, endpoint int) *cell {
	n := max(b.second(t), b.next)
	row := b.rows[n]
	if row == nil {
		row = make([]cell, len(b.names))
		b.rows[n] = row
	}
	return &row[endpoint]
}

func (b *book) offer(meant time.Time, endpoint int) {
	b.mu.Lock()
	b.cell(meant, endpoint).offered++
	b.mu.Unlock()
}

func (b *book) done(now time.Time, endpoint int, took time.Duration, ok bool) {
	b.mu.Lock()
	c := b.cell(now, endpoint)
	c.done++
	if !ok {
		c.errors++
	}
	c.ms = append(c.ms, float64(took)/1e6)
	b.mu.Unlock()
}

// writeBefore writes and forgets the seconds before n; the caller holds b.mu.
func (b *book) writeBefore(n int) {
	for ; b.next < n; b.next++ {
		row := b.rows[b.next]
		delete(b.rows, b.next)
		if row == nil {
			row = make([]cell, len(b.names))
		}
		var sum cell
		for i := range row {
			sum.add(&row[i])
			if b.byPath {
				b.write(&row[i], ","+b.names[i])
			}
		}
		if !b.byPath {
			b.write(&sum, "")
		}
		b.all.add(&sum)
	}
	if b.out != nil && b.err == nil {
		b.err = b.out.Flush()
	}
}

func (b *book) write(c *cell, tail string) {
	if b.out == nil || b.err != nil {
		return
	}
	at := b.start.Add(time.Duration(b.next) * time.Second).UTC()
	slices.Sort(c.ms)
	if b.users > 0 {
		tail += fmt.Sprintf(",%d", b.users)
	}
	_, b.err = fmt.Fprintf(b.out, "%s,%d,%d,%.3f,%.3f,%.3f,%d%s\n", at.Format("2006-01-02T15:04:05.000Z07:00"),
		c.done, c.errors, rank(c.ms, 50), rank(c.ms, 95), rank(c.ms, 99), c.offered, tail)
}

// rank is the nearest-rank percentile of sorted values, 0 of none.
func rank(sorted []float64, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

// close writes what is left and closes the file.
func (b *book) close() (total, error) {
	close(b.quit)
	b.ended.Wait()
	last := b.next
	for n := range b.rows {
		last = max(last, n+1)
	}
	b.writeBefore(last)
	if b.file != nil {
		b.err = errors.Join(b.err, b.file.Close())
	}
	slices.Sort(b.all.ms)
	return total{b.all.offered, b.all.done, b.all.errors,
		rank(b.all.ms, 50), rank(b.all.ms, 95), rank(b.all.ms, 99)}, b.err
}
