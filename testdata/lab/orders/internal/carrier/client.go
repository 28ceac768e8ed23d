// SPDX-License-Identifier: GPL-3.0-or-later

// Package carrier talks to the peer: carriers, warehouse and mail gateway.
package carrier

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// Client is one peer behind one base URL.
type Client struct {
	base string
	http *http.Client
}

// NewClient keeps up to idle connections between calls (none if negative) and
// opens most at a time (0: as many as it takes).
func NewClient(base string, idle, most int, timeout time.Duration) *Client {
	tr := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:        max(idle, 0),
		MaxIdleConnsPerHost: max(idle, 0),
		MaxConnsPerHost:     most,
		DisableKeepAlives:   idle < 0,
		IdleConnTimeout:     90 * time.Second,
	}
	return &Client{base: base, http: &http.Client{Transport: tr, Timeout: timeout}}
}

// post sends a JSON body and reads a JSON answer, draining it for reuse.
func (c *Client) post(ctx context.Context, path string, body, answer any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("peer %s: %s", path, res.Status)
	}
	return json.Unmarshal(got, answer)
}

// Hold asks the warehouse to set pieces aside.
func (c *Client) Hold(ctx context.Context, sku string, count int) (string, error) {
	var a struct {
		Hold string `json:"hold"`
	}
	err := c.post(ctx, "/hold", map[string]any{"sku": sku, "count": count}, &a)
	return a.Hold, err
}

// Mail hands a message to the mail gateway.
func (c *Client) Mail(ctx context.Context, to, subject string, body []byte) error {
	var a struct {
		Status string `json:"status"`
	}
	return c.post(ctx, "/mail", map[string]any{"to": to, "subject": subject, "body": string(body)}, &a)
}
