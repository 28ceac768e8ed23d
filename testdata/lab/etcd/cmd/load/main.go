// SPDX-License-Identifier: GPL-3.0-or-later

// Command load is what the clients of an etcd member do: they read, write,
// list, watch and take leases over gRPC, some talk JSON to the gateway, and
// some have just started and log in. It prepares an empty member first: users,
// keys, and authentication switched on.
package main

import (
	"context"
	"flag"
	"time"

	"example.org/lab/kit/pace"
)

// options are how the clients behave, beside what package pace knows.
type options struct {
	web      string        // the member's HTTP address
	keys     int           // of them there are
	value    int           // bytes of a value, mean
	page     int64         // keys that a list asks for
	conns    int           // clients, a connection each
	standing int           // watchers of each client that stay
	gateway  int           // watchers that stay, through the gateway
	open     int           // of a hundred watches that stay open when done
	keep     int           // of a hundred leases that are not given back
	fresh    int           // of a hundred gets and puts by a client that just started
	stay     int           // of a hundred of those, connections that are not closed
	glance   time.Duration // between two watches of a quarter second through the gateway
	mute     int           // watch streams nobody reads from
	follow   time.Duration // between two more watchers that stay, through the gateway
	tidy     time.Duration // between two calls for a smaller database file
	look     time.Duration // between two looks at each of the pages
	pages    string        // of the HTTP address, with commas between
	later    time.Duration // when open, keep, fresh, follow, tidy and look begin
}

func main() {
	o := new(options)
	flag.StringVar(&o.web, "web", "", "base URL of the member's HTTP listener")
	flag.IntVar(&o.keys, "keys", 2000, "keys")
	flag.IntVar(&o.value, "value", 3000, "bytes of a value, mean")
	flag.Int64Var(&o.page, "page", 40, "keys of a list")
	flag.IntVar(&o.conns, "conns", 3, "connections")
	flag.IntVar(&o.standing, "standing", 3, "watchers that stay, a connection")
	flag.IntVar(&o.gateway, "gateway", 3, "watchers that stay, through the gateway")
	flag.IntVar(&o.open, "open", 0, "of a hundred watches, those left open")
	flag.IntVar(&o.keep, "keep", 0, "of a hundred leases, those not given back")
	flag.IntVar(&o.fresh, "fresh", 0, "of a hundred gets and puts, those over a connection of their own")
	flag.IntVar(&o.stay, "stay", 0, "of a hundred connections of their own, those not closed")
	flag.DurationVar(&o.follow, "follow", 0, "one more watcher through the gateway that often; 0: never")
	flag.DurationVar(&o.glance, "glance", 500*time.Millisecond, "a watch of a quarter second through the gateway that often; 0: never")
	flag.IntVar(&o.mute, "mute", 0, "watch streams nobody reads from")
	flag.DurationVar(&o.tidy, "tidy", 0, "defragment that often; 0: never")
	flag.DurationVar(&o.look, "look", 0, "get the pages that often; 0: never")
	flag.StringVar(&o.pages, "pages", "/metrics", "pages to look at")
	flag.DurationVar(&o.later, "later", 0, "when open, keep, fresh, follow, tidy and look begin")
	pace.Main(func(ctx context.Context, p *pace.Options) ([]pace.Endpoint, error) {
		c, err := dial(ctx, p.Target, o)
		if err != nil {
			return nil, err
		}
		if err := c.stand(ctx); err != nil {
			return nil, err
		}
		return []pace.Endpoint{
			{Name: "get", Share: 26, Do: c.get},
			{Name: "put", Share: 24, Do: c.put},
			{Name: "list", Share: 13, Do: c.list},
			{Name: "txn", Share: 9, Do: c.txn},
			{Name: "watch", Share: 6, Do: c.watch},
			{Name: "lease", Share: 5, Do: c.lease},
			{Name: "web", Share: 15, Do: c.webGet},
			{Name: "login", Share: 2, Do: c.login},
		}, nil
	})
}
