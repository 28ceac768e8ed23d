// SPDX-License-Identifier: GPL-3.0-or-later

// Command pages is a small magazine: the site itself (-mode serve) and, as a
// process of its own, where its stories come from (-mode origin).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"example.org/lab/kit/admin"
	"example.org/lab/kit/conf"
	"example.org/lab/kit/serve"
	"example.org/pages/internal/assets"
	"example.org/pages/internal/find"
	"example.org/pages/internal/gate"
	"example.org/pages/internal/live"
	"example.org/pages/internal/mark"
	"example.org/pages/internal/media"
	"example.org/pages/internal/meter"
	"example.org/pages/internal/origin"
	"example.org/pages/internal/prose"
	"example.org/pages/internal/send"
	"example.org/pages/internal/shelf"
	"example.org/pages/internal/site"
	"example.org/pages/internal/tell"
	"example.org/pages/internal/tidy"
	"example.org/pages/internal/view"
	"example.org/pages/internal/wire"
)

// knobs is the whole configuration surface; those of the origin are at the end.
var knobs = [][3]string{
	{"api.fields", "0", "1: programs may ask for some fields only"},
	{"assets.block", "32768", "bytes read from a file at once"},
	{"find.recent", "200", "questions remembered, 0 for no limit"},
	{"find.scan", "0", "search by reading the stories: 1 plain, 2 any case"},
	{"find.walk", "0", "1: look for the beginnings of words in the whole vocabulary"},
	{"gate.burst", "5", "readers let in at once"},
	{"gate.pages", "0", "pages a second, 0 for no limit"},
	{"gate.way", "0", "1: ask again instead of waiting"},
	{"guard.mem", "0", "1: account for the memory of each request"},
	{"guard.trace", "0s", "how often it is recorded what everybody does, 0 for never"},
	{"link.loose", "0", "rules for links of former moves that match in any case"},
	{"list.order", "0", "1: compare stories by heat themselves"},
	{"live.idle", "800ms", "a follower ends when its reader has been away that long, 0 for never"},
	{"live.pulse", "100ms", "how often a section looks for events"},
	{"log.room", "1", "0: every field of the access log is written at once"},
	{"mark.keep", "4000", "pieces of coloured code remembered"},
	{"media.one", "0", "1: one picture at a time"},
	{"media.room", "90", "small pictures kept"},
	{"prose.way", "0", "how a line is put together: 0 to 3"},
	{"send.flush", "0", "show a page part by part: 1 paragraphs, 2 lines"},
	{"send.most", "1048576", "compressors that met a larger body are not kept"},
	{"shelf.alarm", "0s", "drop a page after that time"},
	{"shelf.fresh", "2s", "how long a rendered story is shown"},
	{"shelf.hold", "0", "who misses a page: 1 asks and renders, 2 renders with the shelf locked"},
	{"shelf.key", "0", "1: a page is kept by the address it was asked by"},
	{"shelf.lanes", "0", "1: one loader for all stories"},
	{"shelf.room", "400", "rendered stories kept"},
	{"shelf.seats", "128", "pages made at a time"},
	{"tally.stripes", "64", "locks of the tally"},
	{"tell.batch", "60", "views reported at once"},
	{"tell.depth", "256", "views waiting to be reported"},
	{"tidy.gauge", "0s", "how often the heap's height is looked at, 0 for never"},
	{"tidy.spare", "0", "MiB of memory held for nothing but the collector's goal"},
	{"tidy.sweep", "0s", "how often memory is given back, 0 for never"},
	{"view.bind", "0", "pages with functions of their own: 1 search, 2 all"},
	{"view.pool", "0", "1: sheets of a page are its own"},
	{"view.split", "0", "fit the parts of a story side by side: 1 blocks, 2 elements"},
	{"view.watch", "0", "read templates anew: 1 lists, 2 all pages"},
	{"wire.conns", "0", "connections to the origin, 0 for no limit"},
	{"wire.drain", "1", "0: bodies that nobody needs are not read"},
	{"wire.limit", "2s", "limit of one call to the origin, 0 for none"},
	{"wire.own", "0", "connections of their own: 1 pictures, 2 every call"},
	{"wire.room", "2", "answers a question has room for"},
	{"wire.tries", "2", "times the origin is asked"},

	{"origin.base", "2500us", "time an answer needs"},
	{"origin.spread", "1500us", "random addition to origin.base"},
	{"origin.late", "0", "answers of 1000 that take longer, see origin.late_by"},
	{"origin.late_by", "0s", "mean of what they take more (exponential, at most 6 times this)"},
	{"origin.hang", "0", "answers of 1000 that never come"},
	{"origin.fail", "0", "answers of 1000 that say: try again"},
	{"origin.hup", "0", "the connection ends after every so many answers, 0 for never"},
	{"origin.tell", "7ms", "time a batch of views needs"},
}

// table is the knobs as package conf wants them.
func table() conf.Table {
	t := make(conf.Table)
	for _, k := range knobs {
		t[k[0]] = conf.Knob{Default: k[1], Help: k[2]}
	}
	return t
}

type options struct {
	mode, addr, admin, origin, assets string
	life                              time.Duration
	set                               *conf.Settings
}

func main() {
	opt := options{set: conf.New(table())}
	flag.StringVar(&opt.mode, "mode", "serve", "serve or origin")
	flag.StringVar(&opt.addr, "addr", "127.0.0.1:0", "where to listen")
	flag.StringVar(&opt.admin, "admin", "127.0.0.1:0", "where pprof and expvar listen (serve)")
	flag.StringVar(&opt.origin, "origin", "", "base URL of the origin (serve)")
	flag.StringVar(&opt.assets, "assets", "", "folder for the files of the design and the access log (serve)")
	flag.DurationVar(&opt.life, "life", 10*time.Minute, "end after this time at the latest")
	flag.Var(opt.set, "set", "name=value, repeatable; knobs:\n"+opt.set.Help())
	flag.Parse()
	admin.Rates(opt.set)
	if err := run(opt); err != nil {
		log.Fatal(err)
	}
}

func run(opt options) error {
	ctx, cancel := serve.Context(opt.life)
	defer cancel()
	switch opt.mode {
	case "origin":
		return serve.Listen(ctx, "origin", opt.addr, origin.Handler(opt.set))
	case "serve":
		return open(ctx, opt)
	}
	return fmt.Errorf("no mode %q", opt.mode)
}

func open(ctx context.Context, opt options) error {
	parts, err := build(ctx, opt)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- serve.Listen(ctx, "admin", opt.admin, admin.Handler(opt.set)) }()
	err = serve.Listen(ctx, "serve", opt.addr, site.Handler(ctx, parts, opt.set))
	return errors.Join(err, <-failed)
}

func build(ctx context.Context, opt options) (p site.Parts, err error) {
	set := opt.set
	if opt.assets == "" {
		return p, errors.New("-assets says no folder")
	}
	out, err := os.Create(filepath.Join(opt.assets, "access.log"))
	if err != nil {
		return p, err
	}
	p.Log = meter.NewLog(out, set)
	if p.Assets, err = assets.Open(opt.assets, set); err != nil {
		return p, err
	}
	p.Origin = wire.New(opt.origin, set)
	if p.Stories, err = p.Origin.List(); err != nil {
		return p, err
	}
	if p.Views, err = view.New(set); err != nil {
		return p, err
	}
	p.Joiner = prose.NewJoiner(set.Live("prose.way"))
	p.Index = find.New(p.Stories, p.Joiner, set)
	p.Lists = find.NewLists(p.Stories, set)
	go p.Lists.Keep(ctx, 3*time.Second)
	p.Press = mark.NewPress(mark.NewPainter(set.Live("mark.keep")))
	p.Shelf = shelf.New(p.Origin, p.Press, set)
	if err := p.Shelf.Prime(p.Stories); err != nil {
		return p, err
	}
	p.Binder = view.NewBinder(set, meter.NewTally(set))
	p.Studio = media.NewStudio(p.Origin, set)
	p.Packer = send.New(set)
	p.Hub = live.NewHub(ctx, 10, set)
	p.Gate = gate.New(set)
	p.Teller = tell.Start(ctx, p.Origin, set)
	p.Keeper = tidy.Start(ctx, set)
	return p, nil
}
