// SPDX-License-Identifier: GPL-3.0-or-later

// Command keys makes what the server needs before it starts: a certificate and
// the list of what clients may do, in -dir, and a folder on a real disk for its
// streams. It prints `store FOLDER` and removes that folder when it ends.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.org/lab/kit/serve"
	"example.org/nats/internal/link"
)

func main() {
	life := flag.Duration("life", 10*time.Minute, "end after this time at the latest")
	to := flag.String("dir", ".", "folder for certificate and list")
	rights := flag.Int("rights", 0, "entries in the list of what may not be published, 0 for no list")
	flag.Parse()
	ctx, cancel := serve.Context(*life)
	defer cancel()
	dir, err := os.MkdirTemp(os.TempDir(), "lab-nats-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = write(*to, *rights)
	}
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Printf("store %s\n", dir)
	<-ctx.Done()
}

func write(dir string, rights int) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "lab"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	for name, b := range map[string]*pem.Block{"server.pem": {Type: "CERTIFICATE", Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(b), 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "users.conf"), []byte(users(rights)), 0o600)
}

// users is one user who may publish everything but a list of patterns.
func users(rights int) string {
	if rights == 0 {
		return "users: [ { user: app, password: app } ]\n"
	}
	var b strings.Builder
	b.WriteString("users: [ { user: app, password: app, permissions: { publish: { deny: [\n")
	for i := range rights {
		fmt.Fprintf(&b, "  %q\n", link.Pattern(i, "closed"))
	}
	b.WriteString("] } } } ]\n")
	return b.String()
}
