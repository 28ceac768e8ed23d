// SPDX-License-Identifier: GPL-3.0-or-later

// Package link is what peers and load agree on: how to connect, the streams,
// and what an event's subject looks like.
package link

import (
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Names on the server.
const (
	Events = "EVENTS" // stream of ev.>
	Orders = "ORDERS" // stream of orders.>
	Stock  = "STOCK"  // key-value bucket
	Items  = 60       // keys in it
)

// TLS trusts the certificate that was made for this run.
func TLS() *tls.Config { return &tls.Config{InsecureSkipVerify: true, ServerName: "127.0.0.1"} }

// Dial connects as user app.
func Dial(target, name string, more ...nats.Option) (*nats.Conn, error) {
	return nats.Connect(target, append([]nats.Option{
		nats.Name(name), nats.UserInfo("app", "app"), nats.Secure(TLS()), nats.Timeout(5 * time.Second),
		nats.ReconnectWait(200 * time.Millisecond), nats.MaxReconnects(-1),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // what does not arrive is counted where it is missed
	}, more...)...)
}

var (
	regions = []string{"north", "south", "east", "west"}
	kinds   = []string{"sold", "moved", "priced", "counted", "broken"}
)

// Places are the words of a subject between "ev" and the thing.
const Places = 6

// Subject of an event: one of 120 x things.
func Subject(rng *rand.Rand, things int) string {
	thing := rng.IntN(things)
	return fmt.Sprintf("ev.%s.shop%d.floor%d.aisle%d.shelf%d.%s.t%d", regions[rng.IntN(4)], rng.IntN(3), rng.IntN(2),
		thing%2, thing%3, kinds[rng.IntN(5)], thing)
}

// Pattern is the n-th subscription of those who audit: wildcards in some of the
// places, and a thing of their own that no event is about.
func Pattern(n int, thing string) string {
	place := [Places]string{regions[n%4], fmt.Sprintf("shop%d", n%3), fmt.Sprintf("floor%d", n%2), fmt.Sprintf("aisle%d", n/2%2),
		fmt.Sprintf("shelf%d", n/3%3), kinds[n%5]}
	for i := range place {
		if n>>i&1 == 0 {
			place[i] = "*"
		}
	}
	return fmt.Sprintf("ev.%s.%s%d", strings.Join(place[:], "."), thing, n)
}
