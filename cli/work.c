// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * work.c - workers are forked before a database is open, a database becomes visible when all is written
 *
 * SQLite must not live through a fork, and a reader must see the old answer or the new one: hence the order lock, start workers, open
 * the private copy, write, rename.
 */
#include "cli/work.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/emit.h"
#include "cli/stop.h"
#include "core/file.h"
#include "core/fmt.h"

#define CAUSES_BYTES (4u << 20)
#define TAUS_BYTES (1u << 16)
#define UNREAD_LINES 5

static int read_limits(struct ctx *c, struct err *err)
{
	double ns;

	for (size_t i = 0; i < c->o.limit.n; i++)
		if (limits_set(&c->limits, c->o.limit.v[i], err))
			return (int)err->code;
	if (c->o.timeout) {
		if (!fmt_parse_duration(str_from(c->o.timeout), &ns) || !(ns >= 1e9) || ns > 1e18)
			return err_set(err, ERR_USAGE, "--timeout: '%.60s' is no time from 1s on, such as 90s or 10m", c->o.timeout);
		c->limits.run_seconds = (uint64_t)(ns / 1e9);
	}
	stop_after(c->limits.run_seconds);
	return 0;
}

static int read_share(const char *name, const char *text, double *out, struct err *err)
{
	struct str s = str_from(text);
	bool percent = s.n && s.p[s.n - 1] == '%';

	if (percent)
		s.n--;
	if (!fmt_parse_real(s, out) || !(*out > 0) || *out > (percent ? 100 : 1))
		return err_set(err, ERR_USAGE, "--%s: '%.60s' is no share, such as 5%% or 0.05", name, text);
	*out /= percent ? 100 : 1;
	return 0;
}

static int read_tolerance(const char *text, double *ms, struct err *err)
{
	double ns;

	if (!fmt_parse_duration(str_from(text), &ns) || !(ns > 0) || ns > 60e9)
		return err_set(err, ERR_USAGE, "--align-tolerance: '%.60s' is no time up to a minute, such as 50ms", text);
	*ms = ns / 1e6;
	return 0;
}

const char *work_history(struct ctx *c)
{
	struct buf b = { .limit = 0 };
	const char *path;

	if (!c->data_dir)
		return NULL;
	buf_printf(&b, "%s/history.db", c->data_dir);
	path = b.failed ? NULL : arena_strdup(&c->mem, b.data);
	buf_free(&b);
	return path;
}

static void use_learned(struct analyze_opts *o, struct ctx *c)
{
	const char *path = c->o.learned && !c->ci ? work_history(c) : NULL;
	struct stat st;

	if (c->o.learned && c->ci)
		emit_note(c, "note: CI is set, so --learned is not used");
	else if (c->o.learned && (!path || stat(path, &st) != 0))
		emit_note(c, "note: there are no verdicts to learn from (attrib verdict)");
	else
		o->learned = path;
}

int work_analyze_opts(struct analyze_opts *o, struct buf *causes, struct ctx *c, struct err *err)
{
	int rc = 0;

	use_learned(o, c);
	o->model = c->o.model && strcmp(c->o.model, "linear") == 0 ? ANALYZE_LINEAR : ANALYZE_DEFAULT;
	if (c->o.causes) {
		rc = file_slurp(causes, c->o.causes, CAUSES_BYTES, err);
		if (rc) {
			err->code = rc == ERR_MEMORY ? ERR_MEMORY : ERR_USAGE;
			return err_wrap(err, "--causes");
		}
		o->causes_extra = causes->data ? buf_view(causes) : STR_LIT("");
		o->causes_extra_name = c->o.causes;
	}
	for (size_t i = 0; i < c->o.gate.n && !rc; i++)
		rc = analyze_gate_check(c->o.gate.v[i], err);
	o->gates = c->o.gate.v;
	o->n_gates = c->o.gate.n;
	if (!rc && c->o.effect)
		rc = read_share("effect", c->o.effect, &o->effect_relative, err);
	if (!rc && c->o.pause_over) {
		double ns;

		if (!fmt_parse_duration(str_from(c->o.pause_over), &ns) || !(ns > 0))
			return err_set(err, ERR_USAGE, "--pause-over: '%.60s' is no time, such as 10ms", c->o.pause_over);
		o->pause_ms = ns / 1e6;
	}
	for (size_t i = 0; i < c->o.label.n && !rc; i++)
		rc = analyze_label_check(c->o.label.v[i], err);
	o->labels = c->o.label.v;
	o->n_labels = c->o.label.n;
	if (!rc && c->o.split)
		rc = analyze_split_parse(c->o.split, o, err);
	if (!rc && c->o.align)
		rc = read_tolerance(c->o.align, &o->align_ms, err);
	return rc;
}

static int read_taus(struct work *w, struct ctx *c, struct err *err)
{
	struct buf text = { .limit = TAUS_BYTES };
	int rc = 0;

	if (!c->o.taus)
		return 0;
	w->taus = arena_array(&c->mem, double, analyze_n_taus());
	rc = w->taus ? file_slurp(&text, c->o.taus, TAUS_BYTES, err) : err_nomem(err);
	if (!rc)
		rc = analyze_read_taus(buf_view(&text), w->taus, err);
	buf_free(&text);
	w->analyze.taus = w->taus;
	if (rc) {
		err->code = rc == ERR_MEMORY ? ERR_MEMORY : ERR_USAGE;
		return err_wrap(err, "--taus");
	}
	return 0;
}

int work_init(struct work *w, struct ctx *c, struct err *err)
{
	size_t n = 0;
	int rc;

	*w = (struct work){ .c = c, .causes = { .limit = CAUSES_BYTES } };
	progress_init(&w->progress, c);
	rc = read_limits(c, err);
	if (!rc)
		rc = work_analyze_opts(&w->analyze, &w->causes, c, err);
	if (!rc)
		rc = read_taus(w, c, err);
	if (rc)
		return rc;
	w->root = arena_array(&c->mem, struct ingest_root, c->args.n + c->o.baseline.n + 1);
	if (!w->root)
		return err_nomem(err);
	/* With --baseline the runs are one side; without it their own folders tell. */
	for (size_t i = 0; i < c->args.n; i++)
		w->root[n++] = (struct ingest_root){ c->args.v[i], c->o.baseline.n ? "current" : NULL };
	for (size_t i = 0; i < c->o.baseline.n; i++)
		w->root[n++] = (struct ingest_root){ c->o.baseline.v[i], "baseline" };
	w->n_roots = n;
	return 0;
}

static struct ingest_opts ingest_opts(struct work *w, bool tree, const char *known_db)
{
	return (struct ingest_opts){ .roots = w->root, .n_roots = w->n_roots, .limits = &w->c->limits,
		.workers = (unsigned)(w->c->o.workers < 1024 ? w->c->o.workers : 1024), .tree = tree, .sandbox = !w->c->o.no_sandbox,
		.known_db = known_db, .progress = progress_ingest, .progress_arg = &w->progress, .stop = w->c->stop };
}

static int start(struct work *w, bool tree, const char *known_db, struct err *err)
{
	struct ingest_opts o = ingest_opts(w, tree, known_db);

	return ingest_start(&w->ingest, &o, err);
}

static void end_reading(struct work *w, bool tell)
{
	progress_end(&w->progress);
	ingest_free(w->ingest);
	w->ingest = NULL;
	if (tell)
		progress_step(&w->progress, "read %zu files, %zu of them unchanged; %zu partly, %zu refused, %zu ignored",
			      w->stats.read + w->stats.unchanged + w->stats.partial, w->stats.unchanged, w->stats.partial,
			      w->stats.refused, w->stats.ignored);
}

static int finish(struct work *w, struct err *err)
{
	int rc;

	store_stop_on(w->st, w->c->stop);
	rc = ingest_finish(w->ingest, w->st, &w->stats, err);
	end_reading(w, !rc);
	return rc;
}

int work_compare_files(struct work *w, struct analyze_pair **out, struct err *err)
{
	struct ingest_opts o = ingest_opts(w, false, NULL);
	struct profile_costs side[2] = { { .n_funcs = 0 }, { .n_funcs = 0 } };
	bool plain = false;
	int rc;

	*out = NULL;
	o.costs = true;
	o.by_symbol = !w->analyze.totals_only;
	if (o.by_symbol && !o.workers)	/* small files: a second process takes longer to make than it saves */
		o.workers = 1;
	rc = ingest_start(&w->ingest, &o, err);
	if (!rc)
		rc = ingest_costs(w->ingest, side, &plain, &w->stats, err);
	end_reading(w, !rc && plain);
	if (!rc && plain)
		rc = analyze_pair(out, side, &w->analyze, err);
	profile_costs_free(&side[0]);
	profile_costs_free(&side[1]);
	return rc;
}

int work_read_into_memory(struct work *w, bool tree, struct err *err)
{
	int rc = start(w, tree, NULL, err);

	if (!rc)
		rc = store_open(&w->st, NULL, STORE_MEMORY, &w->c->limits, err);
	return rc ? rc : finish(w, err);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int work_read_into_file(struct work *w, struct err *err)
{
	const char *path = work_db_path(w->c, w->c->args.v[0]);
	int rc;

	if (!path)
		return err_nomem(err);
	/* Nothing is made for a run that is not there. */
	for (size_t i = 0; i < w->n_roots; i++)
		if (!is_folder(w->root[i].path))
			return err_set(err, ERR_INPUT, "'%.200s' is no folder", w->root[i].path);
	rc = storefile_init(&w->file, path, w->c->state_dir, true, &w->c->limits, err);
	if (rc)
		return rc;
	w->has_file = true;
	if (w->file.why[0])
		emit_note(w->c, "note: attrib.db is built anew: %s", w->file.why);
	rc = start(w, true, w->file.trusted ? path : NULL, err);
	if (!rc)
		rc = storefile_begin(&w->file, &w->st, &w->c->limits, err);
	if (rc)
		return rc;
	stop_removes(w->file.tmp);
	return finish(w, err);
}

int work_publish(struct work *w, struct err *err)
{
	int rc = storefile_publish(&w->file, w->st, err);

	w->st = NULL;
	stop_removes(NULL);
	if (!rc && w->file.why[0] && !w->file.trusted)
		w->file.why[0] = '\0';
	return rc;
}

/* The files that are the reason why nothing can be said, on standard error. */
static void list_unread(struct work *w, const char *side)
{
	struct report_model *m = NULL;
	struct buf b = { .limit = 1 << 20 };
	struct err err;

	if (report_model_load(&m, w->st, &err))
		return;		/* the reason without the list is still told */
	report_not_read_lines(&b, m, side, UNREAD_LINES);
	if (!b.len)		/* what no decoder took is of no side */
		report_not_read_lines(&b, m, NULL, UNREAD_LINES);
	for (const char *p = b.data, *nl; p && (nl = strchr(p, '\n')); p = nl + 1)
		emit_note(w->c, "%.*s", (int)(nl - p), p);
	buf_free(&b);
	report_model_free(m);
}

int work_check_inputs(struct work *w, struct err *err)
{
	struct report_facts f;
	int rc = report_count_inputs(&f, w->st, err);

	if (rc)
		return rc;
	if (w->c->o.strict && f.refused + f.partial)
		cmd_status(w->c, STATUS_STRICT);
	if (f.read + f.partial)
		return 0;
	list_unread(w, NULL);
	return err_set(err, ERR_INPUT, "no usable input in '%.200s' (refused: %zu, of no known format: %zu)", w->c->args.v[0],
		       f.refused, f.ignored);
}

int work_check_sides(struct work *w, struct err *err)
{
	struct report_facts f;
	int rc = report_count_inputs(&f, w->st, err);

	if (rc || (f.usable_base && f.usable_cur))
		return rc;
	list_unread(w, f.usable_base ? "current" : "baseline");
	return err_set(err, ERR_INPUT, "no usable input in '%.200s'", w->root[f.usable_base ? 1 : 0].path);
}

void work_free(struct work *w)
{
	ingest_free(w->ingest);
	store_close(w->st);
	if (w->has_file)
		storefile_free(&w->file);
	stop_removes(NULL);
	progress_end(&w->progress);
	buf_free(&w->causes);
}

const char *work_db_path(struct ctx *c, const char *run)
{
	struct buf b = { .limit = 0 };
	const char *path;
	size_t n = strlen(c->o.out ? c->o.out : run);

	if (c->o.out)
		buf_printf(&b, "%s%sattrib.db", c->o.out, n && c->o.out[n - 1] == '/' ? "" : "/");
	else
		buf_printf(&b, "%s%sattrib/attrib.db", run, n && run[n - 1] == '/' ? "" : "/");
	path = b.failed ? NULL : arena_strdup(&c->mem, b.data);
	buf_free(&b);
	return path;
}

int work_run_name(struct ctx *c, const char *run, const char **name, struct err *err)
{
	static const char db[] = "/attrib/attrib.db";
	char *real = realpath(run, NULL);
	const char *path = real ? real : run;
	size_t n = strlen(path), end = sizeof(db) - 1;

	if (n > end && strcmp(path + n - end, db) == 0)
		n -= end;
	*name = arena_strndup(&c->mem, path, n);
	free(real);
	return *name ? 0 : err_nomem(err);
}

int64_t work_now(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int work_open_db(struct ctx *c, const char *run, bool *foreign, struct store **out, struct err *err)
{
	const char *path = work_db_path(c, run);
	struct stat st;
	int rc;

	if (!path)
		return err_nomem(err);
	if (!c->o.out && stat(run, &st) == 0 && S_ISREG(st.st_mode))
		path = run;
	if (stat(path, &st) != 0)
		return err_set(err, ERR_INPUT, "there is no '%.200s': run `attrib analyze %.200s` first", path, run);
	rc = store_open(out, path, STORE_READ, &c->limits, err);
	if (rc)
		return rc;
	store_stop_on(*out, c->stop);
	if (foreign)
		*foreign = !storefile_is_ours(path, c->state_dir);
	else if (!storefile_is_ours(path, c->state_dir))
		emit_note(c, "note: '%.200s' was not written by attrib on this machine, or was changed since", path);
	return 0;
}
