// SPDX-License-Identifier: GPL-3.0-or-later

//go:build catalog

package flow

import "example.org/events/internal/device"

type devices struct{ *device.Catalog }

func newDevices(keep int) devices { return devices{device.New(keep)} }

func (d devices) of(text string) string { return d.Label(text) }
