// SPDX-License-Identifier: GPL-3.0-or-later

package risk

import (
	"errors"
	"net"
	"syscall"
)

// exchange sends text to host and reads until the other side closes.
func exchange(host, text string) (string, error) {
	to, err := net.ResolveTCPAddr("tcp4", host)
	if err != nil {
		return "", err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return "", err
	}
	defer syscall.Close(fd)
	addr := &syscall.SockaddrInet4{Port: to.Port}
	copy(addr.Addr[:], to.IP.To4())
	if err := syscall.Connect(fd, addr); err != nil {
		return "", err
	}
	if _, err := syscall.Write(fd, []byte(text)); err != nil {
		return "", err
	}
	var out []byte
	part := make([]byte, 4<<10)
	for {
		n, err := syscall.Read(fd, part)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return "", err
		case n == 0:
			return string(out), nil
		default:
			out = append(out, part[:n]...)
		}
	}
}
