"""Which step a failing test is charged to: one mistake costs what depends on it.

A test costs the points of its own step, but for two cases, each shown by running it
again, on all its schedules:

- It passes when a later step, and those behind that, are put back to how they were
  given, and fails when only those behind it are: the mistake is in that later step.
- It leaks what a test of another step leaks, from the same line, and passes when
  nobody asks what is left over: that is paid for once, in the step whose function
  made what leaks, or else in the first that shows it.

The failure is told all the same.
"""

import copy
import os
import shutil
import subprocess

import jobs
import rollback
import source
import verdicts

import environment  # (the book's tools, found by way of jobs)
import manifest as manifests
import skeletons

FOLDER = "build/charges"


def charge(call, chapter, exercise, entries):
    """Set `charged_to`, and `earned`, of those of a chapter's entries that fail by
    another step's mistake."""
    failing = {e["name"]: e for e in entries if e["verdict"] in verdicts.FAILURES and e["builds"]}
    if len({entry["step"] for entry in failing.values()}) < 2:
        return  # nobody else could bear it
    leaking = [entry for entry in failing.values() if entry["verdict"] == "leak"]
    # Where a step is not written, nobody asks what is left over: a leak would seem
    # to be gone.
    others = {name: number(entry["step"]) for name, entry in failing.items() if entry not in leaking}
    with Trials(call, chapter, exercise) as trials:
        charged = by_leaks(leaking, trials.step_of, trials.passing_but_for_leaks)
        charged |= by_later_steps(others, trials.written(), trials.passing)
    for name, step in charged.items():
        failing[name]["charged_to"] = f"{chapter.name}.{step}"
        failing[name]["earned"] = failing[name]["points"]


def number(step):
    """4 of "pool.4"."""
    return int(step.rsplit(".", 1)[1])


def by_later_steps(failing, written, passing):
    """{test: number of the later step whose mistake it is}.

    `failing`: {test: its step's number}; `written`: the steps that can be put back;
    `passing(last, tests)`: those of the tests that pass without the steps behind
    `last`. Ends at the first step whose own mistake it is: what comes behind may
    depend on that one.
    """
    charged, left = {}, dict(failing)
    while left:
        step = min(left.values())
        later = [n for n in written if n > step]
        if not later or max(left.values()) == step:
            break
        cleared = passing(step, _of(left, lambda n: n == step))
        if not cleared:
            break
        culprit = _culprit(cleared[0], later, passing)
        if max(left.values()) < culprit:
            break  # no test of the culprit's, or behind it, would bear it
        cleared = passing(culprit - 1, _of(left, lambda n: n < culprit))
        charged.update(dict.fromkeys(cleared, culprit))
        left = {t: n for t, n in left.items() if n > step and t not in cleared}
    return charged


def _of(tests, wanted):
    return [test for test, step in tests.items() if wanted(step)]


def _culprit(test, later, passing):
    """The first of the later steps with which the test fails; with all it does."""
    low, high = 0, len(later) - 1
    while low < high:
        middle = (low + high) // 2
        if passing(later[middle], [test]):
            low = middle + 1
        else:
            high = middle
    return later[low]


def by_leaks(entries, step_of, passing):
    """{test: number of the step that pays for the same leak}.

    `step_of(function)`: the step that a function is written in, 0 for a given one.
    """
    alike = {}  # the line that leaks -> {test: its step}
    for entry in entries:
        if entry["lines"]:
            tests = alike.setdefault(tuple(sorted(entry["lines"][0].items())), {})
            tests[entry["name"]] = number(entry["step"])
    charged = {}
    for place, tests in alike.items():
        made_in = step_of(dict(place)["function"])
        pays = made_in if made_in in tests.values() else min(tests.values())
        charged.update((test, pays) for test, step in tests.items() if step != pays)
    cleared = passing(list(charged)) if charged else []
    return {test: charged[test] for test in cleared}


class Trials:
    """Runs some tests of a chapter again, in another way. Used in a `with`."""

    def __init__(self, call, chapter, exercise):
        self.call = call
        self.chapter = chapter
        self.exercise = exercise
        skeleton = skeletons.pristine(manifests.load())[chapter.file].decode()
        self.rollback = rollback.Rollback(exercise.path.read_text(encoding="utf-8"), skeleton)
        self.folder = f"{FOLDER}/{call.binaries.parent.name}-{call.binaries.name}-{chapter.name}"
        self._built = {}  # the number of steps kept -> (call, exercise) for it

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(source.ROOT / self.folder, ignore_errors=True)
        for call, _ in self._built.values():
            shutil.rmtree(call.binaries.parent, ignore_errors=True)

    def written(self):
        return self.rollback.written()

    def step_of(self, function):
        return self.rollback.step_of(function)

    def passing(self, last, tests):
        """Those of the tests that pass without the steps behind `last`."""
        kept = sum(n <= last for n in self.written())
        if kept not in self._built:
            self._built[kept] = self._build(kept, self.rollback.up_to(last))
        return self._run(*self._built[kept], tests)

    def passing_but_for_leaks(self, tests):
        """Those that pass when nobody asks what is left over."""
        call = self._call()
        call.excuse_leaks = True
        return self._run(call, self.exercise, tests)

    def _build(self, kept, text):
        """The call that grades such a file, and the file."""
        impl = f"{self.folder}/{kept}"
        path = source.ROOT / impl / self.chapter.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        call = self._call()
        call.impl = impl
        call.binaries = call.binaries.parents[1] / impl.replace("/", "_") / call.binaries.name
        programs = [program for _, program, _ in jobs.programs(call, self.chapter, self.chapter.tests)]
        subprocess.run(
            ["make", "-k", f"-j{os.cpu_count()}", f"IMPL={impl}", f"CC={call.cc}",
             f"CHAPTER={self.chapter.name}", f"TESTS={call.more}",
             *(os.path.relpath(program, source.ROOT) for program in programs)],
            cwd=source.ROOT, env=environment.plain(), stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip
        return call, source.Exercise(self.chapter, impl)

    def _call(self):
        """As this one; what fails is not shown, so it need not be made simple."""
        call = copy.copy(self.call)
        call.unreduced = True
        return call

    def _run(self, call, exercise, names):
        tests = [test for test in self.chapter.tests if test.name in names]
        programs = list(jobs.programs(call, self.chapter, tests))
        if not all(program.exists() for _, program, _ in programs):
            return []
        todo = [jobs.Job(call, sanitizer, program.resolve(), inside, exercise)
                for sanitizer, program, inside in programs]  # fmt: skip
        progress = jobs.Progress(sum(len(job.tests) for job in todo))
        found = jobs.run_all(todo, call.jobs, progress)
        progress.clear()
        failed = {name for (name, _), [(verdict, _)] in found.items() if verdict.verdict != "pass"}
        return [name for name in names if name not in failed]
