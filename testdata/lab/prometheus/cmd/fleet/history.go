// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"
)

// past lays a block of 3000 series in a data folder, two hours long and ended
// before the server's own data begin: queries of the past cost the same from
// the first minute on. It returns when the block ends.
func past(ctx context.Context, dir string, now time.Time) (time.Time, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return time.Time{}, err
	}
	const step = int64(30_000)
	span := tsdb.DefaultBlockDuration
	w, err := tsdb.NewBlockWriter(slog.New(slog.NewTextHandler(io.Discard, nil)), dir, span)
	if err != nil {
		return time.Time{}, err
	}
	defer w.Close()
	end := now.UnixMilli()/span*span - 1 // blocks are aligned
	begin := end - span + step
	var sets []labels.Labels
	for q := range 30 {
		for s := range 100 {
			sets = append(sets, labels.FromStrings("__name__", "old_jobs_total", "queue", fmt.Sprintf("q%02d", q), "shard", fmt.Sprintf("s%d-%03d", q, s)))
		}
	}
	for t := begin; t <= end; t += step {
		app := w.Appender(ctx)
		for i, l := range sets {
			if _, err := app.Append(0, l, t, float64((t-begin)/1000*int64(i%13+1))); err != nil {
				return time.Time{}, err
			}
		}
		if err := app.Commit(); err != nil {
			return time.Time{}, err
		}
	}
	_, err = w.Flush(ctx)
	return time.UnixMilli(end), err
}
