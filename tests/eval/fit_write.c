// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fit_write.c - analyze/weights.ini
 *
 * Sorted, four digits, nothing that depends on the day or the machine: the same corpus gives the same bytes.
 */
#include <math.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "tests/eval/fit.h"

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct cause_spec *const *)a)->text.id, (*(const struct cause_spec *const *)b)->text.id);
}

/* Signals before what speaks against, then by name; rising before falling. */
static int by_name(const void *a, const void *b)
{
	const struct cause_signal *x = *(const struct cause_signal *const *)a, *y = *(const struct cause_signal *const *)b;
	int order = strcmp(x->name, y->name);

	if (x->against != y->against)
		return x->against ? 1 : -1;
	return order ? order : (x->down > y->down) - (x->down < y->down);
}

void fit_hand_sha256(unsigned char digest[32], const struct analyze_catalogue *cat)
{
	struct sha256_ctx ctx;
	char text[600];

	sha256_init(&ctx);
	for (size_t k = 0; k < analyze_catalogue_count(cat); k++) {
		const struct cause_spec *s = catalogue_spec(cat, k);
		int n = snprintf(text, sizeof(text), "[%s] %.17g\n", s->text.id, s->prior);

		sha256_update(&ctx, (size_t)n, (const uint8_t *)text);
		for (size_t i = 0; i < s->n_signals; i++) {
			const struct cause_signal *g = &s->signal[i];

			n = snprintf(text, sizeof(text), "%.500s %.17g %.17g %d %d\n", g->name, g->weight, g->miss, g->down, g->against);
			sha256_update(&ctx, (size_t)n, (const uint8_t *)text);
		}
		for (size_t i = 0; i < s->n_explains; i++)
			sha256_update(&ctx, strlen(s->explains[i]) + 1, (const uint8_t *)s->explains[i]);
	}
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, digest);
}

static bool moved(const struct fit *f, size_t param)
{
	return param != SIZE_MAX && f->param[param].used;
}

static void write_line(struct buf *out, const struct fit *f, uint32_t k, const struct cause_spec *s, const struct cause_signal *g)
{
	size_t at = k * CATALOGUE_MAX_LINES + (size_t)(g - s->signal);

	buf_printf(out, "%s = %s weight=%.4g", g->against ? "against" : "signal", g->name, g->weight);
	if (g->miss > 0)
		buf_printf(out, " miss=%.4g", g->miss);
	if (g->down)
		buf_puts(out, " down");
	buf_puts(out, moved(f, f->of_weight[at]) || moved(f, f->of_miss[at]) ? "\n" : " hand\n");
}

static void write_cause(struct buf *out, const struct fit *f, uint32_t k)
{
	const struct cause_spec *s = catalogue_spec(f->cat, k);
	const struct cause_signal *line[CATALOGUE_MAX_LINES] = { NULL };

	for (size_t i = 0; i < s->n_signals; i++)
		line[i] = &s->signal[i];
	if (s->n_signals)
		qsort(line, s->n_signals, sizeof(line[0]), by_name);
	buf_printf(out, "\n[%s]\nprior = %.4g%s\n", s->text.id, s->prior, moved(f, f->of_prior[k]) ? "" : " hand");
	for (size_t i = 0; i < s->n_signals; i++)
		write_line(out, f, k, s, line[i]);
}

void fit_head(struct buf *out, size_t cases, size_t services, const unsigned char truth_sha256[32], const unsigned char hand_sha256[32])
{
	char truth[2 * FILE_SHA256 + 1], hand[2 * FILE_SHA256 + 1];

	file_hex(truth, truth_sha256, FILE_SHA256);
	file_hex(hand, hand_sha256, FILE_SHA256);
	buf_printf(out, "; %zu scenarios of %zu services, truth.csv %.16s, causes.ini's numbers %.16s\n", cases, services, truth, hand);
}

static void write_constants(struct buf *out, const struct fit *f, const struct fit_about *about)
{
	const struct catalogue_constants *k = catalogue_constants(f->cat);

	buf_printf(out, "\n[contest]\nchanged_at = %.4g\nchanged_steep = %.4g\n", k->changed_at, k->changed_steep);
	buf_printf(out, "level_high = %.4g\ntemperature = %.4g\nunknown_weight = %.4g\nuntested_share = %.4g\n", about->level_high, k->temperature,
		   k->unknown_weight, k->untested_share);
	if (about->n_reliability)
		buf_puts(out, "\n; Of the answers with a score from here up to the next row's: how many, how many right, their mean score; each by weights that had not\n"
			      "; seen its service.\n[reliability]\n");
	for (size_t i = 0; i < about->n_reliability; i++) {
		const struct catalogue_reliability *r = &about->reliability[i];

		buf_printf(out, "from = %.4g answers=%lld right=%lld mean=%.3f\n", r->lo, (long long)r->n, (long long)r->right, r->mean);
	}
}

int fit_write(struct buf *out, struct fit *f, const struct fit_about *about, struct err *err)
{
	const struct cause_spec *sorted[CATALOGUE_MAX_CAUSES];
	unsigned char hand[FILE_SHA256];
	size_t n = analyze_catalogue_count(f->cat);
	double *x = arena_array(&f->mem, double, f->n_params);

	if (!x)
		return err_nomem(err);
	fit_get_numbers(f, x);
	fit_reset(f);
	fit_hand_sha256(hand, f->cat);
	fit_put_numbers(f, x);
	buf_puts(out, "; SPDX-License-Identifier: GPL-3.0-or-later\n"
		      "; weights.ini - written by `make eval FIT=1`, not by hand: the numbers of causes.ini after the corpus was asked (docs/accuracy.md).\n"
		      "; It goes over causes.ini by the names of cause and signal. `hand`: no scenario of the corpus tells, the number is the one set by hand.\n");
	fit_head(out, f->n_cases, about->n_services, about->truth_sha256, hand);
	write_constants(out, f, about);
	for (uint32_t k = 0; k < n; k++)
		sorted[k] = catalogue_spec(f->cat, k);
	qsort(sorted, n, sizeof(sorted[0]), by_id);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < n; k++)
			if (catalogue_spec(f->cat, k) == sorted[i])
				write_cause(out, f, k);
	return buf_check(out, err);
}
