-- SPDX-License-Identifier: GPL-3.0-or-later
-- schema.sql - attrib's store, and the only meeting place of its three stages
--
--   [I] ingest writes    [A] analyze writes    report only reads, from the views of views.sql
--
-- Re-analysis deletes [A] rows and never touches an [I] row. A table's INSERTs stand only in the folder named by its mark (checked by tests/layers).
-- Times: ns since the Unix epoch; durations ns; sizes bytes. Ids are dense and a parent's is below its child's, so two files merge in one upward walk.
-- NULL is "not known", never 0. Foreign keys are checked by tests (PRAGMA foreign_key_check) and off in bulk loads.
-- What a person decided (verdicts, notes, learned weights) never stands here: this file is derived, deleting it loses nothing.
PRAGMA application_id = 0x41545242;
PRAGMA user_version = 1;

-- [I] Versions of tool and decoders, limits used, roots: nothing that differs between two equal runs.
CREATE TABLE meta (
  key TEXT PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- ---- [I] what was read ---------------------------------------------------------------------------------------------

-- [I] One execution of the load test: the unit of evidence (replicates are several runs of one side).
-- hint: what folder, file name or option say about the side; the analysis decides (stretch).
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  folder TEXT NOT NULL UNIQUE,            -- 'baseline', 'current/run-2', '' for a flat folder's only run
  name TEXT NOT NULL,
  hint TEXT CHECK (hint IN ('baseline', 'current')),
  revision TEXT, started INTEGER, ended INTEGER, requests REAL
) STRICT;

-- [I] One process of a run; a restart seen in the data opens a new life.
CREATE TABLE instance (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run, name TEXT NOT NULL, life INTEGER NOT NULL DEFAULT 0,
  go_min INTEGER, go_max INTEGER,         -- Go minor versions the evidence allows
  UNIQUE (run, name, life)
) STRICT;

-- [I] GOGC, GOMAXPROCS, memory limit, CPU quota, profiler rates, run labels ...: the value and how it is known.
-- value stands last because SQLite 3.40's quick_check takes it for NULL when it stands among the columns of the key.
CREATE TABLE setting (
  instance INTEGER NOT NULL REFERENCES instance, name TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('file', 'run.json', 'option', 'inferred')),
  source INTEGER NOT NULL REFERENCES source, value TEXT NOT NULL,
  PRIMARY KEY (instance, name, origin, source)
) STRICT, WITHOUT ROWID;

-- [I] Every file seen, also those refused. (sha256, decoder) decides whether it is read again.
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  run INTEGER REFERENCES run,             -- NULL: of all runs (run.json, events.csv at the top)
  instance INTEGER REFERENCES instance,   -- NULL: of the run, not of a process (load reports)
  path TEXT NOT NULL,                     -- relative to the first root; 'baseline:' + path for a --baseline root
  bytes INTEGER NOT NULL, sha256 BLOB,
  kind TEXT NOT NULL,                     -- the decoder's name, or what the file looks like
  decoder INTEGER NOT NULL,               -- the decoder's version, 0 when none took it
  status TEXT NOT NULL CHECK (status IN ('read', 'partial', 'refused', 'ignored')),
  reason TEXT, place TEXT,                -- one line; 'byte 1042', 'line 17'
  mtime INTEGER,
  clock TEXT NOT NULL DEFAULT 'epoch' CHECK (clock IN ('epoch', 'process', 'load', 'none')),  -- what its times count from
  -- A file of one instant without a time (series, clock 'none') that was given one: clock is 'epoch' then, and this is how.
  time_from TEXT CHECK (time_from IN ('name', 'sibling', 'run.json', 'mtime')), time_err INTEGER,
  go_min INTEGER, go_max INTEGER,         -- Go minor versions that this file can come from; an instance's are what all its files allow
  UNIQUE (path)
) STRICT;

-- [I] What a source said about itself without being refused.
CREATE TABLE note (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, place TEXT, text TEXT NOT NULL
) STRICT;

-- [I] A function exactly as a file names it (pprof's identity), parsed once by core/gosym.
CREATE TABLE func (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, file TEXT NOT NULL, package TEXT NOT NULL, start_line INTEGER NOT NULL DEFAULT 0,
  UNIQUE (name, file)
) STRICT;

-- [I] "func, called from parent": the exact prefix tree with lines, shared by all files. Unique by the writer's map.
-- The light subtrees of a giant file end in the func '[folded]'; a sample without a stack sits at the func '[unknown]'.
CREATE TABLE callsite (
  id INTEGER PRIMARY KEY,
  parent INTEGER REFERENCES callsite,     -- NULL at a root
  func INTEGER NOT NULL REFERENCES func,
  line INTEGER NOT NULL,                  -- the line executing in func (of a caller: the call's line); 0 unknown
  inlined INTEGER NOT NULL CHECK (inlined IN (0, 1)),
  CHECK (parent < id)
) STRICT;

-- [I] 0 = no labels; dropped = keys left out because of too many values.
CREATE TABLE labelset (
  id INTEGER PRIMARY KEY, dropped INTEGER NOT NULL DEFAULT 0
) STRICT;

-- [I] pos: keys may repeat in a sample.
CREATE TABLE label (
  labelset INTEGER NOT NULL REFERENCES labelset, pos INTEGER NOT NULL,
  key TEXT NOT NULL, str TEXT, num INTEGER, unit TEXT,
  PRIMARY KEY (labelset, pos)
) STRICT, WITHOUT ROWID;

-- [I] One pprof file, legacy text or goroutine dump; it covers [t0, t1] and is never cut inside.
CREATE TABLE profile (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source, instance INTEGER NOT NULL REFERENCES instance,
  seq INTEGER NOT NULL,                   -- which profile of its source, from 0
  t0 INTEGER, t1 INTEGER, t_err INTEGER,
  t_from TEXT NOT NULL CHECK (t_from IN ('file', 'name', 'sibling', 'run.json', 'mtime', 'none')),
  depth_cut INTEGER NOT NULL DEFAULT 0    -- samples whose root end was lost
) STRICT;

-- [I] A (count, amount) pair of a profile: a cost and the raw events its error bar needs.
CREATE TABLE measure (
  id INTEGER PRIMARY KEY,
  profile INTEGER NOT NULL REFERENCES profile,
  metric TEXT NOT NULL,                   -- cpu alloc inuse block mutex goroutine threadcreate wall ..., or the file's own type
  count_unit TEXT, amount_unit TEXT,      -- NULL where the file has no such column
  period INTEGER,                         -- amount a count stands for (cpu: ns; heap: bytes between samples)
  scaled INTEGER NOT NULL CHECK (scaled IN (0, 1)),  -- 1: counts were scaled up from fewer events
  extent TEXT NOT NULL CHECK (extent IN ('interval', 'since_start', 'instant')),  -- a measure's own: heap mixes two
  UNIQUE (profile, metric)
) STRICT;

-- [I] What was measured, at the leaf; flat and cum are sums over the tree.
CREATE TABLE sample (
  measure INTEGER NOT NULL REFERENCES measure, callsite INTEGER NOT NULL REFERENCES callsite,
  labelset INTEGER NOT NULL REFERENCES labelset, count INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (measure, callsite, labelset)
) STRICT, WITHOUT ROWID;

-- [I] Exact flat and cum per function NAME (pprof -top merges by name alone; func is the first of that name), summed while
-- decoding: right even where the tree was folded, and enough for `attrib diff`.
CREATE TABLE func_total (
  measure INTEGER NOT NULL REFERENCES measure, func INTEGER NOT NULL REFERENCES func,
  flat_count INTEGER NOT NULL, flat INTEGER NOT NULL, cum_count INTEGER NOT NULL, cum INTEGER NOT NULL,
  PRIMARY KEY (measure, func)
) STRICT, WITHOUT ROWID;

-- [I] Goroutines of one dump that share stack, state, whole minutes waited, creator and labels (never the creator's id).
CREATE TABLE gogroup (
  id INTEGER PRIMARY KEY,
  profile INTEGER NOT NULL REFERENCES profile, callsite INTEGER NOT NULL REFERENCES callsite,
  state TEXT, class TEXT NOT NULL,        -- the header's words; the wait class of docs/formats.md
  wait_min INTEGER,                       -- a lower bound; NULL: not said
  creator INTEGER REFERENCES func, creator_line INTEGER,
  labelset INTEGER NOT NULL REFERENCES labelset,
  locked INTEGER NOT NULL, leaked INTEGER NOT NULL, count INTEGER NOT NULL
) STRICT;

-- [I] One GC as one source tells it; view gc_best picks one source per cycle.
CREATE TABLE gc_cycle (
  source INTEGER NOT NULL REFERENCES source, instance INTEGER NOT NULL REFERENCES instance, n INTEGER NOT NULL,
  t INTEGER, t_err INTEGER, pause INTEGER, pause1 INTEGER, pause2 INTEGER, mark INTEGER,
  assist INTEGER, background INTEGER, idle INTEGER,   -- CPU ns of the mark phase
  heap_start INTEGER, heap_end INTEGER, heap_live INTEGER, goal INTEGER, procs INTEGER, forced INTEGER,
  PRIMARY KEY (source, n)
) STRICT, WITHOUT ROWID;

-- [I] One quantity over time, by its normalised name (docs/names.md): metrics, schedtrace, load, any CSV column.
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source, instance INTEGER REFERENCES instance,
  name TEXT NOT NULL, label TEXT NOT NULL DEFAULT '', unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('gauge', 'counter', 'rate', 'histogram', 'summary'))
) STRICT;

-- [I] span 0 = an instant; otherwise the value covers [t, t + span).
CREATE TABLE point (
  series INTEGER NOT NULL REFERENCES series, t INTEGER NOT NULL, span INTEGER NOT NULL, value REAL NOT NULL,
  PRIMARY KEY (series, t)
) STRICT, WITHOUT ROWID;

-- [I] Histograms keep their bounds.
CREATE TABLE bucket (
  series INTEGER NOT NULL REFERENCES series, t INTEGER NOT NULL, lo REAL NOT NULL, hi REAL NOT NULL, count REAL NOT NULL,
  PRIMARY KEY (series, t, lo)
) STRICT, WITHOUT ROWID;

-- [I] Something that happened at a time: panic, restart, deploy, scale-out, an error page saved as a profile.
CREATE TABLE event (
  id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES source, instance INTEGER REFERENCES instance,
  t INTEGER, span INTEGER NOT NULL DEFAULT 0, kind TEXT NOT NULL, text TEXT NOT NULL
) STRICT;

-- ---- [A] what it means ---------------------------------------------------------------------------------------------

-- [A] One answer: how the sides were formed, with which options and which model (hash of causes + weights + tau).
CREATE TABLE analysis (
  id INTEGER PRIMARY KEY,
  design TEXT NOT NULL CHECK (design IN ('two_sides', 'early_late', 'split', 'snapshot')),
  options TEXT NOT NULL, model TEXT NOT NULL,
  verdict TEXT NOT NULL, score REAL NOT NULL, level TEXT NOT NULL CHECK (level IN ('high', 'medium', 'low')),
  direction TEXT NOT NULL CHECK (direction IN ('worse', 'better', 'mixed', 'same', 'unknown')),
  changed REAL, explained REAL,           -- how sure that anything changed; the share of the change the verdict explains
  per TEXT NOT NULL CHECK (per IN ('request', 'second')), -- what costs are divided by
  title TEXT NOT NULL                     -- the service's name when known, else ''
) STRICT;

-- [A] What limits the answer: sentences for the reader, and the cap they put on the level.
CREATE TABLE caveat (
  analysis INTEGER NOT NULL REFERENCES analysis, seq INTEGER NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
  cap TEXT CHECK (cap IN ('high', 'medium', 'low')), PRIMARY KEY (analysis, seq)
) STRICT, WITHOUT ROWID;

-- [A] What two builds share: closure numbers, generics, vendoring and artefacts folded away; kind by the main module.
CREATE TABLE symbol (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, package TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('user', 'dependency', 'std', 'runtime', 'profiler', 'unknown'))
) STRICT;

-- [A] how: same, closure, generic, moved, renamed.
CREATE TABLE func_symbol (
  func INTEGER PRIMARY KEY REFERENCES func, symbol INTEGER NOT NULL REFERENCES symbol, how TEXT NOT NULL
) STRICT;

-- [A] The canonical prefix tree: the diff joins here.
CREATE TABLE path (
  id INTEGER PRIMARY KEY, parent INTEGER REFERENCES path, symbol INTEGER NOT NULL REFERENCES symbol, CHECK (parent < id)
) STRICT;

-- [A] Many call sites, one path.
CREATE TABLE callsite_path (
  callsite INTEGER PRIMARY KEY REFERENCES callsite, path INTEGER NOT NULL REFERENCES path
) STRICT;

-- [A] Which time of which instance stands on which side, in which phase: the one place where sides are decided.
CREATE TABLE stretch (
  id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis, instance INTEGER NOT NULL REFERENCES instance,
  side TEXT NOT NULL CHECK (side IN ('baseline', 'current')),
  phase TEXT NOT NULL CHECK (phase IN ('ramp', 'steady', 'cooldown', 'unknown')),
  t0 INTEGER, t1 INTEGER, rps REAL        -- NULL: all the instance has
) STRICT;

-- [A] One replicate in time: an interval profile, a snapshot minus the snapshot before, or an instant; exposure beside it.
CREATE TABLE slice (
  id INTEGER PRIMARY KEY, stretch INTEGER NOT NULL REFERENCES stretch,
  measure INTEGER NOT NULL REFERENCES measure, minus INTEGER REFERENCES measure,
  t0 INTEGER, t1 INTEGER, seconds REAL, requests REAL, used INTEGER NOT NULL, why TEXT
) STRICT;

-- [A] --split and --label only: the label sets whose samples count on a side. Without a row all count.
CREATE TABLE split (
  analysis INTEGER NOT NULL REFERENCES analysis, labelset INTEGER NOT NULL REFERENCES labelset,
  side TEXT NOT NULL CHECK (side IN ('baseline', 'current')), PRIMARY KEY (analysis, labelset, side)
) STRICT, WITHOUT ROWID;

-- [A] Both sides of one path for one metric, per unit of work: what flame graphs and trees draw; thinned to tested or visible paths.
CREATE TABLE path_cost (
  analysis INTEGER NOT NULL REFERENCES analysis, metric TEXT NOT NULL, path INTEGER NOT NULL REFERENCES path,
  base_flat REAL NOT NULL, base_cum REAL NOT NULL, cur_flat REAL NOT NULL, cur_cum REAL NOT NULL,
  PRIMARY KEY (analysis, metric, path)
) STRICT, WITHOUT ROWID;

-- [A] "caller called callee", where callers and callees of a function were asked for (attrib diff --peek). Either NULL: a root, or the function itself.
CREATE TABLE edge (
  id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES symbol, caller INTEGER REFERENCES symbol, callee INTEGER REFERENCES symbol
) STRICT;

-- [A] One tested difference; family = the change whose rejection opened this test (hierarchical FDR).
-- subject: symbol.id, path.id, cluster.id, edge.id by scope; NULL for a total or a series.
CREATE TABLE change (
  id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis, family INTEGER REFERENCES change,
  metric TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('total', 'symbol', 'path', 'package', 'line', 'cluster', 'series', 'edge')),
  subject INTEGER, line INTEGER,
  stat TEXT NOT NULL CHECK (stat IN ('flat', 'cum', 'own', 'level', 'rate')), -- own: charged to the nearest user frame above the leaf
  unit TEXT NOT NULL,
  base REAL, cur REAL, delta REAL, lo REAL, hi REAL,  -- lo, hi: 95 % interval of delta
  p REAL, q REAL, n_base INTEGER, n_cur INTEGER, test TEXT NOT NULL,
  smallest REAL,                          -- smallest relative change this data could have shown (80 % power); of a series that is a ratio: in points
  status TEXT NOT NULL CHECK (status IN ('up', 'down', 'same', 'unsure', 'new', 'gone', 'shifted'))
) STRICT;

-- [A] Cost that moved and did not grow. kind: split type prefix caller package below inlining toolchain.
CREATE TABLE shift (
  id INTEGER PRIMARY KEY, came INTEGER REFERENCES change, went INTEGER REFERENCES change, kind TEXT NOT NULL, amount REAL NOT NULL
) STRICT;

-- [A] Sums to the total change.
CREATE TABLE cost_split (
  analysis INTEGER NOT NULL REFERENCES analysis, metric TEXT NOT NULL,
  load REAL NOT NULL, efficiency REAL NOT NULL, mix REAL NOT NULL, PRIMARY KEY (analysis, metric)
) STRICT, WITHOUT ROWID;

-- [A] Stacks that belong together over both sides, beside the exact groups. base, cur: goroutines a dump.
CREATE TABLE cluster (
  id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis,
  kind TEXT NOT NULL CHECK (kind IN ('goroutine', 'path')), name TEXT NOT NULL, medoid INTEGER REFERENCES callsite,
  creator INTEGER REFERENCES symbol, class TEXT, base REAL NOT NULL, cur REAL NOT NULL,
  slope REAL, wait_p50 REAL, wait_p90 REAL, jsd REAL NOT NULL, silhouette REAL, ari REAL
) STRICT;

-- [A]
CREATE TABLE cluster_group (
  cluster INTEGER NOT NULL REFERENCES cluster, gogroup INTEGER NOT NULL REFERENCES gogroup, PRIMARY KEY (cluster, gogroup)
) STRICT, WITHOUT ROWID;

-- [A] Changed hot paths that move together.
CREATE TABLE cluster_path (
  cluster INTEGER NOT NULL REFERENCES cluster, path INTEGER NOT NULL REFERENCES path, PRIMARY KEY (cluster, path)
) STRICT, WITHOUT ROWID;

-- [A] NULL hi: n too small for an upper bound.
CREATE TABLE quantile (
  analysis INTEGER NOT NULL REFERENCES analysis, side TEXT NOT NULL CHECK (side IN ('baseline', 'current')), metric TEXT NOT NULL,
  q REAL NOT NULL, value REAL, lo REAL, hi REAL, n INTEGER NOT NULL, PRIMARY KEY (analysis, side, metric, q)
) STRICT, WITHOUT ROWID;

-- [A] Description only.
CREATE TABLE fit (
  analysis INTEGER NOT NULL REFERENCES analysis, side TEXT NOT NULL CHECK (side IN ('baseline', 'current')), metric TEXT NOT NULL,
  law TEXT NOT NULL CHECK (law IN ('lognormal', 'gamma', 'weibull')), a REAL NOT NULL, b REAL NOT NULL, aic REAL NOT NULL,
  PRIMARY KEY (analysis, side, metric, law)
) STRICT, WITHOUT ROWID;

-- [A] The only input of the causes: a scalar for scoring (0 quiet .. 1 loud, sign = direction), raw sides and place for actions.
-- value = size times certainty: a large change that may be chance is neither loud nor quiet.
CREATE TABLE signal (
  id INTEGER PRIMARY KEY, analysis INTEGER NOT NULL REFERENCES analysis, name TEXT NOT NULL,
  source_group TEXT NOT NULL,             -- cpu heap gc goroutine mutex block load env: evidence of one group is not independent
  state TEXT NOT NULL CHECK (state IN ('measured', 'absent')),
  value REAL, size REAL, base REAL, cur REAL, unit TEXT, lo REAL, hi REAL, p REAL, onset INTEGER, onset_err INTEGER,
  change INTEGER REFERENCES change, cluster INTEGER REFERENCES cluster,
  why TEXT,                               -- measured: one sentence for the reader; absent: what would give it
  UNIQUE (analysis, name)
) STRICT;

-- [A] Order of onsets, ns.
CREATE TABLE lag (
  earlier INTEGER NOT NULL REFERENCES signal, later INTEGER NOT NULL REFERENCES signal, gap INTEGER NOT NULL, err INTEGER, r REAL,
  PRIMARY KEY (earlier, later)
) STRICT, WITHOUT ROWID;

-- [A] Scores sum to 1. tested: 0 when no signal of the cause was measured. residual: how likely the cause is as a second one, on what the leading cause leaves.
CREATE TABLE cause (
  analysis INTEGER NOT NULL REFERENCES analysis, id TEXT NOT NULL, title TEXT NOT NULL, variant TEXT, rank INTEGER NOT NULL,
  score REAL NOT NULL, tested INTEGER NOT NULL CHECK (tested IN (0, 1)), coverage REAL, residual REAL,
  PRIMARY KEY (analysis, id)
) STRICT, WITHOUT ROWID;

-- [A] The linear model of the original design: scores with and without the significance factor.
CREATE TABLE linear_score (
  analysis INTEGER NOT NULL REFERENCES analysis, cause TEXT NOT NULL, score REAL NOT NULL, unweighted REAL NOT NULL,
  PRIMARY KEY (analysis, cause)
) STRICT, WITHOUT ROWID;

-- [A] Why a cause stands where it stands; explained_by = counted under the stronger cause `other`.
CREATE TABLE evidence (
  analysis INTEGER NOT NULL, cause TEXT NOT NULL, signal INTEGER NOT NULL REFERENCES signal,
  role TEXT NOT NULL CHECK (role IN ('for', 'against', 'not_tested', 'explained_by')),
  weight REAL NOT NULL, covers REAL, other TEXT, PRIMARY KEY (analysis, cause, signal),
  FOREIGN KEY (analysis, cause) REFERENCES cause
) STRICT, WITHOUT ROWID;

-- [A] What each source of which nothing was measured could add. gain: how much the right answer's score would rise, expected over what may be right; cause: of
-- which it would tell most, score: what that cause would then have if it is right.
CREATE TABLE missing (
  analysis INTEGER NOT NULL REFERENCES analysis, source_group TEXT NOT NULL, cause TEXT NOT NULL,
  needs TEXT NOT NULL,                    -- the files that would give it
  score REAL NOT NULL, gain REAL NOT NULL, PRIMARY KEY (analysis, source_group)
) STRICT, WITHOUT ROWID;

-- [A] The code that carries a cause; role: hot (cost), waiter, holder, creator, allocator.
CREATE TABLE guilty (
  analysis INTEGER NOT NULL, cause TEXT NOT NULL, rank INTEGER NOT NULL, role TEXT NOT NULL,
  func INTEGER REFERENCES func, line INTEGER, path INTEGER REFERENCES path, share REAL, PRIMARY KEY (analysis, cause, rank)
) STRICT, WITHOUT ROWID;

-- [A] What to do first: one ranked list over all causes, by probability x expected gain.
-- facts: JSON of the formula, its numbers and where each came from; needs: the file that would give a missing one, then gain is NULL.
CREATE TABLE recommendation (
  analysis INTEGER NOT NULL REFERENCES analysis, rank INTEGER NOT NULL, cause TEXT NOT NULL, variant TEXT, act TEXT NOT NULL,
  func INTEGER REFERENCES func, line INTEGER, gain_lo REAL, gain_hi REAL, gain_unit TEXT, risk TEXT, versions TEXT,
  verify TEXT NOT NULL, facts TEXT NOT NULL, needs TEXT, PRIMARY KEY (analysis, rank)
) STRICT, WITHOUT ROWID;

-- [A]
CREATE TABLE gate (
  analysis INTEGER NOT NULL REFERENCES analysis, expr TEXT NOT NULL, level TEXT NOT NULL CHECK (level IN ('fail', 'warn')),
  value REAL, lo REAL, hi REAL, result TEXT NOT NULL CHECK (result IN ('pass', 'fail', 'missing')), PRIMARY KEY (analysis, expr)
) STRICT, WITHOUT ROWID;
