-- SPDX-License-Identifier: GPL-3.0-or-later
-- views.sql - what people and reports read; `sqlite3 RUN/attrib/attrib.db 'SELECT * FROM causes'` is a report of its own
--
-- report/ SELECTs from nothing else. A table's name is a singular noun; a view's name is a plural, or says what it computes.
-- Times ns since the Unix epoch, durations ns, sizes bytes, NULL not known: as in schema.sql. flat = the function itself, cum = with
-- everything it called, as in pprof.

-- ---- the answer ----------------------------------------------------------------------------------------------------

-- One row: what was compared, the verdict in one id and one title, how sure.
CREATE VIEW answers AS
SELECT a.id AS analysis, a.title AS service, a.design, a.per, a.verdict, c.title, c.variant, a.score, a.level, a.direction,
  a.changed, a.explained, a.options, a.model
FROM analysis a LEFT JOIN cause c ON c.analysis = a.id AND c.id = a.verdict;

-- Sentences that limit the answer, in the order of their weight; cap: the level the answer cannot pass.
CREATE VIEW caveats AS
SELECT analysis, seq, code, text, cap FROM caveat;

-- Gates and how they ended; worst first.
CREATE VIEW gates AS
SELECT analysis, expr, level, value, lo, hi, result,
  CASE WHEN result = 'pass' THEN 2 WHEN level = 'warn' THEN 1 ELSE 0 END AS severity
FROM gate;

-- Every cause, ranked, with the code that carries most of it. Scores sum to 1.
CREATE VIEW causes AS
SELECT c.analysis, c.rank, c.id, c.title, c.variant, c.score, c.tested, c.coverage, c.residual,
  coalesce(f.name, y.name) AS function, f.file, g.line, g.role, g.share
FROM cause c
  LEFT JOIN guilty g ON g.analysis = c.analysis AND g.cause = c.id
    AND g.rank = (SELECT min(rank) FROM guilty WHERE analysis = c.analysis AND cause = c.id)
  LEFT JOIN func f ON f.id = g.func LEFT JOIN path p ON p.id = g.path LEFT JOIN symbol y ON y.id = p.symbol;

-- Why a cause stands where it stands: one row a signal, strongest first by weight. role: for, against, not_tested, explained_by
-- (then `other` is the stronger cause). function, line, cluster: where the signal was seen; missing: which file would have given it.
CREATE VIEW cause_evidence AS
SELECT e.analysis, e.cause, c.rank AS cause_rank, e.role, s.name AS signal, s.source_group, s.state, e.weight, e.covers, e.other,
  s.value, s.base, s.cur, s.unit, s.lo, s.hi, s.p, s.onset, s.onset_err, s.why, d.metric, d.status,
  CASE d.scope WHEN 'symbol' THEN y.name WHEN 'line' THEN y.name WHEN 'package' THEN y.package WHEN 'path' THEN z.name END AS function,
  d.line, k.name AS cluster
FROM evidence e
  JOIN signal s ON s.id = e.signal
  JOIN cause c ON c.analysis = e.analysis AND c.id = e.cause
  LEFT JOIN change d ON d.id = s.change
  LEFT JOIN symbol y ON d.scope IN ('symbol', 'line', 'package') AND y.id = d.subject
  LEFT JOIN path p ON d.scope = 'path' AND p.id = d.subject LEFT JOIN symbol z ON z.id = p.symbol
  LEFT JOIN cluster k ON k.id = coalesce(s.cluster, CASE d.scope WHEN 'cluster' THEN d.subject END);

-- The code that carries a cause: hot (it costs), waiter, holder, creator, allocator.
CREATE VIEW cause_code AS
SELECT g.analysis, g.cause, c.rank AS cause_rank, g.rank, g.role, coalesce(f.name, y.name) AS function,
  coalesce(f.package, y.package) AS package, f.file, g.line, g.path, g.share
FROM guilty g
  JOIN cause c ON c.analysis = g.analysis AND c.id = g.cause
  LEFT JOIN func f ON f.id = g.func LEFT JOIN path p ON p.id = g.path LEFT JOIN symbol y ON y.id = p.symbol;

-- What to do first, over all causes. facts: JSON of the formula, its numbers and where each came from. gain NULL: see needs.
CREATE VIEW recommendations AS
SELECT r.analysis, r.rank, r.cause, c.title, c.score, r.variant, r.act, f.name AS function, f.file, r.line,
  r.gain_lo, r.gain_hi, r.gain_unit, r.risk, r.versions, r.verify,
  r.facts, r.needs
FROM recommendation r
  LEFT JOIN cause c ON c.analysis = r.analysis AND c.id = r.cause LEFT JOIN func f ON f.id = r.func;

-- Sources that would raise the confidence: by how much (expected), and the cause of which each would tell most, now and then.
CREATE VIEW missing_sources AS
SELECT m.analysis, m.source_group, m.cause, c.title, m.needs, m.score, m.gain, c.score AS now FROM missing m
  LEFT JOIN cause c ON c.analysis = m.analysis AND c.id = m.cause WHERE m.gain > 0;

-- The linear model of the original design: score follows the significance of its signals, unweighted does not.
CREATE VIEW linear_scores AS
SELECT l.analysis, l.cause, c.title, l.score, l.unweighted FROM linear_score l
  LEFT JOIN cause c ON c.analysis = l.analysis AND c.id = l.cause;

-- ---- what changed --------------------------------------------------------------------------------------------------

-- Every tested difference by name. relative: 0.25 = 25 % more. up and down are significant; unsure is printed as ~.
CREATE VIEW changes AS
SELECT d.id, d.analysis, d.family, d.metric, d.scope,
  CASE d.scope WHEN 'symbol' THEN y.name WHEN 'line' THEN y.name WHEN 'package' THEN y.package WHEN 'path' THEN z.name
    WHEN 'cluster' THEN k.name END AS name,
  coalesce(y.package, z.package) AS package, coalesce(y.kind, z.kind) AS kind, f.file, d.line,
  d.stat, d.unit, d.base, d.cur, d.delta, d.lo, d.hi, CASE WHEN d.base <> 0 THEN d.delta / d.base END AS relative,
  d.p, d.q, d.n_base, d.n_cur, d.test, d.smallest, d.status
FROM change d
  LEFT JOIN symbol y ON d.scope IN ('symbol', 'line', 'package') AND y.id = d.subject
  LEFT JOIN (SELECT symbol, min(func) AS func FROM func_symbol GROUP BY symbol) w ON d.scope IN ('symbol', 'line') AND w.symbol = y.id
  LEFT JOIN func f ON f.id = w.func
  LEFT JOIN path p ON d.scope = 'path' AND p.id = d.subject LEFT JOIN symbol z ON z.id = p.symbol
  LEFT JOIN cluster k ON d.scope = 'cluster' AND k.id = d.subject;

-- Callers and callees of the functions that were asked for, with their tests. caller = subject: what it called; callee = subject: who called
-- it; one of them NULL: its own cost (caller = subject), or a root (callee = subject).
CREATE VIEW edges AS
SELECT d.id, d.analysis, d.metric, o.name AS subject, a.name AS caller, b.name AS callee, d.unit, d.base, d.cur, d.delta, d.lo, d.hi,
  CASE WHEN d.base <> 0 THEN d.delta / d.base END AS relative, d.p, d.q, d.test, d.status
FROM change d JOIN edge e ON e.id = d.subject JOIN symbol o ON o.id = e.subject LEFT JOIN symbol a ON a.id = e.caller LEFT JOIN symbol b ON b.id = e.callee
WHERE d.scope = 'edge';

-- The smallest relative change of each total that this data could have shown (80 % power), by the metric ids of docs/names.md; of a series whose unit is
-- ratio (error_rate, gc_pause_over) the change itself, since such shares are compared as differences.
CREATE VIEW detectable AS
SELECT analysis, metric, unit, base, cur, smallest, status
FROM change WHERE scope IN ('total', 'series') AND smallest IS NOT NULL;

-- Cost that moved and did not grow: where it came up, where it went away.
CREATE VIEW shifts AS
SELECT h.id, c.analysis, h.kind, c.metric, c.unit, h.amount, c.name AS came, w.name AS went
FROM shift h JOIN changes c ON c.id = h.came LEFT JOIN changes w ON w.id = h.went
UNION ALL
SELECT NULL, c.analysis, s.how, c.metric, c.unit, c.base, c.name, f.name
FROM func_symbol s JOIN func f ON f.id = s.func JOIN changes c ON c.id = (
  SELECT min(g.id) FROM change g WHERE g.scope = 'symbol' AND g.stat = 'cum' AND g.subject = s.symbol)
WHERE s.how IN ('moved', 'renamed');

-- Total change of a metric = load + efficiency + mix, exactly.
CREATE VIEW cost_splits AS
SELECT analysis, metric, load, efficiency, mix, load + efficiency + mix AS total FROM cost_split;

-- Quantiles with their intervals: GC pauses, latencies, waits.
CREATE VIEW quantiles AS
SELECT analysis, side, metric, q, value, lo, hi, n FROM quantile;

-- Distributions that describe the pauses; the smallest aic fits best.
CREATE VIEW fits AS
SELECT analysis, side, metric, law, a, b, aic FROM fit;

-- Goroutines (kind goroutine) or changed hot paths (kind path) that belong together; biggest growth first by cur - base.
CREATE VIEW clusters AS
SELECT k.id, k.analysis, k.kind, k.name, k.class, y.name AS creator, k.base, k.cur, k.cur - k.base AS growth, k.slope,
  k.wait_p50, k.wait_p90, k.jsd, k.silhouette, k.ari
FROM cluster k LEFT JOIN symbol y ON y.id = k.creator;

-- The stack that stands for a goroutine cluster, frame by frame; depth 0 is where it waits.
CREATE VIEW cluster_frames AS
WITH RECURSIVE up (cluster, depth, callsite) AS (
  SELECT id, 0, medoid FROM cluster WHERE medoid IS NOT NULL
  UNION ALL
  SELECT up.cluster, up.depth + 1, c.parent FROM up JOIN callsite c ON c.id = up.callsite WHERE c.parent IS NOT NULL AND up.depth < 4096)
SELECT up.cluster, up.depth, f.name AS function, f.package, f.file, c.line, c.inlined
FROM up JOIN callsite c ON c.id = up.callsite JOIN func f ON f.id = c.func;

-- All signals: measured with their numbers, absent with what would give them.
CREATE VIEW signals AS
SELECT s.id, s.analysis, s.name, s.source_group, s.state, s.value, s.base, s.cur, s.unit, s.lo, s.hi, s.p, s.onset, s.onset_err, s.why,
  k.name AS cluster
FROM signal s LEFT JOIN cluster k ON k.id = s.cluster;

-- Which signal began before which.
CREATE VIEW lags AS
SELECT e.analysis, e.name AS earlier, l.name AS later, g.gap, g.err, g.r
FROM lag g JOIN signal e ON e.id = g.earlier JOIN signal l ON l.id = g.later;

-- The canonical tree by name; parents first.
CREATE VIEW paths AS
SELECT p.id AS path, p.parent, p.symbol, y.name, y.package, y.kind FROM path p JOIN symbol y ON y.id = p.symbol;

-- Both sides of every drawn path, per unit of work; parents first. status, p: of the path itself, where it was tested.
CREATE VIEW path_costs AS
SELECT c.analysis, c.metric, c.path, p.parent, y.name, y.package, y.kind, c.base_flat, c.base_cum, c.cur_flat, c.cur_cum, p.symbol, d.status, d.p
FROM path_cost c JOIN path p ON p.id = c.path JOIN symbol y ON y.id = p.symbol
  LEFT JOIN change d ON d.analysis = c.analysis AND d.metric = c.metric AND d.scope = 'path' AND d.stat = 'cum' AND d.subject = c.path;

-- How much of each kind of measure a side has in use: what a cost per request or second was divided by, and how many slices hold it.
CREATE VIEW exposures AS
SELECT t.analysis, t.side, m.metric AS kind, count(*) AS slices, sum(l.seconds) AS seconds, sum(l.requests) AS requests
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN measure m ON m.id = l.measure WHERE l.used
GROUP BY t.analysis, t.side, m.metric;

-- ---- what was read -------------------------------------------------------------------------------------------------

-- The side of an instance: as the analysis decided, else as folder or option say; NULL when it stands on both (early_late).
CREATE VIEW instance_sides AS
SELECT i.id AS instance, i.run, i.name,
  CASE WHEN count(t.id) = 0 THEN r.hint WHEN min(t.side) = max(t.side) THEN min(t.side) END AS side
FROM instance i JOIN run r ON r.id = i.run LEFT JOIN stretch t ON t.instance = i.id
GROUP BY i.id;

-- One row an execution of the load test, with its side and how many processes it had.
CREATE VIEW runs AS
SELECT r.id AS run, r.folder, r.name,
  CASE WHEN count(s.instance) = 0 THEN r.hint WHEN min(s.side) = max(s.side) AND count(s.side) = count(*) THEN min(s.side) END AS side,
  count(s.instance) AS instances, r.revision, r.started, r.ended, r.requests
FROM run r LEFT JOIN instance_sides s ON s.run = r.id
GROUP BY r.id;

-- Every file seen. kind: the profile's type (cpu heap mutex ...) or the format; status read, partial, refused, ignored.
CREATE VIEW inputs AS
SELECT f.id AS source, f.path, coalesce(
    (SELECT CASE
       WHEN f.kind <> 'pprof' THEN NULL
       WHEN max(m.metric = 'inuse') THEN 'heap'
       WHEN count(DISTINCT m.metric) = 1 THEN max(m.metric)
       ELSE group_concat(DISTINCT m.metric) END
     FROM profile p JOIN measure m ON m.profile = p.id WHERE p.source = f.id), f.kind) AS kind,
  f.kind AS format, r.folder AS run, i.name AS instance,
  CASE WHEN f.instance IS NOT NULL THEN (SELECT side FROM instance_sides s WHERE s.instance = f.instance)
    ELSE (SELECT side FROM runs s WHERE s.run = f.run) END AS side,
  f.status, f.reason, f.place, f.bytes, f.clock
FROM source f LEFT JOIN run r ON r.id = f.run LEFT JOIN instance i ON i.id = f.instance;

-- The files of the user's own functions with their packages: what a repository's own paths are read off.
CREATE VIEW user_files AS
SELECT DISTINCT f.package, f.file
FROM func f JOIN func_symbol n ON n.func = f.id JOIN symbol y ON y.id = n.symbol
WHERE y.kind = 'user' AND f.file <> '';

-- Files that gave nothing, or not all they hold, and why.
CREATE VIEW not_read AS
SELECT path, kind, side, status, reason, place FROM inputs WHERE status <> 'read';

-- What a source said about itself without being refused: lost rows, guessed units, columns not used.
CREATE VIEW input_notes AS
SELECT n.id, f.path, f.status, n.place, n.text FROM note n JOIN source f ON f.id = n.source;

-- What each side has of each kind of data. seconds: what its interval profiles cover.
CREATE VIEW data_by_side AS
SELECT coalesce(s.side, 'current') AS side, m.metric AS kind, count(DISTINCT p.source) AS files, count(*) AS profiles,
  sum(CASE WHEN m.extent = 'interval' AND p.t1 > p.t0 THEN (p.t1 - p.t0) * 1e-9 END) AS seconds, sum(p.t1 IS NOT NULL) AS timed
FROM profile p JOIN measure m ON m.profile = p.id JOIN instance_sides s ON s.instance = p.instance
GROUP BY 1, 2
UNION ALL
SELECT coalesce(s.side, 'current'), 'gc', count(DISTINCT g.source), count(*), NULL, sum(g.t IS NOT NULL)
FROM gc_cycle g JOIN instance_sides s ON s.instance = g.instance GROUP BY 1
UNION ALL
SELECT coalesce(i.side, 'current'), 'load', count(DISTINCT e.source), count(DISTINCT e.id), NULL, NULL
FROM series e JOIN inputs i ON i.source = e.source WHERE e.name LIKE 'load.%' GROUP BY 1
UNION ALL
SELECT coalesce(i.side, 'current'), 'dump', count(DISTINCT i.source), count(DISTINCT p.id), NULL, sum(p.t1 IS NOT NULL)
FROM inputs i JOIN profile p ON p.source = i.source WHERE i.format = 'godump' GROUP BY 1;

-- Settings as known for each process, and from where.
CREATE VIEW settings AS
SELECT s.name, s.value, s.origin, r.folder AS run, i.name AS instance, d.side
FROM setting s JOIN instance i ON i.id = s.instance JOIN run r ON r.id = i.run JOIN instance_sides d ON d.instance = i.id;

-- Settings that are known on both sides and differ.
CREATE VIEW setting_differences AS
SELECT name, group_concat(DISTINCT CASE side WHEN 'baseline' THEN value END) AS base,
  group_concat(DISTINCT CASE side WHEN 'current' THEN value END) AS cur
FROM (SELECT DISTINCT name, side, value FROM settings WHERE side IS NOT NULL ORDER BY name, side, value)
GROUP BY name
HAVING base IS NOT NULL AND cur IS NOT NULL AND base <> cur;

-- Panics, restarts, deploys, saved error pages.
CREATE VIEW events AS
SELECT e.id, e.t, e.span, e.kind, e.text, f.path, i.name AS instance
FROM event e JOIN source f ON f.id = e.source LEFT JOIN instance i ON i.id = e.instance;

-- The phases of the load on each side.
CREATE VIEW phases AS
SELECT t.id AS stretch, t.analysis, t.side, t.phase, r.folder AS run, i.name AS instance, t.t0, t.t1, t.rps
FROM stretch t JOIN instance i ON i.id = t.instance JOIN run r ON r.id = i.run;

-- Every replicate that was considered, and why some were left out.
CREATE VIEW slices AS
SELECT l.id AS slice, t.analysis, t.side, t.phase, r.folder AS run, i.name AS instance, m.metric, l.measure, l.minus, l.t0, l.t1,
  l.seconds, l.requests, l.used, l.why
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN instance i ON i.id = t.instance JOIN run r ON r.id = i.run
  JOIN measure m ON m.id = l.measure;

-- ---- numbers to compute with ---------------------------------------------------------------------------------------

-- Exact flat and cum of every function in every profile: what pprof -top prints.
CREATE VIEW func_flat_cum AS
SELECT m.id AS measure, f.path, r.folder AS run, i.name AS instance, m.metric, n.name, n.package, n.file,
  t.flat_count, t.flat, t.cum_count, t.cum
FROM func_total t
  JOIN measure m ON m.id = t.measure JOIN profile p ON p.id = m.profile JOIN source f ON f.id = p.source
  JOIN instance i ON i.id = p.instance JOIN run r ON r.id = i.run JOIN func n ON n.id = t.func;

-- Raw flat and cum on each side by canonical name, nothing divided: the sums of the slices in use, snapshots less the snapshot before.
-- Where one file spells a symbol in two ways (func1 and func2 of one closure), cum counts a stack with both twice.
CREATE VIEW raw_by_side AS
SELECT side, metric, name, sum(flat_count) AS flat_count, sum(flat) AS flat, sum(cum_count) AS cum_count, sum(cum) AS cum
FROM (
  SELECT t.side, m.metric, y.name, f.flat_count, f.flat, f.cum_count, f.cum
  FROM slice l JOIN stretch t ON t.id = l.stretch JOIN measure m ON m.id = l.measure JOIN func_total f ON f.measure = l.measure
    JOIN func_symbol n ON n.func = f.func JOIN symbol y ON y.id = n.symbol WHERE l.used
  UNION ALL
  SELECT t.side, m.metric, y.name, -f.flat_count, -f.flat, -f.cum_count, -f.cum
  FROM slice l JOIN stretch t ON t.id = l.stretch JOIN measure m ON m.id = l.measure JOIN func_total f ON f.measure = l.minus
    JOIN func_symbol n ON n.func = f.func JOIN symbol y ON y.id = n.symbol WHERE l.used)
GROUP BY side, metric, name;

-- Every frame of every stack, from the leaf (depth 0) up to the root.
CREATE VIEW stack_frames AS
WITH RECURSIVE up (leaf, depth, callsite) AS (
  SELECT id, 0, id FROM callsite
  UNION ALL
  SELECT up.leaf, up.depth + 1, c.parent FROM up JOIN callsite c ON c.id = up.callsite WHERE c.parent IS NOT NULL)
SELECT up.leaf, up.depth, up.callsite, f.id AS func, f.name, f.package, f.file, c.line, c.inlined
FROM up JOIN callsite c ON c.id = up.callsite JOIN func f ON f.id = c.func;

-- Flat and cum of every source line in every measure; a stack counts once however often the line stands in it. Walks the whole tree.
CREATE VIEW line_flat_cum AS
SELECT s.measure, m.metric, o.name, o.package, o.file, o.line,
  sum(CASE WHEN o.depth = 0 THEN s.amount ELSE 0 END) AS flat, sum(s.amount) AS cum
FROM sample s
  JOIN measure m ON m.id = s.measure
  JOIN (SELECT leaf, min(depth) AS depth, name, package, file, line FROM stack_frames GROUP BY leaf, name, file, line) o ON o.leaf = s.callsite
GROUP BY s.measure, o.name, o.file, o.line;

-- Flat and cum of every package in every measure, as above.
CREATE VIEW package_cost AS
SELECT s.measure, m.metric, o.package, sum(CASE WHEN o.depth = 0 THEN s.amount ELSE 0 END) AS flat, sum(s.amount) AS cum
FROM sample s
  JOIN measure m ON m.id = s.measure
  JOIN (SELECT leaf, min(depth) AS depth, package FROM stack_frames GROUP BY leaf, package) o ON o.leaf = s.callsite
GROUP BY s.measure, o.package;

-- A slice's samples: the labels of its side where the analysis splits by label, snapshots less the snapshot before.
CREATE VIEW slice_sample AS
SELECT l.id AS slice, s.callsite, s.labelset, s.count, s.amount
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN sample s ON s.measure = l.measure
WHERE l.minus IS NULL AND (NOT EXISTS (SELECT 1 FROM split x WHERE x.analysis = t.analysis)
  OR EXISTS (SELECT 1 FROM split x WHERE x.analysis = t.analysis AND x.labelset = s.labelset AND x.side = t.side))
UNION ALL
SELECT l.id, s.callsite, s.labelset, sum(CASE s.measure WHEN l.measure THEN s.count ELSE -s.count END),
  sum(CASE s.measure WHEN l.measure THEN s.amount ELSE -s.amount END)
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN sample s ON s.measure IN (l.measure, l.minus)
WHERE l.minus IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM split x WHERE x.analysis = t.analysis)
  OR EXISTS (SELECT 1 FROM split x WHERE x.analysis = t.analysis AND x.labelset = s.labelset AND x.side = t.side))
GROUP BY l.id, s.callsite, s.labelset;

-- The same by canonical path, labels added up.
CREATE VIEW path_sample AS
SELECT s.slice, c.path, sum(s.count) AS count, sum(s.amount) AS amount
FROM slice_sample s JOIN callsite_path c ON c.callsite = s.callsite
GROUP BY s.slice, c.path;

-- Goroutines a dump on each side by exact stack: where they wait, who made them, how many more.
CREATE VIEW goroutine_growth AS
WITH dump AS (
  SELECT p.id AS profile, s.side FROM profile p JOIN instance_sides s ON s.instance = p.instance
  WHERE s.side IS NOT NULL AND EXISTS (SELECT 1 FROM gogroup g WHERE g.profile = p.id)),
dumps AS (
  SELECT sum(side = 'baseline') AS base, sum(side = 'current') AS cur FROM dump),
stack AS (
  SELECT g.callsite, g.class, g.creator, sum(CASE d.side WHEN 'baseline' THEN g.count ELSE 0 END) AS base,
    sum(CASE d.side WHEN 'current' THEN g.count ELSE 0 END) AS cur, max(g.wait_min) AS longest_wait_min
  FROM gogroup g JOIN dump d ON d.profile = g.profile GROUP BY g.callsite, g.class, g.creator)
SELECT t.callsite, f.name AS function, f.file, c.line, t.class, m.name AS creator, t.longest_wait_min,
  1.0 * t.base / nullif(n.base, 0) AS base, 1.0 * t.cur / nullif(n.cur, 0) AS cur,
  coalesce(1.0 * t.cur / nullif(n.cur, 0), 0) - coalesce(1.0 * t.base / nullif(n.base, 0), 0) AS growth
FROM stack t JOIN dumps n JOIN callsite c ON c.id = t.callsite JOIN func f ON f.id = c.func LEFT JOIN func m ON m.id = t.creator;

-- Each GC once: where sources of one process overlap in time, the one that tells more about its cycles wins.
CREATE VIEW gc_best AS
WITH told AS (
  SELECT g.source, g.instance, f.clock, min(t) AS t0, max(t) AS t1, count(*) AS cycles,
    sum((mark IS NOT NULL) + (assist IS NOT NULL) + (heap_live IS NOT NULL) + (goal IS NOT NULL) + (pause1 IS NOT NULL)) AS details
  FROM gc_cycle g JOIN source f ON f.id = g.source GROUP BY g.source, g.instance),
beaten AS (
  SELECT w.source, w.instance, b.source AS better, w.clock = b.clock AS one_clock, b.t0, b.t1 FROM told w JOIN told b
    ON b.instance = w.instance AND b.source <> w.source
    AND (b.details, b.cycles, -b.source) > (w.details, w.cycles, -w.source))
SELECT g.* FROM gc_cycle g
WHERE NOT EXISTS (SELECT 1 FROM beaten b WHERE b.source = g.source AND b.instance = g.instance
  AND CASE WHEN b.one_clock THEN g.t IS NULL OR b.t0 IS NULL OR g.t BETWEEN b.t0 AND b.t1
    ELSE EXISTS (SELECT 1 FROM gc_cycle o WHERE o.source = b.better AND o.n = g.n) END);

-- The load report's rows, usually one a second: requests and errors of all endpoints added up, latencies of the slowest endpoint, ns.
CREATE VIEW load_by_second AS
SELECT f.path, r.folder AS run, o.t, max(o.span) AS span,
  sum(CASE s.name WHEN 'load.requests' THEN o.value END) AS requests,
  sum(CASE s.name WHEN 'load.requests' THEN o.value END) * 1e9 / nullif(max(o.span), 0) AS rps,
  sum(CASE s.name WHEN 'load.errors' THEN o.value END) AS errors,
  sum(CASE s.name WHEN 'load.offered' THEN o.value END) AS offered,
  max(CASE WHEN s.name IN ('load.p50', 'load.latency_p50') THEN o.value END) AS p50,
  max(CASE WHEN s.name IN ('load.p95', 'load.latency_p95') THEN o.value END) AS p95,
  max(CASE WHEN s.name IN ('load.p99', 'load.latency_p99') THEN o.value END) AS p99,
  f.id AS source, f.clock
FROM series s JOIN source f ON f.id = s.source LEFT JOIN run r ON r.id = f.run JOIN point o ON o.series = s.id
WHERE s.name LIKE 'load.%'
GROUP BY f.id, o.t;

-- ---- over time: both sides on one axis -----------------------------------------------------------------------------

-- Where the time axis of a run begins, ns: with its load, else with the first GC or profile that has a time.
CREATE VIEW run_starts AS
SELECT r.id AS run, coalesce(
  (SELECT min(l.t) FROM source f JOIN load_by_second l ON l.source = f.id WHERE f.run = r.id AND f.clock = 'epoch'),
  (SELECT min(t) FROM (
    SELECT min(g.t) AS t FROM gc_cycle g JOIN source f ON f.id = g.source JOIN instance i ON i.id = g.instance
    WHERE i.run = r.id AND f.clock = 'epoch'
    UNION ALL
    SELECT min(coalesce(p.t0, p.t1)) FROM profile p JOIN instance i ON i.id = p.instance WHERE i.run = r.id))) AS t
FROM run r;

-- The stretches of every process; only: times that do not count from the epoch belong to this one, as the process has but one side.
CREATE VIEW stretch_times AS
SELECT t.analysis, t.instance, i.run, t.side, t.phase, coalesce(t.t0, -9223372036854775807) AS t0, coalesce(t.t1, 9223372036854775807) AS t1,
  t.phase IN ('steady', 'unknown') AND s.side IS NOT NULL AS only
FROM stretch t JOIN instance i ON i.id = t.instance JOIN instance_sides s ON s.instance = t.instance;

-- GC cycles on the axis: x s from the start of load (NULL: no time), pause ns, heap after GC in bytes as the analysis reckons it.
CREATE VIEW gc_over_time AS
SELECT s.analysis, s.side, s.phase, r.folder AS run, i.name AS instance, i.life, g.n,
  CASE f.clock WHEN 'epoch' THEN (g.t - z.t) * 1e-9 WHEN 'load' THEN g.t * 1e-9 ELSE (g.t - m.t) * 1e-9 END AS x, g.pause,
  coalesce(g.heap_live, g.goal / (1 + coalesce((SELECT CAST(e.value AS REAL) FROM setting e
    WHERE e.instance = g.instance AND e.name = 'GOGC' LIMIT 1), 100.0) / 100.0), g.heap_end) AS heap
FROM gc_best g JOIN source f ON f.id = g.source JOIN instance i ON i.id = g.instance JOIN run r ON r.id = i.run
  JOIN (SELECT source, min(t) AS t FROM gc_cycle GROUP BY source) m ON m.source = g.source
  JOIN run_starts z ON z.run = r.id
  JOIN stretch_times s ON s.instance = g.instance
    AND CASE WHEN f.clock = 'epoch' AND g.t IS NOT NULL THEN g.t >= s.t0 AND g.t < s.t1 ELSE s.only END;

-- The load on the axis. A report without a time axis has no place here.
CREATE VIEW load_over_time AS
SELECT s.analysis, s.side, s.phase, l.run, l.path, CASE l.clock WHEN 'epoch' THEN (l.t - z.t) * 1e-9 ELSE l.t * 1e-9 END AS x, l.span * 1e-9 AS seconds,
  l.rps, l.p50, l.p95, l.p99
FROM load_by_second l JOIN run r ON r.folder = l.run JOIN run_starts z ON z.run = r.id
  JOIN (SELECT run, min(id) AS instance FROM instance GROUP BY run) i ON i.run = r.id
  JOIN stretch_times s ON s.instance = i.instance AND CASE l.clock WHEN 'epoch' THEN l.t >= s.t0 AND l.t < s.t1 ELSE s.only END
WHERE l.clock <> 'none';

-- Goroutines of each dump on the axis; from goroutine profiles where a process has no dump.
CREATE VIEW goroutines_over_time AS
WITH dump AS (
  SELECT p.id AS profile, p.instance FROM profile p JOIN source f ON f.id = p.source WHERE f.kind = 'godump')
SELECT s.analysis, s.side, s.phase, r.folder AS run, i.name AS instance, i.life, (coalesce(p.t1, p.t0) - z.t) * 1e-9 AS x,
  (SELECT sum(v.count) FROM sample v WHERE v.measure = m.id) AS goroutines
FROM profile p JOIN measure m ON m.profile = p.id AND m.metric = 'goroutine' JOIN instance i ON i.id = p.instance JOIN run r ON r.id = i.run
  JOIN run_starts z ON z.run = r.id
  JOIN stretch_times s ON s.instance = p.instance AND coalesce(p.t1, p.t0) >= s.t0 AND coalesce(p.t1, p.t0) < s.t1
WHERE p.id IN (SELECT profile FROM dump) OR p.instance NOT IN (SELECT instance FROM dump);

-- What each slice of a profile covers on the axis: x0 to x1 s from the start of load; a snapshot that is one instant has x0 = x1.
CREATE VIEW slices_over_time AS
SELECT t.analysis, t.side, t.phase, r.folder AS run, i.name AS instance, l.id AS slice, m.metric, (coalesce(l.t0, l.t1) - z.t) * 1e-9 AS x0,
  (l.t1 - z.t) * 1e-9 AS x1, l.requests, l.used
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN instance i ON i.id = t.instance JOIN run r ON r.id = i.run
  JOIN measure m ON m.id = l.measure JOIN run_starts z ON z.run = r.id
WHERE l.t1 IS NOT NULL;

-- When signals began, on the axis of the current run in which they did: x s from the start of its load, err s to either side.
CREATE VIEW onsets_over_time AS
SELECT s.analysis, s.name, s.value, (s.onset - z.t) * 1e-9 AS x, s.onset_err * 1e-9 AS err, s.why
FROM signal s JOIN (
  SELECT t.analysis, y.t, lead(y.t) OVER (PARTITION BY t.analysis ORDER BY y.t) AS next
  FROM (SELECT DISTINCT analysis, run FROM stretch_times WHERE side = 'current') t JOIN run_starts y ON y.run = t.run WHERE y.t IS NOT NULL) z
  ON z.analysis = s.analysis AND s.onset >= z.t AND (z.next IS NULL OR s.onset < z.next)
WHERE s.onset IS NOT NULL;

-- The load report that speaks for a run. Of several (a warm-up, two forms of one report) the one whose time holds the most of the run's
-- profiles, then the one with the most rows.
CREATE VIEW run_load_reports AS
WITH told AS (
  SELECT f.run, s.source, f.path, f.clock, count(*) AS points, min(o.t) AS t0, max(o.t + o.span) AS t1
  FROM series s JOIN source f ON f.id = s.source JOIN point o ON o.series = s.id WHERE s.name = 'load.requests' GROUP BY s.source),
held AS (
  SELECT t.*, CASE t.clock WHEN 'epoch' THEN (SELECT count(*) FROM profile p JOIN instance i ON i.id = p.instance
    WHERE i.run = t.run AND p.t1 BETWEEN t.t0 AND t.t1) ELSE 0 END AS profiles FROM told t)
SELECT run, source FROM (SELECT run, source, row_number() OVER (PARTITION BY run ORDER BY profiles DESC, points DESC, path) AS place FROM held)
WHERE place = 1;

-- ---- for walking (attrib triage): as little work a row as can be, never a whole tree for one answer ----------------

-- The slices in use, and the unit of their amounts. Times ns, to be placed with run_starts.
CREATE VIEW used_slices AS
SELECT t.analysis, l.id AS slice, t.side, m.metric, l.measure, l.minus, l.seconds, l.requests, m.extent, m.amount_unit, m.count_unit,
  l.t0, l.t1, i.run
FROM slice l JOIN stretch t ON t.id = l.stretch JOIN instance i ON i.id = t.instance JOIN measure m ON m.id = l.measure
WHERE l.used;

-- The exact tree in the order of its ids (a parent before its children), with the canonical path of each site.
CREATE VIEW call_sites AS
SELECT c.id AS callsite, c.parent, c.func, c.line, c.inlined, k.path
FROM callsite c LEFT JOIN callsite_path k ON k.callsite = c.id;

-- The canonical tree in the order of its ids, and its names.
CREATE VIEW symbols AS
SELECT id AS symbol, name, package, kind FROM symbol;

-- Functions as files name them, with the canonical name.
CREATE VIEW functions AS
SELECT f.id AS func, f.name, f.package, f.file, f.start_line, n.symbol, y.name AS canonical
FROM func f LEFT JOIN func_symbol n ON n.func = f.id LEFT JOIN symbol y ON y.id = n.symbol;

-- What a measure sampled, at the leaf; and which labels belong to one side only (--split).
CREATE VIEW measure_samples AS
SELECT measure, callsite, labelset, count, amount FROM sample;
CREATE VIEW label_sides AS
SELECT analysis, labelset, side FROM split;

-- Goroutines of each dump that share everything a dump says of them, with the cluster they belong to; from goroutine profiles where a
-- process has no dump, as goroutines_over_time.
CREATE VIEW dump_groups AS
SELECT g.id AS gogroup, g.profile, s.side, i.run, coalesce(p.t1, p.t0) AS t, g.callsite, g.class, g.state, g.wait_min, g.creator_line,
  m.name AS creator, g.count, c.cluster
FROM gogroup g JOIN profile p ON p.id = g.profile JOIN instance_sides s ON s.instance = p.instance JOIN instance i ON i.id = p.instance
  JOIN source f ON f.id = p.source LEFT JOIN func m ON m.id = g.creator LEFT JOIN cluster_group c ON c.gogroup = g.id
WHERE f.kind = 'godump' OR NOT EXISTS (
  SELECT 1 FROM profile o JOIN source d ON d.id = o.source WHERE o.instance = p.instance AND d.kind = 'godump');

-- Points of every series. clock: what t counts from.
CREATE VIEW series_points AS
SELECT e.id AS series, e.name, e.label, e.unit, e.kind, f.clock, f.run, o.t, o.span, o.value,
  coalesce((SELECT side FROM instance_sides s WHERE s.instance = e.instance), (SELECT side FROM runs u WHERE u.run = f.run)) AS side
FROM series e JOIN source f ON f.id = e.source JOIN point o ON o.series = e.id;

-- When a file's profiles were taken; files without a time have no row.
CREATE VIEW source_times AS
SELECT p.source, i.run, min(coalesce(p.t0, p.t1)) AS t0, max(coalesce(p.t1, p.t0)) AS t1
FROM profile p JOIN instance i ON i.id = p.instance WHERE p.t1 IS NOT NULL OR p.t0 IS NOT NULL
GROUP BY p.source, i.run;
