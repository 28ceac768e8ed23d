// SPDX-License-Identifier: GPL-3.0-or-later

// Package backend is what the service depends on, each a process of its own:
// the store, the address service with the archiver, and the line between.
package backend

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"

	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"

	"example.org/sessions/internal/pack"
	"example.org/sessions/internal/record"
	"example.org/sessions/internal/web"
)

// Users of the store, and sessions it begins with.
const (
	Users    = 2000
	Sessions = 9000
)

// User names a user.
func User(n int) string { return fmt.Sprintf("u%04d", n) }

// quick commands take no time and do not fail.
var quick = map[string]bool{"HELLO": true, "CLIENT": true, "PING": true, "MULTI": true, "WATCH": true, "UNWATCH": true, "EXEC": true, "SELECT": true, "QUIT": true, "LRANGE": true}

// Store runs a Redis in memory until ctx ends.
func Store(ctx context.Context, addr string, set *conf.Settings) error {
	m := miniredis.NewMiniRedis()
	if err := fill(m); err != nil {
		return err
	}
	way := newLine(set)
	own := "127.0.0.1:0" // behind the line
	if way.straight() {
		own = addr
	}
	if err := m.StartAddr(own); err != nil {
		return err
	}
	defer m.Close()
	p := &pacer{base: set.Duration("store.base"), spread: set.Duration("store.spread"), share: set.Int("store.fail"), from: time.Now().Add(2 * time.Second)}
	m.Server().SetPreHook(p.hook)
	if way.straight() {
		fmt.Println("store", m.Addr())
	} else {
		l, err := serve.Open("store", addr)
		if err != nil {
			return err
		}
		go way.pass(ctx, l, m.Addr())
	}
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.FastForward(time.Second)
		case <-ctx.Done():
			return nil
		}
	}
}

// pacer gives commands the time a store across the network needs; those that
// come in one pipeline need it once.
type pacer struct {
	base, spread time.Duration
	share        int       // of 1000 commands that fail
	from         time.Time // that is, from then on
	last         sync.Map
}

func (p *pacer) hook(c *server.Peer, cmd string, args ...string) bool {
	if quick[cmd] {
		return false
	}
	at, seen := p.last.Load(c)
	if !seen {
		c.OnDisconnect(func() { p.last.Delete(c) })
	}
	if !seen || time.Since(at.(time.Time)) > 60*time.Microsecond {
		time.Sleep(p.base + time.Duration(rand.Float64()*float64(p.spread)))
	}
	p.last.Store(c, time.Now())
	queued := cmd == "SET" && len(args) == 2 // the only command inside a MULTI
	if p.share > 0 && !queued && rand.IntN(1000) < p.share && time.Now().After(p.from) {
		c.WriteError("LOADING Redis is loading the dataset in memory")
		return true
	}
	return false
}

// fill seeds profiles and sessions, the same every time.
func fill(m *miniredis.Miniredis) error {
	rng, press := rand.New(rand.NewPCG(7, 11)), pack.New(pack.Options{Readers: true, Writers: true})
	for n := range Users {
		text, err := json.Marshal(newProfile(rng, User(n)))
		if err != nil {
			return err
		}
		small, err := press.Pack(text)
		if err != nil {
			return err
		}
		if err := m.Set(record.ProfileKey(User(n)), string(small)); err != nil {
			return err
		}
	}
	now := time.Now().UnixMilli()
	for n := range Sessions {
		s := newSession(rng, n, now)
		key := record.SessionKey(s.ID)
		if err := m.Set(key, string(record.Frame(s, 0))); err != nil {
			return err
		}
		m.SetTTL(key, time.Hour)
		if _, err := m.ZAdd(record.OfUserKey(s.User), float64(s.Began), s.ID); err != nil {
			return err
		}
		if _, err := m.Push("recent", s.User+" "+s.ID); err != nil {
			return err
		}
	}
	return m.Set("notice", "Maintenance on Sunday from 02:00 to 04:00 UTC; sign-in stays possible.")
}

var (
	words   = []string{"amber", "birch", "cedar", "delta", "ember", "flint", "grove", "heron", "inlet", "juniper", "kelp", "lumen", "maple", "north", "onyx"}
	agents  = []string{"Firefox 128 on Linux x86_64", "Chrome 126 on Windows 10", "Safari 17 on macOS 14", "App 9 on Android 14", "App 9 on iOS 17"}
	actions = []string{"look", "profile", "devices", "change", "refresh", "watch"}
)

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }

// Address makes an address up.
func Address(rng *rand.Rand) string {
	return fmt.Sprintf("10.%d.%d.%d", rng.IntN(4), rng.IntN(256), 1+rng.IntN(254))
}

func newProfile(rng *rand.Rand, user string) *record.Profile {
	p := &record.Profile{User: user, Name: pick(rng, words) + " " + pick(rng, words), Mail: user + "@example.org", Address: Address(rng),
		Lang: pick(rng, []string{"de", "en", "fr", "it"}), Zone: "zone-3", Secret: web.Secret(user, "pw-"+user), Version: 1, Prefs: make(map[string]string)}
	for range 14 + rng.IntN(8) {
		p.Prefs[pick(rng, words)+"."+pick(rng, words)] = pick(rng, words) + fmt.Sprint(rng.IntN(1000))
	}
	for range 10 + rng.IntN(8) {
		p.Marks = append(p.Marks, pick(rng, words)+"-"+pick(rng, words))
		p.Groups = append(p.Groups, record.Group{Name: pick(rng, words) + "-team", Role: pick(rng, []string{"reader", "writer", "owner"}), Since: int64(rng.IntN(1e9))})
	}
	return p
}

func newSession(rng *rand.Rand, n int, now int64) *record.Session {
	s := &record.Session{ID: fmt.Sprintf("SEED%020d", n), User: User(n % Users), Device: fmt.Sprintf("dev-%06x", rng.IntN(1<<24)), Agent: pick(rng, agents),
		From: Address(rng), Scopes: []string{"profile", "devices"}, Score: rng.IntN(40), Began: now - int64(rng.IntN(3600e3))}
	for k := range record.Steps {
		s.Step(record.Event{At: now - 1000*int64(record.Steps-k), What: pick(rng, actions), From: s.From})
	}
	return s
}
