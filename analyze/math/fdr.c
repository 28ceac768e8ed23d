// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * fdr.c - Benjamini-Hochberg, Benjamini-Yekutieli, Holm, and the hierarchy of a call tree
 *
 * Inclusive counts along one path depend on each other positively (BH holds), siblings negatively (BY is the careful
 * choice). In a tree, testing only the children of rejected nodes keeps the families small.
 */
#include "analyze/math/fdr.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct item {
	double p;
	size_t at;
};

static int by_p(const void *x, const void *y)
{
	const struct item *a = x, *b = y;

	if (a->p != b->p)
		return a->p < b->p ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* BH times factor over m sorted items. */
static void step_up(const struct item *it, size_t m, double factor, double *q)
{
	double low = 1;

	for (size_t i = m; i > 0; i--) {
		low = fmin(low, it[i - 1].p * (double)m * factor / (double)i);
		q[it[i - 1].at] = low;
	}
}

static void step_down(const struct item *it, size_t m, double *q)
{
	double high = 0;

	for (size_t i = 0; i < m; i++) {
		high = fmax(high, fmin(it[i].p * (double)(m - i), 1));
		q[it[i].at] = high;
	}
}

enum procedure { BH, BY, HOLM };

static int adjust(const double *p, size_t n, double *q, enum procedure how, struct err *err)
{
	struct item *it;
	double factor = 0;
	size_t m = 0;

	if (n == 0)
		return 0;
	it = calloc(n, sizeof(*it));
	if (!it)
		return err_nomem(err);
	for (size_t i = 0; i < n; i++)
		if (!isnan(p[i]))
			it[m++] = (struct item){ p[i], i };
		else
			q[i] = NAN;
	qsort(it, m, sizeof(*it), by_p);
	for (size_t i = m; i > 0; i--)
		factor += 1 / (double)i;
	if (how == HOLM)
		step_down(it, m, q);
	else
		step_up(it, m, how == BY ? factor : 1, q);
	free(it);
	return 0;
}

int fdr_bh(const double *p, size_t n, double *q, struct err *err)
{
	return adjust(p, n, q, BH, err);
}

int fdr_by(const double *p, size_t n, double *q, struct err *err)
{
	return adjust(p, n, q, BY, err);
}

int fdr_holm(const double *p, size_t n, double *q, struct err *err)
{
	return adjust(p, n, q, HOLM, err);
}

/* Children by parent: those of node i are child[start[i]] .. child[start[i + 1] - 1]; the roots belong to n. */
struct families {
	size_t *start, *child;
	struct item *it;
	bool *open;	/* the children of this node are tested */
	fdr_test *test;
	void *arg;
};

static void group(const size_t *parent, size_t n, struct families *f)
{
	for (size_t i = 0; i < n; i++)
		f->start[(parent[i] < n ? parent[i] : n) + 2]++;
	for (size_t k = 1; k < n + 3; k++)
		f->start[k] += f->start[k - 1];
	/* start[k + 1] is now where k begins; filling moves it to where k ends. */
	for (size_t i = 0; i < n; i++)
		f->child[f->start[(parent[i] < n ? parent[i] : n) + 1]++] = i;
}

static int test_family(struct families *f, size_t of, double level, double *q, bool *rejected, struct err *err)
{
	size_t m = 0, i;

	for (size_t c = f->start[of]; c < f->start[of + 1]; c++) {
		struct item it = { .at = f->child[c] };
		int rc = f->test(f->arg, it.at, &it.p, err);

		if (rc)
			return rc;
		if (isnan(it.p))
			f->open[it.at] = true;
		else
			f->it[m++] = it;
	}
	qsort(f->it, m, sizeof(*f->it), by_p);
	step_up(f->it, m, 1, q);
	for (size_t j = 0; j < m; j++) {
		i = f->it[j].at;
		rejected[i] = f->open[i] = q[i] <= level;
	}
	return 0;
}

int fdr_tree(const size_t *parent, size_t n, double level, fdr_test *test, void *arg, double *q, bool *rejected, struct err *err)
{
	struct families f = { .test = test, .arg = arg };
	int rc = 0;

	if (n == 0)
		return 0;
	f.start = calloc(n + 3, sizeof(*f.start));
	f.child = calloc(n, sizeof(*f.child));
	f.it = calloc(n, sizeof(*f.it));
	f.open = calloc(n, sizeof(*f.open));
	if (!f.start || !f.child || !f.it || !f.open) {
		rc = err_nomem(err);
		goto out;
	}
	group(parent, n, &f);
	for (size_t i = 0; i < n; i++) {
		q[i] = NAN;
		rejected[i] = false;
	}
	rc = test_family(&f, n, level, q, rejected, err);
	for (size_t i = 0; i < n && !rc; i++)
		if (f.open[i])
			rc = test_family(&f, i, level, q, rejected, err);
out:
	free(f.start);
	free(f.child);
	free(f.it);
	free(f.open);
	return rc;
}
