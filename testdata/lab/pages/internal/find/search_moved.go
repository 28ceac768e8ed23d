// SPDX-License-Identifier: GPL-3.0-or-later

//go:build moved

package find

import (
	"slices"
	"strings"

	"example.org/pages/internal/prose"
)

// Search is the best stories for a question.
func (x *Index) Search(text string, limit int) []Hit {
	words := prose.Words(text)
	if len(words) == 0 {
		return nil
	}
	hits := x.score(words, limit)
	x.remember(text, hits)
	return hits
}

func (x *Index) score(words []string, limit int) []Hit {
	scores := make([]float64, len(x.docs))
	wanted := make(map[string]bool)
	for i, w := range words {
		group := []string{w}
		if i == len(words)-1 && len(w) > 2 && x.scan.Load() == 0 { // a scan finds them anyway
			group = append(group, x.expand(w)...)
		}
		for _, g := range group {
			wanted[g] = true
			if x.scan.Load() != 0 {
				x.through(scores, g, 1/float64(len(group)))
			} else {
				x.weigh(scores, g, 1/float64(len(group)))
			}
		}
	}
	return x.top(scores, limit, func(w string) bool { return wanted[w] })
}

func (x *Index) top(scores []float64, limit int, hit func(string) bool) []Hit {
	var found []int
	for i, s := range scores {
		if s > 0 {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return strings.Compare(x.docs[a].story.Slug, x.docs[b].story.Slug)
	})
	hits := make([]Hit, 0, limit)
	for _, i := range found[:min(limit, len(found))] {
		d := &x.docs[i]
		hits = append(hits, Hit{d.story.Slug, d.story.Title, d.story.Section, scores[i], x.line(d, hit)})
	}
	return hits
}
