/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - JSON in, read by SQLite's own parser and kept as a flat list of nodes
 *
 * One struct json serves many documents, one after the other; the nodes and texts of a document live until the next
 * json_parse() or json_free(). A node is a number; JSON_NONE stands for "not there" and every function takes it, so
 * that paths chain:
 *
 *     if (json_int(j, json_get(j, json_get(j, json_root(j), "settings"), "GOGC"), &gogc)) ...
 *
 * Of equal keys the first counts. Invalid JSON, a NUL byte or more than one value is ERR_FORMAT with its line and byte.
 */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/str.h"

struct json;

enum json_type { JSON_ABSENT, JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };
#define JSON_NONE UINT32_MAX

int json_new(struct json **out, const struct limits *limits, struct err *err) ERR_MUST_CHECK;
int json_parse(struct json *j, struct str text, struct err *err) ERR_MUST_CHECK;
void json_free(struct json *j);		/* NULL is fine */

uint32_t json_root(const struct json *j);
uint32_t json_first(const struct json *j, uint32_t n);		/* first member or element */
uint32_t json_next(const struct json *j, uint32_t n);		/* the sibling behind n */
uint32_t json_get(const struct json *j, uint32_t n, const char *key);
uint32_t json_at(const struct json *j, uint32_t n, uint32_t i);	/* i-th element, from 0 */
uint32_t json_count(const struct json *j, uint32_t n);

enum json_type json_type(const struct json *j, uint32_t n);
struct str json_key(const struct json *j, uint32_t n);		/* STR_NONE in arrays */
struct str json_text(const struct json *j, uint32_t n);		/* STR_NONE unless it is a string */
/* false: not a number (json_int, json_uint: not a whole one, or out of range). */
bool json_int(const struct json *j, uint32_t n, int64_t *out);
bool json_uint(const struct json *j, uint32_t n, uint64_t *out);
bool json_real(const struct json *j, uint32_t n, double *out);
bool json_bool(const struct json *j, uint32_t n, bool *out);
/* A scalar as text: strings as they are, numbers in shortest form, true, false. Nothing for null, arrays, objects. */
void json_scalar(const struct json *j, uint32_t n, struct buf *out);

/* Where text stops being one JSON value: its byte; text.n when it is whole. *why: a constant. Depth and size do not
 * matter. */
size_t json_fault(struct str text, const char **why);

#endif
