// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/document.h"

#include <inttypes.h>

int document_read(struct reader *in, const struct limits *limits, struct buf *out, struct err *err)
{
	struct str part;
	int rc = reader_peek(in, 3, &part, err);

	if (!rc && str_starts(part, "\xef\xbb\xbf"))
		reader_skip_peeked(in, 3);
	while (!rc) {
		rc = reader_peek(in, 1, &part, err);
		if (rc || part.n == 0)
			return rc;
		if (part.n > limits->json_bytes - out->len)
			return err_set(err, ERR_LIMIT,
				       "is a JSON document of more than %" PRIu64 " bytes: the limit json_bytes",
				       limits->json_bytes);
		buf_str(out, part);
		rc = buf_check(out, err);
		reader_skip_peeked(in, part.n);
	}
	return rc;
}
