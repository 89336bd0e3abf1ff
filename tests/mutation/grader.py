"""Grades derived mutants, as `make check` would, and tells what was seen.

Nothing here knows what should be seen: see rows.py.
"""

import ctypes
import os
import resource
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/grading"), str(ROOT / "tests/mutation")]
from grading import binaries, build, graded, tests_of  # noqa: E402
from syntax import Source  # noqa: E402

import driver  # noqa: E402  (the harness, found by way of grading)
import manifest as manifests  # noqa: E402
import source as sources  # noqa: E402
import verdicts  # noqa: E402

FOLDER = Path("build/mutation")
ADDR_NO_RANDOMIZE = 0x0040000  # as in grade.py
FREE_LIMIT = 10.0  # seconds for one test, as in grade.py
TICKS = os.sysconf("SC_CLK_TCK")
UNGRADED = ("build", "environment")
ASKED_FIRST = 3  # tests, for each further seed


class Build:
    """A mutant laid out as a folder of the chapters' shape, and its programs.

    Used in a `with`: both are removed at its end.
    """

    def __init__(self, mutant, cc):
        self.mutant = mutant
        self.cc = cc
        self.folder = str(FOLDER / mutant.name)

    def __enter__(self):
        target = ROOT / self.folder / self.mutant.path.relative_to("solutions")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.mutant.text, encoding="utf-8")
        build(self.folder, self.cc, [self.mutant.chapter])
        return self

    def __exit__(self, *_):
        shutil.rmtree(ROOT / self.folder, ignore_errors=True)
        shutil.rmtree(binaries(self.folder, self.cc).parent, ignore_errors=True)

    def function_at(self, line):
        """The mutant's function that a line stands in, or "" if in none."""
        source = Source(self.mutant.text)
        for function in source.functions:
            if source.line(function.head[0].start) <= line <= source.line(function.body.end):
                return function.name
        return ""

    def grade(self, test="", **how):
        """{test's name: its entry} of the chapter, or of one test in it."""
        results, _ = graded(self.folder, self.cc, [self.mutant.chapter], test, jobs=1, **how)
        return tests_of(results)


def whole(built, seed):
    """The whole chapter graded once, and every test that failed, as it was found."""
    before = _cpu_of_children()
    # A check of a log has no build of its own and names no line: it does not count.
    tests = [t for t in built.grade(seed=seed, unreduced=True).values() if t["builds"]]
    return {
        "compiles": all(test["verdict"] not in UNGRADED for test in tests),
        "tests": len(tests),
        "cpu_seconds": round(_cpu_of_children() - before, 2),
        "failing": [_failing(built, t) for t in tests if t["verdict"] in verdicts.FAILURES],
    }


def _failing(built, test):
    own = [line for line in test["lines"] if line["file"].startswith(built.folder)]
    return {
        **{key: test[key] for key in ("name", "verdict", "message", "points", "charged_to")},
        "functions": [line["function"] or built.function_at(line["line"]) for line in own],
        "schedules": _schedules(test),
    }


def _schedules(test):
    """How many schedules the build that shows the failure needed for it."""
    return min(
        (b["explored"]["schedules"] for b in test["builds"]
         if b["explored"] and b["verdict"] == test["verdict"]),
        default=1,
    )  # fmt: skip


def shown(built, name, seed):
    """What the student is shown of a failing test: made simple, with a string."""
    test = built.grade(name, seed=seed)[name]
    string = test["interleaving"]
    return {
        **_failing(built, test), "interleaving": string,
        "replays": bool(string) and _replays(built, test),
    }  # fmt: skip


def _replays(built, test):
    """Does a failure come again, the same, from its string in a fresh process?"""
    again = built.grade(test["name"], replay=test["interleaving"])[test["name"]]
    return again["verdict"] == test["verdict"]


def kills(built, seeds, failing):
    """{seed: is the mutant killed with it?}, for seeds that follow each other.

    What failed before is asked first, with the fewest schedules.
    """
    for test in sorted(failing, key=lambda t: t["schedules"])[:ASKED_FIRST]:
        entry = built.grade(test["name"], seed=seeds[0], repeat=len(seeds), unreduced=True)[test["name"]]
        found = entry.get("runs", {entry["verdict"]: 1})
        if all(verdict in verdicts.FAILURES for verdict in found):
            return dict.fromkeys(seeds, True)
    return {seed: _is_killed(built, seed) for seed in seeds}


def _is_killed(built, seed):
    # A check of a log has no build of its own and names no line: it does not count.
    tests = [t for t in built.grade(seed=seed, unreduced=True).values() if t["builds"]]
    return any(test["verdict"] in verdicts.FAILURES for test in tests)


def _cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- The usual practice ------------------------------------------------------


def usual(built, seconds):
    """The same tests over and over on the machine's scheduler, under
    ThreadSanitizer, for the same CPU time; each at least once."""
    mutant = built.mutant
    build(built.folder, built.cc, [mutant.chapter], free=True)
    chapter = manifests.load().chapter(mutant.chapter)
    exercise = sources.Exercise(chapter, built.folder)
    path = binaries(built.folder, built.cc) / "thread" / f"{mutant.chapter}.free"
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    rounds, used = 0, 0.0
    while rounds == 0 or used < seconds:
        rounds += 1
        with driver.Program(path) as program:
            for test in chapter.tests:
                outcome = program.run(test, test.limit or FREE_LIMIT)
                verdict = verdicts.judge(outcome, test, exercise, path).verdict
                total = used + _cpu_of(program)
                if verdict in verdicts.FAILURES or (rounds > 1 and total >= seconds):
                    return _tried(verdict, test, rounds, total)
            used += _cpu_of(program)
    return _tried("pass", None, rounds, used)


def _tried(verdict, test, rounds, used):
    killed = verdict in verdicts.FAILURES
    return {
        "killed": killed, "verdict": verdict if killed else None,
        "test": test.name if killed else None, "rounds": rounds, "cpu_seconds": round(used, 2),
    }  # fmt: skip


def _cpu_of(program):
    """Seconds used by a test program and by the tests that it ran."""
    if program.process is None:
        return 0.0
    stat = Path(f"/proc/{program.process.pid}/stat").read_text(encoding="ascii")
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / TICKS
