// SPDX-License-Identifier: GPL-3.0-or-later

// Command load asks the order service: orders placed, read and shown, the
// catalogue searched, stock looked at. See package pace for how it sends.
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
	"sync/atomic"
	"time"

	"example.org/lab/kit/pace"
)

func main() { pace.Main(table) }

type shopper struct {
	target string
	client *http.Client
	skus   []string
	newest atomic.Int64
}

func table(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
	tr := &http.Transport{
		MaxIdleConns: 64, MaxIdleConnsPerHost: 64, // what a short jam opened goes away again
		DisableCompression: true, // asked for by hand: bodies are counted, not read
	}
	s := &shopper{target: o.Target, client: &http.Client{Transport: tr}}
	if err := s.learn(ctx); err != nil {
		return nil, err
	}
	return []pace.Endpoint{
		{Name: "place", Share: 24, Do: s.place},
		{Name: "order", Share: 27, Do: s.order},
		{Name: "search", Share: 23, Do: s.search},
		{Name: "page", Share: 16, Do: s.page},
		{Name: "stock", Share: 10, Do: s.stock},
	}, nil
}

// learn asks the service what it sells.
func (s *shopper) learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.target+"/skus", nil)
	if err != nil {
		return err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&s.skus); err != nil {
		return fmt.Errorf("%s/skus: %w", s.target, err)
	}
	if len(s.skus) == 0 {
		return fmt.Errorf("%s/skus: nothing is sold", s.target)
	}
	return nil
}

func (s *shopper) ask(ctx context.Context, method, path, body string) bool {
	req, err := http.NewRequestWithContext(ctx, method, s.target+path, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := s.client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if method == http.MethodPost && res.StatusCode == http.StatusCreated {
		if id, err := strconv.ParseInt(res.Header.Get("X-Order-Id"), 10, 64); err == nil {
			s.seen(id)
		}
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return false
	}
	return res.StatusCode < 400
}

func (s *shopper) seen(id int64) {
	for old := s.newest.Load(); id > old; old = s.newest.Load() {
		if s.newest.CompareAndSwap(old, id) {
			return
		}
	}
}

func (s *shopper) place(ctx context.Context, rng *rand.Rand) bool {
	return s.ask(ctx, http.MethodPost, "/orders", s.basket(rng))
}

// recent asks for one of the last orders; the first ones are still to be placed.
func (s *shopper) recent(ctx context.Context, rng *rand.Rand, tail string) bool {
	newest := s.newest.Load()
	if newest == 0 {
		return s.place(ctx, rng)
	}
	id := max(1, newest-int64(min(rng.ExpFloat64()*400, 4000)))
	return s.ask(ctx, http.MethodGet, fmt.Sprintf("/orders/%d%s", id, tail), "")
}

func (s *shopper) order(ctx context.Context, rng *rand.Rand) bool { return s.recent(ctx, rng, "") }
func (s *shopper) page(ctx context.Context, rng *rand.Rand) bool  { return s.recent(ctx, rng, "/page") }

func (s *shopper) search(ctx context.Context, rng *rand.Rand) bool {
	return s.ask(ctx, http.MethodGet, "/catalog?q="+words[rng.IntN(len(words))], "")
}

func (s *shopper) stock(ctx context.Context, rng *rand.Rand) bool {
	return s.ask(ctx, http.MethodGet, "/stock/"+s.sku(rng), "")
}

var (
	words  = []string{"steel", "lamp", "wooden+shelf", "garden", "blue+ladder", "office", "tools+saw", "quiet", "bench", "kitchen+plane"}
	groups = []string{"bath", "garden", "kitchen", "office", "paint", "tools"}
)

func (s *shopper) sku(rng *rand.Rand) string { return s.skus[rng.IntN(len(s.skus))] }

func (s *shopper) basket(rng *rand.Rand) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"customer":"c%05d","express":%t,"note":"leave it %s","lines":[`,
		int(rng.ExpFloat64()*3000), rng.IntN(100) < 12, groups[rng.IntN(len(groups))])
	for i := range 2 + rng.IntN(6) {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":%q,"count":%d}`, s.sku(rng), 1+rng.IntN(4))
	}
	b.WriteString("]}")
	return b.String()
}
