// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
)

// users may all do the same; each connection belongs to one.
const users = 4

func user(n int) string     { return fmt.Sprintf("app-%d", n%users) }
func password(n int) string { return fmt.Sprintf("word-%d", n%users) }

type clients struct {
	o      *options
	target string
	conns  []*clientv3.Client
	turn   atomic.Uint64
	logins clientv3.Auth // of a connection without a user
	web    *web
	noise  string
	began  time.Time

	mu   sync.Mutex
	open []context.CancelFunc // watches left open: kept alive with what they hold
}

func config(target string) clientv3.Config {
	return clientv3.Config{
		Endpoints:   []string{target},
		DialTimeout: 5 * time.Second,
		TLS:         &tls.Config{InsecureSkipVerify: true}, // the member made its certificate itself
		Logger:      zap.NewNop(),
	}
}

func (c *clients) client(n int) (*clientv3.Client, error) {
	cfg := config(c.target)
	cfg.Username, cfg.Password = user(n), password(n)
	return clientv3.New(cfg)
}

func dial(ctx context.Context, target string, o *options) (*clients, error) {
	c := &clients{o: o, target: target, noise: noise(8 * o.value), began: time.Now()}
	bare, err := clientv3.New(config(target))
	if err != nil {
		return nil, err
	}
	c.logins = bare.Auth
	if err := prepare(ctx, bare, o, c.noise); err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	for n := range o.conns {
		conn, err := c.client(n)
		if err != nil {
			return nil, err
		}
		c.conns = append(c.conns, conn)
	}
	c.web, err = newWeb(ctx, o.web)
	return c, err
}

// noise is text of which values are pieces.
func noise(n int) string {
	rng := rand.New(rand.NewPCG(7, 7))
	var b strings.Builder
	for b.Len() < n {
		fmt.Fprintf(&b, "%016x;", rng.Uint64())
	}
	return b.String()
}

func key(n int) string { return fmt.Sprintf("/app/%02d/item-%05d", n%50, n) }

// text is a value: half to one and a half of the mean.
func (c *clients) text(rng *rand.Rand) string {
	n := c.o.value/2 + rng.IntN(c.o.value+1)
	at := rng.IntN(len(c.noise) - n)
	return c.noise[at : at+n]
}

func (c *clients) any(rng *rand.Rand) string { return key(rng.IntN(c.o.keys)) }

// next takes the connections in turn.
func (c *clients) next() *clientv3.Client {
	return c.conns[c.turn.Add(1)%uint64(len(c.conns))]
}

// now says whether one of a hundred, as many as share, is drawn, once the time
// for it has come.
func (c *clients) now(share int, rng *rand.Rand) bool {
	return share > 0 && time.Since(c.began) >= c.o.later && rng.IntN(100) < share
}

// prepare fills an empty member; one that is full is left as it is.
func prepare(ctx context.Context, bare *clientv3.Client, o *options, noise string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := bare.Get(ctx, key(0))
	if errors.Is(err, rpctypes.ErrUserEmpty) {
		return nil // authentication is on: somebody was here
	}
	if err != nil {
		return err
	}
	const most = 50
	for at := 0; at < o.keys; at += most {
		var ops []clientv3.Op
		for n := at; n < min(o.keys, at+most); n++ {
			from := n * 37 % (len(noise) - o.value)
			ops = append(ops, clientv3.OpPut(key(n), noise[from:from+o.value]))
		}
		if _, err := bare.Txn(ctx).Then(ops...).Commit(); err != nil {
			return err
		}
	}
	if _, err := bare.RoleAdd(ctx, "app"); err != nil {
		return err
	}
	perm := clientv3.PermissionType(clientv3.PermReadWrite)
	if _, err := bare.RoleGrantPermission(ctx, "app", "/app/", clientv3.GetPrefixRangeEnd("/app/"), perm); err != nil {
		return err
	}
	if err := person(ctx, bare, "root", "top", "root"); err != nil {
		return err
	}
	for n := range users {
		if err := person(ctx, bare, user(n), password(n), "app"); err != nil {
			return err
		}
	}
	_, err = bare.AuthEnable(ctx)
	return err
}

func person(ctx context.Context, bare *clientv3.Client, name, word, role string) error {
	if _, err := bare.UserAdd(ctx, name, word); err != nil {
		return err
	}
	_, err := bare.UserGrantRole(ctx, name, role)
	return err
}
