"""Runs tests of a chapter in a program that has been built, and judges them."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import driver
import source
import verdicts

sys.path.insert(0, str(source.ROOT / "tools/book"))
import errors  # noqa: E402  (the book's tools stand in a folder of their own)
import logcheck  # noqa: E402
import logrules  # noqa: E402

PLAYED = "played"  # a build without a sanitizer: a demo on the virtual clock
# Seconds that one test may compute, and may wait, unless the manifest says otherwise.
# On the explorer a test ends by itself, by steps and not by seconds: this is for what
# must not happen.
LIMIT = {"free": 10.0, "explored": 120.0}
SCHEDULES = 200  # for one test in one build, unless the manifest says otherwise


class Progress:
    """One line on a terminal, made anew after each test."""

    def __init__(self, total):
        self.total = total
        self.done = 0
        self.lock = threading.Lock()  # guards done, and the line
        self.shown = sys.stderr.isatty()

    def step(self, name):
        with self.lock:
            self.done += 1
            self._print(f"{self.done}/{self.total} {name}")

    def clear(self):
        self._print("")

    def _print(self, text):
        if self.shown:
            print(f"\r\033[K{text[:78]}", end="", file=sys.stderr, flush=True)


class Job:
    """The tests of one chapter under one sanitizer, in one test program."""

    def __init__(self, call, sanitizer, program, tests, exercise):
        self.call = call
        self.sanitizer = sanitizer
        self.program = program
        self.tests = tests
        self.exercise = exercise

    def run(self, progress):
        """{test's name: [(verdict, outcome), …]}, an entry a run."""
        found = {}
        # To make a failure simple takes longer than to find it, and the first is what
        # a student reads; for another one, its test is asked for alone.
        reduce = self.call.repeat == 1 and not self.call.unreduced
        with driver.Program(self.program) as program:
            for test in self.tests:
                found[test.name] = [
                    self.once(program, test, self.call.seed + n, reduce)
                    for n in range(self.call.repeat)
                ]
                reduce &= all(v.verdict not in verdicts.FAILURES for v, _ in found[test.name])
                progress.step(f"{test.name} ({self.sanitizer})")
        return found

    def once(self, program, test, seed, reduce=False):
        """(verdict, outcome) of one run, in a program of this job's."""
        schedules = test.schedules or self.call.schedules
        order = driver.Order(
            seed, schedules, reduce, self.call.replay[1:], not self.call.excuse_leaks,
        )  # fmt: skip
        limit = test.limit or LIMIT[self.call.scheduler] * max(1, schedules / SCHEDULES)
        try:
            outcome = program.run(test, limit, order)
        except (driver.Broken, OSError) as error:
            return verdicts.environment(f"the test program does not run: {error}"), None
        return verdicts.judge(outcome, test, self.exercise, self.program), outcome


class LogJob:
    """The chapter's demo, played and held against its pages of rules."""

    def __init__(self, call, chapter, tests):
        self.call = call
        self.tests = tests
        self.sanitizer = PLAYED
        self.program = (call.binaries / "played" / f"{chapter.name}.play").resolve()

    def run(self, progress):
        """As Job.run(); what it finds belongs to no sanitizer's build."""
        found = {}
        for test in self.tests:
            found[test.name] = [
                self.once(None, test, self.call.seed + n) for n in range(self.call.repeat)
            ]
            progress.step(test.name)
        return found

    def once(self, _, test, seed):
        """As Job.once(); a demo is a program of its own each time."""
        page = logrules.load(source.ROOT / f"tests/logs/{test.log}.rules")
        begun = time.monotonic()
        try:
            seen = logcheck.check(self.program, page, seed, test.schedules)
        except (errors.BookError, OSError) as error:
            return verdicts.environment(f"the demo cannot be played: {error}"), None
        return verdicts.of_log(seen, page.name), driver.played(seen, time.monotonic() - begun)


def programs(call, chapter, tests):
    """(sanitizer, program, tests): which test program holds which of the tests. An
    instructor's own stand in a program of their own."""
    ours = source.ROOT / "tests"
    for sanitizer in call.sanitizers:
        for kind, own in ((call.scheduler, False), (f"own-{call.scheduler}", True)):
            inside = [t for t in tests if not t.log and (t.source.parent != ours) == own]
            if inside:
                yield sanitizer, call.binaries / sanitizer / f"{chapter.name}.{kind}", inside


def run_all(jobs, count, progress):
    """{(test's name, sanitizer): [(verdict, outcome), ...]}; `count` jobs at a time."""
    # The longest first, so that no core is left with it at the end.
    jobs = sorted(jobs, key=lambda job: -len(job.tests))
    found = {}
    with ThreadPoolExecutor(count) as pool:
        for job, ran in zip(jobs, pool.map(lambda j: j.run(progress), jobs)):
            found.update(((name, job.sanitizer), runs) for name, runs in ran.items())
    return found
