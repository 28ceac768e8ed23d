// SPDX-License-Identifier: GPL-3.0-or-later

// Package house keeps the process small.
package house

import (
	"context"
	"runtime/debug"
	"time"
)

// Keep gives memory back to the system every so often, until ctx ends; 0: never.
func Keep(ctx context.Context, every time.Duration) {
	if every <= 0 {
		return
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			sweep()
		case <-ctx.Done():
			return
		}
	}
}

func sweep() { debug.FreeOSMemory() }
