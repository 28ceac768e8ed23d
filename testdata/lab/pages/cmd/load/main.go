// SPDX-License-Identifier: GPL-3.0-or-later

// Command load reads the magazine: stories, lists, searches, previews of what
// is being written, pictures and files. See package pace for how it sends.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"example.org/lab/kit/pace"
)

var (
	admin    = flag.String("admin", "", "base URL of the service's admin port (-look)")
	look     = flag.String("look", "", "path below /debug/pprof/ that a monitor reads")
	lookRate = flag.Float64("look-rate", 10, "how often a second")
	lookBy   = flag.Int("look-by", 1, "monitors that read it")
	watch    = flag.Int("watch", 0, "readers that keep a stream open")
	long     = flag.Bool("long", false, "the longest stories and drafts only")
)

func main() { pace.Main(table) }

type reader struct {
	target string
	client *http.Client
	slugs  []string
	drafts []string
}

func table(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
	r := &reader{target: o.Target, client: &http.Client{Transport: &http.Transport{
		MaxIdleConns: 64, MaxIdleConnsPerHost: 64, // what a short jam opened goes away again
		DisableCompression: true, // asked for by hand: bodies are counted, not read
	}}}
	if err := r.learn(ctx); err != nil {
		return nil, err
	}
	r.company(ctx)
	return []pace.Endpoint{
		{Name: "page", Share: 34, Do: r.page},
		{Name: "api", Share: 14, Do: r.api},
		{Name: "search", Share: 18, Do: r.search},
		{Name: "tag", Share: 10, Do: r.tag},
		{Name: "preview", Share: 7, Do: r.preview},
		{Name: "image", Share: 6, Do: r.image},
		{Name: "asset", Share: 6, Do: r.asset},
		{Name: "live", Share: 3, Do: r.live},
		{Name: "front", Share: 2, Do: r.front},
	}, nil
}

// learn asks the site for its stories; with -long only those over a size stay.
func (r *reader) learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	raw, err := r.read(ctx, "/slugs")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &r.slugs); err != nil {
		return err
	}
	for i := range 40 {
		r.drafts = append(r.drafts, draft(rand.New(rand.NewPCG(uint64(i), 3)), *long))
	}
	if !*long {
		return nil
	}
	var kept []string
	for _, slug := range r.slugs {
		if raw, err := r.read(ctx, "/api/a/"+slug); err == nil && len(raw) > 22000 {
			kept = append(kept, slug)
		}
	}
	if len(kept) < 10 {
		return fmt.Errorf("only %d long stories", len(kept))
	}
	r.slugs = kept
	return nil
}

func (r *reader) read(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.target+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return io.ReadAll(io.LimitReader(res.Body, 4<<20))
}

// company is who else is there: monitors and readers of streams. They end with
// the process.
func (r *reader) company(ctx context.Context) {
	if *look != "" {
		for range *lookBy {
			go monitor(ctx, *admin+"/debug/pprof/"+*look, time.Duration(float64(*lookBy)*float64(time.Second) / *lookRate))
		}
	}
	for i := range *watch {
		go r.stream(ctx, r.slugs[i%len(r.slugs)])
	}
}

func monitor(ctx context.Context, url string, every time.Duration) {
	for ctx.Err() == nil {
		next := time.Now().Add(every)
		if res, err := http.Get(url); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		} else {
			log.Print(err)
		}
		time.Sleep(time.Until(next))
	}
}

func (r *reader) stream(ctx context.Context, slug string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.target+"/live/"+slug+"/stream", nil)
	if err != nil {
		return
	}
	res, err := r.client.Do(req)
	if err != nil {
		return
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
}

func (r *reader) ask(ctx context.Context, method, path, body string) bool {
	req, err := http.NewRequestWithContext(ctx, method, r.target+path, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := r.client.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return false
	}
	return res.StatusCode < 400
}

// slug prefers some stories to others, as readers do.
func (r *reader) slug(rng *rand.Rand) string {
	return r.slugs[int(float64(len(r.slugs))*rng.Float64()*rng.Float64())]
}

func (r *reader) page(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, fmt.Sprintf("/a/%s?ref=%08x", r.slug(rng), rng.Uint32()), "")
}

func (r *reader) api(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, "/api/a/"+r.slug(rng), "")
}

var (
	words = strings.Fields(`about answer bridge candle coast corner current earth engine evening field forest garden harbour house
island kitchen light machine market measure moment mountain music narrow night number paper people plant point power present quiet
rain record river road rock season second shape short side signal silver snow sound spring station steel stone storm story stream
summer surface system table track trade travel upper valley village voice wait walk water weather west wheel wild wind window winter wood`)
	starts = strings.Fields("ba che dor elb fin gra hol isl kam lov mer nor osp pel qui rav sten tor ulm vin")
	tags   = strings.Fields("archive bread bridges clocks data engines gardens glass go harbours history ink iron lenses logs maps mills paper radio rivers ships sql stars tides tools trains walks wool")
)

func one(rng *rand.Rand, of []string) string { return of[rng.IntN(len(of))] }

func (r *reader) search(ctx context.Context, rng *rand.Rand) bool {
	q := one(rng, words)
	for range rng.IntN(3) {
		q += "+" + one(rng, words)
	}
	if rng.IntN(3) == 0 {
		q += "+" + one(rng, starts)
	}
	return r.ask(ctx, http.MethodGet, "/search?q="+q, "")
}

func (r *reader) tag(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, "/t/"+one(rng, tags), "")
}

func (r *reader) front(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, "/", "")
}

func (r *reader) preview(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodPost, "/preview", one(rng, r.drafts)+"\n"+one(rng, words)+" "+one(rng, words)+"\n")
}

func (r *reader) image(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, fmt.Sprintf("/img/%d?w=%d", int(60*rng.Float64()*rng.Float64()), []int{96, 160, 240}[rng.IntN(3)]), "")
}

func (r *reader) asset(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, "/assets/"+[]string{"site.css", "site.js"}[rng.IntN(2)], "")
}

func (r *reader) live(ctx context.Context, rng *rand.Rand) bool {
	return r.ask(ctx, http.MethodGet, fmt.Sprintf("/live/%s?reader=%x", r.slug(rng), rng.Uint64()), "")
}

// draft is what somebody is writing: the same text again and again while it is
// being changed, so that its code has been coloured before.
func draft(rng *rand.Rand, long bool) string {
	var b strings.Builder
	parts := 3 + rng.IntN(4)
	if long {
		parts *= 5
	}
	for i := range parts {
		fmt.Fprintf(&b, "## %s %s\n\n", one(rng, words), one(rng, words))
		for range 30 + rng.IntN(60) {
			b.WriteString(one(rng, words) + " ")
		}
		if i%3 == 1 {
			name := one(rng, words)
			fmt.Fprintf(&b, "\n\n```go\nfunc %s(at int) (int, error) {\n\tif at < %d {\n\t\treturn 0, errors.New(\"%s\")\n\t}\n", name, rng.IntN(900), one(rng, words))
			fmt.Fprintf(&b, "\tfor i := range at { // %s\n\t\tsum += i * %d\n\t}\n\treturn sum, nil\n}\n```\n", one(rng, words), rng.IntN(99))
		}
		b.WriteString("\n\n- " + one(rng, words) + "\n- **" + one(rng, words) + "**\n\n")
	}
	return b.String()
}
