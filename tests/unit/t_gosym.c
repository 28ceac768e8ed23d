// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/arena.h"
#include "core/gosym.h"
#include "tests/unit/check.h"

static void check_view(struct str got, const char *want, int line, const char *what)
{
	char text[256];

	snprintf(text, sizeof(text), "%.*s", (int)got.n, got.n ? got.p : "");
	check_str(text, want, __FILE__, line, what);
}

static struct name {
	const char *name, *package, *base, *canonical;
	int line;
} names[] = {
#define N(name, package, base, canonical)                                                                              \
	{                                                                                                              \
		name, package, base, canonical, __LINE__                                                               \
	}
	/* functions and methods */
	N("main.main", "main", "main", "main.main"),
	N("runtime.mallocgc", "runtime", "mallocgc", "runtime.mallocgc"),
	N("encoding/json.(*decodeState).object", "encoding/json", "(*decodeState).object",
	  "encoding/json.(*decodeState).object"),
	N("github.com/a/b/c.T.M", "github.com/a/b/c", "T.M", "github.com/a/b/c.T.M"),
	N("internal/runtime/syscall/linux.EpollWait", "internal/runtime/syscall/linux", "EpollWait",
	  "internal/runtime/syscall/linux.EpollWait"),
	N("main._Cfunc_napc", "main", "_Cfunc_napc", "main._Cfunc_napc"),
	N("net._C2func_getaddrinfo", "net", "_C2func_getaddrinfo", "net._C2func_getaddrinfo"),
	N("example.com/caf\xc3\xa9.\xc3\x89t\xc3\xa9.Put", "example.com/caf\xc3\xa9", "\xc3\x89t\xc3\xa9.Put",
	  "example.com/caf\xc3\xa9.\xc3\x89t\xc3\xa9.Put"),

	/* escaped paths */
	N("example.com/n.v2/y%2ev3.(*T[...]).Wait", "example.com/n.v2/y%2ev3", "(*T[...]).Wait",
	  "example.com/n.v2/y.v3.(*T[...]).Wait"),
	N("gopkg.in/yaml%2ev3.(*Decoder).Decode", "gopkg.in/yaml%2ev3", "(*Decoder).Decode",
	  "gopkg.in/yaml.v3.(*Decoder).Decode"),
	N("gopkg.in/yaml.v3.(*Decoder).Decode", "gopkg.in/yaml.v3", "(*Decoder).Decode",
	  "gopkg.in/yaml.v3.(*Decoder).Decode"),
	N("gopkg.in/yaml.v.F", "gopkg.in/yaml", "v.F", "gopkg.in/yaml.v.F"),
	N("gopkg.in/yaml.v3", "gopkg.in/yaml", "v3", "gopkg.in/yaml.v3"),
	N("gopkg.in/yaml.v3x.F", "gopkg.in/yaml", "v3x.F", "gopkg.in/yaml.v3x.F"),
	N("gopkg.in/yaml.v3-fm", "gopkg.in/yaml", "v3-fm", "gopkg.in/yaml.v3"),
	N("gopkg.in/user/pkg.v1.F", "gopkg.in/user/pkg.v1", "F", "gopkg.in/user/pkg.v1.F"),
	N("gopkg.in/yaml.v3/sub.v3.F", "gopkg.in/yaml.v3/sub", "v3.F", "gopkg.in/yaml.v3/sub.v3.F"),
	N("gopkg.in/x%2ev1.v2.F", "gopkg.in/x%2ev1.v2", "F", "gopkg.in/x.v1.v2.F"),
	N("crypto/internal/entropy/v1%2e0%2e0.SHA384", "crypto/internal/entropy/v1%2e0%2e0", "SHA384",
	  "crypto/internal/entropy/v1.0.0.SHA384"),
	N("a/b%2Ec.F", "a/b%2Ec", "F", "a/b.c.F"),
	N("a/b%25c.F", "a/b%25c", "F", "a/b%25c.F"),
	N("a/b%2", "", "a/b%2", "a/b%2"),
	N("a/b%2.F", "a/b%2", "F", "a/b%2.F"),

	/* type arguments */
	N("main.(*Queue[go.shape.int]).Put.func2.1", "main", "(*Queue[go.shape.int]).Put.func2.1",
	  "main.(*Queue[...]).Put.func"),
	N("pkg.F[go.shape.struct { A int }]", "pkg", "F[go.shape.struct { A int }]", "pkg.F[...]"),
	N("example.com/n.v2/y%2ev3.(*Queue[go.shape.struct { A int; B string }]).Put.func1", "example.com/n.v2/y%2ev3",
	  "(*Queue[go.shape.struct { A int; B string }]).Put.func1", "example.com/n.v2/y.v3.(*Queue[...]).Put.func"),
	N("example.com/n.v2/y%2ev3.Each[go.shape.map[string]example.com/n.v2/y%2ev3.K].func1",
	  "example.com/n.v2/y%2ev3", "Each[go.shape.map[string]example.com/n.v2/y%2ev3.K].func1",
	  "example.com/n.v2/y.v3.Each[...].func"),
	N("cmd/internal/par.(*Cache[[2]string,cmd/internal/par.errValue[*cmd/go/internal/modindex.IndexPackage]]).Get",
	  "cmd/internal/par",
	  "(*Cache[[2]string,cmd/internal/par.errValue[*cmd/go/internal/modindex.IndexPackage]]).Get",
	  "cmd/internal/par.(*Cache[...]).Get"),
	N("m.F[go.shape.struct { A int \"json:\\\"a]b\\\"\" }].func1", "m",
	  "F[go.shape.struct { A int \"json:\\\"a]b\\\"\" }].func1", "m.F[...].func"),
	N("m.F[int].G[string]", "m", "F[int].G[string]", "m.F[...].G[...]"),
	N("m.F[unclosed", "m", "F[unclosed", "m.F[...]"),
	N("m.F[", "m", "F[", "m.F[...]"),
	N("m.F]", "m", "F]", "m.F]"),
	N("m.a[int].z[int].A[int].Z[int]", "m", "a[int].z[int].A[int].Z[int]", "m.a[...].z[...].A[...].Z[...]"),
	N("m.F0[int].f9[int].f_[int].\xc3\xa9[int]", "m", "F0[int].f9[int].f_[int].\xc3\xa9[int]",
	  "m.F0[...].f9[...].f_[...].\xc3\xa9[...]"),
	N("m.F.[2]x", "m", "F.[2]x", "m.F.[2]x"),

	/* closures and wrappers */
	N("pkg.F.func1", "pkg", "F.func1", "pkg.F.func"),
	N("pkg.F.func1.2", "pkg", "F.func1.2", "pkg.F.func"),
	N("main.block.func11.1", "main", "block.func11.1", "main.block.func"),
	N("main.main.Handler.func2", "main", "main.Handler.func2", "main.main.Handler.func"),
	N("main.(*T).M.func1.2.3", "main", "(*T).M.func1.2.3", "main.(*T).M.func"),
	N("cmd/link/internal/ld.writeParallel.func1.deferwrap1", "cmd/link/internal/ld",
	  "writeParallel.func1.deferwrap1", "cmd/link/internal/ld.writeParallel.func.deferwrap"),
	N("pkg.F.gowrap1", "pkg", "F.gowrap1", "pkg.F.gowrap"),
	N("pkg.F.deferwrap12", "pkg", "F.deferwrap12", "pkg.F.deferwrap"),
	N("example.com/n.v2/y%2ev3.Loop-range1", "example.com/n.v2/y%2ev3", "Loop-range1",
	  "example.com/n.v2/y.v3.Loop-range"),
	N("pkg.F-range2.func1", "pkg", "F-range2.func1", "pkg.F-range.func"),
	N("pkg.F.func3-range1", "pkg", "F.func3-range1", "pkg.F.func-range"),
	N("pkg.F\xc2\xb7"
	  "dwrap\xc2\xb7"
	  "1",
	  "pkg",
	  "F\xc2\xb7"
	  "dwrap\xc2\xb7"
	  "1",
	  "pkg.F\xc2\xb7"
	  "dwrap"),
	N("golang.org/x/tools/x.findAlias.findAlias.Preorder.func1.func2", "golang.org/x/tools/x",
	  "findAlias.findAlias.Preorder.func1.func2", "golang.org/x/tools/x.findAlias.findAlias.Preorder.func.func"),
	N("pkg.T.M-fm", "pkg", "T.M-fm", "pkg.T.M"),
	N("example.com/n.v2/y%2ev3.(*T).Ptr-fm", "example.com/n.v2/y%2ev3", "(*T).Ptr-fm",
	  "example.com/n.v2/y.v3.(*T).Ptr"),

	/* what only looks counted */
	N("main.func1", "main", "func1", "main.func1"),
	N("main.func1.func1", "main", "func1.func1", "main.func1.func"),
	N("main.func1.gowrap1", "main", "func1.gowrap1", "main.func1.gowrap"),
	N("main.(*T).func1", "main", "(*T).func1", "main.(*T).func1"),
	N("main.(*T).func1.func2", "main", "(*T).func1.func2", "main.(*T).func1.func"),
	N("main.F.func1x", "main", "F.func1x", "main.F.func1x"),
	N("main.F.func", "main", "F.func", "main.F.func"),
	N("main.F.funcs2", "main", "F.funcs2", "main.F.funcs2"),
	N("main.F2", "main", "F2", "main.F2"),
	N("main.init2", "main", "init2", "main.init2"),
	N("main.glob", "main", "glob", "main.glob"),
	N("path/filepath.glob.deferwrap1", "path/filepath", "glob.deferwrap1", "path/filepath.glob.deferwrap"),
	N("main.mallocgcSmallNoScanSC2", "main", "mallocgcSmallNoScanSC2", "main.mallocgcSmallNoScanSC2"),

	/* initialisers */
	N("main.init", "main", "init", "main.init"),
	N("main.init.0", "main", "init.0", "main.init"),
	N("main.init.0.func1", "main", "init.0.func1", "main.init.func"),
	N("example.com/n.v2/y%2ev3.init.1.func1", "example.com/n.v2/y%2ev3", "init.1.func1",
	  "example.com/n.v2/y.v3.init.func"),
	N("pkg.init.func3.deferwrap1", "pkg", "init.func3.deferwrap1", "pkg.init.func.deferwrap"),
	N("net.glob..func1", "net", "glob..func1", "net.init.func"),
	N("example.com/n.v2/y%2ev3.glob..func1.2", "example.com/n.v2/y%2ev3", "glob..func1.2",
	  "example.com/n.v2/y.v3.init.func"),
	N("unicode.map.init.0", "unicode", "map.init.0", "unicode.map.init"),

	/* vendored */
	N("vendor/golang.org/x/net/idna.(*Profile).validateLabel", "vendor/golang.org/x/net/idna",
	  "(*Profile).validateLabel", "golang.org/x/net/idna.(*Profile).validateLabel"),
	N("cmd/vendor/golang.org/x/mod/semver.Sort", "cmd/vendor/golang.org/x/mod/semver", "Sort",
	  "golang.org/x/mod/semver.Sort"),
	N("example.com/app/vendor/gopkg.in/yaml%2ev3.F", "example.com/app/vendor/gopkg.in/yaml%2ev3", "F",
	  "gopkg.in/yaml.v3.F"),
	N("example.com/myvendor/x.F", "example.com/myvendor/x", "F", "example.com/myvendor/x.F"),
	N("example.com/vendor.F", "example.com/vendor", "F", "example.com/vendor.F"),

	/* the runtime's generated sizes, and the linker's ABI marks */
	N("runtime.mallocgcSmallNoScanSC2", "runtime", "mallocgcSmallNoScanSC2", "runtime.mallocgcSmallNoscan"),
	N("runtime.mallocgcSmallScanNoHeaderSC12", "runtime", "mallocgcSmallScanNoHeaderSC12",
	  "runtime.mallocgcSmallScanNoHeader"),
	N("runtime.mallocgcTinySC2", "runtime", "mallocgcTinySC2", "runtime.mallocgcTiny"),
	N("runtime.mallocgcSmallNoscan", "runtime", "mallocgcSmallNoscan", "runtime.mallocgcSmallNoscan"),
	N("runtime.gcWriteBarrier4", "runtime", "gcWriteBarrier4", "runtime.gcWriteBarrier"),
	N("runtime.gcWriteBarrier", "runtime", "gcWriteBarrier", "runtime.gcWriteBarrier"),
	N("runtime.fooSC2", "runtime", "fooSC2", "runtime.fooSC2"),
	N("runtime.mallocgc2", "runtime", "mallocgc2", "runtime.mallocgc2"),
	N("runtime.mallocgcSmall2", "runtime", "mallocgcSmall2", "runtime.mallocgcSmall2"),
	N("runtime.convT64", "runtime", "convT64", "runtime.convT64"),
	N("runtime.gcAssistAlloc.func1", "runtime", "gcAssistAlloc.func1", "runtime.gcAssistAlloc.func"),
	N("crypto/internal/fips140/aes.ctrBlocks1Asm.abi0", "crypto/internal/fips140/aes", "ctrBlocks1Asm.abi0",
	  "crypto/internal/fips140/aes.ctrBlocks1Asm"),

	/* equality of types */
	N("type:.eq.example.com/n.v2/y%2ev3.K", "example.com/n.v2/y%2ev3", "K", "type:.eq.example.com/n.v2/y.v3.K"),
	N("type..eq.net/http.connectMethodKey", "net/http", "connectMethodKey", "type:.eq.net/http.connectMethodKey"),
	N("type:.hash.net/http.http2FrameHeader", "net/http", "http2FrameHeader",
	  "type:.hash.net/http.http2FrameHeader"),
	N("type:.eq.[100]string", "", "type:.eq.[100]string", "type:.eq.[100]string"),
	N("type..eq.[2]interface {}", "", "type..eq.[2]interface {}", "type:.eq.[2]interface {}"),
	N("type:.eq.struct { net/http.a int }", "", "type:.eq.struct { net/http.a int }",
	  "type:.eq.struct { net/http.a int }"),

	/* no Go package */
	N("", "", "", ""),
	N(".", "", ".", "."),
	N("..", "", "..", ".."),
	N("malloc", "", "malloc", "malloc"),
	N(".text", "", ".text", ".text"),
	N("gcWriteBarrier", "", "gcWriteBarrier", "gcWriteBarrier"),
	N("foo.isra.0", "", "foo.isra.0", "foo.isra.0"),
	N("do_work.part.3.cold", "", "do_work.part.3.cold", "do_work.part.3.cold"),
	N("x_cgo_munmap.cold", "", "x_cgo_munmap.cold", "x_cgo_munmap.cold"),
	N("main.cold", "main", "cold", "main.cold"),
	N("memcpy@@GLIBC_2.14", "", "memcpy@@GLIBC_2.14", "memcpy@@GLIBC_2.14"),
	N("std::vector<int>::operator[](unsigned long)", "", "std::vector<int>::operator[](unsigned long)",
	  "std::vector<int>::operator[](unsigned long)"),
	N("foo(a.b)", "", "foo(a.b)", "foo(a.b)"),
	N("[vdso].x", "", "[vdso].x", "[vdso].x"),
	N("go:struct { io.Reader; io.Closer }.Read", "", "go:struct { io.Reader; io.Closer }.Read",
	  "go:struct { io.Reader; io.Closer }.Read"),
	N("a.b/c", "", "a.b/c", "a.b/c"),
	N("a/.hidden.F", "", "a/.hidden.F", "a/.hidden.F"),
	N("a.", "a", "", "a."),
#undef N
};

static void t_names(void)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct name *n = &names[i];
		struct buf once = { 0 }, twice = { 0 };

		check_view(gosym_package(str_from(n->name)), n->package, n->line, "package");
		check_view(gosym_base(str_from(n->name)), n->base, n->line, "base");
		gosym_canonical(&once, str_from(n->name));
		check_str(buf_view(&once).p, n->canonical, __FILE__, n->line, "canonical");
		gosym_canonical(&twice, buf_view(&once)); /* nothing is left to drop */
		check_str(buf_view(&twice).p, n->canonical, __FILE__, n->line, "canonical of canonical");
		buf_free(&once);
		buf_free(&twice);
	}
}

/* Every front and every tail of every name is a name too, if an odd one: package and base are parts of it. */
static void t_pieces(void)
{
	uint32_t outside = 0, growing = 0, module_in = 0, pieces = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i].name);

		for (size_t from = 0; from <= len; from++) {
			for (size_t to = from; to <= len; to++) {
				struct arena a = { 0 }; /* a byte behind it is seen under ASan */
				char *exact = arena_alloc(&a, to - from);
				struct str s = { exact, to - from }, package, base;
				struct buf b = { 0 };

				memcpy(exact, names[i].name + from, to - from);
				package = gosym_package(s);
				base = gosym_base(s);
				outside += package.n && (package.p < s.p || package.p + package.n > s.p + s.n);
				outside += base.n && (base.p < s.p || base.p + base.n > s.p + s.n);
				gosym_canonical(&b, s);
				growing += b.len > s.n + 5; /* an unclosed [ becomes [...] */
				module_in += gosym_module(package).n <= package.n || gosym_is_std(package);
				pieces++;
				buf_free(&b);
				arena_free(&a);
			}
		}
	}
	CHECK(outside == 0);
	CHECK(growing == 0);
	CHECK(pieces > 1000 && module_in == pieces);
}

static void t_std(void)
{
	static const char *const std[] = {
		"net/http", "runtime",	     "fmt",    "internal/poll", "vendor/golang.org/x/net/idna",
		"unique",   "encoding/json", "go/ast", "weak",		"simd"
	};
	static const char *const other[] = { "",
					     "main",
					     "shop/store",
					     "github.com/a/b",
					     "golang.org/x/net",
					     "go.uber.org/zap",
					     "fmtx",
					     "net.x",
					     "cmd/go",
					     "lab",
					     "example.com/net/http",
					     "internals/x",
					     "command-line-arguments",
					     "a%2eb" };

	for (size_t i = 0; i < sizeof(std) / sizeof(std[0]); i++)
		CHECK(gosym_is_std(str_from(std[i])));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		CHECK(!gosym_is_std(str_from(other[i])));
	CHECK(gosym_is_runtime(STR_LIT("runtime")) && gosym_is_runtime(STR_LIT("runtime/pprof")));
	CHECK(gosym_is_runtime(STR_LIT("internal/runtime/maps")) &&
	      gosym_is_runtime(STR_LIT("runtime/internal/syscall")));
	CHECK(!gosym_is_runtime(STR_LIT("internal/poll")) && !gosym_is_runtime(STR_LIT("runtimex")) &&
	      !gosym_is_runtime(STR_LIT("")));
}

static void t_module(void)
{
	static const char *const want[][2] = {
		{ "github.com/a/b/c", "github.com/a/b" },
		{ "github.com/a/b", "github.com/a/b" },
		{ "github.com/a", "github.com/a" },
		{ "github.com/a/b/v2/c", "github.com/a/b/v2" },
		{ "github.com/a/b/v12", "github.com/a/b/v12" },
		{ "github.com/a/b/vx/c", "github.com/a/b" },
		{ "github.com/a/b/v0/c", "github.com/a/b" },
		{ "github.com/a/b/v90/c", "github.com/a/b/v90" },
		{ "github.com/a/b/w2/c", "github.com/a/b" },
		{ "github.com/a/b/v", "github.com/a/b" },
		{ "a%2fb/c/d", "a%2fb" },
		{ "a%3eb/c/d", "a%3eb" },
		{ "a%2eb/c/d", "a%2eb/c" },
		{ "ab2e/c/d", "ab2e" },
		{ "github.com/a/b/v2x/c", "github.com/a/b" },
		{ "gitlab.com/a/b/c/d", "gitlab.com/a/b" },
		{ "golang.org/x/net/http2/hpack", "golang.org/x/net" },
		{ "google.golang.org/grpc/internal/transport", "google.golang.org/grpc" },
		{ "go.uber.org/zap/zapcore", "go.uber.org/zap" },
		{ "k8s.io/client-go/rest", "k8s.io/client-go" },
		{ "gopkg.in/yaml%2ev3", "gopkg.in/yaml%2ev3" },
		{ "gopkg.in/yaml.v3", "gopkg.in/yaml.v3" },
		{ "gopkg.in/user/pkg.v1/sub", "gopkg.in/user/pkg.v1" },
		{ "example.com/shop/store", "example.com/shop" },
		{ "example.com", "example.com" },
		{ "shop/internal/store", "shop" },
		{ "app/vendor/github.com/a/b/c", "github.com/a/b" },
		{ "main", "main" },
		{ "net/http", "std" },
		{ "vendor/golang.org/x/net/idna", "std" },
		{ "golang.org/dl/go1.25", "golang.org/dl" },
		{ "", "" },
	};

	CHECK(gosym_is_runtime(STR_LIT("internal/runtime")) && gosym_is_runtime(STR_LIT("internal/runtime/maps")));
	CHECK(gosym_is_runtime(STR_LIT("runtime/pprof")) && !gosym_is_runtime(STR_LIT("runtimes")));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		check_view(gosym_module(str_from(want[i][0])), want[i][1], __LINE__, want[i][0]);
}

static void t_path(void)
{
	struct buf b = { 0 };

	gosym_path(&b, STR_LIT("app/vendor/gopkg.in/yaml%2ev3"));
	CHECK_STR(b.data, "gopkg.in/yaml.v3");
	check_view(gosym_unvendor(STR_LIT("a/vendor/b/vendor/c")), "c", __LINE__, "the last vendor/");
	check_view(gosym_unvendor(STR_LIT("a/vendor/")), "a/vendor/", __LINE__, "nothing behind it");
	buf_reset(&b);
	gosym_path(&b, STR_LIT("a%2Eb%2fc%3e%2"));
	CHECK_STR(b.data, "a.b%2fc%3e%2");
	buf_free(&b);
}

int main(void)
{
	t_names();
	t_pieces();
	t_std();
	t_module();
	t_path();
	return check_done();
}
