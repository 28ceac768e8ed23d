// SPDX-License-Identifier: GPL-3.0-or-later

package main

import "example.org/lab/kit/conf"

// knobs is the whole configuration surface; a value is checked where it is read.
var knobs = conf.Table{
	"audit.flat":      {Default: "false", Help: "audit entries are stored with their fields in order of name"},
	"audit.keep":      {Default: "400", Help: "entries the audit trail keeps in memory, 0 for no limit"},
	"catalog.index":   {Default: "true", Help: "a search reads the word index, else the items"},
	"catalog.items":   {Default: "900", Help: "items in the catalogue"},
	"check.base":      {Default: "4ms", Help: "time the address desk needs"},
	"check.conns":     {Default: "64", Help: "connections to the address desk"},
	"check.deadline":  {Default: "1s", Help: "limit of one address check, 0 for none"},
	"check.late":      {Default: "0", Help: "checks of 1000 that take longer, see check.late_by"},
	"check.late_by":   {Default: "0s", Help: "mean of what they take more (exponential, at most 8 times this)"},
	"check.mute":      {Default: "0", Help: "checks of 1000 that are never answered"},
	"check.reuse":     {Default: "true", Help: "a connection to the address desk is kept"},
	"check.spread":    {Default: "1ms", Help: "random addition to check.base"},
	"db.conns":        {Default: "64", Help: "open database connections"},
	"hold.base":       {Default: "2600us", Help: "time the warehouse needs for a hold"},
	"hold.confirm":    {Default: "1", Help: "orders confirmed with the ledger: 0 none, 1 all but express ones, 2 all"},
	"hold.grace":      {Default: "250ms", Help: "how long a hold waits for its order"},
	"hold.spread":     {Default: "1000us", Help: "random addition to hold.base"},
	"house.every":     {Default: "0s", Help: "how often memory is given back to the system, 0 for never"},
	"mail.base":       {Default: "18ms", Help: "time the mail gateway needs for a receipt"},
	"mail.depth":      {Default: "256", Help: "places in the receipt queue"},
	"mail.workers":    {Default: "8", Help: "workers that send receipts"},
	"order.lanes":     {Default: "128", Help: "lanes that customers share at the checkout"},
	"peer.idle":       {Default: "64", Help: "idle connections kept to the peer, negative for none"},
	"peer.most":       {Default: "0", Help: "connections to the peer, 0 for no limit"},
	"peer.timeout":    {Default: "2s", Help: "limit of one call to the peer"},
	"pricing.groups":  {Default: "5", Help: "groups the price rules are divided into"},
	"pricing.rules":   {Default: "640", Help: "price rules in force"},
	"quote.base":      {Default: "3ms", Help: "time a carrier needs for a quote"},
	"quote.late":      {Default: "0", Help: "quotes of 1000 that take longer, see quote.late_by"},
	"quote.late_by":   {Default: "0s", Help: "mean of what they take more (exponential, at most 8 times this)"},
	"quote.memo":      {Default: "256", Help: "prices a quote desk remembers, 0 for all"},
	"quote.room":      {Default: "2", Help: "answers a quote desk has room for"},
	"quote.spread":    {Default: "2ms", Help: "random addition to quote.base"},
	"render.spare":    {Default: "32", Help: "compressors kept for reuse"},
	"session.entries": {Default: "512", Help: "orders the read cache keeps"},
	"session.seen":    {Default: "100", Help: "lists that clients have seen that are remembered, 0 for all"},
	"stock.shards":    {Default: "64", Help: "shards of the stock ledger"},
}
