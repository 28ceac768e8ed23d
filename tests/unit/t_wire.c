// SPDX-License-Identifier: GPL-3.0-or-later
/* t_wire.c - what comes out of the pipe is what went in, whatever its size; a killed writer leaves whole frames;
 * nonsense is seen */
#include <sys/wait.h>

#include "ingest/dump.h"
#include "tests/unit/check.h"
#include "tests/unit/tiny.h"

static uint64_t seed = 1;

static uint64_t next(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 11;
}

static int64_t some_int(void)
{
	static const int64_t edge[] = {
		0, 1, -1, 63, 64, -64, -65, INT64_MAX, -INT64_MAX, STORE_NULL, 1763632950123456789
	};
	uint64_t pick = next() % 16;

	return pick < 11 ? edge[pick] : (int64_t)(next() << (next() % 40));
}

static double some_real(void)
{
	static const double edge[] = { 0.0, -0.0, 0.1, -1e300, 5e-324 };
	uint64_t pick = next() % 8;

	return pick < 5 ? edge[pick] : pick == 5 ? NAN : pick == 6 ? INFINITY : (double)next() / 7;
}

static struct str some_str(const char *bytes, size_t max)
{
	uint64_t pick = next() % 8;

	return pick == 0   ? STR_NONE
	       : pick == 1 ? STR_LIT("")
			   : (struct str){ bytes + next() % 64, next() % (pick == 2 ? max : 40) };
}

/* Puts the same records whenever it begins with the same seed. */
static int put_some(struct sink *s, int n, const char *bytes, size_t max, struct err *err)
{
	for (int k = 0; k < n; k++) {
		enum rec_type type = (enum rec_type)(k % REC_TYPES);
		_Alignas(16) unsigned char rec[512];
		unsigned char *p = rec;

		for (int i = 0; i < rec_info[type].n_fields; i++) {
			int64_t v = some_int();
			double d = some_real();
			struct str t = some_str(bytes, max);

			if (rec_info[type].fields[i].kind == FIELD_INT)
				memcpy(p, &v, sizeof(v));
			else if (rec_info[type].fields[i].kind == FIELD_REAL)
				memcpy(p, &d, sizeof(d));
			else
				memcpy(p, &t, sizeof(t));
			p += rec_info[type].fields[i].kind == FIELD_STR ? sizeof(t) : sizeof(v);
		}
		if (s->put(s, type, rec, err))
			return 1;
	}
	return 0;
}

/* Everything that comes through the pipe; frames checked, data joined. */
static size_t read_frames(int fd, struct buf *data, struct wire_what *what, struct wire_end *end,
			  size_t counts[WIRE_TYPES])
{
	struct buf in = { .limit = 0 };
	struct str rest;
	char chunk[10000];
	ssize_t n;

	memset(counts, 0, WIRE_TYPES * sizeof(*counts));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&in, chunk, (size_t)n);
	rest = buf_view(&in);
	for (;;) {
		struct wire_frame f;
		int used = wire_frame(rest, &f);

		if (used <= 0)
			break;
		CHECK(used <= WIRE_FRAME);
		counts[f.type]++;
		if (f.type == WIRE_DATA)
			buf_str(data, f.payload);
		else if (f.type == WIRE_WHAT)
			CHECK(wire_read_what(f.payload, what));
		else if (f.type == WIRE_END)
			CHECK(wire_read_end(f.payload, end));
		rest = str_skip(rest, (size_t)used);
	}
	buf_free(&in);
	return rest.n;
}

static void round_trip(int records, size_t max)
{
	char *bytes = malloc(max + 64);
	struct buf direct = { .limit = 0 }, through = { .limit = 0 }, data = { .limit = 0 };
	struct wire_what what = { .kind = "tiny", .decoder = 7, .of_run = true }, got = { .decoder = 0 };
	struct wire_end end = { .verdict = WIRE_REFUSED, .again = true, .reason = "bad varint", .place = "byte 1042" },
			got_end = { .again = false };
	struct err err = { 0 };
	size_t counts[WIRE_TYPES], used;
	struct dump d;
	int fd[2];
	pid_t pid;

	for (size_t i = 0; i < max + 64; i++)
		bytes[i] = (char)(i * 37);
	what.sha256[31] = 9;
	CHECK(pipe(fd) == 0);
	pid = fork();
	if (pid == 0) {
		struct wire w;

		wire_init(&w, fd[1]);
		seed = 5;
		_exit(wire_begin(&w, 3, &err) || wire_what(&w, &what, &err) ||
		      put_some(&w.sink, records, bytes, max, &err) || wire_end(&w, &end, &err));
	}
	close(fd[1]);
	CHECK(read_frames(fd[0], &data, &got, &got_end, counts) == 0);
	close(fd[0]);
	waitpid(pid, NULL, 0);
	CHECK(counts[WIRE_BEGIN] == 1 && counts[WIRE_WHAT] == 1 && counts[WIRE_END] == 1 && counts[WIRE_DATA] >= 1);
	CHECK(got.decoder == 7 && got.of_run && !got.unchanged && got.sha256[31] == 9 && got.sha256[0] == 0);
	CHECK_STR(got.kind, "tiny");
	CHECK(got_end.verdict == WIRE_REFUSED && got_end.again);
	CHECK_STR(got_end.reason, "bad varint");
	CHECK_STR(got_end.place, "byte 1042");
	dump_init(&d, &direct);
	seed = 5;
	CHECK(put_some(&d.sink, records, bytes, max, &err) == 0);
	dump_init(&d, &through);
	CHECK(wire_replay(buf_view(&data), &used, &d.sink, &err) == 0);
	CHECK(used == data.len);
	CHECK(direct.len == through.len && memcmp(direct.data, through.data, direct.len) == 0);
	/* Any beginning of the stream gives whole records only, and says how far they went. */
	for (size_t n = 0; n < data.len && n < 3000; n += 7) {
		struct str part = { data.data, n };

		buf_reset(&through);
		CHECK(wire_replay(part, &used, &d.sink, &err) == 0);
		CHECK(used <= n && (through.len == 0 || memcmp(direct.data, through.data, through.len) == 0));
	}
	buf_free(&direct);
	buf_free(&through);
	buf_free(&data);
	free(bytes);
}

static void killed_writer(void)
{
	for (int round = 0; round < 20; round++) {
		struct buf data = { .limit = 0 };
		struct wire_what what;
		struct wire_end end;
		size_t counts[WIRE_TYPES], used;
		struct dump_count c;
		struct err err = { 0 };
		int fd[2];
		pid_t pid;

		CHECK(pipe(fd) == 0);
		pid = fork();
		if (pid == 0) {
			struct wire w;
			char text[300] = "text";

			wire_init(&w, fd[1]);
			(void)!wire_begin(&w, 1, &err);
			for (;;)
				(void)!put_note(&w.sink, &err,
						(struct rec_note){ STR_NONE, { text, sizeof(text) }, 1 });
		}
		close(fd[1]);
		nanosleep(&(struct timespec){ 0, 1000000 + round * 300000 }, NULL);
		kill(pid, SIGKILL);
		CHECK(read_frames(fd[0], &data, &what, &end, counts) == 0);
		waitpid(pid, NULL, 0);
		close(fd[0]);
		dump_count_init(&c);
		if (data.len)
			CHECK(wire_replay(buf_view(&data), &used, &c.sink, &err) == 0);
		buf_free(&data);
	}
}

static void nonsense(void)
{
	char bytes[WIRE_FRAME + 1] = { WIRE_DATA, 0, 0, 16 };
	struct wire_frame f;
	struct wire_what what;
	struct wire_end end;
	struct wire_died died;
	struct dump_count c;

	CHECK(wire_frame((struct str){ bytes, sizeof(bytes) }, &f) == -1); /* 4096 of payload */
	CHECK(wire_frame((struct str){ bytes, 7 }, &f) == 0);
	bytes[3] = 1;
	CHECK(wire_frame((struct str){ bytes, 100 }, &f) == 0);
	CHECK(wire_frame((struct str){ bytes, 300 }, &f) == 264);
	bytes[0] = WIRE_TYPES;
	CHECK(wire_frame((struct str){ bytes, 300 }, &f) == -1);
	CHECK(!wire_read_end(STR_LIT("\x07\0"), &end));
	CHECK(!wire_read_what(STR_LIT("\x01"), &what));
	CHECK(!wire_read_died(STR_LIT("\x0b"), &died));
	CHECK(wire_read_died(STR_LIT("\x0b\0"), &died) && died.signal == 11);
	dump_count_init(&c);
	for (int round = 0; round < 20000; round++) {
		struct err err = { 0 };
		size_t used, n = next() % 64;
		int rc;

		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)next();
		rc = wire_replay((struct str){ bytes, n }, &used, &c.sink, &err);
		CHECK((rc == 0 || rc == ERR_FORMAT) && used <= n);
		(void)wire_frame((struct str){ bytes, n }, &f);
		(void)wire_read_what((struct str){ bytes, n }, &what);
		(void)wire_read_end((struct str){ bytes, n }, &end);
	}
}

/* A text above the limit is refused where it is put, not where it is read. */
static void too_long(void)
{
	struct err err = { 0 };
	struct wire w;
	char *p = calloc(1, WIRE_STRING + 1);

	wire_init(&w, -1);
	CHECK(put_note(&w.sink, &err, (struct rec_note){ STR_NONE, { p, WIRE_STRING + 1 }, 0 }) == ERR_LIMIT);
	free(p);
}

static void text(void)
{
	struct buf b = { .limit = 0 };
	struct err err = { 0 };
	struct dump d;

	dump_init(&d, &b);
	CHECK(put_func(&d.sink, &err, (struct rec_func){ 3, STR_LIT("main.f"), STR_NONE, STORE_NULL }) == 0);
	CHECK(put_point(&d.sink, &err, (struct rec_point){ 0, -5, 0, 0.1 }) == 0);
	CHECK(put_point(&d.sink, &err, (struct rec_point){ 0, 1, STORE_NULL, NAN }) == 0);
	CHECK(put_note(&d.sink, &err, (struct rec_note){ STR_LIT("line 1"), STR_LIT("a\"b\n"), 1 }) == 0);
	CHECK_STR(b.data, "func id=3 name=\"main.f\"\npoint series=0 t=-5 span=0 value=0.1\npoint series=0 t=1\n"
			  "note place=\"line 1\" text=\"a\\\"b\\n\" lost=1\n");
	buf_free(&b);
}

int main(void)
{
	text();
	round_trip(REC_TYPES * 40, 100);
	round_trip(REC_TYPES * 10, 20000);
	round_trip(REC_TYPES, 3 << 20);
	killed_writer();
	nonsense();
	too_long();
	return check_done();
}
