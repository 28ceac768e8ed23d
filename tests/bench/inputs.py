# SPDX-License-Identifier: GPL-3.0-or-later
"""inputs.py - what is measured, made once and kept outside the tree

Profiles and texts are generated (genprof.c, gentext.c). The folders of real profiles are the Go compiler's own: every package of the standard library is
compiled twice, with a memory profile each; without Go, profiles of testdata/corpus stand in, which are smaller.
"""
import glob, os, shutil, subprocess

SHAPES = {"": ("30000", "100000", "53", "2"), "med": ("8000", "20000", "44", "1")}
PEERS = {"pprof": "github.com/google/pprof@latest", "panicparse": "github.com/maruel/panicparse/v2@latest"}
# Memory profiles of the compiler have about 100 KB at these rates. Given a folder, it writes one that names the package.
RATES = ("1024", "2048")
WRAPPER = """#!/bin/sh
tool=$1; shift
case "$tool $*" in
*/compile*-V=full*) exec "$tool" "$@" ;;
*/compile\\ *) d=%s/raw/$RATE-$$; mkdir -p "$d"; exec "$tool" -memprofile "$d" -memprofilerate "$RATE" "$@" ;;
esac
exec "$tool" "$@"
"""


class Inputs:
    def __init__(self, home, build, root, have_go):
        self.home, self.build, self.root, self.have_go = home, build, root, have_go
        os.makedirs(home, exist_ok=True)

    def path(self, *parts):
        return os.path.join(self.home, *parts)

    def made(self, name, command):
        """The file that a shell command writes to standard output."""
        path = self.path(name)
        if not os.path.exists(path):
            print("making %s" % name, flush=True)
            subprocess.run(command + " > %s.part" % path, shell=True, check=True)
            os.rename(path + ".part", path)
        return path

    def gen(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def profile(self, n, shape=""):
        return [self.made("%s%d%s.pb.gz" % (side, n, shape), "%s %s %d %s | gzip -6" % (self.gen("genprof"), flag, n, " ".join(SHAPES[shape])))
                for side, flag in (("base", ""), ("cur", "-c"))]

    def run(self, name, files):
        """A run folder of hard links: {path inside: file}."""
        run = self.path(name)
        for inside, file in files.items():
            at = os.path.join(run, inside)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            if not os.path.exists(at):
                os.link(file, at)
        return run

    def one(self, n):
        return self.run("one%d" % n, {"current/cpu.pprof": self.profile(n)[1]})

    def two(self, n, shape=""):
        f = self.profile(n, shape)
        return self.run("two%d%s" % (n, shape), {"baseline/cpu.pprof": f[0], "current/cpu.pprof": f[1]})

    def dump(self, n):
        return self.made("goroutines%d.txt" % n, "%s dump %d 4000 1" % (self.gen("gentext"), n))

    def dump_run(self, n):
        return self.run("dump%d" % n, {"current/goroutines.txt": self.dump(n)})

    def gc_log(self):
        return self.made("gc.log", "%s gctrace 1000000 1" % self.gen("gentext"))

    def gc_run(self):
        return self.run("gc", {"current/app.log": self.gc_log()})

    def compiled(self):
        """Profiles of the Go compiler at work, largest first."""
        done = self.path("raw", "done")
        if self.have_go and not os.path.exists(done):
            print("making profiles of the Go compiler (some minutes)", flush=True)
            os.makedirs(self.path("raw"), exist_ok=True)
            wrapper = self.path("wrapper")
            with open(wrapper, "w") as out:
                out.write(WRAPPER % self.home)
            os.chmod(wrapper, 0o755)
            for rate in RATES:
                env = dict(os.environ, GOCACHE=self.path("gocache"), GOFLAGS="", RATE=rate)
                subprocess.run(["go", "build", "-a", "-toolexec", wrapper, "std"], env=env, check=True, cwd=self.home)
            shutil.rmtree(self.path("gocache"), ignore_errors=True)
            open(done, "w").close()
        found = glob.glob(self.path("raw", "*", "*.memprof"))
        if not found:
            found = glob.glob(os.path.join(self.root, "testdata", "corpus", "*", "*", "*.pprof"))
        return sorted((f for f in found if os.path.getsize(f) > 200), key=lambda f: (-os.path.getsize(f), f))

    def folder(self, n):
        """n profiles of 100 KB and near it, half on each side."""
        found = self.compiled()
        near = sorted(found, key=lambda f: (abs(os.path.getsize(f) - 102400), f))[:n + 1]
        if len(near) <= n:
            return None
        self.spare = near[n]
        name = "folder%d" % n
        if os.path.exists(self.path(name)):
            return self.path(name)
        files = {}
        for k, f in enumerate(near[:n]):
            files["%s/allocs-%03d.pprof" % ("baseline" if k % 2 else "current", k // 2)] = f
        return self.run(name, files)

    def spare_profile(self):
        return self.spare

    def compiler_pair(self):
        """Two CPU profiles of 124 KB: the compiler over one large package, twice."""
        pair = [self.path("ssa%d.pprof" % k) for k in (1, 2)]
        for f in pair if self.have_go else []:
            if not os.path.exists(f):
                subprocess.run(["go", "build", "-a", "-gcflags=cmd/compile/internal/ssa=-cpuprofile=" + f, "cmd/compile/internal/ssa"], check=True, cwd=self.home)
        return pair if all(os.path.exists(f) for f in pair) else None

    def size(self, run):
        sizes = [os.path.getsize(f) for f in glob.glob(run + "/*/*.pprof")]
        return "%.0f KB each, %.0f MB in all" % (sum(sizes) / len(sizes) / 1024, sum(sizes) / 2**20)

    def installed(self, name):
        """A peer from the Go module proxy; None without Go or network."""
        path = self.path("bin", name)
        if self.have_go and not os.path.exists(path):
            subprocess.run(["go", "install", PEERS[name]], env=dict(os.environ, GOBIN=self.path("bin")), cwd=self.home)
        return path if os.path.exists(path) else None

    def demo(self):
        run = self.path("demo")
        if not os.path.exists(run):
            shutil.copytree(os.path.join(self.root, "testdata", "runs", "goroutine_bloat"), run)
            subprocess.run(["chmod", "-R", "u+w", run], check=True)
        return run
