// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

// add puts a file of the runner's own into the run folder.
func (s *session) add(name string, raw []byte) error {
	s.files[name] = time.Now().UTC()
	if strings.HasSuffix(name, ".gz") {
		raw = packed(raw)
	}
	return os.WriteFile(filepath.Join(s.into, name), raw, 0o644)
}

// packed compresses as gzip -9n does: no name, no time.
func packed(raw []byte) []byte {
	var b bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	zw.Write(raw)                                          // a bytes.Buffer takes everything
	zw.Close()
	return b.Bytes()
}

// thin removes all goroutine profiles but the last: the dumps of the same
// moments say more, and one is kept for its labels.
func thin(folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "goroutine-*.pprof"))
	if err != nil || len(names) < 2 {
		return err
	}
	sort.Strings(names)
	for _, name := range names[:len(names)-1] {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// finish packs the folder again (Go compresses profiles for speed) and enters
// the runner's files in run.json.
func (s *session) finish() error {
	if err := thin(s.into); err != nil {
		return err
	}
	names, err := os.ReadDir(s.into)
	if err != nil {
		return err
	}
	for _, n := range names {
		if ext := filepath.Ext(n.Name()); ext == ".pprof" || ext == ".gz" {
			if err := smaller(filepath.Join(s.into, n.Name())); err != nil {
				return fmt.Errorf("%s: %w", n.Name(), err)
			}
		}
	}
	path := filepath.Join(s.into, "run.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc struct {
		Schema   string          `json:"schema"`
		Name     string          `json:"name,omitempty"`
		Revision string          `json:"revision,omitempty"`
		Started  time.Time       `json:"started"`
		Ended    time.Time       `json:"ended"`
		Requests int64           `json:"requests,omitempty"`
		Settings json.RawMessage `json:"settings,omitempty"`
		Labels   json.RawMessage `json:"labels,omitempty"`
		Files    map[string]any  `json:"files"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	for name, t := range s.files {
		doc.Files[name] = map[string]time.Time{"t0": t}
	}
	for name := range doc.Files {
		if _, err := os.Stat(filepath.Join(s.into, name)); os.IsNotExist(err) {
			delete(doc.Files, name)
		}
	}
	if raw, err = json.MarshalIndent(doc, "", "  "); err != nil {
		return err
	}
	return os.WriteFile(path, append(raw, '\n'), 0o644)
}

func smaller(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	zr, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(zr)
	if err != nil {
		return err
	}
	if again := packed(plain); len(again) < len(raw) {
		return os.WriteFile(path, again, 0o644)
	}
	return nil
}

const head = "service,run,started,seed,rate,seconds,load1_before,load1_after,busy_percent,steal_percent,main_cpu_s,quota_by,neighbours,load"

// note writes the line of a run, in the place of an older one of the same name.
func (o *options) note(r *run, row string) error {
	path := filepath.Join(o.out, "conditions.csv")
	key := r.plan.service + "," + r.name + ","
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	var rows []string
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if line != "" && line != head && !strings.HasPrefix(line, key) {
			rows = append(rows, line)
		}
	}
	rows = append(rows, key+row)
	sort.Strings(rows)
	text := head + "\n" + strings.Join(rows, "\n") + "\n"
	if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
