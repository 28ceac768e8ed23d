// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/metadata"
)

// with calls f with one of the clients, or with one that starts for this call
// alone.
func (c *clients) with(rng *rand.Rand, f func(*clientv3.Client) error) bool {
	if !c.now(c.o.fresh, rng) {
		return f(c.next()) == nil
	}
	conn, err := c.client(rng.IntN(users))
	if err != nil {
		return false
	}
	if !c.now(c.o.stay, rng) {
		defer conn.Close()
	}
	return f(conn) == nil
}

func (c *clients) get(ctx context.Context, rng *rand.Rand) bool {
	return c.with(rng, func(conn *clientv3.Client) error {
		_, err := conn.Get(ctx, c.any(rng))
		return err
	})
}

func (c *clients) put(ctx context.Context, rng *rand.Rand) bool {
	return c.with(rng, func(conn *clientv3.Client) error {
		_, err := conn.Put(ctx, c.any(rng), c.text(rng))
		return err
	})
}

func (c *clients) list(ctx context.Context, rng *rand.Rand) bool {
	_, err := c.next().Get(ctx, c.any(rng), clientv3.WithRange(clientv3.GetPrefixRangeEnd("/app/")), clientv3.WithLimit(c.o.page), clientv3.WithSerializable())
	return err == nil
}

// txn changes a pair of keys if one of them is still what it was.
func (c *clients) txn(ctx context.Context, rng *rand.Rand) bool {
	conn, a, b := c.next(), c.any(rng), c.any(rng)
	was, err := conn.Get(ctx, a)
	if err != nil || len(was.Kvs) == 0 || a == b {
		return err == nil
	}
	_, err = conn.Txn(ctx).
		If(clientv3.Compare(clientv3.ModRevision(a), "=", was.Kvs[0].ModRevision)).
		Then(clientv3.OpPut(a, c.text(rng)), clientv3.OpPut(b, c.text(rng))).
		Else(clientv3.OpGet(a)).
		Commit()
	return err == nil
}

// watch waits on a stream of its own for a change that it makes itself.
func (c *clients) watch(ctx context.Context, rng *rand.Rand) bool {
	conn, name := c.next(), c.any(rng)
	// streams are shared between watches whose metadata are equal
	own := metadata.AppendToOutgoingContext(context.WithoutCancel(ctx), "turn", strconv.FormatUint(rng.Uint64(), 36))
	own, cancel := context.WithCancel(own)
	if c.now(c.o.open, rng) {
		c.mu.Lock()
		c.open = append(c.open, cancel)
		c.mu.Unlock()
	} else {
		defer cancel()
	}
	events := conn.Watch(own, name, clientv3.WithCreatedNotify())
	for step := range 2 { // created, changed
		select {
		case e, ok := <-events:
			if !ok || e.Err() != nil {
				return false
			}
		case <-ctx.Done():
			return false
		}
		if step == 0 {
			if _, err := conn.Put(ctx, name, c.text(rng)); err != nil {
				return false
			}
		}
	}
	return true
}

// lease puts a key that goes when its owner does; the owner leaves at once.
func (c *clients) lease(ctx context.Context, rng *rand.Rand) bool {
	conn := c.next()
	l, err := conn.Grant(ctx, 3600)
	if err != nil {
		return false
	}
	name := "/app/here/" + strconv.FormatInt(int64(l.ID), 16)
	if _, err := conn.Put(ctx, name, user(rng.IntN(users)), clientv3.WithLease(l.ID)); err != nil {
		return false
	}
	if c.now(c.o.keep, rng) {
		_, err = conn.TimeToLive(ctx, l.ID)
	} else {
		_, err = conn.Revoke(ctx, l.ID)
	}
	return err == nil
}

func (c *clients) login(ctx context.Context, rng *rand.Rand) bool {
	n := rng.IntN(users)
	_, err := c.logins.Authenticate(ctx, user(n), password(n))
	return err == nil
}

func (c *clients) webGet(ctx context.Context, rng *rand.Rand) bool {
	return c.web.post(ctx, "/v3/kv/range", map[string]any{"key": []byte(c.any(rng))})
}

// stand starts what goes on beside the requests until the process ends.
func (c *clients) stand(ctx context.Context) error {
	for n, conn := range c.conns {
		for i := range c.o.standing {
			at := key((n*c.o.standing + i) * 7)[:8] // a fiftieth of the keys
			go func() {
				for range conn.Watch(ctx, at, clientv3.WithPrefix()) {
				}
			}()
		}
	}
	for n := range c.o.gateway {
		go c.web.follow(ctx, key(n * 11)[:8])
	}
	for n := range c.o.mute {
		if err := c.attach(ctx, n); err != nil {
			return err
		}
	}
	return c.upkeep(ctx)
}

// attach opens a watch of all keys and reads no answer.
func (c *clients) attach(ctx context.Context, n int) error {
	conn := c.conns[n%len(c.conns)]
	stream, err := pb.NewWatchClient(conn.ActiveConnection()).Watch(ctx)
	if err != nil {
		return err
	}
	return stream.Send(&pb.WatchRequest{RequestUnion: &pb.WatchRequest_CreateRequest{
		CreateRequest: &pb.WatchCreateRequest{Key: []byte("/app/"), RangeEnd: []byte(clientv3.GetPrefixRangeEnd("/app/"))}}})
}

// upkeep is what is done beside the requests at fixed intervals.
func (c *clients) upkeep(ctx context.Context) error {
	if c.o.tidy > 0 {
		cfg := config(c.target)
		cfg.Username, cfg.Password = "root", "top"
		root, err := clientv3.New(cfg)
		if err != nil {
			return err
		}
		go c.every(ctx, c.o.tidy, func() { root.Defragment(ctx, c.target) })
	}
	if c.o.glance > 0 {
		go every(ctx, c.o.glance, func() {
			ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
			defer cancel()
			c.web.follow(ctx, key(1)[:8])
		})
	}
	if c.o.follow > 0 {
		n := 0
		go c.every(ctx, c.o.follow, func() {
			n++
			go c.web.follow(ctx, key(n)[:8])
		})
	}
	if c.o.look > 0 {
		for _, page := range c.web.pages(c.o.pages) {
			go c.every(ctx, c.o.look, func() { c.web.look(ctx, page) })
		}
	}
	return nil
}

// every calls f again and again once its time has come.
func (c *clients) every(ctx context.Context, gap time.Duration, f func()) {
	wait := time.NewTimer(c.o.later)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return
	}
	every(ctx, gap, f)
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
