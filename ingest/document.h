/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h - a whole input in memory, for formats that are one JSON document
 */
#ifndef INGEST_DOCUMENT_H
#define INGEST_DOCUMENT_H

#include "core/buf.h"
#include "core/limits.h"
#include "core/reader.h"

/* At most limits->json_bytes; ERR_LIMIT beyond. A byte order mark is left out. The caller frees out. */
int document_read(struct reader *in, const struct limits *limits, struct buf *out, struct err *err) ERR_MUST_CHECK;

#endif
