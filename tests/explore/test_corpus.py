"""The corpus at a glance: each broken program is found, each failure replays, no
right program is blamed, reduced search loses no state. corpus.py --whole takes
more seeds and schedules."""

import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import corpus  # noqa: E402


def call_on_both(program):
    """What a program says of few schedules, on fibers and on kernel threads."""
    setting = corpus.Setting(seeds=1, passes=200)
    options = [*program.options, "--schedules", 40, "--unreduced", "--table"]
    return [
        corpus.call(setting, "thread", program, *options, *more)
        for more in ((), ("--kernel-threads",))
    ]


class Corpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        corpus.build("gcc", corpus.BUILDS)
        setting = corpus.Setting(seeds=2, passes=200)
        cls.programs = corpus.programs()
        cls.findings = corpus.examine(setting, cls.programs, corpus.BUILDS)

    def complain(self, wanted):
        """Nothing went wrong with the programs that are wanted."""
        said = [
            f"{finding.program.name} ({finding.build}): {text}"
            for finding in self.findings
            if wanted(finding.program)
            for text in finding.complaints
        ]
        if said:
            self.fail("\n" + "\n".join(said))

    def test_there_are_enough(self):
        """At least forty, broken and right, and every verdict among the answers."""
        scenarios = [p for p in self.programs if p.states is None]
        self.assertGreaterEqual(len([p for p in scenarios if not p.right]), 30)
        self.assertGreaterEqual(len([p for p in scenarios if p.right]), 10)
        self.assertGreaterEqual(len(self.programs) - len(scenarios), 10)
        self.assertEqual(set().union(*(p.answers for p in scenarios)), corpus.VERDICTS)

    def test_broken_are_found_and_replay(self):
        self.complain(lambda program: not program.right)

    def test_right_ones_pass(self):
        self.complain(lambda program: program.right and program.states is None)

    def test_reduced_search_loses_no_state(self):
        self.complain(lambda program: program.states is not None)

    def test_fibers_and_kernel_threads_do_the_same(self):
        """The same schedules, to the same verdicts, lines and tables."""
        programs = [program for program in self.programs if "thread" in program.builds]
        with ThreadPoolExecutor(2) as pool:
            for program, (fibers, kernel) in zip(programs, pool.map(call_on_both, programs)):
                with self.subTest(program=program.name):
                    self.assertEqual(fibers, kernel)


if __name__ == "__main__":
    unittest.main()
