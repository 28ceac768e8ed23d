// SPDX-License-Identifier: GPL-3.0-or-later

package venue

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.org/quotes/api"
)

// Lines are the channels orders go through, one a region, the latest used kept
// open.
type Lines struct {
	c    *Client
	mu   sync.Mutex
	open map[string]*list.Element
	used *list.List // of *line, the latest first
}

type line struct {
	region string
	conn   *grpc.ClientConn
	users  int
	gone   bool
}

func newLines(c *Client) *Lines {
	return &Lines{c: c, open: make(map[string]*list.Element), used: list.New()}
}

func (l *Lines) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []error
	for at := l.used.Front(); at != nil; at = at.Next() {
		all = append(all, at.Value.(*line).conn.Close())
	}
	l.used.Init()
	clear(l.open)
	return errors.Join(all...)
}

// take finds or opens the line of a region.
func (l *Lines) take(region string) (*line, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := l.open[region]; at != nil {
		l.used.MoveToFront(at)
		ln := at.Value.(*line)
		ln.users++
		return ln, nil
	}
	conn, err := l.c.dial()
	if err != nil {
		return nil, err
	}
	ln := &line{region: region, conn: conn, users: 1}
	l.open[region] = l.used.PushFront(ln)
	l.trim()
	return ln, nil
}

// trim gives up the lines that were not used for longest; the caller holds mu.
func (l *Lines) trim() {
	for l.used.Len() > l.c.o.Keep {
		at := l.used.Back()
		ln := l.used.Remove(at).(*line)
		delete(l.open, ln.region)
		ln.gone = true
		if ln.users == 0 {
			ln.conn.Close()
		}
	}
}

func (l *Lines) put(ln *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if ln.users--; ln.users == 0 && ln.gone {
		ln.conn.Close()
	}
}

// Reserve places an order. It is not taken back when its customer hangs up.
func (l *Lines) Reserve(ctx context.Context, region string, req *api.ReserveRequest) (string, error) {
	ctx, cancel := l.limit(context.WithoutCancel(ctx))
	defer cancel()
	ln, err := l.take(region)
	if err != nil {
		return "", err
	}
	defer l.put(ln)
	return l.place(ctx, api.NewVenueClient(ln.conn), req)
}

func (l *Lines) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.c.o.OrderLimit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, l.c.o.OrderLimit)
}

// place sends the order until the venue has room for it.
func (l *Lines) place(ctx context.Context, stub api.VenueClient, req *api.ReserveRequest) (string, error) {
	for try := 1; ; try++ {
		reply, err := stub.Reserve(ctx, req)
		if status.Code(err) != codes.ResourceExhausted || try >= l.c.o.Tries {
			return reply.GetHold(), err
		}
		time.Sleep(l.c.o.Pause)
	}
}
