"""What terminal.py makes of a results file, and of what is none."""

import copy
import io
import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import here
from here import ROOT

import jsonschema
import terminal

TEST = {
    "name": "pool/close_twice_closes_once", "chapter": "pool", "step": "pool.7", "points": 8,
    "earned": 0, "charged_to": None, "verdict": "deadlock", "message": "every thread waits for another one, for ever",
    "expected": None, "seen": None,
    "lines": [{"file": "chapters/2-pool/pool.c", "line": 71, "function": "pool_close",
               "text": "pthread_mutex_lock(&p->lock);"}],
    "schedules": 1, "strategy": "free", "seed": None, "interleaving": None, "seconds": 0.5,
    "command": "make check TEST=pool/close_twice_closes_once",
    "builds": [{
        "sanitizer": "thread", "verdict": "deadlock", "message": "so", "lines": [],
        "report": "", "output": "what it printed\n", "seconds": 0.5, "explored": None,
        "stacks": [{"thread": 0, "frames": [
            {"function": "pool_close", "file": "chapters/2-pool/pool.c", "line": 71}]}],
    }],
}  # fmt: skip
STEP = {"name": "pool.7", "title": "Let a second close wait", "book": "pool.7", "points": 0,
        "of": 8, "verdict": "deadlock", "tests": [TEST]}  # fmt: skip
RESULTS = {
    "schema": 1, "workbook": "0.1.0", "impl": "chapters", "cc": "gcc 12.2.0",
    "scheduler": "free", "started": "2026-01-02T03:04:05+00:00", "seconds": 1.5,
    "score": {"points": 0, "of": 8, "attempted_failures": 1}, "exit": 1, "environment": None,
    "next": {"chapter": "pool", "step": "pool.7", "title": "Let a second close wait",
             "file": "chapters/2-pool/pool.c", "line": 70,
             "command": "make hint CHAPTER=pool STEP=pool.7"},
    "chapters": [{"name": "pool", "folder": "2-pool", "title": "A pool",
                  "file": "chapters/2-pool/pool.c", "points": 0, "of": 8, "steps": [STEP]}],
}  # fmt: skip


def with_verdict(verdict, message=""):
    """RESULTS with another verdict of its one test."""
    results = copy.deepcopy(RESULTS)
    step = results["chapters"][0]["steps"][0]
    step["verdict"] = verdict
    step["tests"][0].update(verdict=verdict, message=message, lines=[], builds=[])
    return results


def printed(results):
    return "\n".join(terminal.report(results, terminal.Painter(io.StringIO())))


class Schema(unittest.TestCase):
    def setUp(self):
        self.schema = jsonschema.Schema.load(here.SCHEMA)

    def test_these_results_fit(self):
        self.assertEqual(self.schema.errors(RESULTS), [])

    def test_every_verdict_is_known_to_it(self):
        sys.path.insert(0, str(ROOT / "tools/harness"))
        import verdicts

        known = set(self.schema.root["$defs"]["verdict"]["enum"])
        self.assertEqual(known, {*verdicts.ORDER, "environment"})

    def test_what_does_not_fit(self):
        faults = {
            "a field that is missing": lambda r: r.pop("score"),
            "a field that is not known": lambda r: r.update(grade="A"),
            "a verdict that is none": lambda r: r["chapters"][0]["steps"][0].update(verdict="good"),
            "points below zero": lambda r: r["score"].update(points=-1),
            "an exit status that is none": lambda r: r.update(exit=3),
        }
        for name, spoil in faults.items():
            with self.subTest(name):
                results = copy.deepcopy(RESULTS)
                spoil(results)
                self.assertNotEqual(self.schema.errors(results), [])


class Words(unittest.TestCase):
    def test_a_failure_with_all_that_helps(self):
        said = printed(RESULTS)
        for words in (
            "deadlock     close_twice_closes_once",
            "seen      every thread waits for another one, for ever",
            "at        chapters/2-pool/pool.c:71 in pool_close()",
            "pthread_mutex_lock(&p->lock);",
            "again     make check TEST=pool/close_twice_closes_once",
            "Score: 0 of 8 points; 1 test fails",
        ):
            self.assertIn(words, said)

    def test_a_test_that_fails_by_another_steps_mistake(self):
        """It keeps its points, and the failure shown whole is one of that step's."""
        results = copy.deepcopy(RESULTS)
        [step] = results["chapters"][0]["steps"]
        earlier = copy.deepcopy(step)
        earlier.update(name="pool.3", title="Keep a returned resource", points=8)
        earlier["tests"][0].update(
            name="pool/full_queue_closes", step="pool.3", earned=8, charged_to="pool.7",
            lines=[], message="not shown",
        )  # fmt: skip
        results["chapters"][0]["steps"].insert(0, earlier)
        said = printed(results)
        self.assertRegex(said, r"deadlock +full_queue_closes +8 / 8\n +1 test above fails by a"
                               r" mistake in pool\.7, and keeps its points\.")  # fmt: skip
        self.assertNotIn("not shown", said)
        self.assertIn("every thread waits for another one", said)
        self.assertNotIn("may stand in another step", said)

    def test_last_lines_are_score_and_next_step(self):
        last = printed(RESULTS).splitlines()[-4:]
        self.assertRegex(last[0], "^Score: ")
        self.assertEqual(last[1], "Next:  pool.7  Let a second close wait")
        self.assertEqual(last[2].strip(), "chapters/2-pool/pool.c:70")

    def test_environment_means_no_score(self):
        results = with_verdict("environment", "ThreadSanitizer does not start")
        results["environment"] = {"message": "ThreadSanitizer does not start", "remedy": "make doctor"}
        said = printed(results)
        self.assertNotIn("Score", said)
        self.assertTrue(said.endswith(
            "No score: this machine prevents grading.\n"
            "ThreadSanitizer does not start\nWhat to do: make doctor"), said)  # fmt: skip

    def test_an_untouched_chapter_is_one_line(self):
        said = printed(with_verdict("todo")).splitlines()
        self.assertIn("nothing passes yet", said[1])
        self.assertEqual(said[2], "")

    def test_no_line_is_too_long(self):
        long = copy.deepcopy(RESULTS)
        test = long["chapters"][0]["steps"][0]["tests"][0]
        test["message"] = "many words " * 40
        test["lines"][0]["text"] = "x" * 300
        test["builds"] = []
        for line in printed(long).splitlines():
            self.assertLessEqual(len(line), 80, line)


class Command(unittest.TestCase):
    def call(self, text, **variables):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.json"
            path.write_text(text)
            return subprocess.run(
                [sys.executable, ROOT / "tools/report/terminal.py", path],
                env={**os.environ, **variables}, capture_output=True, text=True,
            )  # fmt: skip

    def test_no_colour_in_a_file(self):
        done = self.call(json.dumps(RESULTS))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn("\033", done.stdout)

    def test_no_results(self):
        for text in ("", "{", "[]", '{"schema": 2}', "null"):
            with self.subTest(text):
                done = self.call(text)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class Colour(unittest.TestCase):
    def at_a_terminal(self, **variables):
        """What a terminal gets."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(json.dumps(RESULTS))
            file.flush()
            ours, theirs = pty.openpty()
            environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
            subprocess.run(
                [sys.executable, ROOT / "tools/report/terminal.py", file.name],
                env={**environment, **variables}, stdout=theirs, check=True,
            )  # fmt: skip
            said = os.read(ours, 65536).decode()
            os.close(ours)
            os.close(theirs)
        return said

    def test_on_a_terminal(self):
        self.assertIn("\033[", self.at_a_terminal())

    def test_not_with_no_color(self):
        self.assertNotIn("\033", self.at_a_terminal(NO_COLOR="1"))


if __name__ == "__main__":
    unittest.main()
