// SPDX-License-Identifier: GPL-3.0-or-later

package origin

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"example.org/pages/internal/story"
)

var plain = strings.Fields(`about after again along among answer around back bay become before begin best between beyond board both branch
bridge bright bring build call candle carry change clear close cloud coast cold common corner count cover cross current dark daily deep
different draw early earth edge either engine enough evening every example far fast few field final find fire first floor follow forest
form forward free front full garden general ground group grow half hand harbour heavy high hill hold house idea inside iron island join
keep kind known lake land large later lead leave less level light line list little local long look loose main make many mark market
matter measure meet middle might moment month more morning most mountain move music narrow near never next night north note number
often old open order other outside over own paper part past path people place plain plan plant point power present quiet quite rain
range rather reach ready record rest right rise river road rock roof room round run same sand season second seem several shape share
short should side signal silver simple since single slow small snow some soon sound south space spring stand start station steady steel
step still stone storm story straight stream street strong summer surface system table take tall tell their there thing third through
time together toward town track trade travel tree turn under until upper valley very village voice wait walk wall warm watch water
weather west what wheel where while white whole wide wind window winter with within without wonder wood word work world year yellow`)

var (
	sections = []string{"craft", "field-notes", "kitchen", "letters", "machines", "maps", "music", "science", "travel", "weather"}
	tags     = []string{"archive", "bread", "bridges", "clocks", "data", "engines", "gardens", "glass", "go", "harbours", "history", "ink",
		"iron", "lenses", "logs", "maps", "mills", "paper", "python", "queries", "radio", "rivers", "ships", "sql", "stars", "tides",
		"tools", "trains", "walks", "wool"}
	first = []string{"ba", "che", "dor", "el", "fin", "gra", "hol", "is", "ka", "lo", "mer", "nor", "os", "pel", "qui", "ra", "sten", "tor", "ul", "vi"}
	mid   = []string{"ber", "den", "gar", "lin", "man", "mi", "nel", "per", "ro", "san", "ta", "ver"}
	last  = []string{"a", "ble", "dge", "ing", "ke", "ler", "mont", "ner", "ry", "st", "ter", "ton", "um", "wick"}
)

// writer makes up stories; the same seed gives the same ones.
type writer struct {
	rng *rand.Rand
}

func (w *writer) one(of []string) string { return of[w.rng.IntN(len(of))] }

// word is a plain one mostly, else a rare one, so that the vocabulary is long.
func (w *writer) word() string {
	if w.rng.IntN(100) < 78 {
		return plain[int(float64(len(plain))*w.rng.Float64()*w.rng.Float64())]
	}
	return w.one(first) + w.one(mid) + w.one(last)
}

func (w *writer) words(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = w.word()
	}
	return out
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (w *writer) title() string {
	return capital(strings.Join(w.words(3+w.rng.IntN(4)), " "))
}

func (w *writer) sentence() string {
	out := w.words(6 + w.rng.IntN(14))
	for i := range out {
		switch roll := w.rng.IntN(200); {
		case roll < 3:
			out[i] = "**" + out[i] + "**"
		case roll < 6:
			out[i] = "*" + out[i] + "*"
		case roll < 8:
			out[i] = "`" + out[i] + "`"
		case roll < 10:
			out[i] = fmt.Sprintf("[%s](/a/%s-%03d)", out[i], w.one(sections), w.rng.IntN(stories))
		case roll < 11:
			out[i] = fmt.Sprintf("[%s](http://old.example.org/%s/%d.html)", out[i], w.one(sections), w.rng.IntN(9000))
		case roll < 12:
			out[i] = out[i] + ","
		}
	}
	return capital(strings.Join(out, " ")) + "."
}

func (w *writer) paragraph() string {
	out := make([]string, 2+w.rng.IntN(5))
	for i := range out {
		out[i] = w.sentence()
	}
	return strings.Join(out, " ")
}

// body is a whole article in Markdown of n parts.
func (w *writer) body(n int) string {
	var b strings.Builder
	for i := range n {
		if i%4 == 0 {
			fmt.Fprintf(&b, "## %s\n\n", w.title())
		}
		switch roll := w.rng.IntN(20); {
		case roll < 3:
			for range 3 + w.rng.IntN(5) {
				fmt.Fprintf(&b, "- %s\n", w.sentence())
			}
		case roll < 4:
			b.WriteString("| place | length | note |\n|---|---:|---|\n")
			for range 4 + w.rng.IntN(6) {
				fmt.Fprintf(&b, "| %s | %d | %s %s |\n", w.word(), w.rng.IntN(5000), w.word(), w.word())
			}
		case roll < 5:
			fmt.Fprintf(&b, "> %s\n", w.paragraph())
		case roll < 9:
			b.WriteString(w.sample())
		default:
			b.WriteString(w.paragraph())
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// sample is a fenced piece of code with names of its own.
func (w *writer) sample() string {
	text := w.one(samples)
	names := make([]string, 0, 16)
	for _, mark := range []string{"AA", "BB", "CC", "DD"} {
		names = append(names, mark, w.one(first)+w.one(mid)+w.one(last))
	}
	text = strings.NewReplacer(names...).Replace(text)
	return strings.ReplaceAll(text, "NN", fmt.Sprint(w.rng.IntN(1000)))
}

func (w *writer) story(n int, now time.Time) story.Story {
	s := story.Story{
		Section: sections[n%len(sections)],
		Title:   w.title(),
		Author:  capital(w.one(first)+w.one(last)) + " " + capital(w.one(first)+w.one(mid)+w.one(last)),
		Picture: w.rng.IntN(pictures),
		Updated: now.Add(-time.Duration(w.rng.IntN(400*24)) * time.Hour),
		Views:   w.rng.IntN(90000),
	}
	s.Slug = fmt.Sprintf("%s-%03d", s.Section, n)
	for range 2 + w.rng.IntN(4) {
		s.Tags = append(s.Tags, w.one(tags))
	}
	s.Body = w.body(6 + int(min(w.rng.ExpFloat64()*9, 40)))
	return s
}

func (w *writer) remarks(now time.Time) []story.Remark {
	out := make([]story.Remark, 3+w.rng.IntN(14))
	for i := range out {
		out[i] = story.Remark{
			Who:  capital(w.one(first) + w.one(mid) + w.one(last)),
			Text: w.sentence() + " " + w.sentence(),
			At:   now.Add(-time.Duration(w.rng.IntN(9000)) * time.Minute),
		}
	}
	return out
}

var samples = []string{"```go\n" + `// AA keeps the last NN readings of a gauge.
type AA struct {
	mu   sync.Mutex
	BB   []float64
	next int
}

func (g *AA) Add(v float64) error {
	if math.IsNaN(v) {
		return fmt.Errorf("AA: %v is no reading", v)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.BB) < NN {
		g.BB = append(g.BB, v)
		return nil
	}
	g.BB[g.next%len(g.BB)] = v // the oldest one goes
	g.next++
	return nil
}

func (g *AA) Mean() (sum float64) {
	for _, v := range g.BB {
		sum += v / float64(len(g.BB))
	}
	return sum
}
` + "```\n", "```python\n" + `import csv
from dataclasses import dataclass, field

@dataclass
class AA:
    """What the station BB sent on one day."""
    name: str = "CC"
    rows: list[float] = field(default_factory=list)

    def load(self, path: str, skip: int = NN) -> int:
        with open(path, newline="") as source:
            for n, row in enumerate(csv.reader(source)):
                if n < skip or not row:
                    continue
                self.rows.append(float(row[2]) * 0.01)
        return len(self.rows)

    def BB(self, width=7):
        for at in range(0, len(self.rows) - width, width):
            part = self.rows[at:at + width]
            yield at, sum(part) / width, max(part)  # DD

if __name__ == "__main__":
    station = AA()
    print(f"{station.load('DD.csv')} rows", file=None)
` + "```\n", "```sql\n" + `-- AA by month, the NN largest
WITH AA AS (
    SELECT date_trunc('month', BB.seen_at) AS month,
           BB.CC, count(*) AS readings,
           avg(BB.value) FILTER (WHERE BB.value > 0) AS mean
      FROM BB
      LEFT JOIN DD ON DD.id = BB.DD_id AND DD.kind <> 'spare'
     WHERE BB.seen_at >= '2019-01-01' AND BB.CC IS NOT NULL
     GROUP BY 1, 2
    HAVING count(*) > NN
)
SELECT month, CC, readings, round(mean, 2),
       rank() OVER (PARTITION BY month ORDER BY mean DESC) AS place
  FROM AA
 ORDER BY month, place
 LIMIT NN;
` + "```\n", "```bash\n" + `#!/bin/bash
# AA: packs what is older than NN days
set -euo pipefail
BB=${1:-/srv/BB}
for CC in "$BB"/*.log; do
	[ -f "$CC" ] || continue
	if [ "$(find "$CC" -mtime +NN | wc -l)" -gt 0 ]; then
		gzip -9 "$CC" && echo "packed ${CC##*/}"
	else
		DD=$((DD + 1))
	fi
done
printf 'left %d of %s\n' "${DD:-0}" "$BB" >&2
` + "```\n", "```json\n" + `{
  "AA": {"kind": "BB", "count": NN, "open": true},
  "CC": [
    {"at": "2020-04-01T08:00:00Z", "value": 12.75, "note": null},
    {"at": "2020-04-01T09:00:00Z", "value": 13.5, "note": "DD \"checked\""},
    {"at": "2020-04-01T10:00:00Z", "value": -1.25e2, "note": "AA"}
  ],
  "DD": {"unit": "cm", "places": [1, 2, 3, NN], "next": {"BB": {"CC": []}}}
}
` + "```\n"}
