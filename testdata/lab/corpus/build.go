// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// builder makes binaries when a run first needs them. Whatever they were built
// with, they are started under one name, HOME/NAME: a profile holds its path.
type builder struct {
	o    *options
	made map[string]error
}

// file is the name of a binary in home.
func (p *plan) file(name string) string {
	if name == p.service {
		return name
	}
	return p.service + "-" + name
}

// ready builds what r needs, if need be, and puts it in its place.
func (b *builder) ready(ctx context.Context, r *run) error {
	p := r.plan
	if err := b.build(ctx, ".", "./capture", "capture", "capture", nil); err != nil {
		return err
	}
	for _, bin := range p.binaries {
		var v *run
		if strings.Contains(p.main().command, "{"+bin.name+"}") {
			v = r
		}
		variant := p.service
		if s := v.variant(); s != "" {
			sum := sha256.Sum256([]byte(s))
			variant += "-" + hex.EncodeToString(sum[:6])
		}
		if err := b.build(ctx, p.dir, bin.path, variant, p.file(bin.name), v); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) variant() string {
	if r == nil || r.get("toolchain")+r.get("tags")+r.get("pgo")+r.get("gcflags") == "" {
		return ""
	}
	return strings.Join([]string{r.get("toolchain"), r.get("tags"), r.get("pgo"), r.get("gcflags")}, "\n")
}

func (b *builder) build(ctx context.Context, dir, path, variant, name string, v *run) error {
	at := filepath.Join(b.o.home, "built", variant, name)
	if err, done := b.made[at]; done {
		if err != nil {
			return err
		}
		return place(at, filepath.Join(b.o.home, name))
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-o", at}
	env := os.Environ()
	if v != nil {
		if s := v.get("tags"); s != "" {
			args = append(args, "-tags="+s)
		}
		if s := v.get("gcflags"); s != "" {
			args = append(args, "-gcflags="+s)
		}
		if s := v.get("pgo"); s != "" {
			file := filepath.Join(dir, s)
			if _, err := os.Stat(file); err != nil {
				file = filepath.Join(b.o.out, v.plan.service, s)
			}
			args = append(args, "-pgo="+file)
		}
		if s := v.get("toolchain"); s != "" {
			env = append(env, "GOTOOLCHAIN="+s)
		}
	}
	cmd := exec.CommandContext(ctx, "go", append(args, path)...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go %s: %w\n%s", strings.Join(cmd.Args[1:], " "), err, out)
	}
	if ctx.Err() == nil {
		b.made[at] = err
	}
	if err != nil {
		return err
	}
	return place(at, filepath.Join(b.o.home, name))
}

// place puts a hard link, or a copy, where the binary is started from.
func place(from, to string) error {
	os.Remove(to)
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// revision of a binary: the start of its sha256.
func revision(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}
