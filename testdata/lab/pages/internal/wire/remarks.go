// SPDX-License-Identifier: GPL-3.0-or-later

package wire

import "example.org/pages/internal/story"

type answer struct {
	remarks []story.Remark
	err     error
}

// Remarks asks both copies of the remarks and takes the earlier good answer.
func (c *Client) Remarks(slug string) ([]story.Remark, error) {
	answers := make(chan answer, c.room.Load())
	go c.ask("/remarks/"+slug, answers)
	go c.ask("/mirror/remarks/"+slug, answers)
	var last error
	for range 2 {
		a := <-answers
		if a.err == nil {
			return a.remarks, nil
		}
		last = a.err
	}
	return nil, last
}

func (c *Client) ask(path string, to chan<- answer) {
	var a answer
	a.err = c.get(path, decode(&a.remarks))
	to <- a
}
