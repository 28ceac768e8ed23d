// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * outputs.c - one table of files; each row is an option, a name and a writer of report/
 */
#include "cli/outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/emit.h"
#include "cli/html.h"
#include "cli/work.h"
#include "core/file.h"

#define BYTES (256u << 20)
#define STEP_SUMMARY (1u << 20)	/* GitHub drops a step's summary above this size whole */

static const struct output {
	size_t at;		/* in struct options: NULL not asked for, "" under its own name */
	const char *name;
	report_writer *write;
} outputs[] = {
	{ offsetof(struct options, sarif), "report.sarif", report_sarif },
	{ offsetof(struct options, junit), "junit.xml", report_junit },
	{ offsetof(struct options, summary), "summary.md", report_summary },
	{ offsetof(struct options, codequality), "codequality.json", report_codequality },
	{ offsetof(struct options, metrics), "metrics.txt", report_metrics },
	{ offsetof(struct options, prom), "attrib.prom", report_prometheus },
	{ offsetof(struct options, csv), "functions.csv", report_functions_csv },
};
#define N_OUTPUTS (sizeof(outputs) / sizeof(outputs[0]))

static const char **wish(struct ctx *c, const struct output *o)
{
	return (const char **)(void *)((char *)&c->o + o->at);
}

static const char *wished(const struct ctx *c, const struct output *o)
{
	return *(const char *const *)(const void *)((const char *)&c->o + o->at);
}

/* NAME in the folder of the database. The ctx's arena; NULL without memory. */
static const char *beside_db(struct ctx *c, const char *run, const char *name)
{
	struct stat st;
	bool is_db = !c->o.out && stat(run, &st) == 0 && S_ISREG(st.st_mode);
	char *folder = file_folder(is_db ? run : work_db_path(c, run));
	struct buf b = { .limit = 0 };
	const char *path;

	buf_printf(&b, "%s/%s", folder ? folder : ".", name);
	path = b.failed || !folder ? NULL : arena_strdup(&c->mem, b.data);
	buf_free(&b);
	free(folder);
	return path;
}

static int take_all(struct ctx *c, const char *run, struct err *err)
{
	for (size_t i = 0; i < N_OUTPUTS; i++)
		if (!wished(c, &outputs[i]))
			*wish(c, &outputs[i]) = "";
	if (!c->o.json)
		c->o.json = beside_db(c, run, "report.json");
	return c->o.json ? 0 : err_nomem(err);
}

static size_t owners(const struct ctx *c)
{
	size_t n = (size_t)emit_json_only(c) + html_only(c);

	for (size_t i = 0; i < N_OUTPUTS; i++)
		n += wished(c, &outputs[i]) && strcmp(wished(c, &outputs[i]), "-") == 0;
	return n;
}

bool outputs_own_stdout(const struct ctx *c)
{
	return owners(c) > 0;
}

int outputs_check(struct ctx *c, const char *run, struct err *err)
{
	for (size_t i = 0; i < c->o.path_map.n; i++)
		if (report_ci_map_check(c->o.path_map.v[i], err))
			return (int)err->code;
	if (owners(c) > 1)
		return err_set(err, ERR_USAGE, "two results want standard output: give one of them a file");
	return c->o.all_ci ? take_all(c, run, err) : 0;
}

/* What writers need beside the model; *cat owns the texts. */
static int prepare(struct report_ci *ci, struct analyze_catalogue **cat, struct buf *causes, struct ctx *c, struct err *err)
{
	struct analyze_opts o = { 0 };
	struct report_rule *rule;
	int rc = work_analyze_opts(&o, causes, c, err);

	if (!rc)
		rc = analyze_catalogue_load(cat, &o, err);
	if (rc)
		return rc;
	*ci = (struct report_ci){ .maps = c->o.path_map.v, .n_maps = c->o.path_map.n, .n_rules = analyze_catalogue_count(*cat),
		.skip_unmapped = c->o.unmapped && strcmp(c->o.unmapped, "skip") == 0 };
	rule = arena_array(&c->mem, struct report_rule, ci->n_rules + 1);
	if (!rule)
		return err_nomem(err);
	for (size_t i = 0; i < ci->n_rules; i++) {
		const struct analyze_cause *a = analyze_catalogue_at(*cat, i);

		rule[i] = (struct report_rule){ a->id, a->title, a->what, a->action };
	}
	ci->rules = rule;
	if (c->o.html && !html_only(c))
		ci->page = strrchr(c->o.html, '/') ? strrchr(c->o.html, '/') + 1 : c->o.html;
	else if (!c->o.no_html)
		ci->page = "report.html";
	return 0;
}

static int write_one(struct ctx *c, const char *run, const struct output *o, const struct report_model *m, const struct report_ci *ci,
		     struct err *err)
{
	const char *path = wished(c, o);
	struct buf b = { .limit = BYTES };
	int rc;

	o->write(&b, m, ci);
	rc = buf_check(&b, err);
	if (!rc && strcmp(path, "-") == 0) {
		rc = emit_data(&b, err);
	} else if (!rc) {
		if (!*path)
			path = beside_db(c, run, o->name);
		rc = path ? file_replace(path, buf_view(&b), err) : err_nomem(err);
	}
	buf_free(&b);
	return rc;
}

int outputs_write(struct ctx *c, const char *run, const struct report_model *m, struct err *err)
{
	struct analyze_catalogue *cat = NULL;
	struct buf causes = { .limit = 4 << 20 };
	struct report_ci ci;
	struct err one;
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < N_OUTPUTS; i++)
		n += wished(c, &outputs[i]) != NULL;
	if (!n)
		return 0;
	rc = prepare(&ci, &cat, &causes, c, err);
	for (size_t i = 0; !rc && i < N_OUTPUTS; i++)
		if (wished(c, &outputs[i]) && write_one(c, run, &outputs[i], m, &ci, &one)) {
			rc = (int)(*err = one).code;
			for (i++; i < N_OUTPUTS; i++)	/* the others, all the same */
				if (wished(c, &outputs[i]) && write_one(c, run, &outputs[i], m, &ci, &one))
					emit_error(c, &one);
		}
	analyze_catalogue_free(cat);
	buf_free(&causes);
	return rc;
}

/* The file may hold what earlier commands of the step wrote: ours goes behind it, or not at all. */
static int append_summary(struct ctx *c, const struct buf *b, struct err *err)
{
	int fd = open(c->step_summary, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666), rc = 0;
	struct stat st;

	if (fd < 0)
		return err_sys(err, ERR_OUTPUT, errno, "cannot open the step's summary '%.200s'", c->step_summary);
	if (fstat(fd, &st) != 0)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot look at '%.200s'", c->step_summary);
	else if (S_ISREG(st.st_mode) && (size_t)st.st_size + b->len > STEP_SUMMARY)
		emit_note(c, "note: the step's summary is full (1 MiB), so it has nothing of this analysis");
	else
		for (size_t done = 0; !rc && done < b->len;) {
			ssize_t k = write(fd, b->data + done, b->len - done);

			if (k >= 0)
				done += (size_t)k;
			else if (errno != EINTR)
				rc = err_sys(err, ERR_OUTPUT, errno, "cannot write '%.200s'", c->step_summary);
		}
	if (close(fd) != 0 && !rc)
		rc = err_sys(err, ERR_OUTPUT, errno, "cannot write '%.200s'", c->step_summary);
	return rc;
}

int outputs_github(struct ctx *c, const struct report_model *m, struct err *err)
{
	bool always = c->o.github && strcmp(c->o.github, "auto") != 0 && strcmp(c->o.github, "never") != 0;
	bool never = c->o.github && strcmp(c->o.github, "never") == 0;
	struct analyze_catalogue *cat = NULL;
	struct buf causes = { .limit = 4 << 20 }, b = { .limit = BYTES };
	struct report_ci ci;
	int rc;

	if (never || (!always && !c->github_actions))
		return 0;
	rc = prepare(&ci, &cat, &causes, c, err);
	if (!rc && !outputs_own_stdout(c)) {
		report_annotations(&b, m, &ci);
		rc = emit_text(&b, err);
		buf_reset(&b);
	}
	if (!rc && c->step_summary) {
		report_summary(&b, m, &ci);
		rc = buf_check(&b, err);
		if (!rc)
			rc = append_summary(c, &b, err);
		/* In a container the folder of the runner may not be there; who did not ask for it need not fail. */
		if (rc && !always && err->code == ERR_OUTPUT) {
			emit_note(c, "note: %s", err->msg);
			rc = 0;
		}
	}
	analyze_catalogue_free(cat);
	buf_free(&causes);
	buf_free(&b);
	return rc;
}
