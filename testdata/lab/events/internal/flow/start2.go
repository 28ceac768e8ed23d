// SPDX-License-Identifier: GPL-3.0-or-later

//go:build plan2

package flow

import "example.org/lab/kit/conf"

// start starts the workers of all stages, the last stage first, so that nobody
// sends before somebody receives.
func (l *Line) start(set *conf.Settings) {
	each := func(n int, f func()) {
		for range n {
			go f()
		}
	}
	for _, n := range l.lanes {
		go n.run()
	}
	each(set.Int("sort.workers"), func() {
		for p := range l.filled {
			l.sort(p)
		}
	})
	each(set.Int("enrich.workers"), func() {
		for p := range l.parsed {
			l.filled <- l.enrich(p)
		}
	})
	each(set.Int("decode.workers"), func() {
		for b := range l.batches {
			l.decode(b)
		}
	})
}
