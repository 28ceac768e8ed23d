// SPDX-License-Identifier: GPL-3.0-or-later

// Package risk asks the address service how far a device at an address can be
// trusted.
package risk

import (
	"context"
	"encoding/json"
	"errors"
	"expvar"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Score is its answer.
type Score struct {
	Score   int    `json:"score"`
	Zone    string `json:"zone"`
	Network string `json:"network"`
}

// Options of a Client.
type Options struct {
	Base  string // URL
	Idle  int    // idle connections
	Reuse bool   // one transport for all calls
	Drain bool   // the evidence behind the score is read too
	Tries int
	Limit time.Duration // of one try
	Plain bool          // a bare socket instead of the HTTP client
}

// Client asks.
type Client struct {
	o    Options
	http *http.Client
}

var (
	calls    = expvar.NewInt("risk_calls")
	attempts = expvar.NewInt("risk_attempts")
)

// New returns a client.
func New(o Options) *Client {
	c := &Client{o: o}
	c.http = c.client()
	return c
}

func (c *Client) client() *http.Client {
	dial := &net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{Timeout: c.o.Limit, Transport: &http.Transport{
		DialContext: dial.DialContext, MaxIdleConns: c.o.Idle, MaxIdleConnsPerHost: c.o.Idle, IdleConnTimeout: 2 * time.Second,
	}}
}

var errBusy = errors.New("risk: busy")

// Score asks about a device at an address.
func (c *Client) Score(ctx context.Context, address, device string) (Score, error) {
	query := url.Values{"address": {address}, "device": {device}}.Encode()
	calls.Add(1)
	for n := 1; ; n++ {
		attempts.Add(1)
		s, err := c.ask(ctx, query)
		if err == nil || n >= c.o.Tries || ctx.Err() != nil {
			return s, err
		}
	}
}

func (c *Client) ask(ctx context.Context, query string) (Score, error) {
	if c.o.Plain {
		return c.bare(query)
	}
	var s Score
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.o.Base+"/score?"+query, nil)
	if err != nil {
		return s, err
	}
	client := c.http
	if !c.o.Reuse {
		client = c.client()
	}
	res, err := client.Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusServiceUnavailable:
		io.Copy(io.Discard, res.Body)
		return s, errBusy
	case res.StatusCode != http.StatusOK:
		return s, fmt.Errorf("risk: status %d", res.StatusCode)
	}
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		return s, fmt.Errorf("risk: %w", err)
	}
	if c.o.Drain {
		_, err = io.Copy(io.Discard, res.Body)
	}
	return s, err
}

// bare talks HTTP/1.0, as the agents on the edge nodes do.
func (c *Client) bare(query string) (Score, error) {
	var s Score
	host := strings.TrimPrefix(c.o.Base, "http://")
	text, err := exchange(host, "GET /score?"+query+" HTTP/1.0\r\nHost: "+host+"\r\n\r\n")
	if err != nil {
		return s, err
	}
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	switch {
	case strings.Contains(head[:min(len(head), 16)], " 503"):
		return s, errBusy
	case !strings.Contains(head[:min(len(head), 16)], " 200"):
		return s, fmt.Errorf("risk: status %.16q", head)
	}
	return s, json.NewDecoder(strings.NewReader(body)).Decode(&s)
}
