// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// web talks JSON to the member's gateway.
type web struct {
	base   string
	token  string
	client *http.Client
}

func newWeb(ctx context.Context, base string) (*web, error) {
	w := &web{base: strings.TrimRight(base, "/"), client: &http.Client{Transport: &http.Transport{MaxIdleConns: 16, MaxIdleConnsPerHost: 16}}}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	res, err := w.send(ctx, "/v3/auth/authenticate", map[string]string{"name": user(0), "password": password(0)})
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var got struct{ Token string }
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		return nil, fmt.Errorf("authenticate: %w", err)
	}
	w.token = got.Token
	return w, nil
}

func (w *web) send(ctx context.Context, path string, body any) (*http.Response, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+path, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if w.token != "" {
		req.Header.Set("Authorization", w.token)
	}
	res, err := w.client.Do(req)
	if err == nil && res.StatusCode != http.StatusOK {
		res.Body.Close()
		err = fmt.Errorf("%s: %s", path, res.Status)
	}
	return res, err
}

func (w *web) post(ctx context.Context, path string, body any) bool {
	res, err := w.send(ctx, path, body)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil
}

// follow watches a prefix until ctx ends.
func (w *web) follow(ctx context.Context, prefix string) {
	end := prefix[:len(prefix)-1] + string(prefix[len(prefix)-1]+1)
	res, err := w.send(ctx, "/v3/watch", map[string]any{"create_request": map[string]any{"key": []byte(prefix), "range_end": []byte(end)}})
	if err != nil {
		return
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
}

func (w *web) pages(list string) []string { return strings.Split(list, ",") }

func (w *web) look(ctx context.Context, page string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+page, nil)
	if err != nil {
		return
	}
	res, err := w.client.Do(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
}
