// SPDX-License-Identifier: GPL-3.0-or-later

package find

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.org/lab/kit/conf"
	"example.org/pages/internal/story"
)

// Lists are the stories by tag, the ones that are read most now first.
type Lists struct {
	byTag map[string][]*story.Story
	seen  map[string]*atomic.Int64
	near  atomic.Pointer[map[string][]*story.Story]
	all   []*story.Story
	order *atomic.Int64
	start time.Time
}

// NewLists sorts the stories into lists.
func NewLists(list []story.Story, set *conf.Settings) *Lists {
	l := &Lists{
		byTag: make(map[string][]*story.Story), seen: make(map[string]*atomic.Int64),
		order: set.Live("list.order"), start: time.Now(),
	}
	for i := range list {
		s := &list[i]
		l.all = append(l.all, s)
		l.seen[s.Slug] = new(atomic.Int64)
		for _, t := range s.Tags {
			if !slices.Contains(l.byTag[t], s) {
				l.byTag[t] = append(l.byTag[t], s)
			}
		}
	}
	l.rebuild()
	return l
}

// See counts a reader.
func (l *Lists) See(slug string) {
	if n := l.seen[slug]; n != nil {
		n.Add(1)
	}
}

// Tag is the first stories of a tag's list.
func (l *Lists) Tag(tag string, most int) []*story.Story {
	return l.trend(l.byTag[tag], most)
}

// Front is the first stories of all.
func (l *Lists) Front(most int) []*story.Story { return l.trend(l.all, most) }

type ranked struct {
	story *story.Story
	heat  float64
}

func (l *Lists) trend(list []*story.Story, most int) []*story.Story {
	if l.order.Load() != 0 {
		return l.compare(list, most)
	}
	now := time.Now()
	all := make([]ranked, len(list))
	for i, s := range list {
		all[i] = ranked{s, l.heat(s, now)}
	}
	slices.SortFunc(all, func(a, b ranked) int {
		if a.heat != b.heat {
			return sign(b.heat - a.heat)
		}
		return strings.Compare(a.story.Slug, b.story.Slug)
	})
	out := make([]*story.Story, 0, most)
	for _, r := range all[:min(most, len(all))] {
		out = append(out, r.story)
	}
	return out
}

// compare sorts the stories themselves: the heat of both is worked out anew for
// every comparison.
func (l *Lists) compare(list []*story.Story, most int) []*story.Story {
	now := time.Now()
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b *story.Story) int {
		if d := l.heat(b, now) - l.heat(a, now); d != 0 {
			return sign(d)
		}
		return strings.Compare(a.Slug, b.Slug)
	})
	return out[:min(most, len(out))]
}

func sign(d float64) int {
	if d < 0 {
		return -1
	}
	return 1
}

// heat is readers against age: a view counts half after 30 days.
func (l *Lists) heat(s *story.Story, now time.Time) float64 {
	days := now.Sub(s.Updated).Hours() / 24
	views := float64(s.Views) + 40*float64(l.seen[s.Slug].Load())
	return math.Log1p(views) * math.Exp2(-days/30) * (1 + math.Tanh(float64(len(s.Tags))/6))
}

// Near is the stories that share most tags with one.
func (l *Lists) Near(slug string) []*story.Story { return (*l.near.Load())[slug] }

// Keep renews Near now and then, since its order follows the heat.
func (l *Lists) Keep(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			l.rebuild()
		case <-ctx.Done():
			return
		}
	}
}

func (l *Lists) rebuild() {
	now := time.Now()
	near := make(map[string][]*story.Story, len(l.all))
	for _, s := range l.all {
		var group []ranked
		for _, o := range l.all {
			if shared := common(s.Tags, o.Tags); shared > 0 && o != s {
				group = append(group, ranked{o, float64(shared) + l.heat(o, now)/1000})
			}
		}
		slices.SortFunc(group, func(a, b ranked) int { return sign(b.heat - a.heat) })
		for _, r := range group[:min(6, len(group))] {
			near[s.Slug] = append(near[s.Slug], r.story)
		}
	}
	l.near.Store(&near)
}

func common(a, b []string) (n int) {
	for _, t := range a {
		if slices.Contains(b, t) {
			n++
		}
	}
	return n
}
