// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"io"
	"log"
	"net/http"
	"sync"
	"time"
)

// watched is what a watcher asks for, each on its own schedule.
var watched = []string{"/debug/pprof/goroutine?debug=2", "/debug/pprof/heap", "/debug/pprof/goroutine?debug=2"}

// watch looks at a process again and again.
func watch(ctx context.Context, o options) error {
	if o.every <= 0 {
		<-ctx.Done()
		return nil
	}
	var all sync.WaitGroup
	for _, path := range watched {
		all.Add(1)
		go func() {
			defer all.Done()
			t := time.NewTicker(o.every)
			defer t.Stop()
			for {
				select {
				case <-t.C:
					if err := look(ctx, o.target+path); err != nil && ctx.Err() == nil {
						log.Print(err)
					}
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	all.Wait()
	return nil
}

func look(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return err
}
