#!/usr/bin/env python3
"""How often a right solution fails: never is the goal.

    false_verdicts.py [--runs N] [--gradings N] [--cc CC] [--so-far]

Runs every graded test on the solutions and on the variants, N runs in all with
as many seeds as that takes, and grades the solutions whole N times. Half of both
comes while stress-ng keeps the machine busy. What was done is kept in
build/false-verdicts.json, so a run that was ended goes on where it was, as long
as nothing that grades or is graded has changed. Exit status: 0 no right solution
failed; 1 one did; 2 not all was tried.
"""

import argparse
import contextlib
import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
from grading import CHAPTERS, ROOT, build, graded, tests_of  # noqa: E402
from test_variants import load  # noqa: E402

import files  # noqa: E402  (the book's tools, found by way of grading)
import manifest as manifests  # noqa: E402

OUT = ROOT / "build/false-verdicts.json"
RUNS, GRADINGS = 10_000, 100
DEPENDS_ON = ("solutions", "chapters", "tests", "tools/harness", "tools/explore")
SKIPPED = ("__pycache__", "book", "report", "style", "commands", "mutants", "mutation")


def stamp(cc):
    """A hash of all that grades and all that is graded."""
    whole = hashlib.sha256(cc.encode())
    for top in DEPENDS_ON:
        for path in sorted((ROOT / top).rglob("*")):
            if path.is_file() and not set(SKIPPED) & set(path.relative_to(ROOT).parts):
                whole.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return whole.hexdigest()


class Work:
    """A piece of it: one folder's chapters, graded with so many seeds."""

    def __init__(self, impl, chapters, seed, repeat, loaded):
        self.impl, self.chapters, self.seed, self.repeat = impl, chapters, seed, repeat
        self.loaded = loaded
        self.key = f"{impl} {' '.join(chapters)} {seed}+{repeat}{' loaded' if loaded else ''}"

    def do(self, cc):
        """{"runs": how many, "false": {test: {verdict: runs}}}."""
        build(self.impl, cc, self.chapters)
        results, _ = graded(
            self.impl, cc, self.chapters, seed=self.seed, repeat=self.repeat, unreduced=True
        )
        runs, false = 0, {}
        for name, test in tests_of(results).items():
            found = test.get("runs", {test["verdict"]: 1})
            runs += sum(found.values())
            if set(found) != {"pass"}:
                false[name] = {**found, "message": test["message"]}
        return {"runs": runs, "false": false}


def works(call):
    """All of it; what runs on a loaded machine comes last."""
    manifest = manifests.load()
    right = [("solutions", chapter) for chapter in CHAPTERS]
    right += [(variant.impl, variant.chapter) for variant in load()]
    tests = sum(len(manifest.chapter(chapter).tests) for _, chapter in right)
    repeat = math.ceil(call.runs / 2 / tests) if call.runs else 0
    for loaded in (False, True):
        first = 1_000_001 if loaded else 1  # other seeds than without the load
        for impl, chapter in right if repeat else ():
            yield Work(impl, [chapter], first, repeat, loaded)
        for n in range(math.ceil(call.gradings / 2)):
            yield Work("solutions", list(CHAPTERS), first + n, 1, loaded)


@contextlib.contextmanager
def load_on_the_machine():
    """Twice as many busy processes as there are cores, and memory being moved."""
    if shutil.which("stress-ng") is None:
        raise SystemExit("false_verdicts: there is no stress-ng here (tools/setup --all)")
    cores = str(2 * (os.cpu_count() or 1))
    command = ["stress-ng", "--quiet", "--cpu", cores, "--vm", "1", "--vm-bytes", "64M"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def kept(mark):
    try:
        found = json.loads(OUT.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found["done"] if found["stamp"] == mark else {}


def keep(mark, done):
    files.write_whole(OUT, json.dumps({"stamp": mark, "done": done}, indent=1).encode() + b"\n")


def do_all(todo, done, mark, cc):
    for loaded in (False, True):
        some = [work for work in todo if work.loaded == loaded]
        with load_on_the_machine() if loaded and some else contextlib.nullcontext():
            for n, work in enumerate(some, 1):
                done[work.key] = work.do(cc)
                keep(mark, done)
                state = f"{n} of {len(some)}{' on a loaded machine' if loaded else ''}"
                print(f"{state}: {work.key}", file=sys.stderr, flush=True)
                for test, found in done[work.key]["false"].items():
                    print(f"{work.key}: {test}: {found}", flush=True)


def tell(all_works, done):
    """The figures; returns the exit status."""
    false = 0
    for loaded in (False, True):
        runs = Counter()
        for work in all_works:
            found = done.get(work.key)
            if work.loaded != loaded or found is None:
                continue
            whole = len(work.chapters) > 1
            runs["gradings" if whole else "runs"] += 1 if whole else found["runs"]
            runs["false"] += sum(
                n for test in found["false"].values() for v, n in test.items() if v not in ("pass", "message")
            )
        false += runs["false"]
        where = "on a loaded machine" if loaded else "on the machine as it was"
        print(f"{runs['runs']} runs of graded tests and {runs['gradings']} whole gradings {where}:"
              f" {runs['false']} false verdicts")  # fmt: skip
    missing = sum(work.key not in done for work in all_works)
    if missing:
        print(f"{missing} of {len(all_works)} pieces are still to be done: the same command goes on")
    return 1 if false else 2 if missing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--gradings", type=int, default=GRADINGS)
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--so-far", action="store_true")
    call = parser.parse_args()
    mark = stamp(call.cc)
    all_works, done = list(works(call)), kept(mark)
    todo = [work for work in all_works if work.key not in done]
    if todo and not call.so_far:
        try:
            do_all(todo, done, mark, call.cc)
        except KeyboardInterrupt:
            print("\nended before all was done", file=sys.stderr)
    return tell(all_works, done)


if __name__ == "__main__":
    sys.exit(main())
