// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * labels.c - sides and filters by label
 */
#include "analyze/labels.h"

#define KNOWN_VALUES 8	/* of a key are named when none fits */

const char *labels_side(const struct pass *p, enum side side)
{
	return p->by_label ? side_name[side] : NULL;
}

int analyze_split_parse(const char *text, struct analyze_opts *o, struct err *err)
{
	static const char form[] = "--split: '%.100s' is not label=KEY:BASE,CURRENT, such as label=track:stable,canary";
	const char *key, *colon, *comma;

	if (strncmp(text, "label=", 6) != 0)
		return err_set(err, ERR_USAGE, form, text);
	key = text + 6;
	colon = strchr(key, ':');
	comma = colon ? strchr(colon, ',') : NULL;
	if (!comma || colon == key || comma == colon + 1 || !comma[1])
		return err_set(err, ERR_USAGE, form, text);
	o->split_key = (struct str){ key, (size_t)(colon - key) };
	o->split_value[0] = (struct str){ colon + 1, (size_t)(comma - colon - 1) };
	o->split_value[1] = str_from(comma + 1);
	if (str_eq(o->split_value[0], o->split_value[1]))
		return err_set(err, ERR_USAGE, "--split: both sides of '%.100s' are the same value", text);
	return 0;
}

int analyze_label_check(const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return err_set(err, ERR_USAGE, "--label: '%.100s' is not KEY=VALUE", text);
	return 0;
}

static void pair_of(const char *text, struct str *key, struct str *value)
{
	const char *equals = strchr(text, '=');

	*key = (struct str){ text, (size_t)(equals - text) };
	*value = str_from(equals + 1);
}

static int processes_with(struct pass *p, struct str key, struct str value, int64_t *n, struct err *err)
{
	return store_int(p->st, err, n, 0, "SELECT count(DISTINCT instance) FROM setting WHERE name = 'label.' || ?1 AND (?2 IS NULL OR value = ?2)", "tt", key,
			 value);
}

int labels_on_processes(struct pass *p, bool *both, struct err *err)
{
	int64_t n[2] = { 0, 0 };
	int rc = processes_with(p, p->o->split_key, p->o->split_value[0], &n[0], err);

	if (!rc)
		rc = processes_with(p, p->o->split_key, p->o->split_value[1], &n[1], err);
	*both = n[0] && n[1];
	return rc;
}

/* ERR_INPUT that names the values there are. */
static int none_has(struct pass *p, struct str key, struct str value, struct err *err)
{
	struct buf b = { .limit = 600 };
	struct stmt *q;
	int n = 0;
	int rc = store_query(p->st, &q, err,
			     "SELECT v, count(*) FROM (SELECT coalesce(str, CAST(num AS TEXT)) AS v FROM label WHERE key = ?1 UNION ALL SELECT value FROM setting"
			     " WHERE name = 'label.' || ?1) GROUP BY v ORDER BY 2 DESC, 1", "t", key);

	if (rc)
		return rc;
	while (store_next(q, err) && n++ < KNOWN_VALUES) {
		struct str v = stmt_text(q, 0);

		buf_printf(&b, "%s%.*s", n > 1 ? ", " : "", (int)(v.n < 60 ? v.n : 60), v.p);
	}
	rc = store_end(q, err);
	if (!rc)
		rc = b.len ? err_set(err, ERR_INPUT, "nothing has the label %.*s=%.*s; its values here: %.400s", (int)key.n, key.p, (int)value.n, value.p, b.data)
			   : err_set(err, ERR_INPUT, "no sample and no process has a label '%.*s'", (int)key.n, key.p);
	buf_free(&b);
	return rc;
}

/* Label sets with a pair, on a side; those are there already that had the pairs before. */
static int keep(struct pass *p, enum side side, struct str key, struct str value, bool first, struct err *err)
{
	int64_t n = 0;
	int rc;

	if (first)
		rc = store_run(p->st, err,
			       "INSERT OR IGNORE INTO split (analysis, labelset, side) SELECT 1, labelset, ?1 FROM label WHERE key = ?2"
			       " AND coalesce(str, CAST(num AS TEXT)) = ?3", "stt", side_name[side], key, value);
	else
		rc = store_run(p->st, err,
			       "DELETE FROM split WHERE side = ?1 AND labelset NOT IN (SELECT labelset FROM label WHERE key = ?2"
			       " AND coalesce(str, CAST(num AS TEXT)) = ?3)", "stt", side_name[side], key, value);
	if (!rc)
		rc = store_int(p->st, err, &n, 0, "SELECT count(*) FROM split WHERE side = ?", "s", side_name[side]);
	return rc || n ? rc : none_has(p, key, value, err);
}

static int recount(struct pass *p, struct err *err)
{
	int rc = 0;

	for (int s = 0; !rc && s < SIDES; s++)
		rc = store_int(p->st, err, &p->n_instances[s], 0,
			       "SELECT count(DISTINCT i.id) FROM stretch t JOIN instance i ON i.id = t.instance WHERE i.life = 0 AND t.side = ?", "s", side_name[s]);
	return rc;
}

/* One --label: of processes where they have the key, else of samples. */
static int filter(struct pass *p, const char *text, bool *first, struct err *err)
{
	struct str key, value;
	int64_t with_key = 0, with_value = 0;
	int rc;

	pair_of(text, &key, &value);
	rc = processes_with(p, key, STR_NONE, &with_key, err);
	if (!rc)
		rc = processes_with(p, key, value, &with_value, err);
	if (rc)
		return rc;
	if (with_key) {
		rc = with_value ? store_run(p->st, err,
					    "DELETE FROM stretch WHERE instance NOT IN (SELECT instance FROM setting WHERE name = 'label.' || ? AND value = ?)", "tt",
					    key, value)
				: none_has(p, key, value, err);
		return rc ? rc : recount(p, err);
	}
	for (int s = 0; !rc && s < SIDES; s++)
		rc = keep(p, (enum side)s, key, value, *first, err);
	*first = false;
	return rc ? rc : pass_caveat(p, err, "label", NULL, "Only samples with the label %.100s are compared; requests, GC and the load report are of the whole process.", text);
}

/* Of a label that processes have, the value that none of them has is the one to name. */
static int missing_process(struct pass *p, struct err *err)
{
	int64_t with_key = 0;
	int rc = processes_with(p, p->o->split_key, STR_NONE, &with_key, err);

	for (int s = 0; !rc && with_key && s < SIDES; s++) {
		int64_t n = 0;

		rc = processes_with(p, p->o->split_key, p->o->split_value[s], &n, err);
		if (!rc && !n)
			rc = none_has(p, p->o->split_key, p->o->split_value[s], err);
	}
	return rc;
}

int labels_apply(struct pass *p, bool split_samples, struct err *err)
{
	bool first = true;
	int rc = 0;

	if (split_samples) {
		rc = missing_process(p, err);
		for (int s = 0; !rc && s < SIDES; s++)
			rc = keep(p, (enum side)s, p->o->split_key, p->o->split_value[s], true, err);
		first = false;
	}
	for (size_t i = 0; !rc && i < p->o->n_labels; i++)
		rc = filter(p, p->o->labels[i], &first, err);
	p->by_label = !first;
	return rc;
}
