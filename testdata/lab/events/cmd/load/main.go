// SPDX-License-Identifier: GPL-3.0-or-later

// Command load sends events, in batches over HTTP and over connections that
// stay, and asks what came in. See package pace for how it sends.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"example.org/lab/kit/pace"

	"example.org/events/internal/event"
)

const tenants = 40

type client struct {
	target string
	feeds  string
	size   int
	quiet  int
	idle   chan net.Conn
	silent []net.Conn
	http   *http.Client
}

func main() {
	c := new(client)
	flag.IntVar(&c.size, "size", 30, "events in a batch, on average")
	flag.IntVar(&c.quiet, "quiet", 0, "feed connections that send nothing")
	flag.StringVar(&c.feeds, "feed", "", "address that takes feeds")
	pace.Main(func(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
		c.target = o.Target
		c.idle = make(chan net.Conn, 32)
		c.http = &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64, DisableCompression: true}}
		if err := c.connect(ctx); err != nil {
			return nil, err
		}
		return []pace.Endpoint{
			{Name: "batch", Share: 41, Do: c.batch},
			{Name: "sure", Share: 10, Do: c.sure},
			{Name: "feed", Share: 18, Do: c.feed},
			{Name: "windows", Share: 12, Do: c.windows},
			{Name: "top", Share: 5, Do: c.top},
			{Name: "tail", Share: 8, Do: c.tail},
			{Name: "cold", Share: 6, Do: c.cold},
		}, nil
	})
}

// connect opens the connections that send nothing.
func (c *client) connect(ctx context.Context) error {
	var d net.Dialer
	for range c.quiet {
		conn, err := d.DialContext(ctx, "tcp", c.feeds)
		if err != nil {
			return err
		}
		c.silent = append(c.silent, conn)
	}
	return nil
}

// do sends a request and reads the answer.
func (c *client) do(ctx context.Context, method, path string, body []byte, tenant string) bool {
	req, err := http.NewRequestWithContext(ctx, method, c.target+path, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if tenant != "" {
		req.Header.Set("X-Tenant", tenant)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return false
	}
	return res.StatusCode < 400
}

func (c *client) batch(ctx context.Context, rng *rand.Rand) bool {
	tenant := tenant(rng)
	return c.do(ctx, http.MethodPost, "/v1/batch", c.lines(rng, tenant), tenant)
}

func (c *client) sure(ctx context.Context, rng *rand.Rand) bool {
	tenant := tenant(rng)
	return c.do(ctx, http.MethodPost, "/v1/batch?sure=1", c.lines(rng, tenant), tenant)
}

func (c *client) windows(ctx context.Context, rng *rand.Rand) bool {
	return c.do(ctx, http.MethodGet, "/v1/windows?tenant="+tenant(rng), nil, "")
}

func (c *client) top(ctx context.Context, rng *rand.Rand) bool {
	by := []string{"country", "section", "tenant", "both"}[rng.IntN(4)]
	return c.do(ctx, http.MethodGet, "/v1/top?n=20&by="+by, nil, "")
}

func (c *client) tail(ctx context.Context, rng *rand.Rand) bool {
	return c.do(ctx, http.MethodGet, "/v1/tail?n=120&tenant="+url.QueryEscape(tenant(rng)), nil, "")
}

func (c *client) cold(ctx context.Context, rng *rand.Rand) bool {
	return c.do(ctx, http.MethodGet, fmt.Sprintf("/v1/cold?back=%d", rng.IntN(150)), nil, "")
}

// feed sends messages on a connection that is free, or a new one.
func (c *client) feed(ctx context.Context, rng *rand.Rand) bool {
	var conn net.Conn
	select {
	case conn = <-c.idle:
	default:
		var d net.Dialer
		var err error
		if conn, err = d.DialContext(ctx, "tcp", c.feeds); err != nil {
			return false
		}
	}
	if end, ok := ctx.Deadline(); ok {
		conn.SetDeadline(end)
	}
	var raw [4]byte
	n := c.count(rng)
	binary.BigEndian.PutUint32(raw[:], uint32(n))
	body := raw[:]
	var e event.Event
	for range n {
		fill(&e, rng, tenant(rng))
		body = e.AppendWire(body)
	}
	if _, err := conn.Write(body); err != nil {
		conn.Close()
		return false
	}
	if _, err := io.ReadFull(conn, raw[:]); err != nil {
		conn.Close()
		return false
	}
	select {
	case c.idle <- conn:
	default:
		conn.Close()
	}
	return binary.BigEndian.Uint32(raw[:]) == uint32(n)
}

func (c *client) count(rng *rand.Rand) int { return c.size/2 + rng.IntN(c.size+1) }

func (c *client) lines(rng *rand.Rand, tenant string) []byte {
	var b bytes.Buffer
	var e event.Event
	for range c.count(rng) {
		fill(&e, rng, tenant)
		fmt.Fprintf(&b, `{"id":%q,"tenant":%q,"kind":%q,"path":%q,"ip":%q,"agent":%q,"user":%d,"at":%d,"ms":%.2f,"bytes":%d`,
			e.ID, e.Tenant, e.Kind, e.Path, e.IP, e.Agent, e.User, e.At, e.Millis, e.Bytes)
		if e.User%3 == 0 {
			fmt.Fprintf(&b, `,"tags":{"lang":%q,"campaign":"c%d"}`, []string{"de", "en", "fr"}[e.User%3], e.User%17)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

func tenant(rng *rand.Rand) string {
	return fmt.Sprintf("t%02d", rng.IntN(tenants)*rng.IntN(tenants)/tenants)
}

var (
	kinds  = []string{"view", "view", "view", "click", "click", "play", "buy", "error"}
	agents = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_%d) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
		"Mozilla/5.0 (Linux; Android 14; Mobile) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Mobile Safari/537.36",
		"Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/115.0",
		"site-check/%d.2 (monitor)",
	}
	paths = []string{"/shop/item-%d", "/cart", "/media/2024/picture-%d.jpg", "/help/returns", "/login", "/blog/%d-news-of-the-week", "/search?q=%d", "/"}
)

func fill(e *event.Event, rng *rand.Rand, tenant string) {
	user := uint32(rng.ExpFloat64() * 4000)
	at := time.Now()
	if rng.IntN(1000) < 3 {
		at = at.Add(-time.Duration(3+rng.IntN(20)) * time.Second) // was offline
	}
	*e = event.Event{
		ID: fmt.Sprintf("%016x", rng.Uint64()), Tenant: tenant, Kind: kinds[rng.IntN(len(kinds))],
		Path: with(paths[rng.IntN(len(paths))], rng.IntN(900)), IP: fmt.Sprintf("%d.%d.%d.%d", 1+rng.IntN(222), rng.IntN(256), user%256, 7),
		Agent: with(agents[rng.IntN(len(agents))], int(rng.ExpFloat64()*24)), User: user, At: at.UnixMilli(),
		Millis: rng.ExpFloat64() * 80, Bytes: int64(rng.ExpFloat64() * 9000),
	}
	if rng.IntN(100) < 4 {
		e.ID = fmt.Sprintf("%016x", rng.IntN(40)) // sent again by a client that was not sure
	}
}

// with puts n into a pattern that has a place for it.
func with(pattern string, n int) string {
	if !bytes.Contains([]byte(pattern), []byte("%d")) {
		return pattern
	}
	return fmt.Sprintf(pattern, n)
}
