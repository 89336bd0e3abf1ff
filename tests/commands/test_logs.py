"""`make logs`: the programs against the book's logs, on a virtual clock and in real
time, the interrupt typed as Ctrl-C on a pseudo-terminal, and the work program's
50 s.
"""

import filecmp
import subprocess
import unittest

import here
from here import ROOT

import needs

LOGS = ("runner-timeout", "runner-interrupt", "pool", "work")
BOOKS = ("runner-timeout", "runner-interrupt")


def make(*arguments, **environment):
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env={**here.PLAIN, **environment}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


@needs.tool("gcc", "make")
class Logs(unittest.TestCase):
    def check(self, *arguments, **environment):
        done = make("logs", "IMPL=solutions", *arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    @needs.solutions()
    def test_the_very_bytes_in_any_time_zone(self):
        for zone in ("UTC", "America/Sao_Paulo"):
            for name in BOOKS:
                (ROOT / f"build/logs/{name}.log").unlink(missing_ok=True)
            printed = self.check("SCHEDULES=10", TZ=zone)
            for name in LOGS:
                self.assertRegex(printed, f"{name} +keeps every rule")
            for name in BOOKS:
                log = f"{name}.log"
                same = filecmp.cmp(ROOT / "build/logs" / log, ROOT / "tests/logs" / log, False)
                self.assertTrue(same, log)

    @needs.solutions()
    def test_the_tie_in_all_interleavings(self):
        """The book's log; the last Finish before it is told that time is up; after."""
        printed = self.check("LOG=runner-timeout")
        self.assertRegex(printed, r"\(all \d+ interleavings, 3 different logs, ")

    @needs.solutions()
    def test_the_pools_witness(self):
        self.assertIn("one the book's own", self.check("LOG=pool", "SCHEDULES=10"))
        [line] = [line for line in (ROOT / "tests/logs/pool.rules").read_text().splitlines()
                  if line.startswith("witness")]  # fmt: skip
        again = self.check("LOG=pool", f"SCHEDULE={line.split()[1]}")
        self.assertTrue((ROOT / "build/logs/pool-witness.log").read_text() in again)

    @needs.solutions()
    def test_the_pool_in_many_interleavings(self):
        self.assertIn("2000 interleavings", self.check("LOG=pool", "SCHEDULES=2000", "SEED=9"))

    @needs.solutions()
    def test_a_demo_plays_fast(self):
        for seed in ("1", "2"):
            done = make("-s", "demo", "CHAPTER=work", "IMPL=solutions", "FAST=1", f"SEED={seed}")
            self.assertEqual(done.stdout.count("\n"), 500, done.stdout)

    @needs.solutions()
    def test_the_solutions_print_the_books_logs(self):
        printed = self.check("REAL=1")
        for name in LOGS:
            self.assertIn(name, printed)


if __name__ == "__main__":
    unittest.main()
