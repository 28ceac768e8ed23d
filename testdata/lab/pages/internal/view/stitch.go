// SPDX-License-Identifier: GPL-3.0-or-later

package view

import (
	"sync/atomic"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/meter"
)

// Binder fits the blocks of a story to who reads them and puts them together.
type Binder struct {
	split *atomic.Int64
	tally *meter.Tally
}

// NewBinder makes one that counts blocks by kind.
func NewBinder(set *conf.Settings, tally *meter.Tally) *Binder {
	return &Binder{split: set.Live("view.split"), tally: tally}
}

var local = []byte(`href="/a/`)
