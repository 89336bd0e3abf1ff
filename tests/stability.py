#!/usr/bin/env python3
"""Are verdicts exact? Runs all graded tests again and again on a busy machine.

    stability.py [--runs N] [--seeds] [--no-load] [--impl DIR] [--cc CC]
                 [--chapters 'NAME …'] [--test NAME] [--schedules N]

Each run judges each test in both sanitizer builds, as `make check` does, with
the test programs built before the first. The first run's verdicts are what the
others are held against. --seeds: each run with a seed of its own. While it runs,
stress-ng computes on all cores. What is done is kept in build/stability.json
after each run: a call that was cut short is taken up where it was.

The last line: `RUNS runs, VERDICTS verdicts, D differ`. Exit status: 0 none
differs, 1 some do and are named, 2 it was not possible.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "grading"))
from grading import CHAPTERS, ROOT, binaries, build  # noqa: E402

import driver  # noqa: E402
import errors  # noqa: E402
import files  # noqa: E402
import grade  # noqa: E402

KEPT = ROOT / "build/stability.json"
SEED = 1
# More than there are cores: grader and test wait for each other in turn.
WORKERS = 2 * (os.cpu_count() or 1)


class Tally:
    """What the runs so far have said, kept on disk."""

    def __init__(self, key, path=KEPT):
        self.key = key  # of what is run: other programs, another tally
        self.path = path
        self.runs = 0
        self.verdicts = 0
        self.first = {}  # "test (build)" -> verdict
        self.differing = {}  # the same -> {verdict: in how many runs}

    def take_up(self, runs):
        """Go on where a call for at least so many runs was cut short, if one was."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["key"] == self.key and kept["runs"] < runs:
                vars(self).update(kept)

    def add(self, found):
        """The verdicts of one more run: {"test (build)": verdict}."""
        for name, verdict in found.items():
            if verdict != self.first.setdefault(name, verdict):
                counts = self.differing.setdefault(name, {})
                counts[verdict] = counts.get(verdict, 0) + 1
        self.runs += 1
        self.verdicts += len(found)
        kept = {k: v for k, v in vars(self).items() if k != "path"}
        files.write_whole(self.path, json.dumps(kept, indent=1).encode())

    @property
    def differ(self):
        return sum(sum(counts.values()) for counts in self.differing.values())

    def told(self):
        """The lines that the call ends with."""
        for name, counts in sorted(self.differing.items()):
            others = ", ".join(f"{verdict} {n} times" for verdict, n in counts.items())
            yield f"{name}: {self.first[name]} in the first run, then {others}"
        yield f"{self.runs} runs, {self.verdicts} verdicts, {self.differ} differ"


@contextlib.contextmanager
def load(wanted):
    """All cores are busy meanwhile."""
    if not wanted:
        yield
        return
    if shutil.which("stress-ng") is None:
        raise errors.CallError("there is no stress-ng: `tools/setup --all` installs it, or"
                               " leave the load out with --no-load")  # fmt: skip
    with subprocess.Popen(["stress-ng", "--cpu", "0", "--quiet"], start_new_session=True) as process:
        try:
            yield
            if process.poll() is not None:
                raise errors.CallError(f"stress-ng ended, with status {process.returncode}")
        finally:
            process.terminate()


class Runner:
    """The test programs, each started once and kept."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.programs = [driver.Program(job.program) for job in jobs]

    def run(self, seed):
        """{"test (build)": verdict} of one run of everything."""
        found = {}
        with ThreadPoolExecutor(WORKERS) as pool:
            for part in pool.map(lambda pair: self._run_job(*pair, seed), zip(self.jobs, self.programs)):
                found.update(part)
        return found

    @staticmethod
    def _run_job(job, program, seed):
        return {
            f"{test.name} ({job.sanitizer})": job.once(program, test, seed)[0].verdict
            for test in job.tests
        }

    def close(self):
        for program in self.programs:
            program.close()


def prepare(call):
    """The jobs of the call, built; they must all be there."""
    log = build(call.impl, call.cc, call.chapters.split())
    arguments = ["--impl", call.impl, "--cc", call.cc, "--chapters", call.chapters,
                 "--test", call.test, "--binaries", str(binaries(call.impl, call.cc)),
                 "--log", str(log), "--results", ""]  # fmt: skip
    if call.schedules:
        arguments += ["--schedules", str(call.schedules)]
    grading = grade.begin(grade.parse(arguments))
    jobs = grading.jobs()
    for name, verdict in grading.refused.items():
        raise errors.CallError(f"{name} cannot be run: {verdict.message}")
    for (name, _), [(verdict, _)] in grading.found.items():
        raise errors.CallError(f"{name} cannot be run: {verdict.message}")
    return jobs


def key_of(call, jobs):
    """What is run, in a word."""
    told = hashlib.sha256(repr((call.seeds, call.load, call.test, call.schedules)).encode())
    for job in jobs:
        told.update(job.program.read_bytes())
    return told.hexdigest()


def show(tally, runs, seconds):
    if sys.stderr.isatty():
        text = f"{tally.runs}/{runs} runs, {tally.differ} differ, {seconds:.1f} s a run"
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def parse(argv):
    parser = argparse.ArgumentParser(prog="stability.py", description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seeds", action="store_true")
    parser.add_argument("--no-load", dest="load", action="store_false")
    parser.add_argument("--impl", default="solutions")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--chapters", default=" ".join(CHAPTERS))
    parser.add_argument("--test", default="")
    parser.add_argument("--schedules", type=int, default=0)
    call = parser.parse_args(argv)
    if call.runs < 2:
        raise errors.CallError(f"RUNS={call.runs}: a verdict is compared, so two runs at least")
    return call


def main(argv):
    call = parse(argv)
    jobs = prepare(call)
    tally = Tally(key_of(call, jobs))
    tally.take_up(call.runs)
    if tally.runs:
        print(f"going on after run {tally.runs} (`rm {KEPT.relative_to(ROOT)}` begins anew)")
    runner = Runner(jobs)
    try:
        with load(call.load):
            while tally.runs < call.runs:
                started = time.monotonic()
                tally.add(runner.run(SEED + tally.runs * call.seeds))
                show(tally, call.runs, time.monotonic() - started)
    finally:
        runner.close()
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
    print("\n".join(tally.told()))
    return 1 if tally.differ else 0


if __name__ == "__main__":
    errors.run(main)
