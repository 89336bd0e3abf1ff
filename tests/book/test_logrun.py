"""Running demos in real time: terminals, limits, and programs that misbehave."""

import os
import signal
import subprocess
import sys
import time
import unittest

import here

RULES = """\
program   tiny
exit      0
limit     LIMIT s
line  go    Go {n}
line  stop  Stopped
rule  known-lines  : Every line is known.
rule  count  line=go  is=2  : It goes twice.
rule  local-time  real-seconds=2  : The time stamps show the local time.
"""

TERMINAL = """\
program   key
exit      2
limit     LIMIT s
type  ^C  when  Go 1
line  go    Go {n}
line  stop  Stopped
rule  known-lines  : Every line is known.
rule  count  line=stop  is=1  : It is stopped once.
"""

SAY = 'say() { echo "$(date "+%Y/%m/%d %H:%M:%S") $*"; }\n'


class Demos(here.Workbook):
    """Shell scripts that stand for demos."""

    def rules(self, limit, page=RULES, name="tiny"):
        self.put(f"tests/logs/{name}.rules", page.replace("LIMIT", str(limit)))

    def program(self, script, name="tiny"):
        path = self.put(f"demos/{name}.demo", "#!/bin/sh\n" + SAY + script)
        path.chmod(0o755)

    def logs(self, *arguments, status):
        """What `logs.py run` prints."""
        out = ["--demos", self.root / "demos", "--out", self.root / "out"]
        return self.tool("logs.py", "run", *out, *arguments, status=status)

    def broken(self, script, *said):
        """The program breaks a rule, and each of these things is said of it."""
        self.program(script)
        printed = self.broken_logs()
        for words in said:
            self.assertIn(words, printed)

    def broken_logs(self):
        """What is printed when a rule is broken: nothing of it on stderr."""
        command = [sys.executable, here.BOOK / "logs.py", "--root", self.root]
        command += ["run", "--demos", self.root / "demos"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        return done.stdout


class Running(Demos):
    """Without a terminal."""

    def setUp(self):
        super().setUp()
        self.rules(10)

    def test_right(self):
        self.program("say Go 1; say Go 2")
        self.assertIn("tiny              keeps every rule", self.logs(status=0))
        self.assertRegex(self.read("out/tiny.log"), r"^[0-9/]+ [0-9:]+ Go 1\n.* Go 2\n$")

    def test_prints_nothing(self):
        self.broken("exit 0", "printed nothing")

    def test_partial_line(self):
        self.broken("say Go 1; printf 2026", "line 2 is not complete", "wrong   2026")

    def test_crash(self):
        self.broken("say Go 1; kill -SEGV $$", "it was ended by SIGSEGV")

    def test_never_ends(self):
        self.rules(1)
        start = time.monotonic()
        self.broken("say Go 1; while :; do sleep 1; done", "had not ended after 1 s")
        self.assertLess(time.monotonic() - start, 8)

    def test_leaves_a_process_behind(self):
        self.rules(1)
        self.broken("say Go 1; sleep 600 & echo $! >&2; say Go 2", "had not ended after 1 s")

    def test_prints_without_end(self):
        self.broken("say Go 1; exec yes", "it was stopped after printing")

    def test_another_time_zone(self):
        self.program("export TZ=UTC-9; say Go 1; say Go 2")
        os.environ["TZ"] = "UTC"
        self.addCleanup(os.environ.pop, "TZ")
        self.assertIn("show the local time", self.broken_logs())

    def test_last_words_are_shown(self):
        self.broken("echo 'x.c:7: lock: busy' >&2; exit 4", "status 4", "x.c:7: lock: busy")

    def test_unwritten_step_is_no_failure(self):
        self.program("say Go 1; echo 'step tiny.3 is not written yet: ...' >&2; exit 3")
        printed = self.logs(status=0)
        self.assertIn("todo: step tiny.3 is not written yet", printed)
        self.assertIn("0 as promised, 0 broken, 1 not written yet", printed)

    def test_program_missing(self):
        self.assertIn("`make demo CHAPTER=tiny` says why not", self.broken_logs())

    def test_unknown_chapter(self):
        error = self.logs("tyni", status=2)
        self.assertIn("no chapter with a log is called 'tyni'; there are: tiny", error)

    def test_side_by_side(self):
        """Each waits for the other one: they must run at once."""
        self.rules(10, RULES.replace("tiny", "other"), "other")
        meet = f"cd {self.root}; say Go 1; touch %s; until [ -e %s ]; do sleep 0.1; done; say Go 2"
        self.program(meet % ("a", "b"))
        self.program(meet % ("b", "a"), "other")
        self.assertIn("2 as promised", self.logs(status=0))


class Keys(Demos):
    """Ctrl-C, typed on a terminal."""

    def setUp(self):
        super().setUp()
        self.rules(5, TERMINAL, "key")

    def test_right(self):
        self.program("trap 'say Stopped; exit 2' INT; say Go 1; sleep 3; say Go 2", "key")
        self.assertIn("keeps every rule", self.logs(status=0))
        self.assertRegex(self.read("out/key.log"), r"Go 1\n\^C\S+ \S+ Stopped\n$")

    def test_right_even_where_interrupts_are_ignored(self):
        """As in a job that a shell started in the background."""
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.addCleanup(signal.signal, signal.SIGINT, before)
        self.test_right()

    def test_dies_of_it(self):
        self.program("say Go 1; sleep 3; say Go 2", "key")
        self.assertIn("it was ended by SIGINT", self.broken_logs())

    def test_the_line_never_comes(self):
        self.program("say Stopped; exit 2", "key")
        self.assertIn("^C was never typed: `Go 1` never appeared", self.broken_logs())


if __name__ == "__main__":
    unittest.main()
