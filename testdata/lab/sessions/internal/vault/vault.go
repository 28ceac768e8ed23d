// SPDX-License-Identifier: GPL-3.0-or-later

// Package vault keeps sessions and profiles in the store, a Redis.
package vault

import (
	"context"
	"encoding/json"
	"errors"
	"expvar"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"golang.org/x/time/rate"

	"example.org/sessions/internal/pack"
	"example.org/sessions/internal/record"
)

// ErrNone is a session or profile that the store has not.
var ErrNone = errors.New("vault: no such record")

// Options of a Vault.
type Options struct {
	Addr    string
	Room    int           // connections
	Spare   int           // idle connections kept, 0 for all
	Age     time.Duration // of a connection at most, 0 for ever
	Retries int           // of the client, after the first attempt
	Pause   time.Duration // between these, 0 for none
	Tries   int           // of ours, around the client's
	Rate    float64       // commands a second
	Burst   int
	Level   *atomic.Int64 // of record.Frame
	Life    time.Duration // of a session
	Close   bool          // what a walk over an empty set leaves behind is closed too
	Press   *pack.Press   // of profiles
}

// Vault is a client of the store.
type Vault struct {
	db    *redis.Client
	o     Options
	limit *rate.Limiter
}

var (
	calls    = expvar.NewInt("store_calls")
	attempts = expvar.NewInt("store_attempts")
)

// Open connects lazily.
func Open(o Options) *Vault {
	retries, pause := o.Retries, o.Pause
	if retries == 0 {
		retries = -1
	}
	if pause == 0 {
		pause = -1
	}
	db := redis.NewClient(&redis.Options{
		Addr: o.Addr, PoolSize: o.Room, MaxIdleConns: o.Spare, ConnMaxLifetime: o.Age,
		MaxRetries: retries, MinRetryBackoff: pause, MaxRetryBackoff: 16 * pause,
		DialTimeout: 2 * time.Second, ReadTimeout: 2 * time.Second, PoolTimeout: 3 * time.Second,
		ReadBufferSize: 8 << 10, WriteBufferSize: 8 << 10, ContextTimeoutEnabled: true, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	v := &Vault{db: db, o: o, limit: rate.NewLimiter(rate.Limit(o.Rate), o.Burst)}
	expvar.Publish("store_pool", expvar.Func(func() any { return db.PoolStats() }))
	return v
}

// Limit changes how many commands a second there may be.
func (v *Vault) Limit(perSecond float64) { v.limit.SetLimit(rate.Limit(perSecond)) }

// Close ends all connections.
func (v *Vault) Close() error { return v.db.Close() }

// try runs one exchange with the store under the limit, again when it failed.
func (v *Vault) try(ctx context.Context, f func(ctx context.Context) error) error {
	calls.Add(1)
	for n := 1; ; n++ {
		if err := v.limit.Wait(ctx); err != nil {
			return err
		}
		attempts.Add(1)
		err := f(ctx)
		if err == nil || errors.Is(err, redis.Nil) || errors.Is(err, ErrNone) || n >= v.o.Tries || ctx.Err() != nil {
			return err
		}
	}
}

// Session reads one session.
func (v *Vault) Session(ctx context.Context, id string) (*record.Session, error) {
	var text string
	err := v.try(ctx, func(ctx context.Context) (err error) {
		text, err = v.db.Get(ctx, record.SessionKey(id)).Result()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	return record.ParseFrame(text)
}

// Sessions reads those of ids that there are.
func (v *Vault) Sessions(ctx context.Context, ids []string) ([]*record.Session, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = record.SessionKey(id)
	}
	var texts []any
	err := v.try(ctx, func(ctx context.Context) (err error) {
		texts, err = v.db.MGet(ctx, keys...).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*record.Session, 0, len(ids))
	for _, t := range texts {
		text, ok := t.(string)
		if !ok {
			continue
		}
		s, err := record.ParseFrame(text)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// perUser is how many sessions of a user the store lists.
const perUser = 8

// Add stores a new session, in place of old unless that is empty.
func (v *Vault) Add(ctx context.Context, s *record.Session, old string) error {
	frame := record.Frame(s, int(v.o.Level.Load()))
	of := record.OfUserKey(s.User)
	return v.try(ctx, func(ctx context.Context) error {
		_, err := v.db.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, record.SessionKey(s.ID), frame, v.o.Life)
			p.ZAdd(ctx, of, redis.Z{Score: float64(s.Began), Member: s.ID})
			if old != "" {
				p.Del(ctx, record.SessionKey(old))
				p.ZRem(ctx, of, old)
			} else {
				p.ZRemRangeByRank(ctx, of, 0, -perUser-1)
			}
			return nil
		})
		return err
	})
}

// Flush writes what changed.
func (v *Vault) Flush(ctx context.Context, changed []*record.Session) error {
	if len(changed) == 0 {
		return nil
	}
	return v.try(ctx, func(ctx context.Context) error {
		_, err := v.db.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, s := range changed {
				p.SetArgs(ctx, record.SessionKey(s.ID), record.Frame(s, int(v.o.Level.Load())), redis.SetArgs{Mode: "XX", TTL: v.o.Life})
			}
			return nil
		})
		if errors.Is(err, redis.Nil) {
			return nil // revoked meanwhile
		}
		return err
	})
}

// Gone says whether a session was revoked elsewhere.
func (v *Vault) Gone(ctx context.Context, id string) (bool, error) {
	var n int64
	err := v.try(ctx, func(ctx context.Context) (err error) {
		n, err = v.db.Exists(ctx, record.GoneKey(id)).Result()
		return err
	})
	return n > 0, err
}

// Revoke ends a session.
func (v *Vault) Revoke(ctx context.Context, user, id string) error {
	return v.try(ctx, func(ctx context.Context) error {
		_, err := v.db.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, record.GoneKey(id), "1", time.Minute)
			p.Del(ctx, record.SessionKey(id))
			p.ZRem(ctx, record.OfUserKey(user), id)
			return nil
		})
		return err
	})
}

// Profile reads the profile of a user.
func (v *Vault) Profile(ctx context.Context, user string) (*record.Profile, error) {
	var text []byte
	err := v.try(ctx, func(ctx context.Context) (err error) {
		text, err = v.db.Get(ctx, record.ProfileKey(user)).Bytes()
		return err
	})
	return v.profile(text, err)
}

func (v *Vault) profile(small []byte, err error) (*record.Profile, error) {
	if errors.Is(err, redis.Nil) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	text, err := v.o.Press.Unpack(small)
	if err != nil {
		return nil, err
	}
	p := new(record.Profile)
	if err := json.Unmarshal(text, p); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return p, nil
}

// Change reads a profile, lets f change it and writes it, all unless somebody
// else did meanwhile; then once more.
func (v *Vault) Change(ctx context.Context, user string, f func(ctx context.Context, p *record.Profile) error) (*record.Profile, error) {
	key := record.ProfileKey(user)
	var out *record.Profile
	err := v.try(ctx, func(ctx context.Context) error {
		work := func(tx *redis.Tx) error {
			p, err := v.profile(tx.Get(ctx, key).Bytes())
			if err != nil {
				return err
			}
			if err := f(ctx, p); err != nil {
				return err
			}
			p.Version++
			text, err := json.Marshal(p)
			if err != nil {
				return err
			}
			small, err := v.o.Press.Pack(text)
			if err != nil {
				return err
			}
			_, err = tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
				pipe.Set(ctx, key, small, 0)
				return nil
			})
			out = p
			return err
		}
		for range 3 {
			if err := v.db.Watch(ctx, work, key); !errors.Is(err, redis.TxFailedErr) {
				return err
			}
		}
		return redis.TxFailedErr
	})
	return out, err
}

// OfUser lists the ids of a user's sessions, newest first, page by page over
// one connection so that the pages fit together.
func (v *Vault) OfUser(ctx context.Context, user string) ([]string, error) {
	const page = 4
	var ids []string
	err := v.try(ctx, func(ctx context.Context) error {
		ids = ids[:0]
		cn := v.db.Conn()
		n, err := cn.ZCard(ctx, record.OfUserKey(user)).Result()
		if err != nil {
			cn.Close()
			return err
		}
		if n == 0 {
			if v.o.Close {
				cn.Close()
			}
			return ErrNone
		}
		defer cn.Close()
		for at := int64(0); at < n; at += page {
			some, err := cn.ZRevRange(ctx, record.OfUserKey(user), at, at+page-1).Result()
			if err != nil {
				return err
			}
			ids = append(ids, some...)
		}
		return nil
	})
	if errors.Is(err, ErrNone) {
		return nil, nil
	}
	return ids, err
}

// Recent lists n of the sessions the store was started with, from at on.
func (v *Vault) Recent(ctx context.Context, at, n int) ([]string, error) {
	return v.db.LRange(ctx, "recent", int64(at), int64(at+n)-1).Result()
}

// Notice is a text the operators put up for all.
func (v *Vault) Notice(ctx context.Context) (string, error) {
	var text string
	err := v.try(ctx, func(ctx context.Context) (err error) {
		text, err = v.db.Get(ctx, "notice").Result()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	return text, err
}
