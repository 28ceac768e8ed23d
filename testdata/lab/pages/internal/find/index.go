// SPDX-License-Identifier: GPL-3.0-or-later

// Package find is the full-text index of the site, in memory.
package find

import (
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/prose"
	"example.org/pages/internal/story"
)

// Hit is a story that was found.
type Hit struct {
	Slug    string  `json:"slug"`
	Title   string  `json:"title"`
	Section string  `json:"section"`
	Score   float64 `json:"score"`
	Line    string  `json:"line"`
}

type posting struct {
	doc   int32
	count int32
}

type doc struct {
	story *story.Story
	words []string
	text  string // the words again, as one line
}

// Index is made once; the recent questions are all that changes.
type Index struct {
	docs   []doc
	vocab  []string
	posts  map[string][]posting
	length float64
	joiner *prose.Joiner
	scan   *atomic.Int64
	walk   *atomic.Int64
	recent *atomic.Int64

	mu    sync.Mutex
	asked []question
}

type question struct {
	text string
	hits []Hit
}

// New indexes the stories.
func New(list []story.Story, joiner *prose.Joiner, set *conf.Settings) *Index {
	x := &Index{
		posts: make(map[string][]posting), joiner: joiner,
		scan: set.Live("find.scan"), walk: set.Live("find.walk"), recent: set.Live("find.recent"),
	}
	for i := range list {
		words := prose.Words(list[i].Title + " " + list[i].Body)
		x.docs = append(x.docs, doc{&list[i], words, strings.Join(words, " ")})
		x.length += float64(len(words)) / float64(len(list))
		counts := make(map[string]int32)
		for _, w := range words {
			counts[w]++
		}
		for w, n := range counts {
			x.posts[w] = append(x.posts[w], posting{int32(i), n})
		}
	}
	for w := range x.posts {
		x.vocab = append(x.vocab, w)
	}
	slices.Sort(x.vocab)
	return x
}

// expand is the words that begin with the last one of a question, which its
// reader may still be typing.
func (x *Index) expand(prefix string) []string {
	if x.walk.Load() != 0 {
		return x.begin(prefix)
	}
	from := sort.SearchStrings(x.vocab, prefix)
	to := from
	for to < len(x.vocab) && to < from+most && strings.HasPrefix(x.vocab[to], prefix) {
		to++
	}
	return x.vocab[from:to]
}

const most = 16

func (x *Index) begin(prefix string) []string {
	var out []string
	for _, w := range x.vocab {
		if len(w) >= len(prefix) && strings.EqualFold(w[:len(prefix)], prefix) && len(out) < most {
			out = append(out, w)
		}
	}
	return out
}

// weigh adds what a word is worth in each story that has it (BM25).
func (x *Index) weigh(scores []float64, word string, share float64) {
	posts := x.posts[word]
	if len(posts) == 0 {
		return
	}
	n := float64(len(posts))
	idf := math.Log(1 + (float64(len(x.docs))-n+0.5)/(n+0.5))
	for _, p := range posts {
		scores[p.doc] += share * idf * worth(float64(p.count), float64(len(x.docs[p.doc].words))/x.length)
	}
}

// through weighs by reading every story, as the site did before it had postings
// and still does for words within words.
func (x *Index) through(scores []float64, word string, share float64) {
	for i := range x.docs {
		n := 0
		if x.scan.Load() > 1 {
			n = within(x.docs[i].text, word)
		} else {
			n = strings.Count(x.docs[i].text, word)
		}
		if n > 0 {
			scores[i] += share * float64(n) / (float64(n) + 1.2)
		}
	}
}

// within counts word in text whatever the case of either.
func within(text, word string) (n int) {
	for at := 0; at+len(word) <= len(text); at++ {
		i := 0
		for i < len(word) && lower(text[at+i]) == lower(word[i]) {
			i++
		}
		if i == len(word) {
			n++
		}
	}
	return n
}

// line shows the words around the first hit.
func (x *Index) line(d *doc, hit func(string) bool) string {
	at := max(slices.IndexFunc(d.words, hit), 0)
	return x.joiner.Line(d.words[max(at-10, 0):min(at+24, len(d.words))], hit)
}

// remember keeps the last questions and what they found for the front page.
func (x *Index) remember(text string, hits []Hit) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.asked = append(x.asked, question{text, hits})
	if keep := int(x.recent.Load()); keep > 0 && len(x.asked) > keep {
		x.asked = slices.Delete(x.asked, 0, len(x.asked)-keep)
	}
}

// Recent is the last questions.
func (x *Index) Recent(n int) []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := make([]string, 0, n)
	for i := len(x.asked) - 1; i >= 0 && len(out) < n; i-- {
		out = append(out, x.asked[i].text)
	}
	return out
}
