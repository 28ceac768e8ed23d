// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// plan is one service: what to build, what to start, and its runs.
type plan struct {
	service  string
	dir      string // of the plan: the service's module
	binaries []program
	files    [][2]string // name in {dir}, template
	defaults map[string]string
	process  []process
	load     string
	admin    string
	metrics  string
	log      string
	runs     []run
}

type program struct{ name, path string }

type process struct {
	name, command string
	waits         []string // addresses that must answer before the next one starts
}

type run struct {
	plan *plan
	name string
	keys map[string]string
}

// special keys belong to the runner, with what they are when nothing is said;
// the others are the plan's own and stand in its commands.
var special = map[string]string{
	"env":        "",   // environment of main
	"gomaxprocs": "2",  // of main; 0: what Go finds itself
	"toolchain":  "",   // main is built with that Go version
	"tags":       "",   // build tags of main
	"pgo":        "",   // profile main is built with, in the service's folder or among its captured runs
	"gcflags":    "",   // of main's build
	"cpus":       "",   // CPUs main may use, as taskset -c reads them
	"quota":      "",   // CPUs main may use up a second, by cgroup
	"neighbour":  "0",  // busy processes beside it
	"seconds":    "16", // of collection
	"warm":       "3",  // seconds of load before
	"at":         "",   // "143:cache.keep=0 ...": knobs turned that many seconds after collection began
}

// words splits at blanks outside of quotes, which may stand anywhere in a word.
func words(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	var quote rune
	in := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				out = append(out, word.String())
				word.Reset()
			}
			in = false
		default:
			word.WriteRune(r)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("no end of %c in %q", quote, line)
	}
	if in {
		out = append(out, word.String())
	}
	return out, nil
}

func readPlan(path string) (*plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	p := &plan{dir: dir, defaults: make(map[string]string)}
	for k, v := range special {
		p.defaults[k] = v
	}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return p, nil
}

// cut returns the first word and the rest of a line as it stands.
func cut(line string) (string, string) {
	at := strings.IndexAny(line, " \t")
	if at < 0 {
		return line, ""
	}
	return line[:at], strings.TrimSpace(line[at:])
}

func (p *plan) line(line string) error {
	verb, rest := cut(line)
	rest = strings.TrimSpace(uncomment(rest))
	w, err := words(rest)
	if err != nil {
		return err
	}
	need := func(n int) bool { return len(w) == n }
	switch verb {
	case "service", "admin", "metrics", "log":
		if !need(1) {
			return fmt.Errorf("%s wants one word", verb)
		}
		*map[string]*string{"service": &p.service, "admin": &p.admin, "metrics": &p.metrics, "log": &p.log}[verb] = w[0]
	case "binary":
		if !need(2) {
			return fmt.Errorf("want: binary NAME PATH")
		}
		p.binaries = append(p.binaries, program{w[0], w[1]})
	case "file":
		if !need(2) {
			return fmt.Errorf("want: file NAME TEMPLATE")
		}
		p.files = append(p.files, [2]string{w[0], w[1]})
	case "default":
		if !need(2) {
			return fmt.Errorf("want: default KEY VALUE")
		}
		p.defaults[w[0]] = w[1]
	case "process":
		name, command := cut(rest)
		if command == "" {
			return fmt.Errorf("want: process NAME COMMAND")
		}
		p.process = append(p.process, process{name: name, command: command})
	case "wait":
		if !need(2) || len(p.process) == 0 {
			return fmt.Errorf("want, after a process: wait NAME URL")
		}
		last := &p.process[len(p.process)-1]
		last.waits = append(last.waits, w[1])
	case "load":
		p.load = rest
	case "run":
		return p.addRuns(w)
	default:
		return fmt.Errorf("no line begins with %q", verb)
	}
	return nil
}

// uncomment cuts a comment behind blanks, outside of quotes.
func uncomment(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch {
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '"' || s[i] == '\'':
			quote = s[i]
		case s[i] == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			return s[:i]
		}
	}
	return s
}

var span = regexp.MustCompile(`^([a-z]+)(\d+)\.\.([a-z]+)(\d+)$`)

func (p *plan) addRuns(w []string) error {
	if len(w) == 0 {
		return fmt.Errorf("want: run NAME [KEY=VALUE...]")
	}
	names := []string{w[0]}
	if m := span.FindStringSubmatch(w[0]); m != nil {
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[4])
		if m[1] != m[3] || to < from || to-from > 99 {
			return fmt.Errorf("%s is no range", w[0])
		}
		names = nil
		for i := from; i <= to; i++ {
			names = append(names, fmt.Sprintf("%s%0*d", m[1], len(m[2]), i))
		}
	}
	for _, name := range names {
		r := run{plan: p, name: name, keys: make(map[string]string)}
		for _, pair := range w[1:] {
			k, v, ok := strings.Cut(pair, "=")
			if !ok {
				return fmt.Errorf("run %s: want KEY=VALUE, got %q", name, pair)
			}
			r.keys[k] = v
		}
		p.runs = append(p.runs, r)
	}
	return nil
}

var runName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (p *plan) check() error {
	switch {
	case !runName.MatchString(p.service):
		return fmt.Errorf("no name of a service: %q", p.service)
	case p.main() == nil:
		return fmt.Errorf("no process named main")
	case p.load == "" || p.admin == "":
		return fmt.Errorf("want a load and an admin line")
	case p.log != "" && p.log != "main":
		return fmt.Errorf("log can be main only")
	}
	seen := make(map[string]bool)
	for _, r := range p.runs {
		if seen[r.name] || !runName.MatchString(r.name) {
			return fmt.Errorf("run %q: named twice, or badly", r.name)
		}
		seen[r.name] = true
		for k := range r.keys {
			if _, known := p.defaults[k]; !known {
				return fmt.Errorf("run %s: key %q has no default", r.name, k)
			}
		}
		for _, k := range []string{"seconds", "warm", "neighbour", "gomaxprocs"} {
			if _, err := strconv.Atoi(r.get(k)); err != nil {
				return fmt.Errorf("run %s: %s=%q is no whole number", r.name, k, r.get(k))
			}
		}
		if _, err := r.turns(); err != nil {
			return fmt.Errorf("run %s: %w", r.name, err)
		}
	}
	return nil
}

func (p *plan) main() *process {
	for i := range p.process {
		if p.process[i].name == "main" {
			return &p.process[i]
		}
	}
	return nil
}

func (r *run) get(key string) string {
	if v, ok := r.keys[key]; ok {
		return v
	}
	return r.plan.defaults[key]
}

func (r *run) int(key string) int {
	n, _ := strconv.Atoi(r.get(key)) // checked with the plan
	return n
}

// turn is a knob that is changed while the run is collected.
type turn struct {
	second int
	query  string
}

func (r *run) turns() ([]turn, error) {
	var out []turn
	for _, w := range strings.Fields(r.get("at")) {
		when, query, ok := strings.Cut(w, ":")
		n, err := strconv.Atoi(when)
		if !ok || err != nil || !strings.Contains(query, "=") || len(out) > 0 && n < out[len(out)-1].second {
			return nil, fmt.Errorf("at=%q: want SECOND:KNOB=VALUE, in order", r.get("at"))
		}
		out = append(out, turn{n, query})
	}
	return out, nil
}

// took is about how long a run takes, in seconds.
func (r *run) took() int { return r.int("warm") + r.int("seconds") + 9 }

var hole = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_]*(:[A-Za-z0-9_]+)?\}`)

// fill puts values in the holes of a text, again in what they bring; a hole
// that nothing fills is an error.
func fill(text string, value func(name string) (string, error)) (string, error) {
	for range 4 {
		var failed error
		next := hole.ReplaceAllStringFunc(text, func(h string) string {
			v, err := value(h[1 : len(h)-1])
			if err != nil && failed == nil {
				failed = err
			}
			return v
		})
		if failed != nil {
			return "", failed
		}
		if next == text {
			return text, nil
		}
		text = next
	}
	return text, nil
}
