// SPDX-License-Identifier: GPL-3.0-or-later

package api

import "sync"

// history is what clients looked at last, for "others have seen".
type history struct {
	mu    sync.Mutex
	limit int
	lists []seen
}

type seen struct {
	client string
	items  []shown
}

func newHistory(limit int) *history { return &history{limit: limit} }

// add remembers what client was shown: at least the last limit lists, 0 for all.
func (h *history) add(client string, items []shown) {
	own := append([]shown(nil), items...)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lists = append(h.lists, seen{client, own})
	if h.limit > 0 && len(h.lists) >= 2*h.limit {
		h.lists = append(make([]seen, 0, 2*h.limit), h.lists[h.limit:]...)
	}
}
