"""Grades one derived mutant, as `make check` would, and tells what came of it."""

import ctypes
import os
import resource
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/grading"), str(ROOT / "tests/mutation")]
from grading import binaries, build, graded, tests_of  # noqa: E402

import driver  # noqa: E402  (found by way of grading)
import manifest as manifests  # noqa: E402
import source as sources  # noqa: E402
import verdicts  # noqa: E402
from expected import functions_named  # noqa: E402

FOLDER = Path("build/mutation")
ADDR_NO_RANDOMIZE = 0x0040000  # as in grade.py
FREE_LIMIT = 10.0  # seconds for one test, as in grade.py
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def lay_out(mutant):
    """A folder of the chapters' shape with the mutant in it."""
    folder = FOLDER / mutant.name
    target = ROOT / folder / mutant.path.relative_to("solutions")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(mutant.text, encoding="utf-8")
    return str(folder)


def remove(folder):
    shutil.rmtree(ROOT / folder, ignore_errors=True)
    shutil.rmtree(binaries(folder, "gcc").parent, ignore_errors=True)


def judge(mutant, judgements, call):
    """A row of the table: everything that was found about one mutant."""
    folder = lay_out(mutant)
    try:
        build(folder, call.cc, [mutant.chapter])
        row = {
            "name": mutant.name, "key": mutant.key, "chapter": mutant.chapter,
            "operator": mutant.operator, "function": mutant.function, "line": mutant.line,
            "fault": mutant.fault, "equivalent": judgements.equivalent.get(mutant.key),
            "true_kinds": sorted(judgements.kinds(mutant)),
        }  # fmt: skip
        row.update(explored(mutant, folder, row, call))
        if call.usual:
            row["usual_practice"] = usual(mutant, folder, row["cpu_seconds"], call)
    finally:
        if not call.keep:
            remove(folder)
    return row


def explored(mutant, folder, row, call):
    """Graded once for each seed; the first seed gives the row's figures."""
    before = cpu_of_children()
    results, _ = graded(folder, call.cc, [mutant.chapter], seed=call.seed, jobs=1)
    seconds = cpu_of_children() - before
    found = list(tests_of(results).values())
    failing = [test for test in found if test["verdict"] in verdicts.FAILURES]
    row = told(mutant, folder, row["true_kinds"], failing)
    row.update(
        compiles=all(test["verdict"] not in ("build", "environment") for test in found),
        killed=bool(failing), failing_tests=len(failing), tests=len(found),
        points_lost=sum(test["points"] for test in failing),
        cpu_seconds=round(seconds, 2),
        schedules=min((schedules_of(test) for test in failing), default=None),
    )  # fmt: skip
    if failing:
        row["replays"] = replays(mutant, folder, row, call)
        row["seeds_killed"] = 1 + sum(
            killed_again(mutant, folder, failing, call, call.seed + n) for n in range(1, call.seeds)
        )
    return row


def schedules_of(test):
    """How many schedules the build that shows the failure needed for it."""
    return min(
        (b["explored"]["schedules"] for b in test["builds"]
         if b["explored"] and b["verdict"] == test["verdict"]),
        default=1,
    )  # fmt: skip


def told(mutant, folder, kinds, failing):
    """What the student is told, and whether it is the truth."""
    places = functions_named(mutant, (ROOT / mutant.path).read_text(encoding="utf-8"))
    tests = []
    for test in failing:
        own = [line for line in test["lines"] if line["file"].startswith(folder)]
        pointed = sorted({places[line["function"]] for line in own if line["function"] in places})
        tests.append({
            "test": test["name"], "verdict": test["verdict"], "message": test["message"],
            "interleaving": test["interleaving"], "points_at": pointed,
            "functions": [line["function"] for line in own],
            "true": test["verdict"] in kinds,
        })  # fmt: skip
    first = next((t for t in tests if t["true"] and t["points_at"]), tests[0] if tests else None)
    return {
        "verdict": first and first["verdict"], "test": first and first["test"],
        "message": first and first["message"], "points_at": first and first["points_at"],
        "interleaving": first and first["interleaving"],
        # No test says what is not so, and the one that counts points at the place.
        "right_reason": all(t["true"] for t in tests) and bool(first and first["points_at"]),
        "failing": tests,
    }  # fmt: skip


def replays(mutant, folder, row, call):
    """Does the string give the same verdict in a fresh process?"""
    if not row["interleaving"]:
        return False
    results, _ = graded(
        folder, call.cc, [mutant.chapter], row["test"], replay=row["interleaving"], jobs=1
    )
    return tests_of(results)[row["test"]]["verdict"] == row["verdict"]


def killed_again(mutant, folder, failing, call, seed):
    """Is it killed with this seed too? Those tests that failed are asked first."""
    for test in sorted(failing, key=schedules_of):
        results, _ = graded(folder, call.cc, [mutant.chapter], test["name"], seed=seed, jobs=1)
        if tests_of(results)[test["name"]]["verdict"] in verdicts.FAILURES:
            return True
    results, _ = graded(folder, call.cc, [mutant.chapter], seed=seed, jobs=1)
    return any(test["verdict"] in verdicts.FAILURES for test in tests_of(results).values())


# --- The usual practice ------------------------------------------------------


def usual(mutant, folder, seconds, call):
    """The same tests over and over on the machine's scheduler, under
    ThreadSanitizer, for the same CPU time; each at least once."""
    build(folder, call.cc, [mutant.chapter], free=True)
    chapter = manifests.load().chapter(mutant.chapter)
    exercise = sources.Exercise(chapter, folder)
    path = binaries(folder, call.cc) / "thread" / f"{mutant.chapter}.free"
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    rounds, used = 0, 0.0
    while rounds == 0 or used < seconds:
        rounds += 1
        with driver.Program(path) as program:
            for test in chapter.tests:
                outcome = program.run(test, test.limit or FREE_LIMIT)
                verdict = verdicts.judge(outcome, test, exercise, path).verdict
                total = used + cpu_of(program)
                if verdict in verdicts.FAILURES or (rounds > 1 and total >= seconds):
                    return tried(verdict, test, rounds, total)
            used += cpu_of(program)
    return tried("pass", None, rounds, used)


def tried(verdict, test, rounds, used):
    killed = verdict in verdicts.FAILURES
    return {
        "killed": killed, "verdict": verdict if killed else None,
        "test": test.name if killed else None, "rounds": rounds, "cpu_seconds": round(used, 2),
    }  # fmt: skip


def cpu_of(program):
    """Seconds used by a test program and by the tests that it ran."""
    if program.process is None:
        return 0.0
    stat = Path(f"/proc/{program.process.pid}/stat").read_text(encoding="ascii")
    return sum(map(int, stat.rpartition(")")[2].split()[11:15])) / TICKS
