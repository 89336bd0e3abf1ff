"""`make logs` in real time: the programs themselves against the book's logs, the
interrupt typed as Ctrl-C on a pseudo-terminal, and the work program's 50 s.
"""

import subprocess
import unittest

import here
from here import ROOT

import needs


@needs.tool("gcc", "make")
class Logs(unittest.TestCase):
    @needs.solutions()
    def test_the_solutions_print_the_books_logs(self):
        done = subprocess.run(
            ["make", "logs", "IMPL=solutions"], cwd=ROOT, env=here.PLAIN, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stdout)
        for name in ("runner-timeout", "runner-interrupt", "pool", "work"):
            self.assertIn(name, done.stdout)


if __name__ == "__main__":
    unittest.main()
