// SPDX-License-Identifier: GPL-3.0-or-later

// Package wire asks the origin: stories, remarks, pictures.
package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/story"
)

// Client is one origin behind one base URL.
type Client struct {
	base   string
	http   *http.Client
	conns  int
	limit  *atomic.Int64
	tries  *atomic.Int64
	drain  *atomic.Int64
	own    *atomic.Int64
	room   *atomic.Int64
	number atomic.Int64
}

// New makes a client as the knobs say.
func New(base string, set *conf.Settings) *Client {
	c := &Client{
		base: base, conns: set.Int("wire.conns"),
		limit: set.Live("wire.limit"), tries: set.Live("wire.tries"), drain: set.Live("wire.drain"),
		own: set.Live("wire.own"), room: set.Live("wire.room"),
	}
	c.http = &http.Client{Transport: c.transport()}
	return c
}

func (c *Client) transport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 64,
		MaxConnsPerHost:     c.conns,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
	}
}

var errBusy = errors.New("wire: the origin asks to try again")

// get asks until there is an answer or no try is left. It does not end with
// the request that asked: an answer that comes after it still fills a shelf.
func (c *Client) get(path string, read func(*http.Response) error) error {
	var err error
	for range max(c.tries.Load(), 1) {
		if err = c.once(path, read); err == nil {
			return nil
		}
	}
	return err
}

func (c *Client) once(path string, read func(*http.Response) error) error {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if limit := c.limit.Load(); limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(limit))
	}
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-Number", strconv.FormatInt(c.number.Add(1), 36))
	res, err := c.door(path).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusServiceUnavailable:
		io.Copy(io.Discard, io.LimitReader(res.Body, 1<<16))
		return errBusy
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("wire: %s: %s", path, res.Status)
	}
	return read(res)
}

// door is the client that a path is asked through: pictures are large and may
// have a connection of their own.
func (c *Client) door(path string) *http.Client {
	own := c.own.Load()
	if own == 0 || own == 1 && !strings.HasPrefix(path, "/pictures/") {
		return c.http
	}
	return &http.Client{Transport: c.transport()}
}

func decode(into any) func(*http.Response) error {
	return func(res *http.Response) error {
		raw, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, into)
	}
}

// List is all stories, asked once at the start.
func (c *Client) List() (list []story.Story, err error) {
	err = c.get("/stories", decode(&list))
	return list, err
}

// Story is the newest text of one.
func (c *Client) Story(slug string) (*story.Story, error) {
	s := new(story.Story)
	if err := c.get("/stories/"+slug, decode(s)); err != nil {
		return nil, err
	}
	return s, nil
}

// Count is how many remarks a story has: the header says it.
func (c *Client) Count(slug string) (n int, err error) {
	err = c.get("/remarks/"+slug, func(res *http.Response) error {
		var err error
		if n, err = strconv.Atoi(res.Header.Get("X-Count")); err != nil {
			return err
		}
		if c.drain.Load() != 0 {
			_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20))
		}
		return err
	})
	return n, err
}

// Picture is one, as JPEG.
func (c *Client) Picture(n int) (raw []byte, err error) {
	err = c.get(fmt.Sprintf("/pictures/%d", n), func(res *http.Response) error {
		var err error
		raw, err = io.ReadAll(io.LimitReader(res.Body, 8<<20))
		return err
	})
	return raw, err
}

// Views hands a batch of view counts over.
func (c *Client) Views(batch string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/views", strings.NewReader(batch))
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<10))
	return err
}
