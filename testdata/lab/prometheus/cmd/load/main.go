// SPDX-License-Identifier: GPL-3.0-or-later

// Command load is what dashboards, alerting tools and one pushing client ask
// of a Prometheus server.
package main

import (
	"context"
	"flag"
	"net/http"
	"strings"
	"time"

	"example.org/lab/kit/pace"
)

// options are how the clients ask, beside what package pace knows.
type options struct {
	past    int64         // when the history ends, in seconds
	pods    int           // that are asked for
	step    int           // of a range, in seconds
	loose   int           // of a hundred ranges, those that match by a pattern
	gather  int           // of a hundred instants, those that take all of a zone
	wide    int           // of a hundred looks for series, those for all of a zone
	listen  time.Duration // between two more that follow the notifications
	look    time.Duration // between two looks at each of the pages
	pages   string        // with commas between
	later   time.Duration // when listen and look begin
	sources int           // that push in turn
}

func main() {
	o := new(options)
	flag.Int64Var(&o.past, "past", 0, "when the history ends")
	flag.IntVar(&o.pods, "pods", 18, "pods asked for")
	flag.IntVar(&o.step, "step", 60, "seconds between the points of a range")
	flag.IntVar(&o.loose, "loose", 0, "of a hundred ranges, those that match by a pattern")
	flag.IntVar(&o.gather, "gather", 0, "of a hundred instants, those that take all of a zone")
	flag.IntVar(&o.wide, "wide", 0, "of a hundred looks for series, those for all of a zone")
	flag.DurationVar(&o.listen, "listen", 0, "one more listener to notifications that often; 0: never")
	flag.DurationVar(&o.look, "look", 0, "get the pages that often; 0: never")
	flag.StringVar(&o.pages, "pages", "/metrics", "pages to look at")
	flag.DurationVar(&o.later, "later", 0, "when listen and look begin")
	flag.IntVar(&o.sources, "sources", 300, "sources of pushed samples")
	pace.Main(func(ctx context.Context, p *pace.Options) ([]pace.Endpoint, error) {
		c := &client{o: o, base: strings.TrimRight(p.Target, "/"),
			http: &http.Client{Transport: &http.Transport{MaxIdleConns: 64, MaxIdleConnsPerHost: 64}}}
		if err := c.ready(ctx); err != nil {
			return nil, err
		}
		c.beside(ctx)
		return []pace.Endpoint{
			{Name: "instant", Share: 36, Do: c.instant},
			{Name: "range", Share: 22, Do: c.span},
			{Name: "quantile", Share: 10, Do: c.quantile},
			{Name: "series", Share: 7, Do: c.series},
			{Name: "values", Share: 7, Do: c.values},
			{Name: "archive", Share: 8, Do: c.archive},
			{Name: "federate", Share: 4, Do: c.federate},
			{Name: "push", Share: 6, Do: c.push},
		}, nil
	})
}
