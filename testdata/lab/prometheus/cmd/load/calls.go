// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang/snappy"
	"github.com/prometheus/prometheus/prompb"
)

type client struct {
	o    *options
	base string
	http *http.Client
	turn atomic.Int64
}

func (c *client) get(ctx context.Context, path string, q url.Values) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path+"?"+q.Encode(), nil)
	if err != nil {
		return false
	}
	return c.do(req)
}

func (c *client) do(req *http.Request) bool {
	res, err := c.http.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err == nil && res.StatusCode < 300
}

// ready waits until all targets have been scraped some times, so that rates
// can be answered; then the answer to a query no longer grows.
func (c *client) ready(ctx context.Context) error {
	q := url.Values{"query": {fmt.Sprintf("count(count_over_time(app_inflight{handler=\"h0\"}[8s]) >= 5) >= %d", c.o.pods)}}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		res, err := c.http.Get(c.base + "/api/v1/query?" + q.Encode())
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
		res.Body.Close()
		if err == nil && bytes.Contains(raw, []byte(`"value"`)) {
			return nil
		}
	}
	return errors.New("the targets are not scraped")
}

func pod(c *client, rng *rand.Rand) string { return fmt.Sprintf("t-%d", rng.IntN(c.o.pods)) }
func zone(rng *rand.Rand) string           { return string("abcd"[rng.IntN(4)]) }

func (c *client) instant(ctx context.Context, rng *rand.Rand) bool {
	query := ""
	switch n := rng.IntN(100); {
	case n < c.o.gather:
		query = fmt.Sprintf(`topk(20, sum by (pod, handler) (rate(app_latency_seconds_bucket{zone="%s"}[5s])))`, zone(rng))
	case n%3 == 0:
		query = fmt.Sprintf(`sum by (code) (rate(app_requests_total{zone="%s",handler="h%d"}[5s]))`, zone(rng), rng.IntN(20))
	case n%3 == 1:
		query = fmt.Sprintf(`sum by (handler) (rate(app_requests_total{pod="%s"}[5s]))`, pod(c, rng))
	default:
		query = fmt.Sprintf(`max by (queue) (app_queue_depth{zone="%s"}) > 30`, zone(rng))
	}
	return c.get(ctx, "/api/v1/query", url.Values{"query": {query}})
}

// span asks for an hour of the past.
func (c *client) span(ctx context.Context, rng *rand.Rand) bool {
	end := c.o.past - 600 - int64(rng.IntN(2400))
	n := rng.IntN(30)
	which := fmt.Sprintf(`queue="q%02d",shard=~"s%d-0.."`, n, n)
	if rng.IntN(100) < c.o.loose {
		which = fmt.Sprintf(`queue="q%02d",shard=~"[a-z].*[0-9]+.*[0-9]+.?[0-9]"`, n)
	}
	return c.get(ctx, "/api/v1/query_range", url.Values{
		"query": {fmt.Sprintf(`sum by (queue) (rate(old_jobs_total{%s}[3m]))`, which)},
		"start": {strconv.FormatInt(end-3600, 10)}, "end": {strconv.FormatInt(end, 10)}, "step": {strconv.Itoa(c.o.step)},
	})
}

func (c *client) quantile(ctx context.Context, rng *rand.Rand) bool {
	return c.get(ctx, "/api/v1/query", url.Values{"query": {fmt.Sprintf(
		`histogram_quantile(0.9, sum by (le) (rate(app_latency_seconds_bucket{zone="%s",handler="h%d"}[5s])))`, zone(rng), rng.IntN(20))}})
}

func (c *client) series(ctx context.Context, rng *rand.Rand) bool {
	which := fmt.Sprintf(`app_requests_total{pod="%s"}`, pod(c, rng))
	if rng.IntN(100) < c.o.wide {
		which = fmt.Sprintf(`{job="app",zone="%s"}`, zone(rng))
	}
	return c.get(ctx, "/api/v1/series", url.Values{"match[]": {which}})
}

func (c *client) values(ctx context.Context, rng *rand.Rand) bool {
	name := []string{"handler", "pod", "queue", "__name__"}[rng.IntN(4)]
	return c.get(ctx, "/api/v1/label/"+name+"/values", url.Values{"match[]": {fmt.Sprintf(`{zone="%s",job="app"}`, zone(rng))}})
}

func (c *client) archive(ctx context.Context, rng *rand.Rand) bool {
	return c.get(ctx, "/api/v1/query_range", url.Values{
		"query": {`rate(app_archived_total{tier="archive"}[2m])`},
		"start": {strconv.FormatInt(c.o.past-86400-1800, 10)}, "end": {strconv.FormatInt(c.o.past-86400, 10)}, "step": {"30"},
	})
}

func (c *client) federate(ctx context.Context, rng *rand.Rand) bool {
	return c.get(ctx, "/federate", url.Values{"match[]": {fmt.Sprintf(`{pod="%s"}`, pod(c, rng))}})
}

// push writes samples of a source; sources take turns, so that each is in order.
func (c *client) push(ctx context.Context, rng *rand.Rand) bool {
	from := c.turn.Add(1) % int64(c.o.sources)
	now := time.Now().UnixMilli()
	var w prompb.WriteRequest
	for i := range 40 {
		w.Timeseries = append(w.Timeseries, prompb.TimeSeries{
			Labels: []prompb.Label{
				{Name: "__name__", Value: "pushed_reading"},
				{Name: "probe", Value: fmt.Sprintf("p%02d", i)},
				{Name: "source", Value: fmt.Sprintf("src-%03d", from)},
			},
			Samples: []prompb.Sample{{Timestamp: now, Value: rng.Float64() * 100}},
		})
	}
	raw, err := w.Marshal()
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/api/v1/write", bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("Content-Encoding", "snappy")
	req.Header.Set("X-Prometheus-Remote-Write-Version", "0.1.0")
	return c.do(req)
}

// beside starts what goes on beside the requests until the process ends.
func (c *client) beside(ctx context.Context) {
	every := func(gap time.Duration, f func()) {
		time.AfterFunc(c.o.later, func() { every(ctx, gap, f) })
	}
	if c.o.listen > 0 {
		every(c.o.listen, func() {
			go c.get(ctx, "/api/v1/notifications/live", nil)
		})
	}
	if c.o.look > 0 {
		for _, page := range strings.Split(c.o.pages, ",") {
			path, query, _ := strings.Cut(page, "?")
			q, _ := url.ParseQuery(query)
			every(c.o.look, func() { c.get(ctx, path, q) })
		}
	}
}

// every calls f again and again, never twice at a time.
func every(ctx context.Context, gap time.Duration, f func()) {
	t := time.NewTicker(gap)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			f()
		case <-ctx.Done():
			return
		}
	}
}
