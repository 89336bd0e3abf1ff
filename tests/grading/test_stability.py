"""What tests/stability.py counts: it sees a wrong solution whose verdict depends on
the seed, and none that does not."""

import json
import subprocess
import sys
import unittest

from grading import ROOT

import needs

sys.path.insert(0, str(ROOT / "tests"))
import faults  # noqa: E402
import mutants  # noqa: E402

TEST = "waitgroup/work_is_visible_after_wait"
FEW = 10  # schedules: some seeds find the fault in so many, some do not


def run(folder, *options, test=TEST):
    """(exit status, the lines printed)."""
    command = [
        sys.executable, "tests/stability.py", "--no-load", "--impl", str(folder),
        "--chapters", test.partition("/")[0], "--test", test, "--schedules", str(FEW), *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).splitlines()


@needs.solutions()
class Stability(unittest.TestCase):
    def setUp(self):
        self.kept = ROOT / "build/stability.json"
        self.kept.unlink(missing_ok=True)
        self.wrong = mutants.lay_out(faults.find("waitgroup/if-for-while"))

    def test_what_depends_on_the_seed_is_counted_and_named(self):
        status, lines = run(self.wrong, "--runs", "8", "--seeds")
        self.assertEqual(status, 1, lines)
        self.assertRegex(lines[-1], r"^8 runs, 16 verdicts, [1-9]\d* differ$")
        self.assertRegex(lines[0], rf"^{TEST} \(\w+\): \w+ in the first run, then \w+ \d+ times")

    def test_the_same_seed_gives_the_same(self):
        status, lines = run(self.wrong, "--runs", "3")
        self.assertEqual((status, lines), (0, ["3 runs, 6 verdicts, 0 differ"]))

    def test_a_call_cut_short_is_taken_up(self):
        run("solutions", "--runs", "2")
        kept = json.loads(self.kept.read_text(encoding="utf-8"))
        name = f"{TEST} (thread)"
        kept["first"][name] = "wrong"
        self.kept.write_text(json.dumps(kept), encoding="utf-8")
        status, lines = run("solutions", "--runs", "3")
        self.assertEqual(status, 1, lines)
        self.assertIn("going on after run 2", lines[0])
        self.assertEqual(lines[1:], [f"{name}: wrong in the first run, then pass 1 times",
                                     "3 runs, 6 verdicts, 1 differ"])  # fmt: skip

    def test_a_log_is_a_test_like_any_other(self):
        status, lines = run("solutions", "--runs", "2", test="runner/log_of_timeout")
        self.assertEqual((status, lines), (0, ["2 runs, 2 verdicts, 0 differ"]))

    def test_what_cannot_be_run_is_said(self):
        status, lines = run("solutions", "--runs", "1")
        self.assertEqual((status, len(lines)), (2, 1), lines)
        self.assertIn("two runs at least", lines[0])


if __name__ == "__main__":
    unittest.main()
