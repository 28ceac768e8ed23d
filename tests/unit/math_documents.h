/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * math_documents.h - the six documents of method 4.3, for the tests of tfidf, kmeans, silhouette and agree
 *
 * Reference values: scikit-learn 1.9.1,
 *     X = TfidfVectorizer(analyzer=str.split).fit_transform(D); KMeans(k, init=X[[..]], n_init=1, tol=1e-4).fit(X)
 */
#ifndef TESTS_MATH_DOCUMENTS_H
#define TESTS_MATH_DOCUMENTS_H

#include "tests/unit/check.h"

#include "analyze/math/tfidf.h"

enum { DB, GC_BG_MARK_WORKER, GC_DRAIN, GREYOBJECT, HANDLE, JSON, LOCK, MAIN, QUERY, REFLECT, SCANOBJECT, SERVE,
       TOKENS };
#define DOCUMENTS 6

static const struct tfidf_entry document_token[] = {
	{ 0, MAIN, 1 }, { 0, SERVE, 1 }, { 0, HANDLE, 1 }, { 0, JSON, 1 }, { 0, REFLECT, 1 },
	{ 1, MAIN, 1 }, { 1, SERVE, 1 }, { 1, HANDLE, 1 }, { 1, JSON, 1 }, { 1, REFLECT, 1 }, { 1, REFLECT, 1 },
	{ 2, MAIN, 1 }, { 2, SERVE, 1 }, { 2, HANDLE, 1 }, { 2, DB, 1 }, { 2, QUERY, 1 },
	{ 3, MAIN, 1 }, { 3, SERVE, 1 }, { 3, HANDLE, 1 }, { 3, DB, 1 }, { 3, QUERY, 1 }, { 3, LOCK, 1 },
	{ 4, GC_BG_MARK_WORKER, 1 }, { 4, GC_DRAIN, 1 }, { 4, SCANOBJECT, 1 },
	{ 5, GC_BG_MARK_WORKER, 1 }, { 5, GC_DRAIN, 1 }, { 5, SCANOBJECT, 1 }, { 5, GREYOBJECT, 1 },
};
#define DOCUMENT_TOKENS (sizeof(document_token) / sizeof(*document_token))

static inline struct tfidf_rows documents(struct arena *a, const struct tfidf_opts *o, double *idf)
{
	struct tfidf_entry e[DOCUMENT_TOKENS];
	struct tfidf_rows m = { 0 };
	struct err err;

	/* In an order of its own: gathering sorts. */
	for (size_t i = 0; i < DOCUMENT_TOKENS; i++)
		e[i] = document_token[i * 10 % DOCUMENT_TOKENS];
	CHECK(tfidf_gather(e, DOCUMENT_TOKENS, DOCUMENTS, TOKENS, a, &m, &err) == 0);
	tfidf_weigh(&m, o, idf);
	return m;
}

static inline double document_cell(const struct tfidf_rows *m, size_t row, size_t col)
{
	for (size_t i = m->start[row]; i < m->start[row + 1]; i++)
		if (m->col[i] == col)
			return m->val[i];
	return 0;
}

#endif
