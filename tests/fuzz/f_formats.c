// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * f_formats.c - libFuzzer target: which format is it? Every look at the first bytes of a file
 *
 * Something is always said, and the same about the same bytes.
 */
#include <stdlib.h>

#include "ingest/decoder.h"

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str head = { (const char *)data, size };
	const char *why;
	const struct decoder *d = decoder_find(head, &why);

	check(d ? d->decode != NULL : why && *why);
	check(!d || !d->sniff || d->sniff(head));
	return 0;
}
