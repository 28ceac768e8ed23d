// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * folded.c - "a;b;c 12": stacks on one line, for flame graphs
 *
 * The usual order is root first. fgprof writes the leaf first, and its stacks end in runtime.goexit: where most lines
 * of the head end in a root of Go (and do not begin with one), stacks are turned over and it is fgprof's. fgprof looks
 * 99 times a second, always; so its counts are times, as in its other form, and one measure compares both. Of other
 * tools nothing says what a count stands for: 'samples'.
 */
#include "core/fmt.h"
#include "ingest/legacy.h"

#define FGPROF_PERIOD (1000000000 / 99)

/* The stack and the count behind its last blank. */
static bool split(struct str line, struct str *stack, int64_t *count)
{
	const char *blank;

	while (line.n && (line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
		line.n--;
	blank = line.n ? memrchr(line.p, ' ', line.n) : NULL;
	if (!blank || blank == line.p)
		return false;
	*stack = (struct str){ line.p, (size_t)(blank - line.p) };
	return fmt_parse_int(str_skip(line, stack->n + 1), count) && *count >= 0;
}

static struct str first_frame(struct str stack)
{
	const char *end = memchr(stack.p, ';', stack.n);

	return end ? (struct str){ stack.p, (size_t)(end - stack.p) } : stack;
}

static struct str last_frame(struct str stack)
{
	const char *at = memrchr(stack.p, ';', stack.n);

	return at ? str_skip(stack, (size_t)(at - stack.p) + 1) : stack;
}

static bool is_root(struct str name)
{
	return str_is(name, "runtime.goexit") || str_is(name, "runtime.main") || str_is(name, "main.main");
}

/* The next line of the head; false: none that is whole. */
static bool next_line(struct str *head, struct str *line)
{
	const char *nl = head->n ? memchr(head->p, '\n', head->n) : NULL;

	if (!nl)
		return false;
	*line = (struct str){ head->p, (size_t)(nl - head->p) };
	*head = str_skip(*head, line->n + 1);
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool leaf_first(struct str head)
{
	uint64_t lines = 0, ends = 0, begins = 0;
	struct str line, stack;
	int64_t count;

	while (next_line(&head, &line)) {
		if (!split(line, &stack, &count))
			continue;
		lines++;
		ends += is_root(last_frame(stack));
		begins += is_root(first_frame(stack));
	}
	return ends * 2 > lines && ends > begins;
}

static int push(struct legacy *l, struct str name, struct err *err)
{
	if (name.n == 0)
		return 0;
	return legacy_push(l, name, STR_LIT(""), (struct legacy_frame){ 0 }, err);
}

/* Frames are kept leaf first. */
static int add_line(struct legacy *l, struct str stack, bool leaf, int64_t count, struct err *err)
{
	struct legacy_row row = { 0 };
	int rc = 0;

	while (stack.n && !rc) {
		struct str name = leaf ? first_frame(stack) : last_frame(stack);

		rc = push(l, name, err);
		if (leaf)
			stack = str_skip(stack, name.n + (name.n < stack.n));
		else
			stack.n -= name.n + (name.n < stack.n);
	}
	row.value[0] = count;
	if (!rc && leaf && __builtin_mul_overflow(count, FGPROF_PERIOD, &row.value[1]))
		rc = legacy_int(9e18, &row.value[1], err);
	return rc ? rc : legacy_add(l, row, err);
}

static int read_lines(struct legacy *l, bool leaf, struct err *err)
{
	struct str line, stack;
	bool cut, eof;
	int64_t count;
	int rc;

	while (!(rc = reader_line(l->in, &line, &cut, &eof, err)) && !eof) {
		if (line.n == 0)
			continue;
		if (!cut && split(line, &stack, &count))
			rc = add_line(l, stack, leaf, count, err);
		else if (l->odd++ == 0)
			l->odd_line = reader_line_number(l->in);
		if (rc)
			break;
	}
	return rc;
}

static int decode(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	const struct legacy_measure wall = { .metric = STR_LIT("wall"), .amount_unit = "ns", .extent = "interval",
					     .amount_col = 1, .period = FGPROF_PERIOD };
	const struct legacy_measure samples = { .metric = STR_LIT("samples"), .amount_unit = "count",
						.extent = "interval", .period = STORE_NULL };
	struct legacy l;
	struct str head = STR_NONE;
	bool leaf = false;
	int rc;

	legacy_init(&l, in, o, out);
	rc = reader_peek(in, 64 << 10, &head, err);
	if (!rc) {
		leaf = leaf_first(head);
		rc = read_lines(&l, leaf, err);
	}
	if (!rc && l.n_rows == 0)
		rc = err_set(err, ERR_FORMAT, "holds no line 'frame;frame count'");
	if (!rc)
		legacy_version(&l);
	if (!rc && leaf)
		rc = legacy_note(&l, false, 0, err, "stacks begin at the leaf, so it is fgprof's: a count is 1/99 s");
	if (!rc)
		rc = legacy_put(&l, leaf ? &wall : &samples, 1, false, NULL, NULL, err);
	legacy_free(&l);
	return rc;
}

/* Every whole line of the head ends in a count, and most have several frames. */
static bool sniff(struct str head)
{
	uint64_t lines = 0, several = 0;
	struct str line, stack;
	int64_t count;

	while (next_line(&head, &line)) {
		if (!split(line, &stack, &count))
			return false;
		lines++;
		several += memchr(stack.p, ';', stack.n) != NULL;
	}
	return lines && several * 2 > lines;
}

const struct decoder decoder_folded = { .kind = "folded", .version = 1, .sniff = sniff, .decode = decode };
