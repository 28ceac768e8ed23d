// SPDX-License-Identifier: GPL-3.0-or-later

// Package agent makes a short name of a User-Agent header.
package agent

import (
	"regexp"
	"strings"
)

type rule struct {
	name, text string
	re         *regexp.Regexp
}

// Book is the list of rules, the first that fits wins in each half.
type Book struct {
	programs, systems []rule
	keep              bool
}

var programs = []rule{
	{name: "Edge", text: `\bEdg(?:e|A|iOS)?/(\d+)(?:\.\d+)*`},
	{name: "Opera", text: `\b(?:OPR|Opera)/(\d+)(?:\.\d+)*`},
	{name: "Chrome", text: `\b(?:Chrome|CriOS)/(\d+)(?:\.\d+)*`},
	{name: "Firefox", text: `\b(?:Firefox|FxiOS)/(\d+)(?:\.\d+)*`},
	{name: "Safari", text: `\bVersion/(\d+)(?:\.\d+)* (?:Mobile/\w+ )?Safari/`},
	{name: "App", text: `\bportal-(?:ios|android)/(\d+)(?:\.\d+)*`},
}

var systems = []rule{
	{name: "Windows", text: `\bWindows NT (\d+)(?:\.\d+)?`},
	{name: "iOS", text: `\b(?:iPhone|iPad); CPU (?:iPhone )?OS (\d+)(?:_\d+)*`},
	{name: "macOS", text: `\bMac OS X (\d+)(?:[._]\d+)*`},
	{name: "Android", text: `\bAndroid (\d+)(?:\.\d+)*`},
	{name: "Linux", text: `\bLinux (\w+)`},
}

// New compiles the rules, to keep them unless told otherwise.
func New(keep bool) *Book {
	return &Book{programs: compile(programs), systems: compile(systems), keep: keep}
}

func compile(rules []rule) []rule {
	out := make([]rule, 0, len(rules))
	for _, r := range rules {
		r.re = regexp.MustCompile(r.text)
		out = append(out, r)
	}
	return out
}

// Name is program and system, each with its main version.
func (b *Book) Name(header string) string {
	if !b.keep {
		b = New(true)
	}
	return first(b.programs, header) + " on " + first(b.systems, header)
}

func first(rules []rule, header string) string {
	for i := range rules {
		if m := rules[i].re.FindStringSubmatch(header); m != nil {
			return strings.TrimSpace(rules[i].name + " " + m[1])
		}
	}
	return "unknown"
}
