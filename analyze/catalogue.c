// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * catalogue.c - read causes.ini, the embedded one and --causes FILE over it
 *
 * A section of FILE with the id of a built-in cause replaces that cause whole.
 */
#include "analyze/catalogue_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyze/signature_match.h"
#include "core/fmt.h"

#include <nettle/sha2.h>

static const char builtin[] = {
#include "analyze/causes.ini.inc"
	0
};

static const char fitted[] = {
#include "analyze/weights.ini.inc"
	0
};

int catalogue_fail(struct catalogue_parse *ps, const char *what, const char *detail)
{
	return inifile_fail(&ps->in, what, detail);
}

/* The cause that lines of this section belong to; a later file's section replaces an earlier file's cause whole. */
static struct cause_spec *section(struct catalogue_parse *ps, const char *id)
{
	struct analyze_catalogue *c = ps->c;
	struct cause_spec *s;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->cause[i]->text.id, id) == 0)
			break;
	if (i < c->n && c->cause[i]->file == ps->in.name)
		return c->cause[i];
	if (i == CATALOGUE_MAX_CAUSES) {
		catalogue_fail(ps, "more than 64 causes", NULL);
		return NULL;
	}
	s = arena_new(&c->mem, struct cause_spec);
	if (!s || !(s->text.id = arena_strdup(&c->mem, id))) {
		inifile_nomem(&ps->in);
		return NULL;
	}
	s->prior = NAN;
	s->file = ps->in.name;
	s->replaces = i < c->n ? c->cause[i] : NULL;
	c->cause[i] = s;
	c->n += i == c->n;
	return s;
}

bool catalogue_number(const char *word, const char *key, double *out, bool *bad)
{
	size_t n = strlen(key);

	if (strncmp(word, key, n) != 0)
		return false;
	if (!fmt_parse_real(str_from(word + n), out))
		*bad = true;
	return true;
}

int catalogue_signal(struct catalogue_parse *ps, struct cause_signal *g, const char *value, bool against, bool *hand)
{
	char *copy = arena_strdup(&ps->c->mem, value), *save = NULL, *word;
	bool bad = false;

	*g = (struct cause_signal){ .level = NAN, .against = against, .text = arena_strdup(&ps->c->mem, value), .line = ps->in.line };
	if (!copy || !g->text)
		return inifile_nomem(&ps->in);
	g->name = strtok_r(copy, " \t", &save);
	if (!g->name)
		return catalogue_fail(ps, "a signal line needs a name", NULL);
	while ((word = strtok_r(NULL, " \t", &save)) != NULL) {
		if (strcmp(word, "down") == 0)
			g->down = true;
		else if (hand && strcmp(word, "hand") == 0)
			*hand = true;
		else if (!catalogue_number(word, "weight=", &g->weight, &bad) && !catalogue_number(word, "miss=", &g->miss, &bad) &&
			 !catalogue_number(word, "level=", &g->level, &bad))
			return catalogue_fail(ps, "not understood (weight= miss= level= down)", word);
		if (bad)
			return catalogue_fail(ps, "not a number", word);
	}
	if (!(g->weight > 0) || g->weight > 10 || !(g->miss >= 0) || g->miss > 10)
		return catalogue_fail(ps, "weight must be above 0 and at most 10, miss from 0 to 10", g->name);
	return 1;
}

static int add_signal(struct catalogue_parse *ps, struct cause_spec *s, const char *value, bool against)
{
	struct cause_signal g;

	if (!catalogue_signal(ps, &g, value, against, NULL))
		return 0;
	if (s->n_signals == CATALOGUE_MAX_LINES)
		return catalogue_fail(ps, "more than 32 signals in one cause", NULL);
	s->signal[s->n_signals++] = g;
	return 1;
}

#define FRAMES_FORM "frames = NAME metric=METRIC [loud=X] [each|often|times|served|clocked] /REGEX/"

static int check_kind(struct catalogue_parse *ps, const struct cause_frames *f)
{
	bool wait = strcmp(f->metric, "block") == 0 || strcmp(f->metric, "mutex") == 0, goroutine = strcmp(f->metric, "goroutine") == 0;

	if ((f->kind == FRAMES_EACH || f->kind == FRAMES_OFTEN || f->kind == FRAMES_TIMES) && !wait)
		return catalogue_fail(ps, "each, often and times are for metric=block and metric=mutex, whose events have a duration", NULL);
	if (f->kind == FRAMES_SERVED && !goroutine)
		return catalogue_fail(ps, "served is for metric=goroutine", NULL);
	if (f->kind == FRAMES_CLOCKED && goroutine)
		return catalogue_fail(ps, "clocked is for a metric that has a cost, not for goroutines", NULL);
	return 1;
}

/* NAME metric=METRIC [loud=X] [each|often|times|served|clocked] /REGEX/ */
static int add_frames(struct catalogue_parse *ps, struct cause_spec *s, const char *prefix, const char *value)
{
	struct cause_frames f = { .loud = .05, .line = ps->in.line };
	const char *open = strchr(value, '/');
	char *copy, *save = NULL, *word, *name, *pattern;
	bool bad = false, no_memory;
	size_t n;

	if (!open || open[strlen(open) - 1] != '/' || strlen(open) < 3)
		return catalogue_fail(ps, FRAMES_FORM, NULL);
	copy = arena_strndup(&ps->c->mem, value, (size_t)(open - value));
	pattern = arena_strndup(&ps->c->mem, open + 1, strlen(open) - 2);
	if (!copy || !pattern)
		return inifile_nomem(&ps->in);
	name = strtok_r(copy, " \t", &save);
	if (!name)
		return catalogue_fail(ps, "a frames line needs a name", NULL);
	while ((word = strtok_r(NULL, " \t", &save)) != NULL) {
		if (strncmp(word, "metric=", 7) == 0)
			f.metric = word + 7;
		else if (strcmp(word, "each") == 0)
			f.kind = FRAMES_EACH;
		else if (strcmp(word, "often") == 0)
			f.kind = FRAMES_OFTEN;
		else if (strcmp(word, "times") == 0)
			f.kind = FRAMES_TIMES;
		else if (strcmp(word, "served") == 0)
			f.kind = FRAMES_SERVED;
		else if (strcmp(word, "clocked") == 0)
			f.kind = FRAMES_CLOCKED;
		else if (!catalogue_number(word, "loud=", &f.loud, &bad) || bad || !(f.loud > 0))
			return catalogue_fail(ps, "not understood (metric= loud= each often times served clocked)", word);
	}
	if (!f.metric)
		return catalogue_fail(ps, "a frames line needs metric=", NULL);
	if (check_kind(ps, &f) < 0)
		return -1;
	if (!signature_valid(pattern, &n, &no_memory))
		return no_memory ? inifile_nomem(&ps->in) : catalogue_fail(ps, "the expression is wrong from here on", n < strlen(pattern) ? pattern + n : "(its end)");
	/* A name with a dot is a signal of its own (gc.cpu_share), shared by all causes. */
	n = strlen(prefix) + 1 + strlen(s->text.id) + 1 + strlen(name) + 1;
	f.pattern = pattern;
	f.name = arena_alloc(&ps->c->mem, n);
	if (!f.name)
		return inifile_nomem(&ps->in);
	if (strchr(name, '.'))
		f.name = name;
	else
		snprintf((char *)(uintptr_t)f.name, n, "%s.%s.%s", prefix, s->text.id, name);
	if (s->n_frames == CATALOGUE_MAX_LINES)
		return catalogue_fail(ps, "more than 32 frames lines in one cause", NULL);
	s->frames[s->n_frames++] = f;
	return 1;
}

static int add_words(struct catalogue_parse *ps, const char **list, size_t *n, size_t max, const char *value)
{
	char *copy = arena_strdup(&ps->c->mem, value), *save = NULL, *word;

	if (!copy)
		return inifile_nomem(&ps->in);
	for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (*n == max)
			return catalogue_fail(ps, "too many words", word);
		list[(*n)++] = word;
	}
	return 1;
}

static int add_guilty(struct catalogue_parse *ps, struct cause_spec *s, const char *value)
{
	static const char *const kinds[] = { "own:", "caller:", "waiter", "creator", "kept", NULL };
	size_t first = s->n_guilty;

	if (!add_words(ps, s->guilty, &s->n_guilty, 8, value))
		return 0;
	for (size_t i = first; i < s->n_guilty; i++) {
		int k = 0;

		while (kinds[k] && strncmp(s->guilty[i], kinds[k], strlen(kinds[k])) != 0)
			k++;
		if (!kinds[k])
			return catalogue_fail(ps, "guilty is own:METRIC, kept, waiter[:CLASS], creator or caller:NAME", s->guilty[i]);
	}
	return 1;
}

int catalogue_text(struct catalogue_parse *ps, const char **field, const char *value)
{
	struct buf b = { .limit = 1 << 16 };

	if (*field) {
		buf_puts(&b, *field);
		buf_byte(&b, ' ');
	}
	buf_puts(&b, value);
	*field = arena_buf(&ps->c->mem, &b);
	buf_free(&b);
	return *field ? 1 : inifile_nomem(&ps->in);
}

static int handler(void *arg, const char *id, const char *name, const char *value)
{
	struct catalogue_parse *ps = arg;
	struct cause_spec *s;
	int taken;

	if (ps->in.failed)
		return 0;
	if (!*id)
		return catalogue_fail(ps, "a line before the first [cause]", name);
	s = section(ps, id);
	if (!s)
		return 0;
	struct { const char *name; const char **field; } texts[] = {
		{ "title", &s->text.title }, { "what", &s->text.what }, { "symptoms", &s->text.symptoms },
		{ "action", &s->text.action }, { "risk", &s->text.risk }, { "verify", &s->text.verify },
		{ "versions", &s->text.versions }, { "correction", &s->text.correction }, { "source", &s->text.source },
		{ "seen", &s->text.seen },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(name, texts[i].name) == 0)
			return catalogue_text(ps, texts[i].field, value);
	if (strcmp(name, "signal") == 0 || strcmp(name, "against") == 0)
		return add_signal(ps, s, value, name[0] == 'a');
	if (strcmp(name, "frames") == 0)
		return add_frames(ps, s, "sig", value);
	if (strcmp(name, "look") == 0)
		return add_frames(ps, s, "look", value);
	if (strcmp(name, "explains") == 0)
		return add_words(ps, s->explains, &s->n_explains, CATALOGUE_MAX_LINES, value);
	if (strcmp(name, "guilty") == 0)
		return add_guilty(ps, s, value);
	if (strcmp(name, "prior") == 0)
		return fmt_parse_real(str_from(value), &s->prior) && s->prior > 0 && s->prior < 1
			       ? 1 : catalogue_fail(ps, "prior must lie between 0 and 1", value);
	taken = catalogue_variant(ps, s, name, value);
	return taken >= 0 ? taken : catalogue_fail(ps, "unknown key", name);
}

static bool is_defined(const struct analyze_catalogue *c, const char *signal)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->cause[i]->n_frames; k++)
			if (strcmp(c->cause[i]->frames[k].name, signal) == 0)
				return true;
	return strncmp(signal, "sig.", 4) != 0;
}

static int check(struct catalogue_parse *ps)
{
	for (size_t i = 0; i < ps->c->n; i++) {
		const struct cause_spec *s = ps->c->cause[i];

		if (s->file != ps->in.name)
			continue;
		if (!s->text.title || isnan(s->prior))
			return err_set(ps->in.err, ERR_USAGE, "%s: [%s] needs a title and a prior", ps->in.name, s->text.id);
		for (size_t k = 0; k < s->n_signals; k++)
			if (!is_defined(ps->c, s->signal[k].name))
				return err_set(ps->in.err, ERR_USAGE, "%s, line %d: no frames line defines %.80s", ps->in.name, s->signal[k].line, s->signal[k].name);
		if (catalogue_check_variants(ps, s))
			return (int)ps->in.err->code;
	}
	return 0;
}

static int parse(struct analyze_catalogue *c, struct str text, const char *file, struct err *err)
{
	struct catalogue_parse ps = { .c = c, .in = { .text = text, .name = file, .err = err } };
	int rc = inifile_read(&ps.in, handler, &ps);

	return rc ? rc : check(&ps);
}

#define TELLING 2	/* nats: what everything slow brings about, such as latency, weighs less */

/* The causes that explain a signal which speaks clearly for s. */
static void list_behind(struct analyze_catalogue *c, struct cause_spec *s)
{
	for (size_t i = 0; i < c->n && s->text.n_behind < CATALOGUE_MAX_CAUSES; i++) {
		bool explains = false;

		for (size_t k = 0; k < s->n_signals && c->cause[i] != s; k++)
			explains |= !s->signal[k].against && s->signal[k].weight >= TELLING && catalogue_explains(c->cause[i], s->signal[k].name);
		if (explains)
			s->behind[s->text.n_behind++] = c->cause[i]->text.id;
	}
	s->text.behind = s->behind;
	s->text.explains = s->explains;
	s->text.n_explains = s->n_explains;
}

/* The signal lines of each cause for the reader, with the numbers in use. */
static void list_lines(struct analyze_catalogue *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct cause_spec *s = c->cause[i];

		for (size_t k = 0; k < s->n_signals; k++) {
			int which = s->signal[k].against;

			s->lines[which][s->n_lines[which]++] = s->signal[k].text;
		}
		list_behind(c, s);
		s->text.variant = s->variant;
		s->text.signals = s->lines[0];
		s->text.against = s->lines[1];
	}
}

static void fingerprint(struct analyze_catalogue *c, struct str weights, struct str extra)
{
	static const char hex[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, sizeof(builtin) - 1, (const uint8_t *)builtin);
	if (weights.n)
		sha256_update(&ctx, weights.n, (const uint8_t *)weights.p);
	if (extra.p)
		sha256_update(&ctx, extra.n, (const uint8_t *)extra.p);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
	for (int i = 0; i < 8; i++) {
		c->fingerprint[2 * i] = hex[digest[i] >> 4];
		c->fingerprint[2 * i + 1] = hex[digest[i] & 15];
	}
	c->fingerprint[16] = '\0';
}

int catalogue_load(struct analyze_catalogue **out, const struct analyze_opts *o, struct str weights, struct err *err)
{
	struct analyze_catalogue *c = calloc(1, sizeof(*c));
	int rc;

	*out = NULL;
	if (!c)
		return err_nomem(err);
	catalogue_weights_by_hand(c);
	rc = parse(c, (struct str){ builtin, sizeof(builtin) - 1 }, "causes.ini", err);
	if (!rc && o->causes_extra.p)
		rc = parse(c, o->causes_extra, o->causes_extra_name ? o->causes_extra_name : "--causes", err);
	if (!rc && weights.n)
		rc = catalogue_weights(c, weights, err);
	if (rc) {
		analyze_catalogue_free(c);
		return rc;
	}
	list_lines(c);
	fingerprint(c, weights, o->causes_extra);
	*out = c;
	return 0;
}

int analyze_catalogue_load(struct analyze_catalogue **out, const struct analyze_opts *o, struct err *err)
{
	return catalogue_load(out, o, (struct str){ fitted, sizeof(fitted) - 1 }, err);
}

size_t analyze_catalogue_count(const struct analyze_catalogue *c)
{
	return c->n;
}

const struct analyze_cause *analyze_catalogue_at(const struct analyze_catalogue *c, size_t i)
{
	return &c->cause[i]->text;
}

const struct cause_spec *catalogue_spec(const struct analyze_catalogue *c, size_t i)
{
	return c->cause[i];
}

struct cause_spec *catalogue_edit(struct analyze_catalogue *c, size_t i)
{
	return c->cause[i];
}

const struct cause_spec *catalogue_find(const struct analyze_catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->cause[i]->text.id, id) == 0)
			return c->cause[i];
	return NULL;
}

bool catalogue_explains(const struct cause_spec *c, const char *signal)
{
	for (size_t i = 0; i < c->n_explains; i++)
		if (strcmp(c->explains[i], signal) == 0)
			return true;
	return false;
}

void analyze_catalogue_free(struct analyze_catalogue *c)
{
	if (!c)
		return;
	arena_free(&c->mem);
	free(c);
}

void analyze_fingerprint(const struct analyze_catalogue *c, char out[17])
{
	memcpy(out, c->fingerprint, sizeof(c->fingerprint));
}
