// SPDX-License-Identifier: GPL-3.0-or-later

package peer

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"example.org/lab/kit/conf"
)

// Lines answers address checks, a line each, until ctx ends.
func Lines(ctx context.Context, l net.Listener, set *conf.Settings) {
	d := desk{base: set.Duration("check.base"), spread: set.Duration("check.spread"), late: set.Int("check.late"),
		lateBy: set.Duration("check.late_by"), mute: set.Int("check.mute")}
	go func() {
		<-ctx.Done()
		l.Close()
	}()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go d.serve(ctx, conn)
	}
}

type desk struct {
	base, spread time.Duration
	late         int
	lateBy       time.Duration
	mute         int
}

func (d desk) serve(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	for in := bufio.NewScanner(conn); in.Scan(); {
		wait := spread(d.base, d.spread)
		if d.late > 0 && rand.IntN(1000) < d.late {
			wait += time.Duration(min(rand.ExpFloat64(), 8) * float64(d.lateBy))
		}
		time.Sleep(wait)
		if d.mute > 0 && rand.IntN(1000) < d.mute {
			<-ctx.Done()
			return
		}
		if _, err := fmt.Fprintln(conn, "ok", len(in.Text())); err != nil {
			return
		}
	}
}
