"""What was measured of each mutant, kept in build/, so that a run can go on
where an earlier one was ended.

A mutant's facts hold as long as its text and all that grades it stay the same;
what is judged of them (judgements.json) may change.
"""

import functools
import hashlib
import json
from pathlib import Path

import grader

import files  # (the book's tools, found by way of grader)
import results as grading_results  # (the harness, likewise)

FOLDER = grader.ROOT / "build/mutation/facts"
# What a verdict depends on, besides the mutant and its chapter's tests.
GRADERS = ("tools/harness", "tools/explore", "chapters/support", "tests/mutation/grader.py")


class Facts:
    """One mutant's facts; every change is kept at once.

    `whole`: what grader.whole() found, `shown`: {test: what grader.shown()
    found}, `usual`: what grader.usual() found, `seeds`: {seed: was it killed?}
    """

    def __init__(self, mutant, call):
        self.path = FOLDER / f"{call.cc}-{call.seed}" / f"{mutant.name}.json"
        self.stamp = _stamp(mutant, call)
        self.found = self._kept() or {
            "stamp": self.stamp, "whole": None, "shown": {}, "usual": None, "seeds": {},
        }  # fmt: skip

    def _kept(self):
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return found if found["stamp"] == self.stamp else None

    def __getitem__(self, part):
        return self.found[part]

    def keep(self, part, value):
        self.found[part] = value
        files.write_whole(self.path, json.dumps(self.found, indent=1).encode())

    def was_killed(self):
        return self["whole"] is not None and bool(self["whole"]["failing"])


def _stamp(mutant, call):
    parts = (mutant.text, _graders(mutant.chapter), grading_results.compiler(call.cc))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@functools.cache
def _graders(chapter):
    """A hash of all that grades a chapter."""
    root, whole = grader.ROOT, hashlib.sha256()
    manifest = json.loads((root / "tests/manifest.json").read_text(encoding="utf-8"))
    [entry] = [entry for entry in manifest["chapters"] if entry["name"] == chapter]
    tests = [(s["name"], [_grading(t) for t in s["tests"]]) for s in entry["steps"]]
    whole.update(json.dumps(tests).encode())
    for name in (*GRADERS, f"tests/{chapter}_test.c", f"chapters/{entry['folder']}"):
        whole.update(b"".join(_bytes(root / name, entry["source"])))
    return whole.hexdigest()


def _grading(test):
    """An entry of the manifest without its points."""
    return sorted((key, value) for key, value in test.items() if key != "points")


def _bytes(path, edited):
    """Files in a fixed order; not what a student edits, nor what Python leaves."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file() and file.name != edited and file.suffix != ".pyc":
            yield file.name.encode() + b"\0" + file.read_bytes()
