// SPDX-License-Identifier: GPL-3.0-or-later

// Command sessions is a session and profile service (-mode serve) and, as
// processes of their own, what it depends on: the store (-mode store) and the
// address service (-mode peer).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"time"

	"example.org/lab/kit/admin"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"

	"example.org/sessions/internal/agent"
	"example.org/sessions/internal/backend"
	"example.org/sessions/internal/codec"
	"example.org/sessions/internal/hub"
	"example.org/sessions/internal/journal"
	"example.org/sessions/internal/notes"
	"example.org/sessions/internal/pack"
	"example.org/sessions/internal/risk"
	"example.org/sessions/internal/roster"
	"example.org/sessions/internal/token"
	"example.org/sessions/internal/vault"
	"example.org/sessions/internal/web"
)

var table = conf.Table{
	"agent.keep":     {Default: "true", Help: "rules for User-Agent headers are kept compiled"},
	"codec.back":     {Default: "true", Help: "buffers of answers come back"},
	"codec.own":      {Default: "false", Help: "an answer has a shelf of buffers of its own"},
	"codec.room":     {Default: "16384", Help: "bytes of a new buffer"},
	"codec.typed":    {Default: "true", Help: "answers are encoded from their structs"},
	"codec.whole":    {Default: "true", Help: "what comes back is the buffer, not what it holds"},
	"device.most":    {Default: "40000", Help: "devices whose mark is remembered"},
	"device.own":     {Default: "true", Help: "a mark is kept apart from the text it came in"},
	"flush.every":    {Default: "250ms", Help: "between two writes of touched sessions"},
	"gate.every":     {Default: "0", Help: "requests between two looks at the memory, 0: the sampler's figure"},
	"hub.beat":       {Default: "40ms", Help: "a watcher looks that often after its session"},
	"hub.stop":       {Default: "true", Help: "the beat of a watcher ends with it"},
	"journal.lock":   {Default: "false", Help: "changes are written under the archiver's lock"},
	"journal.once":   {Default: "true", Help: "one clock for the quiet of the journal"},
	"journal.quiet":  {Default: "10m", Help: "the journal is synced when nothing came for that long"},
	"late.after":     {Default: "30s", Help: "an answer that takes longer is looked into"},
	"late.pause":     {Default: "1s", Help: "between two such looks"},
	"line.delay":     {Default: "0s", Help: "store: distance, one way"},
	"line.rate":      {Default: "0", Help: "store: bytes a second of a connection, 0 for any"},
	"line.stall":     {Default: "0", Help: "store: pieces of 1000 that are late"},
	"line.stall_by":  {Default: "200ms", Help: "store: how late"},
	"login.rate":     {Default: "100000", Help: "logins a second"},
	"pack.readers":   {Default: "true", Help: "what reads a profile goes back for the next"},
	"pack.writers":   {Default: "true", Help: "what writes a profile goes back for the next"},
	"profile.inside": {Default: "false", Help: "an address is looked up while its profile is watched"},
	"receipt.full":   {Default: "false", Help: "a receipt tells what the session was like"},
	"receipt.keep":   {Default: "2s", Help: "time a receipt is kept, 0 as long as this runs"},
	"record.level":   {Default: "0", Help: "way a session is written: 0, 1 or 2"},
	"ring.keep":      {Default: "true", Help: "derived keys are kept"},
	"ring.rounds":    {Default: "250", Help: "rounds of a derivation"},
	"risk.drain":     {Default: "true", Help: "the evidence behind a score is read too"},
	"risk.idle":      {Default: "48", Help: "idle connections to the address service"},
	"risk.limit":     {Default: "2s", Help: "limit of one try"},
	"risk.plain":     {Default: "false", Help: "a bare socket to the address service"},
	"risk.reuse":     {Default: "true", Help: "one transport for all calls of the address service"},
	"risk.tries":     {Default: "2", Help: "tries to get a score"},
	"roster.check":   {Default: "false", Help: "revoked sessions are found before anybody else may touch"},
	"roster.image":   {Default: "0", Help: "1: an image of a user's sessions at each touch, 2: of everything each second"},
	"roster.index":   {Default: "2", Help: "sessions of a user: 2 by index, 1 listings walk, 0 counts too"},
	"roster.keep":    {Default: "6000", Help: "sessions in memory"},
	"roster.life":    {Default: "15m", Help: "an untouched session leaves memory after this"},
	"roster.prime":   {Default: "6000", Help: "sessions brought into memory at start"},
	"roster.renew":   {Default: "true", Help: "a touched session goes on with its clock"},
	"roster.shards":  {Default: "16", Help: "shards of the roster"},
	"roster.stop":    {Default: "true", Help: "a session that leaves takes its clock along"},
	"score.base":     {Default: "2ms", Help: "peer: time of a score"},
	"score.fail":     {Default: "0", Help: "peer: answers of 1000 that are 503"},
	"score.spread":   {Default: "2ms", Help: "peer: random addition"},
	"ship.every":     {Default: "500ms", Help: "peer: between two visits of the archiver"},
	"ship.hold":      {Default: "0s", Help: "peer: time the archiver needs, 0 for no archiver"},
	"store.base":     {Default: "300us", Help: "store: time of a command"},
	"store.fail":     {Default: "0", Help: "store: commands of 1000 that fail"},
	"store.spread":   {Default: "600us", Help: "store: random addition"},
	"vault.age":      {Default: "0s", Help: "age of a connection to the store at most, 0 for any"},
	"vault.burst":    {Default: "100", Help: "commands at once"},
	"vault.close":    {Default: "true", Help: "a walk over nothing gives its connection back"},
	"vault.pause":    {Default: "4ms", Help: "pause of the client between two attempts"},
	"vault.rate":     {Default: "50000", Help: "commands a second"},
	"vault.retries":  {Default: "2", Help: "attempts of the client after the first"},
	"vault.room":     {Default: "20", Help: "connections to the store"},
	"vault.spare":    {Default: "0", Help: "idle connections to the store, 0 for all"},
	"vault.tries":    {Default: "1", Help: "tries around the client's"},
}

type options struct {
	mode, addr, admin, store, peer, journal string
	life                                    time.Duration
	set                                     *conf.Settings
}

func main() {
	o := options{set: conf.New(table)}
	flag.StringVar(&o.mode, "mode", "serve", "serve, store or peer")
	flag.StringVar(&o.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&o.admin, "admin", "127.0.0.1:0", "where pprof and expvar listen (serve)")
	flag.StringVar(&o.store, "store", "", "address of the store (serve)")
	flag.StringVar(&o.peer, "peer", "", "base URL of the address service (serve)")
	flag.StringVar(&o.journal, "journal", "journal.log", "file of the journal (serve, peer)")
	flag.DurationVar(&o.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(o.set, "set", "name=value, repeatable; knobs:\n"+o.set.Help())
	flag.Parse()
	ctx, cancel := serve.Context(o.life)
	defer cancel()
	if err := run(ctx, o); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) error {
	switch o.mode {
	case "store":
		return backend.Store(ctx, o.addr, o.set)
	case "peer":
		if hold := o.set.Duration("ship.hold"); hold > 0 {
			go backend.Archive(ctx, o.journal, o.set.Duration("ship.every"), hold)
		}
		return serve.Listen(ctx, "peer", o.addr, backend.Peer(o.set))
	case "serve":
		return service(ctx, o)
	}
	return fmt.Errorf("no mode %q", o.mode)
}

func service(ctx context.Context, o options) error {
	set := o.set
	admin.Rates(set)
	lines, err := journal.Open(journal.Options{Path: o.journal, Quiet: set.Duration("journal.quiet"), Once: set.Bool("journal.once"), Lock: set.Bool("journal.lock")})
	if err != nil {
		return err
	}
	defer lines.Close()
	life := 30 * time.Minute
	store := vault.Open(vault.Options{
		Addr: o.store, Room: set.Int("vault.room"), Spare: set.Int("vault.spare"), Age: set.Duration("vault.age"),
		Retries: set.Int("vault.retries"), Pause: set.Duration("vault.pause"), Tries: set.Int("vault.tries"),
		Rate: set.Float("vault.rate"), Burst: set.Int("vault.burst"), Level: set.Live("record.level"), Life: life, Close: set.Bool("vault.close"),
		Press: pack.New(pack.Options{Readers: set.Bool("pack.readers"), Writers: set.Bool("pack.writers")}),
	})
	defer store.Close()
	set.Watch("vault.rate", func() { store.Limit(set.Float("vault.rate")) })
	here := roster.New(roster.Options{
		Keep: set.Int("roster.keep"), Shards: set.Int("roster.shards"), Index: set.Int("roster.index"), Life: set.Duration("roster.life"),
		Stop: set.Bool("roster.stop"), Renew: set.Bool("roster.renew"), Image: set.Int("roster.image"), Check: set.Bool("roster.check"), Gone: store.Gone,
	})
	if err := web.Prime(ctx, store, here, set.Int("roster.prime")); err != nil {
		return err
	}
	handler := web.Handler(ctx, web.Parts{
		Vault:  store,
		Roster: here,
		Ring:   token.NewRing("a master key for the lab", set.Int("ring.rounds"), set.Bool("ring.keep")),
		Risk: risk.New(risk.Options{Base: o.peer, Idle: set.Int("risk.idle"), Reuse: set.Bool("risk.reuse"), Drain: set.Bool("risk.drain"),
			Tries: set.Int("risk.tries"), Limit: set.Duration("risk.limit"), Plain: set.Bool("risk.plain")}),
		Agents:   agent.New(set.Bool("agent.keep")),
		Receipts: notes.NewReceipts(set.Duration("receipt.keep"), set.Bool("receipt.full")),
		Devices:  notes.NewDevices(set.Int("device.most"), set.Live("device.own")),
		Hub:      hub.New(hub.Options{Beat: set.Duration("hub.beat"), Stop: set.Bool("hub.stop")}),
		Journal:  lines,
		Out: codec.New(codec.Options{Room: set.Int("codec.room"), Back: set.Bool("codec.back"), Whole: set.Bool("codec.whole"),
			Own: set.Bool("codec.own"), Typed: set.Bool("codec.typed")}),
		Checked: set.Bool("roster.check"),
		Inside:  set.Bool("profile.inside"),
		Logins:  set.Float("login.rate"),
		Every:   set.Int("gate.every"),
		Late:    set.Duration("late.after"),
		Pause:   set.Duration("late.pause"),
		Flush:   set.Duration("flush.every"),
		Life:    life,
	})
	failed := make(chan error, 1)
	go func() { failed <- serve.Listen(ctx, "admin", o.admin, admin.Handler(set)) }()
	err = serve.Listen(ctx, "serve", o.addr, handler)
	return errors.Join(err, <-failed)
}
