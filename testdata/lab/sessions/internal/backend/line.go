// SPDX-License-Identifier: GPL-3.0-or-later

package backend

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"example.org/lab/kit/conf"
)

// line is the way between two processes: distance, rate and hiccups, the same
// in both directions; a proxy.
type line struct {
	delay time.Duration
	stall int // of 1000 pieces that are late
	by    time.Duration
	rate  float64   // bytes a second of a connection, 0 for any
	from  time.Time // that is, from then on: first the service starts
}

func newLine(set *conf.Settings) line {
	return line{set.Duration("line.delay"), set.Int("line.stall"), set.Duration("line.stall_by"), float64(set.Int("line.rate")), time.Now().Add(4 * time.Second)}
}

// straight says that the line does nothing.
func (ln line) straight() bool { return ln.delay == 0 && ln.stall == 0 && ln.rate == 0 }

// pass passes connections on to another address until ctx ends.
func (ln line) pass(ctx context.Context, l net.Listener, to string) {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go ln.join(ctx, in, to)
	}
}

func (ln line) join(ctx context.Context, in net.Conn, to string) {
	defer in.Close()
	var d net.Dialer
	out, err := d.DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer out.Close()
	stop := context.AfterFunc(ctx, func() { in.Close(); out.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Add(2)
	go func() { defer both.Done(); ln.carry(in, out) }()
	go func() { defer both.Done(); ln.carry(out, in) }()
	both.Wait()
}

type piece struct {
	due  time.Time
	data []byte
}

// carry passes what comes from one side to the other, in order: what is behind
// a late piece is late too, as behind a lost segment.
func (ln line) carry(from, to net.Conn) {
	way := make(chan piece, 256)
	go func() {
		defer close(way)
		var clear time.Time // when the line has room again
		for {
			buf := make([]byte, 16<<10)
			n, err := from.Read(buf)
			if n > 0 {
				now := time.Now()
				if clear.Before(now) {
					clear = now
				}
				if ln.rate > 0 && now.After(ln.from) {
					clear = clear.Add(time.Duration(float64(n) / ln.rate * float64(time.Second)))
				}
				due := clear.Add(ln.delay)
				if ln.stall > 0 && rand.IntN(1000) < ln.stall {
					due = due.Add(ln.by)
				}
				way <- piece{due, buf[:n]}
			}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.data); err != nil {
			from.Close()
		}
	}
	end(to)
}

// end says that nothing more comes.
func end(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		t.CloseWrite()
	}
}
