"""make new-chapter: what it lays out compiles, is documented and is listed, and is
worth no point yet. It does so in a copy of the workbook."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from here import PLAIN

import copies
import needs



@needs.solutions()
@needs.tool("make", "gcc", "clang-format", "eu-stack")
class NewChapter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name) / "workbook"
        copies.lay_out(cls.root)
        cls.said = cls.run_in("make", "new-chapter", "NAME=meter")

    @classmethod
    def run_in(cls, *command):
        done = subprocess.run(command, cwd=cls.root, capture_output=True, text=True, env=PLAIN)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def verdicts(self, *words):
        self.run_in("make", "check", "CHAPTER=meter", *words)
        results = json.loads((self.root / "build/results.json").read_text())
        [chapter] = results["chapters"]
        self.assertEqual(chapter["of"], 0)
        return [test["verdict"] for step in chapter["steps"] for test in step["tests"]]

    def test_its_files_are_named(self):
        for name in ("chapters/4-meter/meter.h", "tests/meter_test.c", "book.md"):
            self.assertIn(name, self.said)
            self.assertTrue((self.root / name).is_file())

    def test_its_solution_passes_and_its_skeleton_is_to_do(self):
        self.assertEqual(self.verdicts("IMPL=solutions"), ["pass"])
        self.assertEqual(self.verdicts(), ["todo"])

    def test_its_example_runs(self):
        self.assertIn("a first example of meter", self.run_in("make", "examples", "CHAPTER=4"))

    def test_it_is_listed_and_every_view_is_of_its_source(self):
        for tool, *words in (
            ("manifest.py", "check"), ("skeletons.py", "check"), ("references.py",),
            ("listings.py", "check", "--quick"),
        ):  # fmt: skip
            self.run_in(sys.executable, f"tools/book/{tool}", *words)

    @needs.tool("doxygen")
    def test_it_is_documented(self):
        self.run_in("make", "docs", "EDITION=instructor")
        site = self.root / "build/docs/instructor"
        self.assertIn("meter_add", (site / "meter_8h.html").read_text())
        self.assertIn("4 meter", (site / "book-4-meter.html").read_text())
        self.assertIn("meter.1", (site / "exercises.html").read_text())

    def test_it_is_formatted(self):
        files = [
            path for folder in ("chapters", "solutions", "tests")
            for path in sorted((self.root / folder).rglob("*.[ch]")) if "meter" in str(path)
        ]  # fmt: skip
        self.assertEqual(len(files), 5)
        self.run_in("clang-format", "--dry-run", "-Werror", *files)


if __name__ == "__main__":
    unittest.main()
