// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bufio"
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// session is one run while it is captured.
type session struct {
	o       *options
	r       *run
	p       *plan
	dir     string // scratch
	into    string // the run's folder, under another name yet
	group   *group
	means   string // how a quota is kept
	life    int
	seed    int
	mu      sync.Mutex
	printed map[string]string
	ports   map[string]string
	alive   []*child // oldest first
	main    *child
	files   map[string]time.Time // what the runner adds to the folder
}

type child struct {
	name string
	cmd  *exec.Cmd
	out  string // file of its standard error
	done chan struct{}
	err  error
}

func capture(ctx context.Context, o *options, r *run, b *builder) (err error) {
	s := &session{o: o, r: r, p: r.plan, seed: r.seed(), printed: make(map[string]string), ports: make(map[string]string),
		files: make(map[string]time.Time)}
	s.life = r.int("warm") + r.int("seconds") + 90
	final := o.folder(r)
	s.into = filepath.Join(filepath.Dir(final), "."+r.name)
	if err := os.RemoveAll(s.into); err != nil {
		return err
	}
	if err := os.MkdirAll(s.into, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(s.into)
	if s.dir, err = os.MkdirTemp(memory(), "lab-"); err != nil {
		return err
	}
	defer func() {
		s.reap()
		if err != nil && o.keep {
			fmt.Printf("kept %s\n", s.dir)
			return
		}
		os.RemoveAll(s.dir)
	}()
	if err := s.start(ctx); err != nil {
		return s.explain(err)
	}
	row, err := s.collect(ctx)
	if err != nil {
		return s.explain(err)
	}
	if err := s.finish(); err != nil {
		return err
	}
	if err := os.RemoveAll(final); err != nil {
		return err
	}
	if err := os.Rename(s.into, final); err != nil {
		return err
	}
	return o.note(r, row)
}

// memory is where scratch folders go: no disk to wait for, where that is possible.
func memory() string {
	const dir = "/dev/shm"
	if f, err := os.CreateTemp(dir, "lab-"); err == nil {
		f.Close()
		os.Remove(f.Name())
		return dir
	}
	return os.TempDir()
}

// explain adds the last words of the processes to an error.
func (s *session) explain(err error) error {
	for _, c := range s.alive {
		raw, _ := os.ReadFile(c.out)
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			err = fmt.Errorf("%w\n%s: %s", err, c.name, raw[max(0, len(raw)-600):])
		}
	}
	return err
}

// start starts the plan's processes in their order.
func (s *session) start(ctx context.Context) error {
	quota := 0.0
	if q := s.r.get("quota"); q != "" {
		var err error
		if quota, err = strconv.ParseFloat(q, 64); err != nil || quota <= 0 {
			return fmt.Errorf("quota=%q: want a number of CPUs", q)
		}
	}
	nice, _ := strconv.Atoi(os.Getenv("NICE"))
	g, err := newGroup(quota, nice)
	if err == nil {
		s.group = g
	}
	cpus := s.r.get("cpus")
	if quota > 0 {
		s.means = "cgroup"
		if s.group == nil {
			s.means, cpus = "affinity", "0"
			fmt.Printf("%s/%s: no control group (%v): one CPU instead of a quota of %v\n", s.p.service, s.r.name, err, quota)
		}
	}
	for i := range s.p.process {
		proc := &s.p.process[i]
		text, err := s.fill(ctx, proc.command)
		if err != nil {
			return err
		}
		if err := s.templates(ctx); err != nil {
			return err
		}
		args, err := words(text)
		if err != nil {
			return err
		}
		env := clean(os.Environ())
		if proc.name == "main" {
			if n := s.r.int("gomaxprocs"); n > 0 {
				env = append(env, fmt.Sprintf("GOMAXPROCS=%d", n))
			}
			more, err := words(s.r.get("env"))
			if err != nil {
				return err
			}
			env = append(env, more...)
			if cpus != "" {
				args = append([]string{"taskset", "-c", cpus}, args...)
			}
			if s.group != nil {
				args = append([]string{"sh", "-c", `echo $$ >"$0" && exec "$@"`, filepath.Join(s.group.dir, "cgroup.procs")}, args...)
			}
		} else {
			env = append(env, "GOMAXPROCS=2")
		}
		c, err := s.spawn(proc.name, args, env, s.listen)
		if err != nil {
			return err
		}
		if proc.name == "main" {
			s.main = c
		}
		for _, address := range proc.waits {
			if address, err = s.fill(ctx, address); err != nil {
				return err
			}
			if err := answers(ctx, address, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// clean takes what would change how a Go process runs out of an environment.
func clean(env []string) []string {
	var out []string
	for _, e := range env {
		switch k, _, _ := strings.Cut(e, "="); k {
		case "GOGC", "GODEBUG", "GOMEMLIMIT", "GOMAXPROCS", "GOTRACEBACK", "NICE":
		default:
			out = append(out, e)
		}
	}
	return out
}

// spawn starts a process that ends when the runner does.
func (s *session) spawn(name string, args, env []string, read func(io.Reader)) (*child, error) {
	c := &child{name: name, cmd: exec.Command(args[0], args[1:]...), done: make(chan struct{})}
	c.out = filepath.Join(s.dir, fmt.Sprintf("%s.%d.err", name, len(s.alive)))
	log, err := os.OpenFile(c.out, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	c.cmd.Dir, c.cmd.Env, c.cmd.Stderr = s.dir, env, log
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	s.alive = append(s.alive, c)
	go func() {
		read(out)
		io.Copy(io.Discard, out)
		c.err = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// WORD PLACE: an address, a path, or a number.
var (
	printed   = regexp.MustCompile(`^[a-z]+$`)
	somewhere = regexp.MustCompile(`:|^/|^[0-9]+$`)
)

// listen keeps the addresses that a process prints.
func (s *session) listen(from io.Reader) {
	for lines := bufio.NewScanner(from); lines.Scan(); {
		if w := strings.Fields(lines.Text()); len(w) == 2 && printed.MatchString(w[0]) && somewhere.MatchString(w[1]) {
			s.mu.Lock()
			s.printed[w[0]] = w[1]
			s.mu.Unlock()
		}
	}
}

func (s *session) address(word string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.printed[word]
	return a, ok
}

// value is what a hole of a command stands for.
func (s *session) value(name string) (string, error) {
	if a, ok := s.address(name); ok {
		return a, nil
	}
	if port, ok := strings.CutPrefix(name, "port:"); ok {
		return s.port(port)
	}
	switch name {
	case "dir":
		return s.dir, nil
	case "home":
		return s.o.home, nil
	case "life":
		return fmt.Sprintf("%ds", s.life), nil
	case "seed":
		return strconv.Itoa(s.seed), nil
	}
	if v, ok := s.r.keys[name]; ok {
		return v, nil
	}
	if v, ok := s.p.defaults[name]; ok {
		return v, nil
	}
	for _, b := range s.p.binaries {
		if b.name == name {
			return filepath.Join(s.o.home, s.p.file(name)), nil
		}
	}
	return "", errors.New("nothing fills {" + name + "}")
}

// fill fills the holes, waiting for addresses that are still to be printed.
func (s *session) fill(ctx context.Context, text string) (string, error) {
	var out string
	err := errors.New("no time")
	for end := time.Now().Add(15 * time.Second); err != nil && time.Now().Before(end) && ctx.Err() == nil; {
		if out, err = fill(text, s.value); err != nil {
			pause(ctx, 50*time.Millisecond)
		}
	}
	return out, err
}

// port is a free port, the same for the same name in one run.
func (s *session) port(name string) (string, error) {
	if p, ok := s.ports[name]; ok {
		return p, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	s.ports[name] = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	return s.ports[name], nil
}

// templates writes the plan's files as far as they can be filled now; braces of
// their own stay.
func (s *session) templates(ctx context.Context) error {
	for _, f := range s.p.files {
		raw, err := os.ReadFile(filepath.Join(s.p.dir, f[1]))
		if err != nil {
			return err
		}
		text, err := fill(string(raw), func(name string) (string, error) {
			if v, err := s.value(name); err == nil {
				return v, nil
			}
			return "{" + name + "}", nil
		})
		if err != nil {
			return err
		}
		to := filepath.Join(s.dir, f[0])
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// answers waits until something answers at http:// or listens at tcp://.
func answers(ctx context.Context, address string, c *child) error {
	err := errors.New("no time")
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end) && ctx.Err() == nil; pause(ctx, 100*time.Millisecond) {
		select {
		case <-c.done:
			return fmt.Errorf("%s ended: %v", c.name, c.err)
		default:
		}
		if host, ok := strings.CutPrefix(address, "tcp://"); ok {
			var conn net.Conn
			if conn, err = net.DialTimeout("tcp", host, time.Second); err == nil {
				conn.Close()
				return nil
			}
			continue
		}
		var raw []byte
		if raw, err = get(ctx, address); err == nil || raw != nil {
			return nil
		}
	}
	return fmt.Errorf("%s does not answer: %w", address, err)
}

// get reads an answer; one that is an error but not the server's own comes
// with its body.
func get(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	switch {
	case err != nil:
		return nil, err
	case res.StatusCode >= 500:
		return nil, fmt.Errorf("%s: %s", url, res.Status)
	case res.StatusCode != http.StatusOK:
		return append([]byte{}, raw...), fmt.Errorf("%s: %s", url, res.Status)
	}
	return raw, nil
}

// loader starts the load; its summary comes when it has ended.
func (s *session) loader(ctx context.Context, seconds int, more ...string) (*child, func() string, error) {
	text, err := s.fill(ctx, s.p.load)
	if err != nil {
		return nil, nil, err
	}
	args, err := words(text)
	if err != nil {
		return nil, nil, err
	}
	args = append(append(args, "-duration", fmt.Sprintf("%ds", seconds)), more...)
	var sum string
	c, err := s.spawn("load", args, append(clean(os.Environ()), "GOMAXPROCS=2"), func(from io.Reader) {
		for lines := bufio.NewScanner(from); lines.Scan(); {
			sum = lines.Text()
		}
	})
	return c, func() string { return sum }, err
}

// wait waits for a process, at most that long.
func wait(ctx context.Context, c *child, limit time.Duration) error {
	t := time.NewTimer(limit)
	defer t.Stop()
	select {
	case <-c.done:
		if c.err != nil {
			return fmt.Errorf("%s: %w", c.name, c.err)
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return fmt.Errorf("%s has not ended after %v", c.name, limit)
	}
}

// collect warms up, loads and captures, and returns the line of conditions.csv.
func (s *session) collect(ctx context.Context) (string, error) {
	admin, err := s.fill(ctx, s.p.admin)
	if err != nil {
		return "", err
	}
	began, before := time.Now().UTC(), loadAverage()
	if n := s.r.int("warm"); n > 0 {
		seed := s.seed
		s.seed += 500
		var flat []string
		if strings.Contains(s.r.get("load_set")+s.p.load, "-ramp") || strings.Contains(s.r.get("load_set")+s.p.load, "-idle") {
			flat = []string{"-ramp", "0s", "-idle", "0s"}
		}
		c, _, err := s.loader(ctx, n, flat...)
		if err == nil {
			err = wait(ctx, c, time.Duration(n+30)*time.Second)
		}
		if err != nil {
			return "", fmt.Errorf("warm-up: %w", err)
		}
		s.seed = seed
	}
	seconds := s.r.int("seconds")
	neighbours, err := s.neighbours(seconds + 8)
	if err != nil {
		return "", err
	}
	cpu0, used := ticks(), s.main.cpu()
	report := filepath.Join(s.dir, "load.csv")
	load, sum, err := s.loader(ctx, seconds+3, "-out", report)
	if err != nil {
		return "", err
	}
	pause(ctx, time.Second)
	vars, extra := s.settings(ctx, admin)
	if err := s.beside(ctx, 0); err != nil {
		return "", err
	}
	args := []string{filepath.Join(s.o.home, "capture"), "-url", admin, "-out", s.into, "-gzip", "-allocs=false", "-load", report,
		"-duration", fmt.Sprintf("%ds", seconds), "-name", s.p.service, "-label", "service=" + s.p.service, "-label", "instance=" + s.p.service + "-1"}
	rev, err := revision(filepath.Join(s.o.home, s.p.file(s.mainBinary())))
	if err != nil {
		return "", err
	}
	args = append(args, "-revision", rev)
	if seconds < 120 {
		args = append(args, "-cpu-count", "2", "-cpu-seconds", "7", "-every", "7s")
	} else {
		args = append(args, "-cpu-count", "1000", "-cpu-every", "40s", "-every", "40s", "-heaps", "4", "-series", "1s")
	}
	if !vars {
		args = append(args, "-poll", "0")
	}
	offset := size(s.main.out)
	helper, err := s.spawn("capture", append(args, extra...), clean(os.Environ()), func(io.Reader) {})
	if err != nil {
		return "", err
	}
	started := time.Now()
	turned := s.turn(ctx, admin, started)
	pause(ctx, time.Until(started.Add(time.Duration(seconds)*time.Second)))
	if err := s.beside(ctx, 1); err != nil {
		return "", err
	}
	if err := wait(ctx, helper, time.Duration(90)*time.Second); err != nil {
		return "", err
	}
	if err := <-turned; err != nil {
		return "", err
	}
	if err := wait(ctx, load, 30*time.Second); err != nil {
		return "", err
	}
	if s.p.log != "" {
		if err := s.keepLog(offset); err != nil {
			return "", err
		}
	}
	cpu1 := ticks()
	select {
	case <-s.main.done:
		return "", fmt.Errorf("main ended while it was captured: %v", s.main.err)
	default:
	}
	all := max(1, cpu1[2]-cpu0[2])
	row := fmt.Sprintf("%s,%d,%s,%d,%.2f,%.2f,%.1f,%.1f,%.1f,%s,%d,%s", began.Format(time.RFC3339), s.seed, s.r.get("rate"), seconds,
		before, loadAverage(), 100-100*(cpu1[0]-cpu0[0])/all, 100*(cpu1[1]-cpu0[1])/all, s.main.cpu()-used, s.means, neighbours,
		strings.ReplaceAll(sum(), ",", ";"))
	return row, nil
}

func (s *session) mainBinary() string {
	for _, b := range s.p.binaries {
		if strings.Contains(s.p.main().command, "{"+b.name+"}") {
			return b.name
		}
	}
	return s.p.service
}

// neighbours starts busy processes beside the run.
func (s *session) neighbours(seconds int) (int, error) {
	n := s.r.int("neighbour")
	if n <= 0 {
		return 0, nil
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	for range n {
		if _, err := s.spawn("neighbour", []string{self, "busy", strconv.Itoa(seconds)}, clean(os.Environ()), func(io.Reader) {}); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// settings says whether the service has /debug/vars, and gives the helper what
// the service does not publish itself.
func (s *session) settings(ctx context.Context, admin string) (vars bool, extra []string) {
	var v map[string]json.RawMessage
	raw, err := get(ctx, strings.TrimRight(admin, "/")+"/debug/vars")
	vars = err == nil && json.Unmarshal(raw, &v) == nil && v["memstats"] != nil
	add := func(k, val string) {
		if val != "" {
			extra = append(extra, "-set", k+"="+val)
		}
	}
	add("think_ms", think(s.r.get("load_set")))
	if v["settings"] != nil {
		return vars, extra
	}
	add("GOMAXPROCS", s.r.get("gomaxprocs"))
	gogc := "100"
	env, _ := words(s.r.get("env")) // read before
	for _, e := range env {
		switch k, val, _ := strings.Cut(e, "="); k {
		case "GOGC":
			gogc = val
		case "GOMEMLIMIT":
			add(k, val)
		}
	}
	add("GOGC", gogc)
	if info, err := buildinfo.ReadFile(filepath.Join(s.o.home, s.p.file(s.mainBinary()))); err == nil {
		add("go_version", info.GoVersion)
	}
	return vars, extra
}

// think is the pause of a closed loop's workers in milliseconds, "" without one.
func think(set string) string {
	load, _ := words(set) // read before
	if at := slices.Index(load, "-think"); at >= 0 && at+1 < len(load) {
		if d, err := time.ParseDuration(load[at+1]); err == nil {
			return strconv.FormatFloat(d.Seconds()*1e3, 'g', -1, 64)
		}
	}
	return ""
}

// beside saves what lies outside of the process: its group's accounts and the
// numbers it publishes for Prometheus.
func (s *session) beside(ctx context.Context, n int) error {
	if s.group != nil {
		if err := s.add(fmt.Sprintf("cpu.stat-%03d.txt", n), s.group.stat()); err != nil {
			return err
		}
	}
	if s.p.metrics == "" {
		return nil
	}
	url, err := s.fill(ctx, s.p.metrics)
	if err != nil {
		return err
	}
	raw, err := get(ctx, url)
	if err != nil {
		return err
	}
	return s.add(fmt.Sprintf("metrics-%03d.prom.gz", n), raw)
}

// turn changes knobs when their time has come.
func (s *session) turn(ctx context.Context, admin string, began time.Time) <-chan error {
	done := make(chan error, 1)
	turns, _ := s.r.turns() // checked with the plan
	go func() {
		for _, t := range turns {
			pause(ctx, time.Until(began.Add(time.Duration(t.second)*time.Second)))
			res, err := http.Post(strings.TrimRight(admin, "/")+"/knob?"+t.query, "", nil)
			if err == nil {
				res.Body.Close()
				if res.StatusCode != http.StatusOK {
					err = fmt.Errorf("knob %s: %s", t.query, res.Status)
				}
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	return done
}

// keepLog keeps what main said while it was captured, not what it said at its
// start: there servers tell how they were configured.
func (s *session) keepLog(offset int64) error {
	f, err := os.Open(s.main.out)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(f, 8<<20))
	if err != nil {
		return err
	}
	return s.add("service.log.gz", raw)
}

// reap ends what is left of the run, the youngest first.
func (s *session) reap() {
	for i := len(s.alive) - 1; i >= 0; i-- {
		c := s.alive[i]
		select {
		case <-c.done:
			continue
		default:
		}
		c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.done:
		case <-time.After(5 * time.Second):
			c.cmd.Process.Kill()
			<-c.done
		}
	}
	if s.group != nil {
		s.group.remove()
	}
}

// cpu is the time a process has used, in seconds.
func (c *child) cpu() float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	at := bytes.LastIndexByte(raw, ')')
	if err != nil || at < 0 {
		return 0
	}
	w := strings.Fields(string(raw[at+1:]))
	if len(w) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(w[11], 64)
	system, _ := strconv.ParseFloat(w[12], 64)
	return (user + system) / 100
}

// ticks are idle, stolen and all time of the machine.
func ticks() (t [3]float64) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return t
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	w := strings.Fields(line)
	for i := 1; i < len(w) && i <= 8; i++ {
		n, _ := strconv.ParseFloat(w[i], 64)
		t[2] += n
		switch i {
		case 4, 5:
			t[0] += n
		case 8:
			t[1] = n
		}
	}
	return t
}

func loadAverage() float64 {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(raw), " ")
	n, _ := strconv.ParseFloat(first, 64)
	return n
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}
