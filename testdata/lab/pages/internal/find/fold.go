// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !outline

package find

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// worth is what count words of a kind are worth in a text so much longer than
// the mean.
func worth(count, long float64) float64 {
	return count * 2.2 / (count + 1.2*(0.25+0.75*long))
}
