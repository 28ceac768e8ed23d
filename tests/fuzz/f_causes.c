// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_causes.c - libFuzzer target: a --causes file, weights, a --taus file, gates, labels and splits that somebody else wrote
 *
 * The first byte says which. What is refused must say so in words; a catalogue that was taken must be whole.
 */
#include <math.h>
#include <stdlib.h>

#include "analyze/catalogue.h"

enum { CAUSES, WEIGHTS, TAUS, GATE, LABEL, SPLIT, KINDS };

static void check(bool ok)
{
	if (!ok)
		abort();
}

static int catalogue(struct str causes, struct str weights, struct err *err)
{
	struct analyze_opts o = { .causes_extra = causes, .causes_extra_name = "fuzz.ini" };
	struct analyze_catalogue *c = NULL;
	char print[17];
	int rc = catalogue_load(&c, &o, weights, err);

	for (size_t i = 0; !rc && i < analyze_catalogue_count(c); i++) {
		const struct cause_spec *spec = catalogue_spec(c, i);

		check(spec->text.id && *spec->text.id && spec->prior >= 0 && spec->prior <= 1);
		check(catalogue_find(c, spec->text.id) == spec);
		for (size_t k = 0; k < spec->n_signals; k++)
			check(isfinite(spec->signal[k].weight) && isfinite(spec->signal[k].miss));
		for (size_t k = 0; k < spec->n_frames; k++)
			check(spec->frames[k].name && spec->frames[k].metric && spec->frames[k].pattern);
	}
	if (!rc)
		analyze_fingerprint(c, print);
	analyze_catalogue_free(c);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct analyze_opts o = { 0 };
	struct err err = { 0 };
	struct str text;
	double tau[64];
	char *line;
	int rc = 0;

	if (size < 1)
		return 0;
	text = (struct str){ (const char *)data + 1, size - 1 };
	line = strndup(text.p, text.n);
	if (!line || analyze_n_taus() > 64)
		abort();
	switch (data[0] % KINDS) {
	case CAUSES:
		rc = catalogue(text, STR_LIT(""), &err);
		break;
	case WEIGHTS:
		rc = catalogue(STR_LIT(""), text, &err);
		break;
	case TAUS:
		rc = analyze_read_taus(text, tau, &err);
		for (size_t i = 0; !rc && i < analyze_n_taus(); i++)
			check(isfinite(tau[i]) && tau[i] >= 0);
		break;
	case GATE:
		rc = analyze_gate_check(line, &err);
		break;
	case LABEL:
		rc = analyze_label_check(line, &err);
		break;
	default:
		rc = analyze_split_parse(line, &o, &err);
		check(rc || (o.split_key.n && o.split_key.p >= line && o.split_key.p < line + size));
	}
	check(!rc || err.msg[0]);
	free(line);
	return 0;
}
