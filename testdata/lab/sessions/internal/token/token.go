// SPDX-License-Identifier: GPL-3.0-or-later

// Package token signs and verifies what a session shows: key id, claims, MAC.
package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/fnv"
	"strings"
	"sync"
	"time"
)

// Claims are what a token says.
type Claims struct {
	User    string `json:"sub"`
	Session string `json:"sid"`
	Issued  int64  `json:"iat"`
	Until   int64  `json:"exp"`
}

var (
	// ErrBad is a token nobody here signed.
	ErrBad = errors.New("token: not ours")
	// ErrOld is a token that has ended.
	ErrOld = errors.New("token: ended")
)

// Ring derives one key a group of users from the master key.
type Ring struct {
	master []byte
	rounds int
	keep   bool
	mu     sync.RWMutex
	keys   map[string][]byte
}

// NewRing returns a ring; keep says whether a derived key is kept.
func NewRing(master string, rounds int, keep bool) *Ring {
	return &Ring{master: []byte(master), rounds: rounds, keep: keep, keys: make(map[string][]byte)}
}

// Groups is the number of keys.
const Groups = 16

func group(user string) string {
	h := fnv.New32a()
	h.Write([]byte(user))
	return fmt.Sprintf("k%02d", h.Sum32()%Groups)
}

func (r *Ring) key(id string) []byte {
	if !r.keep {
		return r.derive(id)
	}
	r.mu.RLock()
	k := r.keys[id]
	r.mu.RUnlock()
	if k == nil {
		k = r.derive(id)
		r.mu.Lock()
		r.keys[id] = k
		r.mu.Unlock()
	}
	return k
}

// derive is PBKDF2 with one block.
func (r *Ring) derive(id string) []byte {
	prf := hmac.New(sha256.New, r.master)
	prf.Write([]byte(id))
	prf.Write(binary.BigEndian.AppendUint32(nil, 1))
	u := prf.Sum(nil)
	out := append([]byte(nil), u...)
	for range r.rounds - 1 {
		u = again(prf, u)
		for i := range out {
			out[i] ^= u[i]
		}
	}
	return out
}

func again(prf hash.Hash, u []byte) []byte {
	prf.Reset()
	prf.Write(u)
	return prf.Sum(u[:0])
}

var enc = base64.RawURLEncoding

// Sign makes a token of claims.
func (r *Ring) Sign(c Claims) (string, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	id := group(c.User)
	head := id + "." + enc.EncodeToString(body)
	return head + "." + enc.EncodeToString(r.mac(id, head)), nil
}

func (r *Ring) mac(id, text string) []byte {
	m := hmac.New(sha256.New, r.key(id))
	m.Write([]byte(text))
	return m.Sum(nil)
}

// Verify checks a token and returns its claims.
func (r *Ring) Verify(text string) (Claims, error) {
	var c Claims
	cut := strings.LastIndexByte(text, '.')
	id, body, ok := strings.Cut(text[:max(cut, 0)], ".")
	if !ok || len(id) != 3 {
		return c, ErrBad
	}
	want, err := enc.DecodeString(text[cut+1:])
	if err != nil || !hmac.Equal(want, r.mac(id, text[:cut])) {
		return c, ErrBad
	}
	raw, err := enc.DecodeString(body)
	if err != nil {
		return c, ErrBad
	}
	if err := json.Unmarshal(raw, &c); err != nil || group(c.User) != id {
		return c, ErrBad
	}
	if time.Now().Unix() > c.Until {
		return c, ErrOld
	}
	return c, nil
}
