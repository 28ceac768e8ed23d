// SPDX-License-Identifier: GPL-3.0-or-later

// Package prose cuts text into words and puts words together again.
package prose

import (
	"fmt"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// Words are the lower-case words of a text, Markdown's signs left out.
func Words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// Joiner writes words as one line; which way, a knob says.
type Joiner struct {
	way *atomic.Int64
}

// NewJoiner makes one.
func NewJoiner(way *atomic.Int64) *Joiner { return &Joiner{way} }

// Line is the words from..to of a text, those that hit within <mark>.
func (j *Joiner) Line(words []string, hit func(string) bool) string {
	switch j.way.Load() {
	case 1:
		return j.pieces(words, hit)
	case 2:
		return j.append(words, hit)
	case 3:
		return j.format(words, hit)
	}
	var b strings.Builder
	b.Grow(len(words) * 9)
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		if hit != nil && hit(w) {
			b.WriteString("<mark>")
			escape(&b, w)
			b.WriteString("</mark>")
			continue
		}
		escape(&b, w)
	}
	return b.String()
}

func escape(b *strings.Builder, w string) {
	for i := range len(w) {
		switch c := w[i]; c {
		case '<':
			b.WriteString("&lt;")
		case '&':
			b.WriteString("&amp;")
		default:
			b.WriteByte(c)
		}
	}
}

var signs = strings.NewReplacer("<", "&lt;", "&", "&amp;")

func (j *Joiner) pieces(words []string, hit func(string) bool) string {
	var all []string
	for _, w := range words {
		pattern := "%s"
		if hit != nil && hit(w) {
			pattern = "<mark>%s</mark>"
		}
		all = append(all, fmt.Sprintf(pattern, signs.Replace(w)))
	}
	return strings.Join(all, " ")
}

func (j *Joiner) append(words []string, hit func(string) bool) string {
	line := ""
	for i, w := range words {
		if i > 0 {
			line += " "
		}
		w = signs.Replace(w)
		if hit != nil && hit(w) {
			w = "<mark>" + w + "</mark>"
		}
		line += w
	}
	return line
}

func (j *Joiner) format(words []string, hit func(string) bool) string {
	line := ""
	for i, w := range words {
		gap := " "
		if i == 0 {
			gap = ""
		}
		if hit != nil && hit(w) {
			line = fmt.Sprintf("%v%v<mark>%v</mark>", line, gap, signs.Replace(w))
		} else {
			line = fmt.Sprintf("%v%v%v", line, gap, signs.Replace(w))
		}
	}
	return line
}

// Anchor is a heading's name in a link.
func Anchor(title string) string {
	var b strings.Builder
	for _, w := range Words(title) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	return b.String()
}

// Short cuts a text at a word's end.
func Short(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	cut := strings.LastIndexByte(text[:most], ' ')
	return text[:max(cut, 1)] + "…"
}
