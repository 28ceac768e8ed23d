// SPDX-License-Identifier: GPL-3.0-or-later

package web

import "example.org/sessions/internal/record"

type device struct {
	ID     string         `json:"id"`
	Device string         `json:"device"`
	Agent  string         `json:"agent"`
	From   string         `json:"from"`
	Score  int            `json:"score"`
	Scopes []string       `json:"scopes"`
	Began  int64          `json:"began"`
	Seen   int64          `json:"seen"`
	Trail  []record.Event `json:"trail"`
}

func deviceOf(s *record.Session) device {
	return device{s.ID, s.Device, s.Agent, s.From, s.Score, s.Scopes, s.Began, s.Seen, s.Trail}
}

// Tree implements codec.Loose.
func (d device) Tree() map[string]any {
	scopes, trail := []any{}, []any{}
	for _, s := range d.Scopes {
		scopes = append(scopes, s)
	}
	for _, e := range d.Trail {
		trail = append(trail, map[string]any{"at": e.At, "what": e.What, "from": e.From})
	}
	return map[string]any{
		"id": d.ID, "device": d.Device, "agent": d.Agent, "from": d.From, "score": d.Score,
		"scopes": scopes, "began": d.Began, "seen": d.Seen, "trail": trail,
	}
}

type sessionAnswer struct {
	User   string `json:"user"`
	Others int    `json:"others"`
	Token  string `json:"token,omitempty"`
	Notice string `json:"notice,omitempty"`
	Known  bool   `json:"known"`
	Device device `json:"device"`
}

// Tree implements codec.Loose.
func (s sessionAnswer) Tree() map[string]any {
	return map[string]any{
		"user": s.User, "others": s.Others, "token": s.Token, "notice": s.Notice, "known": s.Known, "device": s.Device.Tree(),
	}
}

type devicesAnswer struct {
	User    string   `json:"user"`
	Devices []device `json:"devices"`
}

// Tree implements codec.Loose.
func (d devicesAnswer) Tree() map[string]any {
	all := []any{}
	for _, one := range d.Devices {
		all = append(all, one.Tree())
	}
	return map[string]any{"user": d.User, "devices": all}
}

type profileAnswer struct {
	*record.Profile
	Secret string `json:"secret,omitempty"` // hides the profile's
	Notice string `json:"notice,omitempty"`
}

// Tree implements codec.Loose.
func (p profileAnswer) Tree() map[string]any {
	marks, groups, prefs := []any{}, []any{}, map[string]any{}
	for _, m := range p.Marks {
		marks = append(marks, m)
	}
	for _, g := range p.Groups {
		groups = append(groups, map[string]any{"name": g.Name, "role": g.Role, "since": g.Since})
	}
	for k, v := range p.Prefs {
		prefs[k] = v
	}
	return map[string]any{
		"user": p.User, "name": p.Name, "mail": p.Mail, "address": p.Address, "lang": p.Lang, "zone": p.Zone,
		"version": p.Version, "changed": p.Changed, "marks": marks, "prefs": prefs, "groups": groups, "notice": p.Notice,
	}
}
