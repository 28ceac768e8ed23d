// SPDX-License-Identifier: GPL-3.0-or-later

//go:build outline

package view

// kind is the first letter of a block's element.
//
//go:noinline
func kind(block []byte) byte {
	if len(block) > 1 {
		return block[1]
	}
	return 0
}

// inside says whether the next byte is part of a tag.
//
//go:noinline
func inside(tag bool, c byte) bool {
	return c == '<' || tag && c != '>'
}

// length is the length of the run of letters that c ends or goes on with.
//
//go:noinline
func length(run int, c byte) int {
	if c|0x20 >= 'a' && c|0x20 <= 'z' {
		return run + 1
	}
	return 0
}
