// SPDX-License-Identifier: GPL-3.0-or-later

// Package record holds what the store keeps: sessions as text frames, profiles
// as JSON.
package record

// Steps is how many events a session remembers.
const Steps = 12

// Event is one thing a session did.
type Event struct {
	At   int64  `json:"at"`
	What string `json:"what"`
	From string `json:"from"`
}

// Session is a signed-in device of a user; times are Unix milliseconds.
type Session struct {
	ID     string
	User   string
	Device string
	Agent  string
	From   string
	Scopes []string
	Score  int
	Began  int64
	Seen   int64
	Trail  []Event // newest last, at most Steps
}

// Step adds an event and drops the oldest when there is no room.
func (s *Session) Step(e Event) {
	if len(s.Trail) >= Steps {
		copy(s.Trail, s.Trail[len(s.Trail)-Steps+1:])
		s.Trail = s.Trail[:Steps-1]
	}
	s.Trail = append(s.Trail, e)
	s.Seen = e.At
}

// Clone is a copy that shares nothing which changes.
func (s *Session) Clone() *Session {
	c := *s
	c.Trail = append(make([]Event, 0, Steps), s.Trail...)
	return &c
}

// Profile is what a user says about themself.
type Profile struct {
	User    string            `json:"user"`
	Name    string            `json:"name"`
	Mail    string            `json:"mail"`
	Address string            `json:"address"`
	Lang    string            `json:"lang"`
	Zone    string            `json:"zone"`
	Secret  string            `json:"secret"`
	Version int               `json:"version"`
	Changed int64             `json:"changed"`
	Marks   []string          `json:"marks"`
	Prefs   map[string]string `json:"prefs"`
	Groups  []Group           `json:"groups"`
}

// Group is a membership.
type Group struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Since int64  `json:"since"`
}

// Keys of the store.
func SessionKey(id string) string { return "session:" + id }

// OfUserKey names the sorted set of a user's sessions, by start.
func OfUserKey(user string) string { return "sessions-of:" + user }

// GoneKey is set while a revoked token could still be shown.
func GoneKey(id string) string { return "gone:" + id }

// ProfileKey names the profile of a user.
func ProfileKey(user string) string { return "profile:" + user }
