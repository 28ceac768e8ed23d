// SPDX-License-Identifier: GPL-3.0-or-later

// Package story is what both processes talk about: articles and what readers
// remark on them.
package story

import "time"

// Story is an article as the origin keeps it, its body in Markdown.
type Story struct {
	Slug    string    `json:"slug"`
	Title   string    `json:"title"`
	Author  string    `json:"author"`
	Section string    `json:"section"`
	Tags    []string  `json:"tags"`
	Picture int       `json:"picture"`
	Updated time.Time `json:"updated"`
	Views   int       `json:"views"`
	Body    string    `json:"body"`
}

// Remark is what a reader wrote under a story.
type Remark struct {
	Who  string    `json:"who"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}
