// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * model_input.c - the lists of what ingest wrote: runs, files, settings, events
 *
 * Inputs are ordered by side, run and kind before path, so that a run folder with renamed files gives the same report but for the names.
 */
#include "report/model.h"

#define PART(list_, type, sql_, fill_) \
	{ .list = offsetof(struct report_model, list_), .size = sizeof(struct type), .sql = (sql_), .fill = (fill_) }

static void fill_run(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_run *)row = (struct model_run){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2),
		model_text(m, q, 3), stmt_int(q, 4), stmt_int(q, 5), stmt_int(q, 6), stmt_real(q, 7) };
}

static void fill_setting(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_setting *)row = (struct model_setting){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2),
		model_text(m, q, 3), model_text(m, q, 4), model_text(m, q, 5) };
}

static void fill_difference(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_difference *)row = (struct model_difference){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2) };
}

static void fill_input(struct report_model *m, struct stmt *q, void *row)
{
	struct model_input *f = row;
	struct str *const texts[] = { &f->path, &f->kind, &f->format, &f->side, &f->run, &f->instance, &f->status, &f->reason, &f->place,
		&f->clock };

	for (int i = 0; i < 10; i++)
		*texts[i] = model_text(m, q, i);
	f->bytes = stmt_int(q, 10);
}

static void fill_note(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_note *)row = (struct model_note){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2) };
}

static void fill_event(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_event *)row = (struct model_event){ model_text(m, q, 0), model_text(m, q, 1), model_text(m, q, 2),
		model_text(m, q, 3), stmt_int(q, 4), stmt_int(q, 5) };
}

static void fill_data(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_data *)row = (struct model_data){ model_text(m, q, 0), model_text(m, q, 1), stmt_int(q, 2), stmt_int(q, 3),
		stmt_int(q, 4), stmt_real(q, 5) };
}

static void fill_user_file(struct report_model *m, struct stmt *q, void *row)
{
	*(struct model_place *)row = (struct model_place){ .package = model_text(m, q, 0), .file = model_text(m, q, 1), .line = STORE_NULL };
}

static const char runs_sql[] = "SELECT folder, name, side, revision, instances, started, ended, requests FROM runs"
	" ORDER BY side IS NULL, side, folder";
static const char settings_sql[] = "SELECT name, value, origin, run, instance, side FROM settings ORDER BY name, side, run, instance, origin, value";
static const char differences_sql[] = "SELECT name, base, cur FROM setting_differences ORDER BY name";
static const char inputs_sql[] = "SELECT path, kind, format, side, run, instance, status, reason, place, clock, bytes FROM inputs"
	" ORDER BY side IS NULL, side, run, instance, kind, status, reason, path";
static const char notes_sql[] = "SELECT path, place, text FROM input_notes ORDER BY text, path, id";
static const char events_sql[] = "SELECT kind, text, path, instance, t, span FROM events ORDER BY t IS NULL, t, kind, text, path";
static const char data_sql[] = "SELECT side, kind, files, profiles, timed, seconds FROM data_by_side ORDER BY side, kind";
static const char user_files_sql[] = "SELECT package, file FROM user_files ORDER BY package, file";

const struct model_part model_parts_input[] = {
	PART(runs, model_run, runs_sql, fill_run),
	PART(settings, model_setting, settings_sql, fill_setting),
	PART(differences, model_difference, differences_sql, fill_difference),
	PART(inputs, model_input, inputs_sql, fill_input),
	PART(notes, model_note, notes_sql, fill_note),
	PART(events, model_event, events_sql, fill_event),
	PART(data, model_data, data_sql, fill_data),
	PART(user_files, model_place, user_files_sql, fill_user_file),
	{ .sql = NULL },
};
