// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/buf.h"
#include "ingest/dump.h"
#include "ingest/tree.h"
#include "tests/unit/check.h"

static void test_child(void)
{
	struct tree t = { 0 };
	uint32_t root = tree_child(&t, (struct tree_node){ .parent = TREE_NONE, .func = 3, .line = 7 });
	uint32_t one = tree_child(&t, (struct tree_node){ .parent = root, .func = 4, .line = 8 });

	CHECK(root == 0 && one == 1);
	CHECK(tree_child(&t, (struct tree_node){ .parent = TREE_NONE, .func = 3, .line = 7 }) == root);
	CHECK(tree_child(&t, (struct tree_node){ .parent = root, .func = 4, .line = 9 }) == 2);
	CHECK(tree_child(&t, (struct tree_node){ .parent = root, .func = 4, .line = 8, .inlined = 1 }) == 3);
	CHECK(tree_child(&t, (struct tree_node){ .parent = one, .func = 4, .line = 8 }) == 4);
	for (uint32_t i = 0; i < 100000; i++)
		CHECK(tree_child(&t, (struct tree_node){ .parent = i % 5, .func = 100 + i / 5, .line = i }) == 5 + i);
	for (uint32_t i = 0; i < 100000; i += 999)
		CHECK(tree_child(&t, (struct tree_node){ .parent = i % 5, .func = 100 + i / 5, .line = i }) == 5 + i);
	CHECK(t.n == 100005);
	tree_clear(&t);
	CHECK(tree_child(&t, (struct tree_node){ .parent = TREE_NONE, .func = 1 }) == 0);
	tree_free(&t);
}

static void test_put(void)
{
	struct tree t = { 0 };
	struct buf out = { 0 };
	struct dump d;
	struct err err;
	uint32_t root = tree_append(&t, (struct tree_node){ .parent = TREE_NONE, .func = 3, .line = 7 });

	tree_append(&t, (struct tree_node){ .parent = root, .func = 0, .line = 0, .inlined = 1 });
	dump_init(&d, &out);
	CHECK(tree_put(&t, &d.sink, &err) == 0);
	CHECK_STR(out.data, "callsite id=0 func=3 line=7 inlined=0\ncallsite id=1 parent=0 func=0 line=0 inlined=1\n");
	buf_free(&out);
	tree_free(&t);
}

int main(void)
{
	test_child();
	test_put();
	return check_done();
}
