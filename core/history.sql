-- SPDX-License-Identifier: GPL-3.0-or-later
-- history.sql - what a person decided, in $XDG_DATA_HOME/attrib/history.db; nothing can make it again, so it is upgraded in place and never rebuilt
--
-- Written and read by analyze/history.c only. A line `-- version N` begins what turns version N - 1 into N; what stands below an older one is never changed.

-- version 1

-- One answer that somebody checked: was this cause right for this run?
CREATE TABLE verdict (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,                    -- when it was given, ns since the Unix epoch
  service TEXT NOT NULL, run TEXT NOT NULL,   -- as the report named the service; the folder as the user wrote it
  model TEXT NOT NULL,                    -- fingerprint of causes, weights and taus that gave the score
  cause TEXT NOT NULL, correct INTEGER NOT NULL CHECK (correct IN (0, 1)),
  score REAL NOT NULL CHECK (score >= 0 AND score <= 1),
  note TEXT
) STRICT;

-- What spoke for and against it then, nats by source group: what learning needs when the run is long gone.
CREATE TABLE feature (
  verdict INTEGER NOT NULL REFERENCES verdict, source_group TEXT NOT NULL, nats REAL NOT NULL, PRIMARY KEY (verdict, source_group)
) STRICT, WITHOUT ROWID;

-- version 2

-- What somebody wrote beside a figure of a run in triage: the last word on each.
CREATE TABLE remark (
  run TEXT NOT NULL,                      -- the folder, as in verdict
  anchor TEXT NOT NULL,                   -- as everywhere: cause-lock_contention, e-mutex.delay
  at INTEGER NOT NULL,                    -- ns since the Unix epoch
  text TEXT NOT NULL,
  PRIMARY KEY (run, anchor)
) STRICT, WITHOUT ROWID;
