// SPDX-License-Identifier: GPL-3.0-or-later

// Package depot keeps copies of blocks in another process: its client and the
// process itself.
package depot

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

const maxBlock = 4 << 20

// Client asks one depot.
type Client struct {
	base string
	http http.Client
}

// NewClient keeps up to idle connections for the next call.
func NewClient(base string, idle int, timeout time.Duration) *Client {
	tr := &http.Transport{MaxIdleConns: idle, MaxIdleConnsPerHost: idle, DisableCompression: true}
	return &Client{base: base, http: http.Client{Transport: tr, Timeout: timeout}}
}

// Put stores a block.
func (c *Client) Put(ctx context.Context, name string, body []byte) error {
	_, err := c.call(ctx, http.MethodPut, "/blocks/"+name, body)
	return err
}

// Get reads a block.
func (c *Client) Get(ctx context.Context, name string) ([]byte, error) {
	return c.call(ctx, http.MethodGet, "/blocks/"+name, nil)
}

// Push gives a subscriber some events.
func (c *Client) Push(ctx context.Context, body []byte) error {
	_, err := c.call(ctx, http.MethodPost, "/push", body)
	return err
}

func (c *Client) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxBlock))
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 300 {
		return nil, fmt.Errorf("depot: %s %s: %s", method, path, res.Status)
	}
	return raw, nil
}
