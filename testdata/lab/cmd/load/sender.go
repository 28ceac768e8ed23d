// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// share of each endpoint in the mix, in percent.
var mix = []struct {
	name  string
	share int
}{
	{"place", 24}, {"order", 27}, {"search", 23}, {"page", 16}, {"stock", 10},
}

type shot struct {
	endpoint int
	method   string
	path     string
	body     string
}

type sender struct {
	o       options
	rng     *rand.Rand
	client  *http.Client
	book    *book
	skus    []string
	newest  atomic.Int64
	dropped atomic.Int64
	running sync.WaitGroup
	places  chan struct{}
}

func newSender(o options, b *book, skus []string) *sender {
	tr := &http.Transport{
		MaxIdleConns: 64, MaxIdleConnsPerHost: 64, // what a short jam opened goes away again
		DisableCompression: true, // asked for by hand: bodies are counted, not read
	}
	return &sender{
		o: o, book: b, skus: skus,
		rng:    rand.New(rand.NewPCG(o.seed, 1)),
		client: &http.Client{Transport: tr, Timeout: o.timeout},
		places: make(chan struct{}, o.inflight),
	}
}

// send keeps the schedule and ends when its time, its count or ctx is over and
// every answer is in (or has timed out).
func (s *sender) send(ctx context.Context) {
	start := time.Now()
	next := start
	for n := 0; n < s.o.most; n++ {
		gap := 1 / s.o.rate
		if !s.o.even {
			gap *= s.rng.ExpFloat64()
		}
		next = next.Add(time.Duration(gap * float64(time.Second)))
		if next.Sub(start) >= s.o.duration || !sleepUntil(ctx, next) {
			break
		}
		s.fire(next, s.pick())
	}
	s.running.Wait()
}

func sleepUntil(ctx context.Context, t time.Time) bool {
	d := time.Until(t)
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *sender) fire(meant time.Time, sh shot) {
	s.book.offer(meant, sh.endpoint)
	select {
	case s.places <- struct{}{}:
	default:
		s.dropped.Add(1)
		return
	}
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		ok := s.one(sh)
		now := time.Now()
		s.book.done(now, sh.endpoint, now.Sub(meant), ok)
		<-s.places
	}()
}

func (s *sender) one(sh shot) bool {
	req, err := http.NewRequest(sh.method, s.o.target+sh.path, strings.NewReader(sh.body))
	if err != nil {
		return false
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if sh.method == http.MethodPost && res.StatusCode == http.StatusCreated {
		if id, err := strconv.ParseInt(res.Header.Get("X-Order-Id"), 10, 64); err == nil {
			s.seen(id)
		}
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return false
	}
	return res.StatusCode < 400
}

func (s *sender) seen(id int64) {
	for old := s.newest.Load(); id > old; old = s.newest.Load() {
		if s.newest.CompareAndSwap(old, id) {
			return
		}
	}
}

func (s *sender) pick() shot {
	at, sum, roll := 0, 0, s.rng.IntN(100)
	for at = range mix {
		if sum += mix[at].share; roll < sum {
			break
		}
	}
	newest := s.newest.Load()
	if newest == 0 {
		at = 0 // nothing to read yet
	}
	id := max(1, newest-int64(min(s.rng.ExpFloat64()*400, 4000)))
	switch mix[at].name {
	case "order":
		return shot{at, http.MethodGet, fmt.Sprintf("/orders/%d", id), ""}
	case "page":
		return shot{at, http.MethodGet, fmt.Sprintf("/orders/%d/page", id), ""}
	case "search":
		return shot{at, http.MethodGet, "/catalog?q=" + words[s.rng.IntN(len(words))], ""}
	case "stock":
		return shot{at, http.MethodGet, "/stock/" + s.sku(), ""}
	}
	return shot{at, http.MethodPost, "/orders", s.basket()}
}

var (
	words  = []string{"steel", "lamp", "wooden+shelf", "garden", "blue+ladder", "office", "tools+saw", "quiet", "bench", "kitchen+plane"}
	groups = []string{"bath", "garden", "kitchen", "office", "paint", "tools"}
)

// learn asks the service what it sells.
func learn(ctx context.Context, target string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"/skus", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var skus []string
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&skus); err != nil {
		return nil, fmt.Errorf("%s/skus: %w", target, err)
	}
	if len(skus) == 0 {
		return nil, fmt.Errorf("%s/skus: nothing is sold", target)
	}
	return skus, nil
}

func (s *sender) sku() string {
	return s.skus[s.rng.IntN(len(s.skus))]
}

func (s *sender) basket() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"customer":"c%05d","express":%t,"note":"leave it %s","lines":[`,
		int(s.rng.ExpFloat64()*3000), s.rng.IntN(100) < 12, groups[s.rng.IntN(len(groups))])
	for i := range 2 + s.rng.IntN(6) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":%q,"count":%d}`, s.sku(), 1+s.rng.IntN(4))
	}
	b.WriteString("]}")
	return b.String()
}
