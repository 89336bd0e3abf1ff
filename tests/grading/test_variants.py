#!/usr/bin/env python3
"""Other right solutions: each gets full marks, whatever its design.

A folder tests/variants/CHAPTER-DESIGN/ has the chapters' shape, with one chapter
in it. As a unit test each is graded once. For more:

    test_variants.py [--runs N] [--cc CC] [NAME …]

grades each N times and says in how many runs every test passed.
"""

import argparse
import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
import needs  # noqa: E402
from grading import CHAPTERS, ROOT, grade, tests_of  # noqa: E402

FOLDER = ROOT / "tests/variants"
RUNS = 20
ENOUGH = 2  # designs for each chapter, besides the workbook's own
FULL_MARKS = 100


class Variant:
    """One other solution."""

    def __init__(self, folder):
        self.name = folder.name
        self.impl = str(folder.relative_to(ROOT))
        [self.path] = folder.glob("*/*.c")
        self.chapter = self.path.stem

    def grade(self, cc="gcc", runs=1):
        """(points, {test: {verdict: runs}} of the tests that did not always pass)."""
        results, _ = grade(self.impl, cc, [self.chapter], repeat=runs)
        failing = {}
        for name, test in tests_of(results).items():
            verdicts = test.get("runs", {test["verdict"]: runs})
            if verdicts != {"pass": runs}:
                failing[name] = verdicts, test["message"]
        return results["chapters"][0]["points"], failing


def load():
    return [Variant(folder) for folder in sorted(FOLDER.glob("*-*"))]


@unittest.skipUnless(FOLDER.is_dir(), "a handout has no solutions")
@needs.tool("gcc")
class Variants(unittest.TestCase):
    def test_each_has_full_marks(self):
        for variant in load():
            with self.subTest(variant.name):
                points, failing = variant.grade()
                self.assertEqual(failing, {})
                self.assertEqual(points, FULL_MARKS)

    def test_each_says_what_is_different(self):
        for variant in load():
            with self.subTest(variant.name):
                self.assertTrue(variant.name.startswith(f"{variant.chapter}-"))
                self.assertRegex(variant.path.read_text(), r"\A/\* Design: ")

    def test_each_chapter_has_enough(self):
        chapters = [variant.chapter for variant in load()]
        for chapter in CHAPTERS:
            with self.subTest(chapter):
                self.assertGreaterEqual(chapters.count(chapter), ENOUGH)


def select(names):
    known = {variant.name: variant for variant in load()}
    for name in names:
        if name not in known:
            raise SystemExit(f"no other solution is called '{name}'; there are: {' '.join(known)}")
    return [known[name] for name in names or known]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--cc", default="gcc")
    call = parser.parse_args()
    variants = select(call.names)
    failed = 0
    for variant in variants:
        points, failing = variant.grade(call.cc, call.runs)
        print(f"{variant.name:32} {points:3} points  {call.cc} x {call.runs}", flush=True)
        for test, (verdicts, message) in failing.items():
            print(f"    {test}: {verdicts}: {message}", flush=True)
        failed += bool(failing) or points != FULL_MARKS
    print(f"{len(variants) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
