// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_frames.c - what a location means: its functions and lines, root first
 *
 * Two identities: a func record is (name, file), a function total is the name alone, since `go tool pprof -top`
 * merges by it. A frame is (func, line, inlined), and different addresses of one line are one frame. A line without a
 * function, or whose function has no name, is named by its address, with the file of its mapping.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ingest/grow.h"
#include "ingest/pprof.h"

/* Adds a func unless it is there. */
static int func_of(struct pprof *p, struct str name, struct str file, uint32_t start_line, uint32_t *out,
		   struct err *err)
{
	struct pprof_frames *f = &p->f;
	uint32_t key[2];
	bool new_name, new_func;
	int rc;

	key[0] = map_add(&f->names, name.p, name.n, &new_name);
	key[1] = map_add(&f->files, file.p, file.n, NULL);
	if (key[0] == NONE || key[1] == NONE)
		return err_nomem(err);
	*out = map_add(&f->funcs, key, sizeof(key), &new_func);
	if (*out == NONE)
		return err_nomem(err);
	if (!new_func)
		return 0;
	rc = grow(&f->func, &f->cap_func, f->funcs.n, sizeof(*f->func), err);
	if (!rc && new_name)
		rc = grow(&f->name_func, &f->cap_name_func, f->names.n, sizeof(*f->name_func), err);
	if (rc)
		return rc;
	f->func[*out] = (struct pprof_func_out){ .name = key[0], .file = key[1], .start_line = start_line };
	if (new_name)
		f->name_func[key[0]] = *out;
	return 0;
}

static int frame_of(struct pprof *p, struct pprof_frame frame, uint32_t *out, struct err *err)
{
	struct pprof_frames *f = &p->f;
	bool is_new;
	int rc;

	*out = map_add(&f->frames, &frame, sizeof(frame), &is_new);
	if (*out == NONE)
		return err_nomem(err);
	if (!is_new)
		return 0;
	rc = grow(&f->frame, &f->cap_frame, f->frames.n, sizeof(*f->frame), err);
	if (!rc)
		f->frame[*out] = frame;
	return rc;
}

static int func_by_address(struct pprof *p, const struct pprof_loc *loc, uint32_t *out, struct err *err)
{
	uint32_t file = loc->mapping == NONE ? NONE : p->t.mapping_file[loc->mapping];
	char name[32];
	int n = snprintf(name, sizeof(name), "0x%" PRIx64, loc->address);

	return func_of(p, (struct str){ name, (size_t)n }, pprof_text(p, file), 0, out, err);
}

/* The func of a line. done: by function, what was found before; NONE: not asked yet. */
static int func_of_line(struct pprof *p, const struct pprof_loc *loc, uint32_t func, uint32_t *done, uint32_t *out,
			struct err *err)
{
	const struct pprof_func *from = func == NONE ? NULL : &p->t.func[func];
	struct str name;
	int rc;

	if (!from || from->name == NONE)
		return func_by_address(p, loc, out, err);
	*out = done[func];
	if (*out != NONE)
		return 0;
	name = pprof_text(p, from->name);
	if (name.n == 0)
		name = pprof_text(p, from->system);
	if (name.n == 0)
		return func_by_address(p, loc, out, err);
	rc = func_of(p, name, pprof_text(p, from->file), from->start_line, out, err);
	done[func] = *out;
	return rc;
}

static int add_slot(struct pprof *p, struct pprof_frame frame, struct err *err)
{
	struct pprof_frames *f = &p->f;

	f->slot_name[f->n_slots] = f->func[frame.func].name;
	if (!p->o->tree) {	/* only call sites are made of frames */
		f->slot_frame[f->n_slots++] = NONE;
		return 0;
	}
	return frame_of(p, frame, &f->slot_frame[f->n_slots++], err);
}

static int resolve(struct pprof *p, size_t row, uint32_t *done, struct err *err)
{
	const struct pprof_loc *loc = &p->t.loc[row];
	struct pprof_frame frame = { 0 };
	int rc = 0;

	p->f.loc[row].at = (uint32_t)p->f.n_slots;
	if (loc->n_lines == 0) {
		rc = func_by_address(p, loc, &frame.func, err);
		if (!rc)
			rc = add_slot(p, frame, err);
	}
	for (uint32_t i = loc->n_lines; i-- > 0 && !rc;) {
		const struct pprof_line *line = &p->t.line[loc->line + i];

		frame = (struct pprof_frame){ .line = line->line, .inlined = i + 1 < loc->n_lines };
		rc = func_of_line(p, loc, line->func, done, &frame.func, err);
		if (!rc)
			rc = add_slot(p, frame, err);
	}
	p->f.loc[row].n = (uint32_t)(p->f.n_slots - p->f.loc[row].at);
	p->f.loc[row].name = p->f.slot_name[p->f.loc[row].at];
	return rc;
}

/* A file that names what it does not hold is read as far as it goes: those frames are unknown. */
static int note_unresolved(struct pprof *p, struct err *err)
{
	size_t funcs = p->t.n_func - p->t.n_func_seen, mappings = p->t.n_mapping - p->t.n_mapping_seen;
	int rc = 0;

	if (funcs)
		rc = pprof_note(p, true, err, "%zu functions that lines name are not in the file: shown by address",
				funcs);
	if (mappings && !rc)
		rc = pprof_note(p, false, err, "%zu mappings that locations name are not in the file", mappings);
	return rc;
}

int pprof_frame_named(struct pprof *p, const char *name, uint32_t *out, struct err *err)
{
	struct pprof_frame frame = { 0 };
	int rc = func_of(p, str_from(name), STR_LIT(""), 0, &frame.func, err);

	return rc ? rc : frame_of(p, frame, out, err);
}

int pprof_frames(struct pprof *p, struct err *err)
{
	struct pprof_frames *f = &p->f;
	size_t slots = p->t.n_line + p->t.n_loc;
	uint32_t *done = malloc((p->t.n_func + 1) * sizeof(*done));
	int rc = 0;

	f->loc = calloc(p->t.n_loc + 1, sizeof(*f->loc));
	f->slot_name = malloc((slots + 1) * sizeof(*f->slot_name));
	f->slot_frame = malloc((slots + 1) * sizeof(*f->slot_frame));
	f->unknown = f->folded = NONE;
	if (!done || !f->loc || !f->slot_name || !f->slot_frame)
		rc = err_nomem(err);
	else
		memset(done, 0xff, (p->t.n_func + 1) * sizeof(*done));
	for (size_t i = 0; i < p->t.n_loc && !rc; i++) {
		if (p->t.loc_used[i])
			rc = resolve(p, i, done, err);
	}
	free(done);
	return rc ? rc : note_unresolved(p, err);
}

int pprof_frames_put(struct pprof *p, struct err *err)
{
	const struct pprof_frames *f = &p->f;
	int rc = 0;

	for (uint32_t i = 0; i < f->funcs.n && !rc; i++)
		rc = put_func(p->sink, err, (struct rec_func){ .id = i, .name = f->names.key[f->func[i].name],
			      .file = f->files.key[f->func[i].file], .start_line = f->func[i].start_line });
	return rc;
}

void pprof_frames_free(struct pprof *p)
{
	struct pprof_frames *f = &p->f;

	map_free(&f->names);
	map_free(&f->files);
	map_free(&f->funcs);
	map_free(&f->frames);
	free(f->func);
	free(f->name_func);
	free(f->loc);
	free(f->slot_name);
	free(f->slot_frame);
	free(f->frame);
}
