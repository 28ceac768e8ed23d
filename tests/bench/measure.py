# SPDX-License-Identifier: GPL-3.0-or-later
"""measure.py - whole processes measured in turns, rows printed as they come and kept for docs/performance.md"""
import os, platform, statistics, time

BEGIN, END = "<!-- figures: written by make bench -->\n", "<!-- end of figures -->\n"


def median(values):
    return statistics.median(values)


def spread(values, form="%.2f"):
    return "%s (%s-%s)" % (form % median(values), form % min(values), form % max(values))


class Bench:
    def __init__(self, home):
        self.home, self.lines, self.missed, self.failed = home, [], [], 0
        os.environ.update(XDG_STATE_HOME=os.path.join(home, "state"), PPROF_TMPDIR=home, LC_ALL="C", PPROF_NO_BROWSER="1")
        os.environ.pop("CI", None)

    def once(self, cmd):
        """CPU seconds, wall seconds, peak MB of one run; children included."""
        start = time.monotonic()
        pid = os.fork()
        if pid == 0:
            null = os.open(os.devnull, os.O_RDWR)
            for fd in (0, 1, 2):
                os.dup2(null, fd)
            try:
                os.execvp(cmd[0], cmd)
            finally:
                os._exit(127)
        _, status, use = os.wait4(pid, 0)
        # 1 is a verdict of `attrib analyze`, no failure
        self.failed += os.waitstatus_to_exitcode(status) not in (0, 1)
        return use.ru_utime + use.ru_stime, time.monotonic() - start, use.ru_maxrss / 1024

    def cpu(self, cmd, rounds=3):
        return median([self.once(cmd)[0] for _ in range(rounds)])

    def say(self, line):
        print(line, flush=True)
        self.lines.append(line)

    def title(self, text):
        self.say("\n### %s\n" % text)
        self.head = None

    def row(self, head, cells):
        if head != self.head:
            if self.head:
                self.say("")
            self.head = head
            self.say("| %s |" % " | ".join(head))
            self.say("|%s" % ("---|" * len(head)))
        self.say("| %s |" % " | ".join(cells))

    def limit(self, what, share, text):
        """share: of the limit that was used; above 1 it is missed."""
        if share > 1:
            self.missed.append("%s: %s" % (what, text))
        return "%s: %.0f %% of it%s" % (text, 100 * share, " **missed**" if share > 1 else "")

    def pair(self, what, a, peer, b, need, rounds, memory=None):
        """need > 0: at most so many times the peer's CPU; < 0: the peer takes at least so many times ours."""
        self.once(a), self.once(b)
        rows = [(self.once(a), self.once(b)) for _ in range(rounds)]
        forth = [x[0] / max(y[0], 1e-4) for x, y in rows]
        back = [1 / r for r in forth]
        told = ""
        if need and need > 0:
            told = self.limit(what, median(forth) / need, "at most %g" % need)
        elif need:
            told = self.limit(what, -need / median(back), "peer / ours at least %d" % -need)
        most = max(x[2] for x, _ in rows)
        if memory:
            told += (", " if told else "") + self.limit(what, most / memory, "%d MB" % memory)
        self.row(("command", "against", "ratio of CPU, median (range)", "CPU s", "wall s", "peak MB", "limit"),
                 (what, peer, "peer / ours " + spread(back, "%.1f") if need and need < 0 else spread(forth), "%.3f / %.3f" % (median([x[0] for x, _ in rows]), median([y[0] for _, y in rows])),
                  "%.2f / %.2f" % (median([x[1] for x, _ in rows]), median([y[1] for _, y in rows])), "%.0f / %.0f" % (most, max(y[2] for _, y in rows)), told))

    def alone(self, what, cmd, wall=None, memory=None, rounds=5, between=None):
        rows = []
        for _ in range(rounds):
            rows.append(self.once(cmd))
            if between:
                self.once(between)
        told = []
        if wall:
            told.append(self.limit(what, median([r[1] for r in rows]) / wall, "%g s wall" % wall))
        if memory:
            told.append(self.limit(what, max(r[2] for r in rows) / memory, "%d MB" % memory))
        self.row(("command", "wall s, median (range)", "CPU s", "peak MB", "limit"),
                 (what, spread([r[1] for r in rows]), "%.2f" % median([r[0] for r in rows]), "%.0f" % max(r[2] for r in rows), ", ".join(told)))

    def growth(self, what, sizes, command, need, rounds):
        """Sizes in turns, so that a ratio is formed inside one round."""
        rows = [[self.once(command(n)) for n in sizes] for _ in range(rounds)]
        for k in range(1, len(sizes)):
            factor = sizes[k] / sizes[k - 1]
            ratios = [r[k][0] / r[k - 1][0] for r in rows]
            told = self.limit("%s, %d to %d" % (what, sizes[k - 1], sizes[k]), median(ratios) / need, "at most %g" % need) if factor == 2 else ""
            self.row(("what", "samples", "x", "CPU s", "ratio of CPU, median (range)", "peak MB", "limit"),
                     (what, "%d to %d" % (sizes[k - 1], sizes[k]), "%g" % factor, "%.2f" % median([r[k][0] for r in rows]), spread(ratios), "%.0f" % max(r[k][2] for r in rows), told))

    def stages(self, parts, whole):
        for name, t in parts:
            self.row(("stage", "CPU s", "share"), (name, "%.3f" % t, "%.0f %%" % (100 * t / whole)))

    def machine(self):
        model = [l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
        return "%d x %s, Linux %s, load %.1f at the end" % (len(model), model[0] if model else platform.machine(), platform.release(), os.getloadavg()[0])

    def write(self, path, rounds):
        """Each part that was measured takes the place of the part with its title; the others stay."""
        text = open(path).read()
        head, rest = text.split(BEGIN, 1)
        old, tail = rest.split(END, 1)
        parts = {}
        for part in old.split("\n### ")[1:]:
            parts[part.split("\n", 1)[0]] = part.split("\n", 1)[1].strip("\n")
        stamp = "%s, %d rounds, %s" % (time.strftime("%Y-%m-%d", time.gmtime()), rounds, self.machine())
        for part in "\n".join(self.lines).split("\n### ")[1:]:
            parts[part.split("\n", 1)[0]] = stamp + "\n\n" + part.split("\n", 1)[1].strip("\n")
        with open(path, "w") as out:
            out.write(head + BEGIN + "".join("\n### %s\n%s\n" % p for p in parts.items()) + "\n" + END + tail)

    def verdict(self):
        print("\n%d limits missed%s" % (len(self.missed), "".join("\n  " + m for m in self.missed)))
        if self.failed:
            print("%d runs FAILED" % self.failed)
        return bool(self.failed)
