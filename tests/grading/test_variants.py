#!/usr/bin/env python3
"""Other right solutions: each gets full marks, whatever its design.

A folder tests/variants/CHAPTER-DESIGN/ has the chapters' shape, with one chapter
in it. As a unit test each is graded once, with fewer schedules than a student's
work: what is looked for is a test that asks for more than its header promises,
and that shows early. For all schedules, and for more:

    test_variants.py [--runs N] [--cc CC] [--free] [NAME …]

grades each N times, on the explorer or on the machine's own scheduler, and says
in how many runs every test passed.
"""

import argparse
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
import needs  # noqa: E402
from grading import CHAPTERS, ROOT, build, grade, tests_of  # noqa: E402

FOLDER = ROOT / "tests/variants"
RUNS = 20
SCHEDULES = 60  # for one test in one build, where each is graded once
AT_ONCE = 2
ENOUGH = 6  # designs for each chapter, besides the workbook's own
FULL_MARKS = 100


class Variant:
    """One other solution."""

    def __init__(self, folder):
        self.name = folder.name
        self.impl = str(folder.relative_to(ROOT))
        [self.path] = folder.glob("*/*.c")
        self.chapter = self.path.stem

    def grade(self, cc="gcc", runs=1, **how):
        """(points, {test: {verdict: runs}} of the tests that did not always pass)."""
        results, _ = grade(self.impl, cc, [self.chapter], repeat=runs, **how)
        failing = {}
        for name, test in tests_of(results).items():
            verdicts = test.get("runs", {test["verdict"]: runs})
            if verdicts != {"pass": runs}:
                failing[name] = verdicts, test["message"]
        return results["chapters"][0]["points"], failing


def load():
    return [Variant(folder) for folder in sorted(FOLDER.glob("*-*"))]


def grade_all(variants, cc, free=False, **how):
    """Each variant with what Variant.grade() says of it, in order, as they come."""
    build("solutions", cc, free=free)  # once, what all of them share
    with ThreadPoolExecutor(AT_ONCE) as pool:
        graded = pool.map(lambda v: v.grade(cc, free=free, jobs=1, **how), variants)
        yield from zip(variants, graded, strict=True)


@unittest.skipUnless(FOLDER.is_dir(), "a handout has no solutions")
@needs.tool("gcc")
class Variants(unittest.TestCase):
    def test_each_has_full_marks(self):
        for variant, (points, failing) in grade_all(load(), "gcc", schedules=SCHEDULES):
            with self.subTest(variant.name):
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
    parser.add_argument("--free", action="store_true")
    call = parser.parse_args()
    variants = select(call.names)
    failed = 0
    how = f"{call.cc} {'free' if call.free else 'explored'} x {call.runs}"
    graded = grade_all(variants, call.cc, call.free, runs=call.runs)
    for variant, (points, failing) in graded:
        print(f"{variant.name:32} {points:3} points  {how}", flush=True)
        for test, (verdicts, message) in failing.items():
            print(f"    {test}: {verdicts}: {message}", flush=True)
        failed += bool(failing) or points != FULL_MARKS
    print(f"{len(variants) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
