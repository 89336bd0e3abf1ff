#!/usr/bin/env python3
"""Wrong solutions: each must fail, in the named test and for the stated reason.

    mutants.py [--runs N] [--cc CC] [--whole] [NAME …]

A wrong solution is a patch under tests/mutants/CHAPTER/, with the fault in
words, the verdict and the test above it. --whole also grades the whole chapter
once and prints how many tests each fault costs. The last line says how many
were caught, N runs of N.
"""

import argparse
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "grading"))
from grading import ROOT, build, grade, tests_of  # noqa: E402

RUNS = 10
AT_ONCE = 4  # a deadlock is mostly waited for, so more than there are cores
HEADER = ("Fault", "Verdict", "Test", "Interleaving")


@dataclass
class Mutant:
    """One wrong solution."""

    path: Path
    fault: str
    verdict: str
    test: str
    needs_interleaving: bool

    @property
    def chapter(self):
        return self.path.parent.name

    @property
    def name(self):
        return f"{self.chapter}/{self.path.stem}"


def load(path):
    """A patch with its header; a header that is not whole is an error."""
    fields = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line:
            break
        key, _, value = line.partition(": ")
        if key not in HEADER or not value:
            raise SystemExit(f"{path.relative_to(ROOT)}:{number}: expected one of {HEADER}")
        fields[key] = value
    missing = [key for key in HEADER if key not in fields]
    if missing:
        raise SystemExit(f"{path.relative_to(ROOT)}:1: no line '{missing[0]}: …' above the patch")
    return Mutant(
        path, fields["Fault"], fields["Verdict"], fields["Test"], fields["Interleaving"] == "yes"
    )


def lay_out(mutant):
    """A folder of the chapters' shape with the wrong solution in it."""
    folder = Path("build/mutants") / mutant.name
    shutil.rmtree(ROOT / folder, ignore_errors=True)
    [source] = (ROOT / "solutions").glob(f"*/{mutant.chapter}.c")
    target = ROOT / folder / source.parent.name / source.name
    target.parent.mkdir(parents=True)
    shutil.copy(source, target)
    done = subprocess.run(
        ["git", "apply", f"--directory={folder}", "-p2", str(mutant.path)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode != 0:
        raise SystemExit(f"{mutant.path.relative_to(ROOT)}: {done.stderr.strip()}")
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
    paths = sorted((ROOT / "tests/mutants").glob("*/*.patch"))
    known = {f"{path.parent.name}/{path.stem}": path for path in paths}
    for name in names:
        if name not in known:
            raise SystemExit(f"no wrong solution is called '{name}'; there are: {' '.join(known)}")
    return [load(known[name]) for name in names or known]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--whole", action="store_true")
    call = parser.parse_args()
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
    sys.exit(main())
