// SPDX-License-Identifier: GPL-3.0-or-later

// Command load sends requests to caddy over HTTP/2 and TLS: assets, pages and
// templates as browsers do, lists and orders for the backend as programs do.
// Beside that schedule it can be guests: downloads nobody reads, feeds nobody
// leaves, a monitor that reads the admin endpoint.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"example.org/caddy/internal/site"
	"example.org/lab/kit/pace"
)

type client struct {
	target       string
	kept, single *http.Client
	single1000   int
	hosts1000    int
}

func newClient(target string) *client {
	over := func(once bool) *http.Client {
		return &http.Client{Transport: &http.Transport{
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // a certificate that caddy made for this run
			ForceAttemptHTTP2: true, DisableKeepAlives: once,
			DisableCompression: true, // asked for by hand: bodies are counted, not read
		}}
	}
	return &client{target: target, kept: over(false), single: over(true)}
}

// send says whether the answer came and was good.
func (c *client) send(ctx context.Context, rng *rand.Rand, method, path, body string) bool {
	req, err := http.NewRequestWithContext(ctx, method, c.target+path, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodGet && !strings.HasPrefix(path, "/api/") {
		req.Header.Set("Accept-Encoding", "zstd, gzip")
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) lab/1.0")
	if rng.IntN(1000) < c.hosts1000 {
		req.Host = fmt.Sprintf("c%07d.shop.test", rng.IntN(1e7))
	} else {
		req.Host = fmt.Sprintf("s%02d.shop.test", rng.IntN(20))
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	over := c.kept
	if rng.IntN(1000) < c.single1000 {
		over = c.single
	}
	res, err := over.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return false
	}
	return res.StatusCode < 400
}

func main() {
	single := flag.Int("single", 0, "requests of 1000 that take a connection of their own")
	hosts := flag.Int("hosts", 100, "requests of 1000 that name a host never named before")
	var g guests
	flag.Float64Var(&g.downloads, "downloads", 0, "downloads a second that nobody reads")
	flag.Float64Var(&g.feeds, "feeds", 0, "feeds a second that nobody leaves")
	flag.DurationVar(&g.after, "after", 0, "guests come after that time")
	flag.StringVar(&g.monitor, "monitor", "", "admin URL, for -looks")
	flag.Float64Var(&g.looks, "looks", 0, "looks a second at -paths of the admin URL")
	flag.StringVar(&g.paths, "paths", "/debug/vars", "what is looked at, with commas between")
	pace.Main(func(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
		c := newClient(o.Target)
		c.single1000, c.hosts1000 = *single, *hosts
		g.arrive(ctx, o)
		return []pace.Endpoint{
			{Name: "asset", Share: 25, Do: func(ctx context.Context, rng *rand.Rand) bool {
				return c.send(ctx, rng, http.MethodGet, fmt.Sprintf("/a/%d.%s", rng.IntN(site.Assets), []string{"css", "js"}[rng.IntN(2)]), "")
			}},
			{Name: "page", Share: 22, Do: func(ctx context.Context, rng *rand.Rand) bool {
				return c.send(ctx, rng, http.MethodGet, fmt.Sprintf("/p/%d.html", rng.IntN(site.Pages)), "")
			}},
			{Name: "view", Share: 13, Do: func(ctx context.Context, rng *rand.Rand) bool {
				return c.send(ctx, rng, http.MethodGet, fmt.Sprintf("/v/%d.html", rng.IntN(site.Pages)), "")
			}},
			{Name: "items", Share: 28, Do: func(ctx context.Context, rng *rand.Rand) bool {
				return c.send(ctx, rng, http.MethodGet, fmt.Sprintf("/api/items?from=%d", rng.IntN(400)), "")
			}},
			{Name: "order", Share: 12, Do: func(ctx context.Context, rng *rand.Rand) bool {
				return c.send(ctx, rng, http.MethodPost, "/api/orders", fmt.Sprintf(`[{"ID":%d,"Count":%d}]`, rng.IntN(400), 1+rng.IntN(5)))
			}},
		}, nil
	})
}

// guests is what comes beside the schedule, at even gaps, until its silence at
// the end; who stays, stays until the process ends.
type guests struct {
	downloads, feeds, looks float64
	after                   time.Duration
	monitor, paths          string
}

func (g *guests) arrive(stay context.Context, o *pace.Options) {
	ctx, cancel := context.WithCancel(stay)
	time.AfterFunc(o.Duration-o.Idle, cancel)
	every(ctx, g.after, g.downloads, func(int) { linger(stay, o.Target+"/d/large.bin", false) })
	every(ctx, g.after, g.feeds, func(int) { linger(stay, o.Target+"/api/feed", true) })
	paths := strings.Split(g.paths, ",")
	look := &http.Client{Timeout: 5 * time.Second}
	every(ctx, g.after, g.looks, func(n int) {
		if res, err := look.Get(g.monitor + paths[n%len(paths)]); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
	})
}

// every calls do rate times a second, each in a goroutine of its own.
func every(ctx context.Context, after time.Duration, rate float64, do func(n int)) {
	if rate <= 0 {
		return
	}
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(after):
		}
		tick := time.NewTicker(time.Duration(float64(time.Second) / rate))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				go do(n)
			}
		}
	}()
}
