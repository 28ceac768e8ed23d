// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !moved

package view

import "bytes"

// Bind is the blocks as one body, links carrying ref.
func (b *Binder) Bind(blocks [][]byte, ref string) []byte {
	var out bytes.Buffer
	switch b.split.Load() {
	case 0:
		for _, block := range blocks {
			out.Write(b.fit(block, ref))
			out.WriteByte('\n')
		}
	case 1:
		b.spread(&out, blocks, ref)
	default:
		for _, block := range blocks {
			b.spread(&out, bytes.SplitAfter(block, []byte{'>'}), ref)
		}
	}
	return out.Bytes()
}

// spread fits pieces side by side and writes them in order.
func (b *Binder) spread(out *bytes.Buffer, pieces [][]byte, ref string) {
	ready := make([]chan []byte, len(pieces))
	for i, piece := range pieces {
		ready[i] = make(chan []byte)
		go func() { ready[i] <- b.fit(piece, ref) }()
	}
	for _, one := range ready {
		out.Write(<-one)
	}
	out.WriteByte('\n')
}

// fit adds ref to the links of a block and opens long words for the browser to
// break.
func (b *Binder) fit(block []byte, ref string) []byte {
	b.tally.Count(kind(block))
	out := make([]byte, 0, len(block)+len(block)/8)
	run, tag := 0, false
	for at := 0; at < len(block); at++ {
		c := block[at]
		out = append(out, c)
		tag = inside(tag, c)
		if run = length(run, c); run > 18 && !tag {
			out = append(out, "&shy;"...)
			run = 0
		}
		if c == 'h' && tag && bytes.HasPrefix(block[at:], local) {
			if end := bytes.IndexByte(block[at+len(local):], '"'); end >= 0 {
				out = append(out, block[at+1:at+len(local)+end]...)
				out = append(append(out, "?ref="...), ref...)
				at += len(local) + end - 1
			}
		}
	}
	return out
}
