// SPDX-License-Identifier: GPL-3.0-or-later
/*
 * t_godump_frames.c - frames taken two lines at a time say the same as frames taken line by line
 *
 * Texts longer than the reader's window, of stacks that repeat, with damage at random places: both ways must put the
 * same records.
 */
#include <stdlib.h>

#include "ingest/godump.h"
#include "tests/unit/decode.h"

static int by_line(struct reader *in, const struct decode_opts *o, struct sink *out, struct err *err)
{
	struct godump *g;
	struct str line, last = STR_NONE;
	uint64_t before = 0, after = 0;
	bool cut, eof = false, whole = true;
	int rc = godump_open(&g, o, out, err);

	while (!rc && !eof) {
		rc = reader_line(in, &line, &cut, &eof, err);
		if (rc || eof)
			break;
		after = reader_offset(in);
		whole = cut || after - before > line.n;
		before = after;
		g->line++;
		last = whole ? STR_NONE : line;
		rc = godump_feed(g, line, whole, err);
	}
	if (!rc)
		rc = godump_feed_end(g, last, whole, before, err);
	if (!rc)
		rc = godump_put(g, err);
	godump_close(g);
	return rc;
}

static const struct decoder decoder_by_line = { .kind = "godump", .version = 1, .decode = by_line };

static uint64_t state;

static unsigned below(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static void frame(struct buf *b, unsigned f)
{
	if (f % 5 == 0)
		buf_printf(b, "main.inlined%u(...)\n\t/src/main.go:%u\n", f, f + 1);
	else
		buf_printf(b, "example.com/a.(*T).f%u(0x%x, {0x%x?, 0x1}, ...)\n\t/src/a/f%u.go:%u +0x%x\n", f,
			   below(1u << 30), below(1u << 20), f / 2, 10 + f, below(4096));
}

static void goroutine(struct buf *b, unsigned id)
{
	static const char *const states[] = { "select", "chan receive", "IO wait", "semacquire" };
	unsigned stack = below(12);

	buf_printf(b, "goroutine %u [%s, %u minutes]:\n", id, states[stack % 4], below(3));
	for (unsigned k = 0, n = 3 + stack % 7; k < n; k++)
		frame(b, k < 2 ? stack % 4 + k : stack * 3 + k);
	buf_printf(b, "created by main.run%u in goroutine %u\n\t/src/main.go:%u +0x1f\n\n", stack % 3, below(9), stack);
}

/* One byte of the text becomes another, or a piece of it is doubled. */
static void damage(struct buf *b)
{
	static const char bytes[] = "\n\r\t (){}[]:.0x+\xff"
				    "a";
	size_t at = below((unsigned)b->len), n = below(200);
	char piece[200];

	if (below(4)) {
		b->data[at] = bytes[below(sizeof(bytes) - 1)];
		return;
	}
	n = n < b->len - at ? n : b->len - at;
	memcpy(piece, b->data + at, n);
	at = below((unsigned)(b->len - n));
	memcpy(b->data + at, piece, n);
}

static void same(unsigned seed, unsigned goroutines, unsigned damages, size_t cut)
{
	struct buf text = { .limit = 64 << 20 };
	char *want;

	state = seed;
	for (unsigned i = 0; i < goroutines; i++)
		goroutine(&text, i + 1);
	for (unsigned i = 0; i < damages; i++)
		damage(&text);
	want = strdup(decode_bytes(&decoder_by_line, text.data, text.len - cut, true));
	CHECK(want && strlen(want) > 100);
	CHECK_STR(decode_bytes(&decoder_godump, text.data, text.len - cut, true), want);
	free(want);
	buf_free(&text);
}

int main(void)
{
	same(1, 3000, 0, 0); /* 1.5 MB: many windows */
	for (unsigned seed = 2; seed < 40; seed++)
		same(seed, 700, 1 + seed * 4, below(300));
	for (unsigned seed = 40; seed < 240; seed++)
		same(seed, 8, seed % 7, below(300));
	return decode_done();
}
