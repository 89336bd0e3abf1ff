#!/usr/bin/env python3
"""Grades a folder of the chapters' shape and writes build/results.json.

    grade.py --impl DIR --cc CC --binaries DIR --log FILE --results FILE
             [--chapters 'NAME …'] [--test NAME] [--more DIR] [--jobs N]
             [--repeat N] [--scheduler explored|free] [--seed N] [--schedules N]
             [--replay SCHEDULE] [--unreduced]

The test programs have been built before (make binaries). Exit status: 0 nothing
that was attempted fails, 1 something fails, 2 grading was not possible.
"""

import argparse
import ctypes
import json
import os
import re
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import charges
import jobs
import results
import source
import verdicts
from jobs import LIMIT, PLAYED, SCHEDULES, Job, LogJob, Progress
from verdicts import Verdict

sys.path.insert(0, str(source.ROOT / "tools/book"))
import errors  # noqa: E402
import manifest as manifests  # noqa: E402

SANITIZERS = ("thread", "address")
# A build's first letter, and a schedule string of tools/explore.
SCHEDULE = re.compile(r"[ta]1f[0-9a-f]+:[0-9A-Ptwscmpr]*\.[0-9]+-[0-9a-f]{4}")
ADDR_NO_RANDOMIZE = 0x0040000
LOG_LINES = 3


class Grading:
    """One call: what is graded, and what was found."""

    def __init__(self, call, manifest):
        self.call = call
        self.manifest = manifest
        self.chapters = [manifest.chapter(name) for name in call.chapters.split()]
        self.exercises = {
            chapter.name: source.Exercise(chapter, call.impl) for chapter in self.chapters
        }
        self.found = {}  # (test, sanitizer) -> [(verdict, outcome), …]
        self.refused = {}  # chapter -> Verdict

    def run(self):
        todo = self.jobs()
        progress = Progress(sum(len(job.tests) for job in todo))
        self.found.update(jobs.run_all(todo, self.call.jobs, progress))
        progress.clear()

    def jobs(self):
        """What there is to run. Chapters that cannot be are in self.refused."""
        found = []
        for chapter in self.chapters:
            refusal = self._refusal(chapter)
            if refusal is not None:
                self.refused[chapter.name] = refusal
            else:
                found.extend(self._jobs(chapter))
        return found

    def _tests(self, chapter):
        name, step = self.call.test, self.call.step
        return [t for t in chapter.tests if name in ("", t.name) and step in ("", t.step)]

    def _refusal(self, chapter):
        """Why a chapter's file cannot be tested at all, if so."""
        exercise = self.exercises[chapter.name]
        if not exercise.path.exists():
            remedy = f"`make reset CHAPTER={chapter.name}` brings the skeleton back"
            return Verdict("build", f"{exercise.name} is missing; {remedy}")
        path = self.call.binaries / f"{chapter.name}.admit.json"
        try:
            admission = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return verdicts.environment(f"the test programs could not be built: {self._log()}")
        if admission["admitted"]:
            return None
        return Verdict("build", admission["message"], lines=admission["lines"])

    def _jobs(self, chapter):
        played = [test for test in self._tests(chapter) if test.log]
        if played and not self.call.replay:
            yield LogJob(self.call, chapter, played)
        for sanitizer, program, tests in jobs.programs(self.call, chapter, self._tests(chapter)):
            if program.exists():
                yield Job(self.call, sanitizer, program.resolve(), tests, self.exercises[chapter.name])
                continue
            for test in tests:
                trouble = f"{program} could not be built: {self._log()}"
                self.found[test.name, sanitizer] = [(verdicts.environment(trouble), None)]

    def _log(self):
        try:
            lines = self.call.log.read_text(errors="replace").splitlines()
        except OSError:
            return "there is no build log"
        wrong = [line for line in lines if "rror" in line] or lines
        return " | ".join(wrong[:LOG_LINES])

    def chapter_entries(self):
        for chapter in self.chapters:
            tests = self._tests(chapter)
            if tests:
                entries = [self._entry(chapter, test) for test in tests]
                if self._is_whole() and chapter.name not in self.refused:
                    charges.charge(self.call, chapter, self.exercises[chapter.name], entries)
                yield results.chapter_entry(chapter, self.exercises[chapter.name], entries)

    def _is_whole(self):
        """Is every test of a chapter run as a student's points are counted?"""
        call = self.call
        return not (call.test or call.step or call.replay) and call.repeat == 1 \
            and call.scheduler == "explored"

    def _entry(self, chapter, test):
        if chapter.name in self.refused:
            return results.test_entry(self.call, test, self.refused[chapter.name], [])
        builds = []
        for sanitizer in self._builds(test):
            runs = self.found[test.name, sanitizer]
            verdict = verdicts.worst([verdict for verdict, _ in runs])
            outcome = next(outcome for found, outcome in runs if found is verdict)
            builds.append((sanitizer, verdict, outcome))
        entry = results.test_entry(self.call, test, verdicts.worst([v for _, v, _ in builds]), builds)
        if self.call.repeat > 1:
            entry["runs"] = self._merged_runs(test)
        return entry

    def _builds(self, test):
        return (PLAYED,) if test.log else self.call.sanitizers

    def _merged_runs(self, test):
        """How often each verdict came, builds taken together run by run."""
        by_run = zip(*(self.found[test.name, sanitizer] for sanitizer in self._builds(test)))
        merged = [verdicts.worst([v for v, _ in run]).verdict for run in by_run]
        return dict(Counter(merged))


def parse(argv):
    parser = argparse.ArgumentParser(prog="grade.py", description=__doc__.split("\n")[0])
    parser.add_argument("--impl", required=True)
    parser.add_argument("--cc", required=True)
    parser.add_argument("--binaries", required=True, type=Path)
    parser.add_argument("--log", required=True, type=Path)
    parser.add_argument("--results", required=True, type=Path)
    parser.add_argument("--chapters", required=True)
    parser.add_argument("--test", default="")
    parser.add_argument("--step", default="")
    parser.add_argument("--more", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--scheduler", choices=list(LIMIT), default="explored")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--replay", default="")
    parser.add_argument("--unreduced", action="store_true", help="failures are left as they were found")
    call = parser.parse_args(argv)
    call.excuse_leaks = False
    call.sanitizers = [s for s in SANITIZERS if s.startswith(call.replay[:1])]
    if call.replay and not SCHEDULE.fullmatch(call.replay):
        raise errors.CallError(
            f"SCHEDULE={call.replay} is none: copy what `make check TEST=...` prints"
        )
    return call


def begin(call):
    """What is to be graded; from here on this process can start test programs."""
    manifest = manifests.load(more=[call.more] if call.more else [])
    if call.test:
        manifest.test(call.test)
    # Older sanitizers do not start where addresses are chosen at random over a
    # large range. Programs started from here inherit the setting. Where it is
    # forbidden, `make doctor` says what to do.
    ctypes.CDLL(None).personality(ADDR_NO_RANDOMIZE)
    return Grading(call, manifest)


def main(argv):
    call = parse(argv)
    started, clock = time.time(), time.monotonic()
    grading = begin(call)
    grading.run()
    found = results.document(
        list(grading.chapter_entries()), call, grading.manifest, started, time.monotonic() - clock
    )
    results.write(call.results, found)
    return found["exit"]


def guarded(argv):
    """A fault of the grader's own is not the student's: exit status 2."""
    try:
        return main(argv)
    except (errors.BookError, OSError, KeyboardInterrupt):
        raise
    except Exception:  # noqa: BLE001 (told whole, whatever it is)
        traceback.print_exc()
        return results.EXIT_ENVIRONMENT


if __name__ == "__main__":
    errors.run(guarded)
