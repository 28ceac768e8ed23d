// SPDX-License-Identifier: GPL-3.0-or-later

// Package tell reports views to the origin.
package tell

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/wire"
)

// Teller sends views in batches from a goroutine of its own.
type Teller struct {
	origin *wire.Client
	queue  chan string
	batch  *atomic.Int64
}

// Start makes one that works until ctx ends.
func Start(ctx context.Context, origin *wire.Client, set *conf.Settings) *Teller {
	t := &Teller{origin: origin, queue: make(chan string, max(set.Int("tell.depth"), 0)), batch: set.Live("tell.batch")}
	go t.run(ctx)
	return t
}

// View reports one: the origin pays authors by it, so none is dropped.
func (t *Teller) View(ctx context.Context, slug string) {
	select {
	case t.queue <- slug:
	case <-ctx.Done():
	}
}

func (t *Teller) run(ctx context.Context) {
	var batch []string
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case slug := <-t.queue:
			if batch = append(batch, slug); int64(len(batch)) < t.batch.Load() {
				continue
			}
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if len(batch) > 0 {
			// lost views are told with the next batch
			if t.origin.Views(strings.Join(batch, "\n")+"\n") == nil || len(batch) > 5000 {
				batch = batch[:0]
			}
		}
	}
}
