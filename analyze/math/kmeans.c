// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * kmeans.c - Lloyd's algorithm without chance
 *
 * The Euclidean form follows scikit-learn step by step (assignment, empty clusters, means, then the two stop rules),
 * so that its results can be checked against it. The spherical form keeps centres at length 1 and maximises the sum of
 * cosines: what TF-IDF rows want. Both measure the gap between a row and a centre as "distance", smaller is nearer:
 * ||x - c||^2 in the one, 1 - cos in the other.
 */
#include "analyze/math/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/math/dist.h"

#define MAX_ITERATIONS	300
#define TOLERANCE	1e-4
#define NOTHING		1e-12	/* a distance below this is rounding: the row is its centre */

struct lloyd {
	const struct tfidf_rows *x;
	const double *weight;
	size_t k;
	bool spherical;
	uint32_t *label, *old;
	double *centre, *next;	/* k x cols */
	double *norm2;		/* of each centre */
	double *distance;	/* of each row to its centre */
	double *mass;		/* weight of each cluster */
};

static double weight_of(const double *weight, size_t i)
{
	return weight ? weight[i] : 1;
}

int kmeans_seed(const struct tfidf_rows *x, const double *weight, size_t k, size_t *seed, struct err *err)
{
	double *nearest, c;
	size_t at = 0;

	if (k > x->rows)
		return err_set(err, ERR_INTERNAL, "%zu seeds wanted of %zu rows", k, x->rows);
	if (k == 0)
		return 0;
	nearest = calloc(x->rows, sizeof(*nearest));
	if (!nearest)
		return err_nomem(err);
	for (size_t i = 1; i < x->rows; i++)
		if (weight_of(weight, i) > weight_of(weight, at))
			at = i;
	/* nearest: cosine to the closest seed so far, INFINITY for a seed itself. */
	for (size_t i = 0; i < x->rows; i++)
		nearest[i] = -INFINITY;
	for (size_t n = 0; n < k; n++) {
		seed[n] = at;
		nearest[at] = INFINITY;
		for (size_t i = 0; i < x->rows; i++) {
			c = isinf(nearest[i]) && nearest[i] > 0 ? 0 : tfidf_cosine(x, i, seed[n]);
			nearest[i] = fmax(nearest[i], c);
		}
		/* Far and heavy: a stack that one goroutine stands in is far from everything and would take a centre in one dump and not in the next. */
		at = 0;
		for (size_t i = 1; i < x->rows; i++)
			if (weight_of(weight, i) * (1 - nearest[i]) > weight_of(weight, at) * (1 - nearest[at]) || (isinf(nearest[at]) && !isinf(nearest[i])))
				at = i;
	}
	free(nearest);
	return 0;
}

static void measure_centres(struct lloyd *l)
{
	const double *c;

	for (size_t j = 0; j < l->k; j++) {
		c = l->centre + j * l->x->cols;
		l->norm2[j] = 0;
		for (size_t i = 0; i < l->x->cols; i++)
			l->norm2[j] += c[i] * c[i];
	}
}

static double distance(const struct lloyd *l, size_t row, double row2, size_t j)
{
	double dot = tfidf_dot_dense(l->x, row, l->centre + j * l->x->cols);

	return fmax(l->spherical ? 1 - dot : row2 - 2 * dot + l->norm2[j], 0);
}

static void assign(struct lloyd *l)
{
	double d, best, row2;

	measure_centres(l);
	for (size_t i = 0; i < l->x->rows; i++) {
		row2 = tfidf_norm2(l->x, i);
		best = INFINITY;
		for (size_t j = 0; j < l->k; j++) {
			d = distance(l, i, row2, j);
			if (d < best) {
				best = d;
				l->label[i] = (uint32_t)j;
			}
		}
		l->distance[i] = best;
	}
}

static void weigh_clusters(struct lloyd *l)
{
	memset(l->mass, 0, l->k * sizeof(*l->mass));
	for (size_t i = 0; i < l->x->rows; i++)
		l->mass[l->label[i]] += weight_of(l->weight, i);
}

/* An empty cluster takes the row that is farthest from its centre, if that row leaves company behind. */
static void fill_empty(struct lloyd *l)
{
	size_t far;

	weigh_clusters(l);
	for (size_t j = 0; j < l->k; j++) {
		if (l->mass[j] > 0)
			continue;
		far = l->x->rows;
		for (size_t i = 0; i < l->x->rows; i++)
			if (weight_of(l->weight, i) > 0 && l->mass[l->label[i]] > weight_of(l->weight, i) &&
			    l->distance[i] > (far < l->x->rows ? l->distance[far] : NOTHING))
				far = i;
		if (far == l->x->rows)
			return;
		l->mass[l->label[far]] -= weight_of(l->weight, far);
		l->mass[j] = weight_of(l->weight, far);
		l->label[far] = (uint32_t)j;
		l->distance[far] = 0;
	}
}

/* Weighted means, unit ones if spherical; a cluster without weight keeps its centre. Returns sum ||shift||^2. */
static double move_centres(struct lloyd *l)
{
	size_t cols = l->x->cols;
	double shift = 0, scale, *c, *n, w;

	memset(l->next, 0, l->k * cols * sizeof(*l->next));
	for (size_t i = 0; i < l->x->rows; i++) {
		n = l->next + l->label[i] * cols;
		w = weight_of(l->weight, i);
		for (size_t e = l->x->start[i]; e < l->x->start[i + 1]; e++)
			n[l->x->col[e]] += w * l->x->val[e];
	}
	for (size_t j = 0; j < l->k; j++) {
		c = l->centre + j * cols;
		n = l->next + j * cols;
		scale = l->mass[j];
		if (l->spherical) {
			scale = 0;
			for (size_t i = 0; i < cols; i++)
				scale += n[i] * n[i];
			scale = sqrt(scale);
		}
		for (size_t i = 0; i < cols; i++) {
			n[i] = scale > 0 ? n[i] / scale : c[i];
			shift += (n[i] - c[i]) * (n[i] - c[i]);
		}
	}
	c = l->centre;
	l->centre = l->next;
	l->next = c;
	return shift;
}

/* tol times the mean over columns of the variance of a column. */
static double stop_at(const struct tfidf_rows *x, double tol, double *column)
{
	double n = (double)x->rows, all = 0;

	memset(column, 0, x->cols * sizeof(*column));
	for (size_t e = 0; e < x->start[x->rows]; e++) {
		column[x->col[e]] += x->val[e] / n;
		all += x->val[e] * x->val[e] / n;
	}
	for (size_t i = 0; i < x->cols; i++)
		all -= column[i] * column[i];
	return x->cols ? (tol < 0 ? TOLERANCE : tol) * fmax(all, 0) / (double)x->cols : 0;
}

static double objective(const struct lloyd *l)
{
	struct dist_sum s = { 0 };
	double d;

	for (size_t i = 0; i < l->x->rows; i++) {
		d = distance(l, i, tfidf_norm2(l->x, i), l->label[i]);
		dist_sum_add(&s, weight_of(l->weight, i) * (l->spherical ? 1 - d : d));
	}
	return dist_sum_value(&s);
}

static void iterate(struct lloyd *l, size_t limit, double stop, struct kmeans *out)
{
	bool settled = false;
	double shift;

	memset(l->old, 0xff, l->x->rows * sizeof(*l->old));
	while (!out->converged && out->iterations < limit) {
		out->iterations++;
		assign(l);
		fill_empty(l);
		shift = move_centres(l);
		settled = memcmp(l->label, l->old, l->x->rows * sizeof(*l->old)) == 0;
		out->converged = settled || shift <= stop;
		memcpy(l->old, l->label, l->x->rows * sizeof(*l->old));
	}
	/* Centres that moved once more want their rows once more. */
	if (!settled)
		assign(l);
	measure_centres(l);
	out->objective = objective(l);
}

int kmeans_run(const struct tfidf_rows *x, const double *weight, size_t k, const size_t *seed,
	       const struct kmeans_opts *o, struct arena *a, struct kmeans *out, struct err *err)
{
	struct lloyd l = { .x = x, .weight = weight, .k = k, .spherical = o->spherical };
	size_t cells = k * (x->cols + 1);
	double *real = NULL;
	int rc = 0;

	*out = (struct kmeans){ .k = k, .cols = x->cols };
	if (k == 0 || k > x->rows)
		return err_set(err, ERR_INTERNAL, "%zu clusters wanted of %zu rows", k, x->rows);
	if (cells / k != x->cols + 1 || cells > SIZE_MAX / 64)
		return err_nomem(err);
	out->label = arena_alloc_n(a, x->rows, sizeof(*out->label));
	out->centre = arena_alloc_n(a, k * x->cols + 1, sizeof(*out->centre));
	real = calloc(2 * cells + 2 * k + x->rows + x->cols, sizeof(*real));
	l.old = calloc(x->rows, sizeof(*l.old));
	if (!out->label || !out->centre || !real || !l.old) {
		rc = err_nomem(err);
		goto out;
	}
	l.label = out->label;
	l.centre = real;
	l.next = real + cells;
	l.norm2 = real + 2 * cells;
	l.mass = l.norm2 + k;
	l.distance = l.mass + k;
	if (o->start)
		memcpy(l.centre, o->start, k * x->cols * sizeof(*l.centre));
	for (size_t j = 0; j < k && !o->start; j++)
		for (size_t e = x->start[seed[j]]; e < x->start[seed[j] + 1]; e++)
			l.centre[j * x->cols + x->col[e]] = x->val[e];
	iterate(&l, o->max_iterations ? o->max_iterations : MAX_ITERATIONS,
		stop_at(x, o->tol, l.distance + x->rows), out);
	memcpy(out->centre, l.centre, k * x->cols * sizeof(*out->centre));
out:
	free(real);
	free(l.old);
	return rc;
}

struct rank_of {
	double weight;
	size_t lowest;	/* row */
	uint32_t was;
};

static int heaviest_first(const void *x, const void *y)
{
	const struct rank_of *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return (a->lowest > b->lowest) - (a->lowest < b->lowest);
}

static void find_medoids(const struct kmeans *km, const struct tfidf_rows *x, const double *weight, size_t *medoid)
{
	double d, best;

	for (size_t j = 0; j < km->k; j++) {
		const double *c = km->centre + j * km->cols;

		best = INFINITY;
		medoid[j] = x->rows;
		for (size_t i = 0; i < x->rows; i++) {
			if (km->label[i] != j)
				continue;
			/* ||x - c||^2 less ||c||^2: the same order, and for unit rows the order of cosines. */
			d = tfidf_norm2(x, i) - 2 * tfidf_dot_dense(x, i, c);
			if (d < best || (d == best && weight_of(weight, i) > weight_of(weight, medoid[j]))) {
				best = d;
				medoid[j] = i;
			}
		}
	}
}

int kmeans_order(struct kmeans *km, const struct tfidf_rows *x, const double *weight, double *cluster_weight,
		 size_t *medoid, struct err *err)
{
	struct rank_of *r = calloc(km->k, sizeof(*r));
	uint32_t *now = calloc(km->k, sizeof(*now));
	double *centre = calloc(km->k * km->cols + 1, sizeof(*centre));
	int rc = 0;

	if (!r || !now || !centre) {
		rc = err_nomem(err);
		goto out;
	}
	for (size_t j = 0; j < km->k; j++)
		r[j] = (struct rank_of){ .lowest = x->rows, .was = (uint32_t)j };
	for (size_t i = x->rows; i > 0; i--) {
		r[km->label[i - 1]].weight += weight_of(weight, i - 1);
		r[km->label[i - 1]].lowest = i - 1;
	}
	qsort(r, km->k, sizeof(*r), heaviest_first);
	for (size_t j = 0; j < km->k; j++) {
		now[r[j].was] = (uint32_t)j;
		memcpy(centre + j * km->cols, km->centre + r[j].was * km->cols, km->cols * sizeof(*centre));
		if (cluster_weight)
			cluster_weight[j] = r[j].weight;
	}
	memcpy(km->centre, centre, km->k * km->cols * sizeof(*centre));
	for (size_t i = 0; i < x->rows; i++)
		km->label[i] = now[km->label[i]];
	if (medoid)
		find_medoids(km, x, weight, medoid);
out:
	free(r);
	free(now);
	free(centre);
	return rc;
}
