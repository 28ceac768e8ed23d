// SPDX-License-Identifier: GPL-3.0-or-later

//go:build !catalog

package flow

import "example.org/events/internal/agent"

type devices struct{ *agent.Table }

func newDevices(keep int) devices { return devices{agent.New(keep)} }

func (d devices) of(text string) string { return d.Name(text) }
