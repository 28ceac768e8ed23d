// SPDX-License-Identifier: GPL-3.0-or-later

// Package web is the HTTP face of the session service.
package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"example.org/sessions/internal/agent"
	"example.org/sessions/internal/codec"
	"example.org/sessions/internal/hub"
	"example.org/sessions/internal/journal"
	"example.org/sessions/internal/notes"
	"example.org/sessions/internal/record"
	"example.org/sessions/internal/risk"
	"example.org/sessions/internal/roster"
	"example.org/sessions/internal/token"
	"example.org/sessions/internal/vault"
)

// Parts is what the handlers work with.
type Parts struct {
	Vault    *vault.Vault
	Roster   *roster.Roster
	Ring     *token.Ring
	Risk     *risk.Client
	Agents   *agent.Book
	Receipts *notes.Receipts
	Devices  *notes.Devices
	Hub      *hub.Hub
	Journal  *journal.Journal
	Out      *codec.Writer

	Checked bool // the roster asks for revoked sessions itself
	Inside  bool // an address is looked up while its profile is watched
	Logins  float64
	Every   int           // requests between two looks at the memory
	Late    time.Duration // an answer that takes longer is looked into
	Pause   time.Duration // that seldom
	Flush   time.Duration // between two writes of what changed
	Life    time.Duration // of a session
}

type api struct {
	Parts
	gate   gate
	late   late
	logins *rate.Limiter
	notice atomic.Pointer[string]
}

// Handler wires the routes and starts what refreshes in the background until
// ctx ends.
func Handler(ctx context.Context, p Parts) http.Handler {
	a := &api{Parts: p, gate: gate{every: int64(p.Every), most: 2 << 30}, late: late{after: p.Late, pause: p.Pause},
		logins: rate.NewLimiter(rate.Limit(p.Logins), 4)}
	go a.gate.sample(ctx)
	go a.every(ctx, p.Flush, a.flush)
	go a.every(ctx, time.Second, a.read)
	go a.every(ctx, time.Second, func(context.Context) error { a.Roster.Images(); return nil })
	mux := http.NewServeMux()
	mux.HandleFunc("POST /login", a.login)
	mux.HandleFunc("GET /session", a.session)
	mux.HandleFunc("POST /session", a.refresh)
	mux.HandleFunc("DELETE /session", a.logout)
	mux.HandleFunc("GET /users/{user}/devices", a.devices)
	mux.HandleFunc("GET /profile", a.profile)
	mux.HandleFunc("PUT /profile", a.change)
	mux.HandleFunc("GET /watch", a.watch)
	mux.HandleFunc("GET /sample", a.sample)
	return a.guard(mux)
}

// every calls f again and again.
func (a *api) every(ctx context.Context, pause time.Duration, f func(ctx context.Context) error) {
	t := time.NewTicker(pause)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := f(ctx); err != nil && ctx.Err() == nil {
				log.Print(err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// flush writes back what was touched.
func (a *api) flush(ctx context.Context) error {
	return a.Vault.Flush(ctx, a.Roster.Changed(400))
}

// read refreshes the notice.
func (a *api) read(ctx context.Context) error {
	text, err := a.Vault.Notice(ctx)
	if err == nil {
		a.notice.Store(&text)
	}
	return err
}

func (a *api) banner() string {
	if text := a.notice.Load(); text != nil {
		return *text
	}
	return ""
}

var (
	errSigned = errors.New("sign in first")
	errBody   = errors.New("bad body")
)

// fail answers with what err means to a client.
func fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, token.ErrBad), errors.Is(err, token.ErrOld), errors.Is(err, errSigned):
		http.Error(w, err.Error(), http.StatusUnauthorized)
	case errors.Is(err, vault.ErrNone):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, errBody):
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		http.Error(w, "try again", http.StatusServiceUnavailable)
	}
}

func from(r *http.Request) string {
	if ip := r.Header.Get("X-Forwarded-For"); ip != "" {
		return ip
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

// current finds the session of a request and notes what it does.
func (a *api) current(r *http.Request, what string) (*record.Session, error) {
	c, err := a.Ring.Verify(bearer(r))
	if err != nil {
		return nil, err
	}
	ctx, ev := r.Context(), record.Event{At: time.Now().UnixMilli(), What: what, From: from(r)}
	s, ok, err := a.Roster.Touch(ctx, c.User, c.Session, ev)
	if err != nil {
		return nil, err
	}
	if !ok {
		if s, err = a.fetch(ctx, c, ev); err != nil {
			return nil, err
		}
	}
	if !a.Checked {
		gone, err := a.Vault.Gone(ctx, c.Session)
		if err != nil {
			return nil, err
		}
		if gone {
			a.Roster.Drop(c.User, c.Session)
			return nil, errSigned
		}
	}
	return s, a.noted(s.User, ev, r.Method != http.MethodGet)
}

// fetch brings a session into memory.
func (a *api) fetch(ctx context.Context, c token.Claims, ev record.Event) (*record.Session, error) {
	s, err := a.Vault.Session(ctx, c.Session)
	if errors.Is(err, vault.ErrNone) {
		return nil, errSigned
	}
	if err != nil {
		return nil, err
	}
	a.Roster.Put(s.Clone())
	s.Step(ev)
	return s, nil
}

func (a *api) noted(user string, ev record.Event, weight bool) error {
	if ev.What != "watch" {
		a.Hub.Tell(user, ev)
	}
	return a.Journal.Note(journal.Line{At: time.UnixMilli(ev.At), User: user, What: ev.What, From: ev.From}, weight)
}

// credentials is the body of POST /login.
type credentials struct {
	User   string `json:"user"`
	Secret string `json:"secret"`
	Device string `json:"device"`
	Mark   string `json:"mark"`
	Proof  string `json:"proof"`
}

func (a *api) login(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	if err != nil {
		fail(w, errBody)
		return
	}
	var c credentials
	if json.Unmarshal(body, &c) != nil || c.User == "" || c.Device == "" {
		fail(w, errBody)
		return
	}
	out, err := a.enter(r.Context(), &c, body, r.UserAgent(), from(r))
	if err != nil {
		fail(w, err)
		return
	}
	a.Out.JSON(w, http.StatusCreated, out)
}

// Secret is what a profile keeps of a password.
func Secret(user, text string) string {
	sum := sha256.Sum256([]byte(user + "\x00" + text))
	for range 20 {
		sum = sha256.Sum256(sum[:])
	}
	return hex.EncodeToString(sum[:])
}

// enter signs a user in.
func (a *api) enter(ctx context.Context, c *credentials, body []byte, header, address string) (*sessionAnswer, error) {
	if err := a.turn(ctx); err != nil {
		return nil, err
	}
	p, err := a.Vault.Profile(ctx, c.User)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(p.Secret), []byte(Secret(c.User, c.Secret))) == 0 {
		return nil, errSigned
	}
	known := a.Devices.Learn(c.Device, body)
	score, err := a.Risk.Score(ctx, address, c.Device)
	if err != nil {
		return nil, err
	}
	now := time.Now().UnixMilli()
	s := &record.Session{ID: newID(), User: c.User, Device: c.Device, Agent: a.Agents.Name(header), From: address,
		Scopes: []string{"profile", "devices"}, Score: score.Score, Began: now, Trail: make([]record.Event, 0, record.Steps)}
	ev := record.Event{At: now, What: "login", From: address}
	s.Step(ev)
	text, err := a.open(ctx, s, "")
	if err != nil {
		return nil, err
	}
	return &sessionAnswer{User: s.User, Others: a.Roster.Others(s.User), Token: text, Notice: a.banner(), Known: known, Device: deviceOf(s)},
		a.noted(s.User, ev, true)
}

// turn waits until another login may begin.
func (a *api) turn(ctx context.Context) error {
	for !a.logins.Allow() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

// open stores a session and signs its token.
func (a *api) open(ctx context.Context, s *record.Session, old string) (string, error) {
	if err := a.Vault.Add(ctx, s, old); err != nil {
		return "", err
	}
	if old != "" {
		a.Roster.Drop(s.User, old)
	}
	a.Roster.Put(s.Clone())
	text, err := a.sign(s)
	if err == nil && !a.Receipts.First(text, s) {
		err = errSigned
	}
	return text, err
}

func (a *api) sign(s *record.Session) (string, error) {
	return a.Ring.Sign(token.Claims{User: s.User, Session: s.ID, Issued: time.Now().Unix(), Until: time.Now().Add(a.Life).Unix()})
}

func newID() string {
	var b [15]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // documented not to happen
	}
	return base32.StdEncoding.EncodeToString(b[:])
}

func (a *api) session(w http.ResponseWriter, r *http.Request) {
	s, err := a.current(r, "look")
	if err != nil {
		fail(w, err)
		return
	}
	a.Out.JSON(w, http.StatusOK, sessionAnswer{User: s.User, Others: a.Roster.Others(s.User), Notice: a.banner(), Known: true, Device: deviceOf(s)})
}

func (a *api) refresh(w http.ResponseWriter, r *http.Request) {
	s, err := a.current(r, "refresh")
	if err != nil {
		fail(w, err)
		return
	}
	old := s.ID
	s.ID, s.Began = newID(), time.Now().UnixMilli()
	text, err := a.open(r.Context(), s, old)
	if err != nil {
		fail(w, err)
		return
	}
	a.Out.JSON(w, http.StatusOK, sessionAnswer{User: s.User, Others: a.Roster.Others(s.User), Token: text, Known: true, Device: deviceOf(s)})
}

func (a *api) logout(w http.ResponseWriter, r *http.Request) {
	s, err := a.current(r, "logout")
	if err == nil {
		a.Roster.Drop(s.User, s.ID)
		err = a.Vault.Revoke(r.Context(), s.User, s.ID)
	}
	if err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (a *api) devices(w http.ResponseWriter, r *http.Request) {
	if _, err := a.current(r, "devices"); err != nil {
		fail(w, err)
		return
	}
	out := devicesAnswer{User: r.PathValue("user"), Devices: []device{}}
	all, err := a.sessionsOf(r.Context(), out.User)
	if err != nil {
		fail(w, err)
		return
	}
	for _, s := range all {
		out.Devices = append(out.Devices, deviceOf(s))
	}
	a.Out.JSON(w, http.StatusOK, out)
}

// sessionsOf lists what the store knows; what is in memory is newer.
func (a *api) sessionsOf(ctx context.Context, user string) ([]*record.Session, error) {
	ids, err := a.Vault.OfUser(ctx, user)
	if err != nil {
		return nil, err
	}
	here := make(map[string]*record.Session)
	for _, s := range a.Roster.OfUser(user) {
		here[s.ID] = s
	}
	var away []string
	out := make([]*record.Session, 0, len(ids))
	for _, id := range ids {
		if s := here[id]; s != nil {
			out = append(out, s)
		} else {
			away = append(away, id)
		}
	}
	more, err := a.Vault.Sessions(ctx, away)
	return append(out, more...), err
}

func (a *api) profile(w http.ResponseWriter, r *http.Request) {
	s, err := a.current(r, "profile")
	if err != nil {
		fail(w, err)
		return
	}
	p, err := a.Vault.Profile(r.Context(), s.User)
	if err != nil {
		fail(w, err)
		return
	}
	a.Out.JSON(w, http.StatusOK, profileAnswer{Profile: p, Notice: a.banner()})
}

// wish is the body of PUT /profile.
type wish struct {
	Address string            `json:"address"`
	Lang    string            `json:"lang"`
	Prefs   map[string]string `json:"prefs"`
}

func (a *api) change(w http.ResponseWriter, r *http.Request) {
	s, err := a.current(r, "change")
	if err != nil {
		fail(w, err)
		return
	}
	var want wish
	if json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&want) != nil || want.Address == "" {
		fail(w, errBody)
		return
	}
	p, err := a.settle(r.Context(), s, &want)
	if err != nil {
		fail(w, err)
		return
	}
	a.Out.JSON(w, http.StatusOK, profileAnswer{Profile: p})
}

// settle looks the new address up and changes the profile.
func (a *api) settle(ctx context.Context, s *record.Session, want *wish) (*record.Profile, error) {
	apply := func(zone string, p *record.Profile) {
		p.Address, p.Lang, p.Zone, p.Changed = want.Address, want.Lang, zone, time.Now().UnixMilli()
		for k, v := range want.Prefs {
			p.Prefs[k] = v
		}
	}
	if a.Inside {
		return a.Vault.Change(ctx, s.User, func(ctx context.Context, p *record.Profile) error {
			score, err := a.Risk.Score(ctx, want.Address, s.Device)
			if err == nil {
				apply(score.Zone, p)
			}
			return err
		})
	}
	score, err := a.Risk.Score(ctx, want.Address, s.Device)
	if err != nil {
		return nil, err
	}
	return a.Vault.Change(ctx, s.User, func(_ context.Context, p *record.Profile) error {
		apply(score.Zone, p)
		return nil
	})
}

func (a *api) watch(w http.ResponseWriter, r *http.Request) {
	ms, err := strconv.Atoi(r.FormValue("wait"))
	if err != nil || ms < 0 || ms > 3000 {
		fail(w, errBody)
		return
	}
	s, err := a.current(r, "watch")
	if err != nil {
		fail(w, err)
		return
	}
	ev, ok := a.Hub.Watch(r.Context(), s.User, time.Duration(ms)*time.Millisecond, func() bool { return a.Roster.Others(s.User) > 0 })
	if !ok {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.Out.JSON(w, http.StatusOK, ev)
}

// sample gives the load generator tokens of a hundred sessions the store began with.
func (a *api) sample(w http.ResponseWriter, r *http.Request) {
	at, err := strconv.Atoi(r.FormValue("at"))
	if err != nil || at < 0 {
		fail(w, errBody)
		return
	}
	all, err := a.Vault.Recent(r.Context(), at, 100)
	if err != nil {
		fail(w, err)
		return
	}
	texts := make([]string, 0, len(all))
	for _, line := range all {
		user, id, _ := strings.Cut(line, " ")
		text, err := a.sign(&record.Session{ID: id, User: user})
		if err != nil {
			fail(w, err)
			return
		}
		texts = append(texts, text)
	}
	a.Out.JSON(w, http.StatusOK, texts)
}

// Prime fills the roster with the sessions the store began with.
func Prime(ctx context.Context, v *vault.Vault, r *roster.Roster, n int) error {
	all, err := v.Recent(ctx, 0, n)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		some := all[:min(len(all), 200)]
		all = all[len(some):]
		ids := make([]string, 0, len(some))
		for _, line := range some {
			_, id, _ := strings.Cut(line, " ")
			ids = append(ids, id)
		}
		got, err := v.Sessions(ctx, ids)
		if err != nil {
			return err
		}
		for _, s := range got {
			r.Put(s)
		}
	}
	return nil
}
