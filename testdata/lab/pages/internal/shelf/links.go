// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !moved

package shelf

import (
	"sync/atomic"

	"example.org/pages/internal/link"
)

type rewriter = link.Rewriter

func newRewriter(loose *atomic.Int64) *rewriter { return link.New(loose) }
