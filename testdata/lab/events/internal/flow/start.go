// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !plan2

package flow

import "example.org/lab/kit/conf"

// start starts the workers of all stages.
func (l *Line) start(set *conf.Settings) {
	for range set.Int("decode.workers") {
		go func() {
			for b := range l.batches {
				l.decode(b)
			}
		}()
	}
	for range set.Int("enrich.workers") {
		go func() {
			for p := range l.parsed {
				l.filled <- l.enrich(p)
			}
		}()
	}
	for range set.Int("sort.workers") {
		go func() {
			for p := range l.filled {
				l.sort(p)
			}
		}()
	}
	for _, n := range l.lanes {
		go n.run()
	}
}
