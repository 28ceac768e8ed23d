// SPDX-License-Identifier: GPL-3.0-or-later

package venue

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/credentials"

	"example.org/quotes/api"
)

// keys holds the token that every call to the venue carries, and asks for a new
// one when it has become old.
type keys struct {
	c     *Client
	mu    sync.Mutex
	token string
	since time.Time
}

// current is the token in force. Whoever finds it old fetches the next one, and
// the others wait for that instead of asking too.
func (k *keys) current(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.since) < time.Duration(k.c.o.TokenLife.Load()) {
		return k.token, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	reply, err := k.c.stub.Token(ctx, &api.TokenRequest{Name: "quotes"})
	if err != nil {
		return "", err
	}
	k.token, k.since = reply.GetToken(), time.Now()
	return k.token, nil
}

// GetRequestMetadata implements credentials.PerRPCCredentials.
func (k *keys) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	if info, ok := credentials.RequestInfoFromContext(ctx); ok && info.Method == api.Venue_Token_FullMethodName {
		return nil, nil
	}
	token, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]string{"token": token}, nil
}

// RequireTransportSecurity implements credentials.PerRPCCredentials.
func (k *keys) RequireTransportSecurity() bool { return true }
