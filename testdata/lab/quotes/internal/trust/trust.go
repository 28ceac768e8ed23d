// SPDX-License-Identifier: GPL-3.0-or-later

// Package trust makes the key the venue is known by and the TLS settings of
// both ends.
package trust

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"

	"google.golang.org/grpc/credentials"
)

// Name is what the venue's certificate says.
const Name = "venue.example.org"

// Issue makes a certificate, leaves it at path for those who want to call, and
// returns what a server needs.
func Issue(path string) (credentials.TransportCredentials, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: Name},
		DNSNames:              []string{Name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(240 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
		return nil, err
	}
	return credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS13,
		NextProtos:   []string{"h2"},
	}), nil
}

// Read is what a client needs to believe the certificate at path.
func Read(path string) (credentials.TransportCredentials, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, errors.New("trust: " + path + ": no certificate")
	}
	return credentials.NewTLS(&tls.Config{RootCAs: pool, ServerName: Name, MinVersion: tls.VersionTLS13}), nil
}

// Wait is Read for a venue that may still be starting.
func Wait(path string, limit time.Duration) (credentials.TransportCredentials, error) {
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		c, err := Read(path)
		if err == nil || time.Now().After(end) {
			if err != nil {
				err = fmt.Errorf("trust: no certificate after %v: %w", limit, err)
			}
			return c, err
		}
	}
}
