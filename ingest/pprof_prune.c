// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * pprof_prune.c - drop_frames and keep_frames, exactly as google/pprof applies them
 *
 * A function whose whole simplified name matches drop_frames (and not keep_frames) goes, with everything it called.
 * Simplified: without a leading '.', and without what begins at the first '(' that is neither "(anonymous namespace)"
 * nor the one of "operator()" - so a Go method main.(*T).M is asked for as "main.". Where the root itself matches,
 * the stack is kept up to the first frame that does not, lest everything go. Go's own writers never set these; C++
 * tools do.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "ingest/pprof.h"

enum prune { PRUNE_NOT, PRUNE_WHOLE, PRUNE_BENEATH };
enum { MATCH_LIMIT = 100000, HEAP_KIB = 1024 };

struct rule {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	bool gave_up;
};

static void rule_free(struct rule *r)
{
	pcre2_match_context_free(r->context);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
}

/* false: the pattern is not understood; pprof goes on without pruning then, and so do we, but say it. */
static bool rule_make(struct rule *r, struct str pattern)
{
	const uint32_t whole = PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C;
	PCRE2_SIZE where;
	int code;

	r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, whole, &code, &where, NULL);
	if (!r->code)
		return false;
	r->data = pcre2_match_data_create(1, NULL);
	r->context = pcre2_match_context_create(NULL);
	if (!r->data || !r->context)
		return false;
	pcre2_set_match_limit(r->context, MATCH_LIMIT);
	pcre2_set_depth_limit(r->context, MATCH_LIMIT);
	pcre2_set_heap_limit(r->context, HEAP_KIB);
	return true;
}

static bool rule_matches(struct rule *r, struct str s)
{
	int rc = r->code ? pcre2_match(r->code, (PCRE2_SPTR)s.p, s.n, 0, 0, r->data, r->context) : PCRE2_ERROR_NOMATCH;

	if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
		r->gave_up = true;
	return rc >= 0;
}

static struct str simplify(struct str name)
{
	static const char *const reserved[] = { "(anonymous namespace)", "operator()" };

	if (name.n && name.p[0] == '.')
		name = str_skip(name, 1);
	for (size_t i = 0; i < name.n; i++) {
		struct str here = str_skip(name, i);

		if (str_starts(here, reserved[0]))
			i += strlen(reserved[0]) - 1;
		else if (str_starts(here, reserved[1]))
			i += strlen(reserved[1]) - 1;
		else if (name.p[i] == '(')
			return (struct str){ name.p, i };
	}
	return name;
}

/* What happens to location row; hit: by name, whether it goes. A location that lost its leafward lines is cut
 * beneath. */
static enum prune prune_location(struct pprof *p, size_t row, const bool *hit)
{
	struct pprof_span *span = &p->f.loc[row];

	for (uint32_t i = 0; i < span->n; i++) {
		if (!hit[p->f.slot_name[span->at + i]])
			continue;
		if (i == 0)
			return PRUNE_WHOLE;
		span->n = i;
		return PRUNE_BENEATH;
	}
	return PRUNE_NOT;
}

/* The length to which a stack is cut. Root first, so what stays is a prefix. */
static size_t cut_stack(const unsigned char *prune, struct str stack)
{
	bool found_user = false;

	for (size_t at = 0; at < stack.n; at += STACK_STEP) {
		unsigned char what = prune[stack_row((const unsigned char *)stack.p + at)];

		if (what == PRUNE_NOT)
			found_user = true;
		else if (found_user)
			return what == PRUNE_WHOLE ? at : at + STACK_STEP;
	}
	return stack.n;
}

static int prune_all(struct pprof *p, struct rule *drop, struct rule *keep, struct err *err)
{
	const struct map *names = &p->f.names;
	bool *hit = calloc((size_t)names->n + 1, sizeof(*hit));
	unsigned char *prune = calloc(p->t.n_loc + 1, 1);

	if (hit && prune) {
		for (uint32_t i = 0; i < names->n; i++) {
			struct str name = simplify(names->key[i]);

			if (!str_starts(name, "0x"))	/* an address is no name to pprof */
				hit[i] = rule_matches(drop, name) && !rule_matches(keep, name);
		}
		for (size_t i = 0; i < p->t.n_loc; i++)
			prune[i] = (unsigned char)prune_location(p, i, hit);
		for (uint32_t i = 0; i < p->s.stacks.n; i++)
			p->s.stacks.key[i].n = cut_stack(prune, p->s.stacks.key[i]);
	}
	free(hit);
	free(prune);
	return hit && prune ? 0 : err_nomem(err);
}

int pprof_prune(struct pprof *p, struct err *err)
{
	struct str drop_text = pprof_text(p, p->prof->drop_frames_str);
	struct str keep_text = pprof_text(p, p->prof->keep_frames_str);
	struct rule drop = { 0 }, keep = { 0 };
	int rc = 0;

	if (drop_text.n == 0)
		return 0;
	if (!rule_make(&drop, drop_text) || (keep_text.n && !rule_make(&keep, keep_text)))
		rc = pprof_note(p, false, err, "drop_frames or keep_frames is no pattern: no frame is dropped");
	else
		rc = prune_all(p, &drop, &keep, err);
	if (!rc && (drop.gave_up || keep.gave_up))
		rc = pprof_note(p, true, err, "drop_frames or keep_frames takes too long on some names: kept");
	rule_free(&drop);
	rule_free(&keep);
	return rc;
}
