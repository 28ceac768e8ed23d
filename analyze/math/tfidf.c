// SPDX-License-Identifier: GPL-3.0-or-later
#include "analyze/math/tfidf.h"

#include <math.h>
#include <stdlib.h>


static int by_cell(const void *x, const void *y)
{
	const struct tfidf_entry *a = x, *b = y;

	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	if (a->col != b->col)
		return a->col < b->col ? -1 : 1;
	/* Equal cells are added: the order of the addends must not depend on the caller's. */
	return a->count < b->count ? -1 : a->count > b->count;
}

int tfidf_gather(struct tfidf_entry *entry, size_t n, size_t rows, size_t cols, struct arena *a, struct tfidf_rows *out,
		 struct err *err)
{
	struct tfidf_rows m = { .rows = rows, .cols = cols };
	size_t k = 0, row = 0;

	m.start = arena_alloc_n(a, rows + 1, sizeof(*m.start));
	m.col = arena_alloc_n(a, n + 1, sizeof(*m.col));
	m.val = arena_alloc_n(a, n + 1, sizeof(*m.val));
	if (!m.start || !m.col || !m.val)
		return err_nomem(err);
	if (n > 1)
		qsort(entry, n, sizeof(*entry), by_cell);
	for (size_t i = 0; i < n; i++) {
		if (entry[i].row >= rows || entry[i].col >= cols)
			return err_set(err, ERR_INTERNAL, "token %u of row %u is outside of %zu rows and %zu columns",
				       entry[i].col, entry[i].row, rows, cols);
		if (!(entry[i].count > 0))
			continue;
		while (row < entry[i].row)
			m.start[++row] = k;
		if (k > m.start[row] && m.col[k - 1] == entry[i].col) {
			m.val[k - 1] += entry[i].count;
			continue;
		}
		m.col[k] = entry[i].col;
		m.val[k++] = entry[i].count;
	}
	while (row < rows)
		m.start[++row] = k;
	*out = m;
	return 0;
}

static void fill_idf(const struct tfidf_rows *m, bool smooth, double *idf)
{
	double n = (double)m->rows;

	for (size_t c = 0; c < m->cols; c++)
		idf[c] = 0;
	for (size_t i = 0; i < m->start[m->rows]; i++)
		idf[m->col[i]]++;
	for (size_t c = 0; c < m->cols; c++)
		if (idf[c] > 0)
			idf[c] = (smooth ? log((1 + n) / (1 + idf[c])) : log(n / idf[c])) + 1;
}

void tfidf_weigh(struct tfidf_rows *m, const struct tfidf_opts *o, double *idf)
{
	double norm, tf;

	fill_idf(m, o->smooth, idf);
	for (size_t r = 0; r < m->rows; r++) {
		for (size_t i = m->start[r]; i < m->start[r + 1]; i++) {
			tf = o->sublinear ? fmax(1 + log(m->val[i]), 0) : m->val[i];
			m->val[i] = tf * idf[m->col[i]];
		}
		norm = sqrt(tfidf_norm2(m, r));
		if (o->raw || !(norm > 0))
			continue;
		for (size_t i = m->start[r]; i < m->start[r + 1]; i++)
			m->val[i] /= norm;
	}
}

double tfidf_dot(const struct tfidf_rows *m, size_t i, size_t j)
{
	size_t x = m->start[i], y = m->start[j];
	double s = 0;

	while (x < m->start[i + 1] && y < m->start[j + 1]) {
		if (m->col[x] == m->col[y])
			s += m->val[x++] * m->val[y++];
		else if (m->col[x] < m->col[y])
			x++;
		else
			y++;
	}
	return s;
}

double tfidf_norm2(const struct tfidf_rows *m, size_t i)
{
	double s = 0;

	for (size_t x = m->start[i]; x < m->start[i + 1]; x++)
		s += m->val[x] * m->val[x];
	return s;
}

double tfidf_cosine(const struct tfidf_rows *m, size_t i, size_t j)
{
	double n = tfidf_norm2(m, i) * tfidf_norm2(m, j);

	return n > 0 ? fmin(tfidf_dot(m, i, j) / sqrt(n), 1) : 0;
}

double tfidf_dot_dense(const struct tfidf_rows *m, size_t i, const double *v)
{
	double s = 0;

	for (size_t x = m->start[i]; x < m->start[i + 1]; x++)
		s += m->val[x] * v[m->col[x]];
	return s;
}
