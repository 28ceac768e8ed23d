// SPDX-License-Identifier: GPL-3.0-or-later

// Package link brings links of old articles up to date: the site moved a few
// times, and every move left rules. It stands below body since only bodies
// have such links; the tag moved builds with it.
package link

import (
	"fmt"
	"regexp"
	"sync/atomic"
)

// rule rewrites the links of one move. Some moves also changed the case of
// names, and so have a second, looser pattern.
type rule struct {
	exact, loose *regexp.Regexp
	to           []byte
}

// Rewriter applies the rules of all moves.
type Rewriter struct {
	rules []rule
	loose *atomic.Int64
}

// New knows the rules; loose says how many of them match in any case.
func New(loose *atomic.Int64) *Rewriter {
	r := &Rewriter{loose: loose}
	for i := range 12 {
		pattern := fmt.Sprintf(`href="https?://(old|www%d)\.example\.org/([a-z-]+)/%d([0-9]*)\.html?"`, i, i%10)
		r.rules = append(r.rules, rule{regexp.MustCompile(pattern), regexp.MustCompile("(?i)" + pattern), []byte(`href="/a/$2-$3"`)})
	}
	return r
}

// Apply rewrites the links of a block of HTML.
func (r *Rewriter) Apply(block []byte) []byte {
	loose := int(r.loose.Load())
	for i := range r.rules {
		block = r.rules[i].replace(block, i < loose)
	}
	return block
}

func (o *rule) replace(block []byte, loose bool) []byte {
	from := o.exact
	if loose {
		from = o.loose
	}
	if !from.Match(block) {
		return block
	}
	return from.ReplaceAll(block, o.to)
}
