// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// group is a control group of the main process: its quota, its throttling and,
// where the runner goes first, its weight. Every main process is put into one
// if that is possible, so that cpu.stat is there whether or not it has a quota.
type group struct {
	dir string
	v2  bool
}

// newGroup makes one; quota is in CPUs, 0 for none.
func newGroup(quota float64, nice int) (*group, error) {
	parent, v2, err := controller()
	if err != nil {
		return nil, err
	}
	g := &group{dir: filepath.Join(parent, fmt.Sprintf("lab-%d", os.Getpid())), v2: v2}
	if err := os.Mkdir(g.dir, 0o755); err != nil && !os.IsExist(err) {
		return nil, err
	}
	const period = 100000
	weight := math.Pow(1.25, float64(-nice))
	set := map[string]string{}
	switch {
	case v2 && quota > 0:
		set["cpu.max"] = fmt.Sprintf("%d %d", int(quota*period), period)
		fallthrough
	case v2:
		set["cpu.weight"] = strconv.Itoa(min(10000, max(1, int(100*weight))))
	case quota > 0:
		set["cpu.cfs_period_us"], set["cpu.cfs_quota_us"] = strconv.Itoa(period), strconv.Itoa(int(quota*period))
		fallthrough
	default:
		set["cpu.shares"] = strconv.Itoa(max(2, int(1024*weight)))
	}
	for name, value := range set {
		if err := os.WriteFile(filepath.Join(g.dir, name), []byte(value), 0o644); err != nil {
			g.remove()
			return nil, err
		}
	}
	return g, nil
}

// controller finds the folder of the cpu controller that this process is in.
func controller() (dir string, v2 bool, err error) {
	raw, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", false, err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		part := strings.SplitN(line, ":", 3)
		if len(part) != 3 {
			continue
		}
		for _, c := range strings.Split(part[1], ",") {
			if c != "cpu" {
				continue
			}
			for _, mount := range []string{"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"} {
				for _, dir := range []string{filepath.Join(mount, part[2]), mount} {
					if _, err := os.Stat(filepath.Join(dir, "cpu.cfs_quota_us")); err == nil {
						return dir, false, nil
					}
					if _, err := os.Stat(filepath.Join(dir, "cpu.shares")); err == nil {
						return dir, false, nil // the root has no quota of its own
					}
				}
			}
		}
	}
	const root = "/sys/fs/cgroup"
	if raw, err := os.ReadFile(filepath.Join(root, "cgroup.controllers")); err == nil && bytes.Contains(raw, []byte("cpu")) {
		os.WriteFile(filepath.Join(root, "cgroup.subtree_control"), []byte("+cpu"), 0o644) // newGroup finds out whether it helped
		return root, true, nil
	}
	return "", false, fmt.Errorf("no cpu controller")
}

func (g *group) stat() []byte {
	raw, err := os.ReadFile(filepath.Join(g.dir, "cpu.stat"))
	if err != nil {
		return nil
	}
	return raw
}

// remove waits for the group to be empty, for a while.
func (g *group) remove() {
	for range 20 {
		if err := os.Remove(g.dir); err == nil || os.IsNotExist(err) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
