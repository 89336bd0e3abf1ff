"""Grades a folder the way `make check` does, and hands the results over."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools/book"), str(ROOT / "tools/harness")]

CHAPTERS = ("waitgroup", "runner", "pool", "work")


def build(impl, cc="gcc", chapters=CHAPTERS, free=False, test=""):
    """Build the test programs; what cannot be built is the grader's to tell."""
    log = binaries(impl, cc) / "build.log"
    choices = [*(["FREE=1"] if free else []), *([f"TEST={test}"] if test else [])]
    done = _make(impl, cc, chapters, "binaries", "-k", *choices)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    return log


def grade(impl, cc="gcc", chapters=CHAPTERS, free=False, test="", **how):
    """(results.json as a dict, the grader's exit status)."""
    build(impl, cc, chapters, free, test)
    return graded(impl, cc, chapters, test, free=free, **how)


def graded(
    impl, cc, chapters, test="", repeat=1, jobs=None, free=False, seed=1, replay="", schedules=None,
    unreduced=False,
):
    """The same for what has been built."""
    log = binaries(impl, cc) / "build.log"
    results = log.with_name("results.json")
    command = [
        sys.executable, ROOT / "tools/harness/grade.py", "--impl", impl, "--cc", cc,
        "--chapters", " ".join(chapters), "--test", test, "--repeat", str(repeat),
        "--scheduler", "free" if free else "explored", "--binaries", log.parent, "--log", log,
        "--results", results, "--seed", str(seed), "--replay", replay,
    ]  # fmt: skip
    if schedules:
        command += ["--schedules", str(schedules)]
    if unreduced:
        command += ["--unreduced"]
    if jobs:
        command += ["--jobs", str(jobs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.stderr:
        raise AssertionError(done.stderr)
    return json.loads(results.read_text(encoding="utf-8")), done.returncode


def tests_of(results):
    """{test's name: its entry} of a results file."""
    return {
        test["name"]: test
        for chapter in results["chapters"]
        for step in chapter["steps"]
        for test in step["tests"]
    }


def binaries(impl, cc):
    return ROOT / "build/impl" / os.fspath(impl).rstrip("/").replace("/", "_") / cc


def _make(impl, cc, chapters, *arguments):
    # One make a chapter list: CHAPTER= takes one, no CHAPTER= means all.
    one = [f"CHAPTER={chapters[0]}"] if len(chapters) == 1 else []
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE") and k != "MFLAGS"}
    return subprocess.run(
        ["make", *arguments, "-j2", f"IMPL={impl}", f"CC={cc}", *one],
        cwd=ROOT, capture_output=True, text=True, env=environment,
    )  # fmt: skip
