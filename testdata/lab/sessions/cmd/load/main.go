// SPDX-License-Identifier: GPL-3.0-or-later

// Command load sends requests to the session service, see package pace.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.org/lab/kit/pace"
)

const users = 2000

var (
	proof    = flag.Int("proof", 3000, "bytes of the proof a login carries")
	watchers = flag.Int("watchers", 0, "clients that watch all the time, beside the schedule")
)

type client struct {
	target string
	http   *http.Client
	seeds  []string
	mu     sync.Mutex
	own    []string // tokens of this process' own logins, each used by one request at a time
}

func main() {
	pace.Main(func(ctx context.Context, o *pace.Options) ([]pace.Endpoint, error) {
		idle := 64 + *watchers
		c := &client{target: o.Target, http: &http.Client{Transport: &http.Transport{MaxIdleConns: idle, MaxIdleConnsPerHost: idle, DisableCompression: true}}}
		if err := c.learn(ctx); err != nil {
			return nil, err
		}
		for n := range *watchers {
			go c.follow(ctx, c.seeds[len(c.seeds)-1-6*n%1000], time.Now().Add(o.Duration)) // of users who do little else
		}
		return []pace.Endpoint{
			{Name: "session", Share: 32, Do: c.session},
			{Name: "profile", Share: 22, Do: c.profile},
			{Name: "login", Share: 13, Do: c.login},
			{Name: "change", Share: 9, Do: c.change},
			{Name: "refresh", Share: 6, Do: c.refresh},
			{Name: "devices", Share: 5, Do: c.devices},
			{Name: "watch", Share: 10, Do: c.watch},
			{Name: "logout", Share: 3, Do: c.logout},
		}, nil
	})
}

// learn asks for tokens of sessions that are there already.
func (c *client) learn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for len(c.seeds) < 8000 {
		text, ok := c.send(ctx, http.MethodGet, fmt.Sprintf("/sample?at=%d", len(c.seeds)), "", "", nil)
		if !ok {
			return fmt.Errorf("%s: no sample: %s", c.target, text)
		}
		var some []string
		if err := json.Unmarshal(text, &some); err != nil {
			return err
		}
		if len(some) == 0 {
			return errors.New("the sample ends early")
		}
		c.seeds = append(c.seeds, some...)
	}
	return nil
}

// agents of the world, some more frequent.
var agents = []string{
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
	"portal-android/9.2.1 (Linux; Android 14; tablet)",
	"portal-ios/9.2.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)",
}

func (c *client) send(ctx context.Context, method, path, token, from string, body []byte) ([]byte, bool) {
	req, err := http.NewRequestWithContext(ctx, method, c.target+path, bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if from != "" {
		req.Header.Set("X-Forwarded-For", from)
	}
	req.Header.Set("User-Agent", agents[len(token+from)%len(agents)])
	res, err := c.http.Do(req)
	if err != nil {
		return nil, false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return text, err == nil && res.StatusCode < 400
}

func address(rng *rand.Rand) string {
	return fmt.Sprintf("10.%d.%d.%d", rng.IntN(4), rng.IntN(256), 1+rng.IntN(254))
}

// seed is a token of the first sessions, early ones more often.
func (c *client) seed(rng *rand.Rand) string {
	return c.seeds[int(rng.ExpFloat64()*600)%len(c.seeds)]
}

func (c *client) session(ctx context.Context, rng *rand.Rand) bool {
	_, ok := c.send(ctx, http.MethodGet, "/session", c.seed(rng), address(rng), nil)
	return ok
}

func (c *client) profile(ctx context.Context, rng *rand.Rand) bool {
	_, ok := c.send(ctx, http.MethodGet, "/profile", c.seed(rng), address(rng), nil)
	return ok
}

func (c *client) watch(ctx context.Context, rng *rand.Rand) bool {
	_, ok := c.send(ctx, http.MethodGet, "/watch?wait=15", c.seed(rng), address(rng), nil)
	return ok
}

func (c *client) devices(ctx context.Context, rng *rand.Rand) bool {
	_, ok := c.send(ctx, http.MethodGet, fmt.Sprintf("/users/u%04d/devices", rng.IntN(users*51/50)), c.seed(rng), address(rng), nil)
	return ok
}

func (c *client) change(ctx context.Context, rng *rand.Rand) bool {
	body := fmt.Sprintf(`{"address":%q,"lang":"en","prefs":{"mail.digest":"%d","start.page":"board-%d"}}`, address(rng), rng.IntN(10), rng.IntN(50))
	_, ok := c.send(ctx, http.MethodPut, "/profile", c.seed(rng), address(rng), []byte(body))
	return ok
}

func (c *client) login(ctx context.Context, rng *rand.Rand) bool {
	user := rng.IntN(users)
	body := fmt.Sprintf(`{"user":"u%04d","secret":"pw-u%04d","device":"dev-%012x","mark":"m-%016x","proof":"%s"}`,
		user, user, rng.Uint64N(1<<48), rng.Uint64(), strings.Repeat("QmFzZTY0IG9mIGEga2V5IGNo", *proof/24))
	text, ok := c.send(ctx, http.MethodPost, "/login", "", address(rng), []byte(body))
	return ok && c.earn(text)
}

// earn keeps the token of an answer.
func (c *client) earn(text []byte) bool {
	var got struct {
		Token string `json:"token"`
	}
	if json.Unmarshal(text, &got) != nil || got.Token == "" {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.own) < 5000 {
		c.own = append(c.own, got.Token)
	}
	return true
}

// take gives a token away that nobody else uses.
func (c *client) take(rng *rand.Rand) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.own) == 0 {
		return ""
	}
	last := len(c.own) - 1
	at := rng.IntN(last + 1)
	token := c.own[at]
	c.own[at] = c.own[last]
	c.own = c.own[:last]
	return token
}

func (c *client) refresh(ctx context.Context, rng *rand.Rand) bool {
	token := c.take(rng)
	if token == "" {
		return c.login(ctx, rng) // nothing to refresh yet
	}
	text, ok := c.send(ctx, http.MethodPost, "/session", token, address(rng), nil)
	return ok && c.earn(text)
}

func (c *client) logout(ctx context.Context, rng *rand.Rand) bool {
	token := c.take(rng)
	if token == "" {
		return c.login(ctx, rng)
	}
	_, ok := c.send(ctx, http.MethodDelete, "/session", token, address(rng), nil)
	return ok
}

// follow watches one session until then; what it gets counts for nobody.
func (c *client) follow(ctx context.Context, token string, until time.Time) {
	for time.Now().Before(until) && ctx.Err() == nil {
		if _, ok := c.send(ctx, http.MethodGet, "/watch?wait=2500", token, "", nil); !ok {
			time.Sleep(time.Second)
		}
	}
}
