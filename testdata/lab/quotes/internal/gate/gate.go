// SPDX-License-Identifier: GPL-3.0-or-later

// Package gate stands before the handlers: who calls, and a log of what was
// called.
package gate

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

// secret is what sessions are signed with; a real service would be given one.
var secret = []byte("0d9f3bb1c2a3")

// Session signs an account for a client.
func Session(account string, until time.Time) string {
	body := account + "." + until.UTC().Format("20060102T150405")
	return body + "." + sign(body)
}

func sign(body string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(body))
	return hex.EncodeToString(h.Sum(nil))
}

// Gate holds the log: the latest lines, as JSON.
type Gate struct {
	log *slog.Logger
}

// New keeps so many lines.
func New(lines int) *Gate {
	return &Gate{log: slog.New(slog.NewJSONHandler(&ring{lines: make([][]byte, lines)}, nil))}
}

type ring struct {
	mu    sync.Mutex
	lines [][]byte
	next  int
}

// Write implements io.Writer: one line a call.
func (r *ring) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[r.next] = append(r.lines[r.next][:0], line...)
	r.next = (r.next + 1) % len(r.lines)
	return len(line), nil
}

// admit finds out which account calls.
func admit(ctx context.Context) (string, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	values := md.Get("session")
	if len(values) != 1 {
		return "", status.Error(codes.Unauthenticated, "no session")
	}
	body, mac, ok := cutLast(values[0])
	if !ok || !hmac.Equal([]byte(mac), []byte(sign(body))) {
		return "", status.Error(codes.Unauthenticated, "bad session")
	}
	account, until, _ := strings.Cut(body, ".")
	end, err := time.Parse("20060102T150405", until)
	if err != nil || time.Now().After(end) {
		return "", status.Error(codes.Unauthenticated, "session is over")
	}
	return account, nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func (g *Gate) note(ctx context.Context, method, account string, began time.Time, err error) {
	from := ""
	if p, ok := peer.FromContext(ctx); ok {
		from = p.Addr.String()
	}
	g.log.LogAttrs(ctx, slog.LevelInfo, "call", slog.String("method", method), slog.String("account", account),
		slog.String("from", from), slog.String("code", status.Code(err).String()), slog.Duration("took", time.Since(began)))
}

// Unary is a server interceptor.
func (g *Gate) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	began := time.Now()
	account, err := admit(ctx)
	var reply any
	if err == nil {
		reply, err = handle(ctx, req)
	}
	g.note(ctx, info.FullMethod, account, began, err)
	return reply, err
}

// Stream is a server interceptor.
func (g *Gate) Stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	began := time.Now()
	account, err := admit(ss.Context())
	if err == nil {
		err = handle(srv, ss)
	}
	g.note(ss.Context(), info.FullMethod, account, began, err)
	return err
}
