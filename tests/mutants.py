#!/usr/bin/env python3
"""Wrong solutions: each must fail, in the named test and for the stated reason.

    mutants.py [--runs N] [--cc CC] [--whole] [NAME …]

A wrong solution is a patch under tests/mutants/CHAPTER/. Above it stand the fault
in words, the verdict, the test, and the sentence of the book that explains it,
behind the anchor of its section. --whole also grades the whole chapter
once and prints how many tests each fault costs. The last line says how many
were caught, N runs of N.
"""

import argparse
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "grading"))
from grading import ROOT, build, grade, tests_of  # noqa: E402

import errors  # noqa: E402  (the book's tools, found by way of grading)
import faults  # noqa: E402

RUNS = 5  # with other seeds each
AT_ONCE = 4  # a deadlock is mostly waited for, so more than there are cores


def lay_out(fault):
    """A folder of the chapters' shape with the wrong solution in it."""
    folder = Path("build/mutants") / fault.name
    shutil.rmtree(ROOT / folder, ignore_errors=True)
    faults.lay_out(fault, ROOT / folder)
    return folder


def judge(mutant, call):
    """(what went wrong or None, a row of the table)."""
    results, _ = grade(
        str(lay_out(mutant)), call.cc, [mutant.chapter],
        test=mutant.test, repeat=call.runs, jobs=2,
    )  # fmt: skip
    test = tests_of(results)[mutant.test]
    runs = test.get("runs", {test["verdict"]: 1})
    caught = runs.get(mutant.verdict, 0)
    own = any(line["file"].startswith("build/mutants/") for line in test["lines"])
    row = [mutant.name, mutant.verdict, f"{caught}/{call.runs}", mutant.test.split("/")[1]]
    if call.whole:
        whole, _ = grade(str(lay_out(mutant)), call.cc, [mutant.chapter], jobs=2)
        failing = [t for t in tests_of(whole).values() if t["verdict"] != "pass"]
        row.append(str(len(failing)))
    if caught != call.runs:
        return f"{mutant.name}: {mutant.test} must say {mutant.verdict}, said {runs}", row
    if not own:
        return f"{mutant.name}: the verdict names no line of the student's file", row
    return None, row


def select(names):
    return [faults.find(name) for name in names or faults.paths()]


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--whole", action="store_true")
    call = parser.parse_args(argv)
    mutants = select(call.names)
    failed = 0
    build("solutions", call.cc)  # once, what all of them share
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done, (wrong, row) in enumerate(pool.map(lambda m: judge(m, call), mutants), 1):
            if sys.stderr.isatty():
                print(f"\r\033[K{done}/{len(mutants)}\r", end="", file=sys.stderr)
            print(f"{row[0]:38} {row[1]:9} {row[2]:>6}  {' '.join(row[3:])}", flush=True)
            if wrong:
                failed += 1
                print(f"    {wrong}", flush=True)
    print(f"{len(mutants) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    errors.run(main)
