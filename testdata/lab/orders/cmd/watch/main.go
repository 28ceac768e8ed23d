// SPDX-License-Identifier: GPL-3.0-or-later

// Command watch fetches pages of a service again and again, as a monitoring
// agent does; with -every 0, the default, it does nothing until it ends.
package main

import (
	"context"
	"flag"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.org/lab/kit/serve"
)

func main() {
	target := flag.String("target", "", "base URL")
	pages := flag.String("pages", "/debug/vars", "what to fetch, several with commas between, each every so often")
	every := flag.Duration("every", 0, "between two looks at a page")
	life := flag.Duration("life", 10*time.Minute, "end after this time at the latest")
	flag.Parse()
	ctx, cancel := serve.Context(*life)
	defer cancel()
	if *every <= 0 {
		<-ctx.Done()
		return
	}
	var all sync.WaitGroup
	for _, page := range strings.Split(*pages, ",") {
		all.Add(1)
		go func() {
			defer all.Done()
			for t := time.NewTicker(*every); ctx.Err() == nil; <-t.C {
				look(ctx, *target+page)
			}
		}()
	}
	all.Wait()
}

func look(ctx context.Context, url string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
}
