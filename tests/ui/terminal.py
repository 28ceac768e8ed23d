# SPDX-License-Identifier: GPL-3.0-or-later
"""terminal - a program on a real terminal: tmux emulates it and shows what a person would see

One server for a test, spoken to over tmux' control mode (one process, an answer a command), so that a screen costs a millisecond.
A test never sleeps for a screen: it polls until the text is there, or says what was there instead.
"""
import os
import re
import subprocess
import time

WAIT = float(os.environ.get("TRIAGE_WAIT", "30"))  # s until a screen counts as wrong; machines are slow, programs are not


class Tmux:
    def __init__(self, name):
        self.socket = "attrib-%s-%d" % (name, os.getpid())
        self.p = subprocess.Popen(
            ["tmux", "-L", self.socket, "-f", "/dev/null", "-C", "new-session", "-s", "hold", "-x", "80", "-y", "24", "sleep 100000"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C.UTF-8"))
        self._answer()
        self.do("set -g remain-on-exit on")
        self.do("set -g escape-time 0")

    def _answer(self):
        """The lines between %begin and %end; %error is an error."""
        lines, inside = [], False
        while True:
            raw = self.p.stdout.readline()
            if not raw:
                raise RuntimeError("tmux ended")
            line = raw.decode("utf-8", "replace").rstrip("\n")
            if line.startswith("%begin "):
                inside, lines = True, []
            elif inside and line.startswith("%end "):
                return lines
            elif inside and line.startswith("%error "):
                raise RuntimeError("tmux: " + " ".join(lines))
            elif inside:
                lines.append(line)

    def do(self, command):
        self.p.stdin.write((command + "\n").encode())
        self.p.stdin.flush()
        return self._answer()

    def close(self):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], stderr=subprocess.DEVNULL, timeout=20)
        self.p.wait(20)


def quote(s):
    return "'" + s.replace("'", "'\\''") + "'"


class Terminal:
    """A pane of its own with one program in it."""
    count = 0

    def __init__(self, tmux, argv, columns=80, rows=24, env=None):
        Terminal.count += 1
        self.tmux, self.name = tmux, "t%d" % Terminal.count
        words = ["env"] + ["%s=%s" % kv for kv in (env or {}).items()] + list(argv)
        command = " ".join(quote(w) for w in words)
        tmux.do("new-session -d -s %s -x %d -y %d %s" % (self.name, columns, rows, quote(command)))
        self.last = ""

    def keys(self, *keys):
        for k in keys:
            if len(k) > 1 and k.startswith("="):  # text, typed as it is
                self.tmux.do("send-keys -t %s -l -- %s" % (self.name, quote(k[1:])))
            else:
                self.tmux.do("send-keys -t %s -- %s" % (self.name, quote(k)))

    def resize(self, columns, rows):
        self.tmux.do("resize-window -t %s -x %d -y %d" % (self.name, columns, rows))

    def lines(self):
        return [l.rstrip() for l in self.tmux.do("capture-pane -p -t %s" % self.name)]

    def dead(self):
        """Exit status, or None while it runs."""
        out = self.tmux.do("display-message -p -t %s '#{pane_dead} #{pane_dead_status}'" % self.name)[0].split()
        return int(out[1]) if len(out) > 1 and out[0] == "1" else None

    def pid(self):
        return int(self.tmux.do("display-message -p -t %s '#{pane_pid}'" % self.name)[0])

    def wait(self, test, what, seconds=None, still=0):
        """Until test(lines) is true, and for `still` seconds nothing else is drawn. Returns the lines; raises with the screen when it never is."""
        end = time.time() + (seconds or WAIT)
        seen, since = None, 0
        while True:
            lines = self.lines()
            if lines != seen:
                seen, since = lines, time.time()
            if test(lines) and time.time() - since >= still:
                return lines
            if time.time() > end:
                raise AssertionError("%s is not on the screen:\n%s" % (what, "\n".join("    |" + l for l in lines)))
            time.sleep(.01)

    def kill(self):
        self.tmux.do("kill-session -t %s" % self.name)


def squash(text):
    return re.sub(r"\s+", "", text)


def holds(lines, want):
    """Is it there, wherever lines were wrapped? A name may be cut in its middle: both ends must stand on one line."""
    if squash(want) in squash("".join(lines)):
        return True
    for line in lines:
        for m in re.finditer(r"…|\.\.\.", line):
            for n in range(len(want) - 1, 5, -1):  # the longest beginning that stands before the cut
                head = want[:n]
                if line[:m.start()].endswith(head):
                    tail = re.match(r"[^\s]*", line[m.end():]).group(0).rstrip(":;,)")
                    if len(tail) >= 3 and want.endswith(tail[:len(tail)]):
                        return True
                    break
    return False
