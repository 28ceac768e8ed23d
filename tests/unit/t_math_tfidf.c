// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/math_documents.h"

#define EPS 1e-13

static void conventions(void)
{
	static const struct {
		struct tfidf_opts o;
		double idf2, idf1, idf4, d0[3], d1[3];	/* df 2, 1, 4; handle, json, reflect */
	} row[] = {
		{ { .smooth = true }, 1.8472978603872, 2.25276296849537, 1.33647223662121,
		  { .382890009082341, .529238000730661, .529238000730661 },
		  { .282248893590863, .390129897905865, .780259795811729 } },
		{ { .smooth = true, .sublinear = true }, 1.8472978603872, 2.25276296849537, 1.33647223662121,
		  { .382890009082341, .529238000730661, .529238000730661 },
		  { .310272776343994, .428865052465064, .726131654421915 } },
		{ { .smooth = false }, 2.09861228866811, 2.79175946922805, 1.40546510810816,
		  { .366146318611976, .546722333593888, .546722333593888 },
		  { .265860321763978, .396977296059778, .793954592119555 } },
		{ { .smooth = true, .raw = true }, 1.8472978603872, 2.25276296849537, 1.33647223662121,
		  { 1.33647223662121, 1.8472978603872, 1.8472978603872 },
		  { 1.33647223662121, 1.8472978603872, 3.69459572077441 } },
	};
	static const size_t col[] = { HANDLE, JSON, REFLECT };
	struct arena a = { 0 };
	double idf[TOKENS];

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct tfidf_rows m = documents(&a, &row[i].o, idf);

		CHECK(m.start[DOCUMENTS] == 28);
		CHECK_NEAR(idf[DB], row[i].idf2, EPS);
		CHECK_NEAR(idf[GREYOBJECT], row[i].idf1, EPS);
		CHECK_NEAR(idf[MAIN], row[i].idf4, EPS);
		for (size_t c = 0; c < 3; c++) {
			CHECK_NEAR(document_cell(&m, 0, col[c]), row[i].d0[c], EPS);
			CHECK_NEAR(document_cell(&m, 1, col[c]), row[i].d1[c], EPS);
		}
		CHECK(document_cell(&m, 0, DB) == 0);
	}
	arena_free(&a);
}

static void cosines(void)
{
	static const struct {
		size_t i, j;
		double want;
	} row[] = {
		{ 0, 1, .943625545870328 }, { 0, 2, .439814277165226 }, { 0, 3, .36953411549962 },
		{ 1, 2, .324210844291458 }, { 1, 3, .272403543497568 }, { 2, 3, .840204910766907 },
		{ 4, 5, .817664120748316 }, { 0, 4, 0 }, { 3, 5, 0 }, { 2, 2, 1 },
	};
	const struct tfidf_opts o = { .smooth = true }, raw = { .smooth = true, .raw = true };
	struct arena a = { 0 };
	double idf[TOKENS], dense[TOKENS] = { 0 };
	struct tfidf_rows m = documents(&a, &o, idf), r = documents(&a, &raw, idf);

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		CHECK_NEAR(tfidf_cosine(&m, row[i].i, row[i].j), row[i].want, EPS);
		CHECK_NEAR(tfidf_dot(&m, row[i].j, row[i].i), row[i].want, EPS);
		CHECK_NEAR(tfidf_cosine(&r, row[i].i, row[i].j), row[i].want, EPS);
	}
	for (size_t c = 0; c < TOKENS; c++)
		dense[c] = document_cell(&m, 3, c);
	CHECK_NEAR(tfidf_dot_dense(&m, 2, dense), .840204910766907, EPS);
	CHECK_NEAR(tfidf_norm2(&m, 5), 1, EPS);
	arena_free(&a);
}

static void edges(void)
{
	struct tfidf_entry e[] = { { 2, 1, .25 }, { 2, 1, .25 }, { 0, 0, 0 }, { 0, 1, NAN }, { 2, 0, -3 } };
	struct tfidf_entry out[] = { { 3, 0, 1 } };
	const struct tfidf_opts o = { .smooth = true, .sublinear = true };
	struct arena a = { 0 }, small = { .limit = 8 };
	struct tfidf_rows m;
	struct err err;
	double idf[2];

	CHECK(tfidf_gather(e, 5, 3, 2, &a, &m, &err) == 0);
	CHECK(m.start[0] == 0 && m.start[1] == 0 && m.start[2] == 0 && m.start[3] == 1);
	CHECK(m.val[0] == .5);
	tfidf_weigh(&m, &o, idf);
	/* 1 + ln .5 is above 0; a row without tokens stays zero. */
	CHECK_NEAR(m.val[0], 1, EPS);
	CHECK(idf[0] == 0);
	CHECK(tfidf_cosine(&m, 0, 2) == 0);
	CHECK(tfidf_gather(NULL, 0, 0, 0, &a, &m, &err) == 0);
	tfidf_weigh(&m, &o, idf);
	CHECK(m.rows == 0);
	CHECK(tfidf_gather(out, 1, 3, 2, &a, &m, &err) == ERR_INTERNAL);
	CHECK(tfidf_gather(out, 1, 30, 2, &small, &m, &err) == ERR_MEMORY);
	arena_free(&small);
	arena_free(&a);
}

int main(void)
{
	conventions();
	cosines();
	edges();
	return check_done();
}
