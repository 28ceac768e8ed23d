// SPDX-License-Identifier: GPL-3.0-or-later

package venue

import (
	"context"
	"sync/atomic"

	"google.golang.org/grpc/stats"
)

// Meter counts what a channel does: connections, calls, attempts of calls.
type Meter struct {
	Calls, Attempts, Opened, Closed atomic.Int64
}

func (m *Meter) ended(error) { m.Calls.Add(1) }

// TagRPC implements stats.Handler.
func (m *Meter) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// HandleRPC implements stats.Handler; an attempt begins once.
func (m *Meter) HandleRPC(_ context.Context, s stats.RPCStats) {
	if _, ok := s.(*stats.Begin); ok {
		m.Attempts.Add(1)
	}
}

// TagConn implements stats.Handler.
func (m *Meter) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler.
func (m *Meter) HandleConn(_ context.Context, s stats.ConnStats) {
	switch s.(type) {
	case *stats.ConnBegin:
		m.Opened.Add(1)
	case *stats.ConnEnd:
		m.Closed.Add(1)
	}
}
