// SPDX-License-Identifier: GPL-3.0-or-later

// Package wire is a stretch of network: a namespace that can be reached only
// through a pair of TUN devices, and between the two a process that delays and
// loses packets. TCP sees a real path; what it does about it stands in the
// kernel's counters. It needs root and the command ip.
package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Options of a wire.
type Options struct {
	Delay time.Duration // each way
	Lose  int           // packets of 10000
}

// Run lays the wire, prints `wire pid:PID` and `net ADDRESS` (the process that
// holds the far namespace, where to listen there) and carries packets until ctx ends.
func Run(ctx context.Context, o Options) error {
	sub := rand.IntN(1 << 12) // of 10.213.0.0/16, four addresses each
	addr := func(n int) string { return fmt.Sprintf("10.213.%d.%d", sub>>6, sub&63<<2+n) }
	near, here, err := open(sub, "a")
	if err != nil {
		return err
	}
	defer near.Close()
	far, there, err := open(sub, "b")
	if err != nil {
		return err
	}
	defer far.Close()
	holder, err := hold(ctx, there, addr(2)+"/30")
	if err != nil {
		return err
	}
	for _, args := range [][]string{{"addr", "add", addr(1) + "/30", "dev", here}, {"link", "set", here, "up"}} {
		if err := ip(args...); err != nil {
			return err
		}
	}
	fmt.Printf("wire pid:%d\nnet %s:0\n", holder, addr(2))
	go carry(ctx, near, far, o)
	go carry(ctx, far, near, o)
	<-ctx.Done()
	return nil
}

func ip(args ...string) error {
	out, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %v: %w: %s", args, err, out)
	}
	return nil
}

// open makes a TUN device; it goes when the file is closed.
func open(sub int, end string) (*os.File, string, error) {
	name := fmt.Sprintf("qw%d%s", sub, end)
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, "", err
	}
	req, err := unix.NewIfreq(name)
	if err == nil {
		req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err != nil {
		unix.Close(fd)
		return nil, "", fmt.Errorf("wire: %s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), name, nil
}

// hold starts this program once more, in a network namespace of its own, and
// moves the far device there. It ends with this process.
func hold(ctx context.Context, device, addr string) (int, error) {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "-mode", "end", "-peer", device, "-addr", addr)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	go cmd.Wait()
	if err := ip("link", "set", device, "netns", strconv.Itoa(cmd.Process.Pid)); err != nil {
		return 0, err
	}
	if _, err := io.WriteString(in, "go\n"); err != nil {
		return 0, err
	}
	if line, _ := bufio.NewReader(out).ReadString('\n'); line != "up\n" {
		return 0, errors.New("wire: the far end did not come up")
	}
	return cmd.Process.Pid, nil
}

// End is the process in the far namespace: it sets the device up and stays until
// its standard input ends.
func End(device, addr string) error {
	in := bufio.NewReader(os.Stdin)
	if _, err := in.ReadString('\n'); err != nil {
		return err
	}
	for _, args := range [][]string{{"link", "set", "lo", "up"}, {"addr", "add", addr, "dev", device}, {"link", "set", device, "up"}} {
		if err := ip(args...); err != nil {
			return err
		}
	}
	fmt.Println("up")
	_, err := io.Copy(io.Discard, in)
	return err
}

// Enter puts this process into the namespace of another and starts the program
// again there, with the same arguments; env tells the second start.
func Enter(pid int, env string) error {
	runtime.LockOSThread()
	fd, err := unix.Open(fmt.Sprintf("/proc/%d/ns/net", pid), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	if err := unix.Setns(fd, unix.CLONE_NEWNET); err != nil {
		return err
	}
	return unix.Exec("/proc/self/exe", os.Args, append(os.Environ(), env))
}

type packet struct {
	data []byte
	due  time.Time
}

// carry moves the packets of one direction.
func carry(ctx context.Context, from, to *os.File, o Options) {
	line := make(chan packet, 4096)
	defer close(line)
	go func() {
		for p := range line {
			if wait := time.Until(p.due); wait > 0 {
				time.Sleep(wait)
			}
			to.Write(p.data) // a full device loses it, as networks do
		}
	}()
	buf := make([]byte, 65536)
	for ctx.Err() == nil {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if rand.IntN(10000) < o.Lose {
			continue
		}
		select {
		case line <- packet{append([]byte(nil), buf[:n]...), time.Now().Add(o.Delay)}:
		default:
		}
	}
}
